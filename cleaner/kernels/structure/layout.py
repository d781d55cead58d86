"""Which ideas of the structure pass could find something in a text, from its bytes.

Nearly every document has no breadcrumb, no byline and no torn number; one scan over lines says so.
Every test here is a necessary condition of the rule that it stands for: where it is unsure, it
says yes. What does *not* live here: the rules (`passes.structure`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.structure.lines import (
    DELIMITERS,
    ENOUGH,
    before,
    begins,
    closes,
    count_words,
    delimited,
    length,
    point,
    strip,
    unit,
)
from cleaner.kernels.structure.words import dated, labelled
from cleaner.kernels.text.units import line_end

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
_PROSE, _SHORT = 60, 120
"""Characters of a line of running text, at least, and of an item of a list, at most."""
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
    pairs: npt.NDArray[np.bool_],
    words: npt.NDArray[np.uint64],
    particles: npt.NDArray[np.uint64],
) -> npt.NDArray[np.int64]:
    """Bits of what could be found in each text.

    Args:
        data: uint8[m], UTF-8.
        offsets: int64[n + 1].
        terminals: code points that end a paragraph, sorted.
        labels: code points of what bylines begin with, in lower case, one behind the other.
        ends: where each label ends.
        pairs: bool[32, 32], the last five bits of the two letters that labels in ASCII begin with.
        words: what dates are written with, from `layoutwords.packed`.
        particles: words that begin a name without a capital, the same.

    Returns:
        int64[n].
    """
    bits = np.zeros(len(offsets) - 1, np.int64)
    scratch = (
        np.zeros((2, _HEAD), np.int64),
        np.zeros((2, _HEAD), np.int64),
        np.zeros((2, _TAIL), np.int64),
        np.zeros(DELIMITERS, np.int64),
    )
    _layout(data, offsets, terminals, labels, ends, pairs, words, particles, scratch, bits)
    return bits


@inner
def _class(code: int) -> int:
    """A script, for letters that are surely of one; ASCII is 1, 0 is none of these."""
    if code < 0x80:
        return 1 if 97 <= code | 32 <= 122 else 0
    for at in range(len(_LETTERS)):
        if _LETTERS[at, 0] <= code <= _LETTERS[at, 1]:
            return int(_LETTERS[at, 2])
    return 0


@inner
def _foreign(data: Any, start: int, stop: int, low: int, high: int) -> bool:
    """Whether the line `start:stop` may be in a script that no other of the text is in."""
    if stop - start > 400:
        return False
    script = wide = 0
    at = start
    while at < stop:
        code, size = point(data, at)
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
        code, size = point(data, at)
        if _class(code) == script:
            return False
        at += size
    return True


@inner
def _ends_line(code: int, terminals: Any) -> bool:
    for one in terminals:
        if code <= one:
            return bool(code == one)
    return False


@inner
def _unopened(data: Any, low: int, high: int, close: int) -> bool:
    """Whether the text never opens a bracket of the kind that this character closes."""
    opening = 0x5B if close == 0x5D else 0x7B if close == 0x7D else 0x3010
    at = low
    while at < high:
        code, size = point(data, at)
        if code == opening:
            return False
        at += size
    return True


@inner
def _top(data: Any, starts: Any, stops: Any, head: int, ends: Any) -> int:
    """The bit for titles, from the lines above the running text."""
    for number in range(2 * head):
        line = number >> 1
        at, end = starts[line], stops[line]
        one = 0
        while at < end and one == 0:
            if number & 1:
                end = before(data, end)
            code, size = point(data, end if number & 1 else at)
            at += 0 if number & 1 else size
            one = unit(code)
        ends[number & 1, line] = one
    for other in range(head):
        low, high = starts[other], stops[other]
        last = data[high - 1]
        if high - low > 800 or last == 46 or last == 44 or last == 58 or last == 59:
            continue  # no title
        for at in range(min(5, head)):
            if at == other:
                continue
            # Where these differ, so do the keys; the rest of them is rarely read.
            near = ends[1, other] <= 0 or ends[1, at] < 0 or ends[1, at] == ends[1, other]
            if near and closes(data, starts[at], stops[at], low, high):
                return TITLES
            near = ends[0, other] <= 0 or ends[0, at] < 0 or ends[0, at] == ends[0, other]
            if near and begins(data, starts[at], stops[at], low, high):
                return TITLES
    return 0


@kernel
def _layout(
    data: Any,
    offsets: Any,
    terminals: Any,
    labels: Any,
    ends: Any,
    pairs: Any,
    words: Any,
    particles: Any,
    scratch: Any,
    out: Any,
) -> None:
    head_lines, tips, tail_lines, tally = scratch
    starts, stops = head_lines[0], head_lines[1]
    tails, tops = tail_lines[0], tail_lines[1]
    for row in range(len(out)):
        low, high = offsets[row], offsets[row + 1]
        bits = solid = blank = shorts = closed = opened = 0
        prose = _TOP  # the line at which running text begins at the latest
        maybe = False
        above_may = above_number = heading = False
        at = low
        lines = 0
        while at <= high:
            end = line_end(data, at, high)
            lines += 1
            start, stop = strip(data, at, end)
            whole = end - at
            at = end + 1
            if start == stop:
                blank += 1
                continue
            code = point(data, before(data, stop))[0]
            closing = _ends_line(code, terminals)
            # Characters, or bytes where less of these or four times as many say the same.
            size = stop - start
            least = _PROSE if closing else _SHORT + 1
            if least <= size < 4 * least:
                size = length(data, start, stop)
            may = closing and whole >= 23
            if blank > (0 if solid == 0 else 1):
                bits |= BLANKS
            if above_number and blank and 48 <= data[start] <= 57:
                bits |= NUMBERS
            blank = 0
            above_number = 48 <= code <= 57 or code == 44
            if solid < _TOP:
                maybe |= may
                if closing and size >= _PROSE:
                    prose = min(prose, solid)
            if solid < _HEAD:
                starts[solid], stops[solid] = start, stop
            tails[solid % _TAIL], tops[solid % _TAIL] = start, stop
            solid += 1
            if closing:
                closed += whole >= _PROSE
                shorts = 0
            else:
                shorts = shorts + 1 if size <= _SHORT else 0
                if maybe and whole >= _PROSE and (code >= 0x80 or unit(code)) and opened == 0:
                    count, wide = count_words(data, start, stop)
                    opened += wide or count >= ENOUGH
            if code in (0x5D, 0x7D, 0x3011) and not bits & FRAGMENTS:
                bits |= FRAGMENTS if _unopened(data, low, high, code) else 0
            heading = above_may and (
                code in (0x3A, 0xFF1A) or (not closing and (code >= 0x80 or unit(code) != 0))
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
            if count_words(data, tails[last], tops[last])[0] <= 6:
                bits |= HEADINGS
        head = min(solid, _HEAD, prose)
        if maybe and prose > 0:
            bits |= _top(data, starts, stops, head, tips)
        # Each test stands here once: numba compiles every call of a kernel anew.
        for step in range(min(solid, _HEAD) + max(0, min(solid - _HEAD, _TAIL))):
            number = step if step < _HEAD else step - _HEAD + max(_HEAD, solid - _TAIL)
            if number < _HEAD:
                start, stop = starts[number], stops[number]
            else:
                start, stop = tails[number % _TAIL], tops[number % _TAIL]
            last_three = number >= solid - 3
            if maybe and prose > 0 and (number < min(4, head) or (last_three and number)):
                menu, suffixed = delimited(data, start, stop, tally)
                if menu:
                    bits |= HEADERS
                if suffixed and number < min(2, head):
                    bits |= TITLES
            if maybe and (
                dated(data, start, stop, words)
                or labelled(data, start, stop, pairs, labels, ends, particles)
            ):
                bits |= BYLINES
            if (number < 3 or last_three) and _foreign(data, start, stop, low, high):
                bits |= SCRIPTS
        if not maybe:
            bits &= BLANKS | NUMBERS | FRAGMENTS | SCRIPTS
        if solid < 3:
            bits &= ~SCRIPTS
        out[row] = bits
