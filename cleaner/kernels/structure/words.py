"""Whether a line could be a date or a byline, from its bytes.

Every test here is a necessary condition of the rule that it stands for. What does *not* live here:
the words themselves (`passes.structure.words`), other tests of a line (`layoutlines`).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner
from cleaner.kernels.structure.lines import length, point, space

__all__ = ["dated", "labelled", "packed"]

_FACTOR = np.uint64(0x100000001B3)


def packed(words: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Numbers of the words that consist of ASCII letters."""
    plain = sorted(word for word in words if word.isascii() and word.isalpha())
    numbers = [0] * len(plain)
    for at, word in enumerate(plain):
        for byte in word.lower().encode():
            numbers[at] = (numbers[at] * int(_FACTOR) + byte) % (1 << 64)
    return np.array(numbers, np.uint64)


@inner
def _known(data: Any, start: int, stop: int, words: Any) -> Any:
    """Whether a word of ASCII letters is one of these (see `packed`), whatever its case."""
    number = np.uint64(0)
    for at in range(start, stop):
        number = number * _FACTOR + np.uint64(data[at] | 32)
    found = False
    for word in words:
        found |= word == number
    return found


@inner
def _letter(byte: int) -> Any:
    return 97 <= byte | 32 <= 122


@inner
def dated(data: Any, start: int, stop: int, words: Any) -> Any:
    """Whether a line could be a date: short, with its digits, and no word that no date has."""
    if not 6 <= stop - start <= 240:
        return False
    digits = 0
    for at in range(start, stop):
        digits += 48 <= data[at] <= 57
    if digits < 4 or not 6 <= length(data, start, stop) <= 60:
        return False
    at = start
    while at < stop:
        end = at
        pure = True
        while end < stop and not space(int(data[end])):
            pure &= _letter(int(data[end]))
            end += 1
        if pure and end > at and not _known(data, at, end, words):
            return False
        at = end + 1
    return True


@inner
def _lower(code: int) -> int:
    """Lower case of ASCII and Cyrillic letters, and of what else becomes one of these."""
    if code < 0x80:
        return code + 32 if 65 <= code <= 90 else code
    if 0x400 <= code < 0x430:
        return code + 80 if code < 0x410 else code + 32
    return 107 if code == 0x212A else code


@inner
def labelled(
    data: Any, start: int, stop: int, pairs: Any, labels: Any, ends: Any, particles: Any
) -> Any:
    """Whether a line begins like a byline, and goes on like a name."""
    if not 2 < stop - start <= 400:
        return False
    first, second = data[start], data[start + 1]
    if first | second < 0x80 and not pairs[first & 31, second & 31]:
        return False
    low = 0
    for number in range(len(ends)):
        at = start
        place = low
        low = ends[number]
        while place < low and at < stop:
            code, size = point(data, at)
            if _lower(code) != labels[place]:
                break
            at += size
            place += 1
        if place == low and _named(data, at, stop, particles):
            return length(data, start, stop) <= 100
    return False


@inner
def _named(data: Any, at: int, stop: int, particles: Any) -> Any:
    """Whether the first word has a capital, or may stand before a name without one."""
    while at < stop and data[at] < 0x80 and not _letter(int(data[at])):
        if 48 <= data[at] <= 57:
            return False
        at += 1
    if at == stop:
        return False
    if data[at] >= 0x80 or data[at] < 97:
        return True
    end = at
    while end < stop and _letter(int(data[end])):
        end += 1
    return (end < stop and data[end] >= 0x80) or _known(data, at, end, particles)
