"""Which documents go: stars by keep-priority, never chains.

A document goes only if it was compared with one that stays. What does *not* live here: how the
similarity was computed (`recheck`), how it is told (`verdicts`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.passes.duplicates.rows import Columns, take

__all__ = ["Decided", "decide"]


class Decided(NamedTuple):
    """Pairs to report, sorted by document; one row for each document.

    Attributes:
        document: int64[n].
        kept: ids of the documents that stay, an Arrow array.
        near: bool[n]; False for a pair that misses the threshold narrowly.
        shared: int64[n], shingles in common; size: of the document; kept_size: of the other one.
    """

    document: npt.NDArray[np.int64]
    kept: Any
    near: npt.NDArray[np.bool_]
    shared: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    kept_size: npt.NDArray[np.int64]


def decide(edges: Columns, threshold: float) -> Decided:
    """Go through the documents in order of priority; keep each unless a kept one is near.

    Of several kept ones a document names the most similar, then the better one. A document that
    stays may have a borderline pair with another that stays.
    """
    shared, size, other = edges["shared"], edges["size"], edges["anchor_size"]
    jaccard = shared / np.maximum(size + other - shared, 1)
    # Worst documents last, and for each its most similar partner first.
    order = np.lexsort(
        (
            edges["anchor"],
            -edges["anchor_rank"],
            -jaccard,
            edges["document"],
            -edges["document_rank"],
        )
    )
    removed: set[int] = set()
    chosen: dict[int, int] = {}
    near = jaccard >= threshold
    for row, anchor, document, close in zip(
        order.tolist(),
        edges["anchor"][order].tolist(),
        edges["document"][order].tolist(),
        near[order].tolist(),
        strict=True,
    ):
        if document in chosen or anchor in removed:
            continue
        chosen[document] = row
        if close:
            removed.add(document)
    rows = np.array([chosen[document] for document in sorted(chosen)], np.int64)
    return Decided(
        edges["document"][rows],
        take(edges["anchor_id"], rows),
        near[rows],
        shared[rows],
        size[rows],
        other[rows],
    )
