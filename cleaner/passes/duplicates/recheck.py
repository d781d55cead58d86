"""Exact comparison of candidate pairs.

Counts are over the sets of 64-bit shingle hashes of both texts; nothing here is an estimate. What
does *not* live here: which document goes (`stars`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.overlap import overlaps, shingle_sets
from cleaner.kernels.duplicates.tokenlists import token_lists
from cleaner.kernels.text.texts import from_arrow
from cleaner.passes.duplicates.rows import (
    Columns,
    batch,
    columns,
    edges_schema,
    take,
    tally_schema,
    texts_schema,
)

__all__ = ["edges_of", "groups", "recheck", "similar", "tally"]

_BYTES = 4 << 20
"""Text that is compared at a time; an anchor and its documents stay together."""

Rows = npt.NDArray[np.int64]


def groups(rows: Columns) -> Iterator[tuple[Rows, Rows, Rows]]:
    """Portions of rows of `texts_schema` that can be compared by themselves.

    Yields:
        Which rows, and the pairs to compare as two arrays of positions among those: anchors and
        their documents.
    """
    anchor, document = rows["anchor"], rows["document"]
    if not len(anchor):
        return
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
        some = order[low:high]
        head = document[some] == anchor[some]
        others = np.flatnonzero(~head)
        heads = np.flatnonzero(head)
        anchors = heads[np.searchsorted(heads, others) - 1]
        # A document beside several anchors is read once.
        _, once, again = np.unique(document[some], return_index=True, return_inverse=True)
        yield some[once], again[anchors], again[others]


def recheck(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one anchor: its pairs, compared."""
    rows = columns(batches, texts_schema())
    for order, first, others in groups(rows):
        yield batch(edges_schema(), _compare(rows, order, first, others))


def _compare(rows: Columns, order: Rows, first: Rows, others: Rows) -> Columns:
    sets = shingle_sets(token_lists(from_arrow(take(rows["text"], order))))
    shared = overlaps(sets, np.stack([first, others], axis=1))
    return edges_of(rows, order, (first, others), np.diff(sets.starts), shared)


def similar(batches: Iterator[Any], least: float) -> Iterator[Any]:
    """Kernel: pairs of at least a Jaccard similarity."""
    import pyarrow as pa

    for some in batches:
        yield some.filter(pa.array(_jaccard(some) >= least))


def tally(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: rows of `rows.tally_schema`."""
    counts = np.zeros(101, np.int64)
    for some in batches:
        counts += np.bincount((_jaccard(some) * 100 + 1e-9).astype(np.int64), minlength=101)
    found = np.flatnonzero(counts)
    yield batch(tally_schema(), {"hundredths": found, "pairs": counts[found]})


def _jaccard(edges: Any) -> npt.NDArray[np.float64]:
    shared, size, other = (edges.column(n).to_numpy() for n in ("shared", "size", "anchor_size"))
    return np.asarray(shared / np.maximum(size + other - shared, 1), np.float64)


def edges_of(
    rows: Columns, order: Rows, pairs: tuple[Rows, Rows], sizes: Rows, shared: Rows
) -> Columns:
    """Columns of `edges_schema` for pairs (anchors, documents) of positions in `order`."""
    anchors, documents = (order[some] for some in pairs)
    return {
        "anchor": rows["document"][anchors],
        "anchor_id": take(rows["id"], anchors),
        "anchor_rank": rows["rank"][anchors],
        "anchor_size": sizes[pairs[0]],
        "document": rows["document"][documents],
        "document_rank": rows["rank"][documents],
        "size": sizes[pairs[1]],
        "shared": shared,
    }
