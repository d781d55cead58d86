"""Read a stretch of text as letters of a coarse alphabet, one byte each.

The letters hold all that a cue may tell apart. ASCII is eight of them at a time; blanks and digits
count once a run. Beyond ASCII there are more letters than bytes: several share one, and the number
of the letter stands beside it. What does *not* live here: which letter a character beyond ASCII is
(the caller's tables say), where a literal could begin (`beginnings`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inlined
from cleaner.kernels.eights import digits, letters, load, store
from cleaner.kernels.units import point

__all__ = [
    "DIGIT",
    "INKS",
    "MARK",
    "NONE",
    "OTHER",
    "PADS",
    "SPACE",
    "WORDS",
    "ascii_letter",
    "read",
]

WORDS, INKS = 0x80, 0x90
"""Letters from here on are parts of words; from here on they are no marks of letters, either."""
NONE, SPACE, MARK, OTHER, DIGIT = 0, 0x20, 0x80, 0x90, 0xB0
"""Marks that no cue mentions; a run of blanks; marks of letters and letters that no cue mentions; a
run of digits."""
PADS = 24
"""Letters of nothing behind a stretch, so that sixteen can be loaded from any of its letters."""

_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_BLANKS = np.uint64(0x2020202020202020)
_FROM_BLANK = np.uint64(0x6060606060606060)
"""Added to a byte below 0x80, it sets the high bit from the blank on."""
_U0, _U2, _U3, _U7, _U8, _TOP = (np.uint64(number) for number in (0, 2, 3, 7, 8, 56))
_DIGIT, _SPACE, _WORD = np.uint64(DIGIT), np.uint64(SPACE), np.uint64(WORDS)


def ascii_letter(code: int) -> int:
    """The letter of a character of ASCII that is no blank and no control.

    >>> ascii_letter(ord("A")) == ascii_letter(ord("a")) == WORDS + ord("a")
    True
    """
    char = chr(code)
    if char.isdecimal():
        return DIGIT
    return WORDS + ord(char.lower()) if char.isalpha() else code


@inlined
def read(
    points: Any, bytes_of: Any, data: Any, start: int, stop: int, text: Any, numbers: Any
) -> tuple[int, bool]:
    """Write the letters of a stretch, from `text[1]` on, nothing before and behind them.

    Eight bytes are eight letters, unless one of them is beyond ASCII or a control, or two blanks or
    digits follow each other: such eight are read one by one.

    Args:
        points: the number of the letter of each code point.
        bytes_of: the byte of each of these.
        data: uint8[m], UTF-8.
        start: byte at which the stretch begins.
        stop: byte at which it ends.
        text: room for the letters.
        numbers: room for the numbers of letters beyond ASCII.

    Returns:
        Letters, with the nothing before them; whether a part of a word is beyond ASCII.
    """
    text[0] = NONE
    size = 1
    wide: Any = False
    last = _U0
    at = start
    while at < stop:
        if at + 8 <= stop:
            eight = load(data, at)
            number = digits(eight)
            blank = ~((eight ^ _BLANKS) + _LOW)
            odd = eight | ~(eight + _FROM_BLANK)
            odd |= number & (number << _U8 | np.uint64(last == _DIGIT) << _U7)
            odd |= blank & (blank << _U8 | np.uint64(last == _SPACE) << _U7)
            if not odd & _HIGH:
                word = letters(eight)
                eight |= word | word >> _U2 | number  # in lower case, as parts of words
                eight &= ~((number >> _U3) - (number >> _U7))  # every digit is the same letter
                store(text, size, eight)
                last = eight >> _TOP
                size += 8
                at += 8
                continue
        end = min(at + 8, stop)
        while at < end:
            code, width = point(data, at)
            at += width
            letter = np.uint64(bytes_of[points[code]])
            if letter == last and (letter == _SPACE or letter == _DIGIT):
                continue
            wide |= letter >= _WORD and code >= 0x80
            text[size], numbers[size] = np.uint8(letter), points[code]
            size += 1
            last = letter
    for place in range(size, size + PADS, 8):
        store(text, place, _U0)
    return size, wide
