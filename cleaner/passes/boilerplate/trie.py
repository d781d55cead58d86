"""The literals of all cues as tries, and tables of how they begin.

What does *not* live here: which literals a clause needs (`tables`), the search (`kernels.cues`).
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from cleaner.kernels import beginnings
from cleaner.kernels.beginnings import INSIDE, LEAD, SIZES, START
from cleaner.kernels.cues import KINDS

__all__ = ["Sought", "Trie", "csr"]

_Key = TypeVar("_Key")


class Sought(NamedTuple):
    """A string, where it may begin (see `Cues.roots`), and what must follow."""

    text: str
    place: int
    flags: int


def csr(lists: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lists one behind the other, and where each begins."""
    starts = np.zeros(len(lists) + 1, np.int32)
    np.cumsum([len(each) for each in lists], out=starts[1:])
    return starts, np.array([item for each in lists for item in each], np.int32)


class Trie:
    """The tries of all kinds and places, side by side."""

    def __init__(self, traits: npt.NDArray[np.uint8]) -> None:
        self.eights = _eights(traits)
        self._roots: dict[tuple[int, int, int], int] = {}
        self._quads = np.zeros((KINDS, 1 << beginnings.QUAD_BITS), np.bool_)
        self._pairs = np.zeros((KINDS, 3 << 16), np.bool_)
        self._known = np.zeros((KINDS, 1 << beginnings.KNOWN_BITS), np.bool_)
        self._children: list[dict[int, int]] = []
        self._here: list[list[tuple[int, int]]] = []

    def add(self, kind: int, text: Sequence[int], one: Sought, group: int) -> None:
        """Add a literal; one that may begin inside a word may also begin one."""
        for place in (START, INSIDE) if one.place == INSIDE else (one.place,):
            self._mark(kind, text, place)
            node = self._child(self._roots, (kind, place, text[0]))
            for letter in text[1:]:
                node = self._child(self._children[node], letter)
            self._here[node].append((group, one.flags))

    def _mark(self, kind: int, text: Sequence[int], place: int) -> None:
        """Note how a literal begins; what a single letter stands before is unknown."""
        known = self.eights[list(text)].tobytes()
        for head in [known] if len(text) > 1 else [known + bytes([other]) for other in range(256)]:
            size = next(each for each in SIZES if each <= len(head))
            number = _mixed(
                int.from_bytes(head[:size], "big") + (size + 8 * place) * beginnings.TAG
            )
            for shift in (beginnings.FIRST, beginnings.SECOND):
                self._known[kind, number >> shift & (1 << beginnings.KNOWN_BITS) - 1] = True
            if place == LEAD or size < 4:
                self._pairs[kind, int.from_bytes(head[:2], "big") | place << 16] = True
            else:
                quad = _mixed(int.from_bytes(head[:4], "big") | place << 32)
                self._quads[kind, quad >> beginnings.QUAD] = True

    def _child(self, children: dict[_Key, int], key: _Key) -> int:
        if key not in children:
            children[key] = len(self._here)
            self._here.append([])
            self._children.append({})
        return children[key]

    def arrays(self) -> tuple[Any, ...]:
        """What `Cues` holds of it, in its order."""
        roots = np.zeros((KINDS, 3, len(self.eights)), np.int32)
        order, letters, below = [-1], [0], [0]
        for place, node in self._roots.items():
            roots[place] = len(order)
            order.append(node)
            letters.append(place[-1])
        below.append(len(order))
        for node in islice(order, 1, None):  # which grows
            for letter, child in self._children[node].items():
                order.append(child)
                letters.append(letter)
            below.append(len(order))
        here = [self._here[node] if node >= 0 else [] for node in order]
        ends, groups = csr([[group for group, _ in each] for each in here])
        flags = np.array([flags for each in here for _, flags in each], np.uint8)
        nodes = np.array(letters, np.uint16), np.array([below[1], *below[1:]], np.int32)
        quads = np.packbits(self._quads, axis=1, bitorder="little")
        known = np.packbits(self._known, axis=1, bitorder="little")
        return self.eights, roots, quads, self._pairs, known, *nodes, ends, groups, flags


def _mixed(number: int) -> int:
    return number * beginnings.SPREAD & (1 << 64) - 1


def _eights(traits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Eight bits for each letter, the lowest of which says whether it is part of a word.

    Letters come in order of code points: the first ones of each kind, which are those of ASCII,
    have numbers of their own.
    """
    word = (traits & beginnings.WORD > 0).astype(np.int64)
    numbers = np.where(word > 0, np.cumsum(word), np.cumsum(1 - word)) - 1
    numbers = np.where(numbers < 64, numbers, numbers % 64 + 64)
    return np.asarray(numbers * 2 + word, np.uint8)
