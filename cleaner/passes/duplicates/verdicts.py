"""Brings what was decided to the documents it is about.

What does *not* live here: deciding (`stars`), the findings' words and numbers (`findings`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np

from cleaner.engines import verdicts_schema
from cleaner.model import Finding
from cleaner.passes.duplicates import findings
from cleaner.passes.duplicates.rows import Columns, batch, classes_schema, columns
from cleaner.passes.duplicates.stars import Decided

__all__ = ["Known", "judge"]


class Known(NamedTuple):
    """All that was decided, by the star it is about.

    `held` gives documents and pairs of a bucket that was too large, `inside` what a document is
    contained in.
    """

    threshold: float
    decided: Decided
    held: dict[int, tuple[int, int]]
    inside: Decided


def judge(known: Known, batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over `rows.classes_schema`: the findings of each document.

    All documents of a class share the numbers of its star, as their sets of shingles are equal.
    """
    held = np.array(sorted(known.held), np.int64)
    for some in batches:
        rows = columns(iter([some]), classes_schema())
        star = rows["star"]
        at, inside = known.decided.find(star), known.inside.find(star)
        told = (rows["twin"] != rows["document"]) | (star != rows["document"])
        told |= (at >= 0) | (inside >= 0) | np.isin(star, held)
        keys: list[int] = []
        made: list[bytes] = []
        for row in np.flatnonzero(told).tolist():
            some_made = _findings(rows, row, known, int(at[row]), int(inside[row]))
            keys += [int(rows["document"][row])] * len(some_made)
            made += map(msgspec.json.encode, some_made)
        yield batch(verdicts_schema(), {"document": keys, "finding": made})


def _findings(rows: Columns, row: int, known: Known, at: int, inside: int) -> list[Finding]:
    """Of one document; `at` and `inside` are its star's rows, or -1."""
    made = []
    own = rows["id"][row].as_py()
    document, twin, star = (int(rows[name][row]) for name in ("document", "twin", "star"))
    if twin != document:
        made.append(findings.exact(own, rows["twin_id"][row].as_py()))
    if at >= 0 and known.decided.near[at]:
        made.append(findings.near(own, known.decided.repeat(at)))
    elif inside >= 0:
        made.append(findings.contained(own, known.inside.repeat(inside)))
    elif star != twin:
        made.append(findings.same_words(own, rows["star_id"][row].as_py()))
    elif at >= 0 and star == document:
        made.append(findings.borderline(own, known.decided.repeat(at), known.threshold))
    if document in known.held:
        made.append(findings.held_back(own, *known.held[document]))
    return made
