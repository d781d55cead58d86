"""Which keys of a column may stand there twice, without sorting all of them.

Most keys of a corpus stand once. Two walks over them, with a few slots for each in between, leave
some that are worth sorting. What does *not* live here: what equal keys mean.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import kernel

__all__ = ["repeated"]

_ROOMY = 4
"""Slots for each key: then chance lets one of five others through."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def repeated(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Rows whose key stands in another row too, in the order of their keys.

    Rows of one key come in any order.

    >>> sorted(repeated(np.array([7, 5, 7, 9, 5])).tolist())
    [0, 1, 2, 4]
    """
    keys = np.ascontiguousarray(keys).view()
    keys.flags.writeable = False  # as Arrow's are, or numba would compile twice
    log = max(1, (_ROOMY * len(keys)).bit_length())
    found = np.zeros(len(keys), np.bool_)
    _shared(keys, np.uint64(64 - log), np.zeros(1 << log, np.uint8), found)
    rows: npt.NDArray[np.int64] = np.flatnonzero(found)
    rows = rows[np.argsort(keys[rows])]
    ordered = keys[rows]
    equal = ordered[1:] == ordered[:-1]
    again = np.zeros(len(rows), bool)
    again[1:] |= equal
    again[:-1] |= equal
    return rows[again]


@kernel
def _shared(keys: Any, shift: Any, slots: Any, found: Any) -> None:
    """Find keys whose slot another one shares: all that are repeated are among them."""
    for row in range(len(keys)):
        slot = (np.uint64(keys[row]) * _FACTOR) >> shift
        slots[slot] += slots[slot] < 2
    for row in range(len(keys)):
        found[row] = slots[(np.uint64(keys[row]) * _FACTOR) >> shift] > 1
