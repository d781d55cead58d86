"""WARC and WET: pages become JSON lines of `id`, `url`, `date` and `text`.

`response` records with HTML are extracted (`extraction`), `conversion` records are text already;
everything else in an archive is no document. The archive itself is kept beside the ledger. A record
that is shorter than it says, which several readers hand out as if nothing was, is an error here.
"""

import contextlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from cleaner.formats import jsonl, jsontext
from cleaner.formats.base import (
    Kind,
    Piece,
    ReadOptions,
    RecordBuilder,
    UnreadableError,
    shown,
    too_large,
)
from cleaner.formats.compression import FREE, RATIO, open_decompressed, suffix_of
from cleaner.formats.decoding import UndecodableError, decode, decoding_finding
from cleaner.formats.extraction import extract
from cleaner.formats.fields import Fields, add_document
from cleaner.formats.opening import readable
from cleaner.model import Finding

__all__ = [
    "annotate",
    "keeps_original",
    "keeps_unchanged",
    "needs",
    "output_suffix",
    "positions",
    "read",
    "respelled",
    "rewrite",
    "suffixes",
]

needs = (("fastwarc", "warc"), ("trafilatura", "html"))
"""Libraries, and the extras that bring them."""
suffixes = (".warc", ".warc.gz", ".warc.zst", ".wet", ".wet.gz")
output_suffix = ".jsonl"
keeps_unchanged = True
keeps_original = True
respelled = jsonl.respelled
annotate = jsonl.annotate

_TEXT = "text"
_MEND = "fetch the archive again"
_HTML = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"


class _BadRecordError(Exception):
    """(error, hint) of a record that is rejected by itself."""


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield batches of the documents of an archive.

    Raises:
        UnreadableError: damage; the documents before it come first.
    """
    builder = RecordBuilder()
    with (
        readable(),
        contextlib.closing(open_decompressed(piece.path, suffix_of(piece.path))) as stream,
    ):
        try:
            for number, record in enumerate(_records(stream), 1):
                _add(builder, shown(piece.name), number, record, options)
                if builder.full:
                    yield builder.take()
        except UnreadableError:
            if len(builder):
                yield builder.take()
            raise
    if len(builder):
        yield builder.take()


def _records(stream: Any) -> Iterator[Any]:
    """The records of an archive.

    Raises:
        UnreadableError: one has no valid header, or is shorter than it says.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    source = _Remembering(stream)
    records = ArchiveIterator(source, WarcRecordType.any_type, parse_http=False)
    number = 0
    while True:
        number += 1
        try:
            record = next(records, None)
        except (OSError, ValueError) as error:
            source.reraise()
            raise UnreadableError(f"record {number} has no valid header", _MEND) from error
        if record is None:
            source.reraise()
            return
        length = record.headers.get("Content-Length", "").strip()
        if not (length.isascii() and length.isdigit()):
            what = f"record {number} has no valid Content-Length ({length[:20]!r})"
            raise UnreadableError(what, _MEND)
        yield record
        source.reraise()


