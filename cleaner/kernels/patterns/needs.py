r"""Which two characters must stand side by side wherever a pattern matches.

Every match of `[ÃÂ][€œ]|\r\r+\n` has a neighbouring pair out of [ÃÂ] × [€œ] or of two carriage
returns. Of all the pairs that a pattern needs, the rarest are chosen: texts without any of them
need not be read by RE2. What lives here: a reader for the part of RE2's syntax that screens use,
and the choice. What does not: looking for pairs in texts (`pairs`).
"""

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

__all__ = ["EVERY", "Class", "Pair", "needed", "weight"]

Class = tuple[tuple[int, int], ...]
"""Ranges of code points, both ends included."""
Pair = tuple[Class, Class]

_LAST = 0x10FFFF
EVERY: Class = ((0, _LAST),)
"""Any character; also what stands for a Unicode property, as more pairs do no harm."""
_ESCAPES = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_COMMON: tuple[tuple[int, int, float], ...] = (
    (0x20, 0x20, 0.15),
    (0x61, 0x7A, 0.03),
    (0x0A, 0x7E, 0.002),
    (0xC0, 0x17F, 0.002),
    (0x2013, 0x201D, 0.002),
    (0x370, 0x64A, 0.003),
    (0x4E00, 0x9FFF, 0.001),
    (0x660, 0x24FF, 0.0005),
)
"""First, last, and roughly how often one of these is met; the first row that fits counts. A wrong
guess costs time only."""
_RARE = 0.00001


class _Part(NamedTuple):
    """What is known of the texts that a part of a pattern matches.

    Attributes:
        first: the characters that they can begin with.
        last: and end with.
        empty: whether there may be none at all.
        pairs: of which each of them has one, or None where that cannot be said.
        weight: how often a pair of these is met.
    """

    first: Class
    last: Class
    empty: bool
    pairs: list[Pair] | None
    weight: float


_NOTHING = _Part((), (), True, None, float("inf"))


def needed(pattern: str) -> list[Pair]:
    """Pairs of which every match has at least one.

    The first of a pair may be `EVERY`; then it need not be there at all.

    >>> needed("ab?[de]|e+")
    [(((97, 97),), ((98, 98), (100, 101))), (((0, 1114111),), ((101, 101),))]

    Raises:
        ValueError: the pattern can match nothing at all, or uses syntax that is not known here.
    """
    reader = _Reader(pattern)
    part = reader.choice()
    if reader.at < len(pattern) or part.pairs is None:
        raise ValueError(f"cannot tell what {pattern[reader.at :][:40]!r} needs")
    return part.pairs


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def choice(self) -> _Part:
        parts = [self._sequence()]
        while self._next("|"):
            parts.append(self._sequence())
        return _choice(parts) if len(parts) > 1 else parts[0]

    def _next(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) * found
        return found

    def _take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1 : self.at]

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self._repeated(self._one()))
        return _sequence(parts)

    def _one(self) -> _Part:
        if self._next("("):
            if self._next("?") and not (self._next(":") or self._next("m:")):
                raise ValueError(f"not known: (?{self.pattern[self.at :][:10]}")
            part = self.choice()
            if not self._next(")"):
                raise ValueError("a bracket is not closed")
            return part
        char = self._take()
        if char in "^$":
            return _NOTHING
        if char == "[":
            return _single(self._class())
        if char == ".":
            return _single(EVERY)
        if char == "\\":
            return _single(self._escape())
        if char in "*+?{":
            raise ValueError(f"not known: {char} without anything before it")
        return _single(((ord(char), ord(char)),))

    def _repeated(self, part: _Part) -> _Part:
        least, more = 1, False
        if self._next("*"):
            least, more = 0, True
        elif self._next("+"):
            more = True
        elif self._next("?"):
            least = 0
        elif self._next("{"):
            end = self.pattern.index("}", self.at)
            low, comma, high = self.pattern[self.at : end].partition(",")
            least, more = int(low), bool(comma) and high != low
            self.at = end + 1
        else:
            return part
        self._next("?")  # which match is preferred does not matter
        if least > 1 or (least and more):
            twice = _sequence([part, part])
            # Where both are as rare, the pair between two of them: in mojibake it begins with what
            # is mostly a mark, and in good text a mark is followed by a blank, not by a letter.
            part = twice if least > 1 and twice.weight <= part.weight else part
        return part if least else part._replace(empty=True, pairs=None, weight=float("inf"))

    def _class(self) -> Class:
        outside = self._next("^")
        ranges: list[tuple[int, int]] = []
        whole = False
        first = True
        while first or not self._next("]"):
            first = False
            if self.at >= len(self.pattern):
                raise ValueError("a class is not closed")
            some = self._member()
            whole = whole or some == EVERY
            low, high = some[0]
            if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1] != "]":
                self.at += 1
                high = self._member()[0][1]
            ranges.append((low, high))
        if whole:
            return EVERY
        return _outside(ranges) if outside else _union([tuple(ranges)])

    def _member(self) -> Class:
        char = self._take()
        return self._escape() if char == "\\" else ((ord(char), ord(char)),)

    def _escape(self) -> Class:
        char = self._take()
        if char in "pP":
            if self._next("{"):
                self.at = self.pattern.index("}", self.at) + 1
            else:
                self.at += 1
            return EVERY
        if char == "x":
            end = self.at + 2
            if self._next("{"):
                end = self.pattern.index("}", self.at)
            code = int(self.pattern[self.at : end], 16)
            self.at = end + self.pattern.startswith("}", end)
        elif char.isalnum() and char not in _ESCAPES:
            raise ValueError(f"not known: \\{char}")
        else:
            code = _ESCAPES.get(char, ord(char))
        return ((code, code),)


