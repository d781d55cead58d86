"""The literals of all cues, and tables of how they begin.

What does *not* live here: which literals a clause needs (`tables`), the search (`kernels.cues`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.beginnings import (
    APART,
    BUCKET_BITS,
    KEYS,
    KNOWN_BITS,
    QUICK,
    QUICK_BITS,
    SPREAD,
    STRIDE,
    TABLES,
    WITHIN,
    WITHIN_BITS,
)
from cleaner.kernels.coarse import WORDS
from cleaner.kernels.cues import KINDS

__all__ = ["LEAD", "Letter", "Literals", "Sought", "csr", "may_begin_inside"]

LEAD = 8
"""Of a literal: only marks stand before it. It is sought for itself."""


class Sought(NamedTuple):
    """A string, and what must be around it: bits of `kernels.beginnings`, and `LEAD`."""

    text: str
    flags: int


class Letter(NamedTuple):
    """A letter of the coarse alphabet: its number, and the bytes that it may be in a text."""

    number: int
    spellings: bytes


def may_begin_inside(one: Sought) -> bool:
    """Whether it may begin where a word goes on."""
    return not one.flags & (APART | LEAD)


def csr(lists: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lists one behind the other, and where each begins."""
    starts = np.zeros(len(lists) + 1, np.int32)
    np.cumsum([len(each) for each in lists], out=starts[1:])
    return starts, np.array([item for each in lists for item in each], np.int32)


class Literals:
    """Collects literals.

    Args:
        letters: the letter of each character of a literal.
    """

    def __init__(self, letters: Mapping[str, Letter]) -> None:
        self._letters = letters
        self._several = {char for char, one in letters.items() if len(one.spellings) > 1}
        self._bytes = {ord(char): one.spellings[0] for char, one in letters.items()}
        self._hits: dict[tuple[int, bytes, str], list[tuple[int, int]]] = {}

    def add(self, kind: int, one: Sought, group: int) -> None:
        """Add a literal of a group of a set."""
        table, hit = TABLES * kind + bool(one.flags & LEAD), (group, one.flags & ~LEAD)
        wide = _wide(one.text)
        for text in self._spelt(one.text):
            self._hits.setdefault((table, text, wide), []).append(hit)

    def _spelt(self, text: str) -> Iterable[bytes]:
        if self._several.isdisjoint(text):
            return (text.translate(self._bytes).encode("latin-1"),)
        return map(bytes, product(*(self._letters[char].spellings for char in text)))

    def arrays(self) -> Iterator[Any]:
        """What `Cues` holds of it, in its order."""
        keys = _Keys(self._hits)
        inside = [not all(flags & APART for _, flags in each) for each in self._hits.values()]
        yield from keys.beginnings(np.array(inside, np.bool_))
        mixed = keys.mixed(KEYS, KNOWN_BITS)
        known = np.zeros((TABLES * KINDS, 1 << KNOWN_BITS), np.bool_)
        known[keys.table, mixed] = True
        yield _packed(known)
        bucket = keys.table << BUCKET_BITS | mixed >> KNOWN_BITS - BUCKET_BITS
        order = np.argsort(bucket, kind="stable")
        starts = np.searchsorted(bucket[order], np.arange((TABLES * KINDS << BUCKET_BITS) + 1))
        rows = np.arange(TABLES * KINDS)[:, None] << BUCKET_BITS
        yield starts.astype(np.int32)[rows + np.arange((1 << BUCKET_BITS) + 1)]
        yield keys.parts[order, 0]
        yield keys.parts[order, 1]
        yield keys.sizes[order].astype(np.uint8)
        every = list(self._hits)
        every = [every[at] for at in order.tolist()]
        beyond = [
            () if wide.isspace() else [(at, char) for at, char in enumerate(wide) if char != " "]
            for _, _, wide in every
        ]
        yield from csr([[at for at, _ in each] for each in beyond])
        yield np.array(
            [self._letters[char].number for each in beyond for _, char in each], np.uint16
        )
        hits = [self._hits[one] for one in every]
        yield from csr([[group for group, _ in each] for each in hits])
        yield np.array([flags for each in hits for _, flags in each], np.uint8)


