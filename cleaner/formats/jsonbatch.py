"""A block of JSON lines as one batch: what a kernel can read it reads, a parser the other lines."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cleaner.formats.base import Kind, ReadOptions, records_schema
from cleaner.formats.fields import host_of

__all__ = ["read_block"]


def read_block(
    block: bytes,
    name: str,
    first: int,
    options: ReadOptions,
    slowly: Callable[[list[tuple[int, bytes]]], Any],
) -> Any:
    """Read the lines of a block; the batch's raw bytes are the block itself.

    Args:
        block: whole lines, not empty.
        name: of the file, as people see it.
        first: number of the first line.
        options: without fields for rank or group.
        slowly: makes a batch of the (number, line) pairs that the kernel leaves alone.
    """
    import pyarrow as pa

    from cleaner.kernels.jsonl.lines import read_fields

    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 10) + 1
    whole = len(ends) and ends[-1] == len(block)
    starts = np.concatenate([[0], ends, [] if whole else [len(block)]]).astype(np.int64)
    names = (options.text_field, options.id_field)
    limit, bare = options.max_record_bytes, options.bare
    found = read_fields(block, starts, names, f"{name}#", first, limit, bare=bare)
    count = len(starts) - 1
    numbers = pa.array(np.arange(first, first + count))
    raw = pa.Array.from_buffers(
        pa.large_binary(), count, [None, pa.py_buffer(starts), pa.py_buffer(block)]
    )
    schema = records_schema()
    given = {
        "kind": pa.array(np.full(count, int(Kind.DOCUMENT), np.int8)),
        "record": numbers,
        "line": numbers,
        "id": _strings(found.ident),
        "text": _strings(found.text),
        "url": _strings(found.url, found.has_url),
        "group": _hosts(found),
        "raw": raw,
    }
    if bare:
        given["characters"] = pa.array(found.characters)
    batch = pa.record_batch(
        [
            given[field.name] if field.name in given else pa.nulls(count, field.type)
            for field in schema
        ],
        schema=schema,
    )
    if found.taken.all():
        return batch
    rows = np.flatnonzero(~found.taken)
    others = slowly([(first + row, block[starts[row] : starts[row + 1]]) for row in rows.tolist()])
    place = np.arange(count)
    place[rows] = count + np.arange(len(rows))
    both = pa.Table.from_batches([batch, others]).combine_chunks()
    return both.take(pa.array(place)).combine_chunks().to_batches()[0]


def _strings(column: tuple[Any, Any], there: Any = None) -> Any:
    """A buffer and its offsets as an array, null where there is none."""
    import pyarrow as pa

    data, at = column
    used = data[: at[-1]]
    if 2 * len(used) < len(data):  # the kernel made room for a whole block in each column
        used = used.copy()
    bits = None if there is None else pa.array(there).buffers()[1]
    buffers = [bits, pa.py_buffer(at), pa.py_buffer(used)]
    return pa.Array.from_buffers(pa.large_string(), len(at) - 1, buffers)


def _hosts(found: Any) -> Any:
    """The hosts of addresses; the odd ones as the standard library reads them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = found.has_url & ~found.simple_host
    hosts = _strings(found.host, found.has_url & ~odd)
    if odd.any():
        urls = _strings(found.url, found.has_url)
        values = [host_of(urls[row].as_py()) for row in np.flatnonzero(odd).tolist()]
        hosts = pc.replace_with_mask(hosts, pa.array(odd), pa.array(values, pa.large_string()))
    return hosts
