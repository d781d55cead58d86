"""Rows of a looked-at batch that are written one by one, as values of Python.

What does *not* live here: which rows these are, and what is written (`write`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.formats.base import Kind
from cleaner.kernels.text.texts import Cells

__all__ = ["Record", "records", "valid"]


class Record(NamedTuple):
    """A row that is written by itself."""

    kind: int
    number: int
    ident: str
    text: str
    raw: bytes
    changes: bytes | None
    dropped: str | None
    error: str | None
    hint: str | None


def records(batch: Any, rows: npt.NDArray[np.int64]) -> Iterator[Record]:
    """Some rows of a batch; a slice of each column for each row would cost more than its use."""
    ids, texts, raws, changes = (Cells(batch.column(n)) for n in ("id", "text", "raw", "changes"))
    kind, number = (batch.column(name).to_numpy()[rows].tolist() for name in ("kind", "record"))
    changed, gone = (valid(batch.column(name))[rows].tolist() for name in ("changes", "dropped"))
    for at, row in enumerate(rows.tolist()):
        rejected = kind[at] == Kind.REJECTED
        yield Record(
            kind[at],
            number[at],
            ids.text(row),
            texts.text(row),
            raws.data(row),
            changes.data(row) if changed[at] else None,
            batch.column("dropped")[row].as_py() if gone[at] else None,
            batch.column("error")[row].as_py() if rejected else None,
            batch.column("hint")[row].as_py() if rejected else None,
        )


def valid(column: Any) -> Any:
    """Which rows of a column are not null: bool[n]."""
    if column.null_count == len(column):
        return np.zeros(len(column), bool)
    return column.is_valid().to_numpy(zero_copy_only=False)
