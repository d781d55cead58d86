"""The literals of all cues, and tables of how they begin.

What does *not* live here: which literals a clause needs (`tables`), the search
(`kernels.boilerplate`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.boilerplate.beginnings import (
    AMID,
    FINAL,
    FIRST_BITS,
    INSIDE,
    LEADING,
    PAIR_BITS,
    QUICK_BITS,
    SHORT,
    SIEVE,
    SIEVE_BITS,
    STRIDE,
    WITHIN,
    WITHIN_BITS,
)
from cleaner.kernels.boilerplate.coarse import WORDS
from cleaner.kernels.boilerplate.comparing import BUCKET_BITS, KNOWN_BITS
from cleaner.kernels.boilerplate.cues import BOUNDS, KINDS, MODES, mode_of
from cleaner.kernels.boilerplate.places import APART, KEYS, LAST, LONGEST, SPREAD, TABLES, WORD

__all__ = ["LEAD", "Letter", "Literals", "Sought", "csr", "may_begin_inside"]

LEAD = 8
"""Of a literal: only marks stand before it. It is sought for itself."""


class Sought(NamedTuple):
    """A string, and what must be around it: bits of `places`, and `LEAD`."""

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
        self._most: dict[tuple[int, bytes, str], list[int]] = {}

    def plain(self, one: Sought) -> bool:
        """Whether it may stand where no part of a word is beyond ASCII."""
        return one.text.isascii() or all(
            char.isascii() or self._letters[char].spellings[0] < WORDS for char in one.text
        )

    def add(self, kind: int, one: Sought, group: int, most: tuple[int, int]) -> None:
        """Add a literal of a group of a set.

        Args:
            kind: the set.
            one: the literal.
            group: its group.
            most: words of the longest stretch in which it is sought; and of the longest one with
                no part of a word beyond ASCII.
        """
        table = TABLES * kind + (1 if one.flags & LEAD else 2 if one.flags & LAST else 0)
        hit, wide = (group, one.flags & ~LEAD), _wide(one.text)
        plain, inside = self.plain(one), may_begin_inside(one)
        here = most[0], most[1] * plain, most[0] * inside, most[1] * plain * inside
        for text in self._spelt(one.text):
            key = table, text, wide
            self._hits.setdefault(key, []).append(hit)
            self._most[key] = list(map(max, here, self._most.get(key, here)))

    def _spelt(self, text: str) -> Iterable[bytes]:
        if self._several.isdisjoint(text):
            return (text.translate(self._bytes).encode("latin-1"),)
        return map(bytes, product(*(self._letters[char].spellings for char in text)))

    def arrays(self) -> Iterator[Any]:
        """What `Cues` holds of it, in its order."""
        keys = _Keys(self._hits)
        most = np.array(list(self._most.values()), np.int64).reshape(-1, 2, 2)
        yield from keys.beginnings(most[:, 0], most[:, 1])
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

    def bits(self, count: int) -> list[list[int]]:
        """For each group, the bits of a sieve for its literals."""
        keys = _Keys(self._hits)
        numbers = keys.mixed(KEYS, SIEVE_BITS).tolist()
        amid = (keys.mixed(KEYS[AMID:], SIEVE_BITS) + SIEVE).tolist()
        found: list[set[int]] = [set() for _ in range(count)]
        every = zip(numbers, amid, self._hits.items(), strict=True)
        for number, inside, ((table, _, _), hits) in every:
            for group, flags in hits:
                found[group].add(number)
                if not flags & APART and table % TABLES != 1:
                    found[group].add(inside)
        return list(map(sorted, found))


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
        mask = np.array([(1 << 8 * min(size, 8)) - 1 for size in range(LONGEST + 1)], np.uint64)
        more = self.parts[:, 1] * np.uint64(WORD) * (head == LONGEST)
        return _mixed(self.parts[:, 0] & mask[head] ^ more.astype(np.uint64), bits)

    def beginnings(
        self, most: npt.NDArray[np.int64], inside: npt.NDArray[np.int64]
    ) -> Iterator[Any]:
        """Tables of how literals begin, in each mode.

        Args:
            most: words of the longest stretch that each is sought in, of all and of those in ASCII.
            inside: the same, where a word goes on.
        """
        first = np.frombuffer(self._text, np.uint8).reshape(-1, 16)
        kind, table = self.table // TABLES, self.table % TABLES
        starting = table == 0
        long = starting & (self.sizes >= KEYS[2])
        amid = starting & (first[:, 0] >= WORDS)
        anywhere = self._plain & (self.sizes >= WITHIN)
        firsts, numbers = self.mixed(KEYS[2:3], FIRST_BITS), self.mixed(KEYS[:3], QUICK_BITS)
        begun = np.zeros((MODES, 1 << FIRST_BITS), np.bool_)
        quick = np.zeros((MODES, 1 << QUICK_BITS), np.bool_)
        pairs = np.zeros((MODES, 4, 1 << PAIR_BITS), np.bool_)
        within = np.zeros((MODES, 1 << WITHIN_BITS), np.bool_)
        strides = np.zeros(MODES, np.int64)
        short = np.zeros(MODES, np.bool_)
        for bound, wide in product((0, *BOUNDS), (False, True)):
            mode = mode_of.py_func(bound + 1, wide)
            some = (kind == 0) & (most[:, 1 - wide] > bound)
            more = (kind == 0) & (inside[:, 1 - wide] > bound) & amid
            begun[mode, firsts[some & long]] = True
            quick[mode, numbers[some & long]] = True
            for what, mine in (
                (SHORT, some & starting & ~long),
                (INSIDE, more & ~anywhere),
                (LEADING, some & (table == 1)),
                (FINAL, some & (table == 2)),
            ):
                pairs[mode, what, self._pairs(mine)] = True
            short[mode] = (more & ~anywhere).any()
            mine = more & anywhere
            if not mine.any():
                continue
            strides[mode] = min(STRIDE, int(self.sizes[mine].min()) - WITHIN + 1)
            for at in range(int(strides[mode])):
                four = np.ascontiguousarray(first[mine, at : at + WITHIN]).view("<u4").ravel()
                within[mode, _mixed(four.astype(np.uint64), WITHIN_BITS)] = True
        yield from (_packed(begun), _packed(quick), _packed(pairs), _packed(within), strides, short)

    def _pairs(self, some: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """The first two letters, mixed; what a single one stands before is unknown."""
        first = self.parts[some, 0] & np.uint64(0xFFFF)
        single = first[self.sizes[some] == 1]
        every = np.arange(0, 1 << 16, 1 << 8).astype(np.uint64)[:, None] | single
        return _mixed(np.concatenate([first, every.ravel()]), PAIR_BITS)


def _wide(text: str) -> str:
    """What bytes do not say of a literal: its letters beyond ASCII, at their places."""
    if text.isascii():
        return " " * len(text)
    return "".join(" " if char.isascii() else char for char in text)


def _mixed(numbers: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.int64]:
    return (numbers * np.uint64(SPREAD) >> np.uint64(64 - bits)).astype(np.int64)


def _packed(table: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.packbits(table, axis=-1, bitorder="little")
