"""A line at the edge whose script appears nowhere else in the document.

What does *not* live here: languages within one script (`language`).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import re2

from cleaner.model import Applicability, Finding
from cleaner.passes.structure.page import Page, length, printable
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_FOREIGN = "structure.foreign-edge-line"

_SCRIPTS = (
    "Latin",
    "Cyrillic",
    "Greek",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Bengali",
    "Tamil",
    "Telugu",
    "Thai",
    "Georgian",
    "Armenian",
    "Hangul",
    "Han",
    "Hiragana",
    "Katakana",
    "Khmer",
    "Myanmar",
    "Ethiopic",
    "Gujarati",
    "Gurmukhi",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Lao",
    "Tibetan",
)
_TOGETHER = frozenset({"Han", "Hiragana", "Katakana", "Hangul"})
"""Written side by side in one text."""
_EDGE = 3
"""Lines that are not blank, from the top and from the end."""
_LONGEST = 8
"""Words: longer lines are text, and the document is bilingual."""
_BODY = 50
"""Words of the rest, below which nothing can be said about it."""

RULES = (
    Rule(
        name=_FOREIGN,
        summary="A short line at the edge is in a script that the rest never uses",
        why="Credits of themes and widgets come in their makers' language. A title in the original "
        "language looks the same, so the line is only flagged.",
        applicability=Applicability.UNSAFE,
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the first and the last lines."""
    text = page.document.text
    if text.isascii() or len(page.solid) < 3:
        return
    for index in dict.fromkeys([*page.solid[:_EDGE], *page.solid[-_EDGE:]]):
        line = page.lines[index].strip()
        if index in page.taken or len(line) > 100 or length(line) > _LONGEST:
            continue
        script = _script(line)
        if script is None:
            continue
        start = page.starts[index]
        before, after = text[:start], text[start + len(page.lines[index]) :]
        if _uses(script, before) or _uses(script, after) or length(before + after) < _BODY:
            continue
        message = f"a line in {script} script, which the rest of the document never uses"
        yield page.cut(index, _FOREIGN, message, Applicability.UNSAFE, {"script": script})


def _script(line: str) -> str | None:
    """The one script that all letters of a short line belong to."""
    if line.isascii():
        return "Latin" if sum(character.isalpha() for character in line) >= 4 else None
    line = printable(line)
    letters = len(_letters("L").findall(line))
    if letters < 4:
        return None
    for script in _SCRIPTS:
        if len(_letters(script).findall(line)) == letters:
            return script
    return None


def _uses(script: str, text: str) -> bool:
    """Whether the text holds a letter of the script, or of one that goes with it."""
    if text.isascii():
        return script == "Latin" and any(character.isalpha() for character in text)
    text = printable(text)
    scripts = sorted(_TOGETHER) if script in _TOGETHER else [script]
    return any(_letters(one).search(text) is not None for one in scripts)


@cache
def _letters(name: str) -> Any:
    return re2.compile(rf"\p{{{name}}}")
