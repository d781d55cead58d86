"""Passages that two documents share which both stay, told at the later one of them.

What does *not* live here: finding them (`fragments`), the finding's words (`findings`).
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.engines import verdicts_schema
from cleaner.passes.duplicates import findings
from cleaner.passes.duplicates.rows import among, batch, told_schema
from cleaner.passes.duplicates.stars import Passage

__all__ = ["owned", "tell"]


def owned(batches: Iterator[Any], gone: npt.NDArray[np.int64]) -> Iterator[Any]:
    """Kernel over `rows.passages_schema`: a row for each passage, by the document it is told at.

    Args:
        batches: pairs.
        gone: documents that do not stay, sorted.
    """
    for some in batches:
        anchor, document = (some.column(name).to_numpy() for name in ("anchor", "document"))
        stays = ~among(anchor, gone) & ~among(document, gone)
        names = ["anchor", "document", "anchor_id", "id", "passages"]
        rows: dict[str, list[Any]] = {field.name: [] for field in told_schema()}
        for pair in some.select(names).filter(_array(stays)).to_pylist():
            later = pair["document"] > pair["anchor"]
            ids = (pair["id"], pair["anchor_id"]) if later else (pair["anchor_id"], pair["id"])
            for start, end, other_start, other_end, tokens in msgspec.json.decode(pair["passages"]):
                own, other = (start, end), (other_start, other_end)
                if not later:
                    own, other = other, own
                values = (max(pair["anchor"], pair["document"]), *ids, *own, *other, tokens)
                for name, value in zip(rows, values, strict=True):
                    rows[name].append(value)
        yield batch(told_schema(), rows)


def tell(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one document: its findings, in order of position."""
    for some in _sorted(batches):
        keys, made = [], []
        for row in some.to_pylist():
            one = Passage(*(row[name] for name in Passage._fields))
            keys.append(row["document"])
            made.append(msgspec.json.encode(findings.passage(row["id"], one)))
        yield batch(verdicts_schema(), {"document": keys, "finding": made})


def _sorted(batches: Iterator[Any]) -> Iterator[Any]:
    import pyarrow as pa

    table = pa.Table.from_batches(list(batches), told_schema())
    keys = [("document", "ascending"), ("start", "ascending"), ("end", "descending")]
    keys += [("other", "ascending"), ("other_start", "ascending")]
    yield from table.sort_by(keys).to_batches(max_chunksize=1 << 12)


def _array(values: Any) -> Any:
    import pyarrow as pa

    return pa.array(values)
