"""Engines run passes over a corpus that need not fit in memory.

Everything that touches a corpus is written with four verbs, and an engine implements just these.
A dataset is a value of the engine's own kind: a sequence of partitions of Arrow record batches.
What does *not* live here: what is computed (`passes`, `kernels`) and what is written (`pipeline`).
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

__all__ = ["Engine", "documents_schema", "verdicts_schema"]

Kernel = Callable[[Iterator[Any]], Iterator[Any]]
"""Iterator of `pa.RecordBatch` to iterator of `pa.RecordBatch`; pure and picklable by name.

A module-level function, or `functools.partial` of one with small arguments. It must not depend on
how rows are split into batches, on the order of partitions, or on the number of workers; it may
get an empty iterator. Sort inside where the order matters.
"""


def documents_schema() -> Any:
    """Columns of a batch of documents.

    `document` is the key: its order is the order of the input, and nothing else about it may be
    used. `group` is the site (host of the url, folder or a field). `rank` is the keep-priority
    that the user chose, greater is better; ties go to the smaller key.
    """
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("document", pa.int64(), nullable=False),
            pa.field("id", pa.large_string(), nullable=False),
            pa.field("text", pa.large_string(), nullable=False),
            pa.field("group", pa.large_string(), nullable=False),
            pa.field("rank", pa.float64(), nullable=False),
        ]
    )


def verdicts_schema() -> Any:
    """Columns of what a corpus pass decides: one finding a row.

    `finding` is `msgspec.json.encode` of a `model.Finding` whose spans are code points of the text
    in `documents`, and whose `document` is that document's id.
    """
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("document", pa.int64(), nullable=False),
            pa.field("finding", pa.large_binary(), nullable=False),
        ]
    )


class Engine(Protocol):
    """The four verbs, and what goes with them."""

    def map(self, data: Any, kernel: Kernel, schema: Any) -> Any:
        """Run the kernel over every partition; the number of partitions stays."""
        ...

    def view(self, data: Any, kernel: Kernel, schema: Any) -> Any:
        """A map whose result is not stored, but made whenever it is read.

        For kernels that cost less than to write what they yield, and are read once or twice.
        """
        ...

    def exchange(self, data: Any, key: str, parts: int, kernel: Kernel, schema: Any) -> Any:
        """Bring equal values of the int64 column `key` into one partition each, then map.

        A key's rows all reach one call of the kernel, in no stated order. Keys should be hashes:
        the partition is chosen from their low bits.
        """
        ...

    def join(self, left: Any, right: Any, on: str, how: str) -> Any:
        """Join on one int64 column; `how` is "inner" or "anti" (rows of left without a partner).

        With "inner", equal column names other than the key are an error.
        """
        ...

    def checkpoint(self, data: Any, name: str) -> Any:
        """Make the dataset durable under a name, and read it back."""
        ...

    def union(self, *data: Any) -> Any:
        """All rows of several datasets of one schema; nothing is copied."""
        ...

    def batches(self, data: Any) -> Iterator[Any]:
        """All batches, partition after partition, in the driver: for small results only."""
        ...

    def count(self, data: Any) -> int:
        """How many rows there are."""
        ...
