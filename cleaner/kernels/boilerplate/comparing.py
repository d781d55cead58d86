"""Which literals stand at the places where one could begin: sixteen letters are compared at once.

What does *not* live here: finding the places (`beginnings`), what literals mean (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.boilerplate.coarse import WORDS
from cleaner.kernels.boilerplate.places import (
    ALL_KEYS,
    APART,
    KEYS,
    LAST,
    NOTE_BITS,
    RIGHT,
    TABLE_BITS,
    TABLES,
    holds,
    keyed,
    mixed,
)
from cleaner.kernels.compiled import inlined, inner
from cleaner.kernels.text.eights import load, trailing

__all__ = ["BUCKET_BITS", "KNOWN_BITS", "compared"]

KNOWN_BITS, BUCKET_BITS = 17, 14
_KNOWN, _BUCKET = np.uint64(64 - KNOWN_BITS), np.uint64(64 - BUCKET_BITS)
_U1, _U8, _U64, _U128 = (np.uint64(number) for number in (1, 8, 64, 128))
_ALL = np.uint64((1 << 64) - 1)
_LONGEST = np.uint64(1)
"""Of `KEYS`, the first."""


@inner
def _known(known: Any, first: int, text: Any, starts: Any, many: int) -> Any:
    """Keep the places, and of their keys those, at which a literal of their table is known.

    Most are not, and nobody foresees which, so there is no branch. Returns how many are left.

    Args:
        known: `Cues.known`.
        first: the first table of the set.
        text: letters.
        starts: places, from `beginnings`; those that are left come first.
        many: how many there are.
    """
    count: Any = 0
    for number in range(many):
        note = starts[np.uint64(number)]
        low, high = load(text, note >> NOTE_BITS), load(text, (note >> NOTE_BITS) + 8)
        table = np.uint64(first + (note >> TABLE_BITS & 3))
        keys = np.int64(holds(known[table], mixed(low, high) >> _KNOWN))
        for key in range(1, len(KEYS)):
            keys |= np.int64(holds(known[table], keyed(low, key) >> _KNOWN)) << key
        keys &= note & ALL_KEYS
        starts[np.uint64(count)] = note & ~ALL_KEYS | keys
        count += keys != 0
    return count


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
    many = _known(cues.known, TABLES * kind, text, starts, many)
    for number in range(many):
        start, keys = starts[number] >> NOTE_BITS, np.uint64(starts[number] & ALL_KEYS)
        buckets = cues.buckets[TABLES * kind + (starts[number] >> TABLE_BITS & 3)]
        low, high = load(text, start), load(text, start + 8)
        while keys:
            mark = keyed(low, trailing(keys))
            if keys & _LONGEST:
                mark = mixed(low, high)
            keys &= keys - _U1
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
