"""`cleaner check --fix`: accepted fixes go into the user's own files, and nothing else changes.

A file is replaced as a whole, atomically, and only if it still is what was looked at. Documents are
never dropped here: only `clean` removes text files and records, since it can bring them back.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.config import Config
from cleaner.durable import writing
from cleaner.engines.local import read_part
from cleaner.formats.base import Piece, ReadOptions
from cleaner.jobs.check import place_of
from cleaner.jobs.look import read_options
from cleaner.jobs.plan import Shard
from cleaner.jobs.rows import decode_findings, revision_of
from cleaner.jobs.splices import NotInPlaceError, Splice, apply, splices

__all__ = ["Fixed", "edited_files", "fix"]

SURROGATE = "encoding.surrogate"
"""The one fix that is no change of the text: it was read as U+FFFD, and is spelled otherwise."""


@dataclass(slots=True)
class Fixed:
    """Places of the files that were written, and why others were not."""

    files: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def fix(plan: Sequence[Shard], looked: Any, config: Config) -> Fixed:
    """Write the accepted fixes of what `examine` yields.

    Raises:
        CleanerError: a file cannot be written.
    """
    done = Fixed()
    for piece, records in edited_files(plan, looked, config):
        try:
            _replace(Path(piece.path).resolve(), records)
        except NotInPlaceError as error:
            done.refused.append((place_of(piece), str(error)))
        else:
            done.files.append(place_of(piece))
    return done


def edited_files(
    plan: Sequence[Shard], looked: Any, config: Config
) -> Iterator[tuple[Piece, Iterator[tuple[bytes, list[Splice]]]]]:
    """Every file in which something is fixed, with all its records and their splices.

    The records of a file must be used up before the next file is asked for; asking for one raises
    `NotInPlaceError` where it cannot be edited in place.
    """
    touched = {
        shard.pieces[number].path
        for shard, part in zip(plan, looked.parts, strict=True)
        for batch in read_part(part)
        for number in np.unique(batch.column("piece").to_numpy()[_edited(batch)]).tolist()
    }
    every = _rows(plan, looked, touched)
    options = read_options(config)
    for _, group in groupby(every, key=lambda row: row[0].path):
        piece, batch, row = next(group)
        yield piece, _records(chain([(piece, batch, row)], group), options)  # noqa: B031 -- once


def _edited(batch: Any) -> Any:
    """Which rows hold a change: bool[n]."""
    changed = batch.column("changes").is_valid().to_numpy(zero_copy_only=False)
    findings = batch.column("findings")
    for row in np.flatnonzero(findings.is_valid().to_numpy(zero_copy_only=False)).tolist():
        if not changed[row] and _surrogates(findings[row].as_py()):
            changed[row] = True
    return changed


def _surrogates(encoded: bytes | None) -> bool:
    if encoded is None or SURROGATE.encode() not in encoded:
        return False
    rows = decode_findings(encoded)
    return any(one["rule"] == SURROGATE and one["applied"] for one in rows)


def _rows(
    plan: Sequence[Shard], looked: Any, touched: set[str]
) -> Iterator[tuple[Piece, Any, int]]:
    """(piece, batch, row) of all records of some files, in order."""
    for shard, part in zip(plan, looked.parts, strict=True):
        if not any(piece.path in touched for piece in shard.pieces):
            continue
        for batch in read_part(part):
            for row, number in enumerate(batch.column("piece").to_pylist()):
                piece = shard.pieces[number]
                if piece.path in touched:
                    yield piece, batch, row


def _records(
    rows: Iterator[tuple[Piece, Any, int]], options: ReadOptions
) -> Iterator[tuple[bytes, list[Splice]]]:
    for piece, batch, row in rows:
        raw, text, changes, findings = (
            batch.column(name)[row].as_py() for name in ("raw", "text", "changes", "findings")
        )
        surrogates = _surrogates(findings)
        if changes is None and not surrogates:
            yield raw, []
            continue
        revision = revision_of(text, changes)
        yield (
            raw,
            splices(
                piece.format,
                raw,
                revision.original,
                revision.changes,
                options,
                surrogates=surrogates,
            ),
        )


def _replace(path: Path, records: Iterator[tuple[bytes, list[Splice]]]) -> None:
    seen = hashlib.sha256()
    mode = path.stat().st_mode
    with writing(path) as out:
        os.fchmod(out.fileno(), mode & 0o7777)
        for raw, found in records:
            seen.update(raw)
            out.write(apply(raw, found))
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").digest() != seen.digest():
                raise NotInPlaceError(
                    "it is compressed, damaged, or changed meanwhile; "
                    "`cleaner clean` writes a cleaned copy"
                )
