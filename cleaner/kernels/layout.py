"""Which ideas of the structure pass could find something in a text, from its bytes.

Nearly every document has no breadcrumb, no byline and no torn number; one scan over lines says so.
Every test here is a necessary condition of the rule that it stands for: where it is unsure, it
says yes. What does *not* live here: the rules (`passes.structure`).
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

__all__ = [
    "BLANKS",
    "BYLINES",
    "FRAGMENTS",
    "HEADERS",
    "HEADINGS",
    "LISTS",
    "NUMBERS",
    "SCRIPTS",
    "TITLES",
    "layout",
]

TITLES, HEADERS, BYLINES, BLANKS, NUMBERS, FRAGMENTS, HEADINGS, LISTS, SCRIPTS = (
    1 << bit for bit in range(9)
)
"""Bits of what could be found."""

_HEAD, _TAIL, _TOP = 8, 4, 40
"""Lines that are not blank: at the top, at the end, and among which running text begins."""
_PROSE = 60
_UNKNOWN = -1
_LETTERS = np.array(
    [
        (0x3B1, 0x3C9, 2),  # Greek
        (0x410, 0x44F, 3),  # Cyrillic
        (0x5D0, 0x5EA, 4),  # Hebrew
        (0x621, 0x63A, 5),  # Arabic
        (0x641, 0x64A, 5),
        (0x905, 0x939, 6),  # Devanagari
        (0xE01, 0xE2E, 7),  # Thai
        (0x3041, 0x3096, 8),  # Hiragana
        (0x30A1, 0x30FA, 9),  # Katakana
        (0x4E00, 0x9FA5, 10),  # Han
        (0xAC00, 0xD7A3, 11),  # Hangul
    ]
)
"""First and last code point and number of a script; letters only, without gaps."""


def layout(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    terminals: npt.NDArray[np.int64],
    labels: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Bits of what could be found in each text.

    Args:
        data: uint8[m], UTF-8.
        offsets: int64[n + 1].
        terminals: code points that end a paragraph, sorted.
        labels: code points of what bylines begin with, in lower case, one behind the other.
        ends: where each label ends.

    Returns:
        int64[n].
    """
    bits = np.zeros(len(offsets) - 1, np.int64)
    _layout(data, offsets, terminals, labels, ends, bits)
    return bits


_inner: Any = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


@_inner
def _point(data: Any, at: int) -> tuple[int, int]:
    """The code point at a byte, and how many bytes it takes."""
    first = int(data[at])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 31) << 6 | int(data[at + 1]) & 63, 2
    if first < 0xF0:
        return (first & 15) << 12 | (int(data[at + 1]) & 63) << 6 | int(data[at + 2]) & 63, 3
    return (first & 7) << 18 | (int(data[at + 1]) & 63) << 12 | (int(data[at + 2]) & 63) << 6 | int(
        data[at + 3]
    ) & 63, 4


@_inner
def _before(data: Any, at: int) -> int:
    """Where the character starts that ends at `at`."""
    at -= 1
    while data[at] & 0xC0 == 0x80:
        at -= 1
    return at


