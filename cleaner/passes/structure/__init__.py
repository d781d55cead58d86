"""Structure: what a page's layout left in its text, found by position, repetition and shape.

One module an idea; each has its `RULES` and a function `find(page)`. What does *not* live here:
wordings (rule packs), lines that repeat across documents (`repetition`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.model import Document, Finding
from cleaner.passes.structure import (
    blanks,
    bylines,
    fragments,
    headers,
    headings,
    lists,
    numbers,
    scripts,
    titles,
)
from cleaner.passes.structure.page import Page
from cleaner.rules import Rule

__all__ = ["StructurePass"]

_IDEAS = (titles, headers, bylines, blanks, numbers, fragments, headings, lists, scripts)


class StructurePass:
    """Find titles said twice, breadcrumbs, bylines, blank runs, torn numbers and the like."""

    name = "structure"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, sorted by name."""
        return tuple(sorted((rule for idea in _IDEAS for rule in idea.RULES), key=_name))

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """Only a document with a line break has a structure. bool[n]."""
        import pyarrow.compute as pc

        return np.asarray(pc.match_substring(texts, "\n").to_numpy(zero_copy_only=False), bool)

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield findings, idea by idea."""
        if "\n" not in document.text:
            return
        page = Page.of(document)
        for idea in _IDEAS:
            yield from idea.find(page)


def _name(rule: Rule) -> str:
    return rule.name
