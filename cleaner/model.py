"""The nouns: documents, spans, edits, fixes, findings. Standard library only.

What does *not* live here: arithmetic on spans (`edits`), what a rule is (`rules`), anything that
reads, cuts or writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

__all__ = [
    "Applicability",
    "Cleaned",
    "CleanerError",
    "Document",
    "Duplicate",
    "Edit",
    "Finding",
    "Fix",
    "Language",
    "Span",
]


class CleanerError(Exception):
    """Something a person has to mend: bad input, configuration, rule pack or output folder.

    The text is one line that names the file, the record or key, the cause and the next step. The
    command line prints it and exits with 2; nothing else is ever shown to a user as a traceback.
    """


class Span(NamedTuple):
    """A half-open range of code points: `text[span.start:span.end]`."""

    start: int
    end: int


class Applicability(StrEnum):
    """How sure a fix is, as in ruff and rustc."""

    SAFE = "safe"
    """Certain: it restores text, or removes what no reader would miss. Applied by default."""
    UNSAFE = "unsafe"
    """Probable: it may lose wanted text. Needs `--unsafe-fixes` or an `apply` entry."""
    DISPLAY = "display"
    """Advice: never applied."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus.

    `id` names it to people and in every output; it is data, never a path to open.
    """

    id: str
    text: str
    url: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace `text[span]` by `replacement`.

    An empty replacement deletes, an empty span inserts.
    """

    span: Span
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend a finding: edits inside the document, or dropping the whole of it."""

    title: str
    edits: tuple[Edit, ...] = ()
    drop: bool = False
    applicability: Applicability = Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a pass noticed.

    A pass reports `span` and the edits of `fix` in the text that it was given; the pipeline
    translates them to the user's own file before anyone else sees them. `span` is None where the
    finding is about the document as a whole. `evidence` holds JSON values only.
    """

    rule: str
    document: str
    message: str
    span: Span | None = None
    fix: Fix | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def applicability(self) -> Applicability:
        """Of the fix; a finding without one is only for display."""
        return self.fix.applicability if self.fix else Applicability.DISPLAY


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned text, and all that was found on the way (positions in the original)."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """The language of one text.

    `code` is a BCP 47 tag or `und`, and then `reason` says why. `script` is a Unicode script name.
    `margin` is the distance in nats between the best and the second-best language: no probability.
    """

    code: str
    script: str
    margin: float
    reliable: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`document` repeats `kept` (both are positions in the input); both numbers are exact."""

    document: int
    kept: int
    jaccard: float
    containment: float
