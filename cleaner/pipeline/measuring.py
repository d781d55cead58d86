"""Numbers of documents: all of them, or only those that a pass needs to report something."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from cleaner.engines import trace
from cleaner.passes.base import MeasuringPass

__all__ = ["measured", "suspects"]


def measured(lookers: Iterable[MeasuringPass], texts: Any) -> Any:
    """All columns of some passes for these texts: `pa.RecordBatch`."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for looker in lookers:
        batch = looker.measure(texts)
        trace.tick()
        columns |= dict(zip(batch.schema.names, batch.columns, strict=True))
    if not columns:
        return pa.record_batch([], schema=pa.schema([]))
    return pa.record_batch(list(columns.values()), names=list(columns))


def suspects(
    looker: MeasuringPass, wanted: frozenset[str], texts: Any, measures: Any
) -> list[tuple[int, dict[str, Any]]]:
    """Rows in which a measuring pass could find something, and what it measured there.

    Args:
        looker: the pass.
        wanted: names of rules.
        texts: `pa.LargeStringArray` of n texts.
        measures: a `pa.RecordBatch` of their numbers; without columns, they are measured here, but
            only where the pass could find something.
    """
    rows = np.arange(len(texts))
    if not measures.num_columns:
        rows = np.flatnonzero(looker.screen(texts, wanted))
        if not len(rows):  # nor need kernels be loaded, or compiled, that measure
            return []
        some = texts if len(rows) == len(texts) else texts.take(rows)
        measures = looker.measure(some)
        trace.tick()
    found = np.flatnonzero(looker.suspects(measures))
    if not len(found):  # there are dozens of columns
        return []
    # All at once: a slice for each row would cost more than what is done with it.
    return list(zip(rows[found].tolist(), measures.take(found).to_pylist(), strict=True))
