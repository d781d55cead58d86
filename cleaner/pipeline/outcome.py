"""What happened to one document, in positions of its original."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from cleaner.edits import Change, Revision
from cleaner.kernels.patterns.screens import searched
from cleaner.kernels.text.texts import Cells, from_arrow
from cleaner.model import Document, Edit, Finding, Fix
from cleaner.pipeline.ignores import Ignores, ignores_of

__all__ = ["Answer", "Outcome", "Reported", "Rows", "column", "order", "published", "renewed"]

_SPAN = attrgetter("span")


class Reported(NamedTuple):
    """A finding in positions of the original, and whether its fix was applied."""

    finding: Finding
    applied: bool


class Answer(NamedTuple):
    """What a pass said of a text.

    Attributes:
        text: what it was asked about.
        found: its findings, in positions of that text.
        unheeded: those of them that changed nothing.
    """

    text: str
    found: Sequence[Finding]
    unheeded: list[Reported]


@dataclass(slots=True)
class Outcome:
    """What happened to one document in which something was found."""

    document: Document
    revision: Revision
    reported: list[Reported] = field(default_factory=list)
    dropped: Finding | None = None
    looked: dict[str, Answer] = field(default_factory=dict)
    """By pass: what it said last."""
    first: Mapping[str, Answer] = field(default_factory=dict)
    """The same, as it was when every pass had been asked once."""
    _ignores: Ignores | None = None
    _asked: bool = False
    _written: tuple[str, bytes] | None = None

    @classmethod
    def of(cls, document: Document) -> "Outcome":
        """A document to which nothing has happened yet."""
        return cls(document, Revision(document.text))

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self.revision.text

    @property
    def data(self) -> bytes:
        """The text as it is now in UTF-8, as passes are asked about it: several, one by one."""
        text = self.revision.text
        if self._written is None or self._written[0] is not text:
            self._written = text, searched(text)
        return self._written[1]

    @property
    def present(self) -> Document:
        """The document with its text as it is now."""
        one = self.document
        if self.text is one.text:
            return one
        return Document(one.id, self.text, one.url, one.metadata)

    def ignores(self, *, inline: bool) -> Ignores | None:
        """What is switched off in it, see `ignores_of`; the answer of the first call."""
        if not self._asked:
            self._ignores, self._asked = ignores_of(self.document, inline=inline), True
        return self._ignores

    @property
    def changes(self) -> list[Change]:
        """All changes of the original so far."""
        return self.revision.changes


class Rows:
    """Makes the `Document` of a row of a batch when one is asked for.

    Args:
        batch: rows with `id`, `text` and `url`.
        ignored: says which rules a row's record and path switch off.
    """

    def __init__(self, batch: Any, ignored: Callable[[int], tuple[str, ...]]) -> None:
        self._ids, self._texts = (Cells(batch.column(name)) for name in ("id", "text"))
        urls = batch.column("url")
        self._urls = Cells(urls)
        self._has_url = urls.is_valid().to_numpy(zero_copy_only=False).tolist()
        self._ignored = ignored
        self._made: dict[int, Document] = {}  # every pass asks for the same few

    def __getitem__(self, row: int) -> Document:
        known = self._made.get(row)
        if known is None:
            known = self._made[row] = self._make(row)
        return known

    def _make(self, row: int) -> Document:
        url = self._urls.text(row) if self._has_url[row] else None
        ignored = self._ignored(row)
        metadata = {"ignore": ignored} if ignored else {}
        return Document(self._ids.text(row), self._texts.text(row), url, metadata)


def column(outcomes: Sequence[Outcome]) -> Any:
    """Texts as they are now, `pa.LargeStringArray`: see `passes.base.DocumentPass.screen`."""
    parts = [one.data for one in outcomes]
    return _array(parts, list(map(len, parts)))


def renewed(texts: Any, outcomes: Mapping[int, Outcome]) -> Any:
    """Texts, `pa.LargeStringArray`, with those of some rows as they are now.

    What stands between two of these is copied at once: a tenth of the texts change, and Arrow's own
    kernel copies one by one, into memory that grows.
    """
    if not outcomes:
        return texts
    data, offsets = from_arrow(texts)
    old, places, sizes = data.data, offsets.tolist(), np.diff(offsets)
    parts: list[Any] = []
    at = places[0]
    for row in sorted(outcomes):
        part = outcomes[row].data
        parts += (old[at : places[row]], part)
        sizes[row] = len(part)
        at = places[row + 1]
    parts.append(old[at : places[-1]])
    return _array(parts, sizes)


def _array(parts: Sequence[Any], sizes: Any) -> Any:
    """The bytes of texts, one behind the other, as an array."""
    import pyarrow as pa

    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    buffers = pa.py_buffer(offsets), pa.py_buffer(b"".join(parts))
    return pa.LargeStringArray.from_buffers(len(sizes), *buffers)


def published(finding: Finding, revision: Revision) -> Finding:
    """The finding in positions of the original."""
    if not revision.changes:
        return finding
    span = revision.to_original(finding.span) if finding.span else None
    fix = finding.fix
    if fix and fix.edits:
        edits = tuple(Edit(revision.to_original(edit.span), edit.replacement) for edit in fix.edits)
        fix = Fix(fix.title, edits, fix.drop, fix.applicability)
    return Finding(finding.rule, finding.document, finding.message, span, fix, finding.evidence)


def order(finding: Finding) -> tuple[int, int, str]:
    """Sort key: by the first character that a finding touches, then by rule."""
    span = finding.span
    if finding.fix and finding.fix.edits:
        span = min(map(_SPAN, finding.fix.edits))
    return (*(span or (-1, -1)), finding.rule)
