"""Cuts a corpus into shards: parts that one worker handles in one go, in input order.

Shards depend on the input alone, never on the number of workers, so results cannot either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.formats import load
from cleaner.formats.base import Piece
from cleaner.formats.discover import Discovered
from cleaner.formats.opening import open_input

__all__ = ["SHARD_BYTES", "Shard", "shards"]

SHARD_BYTES = 32 << 20
"""Small enough that a shard and what is known about it fit in memory several times over."""
_SHARD_FILES = 2000
_TAIL = 8
"""The next shard is at most this part of what is left: the last ones are small, and no worker
waits long for another's (guided self-scheduling, Polychronopoulos and Kuck 1987)."""
_TAIL_BYTES = 2 << 20
"""They get no smaller than this, as each costs some milliseconds of its own."""
_BLOCK = 1 << 18
"""Bytes that are counted at a time: they fit in the cache twice."""
_LINE_FEED = 10


@dataclass(frozen=True, slots=True)
class Shard:
    """Pieces that are handled together; a piece that is not whole has a shard of its own."""

    number: int
    pieces: tuple[Piece, ...]


def shards(found: Discovered, limit: int = SHARD_BYTES) -> list[Shard]:
    """Group small files and split large ones, where their format can be split."""
    groups: list[list[Piece]] = []
    left = sum(found.sizes)
    room = -1
    for piece, size in zip(found.files, found.sizes, strict=True):
        if size > _next(left, limit) and getattr(load(piece.format), "splits", False):
            groups += [[part] for part in _split(piece, size, left - size, limit)]
            room = -1
        else:
            if not groups or size > room or len(groups[-1]) >= _SHARD_FILES:
                groups.append([])
                room = _next(left, limit)
            groups[-1].append(piece)
            room -= size
        left -= size
    return [Shard(number, tuple(group)) for number, group in enumerate(groups)]


def _next(left: int, limit: int) -> int:
    """Bytes of the next shard when so many are left."""
    return min(limit, max(_TAIL_BYTES, left // _TAIL))


def _split(piece: Piece, size: int, others: int, limit: int) -> Iterator[Piece]:
    """Parts of a file of lines, each beginning at a line; counts the lines on the way.

    Args:
        piece: the whole file.
        size: its bytes.
        others: bytes of the files after it.
        limit: bytes of a part, at most.
    """
    try:
        stream = open_input(piece.path)
    except OSError:
        yield piece  # whoever reads it says what is wrong
        return
    with stream:
        start, first = 0, 1
        while start < size:
            stream.seek(start)
            stop, count = _counted(stream, start, _next(size - start + others, limit))
            if stop == start:
                return
            while stop < size and (rest := stream.readline(limit)):
                stop += len(rest)
                if rest.endswith(b"\n"):
                    count += 1
                    break
            yield Piece(piece.path, piece.name, piece.format, start, stop, first)
            start, first = stop, first + count


def _counted(stream: Any, start: int, limit: int) -> tuple[int, int]:
    """Read on for so many bytes, if they are there; where that ends, and the lines that end."""
    import numpy as np

    stop, count = start, 0
    while block := stream.read(min(_BLOCK, start + limit - stop)):
        stop += len(block)
        count += int(np.count_nonzero(np.frombuffer(block, np.uint8) == _LINE_FEED))
    return stop, count


def names(plan: Sequence[Shard]) -> list[str]:
    """The names of all files, in order, each once."""
    return list(dict.fromkeys(piece.name for shard in plan for piece in shard.pieces))
