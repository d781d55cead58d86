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
    FINAL,
    FIRST_BITS,
    INSIDE,
    KEYS,
    KNOWN_BITS,
    LAST,
    LEADING,
    QUICK,
    QUICK_BITS,
    SHORT,
    SPREAD,
    STRIDE,
    TABLES,
    WITHIN,
    WITHIN_BITS,
)
from cleaner.kernels.coarse import WORDS
from cleaner.kernels.cues import BOUNDS, KINDS, MODES, mode_of

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
        self._most: dict[tuple[int, bytes, str], int] = {}

    def add(self, kind: int, one: Sought, group: int, most: int) -> None:
        """Add a literal of a group of a set, sought in a stretch of at most so many words."""
        table = TABLES * kind + (1 if one.flags & LEAD else 2 if one.flags & LAST else 0)
        hit, wide = (group, one.flags & ~LEAD), _wide(one.text)
        for text in self._spelt(one.text):
            key = table, text, wide
            self._hits.setdefault(key, []).append(hit)
            self._most[key] = max(most, self._most.get(key, 0))

    def _spelt(self, text: str) -> Iterable[bytes]:
        if self._several.isdisjoint(text):
            return (text.translate(self._bytes).encode("latin-1"),)
        return map(bytes, product(*(self._letters[char].spellings for char in text)))

    def arrays(self) -> Iterator[Any]:
        """What `Cues` holds of it, in its order."""
        keys = _Keys(self._hits)
        inside = [not all(flags & APART for _, flags in each) for each in self._hits.values()]
        most = np.array(list(self._most.values()), np.int64)
        yield from keys.beginnings(np.array(inside, np.bool_), most)
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
        self._wide = np.array(
            [
                any(one >= WORDS and char != " " for one, char in zip(text, wide, strict=True))
                for _, text, wide in keys
            ],
            np.bool_,
        )
        self.parts = np.frombuffer(self._text, "<u8").astype(np.uint64).reshape(-1, 2)

    def mixed(self, sizes: Sequence[int], bits: int) -> npt.NDArray[np.int64]:
        """A number for as many first letters as one of these sizes allows."""
        head = np.zeros(len(self.sizes), np.int64)
        for size in sorted(sizes):
            head[self.sizes >= size] = size
        mask = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
        return _mixed(self.parts[:, 0] & mask[head], bits)

    def beginnings(
        self, inside: npt.NDArray[np.bool_], most: npt.NDArray[np.int64]
    ) -> Iterator[Any]:
        """Tables of how literals begin, in each mode.

        Args:
            inside: which may begin where a word goes on.
            most: words of the longest stretch that each is sought in.
        """
        kind, table = self.table // TABLES, self.table % TABLES
        first = np.frombuffer(self._text, np.uint8).reshape(-1, 16)
        starting = table == 0
        long = starting & (self.sizes >= min(QUICK))
        inside = inside & starting & (first[:, 0] >= WORDS)
        anywhere = inside & self._plain & (self.sizes >= WITHIN)
        inside &= ~anywhere
        firsts, numbers = self.mixed(QUICK[-1:], FIRST_BITS), self.mixed(QUICK, QUICK_BITS)
        begun = np.zeros((MODES, 1 << FIRST_BITS), np.bool_)
        quick = np.zeros((MODES, 1 << QUICK_BITS), np.bool_)
        pairs = np.zeros((MODES, 1 << 16), np.uint8)
        within = np.zeros((MODES, 1 << WITHIN_BITS), np.bool_)
        strides = np.zeros(MODES, np.int64)
        short = np.zeros(MODES, np.bool_)
        for mode, some in self._modes(kind, most):
            begun[mode, firsts[some & long]] = True
            quick[mode, numbers[some & long]] = True
            pairs[mode] |= self._pairs(some & starting & ~long) * np.uint8(SHORT)
            pairs[mode] |= self._pairs(some & inside) * np.uint8(INSIDE)
            pairs[mode] |= self._pairs(some & (table == 1)) * np.uint8(LEADING)
            pairs[mode] |= self._pairs(some & (table == 2)) * np.uint8(FINAL)
            short[mode] = (some & inside).any()
            mine = some & anywhere
            if not mine.any():
                continue
            strides[mode] = min(STRIDE, int(self.sizes[mine].min()) - WITHIN + 1)
            for at in range(int(strides[mode])):
                four = np.ascontiguousarray(first[mine, at : at + WITHIN]).view("<u4").ravel()
                within[mode, _mixed(four.astype(np.uint64), WITHIN_BITS)] = True
        yield from (_packed(begun), _packed(quick), pairs, _packed(within), strides, short)

    def _modes(
        self, kind: npt.NDArray[np.int64], most: npt.NDArray[np.int64]
    ) -> Iterator[tuple[int, npt.NDArray[np.bool_]]]:
        """Each mode, and its literals."""
        for bound in (0, *BOUNDS):
            for wide in (False, True):
                some = (kind == 0) & (most > bound) & (wide | ~self._wide)
                yield mode_of.py_func(0, bound + 1, wide), some
        for later in range(1, KINDS):
            yield mode_of.py_func(later, 0, False), kind == later

    def _pairs(self, some: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """The first two letters; what a single one stands before is unknown."""
        table = np.zeros((1 << 8, 1 << 8), np.bool_)  # second letter, first letter
        pair = (self.parts[:, 0] & np.uint64(0xFFFF)).astype(np.int64)
        two, one = some & (self.sizes > 1), some & (self.sizes == 1)
        table[pair[two] >> 8, pair[two] & 0xFF] = True
        table[:, pair[one]] = True
        return table.ravel()


def _wide(text: str) -> str:
    """What bytes do not say of a literal: its letters beyond ASCII, at their places."""
    if text.isascii():
        return " " * len(text)
    return "".join(" " if char.isascii() else char for char in text)


def _mixed(numbers: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.int64]:
    return (numbers * np.uint64(SPREAD) >> np.uint64(64 - bits)).astype(np.int64)


def _packed(table: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.packbits(table, axis=1, bitorder="little")
