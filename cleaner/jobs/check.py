"""`cleaner check`: what is wrong with a corpus, without writing anything."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import msgspec
import numpy as np

import cleaner
from cleaner.baseline import fingerprint
from cleaner.config import Config
from cleaner.engines.local import Dataset, read_part
from cleaner.formats import load
from cleaner.formats.base import Kind, Piece, ReadOptions
from cleaner.formats.discover import Discovered, Skipped, shown
from cleaner.jobs.clean import Progress, Then, examine
from cleaner.jobs.look import pipeline_of, read_options
from cleaner.jobs.plan import Shard
from cleaner.jobs.rows import decode_findings, revision_of
from cleaner.jobs.splices import FORMATS
from cleaner.rules import Rule

__all__ = ["Checked", "Detail", "Excerpt", "check", "collect", "look_over", "place_of", "renamed"]

AROUND = 60
"""Characters of a line that are shown on either side of a finding."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line of a finding, cut around it; `start` and `end` are code points of `text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Detail:
    """What `findings.jsonl` does not say about a finding, and output formats need.

    `file` is the path seen from the working directory (`path` of the row is relative to the
    source); `end` is the line and the column behind the last character, from 1; `fingerprint`
    stays the same when lines move.
    """

    file: str
    excerpt: Excerpt | None
    end: tuple[int, int]
    fingerprint: str
    document: str
    """The document's name in a baseline."""
    in_place: bool = True
    """Whether `--fix` can edit files of this format."""


@dataclass(slots=True)
class Checked:
    """The findings of a check, as rows of `findings.jsonl`, and a detail for each."""

    documents: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    files: frozenset[str] = frozenset()
    """Every file that was read, seen from the working directory."""
    rules: dict[str, Rule] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()
    """Names of the rules that were looked for."""
    version: str = cleaner.__version__

    @property
    def fixable(self) -> int:
        """Findings that `--fix` would mend; it never drops a document."""
        return sum(
            one["applied"] and not one["fix"]["drop"] and detail.in_place
            for one, detail in zip(self.findings, self.details, strict=True)
        )

    @property
    def unsafe(self) -> int:
        """Findings that only `--unsafe-fixes` would mend."""
        return sum(
            one["applicability"] == "unsafe"
            and not one["applied"]
            and not one["fix"]["drop"]
            and detail.in_place
            for one, detail in zip(self.findings, self.details, strict=True)
        )

    def only(self, chosen: Sequence[bool]) -> None:
        """Forget the findings that are not chosen."""
        kept = [at for at, keep in enumerate(chosen) if keep]
        self.findings = [self.findings[at] for at in kept]
        self.details = [self.details[at] for at in kept]


