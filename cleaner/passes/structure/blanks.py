"""Runs of blank lines. What does *not* live here: blanks inside a line (`typography`)."""

from collections.abc import Iterator

from cleaner.model import Applicability, Edit, Finding, Fix, Span
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import Page
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_RUN = "structure.blank-run"

RULES = (
    Rule(
        name=_RUN,
        summary="More than one blank line in a row, or blank lines at the top or the end",
        why="Left over from a page's layout; one blank line parts paragraphs just as well.",
        applicability=Applicability.SAFE,
        match=(f"{TITLE}\n\n\n\n{TEXT}",),
        keep=(f"{TITLE}\n\n{TEXT}\n",),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Find the gaps between lines that are not blank."""
    count = len(page.lines)
    if count == len(page.solid) or not page.solid:
        return
    above = -1
    for index in [*page.solid, count]:
        gap = index - above - 1
        edges = above < 0 or index == count
        # The text after the last line break is no line: "a\n" ends without a blank one.
        if gap > (0 if above < 0 else 1):
            yield _finding(page, above, index, gap - (index == count), edges=edges)
        above = index


def _finding(page: Page, above: int, index: int, gap: int, *, edges: bool) -> Finding:
    """Delete the blank lines of a gap, all but one between two paragraphs."""
    first = above + 1
    start = page.starts[first]
    end = page.starts[index] if index < len(page.lines) else len(page.document.text)
    keep = 0 if edges else 1
    edit = Edit(Span(page.starts[first + keep], end))
    return Finding(
        rule=_RUN,
        document=page.document.id,
        message=f"{gap} blank lines in a row" if gap > 1 else "a blank line at the edge",
        span=Span(start, end),
        fix=Fix("Collapse the blank lines", (edit,), applicability=Applicability.SAFE),
        evidence={"lines": gap},
    )
