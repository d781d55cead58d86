"""A line at the edge whose script appears nowhere else in the document.

What does *not* live here: languages within one script (`language`).
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import re2

from cleaner.model import Applicability, Finding
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import Page, first_letter, length, printable
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
        match=(f"قالب جديد من صنعنا\n{TITLE}\n\n{TEXT * 5}",),
        keep=(f"قالب جديد من صنعنا\n{TITLE} (القالب)\n\n{TEXT * 5}",),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at the first and the last lines."""
    text = page.document.text
    if text.isascii() or len(page.solid) < 3:
        return
    usual = _script_of(first_letter(page.lines[page.solid[max(0, page.prose_after)]]))
    for index in dict.fromkeys([*page.solid[:_EDGE], *page.solid[-_EDGE:]]):
        line = page.lines[index].strip()
        if _script_of(first_letter(line)) == usual or index in page.taken:
            continue
        if len(line) > 100 or length(line) > _LONGEST:
            continue
        script = _script(line)
        if script is None:
            continue
        start = page.starts[index]
        before, after = text[:start], text[start + len(page.lines[index]) :]
        if _uses(script, after) or _uses(script, before) or length(before + after) < _BODY:
            continue
        message = f"a line in {script} script, which the rest of the document never uses"
        yield page.cut(index, _FOREIGN, message, Applicability.UNSAFE, {"script": script})


def _script(line: str) -> str | None:
    """The one script that all letters of a short line belong to."""
    scripts = {_script_of(character) for character in line if character.isalpha()}
    if len(scripts) != 1 or sum(map(str.isalpha, line)) < 4:
        return None
    return scripts.pop()


@lru_cache(4096)
def _script_of(character: str) -> str | None:
    """The script of a letter, of those that are known here."""
    if character < "\u0250":
        return "Latin" if character else None
    return next((script for script in _SCRIPTS if _letters(script).search(character)), None)


def _uses(script: str, text: str) -> bool:
    """Whether the text holds a letter of the script, or of one that goes with it."""
    if script == "Latin":  # mostly answered by the first letter
        return any(character < "\u0250" and character.isalpha() for character in text)
    if text.isascii():
        return False
    scripts = sorted(_TOGETHER) if script in _TOGETHER else [script]
    text = printable(text)
    return any(_letters(one).search(text) is not None for one in scripts)


@cache
def _letters(name: str) -> Any:
    return re2.compile(rf"\p{{{name}}}")
