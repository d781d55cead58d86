"""What a line has in common with other lines of its document: words, shape, place in a stretch.

Small measures that `linecontext` puts together. All are integers, or shares of two integers.
"""

from typing import Any

import numba as nb
import numpy as np

from cleaner.kernels.webtext.features import (
    CLOSE_CLASS,
    COLON,
    COMMAS,
    LAST_CLASS,
    QUOTE,
    SENTENCE_ENDS,
    TERMINAL,
    TERMINALS,
    WIDTH,
)

__all__ = [
    "FAR",
    "distances",
    "heaviest",
    "is_prose",
    "overlaps",
    "repeats",
    "runs",
]

FAR = 200
"""Distances in lines are cut off here: further away means nowhere near."""
_LONG = 80
"""Width from which a line with a sentence end or comma counts as prose."""
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@nb.njit(cache=True)
def is_prose(row: Any) -> bool:
    """Whether a line (a row of counts) is long and has the marks of sentences."""
    if row[WIDTH] < _LONG or row[TERMINALS] + row[COMMAS] == 0:
        return False
    kind = row[CLOSE_CLASS]
    return bool(kind in (TERMINAL, COLON) or row[LAST_CLASS] == QUOTE or row[SENTENCE_ENDS] >= 1)


@nb.njit(cache=True, inline="always")
def _slot(keys: Any, token: Any, shift: Any) -> Any:
    mask = keys.shape[0] - 1
    at = np.int64((token * _SPREAD) >> shift)
    while keys[at] != _EMPTY and keys[at] != token:
        at = (at + 1) & mask
    return at


@nb.njit(cache=True)
def _table(size: int) -> Any:
    bits = 4
    while (1 << bits) < 2 * size:
        bits += 1
    return (
        np.full(1 << bits, _EMPTY, np.uint64),
        np.zeros(1 << bits, np.int32),
        np.uint64(64 - bits),
    )


@nb.njit(cache=True)
def overlaps(rows: Any, prose: Any, tokens: Any, offsets: Any) -> Any:
    """Share of each line's words that other prose lines have too, all and without function words.

    Third and fourth: share of its words in the title (first line), and of the title in it.
    """
    n = rows.shape[0]
    out = np.zeros((n, 4), np.float32)
    total = 1
    for i in range(n):
        if prose[i]:
            total += offsets[rows[i] + 1] - offsets[rows[i]]
    keys, seen, shift = _table(total)
    latest = np.full(keys.shape[0], -1, np.int64)
    for i in range(n):
        if not prose[i]:
            continue
        for k in range(offsets[rows[i]], offsets[rows[i] + 1]):
            at = _slot(keys, tokens[k], shift)
            keys[at] = tokens[k]
            if latest[at] != i:
                latest[at] = i
                seen[at] += 1
    title_size = offsets[rows[0] + 1] - offsets[rows[0]]
    titles, _, title_shift = _table(title_size + 1)
    for k in range(offsets[rows[0]], offsets[rows[0] + 1]):
        titles[_slot(titles, tokens[k], title_shift)] = tokens[k]
    for i in range(n):
        need = 2 if prose[i] else 1
        shared = content = content_shared = in_title = 0
        size = offsets[rows[i] + 1] - offsets[rows[i]]
        for k in range(offsets[rows[i]], offsets[rows[i] + 1]):
            at = _slot(keys, tokens[k], shift)
            known = keys[at] == tokens[k] and seen[at] >= need
            shared += known
            if not tokens[k] & np.uint64(1):
                content += 1
                content_shared += known
            at = _slot(titles, tokens[k], title_shift)
            if titles[at] == tokens[k]:
                in_title += 1
        if size:
            out[i, 0] = shared / size
            out[i, 2] = in_title / size
        if content:
            out[i, 1] = content_shared / content
        if title_size:
            out[i, 3] = in_title / title_size
    return out


@nb.njit(cache=True)
def repeats(rows: Any, hashes: Any) -> Any:
    """How many lines of the document have the same words, and how far back the last one is."""
    n = rows.shape[0]
    out = np.zeros((n, 2), np.int32)
    keys, seen, shift = _table(n)
    latest = np.full(keys.shape[0], -FAR - 1, np.int64)
    for i in range(n):
        at = _slot(keys, hashes[rows[i]] >> np.uint64(1), shift)
        keys[at] = hashes[rows[i]] >> np.uint64(1)
        seen[at] += 1
        out[i, 1] = min(i - latest[at], FAR)
        latest[at] = i
    for i in range(n):
        out[i, 0] = seen[_slot(keys, hashes[rows[i]] >> np.uint64(1), shift)]
    return out


@nb.njit(cache=True)
def heaviest(values: Any) -> Any:
    """The stretch with the greatest sum: first and last line (-1, -1 if nothing is positive)."""
    best = total = 0
    first = last = -1
    start = 0
    for i in range(values.shape[0]):
        if total <= 0:
            total = 0
            start = i
        total += values[i]
        if total > best:
            best, first, last = total, start, i
    return first, last


@nb.njit(cache=True)
def distances(marked: Any) -> Any:
    """Lines to the nearest marked line before and after (itself not counted)."""
    n = marked.shape[0]
    out = np.full((n, 2), FAR, np.int32)
    at = -FAR
    for i in range(n):
        out[i, 0] = min(i - at, FAR)
        if marked[i]:
            at = i
    at = n + FAR
    for i in range(n - 1, -1, -1):
        out[i, 1] = min(at - i, FAR)
        if marked[i]:
            at = i
    return out


@nb.njit(cache=True)
def runs(marked: Any) -> Any:
    """Length of the run of marked lines that each line is in, and its place in it; 0 outside."""
    n = marked.shape[0]
    out = np.zeros((n, 2), np.int32)
    i = 0
    while i < n:
        j = i
        while j < n and marked[j]:
            j += 1
        for k in range(i, j):
            out[k, 0] = min(j - i, FAR)
            out[k, 1] = min(k - i, FAR)
        i = max(j, i + 1)
    return out
