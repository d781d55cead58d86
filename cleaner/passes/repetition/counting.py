"""The kernels that count lines: what `RepetitionPass.compare` hands to the engine.

All of them see every row of a key at once and sort what they see, so that neither batches nor
partitions nor workers show in the answer. What does *not* live here: what a count means for a
document (`verdicts`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "add_sizes",
    "choose",
    "chosen_schema",
    "count_lines",
    "count_texts",
    "first_lines",
    "independent",
    "lines_schema",
    "sizes_schema",
    "sketch",
    "sketch_schema",
    "texts_schema",
]

_COPIED = 0.5
"""Share of a document's characters; above it, the document repeats others, no template."""

CHOSEN = np.dtype([("index", "<i4"), ("documents", "<i4"), ("group", "<i4")])
"""What is said of a template line: its position in the document's lines, in how many different
texts of the group it stands, and how many the group has."""


def _schema(**columns: str) -> Any:
    import pyarrow as pa

    kinds = {"i8": pa.int64(), "i4": pa.int32(), "bytes": pa.large_binary()}
    fields = [pa.field(name, kinds[kind], nullable=False) for name, kind in columns.items()]
    return pa.schema(fields)


def sketch_schema() -> Any:
    """A row for each line: 44 bytes, no text.

    `site` and `text` are hashes of the group's name and of the document's normalised text; `line`
    is that of the normalised line within its group. `index` counts the document's lines, `weight`
    is in characters, of the line, and `whole` of the document.
    """
    return _schema(
        document="i8", site="i8", text="i8", line="i8", index="i4", weight="i4", whole="i8"
    )


def lines_schema() -> Any:
    """Repeated lines: a sketch and the number of different texts that the line stands in."""
    import pyarrow as pa

    return pa.schema([*sketch_schema(), *_schema(documents="i4")])


def texts_schema() -> Any:
    """A row for each document."""
    return _schema(site="i8", text="i8")


def sizes_schema() -> Any:
    """How many different texts a group has."""
    return _schema(site="i8", size="i8")


def chosen_schema() -> Any:
    """A row for each document with template lines: `CHOSEN` records, in order."""
    return _schema(document="i8", chosen="bytes")


def sketch(batch: Any) -> Any:
    """Rows of `sketch_schema` from rows of `engines.documents_schema`."""
    import pyarrow as pa

    from cleaner.kernels.repetition.linehash import hash_lines, hash_words

    lines = hash_lines(batch.column("text"))
    groups = batch.column("group").dictionary_encode()
    names = hash_words(groups.dictionary.to_pylist())
    site = names[groups.indices.to_numpy(zero_copy_only=False)] if len(names) else names
    documents = batch.column("document").to_numpy(zero_copy_only=False)
    at = lines.text
    columns = (
        documents[at],
        site[at],
        lines.text_hash[at] ^ site[at],
        lines.hashes ^ site[at],
        lines.line,
        lines.weight,
        lines.text_weight[at],
    )
    arrays = [pa.array(np.ascontiguousarray(column)) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=sketch_schema())


def first_lines(batches: Iterator[Any]) -> Iterator[Any]:
    """One row a document and partition at least; `count_texts` takes each text once."""
    import pyarrow as pa

    for batch in batches:
        text = _column(batch, "text")
        _, first = np.unique(text, return_index=True)
        rows = batch.select(["site", "text"]).take(pa.array(np.sort(first)))
        yield pa.RecordBatch.from_arrays(rows.columns, schema=texts_schema())


def count_texts(batches: Iterator[Any]) -> Iterator[Any]:
    """Different texts of each group, among those that came to this partition."""
    table = _gather(batches, texts_schema())
    _, first = np.unique(_column(table, "text"), return_index=True)
    sites, sizes = np.unique(_column(table, "site")[first], return_counts=True)
    yield _batch(sizes_schema(), sites, sizes.astype(np.int64))


def add_sizes(batches: Iterator[Any]) -> Iterator[Any]:
    """The sum of each group's partial sizes."""
    table = _gather(batches, sizes_schema())
    sites, at = np.unique(_column(table, "site"), return_inverse=True)
    sizes = np.zeros(len(sites), np.int64)
    np.add.at(sizes, at, _column(table, "size"))
    yield _batch(sizes_schema(), sites, sizes)


def count_lines(batches: Iterator[Any], least: int) -> Iterator[Any]:
    """Keep the lines that stand in at least so many different texts, and say in how many."""
    import pyarrow as pa

    seen = list(batches)
    table = pa.Table.from_batches(
        [batch.select(sketch_schema().names) for batch in seen], sketch_schema()
    )
    line, text = _column(table, "line"), _column(table, "text")
    order = np.lexsort((text, line))
    line, text = line[order], text[order]
    new_line = np.ones(len(line), bool)
    new_line[1:] = line[1:] != line[:-1]
    new_text = new_line.copy()
    new_text[1:] |= text[1:] != text[:-1]
    run = np.cumsum(new_line) - 1
    texts = np.bincount(run, weights=new_text).astype(np.int32) if len(run) else run
    documents = texts[run].astype(np.int32)
    keep = documents >= least
    rows = table.take(pa.array(order[keep])).append_column(
        lines_schema().field("documents"), pa.array(documents[keep])
    )
    yield from rows.cast(lines_schema()).to_batches()


def independent(batches: Iterator[Any]) -> Iterator[Any]:
    """Leave out documents that mostly consist of repeated lines."""
    import pyarrow as pa

    table = _gather(batches, lines_schema())
    documents, first, at = np.unique(
        _column(table, "document"), return_index=True, return_inverse=True
    )
    repeated = np.zeros(len(documents), np.int64)
    np.add.at(repeated, at, _column(table, "weight"))
    fresh = repeated <= _COPIED * _column(table, "whole")[first]
    yield from table.filter(pa.array(fresh[at])).to_batches()


def choose(batches: Iterator[Any], share: float) -> Iterator[Any]:
    """Pack the lines of each document that stand in a sufficient share of their group."""
    table = _gather(batches, None)
    if table is None:
        return
    document, size = _column(table, "document"), _column(table, "size")
    count = _column(table, "documents")
    keep = count >= share * size
    records = np.empty(len(document), CHOSEN)
    records["index"], records["documents"] = _column(table, "index"), count
    records["group"] = np.minimum(size, np.iinfo(np.int32).max)
    document, records = document[keep], records[keep]
    order = np.lexsort((records["index"], document))
    document, records = document[order], records[order]
    keys, starts = np.unique(document, return_index=True)
    packed = [part.tobytes() for part in np.split(records, starts[1:])] if len(keys) else []
    yield _batch(chosen_schema(), keys, packed)


def _gather(batches: Iterator[Any], schema: Any) -> Any:
    import pyarrow as pa

    seen = list(batches)
    if schema is None and not seen:
        return None
    return pa.Table.from_batches(seen, schema)


def _column(table: Any, name: str) -> npt.NDArray[Any]:
    import pyarrow as pa

    column = table.column(name)
    if isinstance(column, pa.ChunkedArray):
        return np.asarray(column.to_numpy())
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _batch(schema: Any, *columns: Any) -> Any:
    import pyarrow as pa

    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
