"""What stands around a line: neighbours, position, repetition, title, and the body's vocabulary.

The input is what `linefeatures` counted, for the lines that are still in the text; so that lines
can be taken out and the rest be looked at again without reading the text anew. What does *not*
live here: the names of the features and their meaning (`passes.webtext.features`).
"""

from typing import Any

import numba as nb
import numpy as np

from cleaner.kernels.linefeatures import COLON, QUOTE, TERMINAL

__all__ = ["FAR", "context", "score_context"]

FAR = 200
"""Distances in lines are cut off here: further away means nowhere near."""
_LONG = 80
"""Width from which a line with a sentence end or comma counts as prose."""
_SHORT = 60
"""Width below which a line may be an entry of a menu."""
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@nb.njit(cache=True)
def _is_prose(row: Any) -> bool:
    if row[1] < _LONG or row[6] + row[7] == 0:
        return False
    kind = row[27]
    return bool(kind in (TERMINAL, COLON) or row[26] == QUOTE or row[28] >= 1)


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
def _overlaps(rows: Any, prose: Any, tokens: Any, offsets: Any) -> Any:
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
def _repeats(rows: Any, hashes: Any) -> Any:
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
def _heaviest(values: Any) -> Any:
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
def _distances(marked: Any) -> Any:
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
def _runs(marked: Any) -> Any:
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


@nb.njit(cache=True, inline="always")
def _mean(sums: Any, low: int, high: int) -> Any:
    """Mean over lines low to high (exclusive) of a running sum; 0 if there are none."""
    if high <= low:
        return 0.0
    return (sums[high] - sums[low]) / (high - low)


@nb.njit(cache=True, inline="always")
def _share(part: Any, whole: Any) -> Any:
    return part / whole if whole > 0 else 0.0


@nb.njit(cache=True)
def context(
    rows: Any, counts: Any, words: Any, hashes: Any, tokens: Any, offsets: Any, width: int
) -> Any:
    """Features of each line that is still there.

    Args:
        rows: int64[n], which lines of the document, ascending.
        counts: int32[m, len(COLUMNS)] of all lines, as are the following.
        words: int32[m, 4], from `score_words`.
        hashes: uint64[m].
        tokens: uint64[t].
        offsets: int64[m + 1].
        width: number of features, `len(features.NAMES)`.

    Returns:
        float32[n, width]; every value comes from integers by at most one division.
    """
    n = rows.shape[0]
    out = np.zeros((n, width), np.float32)
    if n == 0:
        return out
    prose = np.zeros(n, np.bool_)
    short = np.zeros(n, np.bool_)
    bare = np.zeros(n, np.bool_)
    values = np.zeros(n, np.int64)
    sums = np.zeros((6, n + 1), np.int64)
    for i in range(n):
        row, score = counts[rows[i]], words[rows[i]]
        prose[i] = _is_prose(row)
        short[i] = row[1] < _SHORT
        bare[i] = row[27] != TERMINAL and row[1] < _LONG
        values[i] = score[0] * min(row[2], 40)
        sums[0, i + 1] = sums[0, i] + min(row[1], 500)
        sums[1, i + 1] = sums[1, i] + score[0]
        sums[2, i + 1] = sums[2, i] + row[19]
        sums[3, i + 1] = sums[3, i] + row[2]
        sums[4, i + 1] = sums[4, i] + (row[2] if prose[i] else 0)
        sums[5, i + 1] = sums[5, i] + (row[27] == TERMINAL)
    overlaps = _overlaps(rows, prose, tokens, offsets)
    repeats = _repeats(rows, hashes)
    near = _distances(prose)
    menus = _runs(short)
    bares = _runs(bare)
    first, last = _heaviest(values)
    heading = -1
    for i in range(1, n):
        if overlaps[i, 3] >= 0.6 and overlaps[i, 2] >= 0.6:
            heading = i
            break
    all_tokens = sums[3, n]
    for i in range(n):
        row, score, to = counts[rows[i]], words[rows[i]], out[i]
        size = max(row[0], 1)
        to[0] = row[0]
        to[1] = row[1]
        to[2] = row[2]
        to[3] = row[3] / size
        to[4] = _share(row[4], row[3])
        to[5] = row[5] / size
        to[6] = row[6]
        to[7] = row[7]
        to[8] = row[8]
        to[9] = row[9]
        to[10] = row[10]
        to[11] = row[11]
        to[12] = row[12]
        to[13] = row[13]
        to[14] = (row[6] + row[7] + row[14]) / size
        to[15] = row[15]
        to[16] = row[16]
        to[17] = row[17]
        to[18] = row[18] / size
        to[19] = _share(row[19], row[2])
        to[20] = row[19]
        to[21] = _share(row[20], row[2])
        to[22] = row[21]
        to[23] = row[22]
        to[24] = row[23]
        to[25] = row[24]
        to[26] = row[25]
        to[27] = row[26]
        to[28] = row[27]
        to[29] = row[28]
        to[30] = _share(size, row[2])
        to[31] = _share(row[29], min(row[2], 64))
        to[32] = score[0]
        to[33] = score[1]
        to[34] = score[2]
        to[35] = score[3]
        to[36] = prose[i]
        to[37] = overlaps[i, 0]
        to[38] = overlaps[i, 1]
        to[39] = overlaps[i, 2]
        to[40] = overlaps[i, 3]
        to[41] = repeats[i, 0]
        to[42] = repeats[i, 1]
        to[43] = near[i, 0]
        to[44] = near[i, 1]
        to[45] = menus[i, 0]
        to[46] = menus[i, 1]
        to[47] = bares[i, 0]
        to[48] = bares[i, 1]
        to[49] = i
        to[50] = n - i
        to[51] = i / n
        to[52] = _share(sums[3, i], all_tokens)
        to[53] = _share(sums[4, i], sums[4, n])
        to[54] = n
        to[55] = all_tokens
        to[56] = sums[0, n] / n
        to[57] = _share(sums[4, n], all_tokens)
        to[58] = sums[1, n] / n
        to[59] = max(min(i - first, FAR), -FAR) if first >= 0 else -FAR
        to[60] = max(min(last - i, FAR), -FAR) if first >= 0 else -FAR
        to[61] = max(min(i - heading, FAR), -FAR) if heading >= 0 else -FAR - 1
        at = 62
        for step in range(1, 4):
            for side in (-step, step):
                j = i + side
                if 0 <= j < n:
                    other = counts[rows[j]]
                    to[at] = other[1]
                    to[at + 1] = words[rows[j], 0]
                    to[at + 2] = other[27]
                    to[at + 3] = other[25]
                else:
                    to[at] = to[at + 1] = to[at + 2] = to[at + 3] = -1
                at += 4
        for radius in (3, 8, 25):
            low, high = max(i - radius, 0), min(i + 1 + radius, n)
            to[at] = _mean(sums[0], low, i)
            to[at + 1] = _mean(sums[0], i + 1, high)
            to[at + 2] = _mean(sums[1], low, i)
            to[at + 3] = _mean(sums[1], i + 1, high)
            to[at + 4] = _share(sums[2, i] - sums[2, low], sums[3, i] - sums[3, low])
            to[at + 5] = _share(sums[2, high] - sums[2, i + 1], sums[3, high] - sums[3, i + 1])
            to[at + 6] = _mean(sums[5], low, i)
            to[at + 7] = _mean(sums[5], i + 1, high)
            at += 8
        for side in (-1, 1):
            j = i + side
            if 0 <= j < n and offsets[rows[i] + 1] > offsets[rows[i]]:
                here, there = offsets[rows[i]], offsets[rows[j]]
                to[at] = offsets[rows[j] + 1] > there and tokens[here] == tokens[there]
                to[at + 1] = abs(row[2] - counts[rows[j], 2])
            at += 2
    return out


