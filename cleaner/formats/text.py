"""A text file is one document. Read in any encoding; written as UTF-8 with a final newline."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cleaner.formats.base import Piece, ReadOptions, RecordBuilder, UnreadableError, too_large
from cleaner.formats.decoding import UndecodableError, decode, decoding_finding
from cleaner.formats.opening import open_input, readable

__all__ = [
    "positions",
    "read",
    "read_stream",
    "read_whole",
    "records",
    "restore",
    "rewrite",
    "single",
    "suffixes",
    "undo",
]

single = True
"""A file is one document: without it there is no file."""
suffixes = (".txt", ".md", ".text", ".markdown", ".rst")


def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield one batch of one record."""
    with readable(), open_input(piece.path) as stream:
        yield from read_stream(stream, piece, options)


def read_stream(stream: Any, piece: Piece, options: ReadOptions) -> Iterator[Any]:
    """Yield one batch of the rest of a stream."""
    data = read_whole(stream, options)
    builder = RecordBuilder()
    try:
        decoded = decode(data)
    except UndecodableError as error:
        raise UnreadableError(error.error, error.hint) from error
    note = decoding_finding(decoded, piece.name)
    builder.add(1, data, id=piece.name, text=decoded.text, notes=[note] if note else None)
    yield builder.take()


def read_whole(stream: Any, options: ReadOptions) -> bytes:
    """The rest of a stream, if it is not larger than a record may be.

    Raises:
        UnreadableError: too large, or damaged.
    """
    parts = []
    left = options.max_record_bytes + 1
    while left > 0 and (block := stream.read(left)):
        parts.append(block)
        left -= len(block)
    if left <= 0:
        raise UnreadableError(*too_large(None, options))
    return b"".join(parts)


def records(path: Path, options: ReadOptions) -> Iterator[bytes]:
    """A file is one record."""
    del options
    yield path.read_bytes()


def rewrite(raw: bytes, old: str, new: str, options: ReadOptions) -> bytes:
    """The bytes of a file whose text changed from `old` to `new`: UTF-8, ending in a newline.

    A byte order mark is left out and another encoding is turned into UTF-8 even where the text is
    the same, so that whatever reads the output needs to know one encoding only.
    """
    del raw, old, options
    return (new + _ending(new)).encode()


def undo(raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
    """What `restore` needs besides the changes of the text."""
    del options
    notes: dict[str, Any] = {}
    if ending := _ending(new):
        notes["newline"] = ending
    if old.encode() != raw:
        decoded = decode(raw)
        if decoded.exact and decoded.text == old:
            notes |= {"encoding": decoded.encoding, "bom": decoded.bom.decode("latin-1")}
        else:
            notes["raw"] = raw
    return notes


def restore(
    out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
) -> bytes:
    """The original bytes, from the written ones."""
    del options
    if "raw" in notes:
        return bytes(notes["raw"])
    text = out.decode()
    text = revert(text.removesuffix(notes.get("newline", "")))
    bom = str(notes.get("bom", "")).encode("latin-1")
    return bom + text.encode(notes.get("encoding", "utf-8"))


def _ending(text: str) -> str:
    """What is missing at the end of a file, in the file's own style."""
    if not text or text.endswith("\n"):
        return ""
    return "\r\n" if "\r\n" in text else "\n"


def positions(
    raw: bytes, text: str, offsets: Sequence[int], options: ReadOptions
) -> list[tuple[int, int]]:
    """Line and column, both from 1, of characters of the text; `offsets` are sorted."""
    del raw, options
    places = []
    line, at = 1, 0
    for offset in offsets:
        line += text.count("\n", at, offset)
        at = offset
        places.append((line, offset - text.rfind("\n", 0, offset)))
    return places
