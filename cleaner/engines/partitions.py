"""Partitions: batches in an Arrow IPC file or in memory, read one by one and written whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.engines import Kernel

__all__ = ["Partition", "View", "read_part", "write_part"]

Partition = Any
"""A path (str), a list of `pa.RecordBatch`, or a `View` of one of them."""


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
    if not isinstance(part, str):
        yield from part
        return
    import pyarrow as pa

    with pa.memory_map(part) as source, pa.ipc.open_file(source) as reader:
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


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
    temporary.replace(out)
    return str(out)
