"""What an earlier conversion lost for good: counted and shown, never repaired.

One finding for each kind and document, at its first place.
"""

import re
from collections.abc import Sequence

from cleaner.kernels.patterns.screens import Signs
from cleaner.passes.encoding.repairs import Repair, replace
from cleaner.passes.encoding.surroundings import in_address

__all__ = ["SCREEN", "SIGNS", "find"]

RULE = "encoding.replacement-character"
_KINDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("\ufffd",), "U+FFFD where characters were lost"),
    (("ï¿½",), "U+FFFD, itself read as Windows-1252"),
    (("锟斤拷",), "U+FFFD, itself read as GBK"),
    (("\x1a",), "SUB where characters were lost"),
    (tuple("\x81\x8d\x8f\x90\x9d"), "control character without a meaning in Windows-1252"),
)
"""Marks and what they tell; several in a row count once."""
_PAIRWISE = "锟斤拷"
"""Stands for two characters; more in a row were more losses."""
_APOSTROPHE = r"[a-z](\?)(?:s|t|re|ve|ll|d|m)[ .,;:!\n]"
"""A question mark inside a word, as in `don?t`."""
_ENOUGH = 2
"""One `he?s` is a slip; two are a conversion."""
_FIND_APOSTROPHE = re.compile(_APOSTROPHE)
"""In Python's own engine, which tells the place of a short match in a tenth of RE2's time; there is
nothing to backtrack over."""
SIGNS = (*("|".join(marks) for marks, _ in _KINDS), _APOSTROPHE.removeprefix("[a-z]"))
_SIGNS = Signs(SIGNS)
SCREEN = "|".join(SIGNS)


def find(text: str, seen: Sequence[int] | None = None) -> list[Repair]:
    """At most one place for each kind of loss; the cause says how often.

    A caller who knows which of `SIGNS` occur says so.

    >>> [r.cause for r in find("It\ufffds and don\ufffdt")]
    ['U+FFFD where characters were lost, 2 times']
    """
    found = []
    if seen is None:
        seen = _SIGNS.seen(text.encode())
    for sign in seen:
        if sign < len(_KINDS):
            marks, cause = _KINDS[sign]
            first, count = _rows(text, marks)
            found.append(_counted(text, first, count, cause))
    if len(_KINDS) not in seen:
        return found
    spans = [
        match.span(1)
        for match in _FIND_APOSTROPHE.finditer(text)
        if not in_address(text, match.start())
    ]
    if len(spans) >= _ENOUGH:
        found.append(
            _counted(text, spans[0], len(spans), "question mark where an apostrophe was lost")
        )
    return found


def _rows(text: str, marks: Sequence[str]) -> tuple[tuple[int, int], int]:
    """Where the first row of marks lies, of which there is one, and how many rows there are.

    To split a text is several times faster than to search it for a class.
    """
    mark, *others = [mark for mark in marks if mark in text]
    for other in others:
        text = text.replace(other, mark)
    parts = text.split(mark)
    start, inner = len(parts[0]), parts[1:-1]
    if mark == _PAIRWISE:
        return (start, start + len(mark)), len(parts) - 1
    length = 1 + next((at for at, part in enumerate(inner) if part), len(inner))
    return (start, start + length * len(mark)), 1 + sum(map(bool, inner))


def _counted(text: str, first: tuple[int, int], count: int, cause: str) -> Repair:
    start, end = first
    times = f", {count} times" if count > 1 else ""
    return replace((start, end), text[start:end], RULE, cause + times)