def _single(chars: Class) -> _Part:
    return _Part(chars, chars, False, [(EVERY, chars)], weight(chars))


def _choice(parts: Sequence[_Part]) -> _Part:
    pairs: list[Pair] | None = []
    for part in parts:
        pairs = None if pairs is None or part.pairs is None else pairs + part.pairs
    return _Part(
        _union([part.first for part in parts]),
        _union([part.last for part in parts]),
        any(part.empty for part in parts),
        pairs,
        sum(part.weight for part in parts),
    )


def _sequence(parts: Sequence[_Part]) -> _Part:
    parts = [part for part in parts if part is not _NOTHING]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return _NOTHING
    best = min(parts, key=lambda part: part.weight)
    pairs, least = best.pairs, best.weight
    for place, part in enumerate(parts):
        follow = _first(parts[place + 1 :])
        if part.empty or follow is None:
            continue
        between = weight(part.last) * weight(follow)
        if between <= least:
            pairs, least = [(part.last, follow)], between
    first = _first(parts) or _union([part.first for part in parts])
    back = [part._replace(first=part.last) for part in reversed(parts)]
    last = _first(back) or _union([part.last for part in parts])
    return _Part(first, last, all(part.empty for part in parts), pairs, least)


def _first(parts: Sequence[_Part]) -> Class | None:
    """What a sequence begins with; None if all of it may be missing."""
    found: list[Class] = []
    for part in parts:
        found.append(part.first)
        if not part.empty:
            return _union(found)
    return None


def _union(classes: Sequence[Class]) -> Class:
    if len(classes) == 1 and len(classes[0]) == 1:
        return classes[0]
    merged: list[tuple[int, int]] = []
    for low, high in sorted({one for some in classes for one in some}):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def _outside(ranges: Sequence[tuple[int, int]]) -> Class:
    inside = [(-1, -1), *_union([tuple(ranges)]), (_LAST + 1, _LAST + 1)]
    gaps = [(one[1] + 1, two[0] - 1) for one, two in pairwise(inside)]
    return tuple((low, high) for low, high in gaps if low <= high)


def weight(chars: Class) -> float:
    """How often one of the characters is met, at most 1."""
    return min(1.0, reduce(lambda sum_, one: sum_ + _often(*one), chars, 0.0))


def _often(low: int, high: int) -> float:
    if high - low > 0x4000:
        return 1.0
    found = 0.0
    rest = high - low + 1
    for first, last, often in _COMMON:
        inside = min(high, last) - max(low, first) + 1
        if inside > 0:
            found += inside * often
            rest -= inside
    return found + max(0, rest) * _RARE
