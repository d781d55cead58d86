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
    Columns,
    asked_schema,
    bands_schema,
    batch,
    columns,
    narrowed,
    pairs_schema,
    texts_schema,
    wanted_schema,
)

__all__ = ["asked", "distinct", "gather", "held_back", "merged", "pair", "wanted"]

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


def asked(batches: Iterator[Any], why: int) -> Iterator[Any]:
    """Kernel: pairs that were found one way, without what was held back."""
    for some in batches:
        rows = columns(iter([some]), pairs_schema())
        real = rows["held"] == 0
        pairs = {name: rows[name][real] for name in ("anchor", "document")}
        low = np.minimum(pairs["anchor"], pairs["document"])
        yield batch(asked_schema(), {"low": low, **pairs, "why": np.full(len(low), why)})


def merged(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one `low`: each pair once, however it was found, with all reasons to compare it.

    Of two ways round, the one with more fingerprints is the anchor: a long text beside many short
    ones is read once.
    """
    rows = columns(batches, asked_schema())
    low, why = rows["low"], rows["why"]
    high = rows["anchor"] + rows["document"] - low
    order = np.lexsort((-why, high, low))
    low, high, why = low[order], high[order], why[order]
    new = np.ones(len(low), bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    starts = np.flatnonzero(new)
    pairs = {name: rows[name][order[starts]] for name in ("anchor", "document")}
    both = np.bitwise_or.reduceat(why, starts) if len(starts) else why
    yield batch(wanted_schema(), {**pairs, "why": both})


def wanted(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one anchor: its pairs, and the anchor itself."""
    rows = columns(batches, wanted_schema())
    alone = np.unique(rows["anchor"])
    heads = {"anchor": alone, "document": alone, "why": np.zeros(len(alone), np.int64)}
    yield batch(
        wanted_schema(), {name: np.concatenate([rows[name], heads[name]]) for name in heads}
    )


def gather(engine: Any, documents: Any, needs: Any) -> Any:
    """Texts of the documents of each anchor: rows of `texts_schema`, an anchor's own included.

    Args:
        engine: runs it.
        documents: `engines.documents_schema`.
        needs: what `wanted` yielded.
    """
    import pyarrow as pa

    schema = texts_schema()
    if engine.count(needs) > _BROADCAST:
        own = set(wanted_schema().names) - {"document"}
        plain = pa.schema([field for field in schema if field.name not in own])
        left = engine.view(documents, partial(narrowed, schema=plain), plain)
        joined = engine.join(left, needs, "document", "inner")
        return engine.view(joined, partial(narrowed, schema=schema), schema)
    rows = columns(engine.batches(needs), wanted_schema())
    order = np.lexsort((rows["anchor"], rows["document"]))
    given = {name: values[order] for name, values in rows.items()}
    return engine.view(documents, partial(_beside, given), schema)


def _beside(given: Columns, batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: documents that are needed, a row for each anchor; `given` is sorted by document."""
    import pyarrow as pa

    for some in batches:
        document = some.column("document").to_numpy()
        low = np.searchsorted(given["document"], document)
        counts = np.searchsorted(given["document"], document, "right") - low
        rows = np.repeat(np.arange(len(document)), counts)
        if not len(rows):
            continue
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        needs = np.repeat(low, counts) + within
        chosen = some.select(["document", "id", "text", "rank"]).take(pa.array(rows))
        yield batch(
            texts_schema(),
            {
                **{name: given[name][needs] for name in ("anchor", "why")},
                **dict(zip(chosen.schema.names, chosen.columns, strict=True)),
            },
        )
