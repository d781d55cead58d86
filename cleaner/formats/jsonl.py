r"""One JSON object a line. Every field but the text survives byte for byte.

Records split at `\n` bytes only (`str.splitlines` would cut at U+2028, which JSON allows inside a
string). A line that is no document is rejected by itself; its neighbours go on.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import msgspec

from cleaner.formats import jsontext
from cleaner.formats.annotation import nested
from cleaner.formats.base import (
    BATCH_BYTES,
    Kind,
    Piece,
    ReadOptions,
    RecordBuilder,
    shown,
    too_large,
)
from cleaner.formats.fields import Fields, add_document
from cleaner.formats.jsonbatch import read_block
from cleaner.formats.jsontext import positions, respell, restore, rewrite, unannotate, undo
from cleaner.formats.opening import open_input, readable
from cleaner.kernels.text.texts import from_arrow

__all__ = [
    "annotate",
    "keeps_unchanged",
    "positions",
    "preload",
    "read",
    "read_stream",
    "records",
    "respell",
    "respelled",
    "restore",
    "rewrite",
    "splits",
    "suffixes",
    "unannotate",
    "undo",
]

suffixes = (".jsonl", ".ndjson")
splits = True
keeps_unchanged = True
"""A record whose text did not change is written back byte for byte."""

HELD = 64 << 20
"""Bytes up to which a line that is too long is kept in the ledger; for a longer one the whole file
is kept instead."""
_LEAST = 1 << 16
"""Bytes of a block below which loading a kernel would take longer than parsing it."""
_CHECK = "mend or remove the line"
_REPLACEMENT = "\ufffd".encode()


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of the lines that begin in the piece."""
    with readable(), open_input(piece.path) as stream:
        stream.seek(piece.start)
        yield from read_stream(stream, piece, options)


def preload() -> None:
    """Load the kernel: workers that are forked have it then."""
    options = ReadOptions()
    read_block(b'{"text": ""}\n', "", 1, options, lambda _lines: None)


