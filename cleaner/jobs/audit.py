"""`cleaner audit`, and the report of `cleaner clean`: count in workers, then write three files.

What does *not* live here: counting one partition, drawing (`cleaner.audit`).
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cleaner.audit import bins
from cleaner.audit.lines import LEAST, most_frequent
from cleaner.audit.measure import fetch, measure
from cleaner.audit.numbers import Numbers
from cleaner.config import Config
from cleaner.durable import replace_bytes
from cleaner.engines.local import LocalEngine
from cleaner.jobs.places import STANDARD, local_page
from cleaner.jobs.plan import Shard
from cleaner.passes.duplicates.rows import TALLY

__all__ = ["audit", "gather", "write_report"]

SHOWN_IN_AUDITS = ("duplicates.borderline",)
"""Rules that are off by default: pairs just below the threshold."""
CANDIDATES = 400
"""Repeated lines that are counted again, exactly."""

Progress = Callable[[str, int, int], None]


def gather(
    engine: LocalEngine,
    plan: Sequence[Shard],
    looked: Any,
    config: Config,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Numbers:
    """Count a whole corpus: every partition once, and once more for what only the whole tells.

    Args:
        engine: runs the tasks.
        plan: the shards, in order of the partitions.
        looked: dataset of looked-at rows.
        config: of the run.
        progress: called with ("measure", shards done, shards in all).
    """
    encoded = msgspec.json.encode(config)
    pairs = list(zip(plan, looked.parts, strict=True))
    numbers = Numbers()
    done = 0
    for window in _windows(pairs):
        tasks = [partial(measure, part, shard, encoded) for shard, part in window]
        for one in engine.run(tasks):
            numbers.merge(one)
            numbers.trim()
        done += len(window)
        progress("measure", done, len(pairs))
    numbers.compared = _compared(engine)
    wanted = most_frequent(numbers.lines, most=CANDIDATES)
    quoted = [*numbers.above.entries(), *numbers.below.entries()]
    idents = {one.kept for one in quoted}
    texts: dict[str, str] = {}
    exact: Counter[str] = Counter()
    if wanted or idents:
        again = [partial(fetch, part, sorted(idents), list(wanted)) for _, part in pairs]
        for some, counts in engine.run(again):
            for ident, text in some.items():
                texts.setdefault(ident, text)
            exact.update(counts)
    for one in quoted:
        one.other = texts.get(one.kept)
    numbers.lines = most_frequent(exact, least=LEAST, most=CANDIDATES)
    return numbers


def _compared(engine: LocalEngine) -> Any:
    """How many candidate pairs have which similarity, in `bins.SIMILARITY`; None if unknown."""
    tally = engine.named(TALLY)
    if tally is None:
        return None
    counts = np.zeros(len(bins.SIMILARITY), np.int64)
    for batch in engine.batches(tally):
        hundredths, pairs = (column.to_numpy() for column in batch.columns)
        np.add.at(counts, np.maximum(hundredths - 49, 0), pairs)
    return counts


_WINDOW = 64
"""Partitions whose numbers wait to be merged at a time: so many samples are in memory at once."""


def _windows(pairs: list[tuple[Shard, Any]]) -> list[list[tuple[Shard, Any]]]:
    return [pairs[start : start + _WINDOW] for start in range(0, len(pairs), _WINDOW)]


def write_report(
    folder: Path,
    numbers: Numbers,
    *,
    found: Any,
    config: Config,
    command: str,
    name: str = "",
    compare: Any = None,
    quotes: bool = True,
) -> None:
    """Write `report.html`, `report.json` and `report.md`.

    Args:
        folder: made if it is missing.
        numbers: of the whole corpus, from `gather`.
        found: the `Discovered` that was read.
        config: of the run.
        command: what was typed.
        name: of the corpus; people see it.
        compare: an older report, from `cleaner.audit.compare.load`.
        quotes: whether text of the corpus may be shown; names of documents always are.

    Raises:
        CleanerError: a file cannot be written.
    """
    if not quotes:
        numbers.forget_texts()
    report, page = _build(
        numbers, found=found, config=config, command=command, name=name, compare=compare
    )
    from cleaner.audit import markdown

    replace_bytes(folder / "report.json", _json(report))
    replace_bytes(folder / "report.md", markdown.render(report).encode())
    replace_bytes(folder / "report.html", page)


def audit(
    sources: Sequence[str],
    html_path: str,
    config: Config,
    *,
    json_path: str | None = None,
    compare: str | None = None,
    quotes: bool = True,
    jobs: int = 1,
    command: str = "",
    form: str | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Any:
    """Look at a corpus and write the page about it; the corpus is not changed.

    Args:
        sources: folders, files, URLs, and `-` for standard input.
        html_path: the page to write; a URL, or `-` for standard output, will do.
        config: of the run.
        json_path: where the numbers go, if anywhere.
        compare: a `report.json` of an earlier audit.
        quotes: whether text of the corpus may be shown; names of documents always are.
        jobs: worker processes.
        command: what was typed.
        form: the format of standard input; its first bytes tell otherwise.
        progress: called with (stage, shards done, shards in all).

    Returns:
        The `audit.schema.Report`.

    Raises:
        CleanerError: wrong options, an unreadable source or older report, or a full disk.
    """
    from cleaner.audit.compare import load
    from cleaner.jobs.clean import examine

    older = load(Path(compare)) if compare else None
    if config.select is None:  # what an audit shows and a check does not complain about
        config = msgspec.structs.replace(
            config, extend_select=(*config.extend_select, *SHOWN_IN_AUDITS)
        )
    counted: list[Numbers] = []

    def count(engine: LocalEngine, looked: Any, plan: Sequence[Shard]) -> Any:
        counted.append(gather(engine, plan, looked, config, progress))
        return looked

    looked = examine(
        sources, config, jobs=jobs, form=form, measured=True, progress=progress, then=count
    )
    with looked as (found, _, _):
        pass  # the rows and the workers are gone before anything is drawn
    if not quotes:
        counted[0].forget_texts()
    report, page = _build(
        counted[0],
        found=found,
        config=config,
        command=command,
        name=corpus_name(sources),
        compare=older,
    )
    if json_path:
        with local_page(json_path) as place:
            replace_bytes(Path(place), _json(report))
    with local_page(html_path) as place:
        replace_bytes(Path(place), page)
    return report


def corpus_name(sources: Sequence[str]) -> str:
    """What people call the corpus: the last part of each source's name."""
    from cleaner.formats.discover import shown

    names = [
        "standard input"
        if source == STANDARD
        else shown(Path(source).name or Path(source).resolve().name)
        for source in sources
    ]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _json(report: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def _build(
    numbers: Numbers, *, found: Any, config: Config, command: str, name: str, compare: Any
) -> tuple[Any, bytes]:
    """The report and its page."""
    from cleaner.audit import page
    from cleaner.audit.compare import compare as differences
    from cleaner.audit.report import build
    from cleaner.jobs.finish import _libraries
    from cleaner.jobs.look import pipeline_of
    from cleaner.jobs.workspace import config_digest

    pipeline = pipeline_of(msgspec.json.encode(config))
    report = build(
        numbers,
        found=found,
        config=config,
        command=command,
        rules=list(pipeline.rules.values()),
        passes=[one.name for one in pipeline.passes],
        bands=next(
            ((p.plan.bands, p.plan.rows) for p in pipeline.corpus if hasattr(p, "plan")), None
        ),
        provenance={
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "libraries": _libraries(),
            "config_digest": config_digest(config),
            "config": msgspec.to_builtins(config),
        },
    )
    report.corpus.name = name
    if compare is not None:
        report.compare = differences(report, compare)
    text = msgspec.json.format(msgspec.json.encode(config), indent=2).decode()
    return report, page.render(report, numbers, config=text, skipped=found.skipped)
