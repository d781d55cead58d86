r"""Reads text, id and address out of lines of JSON, without an object for a line.

A line is taken only if it is certain that every parser reads it the same way: an object, valid in
every byte, whose keys are spelled without escapes. `"text": "caf\u00e9"` is such a line; one with
half of a surrogate pair, a byte order mark or a thousand brackets is not. What is not taken is left
to a real parser, which a property test holds this one against. What does *not* live here: what a
line becomes when it is not taken (`formats.jsonl`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, making
from cleaner.kernels.jsonl.scan import (
    BACKSLASH,
    CLOSE,
    COLON,
    COMMA,
    OPEN,
    QUOTE,
    blank,
    number,
    skip,
    string,
)
from cleaner.kernels.jsonl.strings import length, meaning

__all__ = ["Fields", "read_fields"]

_DIGITS = 18
"""Digits of an id that is a number; 64 bits hold them."""
_MISSING, _STRING, _NUMBER = 0, 1, 2


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
        characters: int64[n], of the text, where it was only counted.
    """

    taken: npt.NDArray[np.bool_]
    text: tuple[Any, Any]
    ident: tuple[Any, Any]
    url: tuple[Any, Any]
    has_url: npt.NDArray[np.bool_]
    host: tuple[Any, Any]
    simple_host: npt.NDArray[np.bool_]
    characters: npt.NDArray[np.int64]


def read_fields(
    block: bytes,
    starts: Any,
    names: tuple[str, str],
    prefix: str,
    first: int,
    limit: int,
    *,
    bare: bool = False,
) -> Fields:
    """Read the lines of a block.

    Args:
        block: whole lines.
        starts: int64[n + 1]; line i is `block[starts[i]:starts[i + 1]]`, its line feed included.
        names: the fields that hold text and id; the address is in `url`.
        prefix: what stands before the number of a line in the name of one without an id.
        first: number of the first line.
        limit: bytes of the longest line that is taken.
        bare: only check the lines and count the characters of their texts; all columns stay empty.
            A line whose text holds U+FFFD is not taken, since it may stand for something else.
    """
    data = np.frombuffer(block, np.uint8)
    valid = _is_utf8(block)
    keys = [np.frombuffer(name.encode(), np.uint8) for name in (*names, "url")]
    head = np.frombuffer(prefix.encode("utf-8", "replace"), np.uint8)
    found = _read(data, starts, *keys, head, first, limit, valid, bare)
    taken, text, text_at, ident, ident_at, url, url_at, has_url, host, host_at, simple, size = found
    return Fields(
        *(taken, (text, text_at), (ident, ident_at), (url, url_at), has_url),
        *((host, host_at), simple, size),
    )


def _is_utf8(block: bytes) -> bool:
    import pyarrow as pa

    ends = np.array([0, len(block)])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(block)]
    try:  # five times as fast as to decode it, and without a copy
        pa.LargeStringArray.from_buffers(1, *buffers[1:]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


@inner
def _equal(data: Any, at: int, end: int, key: Any) -> bool:
    """Whether a key, without its quotes, is this one."""
    same: bool = end - at == len(key)
    place = 0
    while same and place < len(key):
        same = data[at + place] == key[place]
        place += 1
    return same


@inner
def _host(data: Any, at: int, end: int, out: Any, to: int) -> int:
    """Write the host of a plain `http` address; where it ends, or -1 for any other address."""
    for place in range(at, end):
        if data[place] < 0x21 or data[place] > 0x7E or data[place] == BACKSLASH:
            return -1
    if end - at < 8 or not (
        data[at] == 0x68 and data[at + 1] == 0x74 and data[at + 2] == 0x74 and data[at + 3] == 0x70
    ):
        return -1
    at += 5 if data[at + 4] == 0x73 else 4
    if not (data[at] == COLON and data[at + 1] == 0x2F and data[at + 2] == 0x2F):
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


@making
def _read(
    data: Any, starts: Any, text_key: Any, id_key: Any, url_key: Any,
    head: Any, first: int, limit: int, valid: bool, bare: bool,
) -> Any:  # fmt: skip
    count = len(starts) - 1
    taken = np.zeros(count, np.bool_)
    has_url = np.zeros(count, np.bool_)
    simple = np.ones(count, np.bool_)
    characters = np.zeros(count, np.int64)
    room = 0 if bare else len(data)
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
        good = good and kinds[0] == _STRING
        if good and bare:
            characters[line] = length(data, spans[0, 0], spans[0, 1], spans[0, 2] > 0)
            taken[line] = characters[line] >= 0
        elif good:
            end = meaning(data, spans[0, 0], spans[0, 1], text, at_text, spans[0, 2] > 0)
            if kinds[1] == _MISSING:
                end_id = _name(head, first + line, ident, at_id)
            else:
                end_id = meaning(data, spans[1, 0], spans[1, 1], ident, at_id, spans[1, 2] > 0)
            end_url = at_url
            if kinds[2] == _STRING:
                end_url = meaning(data, spans[2, 0], spans[2, 1], url, at_url, spans[2, 2] > 0)
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
    columns = taken, text, text_at, ident, ident_at, url, url_at, has_url, host, host_at
    return *columns, simple, characters


@inner
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


@inner
def _line(  # noqa: PLR0911 -- a parser
    data: Any, low: int, high: int, text_key: Any, id_key: Any, url_key: Any, spans: Any, kinds: Any
) -> bool:  # fmt: skip
    """Find the fields of one line; of duplicate keys the last counts."""
    for field in range(3):
        kinds[field] = _MISSING
    at = blank(data, low, high)
    if at >= high or data[at] != OPEN:
        return False
    at = blank(data, at + 1, high)
    if at < high and data[at] == CLOSE:
        return False  # without a text
    while True:
        if at >= high or data[at] != QUOTE:
            return False
        end, escapes = string(data, at, high)
        if end < 0 or escapes:
            return False
        field = -1
        if _equal(data, at + 1, end - 1, text_key):
            field = 0
        elif _equal(data, at + 1, end - 1, id_key):
            field = 1
        elif _equal(data, at + 1, end - 1, url_key):
            field = 2
        at = blank(data, end, high)
        if at >= high or data[at] != COLON:
            return False
        at = blank(data, at + 1, high)
        if at >= high:
            return False
        if data[at] == QUOTE:
            end, escapes = string(data, at, high)
            if end < 0:
                return False
            if field >= 0:
                kinds[field] = _STRING
                spans[field, 0], spans[field, 1] = at + 1, end - 1
                spans[field, 2] = 1 if escapes else 0
                if field == 1 and end - at == 2:
                    kinds[field] = _MISSING
        else:
            end = skip(data, at, high)
            if end < 0:
                return False
            if field >= 0:
                kinds[field] = _MISSING
            if field == 1 and (data[at] == 0x2D or 48 <= data[at] <= 57):
                _, whole = number(data, at, high)
                if whole:
                    if end - at > _DIGITS or (data[at] == 0x2D and data[at + 1] == 48):
                        return False
                    kinds[1], spans[1, 0], spans[1, 1], spans[1, 2] = _NUMBER, at, end, 0
        at = blank(data, end, high)
        if at >= high:
            return False
        if data[at] == CLOSE:
            return bool(blank(data, at + 1, high) == high)
        if data[at] != COMMA:
            return False
        at = blank(data, at + 1, high)
