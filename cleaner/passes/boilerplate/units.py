"""Lines and paragraphs around a hit, and what to delete so that no gap stays.

All positions are bytes of the UTF-8 text: cues are found there, and only findings are translated.
What does *not* live here: what a line says (`judge`).
"""

from typing import NamedTuple

__all__ = ["SPACES", "Unit", "deletion", "edge", "line_at", "paragraph_at", "trim"]

UNIT_LIMIT = 8192
"""Bytes of one line or paragraph that a rule looks at; a longer one is no boilerplate notice, and
searching many cues in it would not be bounded."""
_WRAP = (45, 100)
"""Characters of the longest line of a hard-wrapped paragraph."""
_WIDEST = 400
"""Bytes of a line of 100 characters."""
_WRAP_LINES = 60
_BLANK = b" \t\r\n\x0b\x0c"
SPACES = tuple(
    char.encode()
    for char in (
        *" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006",
        *"\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200e\u200f",
    )
)
"""What `str.strip` removes, and marks without width."""
_DECORATION = SPACES + tuple(
    mark.encode() for mark in (*"•·|»›>*–—-_#→►▶▸◦●■□▪★☆✓✉☞«‹:;,", "👉", "👇", "🔗", "📧", "\ufe0f")
)


class Unit(NamedTuple):
    """A stretch of the text without surrounding white space; `end` is exclusive."""

    start: int
    end: int


def line_at(data: bytes, at: int) -> Unit:
    """The line around a byte, trimmed."""
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    return trim(data, start, len(data) if end < 0 else end)


def trim(data: bytes, start: int, end: int, marks: tuple[bytes, ...] = SPACES) -> Unit:
    """Move both ends over white space (or over other marks)."""
    while data.startswith(marks, start, end):
        start += _size(data[start])
    while data.endswith(marks, start, end):
        end -= 1
        while data[end] & 0xC0 == 0x80:
            end -= 1
    return Unit(start, max(start, end))


def _size(lead: int) -> int:
    """Bytes of the character that begins with this byte."""
    return 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)


def undecorated(data: bytes, unit: Unit) -> Unit:
    """Without bullets, arrows, bars and colons around it."""
    return trim(data, *unit, _DECORATION)


def paragraph_at(data: bytes, line: Unit) -> Unit:
    """The hard-wrapped paragraph around a line, or the line itself.

    Lines without a blank one between them are one paragraph only if they were filled: no first
    word of a line would have fitted on the line above, and some line begins in lower case.
    Anything else is a list of lines, each for itself.
    """
    lines, texts = [line], [_text(data, line)]
    reach = _WRAP[1]  # how long a line may be, given what did not fit on the others
    for step, place in ((_line_before, 0), (_line_after, -1)):
        while (other := step(data, lines[place])).start < other.end:
            text = _text(data, other)
            pair = (text, texts[0]) if place == 0 else (texts[-1], text)
            reach = min(reach, len(pair[0]) + len(pair[1].split(maxsplit=1)[0]))
            at = len(lines) if place else 0
            lines.insert(at, other)
            texts.insert(at, text)
            widest = max(len(each) for each in texts)
            if widest > reach or reach < _WRAP[0] or len(lines) > _WRAP_LINES:
                return line
    if len(lines) == 1 or not any(text[0].islower() for text in texts[1:]):
        return line
    return Unit(lines[0].start, lines[-1].end)


def _text(data: bytes, line: Unit) -> str:
    """Enough of a line to know that it is too long."""
    return data[line.start : min(line.end, line.start + _WIDEST)].decode("utf-8", "ignore")


def _line_before(data: bytes, line: Unit) -> Unit:
    """The line above, trimmed; empty at a blank line or the start."""
    end = data.rfind(b"\n", 0, line.start)
    if end < 0:
        return Unit(0, 0)
    return trim(data, data.rfind(b"\n", 0, end) + 1, end)


def _line_after(data: bytes, line: Unit) -> Unit:
    start = data.find(b"\n", line.end) + 1
    if not start:
        return Unit(len(data), len(data))
    end = data.find(b"\n", start)
    return trim(data, start, len(data) if end < 0 else end)


def edge(data: bytes, unit: Unit, depth: int) -> tuple[int | None, int | None]:
    r"""How many non-blank lines stand before and after, None when `depth` or more.

    >>> edge(b"a\n\nb\nc", Unit(3, 4), 5)
    (1, 1)
    """
    return _count_before(data, unit.start, depth), _count_after(data, unit.end, depth)


def _count_before(data: bytes, at: int, depth: int) -> int | None:
    count = 0
    end = data.rfind(b"\n", 0, at)
    while end >= 0:
        end = _last_ink(data, end)
        if end < 0:
            return count
        count += 1
        if count >= depth:
            return None
        end = data.rfind(b"\n", 0, end)
    return count


def _last_ink(data: bytes, end: int) -> int:
    """The last byte before `end` that is no white space, or -1; a step at a time is enough."""
    size = 64
    while end > 0:
        low = max(0, end - size)
        left = len(data[low:end].rstrip(_BLANK))
        if left:
            return low + left - 1
        end = low
        size *= 4
    return -1


def _count_after(data: bytes, at: int, depth: int) -> int | None:
    count = 0
    start = data.find(b"\n", at)
    while start >= 0:
        start = _first_ink(data, start)
        if start < 0:
            return count
        count += 1
        if count >= depth:
            return None
        start = data.find(b"\n", start)
    return count


def _first_ink(data: bytes, start: int) -> int:
    size = 64
    while start < len(data):
        piece = data[start : start + size]
        left = len(piece.lstrip(_BLANK))
        if left:
            return start + len(piece) - left
        start += size
        size *= 4
    return -1


def deletion(data: bytes, unit: Unit) -> Unit:
    r"""What to delete with the unit: one of the two gaps around it, the shorter one.

    The longer gap stays, so paragraphs stay apart and no blank run appears; at the start of the
    text the gap behind goes, at its end the gap before (a final line break stays).

    >>> text = b"One.\n\nShare this\nTwo."
    >>> text[slice(*deletion(text, Unit(6, 16)))]
    b'Share this\n'
    """
    before = _last_ink(data, unit.start) + 1
    after = _first_ink(data, unit.end)
    if before == 0:
        return Unit(0, len(data) if after < 0 else after)
    if after < 0:
        return Unit(before, unit.end)
    if data.count(b"\n", before, unit.start) > data.count(b"\n", unit.end, after):
        return Unit(unit.start, after)
    return Unit(before, unit.end)
