"""Joins the parts of shards into whole files while workers are still at the next ones.

A thread of the driver appends and hashes: system calls and SHA-256 leave the interpreter free, so
that it costs the run nothing but the last part. What it makes lies in the work folder until
`finish` moves it. What does *not* live here: the order in which files come under their final names.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Self

from cleaner.jobs.plan import Shard
from cleaner.jobs.write import LOGS, Digest, ShardResult, hashed, part_name
from cleaner.model import CleanerError

__all__ = ["Assembly", "Joined"]

_COPY = 1 << 20


class Joined:
    """A file that grows part by part, and then gets its name.

    Raises:
        CleanerError: from any method; the disk is full, or otherwise refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hasher = hashlib.sha256()
        self._size = 0
        self._stream: IO[bytes] | None = None

    def append(self, part: Path) -> None:
        """Add what is in a file, which stays: an interrupted run needs it again."""
        try:
            with part.open("rb", buffering=0) as source:
                while block := source.read(_COPY):
                    self._add(block)
        except OSError as error:
            raise _refused(self.path, error) from error

    def finish(self, tail: bytes = b"") -> Digest:
        """Add the last bytes, and see everything on disk; may be called again without a tail."""
        try:
            self._add(tail)
            if self._stream is not None and not self._stream.closed:
                self._stream.flush()
                os.fsync(self._stream.fileno())
                self._stream.close()
        except OSError as error:
            raise _refused(self.path, error) from error
        return self._size, self._hasher.hexdigest()

    def move(self, target: Path) -> None:
        """Bring the finished file under its name, which lasts once the folder is synced."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.path.replace(target)
        except OSError as error:
            raise _refused(target, error) from error

    def close(self) -> None:
        """Give up."""
        if self._stream is not None:
            self._stream.close()

    def _add(self, block: bytes) -> None:
        if self._stream is None:
            self._stream = self.path.open("wb", buffering=0)
        if block:
            self._hasher.update(block)
            self._size += len(block)
            left = memoryview(block)
            while left:  # a raw file may take less than it is given
                left = left[self._stream.write(left) :]


class Assembly:
    """The logs of a run, and its files of more than one shard.

    Args:
        work: the work folder.
        plan: all shards.
    """

    def __init__(self, work: Path, plan: Sequence[Shard]) -> None:
        self._work = work
        shards_of = Counter(piece.name for shard in plan for piece in shard.pieces)
        self._split = {
            piece.name: piece
            for shard in plan
            for piece in shard.pieces
            if shards_of[piece.name] > 1
        }
        """The last piece of each file of several shards."""
        self.logs = {kind: Joined(work / f"joined.{kind}") for kind in LOGS}
        self.files: dict[str, Joined] = {}
        self.inputs: dict[str, Digest] = {}
        self._ready: dict[int, ShardResult] = {}
        self._next = 0
        self._thread = ThreadPoolExecutor(1)
        self._jobs: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)
        for joined in (*self.logs.values(), *self.files.values()):
            joined.close()

    def add(self, number: int, result: ShardResult) -> None:
        """Take the parts of a shard, which come in any order.

        The thread starts with the first of them: workers are forked by then, and a process with
        two threads cannot fork.
        """
        self._ready[number] = result
        while (one := self._ready.pop(self._next, None)) is not None:
            self._jobs.append(self._thread.submit(self._append, self._next, one))
            self._next += 1

    def wait(self) -> None:
        """Until everything that came is in place.

        Raises:
            CleanerError: something could not be written.
        """
        for job in self._jobs:
            job.result()
        for name, last in self._split.items():
            if name not in self.inputs:  # what was read is what was written
                self.inputs[name] = self.files[name].finish()
                if self.inputs[name][0] != last.stop:
                    self.inputs[name] = hashed(last.path)

    def _append(self, number: int, result: ShardResult) -> None:
        for kind, joined in self.logs.items():
            joined.append(self._work / part_name(number, kind))
        for one in result.files:
            piece = self._split.get(one.name)
            if piece is None:
                continue
            if not one.verbatim and one.name not in self.inputs:
                self.inputs[one.name] = hashed(piece.path)
            if one.part is not None:
                if one.name not in self.files:
                    for earlier in self.files.values():
                        earlier.finish()  # files come one after the other
                    at = len(self.files)
                    self.files[one.name] = Joined(self._work / f"joined-{at:06d}.out")
                self.files[one.name].append(self._work / one.part)


def _refused(path: Path, error: OSError) -> Any:
    reason = error.strerror or str(error)
    return CleanerError(f"{path}: cannot be written: {reason}; make room or choose another folder")
