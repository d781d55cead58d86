"""Features of a line among its neighbours: position, repetition, title, and the body's vocabulary.

The input is what `linefeatures` counted, for the lines that are still in the text; so that lines
can be taken out and the rest be looked at again without reading the text anew. What does *not*
live here: the single measures (`linerelations`), the names of the features and their meaning
(`passes.webtext.features`).
"""

from typing import Any

import numba as nb
import numpy as np

from cleaner.kernels.webtext.features import (
    ATS,
    BRACKETS,
    CAPITALISED,
    CAPITALS,
    CHARACTERS,
    CLOSE_CLASS,
    COLONS,
    COMMAS,
    CURRENCIES,
    DASHES,
    DIGITS,
    DISTINCT,
    FIRST_CLASS,
    IDEOGRAPHS,
    LAST_CLASS,
    LEGALS,
    LETTERS,
    LONGEST_NUMBER,
    LONGEST_TOKEN,
    NUMBERS,
    PUNCTUATIONS,
    QUOTES,
    SENTENCE_ENDS,
    SEPARATORS,
    SHOUTED,
    STOP_WORDS,
    SYMBOLS,
    TERMINAL,
    TERMINALS,
    TOKENS,
    WIDTH,
)
from cleaner.kernels.webtext.relations import (
    FAR,
    distances,
    heaviest,
    is_prose,
    overlaps,
    repeats,
    runs,
)

__all__ = ["context", "score_context"]

_LONG = 80
"""Width below which a line without a sentence end is bare."""
_SHORT = 60
"""Width below which a line may be an entry of a menu."""


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
    seen = repeats(rows, hashes)
    for i in range(n):
        row, score = counts[rows[i]], words[rows[i]]
        prose[i] = is_prose(row)
        short[i] = row[WIDTH] < _SHORT
        bare[i] = row[CLOSE_CLASS] != TERMINAL and row[WIDTH] < _LONG
        values[i] = score[0] * min(row[TOKENS], 40)
        sums[0, i + 1] = sums[0, i] + min(row[WIDTH], 500)
        sums[1, i + 1] = sums[1, i] + score[0]
        sums[2, i + 1] = sums[2, i] + row[STOP_WORDS]
        sums[3, i + 1] = sums[3, i] + row[TOKENS]
        sums[4, i + 1] = sums[4, i] + (row[TOKENS] if prose[i] else 0)
        sums[5, i + 1] = sums[5, i] + (row[CLOSE_CLASS] == TERMINAL)
    shared = overlaps(rows, prose, tokens, offsets)
    near = distances(prose)
    menus = runs(short)
    bares = runs(bare)
    first, last = heaviest(values)
    heading = -1
    for i in range(1, n):
        if shared[i, 3] >= 0.6 and shared[i, 2] >= 0.6:
            heading = i
            break
    all_tokens = sums[3, n]
    for i in range(n):
        row, score, to = counts[rows[i]], words[rows[i]], out[i]
        size = max(row[CHARACTERS], 1)
        to[0] = row[CHARACTERS]
        to[1] = row[WIDTH]
        to[2] = row[TOKENS]
        to[3] = row[LETTERS] / size
        to[4] = _share(row[CAPITALS], row[LETTERS])
        to[5] = row[DIGITS] / size
        to[6] = row[TERMINALS]
        to[7] = row[COMMAS]
        to[8] = row[COLONS]
        to[9] = row[QUOTES]
        to[10] = row[SEPARATORS]
        to[11] = row[BRACKETS]
        to[12] = row[CURRENCIES]
        to[13] = row[DASHES]
        to[14] = (row[TERMINALS] + row[COMMAS] + row[PUNCTUATIONS]) / size
        to[15] = row[LEGALS]
        to[16] = row[SYMBOLS]
        to[17] = row[ATS]
        to[18] = row[IDEOGRAPHS] / size
        to[19] = _share(row[STOP_WORDS], row[TOKENS])
        to[20] = row[STOP_WORDS]
        to[21] = _share(row[CAPITALISED], row[TOKENS])
        to[22] = row[SHOUTED]
        to[23] = row[NUMBERS]
        to[24] = row[LONGEST_NUMBER]
        to[25] = row[LONGEST_TOKEN]
        to[26] = row[FIRST_CLASS]
        to[27] = row[LAST_CLASS]
        to[28] = row[CLOSE_CLASS]
        to[29] = row[SENTENCE_ENDS]
        to[30] = _share(size, row[TOKENS])
        to[31] = _share(row[DISTINCT], min(row[TOKENS], 64))
        to[32] = score[0]
        to[33] = score[1]
        to[34] = score[2]
        to[35] = score[3]
        to[36] = prose[i]
        to[37] = shared[i, 0]
        to[38] = shared[i, 1]
        to[39] = shared[i, 2]
        to[40] = shared[i, 3]
        to[41] = seen[i, 0]
        to[42] = seen[i, 1]
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
                    to[at] = other[WIDTH]
                    to[at + 1] = words[rows[j], 0]
                    to[at + 2] = other[CLOSE_CLASS]
                    to[at + 3] = other[FIRST_CLASS]
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
                to[at + 1] = abs(row[TOKENS] - counts[rows[j], TOKENS])
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
        size = min(counts[rows[i], TOKENS], 60)
        positive = margins[i] > 0
        values[i] = margins[i] * size
        strong[i] = positive and size >= 12
        sums[0, i + 1] = sums[0, i] + margins[i]
        sums[1, i + 1] = sums[1, i] + values[i]
        sums[2, i + 1] = sums[2, i] + (counts[rows[i], TOKENS] if positive else 0)
        sums[3, i + 1] = sums[3, i] + counts[rows[i], TOKENS]
        sums[4, i + 1] = sums[4, i] + size
        top = max(top, margins[i])
    near = distances(strong)
    first, last = heaviest(values)
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
