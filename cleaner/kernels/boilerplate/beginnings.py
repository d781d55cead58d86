"""Find where a literal could begin in a stretch of letters.

Most words of most texts begin as no literal of any rule does: a look into small tables of how
literals begin says so. What does *not* live here: the letters (`coarse`), which of the literals
stand there (`comparing`), what they mean (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.boilerplate.coarse import INKS, NONE, SPACE, WORDS
from cleaner.kernels.boilerplate.places import (
    ALL_KEYS,
    ENDING,
    KEYS,
    LED,
    LONGEST,
    NOTE_BITS,
    SPREAD,
    holds,
    keyed,
    mixed,
)
from cleaner.kernels.compiled import inlined, inner
from cleaner.kernels.text.eights import load, trailing
from cleaner.kernels.text.lanes import LANES, between

__all__ = [
    "AMID",
    "FINAL",
    "FIRST_BITS",
    "INSIDE",
    "LEADING",
    "PAIR_BITS",
    "QUICK_BITS",
    "SHORT",
    "SIEVE",
    "SIEVE_BITS",
    "STRIDE",
    "WITHIN",
    "WITHIN_BITS",
    "begins",
    "sifted",
]

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
FIRST_BITS, QUICK_BITS, PAIR_BITS, WITHIN_BITS = 15, 17, 12, 14

_LONGEST, _LONG, _MIDDLE, _SHORT = 0b00001, 0b00010, 0b00100, 0b11000
"""Of `KEYS`: the first, the second, the third, and the two others."""

_FOUR, _PAIR = (np.uint64((1 << 8 * count) - 1) for count in (4, 2))
_U0, _U1, _U6, _U63 = (np.uint64(number) for number in (0, 1, 6, 63))
_SPREAD = np.uint64(SPREAD)
_FIRST, _QUICK = np.uint64(64 - FIRST_BITS), np.uint64(64 - QUICK_BITS)
_PAIRS = np.uint64(64 - PAIR_BITS)
_WITHIN, _SIEVE = np.uint64(64 - WITHIN_BITS), np.uint64(64 - SIEVE_BITS)


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
            places[np.uint64(many)] = place
            one = holds(known, (here & _FOUR) * _SPREAD >> _FIRST)
            many += np.int64(one | holds(short, _pair(here)))
    return many


@inner
def _paired(inside: Any, text: Any, size: int, places: Any, many: Any) -> Any:
    """Add places inside of words with two letters of a literal."""
    for place in range(2, size):
        places[np.uint64(many)] = place
        one = np.int64(holds(inside, _pair(load(text, place))))
        many += one & np.int64(text[np.uint64(place - 1)] >= WORDS)
    return many


@inner
def _known(
    quick: Any, short: Any, inside: Any, text: Any, places: Any, many: Any, starts: Any
) -> Any:
    """Of places, those with as many letters of a literal as it is known by."""
    count: Any = 0
    for number in range(many):
        place = places[np.uint64(number)]
        here = load(text, place)
        longest = holds(quick, mixed(here, load(text, place + 8)) >> _QUICK)
        long = holds(quick, here * _SPREAD >> _QUICK)
        middle = holds(quick, (here & _FOUR) * _SPREAD >> _QUICK)
        small = holds(short, _pair(here)) | holds(inside, _pair(here))
        keys = longest * _LONGEST | long * _LONG | middle * _MIDDLE | small * _SHORT
        starts[np.uint64(count)] = place << NOTE_BITS | np.int64(keys)
        count += np.int64(keys > 0)
    return count


@inner
def _ends(
    leading: Any, final: Any, text: Any, size: int, last: int, starts: Any, count: Any
) -> Any:
    """Add places at both ends of the stretch with two letters of a literal bound to it."""
    at = 1
    while at < size:
        starts[np.uint64(count)] = at << NOTE_BITS | ALL_KEYS | LED
        count += np.int64(holds(leading, _pair(load(text, at))))
        if text[at] >= INKS:
            break
        at += 1
    for at in range(max(1, last + 1 - LONGEST), size):
        starts[np.uint64(count)] = at << NOTE_BITS | ALL_KEYS | ENDING
        count += np.int64(holds(final, _pair(load(text, at))))
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
        starts[np.uint64(count)] = at << NOTE_BITS | keys | LED
        count += np.int64(keys > 0)
        if text[at] >= INKS:
            break
        at += 1
    for at in range(max(1, last + 1 - LONGEST), size):
        keys = _keys(sieve, text, at)
        starts[np.uint64(count)] = at << NOTE_BITS | keys | ENDING
        count += np.int64(keys > 0)
    before = _U0
    for first in range(1, size, LANES):
        begin, before = _words(text, first, before)
        while begin:
            place = first + trailing(begin)
            begin &= begin - _U1
            keys = _keys(sieve, text, place)
            starts[np.uint64(count)] = place << NOTE_BITS | keys
            count += np.int64(keys > 0)
    for place in range(2, size if deep else 0):
        found = _amid(sieve, text, place)
        starts[np.uint64(count)] = place << NOTE_BITS | ALL_KEYS
        inside = np.int64(text[np.uint64(place)] >= WORDS)
        inside &= np.int64(text[np.uint64(place - 1)] >= WORDS)
        count += found & inside
    return count


@inner
def _keys(sieve: Any, text: Any, place: int) -> Any:
    """By which keys a literal could be known."""
    here = load(text, place)
    keys = _holes(sieve, mixed(here, load(text, place + 8)) >> _SIEVE)
    for number in range(1, len(KEYS)):
        keys |= _holes(sieve, keyed(here, number) >> _SIEVE) << number
    return keys


@inner
def _amid(sieve: Any, text: Any, place: int) -> Any:
    """Whether a literal that may be inside of a word could begin."""
    here = load(text, place)
    found: Any = 0
    for number in range(AMID, len(KEYS)):
        found |= _holes(sieve, (keyed(here, number) >> _SIEVE) + np.uint64(SIEVE))
    return found


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
        looks[np.uint64(found)] = at
        found += np.int64(holds(known, (load(text, at) & _FOUR) * _SPREAD >> _WITHIN))
        at += stride
    for number in range(found):
        at = looks[np.uint64(number)]
        for place in range(at - stride + 1, at + 1):
            places[np.uint64(many)] = place
            inner = text[np.uint64(place - 1)] >= WORDS
            many += np.int64(text[np.uint64(place)] >= WORDS) & np.int64(inner)
    return many
