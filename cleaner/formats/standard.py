"""Standard input and output: one file of a corpus, whose format its first bytes tell."""

import shutil
from pathlib import Path
from typing import IO, Any

from cleaner.formats import by_suffix
from cleaner.formats.compression import open_decompressed

__all__ = ["emit", "spool"]

_BLOCK = 1 << 20
_HEAD = 1 << 12


def spool(stream: IO[bytes], folder: Path) -> Path:
    """Copy a stream into a file whose name says what it is.

    JSON objects make JSONL, a page HTML, and `PAR1` or `WARC/` what they stand for; all else is one
    text. Comma-separated values look like text and have to be named as files.
    """
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
    target = folder / f"stdin{_suffix(head)}{suffix}"
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


def emit(path: Path, stream: IO[bytes]) -> None:
    """Copy the cleaned file to a stream."""
    with path.open("rb") as source:
        shutil.copyfileobj(source, stream, _BLOCK)
    stream.flush()
