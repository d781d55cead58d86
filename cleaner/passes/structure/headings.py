"""Headings that head nothing. What does *not* live here: titles (`titles`)."""

from collections.abc import Iterator

from cleaner.model import Finding
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import TERMINALS, Page, first_letter, is_prose, length
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_EMPTY = "structure.empty-heading"
_LONGEST = 6
"""Words of a heading that would be noticed as one."""

RULES = (
    Rule(
        name=_EMPTY,
        summary="The last line is a heading, and nothing follows it",
        why="What it announced (comments, related articles, a form) was taken out before.",
        match=(f"{TITLE}\n\n{TEXT}\n\nResponses",),
        keep=(f"{TITLE}\n\nResponses\n\n{TEXT}",),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the last line."""
    if len(page.solid) < 3 or page.prose_after < 0:
        return
    index, above = page.solid[-1], page.solid[-2]
    line = page.lines[index].strip()
    colon = line[-1] in ":："
    if index in page.taken or not is_prose(page.lines[above]) or length(line) > _LONGEST:
        return
    if (line[-1] in TERMINALS and not colon) or first_letter(line).islower():
        return
    if not (line[-1].isalnum() or colon) or line.isnumeric() or ":" in line[:-1]:
        return  # "8:09" is a duration, "Photo: Getty" a credit
    yield page.note(index, _EMPTY, "a heading without a text", {"heading": line})
