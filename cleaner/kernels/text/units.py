"""Lines and hard-wrapped paragraphs, found in UTF-8 as rules see them.

The tests say the same in plain Python. What does *not* live here: what stands in
them (`cues`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.text.eights import trailing
from cleaner.kernels.text.lanes import LANES, between

__all__ = [
    "BLANK",
    "LIMIT",
    "SMALL",
    "SPLIT",
    "UNIT_LIMIT",
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

_BREAK = 10
_U1, _U2, _U3 = (np.uint64(number) for number in (1, 2, 3))
_WRAP_LEAST, _WRAP_MOST, _WRAP_LINES, _WIDEST = 45, 100, 60, 400
"""Of a hard-wrapped paragraph: characters of its lines, its lines, bytes of a line looked at."""


@inner
def point(data: Any, at: int) -> tuple[int, int]:
    """The code point at a byte, and how many bytes it takes."""
    here = np.uint64(at)  # no place from the end
    code = int(data[here])
    if code < 0x80:
        return code, 1
    second = int(data[here + _U1]) & 63
    if code < 0xE0:
        return (code & 31) << 6 | second, 2
    code = (code & 15) << 12 | second << 6 | int(data[here + _U2]) & 63
    if data[here] < 0xF0:
        return code, 3
    return min((code & 0x7FFF) << 6 | int(data[here + _U3]) & 63, LIMIT - 1), 4


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
    """The next line break, or the end of the text."""
    while at + LANES <= len(data) and at < high:
        found = between(data, at, _BREAK, _BREAK)
        if found:
            return min(at + trailing(found), high)
        at += LANES
    while at < high and data[at] != _BREAK:
        at += 1
    return min(at, high)


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
