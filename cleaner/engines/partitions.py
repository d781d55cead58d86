"""Partitions of the local engine: reading and writing them, and parting their rows by a key.

A partition is a path to an Arrow IPC file, memory-mapped when read, or, where the engine has no
folder (small inputs), a list of batches. What does *not* live here: running anything (`local`).
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.engines import Kernel
from cleaner.engines.patches import patched

__all__ = [
    "Arranged",
    "Choice",
    "Partition",
    "Patched",
    "View",
    "arranged",
    "bucket_of",
    "mixed",
    "ranges",
    "read_part",
    "sort_rows",
    "together",
    "write_part",
]

_PORTION = 4 << 20
"""Bytes that are parted at a time."""
_GROUP = 16 << 20
"""Bytes of the partitions that go into one file when they are parted."""
_MEMBERS = 8
"""Partitions of a group at most: there must be some for every worker."""
_SHOWN = 4
"""Part of a partition that a view of it shows, as a guess: some columns or rows."""
_MAPPED = 8 << 20
"""Bytes after which a file is mapped anew: what was read of it stays in memory until then."""

Partition = Any
"""A path (str), a list of `pa.RecordBatch`, or a `View` or `Patched` of one of them."""
Arranged = list[tuple[Partition, list[int]]]
"""Partitions whose rows were sorted into buckets: (partition, bucket of each of its batches)."""
Choice = Callable[[Any, int], Any]
"""Int64 keys and the number of buckets, to the bucket of each."""


@dataclass(frozen=True, slots=True)
class Patched:
    """A partition with some cells replaced; see `patches.patched`."""

    part: Partition
    patch: Partition
    key: str


@dataclass(frozen=True, slots=True)
class View:
    """A partition as a kernel shows it; computed again whenever it is read, never stored."""

    part: Partition
    kernel: Kernel


def read_part(part: Partition) -> Iterator[Any]:
    """The batches of a partition."""
    if isinstance(part, View):
        yield from part.kernel(read_part(part.part))
        return
    if isinstance(part, Patched):
        yield from patched(read_part(part.part), read_part(part.patch), part.key)
        return
    if not isinstance(part, str):
        yield from part
        return
    import pyarrow as pa

    number, count = 0, 1
    while number < count:
        with pa.memory_map(part) as source, pa.ipc.open_file(source) as reader:
            count, seen = reader.num_record_batches, 0
            while number < count and seen < _MAPPED:
                batch = reader.get_batch(number)
                number, seen = number + 1, seen + batch.nbytes
                yield batch
                del batch


def write_part(batches: Iterator[Any], out: Path | None, schema: Any) -> Partition:
    """Write a partition whole, under its final name, or collect it."""
    if out is None:
        return [batch for batch in batches if batch.num_rows]
    import pyarrow as pa

    temporary = out.with_name(out.name + ".partial")
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in batches:
            if batch.num_rows:
                writer.write_batch(batch)
            del batch  # before the next is made
    temporary.replace(out)
    return str(out)


def arranged(data: Arranged, number: int) -> Iterator[Any]:
    """The rows of one range, or bucket, of all partitions; each partition's in their old order."""
    return bucket_of(data, number)


def mixed(keys: Any, parts: int) -> Any:
    """Buckets that fill evenly even if keys are consecutive numbers."""
    import numpy as np

    mixed = (keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)
    return (mixed % np.uint64(parts)).astype(np.int64)


def ranges(bounds: tuple[int, ...], keys: Any, parts: int) -> Any:
    """Buckets of neighbouring keys; `bounds` are sorted, and one fewer than there are buckets."""
    import numpy as np

    del parts
    return np.searchsorted(np.array(bounds, np.int64), keys, "right")


def together(parts: Sequence[Partition]) -> list[list[Partition]]:
    """Small neighbours in one group: whoever reads a bucket opens a file for each group."""
    groups: list[list[Partition]] = []
    room = 0
    for part in parts:
        size = _weight(part)
        if not groups or size > room or len(groups[-1]) == _MEMBERS:
            groups.append([])
            room = _GROUP
        groups[-1].append(part)
        room -= size
    return groups


def _weight(part: Partition) -> int:
    """Bytes of a partition, roughly."""
    shown = 1
    while isinstance(part, View | Patched):
        if isinstance(part, View):
            shown = _SHOWN
        part = part.part
    return (Path(part).stat().st_size if isinstance(part, str) else _GROUP) // shown


def sort_rows(
    group: Sequence[Partition], key: str, parts: int, choose: Choice, out: Path | None
) -> tuple[Partition, list[int]]:
    """Sort the rows of some partitions by bucket; return one, and the bucket of each batch."""
    batches = itertools.chain.from_iterable(map(read_part, group))
    first = next(batches, None)
    if first is None:
        return [], []
    buckets: list[int] = []
    pieces = _pieces(itertools.chain([first], batches), key, parts, choose, buckets)
    return write_part(pieces, out, first.schema), buckets


def _pieces(
    batches: Iterator[Any], key: str, parts: int, choose: Choice, buckets: list[int]
) -> Iterator[Any]:
    """The rows of each batch, one piece a bucket; notes the bucket of each piece."""
    import numpy as np
    import pyarrow as pa

    for batch in _portions(batches):
        bucket = choose(batch.column(key).to_numpy(zero_copy_only=False), parts)
        if parts <= 1 << 16:  # NumPy sorts these by counting, others by comparing
            bucket = bucket.astype(np.uint16)
        rows = batch.take(pa.array(np.argsort(bucket, kind="stable")))
        del batch
        start = 0
        for number, size in enumerate(np.bincount(bucket, minlength=parts).tolist()):
            if size:
                buckets.append(number)
                yield rows.slice(start, size)
                start += size
        del rows  # before the next are read


def _portions(batches: Iterator[Any]) -> Iterator[Any]:
    """The same rows in batches of about `_PORTION`.

    A thousand small pieces cost more than what is in them, and a large batch more memory than the
    rest of a run: parting needs three times its bytes.
    """
    import pyarrow as pa

    waiting: list[Any] = []
    size = 0
    for batch in itertools.chain.from_iterable(map(_slices, batches)):
        waiting.append(batch)
        size += batch.nbytes
        if size >= _PORTION:
            portion = pa.concat_batches(waiting) if len(waiting) > 1 else batch
            del batch
            waiting, size = [], 0
            yield portion
            del portion  # before the next is read
    if waiting:
        yield pa.concat_batches(waiting)


def _slices(batch: Any) -> Iterator[Any]:
    """A batch in pieces of at most about `_PORTION`, if its rows are of one size."""
    rows = max(1, batch.num_rows * _PORTION // max(batch.nbytes, 1))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def bucket_of(rows: Arranged, bucket: int) -> Iterator[Any]:
    """The batches of one bucket."""
    for part, buckets in rows:
        mine = [number for number, owner in enumerate(buckets) if owner == bucket]
        if not mine:
            continue
        if not isinstance(part, str):
            batches = list(read_part(part))
            yield from (batches[number] for number in mine)
            continue
        import pyarrow as pa

        # Not mapped: a bucket's rows are small pieces all over the file, and touching them would
        # map all of it.
        with pa.OSFile(part) as source, pa.ipc.open_file(source) as reader:
            yield from map(reader.get_batch, mine)
