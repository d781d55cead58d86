"""What a run says about itself on stderr: a bar, or a line per 10 %, and a summary at the end."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

__all__ = ["rejections", "reporter", "summary"]

COUNTED = ("look", "clean")
"""Stages that look at documents for the first time."""


@contextlib.contextmanager
def reporter(options: dict[str, Any]) -> Iterator[Callable[[str, int, int], None]]:
    """A callback for (stage, done, total): a bar on a terminal, lines elsewhere, or nothing."""
    if options.get("quiet") or options.get("no_progress"):
        yield lambda _stage, _done, _total: None
        return
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    # A bar needs a terminal, colours or not; rich heeds NO_COLOR itself.
    console = Console(stderr=True, no_color=True if options.get("color") == "never" else None)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        auto_refresh=False,  # by a thread, and a process with threads cannot fork
    )
    with bar:
        yield _Bar(bar)


class _Counting:
    """What was looked at so far."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._documents = self._findings = self._size = 0

    def count(self, documents: int, findings: int, size: int) -> None:
        """More documents, findings (or documents with one) and bytes."""
        self._documents += documents
        self._findings += findings
        self._size += size

    def counts(self) -> str:
        """Documents, megabytes a second, findings."""
        from cleaner.output.full import plural

        if not self._documents:
            return ""
        speed = self._size / 1e6 / max(1e-3, time.monotonic() - self._start)
        documents, found = plural(self._documents, "document"), plural(self._findings, "finding")
        return f"{documents}, {speed:.1f} MB/s, {found}"


class _Bar(_Counting):
    """A bar for each stage."""

    def __init__(self, bar: Any) -> None:
        super().__init__()
        self._bar = bar
        self._tasks: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total, counts="")
        counts = self.counts() if stage in COUNTED else ""
        self._bar.update(self._tasks[stage], completed=done, counts=counts, refresh=True)


class _Lines(_Counting):
    """A line per 10 %, and none for work that is done in one step."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        tenth = done * 10 // max(1, total)
        if total < 2 or tenth == self._said.get(stage, 0):
            return
        self._said[stage] = tenth
        counts = self.counts() if stage in COUNTED else ""
        sys.stderr.write(f"{stage} {tenth * 10} %{counts and ': '}{counts}\n")


def rejections(rows: Sequence[dict[str, Any]], count: int) -> str:
    """The first documents that were rejected, by name, and how many more there are."""
    from cleaner.output.terminal import safe

    lines = []
    for row in rows:
        where = f"{row['path']}:{row['record']}" if row["record"] else row["path"]
        lines.append(f"rejected: {safe(where)}: {safe(row['error'])}; {safe(row['hint'])}")
    if count > len(rows):
        lines.append(f"and {count - len(rows):,} more")
    return "\n".join(lines)


def summary(manifest: Any, output: str, report: str | None) -> str:
    """What a run did, and what to do next."""
    from cleaner.output.full import plural
    from cleaner.output.terminal import safe

    counts = manifest.counts
    before, after = manifest.characters["in"], manifest.characters["out"]
    share = (before - after) / before if before else 0.0
    lines = [
        (
            f"{plural(counts['documents_in'], 'document')} in: {counts['kept']:,} kept "
            f"({counts['edited']:,} edited), {counts['removed']:,} removed, "
            f"{counts['rejected']:,} rejected; {plural(counts['skipped'], 'file')} skipped"
        ),
        f"{before:,} characters in, {after:,} out ({share:.1%} less)",
    ]
    applied = [
        (sums["applied"], rule) for rule, sums in manifest.rules.items() if sums.get("applied")
    ]
    for count, rule in sorted(applied, key=lambda row: (-row[0], row[1])):
        lines.append(f"  {count:>7,}  {rule}")
    flagged = sum(
        sums.get("findings", 0) - sums.get("applied", 0) for sums in manifest.rules.values()
    )
    lines += _next_steps(output, flagged, counts["rejected"])
    if report:
        lines.append(f"report: {safe(report)}/report.html")
    return "\n".join(lines)


def _next_steps(output: str, flagged: int, rejected: int) -> list[str]:
    from cleaner.output.full import plural
    from cleaner.output.terminal import safe

    some = f"{plural(flagged, 'finding')} only flagged"
    if output == "-":
        lines = [f"{some}; `cleaner check` shows them"] if flagged else []
        return [*lines, "no ledger is kept: with -o DIR, `cleaner restore` can undo this"]
    place = safe(output)
    lines = [f"{some}; see {place}/_cleaner/findings.jsonl"] if flagged else []
    lines.append(f"undo with: cleaner restore {place} -o DIR")
    if rejected:
        lines.append(f"rejected documents are named in {place}/_cleaner/rejected.jsonl")
    return lines
