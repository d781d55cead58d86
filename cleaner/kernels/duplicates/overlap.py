"""How much two texts share: exact counts over their sets of 64-bit shingle hashes.

No signature and no estimate is used here. Every shingle counts, however common it is. What does
*not* live here: which pairs are compared (`bands`), where the shared words stand (`passages`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel, making
from cleaner.kernels.duplicates.shingles import WORDS, shingle
from cleaner.kernels.duplicates.tokenlists import TokenLists
from cleaner.kernels.text.growth import clear

__all__ = ["Sets", "overlaps", "shingle_sets"]

_EMPTY, _LEAST = np.uint64(0), np.uint64(1)


class Sets(NamedTuple):
    """The distinct shingles of n texts.

    Attributes:
        values: uint64[m], never 0; those of text i are `values[starts[i]:starts[i + 1]]`, in
            order of first use.
        starts: int64[n + 1].
    """

    values: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]


def shingle_sets(tokens: TokenLists) -> Sets:
    """The shingles of each text, given its tokens."""
    return Sets(*_sets(*tokens))


def overlaps(sets: Sets, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Compare texts.

    Args:
        sets: of n texts.
        pairs: int64[p, 2], rows of `sets`; fastest when equal first rows follow each other.

    Returns:
        int64[p], shingles that both texts of a pair have.
    """
    shared = np.empty(len(pairs), np.int64)
    longest = int(np.max(np.diff(sets.starts), initial=0))
    table = np.zeros(max(16, 1 << (2 * longest).bit_length()), np.uint64)
    _shared(*sets, pairs, table, shared)
    return shared


@inner
def _insert(table: Any, size: Any, value: Any) -> Any:
    """Add a number to a hash table, the first part of an array; whether it is new."""
    mask = size - 1
    at = np.int64(value) & mask
    while table[at] != _EMPTY:
        if table[at] == value:
            return False
        at = (at + 1) & mask
    table[at] = value
    return True


@inner
def _distinct(values: Any, first: Any, stop: Any, table: Any, size: Any) -> Any:
    """Close the gaps that repeated numbers leave in `values[first:stop]`; where it ends now."""
    mask = np.uint64(size - 1)
    kept = first
    for k in range(first, stop):
        value = max(values[k], _LEAST)
        at = value & mask
        there = table[at]
        while there != value and there != _EMPTY:
            at = (at + _LEAST) & mask
            there = table[at]
        table[at] = value
        values[kept] = value
        kept += there == _EMPTY  # no branch: which ones repeat cannot be foretold
    return kept


@making
def _sets(hashes: Any, ends: Any) -> tuple[Any, Any]:
    texts = len(ends) - 1
    starts = np.zeros(texts + 1, np.int64)
    values = np.empty(len(hashes), np.uint64)
    table = np.zeros(4096, np.uint64)
    total = 0
    for text in range(texts):
        first = total
        for k in range(ends[text], ends[text + 1] - WORDS + 1):
            values[total] = shingle(hashes, k)
            total += 1
        size = 16
        while size < 2 * (total - first):
            size *= 2
        if size > len(table):
            table = np.zeros(size, np.uint64)
        clear(table, size, _EMPTY)
        total = _distinct(values, first, total, table, size)
        starts[text + 1] = total
    return values[:total], starts


@kernel
def _shared(values: Any, starts: Any, pairs: Any, table: Any, shared: Any) -> None:
    size = 16
    last = -1
    for p in range(len(pairs)):
        first = pairs[p, 0]
        second = pairs[p, 1]
        if first != last:
            last = first
            count = starts[first + 1] - starts[first]
            size = 16
            while size < 2 * count:
                size *= 2
            clear(table, size, _EMPTY)
            for k in range(starts[first], starts[first + 1]):
                _insert(table, size, values[k])
        mask = size - 1
        both = 0
        for k in range(starts[second], starts[second + 1]):
            value = values[k]
            at = np.int64(value) & mask
            while table[at] != _EMPTY:
                if table[at] == value:
                    both += 1
                    break
                at = (at + 1) & mask
        shared[p] = both
