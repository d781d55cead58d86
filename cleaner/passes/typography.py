"""Typography: how characters look, not what was damaged. Off by default, but for one flag.

Peers straighten quotes and fold widths in the same breath as they repair mojibake, and so ruin
Chinese punctuation and every curly quote. Here each habit is a rule of its own that somebody has
to ask for, and none is applied without `--unsafe-fixes`. What does *not* live here: repairs of
damage (`passes.encoding`).
"""

import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from ftfy.chardata import LIGATURES, WIDTH_MAP

from cleaner.edits import between
from cleaner.kernels.patterns.screens import compiled, matching, occurs, searchable
from cleaner.model import Applicability, Document, Edit, Finding, Fix, Span
from cleaner.rules import Rule

__all__ = ["TypographyPass"]

_UNSAFE = Applicability.UNSAFE
_REVERSED = r"\p{L}(‘)(?:s|t|re|ve|ll|d|m)(?:[^\p{L}\p{N}]|$)"
_DOUBLE_QUOTES = "“”„‟"
_QUOTES = {
    **dict.fromkeys(map(ord, "‘’‚‛"), "'"),
    **dict.fromkeys(map(ord, _DOUBLE_QUOTES), '"'),
}
_SPACES = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_LONGEST_RUN = 30
"""Combining marks; the limit of Unicode's stream-safe text format (UAX 15). Normalisation of longer
runs is quadratic before CPython 3.12."""

_TABLES: tuple[tuple[str, dict[int, str], str], ...] = (
    ("typography.ligature", dict(LIGATURES), "one character for several letters"),
    ("typography.quotes", _QUOTES, "curly quotation mark"),
    ("typography.space", _SPACES, "blank of another width"),
    ("typography.width", dict(WIDTH_MAP), "full-width or half-width form"),
)


def _class(table: dict[int, str]) -> str:
    return "[" + "".join(f"\\x{{{code:x}}}" for code in sorted(table)) + "]"


_CLASSES = {name: _class(table) for name, table, _ in _TABLES}
# Anything that NFC can change is a mark, a Hangul letter, or one of the singletons and
# compatibility ideographs; the rest of the text need not be looked at.
_UNNORMAL = (
    r"[\pM\x{1100}-\x{11ff}\x{340}-\x{345}\x{374}\x{37e}\x{387}\x{958}-\x{95f}\x{9dc}-\x{9df}"
    r"\x{a33}-\x{a5e}\x{b5c}-\x{b5d}\x{f43}-\x{fb9}\x{1f71}-\x{1ffd}\x{2000}-\x{2001}"
    r"\x{2126}-\x{212b}\x{2329}-\x{232a}\x{2adc}\x{f900}-\x{fad9}\x{fb1d}-\x{fb4e}"
    r"\x{1d15e}-\x{1d1c0}\x{2f800}-\x{2fa1d}]"
)
_LONG_RUN = r"\pM{31}\pM*"
_PATTERNS = {
    "typography.reversed-apostrophe": _REVERSED,
    **_CLASSES,
    "typography.nfc": _UNNORMAL,
}
"""Of each rule: what a line must match for the rule to find anything."""


class TypographyPass:
    """Finds typographic habits, one finding for each rule and line."""

    name = "typography"

    def __init__(self) -> None:
        self.narrow(frozenset(_PATTERNS))

    def narrow(self, wanted: Collection[str]) -> None:
        """Look only for these rules: nearly every text has what the others look for."""
        self._wanted = frozenset(wanted)
        # Without any, a class that holds no character.
        patterns = [pattern for name, pattern in _PATTERNS.items() if name in self._wanted]
        self._screen = "|".join(patterns) or r"[^\x{0}-\x{10ffff}]"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the pass; only the reversed apostrophe is looked for unless asked."""
        return _RULES

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """One scan of the Arrow buffer."""
        return matching(texts, self._screen)

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield findings line by line; edits of different rules never overlap."""
        offset = 0
        for line in document.text.split("\n"):
            if line and not line.isascii() and occurs(self._screen, searchable(line)):
                for rule, message, edits in _line(line, self._wanted):
                    moved = tuple(
                        Edit(Span(e.span.start + offset, e.span.end + offset), e.replacement)
                        for e in edits
                    )
                    yield Finding(
                        rule,
                        document.id,
                        message,
                        Span(moved[0].span.start, moved[-1].span.end),
                        Fix(message, moved, applicability=_UNSAFE),
                        {"count": len(moved)},
                    )
            offset += len(line) + 1


def _line(line: str, wanted: Collection[str]) -> Iterator[tuple[str, str, list[Edit]]]:
    text = searchable(line)
    if "typography.reversed-apostrophe" in wanted:
        marks = [Edit(Span(*match.span(1)), "’") for match in compiled(_REVERSED).finditer(text)]
        if marks:
            message = "opening quotation mark where an apostrophe belongs"
            yield "typography.reversed-apostrophe", message, marks
    for name, table, message in _TABLES:
        if name not in wanted:
            continue
        edits = [
            Edit(Span(*match.span()), table[ord(match.group())])
            for match in compiled(_CLASSES[name]).finditer(text)
        ]
        if edits:
            yield name, message, edits
    if "typography.nfc" in wanted and occurs(_UNNORMAL, text):
        edits = between(text, normalised(text))
        if edits:
            yield "typography.nfc", "not in normalisation form C", edits


def normalised(text: str) -> str:
    r"""Normalisation form C, but runs of more than 30 combining marks stay as they are.

    >>> normalised("e\u0301") == "\u00e9", len(normalised("e" + "\u0301" * 50))
    (True, 51)
    """
    parts, at = [], 0
    for match in compiled(_LONG_RUN).finditer(text):
        start, end = match.span()
        # The base of the run stays too: it would take the first mark.
        parts += [unicodedata.normalize("NFC", text[at : max(at, start - 1)])]
        parts.append(text[max(at, start - 1) : end])
        at = end
    return "".join([*parts, unicodedata.normalize("NFC", text[at:])])


def _rule(name: str, summary: str, why: str, *, default: bool = False) -> Rule:
    return Rule(name, summary, why, _UNSAFE, default=default)


_RULES: tuple[Rule, ...] = (
    _rule(
        "typography.ligature",
        "Ligatures as single characters",
        "Search does not find `office` in `oﬃce`.",
    ),
    _rule(
        "typography.nfc",
        "Text not in Unicode normalisation form C",
        "The same word in two spellings counts as two words.",
    ),
    _rule(
        "typography.quotes",
        "Curly quotation marks",
        "Some tools want straight ones; as text, the curly ones are right.",
    ),
    _rule(
        "typography.reversed-apostrophe",
        "Opening quotation mark used as an apostrophe",
        "`Mahdi‘s` is two words to a tokenizer that knows `’s`.",
        default=True,
    ),
    _rule(
        "typography.space",
        "Blanks of special width",
        "A no-break space is no blank to many tools; to a typesetter it is wanted.",
    ),
    _rule(
        "typography.width",
        "Full-width Latin and half-width katakana",
        "They are forms of ordinary letters; in Chinese punctuation they are right.",
    ),
)
