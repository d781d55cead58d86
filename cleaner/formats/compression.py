"""gzip and zstd as streams that never end early without a word.

Several readers of zstd hand out the first part of a file that was cut and say nothing, and others
stop after the first of two frames. Here a stream ends well only where its last frame ends and the
file with it; everything else is an `UnreadableError` *after* the good bytes. Output is the same for
the same input: fixed level, no time, no name. What does *not* live here: what the bytes mean
(`compressed` joins both).
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from cleaner.formats.base import UnreadableError
from cleaner.formats.opening import open_input

__all__ = ["SUFFIXES", "Inflated", "deflate", "open_decompressed", "suffix_of"]

SUFFIXES = (".gz", ".zst")
RATIO = 200
"""Times that a stream may be larger than its file; text compresses to a third or a tenth, logs to a
fiftieth, bombs to a thousandth (gzip) or less (zstd)."""
FREE = 1 << 20
"""Bytes that may come out before the ratio counts."""
GZIP_LEVEL = 6
ZSTD_LEVEL = 3
"""The defaults of both command line tools."""
_WINDOW_LOG = 27
"""128 MB, the most that the zstd tool accepts without being asked."""
_IN = 1 << 16
_OUT = 1 << 18
_BLOCK = 1 << 20
_LAST = 512
"""Step in which the end of a damaged stream is read, so that hardly a good byte is lost."""
_MEND = "fetch the file again, or mend it"


def suffix_of(name: str) -> str:
    """The compression that a file's name asks for, or nothing.

    >>> suffix_of("a.JSONL.GZ"), suffix_of("a.gz.txt")
    ('.gz', '')
    """
    lower = name.lower()
    return next((suffix for suffix in SUFFIXES if lower.endswith(suffix)), "")


class _Gzip:
    """One member of a gzip file; the checks of CRC and length are zlib's."""

    name = "gzip"
    errors: tuple[type[Exception], ...] = (zlib.error,)

    @staticmethod
    def begins(data: bytes) -> bool:
        return data.startswith(b"\x1f\x8b"[: len(data)])

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner or zlib.decompressobj(31)

    def feed(self, data: bytes, limit: int) -> bytes:
        out: bytes = self._inner.decompress(self._inner.unconsumed_tail + data, limit)
        return out

    def copy(self) -> "_Gzip":
        return _Gzip(self._inner.copy())

    @property
    def pending(self) -> bool:
        """Whether there is more to come out without more going in."""
        return bool(self._inner.unconsumed_tail)

    @property
    def ended(self) -> bool:
        return bool(self._inner.eof)

    @property
    def rest(self) -> bytes:
        return bytes(self._inner.unused_data)


class _Zstd:
    """One frame of a zstd file."""

    name = "zstd"

    @staticmethod
    def begins(data: bytes) -> bool:
        skippable = len(data) < 4 or (data[1:4] == b"\x2a\x4d\x18" and data[0] >> 4 == 5)
        return data.startswith(b"\x28\xb5\x2f\xfd"[: len(data)]) or skippable

    def __init__(self) -> None:
        library = zstd_library()
        options = {library.DecompressionParameter.window_log_max: _WINDOW_LOG}
        self._inner = library.ZstdDecompressor(options=options)
        self.errors: tuple[type[Exception], ...] = (library.ZstdError,)

    def feed(self, data: bytes, limit: int) -> bytes:
        out: bytes = self._inner.decompress(data, limit)
        return out

    def copy(self) -> None:
        """A zstd stream hands out whole blocks only; there is nothing to look for."""

    @property
    def pending(self) -> bool:
        return not self._inner.needs_input and not self._inner.eof

    @property
    def ended(self) -> bool:
        return bool(self._inner.eof)

    @property
    def rest(self) -> bytes:
        return bytes(self._inner.unused_data)


@lru_cache(maxsize=1)
def zstd_library() -> Any:
    """`compression.zstd` of Python 3.14, or its backport."""
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd


class _Source:
    """A compressed file's bytes, counted."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.size = 0

    def read(self) -> bytes:
        data: bytes = self._stream.read(_IN)
        self.size += len(data)
        return data

    def next_frame(self, rest: bytes, *, padded: bool) -> bytes:
        """Bytes behind a frame: the next one's, or none; gzip may pad with zeros."""
        data = rest or self.read()
        while padded and data and not data.strip(b"\0"):
            data = self.read()
        return data.lstrip(b"\0") if padded else data


