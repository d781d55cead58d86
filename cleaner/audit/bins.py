"""Fixed bins, so that counts of different parts of a corpus can simply be added.

What does *not* live here: what is counted (`measure`), how it is drawn (`charts`).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["CUT", "LENGTH", "MARGIN", "SIMILARITY", "SYMBOLS", "Bins", "Quantiles"]

Floats = npt.NDArray[np.float64]


class Bins:
    """Half-open bins `edges[i] <= value < edges[i + 1]`; what lies outside goes to the end bins.

    >>> CUT.count(np.array([0.0, 0.07, 1.0])).tolist()
    [1, 0, 0, 0, 0, 0, 1, 0, 0, 1]
    """

    def __init__(self, edges: Iterable[float]) -> None:
        self.edges = [float(edge) for edge in edges]
        self._inner = np.array(self.edges[1:-1])

    def __len__(self) -> int:
        return len(self.edges) - 1

    def count(self, values: Any) -> npt.NDArray[np.int64]:
        """How many values fall into each bin: int64[len(self)]."""
        at = np.searchsorted(self._inner, np.asarray(values, np.float64), "right")
        return np.bincount(at, minlength=len(self)).astype(np.int64)


LENGTH = Bins([0, *(2**power for power in range(25))])
"""Characters of a document: empty, then one bin per doubling up to 16 million."""
SYMBOLS = Bins([*(step / 100 for step in range(31)), 1.0])
"""A share that is small in most texts: steps of 1 %, and one bin for 30 % and more."""
CUT = Bins([0, 1e-9, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.000001])
"""Share of a document that was cut: none at all, then steps that grow."""
MARGIN = Bins([0, *(2.0**power for power in range(15))])
"""Nats between the best and the second-best language: below one, then one bin per doubling."""
SIMILARITY = Bins([0, *(step / 100 for step in range(50, 101)), 1.0001])
"""Jaccard similarity in steps of 0.01; one bin for all below 0.5, the last for exactly 1."""

_GROWTH = 1.02
"""Quantiles are off by 1 % of their value at most."""
_LOG = float(np.log(_GROWTH))
_OFFSET = 1 << 20
_WHOLE = 1 << 40
"""Offset of the keys of small whole numbers, which are counted as they are."""
_EXACT = 1 << 14


class Quantiles:
    """Quantiles of any numbers in bounded memory: counts in bins whose width grows by 2 %.

    Small whole numbers are exact. Merging adds counts, so the answer depends neither on the order
    nor on the parts.

    >>> some = Quantiles(); some.add([1, 2, 2, 2, 0.123]); some.at(0.5), some.at(1.0)
    (2.0, 2.0)
    """

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def add(self, values: Any) -> None:
        """Count float64[n]; what is no finite number is left out."""
        values = np.asarray(values, np.float64)
        values = values[np.isfinite(values)]
        size = np.abs(values)
        keys = np.zeros(len(values), np.int64)
        some = size > 1e-12
        keys[some] = np.ceil(np.log(size[some]) / _LOG).astype(np.int64) + _OFFSET
        keys = np.where(values < 0, -keys, keys)
        whole = (values == np.round(values)) & (size <= _EXACT)
        keys[whole] = values[whole].astype(np.int64) + _WHOLE
        found, counts = np.unique(keys, return_counts=True)
        for key, count in zip(found.tolist(), counts.tolist(), strict=True):
            self.counts[key] += count

    def merge(self, other: "Quantiles") -> None:
        """Add what another one counted."""
        self.counts.update(other.counts)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def at(self, share: float) -> float:
        """The value below which this share of all values lies; 0.0 where there is none."""
        rank = share * (len(self) - 1)
        seen = 0
        for key in sorted(self.counts, key=_value):
            seen += self.counts[key]
            if seen > rank:
                return _value(key)
        return 0.0


def _value(key: int) -> float:
    if key == 0:
        return 0.0
    if key > _WHOLE >> 1:
        return float(key - _WHOLE)
    size = float(np.exp((abs(key) - _OFFSET - 0.5) * _LOG))
    return float(f"{-size if key < 0 else size:.3g}")
