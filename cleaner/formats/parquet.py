"""Parquet: a row is a record, and every other column passes through as pyarrow reads it.

The bytes of a file do not follow from its rows, so the original is kept beside the ledger, and what
stands for a record here is the number of its row. A finished part is the list of rows that stay,
with the text of those that changed; `complete` turns it into a file of the same schema, batch by
batch.
"""

import contextlib
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from cleaner.formats.annotation import annotated, annotated_schema
from cleaner.formats.base import (
    Piece,
    ReadOptions,
    RecordBuilder,
    UnreadableError,
    shown,
    too_large,
)
from cleaner.formats.fields import Fields, add_document
from cleaner.formats.opening import open_input, readable

__all__ = [
    "annotate",
    "complete",
    "keeps_original",
    "keeps_unchanged",
    "positions",
    "read",
    "respelled",
    "restore",
    "rewrite",
    "suffixes",
    "undo",
]

suffixes = (".parquet", ".pq")
keeps_unchanged = True
keeps_original = True

ROWS = 256
"""Rows that are decoded at once: many where texts are short, few enough where they are long."""
_ROW = struct.Struct("<Q")
_CHANGED = 1 << 63
"""Set in the row's number where its new text follows, behind its length."""
_ANNOTATED = 1 << 62
"""Set where values about the row follow, as JSON, behind their length."""
_MEND = "fetch or write the file again"


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Any]:
    """The file as `pyarrow.parquet.ParquetFile`.

    Raises:
        UnreadableError: it is none, or its footer is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with readable(), open_input(path) as stream:
        if not stream.read(1):
            raise UnreadableError("is empty, which no Parquet file is", _MEND)
        stream.seek(0)
        try:
            file = pq.ParquetFile(stream, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableError(f"is no valid Parquet file: {_brief(error)}", _MEND) from error
        try:
            with file:
                yield file
        except pa.ArrowException as error:
            raise UnreadableError(f"cannot be decoded: {_brief(error)}", _MEND) from error


def _brief(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__


def _batches(file: Any) -> Iterator[Any]:
    """Batches of all columns, the same ones for every reader.

    Raises:
        UnreadableError: a page is damaged.
    """
    import pyarrow as pa

    batches = file.iter_batches(batch_size=ROWS)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableError(f"has a damaged page: {_brief(error)}", _MEND) from error
        if batch is None:
            return
        yield batch


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of the rows of a file.

    Raises:
        UnreadableError: no Parquet, no such column, a column without text, or damage.
    """
    builder = RecordBuilder()
    row = 0
    with _opened(piece.path) as file:
        _check_schema(file.schema_arrow, options.text_field)
        try:
            for batch in _batches(file):
                for values in _rows(batch, options):
                    _add_row(builder, shown(piece.name), row, values, options)
                    row += 1
                    if builder.full:
                        yield builder.take()
        except UnreadableError:
            if len(builder):
                yield builder.take()
            raise
    if len(builder):
        yield builder.take()


def _check_schema(schema: Any, name: str) -> None:
    import pyarrow as pa

    count = schema.names.count(name)
    hint = "name the text's column with --text-field"
    if count != 1:
        known = ", ".join(ascii(one) for one in schema.names[:6]) or "none"
        what = "no column" if not count else f"{count} columns"
        raise UnreadableError(f'has {what} "{name}" (it has {known})', hint)
    kind = schema.field(name).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not _is_text(kind) and not pa.types.is_null(kind):
        raise UnreadableError(f'column "{name}" is {kind}, not text', hint)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    tests = (types.is_string, types.is_large_string, types.is_string_view)
    more = (types.is_binary, types.is_large_binary, types.is_binary_view)
    return any(test(kind) for test in (*tests, *more))


def _rows(batch: Any, options: ReadOptions) -> Iterator[tuple[Any, ...]]:
    """Text (as bytes), id, address, rank and group of each row."""
    names = (
        *(options.text_field, options.id_field, "url"),
        *(options.rank_field, options.group_field),
    )
    columns = [_values(batch, name) for name in names]
    yield from zip(*columns, strict=True)


def _values(batch: Any, name: str | None) -> list[Any]:
    """A column as Python values, text as bytes; None for a column that is not there."""
    if name is None or batch.schema.names.count(name) != 1:
        return [None] * batch.num_rows
    import pyarrow as pa

    column = batch.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_text(column.type):
        # Nothing promises that a page's bytes are UTF-8; only Python's decoder looks.
        return list(column.cast(pa.large_binary()).to_pylist())
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return list(column.cast(pa.string()).to_pylist())  # Python has no nanoseconds
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return list(column.to_pylist())
    return [None] * batch.num_rows


def _add_row(
    builder: RecordBuilder, name: str, row: int, values: tuple[Any, ...], options: ReadOptions
) -> None:
    raw = _ROW.pack(row)
    ident = f"{name}#{row + 1}"
    data, *others = values
    given, url, rank, group = (
        one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in others
    )
    field = options.text_field
    if data is None:
        builder.reject(
            row + 1, raw, ident, f'column "{field}" is null', "fill it, or remove the row"
        )
    elif len(data) > options.max_record_bytes:
        builder.reject(row + 1, raw, ident, *too_large(len(data), options))
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            what = f'column "{field}" is no valid UTF-8 (byte {error.start + 1})'
            builder.reject(row + 1, raw, ident, what, "write it as UTF-8")
            return
        add_document(builder, row + 1, raw, ident, Fields(text, given, url, rank, group))


