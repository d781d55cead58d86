"""Standard input and output: a corpus of one file, whose format its first bytes tell.

Output is that file, cleaned; where several files were cleaned, it is JSON lines.
"""

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from cleaner.formats import NAMES, by_suffix, load
from cleaner.formats.base import Kind, Piece, ReadOptions, shown
from cleaner.formats.compression import open_decompressed, suffix_of
from cleaner.formats.jsonl import lines
from cleaner.model import CleanerError

__all__ = ["emit", "spool"]

_BLOCK = 1 << 20
_HEAD = 1 << 12


def spool(stream: IO[bytes], folder: Path, form: str | None = None) -> Path:
    """Copy a stream into a file whose name says what it is.

    JSON objects make JSONL, a page HTML, and `PAR1` or `WARC/` what they stand for; all else is one
    text. Comma-separated values look like text: their format has to be named.

    Args:
        stream: read to its end.
        folder: where the file goes.
        form: one of `formats.NAMES`, if it is known.

    Raises:
        CleanerError: there is no such format.
    """
    if form is not None and form not in NAMES:
        raise CleanerError(f'--format: "{form}" is none; choose from {", ".join(NAMES)}')
    plain = folder / "stdin"
    with plain.open("wb") as out:
        shutil.copyfileobj(stream, out, _BLOCK)
    with plain.open("rb") as source:
        suffix = _compression(source.read(4))
    try:
        opened: Any = open_decompressed(str(plain), suffix)
        head: bytes = opened.read(_HEAD)
        opened.close()
    except Exception:  # noqa: BLE001 -- whoever reads the file says what is wrong with it
        head = b"{"
    kind = load(form).suffixes[0] if form else _suffix(head)
    target = folder / f"stdin{kind}{suffix}"
    if by_suffix(target.name) is None:  # such as Parquet inside gzip
        target = folder / "stdin.txt"
    plain.rename(target)
    return target


def _compression(head: bytes) -> str:
    if head.startswith(b"\x1f\x8b"):
        return ".gz"
    return ".zst" if head == b"\x28\xb5\x2f\xfd" else ""


def _suffix(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower()
    if start.startswith(b"{"):
        return ".jsonl"
    if start.startswith((b"<!doctype html", b"<html")):
        return ".html"
    if start.startswith(b"warc/"):
        return ".warc"
    return ".parquet" if head.startswith(b"PAR1") else ".txt"


def emit(files: Sequence[tuple[str, Path]], stream: IO[bytes], options: ReadOptions) -> None:
    """Copy cleaned files to a stream: one as it is, several as JSON lines.

    Args:
        files: the name and the place of each.
        stream: binary; flushed at the end.
        options: which the files were read with.

    Raises:
        BrokenPipeError: nobody reads the stream any more.
    """
    if len(files) == 1:
        with files[0][1].open("rb") as source:
            shutil.copyfileobj(source, stream, _BLOCK)
    else:
        for name, path in files:
            for line in _as_json_lines(name, path, options):
                stream.write(line)
    stream.flush()


def _as_json_lines(name: str, path: Path, options: ReadOptions) -> Iterator[bytes]:
    """The documents of a file: lines of JSON as they are, all else as `id`, `url` and `text`."""
    form = by_suffix(path.name) or "text"
    if form.startswith("jsonl"):
        with contextlib.closing(open_decompressed(str(path), suffix_of(path.name))) as source:
            for line in lines(source, -1, 1 << 62):
                if isinstance(line, bytes):
                    yield line if line.endswith(b"\n") else line + b"\n"
        return
    columns = ("kind", "id", "url", "text")
    for batch in load(form).read(Piece(str(path), name, form), options):
        for kind, ident, url, text in zip(
            *(batch.column(column).to_pylist() for column in columns), strict=True
        ):
            if kind == Kind.DOCUMENT:
                row = {"id": ident or shown(name), "url": url, "text": text}
                shorter = {key: value for key, value in row.items() if value is not None}
                yield msgspec.json.encode(shorter) + b"\n"
