"""Whether one rule holds for one line or paragraph.

What does *not* live here: finding the lines worth a look (`scan`), and what is reported (the pass).
"""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any, NamedTuple

from cleaner.packs.plain import Finder, finder, plain
from cleaner.packs.schema import Clause, PackRule
from cleaner.passes.boilerplate import speech
from cleaner.passes.boilerplate.units import Unit, edge, undecorated

__all__ = ["Look", "Trial", "Verdict", "count_words", "holds", "placed"]

_DENSE = tuple(bytes([lead]) for lead in range(0xE3, 0xEA))
"""First bytes of kana and Chinese characters, U+3000 to U+9FFF."""
_ASCII = bytes(range(0x80))
_BOUNDS = " \t\r\n.,;:!?…()[]\"'“”‘’«»|/-–—\u00a0，。！？：；「」"
"""What may bound a cue and is not part of the evidence."""
_TAIL = 200
"""Bytes at the end of a paragraph in which its last full stop is sought."""
_COLUMNS = b"    "
"""A run of spaces inside a line sets columns: a figure or a table of plain text, no button."""
_SENTENCE_WORDS = 6
"""Words that must stand before it: "Mr. Post" is no sentence with a tag."""


class Trial:
    """A clause and its finders, each made when it is first needed.

    To ask for one by its cues means to hash hundreds of them, which takes as long as the search.
    """

    def __init__(self, rule: PackRule, clause: Clause) -> None:
        self.rule, self.clause = rule, clause
        self._required: list[Finder | None] = [None] * len(clause.required)

    def required(self) -> Iterator[Finder]:
        """What must be found, one a group."""
        for at, known in enumerate(self._required):
            one = known
            if one is None:
                place, cues = self.clause.required[at]
                one = self._required[at] = finder(cues, place, case=self.clause.case)
            yield one

    @cached_property
    def unless(self) -> tuple[Finder, ...]:
        """What must not be found."""
        pairs = (self.clause.unless, self.clause.case), (self.rule.unless, False)
        return tuple([finder(cues, case=case) for cues, case in pairs if cues])


class Verdict(NamedTuple):
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


class Look(NamedTuple):
    """A line or paragraph as the rules see it; `plain` is `raw` with few kinds of marks.

    `bare` is where it stands without the bullets around it, from its own start.
    """

    unit: Unit
    raw: bytes
    plain: bytes
    bare: Unit
    words: int

    @classmethod
    def at(cls, data: bytes, unit: Unit, words: int) -> "Look":
        """Look at a stretch of the text."""
        raw = data[unit.start : unit.end]
        return cls(unit, raw, plain(raw), undecorated(raw, Unit(0, len(raw))), words)


def holds(data: bytes, look: Look, trial: Trial) -> Verdict | None:
    """The verdict on one line or paragraph, or None; other scripts around it are not seen yet."""
    rule = trial.rule
    if rule.anchor == "suffix":
        unit = last_words(data, look.unit)
        look = Look.at(data, unit, count_words(data[unit.start : unit.end]))
    if not (look.raw and rule.min_words <= look.words <= rule.max_words):
        return None
    if rule.anchor == "line" and _COLUMNS in look.raw:
        return None
    found = []
    for one in trial.required():
        match = _find(one, look)
        if match is None:
            return None
        found.append(match)
    cues = [each.decode("utf-8", "ignore").strip(_BOUNDS) for each in found]
    if _strange(look.raw, cues) or _excluded(look, trial):
        return None
    return Verdict(rule, trial.clause, look.unit, tuple(cues))


def _strange(raw: bytes, cues: list[str]) -> bool:
    """Whether ASCII cues stand in a line of another script: its other words said nothing.

    >>> _strange("محادثات بين الجانبين Subscribe to our newsletter".encode(), ["Subscribe"])
    True
    """
    if raw.isascii() or not all(map(str.isascii, cues)):
        return False
    return 2 * len(raw.translate(None, _ASCII)) > len(raw)


def _excluded(look: Look, trial: Trial) -> bool:
    if any(_search(one, look) for one in trial.unless):
        return True
    rule = trial.rule
    return rule.anchor == "paragraph" and not rule.quotation and speech.quoted(look.raw)


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


def _find(one: Finder, look: Look) -> bytes | None:
    """A cue in the text without its bullets, else in the text as it is."""
    start, end = look.bare
    text = look.plain if one.plain else look.raw
    match = one.pattern.search(text[start:end])
    if match is None and end - start < len(text):
        start, match = 0, one.pattern.search(text)
    if match is None:
        return None
    first, last = match.span()  # asked once: RE2's wrapper counts groups each time
    return look.raw[start + first : start + last]


def _search(one: Finder, look: Look) -> bool:
    return one.pattern.search(look.plain if one.plain else look.raw) is not None


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
