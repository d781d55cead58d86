r"""Where the members of a JSON object stand in its bytes, without reading their values.

>>> list(members(rb'{"a\"b": [1, "]"], "c": 1.0}', 0))
[('a"b', 9, 17), ('c', 24, 27), ('', 27, 27)]

The line was read before: what is no JSON is refused somewhere on the way, not everywhere.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["literal", "members"]

_QUOTE, _BACKSLASH = b'"\\'
# One character each: nothing to go back over. `_COLON` is only matched at one place, and takes back
# each run of blanks once.
_MARK = re.compile(rb'["\[\]{}]')
_SCALAR_END = re.compile(rb"[\s,}\]]")
_TOKEN = re.compile(rb"[^\s:,]")
_COLON = re.compile(rb'\s*:\s*(?=")')
_ESCAPE = rb"\u"


def members(line: bytes, at: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that opens at `at`: key, and where the value begins and ends.

    Last comes an empty value under an empty key: where the closing brace is.

    Raises:
        ValueError: there is no such object.
    """
    at += 1
    while line[(at := _next(line, at, _TOKEN)) : at + 1] != b"}":
        stop = _string_end(line, at + 1)
        key = line[at + 1 : stop - 1]
        start = _next(line, stop, _TOKEN)
        name = json.loads(line[at:stop]) if b"\\" in key else key.decode()
        at = _value_end(line, start)
        yield name, start, at
    yield "", at, at


def literal(line: bytes, field: str) -> tuple[int, int]:
    """Where the text's JSON string stands in its line, quotes included.

    Of duplicate keys the last counts, as for every reader of JSON.
    """
    found = _plain(line, field)
    if found is not None:
        return found
    found = (-1, -1)
    for key, start, end in members(line, line.index(b"{")):
        if key == field and start != end:
            found = (start, end)
    return found


def _plain(line: bytes, field: str) -> tuple[int, int] | None:
    r"""The same where one look at a line tells, as for nearly all of them.

    Where no key is spelled with escapes, the key of the text is `"text"` in these bytes. They are a
    token of the line unless the first quote is escaped, and a key if a colon follows. If that is so
    once outside of the value itself, it is the one.

    >>> _plain(rb'{"text": "a \"text\": b", "n": "text"}', "text")
    >>> _plain(rb'{"text": "a \"text\": b", "n": 1}', "text")
    (9, 25)
    """
    key = _key(field)
    if key is None:
        return None
    at = line.find(key)
    colon = _COLON.match(line, at + len(key)) if at > 0 and line[at - 1] != _BACKSLASH else None
    if colon is None:
        return None
    start = colon.end()
    end = _string_end(line, start + 1)
    if line.find(key, end) >= 0 or line.find(_ESCAPE, 0, at) >= 0 or line.find(_ESCAPE, end) >= 0:
        return None
    return start, end


@lru_cache(maxsize=16)
def _key(field: str) -> bytes | None:
    r"""A field as a key of JSON; None if it could be spelled in more ways than with `\\u`."""
    return b'"%b"' % field.encode() if field.isascii() and field.isidentifier() else None


def _next(line: bytes, at: int, what: re.Pattern[bytes]) -> int:
    found = what.search(line, at)
    if found is None:
        raise ValueError(f"no JSON object: it ends at byte {len(line)}")
    return found.start()


def _string_end(line: bytes, at: int) -> int:
    """Behind the quote that ends a string, from a place inside of it."""
    while True:
        at = line.index(_QUOTE, at)
        first = at
        while line[first - 1] == _BACKSLASH:
            first -= 1
        at += 1
        if (at - first) % 2:  # an even number of backslashes: each second one is escaped itself
            return at


def _value_end(line: bytes, at: int) -> int:
    if line[at] == _QUOTE:
        return _string_end(line, at + 1)
    if line[at] not in b"{[":
        return _next(line, at, _SCALAR_END)
    depth = 0
    while True:
        at = _next(line, at, _MARK)
        if line[at] == _QUOTE:
            at = _string_end(line, at + 1)
            continue
        depth += 1 if line[at] in b"{[" else -1
        at += 1
        if not depth:
            return at
