"""Titles that appear more than once, and what sites hang before and behind them.

A title is never removed: every rule here names another line that says the same and stays. What does
*not* live here: site headers without the title (`headers`).
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from cleaner.model import Applicability, Edit, Finding, Fix, Span
from cleaner.passes.structure.page import HEAD, Page, first_letter, is_prose, key, length
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

DELIMITERS = (
    "/",
    ">",
    "»",
    "›",
    "|",
    "→",
    "::",
    "•",
    "·",
    "\\",
    "≫",
    "＞",
    "▸",
    "►",
    "-",
    "–",
    "—",
)
"""Between the steps of a breadcrumb, or between a title and the site's name."""
_PATH_DELIMITERS = frozenset("/ > » › → :: ≫ ＞ ▸ ►".split())
"""Delimiters that mean a path and nothing else."""
_SUFFIX_DELIMITERS = (" | ", " – ", " — ", " - ", " » ", " · ", " • ", " :: ", "｜", " — ")

RULES = (
    Rule(
        name=_BREADCRUMB,
        summary="A path of menu entries stands before the title or is glued to it",
        why="It repeats on every page of a site and says nothing about the text. The title is kept "
        "where it stands alone.",
        applicability=Applicability.SAFE,
    ),
    Rule(
        name=_REPEATED,
        summary="The title appears twice at the top",
        why="Pages name their title once for the window and once for the reader; one is enough.",
        applicability=Applicability.SAFE,
    ),
    Rule(
        name=_SUFFIX,
        summary="The title carries the name of the site or section",
        why="It is no part of the headline. Cutting it is a guess, since headlines use dashes too.",
        applicability=Applicability.UNSAFE,
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the first lines."""
    if page.prose_after < 1:
        return  # verse, lists and single paragraphs have no title that we could be sure of
    head = page.solid[: max(page.prose_after, 1)][:HEAD]
    keys = [key(page.lines[index]) for index in head]
    kept, gone = _repetitions(page, head, keys)
    yield from gone
    yield from _suffix(page, head, keys, kept, {finding.span for finding in gone})


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
    """Whether one line at the top is another one with something around it."""
    evidence = {"title": page.lines[other].strip()}
    if line == title:
        if not later or length(line) < 3 or _again(page, line) > 2:
            return None
        message = "the title is repeated"
        return page.cut(index, _REPEATED, message, Applicability.SAFE, evidence)
    if len(line) > len(title) and line.endswith(title):
        cue = _prefix_cue(page.lines[index].strip(), line[: -len(title)], title)
        if cue:
            message = "a breadcrumb ends in the title, which stands alone as well"
            evidence |= {"cue": cue}
            return page.cut(index, _BREADCRUMB, message, Applicability.SAFE, evidence)
    if len(line) > len(title) and line.startswith(title) and length(title) >= _GLUED_TITLE:
        rest = line[len(title) :]
        delimiter = next((d for d in _SUFFIX_DELIMITERS if rest.startswith(key_delimiter(d))), None)
        if delimiter and length(rest) <= _GLUED_PREFIX:
            message = "the title is repeated with the name of the site or section"
            evidence |= {"suffix": rest.strip()}
            return page.cut(index, _REPEATED, message, Applicability.SAFE, evidence)
    return None


def key_delimiter(delimiter: str) -> str:
    """A delimiter as it looks in a key, where dashes are equal."""
    return delimiter.replace("–", "-").replace("—", "-")


def _again(page: Page, title: str) -> int:
    """How many of the first lines say this: a refrain comes more than twice."""
    return sum(key(page.lines[index]) == title for index in page.solid[:40])


def _prefix_cue(raw: str, prefix: str, title: str) -> str | None:
    """Why a prefix is a breadcrumb, or None."""
    steps = prefix.strip()
    home = any(steps == word or steps.startswith(word + " ") for word in _home())
    delimiter = next((d for d in DELIMITERS if steps.endswith(key_delimiter(d))), None)
    if delimiter:
        parts = [part.strip() for part in steps.split(key_delimiter(delimiter)) if part.strip()]
        short = bool(parts) and len(parts) <= 8 and all(length(part) <= 5 for part in parts)
        if short and (home or delimiter in _PATH_DELIMITERS or length(title) >= _GLUED_TITLE):
            return "delimiters"
        return None
    if not prefix.endswith(" ") or length(title) < _GLUED_TITLE or len(title) < 20:
        return None
    words = raw.split()[: len(steps.split())]
    if len(words) > _GLUED_PREFIX or any(not word[-1].isalnum() and word != "&" for word in words):
        return None
    capital = (
        all(not w[0].islower() for w in words) and not first_letter(raw[len(prefix) :]).islower()
    )
    if capital and home:
        return "home"
    if capital and len(words) >= 2 and any(word.casefold() in SECTIONS for word in words):
        return "sections"
    return None


def _home() -> list[str]:
    return sorted(word.replace("-", " ") for word in HOME)


def _is_title(line: str) -> bool:
    line = line.strip()
    return 1 < len(line) <= _TITLE_LENGTH and line[-1] not in ".;,:" and not is_prose(line)


def _suffix(
    page: Page, head: list[int], keys: list[str], kept: set[int], gone: set[Span | None]
) -> Iterator[Finding]:
    """A title line that ends in the name of a section or of the site."""
    candidates = sorted(kept) if kept else range(min(2, len(head)))
    for at in candidates:
        index = head[at]
        line = page.lines[index].strip()
        if page.span(index) in gone or not _is_title(line):
            continue
        cut, delimiter = max((line.rfind(d), d) for d in _SUFFIX_DELIMITERS)
        if cut < 0:
            continue
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
