"""The literals of all cues, and tables of how they begin.

What does *not* live here: which literals a clause needs (`tables`), the search (`kernels.cues`).
"""

from collections.abc import Iterator, Mapping, Sequence
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
        self._quick = np.zeros((KINDS, 1 << QUICK_BITS), np.bool_)
        self._within = np.zeros((KINDS, 1 << WITHIN_BITS), np.bool_)
        self._pairs, self._leads, self._inside = np.zeros((3, KINDS, 1 << 16), np.bool_)
        self._short = np.zeros(KINDS, np.bool_)
        self._anywhere: list[set[bytes]] = [set() for _ in range(KINDS)]
        self._hits: dict[tuple[int, bytes, str], list[tuple[int, int]]] = {}

    def add(self, kind: int, one: Sought, group: int) -> None:
        """Add a literal of a group of a set."""
        lead = bool(one.flags & LEAD)
        for spelt in product(*(self._letters[char].spellings for char in one.text)):
            text = bytes(spelt)
            mine = self._hits.setdefault((TABLES * kind + lead, text, _wide(one.text)), [])
            mine.append((group, one.flags & ~LEAD))
            if lead:
                self._leads[kind, _pairs(text)] = True
                continue
            self._seek(kind, text)
            if may_begin_inside(one) and text[0] >= WORDS:
                self._seek_inside(kind, text, plain=one.text[:2].isascii())

    def _seek(self, kind: int, text: bytes) -> None:
        """Note how a literal begins that begins where no word goes on."""
        if len(text) < min(QUICK):
            self._pairs[kind, _pairs(text)] = True
        else:
            self._quick[kind, _mixed(_number(_head(text, QUICK)), QUICK_BITS)] = True

    def _seek_inside(self, kind: int, text: bytes, *, plain: bool) -> None:
        """Note how a literal begins that may begin inside a word."""
        if plain and len(text) >= WITHIN:
            self._anywhere[kind].add(text)
        else:
            self._inside[kind, _pairs(text)] = True
            self._short[kind] |= plain

    def arrays(self) -> Iterator[Any]:
        """What `Cues` holds of it, in its order."""
        strides = np.zeros(KINDS, np.int64)
        for kind, texts in enumerate(self._anywhere):
            if texts:
                strides[kind] = min(STRIDE, *(len(text) - WITHIN + 1 for text in texts))
            for text in texts:
                for at in range(strides[kind]):
                    self._within[kind, _mixed(_number(text[at : at + WITHIN]), WITHIN_BITS)] = True
        yield from (_packed(self._quick), self._pairs, self._leads, _packed(self._within))
        yield from (strides, self._inside, self._short)
        tables, room = TABLES * KINDS, 1 << BUCKET_BITS
        known = np.zeros((tables, 1 << KNOWN_BITS), np.bool_)
        order: list[list[tuple[int, bytes, str]]] = [[] for _ in range(tables * room)]
        for table, text, wide in self._hits:
            number = _number(_head(text, KEYS))
            known[table, _mixed(number, KNOWN_BITS)] = True
            order[table * room + _mixed(number, BUCKET_BITS)].append((table, text, wide))
        yield _packed(known)
        starts = csr([[0] * len(each) for each in order])[0]
        yield np.stack([starts[at * room : (at + 1) * room + 1] for at in range(tables)])
        every = [one for each in order for one in each]
        yield np.array([_number(text[:8]) for _, text, _ in every], np.uint64)
        yield np.array([_number(text[8:]) for _, text, _ in every], np.uint64)
        yield np.array([len(text) for _, text, _ in every], np.uint8)
        beyond = [
            [(at, char) for at, char in enumerate(wide) if not char.isascii()]
            for _, _, wide in every
        ]
        yield from csr([[at for at, _ in each] for each in beyond])
        yield np.array(
            [self._letters[char].number for each in beyond for _, char in each], np.uint16
        )
        hits = [self._hits[one] for one in every]
        yield from csr([[group for group, _ in each] for each in hits])
        yield np.array([flags for each in hits for _, flags in each], np.uint8)


def _wide(text: str) -> str:
    """What bytes do not say of a literal: its letters beyond ASCII, at their places."""
    return "".join(" " if char.isascii() else char for char in text)


def _head(text: bytes, sizes: Sequence[int]) -> bytes:
    """As many of its first letters as one of these sizes allows."""
    return text[: next(size for size in sizes if size <= len(text))]


def _number(text: bytes) -> int:
    return int.from_bytes(text, "little")


def _mixed(number: int, bits: int) -> int:
    return (number * SPREAD & (1 << 64) - 1) >> 64 - bits


def _pairs(text: bytes) -> Any:
    """The first two letters; what a single one stands before is unknown."""
    return _number(text[:2]) if len(text) > 1 else text[0] + (np.arange(1 << 8) << 8)


def _packed(table: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.packbits(table, axis=1, bitorder="little")
