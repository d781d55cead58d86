"""Stage one: read shards, run the document passes, and note what they found.

A row of `looked_schema` holds all that the later stages need, so that the source is read once.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from cleaner.config import Config
from cleaner.engines import trace
from cleaner.formats import load
from cleaner.formats.base import BATCH_BYTES, Kind, Piece, ReadOptions, UnreadableError
from cleaner.formats.discover import shown
from cleaner.jobs.ignored import MARK, ignored
from cleaner.jobs.plan import Shard
from cleaner.jobs.reading import read_file, unreadable
from cleaner.jobs.rows import encode_changes, encode_findings, finding_rows, joined
from cleaner.kernels.text.texts import Cells, replaced
from cleaner.model import Finding
from cleaner.pipeline import Outcome, Pipeline, Reported, Rows, renewed

__all__ = [
    "KEY_ROWS",
    "described",
    "look",
    "looked_schema",
    "pipeline_of",
    "read_options",
    "shard_parts",
]

Group = list[tuple[int, Piece, Any]]
"""Batches of pieces, with the pieces' numbers."""

ROWS = 1024
"""Records that are looked at together, unless they are large."""
KEY_ROWS = 1 << 32
"""Keys are shard * KEY_ROWS + row: their order is the order of the input."""


def looked_schema(config: Config, *, measured: bool = True) -> Any:
    """Columns of stage one; the measures of the measuring passes stand at the end.

    `measured` is whether they are wanted, as for a report.
    """
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("document", pa.int64(), nullable=False),
            pa.field("kind", pa.int8(), nullable=False),
            pa.field("piece", pa.int32(), nullable=False),
            pa.field("record", pa.int64(), nullable=False),
            pa.field("line", pa.int64(), nullable=False),
            pa.field("id", pa.large_string(), nullable=False),
            pa.field("text", pa.large_string(), nullable=False),
            pa.field("group", pa.large_string(), nullable=False),
            pa.field("rank", pa.float64(), nullable=False),
            pa.field("raw", pa.large_binary(), nullable=False),
            pa.field("changes", pa.large_binary()),
            pa.field("findings", pa.large_binary()),
            pa.field("dropped", pa.large_string()),
            pa.field("characters", pa.int64()),  # of a text that was left out, see `ReadOptions`
            pa.field("error", pa.large_string()),
            pa.field("hint", pa.large_string()),
            *_measure_schema(msgspec.json.encode(config), measured=measured),
        ]
    )


@lru_cache(maxsize=4)
def _measure_schema(encoded: bytes, *, measured: bool) -> list[Any]:
    import pyarrow as pa

    pipeline = pipeline_of(encoded)
    schema = pipeline.measure(pa.array([], pa.large_string()), every=measured).schema
    return [field.with_nullable(True) for field in schema]


@lru_cache(maxsize=4)
def pipeline_of(encoded: bytes) -> Pipeline:
    """The pipeline of a configuration, made once in each process."""
    return Pipeline(msgspec.json.decode(encoded, type=Config))


def read_options(config: Config) -> ReadOptions:
    """What the readers need of a configuration."""
    keep = config.duplicates.keep
    rank = {"longest": None, "first": None, "newest": "date"}.get(keep, keep)
    return ReadOptions(
        text_field=config.text_field,
        id_field=config.id_field,
        rank_field=rank,
        group_field=config.group_field,
        max_record_bytes=config.max_record_bytes,
    )


