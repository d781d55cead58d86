"""What one line could be to the structure pass, from its bytes.

Every test here is a necessary condition of the rule that it stands for: where it is unsure, it
says yes. What does *not* live here: which lines of a text are asked (`layout`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.text.eights import load

__all__ = [
    "DELIMITERS",
    "ENOUGH",
    "before",
    "begins",
    "closes",
    "count_words",
    "delimited",
    "length",
    "point",
    "space",
    "strip",
    "unit",
]

_HIGH, _ONES = np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
_U1, _U7, _TOP = (np.uint64(number) for number in (1, 7, 56))
_UNKNOWN = -1
DELIMITERS = 12
_DELIMITERS = np.array([ord(mark) for mark in "|-/>:–—›»•·｜"])
"""Of menus and titles; those of ASCII, but for the bar, only behind a space."""
ENOUGH = 20
"""Words of a line that is no short one."""
_MENU = 300
"""Characters of a menu, at most."""
_ENTRY = 4
"""Words of an entry of a menu."""


@inner
def point(data: Any, at: int) -> tuple[int, int]:
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


@inner
def before(data: Any, at: int) -> int:
    """Where the character starts that ends at `at`."""
    at -= 1
    while data[at] & 0xC0 == 0x80:
        at -= 1
    return at


@inner
def space(code: int) -> bool:
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


@inner
def strip(data: Any, start: int, stop: int) -> tuple[int, int]:
    """Without the white space around it."""
    while start < stop:
        code, size = point(data, start)
        if not space(code):
            break
        start += size
    while start < stop:
        at = before(data, stop)
        if not space(point(data, at)[0]):
            break
        stop = at
    return start, stop


@inner
def length(data: Any, start: int, stop: int) -> Any:
    """Code points; of long stretches a lower bound that is long enough."""
    if stop - start > 1200:
        return 301
    count: Any = stop - start
    at = start
    while at + 8 <= stop:
        eight = load(data, at)
        if eight & _HIGH:  # of each byte inside a character, the first two bits are 1 and 0
            inside = eight & ~(eight << _U1) & _HIGH
            count -= np.int64((inside >> _U7) * _ONES >> _TOP)
        at += 8
    while at < stop:
        count -= np.int64(data[at] & 0xC0 == 0x80)
        at += 1
    return count


@inner
def unit(code: int) -> int:
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


@inner
def begins(data: Any, start: int, stop: int, other: int, end: int) -> bool:
    """Whether one line's key could begin with another's."""
    while True:
        want = 0
        while other < end and want == 0:
            code, size = point(data, other)
            want = unit(code)
            other += size
        if want <= 0:
            return True
        have = 0
        while start < stop and have == 0:
            code, size = point(data, start)
            have = unit(code)
            start += size
        if have < 0:
            return True
        if have != want:
            return False


@inner
def closes(data: Any, start: int, stop: int, other: int, end: int) -> bool:
    """Whether one line's key could end with another's."""
    while True:
        want = 0
        while other < end and want == 0:
            end = before(data, end)
            want = unit(point(data, end)[0])
        if want <= 0:
            return True
        have = 0
        while start < stop and have == 0:
            stop = before(data, stop)
            have = unit(point(data, stop)[0])
        if have < 0:
            return True
        if have != want:
            return False


@inner
def _parted(data: Any, start: int, stop: int) -> Any:
    """Whether a line may hold a delimiter; of most, this loop without branches says not."""
    line = data[start:stop]
    found = np.uint8(stop > start and line[0] == 0x7C)
    for at in range(1, len(line)):
        byte, last = line[at], line[at - 1]
        sign = (byte == 0x2D) | (byte == 0x2F) | (byte == 0x3E) | (byte == 0x3A)
        latin = (last == 0xC2) & ((byte == 0xBB) | (byte == 0xB7))
        # The last byte of a dash, a bullet, a quotation mark, or a wide bar.
        wide = (byte == 0x93) | (byte == 0x94) | (byte == 0xA2) | (byte == 0xBA) | (byte == 0x9C)
        wide &= (last == 0x80) | (last == 0xBD)
        found |= np.uint8((byte == 0x7C) | (sign & (last == 32)) | latin | wide)
    return found


@inner
def delimited(data: Any, start: int, stop: int, tally: Any) -> tuple[bool, bool]:
    """Whether a line could be a menu, and whether a title that ends in the name of its site.

    A menu has three entries of few words between delimiters, one of which comes twice. Here all
    delimiters part entries, so that there are no less than the rule will see. `tally` is room for
    the count of each of the `DELIMITERS`.
    """
    if length(data, start, stop) > _MENU or not _parted(data, start, stop):
        return False, False
    for kind in range(len(tally)):
        tally[kind] = 0
    entries = characters = words = 0
    before = after = -1  # of the title and of what follows it; signs count as words of a title
    signs = 0
    entry = 0  # words before the entry
    blank, dense = True, False
    at = start
    while at < stop:
        code, size = point(data, at)
        spaced = at > start and data[at - 1] == 32
        parts = False
        for kind in range(len(_DELIMITERS)):
            if code == _DELIMITERS[kind] and (spaced or not 0x2D <= code <= 0x3E):
                tally[kind] += 1
                parts = True
        dense |= code >= 0x0E00 and not 0x2000 <= code < 0x2070
        now = space(code)
        if parts:
            entries += words - entry <= _ENTRY
            entry = words
            signs += 1
            if code == 0xFF5C or (spaced and at + size < stop and data[at + size] in (32, 58)):
                before, after = words + signs, words
            now = True
        words += blank and not now
        blank = now
        characters += 1
        at += size
    entries += words - entry <= _ENTRY
    after = words - after
    most = 0
    for kind in range(len(tally)):
        most = max(most, tally[kind])
    suffixed = before >= 0 and characters <= 200 and (dense or (before >= 4 and after <= 4))
    return most > 1 and entries >= 3 and characters <= _MENU, suffixed


@inner
def count_words(data: Any, start: int, stop: int) -> tuple[int, bool]:
    """Words of a line between blanks, and whether its script may be written without them.

    All that counts is told by the first `ENOUGH` words.
    """
    words = 0
    wide = False
    blank = True
    at = start
    while at < stop and words < ENOUGH:
        code, size = point(data, at)
        wide |= code >= 0x0E00 and not 0x2000 <= code < 0x2070
        now = space(code)
        words += blank and not now
        blank = now
        at += size
    return words, wide
