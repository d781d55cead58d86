"""Documents that share a passage though they are not alike as a whole.

Fingerprints chosen by winnowing find them: any run of tokens of the stated length that two
documents share gives them a fingerprint in common. What does *not* live here: similarity of whole
documents (`candidates`), counting what two of them share (`recheck`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.again import repeated
from cleaner.kernels.duplicates.passages import all_runs
from cleaner.kernels.duplicates.places import locate_tokens
from cleaner.kernels.duplicates.tokenlists import TokenLists
from cleaner.passes.duplicates.rows import (
    Columns,
    batch,
    columns,
    pairs_schema,
    prints_schema,
    shared_schema,
    stars_schema,
)
from cleaner.passes.duplicates.sketch import unpack

__all__ = ["CONTAINED_TOKENS", "choose", "count", "explode", "pair", "passages_of"]

CONTAINED_TOKENS = 50
"""Tokens of the shortest document that is looked for in others."""
_COMMON = 32
"""A fingerprint of more documents is boilerplate, and says nothing about any two of them."""
_LIKELY = 0.5
"""Share of the smaller document's fingerprints from which it may be contained in the larger."""
_BITS, _HALF = 64, 32
_MIX = np.uint64(0x9E3779B97F4A7C15)
_LOW = (1 << _HALF) - 1
_DOCUMENTS = 2048
"""Documents whose fingerprints are made at a time: some 40 bytes for every 16 words of text."""
_MOST = 5
"""Passages of a pair that are reported, the longest."""

Rows = npt.NDArray[np.int64]
Located = dict[int, list[list[int]]]
"""Passages by pair: [start, end, start in the anchor, end there, tokens] of each."""


def count(batches: Iterator[Any]) -> int:
    """How many rows `explode` will make of sketches, at most."""
    return sum(len(unpack(some.column("prints"))[0]) for some in batches)


def explode(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: the fingerprints of each star as rows of their own."""
    for some in batches:
        for start in range(0, some.num_rows, _DOCUMENTS):
            rows = columns(iter([some.slice(start, _DOCUMENTS)]), stars_schema())
            prints, counts = unpack(rows["prints"])
            one, two = _maps(prints, counts)
            yield batch(
                prints_schema(),
                {
                    "key": prints,
                    "document": np.repeat(rows["document"], counts),
                    "size": np.repeat(counts, counts),
                    "one": np.repeat(one, counts),
                    "two": np.repeat(two, counts),
                },
            )


def _maps(prints: Rows, counts: Rows) -> tuple[Rows, Rows]:
    """Two words for each document, in which every fingerprint of it sets one of their bits."""
    place = (prints.view(np.uint64) * _MIX) >> np.uint64(_BITS - 7)
    bit = np.uint64(1) << (place & np.uint64(_BITS - 1))
    maps = np.zeros((2, len(counts)), np.uint64)
    some = np.flatnonzero(counts)
    if len(some):
        starts = (np.cumsum(counts) - counts)[some]
        high = place >= _BITS
        for number, words in enumerate((np.where(high, 0, bit), np.where(high, bit, 0))):
            maps[number, some] = np.bitwise_or.reduceat(words, starts)
    one, two = maps.view(np.int64)
    return one, two


def pair(batches: Iterator[Any], passages: bool) -> Iterator[Any]:
    """Kernel over one fingerprint: the pairs of its documents, the one with more prints first.

    All of them if passages are wanted, else those that `choose` may take. Nearly all share this
    fingerprint and no other, and most of these are told by their bits.
    """
    rows = columns(batches, prints_schema())
    order = repeated(rows["key"])  # most stand in one document only
    key = rows["key"][order]
    bucket = np.cumsum(np.diff(key, prepend=key[:1]) != 0)
    size = rows["size"][order]
    best, new = _grouped(bucket, size.max(initial=0) - size, rows["document"][order])
    order, bucket = order[best][new], bucket[best][new]
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))
    counts = np.diff(np.append(starts, len(order)))
    anchors, others = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for many in range(2, _COMMON + 1):  # all buckets of one size at once
        first = starts[counts == many]
        one, two = np.triu_indices(many, 1)
        anchor, other = (order[(first[:, None] + at).ravel()] for at in (one, two))
        if not passages:
            may = _likely(rows, anchor, other)
            anchor, other = anchor[may], other[may]
        anchors.append(anchor)
        others.append(other)
    anchor, other = np.concatenate(anchors), np.concatenate(others)
    yield batch(
        shared_schema(),
        {
            "anchor": rows["document"][anchor],
            "document": rows["document"][other],
            "size": rows["size"][other],
        },
    )


def _likely(rows: Columns, anchor: Rows, other: Rows) -> npt.NDArray[np.bool_]:
    """Which pairs may share `_LIKELY` of the other's fingerprints; there are no false negatives.

    What sets a bit that the anchor has not is not shared.
    """
    size = rows["size"][other]
    # Unsigned: of a negative number, NumPy counts the bits that it has without its sign.
    one, two = (rows[name].view(np.uint64) for name in ("one", "two"))
    alone = [np.bitwise_count(bits[other] & ~bits[anchor]) for bits in (one, two)]
    may: npt.NDArray[np.bool_] = size - alone[0] - alone[1] >= _LIKELY * size
    return may


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


def _grouped(*keys: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Rows in order of some keys, the first counts most; whether each is the first with its keys.

    Keys are large numbers with few different parts, so that all of them mostly fit one number,
    which is sorted several times as fast.
    """
    new = np.ones(len(keys[0]), bool)
    narrow = [_narrow(each) for each in keys]
    if sum(bits for _, bits in narrow) < _BITS:
        packed = np.zeros(len(new), np.int64)
        for each, bits in narrow:
            packed = packed << bits | each
        order = np.argsort(packed, kind="stable")  # fast where the first keys ascend already
        packed = packed[order]
        new[1:] = packed[1:] != packed[:-1]
        return order, new
    order = np.lexsort(keys[::-1])
    ordered = [each[order] for each in keys]
    new[1:] = np.any([each[1:] != each[:-1] for each in ordered], axis=0)
    return order, new


def _narrow(keys: Rows) -> tuple[Rows, int]:
    """Smaller numbers in the same order, and their bits: without the gap in the middle."""
    if not len(keys) or keys.min() < 0:
        return keys, _BITS
    low = keys & _LOW
    bits = int(low.max()).bit_length()
    narrow = (keys >> _HALF) << bits | low
    return narrow, int(narrow.max()).bit_length()


def passages_of(tokens: TokenLists, texts: Any, first: Rows, others: Rows, least: int) -> Located:
    """The longest passages of some pairs; a pair without any is not there.

    Args:
        tokens: of `texts`.
        texts: an Arrow array.
        first: the larger text of each pair, a row of `texts`.
        others: the smaller one.
        least: tokens of the shortest passage.
    """
    grouped = np.lexsort((others, first))
    found = all_runs(tokens, np.stack([first, others], axis=1)[grouped], least)
    return _located(texts, first, others, grouped[found[:, 0]], found)


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
