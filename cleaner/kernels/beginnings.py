"""Read a stretch of text as letters of a coarse alphabet; find where a literal could begin in it.

Most words of most texts begin as no literal of any rule does. One look into a table for each
character says so. What does *not* live here: the search for whole literals (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.units import LIMIT

__all__ = [
    "ALONE",
    "DIGIT",
    "FIRST",
    "INK",
    "INSIDE",
    "KNOWN_BITS",
    "LEAD",
    "LETTER",
    "NONE",
    "PADS",
    "QUAD",
    "QUAD_BITS",
    "SECOND",
    "SIZES",
    "SPACE",
    "SPREAD",
    "START",
    "TAG",
    "WORD",
    "scan",
]

# Of a letter of the coarse alphabet.
WORD, INK = 1, 2
"""Part of a word; letter or number."""
NONE, SPACE, DIGIT = 0, 1, 2
"""Letters that every alphabet has: marks that no cue mentions, and those that count once a run."""
# Of a literal.
START, INSIDE, LEAD = range(3)
"""Where it begins: where a word does, anywhere, or where only marks stand before it."""
# Of a code point: its letter, and eight bits that stand for it, of which the lowest says whether it
# is part of a word.
LETTER = 8
"""Where the letter stands."""
ALONE = 1 << 24
"""Not a letter that counts once a run."""

SIZES = (7, 5, 4, 3, 2)
"""How many letters of its beginning a literal is known by: as many as it has."""
KNOWN_BITS, QUAD_BITS = 20, 18
FIRST, SECOND, QUAD = 64 - KNOWN_BITS, 64 - 2 * KNOWN_BITS, 64 - QUAD_BITS
SPREAD, TAG = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
"""A beginning's number: its letters of eight bits each, plus its tag, mixed. Two parts of it are
looked up, or one in a hundred common words would be taken for a beginning."""

PADS = 6
"""Letters of nothing behind a stretch: so the last ones are seen as a beginning, too."""
_U0, _U1, _U3, _U6, _U7, _U8 = (np.uint64(number) for number in (0, 1, 3, 6, 7, 8))
_TWO, _THREE, _FOUR = np.uint64(0x80), np.uint64(0xE0), np.uint64(0xF0)
_MOST_CODE, _BYTE, _BITS_6 = np.uint64(LIMIT - 1), np.uint64(0xFF), np.uint64(0x3F)
_SPREAD, _TAG, _NUMBERS = np.uint64(SPREAD), np.uint64(TAG), np.uint64((1 << KNOWN_BITS) - 1)
_FIRST, _SECOND = np.uint64(FIRST), np.uint64(SECOND)
_PAIR, _PAIRS, _INSIDE = np.uint64(40), np.uint64(0x1FFFF), np.uint64(56)
_RUN = np.uint32(ALONE - 1)
_FOUR_BACK, _FOURS, _QUAD = np.uint64(24), np.uint64(0x1FFFFFFFF), np.uint64(QUAD)


@inner
def _begins(known: Any, state: Any, place: Any) -> bool:
    """Whether a literal may begin with the last seven of these eight letters."""
    for size in SIZES:
        letters = state << _U8 >> np.uint64(64 - 8 * size)
        number = (letters + (np.uint64(size) + place * _U8) * _TAG) * _SPREAD
        if _holds(known, number >> _FIRST) and _holds(known, number >> _SECOND & _NUMBERS):
            return True
    return False


@inner
def _holds(known: Any, number: Any) -> Any:
    return known[number >> _U3] >> np.uint8(number & _U7) & 1


@inner
def scan(
    cues: Any, kind: int, data: Any, start: int, stop: int, text: Any, starts: Any, states: Any
) -> tuple[Any, int]:
    """Read a stretch: its letters, from `text[1]` on, and where a literal could begin.

    This is what every byte of a corpus costs: one step a character, and no branch that is hard to
    foresee. The last eight letters are kept in one number, so that four of them, seven letters
    back, are looked up at once; most words begin as no literal does.

    Returns:
        Letters, with the nothing before them; places in `starts`.
    """
    points, quads, pairs, known = cues.points, cues.quads[kind], cues.pairs[kind], cues.known[kind]
    state, size, count = _U0, _U1, _U0
    last = np.uint32(0)
    text[0] = NONE
    at, end = np.uint64(start), np.uint64(stop)
    pads = end + np.uint64(PADS)
    while at < pads:
        found = np.uint32(ALONE)
        if at < end:
            code = np.uint64(data[at])
            if code >= _TWO:
                width = _U1 + np.uint64(code >= _THREE) + np.uint64(code >= _FOUR)
                code &= _BITS_6 >> width
                for _ in range(width):
                    at += _U1
                    code = code << _U6 | np.uint64(data[at]) & _BITS_6
                code = min(code, _MOST_CODE)
            found = points[code]
        at += _U1
        if found == last:
            continue
        last = found & _RUN
        text[size] = np.uint16(found >> np.uint32(LETTER))
        size += _U1
        state = state << _U8 | np.uint64(found) & _BYTE
        quad = (state >> _FOUR_BACK & _FOURS) * _SPREAD >> _QUAD
        maybe = quads[quad >> _U3] >> np.uint8(quad & _U7) & np.uint8(1)
        starts[count, 0], states[count] = size, state
        count += np.uint64(maybe | pairs[state >> _PAIR & _PAIRS])
    kept = 0
    for number in range(count):
        begin, state = starts[number, 0] - 7, states[number]
        inside = state >> _INSIDE & _U1
        if begin > 0 and _begins(known, state, inside):
            starts[kept, 0], starts[kept, 1] = begin, inside
            kept += 1
    letters = np.int64(size) - PADS
    for begin in range(1, letters):  # only marks stand before it
        state = np.uint64(LEAD) << _U8 | np.uint64(cues.eights[text[begin]])
        state = state << _U8 | np.uint64(cues.eights[text[begin + 1]])
        if pairs[state]:
            for number in range(begin + 2, begin + 7):
                state = state << _U8 | np.uint64(cues.eights[text[number]])
            if _begins(known, state, np.uint64(LEAD)):
                starts[kept, 0], starts[kept, 1] = begin, LEAD
                kept += 1
        if cues.traits[text[begin]] & INK:
            break
    return letters, kept
