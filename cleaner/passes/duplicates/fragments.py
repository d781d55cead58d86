"""Documents that share a passage though they are not alike as a whole.

Fingerprints chosen by winnowing find them: any run of tokens of the stated length that two
documents share gives them a fingerprint in common. What does *not* live here: similarity of whole
documents (`candidates`, `recheck`).
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.kernels.overlap import overlaps, shingle_sets
from cleaner.kernels.passages import locate_words, runs, token_hashes
from cleaner.kernels.texts import from_arrow
from cleaner.passes.duplicates.recheck import edges_of, groups
from cleaner.passes.duplicates.rows import (
    Columns,
    batch,
    classes_schema,
    columns,
    pairs_schema,
    passages_schema,
    prints_schema,
    shared_schema,
    take,
    texts_schema,
)
from cleaner.passes.duplicates.sketch import repeated, unpack

__all__ = ["CONTAINED_TOKENS", "choose", "compare", "explode", "pair"]

CONTAINED_TOKENS = 50
"""Tokens of the shortest document that is looked for in others."""
_COMMON = 32
"""A fingerprint of more documents is boilerplate, and says nothing about any two of them."""
_LIKELY = 0.5
"""Share of the smaller document's fingerprints from which it may be contained in the larger."""
_MOST = 5
"""Passages of a pair that are reported, the longest."""


def explode(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: the fingerprints of each star as rows of their own."""
    for some in batches:
        rows = columns(iter([some]), classes_schema())
        prints, counts = unpack(rows["prints"])
        documents = np.repeat(rows["document"], counts)
        sizes = np.repeat(counts, counts)
        yield batch(prints_schema(), {"key": prints, "document": documents, "size": sizes})


def pair(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one fingerprint: the pairs of its documents, the one with more prints first."""
    rows = columns(batches, prints_schema())
    order = repeated(rows["key"])  # most stand in one document only
    order = order[np.lexsort((rows["document"][order], -rows["size"][order], rows["key"][order]))]
    key, document, size = (rows[name][order] for name in ("key", "document", "size"))
    new = np.ones(len(key), bool)
    new[1:] = (key[1:] != key[:-1]) | (document[1:] != document[:-1])
    key, document, size = key[new], document[new], size[new]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])[: len(key)])
    counts = np.diff(np.append(starts, len(key)))
    anchors, others = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for many in range(2, _COMMON + 1):  # all buckets of one size at once
        first = starts[counts == many]
        one, two = np.triu_indices(many, 1)
        anchors.append((first[:, None] + one).ravel())
        others.append((first[:, None] + two).ravel())
    anchor, other = np.concatenate(anchors), np.concatenate(others)
    yield batch(
        shared_schema(),
        {"anchor": document[anchor], "document": document[other], "size": size[other]},
    )


def choose(batches: Iterator[Any], passages: bool) -> Iterator[Any]:
    """Kernel over one anchor: the pairs to compare, rows of `rows.pairs_schema`.

    All of them if passages are wanted, else those of which one may contain the other.
    """
    rows = columns(batches, shared_schema())
    order = np.lexsort((rows["document"], rows["anchor"]))
    anchor, document, size = (rows[name][order] for name in ("anchor", "document", "size"))
    new = np.ones(len(order), bool)
    new[1:] = (anchor[1:] != anchor[:-1]) | (document[1:] != document[:-1])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(order)))
    if not passages:
        starts = starts[counts >= _LIKELY * size[starts]]
    held = np.zeros(len(starts), np.int64)
    yield batch(
        pairs_schema(), {"anchor": anchor[starts], "document": document[starts], "held": held}
    )


def compare(batches: Iterator[Any], contained: float, passages: int) -> Iterator[Any]:
    """Kernel over one anchor: exact counts of each pair, and its passages if they are wanted."""
    rows = columns(batches, texts_schema())
    for order, first, others in groups(rows):
        yield batch(passages_schema(), _compare(rows, order, (first, others), contained, passages))


def _compare(
    rows: Columns,
    order: npt.NDArray[np.int64],
    pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    contained: float,
    passages: int,
) -> Columns:
    first, others = pairs
    sets = shingle_sets(from_arrow(take(rows["text"], order)))
    sizes = np.diff(sets.starts)
    shared = overlaps(sets, np.stack([first, others], axis=1))
    # The larger set is the container; the fingerprints' number only guessed which one it is.
    swap = sizes[first] < sizes[others]
    first, others = np.where(swap, others, first), np.where(swap, first, others)
    inside = (shared >= contained * sizes[others]) & (contained > 0) & (shared > 0)
    told = [
        _passages(rows, int(order[other]), int(order[one]), passages) if passages else []
        for one, other in zip(first, others, strict=True)
    ]
    good = inside | np.array([bool(some) for some in told], bool)
    first, others, shared = first[good], others[good], shared[good]
    edges = edges_of(rows, order, (first, others), sizes, shared)
    kept = [some for some, fine in zip(told, good.tolist(), strict=True) if fine]
    return {
        **edges,
        "id": take(rows["id"], order[others]),
        "passages": list(map(msgspec.json.encode, kept)),
    }


def _passages(rows: Columns, document: int, anchor: int, least: int) -> list[list[int]]:
    """The longest passages of two rows, in order of the first one's text."""
    text, other = (rows["text"][row].as_py() for row in (document, anchor))
    found = runs(token_hashes(other), token_hashes(text), least)
    found = sorted(found, key=lambda run: (run.first - run.first_end, run.second))[:_MOST]
    if not found:
        return []
    words, theirs = locate_words(text), locate_words(other)
    return [
        [
            words[run.second].start,
            words[run.second_end - 1].end,
            theirs[run.first].start,
            theirs[run.first_end - 1].end,
            run.first_end - run.first,
        ]
        for run in sorted(found, key=lambda run: run.second)
    ]