def check(
    sources: Sequence[str],
    config: Config,
    *,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Checked:
    """Look at a corpus and return its findings, in order of files, records and positions."""
    with look_over(sources, config, jobs=jobs, progress=progress) as (found, plan, looked):
        return collect(found, plan, looked, config)


@contextmanager
def look_over(
    sources: Sequence[str],
    config: Config,
    *,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Iterator[tuple[Discovered, list[Shard], Dataset]]:
    """As `examine`, and compared with the older corpus if the configuration names one."""
    with ExitStack() as stack:
        then: Then = lambda _engine, looked, _plan: looked  # noqa: E731 -- the default
        against = config.duplicates.against
        if against:
            from cleaner.jobs.against import indexed, match_index

            folder = stack.enter_context(indexed(against, config, jobs=jobs, progress=progress))
            then = partial(match_index, config, folder)
        yield stack.enter_context(examine(sources, config, jobs=jobs, progress=progress, then=then))


def collect(found: Any, plan: Sequence[Shard], looked: Any, config: Config) -> Checked:
    """The findings of what `examine` yields."""
    pipeline = pipeline_of(msgspec.json.encode(config))
    result = Checked(skipped=found.skipped, rules=pipeline.rules, wanted=pipeline.wanted)
    result.files = frozenset(place_of(piece) for piece in found.files)
    options = read_options(config)
    for shard, part in zip(plan, looked.parts, strict=True):
        for batch in read_part(part):
            _collect(result, shard, batch, options)
    for piece, why in found.unreadable:
        result.rejected.append(
            {"path": shown(piece.name), "record": 0, "error": why, "hint": "check permissions"}
        )
    return result


def renamed(result: Checked, name: str, new: str) -> Checked:
    """The result with another name for its one file."""

    def other(text: str) -> str:
        return new + text.removeprefix(name) if text.startswith(name) else text

    for one in result.findings:
        one["path"], one["document"] = other(one["path"]), other(one["document"])
    result.details = [
        replace(one, file=new, document=new + one.document.removeprefix(one.file))
        for one in result.details
    ]
    for one in result.rejected:
        one["path"] = new
    result.files = frozenset([new])
    return result


def place_of(piece: Piece) -> str:
    """Where a file lies, seen from the working directory; absolute where it lies outside."""
    full = os.path.abspath(piece.path)  # noqa: PTH100 -- a link is named, not followed
    here = os.path.join(os.path.abspath("."), "")  # noqa: PTH100, PTH118 -- the same
    place = shown(full.removeprefix(here).replace(os.sep, "/"))
    # A name must not begin a command of GitHub or an option in a line that shows it.
    return f"./{place}" if place.startswith((":", "#", "-")) else place


_USED = ["text", "changes", "raw", "record", "line", "id", "piece", "findings"]
"""Columns of a row with findings."""


def _collect(result: Checked, shard: Shard, batch: Any, options: ReadOptions) -> None:
    kind = batch.column("kind").to_numpy()
    result.documents += int((kind != Kind.PASSED).sum())
    for row in np.flatnonzero(kind == Kind.REJECTED).tolist():
        piece = shard.pieces[batch.column("piece")[row].as_py()]
        result.rejected.append(
            {
                "path": place_of(piece),
                "record": batch.column("record")[row].as_py(),
                "error": batch.column("error")[row].as_py(),
                "hint": batch.column("hint")[row].as_py(),
            }
        )
    # All at once: a slice of each column for each row would cost more than what is done with it.
    for values in batch.select(_USED).filter(batch.column("findings").is_valid()).to_pylist():
        text, changes, raw, record, first, ident, number, findings = (values[n] for n in _USED)
        piece = shard.pieces[number]
        original = revision_of(text, changes).original
        rows = decode_findings(findings)
        result.findings += rows
        ends = _ends(rows, piece, raw, original, first, options)
        result.details += _details(rows, ends, piece, original, record, ident)


def _details(
    rows: list[dict[str, Any]],
    ends: list[tuple[int, int]],
    piece: Piece,
    original: str,
    record: int,
    ident: str,
) -> list[Detail]:
    file = place_of(piece)
    own = ident not in {shown(piece.name), f"{shown(piece.name)}#{record}"}
    document = f"{file}#{ident}" if own else file
    return [
        Detail(
            file,
            _excerpt(original, one),
            end,
            fingerprint(one, document, original, named=own or record == 1),
            document,
            piece.format in FORMATS,
        )
        for one, end in zip(rows, ends, strict=True)
    ]


def _ends(
    rows: list[dict[str, Any]],
    piece: Piece,
    raw: bytes,
    original: str,
    first: int,
    options: ReadOptions,
) -> list[tuple[int, int]]:
    """Line and column behind the last character of each finding."""
    options = replace(options, path=piece.path)
    wanted = sorted({one["span"][1] for one in rows if one["span"]})
    places = dict(
        zip(wanted, load(piece.format).positions(raw, original, wanted, options), strict=True)
    )
    ends = []
    for one in rows:
        if one["span"]:
            line, column = places[one["span"][1]]
            ends.append((first - 1 + line, column))
        else:
            ends.append((one["line"], one["column"]))
    return ends


def _excerpt(text: str, one: dict[str, Any]) -> Excerpt | None:
    if one["span"] is None:
        return None
    start, end = one["span"]
    low = text.rfind("\n", 0, start) + 1
    high = text.find("\n", start)
    high = len(text) if high < 0 else high
    if high > low and text[high - 1] == "\r":
        high -= 1
    stop = max(start, min(end, high))
    low = max(low, start - AROUND)
    high = max(stop, min(high, stop + AROUND, start + 3 * AROUND))
    return Excerpt(text[low:high], start - low, min(stop, high) - low)
