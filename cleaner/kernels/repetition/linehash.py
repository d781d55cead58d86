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

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, making
from cleaner.kernels.store import stored
from cleaner.kernels.text.blocks import (
    BLOCK,
    blank_bits,
    break_bits,
    count_ones,
    leading_ones,
    plain_bits,
)
from cleaner.kernels.text.eights import load
from cleaner.kernels.text.wordkeys import BASIS, add_eight

__all__ = ["Lines", "hash_lines", "hash_words", "normalise"]

_TABLE = 0x20000
"""Code points in the table: two planes. Beyond them are rare ideographs, which stay as they are."""
_LAYOUT = 1
"""Number of the normalisation below: raise it and old tables on disk are forgotten."""
_SPACE = 1
_KEEP_LONGER = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "No", "Mc"})

# The finaliser of MurmurHash3, so that all bits are mixed, and a multiplier for lines of a text.
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)
_PRIME = np.uint64(0x100000001B3)
_ZERO, _ONE, _SIX, _EIGHT = (np.uint64(number) for number in (0, 1, 6, 8))
_BREAK, _TWO, _THREE, _FOUR = np.uint64(10), np.uint64(0x80), np.uint64(0xE0), np.uint64(0xF0)
_FOUR_BITS, _12, _16, _24 = np.uint64(4), np.uint64(12), np.uint64(16), np.uint64(24)
_1_BYTE, _2_BYTES, _3_BYTES = np.uint64(0x80), np.uint64(0x800), np.uint64(0x10000)
_LEAD_2, _LEAD_3, _LEAD_4 = np.uint64(0xC0), np.uint64(0xE0), np.uint64(0xF0)
_LOW_6, _MOST, _ALL = np.uint64(63), np.uint64(_TABLE), np.uint64((1 << 64) - 1)
_BLANK, _BLANKS = np.uint64(0x20), np.uint64(0x2020202020202020)
_EACH, _LOW_4, _BLOCK = np.uint64(0x0101010101010101), np.uint64(0xF), np.uint64(BLOCK)


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


@inner
def _finish(state: Any) -> Any:
    state ^= state >> _SHIFT
    state *= _MIX_1
    state ^= state >> _SHIFT
    state *= _MIX_2
    return state ^ (state >> _SHIFT)


@inner
def _push(state: Any, room: Any, filled: Any, packed: Any, size: Any) -> tuple[Any, Any, Any]:
    """Add one to eight bytes to a hash that takes eight at a time."""
    room |= packed << (_EIGHT * filled)
    filled += size
    if filled >= _EIGHT:
        state = add_eight(state, room)
        filled -= _EIGHT
        # What did not fit; a shift by 64 has no meaning.
        room = packed >> (_EIGHT * (size - filled) & _LOW_6) if filled else _ZERO
    return state, room, filled


@inner
def _fold_eight(eight: Any, size: Any) -> Any:
    """The first of eight bytes that are ASCII letters, digits and blanks, folded."""
    eight |= _BLANKS  # lower case; digits and blanks have this bit
    digit = (eight >> _FOUR_BITS) & ~(eight >> _SIX) & _EACH
    return eight & ~(digit * _LOW_4) & (_ALL >> (_EIGHT * (_EIGHT - size)))


@inner
def _encode(code: Any) -> tuple[Any, Any]:
    """UTF-8: how many bytes, and these as a number."""
    if code < _1_BYTE:
        return _ONE, code
    last = _TWO | code & _LOW_6
    if code < _2_BYTES:
        return np.uint64(2), _LEAD_2 | code >> _SIX | last << _EIGHT
    middle = _TWO | code >> _SIX & _LOW_6
    high = code >> _12
    if code < _3_BYTES:
        return np.uint64(3), _LEAD_3 | high | middle << _EIGHT | last << _16
    rest = (_TWO | high & _LOW_6) << _EIGHT
    return np.uint64(4), _LEAD_4 | high >> _SIX | rest | middle << _16 | last << _24


@making
def _hash(
    offsets: npt.NDArray[np.int64], data: npt.NDArray[np.uint8], table: npt.NDArray[np.uint32]
) -> tuple[Any, ...]:
    count = len(offsets) - 1
    rows = count
    if count:
        place = offsets[0]
        while place < offsets[count]:
            if place + BLOCK <= len(data):
                rows += count_ones(break_bits(data, place))
                place += BLOCK
            else:
                rows += data[place] == 10
                place += 1
    quick = np.uint64(max(0, len(data) - BLOCK - 8))
    text = np.empty(rows, np.int32)
    index = np.empty(rows, np.int32)
    hashes = np.empty(rows, np.int64)
    weights = np.empty(rows, np.int32)
    text_hash = np.zeros(count, np.int64)
    text_weight = np.zeros(count, np.int64)
    row = 0
    for number in range(count):
        at, stop = np.uint64(offsets[number]), np.uint64(offsets[number + 1])
        whole = BASIS
        line = 0
        state, room, filled, weight, gap = BASIS, _ZERO, _ZERO, _ZERO, _ZERO
        block, bits, plain, blank = at - _BLOCK, _ZERO, _ZERO, _ZERO
        while at <= stop:
            if at < quick and at < stop:
                # Letters, digits and single blanks, as far as they go.
                if at - block >= _BLOCK:
                    block = at
                    plain, blank = plain_bits(data, np.int64(at)), blank_bits(data, np.int64(at))
                    bits = plain | blank & ~(blank << _ONE)
                past = at - block
                run = min(np.uint64(leading_ones(bits >> past)), stop - at)
                # The last blank waits for what comes behind it.
                run -= blank >> (past + run - _ONE) & np.uint64(run > _ZERO)
                if run > _ZERO and (not blank >> past & _ONE or (weight and not gap)):
                    if gap:
                        state, room, filled = _push(state, room, filled, _BLANK, _ONE)
                        gap = _ZERO
                    weight += np.uint64(count_ones(plain >> past & _ALL >> (_BLOCK - run)))
                    while run > _ZERO:
                        size = min(run, _EIGHT)
                        folded = _fold_eight(load(data, np.int64(at)), size)
                        state, room, filled = _push(state, room, filled, folded, size)
                        at += size
                        run -= size
                    continue
            byte = np.uint64(data[at]) if at < stop else _BREAK
            at += _ONE
            if byte == _BREAK:
                if weight:
                    value = _finish(add_eight(state, room) if filled else state)
                    text[row] = number
                    index[row] = line
                    hashes[row] = np.int64(value)
                    weights[row] = weight
                    text_weight[number] += np.int64(weight)
                    whole = (whole ^ value) * _PRIME
                    row += 1
                line += 1
                state, room, filled, weight, gap = BASIS, _ZERO, _ZERO, _ZERO, _ZERO
                continue
            code = byte
            if byte >= _TWO:
                width = _ONE + np.uint64(byte >= _THREE) + np.uint64(byte >= _FOUR)
                code &= _LOW_6 >> width
                for _ in range(width):
                    code = code << _SIX | np.uint64(data[at]) & _LOW_6
                    at += _ONE
            folded = np.uint64(table[code]) if code < _MOST else code
            if folded > _ONE:
                if gap:
                    state, room, filled = _push(state, room, filled, _BLANK, _ONE)
                    gap = _ZERO
                size, packed = _encode(folded)
                state, room, filled = _push(state, room, filled, packed, size)
                weight += _ONE
            elif folded and weight:
                gap = _ONE
        text_hash[number] = np.int64(_finish(whole))
    return (
        text[:row].copy(),
        index[:row].copy(),
        hashes[:row].copy(),
        weights[:row].copy(),
        text_hash,
        text_weight,
    )
