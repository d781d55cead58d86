"""How changes and findings travel between stages: as JSON in a column.

Changes are one list; findings are lines, just as `findings.jsonl` will have them.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from cleaner.edits import Change, Revision, invert
from cleaner.formats.base import Piece, ReadOptions
from cleaner.formats.discover import shown
from cleaner.model import Applicability, Span
from cleaner.pipeline import Outcome

__all__ = [
    "decode_changes",
    "decode_findings",
    "encode_changes",
    "encode_findings",
    "finding_rows",
    "joined",
    "revision_of",
]

encode_findings = msgspec.json.Encoder().encode_lines
"""Rows of `finding_rows` as lines of JSON: what is to be written need not be taken apart."""
decode_findings = msgspec.json.Decoder().decode_lines
"""The rows again, as dicts."""
_encode = msgspec.json.Encoder().encode
decode_changes = msgspec.json.Decoder(list[tuple[int, str, str, tuple[str, ...]]]).decode
"""What `encode_changes` wrote, as `edits.invert` takes it."""


def encode_changes(outcome: Outcome) -> bytes:
    """Changes as the ledger keeps them: [[start, removed, replacement, rules], …]."""
    original = outcome.revision.original
    return _encode(
        [(start, original[start:end], by, rules) for (start, end), by, rules in outcome.changes]
    )


def revision_of(text: str, encoded: bytes | None) -> Revision:
    """The revision that has `text` now, from what `encode_changes` wrote."""
    if encoded is None:
        return Revision(text)
    rows = decode_changes(encoded)
    revision = Revision(invert(text, rows))
    revision.text = text
    revision.changes = [
        Change(Span(start, start + len(removed)), new, rules) for start, removed, new, rules in rows
    ]
    return revision


def finding_rows(
    outcome: Outcome, piece: Piece, form: Any, options: ReadOptions, raw: bytes, first: int
) -> list[dict[str, Any]]:
    """The findings of a document as `findings.jsonl` shows them, in order of position.

    `first` is the line of the file in which the record begins.
    """
    text, path, name = outcome.revision.original, shown(piece.name), outcome.document.id
    ordered = outcome.reported
    if len(ordered) > 1:
        ordered = sorted(
            ordered,
            key=lambda one: (one.finding.span or (-1, -1), one.finding.rule, not one.applied),
        )
    offsets = [o.finding.span.start for o in ordered if o.finding.span]
    lines = form.positions(raw, text, offsets, _options_at(options, piece.path)) if offsets else ()
    places = iter(lines)
    rows = []
    for finding, applied in ordered:
        span, fix = finding.span, finding.fix
        line, column = next(places) if span else (1, 1)
        rows.append(
            {
                "rule": finding.rule,
                "document": name,
                "path": path,
                "line": first - 1 + line,
                "column": column,
                "span": list(span) if span else None,
                "message": finding.message,
                # An edit is written as an object, and its span as a list, by msgspec itself.
                "fix": {"title": fix.title, "drop": fix.drop, "edits": fix.edits} if fix else None,
                "applicability": str(fix.applicability if fix else Applicability.DISPLAY),
                "applied": applied,
                "evidence": dict(finding.evidence),
            }
        )
    return rows


@lru_cache(maxsize=1)
def _options_at(options: ReadOptions, path: str) -> ReadOptions:
    return replace(options, path=path)


def joined(batches: Sequence[Any]) -> Any:
    """Several record batches as one."""
    import pyarrow as pa

    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