class _Remembering:
    """Hands bytes to fastwarc, which swallows exceptions, and remembers the one that ended them."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._at = 0
        self._error: UnreadableError | None = None

    def read(self, size: int = -1) -> bytes:
        if self._error is not None:
            return b""
        try:
            data: bytes = self._stream.read(size)
        except UnreadableError as error:
            self._error = error
            return b""
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at

    def reraise(self) -> None:
        """Raise what ended the stream, if it was not its end."""
        if self._error is not None:
            raise self._error


def _add(builder: RecordBuilder, name: str, number: int, record: Any, options: ReadOptions) -> None:
    """Append one record of the archive, whatever it is.

    Raises:
        UnreadableError: the archive ends inside of it.
    """
    declared = int(record.headers["Content-Length"])
    ident = record.headers.get("WARC-Record-ID", "").strip() or f"{name}#{number}"
    kind = record.headers.get("WARC-Type", "").strip().lower()
    large = declared > options.max_record_bytes
    body = b"" if large else record.reader.read(declared)
    seen = len(body)
    while block := record.reader.read(1 << 20):
        seen += len(block)
    if seen < declared:
        raise UnreadableError(f"ends in the middle of record {number}", _MEND)
    if kind not in ("response", "conversion"):
        builder.add(number, b"", id=ident, kind=Kind.PASSED)
    elif large:
        builder.reject(number, b"", ident, *too_large(declared, options))
    else:
        try:
            found = _text(ident, kind, body, options)
        except _BadRecordError as error:
            builder.reject(number, b"", ident, *error.args)
            return
        if found is None:
            builder.add(number, b"", id=ident, kind=Kind.PASSED)
            return
        text, notes = found
        url = record.headers.get("WARC-Target-URI", "")
        date = record.headers.get("WARC-Date", "")
        row = {"id": ident, "url": url, "date": date, _TEXT: text}
        raw = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        fields = Fields(text, ident, url, date if options.rank_field == "date" else None)
        add_document(builder, number, raw, ident, fields, notes)


def _text(
    ident: str, kind: str, body: bytes, options: ReadOptions
) -> tuple[str, list[Finding]] | None:
    """The text of a record and what there is to say about it; None if it is of another type."""
    headers: dict[str, str] = {}
    if kind == "response":
        headers, body = _http(body)
        body = _decoded(body, headers, options.max_record_bytes)
    media, _, more = headers.get("content-type", "").partition(";")
    media = media.strip().lower()
    if media not in (*_HTML, _PLAIN, ""):
        return None
    declared = more.partition("charset=")[2].strip(" \"';") or None
    try:
        decoded = decode(body, declared)
    except UndecodableError as error:
        raise _BadRecordError(error.error, error.hint) from error
    guess = decoding_finding(decoded, ident)
    notes = [guess] if guess else []
    if kind == "conversion" or media == _PLAIN:
        return decoded.text, notes
    text, note = extract(decoded.text, ident)
    return text, [*notes, note]


def _http(payload: bytes) -> tuple[dict[str, str], bytes]:
    """Headers, in lower case, and body of a response; one without headers is all body."""
    if not payload.startswith(b"HTTP/"):
        return {}, payload
    head, sign, body = payload.partition(b"\r\n\r\n")
    if not sign:
        head, _, body = payload.partition(b"\n\n")
    headers = {}
    for line in head.decode("latin-1").split("\n")[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers, body


def _decoded(body: bytes, headers: dict[str, str], limit: int) -> bytes:
    """A body without its chunks and compression, where a crawler left them in."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _joined(body)
    encoding = headers.get("content-encoding", "").lower()
    if encoding in ("", "identity") or (encoding == "gzip" and not body.startswith(b"\x1f\x8b")):
        return body  # many crawlers decompress and leave the header
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _BadRecordError(f"has a body in {encoding[:20]!r}", "decompress the archive's bodies")
    try:
        inflated = zlib.decompressobj(47 if "gzip" in encoding else 15)
        data = inflated.decompress(body, limit + 1)
    except zlib.error as error:
        raise _BadRecordError(f"has a damaged body: {error}", _MEND) from error
    if len(data) > limit or len(data) > max(FREE, RATIO * len(body)):
        what = f"has a body that expands to more than {RATIO} times its size"
        raise _BadRecordError(what, "decompress it first if you trust it")
    return data


def _joined(body: bytes) -> bytes:
    """A body without the lengths of its chunks; as it is, if there are none."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        try:
            size = int(body[at:end].partition(b";")[0], 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0 or end + 2 + size > len(body):
            return body
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def rewrite(raw: bytes, old: str, new: str, options: ReadOptions) -> bytes:
    """The line with another text."""
    return jsontext.rewrite(raw, old, new, replace(options, text_field=_TEXT))


def positions(
    raw: bytes, text: str, offsets: Sequence[int], options: ReadOptions
) -> list[tuple[int, int]]:
    """Line 1, which is the record, and the column in its text."""
    del raw, text, options
    return [(1, offset + 1) for offset in offsets]
