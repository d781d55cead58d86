"""`cleaner check`: what is wrong with a corpus, without writing anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from cleaner.config import Config
from cleaner.engines.local import read_part
from cleaner.formats.base import Kind
from cleaner.formats.discover import Skipped, shown
from cleaner.jobs.clean import Progress, examine
from cleaner.jobs.plan import Shard
from cleaner.jobs.rows import revision_of

__all__ = ["Checked", "Excerpt", "check"]

AROUND = 60
"""Characters of a line that are shown on either side of a finding."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line of a finding, cut around it; `start` and `end` are code points of `text`."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Checked:
    """The findings of a check, as rows of `findings.jsonl`, with their lines."""

    documents: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    excerpts: list[Excerpt | None] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def fixable(self) -> int:
        """Findings that `--fix` would mend."""
        return sum(one["applied"] for one in self.findings)

    @property
    def unsafe(self) -> int:
        """Findings that only `--unsafe-fixes` would mend."""
        return sum(one["applicability"] == "unsafe" and not one["applied"] for one in self.findings)


def check(
    sources: Sequence[str],
    config: Config,
    *,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Checked:
    """Look at a corpus and return its findings, in order of files, records and positions."""
    result = Checked()
    with examine(sources, config, jobs=jobs, progress=progress) as (found, plan, looked):
        result.skipped = found.skipped
        for shard, part in zip(plan, looked.parts, strict=True):
            for batch in read_part(part):
                _collect(result, shard, batch)
        for piece, why in found.unreadable:
            result.rejected.append(
                {"path": shown(piece.name), "record": 0, "error": why, "hint": "check permissions"}
            )
    return result


def _collect(result: Checked, shard: Shard, batch: Any) -> None:
    kind = batch.column("kind").to_numpy()
    result.documents += int((kind != Kind.PASSED).sum())
    for row in np.flatnonzero(kind == Kind.REJECTED).tolist():
        piece = shard.pieces[batch.column("piece")[row].as_py()]
        result.rejected.append(
            {
                "path": shown(piece.name),
                "record": batch.column("record")[row].as_py(),
                "error": batch.column("error")[row].as_py(),
                "hint": batch.column("hint")[row].as_py(),
            }
        )
    findings = batch.column("findings")
    for row in np.flatnonzero(findings.is_valid().to_numpy(zero_copy_only=False)).tolist():
        text, changes = (batch.column(name)[row].as_py() for name in ("text", "changes"))
        original = revision_of(text, changes).original
        rows = msgspec.json.decode(findings[row].as_py())
        result.findings += rows
        result.excerpts += _excerpts(original, rows)


def _excerpts(text: str, rows: list[dict[str, Any]]) -> Iterator[Excerpt | None]:
    for one in rows:
        if one["span"] is None:
            yield None
            continue
        start, end = one["span"]
        low = text.rfind("\n", 0, start) + 1
        high = text.find("\n", start)
        high = len(text) if high < 0 else high
        if high > low and text[high - 1] == "\r":
            high -= 1
        stop = max(start, min(end, high))
        low = max(low, start - AROUND)
        high = max(stop, min(high, stop + AROUND, start + 3 * AROUND))
        yield Excerpt(text[low:high], start - low, min(stop, high) - low)
