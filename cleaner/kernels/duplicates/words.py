"""What a token is, and its hash, in plain Python: the definition that the kernel follows.

What does *not* live here: the kernel (`tokens`), what characters are (`folding`).
"""

import unicodedata

import numpy as np

from cleaner.kernels.duplicates.folding import is_single, is_word

__all__ = ["FACTOR", "MIX_1", "MIX_2", "SEED", "fold_text", "hash_token", "split_words"]

SEED = np.uint64(0x9E3779B97F4A7C15)
FACTOR = np.uint64(0xD6E8FEB86659FD93)
# The finaliser of MurmurHash3, 64 bits.
MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_MASK = (1 << 64) - 1


def fold_text(text: str) -> str:
    """NFKC, then lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def split_words(text: str) -> list[str]:
    """Split a text into tokens: the definition that the kernel follows.

    >>> split_words("Ｆｉｒst, 2nd — 東京タワー ½")
    ['first', '2nd', '東', '京', 'タ', 'ワ', 'ー', '1', '2']
    """
    tokens: list[str] = []
    run = ""
    for character in fold_text(text):
        if is_word(character) and not is_single(character):
            run += character
            continue
        if run:
            tokens.append(run)
            run = ""
        if is_word(character):
            tokens.append(character)
    if run:
        tokens.append(run)
    return tokens


def hash_token(token: str) -> int:
    """The 64-bit hash of a token: its UTF-8 bytes, eight at a time, the last ones mixed."""
    data = token.encode()
    state = int(SEED)
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        state = (state ^ int.from_bytes(data[at : at + 8], "big")) * int(FACTOR) & _MASK
        state ^= state >> 32
    state ^= int.from_bytes(data[whole:], "big")
    for factor in (MIX_1, MIX_2):
        state = (state ^ state >> 33) * int(factor) & _MASK
    return state ^ state >> 33
