"""Lines and hard-wrapped paragraphs, found in UTF-8 as rules see them.

The tests say the same in plain Python. What does *not* live here: what stands in
them (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.eights import first_set, load

__all__ = [
    "BLANK",
    "LIMIT",
    "SMALL",
    "SPLIT",
    "UNIT_LIMIT",
    "count_words",
    "line_end",
    "point",
    "trim",
    "wrapped",
]

LIMIT = 0x20000
"""Code points from here on are nothing: no space, no letter of a cue, no digit."""
UNIT_LIMIT = 8192
"""Bytes of a line or paragraph that is looked at."""

# Of a code point.
BLANK, SPLIT, SMALL = 1, 2, 4
"""White space around a line; white space between words; lower case."""

_HIGH, _LOW = np.uint64(0x8080808080808080), np.uint64(0x7F7F7F7F7F7F7F7F)
_SPACES, _ONES = np.uint64(0x2020202020202020), np.uint64(0x0101010101010101)
_BREAKS = np.uint64(0x0A0A0A0A0A0A0A0A)
# Added to a byte below 0x80, these set its high bit from that character on.
_FROM_TAB, _BEYOND_CR = np.uint64(0x7777777777777777), np.uint64(0x7272727272727272)
_U0, _U7, _U8, _TOP, _HIGH_BIT = (np.uint64(number) for number in (0, 7, 8, 56, 0x80))

_BLOCK = 32
"""Bytes that are looked at together."""
_WRAP_LEAST, _WRAP_MOST, _WRAP_LINES, _WIDEST = 45, 100, 60, 400
"""Of a hard-wrapped paragraph: characters of its lines, its lines, bytes of a line looked at."""


@inner
def point(data: Any, at: int) -> tuple[int, int]:
    """The code point at a byte, and how many bytes it takes."""
    code = int(data[at])
    if code < 0x80:
        return code, 1
    size = 2 + (code >= 0xE0) + (code >= 0xF0)
    code &= 0x7F >> size
    for place in range(at + 1, at + size):
        code = code << 6 | int(data[place]) & 63
    return min(code, LIMIT - 1), size


@inner
def trim(data: Any, start: int, stop: int, kinds: Any) -> tuple[int, int]:
    """Without the white space around it."""
    while start < stop:
        code, size = point(data, start)
        if not kinds[code] & BLANK:
            break
        start += size
    while start < stop:
        at = stop - 1
        while data[at] & 0xC0 == 0x80:
            at -= 1
        if not kinds[point(data, at)[0]] & BLANK:
            break
        stop = at
    return start, stop


@inner
def line_end(data: Any, at: int, high: int) -> Any:
    """The next line break, or the end of the text.

    Of most blocks one instruction says that they hold none.
    """
    while at + _BLOCK <= high:
        block = data[at : at + _BLOCK]
        found = np.uint8(0)
        for place in range(_BLOCK):
            found |= np.uint8(block[place] == 10)
        if found:
            break
        at += _BLOCK
    while at + 8 <= high:
        eight = load(data, at) ^ _BREAKS
        found = (eight - _ONES) & ~eight & _HIGH  # of these, the lowest is sure to be one
        if found:
            return at + first_set(found)
        at += 8
    while at < high and data[at] != 10:
        at += 1
    return at


@inner
def wrapped(data: Any, at: int, high: int, kinds: Any) -> int:
    """Where the hard-wrapped paragraph ends whose first line begins here, or -1.

    It was filled: no first word of a line would have fitted on the line above, and some line
    begins in lower case.
    """
    reach, widest, lines, above, last = _WRAP_MOST, 0, 0, 0, at
    small = False
    while at < high:
        end = line_end(data, at, high)
        start, stop = trim(data, at, end, kinds)
        if start == stop:
            break
        last = stop
        size = first = 0
        limit = min(stop, start + _WIDEST)
        place = start
        while place < limit:
            code, width = point(data, place)
            if place + width > limit:
                break  # cut in two
            if first == 0 and kinds[code] & SPLIT:
                first = size
            if place == start and lines and kinds[code] & SMALL:
                small = True
            size += 1
            if size > reach:
                return -1
            place += width
        if lines:
            reach = min(reach, above + (first or size))
        widest = max(widest, size)
        above = size
        lines += 1
        if widest > reach or reach < _WRAP_LEAST or lines > _WRAP_LINES:
            return -1
        at = end + 1
    return last if lines > 1 and small else -1


@inner
def count_words(data: Any, start: int, stop: int) -> Any:
    """Words between white space; of writing without spaces, two characters are one word."""
    words: Any = 0
    dense = 0
    before = _HIGH_BIT  # where the byte before is a blank
    at = start
    while at < stop:
        if at + 8 <= stop:
            eight = load(data, at)
            if not eight & _HIGH:
                blank = ~((eight ^ _SPACES) + _LOW) | (eight + _FROM_TAB) & ~(eight + _BEYOND_CR)
                blank &= _HIGH
                first = ~blank & (blank << _U8 | before)
                words += np.int64(((first & _HIGH) >> _U7) * _ONES >> _TOP)
                before = blank >> _TOP
                at += 8
                continue
        end = min(at + 8, stop)
        while at < end:
            byte = data[at]
            now = _blank(byte)
            words += np.int64(before != 0 and not now)
            before = _HIGH_BIT if now else _U0
            dense += 0xE3 <= byte <= 0xE9
            at += 1
    return words + dense // 2


@inner
def _blank(byte: Any) -> Any:
    return (byte == 32) | ((byte >= 9) & (byte <= 13))
