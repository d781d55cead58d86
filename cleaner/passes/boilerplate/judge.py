"""Whether one rule holds for one line or paragraph.

What does *not* live here: finding the lines worth a look (`scan`), and what is reported (the pass).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from cleaner.packs.patterns import compiled
from cleaner.packs.schema import Clause, PackRule
from cleaner.passes.boilerplate import scripts, speech
from cleaner.passes.boilerplate.units import UNIT_LIMIT, Unit, edge, undecorated

__all__ = ["Verdict", "count_words", "holds", "placed"]

_DENSE = tuple(bytes([lead]) for lead in range(0xE3, 0xEA))
"""First bytes of kana and Chinese characters, U+3000 to U+9FFF."""
_TAIL = 200
"""Bytes at the end of a paragraph in which its last full stop is sought."""
_SENTENCE_WORDS = 6
"""Words that must stand before it: "Mr. Post" is no sentence with a tag."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule that holds: what it speaks about, and the cues that said so (one a group)."""

    rule: PackRule
    clause: Clause
    unit: Unit
    cues: tuple[str, ...]


def count_words(raw: bytes) -> int:
    """Words between white space; of writing without spaces, two characters are one word.

    >>> count_words("请 支持我们".encode()), count_words(b"a b")
    (4, 2)
    """
    words = len(raw.split())
    return words if raw.isascii() else words + sum(map(raw.count, _DENSE)) // 2


def holds(data: bytes, unit: Unit, rule: PackRule, clause: Clause) -> Verdict | None:
    """The verdict on one line or paragraph, or None."""
    if not 0 < unit.end - unit.start <= UNIT_LIMIT:
        return None
    if rule.anchor == "suffix":
        unit = last_words(data, unit)
    raw = data[unit.start : unit.end]
    if not rule.min_words <= count_words(raw) <= rule.max_words:
        return None
    bare = data[slice(*undecorated(data, unit))]
    cues = []
    for place, patterns in clause.required:
        match = _find(compiled(patterns, place, case=clause.case), bare, raw)
        if match is None:
            return None
        cues.append(match.string[slice(*match.span(match.lastindex))].decode())
    for patterns, case in ((clause.unless, clause.case), (rule.unless, False)):
        if patterns and compiled(patterns, case=case).search(raw):
            return None
    if rule.anchor == "paragraph" and not rule.quotation and speech.quoted(raw):
        return None
    if rule.script == "foreign" and not scripts.foreign(data, unit):
        return None
    return Verdict(rule, clause, unit, tuple(cues))


def last_words(data: bytes, unit: Unit) -> Unit:
    """What stands after the last full stop of a paragraph; empty if that is all or nothing.

    >>> text = b"The vote on the bridge is set for Friday. NJ Times"
    >>> text[slice(*last_words(text, Unit(0, len(text))))]
    b'NJ Times'
    """
    start = max(unit.start, unit.end - _TAIL)
    found = None
    for found in _sentence_end().finditer(data, start, unit.end):  # noqa: B007 - the last one
        pass
    if found is None or len(data[unit.start : found.start()].split()) < _SENTENCE_WORDS:
        return Unit(unit.end, unit.end)
    return Unit(found.end(), unit.end)


@cache
def _sentence_end() -> Any:
    import re2

    return re2.compile(r"""[.!?…。！？]["'”’»)\]]{0,2}(?:\s|\x{A0}){1,4}""")


def _find(finder: Any, bare: bytes, raw: bytes) -> Any:
    """A cue in the text without its bullets, else in the text as it is."""
    return finder.search(bare) or finder.search(raw)


def placed(data: bytes, rule: PackRule, unit: Unit) -> bool:
    """Whether the unit stands where the rule wants it."""
    if rule.position == "any":
        return True
    depth = 1 if rule.position == "last" else rule.depth
    before, after = edge(data, unit, depth)
    if rule.position == "head":
        return before is not None
    if rule.position == "edge":
        return before is not None or after is not None
    return after is not None
