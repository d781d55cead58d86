"""From what was decided to findings.

What does *not* live here: deciding (`stars`), finding shared passages (`passages`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np

from cleaner.engines import verdicts_schema
from cleaner.model import Applicability, Finding, Fix, Span
from cleaner.passes.duplicates.rows import Columns, batch, classes_schema, columns
from cleaner.passes.duplicates.stars import Decided, Inside, Passage

__all__ = [
    "BORDERLINE",
    "CONTAINED",
    "EXACT",
    "HELD_BACK",
    "NEAR",
    "PASSAGE",
    "Known",
    "judge",
]

EXACT = "duplicates.exact"
NEAR = "duplicates.near"
BORDERLINE = "duplicates.borderline"
HELD_BACK = "duplicates.held-back"
CONTAINED = "duplicates.contained"
PASSAGE = "duplicates.passage"


class Known(NamedTuple):
    """All that was decided, by the star it is about.

    `held` gives documents and pairs of a bucket that was too large.
    """

    threshold: float
    decided: Decided
    held: dict[int, tuple[int, int]]
    inside: dict[int, Inside]
    passages: dict[int, list[Passage]]


def judge(known: Known, batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over `rows.classes_schema`: the findings of each document.

    All documents of a class share the numbers of its star, as their sets of shingles are equal.
    """
    decided = known.decided
    about = np.array(sorted({*known.held, *known.inside, *known.passages}), np.int64)
    for some in batches:
        rows = columns(iter([some]), classes_schema())
        star = rows["star"]
        at = np.minimum(np.searchsorted(decided.document, star), max(0, len(decided.document) - 1))
        hit = decided.document[at] == star if len(decided.document) else np.zeros(len(at), bool)
        told = hit | (rows["twin"] != rows["document"]) | (star != rows["document"])
        told |= np.isin(star, about)
        keys: list[int] = []
        findings: list[bytes] = []
        for row in np.flatnonzero(told).tolist():
            made = _findings(rows, row, known, int(at[row]) if hit[row] else None)
            keys += [int(rows["document"][row])] * len(made)
            findings += map(msgspec.json.encode, made)
        yield batch(verdicts_schema(), {"document": keys, "finding": findings})


def _findings(rows: Columns, row: int, known: Known, at: int | None) -> list[Finding]:
    made = []
    own = rows["id"][row].as_py()
    document, twin, star = (int(rows[name][row]) for name in ("document", "twin", "star"))
    if twin != document:
        kept = rows["twin_id"][row].as_py()
        evidence = {"kept": kept, "kind": "exact", "jaccard": 1.0, "containment": 1.0}
        made.append(_drop(EXACT, own, f"the same text as {kept}", evidence, Applicability.SAFE))
    if at is not None and known.decided.near[at]:
        made.append(_near(own, known.decided, at))
    elif star in known.inside:
        made.append(_contained(own, known.inside[star]))
    elif star != twin:
        kept = rows["star_id"][row].as_py()
        evidence = {"kept": kept, "kind": "near", "jaccard": 1.0, "containment": 1.0}
        message = f"the same words in the same order as {kept}; only what is between them differs"
        evidence["same_words"] = True
        made.append(_drop(NEAR, own, message, evidence, Applicability.UNSAFE))
    elif at is not None and star == document:
        made.append(_borderline(own, known.decided, at, known.threshold))
    made += [_passage(own, one) for one in known.passages.get(document, ())]
    if document in known.held:
        made.append(_held_back(own, *known.held[document]))
    return made


def _near(document: str, decided: Decided, at: int) -> Finding:
    kept, evidence = _compared(decided, at, "near")
    message = (
        f"{evidence['jaccard']:.0%} similar to {kept}, which has {evidence['containment']:.0%} "
        "of its word 5-grams"
    )
    return _drop(NEAR, document, message, evidence, Applicability.UNSAFE)


def _borderline(document: str, decided: Decided, at: int, threshold: float) -> Finding:
    kept, evidence = _compared(decided, at, "borderline")
    message = (
        f"{evidence['jaccard']:.1%} similar to {kept}: narrowly below the threshold of "
        f"{threshold:.0%}"
    )
    return Finding(BORDERLINE, document, message, None, None, evidence)


def _contained(document: str, inside: Inside) -> Finding:
    evidence = _numbers(inside.kept, "contained", inside.shared, inside.size, inside.kept_size)
    message = f"{inside.kept} contains {evidence['containment']:.0%} of its word 5-grams, and more"
    return _drop(CONTAINED, document, message, evidence, Applicability.UNSAFE)


def _passage(document: str, one: Passage) -> Finding:
    evidence = {
        "other": one.other,
        "other_span": [one.other_start, one.other_end],
        "tokens": one.tokens,
    }
    message = f"a passage of {one.tokens} words stands in {one.other} too"
    return Finding(PASSAGE, document, message, Span(one.start, one.end), None, evidence)


def _compared(decided: Decided, at: int, kind: str) -> tuple[str, dict[str, Any]]:
    kept = decided.kept[at].as_py()
    shared, size, other = (
        int(numbers[at]) for numbers in (decided.shared, decided.size, decided.kept_size)
    )
    return kept, _numbers(kept, kind, shared, size, other)


def _numbers(kept: str, kind: str, shared: int, size: int, other: int) -> dict[str, Any]:
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


def _held_back(document: str, size: int, pairs: int) -> Finding:
    message = (
        f"{size:,} documents look alike here, most likely through a text they share; "
        f"{pairs:,} pairs of them were not compared"
    )
    return Finding(HELD_BACK, document, message, None, None, {"documents": size, "pairs": pairs})