def shard_parts(plan: Sequence[Shard]) -> tuple[list[list[Any]], Any]:
    """The plan as partitions of an engine's dataset, one a shard, and their schema."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("shard", pa.int64()),
            ("path", pa.binary()),
            ("name", pa.binary()),
            ("format", pa.string()),
            ("start", pa.int64()),
            ("stop", pa.int64()),
            ("first", pa.int64()),
        ]
    )
    parts = []
    for shard in plan:
        rows = [
            (
                shard.number,
                os.fsencode(p.path),
                os.fsencode(p.name),
                p.format,
                p.start,
                p.stop,
                p.first,
            )
            for p in shard.pieces
        ]
        columns = [
            pa.array(column, f.type)
            for column, f in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        parts.append([pa.record_batch(columns, schema=schema)])
    return parts, schema


def described(batches: Iterable[Any]) -> Iterator[tuple[int, Piece]]:
    """The (shard, piece) pairs of a partition that `shard_parts` made."""
    for batch in batches:
        for row in batch.to_pylist():
            yield (
                row["shard"],
                Piece(
                    os.fsdecode(row["path"]),
                    os.fsdecode(row["name"]),
                    row["format"],
                    row["start"],
                    row["stop"],
                    row["first"],
                ),
            )


def look(encoded: bytes, measured: bool, bare: bool, batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: pieces to rows of `looked_schema`.

    Args:
        encoded: the `Config`, as JSON.
        measured: whether the measures are wanted, and not only what rules find in them.
        bare: whether nobody looks at texts; see `ReadOptions`.
        batches: one partition of `shard_parts`.
    """
    pipeline = pipeline_of(encoded)
    options = replace(read_options(pipeline.config), bare=bare)
    first = row = size = 0
    waiting: list[tuple[int, Piece, Any]] = []
    for number, (shard, piece) in enumerate(described(batches)):
        form = load(piece.format)
        try:
            for batch in read_file(form, piece, options, number):
                waiting.append((number, piece, batch))
                row += batch.num_rows
                size += batch.nbytes
                del batch  # before the next is read
                if row - first >= ROWS or size >= BATCH_BYTES:
                    yield _look(pipeline, options, measured, shard * KEY_ROWS + first, waiting)
                    first, size, waiting = row, 0, []
        except UnreadableError as error:
            if waiting:
                yield _look(pipeline, options, measured, shard * KEY_ROWS + first, waiting)
            key = shard * KEY_ROWS + row
            yield unreadable(
                looked_schema(pipeline.config, measured=measured), piece, number, key, error
            )
            row += 1
            first, size, waiting = row, 0, []
    if waiting:
        yield _look(pipeline, options, measured, shard * KEY_ROWS + first, waiting)


def _look(
    pipeline: Pipeline,
    options: ReadOptions,
    measured: bool,
    first: int,
    group: Group,
) -> Any:
    """Records of some pieces as one batch: a call of a pass costs more than a small file."""
    import pyarrow as pa

    batch = joined([one for *_, one in group])
    count = batch.num_rows
    owners = np.repeat(np.arange(len(group)), [one.num_rows for *_, one in group])
    numbers = np.array([number for number, *_ in group], np.int32)[owners]
    keys = range(first, first + count)
    kind, error, hint = _without_killed(batch, keys)
    texts = batch.column("text")
    documents = np.flatnonzero(kind == Kind.DOCUMENT)
    every = len(documents) == count
    chosen = batch if every else batch.take(pa.array(documents))
    rows = Rows(chosen, _silent(pipeline.config, group, owners[documents], chosen))
    inner = keys if every else [first + row for row in documents.tolist()]
    outcomes = pipeline.look(chosen.column("text"), rows, inner)
    _read_notes(chosen, rows, pipeline, outcomes)
    changed = {row: one for row, one in outcomes.items() if one.changes}
    now = renewed(chosen.column("text"), changed)
    measures = pipeline.measure(now, every=measured)
    pipeline.report(now, measures, rows, outcomes, inner)
    if not every:
        back = {row: outcomes[i] for i, row in enumerate(documents.tolist()) if i in outcomes}
        texts = renewed(texts, {documents[i]: one for i, one in changed.items()})
        place = np.full(count, -1)
        place[documents] = np.arange(len(documents))
        index = pa.array(place, mask=place < 0)
        columns = [column.take(index) for column in measures.columns]
        outcomes = back
    else:
        texts, columns = now, measures.columns
    trace.tick()
    raws, lines = Cells(batch.column("raw")), batch.column("line").to_numpy()
    findings: dict[int, bytes] = {}
    for row, one in outcomes.items():
        if one.reported:
            piece = group[owners[row]][1]
            form, line = load(piece.format), int(lines[row])
            found = finding_rows(one, piece, form, options, raws.data(row), line)
            findings[row] = encode_findings(found)
    schema = looked_schema(pipeline.config, measured=measured)
    text = pa.large_string()
    arrays = [
        pa.array(np.arange(first, first + count)),
        pa.array(kind, pa.int8()),
        pa.array(numbers),
        batch.column("record"),
        batch.column("line"),
        batch.column("id"),
        texts,
        _groups(batch.column("group"), [piece for _, piece, _ in group], owners),
        _ranks(batch.column("rank"), texts, pipeline.config),
        batch.column("raw"),
        _sparse(count, {row: encode_changes(one) for row, one in outcomes.items() if one.changes}),
        _sparse(count, findings),
        _sparse(count, {at: one.dropped.rule for at, one in outcomes.items() if one.dropped}, text),
        batch.column("characters"),
        error,
        hint,
        *columns,
    ]
    return pa.record_batch(arrays, schema=schema)


