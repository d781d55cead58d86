"""Lines and paragraphs around a hit, and what to delete so that no gap stays.

All positions are bytes of the UTF-8 text: cues are found there, and only findings are translated.
What does *not* live here: what a line says (`judge`), where paragraphs are (`kernels.text.units`).
"""

from typing import NamedTuple

__all__ = ["SPACES", "Unit", "deletion", "edge", "trim"]

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
