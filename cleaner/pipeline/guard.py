"""The document guard: where rules would cut too much, none of them cuts.

A document whose words are mostly boilerplate is more likely a collection of such texts, or about
them, than an article with some of it around.
"""

from collections.abc import Sequence
from functools import lru_cache

from cleaner.model import Applicability, Document, Finding
from cleaner.pipeline.outcome import Outcome, Reported
from cleaner.rules import Rule, matches

__all__ = [
    "GUARDED",
    "RULES",
    "cuts_more",
    "guard_finding",
    "guarded",
    "is_guarded",
    "share_cut",
    "was_cut",
]

GUARDED = ("boilerplate", "repetition")
"""Rules that cut prose by its wording: the document guard counts what they take."""

RULES = (
    Rule(
        "boilerplate.guard",
        "Rules would cut too much of a document, so none of them cuts there",
        "Where boilerplate rules match a large share of the words, the document is more likely a "
        "collection of such texts (or about them) than an article with some of it around.",
        Applicability.DISPLAY,
    ),
)


def _words(text: str) -> int:
    return len(text.split())


@lru_cache(maxsize=1024)
def is_guarded(rule: str) -> bool:
    """Whether the guard counts what this rule takes."""
    return any(matches(rule, prefix) for prefix in GUARDED)


@lru_cache(maxsize=1024)
def _counts(rules: tuple[str, ...]) -> bool:
    return any(map(is_guarded, rules))


def was_cut(outcome: Outcome) -> bool:
    """Whether a guarded rule was applied; `share_cut` is zero if not.

    There are fewer findings than changes, and most documents have no such finding.
    """
    return any(one.applied and is_guarded(one.finding.rule) for one in outcome.reported)


def _cut_words(outcome: Outcome) -> int:
    if not any(map(_counts, {change.rules for change in outcome.changes})):
        return 0
    original = outcome.revision.original
    return sum(
        max(0, _words(original[change.span.start : change.span.end]) - _words(change.replacement))
        for change in outcome.changes
        if _counts(change.rules)
    )


def cuts_more(outcome: Outcome, share: float) -> bool:
    """Whether `share_cut` is more than that; words are counted only as far as it matters."""
    cut = _cut_words(outcome)
    if not cut or share <= 0:
        return cut > share
    words = len(outcome.revision.original.split(None, int(cut / share) + 1))
    return cut / max(1, words) > share


def share_cut(outcome: Outcome) -> float:
    """Share of the original's words that guarded rules took."""
    cut = _cut_words(outcome)
    return cut / max(1, _words(outcome.revision.original)) if cut else 0.0


def guarded(outcome: Outcome) -> tuple[float, Document, list[str]]:
    """What the guard will say: the share, of which document, and which rules wanted it."""
    rules = {rule for change in outcome.changes for rule in change.rules if is_guarded(rule)}
    return share_cut(outcome), outcome.document, sorted(rules)


def guard_finding(document: Document, share: float, guard: float, rules: Sequence[str]) -> Reported:
    """The finding that stands for the cuts that were not made."""
    message = (
        f"rules would cut {share:.0%} of the words (limit {guard:.0%}), so nothing is cut here"
    )
    evidence = {"share": round(share, 4), "limit": guard, "rules": list(rules)}
    return Reported(Finding("boilerplate.guard", document.id, message, None, None, evidence), False)
