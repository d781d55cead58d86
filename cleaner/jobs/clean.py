"""`cleaner clean`: read, look, compare, write."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from cleaner.config import Config
from cleaner.engines.local import Dataset, LocalEngine
from cleaner.formats.discover import Discovered, discover
from cleaner.jobs.compare import compare
from cleaner.jobs.finish import Manifest, finish
from cleaner.jobs.look import look, looked_schema, pipeline_of, shard_parts
from cleaner.jobs.plan import SHARD_BYTES, Shard, shards
from cleaner.jobs.workspace import Workspace
from cleaner.jobs.write import write_shard
from cleaner.model import CleanerError

__all__ = ["Progress", "Then", "clean", "examine"]

SMALL = 8 << 20
"""Bytes up to which workers would cost more than they save: everything runs in this process."""

SHARD = SHARD_BYTES
"""Bytes of input that one worker handles in one go, at most."""

SHARDS = 16
"""Shards of a corpus that could do with fewer: with two or three, workers wait for the last one."""
SHARD_LEAST = 4 << 20
"""Bytes below which a shard costs more than it gives."""

Progress = Callable[[str, int, int], None]
"""Called with (stage, shards done, shards in all)."""

Then = Callable[[LocalEngine, Dataset, list[Shard]], Dataset]
"""Called with the rows after all passes; returns them with more findings."""


def clean(
    sources: Sequence[str],
    dest: str,
    config: Config,
    *,
    jobs: int = 1,
    resume: bool = False,
    report: str | None = None,
    quotes: bool = True,
    command: str = "",
    progress: Progress = lambda _stage, _done, _total: None,
) -> Manifest:
    """Clean a corpus into a folder; see `cleaner.clean_corpus`.

    Raises:
        CleanerError: wrong options, an unreadable source, or a folder that cannot be written.
    """
    target = Path(dest)
    for source in sources:
        if Path(source).resolve() == target.resolve():
            raise CleanerError(f"{dest}: is also the source; choose another folder for the output")
    encoded = msgspec.json.encode(config)
    pipeline_of(encoded)  # a wrong rule pack is refused before anything is written
    found = discover(sources, config.exclude, target)
    plan = shards(found, _limit(found))
    with Workspace(target, resume=resume) as space:
        space.check_state(config, found.files, found.sizes)
        engine = _engine(found, space.work, jobs)
        looked = _look(engine, plan, config, progress)
        looked = compare(engine, looked, plan, config)
        tasks = [
            partial(write_shard, encoded, str(space.work), shard, part)
            for shard, part in zip(plan, looked.parts, strict=True)
        ]
        results = engine.run(tasks, _step(progress, "write", len(plan)))
        if report is not None:
            from cleaner.jobs.audit import corpus_name, gather, write_report

            numbers = gather(engine, plan, looked, config, progress)
            engine.rest()  # drawing wants memory, and finishing wants no workers
            name = corpus_name(sources)
            write_report(
                Path(report),
                numbers,
                found=found,
                config=config,
                command=command,
                name=name,
                quotes=quotes,
            )
        return finish(space, config, found, results)


@contextlib.contextmanager
def examine(
    sources: Sequence[str],
    config: Config,
    *,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
    then: Then = lambda _engine, looked, _plan: looked,
) -> Iterator[tuple[Discovered, list[Shard], Dataset]]:
    """Look at a corpus without writing it: what was found, the plan, and the looked-at rows.

    `then` may bring more findings to the rows before anyone sees them.
    """
    pipeline_of(msgspec.json.encode(config))
    found = discover(sources, config.exclude)
    plan = shards(found, _limit(found))
    with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
        engine = _engine(found, Path(folder), jobs)
        looked = _look(engine, plan, config, progress)
        yield found, plan, then(engine, compare(engine, looked, plan, config), plan)


def _limit(found: Discovered) -> int:
    """Bytes of a shard; by the corpus alone, since a plan must not depend on the workers."""
    return min(SHARD, max(SHARD_LEAST, sum(found.sizes) // SHARDS))


def _engine(found: Discovered, folder: Path, jobs: int) -> LocalEngine:
    if sum(found.sizes) <= SMALL:
        return LocalEngine(None)
    return LocalEngine(folder, jobs)


def _look(engine: LocalEngine, plan: list[Shard], config: Config, progress: Progress) -> Dataset:
    parts, schema = shard_parts(plan)
    return engine.map(
        engine.dataset(parts, schema),
        partial(look, msgspec.json.encode(config)),
        looked_schema(config),
        name="looked",
        done=_step(progress, "look", len(plan)),
    )


def _step(progress: Progress, stage: str, total: int) -> Callable[[int, Any], None]:
    done = [0]

    def step(_number: int, _value: Any) -> None:
        done[0] += 1
        progress(stage, done[0], total)

    return step