@nb.njit(cache=True)
def score_context(rows: Any, counts: Any, margins: Any, width: int) -> Any:
    """Features of the second stage: what the first stage thought of a line and those around it.

    Args:
        rows: int64[n].
        counts: int32[m, len(COLUMNS)].
        margins: int32[n], of the first stage, positive for text.
        width: number of features, `len(features.SECOND)`.

    Returns:
        float32[n, width].
    """
    n = rows.shape[0]
    out = np.zeros((n, width), np.float32)
    if n == 0:
        return out
    values = np.zeros(n, np.int64)
    strong = np.zeros(n, np.bool_)
    sums = np.zeros((5, n + 1), np.int64)
    top = margins[0]
    for i in range(n):
        size = min(counts[rows[i], 2], 60)
        positive = margins[i] > 0
        values[i] = margins[i] * size
        strong[i] = positive and size >= 12
        sums[0, i + 1] = sums[0, i] + margins[i]
        sums[1, i + 1] = sums[1, i] + values[i]
        sums[2, i + 1] = sums[2, i] + (counts[rows[i], 2] if positive else 0)
        sums[3, i + 1] = sums[3, i] + counts[rows[i], 2]
        sums[4, i + 1] = sums[4, i] + size
        top = max(top, margins[i])
    near = _distances(strong)
    first, last = _heaviest(values)
    for i in range(n):
        to = out[i]
        to[0] = margins[i]
        at = 1
        for step in range(1, 6):
            to[at] = margins[i - step] if i >= step else -99999
            to[at + 1] = margins[i + step] if i + step < n else -99999
            at += 2
        for radius in (4, 10, 30, 100):
            low, high = max(i - radius, 0), min(i + 1 + radius, n)
            to[at] = _mean(sums[0], low, i)
            to[at + 1] = _mean(sums[0], i + 1, high)
            to[at + 2] = _share(sums[1, i] - sums[1, low], sums[4, i] - sums[4, low])
            to[at + 3] = _share(sums[1, high] - sums[1, i + 1], sums[4, high] - sums[4, i + 1])
            at += 4
        to[at] = near[i, 0]
        to[at + 1] = near[i, 1]
        to[at + 2] = max(min(i - first, FAR), -FAR) if first >= 0 else -FAR
        to[at + 3] = max(min(last - i, FAR), -FAR) if first >= 0 else -FAR
        to[at + 4] = _share(sums[2, i], sums[2, n])
        to[at + 5] = sums[2, n]
        to[at + 6] = _share(sums[2, n], sums[3, n])
        to[at + 7] = top
        to[at + 8] = sums[0, n] / n
    return out
