"""Structure: what a page's layout left in its text, found by position, repetition and shape.

One module an idea; each has its `RULES` and a function `find(page)`. What does *not* live here:
wordings (rule packs), lines that repeat across documents (`repetition`).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.patterns.screens import searched
from cleaner.kernels.structure import layout
from cleaner.kernels.structure.words import packed
from cleaner.kernels.text.texts import Texts, from_arrow, texts_of
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
from cleaner.passes.structure.dates import KNOWN
from cleaner.passes.structure.page import TERMINALS, Page
from cleaner.passes.structure.words import PARTICLES
from cleaner.rules import Rule

__all__ = ["StructurePass"]

_IDEAS = (titles, headers, bylines, blanks, numbers, fragments, headings, lists, scripts)
_BITS = (
    layout.TITLES,
    layout.HEADERS,
    layout.BYLINES,
    layout.BLANKS,
    layout.NUMBERS,
    layout.FRAGMENTS,
    layout.HEADINGS,
    layout.LISTS,
    layout.SCRIPTS,
)
"""Of each idea: the bit that says that it could find something."""


class StructurePass:
    """Find titles said twice, breadcrumbs, bylines, blank runs, torn numbers and the like."""

    name = "structure"

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}
        self._before: dict[bytes, int] = {}
        """What `screen` found last, and the time before, by text: it is what `check` asks next. (A
        batch is followed by those of its texts that another pass has changed.)"""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, sorted by name."""
        return tuple(sorted((rule for idea in _IDEAS for rule in idea.RULES), key=_name))

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """One scan over the lines of all texts. bool[n]."""
        every = from_arrow(texts)
        bits = _possible(every)
        rows = np.flatnonzero(bits)
        self._before = self._known
        self._known = {
            every.data[every.offsets[row] : every.offsets[row + 1]].tobytes(): int(bits[row])
            for row in rows.tolist()
        }
        return np.asarray(bits != 0)

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield findings, idea by idea."""
        if "\n" not in document.text:
            return
        possible = self._bits(document.text)
        if not possible:
            return
        page = Page.of(document)
        for idea, bit in zip(_IDEAS, _BITS, strict=True):
            if possible & bit:
                yield from idea.find(page)

    def _bits(self, text: str) -> int:
        """What could be found in a text."""
        data = searched(text)
        bits = self._known.get(data, self._before.get(data))
        return int(_possible(texts_of([text]))[0]) if bits is None else bits


def _possible(texts: Texts) -> npt.NDArray[np.int64]:
    """Bits of the ideas that could find something in each text."""
    return layout.layout(texts.data, texts.offsets, *_tables())


@cache
def _tables() -> tuple[npt.NDArray[Any], ...]:
    """What ends a paragraph, what begins a byline and what dates are made of, for the kernel."""
    terminals = np.array(sorted(map(ord, TERMINALS)), np.int64)
    labels = np.array([ord(character) for label in bylines.LABELS for character in label], np.int64)
    ends = np.cumsum([len(label) for label in bylines.LABELS], dtype=np.int64)
    particles = packed(word.strip(".") for word in PARTICLES)
    pairs = np.zeros((32, 32), np.bool_)
    for label in bylines.LABELS:
        if label.isascii():
            pairs[ord(label[0]) & 31, ord(label[1]) & 31] = True
    return terminals, labels, ends, pairs, packed(KNOWN), particles


def _name(rule: Rule) -> str:
    return rule.name
