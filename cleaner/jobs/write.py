"""Stage three: turn looked-at rows into the cleaned corpus, the ledger and the findings.

A worker writes the parts of one shard into the work folder. The driver then puts them in place:
ledger first, then findings, then the corpus, so that a cut is never on disk without its undo.
"""

import hashlib
import os
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cleaner import ledger
from cleaner.engines import trace
from cleaner.engines.local import read_part
from cleaner.formats import load
from cleaner.formats.base import Kind, Piece, ReadOptions
from cleaner.formats.discover import shown
from cleaner.formats.opening import open_input
from cleaner.jobs.annotate import annotations, columns
from cleaner.jobs.logged import log_findings
from cleaner.jobs.look import pipeline_of, read_options
from cleaner.jobs.outfile import OutFile
from cleaner.jobs.plan import Shard
from cleaner.jobs.records import RecordWriter, Sums, records, valid
from cleaner.kernels.text.texts import Cells, count_characters

__all__ = ["LOGS", "Digest", "FileParts", "ShardResult", "hashed", "part_name", "write_shard"]

LOGS = ("ledger", "findings", "duplicates", "rejected")
"""Kinds of lines that are written beside the corpus."""
_WRITE = 1 << 17
"""Bytes of a log that are written together: a call for each line would cost more than its bytes."""


Digest = tuple[int, str | None]
"""Bytes of a file and their SHA-256, in hexadecimal; None where it cannot be read."""


class FileParts(msgspec.Struct):
    """What one shard wrote of one file."""

    name_bytes: bytes
    """As the operating system spells it, which may be no text."""
    part: str | None
    """Where the bytes of the output lie; None where nothing of the file is left."""
    records: int = 0
    kept: int = 0
    damaged: bool = False
    """The file, or its end, could not be read."""
    read: Digest | None = None
    """Size and digest of the input; None for a part of one."""
    written: Digest | None = None
    """The same of the output."""
    verbatim: bool = True
    """Whether the output has the bytes of the input: all of them, and no others."""

    @property
    def name(self) -> str:
        """The name of the `Piece`."""
        return os.fsdecode(self.name_bytes)


class ShardResult(msgspec.Struct):
    """What one shard wrote, and the sums over its documents."""

    files: list[FileParts]
    counts: dict[str, int]
    rules: dict[str, dict[str, int]]
    characters: dict[str, int]


@dataclass(slots=True)
class _Shard:
    """The open state of a shard that is being written."""

    folder: Path
    shard: Shard
    encoded: bytes
    logs: dict[str, Any]
    files: list[FileParts]
    options: ReadOptions | None = None
    sums: Sums = field(default_factory=Sums)


def part_name(shard: int, kind: str) -> str:
    """The name of what a shard leaves in the work folder."""
    return f"{shard:06d}.{kind}"


def write_shard(encoded: bytes, folder: str, shard: Shard, part: Any) -> ShardResult:
    """Write the parts of one shard; a finished one is not written again.

    Args:
        encoded: the `Config`, as JSON.
        folder: the work folder.
        shard: its pieces, in the order of the `piece` column.
        part: the partition of looked-at rows.
    """
    stem = f"{shard.number:06d}"
    done = Path(folder) / part_name(shard.number, "done")
    if done.exists():
        return msgspec.json.decode(done.read_bytes(), type=ShardResult)
    logs = {
        kind: (Path(folder) / part_name(shard.number, kind)).open("wb", _WRITE) for kind in LOGS
    }
    files = [FileParts(os.fsencode(piece.name), None) for piece in shard.pieces]
    state = _Shard(Path(folder), shard, encoded, logs, files)
    out: Any = None
    current = -1
    try:
        for batch in read_part(part):
            owner = batch.column("piece").to_numpy()
            cuts = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
            for low, high in pairwise(cuts):
                number = int(owner[low])
                if number != current:
                    if out is not None:
                        out.close()
                    path = state.folder / f"{stem}-{number:06d}.out"
                    out, current = OutFile(path), number
                    files[number].part = path.name
                _write_rows(
                    state, shard.pieces[number], files[number], out, batch.slice(low, high - low)
                )
            del batch  # before the next is mapped
            trace.tick()
    finally:
        if out is not None:
            out.close()
        for stream in logs.values():
            stream.close()
    for number in range(len(files)):
        _complete(state, number)
    sums = state.sums
    rules = {name: dict(sorted(some.items())) for name, some in sorted(sums.rules.items())}
    result = ShardResult(
        files, dict(sorted(sums.counts.items())), rules, dict(sorted(sums.characters.items()))
    )
    partial = done.with_suffix(".partial")
    partial.write_bytes(msgspec.json.encode(result))
    partial.replace(done)
    return result


