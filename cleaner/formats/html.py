"""A saved page is one document; what comes out is its text, in a file with `.txt` behind its name.

The page itself goes to the ledger. Extraction is a finding of its own, `extract.html`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cleaner.formats.base import Piece, ReadOptions, RecordBuilder, UnreadableError, shown
from cleaner.formats.decoding import UndecodableError, decode, decoding_finding
from cleaner.formats.extraction import extract
from cleaner.formats.opening import open_input, readable
from cleaner.formats.text import positions, read_whole, rewrite

__all__ = [
    "needs",
    "output_suffix",
    "positions",
    "read",
    "read_stream",
    "records",
    "restore",
    "rewrite",
    "single",
    "suffixes",
    "undo",
]

needs = (("trafilatura", "html"),)
"""Libraries, and the extras that bring them."""
single = True
suffixes = (".html", ".htm", ".xhtml")
output_suffix = ".txt"


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield one batch of one record."""
    with readable(), open_input(piece.path) as stream:
        yield from read_stream(stream, piece, options)


def read_stream(stream: Any, piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield one batch of the rest of a stream."""
    data = read_whole(stream, options)
    try:
        decoded = decode(data)
    except UndecodableError as error:
        raise UnreadableError(error.error, error.hint) from error
    text, note = extract(decoded.text, shown(piece.name))
    guess = decoding_finding(decoded, shown(piece.name))
    builder = RecordBuilder()
    builder.add(1, data, id=shown(piece.name), text=text, notes=[guess, note] if guess else [note])
    yield builder.take()


def records(path: Path, options: ReadOptions) -> Iterator[bytes]:
    """A file is one record."""
    del options
    yield path.read_bytes()


def undo(raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
    """The page."""
    del old, new, options
    return {"raw": raw}


def restore(
    out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
) -> bytes:
    """The page."""
    del out, revert, options
    return bytes(notes["raw"])