def rewrite(raw: bytes, old: str, new: str, options: ReadOptions) -> bytes:
    """The row's number, and its text if that changed."""
    del options
    if old == new:
        return raw
    data = new.encode()
    return _ROW.pack(_ROW.unpack(raw)[0] | _CHANGED) + _ROW.pack(len(data)) + data


def annotate(
    raw: bytes, values: Mapping[str, Any] | None, options: ReadOptions
) -> tuple[bytes, dict[str, Any] | None]:
    """A row of a part with values about it; the original is kept, so nothing undoes this."""
    del options
    data = msgspec.json.encode(values)
    head = _ROW.pack(_ROW.unpack(raw[: _ROW.size])[0] | _ANNOTATED)
    return head + raw[_ROW.size :] + _ROW.pack(len(data)) + data, None


class _Row(NamedTuple):
    """A row that stays: its new text and the values about it, if there are any."""

    number: int
    text: str | None
    values: dict[str, Any] | None


def _stays(part: Path) -> Iterator[_Row]:
    """The rows of a part."""
    with part.open("rb") as stream:

        def more() -> bytes:
            (size,) = _ROW.unpack(stream.read(_ROW.size))
            return stream.read(size)

        while head := stream.read(_ROW.size):
            (row,) = _ROW.unpack(head)
            text = more().decode() if row & _CHANGED else None
            values = msgspec.json.decode(more()) if row & _ANNOTATED else None
            yield _Row(row & ~(_CHANGED | _ANNOTATED), text, values)


def complete(part: Path, piece: Piece, options: ReadOptions) -> None:
    """Replace the list of rows by the file that they make."""
    import pyarrow.parquet as pq

    target = part.with_name(f"{part.name}.parquet")
    stays = _stays(part)
    upcoming = next(stays, None)
    with _opened(piece.path) as file:
        schema = file.schema_arrow
        if options.annotations:
            schema = annotated_schema(schema, options.annotations)
        spelling = _spelling(file)
        with target.open("wb") as out, pq.ParquetWriter(out, schema, **spelling) as writer:
            first = 0
            batches = _batches(file)
            while upcoming is not None:  # so that what lies behind damage is never touched
                batch = next(batches)
                rows, texts, values = [], {}, []
                while upcoming is not None and upcoming.number < first + batch.num_rows:
                    row = upcoming.number - first
                    if upcoming.text is not None:
                        texts[row] = upcoming.text
                    rows.append(row)
                    values.append(upcoming.values or {})
                    upcoming = next(stays, None)
                first += batch.num_rows
                if rows:
                    batch = _edited(batch, rows, texts, options.text_field)
                    if options.annotations:
                        batch = annotated(batch, values, schema, options.annotations)
                    writer.write_batch(batch)
    target.replace(part)


def _edited(batch: Any, rows: list[int], texts: dict[int, str], field: str) -> Any:
    """Some rows of a batch, with other texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if texts:
        place = batch.schema.names.index(field)
        column = batch.column(place)
        kind = column.type
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        mask = np.zeros(batch.num_rows, bool)
        mask[sorted(texts)] = True
        values = [texts[row].encode() for row in sorted(texts)]
        wide = column.cast(plain).cast(pa.large_binary())
        wide = pc.replace_with_mask(wide, pa.array(mask), pa.array(values, pa.large_binary()))
        column = wide.cast(plain)
        if kind != plain:
            column = column.dictionary_encode().cast(kind)
        columns = list(batch.columns)
        columns[place] = column
        batch = pa.record_batch(columns, schema=batch.schema)
    return batch if len(rows) == batch.num_rows else batch.take(pa.array(rows, pa.int64()))


def _spelling(file: Any) -> dict[str, Any]:
    """How the file was written, as far as other programs can tell."""
    metadata = file.metadata
    name = "snappy"
    if metadata.num_row_groups and metadata.num_columns:
        name = metadata.row_group(0).column(0).compression.lower()
    paths = [file.schema.column(number).path for number in range(metadata.num_columns)]
    return {
        "compression": "none" if name == "uncompressed" else name,
        "store_schema": b"ARROW:schema" in (metadata.metadata or {}),
        "use_compliant_nested_type": not any(".list.item" in path for path in paths),
    }


def undo(raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
    """Nothing: the original is kept."""
    del raw, old, new, options
    return {}


def restore(
    out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
) -> bytes:
    """Never asked for: the original is kept."""
    raise NotImplementedError


def positions(
    raw: bytes, text: str, offsets: Sequence[int], options: ReadOptions
) -> list[tuple[int, int]]:
    """Line 1, which is the row, and the column in its text."""
    del raw, text, options
    return [(1, offset + 1) for offset in offsets]


def respelled(texts: Any) -> Any:
    """No text differs from its row unless something changed it. bool[n]."""
    return np.zeros(len(texts), bool)
