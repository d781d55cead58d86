"""Passes in order, in rounds, until nothing more is applied.

Documents are looked at in rounds: one that a fix changed is looked at again, until nothing more is
applied. So cleaning twice is cleaning once by construction. Python objects exist only for documents
with a finding; the others stay rows of Arrow arrays. What does *not* live here: reading, writing,
and passes over the whole corpus (`jobs.compare`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cleaner.config import Config, selection
from cleaner.edits import Revision, accept
from cleaner.engines import trace
from cleaner.model import Document, Finding
from cleaner.passes import Passes, build
from cleaner.passes.base import DocumentPass, MeasuringPass, Pass
from cleaner.pipeline.choice import Choice
from cleaner.pipeline.guard import RULES, cuts_more, guard_finding, guarded, was_cut
from cleaner.pipeline.measuring import measured, suspects
from cleaner.pipeline.outcome import (
    Answer,
    Outcome,
    Reported,
    Rows,
    column,
    order,
    published,
    renewed,
)
from cleaner.rules import Rule

__all__ = ["Pipeline"]

_FEW = 32
"""Where more than one text in so many changed, all are screened together again."""
ROUNDS = 10
"""Every pass converges in two or three; the bound only guards against two that undo each other."""


class Pipeline:
    """The passes of one configuration, ready to look at batches."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.selection = selection(config)
        self._choice = Choice(self.selection, inline=config.inline_ignores)
        self.passes: Passes = build(config)
        self.rules: dict[str, Rule] = {rule.name: rule for rule in (*self.passes.rules, *RULES)}
        self.selection.check(self.rules.values())
        wanted = {name for name, rule in self.rules.items() if self.selection.wants(rule)}
        self.wanted = frozenset(wanted)
        self._document = [p for p in self.passes.document if self._any(p.rules)]
        for looker in self._document:
            # Optional: what nobody wants to know need not be looked for.
            getattr(looker, "narrow", lambda _wanted: None)(self.wanted)
        self._corpus = [p for p in self.passes.corpus if self._any(p.rules)]

    def needs(self, looker: Pass) -> bool:
        """Whether any rule of a pass is wanted."""
        return self._any(looker.rules)

    def _any(self, rules: Sequence[Rule]) -> bool:
        return any(rule.name in self.wanted for rule in rules)

    @property
    def again(self) -> frozenset[str]:
        """Rules whose findings a further round finds again."""
        return frozenset(rule.name for looker in self._document for rule in looker.rules)

    @property
    def corpus(self) -> list[Any]:
        """The corpus passes that any wanted rule needs."""
        return self._corpus

    def look(
        self, texts: Any, rows: Rows | Sequence[Document], keys: Sequence[int] | None = None
    ) -> dict[int, Outcome]:
        """Look at a batch with all document passes until nothing more is applied.

        Args:
            texts: `pa.LargeStringArray` of n texts.
            rows: makes the `Document` of a row when one is needed.
            keys: the keys of the documents, for `engines.trace`.

        Returns:
            The outcome of each row in which something was found.
        """
        outcomes: dict[int, Outcome] = {}
        guard = self.config.boilerplate.guard
        self._rounds(texts, rows, outcomes, keys)
        held = {row: one for row, one in outcomes.items() if was_cut(one) and cuts_more(one, guard)}
        if held:
            self._uncut(held, outcomes, keys)
            for row, one in held.items():
                share, document, rules = guarded(one)
                said = guard_finding(document, share, guard, rules)
                if "boilerplate.guard" in self.wanted and self._choice.heard(
                    [said.finding], outcomes[row]
                ):
                    outcomes[row].reported.append(said)
        return outcomes

    def look_again(self, outcomes: dict[int, Outcome]) -> None:
        """Go on in rounds with documents that something else changed."""
        self._further(sorted(outcomes), outcomes, None, cut=True)

    def _rounds(
        self, texts: Any, make: Any, outcomes: dict[int, Outcome], keys: Sequence[int] | None
    ) -> None:
        """Look at texts, and again at those that this changes, until nothing does."""
        changed: set[int] = set()
        apart: set[int] = set()  # changed, and not yet so in `texts`
        for looker in self._document:
            if len(apart) * _FEW > len(texts):
                texts, apart = renewed(texts, {row: outcomes[row] for row in apart}), set()
            hits = set(np.flatnonzero(looker.screen(texts)).tolist())
            for row in changed - apart:
                outcomes[row].looked[looker.name] = Answer(outcomes[row].text, (), [])
            hits = hits - apart | set(self._screen(looker, sorted(apart), outcomes))
            new = self._look(looker, sorted(hits), make, outcomes, keys, cut=True)
            changed |= new
            apart |= new
        for row in changed:
            outcomes[row].first = dict(outcomes[row].looked)
        self._further(sorted(changed), outcomes, keys, cut=True, rounds=ROUNDS - 1)

    def _uncut(
        self, held: dict[int, Outcome], outcomes: dict[int, Outcome], keys: Sequence[int] | None
    ) -> None:
        """Do the same without guarded rules for documents in which these cut too much.

        A pass that was asked about a text says the same of it again, so it is not asked.
        """
        for row, before in held.items():
            outcomes[row] = Outcome.of(before.document)
        changed: set[int] = set()
        for looker in self._document:
            others = []
            for row, before in held.items():
                outcome = outcomes[row]
                # Where nothing is noted, the text was the original, and nothing was found.
                answer = before.first.get(looker.name) or Answer(before.document.text, (), [])
                if answer.text != outcome.text:
                    others.append(row)
                    continue
                outcome.looked[looker.name] = Answer(outcome.text, (), [])
                if answer.found and self._choice.take(
                    looker.name, outcome, answer.found, cut=False
                ):
                    changed.add(row)
            hits = self._screen(looker, others, outcomes)
            changed |= self._look(looker, hits, {}, outcomes, keys, cut=False)
        self._further(sorted(changed), outcomes, keys, cut=False, rounds=ROUNDS - 1)

    def _further(
        self,
        rows: list[int],
        outcomes: dict[int, Outcome],
        keys: Sequence[int] | None,
        *,
        cut: bool,
        rounds: int = ROUNDS,
    ) -> None:
        """Every pass over texts that changed, until none changes any more.

        A pass that has seen a text says the same of it again, so it is not asked.
        """
        for _ in range(rounds):
            if not rows:
                return
            for row in rows:
                one = outcomes[row]
                one.reported = [found for found in one.reported if found.applied]
            changed: set[int] = set()
            for looker in self._document:
                fresh = []
                for row in rows:
                    one = outcomes[row]
                    answer = one.looked.get(looker.name)
                    if answer is None or answer.text is not one.text:
                        fresh.append(row)
                    elif not one.dropped:
                        one.reported += answer.unheeded
                hits = self._screen(looker, fresh, outcomes)
                changed |= self._look(looker, hits, {}, outcomes, keys, cut=cut)
            rows = sorted(changed)

    def _screen(
        self, looker: DocumentPass, rows: list[int], outcomes: dict[int, Outcome]
    ) -> list[int]:
        """In which of these a pass could find something in the text as it is now."""
        if not rows:
            return []
        several = [outcomes[row] for row in rows]
        for one in several:
            one.looked[looker.name] = Answer(one.text, (), [])
        found = looker.screen(column(several))
        return [row for row, hit in zip(rows, found.tolist(), strict=True) if hit]

    def _look(
        self,
        looker: DocumentPass,
        rows: list[int],
        make: Any,
        outcomes: dict[int, Outcome],
        keys: Sequence[int] | None,
        *,
        cut: bool,
    ) -> set[int]:
        """One pass over some documents; returns those whose text changed."""
        poisoned = trace.poisoned()
        changed = set()
        trace.tick()
        for row in rows:
            if keys is not None:
                if keys[row] in poisoned:
                    continue
                trace.at(keys[row])
            known = outcomes.get(row)
            if known is not None and known.dropped:
                continue
            document = make[row] if known is None else known.document
            if self._check(looker, row, document, outcomes, cut=cut):
                changed.add(row)
        return changed

    def _check(
        self,
        looker: DocumentPass,
        row: int,
        document: Document,
        outcomes: dict[int, Outcome],
        *,
        cut: bool,
    ) -> bool:
        """One pass over one document; whether its text changed."""
        outcome = outcomes.get(row) or Outcome.of(document)
        wanted = self.wanted
        found = [one for one in looker.check(outcome.present) if one.rule in wanted]
        found = self._choice.heard(found, outcome)
        if not found:
            return False
        outcomes[row] = outcome
        if len(found) > 1:
            found.sort(key=order)
        return self._choice.take(looker.name, outcome, found, cut=cut)

    def apply_verdicts(self, outcome: Outcome, findings: Sequence[Finding]) -> bool:
        """Apply what a corpus pass found in a document; whether its text changed.

        The document guard holds here too: findings that would cut too much are only reported.
        """
        found = [one for one in findings if one.rule in self.wanted]
        found = sorted(self._choice.heard(found, outcome), key=order)
        found = self._one_reason(found)
        for cut in (True, False):
            applicable = [one for one in found if self._choice.applicable(one, cut=cut)]
            fits = accept([one.fix.edits for one in applicable if one.fix])
            taken = [one for one, fit in zip(applicable, fits, strict=True) if fit]
            edits = [(e, one.rule) for one in taken if one.fix for e in one.fix.edits]
            trial = Revision(outcome.revision.original)
            trial.text, trial.changes = outcome.revision.text, outcome.revision.changes
            trial.edit([edit for edit, _ in edits], [rule for _, rule in edits])
            attempt = Outcome(outcome.document, trial)
            if not cut or not cuts_more(attempt, self.config.boilerplate.guard):
                break
        chosen = {id(one) for one in taken}
        for one in found:
            public = published(one, outcome.revision)
            outcome.reported.append(Reported(public, id(one) in chosen))
            if id(one) in chosen and one.fix and one.fix.drop and outcome.dropped is None:
                outcome.dropped = public
        outcome.revision = trial
        return bool(edits)

    def _one_reason(self, found: list[Finding]) -> list[Finding]:
        """Leave out that a document equals one that goes itself, where it repeats one that stays.

        A removed document names a kept one: stars, never chains.
        """
        fixes = [self._choice.applicable(one, cut=True) for one in found]
        drops = [fix for fix in fixes if fix and fix.drop]
        if len(drops) < 2:
            return found
        return [one for one in found if one.rule != "duplicates.exact"]

    def measure(self, texts: Any, *, every: bool = True) -> Any:
        """All columns of all measuring passes for these texts: `pa.RecordBatch`.

        Without `every`, no column: `report` measures the few texts of which it needs the numbers.
        """
        return measured(self.passes.measuring if every else (), texts)

    def report(
        self,
        texts: Any,
        measures: Any,
        make: Any,
        outcomes: dict[int, Outcome],
        keys: Sequence[int] | None = None,
    ) -> None:
        """Add the findings of the measuring passes, on the texts as they are now.

        Args:
            texts: `pa.LargeStringArray` of n texts.
            measures: what `measure` returned for them.
            make: makes the `Document` of a row when one is needed.
            outcomes: of the rows in which something was found.
            keys: as in `look`.
        """
        for looker in self.passes.measuring:
            if not self._any(looker.rules):
                continue
            for row, values in suspects(looker, self.wanted, texts, measures):
                if keys is not None:
                    if keys[row] in trace.poisoned():
                        continue
                    trace.at(keys[row])
                known = outcomes.get(row)
                outcome = Outcome.of(make[row]) if known is None else known
                if outcome.dropped:
                    continue
                self._report(looker, outcome, values)
                if outcome.reported:
                    outcomes[row] = outcome

    def _report(self, looker: MeasuringPass, outcome: Outcome, values: dict[str, Any]) -> None:
        now = outcome.present
        found = [one for one in looker.report(now, values) if one.rule in self.wanted]
        for one in sorted(self._choice.heard(found, outcome), key=order):
            fix = self._choice.applicable(one, cut=True)
            public = published(one, outcome.revision)
            outcome.reported.append(Reported(public, fix is not None))
            if fix and fix.drop and outcome.dropped is None:
                outcome.dropped = public
