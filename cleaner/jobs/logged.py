"""Findings as lines of `findings.jsonl` and `duplicates.jsonl`, and how many each rule has.

They come as lines that were written for these files: only what is counted is read from them. What
does *not* live here: the ledger and the corpus (`write`).
"""

from collections import Counter
from typing import Any

import msgspec

from cleaner.jobs.annotate import DUPLICATES
from cleaner.kernels.text.texts import Cells

__all__ = ["log_findings"]


class _Said(msgspec.Struct, frozen=True):
    """What is counted."""

    rule: str
    applied: bool
    applicability: str


class _Evidence(msgspec.Struct):
    kept: str | None = None
    jaccard: float | None = None
    containment: float | None = None


class _Repeat(msgspec.Struct):
    document: str
    evidence: _Evidence


_SAID = msgspec.json.Decoder(_Said)
_REPEAT = msgspec.json.Decoder(_Repeat)


def log_findings(
    documents: Any, findings: Any, duplicates: Any, rules: dict[str, Counter[str]]
) -> None:
    """Write the findings of some documents.

    Args:
        documents: the findings of each as lines of JSON, `pa.LargeBinaryArray`; null for none.
        findings: where all of them go, a binary stream.
        duplicates: where a line goes for each that names what a document repeats.
        rules: sums to add to, by rule.
    """
    found = documents.drop_null()
    if not len(found):
        return
    # The lines of all documents at once: they lie in memory as the file will have them.
    lines = bytes(Cells(found).run(0, len(found)))
    findings.write(lines)
    said = _SAID.decode_lines(lines)
    kinds = Counter(said)
    for kind, count in kinds.items():
        sums = rules.setdefault(kind.rule, Counter())
        sums["findings"] += count
        sums["applied"] += kind.applied * count
        sums[kind.applicability] += count
    if any(kind.rule in DUPLICATES for kind in kinds):
        for line, one in zip(lines.split(b"\n"), said, strict=False):
            if one.rule in DUPLICATES:
                _repeat(_REPEAT.decode(line), one, duplicates)


def _repeat(found: _Repeat, said: _Said, duplicates: Any) -> None:
    if found.evidence.kept is None:
        return
    row = {
        "document": found.document,
        "kept": found.evidence.kept,
        "kind": said.rule.removeprefix("duplicates."),
        "jaccard": found.evidence.jaccard,
        "containment": found.evidence.containment,
        "action": "removed" if said.applied else "flagged",
    }
    duplicates.write(msgspec.json.encode(row) + b"\n")
