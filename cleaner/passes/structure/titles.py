"""Titles that appear more than once, and what sites hang before and behind them.

A title is never removed: every rule here names another line that says the same and stays. What does
*not* live here: site headers without the title (`headers`).
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from cleaner.model import Applicability, Edit, Finding, Fix, Span
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import HEAD, Page, first_letter, is_prose, length
from cleaner.passes.structure.words import HOME, SECTIONS
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_BREADCRUMB = "structure.breadcrumb"
_REPEATED = "structure.repeated-title"
_SUFFIX = "structure.title-suffix"

_TITLE_LINES = 5
"""Lines that are not blank, from the top, among which a title and its repetition stand."""
_TITLE_LENGTH = 200
"""Characters; longer lines are text."""
_GLUED_TITLE = 4
"""Words of a title that a breadcrumb without delimiters may be glued to: the tail of a shorter one
could equal the line below by chance ("My Heart Will Go On" / "Go On")."""
_GLUED_PREFIX = 6
"""Words; menus glued to a title are paths of two or three sections."""

_STEPS = 8
"""Steps of the longest path."""

_DELIMITER_KEYS = ("/", ">", "»", "›", "|", "→", "::", "•", "·", "\\", "≫", "＞", "▸", "►", "-")
"""Between the steps of a breadcrumb, as they look in a key, where dashes are equal."""
_PATH_DELIMITERS = frozenset({"/", ">", "»", "›", "→", "::", "≫", "＞", "▸", "►"})
"""Delimiters that mean a path and nothing else."""
_SUFFIX_DELIMITERS = (" | ", " – ", " — ", " - ", " » ", " · ", " • ", " :: ", "｜")
_SUFFIX_KEYS = (" | ", " - ", " » ", " · ", " • ", " :: ", "｜")
_HOME = frozenset(word.replace("-", " ") for word in HOME)
_HOME_STARTS = tuple(sorted(word + " " for word in _HOME))

RULES = (
    Rule(
        name=_BREADCRUMB,
        summary="A path of menu entries stands before the title or is glued to it",
        why="It repeats on every page of a site and says nothing about the text. The title is kept "
        "where it stands alone.",
        applicability=Applicability.SAFE,
        match=(f"Home / World / {TITLE}\n\n{TITLE}\n\n{TEXT}",),
        keep=(
            f"Home again after the flood\n\n{TITLE}\n\n{TEXT}",
            f"{TITLE} - Notes From a Garden Shed\nNotes From a Garden Shed\n\n{TEXT}",
        ),
    ),
    Rule(
        name=_REPEATED,
        summary="The title appears twice at the top",
        why="Pages name their title once for the window and once for the reader; one is enough.",
        applicability=Applicability.SAFE,
        match=(
            f"{TITLE}\n\n{TITLE}\n\n{TEXT}",
            f"{TITLE} | Valley Gazette\n{TITLE}\n\n{TEXT}",
        ),
        keep=(
            "The river is rising again\nThe river is rising again\nover the hill and over the weir",
        ),
    ),
    Rule(
        name=_SUFFIX,
        summary="The title carries the name of the site or section",
        why="It is no part of the headline. Cutting it is a guess, since headlines use dashes too.",
        applicability=Applicability.UNSAFE,
        match=(f"{TITLE} – INTERNATIONAL\n\n{TEXT}",),
        keep=(f"Storm over the coast - what we know so far\n\n{TEXT}",),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the first lines."""
    if page.prose_after < 1:
        return  # verse, lists and single paragraphs have no title that we could be sure of
    head = page.solid[: max(page.prose_after, 1)][:HEAD]
    keys = page.keys[: len(head)]
    kept, gone = _repetitions(page, head, keys)
    yield from gone
    yield from _suffix(page, head, kept, {finding.span for finding in gone})


def _repetitions(page: Page, head: list[int], keys: list[str]) -> tuple[set[int], list[Finding]]:
    """Lines that repeat another one; positions in `head` of those others, which stay."""
    kept: set[int] = set()
    gone: list[Finding] = []
    for at, index in enumerate(head[:_TITLE_LINES]):
        for other, title in enumerate(keys):
            if other == at or not _is_title(page.lines[head[other]]):
                continue
            finding = _compare(page, index, keys[at], head[other], title, later=at > other)
            if finding:
                kept.add(other)
                gone.append(finding)
                break
    return kept, gone


