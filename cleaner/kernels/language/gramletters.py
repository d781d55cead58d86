"""What langdetect takes each character for before it counts n-grams, as tables.

What does *not* live here: which n-grams a language has (`profiles`).
"""

import numpy as np
import numpy.typing as npt

from cleaner.kernels.language.scripts import LIMIT

__all__ = ["CASED", "folded_characters", "lowered_characters", "vietnamese_letters"]

CASED = 0x20000
"""From here on there are ideographs only, which have no case."""
_ONE_LETTER = (
    (0x00, 0x40, 0x20),
    (0x5B, 0x60, 0x20),
    (0x7B, 0x7F, 0x20),
    (0x219, 0x219, 0x15F),  # Romanian: comma below as cedilla
    (0x21B, 0x21B, 0x163),
    (0x6CC, 0x6CC, 0x64A),  # Farsi yeh as Arabic yeh
    (0x1EA0, 0x1EFF, 0x1EC3),  # Vietnamese
    (0x2000, 0x206F, 0x20),
    (0x3040, 0x309F, 0x3042),  # hiragana
    (0x30A0, 0x30FF, 0x30A2),  # katakana
    (0x3100, 0x312F, 0x3105),  # bopomofo
    (0x31A0, 0x31BF, 0x3105),
    (0xAC00, 0xD7AF, 0xAC00),  # hangul
)
"""First and last code point of what langdetect takes for one character, and that one."""


def folded_characters() -> npt.NDArray[np.int32]:
    """What langdetect takes each character for: its `NGram.normalize`, of many at once.

    No profile has characters beyond these, and langdetect knows no block there.
    """
    from langdetect.utils.ngram import NGram

    folded = np.arange(0x10000, dtype=np.int32)
    for first, last, char in _ONE_LETTER:
        folded[first : last + 1] = char
    folded[[ord(char) for char in NGram.LATIN1_EXCLUDED if "\x80" <= char <= "\xff"]] = ord(" ")
    han = [pair for pair in NGram.CJK_MAP.items() if "\u4e00" <= pair[0] <= "\u9fff"]
    folded[[ord(char) for char, _ in han]] = [ord(char) for _, char in han]
    return folded


def lowered_characters() -> npt.NDArray[np.int32]:
    """The lower case of each code point where it is a single one. int32[LIMIT + 1]."""
    lowered = np.arange(LIMIT + 1, dtype=np.int32)
    # Of several characters that one becomes, only the first is kept.
    lowered[:CASED] = np.array([*map(str.lower, map(chr, range(CASED)))], "U1").view(np.int32)
    return lowered


def vietnamese_letters() -> npt.NDArray[np.int32]:
    """Letter and combining mark, as langdetect composes them before it looks."""
    from langdetect.utils.ngram import NGram

    table = np.zeros((0x1B1, 6), np.int32)
    for mark, composed in enumerate(NGram.NORMALIZED_VI_CHARS, 1):
        for letter, char in zip(NGram.TO_NORMALIZE_VI_CHARS, composed, strict=True):
            table[ord(letter), mark] = ord(char)
    return table
