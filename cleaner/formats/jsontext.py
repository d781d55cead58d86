r"""The text inside a line of JSON: where it stands, how it is spelled, how to put another in.

Everything outside of the text's own string literal stays byte for byte.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from json import decoder as _decoder
from typing import Any

from cleaner.formats.base import ReadOptions

scanstring = _decoder.scanstring  # type: ignore[attr-defined]  # documented only by its use

__all__ = ["annotate", "literal", "positions", "restore", "rewrite", "unannotate", "undo"]


_BLANK = " \t\r\n"
_DECODER = json.JSONDecoder()
_SPELLINGS = (json.JSONEncoder(ensure_ascii=False).encode, json.JSONEncoder().encode)
"""Made once: `json.dumps` makes an encoder for each call that asks for anything."""


def _members(line: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that opens at `at`: key, and where the value begins and ends.

    Last comes an empty value under an empty key: where the closing brace is.
    """
    at += 1
    while True:
        while line[at] in _BLANK or line[at] == ",":
            at += 1
        if line[at] == "}":
            yield "", at, at
            return
        key, at = scanstring(line, at + 1, True)
        while line[at] in _BLANK or line[at] == ":":
            at += 1
        start = at
        if line[at] == '"':
            _, at = scanstring(line, at + 1, True)
        else:
            _, at = _DECODER.raw_decode(line, at)
        yield key, start, at


def literal(line: str, field: str) -> tuple[int, int]:
    """Where the text's JSON string stands in its line, quotes included.

    Of duplicate keys the last counts, as for every reader of JSON.
    """
    found = (-1, -1)
    for key, start, end in _members(line, line.index("{")):
        if key == field and start != end:
            found = (start, end)
    return found


@lru_cache(maxsize=1)
def _decoded(raw: bytes, field: str) -> tuple[str, int, int]:
    """A record's line and where its text stands: a record is rewritten and then asked for undo."""
    line = raw.decode()
    return (line, *literal(line, field))


def annotate(line: bytes, values: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Add `metadata.cleaner` to a record, and say how to take it out again (`unannotate`).

    Where `metadata` is there but is no object, the key is `metadata.cleaner` beside it.

    >>> annotate(b'{"text": "a", "metadata": {"n": 1.10}}', {"language": "en"})[0]
    b'{"text": "a", "metadata": {"n": 1.10, "cleaner": {"language": "en"}}}'
    """
    text = line.decode()
    at = text.index("{")
    key = "metadata"
    members = {name: (start, end) for name, start, end in _members(text, at) if start != end}
    if "metadata" in members:
        start, _ = members["metadata"]
        if text[start] == "{":
            at, key = start, "cleaner"
            members = {name: (low, high) for name, low, high in _members(text, at) if low != high}
        else:
            key = "metadata.cleaner"
    if key in members:
        start, end = members[key]
        values = {**_wishes(text[start:end]), **values}
    new = json.dumps(values, ensure_ascii=text.isascii())
    if key == "metadata":
        new = f'{{"cleaner": {new}}}'
    if key not in members:
        *_, (_, start, end) = _members(text, at)
        new = f'{", " if members else ""}"{key}": {new}'
    splice = {"at": start, "length": len(new), "old": text[start:end]}
    return (text[:start] + new + text[end:]).encode(), splice


def _wishes(spelled: str) -> dict[str, Any]:
    """What a record asks of us, in the place where we answer; it must not be lost."""
    try:
        before = json.loads(spelled)
    except ValueError:
        return {}
    ignore = before.get("ignore") if isinstance(before, dict) else None
    return {} if ignore is None else {"ignore": ignore}


def unannotate(line: bytes, splice: Mapping[str, Any]) -> bytes:
    """The record as it was before `annotate`."""
    text = line.decode()
    start, old = int(splice["at"]), str(splice["old"])
    return (text[:start] + old + text[start + int(splice["length"]) :]).encode()


def rewrite(raw: bytes, old: str, new: str, options: ReadOptions) -> bytes:
    """The line with another text; its spelling stays as it was (escaped or plain)."""
    if old == new and "\ufffd" not in old:
        return raw
    line, start, end = _decoded(raw, options.text_field)
    if old == new and json.loads(line[start:end]) == old:
        return raw
    return (line[:start] + _spell(new, line[start:end].isascii()) + line[end:]).encode()


def _spell(text: str, ascii_only: bool) -> str:
    return _SPELLINGS[ascii_only and not text.isascii()](text)


def undo(raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
    """The old spelling, where it does not follow from the text."""
    del new
    line, start, end = _decoded(raw, options.text_field)
    spelled = line[start:end]
    plain, escaped = _SPELLINGS
    if spelled.isascii() and escaped(old) == spelled:
        return {"spelling": "ascii"}
    if plain(old) == spelled:
        return {"spelling": "plain"}
    return {"literal": spelled}


def restore(
    out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
) -> bytes:
    """The original line, from the written one."""
    line = out.decode()
    start, end = literal(line, options.text_field)
    spelled = notes.get("literal")
    if spelled is None:
        old = revert(scanstring(line, start + 1, True)[0])
        spelled = json.dumps(old, ensure_ascii=notes["spelling"] == "ascii")
    return (line[:start] + spelled + line[end:]).encode()


def positions(
    raw: bytes, text: str, offsets: Sequence[int], options: ReadOptions
) -> list[tuple[int, int]]:
    r"""Line 1 and the columns of characters, counted in the escaped line; `offsets` are sorted.

    >>> positions(b'{"text": "a\\u00e9b"}', "a\u00e9b", [1, 2], ReadOptions())
    [(1, 12), (1, 18)]
    """
    del text
    if not offsets:
        return []
    line = raw.decode()
    at = literal(line, options.text_field)[0] + 1
    places = []
    shift = 0  # columns that escapes took so far, beyond one for each character
    escape = line.find("\\", at)
    for offset in offsets:
        while 0 <= escape < at + offset + shift:
            long = line[escape + 1] == "u"
            took = (12 if _pair(line[escape : escape + 12]) else 6) if long else 2
            shift += took - 1
            escape = line.find("\\", escape + took)
        places.append((1, at + offset + shift + 1))
    return places


def _pair(escaped: str) -> bool:
    r"""Whether twelve characters are the two halves of one code point, as in `\ud83d\ude00`."""
    high, low = escaped[:6].lower(), escaped[6:].lower()
    return high[:4] in {r"\ud8", r"\ud9", r"\uda", r"\udb"} and low[:4] in {
        r"\udc",
        r"\udd",
        r"\ude",
        r"\udf",
    }
