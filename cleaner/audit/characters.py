"""Counts characters of many texts at once: letters, symbols, and those that hardly belong in text.

What does *not* live here: repairing them (`passes.encoding`), showing them (`page`).
"""

import unicodedata
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["CharacterCounts", "count", "is_unusual"]

_SPACE, _WORD, _SYMBOL, _UNUSUAL = 0, 1, 2, 3
_UNUSUAL_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_MOST = 0x110000


class CharacterCounts(NamedTuple):
    """Of n texts: shares per text, and unusual code points with their texts.

    Attributes:
        symbols: float64[n], share of the characters that are neither letter, mark, digit nor
            white space, of those that are no white space; NaN for a text without any.
        points: int64[k] distinct unusual code points.
        found: int64[k] how often each occurs.
        texts: int64[k] in how many texts.
    """

    symbols: npt.NDArray[np.float64]
    points: npt.NDArray[np.int64]
    found: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int64]


def is_unusual(point: int) -> bool:
    r"""Control, format, private, unassigned and replacement characters, and odd spaces.

    >>> is_unusual(0xFFFD), is_unusual(0xA0), is_unusual(ord("é")), is_unusual(ord("\n"))
    (True, True, False, False)
    """
    if point in (0x09, 0x0A, 0x0D, 0x20):
        return False
    category = unicodedata.category(chr(point))
    return point == 0xFFFD or category == "Zs" or category in _UNUSUAL_CATEGORIES


@cache
def _classes() -> npt.NDArray[np.uint8]:
    table = np.full(_MOST, _UNUSUAL, np.uint8)
    for point in range(_MOST):
        category = unicodedata.category(chr(point))
        if category[0] in "LMN":
            table[point] = _WORD
        elif category[0] in "PS":
            table[point] = _SYMBOL
    for point in (0x09, 0x0A, 0x0D, 0x20):
        table[point] = _SPACE
    table[0xFFFD] = _UNUSUAL
    return table


def count(texts: Any) -> CharacterCounts:
    """Count the characters of a batch.

    Args:
        texts: `pa.LargeStringArray` of n texts, no nulls.
    """
    import pyarrow.compute as pc

    lengths = pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum(lengths)
    points = np.frombuffer(_utf8(texts).decode().encode("utf-32-le"), np.uint32)
    classes = _classes()[points]
    dark = _per_text(classes != _SPACE, ends, lengths)
    odd = _per_text(classes >= _SYMBOL, ends, lengths)
    with np.errstate(invalid="ignore", divide="ignore"):
        symbols = odd / dark
    at = np.flatnonzero(classes == _UNUSUAL)
    owners = np.searchsorted(ends, at, "right")
    found, totals = np.unique(points[at].astype(np.int64), return_counts=True)
    pairs = np.unique(points[at].astype(np.int64) << 32 | owners)
    spread = np.unique(pairs >> 32, return_counts=True)[1]
    return CharacterCounts(symbols, found, totals.astype(np.int64), spread.astype(np.int64))


def _utf8(texts: Any) -> bytes:
    """The bytes of all texts, one after the other."""
    if not len(texts):
        return b""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[
        texts.offset : texts.offset + len(texts) + 1
    ]
    data = texts.buffers()[2]
    return b"" if data is None else bytes(memoryview(data)[int(offsets[0]) : int(offsets[-1])])


def _per_text(
    mask: npt.NDArray[np.bool_], ends: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    total = np.concatenate(([0.0], np.cumsum(mask, dtype=np.float64)))
    counts: npt.NDArray[np.float64] = total[ends] - total[ends - lengths]
    return counts
