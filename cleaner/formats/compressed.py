"""Any format of lines or text inside gzip or zstd: `a.jsonl.gz`, `b.csv.zst`, `c.txt.gz`.

Read as a stream, written with the same compression. How a compressor spells its output depends on
its version and options, so the original file is kept beside the ledger rather than repeated.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleaner.formats.base import Piece, ReadOptions
from cleaner.formats.compression import deflate, open_decompressed
from cleaner.formats.opening import readable

__all__ = ["Compressed"]


class Compressed:
    """A format inside a compression; what is not about containers is the inner format's.

    Args:
        inner: a module with `read_stream`.
        suffix: `.gz` or `.zst`.
    """

    splits = False
    keeps_original = True

    def __init__(self, inner: Any, suffix: str) -> None:
        self.inner = inner
        self.suffix = suffix

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def read(self, piece: Piece, options: ReadOptions) -> Iterator[Any]:
        """Yield record batches; the good ones before damage come before `UnreadableError`."""
        with readable():
            stream = open_decompressed(piece.path, self.suffix)
            yield from self.inner.read_stream(stream, piece, options)

    def complete(self, part: Path, piece: Piece, options: ReadOptions) -> None:
        """Compress what was written."""
        del piece, options
        target = part.with_name(part.name + self.suffix)
        with target.open("wb") as out:
            deflate(part, out, self.suffix)
        target.replace(part)
