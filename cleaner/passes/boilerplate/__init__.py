"""Boilerplate: finds what the rules of the packs describe, line by line and paragraph by paragraph.

What does *not* live here: the rules themselves (`packs/*.toml`), the shapes of pages without a
word of their own (`passes.structure`), lines repeated across a site (`passes.repetition`), and the
guard against cutting too much of one document (the pipeline).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.model import Applicability, CleanerError, Document, Edit, Finding, Fix, Span
from cleaner.packs.schema import PackRule
from cleaner.passes.boilerplate.judge import Look, Trial, Verdict, holds, placed
from cleaner.passes.boilerplate.opening import prose_before
from cleaner.passes.boilerplate.scan import Scanner, encode
from cleaner.passes.boilerplate.scripts import foreign
from cleaner.passes.boilerplate.stamps import parse_time
from cleaner.passes.boilerplate.units import Unit, deletion
from cleaner.rules import Rule

__all__ = ["BoilerplatePass"]

_REPEATED, _KEPT = 1024, 4096
"""Bytes of a line of which it is remembered what it says, and how many lines."""
_ORDER = {Applicability.SAFE: 0, Applicability.UNSAFE: 1, Applicability.DISPLAY: 2}


class BoilerplatePass:
    """A `passes.base.DocumentPass` over rule packs.

    Args:
        packs: what `packs.load` returned.

    Raises:
        CleanerError: an example of a rule that is not shipped does not do what it should.
    """

    name = "boilerplate"

    def __init__(self, packs: Sequence[PackRule]) -> None:
        self._packs = tuple(sorted(packs, key=lambda each: each.rule.name))
        for each in self._packs:
            if not each.shipped:
                _prove(each)

    def __reduce__(self) -> tuple[type["BoilerplatePass"], tuple[tuple[PackRule, ...]]]:
        """Pickle the rules alone: what RE2 compiled cannot be pickled, and is built when used."""
        return type(self), (self._packs,)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the packs, sorted by name."""
        return tuple(each.rule for each in self._packs)

    @cached_property
    def _scanner(self) -> Scanner:
        return Scanner(self._packs)

    @cached_property
    def _trials(self) -> list[Trial]:
        return [Trial(rule, clause) for rule, clause in self._scanner.clauses]

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """Say which texts have all cues of some rule in one place; see `base.DocumentPass`."""
        return self._scanner.possible(texts)

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield the findings in order of position, one a line or paragraph."""
        data = encode(document.text)
        verdicts = _settle(data, list(self._verdicts(data)))
        position = _Positions(data)
        for verdict in verdicts:
            yield _finding(document, data, verdict, position)

    def _verdicts(self, data: bytes) -> Iterator[Verdict]:
        """Every rule that holds somewhere."""
        for unit, words, numbers in self._scanner.looks(data):
            raw = data[unit.start : unit.end]
            judge = self._judged if len(raw) <= _REPEATED else self._judge
            for one in judge(raw, words, numbers):
                here = Unit(unit.start + one.unit.start, unit.start + one.unit.end)
                if one.rule.script != "foreign" or foreign(data, here):
                    yield one._replace(unit=here)

    @cached_property
    def _judged(self) -> Callable[[bytes, int, tuple[int, ...]], tuple[Verdict, ...]]:
        """The same line stands on many pages of a site."""
        return lru_cache(_KEPT)(self._judge)

    def _judge(self, raw: bytes, words: int, numbers: tuple[int, ...]) -> tuple[Verdict, ...]:
        """Which of these clauses hold for a line or paragraph, whatever stands around it."""
        look = Look.at(raw, Unit(0, len(raw)), words)
        found = (holds(raw, look, self._trials[number]) for number in numbers)
        return tuple([verdict for verdict in found if verdict])


def _settle(data: bytes, verdicts: list[Verdict]) -> list[Verdict]:
    """Keep those that stand where they should, one for each stretch, the surest first."""
    best: list[Verdict] = []
    waiting = sorted(
        verdicts,
        key=lambda each: (
            each.unit.start,
            -each.unit.end,
            _ORDER[each.rule.rule.applicability],
            each.rule.rule.name,
        ),
    )
    for each in waiting:
        if best and each.unit.start < best[-1].unit.end:
            continue
        if placed(data, each.rule, each.unit) or _follows(data, each, best):
            best.append(each)
    return best


def _follows(data: bytes, verdict: Verdict, before: list[Verdict]) -> bool:
    """Whether the text right before it is a finding of the rule named by `after`."""
    wanted = verdict.rule.after
    if not wanted or not before:
        return False
    last = before[-1]
    gap = data[last.unit.end : verdict.unit.start]
    return not gap.strip() and last.rule.rule.name.startswith(wanted)


class _Positions:
    """Bytes to code points; a question costs the way from the one before."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = self._count = 0

    def __call__(self, at: int) -> int:
        if at < self._at:
            self._count -= len(self._data[at : self._at].decode())
        else:
            self._count += len(self._data[self._at : at].decode())
        self._at = at
        return self._count

    def span(self, unit: Unit) -> Span:
        return Span(self(unit.start), self(unit.end))


def _finding(document: Document, data: bytes, verdict: Verdict, position: _Positions) -> Finding:
    rule = verdict.rule.rule
    evidence: dict[str, object] = {"cues": list(verdict.cues)}
    if verdict.clause.language:
        evidence["language"] = verdict.clause.language
    unit, applicability = verdict.unit, rule.applicability
    if verdict.rule.anchor == "paragraph" and applicability is Applicability.SAFE:
        before = prose_before(data[slice(*unit)], verdict.cues)
        if before:
            unit, applicability = Unit(unit.start + before, unit.end), Applicability.UNSAFE
            evidence["glued"] = "the paragraph begins with prose, which stays"
    text = data[slice(*unit)].decode()
    if verdict.rule.parse == "time" and (time := parse_time(text)):
        evidence["time"] = time
    fix = None
    if applicability is not Applicability.DISPLAY:
        tail = verdict.rule.anchor == "suffix" or unit != verdict.unit
        region = _suffix(data, unit) if tail else deletion(data, unit)
        fix = Fix(
            title=f"Remove the {'end of the ' * (unit != verdict.unit)}{verdict.rule.anchor}",
            edits=(Edit(position.span(region)),),
            applicability=applicability,
        )
    return Finding(
        rule=rule.name,
        document=document.id,
        message=rule.summary,
        span=position.span(unit),
        fix=fix,
        evidence=evidence,
    )


def _suffix(data: bytes, unit: Unit) -> Unit:
    """A tail goes with the spaces before it."""
    start = unit.start
    while start and data[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    return Unit(start, unit.end)


def _prove(pack_rule: PackRule) -> None:
    """Run the examples of one rule.

    Raises:
        CleanerError: a `match` does not fire or a `keep` does.
    """
    alone = object.__new__(BoilerplatePass)
    alone._packs = (pack_rule,)
    where = f"{pack_rule.path}: rule {pack_rule.rule.name}"
    for text in pack_rule.rule.match:
        if not any(alone.check(Document("example", text))):
            raise CleanerError(f'{where}: match: does not fire on "{text}"; mend the cues or it')
    for text in pack_rule.rule.keep:
        if any(alone.check(Document("example", text))):
            raise CleanerError(f'{where}: keep: fires on "{text}"; add a cue group or an "unless"')
