"""Word 5-grams of a text as 64-bit hashes, and the texts of a batch for which Python must fold.

What does *not* live here: signatures (`signatures`), comparing sets of shingles (`overlap`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner
from cleaner.kernels.duplicates.tokens import mix
from cleaner.kernels.duplicates.words import hash_token, split_words

__all__ = ["WORDS", "all_shingles", "define_shingles", "shingle"]

WORDS = 5
"""Tokens of a shingle."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MASK = (1 << 64) - 1


@inner
def shingle(tokens: Any, at: Any) -> Any:
    """The 64-bit hash of the five tokens from `at` on."""
    value = tokens[np.uint64(at)]  # no index from the end: loops of this use wide registers
    for step in range(1, WORDS):
        value = (value * _FACTOR) ^ tokens[np.uint64(at + step)]
    return mix(value)


def all_shingles(tokens: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The 64-bit hashes of all shingles of a text in order, given its tokens. uint64[n - 4]."""
    count = max(0, len(tokens) - WORDS + 1)
    value = tokens[:count].copy()
    for step in range(1, WORDS):
        value = (value * _FACTOR) ^ tokens[step : step + count]
    mixed: npt.NDArray[np.uint64] = mix.py_func(value)
    return mixed


def define_shingles(text: str) -> list[int]:
    """The 64-bit shingle hashes of a text in order: the definition that the kernels follow."""
    hashes = [hash_token(token) for token in split_words(text)]
    shingles = []
    for at in range(len(hashes) - WORDS + 1):
        value = hashes[at]
        for token in hashes[at + 1 : at + WORDS]:
            value = (value * int(_FACTOR) & _MASK) ^ token
        for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
            value = (value ^ value >> 33) * factor & _MASK
        shingles.append(value ^ value >> 33)
    return shingles
