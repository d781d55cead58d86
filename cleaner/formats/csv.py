"""Comma- or tab-separated values below a header; quotes as RFC 4180 and the `csv` module have them.

The standard library says where records end and what fields hold; a record that stays is written
back as its own bytes, and in one that changes only the text's field is spelled anew. The separator
is the one of comma, semicolon, tab and bar by which the header names the text's field.
"""

import contextlib
import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleaner.formats.base import (
    Kind,
    Piece,
    ReadOptions,
    RecordBuilder,
    UnreadableError,
    shown,
    too_large,
)
from cleaner.formats.csvtext import (
    Layout,
    annotate,
    layout_of,
    positions,
    restore,
    rewrite,
    unannotate,
    undo,
)
from cleaner.formats.fields import Fields, add_document
from cleaner.formats.jsonl import lines
from cleaner.formats.opening import open_input, readable

__all__ = [
    "annotate",
    "keeps_unchanged",
    "positions",
    "read",
    "read_stream",
    "records",
    "respelled",
    "restore",
    "rewrite",
    "suffixes",
    "unannotate",
    "undo",
]

suffixes = (".csv", ".tsv")
keeps_unchanged = True
"""A record whose text did not change is written back byte for byte."""

_FIELD = 2**31 - 1
"""The limit of `csv` for one field, which is global to the process; ours is that of the record."""


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
        layout = layout_of(header, options.text_field)
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


def _add_row(
    builder: RecordBuilder,
    name: str,
    number: int,
    record: tuple[int, bytes, list[str]],
    layout: Layout,
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
        layout = layout_of(next(source, ""), options.text_field)
        yield source.take()
        rows = csv.reader(source, delimiter=layout.separator)
        while True:
            with contextlib.suppress(csv.Error):
                if next(rows, None) is None:
                    return
            yield source.take()


def respelled(texts: Any) -> Any:
    """No text differs from its record unless something changed it. bool[n]."""
    import numpy as np

    return np.zeros(len(texts), bool)
