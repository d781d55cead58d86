"""Find where a literal could begin in a stretch of letters, and which literals stand there.

Most words of most texts begin as no literal of any rule does: a look into small tables of how
literals begin says so. Where one may begin, those that begin alike are compared, sixteen letters
at once. What does *not* live here: the letters (`coarse`), what literals mean (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.coarse import INKS, WORDS
from cleaner.kernels.compiled import inlined, inner
from cleaner.kernels.eights import load, trailing

__all__ = [
    "APART",
    "BUCKET_BITS",
    "KEYS",
    "KNOWN_BITS",
    "LAST",
    "LONGEST",
    "QUICK",
    "QUICK_BITS",
    "RIGHT",
    "SPREAD",
    "STRIDE",
    "TABLES",
    "WITHIN",
    "WITHIN_BITS",
    "begins",
    "compared",
]

RIGHT, LAST, APART = 1, 2, 4
"""Of a literal: a word ends behind it; only marks stand behind it; it stands inside of no word."""
LONGEST = 12
"""Letters of a literal; by then it is rare, and all of them fit into two numbers."""
QUICK, WITHIN = (6, 3), 4
"""How many letters of its beginning a literal is sought by, as many as it has (those of less are
sought by a pair of letters); and how many of one that may begin anywhere."""
KEYS = (8, 6, 4, 3, 2, 1)
"""How many it is known by, where it is sought."""
STRIDE = 4
"""The most places that are passed over, where a literal may begin anywhere."""
QUICK_BITS, WITHIN_BITS, KNOWN_BITS, BUCKET_BITS = 17, 14, 17, 12
SPREAD = 0x9E3779B97F4A7C15
TABLES = 2
"""Of each set of literals: those that may begin anywhere or where a word does, and those before
which only marks stand."""

_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_INKED = np.uint64(0xDFDFDFDFDFDFDFDF)
"""Neither a blank nor nothing has any of these bits."""
_SIX, _THREE, _FOUR, _PAIR = (np.uint64((1 << 8 * count) - 1) for count in (*QUICK, WITHIN, 2))
_U0, _U1, _U3, _U7, _U8, _TOP = (np.uint64(number) for number in (0, 1, 3, 7, 8, 56))
_U64, _U128, _BYTE = (np.uint64(number) for number in (64, 128, 0xFF))
_ALL, _GATHER = np.uint64((1 << 64) - 1), np.uint64(0x0102040810204080)
"""Multiplied by it, the lowest bits of eight bytes stand side by side at the top."""
_SPREAD = np.uint64(SPREAD)
_QUICK, _WITHIN = np.uint64(64 - QUICK_BITS), np.uint64(64 - WITHIN_BITS)
_KNOWN, _BUCKET = np.uint64(64 - KNOWN_BITS), np.uint64(64 - BUCKET_BITS)
# Of a place, the lowest bits: the keys by which the literals are known that could begin there.
_BITS, _LONG, _MIDDLE, _SHORT, _ANY, _LEAD = 7, 0b000011, 0b001100, 0b110000, 0b111111, 1 << 6
_SHIFTS = sum(64 - 8 * key << 8 * at for at, key in enumerate(KEYS))
"""How far all bits are moved to get a mask of each key, a byte each."""


@inner
def _holds(known: Any, number: Any) -> Any:
    return known[number >> _U3] >> np.uint8(number & _U7) & np.uint8(1)


@inlined
def begins(cues: Any, kind: int, text: Any, size: int, wide: bool, deep: bool, starts: Any) -> Any:
    """Where a literal could begin, and by which keys it is known.

    Args:
        cues: the tables.
        kind: which set of literals.
        text: letters, from `text[1]` on; see `coarse.read`.
        size: their number, with the nothing before them.
        wide: whether a part of a word is beyond ASCII.
        deep: whether to look for those that may begin inside a word, too.
        starts: room for the answer.

    Returns:
        How many there are.
    """
    quick, pairs, leads = cues.quick[kind], cues.pairs[kind], cues.leads[kind]
    within, inside, stride = cues.within[kind], cues.inside[kind], cues.strides[kind]
    count: Any = 0
    at = 1
    while at < size:
        starts[count] = at << _BITS | _ANY | _LEAD
        count += np.int64(leads[load(text, at) & _PAIR])
        if text[at] >= INKS:
            break
        at += 1
    for first in range(1, size, 64):
        begin = _U0
        for at in range(first, min(first + 64, size), 8):
            eight = load(text, at)
            ink = eight & _INKED
            here = ((ink & _LOW) + _LOW | ink) & ~(eight & load(text, at - 1)) & _HIGH
            begin |= (here >> _U7) * _GATHER >> _TOP << np.uint64(at - first)
        while begin:  # sixty-four letters at once: how often it turns is hard to foresee
            place = first + trailing(begin)
            begin &= begin - _U1
            here = load(text, place)
            long = _holds(quick, (here & _SIX) * _SPREAD >> _QUICK)
            middle = _holds(quick, (here & _THREE) * _SPREAD >> _QUICK)
            short = np.uint8(pairs[here & _PAIR])
            keys = long * _LONG | middle * _MIDDLE | short * _SHORT
            starts[count] = place << _BITS | np.int64(keys)
            count += np.int64(long | middle | short)
    if not deep:
        return count
    at = stride or size
    while at < size:
        if _holds(within, (load(text, at) & _FOUR) * _SPREAD >> _WITHIN):
            for place in range(at - stride + 1, at + 1):
                starts[count] = place << _BITS | _ANY
                count += np.int64(text[place] >= WORDS and text[place - 1] >= WORDS)
        at += stride
    if wide or cues.short[kind]:
        for place in range(2, size):
            starts[count] = place << _BITS | _ANY
            count += np.int64(inside[load(text, place) & _PAIR] and text[place - 1] >= WORDS)
    return count


@inlined
def compared(
    cues: Any,
    kind: int,
    text: Any,
    numbers: Any,
    size: int,
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
    """
    literals, tails, sizes = cues.literals, cues.tails, cues.sizes
    wide, places, letters = cues.wide, cues.places, cues.numbers
    ends, groups, flags = cues.ends, cues.groups, cues.flags
    last = -1
    for number in range(many):
        start, keys = starts[number] >> _BITS, np.uint64(starts[number] & _ANY)
        table = TABLES * kind + np.int64(starts[number] & _LEAD > 0)
        known, buckets = cues.known[table], cues.buckets[table]
        low, high = load(text, start), load(text, start + 8)
        while keys:
            shift = np.uint64(_SHIFTS) >> np.uint64(8 * trailing(keys)) & _BYTE
            keys &= keys - _U1
            mixed = (low & _ALL >> shift) * _SPREAD
            if not _holds(known, mixed >> _KNOWN):
                continue
            bucket = mixed >> _BUCKET
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
                    if flag & LAST:
                        if last < 0:
                            last = size - 1
                            while text[last] < INKS and last:
                                last -= 1
                        if last >= end:
                            continue
                    if seen[group] != unit:
                        seen[group] = unit
                        hits[count] = group
                        count += 1
    return count
