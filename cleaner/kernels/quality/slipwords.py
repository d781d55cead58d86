"""The words that `slipscreens` looks up: a hash table in which one look finds any of them.

What does *not* live here: which words they are (`passes.quality.lexicon`).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.quality import slips as s

__all__ = ["AN", "KINDS", "PAIRS", "SHIFT", "THEN", "TWICE", "A", "SlipWords", "slip_words"]

_LONGEST = 7
"""Letters of the longest word that can be looked up: a longer run has eight bytes, as no word."""
TWICE, A, AN = 1 << 24, 1 << 25, 1 << 26
"""Beside the kinds of words of `slips`: never stands twice in a row in some language; a; an."""
KINDS = (
    s.FUNCTION | s.MODAL | s.FINITE | s.ARTICLE | s.POSSESSIVE | s.AUXILIARY | s.CAN | s.NOT
    | s.CLITIC | s.NEVER_ENDS | s.PAIRED
)  # fmt: skip
"""Kinds of words that slips are made of."""
THEN = 37
"""Where the kinds are, in groups, that are a slip behind a word."""
PAIRS = s.FINITE | s.POSSESSIVE | s.ARTICLE | s.NEVER_ENDS
"""What an article, a modal verb, a possessive or a finite verb cannot stand before, or not each."""
_FIRSTS = s.MODAL | s.FINITE | s.ARTICLE | s.POSSESSIVE
_SLOTS_LOG = 11
SHIFT = np.uint64(64 - _SLOTS_LOG)
"""Bits by which a product is shifted to be a place in the table."""
_BYTE = np.uint64(8)


class SlipWords(NamedTuple):
    """Words that slips are made of, as a hash table in which one look finds any of them.

    Attributes:
        words: uint64[slots], the bytes of each in lower case as a number, 0 where empty; and in the
            lowest byte its place in `kinds`.
        kinds: int64[words + 1], flags of `KINDS` and whether it never stands twice in a row; those
            of no word come first.
        factor: uint64[1], what a word is multiplied with to find its place.
    """

    words: npt.NDArray[np.uint64]
    kinds: npt.NDArray[np.int64]
    factor: npt.NDArray[np.uint64]


def slip_words(kinds: Mapping[str, int], doubled: Mapping[str, int]) -> SlipWords:
    """The table of these words.

    Args:
        kinds: flags of words, as in `slips.Lexicon`.
        doubled: languages in which words never stand twice in a row, the same.

    Raises:
        ValueError: a word that this screen would not find in a text.
    """
    flags = {
        word: kinds.get(word, 0) & KINDS
        | TWICE * (doubled.get(word, 0) > 0)
        | A * (word == "a")
        | AN * (word == "an")
        for word in sorted({*kinds, *doubled})
    }
    flags = {word: flag | _then(flag) << THEN for word, flag in flags.items() if flag}
    for word in flags:
        # A Kelvin sign is a capital K.
        if not (word.isascii() and word.isalpha() and len(word) <= _LONGEST) or "k" in word:
            raise ValueError(f"{word!r}: not a short run of ASCII letters without a k")
    numbers = np.array([int.from_bytes(word.encode(), "little") for word in flags], np.uint64)
    factor = np.uint64(0x9E3779B97F4A7C15)
    while True:  # some dozens of turns
        slots = (numbers * factor) >> SHIFT
        if len(np.unique(slots)) == len(slots):
            break
        factor = np.uint64(int(factor) * 0xBF58476D1CE4E5B9 % (1 << 64))
    words = np.zeros(1 << _SLOTS_LOG, np.uint64)
    words[slots] = numbers << _BYTE | np.arange(1, len(flags) + 1, dtype=np.uint64)
    return SlipWords(words, np.array([0, *flags.values()]), np.array([factor], np.uint64))


def _then(flag: int) -> int:
    """What kinds of words must not follow one of these kinds."""
    return PAIRS * (flag & _FIRSTS > 0) | s.NOT * (flag & s.CAN > 0)
