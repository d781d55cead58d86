"""Which documents go: stars by keep-priority, never chains.

A document goes only if it was compared with one that stays. What does *not* live here: how the
similarity was computed (`recheck`), how it is told (`verdicts`).
"""

from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.passes.duplicates.rows import Columns, take

__all__ = ["Decided", "Passage", "Repeat", "both", "contain", "decide", "share"]


_ROWS = 1 << 16
"""Pairs that are looked at in one go."""


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

    document: npt.NDArray[np.int64]
    anchor: npt.NDArray[np.int64]
    kept: Any
    near: npt.NDArray[np.bool_]
    shared: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    kept_size: npt.NDArray[np.int64]

    def repeat(self, at: int) -> Repeat:
        """One of the pairs."""
        shared, size, kept_size = (int(n[at]) for n in (self.shared, self.size, self.kept_size))
        return Repeat(self.kept[at].as_py(), shared, size, kept_size)


class Passage(NamedTuple):
    """What two documents that stay both say; code points of each one's text."""

    other: str
    start: int
    end: int
    other_start: int
    other_end: int
    tokens: int


def both(edges: Columns, found: Columns, least: float) -> Columns:
    """Edges, and those of at least a Jaccard similarity among pairs found by their passages."""
    size, other, shared = found["size"], found["anchor_size"], found["shared"]
    near = np.flatnonzero(shared / np.maximum(size + other - shared, 1) >= least)
    if not len(near):
        return edges
    worse = np.lexsort(
        np.stack(
            [
                np.stack([found["anchor"], found["document"]], axis=1)[near],
                -np.stack([found["anchor_rank"], found["document_rank"]], axis=1)[near],
            ]
        ),
        axis=1,
    )[:, 1]
    swap = worse == 0  # the better one of each pair is the anchor
    import pyarrow as pa
    import pyarrow.compute as pc

    def pick(one: str, two: str) -> Any:
        return np.where(swap, found[two][near], found[one][near])

    ids = pc.if_else(pa.array(swap), take(found["id"], near), take(found["anchor_id"], near))
    more = {
        "anchor": pick("anchor", "document"),
        "anchor_rank": pick("anchor_rank", "document_rank"),
        "anchor_size": pick("anchor_size", "size"),
        "document": pick("document", "anchor"),
        "document_rank": pick("document_rank", "anchor_rank"),
        "size": pick("size", "anchor_size"),
        "shared": shared[near],
    }
    joined = {name: np.concatenate([edges[name], some]) for name, some in more.items()}
    return {**joined, "anchor_id": pa.concat_arrays([edges["anchor_id"], ids])}


def contain(found: Columns, decided: Decided, least: float) -> dict[int, Repeat]:
    """Which documents a larger one contains, from the largest down; the larger one stays.

    So do documents for whose sake a similar one goes.
    """
    removed = set(decided.document[decided.near].tolist())
    needed = set(decided.anchor[decided.near].tolist())
    size, other, shared = found["size"], found["anchor_size"], found["shared"]
    good = (size < other) & (shared >= least * size) & (least > 0)
    order = np.lexsort((found["anchor"], -other, -shared, found["document"], -size))
    inside: dict[int, Repeat] = {}
    for row in order[good[order]].tolist():
        document, anchor = int(found["document"][row]), int(found["anchor"][row])
        if document in removed or anchor in removed or document in needed:
            continue
        kept = found["anchor_id"][row].as_py()
        inside[document] = Repeat(kept, int(shared[row]), int(size[row]), int(other[row]))
        removed.add(document)
    return inside


def share(found: Columns, decided: Decided, inside: dict[int, Repeat]) -> dict[int, list[Passage]]:
    """The passages of pairs of which both documents stay, at the later one of them."""
    removed = {*decided.document[decided.near].tolist(), *inside}
    passages: dict[int, list[Passage]] = {}
    for row, encoded in enumerate(found["passages"].to_pylist()):
        anchor, document = int(found["anchor"][row]), int(found["document"][row])
        if anchor in removed or document in removed:
            continue
        for start, end, other_start, other_end, tokens in msgspec.json.decode(encoded):
            if document > anchor:
                other = found["anchor_id"][row].as_py()
                one = Passage(other, start, end, other_start, other_end, tokens)
            else:
                other = found["id"][row].as_py()
                one = Passage(other, other_start, other_end, start, end, tokens)
            passages.setdefault(max(anchor, document), []).append(one)
    for some in passages.values():
        some.sort(key=lambda one: (one.start, -one.end, one.other, one.other_start))
    return passages


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
    near = jaccard >= threshold
    known, dense = np.unique(
        np.concatenate([edges["anchor"], edges["document"]]), return_inverse=True
    )
    anchors, documents = dense[: len(order)], dense[len(order) :]
    removed = bytearray(len(known))
    chosen = np.full(len(known), -1)
    for start in range(0, len(order), _ROWS):  # as Python's numbers, all at once would be much
        some = order[start : start + _ROWS]
        for row, anchor, document, close in zip(
            some.tolist(),
            anchors[some].tolist(),
            documents[some].tolist(),
            near[some].tolist(),
            strict=True,
        ):
            if chosen[document] >= 0 or removed[anchor]:
                continue
            chosen[document] = row
            removed[document] = close
    rows = chosen[chosen >= 0]
    return Decided(
        edges["document"][rows],
        edges["anchor"][rows],
        take(edges["anchor_id"], rows),
        near[rows],
        shared[rows],
        size[rows],
        other[rows],
    )
