"""A page's article: what trafilatura takes for it, and what was lost on the way.

libxml2 drops everything that is nested more than 255 deep, and says nothing. So the text of the
tree is counted against the text of the page, and where much of it is missing the whole page's text
is taken instead. Either way `extract.html` says in numbers what happened.
"""

from typing import NamedTuple

from cleaner.formats.markup import SKIPPED, visible_text
from cleaner.model import Finding

__all__ = ["EXTRACT", "Extracted", "extract"]

EXTRACT = "extract.html"
"""Name of the rule that reports an extraction."""
_MANY_TAGS = 5_000
"""From here on without trafilatura's second opinion, which takes quadratic time in tags."""
_TOO_MANY_TAGS = 100_000
_TOO_LARGE = 10_000_000
"""Characters and tags above which trafilatura is not asked; it gives up at 20 MB by itself."""
_LOST = 0.1
"""Share of the page's letters that may be missing in the tree: entities and scripts cost some."""


class Extracted(NamedTuple):
    """The text of a page, and the finding about how it was had."""

    text: str
    note: Finding


def extract(page: str, document: str) -> Extracted:
    """Find the text of a page; empty where there is none."""
    whole = visible_text(page)
    letters = _letters(whole)
    text, method, lost = "", "all of the page", 0
    reason = _too_much(page)
    if reason is None and letters:
        text, seen = _article(page)
        lost = max(0, letters - seen)
        if lost > _LOST * letters:
            reason = "the parser lost text: nested too deeply, or cut short"
        elif not text:
            reason = "no article was found"
        else:
            method = "trafilatura"
    if method != "trafilatura":
        text = whole
    kept = _letters(text)
    message = f"{kept} of the {letters} letters of the page are its text ({method}"
    message += f"; {reason})" if reason else ")"
    evidence: dict[str, object] = {
        "method": method,
        "reason": reason,
        "page": letters,
        "text": kept,
        "lost_by_parser": lost,
    }
    return Extracted(text, Finding(EXTRACT, document, message, evidence=evidence))


def _letters(text: str) -> int:
    """Characters that are not white space."""
    return sum(map(len, text.split()))


def _too_much(page: str) -> str | None:
    if len(page) > _TOO_LARGE:
        return f"longer than {_TOO_LARGE} characters"
    if page.count("<") > _TOO_MANY_TAGS:
        return f"more than {_TOO_MANY_TAGS} tags"
    return None


def _article(page: str) -> tuple[str, int]:
    """What trafilatura takes for the article, and the letters that its parser saw."""
    import trafilatura

    try:
        tree = trafilatura.load_html(page)
        if tree is None:
            return "", 0
        seen = sum(
            _letters((e.text or "") if e.tag not in SKIPPED and isinstance(e.tag, str) else "")
            + _letters(e.tail or "")
            for e in tree.iter()
        )
        text = trafilatura.extract(
            tree,
            fast=page.count("<") > _MANY_TAGS,
            favor_recall=True,
            include_comments=False,
            deduplicate=False,
        )
    except Exception:  # noqa: BLE001 -- no page may end a run, and all of its text is still there
        return "", 0
    return text or "", seen
