"""What the strings of JSON mean: their characters written in UTF-8, or only counted.

Both are told whether there is a backslash at all: few strings have one. What does *not* live here:
where a string ends and whether it is valid (`jsonscan`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.jsonl.scan import BACKSLASH, backslash, hexadecimal
from cleaner.kernels.text.eights import copy, load

__all__ = ["length", "meaning"]

_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_EF = np.uint64(0xEFEFEFEFEFEFEFEF)
_1, _7, _56 = np.uint64(1), np.uint64(7), np.uint64(56)


@inner
def meaning(data: Any, at: int, end: int, out: Any, to: int, escapes: bool) -> int:
    """Write what a string means to `out`; where it ends there, or -1 for half a character."""
    if not escapes:
        copy(data, at, out, to, end - at)
        return to + end - at
    while True:
        stop = backslash(data, at, end)
        copy(data, at, out, to, stop - at)
        to += stop - at
        at = stop
        if at >= end:
            return to
        byte = data[at + 1]
        if byte != 0x75:
            if byte == 0x6E:
                byte = 10
            elif byte == 0x74:
                byte = 9
            elif byte == 0x72:
                byte = 13
            elif byte == 0x62:
                byte = 8
            elif byte == 0x66:
                byte = 12
            out[to] = byte
            to += 1
            at += 2
            continue
        code, at = _escaped(data, at, end)
        if code < 0:
            return -1
        to = _encode(code, out, to)


@inner
def _escaped(data: Any, at: int, end: int) -> tuple[int, int]:
    r"""The code point that is spelled `\u…` at `at`, or -1 for half of one; where it ends."""
    code = hexadecimal(data, at + 2)
    at += 6
    if 0xD800 <= code <= 0xDFFF:
        if code > 0xDBFF or at + 6 > end or data[at] != BACKSLASH or data[at + 1] != 0x75:
            return -1, at
        low = hexadecimal(data, at + 2)
        if not 0xDC00 <= low <= 0xDFFF:
            return -1, at
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        at += 6
    return code, at


@inner
def length(data: Any, at: int, end: int, escapes: bool) -> int:
    """The characters of a string, or -1 if one is U+FFFD or half of one."""
    count = 0
    while at < end:
        stop = backslash(data, at, end) if escapes else end
        count += stop - at
        while at < stop:
            if at + 8 <= stop:
                eight = load(data, at)
                step = 8
            else:
                eight, step = np.uint64(data[at]), 1
            # All but the first byte of a character have the high bit and not the next one.
            count -= int(((eight & ~(eight << _1) & _HIGH) >> _7) * _ONES >> _56)
            other = eight ^ _EF
            if (other - _ONES) & ~other & _HIGH:
                for place in range(at, min(at + step, stop - 2)):
                    if data[place] == 0xEF and data[place + 1] == 0xBF and data[place + 2] == 0xBD:
                        return -1
            at += step
        if at < end:
            count += 1
            if data[at + 1] != 0x75:
                at += 2
            else:
                code, at = _escaped(data, at, end)
                if code < 0 or code == 0xFFFD:
                    return -1
    return count


@inner
def _encode(code: int, out: Any, to: int) -> int:
    """Write a character in UTF-8."""
    if code < 0x80:
        out[to] = code
        return to + 1
    if code < 0x800:
        out[to] = 0xC0 | code >> 6
    else:
        if code < 0x10000:
            out[to] = 0xE0 | code >> 12
        else:
            out[to] = 0xF0 | code >> 18
            to += 1
            out[to] = 0x80 | (code >> 12 & 0x3F)
        to += 1
        out[to] = 0x80 | (code >> 6 & 0x3F)
    out[to + 1] = 0x80 | (code & 0x3F)
    return to + 2
