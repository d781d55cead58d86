"""Which literals stand at the places where one could begin: sixteen letters are compared at once.

What does *not* live here: finding the places (`beginnings`), what literals mean (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.boilerplate.coarse import WORDS
from cleaner.kernels.boilerplate.places import (
    ALL_KEYS,
    APART,
    LAST,
    NOTE_BITS,
    RIGHT,
    TABLE_BITS,
    TABLES,
    holds,
    keyed,
    mixed,
)
from cleaner.kernels.compiled import inlined
from cleaner.kernels.text.eights import load, trailing

__all__ = ["BUCKET_BITS", "KNOWN_BITS", "compared"]

KNOWN_BITS, BUCKET_BITS = 17, 12
_KNOWN, _BUCKET = np.uint64(64 - KNOWN_BITS), np.uint64(64 - BUCKET_BITS)
_U1, _U8, _U64, _U128 = (np.uint64(number) for number in (1, 8, 64, 128))
_ALL = np.uint64((1 << 64) - 1)
_LONGEST = np.uint64(1)
"""Of `KEYS`, the first."""


@inlined
def compared(
    cues: Any,
    kind: int,
    text: Any,
    numbers: Any,
    last: int,
    starts: Any,
    many: int,
    hits: Any,
    count: int,
    seen: Any,
    wanted: Any,
    unit: int,
) -> int:
    """Add the groups of the literals that stand at these places, each once; how many there are.

    All groups of the first set are wanted; of the others, those that are marked with the unit.
    `last` is the last letter that is no mark.
    """
    literals, tails, sizes = cues.literals, cues.tails, cues.sizes
    wide, places, letters = cues.wide, cues.places, cues.numbers
    ends, groups, flags = cues.ends, cues.groups, cues.flags
    for number in range(many):
        start, keys = starts[number] >> NOTE_BITS, np.uint64(starts[number] & ALL_KEYS)
        table = TABLES * kind + (starts[number] >> TABLE_BITS & 3)
        known, buckets = cues.known[table], cues.buckets[table]
        low, high = load(text, start), load(text, start + 8)
        while keys:
            mark = keyed(low, trailing(keys))
            if keys & _LONGEST:
                mark = mixed(low, high)
            keys &= keys - _U1
            if not holds(known, mark >> _KNOWN):
                continue
            bucket = mark >> _BUCKET
            for row in range(np.uint64(buckets[bucket]), np.uint64(buckets[bucket + _U1])):
                size_ = np.uint64(sizes[row])
                if low & _ALL >> _U64 - _U8 * min(size_, _U8) != literals[row]:
                    continue
                if size_ > _U8 and high & _ALL >> _U128 - _U8 * size_ != tails[row]:
                    continue
                same = True
                for place in range(wide[row], wide[row + _U1]):
                    same &= numbers[start + places[place]] == letters[place]
                if not same:
                    continue
                end = start + np.int64(size_)
                for place in range(ends[row], ends[row + _U1]):
                    group = groups[place]
                    if kind and wanted[group] != unit:
                        continue
                    flag = flags[place]
                    if flag & RIGHT and text[end] >= WORDS:
                        continue
                    if flag & APART and text[start - 1] >= WORDS:
                        continue
                    if flag & LAST and last >= end:
                        continue
                    if seen[group] != unit:
                        seen[group] = unit
                        hits[count] = group
                        count += 1
    return count
