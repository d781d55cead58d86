"""Read a stretch of text as letters of a coarse alphabet, one byte each.

The letters hold all that a cue may tell apart. ASCII is sixty-four of them at a time; blanks and
digits count once a run. Beyond ASCII there are more letters than bytes: several share one, and the
number of the letter stands beside it. What does *not* live here: which letter a character beyond
ASCII is (the caller's tables say), where a literal could begin (`beginnings`).
"""

from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from cleaner.kernels.compiled import inner
from cleaner.kernels.text.eights import ones, store, trailing
from cleaner.kernels.text.lanes import LANES, between, place, splat
from cleaner.kernels.text.units import point

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
PADS = LANES + 16
"""Letters of nothing behind a stretch, so that so many can be looked at from any of its letters."""

_U0, _U1 = np.uint64(0), np.uint64(1)
_ALL = np.uint64((1 << 64) - 1)


def ascii_letter(code: int) -> int:
    """The letter of a character of ASCII that is no blank and no control.

    >>> ascii_letter(ord("A")) == ascii_letter(ord("a")) == WORDS + ord("a")
    True
    """
    char = chr(code)
    if char.isdecimal():
        return DIGIT
    return WORDS + ord(char.lower()) if char.isalpha() else code


@intrinsic
def _write_letters(_typing: Any, data: Any, _at: Any, text: Any, _to: Any) -> Any:
    """Write 64 characters of ASCII as letters, controls as they are; the caller minds both ends."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, target = (
            place(context, builder, signature.args[at], arguments[at], arguments[at + 1])
            for at in (0, 2)
        )

        def among(found: Any, first: str, last: str) -> Any:
            above = builder.sub(found, splat(ord(first)))
            return builder.icmp_unsigned("<=", above, splat(ord(last) - ord(first)))

        raw = builder.load(source, align=1)
        small = builder.or_(raw, splat(0x20))
        letter = builder.select(among(small, "a", "z"), builder.or_(small, splat(WORDS)), raw)
        letter = builder.select(among(raw, "0", "9"), splat(DIGIT), letter)
        builder.store(letter, target, align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, text, types.int64), generate


@inner
def _blank(byte: Any) -> Any:
    """Whether a byte stands between words, for those who count these."""
    return (byte == 32) | ((byte >= 9) & (byte <= 13))


@inner
def read(
    points: Any, bytes_of: Any, data: Any, start: int, stop: int, text: Any, numbers: Any
) -> tuple[int, bool, int]:
    """Write the letters of a stretch, from `text[1]` on, nothing before and behind them.

    A byte is a letter, unless it is beyond ASCII or a control, or a blank or digit follows another
    one: such characters are read one by one.

    Args:
        points: the number of the letter of each code point.
        bytes_of: the byte of each of these.
        data: uint8[m], UTF-8.
        start: byte at which the stretch begins; no white space stands at its ends.
        stop: byte at which it ends.
        text: room for the letters, and for `PADS` behind them.
        numbers: room for the numbers of letters beyond ASCII.

    Returns:
        Letters, with the nothing before them; whether a part of a word is beyond ASCII; words
        between white space, where two characters of writing without spaces are one word.
    """
    text[0] = NONE
    size = words = 1
    dense = 0
    wide: Any = False
    at = start
    while at < stop:
        if at + LANES <= len(data):
            number, blank = between(data, at, 0x30, 0x39), between(data, at, 0x20, 0x20)
            odd = ~between(data, at, 0x20, 0x7F)
            odd |= number & (number << _U1 | np.uint64(text[size - 1] == DIGIT))
            odd |= blank & (blank << _U1 | np.uint64(text[size - 1] == SPACE))
            if stop - at < LANES:
                odd |= _ALL << np.uint64(stop - at)
            _write_letters(data, at, text, size)  # what is odd will be written over
            words += ones(blank & ~odd & odd - _U1)
            good = trailing(odd)
            size += good
            at += good
            if good == LANES or at == stop:
                continue
        last = text[np.uint64(size - 1)]
        while at < stop:
            code, width = point(data, at)
            byte, letter = data[np.uint64(at)], bytes_of[points[code]]
            dense += 0xE3 <= byte <= 0xE9
            if letter == SPACE and _blank(byte):
                words += not _blank(data[at - 1])
            if letter != last or (letter != SPACE and letter != DIGIT):
                wide |= letter >= WORDS and code >= 0x80
                text[np.uint64(size)], numbers[np.uint64(size)] = letter, points[code]
                size += 1
                last = letter
            at += width
            if at + 1 < stop and (data[np.uint64(at)] | data[np.uint64(at + 1)]) < 0x80:
                break
    for pad in range(size, size + PADS, 8):
        store(text, pad, _U0)
    return size, wide, words + dense // 2
