"""From band keys to distinct candidate pairs, and their texts side by side.

What does *not* live here: comparing them (`recheck`).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates import bands
from cleaner.kernels.duplicates.again import repeated
from cleaner.passes.duplicates.rows import (
    bands_schema,
    batch,
    columns,
    narrowed,
    pairs_schema,
    texts_schema,
)

__all__ = ["distinct", "gather", "held_back", "pair"]

_BROADCAST = 1 << 17
"""Pairs that are sent to every worker whole; more of them are joined with the documents."""


def pair(batches: Iterator[Any], least: int) -> Iterator[Any]:
    """Kernel over one band key: which documents of a bucket are to be compared."""
    rows = columns(batches, bands_schema())
    if len(rows["key"]) < 2:
        return
    order = repeated(rows["key"])
    document, key = rows["document"][order], rows["key"][order]
    best = np.lexsort((document, -rows["rank"][order], key))
    order, document, key = order[best], document[best], key[best]
    prints = np.stack([rows["one"][order], rows["two"][order]], axis=1)
    pairs, hot = bands.candidates(key, prints, least)
    found = document[pairs]
    yield batch(
        pairs_schema(),
        {
            "anchor": np.concatenate([found[:, 0], document[hot[:, 0]]]),
            "document": np.concatenate([found[:, 1], hot[:, 1]]),
            "held": np.concatenate([np.zeros(len(found), np.int64), hot[:, 2]]),
        },
    )


def distinct(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one anchor: each pair once, and the largest bucket that was held back."""
    rows = columns(batches, pairs_schema())
    if not len(rows["anchor"]):
        return
    table = np.stack([rows[name] for name in pairs_schema().names], axis=1)
    held = table[:, 2] > 0
    pairs = _unique(table[~held])
    large = table[held]
    large = large[np.lexsort((large[:, 2], large[:, 0]))]
    last = np.ones(len(large), bool)
    last[:-1] = large[1:, 0] != large[:-1, 0]
    table = np.concatenate([pairs, large[last]])
    yield batch(pairs_schema(), dict(zip(pairs_schema().names, table.T, strict=True)))


def held_back(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: only the rows about pairs that were not compared."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for some in batches:
        yield some.filter(pc.greater(some.column("held"), pa.scalar(0, pa.int64())))


def _unique(table: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    table = table[np.lexsort(table.T[::-1])]
    new = np.ones(len(table), bool)
    new[1:] = np.any(table[1:] != table[:-1], axis=1)
    return table[new]


def _needs(batches: Iterator[Any], schema: Any) -> Iterator[Any]:
    """Kernel: each document that a pair needs, beside the anchor it is needed for."""
    for some in batches:
        rows = columns(iter([some]), pairs_schema())
        real = rows["held"] == 0
        anchor, document = rows["anchor"][real], rows["document"][real]
        alone = np.unique(anchor)
        yield batch(
            schema,
            {
                "anchor": np.concatenate([anchor, alone]),
                "document": np.concatenate([document, alone]),
            },
        )


def gather(engine: Any, documents: Any, pairs: Any) -> tuple[Any, int]:
    """Texts of the documents of each anchor: rows of `texts_schema`, an anchor's own included.

    Returns:
        The rows, and how many they are.
    """
    import pyarrow as pa

    schema = pa.schema([texts_schema().field("anchor"), texts_schema().field("document")])
    needs = engine.map(pairs, partial(_needs, schema=schema), schema)
    count = engine.count(needs)
    if count > _BROADCAST:
        plain = pa.schema([f for f in texts_schema() if f.name != "anchor"])
        left = engine.view(documents, partial(narrowed, schema=plain), plain)
        joined = engine.join(left, needs, "document", "inner")
        return engine.view(joined, partial(narrowed, schema=texts_schema()), texts_schema()), count
    rows = columns(engine.batches(needs), schema)
    order = np.lexsort((rows["anchor"], rows["document"]))
    wanted = (rows["document"][order], rows["anchor"][order])
    return engine.view(documents, partial(_beside, *wanted), texts_schema()), count


def _beside(
    wanted: npt.NDArray[np.int64], anchors: npt.NDArray[np.int64], batches: Iterator[Any]
) -> Iterator[Any]:
    """Kernel: documents that are wanted, a row for each anchor; `wanted` is sorted."""
    import pyarrow as pa

    for some in batches:
        document = some.column("document").to_numpy()
        low = np.searchsorted(wanted, document)
        counts = np.searchsorted(wanted, document, "right") - low
        rows = np.repeat(np.arange(len(document)), counts)
        if not len(rows):
            continue
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        anchor = anchors[np.repeat(low, counts) + within]
        chosen = some.select(["document", "id", "text", "rank"]).take(pa.array(rows))
        yield batch(
            texts_schema(),
            {"anchor": anchor, **dict(zip(chosen.schema.names, chosen.columns, strict=True))},
        )
