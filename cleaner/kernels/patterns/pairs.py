"""Which texts hold one of certain pairs of neighbouring characters: a sieve in front of a pattern.

Most bytes of most texts are letters that no pair begins or ends with; the kernel skips them at the
speed of a table look-up, several times faster than RE2 reads. What does *not* live here: which
pairs a pattern needs (`patterns`), the pattern itself (`screens`).
"""

import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.patterns.needs import Class, Pair, needed, weight
from cleaner.kernels.store import stored
from cleaner.kernels.text.eights import load

__all__ = ["Pairs", "holding", "pairs_of"]

_LAYOUT = 3
"""To be raised when the tables change, or what `patterns` makes of a pattern."""
_LIMIT = 0x20000
"""Characters from here on (rare ideographs, tags) count as a pair with any other; the table speaks
of them as of the one before, which will never be a character."""
_HIGH = np.uint64(0x8080808080808080)
_LINE_END = 0x0A
"""Stands before a text: every pair whose first character may be missing fits it."""


class Pairs(NamedTuple):
    """Pairs of characters, as the kernel reads them.

    Attributes:
        hot: bool[256], bytes at which to look closer.
        kind: uint16[_LIMIT], characters that no pair tells apart have the same kind.
        table: bool[kinds, kinds], whether two kinds are a pair.
    """

    hot: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.uint16]
    table: npt.NDArray[np.bool_]


@cache
def pairs_of(pattern: str) -> Pairs | None:
    """The pairs that a pattern needs, kept on disk; None where that cannot be said."""
    digest = hashlib.sha256(pattern.encode()).hexdigest()[:16]
    tables = stored("pairs", f"{_LAYOUT}-{sys.byteorder}-{digest}", lambda: _build(pattern))
    return Pairs(**tables) if tables["hot"].any() else None


def _build(pattern: str) -> dict[str, Any]:
    try:
        pairs = sorted(set(needed(pattern)))
    except ValueError:
        pairs = []
    classes = sorted({one for pair in pairs for one in pair})
    edges = {0, *(code for one in classes for low, high in one for code in (low, high + 1))}
    starts = np.array(sorted(code for code in edges if code < _LIMIT))
    row = {one: _inside(one, starts) for one in classes}
    _, firsts, kinds = np.unique(
        np.array([np.zeros(len(starts), np.bool_), *row.values()]),
        axis=1,
        return_index=True,
        return_inverse=True,
    )
    table = np.zeros((len(firsts),) * 2, np.bool_)
    for first, second in pairs:
        table |= row[first][firsts][:, None] & row[second][firsts][None, :]
    kind = np.repeat(kinds.reshape(-1).astype(np.uint16), np.diff([*starts, _LIMIT]))
    return {"hot": _hot(pairs), "kind": kind, "table": table}


def _inside(chars: Class, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the intervals that begin at `starts` belong to the class."""
    found = np.zeros(len(starts), np.bool_)
    for low, high in chars:
        found[np.searchsorted(starts, low) : np.searchsorted(starts, high, "right")] = True
    return found


def _hot(pairs: Sequence[Pair]) -> npt.NDArray[np.bool_]:
    """The first bytes of the rarer character of each pair.

    Of two that are alike, the first: behind `&` and carriage returns come capitals and line ends,
    of which every text is full.
    """
    hot = np.zeros(0x100, np.bool_)
    for first, second in pairs:
        for low, high in first if weight(first) <= weight(second) else second:
            hot[_lead(low) : _lead(high) + 1] = True
    hot[0x80:0xC0] = False  # inside a character
    if pairs:
        hot[_lead(_LIMIT) :] = True
    return hot


def _lead(code: int) -> int:
    """The first byte of a character in UTF-8."""
    if code < 0x80:
        return code
    if code < 0x800:
        return 0xC0 | code >> 6
    return 0xE0 | code >> 12 if code < 0x10000 else 0xF0 | code >> 18


def holding(data: Any, offsets: Any, pairs: Pairs) -> npt.NDArray[np.bool_]:
    """Which texts hold a pair.

    Args:
        data: uint8[m], UTF-8, read-only.
        offsets: int64[n + 1], read-only; text i is `data[offsets[i]:offsets[i + 1]]`.
        pairs: from `pairs_of`.

    Returns:
        bool[n].
    """
    found = np.zeros(len(offsets) - 1, np.bool_)
    _hold(data, offsets, pairs.hot, pairs.kind, pairs.table, found)
    return found


@kernel
def _hold(data: Any, offsets: Any, hot: Any, kind: Any, table: Any, found: Any) -> None:
    beyond = True  # whether every character to look at is beyond ASCII
    for byte in range(0x80):
        beyond &= not hot[byte]
    for row in range(len(found)):
        start, end = offsets[row], offsets[row + 1]
        at = start
        while at < end:
            # Of most eight bytes none is hot; to ask of all at once takes fewer jumps.
            if at + 8 <= end:
                if beyond:
                    near = load(data, at) & _HIGH != 0
                else:
                    near = False
                    for place in range(at, at + 8):
                        near |= hot[data[place]]
                if not near:
                    at += 8
                    continue
            while at < end and not hot[data[at]]:
                at += 1
            if at == end:
                break
            before = kind[_LINE_END]
            if at > start:
                low = at - 1
                while data[low] & 0xC0 == 0x80:
                    low -= 1
                before = kind[min(_point(data, low), _LIMIT - 1)]
            point = _point(data, at)
            this = kind[min(point, _LIMIT - 1)]
            # Where hot characters follow each other, as in Arabic, each is read once.
            while at < end and hot[data[at]]:
                at += 1
                while at < end and data[at] & 0xC0 == 0x80:
                    at += 1
                follow = _point(data, at) if at < end else np.int64(_LINE_END)
                after = kind[min(follow, _LIMIT - 1)]
                if point >= _LIMIT or table[before, this] or (at < end and table[this, after]):
                    found[row] = True
                    at = end
                before, this, point = this, after, follow
            if found[row]:
                break


@inner
def _point(data: Any, at: Any) -> Any:
    """The code point that begins here."""
    first = np.int64(data[at])
    if first < 0x80:
        return first
    if first < 0xE0:
        return (first & 0x1F) << 6 | (np.int64(data[at + 1]) & 0x3F)
    point = (np.int64(data[at + 1]) & 0x3F) << 6 | (np.int64(data[at + 2]) & 0x3F)
    if first < 0xF0:
        return (first & 0x0F) << 12 | point
    return (first & 0x07) << 18 | point << 6 | (np.int64(data[at + 3]) & 0x3F)
