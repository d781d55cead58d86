"""What stands between two runs of ASCII letters, as far as slips depend on it.

Where it is unsure, it says more than is true. What does *not* live here: the runs themselves
(`slipscreens`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.quality.slipsigns import closes
from cleaner.kernels.text.blocks import BLOCK, blank_bits, leading_ones, wide_bits
from cleaner.kernels.text.lanes import between

__all__ = [
    "COMMA", "INDIRECT", "INSIDE", "JOINED", "OTHER", "SIGN", "STOP", "UNSURE", "WHITE", "WORDLIKE",
    "gap", "marks", "repeats", "white",
]  # fmt: skip

JOINED, WHITE, COMMA, STOP, OTHER, INSIDE, INDIRECT, UNSURE = (1 << bit for bit in range(8))
"""Perhaps white space only, on one line; white space; a comma; the end of a sentence; digits, or
characters beyond ASCII, which may be letters and all of the former; what may stand in a word, or
be white space only; not just one blank; a
line break beyond ASCII, which is not followed up."""
SIGN, WORDLIKE, EITHER = range(3)
"""What ends a line: a mark; a letter or digit; something beyond ASCII."""
_SIGN, _WORDLIKE, _EITHER = map(np.int64, (SIGN, WORDLIKE, EITHER))

_ZERO: Any = np.int64(0)
_DASH: Any = np.int64(0x2D)
"""Stands for all marks that are no white space."""
_MANY = 16
"""Bytes that are worth being looked at together."""
_LEAST = 4
"""Bytes of a word that is repeated with the one before it, at least."""


def _mark(byte: int) -> int:
    """Flags of one ASCII character between two runs, 0 for white space."""
    if byte <= 0x20 or byte >= 0x7F:
        return 0
    kind = {",": COMMA, ".": STOP, "!": STOP, "?": STOP}.get(chr(byte), 0)
    return INDIRECT | INSIDE | kind | OTHER * (chr(byte).isdecimal() or byte == 0x5F)


_MARKS = np.array([_mark(byte) for byte in range(256)], np.int64)


@inner
def marks(data: Any, at: Any, size: Any) -> Any:
    """What `gap` says of a mark, and of a mark and a blank; 0 if something else stands there."""
    flags = _MARKS[data[at]] * (size <= 2)
    if size == 2:
        # A blank behind a digit parts it from the next word, and no mark is between them.
        flags &= ~INSIDE
        flags |= WHITE | (flags & OTHER > 0) * (JOINED | INSIDE)
        flags *= (_MARKS[data[at]] > 0) and data[at + 1] == 0x20
    return flags


@inner
def white(byte: Any) -> Any:
    """Whether an ASCII byte is white space to `words`."""
    return byte <= 0x20 or byte == 0x7F


@inner
def _special(data: Any, at: Any) -> Any:
    """Which of 64 bytes may begin a mark or a line break beyond ASCII. uint64."""
    return between(data, at, 0xC2, 0xC2) | between(data, at, 0xE2, 0xE2)


@inner
def gap(data: Any, low: Any, high: Any, stop: Any) -> tuple[Any, Any, Any, Any, Any]:
    """What stands between two runs of letters, or at one end of the text.

    Returns:
        Flags as above; how many marks stand apart; bytes that may part words; line breaks; and
        what the line that ends here, or ends here first, ends with.
    """
    flags = spaced = parting = breaks = _ZERO
    tail = ended = _WORDLIKE
    before = _DASH
    at = low
    while at < high:
        if data[at] >= 0x80 and at + BLOCK <= len(data):
            # In a script of its own, nothing but letters and blanks: as the last branch has it.
            plain = wide_bits(data, at) & ~_special(data, at)
            some = min(leading_ones(plain | blank_bits(data, at)), high - at)
            if some >= _MANY:
                parting += some
                flags |= WHITE | COMMA | STOP | OTHER
                tail = _EITHER
                at += some
                before = np.int64(data[at - 1])
                continue
        byte = np.int64(data[at])
        after = np.int64(data[at + 1]) if at + 1 < stop else _ZERO
        at += 1
        if white(byte):
            parting += 1
            flags |= WHITE
            if 0x0A <= byte <= 0x0D:
                if breaks == 0:
                    ended = tail
                breaks += 1
        elif byte < 0x80:
            if 0x30 <= byte <= 0x39 or byte == 0x5F:
                flags |= OTHER
                tail = _WORDLIKE
            else:
                tail = _SIGN
                flags |= COMMA * (byte == 0x2C)
                flags |= STOP * (byte == 0x2E or byte == 0x21 or byte == 0x3F)
                if closes(byte) and (white(before) or before >= 0x80):
                    spaced += white(after) or after >= 0x80
        elif byte == 0xE2 and after == 0x80 and 0x90 <= data[at + 1] <= 0xA7:
            # Dashes, quotation marks, dots.
            tail, byte = _SIGN, _DASH
            flags |= STOP * (data[at + 1] > 0xA0)
            at += 2
        else:
            parting += 1
            flags |= WHITE | COMMA | STOP | OTHER
            tail = _EITHER
            if (byte == 0xC2 and after == 0x85) or (
                byte == 0xE2 and after == 0x80 and data[at + 1] & 0xFE == 0xA8
            ):
                flags |= UNSURE
        before = byte
    if breaks and not flags & OTHER:
        # A new line begins with this run, or with marks that stand alone, such as commas.
        return INDIRECT | flags & COMMA, spaced, parting, breaks, ended
    if before >= 0x80 or (white(before) and tail != SIGN):
        flags |= JOINED | INSIDE
    if not flags & WHITE:
        flags |= INSIDE
    return flags | INDIRECT, spaced, parting, breaks, ended if breaks else tail


@inner
def _unsure(data: Any, at: Any, stop: Any) -> Any:
    """Whether white space beyond ASCII may begin here."""
    byte = data[at]
    if byte < 0xC2 or at + 1 >= stop:
        return False
    after = data[at + 1]
    if byte == 0xE2 and after == 0x80 and at + 2 < stop:
        return not 0x90 <= data[at + 2] <= 0xA7
    return (
        (byte == 0xC2 and after <= 0xA0)
        or (byte == 0xE2 and after == 0x81)
        or (byte == 0xE1 and after == 0x9A)
        or (byte == 0xE3 and after == 0x80)
        or (byte == 0xEF and after == 0xBB)
    )


@inner
def repeats(data: Any, start: Any, end: Any, begin: Any, stop: Any) -> Any:
    """Whether "to x-ray to x-ray" may stand around the second "to", from `start` to `end`.

    Args:
        data: UTF-8.
        start: of a run of letters.
        end: past its last byte.
        begin: where the text begins.
        stop: past its last byte.
    """
    at = start
    unsure = False
    while at > begin and white(data[at - 1]):
        at -= 1
    until = at
    while at > begin and not white(data[at - 1]):
        at -= 1
        unsure = unsure or _unsure(data, at, stop)
    first = at
    while at > begin and white(data[at - 1]):
        at -= 1
    if until - first < _LEAST or at - begin < end - start:
        return unsure
    for back in range(1, end - start + 1):
        if data[at - back] | 0x20 != data[end - back] | 0x20:
            return unsure
    while end < stop and white(data[end]):
        end += 1
    for step in range(_LEAST):
        if end + step >= stop:
            return unsure
        if data[first + step] >= 0x80 or data[end + step] >= 0x80:
            return True
        if data[first + step] | 0x20 != data[end + step] | 0x20:
            return unsure
    return True
