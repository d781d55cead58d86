r"""One JSON object a line. Every field but the text survives byte for byte.

Records split at `\n` bytes only (`str.splitlines` would cut at U+2028, which JSON allows inside a
string). A line that is no document is rejected by itself; its neighbours go on.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cleaner.formats.base import (
    BATCH_BYTES,
    Kind,
    Piece,
    ReadOptions,
    RecordBuilder,
    UnreadableError,
)
from cleaner.formats.jsontext import positions, restore, rewrite, undo
from cleaner.model import Edit, Finding, Fix, Span

__all__ = [
    "keeps_unchanged",
    "positions",
    "read",
    "records",
    "respelled",
    "restore",
    "rewrite",
    "splits",
    "suffixes",
    "undo",
]

suffixes = (".jsonl", ".ndjson")
splits = True
keeps_unchanged = True
"""A record whose text did not change is written back byte for byte."""

_CHECK = "mend or remove the line"


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of the lines that begin in the piece."""
    builder = RecordBuilder()
    number = piece.first
    try:
        with Path(piece.path).open("rb") as stream:
            stream.seek(piece.start)
            left = (piece.stop - piece.start) if piece.stop >= 0 else -1
            for line in lines(stream, left, options.max_record_bytes):
                add_line(builder, piece.name, number, line, options)
                number += 1
                if builder.full:
                    yield builder.take()
    except OSError as error:
        raise UnreadableError(
            f"cannot be read: {error.strerror or error}", "check the file and its permissions"
        ) from error
    finally:
        if len(builder):
            yield builder.take()


def lines(stream: Any, left: int, limit: int) -> Iterator[bytes]:
    r"""Lines with their `\n`, from a stream of bytes; `left` bytes of it, or all for -1.

    A line longer than `limit` comes as its first `limit + 1` bytes, and then in further parts of
    which only the first is a record: the caller sees one over-long line, memory stays bounded.
    """
    rest = b""
    while left != 0:
        block = stream.read(BATCH_BYTES if left < 0 else min(BATCH_BYTES, left))
        if not block:
            break
        left -= len(block) if left > 0 else 0
        parts = (rest + block).split(b"\n")
        rest = parts.pop()
        for part in parts:
            yield part + b"\n"
        if len(rest) > limit:
            rest += _drain(stream)
    if rest:
        yield rest


def _drain(stream: Any) -> bytes:
    """The rest of a line that is too long: kept, since nothing may be lost."""
    parts = []
    while block := stream.readline(BATCH_BYTES):
        parts.append(block)
        if block.endswith(b"\n"):
            break
    return b"".join(parts)


def add_line(
    builder: RecordBuilder, name: str, number: int, line: bytes, options: ReadOptions
) -> None:
    """Append one line as a document, a rejected record or a blank line."""
    ident = f"{name}#{number}"
    if not line.strip():
        builder.add(number, line, id=ident, kind=Kind.PASSED)
        return
    if len(line) > options.max_record_bytes:
        limit = options.max_record_bytes >> 20
        error = f"{len(line)} bytes are more than the limit of {limit} MB for one document"
        builder.reject(number, line, ident, error, "split it, or raise max-record-bytes")
        return
    try:
        row = _decoder(options).decode(line)
        text = row.text
        given, url, extra = row.id, row.url, row
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        try:
            text, given, url, extra = _slowly(line, options)
        except _BadRecordError as error:
            builder.reject(number, line, ident, *error.args)
            return
    if isinstance(given, str | int) and not isinstance(given, bool) and given != "":
        ident = str(given)
    notes = None
    if not text.isascii() and (repaired := _without_surrogates(text)) is not None:
        notes = [_surrogates(ident, text)]
        text = repaired
    if not ident.isascii():
        ident = _without_surrogates(ident) or ident
    host = None
    if isinstance(url, str):
        url = _without_surrogates(url) or url
        host = _host(url)
    else:
        url = None
    rank = _number(getattr(extra, "rank", None)) if options.rank_field else None
    if options.group_field:
        group = getattr(extra, "group", None)
        host = host if group is None else str(group)
    builder.add(number, line, id=ident, text=text, url=url, group=host, rank=rank, notes=notes)


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
        row = json.loads(line)
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


def _without_surrogates(text: str) -> str | None:
    """The text with U+FFFD for lone surrogates, code point by code point; None if it has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return None


def _surrogates(ident: str, text: str) -> Finding:
    edits = tuple(
        Edit(Span(at, at + 1), "\ufffd") for at, c in enumerate(text) if "\ud800" <= c <= "\udfff"
    )
    return Finding(
        "encoding.surrogate",
        ident,
        f"{len(edits)} lone surrogates: halves of characters that no encoding can write",
        edits[0].span,
        Fix("replace by U+FFFD", edits),
        {"count": len(edits)},
    )


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _number(value: object) -> float | None:
    """A keep-priority: a number, or an ISO date as seconds."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        from datetime import UTC, datetime

        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    return None


def records(path: Path) -> Iterator[bytes]:
    """The lines of a file that this module wrote."""
    with path.open("rb") as stream:
        yield from lines(stream, -1, 1 << 62)


def respelled(texts: Any) -> Any:
    """Which texts may differ from their record although nothing changed them.

    Lone surrogates were read as U+FFFD and must be written as such. bool[n].
    """
    import pyarrow.compute as pc

    return pc.match_substring(texts, "\ufffd").to_numpy(zero_copy_only=False)