def _frames(stream: Any, suffix: str) -> Iterator[bytes]:
    """Decompressed blocks of a file of one or more frames.

    Raises:
        UnreadableError: cut, damaged, not of this compression, followed by something else, or a
            bomb; after everything that could be read.
    """
    kind: Any = _Gzip if suffix == ".gz" else _Zstd
    source = _Source(stream)
    data = source.read()
    if not data:
        raise UnreadableError(f"is empty, which no {kind.name} file is", _MEND)
    given = 0
    first = True
    while data:
        if not first and not kind.begins(data):
            raise UnreadableError(
                f"something else follows the {kind.name} data", "remove what follows"
            )
        frame, first = kind(), False
        for out in _one_frame(frame, data, source):
            given += len(out)
            if given > FREE and given > RATIO * source.size:
                raise UnreadableError(
                    f"expands to more than {RATIO} times its size",
                    "decompress it first if you trust it",
                )
            yield out
        data = source.next_frame(frame.rest, padded=kind is _Gzip)


def _one_frame(frame: Any, data: bytes, source: _Source) -> Iterator[bytes]:
    """Decompressed blocks of one frame."""
    while True:
        before = frame.copy()
        try:
            out = frame.feed(data, _OUT)
        except frame.errors as error:
            yield from _last(before, data)
            raise UnreadableError(f"is no valid {frame.name} data: {error}", _MEND) from error
        if out:
            yield out
        if frame.ended:
            return
        data = b"" if frame.pending else source.read()
        if not data and not frame.pending:
            raise UnreadableError(f"ends in the middle of its {frame.name} data", _MEND)


def _last(frame: Any, data: bytes) -> Iterator[bytes]:
    """What can still be read of a stream before its damage."""
    if frame is None:
        return
    try:
        while True:
            out = frame.feed(data, _LAST)
            data = b""
            if not out:
                return
            yield out
    except frame.errors:
        return


@dataclass(slots=True)
class Inflated:
    """A decompressed stream with `read` and `readline`, as far as a reader of lines needs them."""

    blocks: Iterator[bytes]
    _held: bytes = b""
    _error: UnreadableError | None = None

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; less only at the end, or before an error, which comes next time."""
        parts = [self._held]
        have = len(self._held)
        self._held = b""
        while self._error is None and (size < 0 or have < size):
            try:
                block = next(self.blocks, b"")
            except UnreadableError as error:
                self._error = error
                break
            if not block:
                break
            parts.append(block)
            have += len(block)
        data = b"".join(parts)
        if size >= 0:
            data, self._held = data[:size], data[size:]
        if not data and self._error is not None:
            raise self._error
        return data

    def readline(self, size: int) -> bytes:
        """Bytes up to a line feed, or `size` of them."""
        data = self.read(size)
        cut = data.find(b"\n") + 1
        if cut:
            data, self._held = data[:cut], data[cut:] + self._held
        return data

    def close(self) -> None:
        """Let go of the file."""
        self.blocks = iter(())


def _file_blocks(path: str, suffix: str) -> Iterator[bytes]:
    with open_input(path) as stream:
        yield from _frames(stream, suffix)


def open_decompressed(path: str, suffix: str) -> Any:
    """Open a file that may be compressed: a stream with `read`, `readline` and `close`.

    Raises:
        OSError: the system refuses (for a compressed file at the first `read`).
    """
    return Inflated(_file_blocks(path, suffix)) if suffix else open_input(path)


def deflate(source: Path, out: IO[bytes], suffix: str) -> None:
    """Compress a file; the same bytes give the same bytes."""
    import gzip

    writer: Any
    if suffix == ".gz":
        writer = gzip.GzipFile("", "wb", GZIP_LEVEL, out, mtime=0)
    else:
        library = zstd_library()
        checksum = {
            library.CompressionParameter.checksum_flag: 1,
            library.CompressionParameter.compression_level: ZSTD_LEVEL,
        }
        writer = library.ZstdFile(out, "wb", options=checksum)
    with source.open("rb") as stream, writer:
        while block := stream.read(_BLOCK):
            writer.write(block)
