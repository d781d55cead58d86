"""What the findings about duplicates say.

What does *not* live here: deciding who goes (`stars`), to which document a finding belongs
(`verdicts`).
"""

from typing import Any

from cleaner.model import Applicability, Finding, Fix, Span
from cleaner.passes.duplicates.stars import Passage, Repeat

__all__ = [
    "BORDERLINE",
    "CONTAINED",
    "EXACT",
    "HELD_BACK",
    "NEAR",
    "PASSAGE",
    "borderline",
    "contained",
    "exact",
    "held_back",
    "near",
    "passage",
    "same_words",
]

BORDERLINE = "duplicates.borderline"
CONTAINED = "duplicates.contained"
EXACT = "duplicates.exact"
HELD_BACK = "duplicates.held-back"
NEAR = "duplicates.near"
PASSAGE = "duplicates.passage"


def exact(document: str, kept: str) -> Finding:
    """Equal character by character."""
    evidence = {"kept": kept, "kind": "exact", "jaccard": 1.0, "containment": 1.0}
    return _drop(EXACT, document, f"the same text as {kept}", evidence, Applicability.SAFE)


def same_words(document: str, kept: str) -> Finding:
    """Equal but for case, white space, punctuation or forms of characters.

    That may be nothing, or all that matters (line breaks in a poem, signs in a formula): so this is
    a near-duplicate and not applied by default.
    """
    evidence = {"kept": kept, "kind": "near", "jaccard": 1.0, "containment": 1.0}
    message = f"the same words in the same order as {kept}; only what is between them differs"
    evidence["same_words"] = True
    return _drop(NEAR, document, message, evidence, Applicability.UNSAFE)


def near(document: str, repeat: Repeat) -> Finding:
    """At least as similar as the threshold."""
    evidence = _numbers(repeat, "near")
    message = (
        f"{evidence['jaccard']:.0%} similar to {repeat.kept}, which has "
        f"{evidence['containment']:.0%} of its word 5-grams"
    )
    return _drop(NEAR, document, message, evidence, Applicability.UNSAFE)


def borderline(document: str, repeat: Repeat, threshold: float) -> Finding:
    """Not quite as similar as the threshold."""
    evidence = {"other": repeat.kept, **_numbers(repeat, "")}
    del evidence["kept"], evidence["kind"]  # it stays: no document is kept in its place
    message = (
        f"{evidence['jaccard']:.1%} similar to {repeat.kept}: narrowly below the threshold of "
        f"{threshold:.0%}"
    )
    return Finding(BORDERLINE, document, message, None, None, evidence)


def contained(document: str, repeat: Repeat) -> Finding:
    """Part of a longer document."""
    evidence = _numbers(repeat, "contained")
    message = f"{repeat.kept} contains {evidence['containment']:.0%} of its word 5-grams, and more"
    return _drop(CONTAINED, document, message, evidence, Applicability.UNSAFE)


def passage(document: str, one: Passage) -> Finding:
    """A stretch that stands in another document too."""
    evidence: dict[str, Any] = {"other": one.other, "tokens": one.tokens}
    if one.other_end:
        evidence["other_span"] = [one.other_start, one.other_end]
    message = f"a passage of {one.tokens} words stands in {one.other} too"
    return Finding(PASSAGE, document, message, Span(one.start, one.end), None, evidence)


def held_back(document: str, size: int, pairs: int) -> Finding:
    """Candidates that were too many to compare."""
    message = (
        f"{size:,} documents look alike here, most likely through a text they share; "
        f"{pairs:,} pairs of them were not compared"
    )
    return Finding(HELD_BACK, document, message, None, None, {"documents": size, "pairs": pairs})


def _numbers(repeat: Repeat, kind: str) -> dict[str, Any]:
    kept, shared, size, other = repeat
    return {
        "kept": kept,
        "kind": kind,
        "jaccard": shared / (size + other - shared),
        "containment": shared / size,
        "shared": shared,
        "shingles": size,
        "kept_shingles": other,
    }


def _drop(
    rule: str, document: str, message: str, evidence: dict[str, Any], applicability: Applicability
) -> Finding:
    fix = Fix("Drop the document", drop=True, applicability=applicability)
    return Finding(rule, document, message, None, fix, evidence)
