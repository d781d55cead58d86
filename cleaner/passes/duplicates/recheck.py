"""Exact comparison of candidate pairs, however they were found: each text is read once.

Counts are over the sets of 64-bit shingle hashes of both texts; nothing here is an estimate. What
does *not* live here: which document goes (`stars`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.overlap import overlaps, shingle_sets
from cleaner.kernels.duplicates.tokenlists import token_lists
from cleaner.kernels.text.texts import from_arrow
from cleaner.passes.duplicates.fragments import passages_of
from cleaner.passes.duplicates.rows import (
    BANDS,
    PRINTS,
    Columns,
    batch,
    columns,
    compared_schema,
    edges_schema,
    passages_schema,
    take,
    tally_schema,
    texts_schema,
)

__all__ = ["alike", "recheck", "sharing", "tally"]

_BYTES = 4 << 20
"""Text that is compared at a time; an anchor and its documents stay together."""

Rows = npt.NDArray[np.int64]


class Portion(NamedTuple):
    """Rows of `texts_schema` that can be compared by themselves.

    Attributes:
        texts: rows, one for each different document.
        first: the anchor of each pair, as a position in `texts`.
        others: its document, the same way.
        why: what the pair is compared for.
    """

    texts: Rows
    first: Rows
    others: Rows
    why: Rows


def _portions(rows: Columns) -> Iterator[Portion]:
    anchor, document = rows["anchor"], rows["document"]
    if not len(anchor):
        return
    order = np.lexsort((document, document != anchor, anchor))
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
        yield Portion(some[once], again[anchors], again[others], rows["why"][some[others]])


def recheck(batches: Iterator[Any], contained: float, passages: int) -> Iterator[Any]:
    """Kernel over one anchor: its pairs, compared; rows of `rows.compared_schema`.

    Args:
        batches: rows of `rows.texts_schema`.
        contained: the share of a document's shingles from which it is contained; 0 for never.
        passages: tokens of the shortest passage that is told; 0 for none.
    """
    rows = columns(batches, texts_schema())
    for some in _portions(rows):
        yield batch(compared_schema(), _compare(rows, some, contained, passages))


def _compare(rows: Columns, some: Portion, contained: float, passages: int) -> Columns:
    texts = take(rows["text"], some.texts)
    tokens = token_lists(from_arrow(texts))
    sets = shingle_sets(tokens)
    sizes = np.diff(sets.starts)
    shared = overlaps(sets, np.stack([some.first, some.others], axis=1))
    size, anchor_size = sizes[some.others], sizes[some.first]
    asked = (some.why & PRINTS) > 0
    inside = shared >= contained * np.minimum(size, anchor_size)
    inside &= asked & (contained > 0) & (shared > 0)
    said = np.full(len(asked), b"[]", object)
    if passages:
        pairs = np.flatnonzero(asked)
        # The larger set is the container; the fingerprints' number only guessed which one it is.
        swap = (anchor_size < size)[pairs]
        first = np.where(swap, some.others[pairs], some.first[pairs])
        others = np.where(swap, some.first[pairs], some.others[pairs])
        for pair, found in passages_of(tokens, texts, first, others, passages).items():
            inside[pairs[pair]] = True
            said[pairs[pair]] = msgspec.json.encode(found)
    why = np.where(inside, some.why, some.why & BANDS)
    kept = np.flatnonzero(why)
    anchors, documents = (some.texts[places[kept]] for places in (some.first, some.others))
    return {
        "anchor": rows["document"][anchors],
        "anchor_id": take(rows["id"], anchors),
        "anchor_rank": rows["rank"][anchors],
        "anchor_size": anchor_size[kept],
        "document": rows["document"][documents],
        "document_rank": rows["rank"][documents],
        "size": size[kept],
        "shared": shared[kept],
        "id": take(rows["id"], documents),
        "passages": said[kept],
        "why": why[kept],
    }


def alike(batches: Iterator[Any], least: float) -> Iterator[Any]:
    """Kernel: compared pairs of at least a Jaccard similarity, as `rows.edges_schema`.

    The better document of each becomes the anchor.
    """
    for some in batches:
        found = columns(iter([some]), compared_schema())
        near = _jaccard(found) >= least
        one, two = (
            (-found[rank], found[name])
            for rank, name in (("anchor_rank", "anchor"), ("document_rank", "document"))
        )
        swap = (two[0] < one[0]) | ((two[0] == one[0]) & (two[1] < one[1]))
        yield batch(edges_schema(), _turned(found, swap, near))


def sharing(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: compared pairs that share passages, as `rows.passages_schema`.

    The larger document of each becomes the anchor.
    """
    for some in batches:
        found = columns(iter([some]), compared_schema())
        swap = found["anchor_size"] < found["size"]
        yield batch(passages_schema(), _turned(found, swap, (found["why"] & PRINTS) > 0))


def _turned(pairs: Columns, swap: npt.NDArray[np.bool_], these: npt.NDArray[np.bool_]) -> Columns:
    """Some compared pairs; where it says so, anchor and document change places."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = np.flatnonzero(these)
    swap = swap[rows]
    turned: Columns = {name: pairs[name][rows] for name in ("shared", "why")}
    turned["passages"] = take(pairs["passages"], rows)
    for name, other in (
        ("anchor", "document"),
        ("anchor_rank", "document_rank"),
        ("anchor_size", "size"),
    ):
        one, two = pairs[name][rows], pairs[other][rows]
        turned[name], turned[other] = np.where(swap, two, one), np.where(swap, one, two)
    one, two = take(pairs["anchor_id"], rows), take(pairs["id"], rows)
    where = pa.array(swap)
    turned["anchor_id"], turned["id"] = pc.if_else(where, two, one), pc.if_else(where, one, two)
    return turned


def tally(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: of pairs with a band in common, rows of `rows.tally_schema`."""
    counts = np.zeros(101, np.int64)
    for some in batches:
        found = columns(iter([some]), compared_schema())
        jaccard = _jaccard(found)[(found["why"] & BANDS) > 0]
        counts += np.bincount((jaccard * 100 + 1e-9).astype(np.int64), minlength=101)
    some_of = np.flatnonzero(counts)
    yield batch(tally_schema(), {"hundredths": some_of, "pairs": counts[some_of]})


def _jaccard(pairs: Columns) -> npt.NDArray[np.float64]:
    shared, size, other = (pairs[name] for name in ("shared", "size", "anchor_size"))
    return np.asarray(shared / np.maximum(size + other - shared, 1), np.float64)
