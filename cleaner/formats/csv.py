"""Comma- or tab-separated values below a header; quotes as RFC 4180 and the `csv` module have them.

The standard library says where records end and what fields hold; a record that stays is written
back as its own bytes, and in one that changes only the text's field is spelled anew. The separator
is the one of comma, semicolon, tab and bar by which the header names the text's field.
"""

import contextlib
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from cleaner.formats.base import (
    Kind,
    Piece,
    ReadOptions,
    RecordBuilder,
    UnreadableError,
    shown,
    too_large,
)
from cleaner.formats.compression import open_decompressed, suffix_of
from cleaner.formats.fields import Fields, add_document
from cleaner.formats.jsonl import lines
from cleaner.formats.opening import is_remote, open_input, readable

__all__ = [
    "keeps_unchanged",
    "positions",
    "read",
    "read_stream",
    "records",
    "respelled",
    "restore",
    "rewrite",
    "suffixes",
    "undo",
]

suffixes = (".csv", ".tsv")
keeps_unchanged = True
"""A record whose text did not change is written back byte for byte."""

_SEPARATORS = ",;\t|"
_QUOTE = '"'
_BOM = "\ufeff"
_FIELD = 2**31 - 1
"""The limit of `csv` for one field, which is global to the process; ours is that of the record."""


class _Layout(NamedTuple):
    """What the header says."""

    separator: str
    fields: tuple[str, ...]


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of the records of a file."""
    with readable(), open_input(piece.path) as stream:
        yield from read_stream(stream, piece, options)


def read_stream(stream: Any, piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of records from a stream that stands at its header.

    Raises:
        UnreadableError: no header with the text's field, a quote that never ends, or damage.
    """
    builder = RecordBuilder()
    source = _Lines(stream, options)
    try:
        header = next(source, "")
        layout = _layout_of(header, options.text_field)
        builder.add(1, source.take(), id=shown(piece.name), kind=Kind.PASSED)
        rows = csv.reader(source, delimiter=layout.separator)
        number = 1
        while True:
            number += 1
            try:
                row = next(rows, None)
            except csv.Error as error:
                what = f"is no valid CSV: {error}"
                ident, line = f"{shown(piece.name)}#{number}", source.line
                builder.reject(number, source.take(), ident, what, "mend the record", line)
                continue
            if row is None:
                break
            record = (source.line, source.take(), row)
            _add_row(builder, shown(piece.name), number, record, layout, options)
            if builder.full:
                yield builder.take()
    except (UnreadableError, OSError):
        if len(builder):
            yield builder.take()
        raise
    if len(builder):
        yield builder.take()


class _Lines:
    """Lines as text for `csv.reader`, which remembers the bytes that it took for a record."""

    def __init__(self, stream: Any, options: ReadOptions) -> None:
        self._lines = lines(stream, -1, options.max_record_bytes)
        self._options = options
        self._taken: list[bytes] = []
        self._size = 0
        self._number = 0
        self.line = 1
        """Where the record begins that is being read, from 1."""
        csv.field_size_limit(_FIELD)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._size += line if isinstance(line, int) else len(line)
        if isinstance(line, int) or self._size > self._options.max_record_bytes:
            error, _ = too_large(self._size, self._options)
            raise UnreadableError(f"record: {error}", "look for a quote that is never closed")
        self._taken.append(line)
        self._number += 1
        return line.decode("utf-8", "surrogateescape")

    def take(self) -> bytes:
        """The bytes since the last call."""
        raw = b"".join(self._taken)
        self._taken, self._size, self.line = [], 0, self._number + 1
        return raw


def _layout_of(header: str, text_field: str) -> _Layout:
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
            return _Layout(separator, tuple(fields))
        seen = max(seen, fields, key=len)
    known = ", ".join(ascii(field) for field in seen[:6]) or "none"
    raise UnreadableError(
        f'has no column "{text_field}" in its first line (it has {known})',
        "name the text's column with --text-field",
    )


def _add_row(
    builder: RecordBuilder,
    name: str,
    number: int,
    record: tuple[int, bytes, list[str]],
    layout: _Layout,
    options: ReadOptions,
) -> None:
    line, raw, row = record
    ident = f"{name}#{number}"
    if not row:
        builder.add(number, raw, id=ident, kind=Kind.PASSED, line=line)
        return
    if len(row) != len(layout.fields):
        error = f"has {len(row)} fields, the header {len(layout.fields)}"
        builder.reject(number, raw, ident, error, "quote fields that hold the separator", line)
        return
    if not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            what = f"is no valid UTF-8 (byte {error.start + 1})"
            builder.reject(number, raw, ident, what, "write the file as UTF-8", line)
            return
    values = dict(zip(layout.fields, row, strict=True))
    fields = Fields(
        values[options.text_field],
        values.get(options.id_field),
        values.get("url") or None,
        values.get(options.rank_field or ""),
        values.get(options.group_field or ""),
    )
    add_document(builder, number, raw, ident, fields, line=line)


def records(path: Path, options: ReadOptions) -> Iterator[bytes]:
    """The records of a file that this module wrote, the header first."""
    with path.open("rb") as stream:
        source = _Lines(stream, replace(options, max_record_bytes=1 << 62))
        layout = _layout_of(next(source, ""), options.text_field)
        yield source.take()
        rows = csv.reader(source, delimiter=layout.separator)
        while True:
            with contextlib.suppress(csv.Error):
                if next(rows, None) is None:
                    return
            yield source.take()


@lru_cache(maxsize=64)
def _layout_at(path: str, text_field: str, _stamp: tuple[int, int]) -> _Layout:
    with contextlib.closing(open_decompressed(path, suffix_of(path))) as stream:
        first = next(lines(stream, -1, 1 << 62), b"")
    return _layout_of(cast("bytes", first).decode("utf-8", "surrogateescape"), text_field)


def _layout(options: ReadOptions) -> _Layout:
    """What the header of a record's file says."""
    stamp = (0, 0)
    if not is_remote(options.path):
        status = Path(options.path).stat()
        stamp = (status.st_mtime_ns, status.st_size)
    return _layout_at(options.path, options.text_field, stamp)


def _place(record: str, options: ReadOptions) -> tuple[int, int, str]:
    """Where the text's field stands in its record, quotes included; and the separator."""
    separator, fields = _layout(options)
    start = 0
    for _ in range(fields.index(options.text_field)):
        start = _field_end(record, start, separator) + 1
    return start, _field_end(record, start, separator), separator


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


def respelled(texts: Any) -> Any:
    """No text differs from its record unless something changed it. bool[n]."""
    import numpy as np

    return np.zeros(len(texts), bool)
