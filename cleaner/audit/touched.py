"""A document in which something was found: read from its row, and shown with its marks.

What does *not* live here: counting (`measure`), the runs of a text (`marks`).
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from cleaner.audit.marks import Row, Run, around, runs
from cleaner.audit.numbers import Example, Shown
from cleaner.formats.discover import shown
from cleaner.ledger import unchanged_text

__all__ = ["MESSAGE", "Found", "Touched", "example", "file_of", "show", "touched"]

MESSAGE = 300
"""Characters of a message that are shown."""
_LISTED = 30
"""Findings that are listed under a document."""
_AROUND = 90
"""Characters of text on each side of a finding that is shown as an example."""


class Found(msgspec.Struct):
    """A row of `findings.jsonl`."""

    rule: str
    document: str
    message: str
    applied: bool
    applicability: str
    path: str = ""
    line: int = 1
    column: int = 1
    span: tuple[int, int] | None = None
    fix: dict[str, Any] | None = None
    evidence: dict[str, Any] = {}


_FOUND = msgspec.json.Decoder(Found)
_CHANGES = msgspec.json.Decoder(list[tuple[int, str, str, list[str]]])


@dataclass(slots=True)
class Touched:
    """A row in which something was found or changed."""

    key: int
    ident: str
    text: str
    place: str
    language: str
    changes: list[Row]
    found: list[Found]
    dropped: str | None
    original: str = field(default="")

    def restore(self) -> str:
        """The original text, computed when it is first wanted."""
        if not self.original:
            self.original = (
                unchanged_text({"changes": self.changes}, self.text) if self.changes else self.text
            )
        return self.original


def file_of(shard: Any, batch: Any, row: int) -> str:
    """The name of the file that a row comes from."""
    return shown(shard.pieces[batch.column("piece")[row].as_py()].name)


def touched(batch: Any, row: int, shard: Any, language: int) -> Touched:
    """Read a row; `language` is the number of that column, or -1."""
    names = ("document", "id", "text", "changes", "findings", "dropped")
    key, ident, text, changes, found, dropped = (batch.column(n)[row].as_py() for n in names)
    return Touched(
        key,
        ident,
        text,
        file_of(shard, batch, row),
        (batch.column(language)[row].as_py() or "") if language >= 0 else "",
        list(_CHANGES.decode(changes)) if changes else [],
        _FOUND.decode_lines(found) if found else [],
        dropped,
    )


def example(one: Touched, found: Found) -> Example:
    """A finding with a little text around it."""
    original = one.restore()
    message = found.message[:MESSAGE]
    if found.span is None:
        return Example(one.ident, [], found.applied, message)
    low, high = max(0, found.span[0] - _AROUND), found.span[1] + _AROUND
    near: list[Run] = []
    at = 0
    for run in runs(original, one.changes, [] if found.applied else [(*found.span, found.rule)]):
        start, at = at, at + len(run.text)
        if at < low or start > high:
            continue
        text = run.text
        if run.kind == "same":
            text = text[max(0, low - start) : max(0, high - start)]
        if text or run.new:
            near.append(run._replace(text=text))
    return Example(one.ident, around(near, 900, _AROUND), found.applied, message)


def show(one: Touched, before: int) -> Shown:
    """The document as the page shows it; it had `before` characters when it came in."""
    flagged = [(*f.span, f.rule) for f in one.found if f.span and not f.applied]
    removed = sum(len(old) for _, old, _, _ in one.changes)
    written = sum(len(new) for _, _, new, _ in one.changes)
    listed = [
        {
            "rule": found.rule,
            "message": found.message[:MESSAGE],
            "applied": found.applied,
            "applicability": found.applicability,
            "line": found.line,
            "column": found.column,
        }
        for found in one.found[:_LISTED]
    ]
    return Shown(
        one.ident,
        one.place,
        around(runs(one.restore(), one.changes, flagged)),
        listed,
        max(0, len(one.found) - _LISTED),
        before,
        removed,
        written,
        one.dropped,
        one.language,
    )
