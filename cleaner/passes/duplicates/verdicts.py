"""From what was decided to findings.

What does *not* live here: deciding (`stars`), finding shared passages (`passages`).
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from cleaner.engines import verdicts_schema
from cleaner.model import Applicability, Finding, Fix
from cleaner.passes.duplicates.rows import Columns, batch, classes_schema, columns
from cleaner.passes.duplicates.stars import Decided

__all__ = ["BORDERLINE", "EXACT", "HELD_BACK", "NEAR", "judge"]

EXACT = "duplicates.exact"
NEAR = "duplicates.near"
BORDERLINE = "duplicates.borderline"
HELD_BACK = "duplicates.held-back"


def judge(
    decided: Decided, held: Columns, threshold: float, batches: Iterator[Any]
) -> Iterator[Any]:
    """Kernel over `rows.classes_schema`: the findings of each document.

    All documents of a class share the numbers of its star, as their sets of shingles are equal.
    """
    large = {
        anchor: (size, pairs)
        for anchor, size, pairs in zip(
            held["anchor"].tolist(), held["document"].tolist(), held["held"].tolist(), strict=True
        )
    }
    for some in batches:
        rows = columns(iter([some]), classes_schema())
        at = np.searchsorted(decided.document, rows["star"])
        at = np.minimum(at, max(0, len(decided.document) - 1))
        hit = np.zeros(len(at), bool)
        if len(decided.document):
            hit = decided.document[at] == rows["star"]
        document = rows["document"]
        twin = rows["twin"] != document
        told = twin | hit | (rows["star"] != document)
        if large:
            told |= np.isin(document, held["anchor"])
        keys: list[int] = []
        findings: list[bytes] = []
        for row in np.flatnonzero(told).tolist():
            made = _findings(rows, row, decided, int(at[row]) if hit[row] else None, threshold)
            size = large.get(int(document[row]))
            if size:
                made.append(_held_back(rows["id"][row].as_py(), *size))
            keys += [int(document[row])] * len(made)
            findings += map(msgspec.json.encode, made)
        yield batch(verdicts_schema(), {"document": keys, "finding": findings})


def _findings(
    rows: Columns, row: int, decided: Decided, at: int | None, threshold: float
) -> list[Finding]:
    made = []
    own = rows["id"][row].as_py()
    document, twin, star = (int(rows[name][row]) for name in ("document", "twin", "star"))
    if twin != document:
        kept = rows["twin_id"][row].as_py()
        evidence = {"kept": kept, "kind": "exact", "jaccard": 1.0, "containment": 1.0}
        made.append(_drop(EXACT, own, f"the same text as {kept}", evidence, Applicability.SAFE))
    if at is not None and decided.near[at]:
        kept, evidence = _compared(decided, at, "near")
        message = (
            f"{evidence['jaccard']:.0%} similar to {kept}, which has "
            f"{evidence['containment']:.0%} of its word 5-grams"
        )
        made.append(_drop(NEAR, own, message, evidence, Applicability.UNSAFE))
    elif star != twin:
        kept = rows["star_id"][row].as_py()
        evidence = {"kept": kept, "kind": "near", "jaccard": 1.0, "containment": 1.0}
        evidence["same_words"] = True
        message = f"the same words in the same order as {kept}; only what is between them differs"
        made.append(_drop(NEAR, own, message, evidence, Applicability.UNSAFE))
    elif at is not None and star == document:
        kept, evidence = _compared(decided, at, "borderline")
        message = (
            f"{evidence['jaccard']:.1%} similar to {kept}: narrowly below the threshold of "
            f"{threshold:.0%}"
        )
        made.append(Finding(BORDERLINE, own, message, None, None, evidence))
    return made


def _compared(decided: Decided, at: int, kind: str) -> tuple[str, dict[str, Any]]:
    kept = decided.kept[at].as_py()
    shared, size, other = (
        int(numbers[at]) for numbers in (decided.shared, decided.size, decided.kept_size)
    )
    return kept, {
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
