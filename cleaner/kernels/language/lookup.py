"""The longest known n-gram that ends at each character, and what its row adds to each language.

What does *not* live here: what is read of a text (`excerpts`), the tables (`profiles`), which sums
are asked for (`ngrams`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.language.profiles import CAPITAL, DIRECT_BITS, HASH_BITS, NO_ROW
from cleaner.kernels.language.vectors import add_rows

__all__ = ["add", "look_up"]

_SPACE = np.uint32(1)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - HASH_BITS)
_MASK = np.uint64((1 << HASH_BITS) - 1)
_ROW = np.uint64((1 << 20) - 1)
_DIRECT, _DIRECT_TWO = np.uint32(DIRECT_BITS), np.uint32(2 * DIRECT_BITS)
_LOWEST = np.uint32((1 << DIRECT_BITS) - 1)
_RARE = np.uint32(1 << 3 * DIRECT_BITS)
_CAPITAL, _CLASS = np.uint32(CAPITAL), np.uint32(0xFFF)
_KIND = np.uint32(CAPITAL | 0xFFF)
_TWENTY = np.uint64(20)


@inner
def look_up(points: Any, size: Any, tables: Any, rows: Any, kinds: Any, grams: Any) -> None:
    """Write the row of the longest known n-gram that ends at each character, 0 for none.

    Counts 1-, 2- and 3-grams in `grams`; `kinds` is room for two numbers more than there are
    characters. Loops of one purpose each: no character waits for what was found of another one.
    """
    kinds[0], kinds[1] = 0, _SPACE
    some = np.uint32(0)
    for i in range(size):
        trait = tables.traits[np.uint32(points[np.uint64(i)])] & _KIND
        kinds[np.uint64(i + 2)] = trait
        some |= trait & _CLASS
    live = ends = np.int64(0)
    for i in range(size):
        before, last, now, use = _three(kinds, i)
        place = before << _DIRECT_TWO | last << _DIRECT | now
        place = place if before | last | now <= _LOWEST else _RARE
        rows[np.uint64(i)] = place if use else 0
        live += use
        ends += use & (now == _SPACE)
    for i in range(size):
        rows[np.uint64(i)] = tables.direct[np.uint32(rows[np.uint64(i)])]
    if some > _LOWEST:
        for i in range(size):
            if rows[np.uint64(i)] == NO_ROW:
                before, last, now, _ = _three(kinds, i)
                row = _probe(np.uint64(before), np.uint64(last), np.uint64(now), tables.slots)
                rows[np.uint64(i)] = row or tables.unigrams[now]
    starts = ends + (kinds[np.uint64(size + 1)] & _CLASS != _SPACE)
    grams[0], grams[1], grams[2] = live - ends, live, live - starts


@inner
def _three(kinds: Any, i: Any) -> Any:
    """Classes of the character and of the two before it, and whether n-grams that end here count.

    None reaches over a space. One that ends in a run of capitals is skipped: names and acronyms.
    """
    last, now = kinds[np.uint64(i + 1)], kinds[np.uint64(i + 2)]
    capitals = last & now & _CAPITAL
    last, now = last & _CLASS, now & _CLASS
    before = kinds[np.uint64(i)] & _CLASS & (np.uint32(last == _SPACE) - np.uint32(1))
    use = ((last != _SPACE) | (now != _SPACE)) & (capitals == 0)
    return before, last, now, use


@inner
def _probe(before: Any, last: Any, now: Any, slots: Any) -> Any:
    """Row of the 3-gram, or else of the 2-gram, 0 for none.

    A word's first 3-gram starts with the space before it, and none reaches over a space.
    """
    pair = last << np.uint64(12) | now
    key = before << np.uint64(24) | pair
    if last == 0 or now == 0:
        return np.int32(0)
    if before == 0:
        key = pair
    while True:
        slot = (key * _GOLDEN) >> _SHIFT
        while slots[slot]:
            entry = slots[slot]
            if entry >> _TWENTY == key:
                return np.int32(entry & _ROW)
            slot = (slot + np.uint64(1)) & _MASK
        if key == pair:
            return np.int32(0)
        key = pair


@inner
def add(rows: Any, count: Any, tables: Any, latin: Any, sums: Any) -> None:
    """Add up the rows of the block that holds the languages of a script."""
    block = tables.blocks[0 if latin else 1]
    add_rows(tables.gains, block[0], block[1], rows, count, sums)
