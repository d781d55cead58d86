"""Blocks of links: headlines of other articles, menus of one entry a line.

What does *not* live here: menus in one line (`headers`).
"""

from collections.abc import Iterator
from string import ascii_lowercase

from cleaner.model import Applicability, Finding
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import TERMINALS, Page, is_prose, length
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_LINKS = "structure.link-list"
_SHORTEST = 6
"""Lines of a block; a list of ingredients or results is usually shorter or is not at the end."""
_ITEM = 14
"""Words of a headline."""
_BULLETS = frozenset("*-–—•·|+#" + ascii_lowercase)
"""First characters of an author's own list or table; links begin with a capital."""

RULES = (
    Rule(
        name=_LINKS,
        summary="A block of short lines without sentences follows the text",
        why="Headlines of other articles or a menu, where the links were lost. Lists that belong "
        "to the text look alike.",
        applicability=Applicability.UNSAFE,
        match=(
            (
                f"{TITLE}\n\n{TEXT}\nWater Falls in the Valley\nMayor Resigns\nSchool Opens\n"
                "Train Stops in the Tunnel\nBakery Wins a Prize\nBees Return to the Park"
            ),
        ),
        keep=(f"{TITLE}\n\n{TEXT}\n- two eggs\n- flour\n- milk\n- salt\n- butter\n- an apple",),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the end: from the last line of running text on."""
    if page.prose_after < 0:
        return
    first = len(page.solid)
    while first and _is_item(page.lines[page.solid[first - 1]].strip()):
        first -= 1
    block = [index for index in page.solid[first:] if index not in page.taken]
    if len(block) < _SHORTEST or first == 0 or not is_prose(page.lines[page.solid[first - 1]]):
        return
    likely = sum(page.lines[index].lstrip()[0] not in _BULLETS for index in block)
    if likely < len(block) * 0.9:
        return
    message = f"{len(block)} short lines without a sentence end the document"
    evidence = {"lines": len(block)}
    yield page.cut_lines(block[0], block[-1], _LINKS, message, Applicability.UNSAFE, evidence)


def _is_item(line: str) -> bool:
    return line[-1] not in TERMINALS and len(line) <= 120 and length(line) <= _ITEM