class _Keys:
    """What literals are known by, of all of them at once.

    Attributes:
        table: int64[literals], their set and whether only marks stand before them.
        sizes: int64[literals], how many letters they have.
        parts: uint64[literals, 2], the first eight letters and the others.
    """

    def __init__(self, keys: Collection[tuple[int, bytes, str]]) -> None:
        self.table = np.array([table for table, _, _ in keys], np.int64)
        self.sizes = np.array([len(text) for _, text, _ in keys], np.int64)
        self._text = b"".join(text.ljust(16, b"\0") for _, text, _ in keys)
        self._plain = np.array([wide[:2].isspace() for _, _, wide in keys], np.bool_)
        self.parts = np.frombuffer(self._text, "<u8").astype(np.uint64).reshape(-1, 2)

    def mixed(self, sizes: Sequence[int], bits: int) -> npt.NDArray[np.int64]:
        """A number for as many first letters as one of these sizes allows."""
        head = np.zeros(len(self.sizes), np.int64)
        for size in sorted(sizes):
            head[self.sizes >= size] = size
        mask = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
        return _mixed(self.parts[:, 0] & mask[head], bits)

    def beginnings(self, inside: npt.NDArray[np.bool_]) -> Iterator[Any]:
        """Tables of how literals begin.

        Args:
            inside: which may begin where a word goes on.
        """
        kind, lead = self.table // TABLES, self.table % TABLES > 0
        first = np.frombuffer(self._text, np.uint8).reshape(-1, 16)
        quick = np.zeros((KINDS, 1 << QUICK_BITS), np.bool_)
        long = ~lead & (self.sizes >= min(QUICK))
        quick[kind[long], self.mixed(QUICK, QUICK_BITS)[long]] = True
        yield _packed(quick)
        yield self._pairs(kind, ~lead & ~long)
        yield self._pairs(kind, lead)
        inside = inside & ~lead & (first[:, 0] >= WORDS)
        anywhere = inside & self._plain & (self.sizes >= WITHIN)
        strides = np.zeros(KINDS, np.int64)
        within = np.zeros((KINDS, 1 << WITHIN_BITS), np.bool_)
        for each in np.unique(kind[anywhere]).tolist():
            mine = anywhere & (kind == each)
            strides[each] = min(STRIDE, int(self.sizes[mine].min()) - WITHIN + 1)
            for at in range(int(strides[each])):
                four = np.ascontiguousarray(first[mine, at : at + WITHIN]).view("<u4").ravel()
                within[each, _mixed(four.astype(np.uint64), WITHIN_BITS)] = True
        yield _packed(within)
        yield strides
        inside &= ~anywhere
        yield self._pairs(kind, inside)
        yield np.bincount(kind[inside & self._plain], minlength=KINDS) > 0

    def _pairs(
        self, kind: npt.NDArray[np.int64], some: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """The first two letters; what a single one stands before is unknown."""
        table = np.zeros((KINDS, 1 << 8, 1 << 8), np.bool_)  # second letter, first letter
        pair = (self.parts[:, 0] & np.uint64(0xFFFF)).astype(np.int64)
        two, one = some & (self.sizes > 1), some & (self.sizes == 1)
        table[kind[two], pair[two] >> 8, pair[two] & 0xFF] = True
        table[kind[one], :, pair[one]] = True
        return table.reshape(KINDS, -1)


def _wide(text: str) -> str:
    """What bytes do not say of a literal: its letters beyond ASCII, at their places."""
    if text.isascii():
        return " " * len(text)
    return "".join(" " if char.isascii() else char for char in text)


def _mixed(numbers: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.int64]:
    return (numbers * np.uint64(SPREAD) >> np.uint64(64 - bits)).astype(np.int64)


def _packed(table: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.packbits(table, axis=1, bitorder="little")
