"""Which findings are heard, and which of their fixes are applied.

What does *not* live here: who is asked, how often, and in which order (`rounds`).
"""

from collections.abc import Sequence

from cleaner.edits import accept
from cleaner.model import Finding, Fix, Span
from cleaner.pipeline.guard import is_guarded
from cleaner.pipeline.outcome import Answer, Outcome, Reported, published
from cleaner.rules import Selection

__all__ = ["Choice"]


class Choice:
    """What somebody wants to hear, and to have done.

    Args:
        selection: says which fixes are applied.
        inline: whether what a document says about itself counts.
    """

    def __init__(self, selection: Selection, *, inline: bool) -> None:
        self._selection = selection
        self._inline = inline

    def heard(self, found: list[Finding], outcome: Outcome) -> list[Finding]:
        """The findings that the document, its record and its path do not switch off."""
        ignores = outcome.ignores(inline=self._inline) if found else None
        if ignores is None:
            return found
        return [one for one in found if not ignores.silence(published(one, outcome.revision))]

    def applicable(self, finding: Finding, *, cut: bool) -> Fix | None:
        """The fix of a finding, if it would be applied; `cut` is whether guarded rules may."""
        fix = finding.fix
        if fix is None or not (fix.edits or fix.drop):
            return None
        if not cut and is_guarded(finding.rule):
            return None
        return fix if self._selection.applies(finding.rule, fix.applicability) else None

    def take(self, name: str, outcome: Outcome, found: Sequence[Finding], *, cut: bool) -> bool:
        """Report what a pass of this name found, and apply what may be.

        Returns:
            Whether the text changed.
        """
        revision, reported = outcome.revision, outcome.reported
        fixes = [self.applicable(one, cut=cut) for one in found]
        fits = iter(accept([fix.edits for fix in fixes if fix]))
        answer = outcome.looked[name] = Answer(revision.text, found, [])
        changes: list[tuple[Span, str, tuple[str, ...]]] = []
        for one, fix in zip(found, fixes, strict=True):
            said = Reported(published(one, revision), bool(fix) and next(fits))
            reported.append(said)
            if not fix or not said.applied:
                answer.unheeded.append(said)
                continue
            by = (one.rule,)
            changes += [(edit.span, edit.replacement, by) for edit in fix.edits]
            if fix.drop and outcome.dropped is None:
                outcome.dropped = said.finding
        if changes:
            revision.change(changes)
        return bool(changes)