def read_stream(stream: Any, piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of lines from where the stream stands."""
    name, number = shown(piece.name), piece.first
    left = (piece.stop - piece.start) if piece.stop >= 0 else -1

    def slowly(numbered: list[tuple[int, bytes]]) -> Any:
        builder = RecordBuilder()
        for at, line in numbered:
            add_line(builder, name, at, line, options)
        return builder.take()

    plain = not (options.rank_field or options.group_field)
    for block in blocks(stream, left, options.max_record_bytes):
        if isinstance(block, int):
            builder = RecordBuilder()
            add_line(builder, name, number, block, options)
            batch = builder.take()
        elif plain and len(block) >= _LEAST:
            batch = read_block(block, name, number, options, slowly)
        else:
            batch = slowly(list(enumerate(lines_of(block), number)))
        number += batch.num_rows
        del block
        yield batch
        del batch  # before the next is made


def lines(stream: Any, left: int, limit: int) -> Iterator[bytes | int]:
    r"""Lines with their `\n`; see `blocks`."""
    for block in blocks(stream, left, limit):
        if isinstance(block, int):
            yield block
        else:
            yield from lines_of(block)


def lines_of(block: bytes) -> list[bytes]:
    r"""The lines of a block, each with its `\n`; the last may have none."""
    parts = block.split(b"\n")
    last = parts.pop()
    return [part + b"\n" for part in parts] + ([last] if last else [])


def blocks(stream: Any, left: int, limit: int) -> Iterator[bytes | int]:
    r"""Whole lines with their `\n`, from a stream of bytes; `left` bytes of it, or all for -1.

    Of a line that is longer than `limit`, and than `HELD`, only the number of bytes comes: memory
    stays bounded whatever the line.
    """
    held = max(limit, HELD)
    rest = b""
    while left != 0:
        block = stream.read(BATCH_BYTES if left < 0 else min(BATCH_BYTES, left))
        if not block:
            break
        left -= len(block) if left > 0 else 0
        cut = block.rfind(b"\n") + 1
        if cut:
            whole = block
            if rest or cut < len(block):
                whole, rest = b"".join((rest, memoryview(block)[:cut])), block[cut:]
            del block
            yield whole
            del whole  # before the next is read
        else:
            rest += block
        if len(rest) > limit:
            more, size = _drain(stream, held - len(rest))
            left -= size if left > 0 else 0
            yield len(rest) + size if more is None else rest + more
            rest = b""
    if rest:
        yield rest


def _drain(stream: Any, room: int) -> tuple[bytes | None, int]:
    """The rest of a line that is too long, or None if that is more than `room`; and its length."""
    parts: list[bytes] | None = []
    size = 0
    while block := stream.readline(BATCH_BYTES):
        size += len(block)
        if size > room:
            parts = None
        if parts is not None:
            parts.append(block)
        if block.endswith(b"\n"):
            break
    return None if parts is None else b"".join(parts), size


def add_line(
    builder: RecordBuilder, name: str, number: int, line: bytes | int, options: ReadOptions
) -> None:
    """Append one line as a document, a rejected record or a blank line."""
    ident = f"{name}#{number}"
    size = line if isinstance(line, int) else len(line)
    if isinstance(line, int) or size > options.max_record_bytes:
        raw = b"" if isinstance(line, int) else line
        builder.reject(number, raw, ident, *too_large(size, options))
        return
    if not line.strip():
        builder.add(number, line, id=ident, kind=Kind.PASSED)
        return
    try:
        if not line.isascii():
            line.decode()  # the decoder does not look into strings that it skips
        row = _decoder(options).decode(line)
        text = row.text
        given, url, extra = row.id, row.url, row
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        try:
            text, given, url, extra = _slowly(line, options)
        except _BadRecordError as error:
            builder.reject(number, line, ident, *error.args)
            return
    rank, group = getattr(extra, "rank", None), getattr(extra, "group", None)
    fields = Fields(text, given, url, rank, group)
    add_document(builder, number, line, ident, fields)


class _BadRecordError(Exception):
    """(error, hint) of a line."""


@lru_cache(maxsize=8)
def _decoder(options: ReadOptions) -> Any:
    """A decoder that reads the fields we need and skips over the rest."""
    fields: list[Any] = [("text", str), ("id", Any, None), ("url", Any, None)]
    names = {"text": options.text_field, "id": options.id_field, "url": "url"}
    if options.rank_field:
        fields.append(("rank", Any, None))
        names["rank"] = options.rank_field
    if options.group_field:
        fields.append(("group", Any, None))
        names["group"] = options.group_field
    row = msgspec.defstruct("Row", fields, rename=names)
    return msgspec.json.Decoder(row, strict=True)


def _slowly(line: bytes, options: ReadOptions) -> tuple[str, Any, Any, Any]:
    """Read an odd line with the standard library, or say what is wrong with it."""
    try:
        # As text: from bytes, `json` guesses UTF-16 and lets half characters pass.
        row = json.loads(line.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise _BadRecordError(
            f"is no valid UTF-8 (byte {error.start + 1})", "write the file as UTF-8"
        ) from error
    except RecursionError as error:
        raise _BadRecordError("is nested too deeply", _CHECK) from error
    except json.JSONDecodeError as error:
        raise _BadRecordError(
            f"is no valid JSON: {error.msg} at column {error.colno}", _CHECK
        ) from error
    except ValueError as error:
        raise _BadRecordError("holds a number of too many digits", _CHECK) from error
    if not isinstance(row, dict):
        raise _BadRecordError(f"is {_kind(row)}, not a JSON object", _CHECK)
    field = options.text_field
    if field not in row:
        known = ", ".join(repr(key) for key in list(row)[:6]) or "none"
        raise _BadRecordError(
            f'has no field "{field}" (it has {known})', "name the text's field with --text-field"
        )
    text = row[field]
    if not isinstance(text, str):
        raise _BadRecordError(
            f'field "{field}" is {_kind(text)}, not text', "name the text's field with --text-field"
        )
    extra = _Extra(row.get(options.rank_field or ""), row.get(options.group_field or ""))
    return text, row.get(options.id_field), row.get("url"), extra


class _Extra(msgspec.Struct, frozen=True):
    rank: Any
    group: Any


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def records(path: Path, options: ReadOptions) -> Iterator[bytes]:
    """The lines of a file that this module wrote."""
    del options
    with path.open("rb") as stream:
        yield from cast("Iterator[bytes]", lines(stream, -1, 1 << 62))


def annotate(
    raw: bytes, values: Mapping[str, Any] | None, options: ReadOptions
) -> tuple[bytes, dict[str, Any] | None]:
    """A record with values about it, and how to take them out; a blank line stays blank."""
    del options
    if values is None:
        return raw, None
    return jsontext.annotate(raw, nested(values))


def respelled(texts: Any) -> Any:
    """Which texts may differ from their record although nothing changed them.

    Lone surrogates were read as U+FFFD and must be written as such. bool[n].
    """
    import numpy as np

    data, offsets = from_arrow(texts)
    data = data[offsets[0] : offsets[-1]]
    # Its first byte is rare: to look for all three, text by text, takes ten times as long.
    first = np.flatnonzero(data[:-2] == _REPLACEMENT[0])
    for ahead in (1, 2):
        first = first[data[first + ahead] == _REPLACEMENT[ahead]]
    found = np.zeros(len(texts), bool)
    found[np.searchsorted(offsets, first + offsets[0], "right") - 1] = True
    return found
