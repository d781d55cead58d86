"""The text inside a record of separated values: where it stands, how it is spelled, and others.

Everything outside of the text's own field stays byte for byte.
"""

import contextlib
import csv
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from cleaner.formats.annotation import column_name
from cleaner.formats.base import ReadOptions, UnreadableError
from cleaner.formats.compression import open_decompressed, suffix_of
from cleaner.formats.jsonl import lines
from cleaner.formats.opening import is_remote

__all__ = [
    "Layout",
    "annotate",
    "layout_of",
    "positions",
    "restore",
    "rewrite",
    "unannotate",
    "undo",
]

_SEPARATORS = ",;\t|"
_QUOTE = '"'
_BOM = "\ufeff"


class Layout(NamedTuple):
    """What the header says."""

    separator: str
    fields: tuple[str, ...]


def layout_of(header: str, text_field: str) -> Layout:
    """Separator and fields.

    Raises:
        UnreadableError: no separator gives a field of that name.
    """
    first = header.removeprefix(_BOM)
    seen: list[str] = []
    for separator in _SEPARATORS:
        try:
            fields = next(csv.reader([first], delimiter=separator), [])
        except csv.Error:
            continue
        if fields.count(text_field) == 1:
            return Layout(separator, tuple(fields))
        seen = max(seen, fields, key=len)
    known = ", ".join(ascii(field) for field in seen[:6]) or "none"
    raise UnreadableError(
        f'has no column "{text_field}" in its first line (it has {known})',
        "name the text's column with --text-field",
    )


@lru_cache(maxsize=64)
def _layout_at(path: str, text_field: str, _stamp: tuple[int, int]) -> Layout:
    with contextlib.closing(open_decompressed(path, suffix_of(path))) as stream:
        first = next(lines(stream, -1, 1 << 62), b"")
    return layout_of(cast("bytes", first).decode("utf-8", "surrogateescape"), text_field)


def _layout(options: ReadOptions) -> Layout:
    """What the header of a record's file says."""
    stamp = (0, 0)
    if not is_remote(options.path):
        status = Path(options.path).stat()
        stamp = (status.st_mtime_ns, status.st_size)
    return _layout_at(options.path, options.text_field, stamp)


def _place(record: str, options: ReadOptions) -> tuple[int, int, str]:
    """Where the text's field stands in its record, quotes included; and the separator."""
    separator, fields = _layout(options)
    place = fields.index(options.text_field)
    return *_bounds(record, place, place, separator), separator


def _field_end(record: str, start: int, separator: str) -> int:
    r"""Where the field that begins at `start` ends: at a separator or at the record's end.

    >>> _field_end('"a,""b""\nc"d,e', 0, ",")
    12
    """
    at = start
    if record[at : at + 1] == _QUOTE:
        at += 1
        while True:
            at = record.find(_QUOTE, at)
            if at < 0:
                return len(record)  # never closed: the file ends in the field
            if record[at + 1 : at + 2] != _QUOTE:
                at += 1
                break
            at += 2
    ends = [record.find(end, at) for end in (separator, "\n", "\r")]
    return min((end for end in ends if end >= 0), default=len(record))


def _spell(text: str, separator: str, *, quoted: bool) -> str:
    if quoted or any(sign in text for sign in (separator, _QUOTE, "\n", "\r")) or not text:
        return _QUOTE + text.replace(_QUOTE, _QUOTE * 2) + _QUOTE
    return text


def rewrite(raw: bytes, old: str, new: str, options: ReadOptions) -> bytes:
    """The record with another text, which is quoted if the old one was, or if it must be."""
    if old == new:
        return raw
    record = raw.decode()
    start, end, separator = _place(record, options)
    spelled = _spell(new, separator, quoted=record[start : start + 1] == _QUOTE)
    return (record[:start] + spelled + record[end:]).encode()


def annotate(
    raw: bytes, values: Mapping[str, Any] | None, options: ReadOptions
) -> tuple[bytes, dict[str, Any] | None]:
    """A record with a column for each value, and how to take them out.

    Without values it is the header, or a blank line, which stays blank. Columns of an earlier run
    are replaced.
    """
    record = raw.decode("utf-8", "surrogateescape")
    if not record.strip("\r\n"):
        return raw, None
    separator, fields = _layout(options)
    names = [column_name(name) for name, _ in options.annotations]
    cells = names if values is None else [_cell(values[name]) for name, _ in options.annotations]
    new = separator.join(_spell(cell, separator, quoted=False) if cell else "" for cell in cells)
    first = fields.index(names[0]) if names[0] in fields else -1
    if fields[first : first + len(names)] == tuple(names):
        start, end = _bounds(record, first, first + len(names) - 1, separator)
    else:
        _, start = _bounds(record, 0, len(fields) - 1, separator)
        end = start
        new = separator + new
    splice = {"at": start, "length": len(new), "old": record[start:end]}
    return (record[:start] + new + record[end:]).encode("utf-8", "surrogateescape"), splice


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _bounds(record: str, first: int, last: int, separator: str) -> tuple[int, int]:
    """Where some fields of a record begin and end, quotes included."""
    start = end = at = 0
    for number in range(last + 1):
        end = _field_end(record, at, separator)
        if number == first:
            start = at
        at = end + 1
    return start, end


def unannotate(raw: bytes, splice: Mapping[str, Any]) -> bytes:
    """The record as it was before `annotate`."""
    record = raw.decode("utf-8", "surrogateescape")
    start = int(splice["at"])
    rest = record[start + int(splice["length"]) :]
    return f"{record[:start]}{splice['old']}{rest}".encode("utf-8", "surrogateescape")


def undo(raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
    """The old spelling, where it does not follow from the text."""
    del new
    record = raw.decode()
    start, end, separator = _place(record, options)
    for quoted in (False, True):
        if _spell(old, separator, quoted=quoted) == record[start:end]:
            return {"quoted": quoted}
    return {"literal": record[start:end]}


def restore(
    out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
) -> bytes:
    """The original record, from the written one."""
    record = out.decode()
    start, end, separator = _place(record, options)
    spelled = notes.get("literal")
    if spelled is None:
        now = _value(record[start:end])
        spelled = _spell(revert(now), separator, quoted=notes["quoted"])
    return (record[:start] + spelled + record[end:]).encode()


def _value(spelled: str) -> str:
    """The value of a field that `_spell` wrote."""
    if spelled.startswith(_QUOTE):
        return spelled[1:-1].replace(_QUOTE * 2, _QUOTE)
    return spelled


def positions(
    raw: bytes, text: str, offsets: Sequence[int], options: ReadOptions
) -> list[tuple[int, int]]:
    """Line in the record and column of characters, quotes counted; `offsets` are sorted."""
    del text
    if not offsets:
        return []
    record = raw.decode()
    start, end, _ = _place(record, options)
    at = start
    inside = record[start : start + 1] == _QUOTE
    at += inside
    places = []
    done = 0
    for offset in offsets:
        while done < offset and at < end:
            if inside and record[at] == _QUOTE:
                at += 1
                inside = at < end and record[at] == _QUOTE
            at += 1
            done += 1
        line = record.count("\n", 0, at)
        places.append((1 + line, at - record.rfind("\n", 0, at)))
    return places
