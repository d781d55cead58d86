r"""The text inside a line of JSON: where it stands, how it is spelled, how to put another in.

Everything outside of the text's own string literal stays byte for byte.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from cleaner.formats.base import ReadOptions
from cleaner.formats.jsonspans import literal, members

__all__ = ["annotate", "positions", "respell", "restore", "rewrite", "unannotate", "undo"]

_OTHERWISE = re.compile(rb"\\[u/]")
"""Escapes of characters that can be spelled in more ways than one; of one beginning, which is
looked for twice as fast as either. One step: there is nothing to go back over."""


def annotate(line: bytes, values: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Add `metadata.cleaner` to a record, and say how to take it out again (`unannotate`).

    Where `metadata` is there but is no object, the key is `metadata.cleaner` beside it.

    >>> annotate(b'{"text": "a", "metadata": {"n": 1.10}}', {"language": "en"})[0]
    b'{"text": "a", "metadata": {"n": 1.10, "cleaner": {"language": "en"}}}'
    """
    at = line.index(b"{")
    key = "metadata"
    known = {name: (start, end) for name, start, end in members(line, at) if start != end}
    if "metadata" in known:
        start, _ = known["metadata"]
        if line[start : start + 1] == b"{":
            at, key = start, "cleaner"
            known = {name: (low, high) for name, low, high in members(line, at) if low != high}
        else:
            key = "metadata.cleaner"
    if key in known:
        start, end = known[key]
        values = {**_wishes(line[start:end]), **values}
    new = json.dumps(values, ensure_ascii=line.isascii())
    if key == "metadata":
        new = f'{{"cleaner": {new}}}'
    if key not in known:
        *_, (_, start, end) = members(line, at)
        new = f'{", " if known else ""}"{key}": {new}'
    before = line[:start].decode()
    splice = {"at": len(before), "length": len(new), "old": line[start:end].decode()}
    return line[:start] + new.encode() + line[end:], splice


def _wishes(spelled: bytes) -> dict[str, Any]:
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
    start, end = literal(raw, options.text_field)
    if old == new and json.loads(raw[start:end]) == old:
        return raw
    return raw[:start] + _spell(new, ascii_only=raw[start:end].isascii()) + raw[end:]


def _spell(text: str, *, ascii_only: bool) -> bytes:
    if ascii_only and not text.isascii():
        return json.dumps(text).encode()
    return msgspec.json.encode(text)  # as `json.dumps` spells it, five times faster


def undo(raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
    """The old spelling, where it does not follow from the text."""
    del new
    start, end = literal(raw, options.text_field)
    spelled = raw[start:end]
    if spelled == _spell(old, ascii_only=spelled.isascii()):
        return {"spelling": "ascii" if spelled.isascii() else "plain"}
    return {"literal": spelled.decode()}


def respell(
    raw: bytes, old: Callable[[], str], new: str, options: ReadOptions
) -> tuple[bytes, dict[str, Any]]:
    r"""What `rewrite` and `undo` say of a line, with one look at it.

    Where no escape could be another one, its spelling follows from the text, whatever that is: the
    old text is not asked for.

    >>> respell(rb'{"text": "a\n"}', str, "b", ReadOptions())
    (b'{"text": "b"}', {'spelling': 'ascii'})
    """
    start, end = literal(raw, options.text_field)
    spelled = raw[start:end]
    if _OTHERWISE.search(spelled):
        text = old()
        return rewrite(raw, text, new, options), undo(raw, text, new, options)
    ascii_only = spelled.isascii()
    written = b"".join((raw[:start], _spell(new, ascii_only=ascii_only), raw[end:]))
    return written, {"spelling": "ascii" if ascii_only else "plain"}


def restore(
    out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
) -> bytes:
    """The original line, from the written one."""
    start, end = literal(out, options.text_field)
    spelled = notes.get("literal")
    if spelled is None:
        old = revert(json.loads(out[start:end]))
        spelled = json.dumps(old, ensure_ascii=notes["spelling"] == "ascii")
    return out[:start] + spelled.encode() + out[end:]


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
    at = len(raw[: literal(raw, options.text_field)[0]].decode()) + 1
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
