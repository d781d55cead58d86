"""Hash every line of a batch of texts, blind to case, digits, accents and punctuation.

Two lines get one hash where a reader would take them for the same template: "© 2019 Our Site" and
"© 2020 OUR SITE". The normalisation is CCNet's (lower case, digits to 0, accents and punctuation
out), from Unicode's own tables. What does *not* live here: counting (`passes.repetition`).
"""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import kernel
from cleaner.kernels.store import stored

__all__ = ["Lines", "hash_lines", "hash_words", "normalise"]

_TABLE = 0x20000
"""Code points in the table: two planes. Beyond them are rare ideographs, which stay as they are."""
_LAYOUT = 1
"""Number of the normalisation below: raise it and old tables on disk are forgotten."""
_SPACE = 1
_KEEP_LONGER = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "No", "Mc"})

# FNV-1a, 64 bits, over code points (of a blank, a bit of the next one); then the finaliser of
# MurmurHash3, so that all bits are mixed.
_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)
_FACTOR = np.uint64(0x100000001B3 - 1)
_ZERO, _ONE, _SIX, _HALF = np.uint64(0), np.uint64(1), np.uint64(6), np.uint64(32)
_BREAK, _TWO, _THREE, _FOUR = np.uint64(10), np.uint64(0x80), np.uint64(0xE0), np.uint64(0xF0)
_LOW_6, _MOST = np.uint64(63), np.uint64(_TABLE)


@dataclass(frozen=True, slots=True)
class Lines:
    """Arrays of one row a line that has letters or digits, and of one row a text.

    Lines come in the order of their texts, and in each text from the top.
    """

    text: npt.NDArray[np.int32]
    """Which text; 0 is the first of the batch."""
    line: npt.NDArray[np.int32]
    """Position in `text.split("\\n")`."""
    hashes: npt.NDArray[np.int64]
    weight: npt.NDArray[np.int32]
    """Code points that were hashed, without blanks."""
    text_hash: npt.NDArray[np.int64]
    """Per text: of all its lines."""
    text_weight: npt.NDArray[np.int64]
    """Per text: the sum over its lines."""


def normalise(line: str) -> str:
    """What of a line is hashed; this is the definition, and the kernel agrees with it.

    >>> normalise("  © 2019–2020,  Café “Le Monde” ")
    '00000000 cafe le monde'
    """
    return " ".join("".join(map(_fold, line)).split())


def _fold(character: str) -> str:
    """One character's normal form: itself, another one, a blank or nothing."""
    if character.isspace():
        return " "
    if ord(character) >= _TABLE:
        return character
    kind = unicodedata.category(character)
    if kind == "Nd":
        return "0"
    if kind not in _KEEP_LONGER:
        return ""  # marks, punctuation, symbols, control characters
    plain = unicodedata.normalize("NFD", character.lower())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    if len(plain) == 1:
        return plain
    small = character.lower()
    return small if len(small) == 1 else character


@cache
def _table() -> npt.NDArray[np.uint32]:
    """Code point to code point: 0 where it is left out, 1 where it parts words. uint32[131072]."""
    fingerprint = f"{_LAYOUT}-{unicodedata.unidata_version}-{sys.byteorder}"
    table: npt.NDArray[np.uint32] = stored("lines", fingerprint, _build)["table"]
    return table


def _build() -> dict[str, Any]:
    table = np.zeros(_TABLE, np.uint32)
    for code in range(_TABLE):
        if 0xD800 <= code < 0xE000:
            continue
        folded = _fold(chr(code))
        if folded:
            table[code] = _SPACE if folded == " " else ord(folded)
    return {"table": table}


def hash_lines(texts: Any) -> Lines:
    """Hash the lines of `pa.LargeStringArray` of n texts without nulls."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset :][: len(texts) + 1]
    data = texts.buffers()[2]
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    if not len(texts):
        offsets = np.zeros(1, np.int64)
    return Lines(*_hash(offsets, raw, _table()))


def hash_words(words: list[str]) -> npt.NDArray[np.int64]:
    """Stable 64-bit hashes of strings as they are, for the names of groups. int64[n]."""
    from hashlib import blake2b

    digests = b"".join(blake2b(w.encode("utf-8", "replace"), digest_size=8).digest() for w in words)
    return np.frombuffer(digests, "<i8").astype(np.int64)


@numba.njit(cache=True, nogil=True, inline="always")
def _finish(state: np.uint64) -> np.uint64:
    state ^= state >> _SHIFT
    state *= _MIX_1
    state ^= state >> _SHIFT
    state *= _MIX_2
    return state ^ (state >> _SHIFT)


@kernel
def _hash(
    offsets: npt.NDArray[np.int64], data: npt.NDArray[np.uint8], table: npt.NDArray[np.uint32]
) -> tuple[Any, ...]:
    count = len(offsets) - 1
    rows = count
    if count:
        for place in range(offsets[0], offsets[count]):
            rows += data[place] == 10
    text = np.empty(rows, np.int32)
    index = np.empty(rows, np.int32)
    hashes = np.empty(rows, np.int64)
    weights = np.empty(rows, np.int32)
    text_hash = np.zeros(count, np.int64)
    text_weight = np.zeros(count, np.int64)
    row = 0
    for number in range(count):
        at, stop = np.uint64(offsets[number]), np.uint64(offsets[number + 1])
        whole = _OFFSET
        line = 0
        # What a character does is arithmetic: nobody could foresee a branch for blanks and marks.
        state = _OFFSET
        weight = gap = _ZERO
        while at <= stop:
            byte = np.uint64(data[at]) if at < stop else _BREAK
            at += _ONE
            if byte == _BREAK:
                if weight:
                    value = _finish(state)
                    text[row] = number
                    index[row] = line
                    hashes[row] = np.int64(value)
                    weights[row] = weight
                    text_weight[number] += np.int64(weight)
                    whole = (whole ^ value) * _PRIME
                    row += 1
                line += 1
                state = _OFFSET
                weight = gap = _ZERO
                continue
            code = byte
            if byte >= _TWO:
                width = _ONE + np.uint64(byte >= _THREE) + np.uint64(byte >= _FOUR)
                code &= _LOW_6 >> width
                for _ in range(width):
                    code = code << _SIX | np.uint64(data[at]) & _LOW_6
                    at += _ONE
            folded = np.uint64(table[code]) if code < _MOST else code
            kept = np.uint64(folded > _ONE)
            # A blank counts with the character behind it; what is left out changes nothing.
            state = (state ^ (folded | gap << _HALF) * kept) * (_ONE + _FACTOR * kept)
            gap = (gap | np.uint64(folded == _ONE)) & (kept ^ _ONE) & np.uint64(weight > _ZERO)
            weight += kept
        text_hash[number] = np.int64(_finish(whole))
    return (
        text[:row].copy(),
        index[:row].copy(),
        hashes[:row].copy(),
        weights[:row].copy(),
        text_hash,
        text_weight,
    )
