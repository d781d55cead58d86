"""Numbers that a page layout broke in two.

What does *not* live here: words broken by a hyphen at the end of a line.
"""

from collections.abc import Iterator

import re2

from cleaner.model import Applicability, Edit, Finding, Fix, Span
from cleaner.passes.structure.page import Page, printable
from cleaner.passes.structure.words import BEFORE_YEAR, MONTHS
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_SPLIT = "structure.split-number"

RULES = (
    Rule(
        name=_SPLIT,
        summary="A number is split by a line break",
        why="A break inside an article's markup fell into a year or a thousands group; joined, the "
        "sentence reads on.",
        applicability=Applicability.SAFE,
        match=("After the old bridge had collapsed in 201\n\n4, a ferry took the children.",),
        keep=("The club was founded with a loan by 12\n\n34 members came to the first meeting.",),
    ),
)

_LEFT = re2.compile(r"(?:^|[^0-9.,])([0-9]{1,3}(?:,[0-9]{3})*(?:,[0-9]{0,2})?)$")
_RIGHT = re2.compile(r"^([0-9]{1,3})([,;:]?)[ \t]+(\p{Ll})")
_DIGITS = "0123456789"
_ENDS = frozenset(_DIGITS + ", \t")
"""Last characters of lines worth a look."""
_PROSE_WORDS = 5
"""Words before the break: headings and list items are shorter."""

_BEFORE_YEAR = BEFORE_YEAR | frozenset(MONTHS)
"""Words after which a year is likely; a second cue beside its plausible value."""


def find(page: Page) -> Iterator[Finding]:
    """Compare each line that ends in a digit with the next one that is not blank."""
    lines = page.lines
    ends = [at for at, index in enumerate(page.solid[:-1]) if lines[index][-1] in _ENDS]
    for at in ends:
        index, below = page.solid[at : at + 2]
        if below == index + 1:
            continue  # text that was wrapped breaks between numbers, not inside them
        left = lines[index].rstrip()
        right = lines[below].lstrip()
        if right[0] not in _DIGITS or left[-1] not in _ENDS:
            continue
        joined = _join(left, right)
        if joined is None or _numbered(page, at, right):
            continue
        start = page.starts[index] + len(left)
        end = page.starts[below] + len(lines[below]) - len(right)
        yield Finding(
            rule=_SPLIT,
            document=page.document.id,
            message=f"the number {joined} is split by a line break",
            span=Span(start - len(_digits(left)), end + len(_digits(right[::-1]))),
            fix=Fix("Join the number", (Edit(Span(start, end)),), applicability=Applicability.SAFE),
            evidence={"number": joined},
        )


def _digits(text: str) -> str:
    """The digits and commas at the end of a text."""
    return text[len(text.rstrip(_DIGITS + ",")) :]


def _join(left: str, right: str) -> str | None:
    """The whole number, if one was split between these two lines.

    >>> _join("After the regular forces collapsed in 201", "4, a coalition took over.")
    '2014'
    >>> _join("The committee had met on Monday with 12", "3 members stayed at home.") is None
    True
    """
    if len(left.split(maxsplit=_PROSE_WORDS)) <= _PROSE_WORDS or len(right.split(maxsplit=2)) < 3:
        return None
    one, two = _LEFT.search(printable(left[-40:])), _RIGHT.search(printable(right[:40]))
    if not one or not two:
        return None
    head, tail = one.group(1), two.group(1)
    joined = head + tail
    before = left[: -len(head)].rsplit(maxsplit=1)[-1]
    if "," in head:
        listed = before[-1] == "," or before[-1] in _DIGITS
        return joined if len(joined) - joined.rindex(",") == 4 and not listed else None
    year = len(joined) == 4 and 1500 <= int(joined) <= 2100
    return joined if year and before.casefold().strip("(,.") in _BEFORE_YEAR else None


def _numbered(page: Page, at: int, right: str) -> bool:
    """Whether the right line is part of a numbered list: a neighbour carries the next number."""
    number = int(_RIGHT.search(printable(right[:40])).group(1))
    around = [*page.solid[max(0, at - 2) : at + 1], *page.solid[at + 2 : at + 4]]
    near = {str(number - 1), str(number + 1)}
    for index in around:
        line = page.lines[index].lstrip()
        digits = line[: len(line) - len(line.lstrip(_DIGITS))]
        if digits in near:
            return True
    return False
