"""What an earlier conversion lost for good: counted and shown, never repaired.

One finding for each kind and document, at its first place.
"""

import re

from cleaner.kernels.screens import Signs
from cleaner.passes.encoding.repairs import Repair, replace
from cleaner.passes.encoding.surroundings import in_address

__all__ = ["SCREEN", "find"]

RULE = "encoding.replacement-character"
_KINDS: tuple[tuple[str, str], ...] = (
    ("\ufffd+", "U+FFFD where characters were lost"),
    (r"(?:ï¿½)+", "U+FFFD, itself read as Windows-1252"),
    (r"锟斤拷", "U+FFFD, itself read as GBK"),
    (r"\x1a+", "SUB where characters were lost"),
    (r"[\x81\x8d\x8f\x90\x9d]+", "control character without a meaning in Windows-1252"),
)
_APOSTROPHE = r"[a-z](\?)(?:s|t|re|ve|ll|d|m)[ .,;:!\n]"
"""A question mark inside a word, as in `don?t`."""
_ENOUGH = 2
"""One `he?s` is a slip; two are a conversion."""
# In Python's own engine, which tells the place of a short match in a tenth of RE2's time; none of
# these has anything to backtrack over.
_FIND_KIND = [re.compile(pattern) for pattern, _ in _KINDS]
_FIND_APOSTROPHE = re.compile(_APOSTROPHE)
_SCREENS = (*(pattern for pattern, _ in _KINDS), _APOSTROPHE.removeprefix("[a-z]"))
_SIGNS = Signs(_SCREENS)
SCREEN = "|".join(_SCREENS)


def find(text: str) -> list[Repair]:
    """At most one place for each kind of loss; the cause says how often.

    >>> [r.cause for r in find("It\ufffds and don\ufffdt")]
    ['U+FFFD where characters were lost, 2 times']
    """
    found = []
    seen = _SIGNS.seen(text.encode())
    for sign in seen:
        if sign < len(_KINDS):
            places = [match.span() for match in _FIND_KIND[sign].finditer(text)]
            found.append(_counted(text, places[0], len(places), _KINDS[sign][1]))
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


def _counted(text: str, first: tuple[int, int], count: int, cause: str) -> Repair:
    start, end = first
    times = f", {count} times" if count > 1 else ""
    return replace((start, end), text[start:end], RULE, cause + times)
