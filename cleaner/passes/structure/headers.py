"""Lines that name the site and its sections, above the title or below the text.

What does *not* live here: lines that hold the title (`titles`), menus of many lines (`lists`).
"""

from collections.abc import Iterator

from cleaner.model import Applicability, Finding
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import Page, is_prose, length
from cleaner.passes.structure.words import FOOTER, HOME, SECTIONS, SITE_ENDINGS
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_HEADER = "structure.site-header"
_FOOTER = "structure.footer-menu"
_MENU = "structure.menu-line"

_SPLITS = (
    " | ",
    " - ",
    " – ",
    " — ",
    " / ",
    " > ",
    " » ",
    " › ",
    " :: ",
    " • ",
    " · ",
    "|",
    "›",
    "»",
    "•",
    "·",
)
_TAIL = 3
"""Lines that are not blank, from the end, where a footer's menu stands."""

RULES = (
    Rule(
        name=_HEADER,
        summary="The first line lists sections and ends in the name of the site",
        why="The same line stands on every page of the site; the title follows it.",
        applicability=Applicability.SAFE,
        match=(f"Valley News - Local News - Rivertownpost\n\n{TITLE}\n\n{TEXT}",),
        keep=(f"Rain - Wind - Snow\n\n{TITLE}\n\n{TEXT}",),
    ),
    Rule(
        name=_FOOTER,
        summary="A menu of legal and contact pages ends the document",
        why="Every page of a site ends so. Three known entries, each a whole item, are no prose.",
        applicability=Applicability.SAFE,
        match=(f"{TITLE}\n\n{TEXT}\n\nHome | About us | Contact | Privacy Policy",),
        keep=(f"{TITLE}\n\n{TEXT}\n\nRed | Green | Blue",),
    ),
    Rule(
        name=_MENU,
        summary="One line lists menu entries",
        why="A list of short capitalised items is rarely part of a text, but a headline or an "
        "index can look alike.",
        applicability=Applicability.UNSAFE,
        match=(f"Red | Green | Blue | Yellow\n{TITLE}\n\n{TEXT}",),
        keep=(f"Red, green, blue and yellow\n{TITLE}\n\n{TEXT}",),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the first lines and the last ones."""
    if page.prose_after < 1:
        return
    if page.prose_after >= 2:
        header = _header(page)
        if header:
            yield header
    for index in page.solid[max(1, len(page.solid) - _TAIL) :]:
        items = _items(page.lines[index])
        known = [item for item in items if item.casefold().replace(" ", "-") in FOOTER]
        if len(known) >= 3 and len(known) * 2 >= len(items):
            evidence = {"items": items[:12], "known": known[:12]}
            yield page.cut(index, _FOOTER, "a footer's menu", Applicability.SAFE, evidence)
    for index in dict.fromkeys([*page.solid[: page.prose_after][:4], *page.solid[-_TAIL:]]):
        items = _items(page.lines[index])
        if index not in page.taken and len(items) >= 4 and all(_is_entry(item) for item in items):
            evidence = {"items": items[:12]}
            yield page.cut(index, _MENU, "a line of menu entries", Applicability.UNSAFE, evidence)


def _items(line: str) -> list[str]:
    """Split a line by the first delimiter that it holds at least twice."""
    line = line.strip()
    if len(line) > 300:
        return []
    for delimiter in _SPLITS:
        if line.count(delimiter) >= 2:
            return [item.strip() for item in line.split(delimiter) if item.strip()]
    return []


def _is_entry(item: str) -> bool:
    """Whether a menu could hold this: one to four words that begin with a capital."""
    words = item.split()
    return 0 < length(item) <= 4 and not words[0][0].islower() and item[-1] not in ".,;:?!"


def _header(page: Page) -> Finding | None:
    """Sections, then the name of the site; below it the title, then text."""
    first, second = page.solid[0], page.solid[1]
    items = _items(page.lines[first])
    if not 3 <= len(items) <= 6 or not all(_is_entry(item) and length(item) <= 3 for item in items):
        return None
    sections = [item for item in items[:-1] if _names_section(item)]
    site = items[-1].casefold()
    named = any(site.endswith(ending) and len(site) > len(ending) for ending in SITE_ENDINGS)
    title = page.lines[second].strip()
    if not sections or not named or length(title) < 5 or is_prose(title) or title[-1] in ".,;":
        return None
    evidence: dict[str, object] = {"sections": sections, "site": items[-1], "title": title}
    message = "a line of sections and the name of the site, above the title"
    return page.cut(first, _HEADER, message, Applicability.SAFE, evidence)


def _names_section(item: str) -> bool:
    return any(word in SECTIONS or word in HOME for word in item.casefold().split())
