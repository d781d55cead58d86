"""Exact comparison of candidate pairs.

Counts are over the sets of 64-bit shingle hashes of both texts; nothing here is an estimate. What
does *not* live here: which document goes (`stars`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.overlap import overlaps, shingle_sets
from cleaner.kernels.texts import from_arrow
from cleaner.passes.duplicates.rows import Columns, batch, columns, edges_schema, take, texts_schema

__all__ = ["recheck"]

_BYTES = 16 << 20
"""Text that is compared at a time; an anchor and its documents stay together."""


def recheck(batches: Iterator[Any], least: float) -> Iterator[Any]:
    """Kernel over one anchor: its pairs of at least a Jaccard similarity."""
    rows = columns(batches, texts_schema())
    if not len(rows["anchor"]):
        return
    anchor, document = rows["anchor"], rows["document"]
    order = np.lexsort((document, document != anchor, anchor))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(anchor[order]) != 0) | (np.diff(document[order]) != 0)
    order = order[new]
    lengths = np.diff(np.frombuffer(rows["text"].buffers()[1], np.int64))
    lengths = lengths[rows["text"].offset :][: len(anchor)][order]
    starts = np.flatnonzero(document[order] == anchor[order])
    filled = np.concatenate([[0], np.cumsum(lengths)])[starts] // _BYTES
    cuts = starts[np.flatnonzero(np.concatenate([[True], np.diff(filled) > 0]))]
    for low, high in zip(cuts, [*cuts[1:], len(order)], strict=True):
        yield batch(edges_schema(), _compare(rows, order[low:high], least))


def _compare(rows: Columns, order: npt.NDArray[np.int64], least: float) -> Columns:
    anchor, document = rows["anchor"][order], rows["document"][order]
    sets = shingle_sets(from_arrow(take(rows["text"], order)))
    sizes = np.diff(sets.starts)
    heads = np.flatnonzero(document == anchor)
    others = np.flatnonzero(document != anchor)
    first = heads[np.searchsorted(heads, others) - 1]
    shared = overlaps(sets, np.stack([first, others], axis=1))
    union = sizes[first] + sizes[others] - shared
    good = shared / np.maximum(union, 1) >= least
    first, others, shared = first[good], others[good], shared[good]
    return {
        "anchor": document[first],
        "anchor_id": take(rows["id"], order[first]),
        "anchor_rank": rows["rank"][order[first]],
        "anchor_size": sizes[first],
        "document": document[others],
        "document_rank": rows["rank"][order[others]],
        "size": sizes[others],
        "shared": shared,
    }
