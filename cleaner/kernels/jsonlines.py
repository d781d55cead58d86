r"""Reads text, id and address out of lines of JSON, without an object for a line.

A line is taken only if it is certain that every parser reads it the same way: an object, valid in
every byte, whose keys are spelled without escapes. `"text": "caf\u00e9"` is such a line; one with
half of a surrogate pair, a byte order mark or a thousand brackets is not. What is not taken is left
to a real parser, which a property test holds this one against. What does *not* live here: what a
line becomes when it is not taken (`formats.jsonl`).
"""

from typing import Any, NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

__all__ = ["Fields", "read_fields"]

_QUOTE, _BACKSLASH, _COMMA, _COLON = 0x22, 0x5C, 0x2C, 0x3A
_OPEN, _CLOSE, _LIST, _END = 0x7B, 0x7D, 0x5B, 0x5D
_DEEP = 60
"""Levels of nesting that fit in the bits of one number."""
_DIGITS = 18
"""Digits of an id that is a number; 64 bits hold them."""
_MISSING, _STRING, _NUMBER = 0, 1, 2

_inner: Any = nb.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


class Fields(NamedTuple):
    """Columns of n lines; each of them is in one buffer, from `at[i]` to `at[i + 1]`.

    Attributes:
        taken: bool[n].
        text: uint8[…] and its int64[n + 1].
        ident: the same; a line without an id has its name and number.
        url: the same.
        has_url: bool[n].
        host: the same as `text`, in lower case.
        simple_host: bool[n], False where the address is too odd to say here what its host is.
    """

    taken: npt.NDArray[np.bool_]
    text: tuple[Any, Any]
    ident: tuple[Any, Any]
    url: tuple[Any, Any]
    has_url: npt.NDArray[np.bool_]
    host: tuple[Any, Any]
    simple_host: npt.NDArray[np.bool_]


def read_fields(
    block: bytes, starts: Any, names: tuple[str, str], prefix: str, first: int, limit: int
) -> Fields:
    """Read the lines of a block.

    Args:
        block: whole lines.
        starts: int64[n + 1]; line i is `block[starts[i]:starts[i + 1]]`, its line feed included.
        names: the fields that hold text and id; the address is in `url`.
        prefix: what stands before the number of a line in the name of one without an id.
        first: number of the first line.
        limit: bytes of the longest line that is taken.
    """
    data = np.frombuffer(block, np.uint8)
    valid = _is_utf8(block)
    keys = [np.frombuffer(name.encode(), np.uint8) for name in (*names, "url")]
    head = np.frombuffer(prefix.encode("utf-8", "replace"), np.uint8)
    found = _read(data, starts, *keys, head, first, limit, valid)
    taken, text, text_at, ident, ident_at, url, url_at, has_url, host, host_at, simple = found
    return Fields(
        taken, (text, text_at), (ident, ident_at), (url, url_at), has_url, (host, host_at), simple
    )


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


@_inner
def _blank(data: Any, at: int, end: int) -> int:
    """Where the next byte is that is no white space."""
    while at < end and (data[at] == 32 or data[at] == 9 or data[at] == 13):
        at += 1
    return at


@_inner
def _hex(data: Any, at: int) -> int:
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


@_inner
def _string(data: Any, at: int, end: int) -> tuple[int, bool]:
    """Where the string that opens at `at` ends, behind its quote, or -1; whether it has escapes."""
    escapes = False
    at += 1
    while at < end:
        byte = data[at]
        if byte == _QUOTE:
            return at + 1, escapes
        if byte < 32:
            return -1, escapes
        if byte == _BACKSLASH:
            escapes = True
            at += 1
            if at >= end:
                return -1, escapes
            byte = data[at]
            if byte == 0x75:  # u
                if at + 4 >= end or _hex(data, at + 1) < 0:
                    return -1, escapes
                at += 4
            elif not (
                byte == _QUOTE or byte == _BACKSLASH or byte == 0x2F or byte == 0x62
                or byte == 0x66 or byte == 0x6E or byte == 0x72 or byte == 0x74
            ):  # fmt: skip
                return -1, escapes
        at += 1
    return -1, escapes


@_inner
def _number(data: Any, at: int, end: int) -> tuple[int, bool]:
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


@_inner
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


@_inner
def _scalar(data: Any, at: int, end: int) -> int:
    """Where a value that is no object and no list ends, or -1."""
    byte = data[at]
    if byte == _QUOTE:
        at, _ = _string(data, at, end)
    elif byte == 0x2D or 48 <= byte <= 57:
        at, _ = _number(data, at, end)
    else:
        at = _word(data, at, end)
    return at