@_inner
def _space(code: int) -> bool:
    """`str.isspace`, which has been stable since Unicode 6.3."""
    if code < 0x80:
        return code == 32 or 9 <= code <= 13 or 28 <= code <= 31
    if code < 0x1680:
        return code in (0x85, 0xA0)
    return (
        code == 0x1680
        or 0x2000 <= code <= 0x200A
        or code in (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
    )


@_inner
def _strip(data: Any, start: int, stop: int) -> tuple[int, int]:
    while start < stop:
        code, size = _point(data, start)
        if not _space(code):
            break
        start += size
    while start < stop:
        at = _before(data, stop)
        if not _space(_point(data, at)[0]):
            break
        stop = at
    return start, stop


@_inner
def _count(data: Any, start: int, stop: int) -> int:
    """Code points; of long stretches a lower bound that is long enough."""
    if stop - start > 1200:
        return 301
    count = 0
    for at in range(start, stop):
        count += data[at] & 0xC0 != 0x80
    return count


@_inner
def _unit(code: int) -> int:
    """What a character adds to the key of a line: 0 nothing, or -1 if that is hard to say.

    Only characters that fold to themselves, ASCII and Cyrillic count; a key that is the end of
    another one is so with the rest left out, too.
    """
    if code < 0x80:
        if 65 <= code <= 90:
            return code + 32
        return code if 97 <= code <= 122 or 48 <= code <= 57 else 0
    if 0x400 <= code < 0x460:
        return code + 80 if code < 0x410 else code + 32 if code < 0x430 else code
    if (0x590 <= code < 0x10A0 or 0x2E80 <= code < 0xA640 or 0xAC00 <= code < 0xD7A4) and (
        code != 0x3000
    ):
        return code
    if code in (0xDF, 0x130, 0x149, 0x17F, 0x1F0, 0x212A) or (
        0x1C80 <= code < 0x1C90 or 0x1E96 <= code <= 0x1E9E or 0xFB00 <= code < 0xFB07
    ):
        return _UNKNOWN
    return 0


@_inner
def _begins(data: Any, start: int, stop: int, other: int, end: int) -> bool:
    """Whether one line's key could begin with another's."""
    while True:
        want = 0
        while other < end and want == 0:
            code, size = _point(data, other)
            want = _unit(code)
            other += size
        if want <= 0:
            return True
        have = 0
        while start < stop and have == 0:
            code, size = _point(data, start)
            have = _unit(code)
            start += size
        if have < 0:
            return True
        if have != want:
            return False


@_inner
def _closes(data: Any, start: int, stop: int, other: int, end: int) -> bool:
    """Whether one line's key could end with another's."""
    while True:
        want = 0
        while other < end and want == 0:
            end = _before(data, end)
            want = _unit(_point(data, end)[0])
        if want <= 0:
            return True
        have = 0
        while start < stop and have == 0:
            stop = _before(data, stop)
            have = _unit(_point(data, stop)[0])
        if have < 0:
            return True
        if have != want:
            return False


@_inner
def _marks(data: Any, start: int, stop: int) -> int:
    """How often the most frequent delimiter of menus and titles occurs, at most."""
    pipe = dash = slash = more = colons = line = wide = next_ = quote = dot = middle = full = 0
    at = start
    while at < stop:
        code, size = _point(data, at)
        if code == 0x7C:
            pipe += 1
        elif code == 0x2D:
            dash += at > start and data[at - 1] == 32
        elif code == 0x2F:
            slash += at > start and data[at - 1] == 32
        elif code == 0x3E:
            more += at > start and data[at - 1] == 32
        elif code == 0x3A:
            colons += at > start and data[at - 1] == 32
        elif code >= 0x80:
            line += code == 0x2013
            wide += code == 0x2014
            next_ += code == 0x203A
            quote += code == 0xBB
            dot += code == 0x2022
            middle += code == 0xB7
            full += code == 0xFF5C
        at += size
    return max(pipe, dash, slash, more, colons, line, wide, next_, quote, dot, middle, full)


@_inner
def _dated(data: Any, start: int, stop: int) -> bool:
    """Whether a line holds the four digits that every date has, and is short enough for one."""
    if not 6 <= stop - start <= 240 or not 6 <= _count(data, start, stop) <= 60:
        return False
    digits = 0
    for at in range(start, stop):
        digits += 48 <= data[at] <= 57
    return digits >= 4


@_inner
def _lower(code: int) -> int:
    """Lower case of ASCII and Cyrillic letters, and of what else becomes one of these."""
    if code < 0x80:
        return code + 32 if 65 <= code <= 90 else code
    if 0x400 <= code < 0x430:
        return code + 80 if code < 0x410 else code + 32
    return 107 if code == 0x212A else code


@_inner
def _labelled(data: Any, start: int, stop: int, labels: Any, ends: Any) -> bool:
    """Whether a line begins like a byline."""
    if stop - start > 400:
        return False
    low = 0
    for number in range(len(ends)):
        at = start
        place = low
        low = ends[number]
        while place < low and at < stop:
            code, size = _point(data, at)
            if _lower(code) != labels[place]:
                break
            at += size
            place += 1
        if place == low:
            return True
    return False


@_inner
def _words(data: Any, start: int, stop: int) -> tuple[int, bool]:
    """Words of a line between blanks, and whether its script may be written without them."""
    words = 0
    wide = False
    blank = True
    at = start
    while at < stop:
        code, size = _point(data, at)
        wide |= code >= 0x0E00 and not 0x2000 <= code < 0x2070
        now = _space(code)
        words += blank and not now
        blank = now
        at += size
    return words, wide


@_inner
def _class(code: int) -> int:
    """A script, for letters that are surely of one; ASCII is 1, 0 is none of these."""
    if code < 0x80:
        return 1 if 97 <= code | 32 <= 122 else 0
    for at in range(len(_LETTERS)):
        if _LETTERS[at, 0] <= code <= _LETTERS[at, 1]:
            return int(_LETTERS[at, 2])
    return 0


@_inner
def _foreign(data: Any, start: int, stop: int, low: int, high: int) -> bool:
    """Whether the line `start:stop` may be in a script that no other of the text is in."""
    if stop - start > 400:
        return False
    script = wide = 0
    at = start
    while at < stop:
        code, size = _point(data, at)
        kind = _class(code)
        if kind == 1:
            script = 1
            break
        wide += code >= 0x80
        if script == 0:
            script = kind
        at += size
    if script != 1 and wide < 4:
        return False
    if script == 0:
        return True
    at = low
    while at < high:
        if at == start:
            at = stop
            continue
        code, size = _point(data, at)
        if _class(code) == script:
            return False
        at += size
    return True


@_inner
def _ends_line(code: int, terminals: Any) -> bool:
    for one in terminals:
        if code <= one:
            return bool(code == one)
    return False


@_inner
def _unopened(data: Any, low: int, high: int, close: int) -> bool:
    """Whether the text never opens a bracket of the kind that this character closes."""
    opening = 0x5B if close == 0x5D else 0x7B if close == 0x7D else 0x3010
    at = low
    while at < high:
        code, size = _point(data, at)
        if code == opening:
            return False
        at += size
    return True


@_inner
def _top(data: Any, starts: Any, stops: Any, head: int) -> int:
    """Bits for titles and headers, from the lines above the running text."""
    bits = 0
    for at in range(min(4, head)):
        if stops[at] - starts[at] > 1200:
            continue
        marks = _marks(data, starts[at], stops[at])
        if marks and at < 2:
            bits |= TITLES
        if marks > 1:
            bits |= HEADERS
    for other in range(head):
        low, high = starts[other], stops[other]
        last = data[high - 1]
        if high - low > 800 or last == 46 or last == 44 or last == 58 or last == 59:
            continue  # no title
        for at in range(min(5, head)):
            if at != other and (
                _closes(data, starts[at], stops[at], low, high)
                or _begins(data, starts[at], stops[at], low, high)
            ):
                return bits | TITLES
    return bits


@numba.njit(cache=True, nogil=True)
def _layout(data: Any, offsets: Any, terminals: Any, labels: Any, ends: Any, out: Any) -> None:
    starts, stops = np.zeros(_HEAD, np.int64), np.zeros(_HEAD, np.int64)
    tails, tops = np.zeros(_TAIL, np.int64), np.zeros(_TAIL, np.int64)
    for row in range(len(out)):
        low, high = offsets[row], offsets[row + 1]
        bits = solid = blank = shorts = closed = opened = 0
        prose = _TOP  # the line at which running text begins at the latest
        maybe = False
        above_may = above_number = heading = False
        at = low
        lines = 0
        while at <= high:
            end = at
            while end < high and data[end] != 10:
                end += 1
            lines += 1
            start, stop = _strip(data, at, end)
            whole = end - at
            at = end + 1
            if start == stop:
                blank += 1
                continue
            code = _point(data, _before(data, stop))[0]
            closing = _ends_line(code, terminals)
            count = _count(data, start, stop)
            may = closing and whole >= 23
            if blank > (0 if solid == 0 else 1):
                bits |= BLANKS
            if above_number and blank and 48 <= data[start] <= 57:
                bits |= NUMBERS
            blank = 0
            above_number = 48 <= code <= 57 or code == 44
            if solid < _TOP:
                maybe |= may
                if closing and count >= _PROSE:
                    prose = min(prose, solid)
            if solid < _HEAD:
                starts[solid], stops[solid] = start, stop
            tails[solid % _TAIL], tops[solid % _TAIL] = start, stop
            solid += 1
            if closing:
                closed += whole >= _PROSE
                shorts = 0
            else:
                shorts = shorts + 1 if count <= 120 else 0
                if whole >= _PROSE and (code >= 0x80 or _unit(code)) and opened == 0:
                    words, wide = _words(data, start, stop)
                    opened += wide or words >= 20
            if code in (0x5D, 0x7D, 0x3011) and not bits & FRAGMENTS:
                bits |= FRAGMENTS if _unopened(data, low, high, code) else 0
            heading = above_may and (
                code in (0x3A, 0xFF1A) or (not closing and (code >= 0x80 or _unit(code) != 0))
            )
            above_may = may
        if lines == 1:
            out[row] = 0  # a text without a line break has no structure
            continue
        if solid and blank > 1:
            bits |= BLANKS
        if closed >= 3 and opened:
            bits |= FRAGMENTS
        if shorts >= 6:
            bits |= LISTS
        if solid >= 3 and heading:
            last = (solid - 1) % _TAIL
            if _words(data, tails[last], tops[last])[0] <= 6:
                bits |= HEADINGS
        head = min(solid, _HEAD, prose)
        if prose > 0:
            bits |= _top(data, starts, stops, head)
        for number in range(max(0, solid - _TAIL), solid):
            start, stop = tails[number % _TAIL], tops[number % _TAIL]
            if number >= solid - 3 and number and prose > 0 and stop - start <= 1200:
                bits |= HEADERS if _marks(data, start, stop) > 1 else 0
            if _dated(data, start, stop) or _labelled(data, start, stop, labels, ends):
                bits |= BYLINES
            if number >= solid - 3 and _foreign(data, start, stop, low, high):
                bits |= SCRIPTS
        for number in range(min(solid, _HEAD)):
            start, stop = starts[number], stops[number]
            if _dated(data, start, stop) or _labelled(data, start, stop, labels, ends):
                bits |= BYLINES
            if number < 3 and _foreign(data, start, stop, low, high):
                bits |= SCRIPTS
        if not maybe:
            bits &= BLANKS | NUMBERS | FRAGMENTS | SCRIPTS
        if solid < 3:
            bits &= ~SCRIPTS
        out[row] = bits
