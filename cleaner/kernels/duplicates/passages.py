"""Where two texts say the same: runs of equal tokens.

What does *not* live here: how much they share altogether (`overlap`), where tokens stand in a
text (`places`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, making
from cleaner.kernels.duplicates.shingles import WORDS, all_shingles, shingle
from cleaner.kernels.duplicates.tokenlists import TokenLists, token_lists
from cleaner.kernels.text.growth import clear, grown
from cleaner.kernels.text.texts import texts_of

__all__ = ["Run", "all_runs", "marked", "runs", "token_hashes"]

_EMPTY = np.uint64(0)


class Run(NamedTuple):
    """Equal tokens: half-open ranges of the first and the second text's tokens."""

    first: int
    first_end: int
    second: int
    second_end: int


def token_hashes(text: str) -> npt.NDArray[np.uint64]:
    """The hashes of all tokens of a text, in order."""
    return token_lists(texts_of([text])).hashes


def runs(
    first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64], least: int = WORDS
) -> list[Run]:
    """Passages that two texts share, in order of the second text.

    Each token of the second text is in one run at most. Where the first text says something
    several times, a run follows on from the one before it if it can.

    Args:
        first: uint64[n], hashes of tokens.
        second: uint64[m].
        least: tokens of the shortest run; at least 5.
    """
    starts = np.array([0, len(first), len(first) + len(second)])
    tokens = TokenLists(np.concatenate([first, second]), starts)
    return [Run(*row[1:]) for row in all_runs(tokens, np.array([[0, 1]]), least).tolist()]


def all_runs(
    tokens: TokenLists, pairs: npt.NDArray[np.int64], least: int = WORDS
) -> npt.NDArray[np.int64]:
    """The same for many pairs of texts.

    Args:
        tokens: of n texts.
        pairs: int64[p, 2], rows of `tokens`; fastest when equal first rows follow each other.
        least: tokens of the shortest run; at least 5.

    Returns:
        int64[r, 5]: the position of the pair, and then what `Run` says.
    """
    return np.asarray(_runs(*tokens, pairs, max(least, WORDS)).reshape(-1, 5))


@inner
def _place(keys: Any, mask: Any, value: Any) -> Any:
    """Where a number stands in a hash table, or could."""
    at = np.int64(value) & mask
    while keys[at] != _EMPTY and keys[at] != value:
        at = (at + 1) & mask
    return at


@inner
def _same(hashes: Any, first: Any, second: Any, stop: Any) -> Any:
    """How many tokens from `first` and from `second` on are equal, up to `stop` of them."""
    length = 0
    while length < stop and hashes[first + length] == hashes[second + length]:
        length += 1
    return length


@making
def _runs(hashes: Any, starts: Any, pairs: Any, least: Any) -> Any:
    keys = np.zeros(16, np.uint64)
    places = np.zeros(16, np.int64)
    size = 16
    found = np.empty(80, np.int64)
    kept = 0
    last = -1
    for p in range(len(pairs)):
        low, end = starts[pairs[p, 0]], starts[pairs[p, 0] + 1]
        if pairs[p, 0] != last:
            last = pairs[p, 0]
            size = 16
            while size < 2 * (end - low):
                size *= 2
            if size > len(keys):
                keys = np.zeros(size, np.uint64)
                places = np.zeros(size, np.int64)
            clear(keys, size, _EMPTY)
            for k in range(low, end - WORDS + 1):
                value = shingle(hashes, k)
                at = _place(keys, size - 1, value)
                if keys[at] == _EMPTY:
                    keys[at] = value
                    places[at] = k
        begin = j = starts[pairs[p, 1]]
        stop = starts[pairs[p, 1] + 1]
        follow = low  # in the first text: what would go on with the run before
        while j + WORDS <= stop:
            i = follow
            if follow + WORDS > end or _same(hashes, follow, j, WORDS) < WORDS:
                value = shingle(hashes, j)
                at = _place(keys, size - 1, value)
                if keys[at] != value:
                    j += 1
                    follow += 1
                    continue
                i = places[at]
            length = _same(hashes, i, j, min(end - i, stop - j))
            if length >= least:
                if kept == len(found):
                    found = grown(found, 2 * kept)
                found[kept] = p
                found[kept + 1] = i - low
                found[kept + 2] = i - low + length
                found[kept + 3] = j - begin
                found[kept + 4] = j - begin + length
                kept += 5
            j += max(1, length)
            follow = i + length + 1
    return found[:kept]


def marked(text: str, known: npt.NDArray[np.uint64], least: int) -> list[tuple[int, int]]:
    """Runs of tokens of which every shingle is among the known ones.

    Args:
        text: where to look.
        known: uint64[n], shingles as `overlap.shingle_sets` has them.
        least: consecutive shingles of the shortest run.

    Returns:
        Half-open ranges of tokens.
    """
    values = all_shingles(token_hashes(text))
    values[values == _EMPTY] = 1
    hit = np.concatenate([[False], np.isin(values, known), [False]])
    edges = np.flatnonzero(hit[1:] != hit[:-1]).reshape(-1, 2)
    return [(int(a), int(b) + WORDS - 1) for a, b in edges if b - a >= least]
