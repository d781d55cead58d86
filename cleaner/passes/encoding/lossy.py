"""What an earlier conversion lost for good: counted and shown, never repaired.

One finding for each kind and document, at its first place.
"""

from cleaner.kernels.screens import compiled
from cleaner.passes.encoding.repairs import Repair, replace
from cleaner.passes.encoding.surroundings import in_address

__all__ = ["SCREEN", "find"]

RULE = "encoding.replacement-character"
_KINDS: tuple[tuple[str, str], ...] = (
    (r"\x{fffd}+", "U+FFFD where characters were lost"),
    (r"(?:ï¿½)+", "U+FFFD, itself read as Windows-1252"),
    (r"锟斤拷", "U+FFFD, itself read as GBK"),
    (r"\x1a+", "SUB where characters were lost"),
    (r"[\x{81}\x{8d}\x{8f}\x{90}\x{9d}]+", "control character without a meaning in Windows-1252"),
)
_APOSTROPHE = r"[a-z](\?)(?:s|t|re|ve|ll|d|m)[ .,;:!\n]"
"""A question mark inside a word, as in `don?t`."""
_ENOUGH = 2
"""One `he?s` is a slip; two are a conversion."""
SCREEN = "|".join([*(pattern for pattern, _ in _KINDS), _APOSTROPHE.removeprefix("[a-z]")])


def find(text: str) -> list[Repair]:
    """At most one place for each kind of loss; the cause says how often.

    >>> [r.cause for r in find("It\ufffds and don\ufffdt")]
    ['U+FFFD where characters were lost, 2 times']
    """
    found = []
    for pattern, cause in _KINDS:
        spans = [match.span() for match in compiled(pattern).finditer(text)]
        if spans:
            found.append(_counted(text, spans, cause))
    spans = [
        match.span(1)
        for match in compiled(_APOSTROPHE).finditer(text)
        if not in_address(text, match.start())
    ]
    if len(spans) >= _ENOUGH:
        found.append(_counted(text, spans, "question mark where an apostrophe was lost"))
    return found


def _counted(text: str, spans: list[tuple[int, int]], cause: str) -> Repair:
    start, end = spans[0]
    times = f", {len(spans)} times" if len(spans) > 1 else ""
    return replace((start, end), text[start:end], RULE, cause + times)
