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

from cleaner.kernels.duplicates.again import repeated
from cleaner.kernels.duplicates.overlap import overlaps, shingle_sets
from cleaner.kernels.duplicates.passages import all_runs
from cleaner.kernels.duplicates.places import locate_tokens
from cleaner.kernels.duplicates.tokenlists import token_lists
from cleaner.kernels.text.texts import from_arrow
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
from cleaner.passes.duplicates.sketch import unpack

__all__ = ["CONTAINED_TOKENS", "choose", "compare", "explode", "pair"]

CONTAINED_TOKENS = 50
"""Tokens of the shortest document that is looked for in others."""
_COMMON = 32
"""A fingerprint of more documents is boilerplate, and says nothing about any two of them."""
_LIKELY = 0.5
"""Share of the smaller document's fingerprints from which it may be contained in the larger."""
_BITS, _HALF = 64, 32
_LOW = (1 << _HALF) - 1
_MOST = 5
"""Passages of a pair that are reported, the longest."""

Rows = npt.NDArray[np.int64]
Located = dict[int, list[list[int]]]
"""Passages by pair: [start, end, start in the anchor, end there, tokens] of each."""


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
    order, new = _grouped(rows["anchor"], rows["document"])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(order)))
    first = order[starts]
    if not passages:
        first = first[counts >= _LIKELY * rows["size"][first]]
    chosen = {name: rows[name][first] for name in ("anchor", "document")}
    yield batch(pairs_schema(), {**chosen, "held": np.zeros(len(first), np.int64)})


def _grouped(anchor: Rows, document: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Rows in order of both keys, and whether each is the first with these.

    Keys are large numbers with few different parts, so that two of them mostly fit one number,
    which is sorted several times as fast.
    """
    new = np.ones(len(anchor), bool)
    (one, more), (two, bits) = _narrow(anchor), _narrow(document)
    if more + bits < _BITS:
        both = one << bits | two
        order = np.argsort(both)
        both = both[order]
        new[1:] = both[1:] != both[:-1]
        return order, new
    order = np.lexsort((document, anchor))
    anchor, document = anchor[order], document[order]
    new[1:] = (anchor[1:] != anchor[:-1]) | (document[1:] != document[:-1])
    return order, new


def _narrow(keys: Rows) -> tuple[Rows, int]:
    """Smaller numbers in the same order, and their bits: without the gap in the middle."""
    if not len(keys) or keys.min() < 0:
        return keys, _BITS
    low = keys & _LOW
    bits = int(low.max()).bit_length()
    narrow = (keys >> _HALF) << bits | low
    return narrow, int(narrow.max()).bit_length()


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
    tokens = token_lists(from_arrow(take(rows["text"], order)))
    sets = shingle_sets(tokens)
    sizes = np.diff(sets.starts)
    shared = overlaps(sets, np.stack([first, others], axis=1))
    # The larger set is the container; the fingerprints' number only guessed which one it is.
    swap = sizes[first] < sizes[others]
    first, others = np.where(swap, others, first), np.where(swap, first, others)
    inside = (shared >= contained * sizes[others]) & (contained > 0) & (shared > 0)
    told: dict[int, list[list[int]]] = {}
    if passages:
        grouped = np.lexsort((others, first))
        found = all_runs(tokens, np.stack([first, others], axis=1)[grouped], passages)
        told = _located(take(rows["text"], order), first, others, grouped[found[:, 0]], found)
    good = inside
    good[list(told)] = True
    edges = edges_of(rows, order, (first[good], others[good]), sizes, shared[good])
    kept = [told.get(pair, []) for pair in np.flatnonzero(good).tolist()]
    return {
        **edges,
        "id": take(rows["id"], order[others[good]]),
        "passages": list(map(msgspec.json.encode, kept)),
    }


def _located(texts: Any, first: Rows, others: Rows, owner: Rows, found: Rows) -> Located:
    """The longest runs of each pair in code points, in order of the document's text.

    Args:
        texts: an Arrow array.
        first: the larger text of each pair, a row of `texts`.
        others: the smaller one.
        owner: the pair that each run belongs to.
        found: what `all_runs` returned.
    """
    length = found[:, 2] - found[:, 1]
    order = np.lexsort((found[:, 3], -length, owner))
    owner, found, length = owner[order], found[order], length[order]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    place = np.arange(len(owner)) - np.repeat(starts, np.diff(np.append(starts, len(owner))))
    chosen = np.flatnonzero(place < _MOST)
    chosen = chosen[np.lexsort((found[chosen, 3], owner[chosen]))]
    told: Located = {}
    words = _Words(texts)
    for pair, row, tokens in zip(
        owner[chosen].tolist(), found[chosen].tolist(), length[chosen].tolist(), strict=True
    ):
        _, low, high, other_low, other_high = row
        start, end = words.span(int(others[pair]), other_low, other_high)
        other_start, other_end = words.span(int(first[pair]), low, high)
        told.setdefault(pair, []).append([start, end, other_start, other_end, tokens])
    return told


class _Words:
    """Where the tokens of some texts stand; each text is split once."""

    def __init__(self, texts: Any) -> None:
        self._texts = texts
        self._known: dict[int, npt.NDArray[np.int64]] = {}

    def span(self, row: int, first: int, end: int) -> tuple[int, int]:
        """Code points of a range of tokens."""
        if row not in self._known:
            self._known[row] = locate_tokens(self._texts[row].as_py())
        places = self._known[row]
        return int(places[first, 0]), int(places[end - 1, 1])
