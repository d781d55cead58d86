"""Buckets: rows of all partitions that belong together, by key, brought to one place.

Each partition is sorted by bucket on its own, with one batch a bucket and batch; whoever works on a
bucket reads its batches from all of them.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cleaner.engines import Kernel
from cleaner.engines.partitions import Partition, read_part, write_part

__all__ = ["Arranged", "Choice", "arranged", "gather", "join", "mixed", "ranges", "split"]

Arranged = list[tuple[Partition, list[int]]]
"""Partitions whose rows were sorted into buckets: (partition, bucket of each of its batches)."""
Choice = Callable[[Any, int], Any]
"""Int64 keys and the number of buckets, to the bucket of each."""


def mixed(keys: Any, parts: int) -> Any:
    """Buckets that fill evenly even if keys are consecutive numbers."""
    import numpy as np

    mixed = (keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)
    return (mixed % np.uint64(parts)).astype(np.int64)


def ranges(bounds: tuple[int, ...], keys: Any, parts: int) -> Any:
    """Buckets between sorted bounds: number n goes up to below `bounds[n]`."""
    import numpy as np

    del parts
    return np.searchsorted(np.array(bounds, np.int64), keys, "right")


def split(
    part: Partition, key: str, parts: int, choose: Choice, out: Path | None
) -> tuple[Partition, list[int]]:
    """Sort the rows of a partition by bucket; return it and the bucket of each batch."""
    batches = read_part(part)
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

    for batch in batches:
        bucket = choose(batch.column(key).to_numpy(zero_copy_only=False), parts)
        rows = batch.take(pa.array(np.argsort(bucket, kind="stable")))
        start = 0
        for number, size in enumerate(np.bincount(bucket, minlength=parts).tolist()):
            if size:
                buckets.append(number)
                yield rows.slice(start, size)
                start += size


def arranged(data: Arranged, bucket: int) -> Iterator[Any]:
    """The rows of one bucket of all partitions; each partition's in their old order."""
    for part, buckets in data:
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


def gather(
    kernel: Kernel,
    data: Arranged,
    bucket: int,
    out: Path | None,
    schema: Any,
) -> Partition:
    """What a kernel makes of one bucket."""
    return write_part(kernel(arranged(data, bucket)), out, schema)


def join(
    left: Arranged,
    right: Arranged,
    schemas: tuple[Any, Any],
    bucket: int,
    on: str,
    how: str,
    out: Path | None,
) -> Partition:
    """One bucket of a join, in order of the key; an equal key's rows in the order they came."""
    import pyarrow as pa

    one, two = (
        pa.Table.from_batches(list(arranged(data, bucket)), schema).combine_chunks()
        for data, schema in zip((left, right), schemas, strict=True)
    )
    rows, partners = _partners(one.column(on).to_numpy(), two.column(on).to_numpy(), how)
    schema = schemas[0]
    if how == "inner":
        two = two.drop_columns([on])
        schema = pa.schema([*one.schema, *two.schema])

    def joined() -> Iterator[Any]:
        for start in range(0, len(rows), _JOINED):
            some = one.take(pa.array(rows[start : start + _JOINED]))
            if how == "inner":
                more = two.take(pa.array(partners[start : start + _JOINED]))
                some = pa.table([*some.columns, *more.columns], schema=schema)
            yield from some.combine_chunks().to_batches()

    return write_part(joined(), out, schema)


_JOINED = 1 << 12
"""Rows of a batch that a join writes: a document may come out many times."""


def _partners(left: Any, right: Any, how: str) -> tuple[Any, Any]:
    """Positions of the joined rows, in order of the key; for "anti", of left rows alone."""
    import numpy as np

    order, others = np.argsort(left, kind="stable"), np.argsort(right, kind="stable")
    low, high = (np.searchsorted(right[others], left[order], side) for side in ("left", "right"))
    counts = high - low
    if how == "anti":
        return order[counts == 0], others[:0]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(order, counts), others[np.repeat(low, counts) + within]
