"""Keys: 64 bits that stand for a word regardless of case, or for a line as it is.

The UTF-8 bytes of the word in lower case, eight at a time, the last ones filled up with zeros.
What does *not* live here: what a word is (`words`), counting keys (`repeats`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.text.characters import LIMIT
from cleaner.kernels.text.eights import letters, load

__all__ = ["BASIS", "add_eight", "hash_word", "key_of_capitals", "key_of_line", "key_of_word"]

BASIS: Any = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_ALL = np.uint64((1 << 64) - 1)
_NONE: Any = np.uint64(0)
_2, _8, _32 = np.uint64(2), np.uint64(8), np.uint64(32)


def hash_word(word: str) -> int:
    """The key of a word in lower case: what the kernels compute."""
    data, key = word.encode(), int(BASIS)
    for at in range(0, len(data), 8):
        key ^= int.from_bytes(data[at : at + 8], "little")
        key = key * int(_PRIME) & int(_ALL)
        key ^= key >> 32
    return key


@inner
def add_eight(key: Any, eight: Any) -> Any:
    """The key after eight more bytes, zeros where fewer are left."""
    key = (key ^ eight) * _PRIME
    return key ^ (key >> _32)


@inner
def _rest(data: Any, at: Any, end: Any) -> Any:
    """The last bytes, fewer than eight, as a number."""
    if at + 8 <= len(data):
        return load(data, at) & (_ALL >> np.uint64(64 - 8 * (end - at)))
    eight = _NONE
    for i in range(end - at):
        eight |= np.uint64(data[at + i]) << np.uint64(8 * i)
    return eight


@inner
def key_of_line(data: Any, at: Any, end: Any) -> Any:
    """The key of some bytes as they are."""
    key = BASIS
    while at + 8 <= end:
        key = add_eight(key, load(data, at))
        at += 8
    return add_eight(key, _rest(data, at, end)) if at < end else key


@inner
def key_of_word(data: Any, at: Any, end: Any) -> Any:
    """The key of a word without capitals beyond ASCII."""
    key = BASIS
    while at < end:
        eight = load(data, at) if at + 8 <= end else _rest(data, at, end)
        # 0x80 to 0x20: to lower case
        key = add_eight(key, eight | (letters(eight) & ~eight) >> _2)
        at += 8
    return key


@inner
def key_of_capitals(data: Any, at: Any, end: Any, lower: Any) -> Any:
    """The key of a word with capitals beyond ASCII. `lower` is from `characters`."""
    key, word, filled = BASIS, _NONE, _NONE
    while at < end:
        byte = np.int64(data[at])
        width = 1 + (byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0)
        point = byte if width == 1 else byte & (0x7F >> width)
        for i in range(1, width):
            point = point << 6 | np.int64(data[at + i] & 0x3F)
        at += width
        if point < LIMIT:
            point = np.int64(lower[point])
        # Encoded again, byte by byte.
        width = 1 + (point >= 0x80) + (point >= 0x800) + (point >= 0x10000)
        for i in range(width):
            byte = point >> 6 * (width - 1 - i)
            if i:
                byte = byte & 0x3F | 0x80
            elif width > 1:
                byte |= 0xF00 >> width & 0xFF
            word |= np.uint64(byte) << filled
            filled += _8
            if filled == 64:
                key = add_eight(key, word)
                word, filled = _NONE, _NONE
    return add_eight(key, word) if filled else key
