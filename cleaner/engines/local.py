"""The engine of one machine: worker processes over partitions, Arrow files in between.

A dataset is a tuple of partitions. A partition is a path to an Arrow IPC file, memory-mapped when
read, or, where the engine has no folder (small inputs), a list of batches.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from cleaner.engines import Kernel, joins
from cleaner.engines.partitions import (
    Arranged,
    Choice,
    Partition,
    Patched,
    View,
    arranged,
    bucket_of,
    mixed,
    ranges,
    read_part,
    sort_rows,
    together,
    write_part,
)
from cleaner.engines.workers import Idle, run_tasks

__all__ = ["Arranged", "Dataset", "LocalEngine", "Patched", "arranged", "read_part", "write_part"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Partitions of one schema, in order."""

    parts: tuple[Partition, ...]
    schema: Any


class LocalEngine:
    """The four verbs over processes and files.

    Args:
        folder: where partitions are written; None keeps them in memory and in this process.
        jobs: worker processes.
    """

    def __init__(self, folder: Path | None = None, jobs: int = 1) -> None:
        self.folder = folder
        self.jobs = jobs
        self._numbers = itertools.count()
        self._idle = Idle()
        self._named: dict[str, Dataset] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def dataset(self, parts: Sequence[Partition], schema: Any) -> Dataset:
        """Partitions, or lists of batches, as a dataset."""
        return Dataset(tuple(parts), schema)

    def map(
        self,
        data: Dataset,
        kernel: Kernel,
        schema: Any,
        *,
        name: str | None = None,
        done: Callable[[int, Any], None] = lambda _n, _v: None,
    ) -> Dataset:
        """See `engines.Engine.map`.

        With a `name`, partitions get stable file names, and those that exist already are taken as
        they are: that is how an interrupted run is resumed.
        """
        outs = self.paths(len(data.parts), name)
        tasks = [
            partial(_run, kernel, part, out, schema)
            for part, out in zip(data.parts, outs, strict=True)
        ]
        return Dataset(tuple(self._all(tasks, done)), schema)

    def view(self, data: Dataset, kernel: Kernel, schema: Any) -> Dataset:
        """A map whose result is not stored: for kernels that only choose columns or rows."""
        return Dataset(tuple(View(part, kernel) for part in data.parts), schema)

    def run(
        self, tasks: list[Any], done: Callable[[int, Any], None] = lambda _n, _v: None
    ) -> list[Any]:
        """Run tasks that write files of their own (idempotent ones); return their values."""
        return self._all(tasks, done)

    def exchange(self, data: Dataset, key: str, parts: int, kernel: Kernel, schema: Any) -> Dataset:
        """See `engines.Engine.exchange`."""
        # Nothing to part, or nobody to share the work with: every row goes to the one kernel.
        if parts == 1 or self.folder is None:
            tasks = [partial(_whole, kernel, data.parts, self.paths(1)[0], schema)]
            return Dataset(tuple(self._all(tasks)), schema)
        split = self._split(data, key, parts)
        tasks = [
            partial(_gather, kernel, split, bucket, out, schema)
            for bucket, out in enumerate(self.paths(parts))
        ]
        return Dataset(tuple(self._all(tasks)), schema)

    def arrange(self, data: Dataset, key: str, bounds: Sequence[int]) -> Arranged:
        """Sort each partition's rows into ranges of a key; `arranged` reads one range.

        Args:
            data: any dataset.
            key: an int64 column.
            bounds: sorted; range n goes from `bounds[n - 1]` (or the beginning) to below
                `bounds[n]` (or the end).
        """
        split = partial(ranges, tuple(bounds))
        return self._split(data, key, len(bounds) + 1, split)

    def rest(self) -> None:
        """End the workers that wait for more; a later call starts new ones."""
        self._idle.stop()

    def join(self, left: Dataset, right: Dataset, on: str, how: str) -> Dataset:
        """See `engines.Engine.join`."""
        common = (set(left.schema.names) & set(right.schema.names)) - {on}
        if how == "inner" and common:
            raise ValueError(f"columns on both sides: {sorted(common)}")
        join = joins.Join(left.schema, right.schema, on, how)
        if joins.weight(right.parts) <= joins.SMALL:
            tasks = [
                partial(joins.beside, join, part, right.parts, out)
                for part, out in zip(left.parts, self.paths(len(left.parts)), strict=True)
            ]
            return Dataset(tuple(self._all(tasks)), join.schema)
        parts = max(len(left.parts), len(right.parts), 1)
        one, two = self._split(left, on, parts), self._split(right, on, parts)
        tasks = [
            partial(joins.bucket, join, one, two, number, out)
            for number, out in enumerate(self.paths(parts))
        ]
        return Dataset(tuple(self._all(tasks)), join.schema)

    def checkpoint(self, data: Dataset, name: str) -> Dataset:
        """See `engines.Engine.checkpoint`: files are durable already, memory needs no more."""
        self._named[name] = data
        return data

    def named(self, name: str) -> Dataset | None:
        """The dataset that was last made durable under a name, if any was."""
        return self._named.get(name)

    def union(self, *data: Dataset) -> Dataset:
        """See `engines.Engine.union`."""
        return Dataset(tuple(part for one in data for part in one.parts), data[0].schema)

    def batches(self, data: Dataset) -> Iterator[Any]:
        """See `engines.Engine.batches`."""
        for part in data.parts:
            yield from read_part(part)

    def count(self, data: Dataset) -> int:
        """See `engines.Engine.count`."""
        return sum(batch.num_rows for batch in self.batches(data))

    def _split(self, data: Dataset, key: str, parts: int, choose: Choice | None = None) -> Arranged:
        groups = together(data.parts)
        tasks = [
            partial(sort_rows, group, key, parts, choose or mixed, out)
            for group, out in zip(groups, self.paths(len(groups)), strict=True)
        ]
        return self._all(tasks)

    def paths(self, count: int, name: str | None = None) -> list[Path | None]:
        """Where the partitions of the next step go; None keeps them in memory."""
        if self.folder is None:
            return [None] * count
        stem = name or f"step-{next(self._numbers):03d}"
        return [self.folder / f"{stem}-{part:06d}.arrow" for part in range(count)]

    def _all(
        self, tasks: list[Any], done: Callable[[int, Any], None] = lambda _n, _v: None
    ) -> list[Any]:
        if self.folder is not None and self.jobs > 0 and tasks:
            return run_tasks(tasks, self.jobs, done, self._idle)
        values = []
        for number, task in enumerate(tasks):
            values.append(task())
            done(number, values[-1])
        return values


def _run(kernel: Kernel, part: Partition, out: Path | None, schema: Any) -> Partition:
    if out is not None and out.exists():
        return str(out)
    return write_part(kernel(read_part(part)), out, schema)


def _whole(kernel: Kernel, parts: tuple[Partition, ...], out: Path | None, schema: Any) -> Any:
    return write_part(kernel(chain.from_iterable(map(read_part, parts))), out, schema)


def _gather(
    kernel: Kernel,
    split: Arranged,
    bucket: int,
    out: Path | None,
    schema: Any,
) -> Partition:
    return write_part(kernel(bucket_of(split, bucket)), out, schema)
