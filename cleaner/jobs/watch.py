"""Counts what a run has looked at, shard by shard, for whoever shows it.

A progress callback that has a method `count` is told documents, bytes and findings as well.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cleaner.engines.local import read_part
from cleaner.formats.base import Kind
from cleaner.formats.discover import Discovered
from cleaner.jobs.plan import Shard
from cleaner.jobs.write import ShardResult

__all__ = ["counted_steps"]


def counted_steps(
    progress: Callable[[str, int, int], None], stage: str, plan: Sequence[Shard], found: Discovered
) -> Callable[[int, Any], None]:
    """A callback for finished shards: their number, and a partition or what was written."""
    sizes = dict(zip((piece.name for piece in found.files), found.sizes, strict=True))
    tell = getattr(progress, "count", None)
    done = 0

    def step(number: int, value: Any) -> None:
        nonlocal done
        done += 1
        if tell is not None:
            size = sum(
                (piece.stop if piece.stop >= 0 else sizes[piece.name]) - piece.start
                for piece in plan[number].pieces
            )
            tell(*_counted(value), size)
        progress(stage, done, len(plan))

    return step


def _counted(value: Any) -> tuple[int, int]:
    """Documents and findings of a shard; a partition counts documents with findings."""
    if isinstance(value, ShardResult):
        findings = sum(sums.get("findings", 0) for sums in value.rules.values())
        return value.counts.get("documents_in", 0), findings
    documents = findings = 0
    for batch in read_part(value):
        documents += int(np.count_nonzero(batch.column("kind").to_numpy() == Kind.DOCUMENT))
        findings += batch.num_rows - batch.column("findings").null_count
    return documents, findings
