"""Find where a literal could begin in a stretch of letters, and which literals stand there.

Most words of most texts begin as no literal of any rule does: a look into small tables of how
literals begin says so. Where one may begin, those that begin alike are compared, sixteen letters
at once. What does *not* live here: the letters (`coarse`), what literals mean (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.boilerplate.coarse import INKS, NONE, SPACE, WORDS
from cleaner.kernels.compiled import inlined, inner
from cleaner.kernels.text.eights import load, trailing
from cleaner.kernels.text.lanes import LANES, between

__all__ = [
    "AMID",
    "APART",
    "BUCKET_BITS",
    "FINAL",
    "FIRST_BITS",
    "INSIDE",
    "KEYS",
    "KNOWN_BITS",
    "LAST",
    "LEADING",
    "LONGEST",
    "PAIR_BITS",
    "QUICK_BITS",
    "RIGHT",
    "SHORT",
    "SIEVE",
    "SIEVE_BITS",
    "SPREAD",
    "STRIDE",
    "TABLES",
    "WITHIN",
    "WITHIN_BITS",
    "WORD",
    "begins",
    "compared",
    "sifted",
]

RIGHT, LAST, APART = 1, 2, 4
"""Of a literal: a word ends behind it; only marks stand behind it; it stands inside of no word."""
LONGEST = 12
"""Letters of a literal; by then it is rare, and all of them fit into two numbers."""
KEYS = (LONGEST, 8, 4, 2, 1)
"""How many letters of its beginning a literal is known by: as many as it has."""
WITHIN = 4
"""How many of one that may begin anywhere."""
SIEVE_BITS = 12
SIEVE = 1 << SIEVE_BITS
"""A sieve has so many bits for beginnings, and as many for those that may be inside of words."""
AMID = 2
"""From which of the keys on these are known: to look at each letter in five ways takes long."""
SHORT, INSIDE, LEADING, FINAL = range(4)
"""What is sought by a pair of letters: literals of less than four at the beginnings of words, what
the look at four letters does not tell inside of words, before which only marks stand, behind which
only marks stand."""
STRIDE = 4
"""The most places that are passed over, where a literal may begin anywhere."""
FIRST_BITS, QUICK_BITS, PAIR_BITS, WITHIN_BITS, KNOWN_BITS, BUCKET_BITS = 15, 17, 12, 14, 17, 12
SPREAD, WORD = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
"""What letters are multiplied by to mix them, and those behind the first eight before that."""
TABLES = 3
"""Of each set of literals: those that may begin anywhere or where a word does, those before which
only marks stand, and, of the others, those behind which only marks stand."""

_FOUR, _PAIR = (np.uint64((1 << 8 * count) - 1) for count in (4, 2))
_U0, _U1, _U3, _U7, _U8 = (np.uint64(number) for number in (0, 1, 3, 7, 8))
_U6, _U63, _U64, _U128, _BYTE = (np.uint64(number) for number in (6, 63, 64, 128, 0xFF))
_ALL, _SPREAD, _WORD = (np.uint64(number) for number in ((1 << 64) - 1, SPREAD, WORD))
_FIRST, _QUICK = np.uint64(64 - FIRST_BITS), np.uint64(64 - QUICK_BITS)
_PAIRS = np.uint64(64 - PAIR_BITS)
_WITHIN, _SIEVE = np.uint64(64 - WITHIN_BITS), np.uint64(64 - SIEVE_BITS)
_KNOWN, _BUCKET = np.uint64(64 - KNOWN_BITS), np.uint64(64 - BUCKET_BITS)
# Of a place, the lowest bits: the keys by which the literals are known that could begin there, and
# their table.
_BITS, _LONGEST, _LONG, _MIDDLE, _SHORT, _ANY = 7, 0b00001, 0b00010, 0b00100, 0b11000, 0b11111
_TABLE, _LEADING, _FINAL = 5, 1 << 5, 2 << 5
_SHIFTS = sum(64 - 8 * min(key, 8) << 8 * at for at, key in enumerate(KEYS))
"""How far all bits are moved to get a mask of each key, a byte each."""


@inner
def _holds(known: Any, number: Any) -> Any:
    return known[number >> _U3] >> np.uint8(number & _U7) & np.uint8(1)


@inlined
def begins(cues: Any, mode: int, text: Any, size: int, last: int, places: Any, starts: Any) -> Any:
    """Where a literal of the first set could begin, and by which keys it is known.

    Args:
        cues: the tables.
        mode: which of them; see `cues.mode_of`.
        text: letters, from `text[1]` on; see `coarse.read`.
        size: their number, with the nothing before them.
        last: the last letter that is no mark.
        places: room for places.
        starts: room for the answer.

    Returns:
        How many there are.
    """
    pairs = cues.pairs[mode]
    many = _begun(cues.first[mode], pairs[SHORT], text, size, places)
    many = _inside(cues.within[mode], cues.strides[mode], text, size, starts, places, many)
    if cues.short[mode]:
        many = _paired(pairs[INSIDE], text, size, places, many)
    count = _known(cues.quick[mode], pairs[SHORT], pairs[INSIDE], text, places, many, starts)
    return _ends(pairs[LEADING], pairs[FINAL], text, size, last, starts, count)


@inner
def _pair(here: Any) -> Any:
    """Two letters, mixed."""
    return (here & _PAIR) * _SPREAD >> _PAIRS


@inner
def _begun(known: Any, short: Any, text: Any, size: int, places: Any) -> Any:
    """Find beginnings of words with four letters of a literal, or two of a short one."""
    many: Any = 0
    before = _U0
    for first in range(1, size, LANES):
        begin, before = _words(text, first, before)
        while begin:  # of sixty-four letters: how often it turns is hard to foresee
            place = first + trailing(begin)
            begin &= begin - _U1
            here = load(text, place)
            places[many] = place
            one = _holds(known, (here & _FOUR) * _SPREAD >> _FIRST)
            many += np.int64(one | _holds(short, _pair(here)))
    return many


@inner
def _paired(inside: Any, text: Any, size: int, places: Any, many: Any) -> Any:
    """Add places inside of words with two letters of a literal."""
    for place in range(2, size):
        places[many] = place
        one = np.int64(_holds(inside, _pair(load(text, place))))
        many += one & np.int64(text[place - 1] >= WORDS)
    return many


@inner
def _known(
    quick: Any, short: Any, inside: Any, text: Any, places: Any, many: Any, starts: Any
) -> Any:
    """Of places, those with as many letters of a literal as it is known by."""
    count: Any = 0
    for number in range(many):
        place = places[number]
        here = load(text, place)
        longest = _holds(quick, _mixed(here, load(text, place + 8)) >> _QUICK)
        long = _holds(quick, here * _SPREAD >> _QUICK)
        middle = _holds(quick, (here & _FOUR) * _SPREAD >> _QUICK)
        small = _holds(short, _pair(here)) | _holds(inside, _pair(here))
        keys = longest * _LONGEST | long * _LONG | middle * _MIDDLE | small * _SHORT
        starts[count] = place << _BITS | np.int64(keys)
        count += np.int64(keys > 0)
    return count


@inner
def _ends(
    leading: Any, final: Any, text: Any, size: int, last: int, starts: Any, count: Any
) -> Any:
    """Add places at both ends of the stretch with two letters of a literal bound to it."""
    at = 1
    while at < size:
        starts[count] = at << _BITS | _ANY | _LEADING
        count += np.int64(_holds(leading, _pair(load(text, at))))
        if text[at] >= INKS:
            break
        at += 1
    for at in range(max(1, last + 1 - LONGEST), size):
        starts[count] = at << _BITS | _ANY | _FINAL
        count += np.int64(_holds(final, _pair(load(text, at))))
    return count


@inner
def sifted(sieve: Any, text: Any, size: int, last: int, deep: bool, starts: Any) -> Any:
    """Where a literal could begin of those groups that a sieve is for, as `begins` says it.

    Args:
        sieve: uint64[2 * SIEVE // 64], bits for how these literals begin.
        text: letters, from `text[1]` on; see `coarse.read`.
        size: their number, with the nothing before them.
        last: the last letter that is no mark.
        deep: whether to look for those that may begin inside a word, too.
        starts: room for the answer.
    """
    count: Any = 0
    at = 1
    while at < size:
        keys = _keys(sieve, text, at)
        starts[count] = at << _BITS | keys | _LEADING
        count += np.int64(keys > 0)
        if text[at] >= INKS:
            break
        at += 1
    for at in range(max(1, last + 1 - LONGEST), size):
        keys = _keys(sieve, text, at)
        starts[count] = at << _BITS | keys | _FINAL
        count += np.int64(keys > 0)
    before = _U0
    for first in range(1, size, LANES):
        begin, before = _words(text, first, before)
        while begin:
            place = first + trailing(begin)
            begin &= begin - _U1
            keys = _keys(sieve, text, place)
            starts[count] = place << _BITS | keys
            count += np.int64(keys > 0)
    for place in range(2, size if deep else 0):
        found = _amid(sieve, text, place)
        starts[count] = place << _BITS | _ANY
        inside = np.int64(text[place] >= WORDS) & np.int64(text[place - 1] >= WORDS)
        count += found & inside
    return count


@inner
def _mixed(here: Any, more: Any) -> Any:
    """A number for as many letters as the longest literals have."""
    return (here ^ (more & _FOUR) * _WORD) * _SPREAD


@inner
def _keys(sieve: Any, text: Any, place: int) -> Any:
    """By which keys a literal could be known."""
    here = load(text, place)
    keys = _holes(sieve, _mixed(here, load(text, place + 8)) >> _SIEVE)
    for number in range(1, len(KEYS)):
        keys |= _holes(sieve, _first(here, number) >> _SIEVE) << number
    return keys


@inner
def _amid(sieve: Any, text: Any, place: int) -> Any:
    """Whether a literal that may be inside of a word could begin."""
    here = load(text, place)
    found: Any = 0
    for number in range(AMID, len(KEYS)):
        found |= _holes(sieve, (_first(here, number) >> _SIEVE) + np.uint64(SIEVE))
    return found


@inner
def _first(here: Any, number: int) -> Any:
    """The letters of a key, mixed."""
    shift = np.uint64(_SHIFTS) >> np.uint64(8 * number) & _BYTE
    return (here & _ALL >> shift) * _SPREAD


@inner
def _holes(sieve: Any, bit: Any) -> Any:
    return np.int64(sieve[bit >> _U6] >> (bit & _U63) & _U1)


@inner
def _words(text: Any, first: int, before: Any) -> Any:
    """Of 64 letters, those at which a word or a mark begins; whether a word goes on behind them."""
    word = between(text, first, WORDS, 0xFF)
    begin = ~(between(text, first, NONE, NONE) | between(text, first, SPACE, SPACE))
    return begin & ~(word & (word << _U1 | before)), word >> _U63


@inner
def _inside(
    known: Any, stride: int, text: Any, size: int, looks: Any, places: Any, many: Any
) -> Any:
    """Add places inside of words, around four letters of a literal; how many there are then."""
    found: Any = 0
    at = stride or size
    while at < size:
        looks[found] = at
        found += np.int64(_holds(known, (load(text, at) & _FOUR) * _SPREAD >> _WITHIN))
        at += stride
    for number in range(found):
        at = looks[number]
        for place in range(at - stride + 1, at + 1):
            places[many] = place
            many += np.int64(text[place] >= WORDS) & np.int64(text[place - 1] >= WORDS)
    return many


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
        start, keys = starts[number] >> _BITS, np.uint64(starts[number] & _ANY)
        table = TABLES * kind + (starts[number] >> _TABLE & 3)
        known, buckets = cues.known[table], cues.buckets[table]
        low, high = load(text, start), load(text, start + 8)
        while keys:
            shift = np.uint64(_SHIFTS) >> np.uint64(8 * trailing(keys)) & _BYTE
            mixed = (low & _ALL >> shift) * _SPREAD
            if keys & np.uint64(_LONGEST):
                mixed = _mixed(low, high)
            keys &= keys - _U1
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
                    if flag & LAST and last >= end:
                        continue
                    if seen[group] != unit:
                        seen[group] = unit
                        hits[count] = group
                        count += 1
    return count
