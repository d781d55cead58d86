"""Datelines and bylines: a line at the top or the end that only says when, or by whom.

Both are wanted by some users, so they are flagged with the value that was read and cut only on
request. What does *not* live here: how a date is read (`dates`).
"""

from collections.abc import Iterator

from cleaner.model import Applicability, Finding
from cleaner.passes.structure.dates import parse_date
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import HEAD, Page
from cleaner.passes.structure.words import PARTICLES
from cleaner.rules import Rule

__all__ = ["LABELS", "RULES", "find", "parse_author"]

_DATELINE = "structure.dateline"
_BYLINE = "structure.byline"
_TAIL = 4
"""Lines that are not blank, from the end, where a date or an author may stand."""
_LONGEST = 100
"""Characters of a byline, with the author's office behind the name."""
_NAMES = 9
"""Words of a list of authors."""

RULES = (
    Rule(
        name=_DATELINE,
        summary="A line holds nothing but a date",
        why="It belongs to the page, not to the sentence; yet it dates the text, so it is only cut "
        "on request.",
        applicability=Applicability.UNSAFE,
        match=(f"December 28, 2018\n{TITLE}\n\n{TEXT}",),
        keep=(f"On December 28, 2018 it rained\n\n{TEXT}",),
    ),
    Rule(
        name=_BYLINE,
        summary="A line names the author",
        why="It belongs to the page, and it is personal data; yet some corpora want it, so it is "
        "only cut on request.",
        applicability=Applicability.UNSAFE,
        match=(f"{TITLE}\n\nBy Joan Hammersmith\n\n{TEXT}",),
        keep=(f"{TITLE}\n\nBy the time the rain stopped\n\n{TEXT}",),
    ),
)

LABELS = (
    "text by ",
    "words by ",
    "story by ",
    "written by ",
    "posted by ",
    "reported by ",
    "article by ",
    "reporting by ",
    "interview by ",
    "review by ",
    "by ",
    "by: ",
    "von ",
    "von: ",
    "ein beitrag von ",
    "par ",
    "propos recueillis par ",
    "por ",
    "texto de ",
    "di ",
    "a cura di ",
    "door ",
    "tekst: ",
    "author: ",
    "autor: ",
    "autorin: ",
    "auteur: ",
    "autore: ",
    "autora: ",
    "автор: ",
    "текст: ",
    "بقلم: ",
    "بقلم ",
    "كتب: ",
    "作者:",
    "作者：",
    "文/",
    "文／",
    "撰文：",
    "记者 ",
    "記者 ",
)
"""What a byline begins with, in lower case; longer labels before those they end in."""
_EDGES = " ,|–—-•·/"
_BREAKS = (" mit ", " with ", " | ", " – ", " — ", " - ", " • ", " · ", " / ", ", ")


def find(page: Page) -> Iterator[Finding]:
    """Look at the first lines, up to the text, and at the last ones."""
    if page.prose_after < 0 or len(page.solid) < 2:
        return
    # A standfirst is running text too, and the byline may stand below it.
    for index in dict.fromkeys([*page.solid[:HEAD], *page.solid[-_TAIL:]]):
        line = page.lines[index].strip()
        if len(line) > _LONGEST or index in page.taken:
            continue
        stamp = parse_date(line)
        if stamp:
            evidence: dict[str, object] = {"date": stamp.value}
            if stamp.ambiguous:
                evidence["ambiguous"] = True
            message = f"a dateline: {stamp.value or line}"
            yield page.cut(index, _DATELINE, message, Applicability.UNSAFE, evidence)
            continue
        author = parse_author(line)
        if author:
            message = f"a byline: {author}"
            found: dict[str, object] = {"author": author}
            yield page.cut(index, _BYLINE, message, Applicability.UNSAFE, found)


def parse_author(line: str) -> str | None:
    """The name that a byline gives, or None.

    >>> parse_author("By Joseph Hammond, Staff Writer")
    'Joseph Hammond'
    >>> parse_author("By the time he arrived, the hall was empty") is None
    True
    """
    small = line.lower()
    if not small.startswith(LABELS) or len(line) != len(small) or len(line) > _LONGEST:
        return None
    label = next(label for label in LABELS if small.startswith(label))
    rest = line[len(label) :].strip().removesuffix(".").removeprefix(":").strip()
    name = rest[: next((at for at, c in enumerate(rest) if c.isdecimal()), None)].strip(_EDGES)
    for delimiter in _BREAKS:
        name = name.split(delimiter)[0]
    office = rest[len(name) :].strip(_EDGES)
    # Several authors: "Ann Lee, Bo Chen and Cy Dunn" is names throughout.
    several = " and " in rest or " und " in rest or " et " in rest or " y " in rest
    joined = several and not any(f" {word} " in f" {name} " for word in ("and", "und", "et", "y"))
    if joined and _is_name(rest.replace(",", " ")) and not parse_date(office):
        return rest
    if not _is_name(name) or (len(office.split()) > 6 and not parse_date(office)):
        return None
    if office.endswith((".", "!", "?")) and len(office) > 12:
        return None
    return name


def _is_name(text: str) -> bool:
    """One to nine words, capitalised (where the script has capitals) or particles of names.

    A single word counts only in scripts without capitals, which run names together.
    """
    words = text.split()
    if not 0 < len(words) <= _NAMES or any(c.isdecimal() or c in ':：;!?"“”„«»()[]' for c in text):
        return False
    capitals = 0
    for word in words:
        letter = word.strip(".'’-")[:1]
        if not letter.isalpha():
            if word != "&":
                return False
        elif letter.islower():
            if word not in PARTICLES:
                return False
        else:
            capitals += 1
    caseless = not text[0].isupper() and not text[0].islower()
    return capitals >= (1 if caseless else 2) and (caseless is False or len(words) <= 4)
