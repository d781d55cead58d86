"""Partitions in which some cells were replaced: what stays as it was is not written again.

A verdict changes a few bytes of a row, and the row holds a whole document twice. What does *not*
live here: what is replaced (`jobs.compare`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cleaner.kernels.text.texts import replaced

__all__ = ["patched"]


def patched(batches: Iterator[Any], patch: Iterator[Any], key: str) -> Iterator[Any]:
    """Batches with the cells of a patch in place of their own.

    Args:
        batches: `pa.RecordBatch`es, in which the column `key` ascends throughout.
        patch: batches with `key`, which ascends too and occurs in `batches`, and some of their
            other columns. A null leaves the cell as it is.
        key: the name of an int64 column.
    """
    import pyarrow as pa

    pieces = list(patch)
    new = pa.concat_batches(pieces) if pieces else None
    keys = new.column(key).to_numpy() if new is not None else np.zeros(0, np.int64)

    def renewed(batch: Any) -> Any:
        own = batch.column(key).to_numpy()
        low = int(np.searchsorted(keys, own[0])) if len(own) else 0
        high = int(np.searchsorted(keys, own[-1], "right")) if len(own) else 0
        if low == high:
            return batch
        rows = np.searchsorted(own, keys[low:high])
        return _replaced(batch, rows, new.slice(low, high - low), key)  # type: ignore[union-attr]

    return map(renewed, batches)  # which holds no batch while the next is read


def _replaced(batch: Any, rows: Any, cells: Any, key: str) -> Any:
    import pyarrow as pa

    columns = list(batch.columns)
    for name, values in zip(cells.schema.names, cells.columns, strict=True):
        if name == key or values.null_count == len(values):
            continue
        changed = rows[values.is_valid().to_numpy(zero_copy_only=False)]
        at = batch.schema.get_field_index(name)
        columns[at] = replaced(columns[at], changed, values.drop_null())
    return pa.record_batch(columns, schema=batch.schema)