@_inner
def _key(data: Any, at: int, end: int) -> int:
    """Where the value behind the key that opens at `at` begins, or -1."""
    if at >= end or data[at] != _QUOTE:
        return -1
    at, _ = _string(data, at, end)
    if at < 0:
        return -1
    at = _blank(data, at, end)
    if at >= end or data[at] != _COLON:
        return -1
    at += 1
    return int(_blank(data, at, end))


@_inner
def _skip(data: Any, at: int, end: int) -> int:  # noqa: PLR0911 -- a parser
    """Where the value that begins at `at` ends, or -1: not valid, or nested too deeply."""
    depth = 0
    objects = 0  # one bit a level
    while at < end:
        byte = data[at]
        if byte == _OPEN or byte == _LIST:
            if depth == _DEEP:
                return -1
            depth += 1
            objects = objects * 2 + (1 if byte == _OPEN else 0)
            at = _blank(data, at + 1, end)
            if at >= end:
                return -1
            closing = _CLOSE if objects & 1 else _END
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
            at = _blank(data, at, end)
        while True:  # behind a value, or before the end of an empty object or list
            if at >= end:
                return -1
            byte = data[at]
            if byte == _COMMA:
                at = _blank(data, at + 1, end)
                if objects & 1:
                    at = _key(data, at, end)
                    if at < 0:
                        return -1
                break
            if byte != (_CLOSE if objects & 1 else _END):
                return -1
            depth -= 1
            objects >>= 1
            at += 1
            if depth == 0:
                return at
            at = _blank(data, at, end)
    return -1


@_inner
def _copy(data: Any, at: int, end: int, out: Any, to: int, escapes: bool) -> int:
    """Write what a string means to `out`; where it ends there, or -1 for half a character."""
    if not escapes:
        for place in range(end - at):
            out[to + place] = data[at + place]
        return to + end - at
    while at < end:
        byte = data[at]
        if byte != _BACKSLASH:
            out[to] = byte
            at += 1
            to += 1
            continue
        byte = data[at + 1]
        at += 2
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
            continue
        code = _hex(data, at)
        at += 4
        if 0xD800 <= code <= 0xDFFF:
            if code > 0xDBFF or at + 6 > end or data[at] != _BACKSLASH or data[at + 1] != 0x75:
                return -1
            low = _hex(data, at + 2)
            if not 0xDC00 <= low <= 0xDFFF:
                return -1
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            at += 6
        to = _encode(code, out, to)
    return to


@_inner
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


@_inner
def _equal(data: Any, at: int, end: int, key: Any) -> bool:
    """Whether a key, without its quotes, is this one."""
    same: bool = end - at == len(key)
    place = 0
    while same and place < len(key):
        same = data[at + place] == key[place]
        place += 1
    return same


@_inner
def _host(data: Any, at: int, end: int, out: Any, to: int) -> int:
    """Write the host of a plain `http` address; where it ends, or -1 for any other address."""
    for place in range(at, end):
        if data[place] < 0x21 or data[place] > 0x7E or data[place] == _BACKSLASH:
            return -1
    if end - at < 8 or not (
        data[at] == 0x68 and data[at + 1] == 0x74 and data[at + 2] == 0x74 and data[at + 3] == 0x70
    ):
        return -1
    at += 5 if data[at + 4] == 0x73 else 4
    if not (data[at] == _COLON and data[at + 1] == 0x2F and data[at + 2] == 0x2F):
        return -1
    at += 3
    first = to
    while at < end:
        byte = data[at]
        if byte == 0x2F or byte == 0x3F or byte == 0x23:
            break
        if 65 <= byte <= 90:
            byte |= 32
        elif not (97 <= byte <= 122 or 48 <= byte <= 57 or byte == 0x2E or byte == 0x2D):
            return -1
        out[to] = byte
        at += 1
        to += 1
    return to if to > first else -1


