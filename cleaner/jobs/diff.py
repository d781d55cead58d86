"""`cleaner check --diff`: what `--fix` would do, as a patch.

Names begin with `./`, so that `git apply` and `patch -p1`, which strip one folder, find the file as
`patch -p0` does. Hunks are made as records go by: time is linear, nothing is compared.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from cleaner.config import Config
from cleaner.formats.base import Piece
from cleaner.jobs.check import place_of
from cleaner.jobs.fix import edited_files
from cleaner.jobs.plan import Shard
from cleaner.jobs.splices import NotInPlaceError, Splice

__all__ = ["diff"]

CONTEXT = 3
"""Lines around a change."""
_MISSING = b"\n\\ No newline at end of file\n"


def diff(
    plan: Sequence[Shard], looked: Any, config: Config, refused: list[tuple[str, str]]
) -> Iterator[bytes]:
    """A unified patch, in pieces; files that cannot be edited in place are added to `refused`."""
    for piece, records in edited_files(plan, looked, config):
        hunks = _Hunks()
        parts = []
        try:
            for raw, splices in records:
                parts += list(hunks.feed(raw, splices))
        except NotInPlaceError as error:
            refused.append((place_of(piece), str(error)))
            continue
        parts += list(hunks.close())
        if parts:
            yield from (_header(piece), *parts)


def _header(piece: Piece) -> bytes:
    full = os.path.abspath(piece.path)  # noqa: PTH100 -- a link is named, not followed
    here = os.path.join(os.path.abspath("."), "")  # noqa: PTH100, PTH118 -- the same
    name = os.fsencode(full.removeprefix(here).replace(os.sep, "/"))
    quoted = _quoted(b"./" + name if full.startswith(here) else name)
    return b"--- %b\n+++ %b\n" % (quoted, quoted)


def _quoted(name: bytes) -> bytes:
    r"""A name as git writes it: in C's quotes where it holds controls, quotes or backslashes.

    >>> _quoted(b'./b'), _quoted(b'./"b"'), _quoted(b'./b c')
    (b'./b', b'"./\\"b\\""', b'./b c\t')
    """
    if all(byte >= 32 and byte != 127 and byte not in b'"\\' for byte in name):
        return name + b"\t" if b" " in name else name
    spelled = b"".join(
        b"\\" + bytes([byte])
        if byte in b'"\\'
        else bytes([byte])
        if 32 <= byte != 127
        else b"\\%03o" % byte
        for byte in name
    )
    return b'"' + spelled + b'"'


def regions(raw: bytes, splices: Sequence[Splice]) -> Iterator[tuple[int, int, bytes]]:
    r"""Splices widened to whole lines, and joined where they share one.

    >>> list(regions(b"one\ntwo\nsix\n", [(4, 8, b"")])), list(regions(b"one\ntwo", [(3, 4, b" ")]))
    ([(4, 8, b'')], [(0, 7, b'one two')])
    """
    at = 0
    while at < len(splices):
        start, end, new = splices[at]
        low = raw.rfind(b"\n", 0, start) + 1
        content = bytearray(raw[low:start] + new)
        at += 1
        while True:
            high = end if _at_line(raw, end, content) else _line_end(raw, end)
            if at == len(splices) or splices[at][0] >= high:
                break
            start, stop, new = splices[at]
            content += raw[end:start] + new
            end = stop
            at += 1
        yield low, high, bytes(content + raw[end:high])


def _at_line(raw: bytes, at: int, content: bytearray) -> bool:
    begins = at == 0 or raw[at - 1 : at] == b"\n"
    return begins and (not content or content.endswith(b"\n"))


def _line_end(raw: bytes, at: int) -> int:
    end = raw.find(b"\n", at)
    return len(raw) if end < 0 else end + 1


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    last = lines.pop()
    return [*(line + b"\n" for line in lines), *([last] if last else [])]


class _Hunks:
    """Turns lines that stay and lines that change into hunks, with the lines around them."""

    def __init__(self) -> None:
        self._old = self._new = 1
        self._context: deque[bytes] = deque(maxlen=CONTEXT)
        self._hunk: list[bytes] = []
        self._pending: list[bytes] = []
        self._start = (1, 1)
        self._size = [0, 0]

    def feed(self, raw: bytes, splices: Sequence[Splice]) -> Iterator[bytes]:
        """Take the next record; yield the hunks that it ends."""
        at = 0
        for low, high, content in regions(raw, splices):
            yield from self._same(_lines(raw[at:low]))
            yield from self._changed(_lines(raw[low:high]), _lines(content))
            at = high
        yield from self._same(_lines(raw[at:]))

    def _same(self, lines: list[bytes]) -> Iterator[bytes]:
        for line in lines:
            if not self._hunk:
                self._context.append(line)
            else:
                self._pending.append(line)
                if len(self._pending) > 2 * CONTEXT:
                    yield from self.close()
            self._old += 1
            self._new += 1

    def _changed(self, old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
        """Lines and what becomes of them, without the ones that stay at either end."""
        low = 0
        while low < min(len(old), len(new)) and old[low] == new[low]:
            low += 1
        high = 0
        while high < min(len(old), len(new)) - low and old[-1 - high] == new[-1 - high]:
            high += 1
        yield from self._same(old[:low])
        gone, come = old[low : len(old) - high], new[low : len(new) - high]
        if gone or come:
            if not self._hunk:
                count = len(self._context)
                self._start = (self._old - count, self._new - count)
                self._take(b" ", self._context)
            self._take(b" ", self._pending)
            self._pending = []
            self._take(b"-", gone)
            self._take(b"+", come)
            self._old += len(gone)
            self._new += len(come)
        yield from self._same(old[len(old) - high :])

    def _take(self, sign: bytes, lines: Sequence[bytes] | deque[bytes]) -> None:
        for line in lines:
            self._hunk.append(sign + line + (b"" if line.endswith(b"\n") else _MISSING))
            self._size[0] += sign != b"+"
            self._size[1] += sign != b"-"

    def close(self) -> Iterator[bytes]:
        """End the open hunk, if there is one."""
        if not self._hunk:
            return
        self._take(b" ", self._pending[:CONTEXT])
        # An empty side is named by the line before it.
        old, new = (
            start - (size == 0) for start, size in zip(self._start, self._size, strict=True)
        )
        yield b"@@ -%d,%d +%d,%d @@\n" % (old, self._size[0], new, self._size[1])
        yield b"".join(self._hunk)
        self._context = deque(self._pending[CONTEXT:], maxlen=CONTEXT)
        self._hunk, self._pending, self._size = [], [], [0, 0]
