"""Unicode tables for the token kernel: what NFKC and lower case make of each code point.

The definition of a token is `tokens.split_words`, from Python's own Unicode data; the table says
the same for one code point at a time. That is possible wherever a character neither composes with
its neighbours, nor moves among them, nor changes its lower case beside them. The others are marked
`SLOW`: a text with one of them is folded by Python first. What does *not* live here: reading text
(`tokens`).
"""

import sys
import unicodedata
from bisect import bisect_right
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.store import stored

__all__ = [
    "LONE",
    "MANY",
    "POINT",
    "SINGLE",
    "SLOW",
    "WORD",
    "Folding",
    "folding",
    "is_single",
    "is_word",
]

POINT = 0x1FFFFF
"""Bits of an entry that hold the folded code point, or the place in `Folding.many`."""
WORD = 1 << 21
"""The folded character belongs to a word."""
SINGLE = 1 << 22
"""It is a token by itself."""
MANY = 1 << 23
"""It becomes several characters."""
SLOW = 1 << 24
"""What it becomes depends on its neighbours."""
LONE = 1 << 25
"""Beside `SLOW`: a mark that joins nothing, and moves only past one that stands right before it."""

_LAYOUT = 2
"""Number of the form of the stored tables; any change of what is in them needs another one."""
_PAGE = 256
_UNCHANGED = (
    (0x3400, 0x4DC0),
    (0x4E00, 0x9FFD),
    (0xAC00, 0xD7A4),
    (0x20000, 0x2F800),
    (0x2FA20, 0x34000),
)
"""Ranges of ideographs and of Hangul syllables, of which nothing needs to be looked up."""
_HANGUL = 0xAC00
_CHANGED = (
    *range(0x3400),
    *range(0x4DC0, 0x4E00),
    *range(0x9FFD, 0xAC00),
    *range(0xD7A4, 0xD800),
    *range(0xE000, 0x20000),
    *range(0x2F800, 0x2FA20),
    *range(0xE0000, 0xE0200),
)
"""All others that are assigned, except for private use."""
_END = 0xFFFFFFFF
"""Ends a run in `Folding.many`."""
_LIMIT = 0x110000

_SINGLES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3038, 0x303B),
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Burmese
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),  # Han
    (0xFF66, 0xFF9F),  # kana of half width; NFKC leaves none of them
    (0x1B000, 0x1B16F),  # kana
    (0x20000, 0x33FFF),  # Han
)
"""Scripts without spaces between words: ranges of code points, ends included.

All of a range counts, whatever its category: the dot in katakana names is a token too.
"""

# Jamo that join the syllable before them by arithmetic, so that no decomposition mentions them.
_JAMO = tuple(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))))
_SIGMA = 0x3A3
"""Its lower case at the end of a word is another letter."""


class Folding(NamedTuple):
    """The tables, as the kernel reads them.

    Attributes:
        pages: uint16[4352], for each 256 code points the page in `entries`.
        entries: uint32[n, 256], see `POINT`, `WORD`, `SINGLE`, `MANY`, `SLOW`, `LONE`.
        many: uint32[m], runs of entries that end with 0xFFFFFFFF.
    """

    pages: npt.NDArray[np.uint16]
    entries: npt.NDArray[np.uint32]
    many: npt.NDArray[np.uint32]


def is_word(character: str) -> bool:
    """Whether a character belongs to a word: a letter, digit, mark, underscore, or `is_single`."""
    return unicodedata.category(character)[0] in "LNM" or character == "_" or is_single(character)


def is_single(character: str) -> bool:
    """Whether a character of a word is a token by itself."""
    code = ord(character)
    return (
        code >= _SINGLES[0][0] and code <= _SINGLES[bisect_right(_SINGLES, (code, _LIMIT)) - 1][1]
    )


@cache
def folding() -> Folding:
    """The tables, made from Python's Unicode data once and then read from the user's cache."""
    fingerprint = f"{_LAYOUT}-{unicodedata.unidata_version}-{sys.byteorder}"
    arrays = stored("folding", fingerprint, _build)
    for array in arrays.values():
        array.flags.writeable = False  # numba compiles once for each constness
    return Folding(*(arrays[name] for name in Folding._fields))


def _build() -> dict[str, Any]:
    entries = np.zeros(_LIMIT, np.uint32)
    many: list[int] = []
    for low, high in _UNCHANGED:
        entries[low:high] = np.arange(low, high) | WORD | (0 if low == _HANGUL else SINGLE)
    _fill(entries, np.array(_CHANGED), many)
    pages, where = _distinct(entries.reshape(-1, _PAGE))
    return Folding(where, pages, np.array(many or [0], np.uint32))._asdict()


def _distinct(
    pages: npt.NDArray[np.uint32],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
    """Each page once, and where each one is."""
    places: dict[bytes, int] = {}
    where = [places.setdefault(page.tobytes(), len(places)) for page in pages]
    kept = b"".join(places)
    return np.frombuffer(kept, np.uint32).reshape(-1, _PAGE), np.array(where, np.uint16)


def _fill(entries: npt.NDArray[np.uint32], codes: npt.NDArray[np.int64], many: list[int]) -> None:
    """Entries for some code points.

    NUL neither composes nor reorders, so one call folds all of them apart from each other.
    """
    codes = codes[codes != 0]
    kinds = [*map(unicodedata.category, map(chr, codes.tolist()))]
    known = np.array(kinds) != "Cn"
    starts, ends = np.array(_SINGLES).T
    at = np.searchsorted(starts, codes, "right") - 1
    single = (at >= 0) & (codes <= ends[at])
    word = single | (codes == ord("_")) | np.fromiter((k[0] in "LNM" for k in kinds), bool)
    entries[codes[word]] = codes[word] | WORD
    entries[codes[single]] |= SINGLE
    codes = codes[known]
    plain = [*map(chr, codes.tolist())]
    text = "\0".join(plain)
    normal = unicodedata.normalize("NFKC", text).split("\0")
    folded = "\0".join(normal).lower().split("\0")
    for code, character, made in zip(codes.tolist(), plain, folded, strict=True):
        if made == character:
            continue
        places = [int(ord(c) | _class(c)) for c in made]
        if not any(place & WORD for place in places):
            entries[code] = 0
        elif len(made) == 1:
            entries[code] = places[0]
        else:
            entries[code] = len(many) | MANY
            many += [*places, _END]
    seconds = _seconds(text)
    firsts = [made[0] for made in normal]
    moving = np.fromiter(map(unicodedata.combining, firsts), np.uint8) > 0
    moving |= np.fromiter(map(seconds.__contains__, firsts), bool)
    for place in np.flatnonzero(moving).tolist():
        # Taken as it is once Python has folded the text around it.
        entries[codes[place]] = codes[place] | _class(plain[place]) | SLOW
        if folded[place] == normal[place] == plain[place] and plain[place] not in seconds:
            entries[codes[place]] |= LONE
    entries[_SIGMA] |= SLOW


def _class(character: str) -> int:
    if not is_word(character):
        return 0
    return WORD | SINGLE if is_single(character) else WORD


def _seconds(text: str) -> frozenset[str]:
    """Characters that compose with the one before them, among what these decompose to."""
    apart = unicodedata.normalize("NFD", text).split("\0")
    return frozenset(_JAMO) | {parts[1] for parts in apart if len(parts) == 2}
