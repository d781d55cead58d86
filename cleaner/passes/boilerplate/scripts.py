"""Whether a line is written in a script that the rest of the document does not use.

A theme credit left behind by a template stands in the script of its maker. A bilingual document
uses both scripts, and nothing of it is foreign. What does *not* live here: naming the language of
a text (`passes.language`).
"""

from functools import cache
from typing import Any

from cleaner.passes.boilerplate.units import Unit

__all__ = ["foreign"]

_SCRIPTS = (
    "Latin",
    "Arabic",
    "Cyrillic",
    "Greek",
    "Hebrew",
    "Han",
    "Hiragana",
    "Katakana",
    "Hangul",
    "Thai",
    "Devanagari",
    "Bengali",
    "Tamil",
    "Armenian",
    "Georgian",
)


@cache
def _letters(script: str) -> Any:
    import re2

    return re2.compile(rf"\p{{{script}}}")


def foreign(data: bytes, unit: Unit) -> bool:
    """Whether no letter of the unit's scripts occurs elsewhere, and other letters do."""
    line = data[unit.start : unit.end]
    used = [script for script in _SCRIPTS if _letters(script).search(line)]
    around = (data[: unit.start], data[unit.end :])
    if not used or any(_letters(script).search(part) for script in used for part in around):
        return False
    rest = (script for script in _SCRIPTS if script not in used)
    return any(_letters(script).search(part) for script in rest for part in around)
