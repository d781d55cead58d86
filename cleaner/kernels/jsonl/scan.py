r"""The grammar of JSON over bytes: where values end, and whether they are valid.

Every function takes the place where something begins and the end of what it may look at, and gives
the place behind it, or -1. Bytes of a string are passed eight at a time: nearly all of a corpus is
inside of strings, and nearly none of their bytes mean anything. What does *not* live here: which
values are wanted (`jsonlines`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.text.eights import first_set, load

__all__ = [
    "BACKSLASH",
    "CLOSE",
    "COLON",
    "COMMA",
    "OPEN",
    "QUOTE",
    "backslash",
    "blank",
    "hexadecimal",
    "number",
    "skip",
    "string",
]

QUOTE, BACKSLASH, COMMA, COLON = 0x22, 0x5C, 0x2C, 0x3A
OPEN, CLOSE, _LIST, _END = 0x7B, 0x7D, 0x5B, 0x5D
_DEEP = 60
"""Levels of nesting that fit in the bits of one number."""

_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_QUOTES = np.uint64(0x2222222222222222)
_BACKSLASHES = np.uint64(0x5C5C5C5C5C5C5C5C)
_BLANKS = np.uint64(0x2020202020202020)


@inner
def blank(data: Any, at: int, end: int) -> int:
    """Where the next byte is that is no white space."""
    while at < end and (data[at] == 32 or data[at] == 9 or data[at] == 13):
        at += 1
    return at


@inner
def hexadecimal(data: Any, at: int) -> int:
    """Four hexadecimal digits as a number, or -1."""
    value = 0
    for place in range(at, at + 4):
        byte = data[place]
        if 48 <= byte <= 57:
            digit = byte - 48
        elif 65 <= byte <= 70:
            digit = byte - 55
        elif 97 <= byte <= 102:
            digit = byte - 87
        else:
            return -1
        value = value * 16 + digit
    return value


@inner
def _marked(eight: Any) -> Any:
    """The high bit of the first byte that is a quote, a backslash or a control character.

    Of a later byte it may be set as well: a subtraction borrows from the next.
    """
    quotes, backslashes = eight ^ _QUOTES, eight ^ _BACKSLASHES
    ends = (quotes - _ONES) & ~quotes
    escapes = (backslashes - _ONES) & ~backslashes
    return (ends | escapes | ((eight - _BLANKS) & ~eight)) & _HIGH


@inner
def string(data: Any, at: int, end: int) -> tuple[int, bool]:
    """Where the string that opens at `at` ends, behind its quote, or -1; whether it has escapes."""
    escapes = False
    at += 1
    while at < end:
        while at + 8 <= end:
            found = _marked(load(data, at))
            if found:  # a branch: the next load need not wait for what is found in this one
                at += first_set(found)
                break
            at += 8
        if at >= end:
            break
        byte = data[at]
        if byte == QUOTE:
            return at + 1, escapes
        if byte < 32:
            return -1, escapes
        if byte == BACKSLASH:
            escapes = True
            at += 1
            if at >= end:
                return -1, escapes
            byte = data[at]
            if byte == 0x75:  # u
                if at + 4 >= end or hexadecimal(data, at + 1) < 0:
                    return -1, escapes
                at += 4
            elif not (
                byte == QUOTE or byte == BACKSLASH or byte == 0x2F or byte == 0x62
                or byte == 0x66 or byte == 0x6E or byte == 0x72 or byte == 0x74
            ):  # fmt: skip
                return -1, escapes
        at += 1
    return -1, escapes


@inner
def backslash(data: Any, at: int, end: int) -> int:
    """Where the next backslash is, or the end."""
    while at + 8 <= end:
        other = load(data, at) ^ _BACKSLASHES
        found = (other - _ONES) & ~other & _HIGH
        if found:
            return at + int(first_set(found))
        at += 8
    while at < end and data[at] != BACKSLASH:
        at += 1
    return at


@inner
def number(data: Any, at: int, end: int) -> tuple[int, bool]:
    """Where a number ends, or -1; whether it is whole."""
    whole = True
    if at < end and data[at] == 0x2D:
        at += 1
    if at >= end or not 48 <= data[at] <= 57:
        return -1, whole
    if data[at] == 48:
        at += 1
    else:
        while at < end and 48 <= data[at] <= 57:
            at += 1
    if at < end and data[at] == 0x2E:
        whole = False
        at += 1
        if at >= end or not 48 <= data[at] <= 57:
            return -1, whole
        while at < end and 48 <= data[at] <= 57:
            at += 1
    if at < end and (data[at] | 32) == 0x65:
        whole = False
        at += 1
        if at < end and (data[at] == 0x2B or data[at] == 0x2D):
            at += 1
        if at >= end or not 48 <= data[at] <= 57:
            return -1, whole
        while at < end and 48 <= data[at] <= 57:
            at += 1
    return at, whole


@inner
def _word(data: Any, at: int, end: int) -> int:
    """Where `true`, `false` or `null` ends, or -1."""
    if at + 4 > end:
        return -1
    if data[at] == 0x74 and data[at + 1] == 0x72 and data[at + 2] == 0x75 and data[at + 3] == 0x65:
        return at + 4
    if data[at] == 0x6E and data[at + 1] == 0x75 and data[at + 2] == 0x6C and data[at + 3] == 0x6C:
        return at + 4
    if (
        at + 5 <= end and data[at] == 0x66 and data[at + 1] == 0x61 and data[at + 2] == 0x6C
        and data[at + 3] == 0x73 and data[at + 4] == 0x65
    ):  # fmt: skip
        return at + 5
    return -1


@inner
def _scalar(data: Any, at: int, end: int) -> int:
    """Where a value that is no object and no list ends, or -1."""
    byte = data[at]
    if byte == QUOTE:
        at, _ = string(data, at, end)
    elif byte == 0x2D or 48 <= byte <= 57:
        at, _ = number(data, at, end)
    else:
        at = _word(data, at, end)
    return at


@inner
def _key(data: Any, at: int, end: int) -> int:
    """Where the value behind the key that opens at `at` begins, or -1."""
    if at >= end or data[at] != QUOTE:
        return -1
    at, _ = string(data, at, end)
    if at < 0:
        return -1
    at = blank(data, at, end)
    if at >= end or data[at] != COLON:
        return -1
    at += 1
    return int(blank(data, at, end))


@inner
def skip(data: Any, at: int, end: int) -> int:  # noqa: PLR0911 -- a parser
    """Where the value that begins at `at` ends, or -1: not valid, or nested too deeply."""
    depth = 0
    objects = 0  # one bit a level
    while at < end:
        byte = data[at]
        if byte == OPEN or byte == _LIST:
            if depth == _DEEP:
                return -1
            depth += 1
            objects = objects * 2 + (1 if byte == OPEN else 0)
            at = blank(data, at + 1, end)
            if at >= end:
                return -1
            closing = CLOSE if objects & 1 else _END
            if data[at] != closing:
                if objects & 1:
                    at = _key(data, at, end)
                    if at < 0:
                        return -1
                continue
        else:
            at = _scalar(data, at, end)
            if at < 0 or depth == 0:
                return at
            at = blank(data, at, end)
        while True:  # behind a value, or before the end of an empty object or list
            if at >= end:
                return -1
            byte = data[at]
            if byte == COMMA:
                at = blank(data, at + 1, end)
                if objects & 1:
                    at = _key(data, at, end)
                    if at < 0:
                        return -1
                break
            if byte != (CLOSE if objects & 1 else _END):
                return -1
            depth -= 1
            objects >>= 1
            at += 1
            if depth == 0:
                return at
            at = blank(data, at, end)
    return -1