def _compare(
    page: Page, index: int, line: str, other: int, title: str, *, later: bool
) -> Finding | None:
    """Whether one line at the top is another one, with or without something around it."""
    evidence = {"title": page.lines[other].strip()}
    rule, message = _REPEATED, ""
    if line == title:
        if later and length(line) >= 3 and _again(page, line) == 2:
            message = "the title is repeated"
    elif line.endswith(title):
        cue = _prefix_cue(page.lines[index].strip(), line[: -len(title)], title)
        if cue:
            rule, message = _BREADCRUMB, "a path ends in the title, which stands alone as well"
            evidence |= {"cue": cue}
    elif line.startswith(title) and length(title) >= _GLUED_TITLE:
        rest = line[len(title) :]
        if rest.startswith(_SUFFIX_KEYS) and length(rest) <= _GLUED_PREFIX:
            message = "the title is repeated with the name of the site or section"
            evidence |= {"suffix": rest.strip()}
    return page.cut(index, rule, message, Applicability.SAFE, evidence) if message else None


def _again(page: Page, title: str) -> int:
    """How many of the first lines say this: a refrain comes more than twice."""
    return page.keys.count(title)


def _prefix_cue(raw: str, prefix: str, title: str) -> str | None:
    """Why a prefix is a breadcrumb, or None.

    Not every prefix is one: in "Some headline | Our Site" above "Our Site" it is the headline. So
    the path must begin like a path, or have two steps before a title of some length.
    """
    path = prefix.strip()
    delimiter = next((d for d in _DELIMITER_KEYS if path.endswith(d)), None)
    if delimiter:
        return _path_cue([s.strip() for s in path.split(delimiter) if s.strip()], delimiter, title)
    if not prefix.endswith(" ") or length(title) < _GLUED_TITLE or len(title) < 20:
        return None
    words = raw.split()[: len(path.split())]
    if len(words) > _GLUED_PREFIX or any(not word[-1].isalnum() and word != "&" for word in words):
        return None
    if any(word[0].islower() for word in words) or first_letter(raw[len(prefix) :]).islower():
        return None
    if path in _HOME or path.startswith(_HOME_STARTS):
        return "home"
    return "sections" if len(words) >= 2 and SECTIONS.issuperset(path.split()) else None


def _path_cue(steps: list[str], delimiter: str, title: str) -> str | None:
    """Why steps before a delimiter are a path."""
    if not 0 < len(steps) <= _STEPS or any(length(step) > 5 for step in steps):
        return None
    if steps[0] in _HOME:
        return "home"
    if SECTIONS.issuperset(steps):
        return "sections"
    path = delimiter in _PATH_DELIMITERS and len(steps) >= 2
    return "delimiters" if path and length(title) >= _GLUED_TITLE else None


def _is_title(line: str) -> bool:
    line = line.strip()
    return 1 < len(line) <= _TITLE_LENGTH and line[-1] not in ".;,:" and not is_prose(line)


def _suffix(
    page: Page, head: list[int], kept: set[int], gone: set[Span | None]
) -> Iterator[Finding]:
    """A title line that ends in the name of a section or of the site."""
    candidates = sorted(kept) if kept else range(min(2, len(head)))
    for at in candidates:
        index = head[at]
        line = page.lines[index].strip()
        if page.span(index) in gone or not _is_title(line):
            continue
        cut, delimiter = max((line.rfind(delimiter), delimiter) for delimiter in _SUFFIX_DELIMITERS)
        if cut < 0 or line.count(delimiter) > 2:
            continue  # a menu
        title, suffix = line[:cut].rstrip(), line[cut + len(delimiter) :].strip()
        if length(title) < _GLUED_TITLE or not 0 < length(suffix) <= 4:
            continue
        cue = _suffix_cue(page, suffix, delimiter)
        if cue is None:
            continue
        start = page.span(index).start
        yield Finding(
            rule=_SUFFIX,
            document=page.document.id,
            message=f'the title ends in the name of a section or site, "{suffix}"',
            span=Span(start + len(title), start + len(line)),
            fix=Fix(
                "Delete the suffix",
                (Edit(Span(start + len(title), start + len(line))),),
                applicability=Applicability.UNSAFE,
            ),
            evidence={"suffix": suffix, "cue": cue},
        )
        return


def _suffix_cue(page: Page, suffix: str, delimiter: str) -> str | None:
    words = suffix.split()
    host = _host(page.document.url)
    name = "".join(character for character in suffix.casefold() if character.isalnum())
    if host and len(name) > 2 and name in host.replace("-", "").replace(".", ""):
        return "host"
    if suffix.isupper() and len(suffix) > 3 and not suffix.endswith(("!", "?")):
        return "capitals"
    if all(word.casefold() in SECTIONS for word in words):
        return "section"
    if delimiter.strip() in "|｜»::•" and all(not word[0].islower() for word in words):
        return "delimiter"
    return None


def _host(url: str | None) -> str | None:
    """The host of a URL; `urlsplit` raises on unbalanced brackets."""
    return urlsplit(url).hostname if url and "[" not in url and "]" not in url else None