@nb.njit(cache=True, nogil=True)
def _read(
    data: Any, starts: Any, text_key: Any, id_key: Any, url_key: Any,
    head: Any, first: int, limit: int, valid: bool,
) -> Any:  # fmt: skip
    count = len(starts) - 1
    taken = np.zeros(count, np.bool_)
    has_url = np.zeros(count, np.bool_)
    simple = np.ones(count, np.bool_)
    room = len(data)
    text, text_at = np.empty(room, np.uint8), np.zeros(count + 1, np.int64)
    ident = np.empty(room + count * (len(head) + 20), np.uint8)
    ident_at = np.zeros(count + 1, np.int64)
    url, url_at = np.empty(room, np.uint8), np.zeros(count + 1, np.int64)
    host, host_at = np.empty(room, np.uint8), np.zeros(count + 1, np.int64)
    at_text = at_id = at_url = at_host = 0
    spans = np.zeros((3, 3), np.int64)  # text, id, url: begin, end, escapes
    kinds = np.zeros(3, np.int64)
    for line in range(count):
        low, high = starts[line], starts[line + 1]
        if high > low and data[high - 1] == 10:
            high -= 1
        good = starts[line + 1] - low <= limit
        if good and not valid:
            for place in range(low, high):
                if data[place] > 127:
                    good = False
                    break
        good = good and _line(data, low, high, text_key, id_key, url_key, spans, kinds)
        if good and kinds[0] == _STRING:
            end = _copy(data, spans[0, 0], spans[0, 1], text, at_text, spans[0, 2] > 0)
            if kinds[1] == _MISSING:
                end_id = _name(head, first + line, ident, at_id)
            else:
                end_id = _copy(data, spans[1, 0], spans[1, 1], ident, at_id, spans[1, 2] > 0)
            end_url = at_url
            if kinds[2] == _STRING:
                end_url = _copy(data, spans[2, 0], spans[2, 1], url, at_url, spans[2, 2] > 0)
            if end >= 0 and end_id >= 0 and end_url >= 0:
                taken[line] = True
                if kinds[2] == _STRING:
                    has_url[line] = True
                    to = _host(url, at_url, end_url, host, at_host)
                    simple[line] = to >= 0
                    at_host = max(at_host, to)
                at_text, at_id, at_url = end, end_id, end_url
        text_at[line + 1], ident_at[line + 1] = at_text, at_id
        url_at[line + 1], host_at[line + 1] = at_url, at_host
    return taken, text, text_at, ident, ident_at, url, url_at, has_url, host, host_at, simple


@_inner
def _name(head: Any, number: int, out: Any, to: int) -> int:
    """Write the name of a line without an id."""
    for place in range(len(head)):
        out[to + place] = head[place]
    to += len(head)
    size, rest = 1, number
    while rest >= 10:
        rest //= 10
        size += 1
    for place in range(to + size - 1, to - 1, -1):
        out[place] = 48 + number % 10
        number //= 10
    return to + size


@_inner
def _line(  # noqa: PLR0911 -- a parser
    data: Any, low: int, high: int, text_key: Any, id_key: Any, url_key: Any, spans: Any, kinds: Any
) -> bool:  # fmt: skip
    """Find the fields of one line; of duplicate keys the last counts."""
    for field in range(3):
        kinds[field] = _MISSING
    at = _blank(data, low, high)
    if at >= high or data[at] != _OPEN:
        return False
    at = _blank(data, at + 1, high)
    if at < high and data[at] == _CLOSE:
        return False  # without a text
    while True:
        if at >= high or data[at] != _QUOTE:
            return False
        end, escapes = _string(data, at, high)
        if end < 0 or escapes:
            return False
        field = -1
        if _equal(data, at + 1, end - 1, text_key):
            field = 0
        elif _equal(data, at + 1, end - 1, id_key):
            field = 1
        elif _equal(data, at + 1, end - 1, url_key):
            field = 2
        at = _blank(data, end, high)
        if at >= high or data[at] != _COLON:
            return False
        at = _blank(data, at + 1, high)
        if at >= high:
            return False
        if data[at] == _QUOTE:
            end, escapes = _string(data, at, high)
            if end < 0:
                return False
            if field >= 0:
                kinds[field] = _STRING
                spans[field, 0], spans[field, 1] = at + 1, end - 1
                spans[field, 2] = 1 if escapes else 0
                if field == 1 and end - at == 2:
                    kinds[field] = _MISSING
        else:
            end = _skip(data, at, high)
            if end < 0:
                return False
            if field >= 0:
                kinds[field] = _MISSING
            if field == 1 and (data[at] == 0x2D or 48 <= data[at] <= 57):
                _, whole = _number(data, at, high)
                if whole:
                    if end - at > _DIGITS or (data[at] == 0x2D and data[at + 1] == 48):
                        return False
                    kinds[1], spans[1, 0], spans[1, 1], spans[1, 2] = _NUMBER, at, end, 0
        at = _blank(data, end, high)
        if at >= high:
            return False
        if data[at] == _CLOSE:
            return bool(_blank(data, at + 1, high) == high)
        if data[at] != _COMMA:
            return False
        at = _blank(data, at + 1, high)