def _silent(config: Config, group: Group, owners: Any, chosen: Any) -> Any:
    """Says of a row what its record and path switch off; see `ignored`."""
    raws = Cells(chosen.column("raw"))

    def silent(row: int) -> tuple[str, ...]:
        if not config.per_path and not raws.holds(row, MARK):  # as nearly always
            return ()
        return ignored(config, group[owners[row]][1], raws.data(row))

    return silent


def _without_killed(batch: Any, keys: range) -> tuple[Any, Any, Any]:
    """Kind, error and hint of each row, where documents that killed a worker are rejected."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = batch.column("kind").to_numpy()
    error, hint = batch.column("error"), batch.column("hint")
    killed = trace.poisoned().intersection(keys)
    if killed:
        mask = np.isin(np.arange(keys.start, keys.stop), list(killed))
        kind = np.where(mask, int(Kind.REJECTED), kind).astype(np.int8)
        error = pc.if_else(pa.array(mask), "a pass crashed or did not end on this document", error)
        hint = pc.if_else(pa.array(mask), "report it; clean the rest without this document", hint)
    return kind, error, hint


def _read_notes(chosen: Any, rows: Rows, pipeline: Pipeline, outcomes: dict[int, Outcome]) -> None:
    """Add what the reader had to say (a guessed encoding, a lone surrogate)."""
    notes = chosen.column("notes")
    if notes.null_count == len(notes):
        return
    for row in np.flatnonzero(notes.is_valid().to_numpy(zero_copy_only=False)).tolist():
        found = msgspec.json.decode(notes[row].as_py(), type=list[Finding])
        for finding in found:
            if finding.rule not in pipeline.wanted:
                continue
            if row not in outcomes:
                outcomes[row] = Outcome.of(rows[row])
            # The reader had no choice: what it repaired is repaired.
            outcomes[row].reported.append(Reported(finding, bool(finding.fix)))


def _sparse(count: int, values: Mapping[int, bytes | str], kind: Any = None) -> Any:
    """A column, of bytes unless something else is said, that is null but for a few rows."""
    import pyarrow as pa

    kind = kind or pa.large_binary()
    rows = sorted(values)
    return replaced(pa.nulls(count, kind), rows, pa.array([values[row] for row in rows], kind))


def _groups(given: Any, pieces: Sequence[Piece], owners: Any) -> Any:
    """The site of each document: host or field, else the file's folder, else nothing."""
    if not given.null_count:
        return given
    import pyarrow as pa
    import pyarrow.compute as pc

    folders = [os.path.dirname(shown(piece.name)) for piece in pieces]  # noqa: PTH120 -- a name, not a path to open
    return pc.coalesce(given, pa.array(folders, given.type).take(pa.array(owners)))


def _ranks(given: Any, texts: Any, config: Config) -> Any:
    """Keep-priority: the chosen field; or the length; or none, so that the first stays."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if config.duplicates.keep == "longest":
        return pc.cast(pc.binary_length(texts), pa.float64())
    if config.duplicates.keep == "first":
        return pa.array(np.zeros(len(texts)))
    return pc.fill_null(given, float("-inf"))
