"""Joins of the local engine: rows of two datasets that have a key in common.

A small right side is read beside each partition of the left one, which stays where it is; else
both are parted by the key first. What does *not* live here: parting (`partitions`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.engines.partitions import Arranged, Partition, bucket_of, read_part, write_part

__all__ = ["SMALL", "Join", "beside", "bucket", "weight"]

SMALL = 4 << 20
"""Bytes of a right side that every worker may read whole."""
_ROWS = 1 << 12
"""Rows of a batch that a join writes: a document may come out many times."""


@dataclass(frozen=True, slots=True)
class Join:
    """What to join: schemas of both sides, an int64 column, and "inner" or "anti"."""

    left: Any
    right: Any
    on: str
    how: str

    @property
    def schema(self) -> Any:
        """Columns of the result."""
        import pyarrow as pa

        if self.how == "anti":
            return self.left
        return pa.schema([*self.left, *(field for field in self.right if field.name != self.on)])


def weight(parts: Sequence[Partition]) -> int:
    """Bytes of partitions, on disk or in memory; more than `SMALL` where nobody knows."""
    size = 0
    for part in parts:
        if isinstance(part, str):
            size += Path(part).stat().st_size
        elif isinstance(part, list):
            size += sum(batch.nbytes for batch in part)
        else:
            return SMALL + 1
    return size


def beside(join: Join, part: Partition, right: Sequence[Partition], out: Path | None) -> Partition:
    """One partition of the left side with all of the right side."""
    two = _Sorted(join, (batch for one in right for batch in read_part(one)))
    return write_part(
        (row for batch in read_part(part) for row in two.joined(batch)), out, join.schema
    )


def bucket(join: Join, left: Arranged, right: Arranged, number: int, out: Path | None) -> Partition:
    """One bucket of both sides."""
    import pyarrow as pa

    two = _Sorted(join, bucket_of(right, number))
    one = pa.Table.from_batches(list(bucket_of(left, number)), join.left).combine_chunks()
    rows = (row for batch in one.to_batches() for row in two.joined(batch))
    return write_part(rows, out, join.schema)


class _Sorted:
    """The right side in order of its key."""

    def __init__(self, join: Join, batches: Iterator[Any]) -> None:
        import pyarrow as pa

        self._join = join
        table = pa.Table.from_batches(list(batches), join.right).combine_chunks()
        keys = table.column(join.on).to_numpy()
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        self._table = table.drop_columns([join.on])

    def joined(self, batch: Any) -> Iterator[Any]:
        """The joined rows of a batch of the left side, in order of the key."""
        import pyarrow as pa

        rows, partners = self._partners(batch.column(self._join.on).to_numpy())
        for start in range(0, len(rows), _ROWS):
            some = batch.take(pa.array(rows[start : start + _ROWS]))
            if self._join.how == "inner":
                more = self._table.take(pa.array(partners[start : start + _ROWS]))
                table = pa.table([*some.columns, *more.columns], schema=self._join.schema)
                yield from table.combine_chunks().to_batches()
            else:
                yield some

    def _partners(self, keys: Any) -> tuple[Any, Any]:
        """Positions of the joined rows on both sides; for "anti", of left rows alone."""
        order = np.argsort(keys, kind="stable")
        low, high = (np.searchsorted(self._keys, keys[order], side) for side in ("left", "right"))
        counts = high - low
        if self._join.how == "anti":
            return order[counts == 0], order[:0]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(order, counts), self._order[np.repeat(low, counts) + within]
