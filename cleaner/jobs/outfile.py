"""A file that is put together from pieces of other memory, none of which is copied before.

What does *not* live here: what the pieces are (`write`).
"""

import os
from pathlib import Path

__all__ = ["OutFile"]

_PIECES = 1024
"""Pieces that the system takes at once (`IOV_MAX`)."""
_BYTES = 1 << 20
"""Bytes that wait at most: a call for each piece would cost more than its bytes."""


class OutFile:
    """An open file for writing; what stands in it is complete once it is closed."""

    __slots__ = ("_pieces", "_size", "_stream")

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb", buffering=0)
        self._pieces: list[bytes | memoryview] = []
        self._size = 0

    def write(self, piece: bytes | memoryview) -> None:
        """Add bytes; memory that is not ours must stay as it is until the file is closed."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _BYTES or len(self._pieces) == _PIECES:
            self._flush()

    def close(self) -> None:
        """Write what waits."""
        try:
            self._flush()
        finally:
            self._stream.close()

    def _flush(self) -> None:
        pieces, size = self._pieces, self._size
        self._pieces, self._size = [], 0
        while size:
            done = _send(self._stream.fileno(), pieces)
            size -= done
            if size:  # the system may take less than it is given
                pieces = _behind(pieces, done)


def _send(number: int, pieces: list[bytes | memoryview]) -> int:
    """Give pieces to the system, the first one where it takes no more (Windows); bytes it took."""
    if hasattr(os, "writev"):
        return os.writev(number, pieces)
    return os.write(number, pieces[0])


def _behind(pieces: list[bytes | memoryview], done: int) -> list[bytes | memoryview]:
    """Pieces without their first bytes.

    >>> [bytes(piece) for piece in _behind([b"ab", b"cde", b"f"], 3)]
    [b'de', b'f']
    """
    at = 0
    while done >= len(pieces[at]):
        done -= len(pieces[at])
        at += 1
    return [memoryview(pieces[at])[done:], *pieces[at + 1 :]]
