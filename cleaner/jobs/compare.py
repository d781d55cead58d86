"""Stage two: corpus passes compare all documents, and their verdicts come back to the rows.

The passes run in order; after one that changed texts, the next sees the changed ones. What a pass
cuts may uncover something for the document passes, so those documents are looked at again.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cleaner.config import Config
from cleaner.engines import documents_schema, verdicts_schema
from cleaner.engines.local import Arranged, Dataset, LocalEngine, arranged
from cleaner.formats import load
from cleaner.formats.base import Kind
from cleaner.jobs.ignored import ignored
from cleaner.jobs.look import KEY_ROWS, pipeline_of, read_options
from cleaner.jobs.plan import Shard
from cleaner.jobs.rows import (
    decode_findings,
    encode_changes,
    encode_findings,
    finding_rows,
    revision_of,
)
from cleaner.model import Document, Finding
from cleaner.pipeline import Outcome

__all__ = ["bring_back", "compare"]

ROUNDS = 3
"""Rounds of a pass that cuts: template lines are cut whole in the first, the rest is a check."""


def compare(engine: LocalEngine, looked: Dataset, plan: Sequence[Shard], config: Config) -> Dataset:
    """Run every wanted corpus pass; return the rows with their findings, cuts and drops."""
    encoded = msgspec.json.encode(config)
    if engine.folder is None and _alone(engine, looked):
        return looked  # and their kernels need not be loaded
    for number, looker in enumerate(pipeline_of(encoded).corpus):
        for turn in range(ROUNDS):
            documents = engine.view(looked, as_documents, documents_schema())
            schema = looker.sketch(_empty(documents_schema())).schema
            sketches = engine.map(documents, partial(_sketch, encoded, number), schema)
            verdicts = looker.compare(engine, documents, sketches)
            if not engine.count(verdicts):
                break
            before = looked
            looked, cut = _revise(engine, looked, verdicts, plan, encoded, first=turn == 0)
            if turn and not cut:
                looked = before
            if not cut:
                break
    return looked


def bring_back(
    engine: LocalEngine, looked: Dataset, verdicts: Dataset, plan: Sequence[Shard], config: Config
) -> Dataset:
    """Bring verdicts that something else than a pass reached to their rows, once."""
    if not engine.count(verdicts):
        return looked
    return _revise(engine, looked, verdicts, plan, msgspec.json.encode(config), first=True)[0]


def _alone(engine: LocalEngine, looked: Dataset) -> bool:
    """Whether there is one document at most: no corpus pass finds anything in it."""
    return engine.count(engine.view(looked, as_documents, documents_schema())) < 2


def _empty(schema: Any) -> Any:
    import pyarrow as pa

    return pa.record_batch([pa.array([], f.type) for f in schema], schema=schema)


def as_documents(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: rows of stage one to what corpus passes see; dropped and rejected ones are out."""
    import pyarrow as pa

    schema = documents_schema()
    for batch in batches:
        alive = batch.column("kind").to_numpy() == Kind.DOCUMENT
        dropped = batch.column("dropped")
        if dropped.null_count < len(dropped):
            alive &= dropped.is_null().to_numpy(zero_copy_only=False)
        chosen = batch.select(schema.names)
        if not alive.all():
            chosen = chosen.filter(pa.array(alive))
        yield pa.record_batch(chosen.columns, schema=schema)


