"""Stage three: turn looked-at rows into the cleaned corpus, the ledger and the findings.

A worker writes the parts of one shard into the work folder. The driver then puts them in place:
ledger first, then findings, then the corpus, so that a cut is never on disk without its undo.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cleaner import ledger
from cleaner.edits import invert
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
from cleaner.jobs.records import Record, records, valid
from cleaner.jobs.rows import decode_changes
from cleaner.kernels.text.texts import Cells

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
    counts: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)


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
    rules = {name: dict(sorted(sums.items())) for name, sums in sorted(state.rules.items())}
    result = ShardResult(
        files, dict(sorted(state.counts.items())), rules, dict(sorted(state.characters.items()))
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


def _write_rows(state: _Shard, piece: Piece, one: FileParts, out: Any, batch: Any) -> None:
    """Rows of one file: those that stay as they are in long runs, the others one by one."""
    import pyarrow.compute as pc

    count = batch.num_rows
    kind = batch.column("kind").to_numpy()
    changes, dropped = batch.column("changes"), batch.column("dropped")
    odd = (kind == Kind.REJECTED) | valid(changes) | valid(dropped)
    form = load(piece.format)
    if not getattr(form, "keeps_unchanged", False):
        odd |= kind == Kind.DOCUMENT
    else:
        odd |= form.respelled(batch.column("text"))
    documents = int((kind == Kind.DOCUMENT).sum())
    state.counts["documents_in"] += documents + int((kind == Kind.REJECTED).sum())
    length = pc.sum(pc.utf8_length(batch.column("text"))).as_py() or 0
    characters = batch.column("characters")
    if characters.null_count < count:
        length += pc.sum(characters).as_py()
    state.characters["out"] += length
    state.characters["in"] += length
    one.records += int((batch.column("record").to_numpy() > 0).sum())
    raws = Cells(batch.column("raw"))
    notes: list[Any] = []
    if hasattr(form, "annotate") and pipeline_of(state.encoded).config.annotate:
        notes = annotations(pipeline_of(state.encoded), batch)
        odd = np.ones(count, bool)
    at = 0
    rows = np.flatnonzero(odd)
    one.verbatim &= not len(rows)
    for row, record in zip(rows.tolist(), records(batch, rows), strict=True):
        if row > at:
            out.write(raws.run(at, row))
        added = notes[row] if notes else None
        _write_odd(state, piece, form, one, out, record, added)
        at = row + 1
    if count > at:
        out.write(raws.run(at, count))
    plain = int(((kind == Kind.DOCUMENT) & ~odd).sum())
    state.counts["kept"] += plain
    one.kept += plain
    log_findings(
        batch.column("findings"), state.logs["findings"], state.logs["duplicates"], state.rules
    )


def _write_odd(
    state: _Shard,
    piece: Piece,
    form: Any,
    one: FileParts,
    out: Any,
    given: Record,
    added: dict[str, Any] | None,
) -> None:
    """A record that is rejected, dropped, edited, annotated, or rewritten by its format."""
    kind, record, ident, text, raw, changes, dropped, error, hint = given
    entry = partial(ledger.row, shown(piece.name), record, ident)
    log = state.logs["ledger"].write
    if kind == Kind.REJECTED:
        state.counts["rejected"] += 1
        one.damaged |= not raw
        log(entry("rejected", error=error, raw=raw))
        line = {"path": shown(piece.name), "record": record, "error": error, "hint": hint}
        state.logs["rejected"].write(msgspec.json.encode(line) + b"\n")
        return
    if kind == Kind.PASSED:
        written, splice = form.annotate(raw, None, _options(state, piece))
        out.write(written)
        if splice:
            log(entry("annotated", annotation=splice))
        return
    rows = decode_changes(changes) if changes else []
    taken: dict[str, int] = {}
    for _, gone, _, rules in rows:
        if rules:
            taken[rules[0]] = taken.get(rules[0], 0) + len(gone)
    for rule, length in taken.items():
        _sums(state, rule)["removed_characters"] += length
    old = invert(text, rows)
    state.characters["in"] += len(old) - len(text)
    if dropped is not None:
        state.counts["removed"] += 1
        state.characters["out"] -= len(text)
        if getattr(form, "keeps_original", False):
            raw = old.encode()  # nobody restores it from here, but people look for it
        log(entry("removed", rule=dropped, raw=raw))
        return
    one.kept += 1
    state.counts["kept"] += 1
    state.counts["edited"] += bool(rows)
    _write_kept(state, piece, form, out, entry, raw, (old, text), changes, added)


def _write_kept(
    state: _Shard,
    piece: Piece,
    form: Any,
    out: Any,
    entry: Callable[..., bytes],
    raw: bytes,
    texts: tuple[str, str],
    changes: bytes | None,
    values: dict[str, Any] | None,
) -> None:
    """A document that stays, and what brings back its bytes."""
    options = _options(state, piece)
    keeps = getattr(form, "keeps_original", False)
    written = form.rewrite(raw, *texts, options)
    edited, splice = written != raw, None
    if values is not None:
        written, splice = form.annotate(written, values, options)
    out.write(written)
    more: dict[str, Any] = {"annotation": splice} if splice and not keeps else {}
    if edited:
        undo = {} if keeps else form.undo(raw, *texts, options)
        # As they were encoded; there are none where only the spelling is another.
        more = {"changes": msgspec.Raw(changes or b"[]"), "undo": undo, **more}
    if more:
        state.logs["ledger"].write(entry("edited" if edited else "annotated", **more))


def _sums(state: _Shard, rule: str) -> Counter[str]:
    sums = state.rules.get(rule)
    if sums is None:
        sums = state.rules[rule] = Counter()
    return sums
