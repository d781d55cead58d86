"""All the text of a page, in one pass over its tags: linear, whatever the nesting.

Used to count what an extractor saw of a page, and in its place where it saw too little. What does
*not* live here: telling an article from the menu around it (`extraction`).
"""

import html
from functools import lru_cache
from typing import Any

__all__ = ["SKIPPED", "visible_text"]

SKIPPED = ("script", "style", "title", "template", "textarea", "noscript", "svg", "math")
"""Elements whose content is no text of the page."""
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "ruby", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"),
        *("wbr"),
    )
)
"""Elements that do not end a line (HTML Standard, section 4.5)."""
_CELLS = frozenset(("td", "th"))


@lru_cache(maxsize=1)
def _tags() -> Any:
    """Comments, elements that are no text, and tags; whatever is never closed ends with the page.

    Each alternative matches wherever it begins, so that no search runs twice over the same bytes.
    """
    import re2

    skipped = "|".join(rf"<{name}\b.*?(?:</{name}\s*>|\z)" for name in SKIPPED)
    return re2.compile(
        rf"(?is)<!--.*?(?:-->|\z)|{skipped}|</?([a-z][a-z0-9:-]*)[^>]*(?:>|\z)|<[!?/][^>]*(?:>|\z)"
    )


def visible_text(page: str) -> str:
    r"""The text of a page, a line for each block.

    >>> visible_text("<p>One<br>two</p><script>no()</script><div><b>th</b>ree &amp; four")
    'One\ntwo\nthree & four'
    """
    parts = []
    at = 0
    for match in _tags().finditer(page):
        parts.append(page[at : match.start()])
        name = (match.group(1) or "").lower()
        if name in _CELLS:
            parts.append(" ")
        elif name and name not in _INLINE:
            parts.append("\n")
        at = match.end()
    parts.append(page[at:])
    lines = (" ".join(line.split()) for line in _unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def _unescape(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return text