def _sketch(encoded: bytes, number: int, batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: documents to sketches of one corpus pass."""
    # A mapping holds no batch while the next is read.
    return map(pipeline_of(encoded).corpus[number].sketch, batches)


def _revise(
    engine: LocalEngine,
    looked: Dataset,
    verdicts: Dataset,
    plan: Sequence[Shard],
    encoded: bytes,
    *,
    first: bool,
) -> tuple[Dataset, bool]:
    """Bring verdicts to their rows; whether any text was cut.

    The verdicts are sorted into shards on disk: there may be as many as documents.
    """
    outs = engine.paths(len(looked.parts))
    bounds = [shard.number * KEY_ROWS for shard in plan[1:]]
    sorted_out = engine.arrange(verdicts, "document", bounds)
    tasks = [
        partial(
            _revise_part, encoded, shard, part, _of_shard(sorted_out, at), out, first, looked.schema
        )
        for at, (shard, part, out) in enumerate(zip(plan, looked.parts, outs, strict=True))
    ]
    results = engine.run(tasks)
    return Dataset(tuple(part for part, _ in results), looked.schema), any(c for _, c in results)


def _of_shard(sorted_out: Arranged, number: int) -> Arranged:
    """What one task needs to be told of where its verdicts lie."""
    return [(part, owners) for part, owners in sorted_out if number in owners]


def _revise_part(
    encoded: bytes,
    shard: Shard,
    part: Any,
    verdicts: Arranged,
    out: Path | None,
    first: bool,
    schema: Any,
) -> tuple[Any, bool]:
    """One partition with its verdicts, as a patch; and whether any text was cut."""
    from cleaner.engines.local import Patched, read_part, write_part

    if not verdicts:
        return part, False
    import pyarrow as pa

    found = _Verdicts(verdicts, shard.number)
    cut = [False]
    schema = pa.schema([schema.field(name).with_nullable(True) for name in ("document", *_NEW)])
    batches = map(partial(_revise_batch, encoded, shard, found, cut, first), read_part(part))
    patch = write_part(
        (pa.RecordBatch.from_pylist(rows, schema) for rows in batches if rows), out, schema
    )
    return Patched(part, patch, "document"), cut[0]


class _Verdicts:
    """The verdicts of one shard, encoded as they came, by document."""

    def __init__(self, verdicts: Arranged, shard: int) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(list(arranged(verdicts, shard)), verdicts_schema())
        keys = table.column("document").to_numpy()
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._findings = table.column("finding").take(pa.array(order))

    def of(self, documents: Any) -> dict[int, list[Finding]]:
        """The verdicts of some documents, which ascend, by their place; only where any are."""
        low, high = (np.searchsorted(self._keys, documents, side) for side in ("left", "right"))
        rows = np.flatnonzero(high > low)
        if not len(rows):
            return {}
        first = int(low[rows[0]])
        encoded = self._findings.slice(first, int(high[rows[-1]]) - first).to_pylist()
        found = [_FINDING.decode(one) for one in encoded]
        return {
            row: found[low[row] - first : high[row] - first]  # they stand one behind the other
            for row in rows.tolist()
        }


_FINDING = msgspec.json.Decoder(Finding)
_USED = ["id", "text", "changes", "piece", "raw", "line", "findings"]
"""Columns of a row that has verdicts."""
_NEW = ["text", "changes", "findings", "dropped"]
"""Columns that verdicts may change."""


def _revise_batch(
    encoded: bytes, shard: Shard, found: _Verdicts, cut: list[bool], first: bool, batch: Any
) -> list[dict[str, Any]]:
    """New cells of the rows that have verdicts; None where they stay."""
    import pyarrow as pa

    keys = batch.column("document").to_numpy()
    hits = found.of(keys)
    if not hits:
        return []
    pipeline = pipeline_of(encoded)
    options = read_options(pipeline.config)
    outcomes: dict[int, Outcome] = {}
    changed: dict[int, Outcome] = {}
    # All at once: a slice of each column for each row would cost more than what is done with it.
    values = dict(zip(hits, batch.select(_USED).take(pa.array(hits)).to_pylist(), strict=True))
    for row, found_here in hits.items():
        given = values[row]
        revision = revision_of(given["text"], given["changes"])
        silent = ignored(pipeline.config, shard.pieces[given["piece"]], given["raw"])
        marks = {"ignore": silent} if silent else {}
        one = outcomes[row] = Outcome(
            Document(given["id"], revision.original, None, marks), revision
        )
        # In the check after a cut only what is still to be cut counts.
        verdicts = [v for v in found_here if first or (v.fix and v.fix.edits)]
        if pipeline.apply_verdicts(one, verdicts):
            changed[row] = one
            cut[0] = True
    if changed:
        pipeline.look_again(changed)
    new = []
    for row, one in outcomes.items():
        given = values[row]
        piece = shard.pieces[given["piece"]]
        rows = finding_rows(one, piece, load(piece.format), options, given["raw"], given["line"])
        old = decode_findings(given["findings"]) if given["findings"] else []
        cells: dict[str, Any] = {
            "document": int(keys[row]),
            "dropped": one.dropped.rule if one.dropped else None,
        }
        if row in changed:
            again = pipeline.again
            old = [f for f in old if f["applied"] or f["rule"] not in again]
            cells |= {"text": one.text, "changes": encode_changes(one)}
        merged = sorted([*old, *rows], key=lambda f: (f["span"] or [-1, -1], f["rule"]))
        new.append({**cells, "findings": encode_findings(merged)})
    return new
