"""Which documents go: stars by keep-priority, never chains.

A document goes only if it was compared with one that stays. There may be many more pairs than
documents: they stay on disk, and the process that decides holds 13 bytes for each while it does.
What does *not* live here: how the similarity was computed (`recheck`), how it is told (`verdicts`).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.priority import choose
from cleaner.passes.duplicates.rows import among, columns, edges_schema, take

__all__ = ["Decided", "Passage", "Repeat", "contain", "decide", "line_up"]

Numbers = npt.NDArray[np.int64]


class Repeat(NamedTuple):
    """What a document repeats: the id of the one that stays, and numbers of shingles."""

    kept: str
    shared: int
    size: int
    kept_size: int


class Decided(NamedTuple):
    """Pairs to report, sorted by document; one row for each document.

    Attributes:
        document: int64[n].
        anchor: int64[n], the documents that stay.
        kept: their ids, an Arrow array.
        near: bool[n]; False for a pair that misses the threshold narrowly.
        shared: int64[n], shingles in common; size: of the document; kept_size: of the other one.
    """

    document: Numbers
    anchor: Numbers
    kept: Any
    near: npt.NDArray[np.bool_]
    shared: Numbers
    size: Numbers
    kept_size: Numbers

    def repeat(self, at: int) -> Repeat:
        """One of the pairs."""
        shared, size, kept_size = (int(n[at]) for n in (self.shared, self.size, self.kept_size))
        return Repeat(self.kept[at].as_py(), shared, size, kept_size)

    def find(self, documents: Numbers) -> Numbers:
        """The row of each of these documents, or -1."""
        if not len(self.document):
            return np.full(len(documents), -1)
        at = np.minimum(np.searchsorted(self.document, documents), len(self.document) - 1)
        return np.where(self.document[at] == documents, at, -1)

    @property
    def gone(self) -> Numbers:
        """The documents that go, sorted."""
        return self.document[self.near]


class Passage(NamedTuple):
    """What two documents that stay both say; code points of each one's text."""

    other: str
    start: int
    end: int
    other_start: int
    other_end: int
    tokens: int


def line_up(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one document: its pairs together, the most similar and then the best first."""
    import pyarrow as pa

    table = pa.Table.from_batches(list(batches), edges_schema()).combine_chunks()
    edges = {name: table.column(name).to_numpy() for name in table.schema.names if name != "id"}
    order = np.lexsort(
        (edges["anchor"], -edges["anchor_rank"], -_jaccard(edges), edges["document"])
    )
    yield from table.take(pa.array(order)).combine_chunks().to_batches()


def decide(batches: Callable[[], Iterator[Any]], threshold: float) -> Decided:
    """Go through the documents in order of priority; keep each unless a kept one is near.

    Of several kept ones a document names the most similar, then the better one. A document that
    stays may have a borderline pair with another that stays.

    Args:
        batches: what `line_up` yielded; read twice.
        threshold: the Jaccard similarity from which pairs are near.
    """
    parts = [_heads(some, threshold) for some in batches()]
    document, rank, counts, near = (
        np.concatenate([np.zeros(0, kind), *(part[at] for part in parts)])
        for at, kind in enumerate((np.int64, np.float64, np.int64, np.bool_))
    )
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    known = np.argsort(document)
    anchors = np.empty(len(near), np.int32)
    at = 0
    for part in parts:
        anchor = part.pop()
        anchors[at : at + len(anchor)] = _places(document, known, anchor)
        at += len(anchor)
    chosen = choose(np.lexsort((document, -rank)), starts, anchors, near)
    return _chosen(batches(), np.sort(chosen[chosen >= 0]), near)


def _heads(some: Any, threshold: float) -> list[Any]:
    """Of lined-up pairs: documents, their ranks and numbers of pairs; near, and anchors."""
    edges = {
        name: some.column(name).to_numpy()
        for name in ("document", "document_rank", "anchor", "anchor_size", "size", "shared")
    }
    document = edges["document"]
    first = np.flatnonzero(np.concatenate([[True], document[1:] != document[:-1]]))
    counts = np.diff(np.append(first, len(document)))
    near = _jaccard(edges) >= threshold
    # Copies: what Arrow maps would stay mapped.
    return [
        *(document[first], edges["document_rank"][first], counts, near),
        edges["anchor"].copy(),
    ]


def _places(documents: Numbers, order: Numbers, anchors: Numbers) -> Numbers:
    """Where anchors are among documents, or -1; `order` sorts the documents."""
    at = np.minimum(np.searchsorted(documents, anchors, sorter=order), len(documents) - 1)
    places = order[at]
    return np.where(documents[places] == anchors, places, -1)


def _chosen(batches: Iterator[Any], rows: Numbers, near: npt.NDArray[np.bool_]) -> Decided:
    """Some of the lined-up pairs, by their numbers in ascending order."""
    import pyarrow as pa

    kept = [edges_schema().empty_table()]
    start = 0
    for some in batches:
        low, high = np.searchsorted(rows, [start, start + some.num_rows])
        kept.append(pa.table(some.take(pa.array(rows[low:high] - start))))
        start += some.num_rows
    return _decided(pa.concat_tables(kept), near[rows])


def _decided(table: Any, near: npt.NDArray[np.bool_]) -> Decided:
    edges = columns(iter(table.to_batches()), edges_schema())
    order = np.argsort(edges["document"], kind="stable")
    names = ("document", "anchor", "shared", "size", "anchor_size")
    document, anchor, shared, size, other = (edges[name][order] for name in names)
    kept = take(edges["anchor_id"], order)
    return Decided(document, anchor, kept, near[order], shared, size, other)


def contain(batches: Iterator[Any], decided: Decided, least: float) -> Decided:
    """Which documents a larger one contains, from the largest down; the larger one stays.

    So do documents for whose sake a similar one goes.

    Args:
        batches: pairs, with the columns of `rows.edges_schema`.
        decided: what goes already.
        least: the share of a document's shingles from which it is contained; 0 for never.
    """
    import pyarrow as pa

    gone, needed = decided.gone, np.unique(decided.anchor[decided.near])
    kept = [edges_schema().empty_table()]
    for some in batches if least > 0 else ():
        size, other, shared, document, anchor = (
            some.column(name).to_numpy()
            for name in ("size", "anchor_size", "shared", "document", "anchor")
        )
        good = (size < other) & (shared >= least * size)
        rows = np.flatnonzero(good)
        rows = rows[~among(document[rows], gone) & ~among(document[rows], needed)]
        rows = rows[~among(anchor[rows], gone)]
        kept.append(pa.table(some.select(edges_schema().names).take(pa.array(rows))))
    table = pa.concat_tables(kept).combine_chunks()
    edges = columns(iter(table.to_batches()), edges_schema())
    worst = {name: -edges[name] for name in ("size", "anchor_size", "shared")}
    keys = (edges["anchor"], worst["anchor_size"], worst["shared"], edges["document"])
    order = np.lexsort((*keys, worst["size"]))
    removed: set[int] = set()
    chosen = []
    for row in order.tolist():
        document, anchor = int(edges["document"][row]), int(edges["anchor"][row])
        if document not in removed and anchor not in removed:
            chosen.append(row)
            removed.add(document)
    return _decided(table.take(pa.array(chosen, pa.int64())), np.ones(len(chosen), bool))


def _jaccard(edges: Any) -> npt.NDArray[np.float64]:
    shared, size, other = (edges[name] for name in ("shared", "size", "anchor_size"))
    return np.asarray(shared / np.maximum(size + other - shared, 1), np.float64)
