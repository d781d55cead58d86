"""What one line could be to the structure pass, from its bytes.

Every test here is a necessary condition of the rule that it stands for: where it is unsure, it
says yes. What does *not* live here: which lines of a text are asked (`layout`).
"""

from typing import Any

from cleaner.kernels.compiled import inner

__all__ = [
    "before",
    "begins",
    "closes",
    "count_words",
    "dated",
    "delimiters",
    "labelled",
    "length",
    "point",
    "strip",
    "unit",
]

_UNKNOWN = -1


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


@inner
def strip(data: Any, start: int, stop: int) -> tuple[int, int]:
    """Without the white space around it."""
    while start < stop:
        code, size = point(data, start)
        if not _space(code):
            break
        start += size
    while start < stop:
        at = before(data, stop)
        if not _space(point(data, at)[0]):
            break
        stop = at
    return start, stop


@inner
def length(data: Any, start: int, stop: int) -> int:
    """Code points; of long stretches a lower bound that is long enough."""
    if stop - start > 1200:
        return 301
    count = 0
    for at in range(start, stop):
        count += data[at] & 0xC0 != 0x80
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
def delimiters(data: Any, start: int, stop: int) -> int:
    """How often the most frequent delimiter of menus and titles occurs, at most."""
    pipe = dash = slash = more = colons = line = wide = next_ = quote = dot = middle = full = 0
    at = start
    while at < stop:
        code, size = point(data, at)
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


@inner
def dated(data: Any, start: int, stop: int) -> bool:
    """Whether a line holds the four digits that every date has, and is short enough for one."""
    if not 6 <= stop - start <= 240 or not 6 <= length(data, start, stop) <= 60:
        return False
    digits = 0
    for at in range(start, stop):
        digits += 48 <= data[at] <= 57
    return digits >= 4


@inner
def _lower(code: int) -> int:
    """Lower case of ASCII and Cyrillic letters, and of what else becomes one of these."""
    if code < 0x80:
        return code + 32 if 65 <= code <= 90 else code
    if 0x400 <= code < 0x430:
        return code + 80 if code < 0x410 else code + 32
    return 107 if code == 0x212A else code


@inner
def labelled(data: Any, start: int, stop: int, labels: Any, ends: Any) -> bool:
    """Whether a line begins like a byline."""
    if stop - start > 400:
        return False
    low = 0
    for number in range(len(ends)):
        at = start
        place = low
        low = ends[number]
        while place < low and at < stop:
            code, size = point(data, at)
            if _lower(code) != labels[place]:
                break
            at += size
            place += 1
        if place == low:
            return True
    return False


@inner
def count_words(data: Any, start: int, stop: int) -> tuple[int, bool]:
    """Words of a line between blanks, and whether its script may be written without them."""
    words = 0
    wide = False
    blank = True
    at = start
    while at < stop:
        code, size = point(data, at)
        wide |= code >= 0x0E00 and not 0x2000 <= code < 0x2070
        now = _space(code)
        words += blank and not now
        blank = now
        at += size
    return words, wide