def _complete(state: _Shard, number: int) -> None:
    """Turn the records that stay into the file they belong in, or into none."""
    one, piece = state.files[number], state.shard.pieces[number]
    form = load(piece.format)
    if one.part is None:  # a file without a record
        one.part = f"{state.shard.number:06d}-{number:06d}.out"
        (state.folder / one.part).touch()
    part = state.folder / one.part
    if not one.kept and (one.damaged or getattr(form, "single", False)):
        part.unlink()
        one.part = None
    elif complete := getattr(form, "complete", None):
        complete(part, piece, _options(state, piece))
    # Others turn into another format, or are compressed again.
    one.verbatim &= getattr(form, "splits", False) and one.part is not None
    if piece.stop < 0:  # here, where there are workers to share the work
        one.written = hashed(str(part)) if one.part is not None else None
        one.read = one.written if one.verbatim else hashed(piece.path)


def hashed(path: str) -> Digest:
    """Size and digest of a file, or of an fsspec URL."""
    try:
        with open_input(path) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return stream.tell(), digest
    except OSError:
        return 0, None


def _options(state: _Shard, piece: Piece) -> ReadOptions:
    """What the format of a file needs to know; the same object until another file's turn comes."""
    if state.options is None or state.options.path != piece.path:
        pipeline = pipeline_of(state.encoded)
        added = columns(pipeline) if pipeline.config.annotate else ()
        state.options = replace(read_options(pipeline.config), path=piece.path, annotations=added)
    return state.options


def _write_rows(state: _Shard, piece: Piece, one: FileParts, out: OutFile, batch: Any) -> None:
    """Rows of one file: those that stay as they are in long runs, the others one by one."""
    import pyarrow.compute as pc

    count = batch.num_rows
    kind = batch.column("kind").to_numpy()
    texts = batch.column("text")
    odd = (kind == Kind.REJECTED) | valid(batch.column("changes")) | valid(batch.column("dropped"))
    form = load(piece.format)
    if not getattr(form, "keeps_unchanged", False):
        odd |= kind == Kind.DOCUMENT
    else:
        odd |= form.respelled(texts)
    sums, documents = state.sums, int((kind == Kind.DOCUMENT).sum())
    sums.counts["documents_in"] += documents + int((kind == Kind.REJECTED).sum())
    length = count_characters(texts)
    characters = batch.column("characters")
    if characters.null_count < count:
        length += pc.sum(characters).as_py()
    sums.characters["out"] += length
    sums.characters["in"] += length
    one.records += int((batch.column("record").to_numpy() > 0).sum())
    raws = Cells(batch.column("raw"))
    notes: list[Any] = []
    if hasattr(form, "annotate") and pipeline_of(state.encoded).config.annotate:
        notes = annotations(pipeline_of(state.encoded), batch)
        odd = np.ones(count, bool)
    writer = RecordWriter(shown(piece.name), form, _options(state, piece), out.write, sums)
    at = 0
    rows = np.flatnonzero(odd)
    for row, record in zip(rows.tolist(), records(batch, rows), strict=True):
        if row > at:
            out.write(raws.run(at, row))
        writer.write(record, notes[row] if notes else None)
        at = row + 1
    if count > at:
        out.write(raws.run(at, count))
    kept = int(((kind == Kind.DOCUMENT) & ~odd).sum()) + writer.kept
    sums.counts["kept"] += kept
    one.kept += kept
    one.damaged |= writer.damaged
    one.verbatim &= not len(rows)
    # At once: a call for each line takes longer than to encode it.
    state.logs["ledger"].write(ledger.lines(writer.ledger))
    state.logs["rejected"].write(ledger.lines(writer.rejected))
    log_findings(
        batch.column("findings"), state.logs["findings"], state.logs["duplicates"], sums.rules
    )
