"""Tokens of a text as 64-bit hashes, straight from its UTF-8 bytes.

A token is a maximal run of letters, digits, marks and underscores of the text after NFKC and lower
case; each character of a script without spaces (Han, kana, Thai, Lao, Khmer, Burmese) is a token
by itself. `words.split_words` is that definition in Python; the kernel gives the hashes of the same
tokens without making a string. What does *not* live here: shingles of tokens (`shingles`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.duplicates.folding import (
    LONE,
    MANY,
    POINT,
    SINGLE,
    SLOW,
    WORD,
    Folding,
    is_word,
)
from cleaner.kernels.duplicates.words import FACTOR, MIX_1, MIX_2, SEED
from cleaner.kernels.text.blocks import BLOCK, first_one, leading_ones, odd_bits, plain_bits
from cleaner.kernels.text.eights import first_set, letters, load, reversed_bytes, word_bytes

__all__ = ["NEEDS_FOLDING", "mix", "read_tokens"]

NEEDS_FOLDING = -1
"""`read_tokens` met a character that it cannot fold by itself."""

_33, _32, _8, _2 = np.uint64(33), np.uint64(32), np.uint64(8), np.uint64(2)
_HIGH = np.uint64(0x8080808080808080)
_CASE = np.uint64(0x2020202020202020)
_ALL, _1 = np.uint64((1 << 64) - 1), np.uint64(1)
_BLOCK: Any = np.int64(BLOCK)

# The constants of the tables again, in the type that the kernel computes with.
_POINT, _WORD, _SINGLE = np.uint32(POINT), np.uint32(WORD), np.uint32(SINGLE)
_MANY, _SLOW, _LONE = np.uint32(MANY), np.uint32(SLOW), np.uint32(LONE)
_END = np.uint32(0xFFFFFFFF)


def _ascii() -> npt.NDArray[np.uint8]:
    """The lower case of each ASCII character of a word; 0 for the others."""
    table = np.zeros(128, np.uint8)
    for code in range(128):
        if is_word(chr(code)):
            table[code] = ord(chr(code).lower())
    return table


_ASCII = _ascii()


@inner
def mix(state: Any) -> Any:
    """Spread every bit of a 64-bit number over all of them."""
    state ^= state >> _33
    state *= MIX_1
    state ^= state >> _33
    state *= MIX_2
    return state ^ (state >> _33)


@inner
def _push(state: Any, word: Any, size: Any, code: Any) -> Any:
    """Add the UTF-8 bytes of a code point to a token."""
    if code < 0x80:
        count, packed = 1, np.uint64(code)
    elif code < 0x800:
        count, packed = 2, np.uint64(((0xC0 | (code >> 6)) << 8) | (0x80 | (code & 0x3F)))
    elif code < 0x10000:
        high = ((0xE0 | (code >> 12)) << 8) | (0x80 | ((code >> 6) & 0x3F))
        count, packed = 3, np.uint64((high << 8) | (0x80 | (code & 0x3F)))
    else:
        high = ((0xF0 | (code >> 18)) << 8) | (0x80 | ((code >> 12) & 0x3F))
        high = (high << 8) | (0x80 | ((code >> 6) & 0x3F))
        count, packed = 4, np.uint64((high << 8) | (0x80 | (code & 0x3F)))
    room = 8 - size
    if count < room:
        return state, (word << np.uint64(8 * count)) | packed, size + count
    rest = np.uint64(8 * (count - room))  # bits that are left for the next eight bytes
    state = (state ^ ((word << np.uint64(8 * room)) | (packed >> rest))) * FACTOR
    return state ^ (state >> _32), packed & ~(_ALL << rest), count - room


@inner
def _read_plain(data: Any, at: Any, stop: Any, out: Any, to: Any) -> tuple[Any, Any]:
    """Hash the tokens of a block that consist of ASCII letters and digits.

    Args:
        data: UTF-8; a block and eight bytes more are left from `at` on.
        at: where the block begins, and no token has begun.
        stop: where the text ends.
        out: gets the hashes, not yet mixed.
        to: where the first one goes.

    Returns:
        Where the next hash goes; and where to go on: behind the block, or at a token that is not
        wholly in it, or not only of such characters.
    """
    plain, odd = plain_bits(data, at), odd_bits(data, at)
    # Where what can be told of the block ends. The text's end ends a token, a block's does not.
    limit = min(stop - at, _BLOCK)
    last = limit + (at + limit == stop)
    mark = first_one(odd)
    if mark < limit:
        limit = last = mark
    # Bits behind the limit do not count; none is shifted by 64, which has no meaning.
    plain &= _ALL >> np.uint64(_BLOCK - limit) if limit > 0 else np.uint64(0)
    place = np.int64(0)
    while plain:
        place = first_one(plain)
        size = leading_ones(plain >> np.uint64(place))
        end = place + size
        if end >= last:
            return to, at + place
        here = at + place
        # No processor foresees which tokens have eight letters; few have sixteen.
        state = (SEED ^ reversed_bytes(load(data, here) | _CASE)) * FACTOR
        state ^= state >> _32
        long = size >= 8
        state = state if long else SEED
        here += 8 * long
        size -= 8 * long
        while size >= 8:
            state = (state ^ reversed_bytes(load(data, here) | _CASE)) * FACTOR
            state ^= state >> _32
            here += 8
            size -= 8
        word = reversed_bytes(load(data, here) | _CASE)
        # Shifted twice: by 64, where nothing is left of the token, has no meaning.
        out[np.uint64(to)] = state ^ (word >> _1 >> np.uint64(63 - 8 * size))
        to += 1
        plain &= _ALL << np.uint64(end & 63) if end < _BLOCK else np.uint64(0)
    return to, at + limit


@inner
def _moves(data: Any, at: Any, tables: Folding) -> Any:
    """Whether a mark of its own may move past what stands before it.

    Only beside another mark, or behind what may end in one when it is folded. `at` is past the
    mark; what stands before the text does no harm if it is asked.
    """
    for _ in range(2):  # the mark, and the character before it
        at -= 1
        while at > 0 and data[at] & 0xC0 == 0x80:
            at -= 1
        if at <= 0:
            return True
    if data[at] < 0x80:
        return False
    code = np.uint32(data[at])
    if code < 0xE0:
        code = ((code & 0x1F) << 6) | (data[at + 1] & 0x3F)
    elif code < 0xF0:
        code = ((code & 0x0F) << 12) | (np.uint32(data[at + 1] & 0x3F) << 6)
        code |= data[at + 2] & 0x3F
    else:
        return True  # rare
    return tables.entries[tables.pages[code >> 8], code & 0xFF] & (_SLOW | _MANY) != 0


@kernel
def read_tokens(
    data: Any, at: Any, stop: Any, tables: Folding, folded: Any, out: Any, first: Any
) -> tuple[Any, Any]:
    """Hash tokens of `data[at:stop]` until the text or the room in `out` ends.

    Args:
        data: uint8[m], UTF-8.
        at: where to begin; 0 or what an earlier call returned.
        stop: where the text ends.
        tables: `folding.folding()`.
        folded: whether the text has been through `fold_text`.
        out: uint64[k], gets the hashes.
        first: where in `out` they begin; at least 32 less than k.

    Returns:
        How many tokens were read, and where to go on; `NEEDS_FOLDING` for the latter if only
        `fold_text` can tell what the tokens are.
    """
    count, at = _read(data, at, stop, tables, folded, out, first)
    for place in range(first, first + count):  # many at a time
        out[np.uint64(place)] = mix(out[np.uint64(place)])
    return count, at


@inner
def _read(
    data: Any, at: Any, stop: Any, tables: Folding, folded: Any, out: Any, first: Any
) -> tuple[Any, Any]:
    """`read_tokens`, the hashes not yet mixed."""
    room = len(out) - first - 20  # one code point can become 18 characters
    count = 0
    state = SEED
    word = np.uint64(0)
    size = 0
    inside = False
    quick = len(data) - _BLOCK - 8
    while at < stop:
        if not inside and at <= quick and count + 32 <= room and data[at] < 0x80:
            # Nearly every text is read here, 64 bytes at a time.
            begin = at
            filled, at = _read_plain(data, at, stop, out, first + count)
            count = filled - first
            if at >= stop or at - begin > _BLOCK // 2:
                continue
        if not size and at + 8 <= stop and data[at] < 0x80:
            eight = load(data, at)
            inner = word_bytes(eight)
            taken = first_set(inner ^ _HIGH)
            if taken:
                eight |= (letters(eight) & inner) >> _2  # 0x80 to 0x20: to lower case
                word = reversed_bytes(eight) >> np.uint64(64 - 8 * taken)
                at += taken
                inside = True
                if taken == 8:
                    state = (state ^ word) * FACTOR
                    state ^= state >> _32
                    word = np.uint64(0)
                    continue
                size = taken
            elif not inside:
                taken = first_set(inner | (eight & _HIGH))
                if taken:
                    at += taken
                    continue
        byte = data[at]
        if byte < 0x80:
            at += 1
            byte = _ASCII[byte]
            if byte:
                word = (word << _8) | np.uint64(byte)
                size += 1
                inside = True
                if size == 8:
                    state = (state ^ word) * FACTOR
                    state ^= state >> _32
                    word = np.uint64(0)
                    size = 0
            elif inside:
                out[first + count] = state ^ word
                count += 1
                state = SEED
                word = np.uint64(0)
                size = 0
                inside = False
                if count >= room:
                    return count, at
            continue
        code = np.uint32(byte)
        if code < 0xE0:
            code = ((code & 0x1F) << 6) | (data[at + 1] & 0x3F)
            at += 2
        elif code < 0xF0:
            code = ((code & 0x0F) << 12) | (np.uint32(data[at + 1] & 0x3F) << 6)
            code |= data[at + 2] & 0x3F
            at += 3
        else:
            code = ((code & 0x07) << 18) | (np.uint32(data[at + 1] & 0x3F) << 12)
            code |= (np.uint32(data[at + 2] & 0x3F) << 6) | (data[at + 3] & 0x3F)
            at += 4
        entry = tables.entries[tables.pages[code >> 8], code & 0xFF]
        if entry & _SLOW and not folded and (not entry & _LONE or _moves(data, at, tables)):
            return count, NEEDS_FOLDING
        many = np.int64(-1)
        if entry & _MANY:
            many = np.int64(entry & _POINT)
            entry = tables.many[many]
        while True:
            if entry & _WORD and not entry & _SINGLE:
                state, word, size = _push(state, word, size, np.uint32(entry & _POINT))
                inside = True
            else:
                if inside:
                    out[first + count] = state ^ word
                    count += 1
                    state = SEED
                    word = np.uint64(0)
                    size = 0
                    inside = False
                if entry & _WORD:
                    state, word, size = _push(state, word, size, np.uint32(entry & _POINT))
                    out[first + count] = state ^ word
                    count += 1
                    state = SEED
                    word = np.uint64(0)
                    size = 0
            if many < 0:
                break
            many += 1
            entry = tables.many[many]
            if entry == _END:
                break
        if count >= room:
            if inside:  # several characters out of one, again and again, with no place to stop
                return count, NEEDS_FOLDING
            return count, at
    if inside:
        out[first + count] = state ^ word
        count += 1
    return count, at
