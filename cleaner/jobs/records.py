"""Records that are written one by one: rejected, dropped, edited, annotated, or respelled.

What does *not* live here: which rows these are, and all others (`write`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner import ledger
from cleaner.edits import invert
from cleaner.formats.base import Kind, ReadOptions
from cleaner.jobs.rows import decode_changes
from cleaner.kernels.text.texts import Cells

__all__ = ["Record", "RecordWriter", "Sums", "records", "valid"]


class Record(NamedTuple):
    """A row that is written by itself."""

    kind: int
    number: int
    ident: str
    text: str
    raw: bytes
    changes: bytes | None
    dropped: str | None
    error: str | None
    hint: str | None


@dataclass(slots=True)
class Sums:
    """What is counted over all documents."""

    counts: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)

    def of(self, rule: str) -> Counter[str]:
        """The sums of one rule."""
        sums = self.rules.get(rule)
        if sums is None:
            sums = self.rules[rule] = Counter()
        return sums


def records(batch: Any, rows: npt.NDArray[np.int64]) -> Iterator[Record]:
    """Some rows of a batch; a slice of each column for each row would cost more than its use."""
    ids, texts, raws, changes = (Cells(batch.column(n)) for n in ("id", "text", "raw", "changes"))
    kind, number = (batch.column(name).to_numpy()[rows].tolist() for name in ("kind", "record"))
    changed, gone = (valid(batch.column(name))[rows].tolist() for name in ("changes", "dropped"))
    for at, row in enumerate(rows.tolist()):
        rejected = kind[at] == Kind.REJECTED
        yield Record(
            kind[at],
            number[at],
            ids.text(row),
            texts.text(row),
            raws.data(row),
            changes.data(row) if changed[at] else None,
            batch.column("dropped")[row].as_py() if gone[at] else None,
            batch.column("error")[row].as_py() if rejected else None,
            batch.column("hint")[row].as_py() if rejected else None,
        )


def valid(column: Any) -> Any:
    """Which rows of a column are not null: bool[n]."""
    if column.null_count == len(column):
        return np.zeros(len(column), bool)
    return column.is_valid().to_numpy(zero_copy_only=False)


class RecordWriter:
    """Writes such records of one file, and keeps what the logs are to say of them.

    Args:
        path: the file's name, as people see it.
        form: its format.
        options: what the format needs to know.
        out: takes the bytes of records that stay.
        sums: where everything is counted.
    """

    def __init__(
        self,
        path: str,
        form: Any,
        options: ReadOptions,
        out: Callable[[bytes], object],
        sums: Sums,
    ) -> None:
        self.ledger: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        self.kept = 0
        self.damaged = False
        """Whether a record of the file has no bytes: its end could not be read."""
        self._entry = partial(ledger.entry, path)
        self._path, self._options, self._out, self._sums = path, options, out, sums
        self._annotate = getattr(form, "annotate", None)
        self._keeps = getattr(form, "keeps_original", False)
        self._respell = getattr(form, "respell", None) or partial(_respell, form)

    def write(self, record: Record, values: Mapping[str, Any] | None) -> None:
        """Write a record, or say why it is not; with `values` added, unless they are None."""
        if record.kind == Kind.REJECTED:
            self._reject(record)
        elif record.kind == Kind.PASSED:
            self._pass_on(record)
        else:
            self._document(record, values)

    def _reject(self, record: Record) -> None:
        number, error = record.number, record.error
        self._sums.counts["rejected"] += 1
        self.damaged |= not record.raw
        self.ledger.append(
            self._entry(number, record.ident, "rejected", error=error, raw=record.raw)
        )
        self.rejected.append(
            {"path": self._path, "record": number, "error": error, "hint": record.hint}
        )

    def _pass_on(self, record: Record) -> None:
        written, splice = self._annotated(record.raw, None)
        self._out(written)
        if splice:
            entry = self._entry(record.number, record.ident, "annotated", annotation=splice)
            self.ledger.append(entry)

    def _document(self, record: Record, values: Mapping[str, Any] | None) -> None:
        _, number, ident, text, raw, changes, dropped, *_ = record
        rows = decode_changes(changes) if changes else []
        growth = 0
        taken: dict[str, int] = {}
        for _, gone, new, rules in rows:
            length = len(gone)
            growth += len(new) - length
            if rules:
                taken[rules[0]] = taken.get(rules[0], 0) + length
        for rule, length in taken.items():
            self._sums.of(rule)["removed_characters"] += length
        counts, characters = self._sums.counts, self._sums.characters
        characters["in"] -= growth
        old = partial(invert, text, rows)
        if dropped is not None:
            counts["removed"] += 1
            characters["out"] -= len(text)
            if self._keeps:
                raw = old().encode()  # nobody restores it from here, but people look for it
            self.ledger.append(self._entry(number, ident, "removed", rule=dropped, raw=raw))
            return
        self.kept += 1
        counts["edited"] += bool(rows)
        written, undo = self._respell(raw, old, text, self._options)
        edited = written != raw
        splice = None
        if values is not None:
            written, splice = self._annotated(written, values)
        self._out(written)
        more: dict[str, Any] = {"annotation": splice} if splice and not self._keeps else {}
        if edited:
            # As they were encoded; there are none where only the spelling is another.
            spelled = msgspec.Raw(changes or b"[]")
            more = {"changes": spelled, "undo": {} if self._keeps else undo, **more}
        if more:
            self.ledger.append(
                self._entry(number, ident, "edited" if edited else "annotated", **more)
            )

    def _annotated(self, raw: bytes, values: Mapping[str, Any] | None) -> tuple[bytes, Any]:
        if self._annotate is None:
            raise TypeError("a format without annotations")
        written, splice = self._annotate(raw, values, self._options)
        return written, splice


def _respell(
    form: Any, raw: bytes, old: Callable[[], str], new: str, options: ReadOptions
) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a record with another text, and what brings back the old ones."""
    text = old()
    written = form.rewrite(raw, text, new, options)
    keeps = written == raw or getattr(form, "keeps_original", False)
    return written, {} if keeps else form.undo(raw, text, new, options)
