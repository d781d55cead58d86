"""`report.json`: every number of the audit, in a fixed order; the page is drawn from the same.

The JSON schema in `docs/report.schema.json` is made from these classes, and `docs/report.md`
explains them. What does *not* live here: quotations of the corpus (`numbers`), which only the page
holds.
"""

from typing import Any

import msgspec

__all__ = [
    "VERSION",
    "Amounts",
    "Budget",
    "Change",
    "Character",
    "Comparison",
    "Corpus",
    "Counts",
    "Duplicates",
    "Histogram",
    "Language",
    "Line",
    "Notice",
    "Pair",
    "Provenance",
    "Report",
    "RuleNumbers",
    "Samples",
    "Share",
    "Signal",
    "Stage",
    "Text",
    "schema",
]

VERSION = 1
"""Of the file's shape; a reader refuses one that it does not know."""


class _Struct(msgspec.Struct, rename={"in_": "in"}):
    """Base of all parts."""


class Corpus(_Struct, kw_only=True):
    """What was read."""

    name: str = ""
    """The folder or file that was given, without its path."""
    files: int = 0
    bytes: int = 0
    digest: str = ""
    """SHA-256 over the records in order, whatever the number of workers."""
    formats: dict[str, int] = {}


class Counts(_Struct, kw_only=True):
    """Documents. `documents_in` is `kept` + `removed` + `rejected`."""

    documents_in: int = 0
    kept: int = 0
    removed: int = 0
    rejected: int = 0
    edited: int = 0
    emptied: int = 0
    with_findings: int = 0
    skipped: int = 0
    """Files that are no documents: links, devices, other formats."""


class Amounts(_Struct, kw_only=True):
    """Characters (code points) of documents: as they came in, and as they go out."""

    in_: int = 0
    out: int = 0


class Notice(_Struct, kw_only=True):
    """Something to look at first: `count` of `of`."""

    level: str
    """`problem` (a person must decide or mend) or `note`."""
    text: str
    count: int
    of: int
    unit: str
    rule: str | None = None
    section: str = ""


class Stage(_Struct, kw_only=True):
    """One pass: what was left after it."""

    name: str
    documents: int = 0
    characters: int = 0
    removed: int = 0
    edited: int = 0
    removed_characters: int = 0
    written_characters: int = 0
    findings: int = 0
    applied: int = 0


class RuleNumbers(_Struct, kw_only=True):
    """One rule."""

    name: str
    summary: str = ""
    findings: int = 0
    documents: int = 0
    applied: int = 0
    safe: int = 0
    unsafe: int = 0
    display: int = 0
    edited: int = 0
    removed: int = 0
    removed_characters: int = 0
    written_characters: int = 0


class Histogram(_Struct, kw_only=True):
    """`counts[i]` values in `edges[i] <= value < edges[i + 1]`."""

    unit: str
    edges: list[float]
    counts: list[int]


class Character(_Struct, kw_only=True):
    """A character that hardly belongs in text."""

    code: str
    name: str
    count: int
    documents: int


class Signal(_Struct, kw_only=True):
    """A number that a pass measures for each document; quantiles are exact to 1 %."""

    name: str
    documents: int
    p05: float
    p25: float
    p50: float
    p75: float
    p95: float


class Text(_Struct, kw_only=True):
    """The shape of the texts."""

    length_before: Histogram
    length_after: Histogram
    cut: Histogram
    symbols: Histogram
    unusual: list[Character] = []
    unusual_kinds: int = 0
    signals: list[Signal] = []


class Share(_Struct, kw_only=True):
    """A label and how many documents have it."""

    name: str
    documents: int


class Language(_Struct, kw_only=True):
    """Languages of the kept documents."""

    documents: int
    uncertain: int
    languages: list[Share]
    scripts: list[Share]
    reasons: list[Share]
    margin: Histogram


class Pair(_Struct, kw_only=True):
    """Two documents near the threshold."""

    document: str
    kept: str
    rule: str
    jaccard: float
    containment: float


class Duplicates(_Struct, kw_only=True):
    """What the duplicates pass found."""

    threshold: float
    bands: int
    rows: int
    kinds: list[Share]
    clusters: list[tuple[int, int]]
    """(documents of a cluster, number of such clusters)"""
    one_in: int
    """One in so many clusters was counted."""
    similarity: Histogram
    """Of the findings: one pair a document, equal texts included."""
    compared: Histogram | None = None
    """Of all candidate pairs, those below the threshold included; equal texts are none. Null where
    that was not counted."""
    catch: list[tuple[float, float]]
    """(similarity, chance that the bands find the pair)"""
    above: list[Pair]
    below: list[Pair]


class Line(_Struct, kw_only=True):
    """A line that stands in several kept documents, and a rule that would find it."""

    text: str
    documents: int
    toml: str


class Budget(_Struct, kw_only=True):
    """A share of documents that a rule may have, from the configuration."""

    rule: str
    limit: str
    documents: int
    exceeded: bool


class Samples(_Struct, kw_only=True):
    """How many documents the page shows, out of how many, and how they were chosen."""

    quotes: bool = True
    """False with `--no-quotes`: no text of the corpus is shown, here or on the page."""
    worst: int
    worst_of: int
    random: int
    random_of: int
    rule: str


class Provenance(_Struct, kw_only=True):
    """How the report was made."""

    cleaner: str
    python: str
    libraries: dict[str, str]
    command: str
    config_digest: str
    config: Any
    seed: int


class Change(_Struct, kw_only=True):
    """A number that differs from an older report."""

    name: str
    before: float
    after: float
    share_before: float | None = None
    share_after: float | None = None


class Comparison(_Struct, kw_only=True):
    """What changed since an older report."""

    corpus: str
    cleaner: str
    config_changed: bool
    corpus_changed: bool
    counts: list[Change]
    rules: list[Change]
    languages: list[Change]
    signals: list[Change]


class Report(_Struct, kw_only=True):
    """The whole file."""

    version: int = VERSION
    corpus: Corpus
    counts: Counts
    characters: Amounts
    notices: list[Notice]
    budgets: list[Budget]
    funnel: list[Stage]
    rules: list[RuleNumbers]
    text: Text
    language: Language | None
    duplicates: Duplicates | None
    lines: list[Line]
    lines_found: int
    samples: Samples
    provenance: Provenance
    compare: Comparison | None = None


def schema() -> dict[str, Any]:
    """The JSON schema of `report.json`."""
    made = msgspec.json.schema(Report)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The report of cleaner, version 1",
        **made,
    }
