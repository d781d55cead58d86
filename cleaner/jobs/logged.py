"""Findings as lines of `findings.jsonl` and `duplicates.jsonl`, and how many each rule has.

They come as JSON that was written for these files: only what is counted is read from it. What does
*not* live here: the ledger and the corpus (`write`).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from cleaner.jobs.annotate import DUPLICATES

__all__ = ["log_findings"]


class _Said(msgspec.Struct):
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


_LINES = msgspec.json.Decoder(list[msgspec.Raw])
_SAID = msgspec.json.Decoder(list[_Said])
_REPEAT = msgspec.json.Decoder(_Repeat)


def log_findings(
    documents: Iterable[bytes], findings: Any, duplicates: Any, rules: dict[str, Counter[str]]
) -> None:
    """Write the findings of some documents.

    Args:
        documents: the findings of each, as a JSON list.
        findings: where all of them go, a binary stream.
        duplicates: where a line goes for each that names what a document repeats.
        rules: sums to add to, by rule.
    """
    for encoded in documents:
        lines = _LINES.decode(encoded)
        findings.write(b"\n".join([*lines, b""]))
        for line, said in zip(lines, _SAID.decode(encoded), strict=True):
            sums = rules.get(said.rule)
            if sums is None:
                sums = rules[said.rule] = Counter()
            sums["findings"] += 1
            sums["applied"] += said.applied
            sums[said.applicability] += 1
            if said.rule in DUPLICATES:
                _repeat(_REPEAT.decode(line), said, duplicates)


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
