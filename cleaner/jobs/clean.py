"""`cleaner clean`: read, look, compare, write."""

import contextlib
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from cleaner.config import Config
from cleaner.engines.local import Dataset, LocalEngine
from cleaner.formats import load, standard
from cleaner.formats.discover import OWN_FOLDER, Discovered, discover
from cleaner.formats.opening import is_remote
from cleaner.jobs.assemble import Assembly
from cleaner.jobs.compare import compare
from cleaner.jobs.finish import Manifest, finish, real_name
from cleaner.jobs.look import look, looked_schema, pipeline_of, read_options, shard_parts
from cleaner.jobs.places import STANDARD, given_sources, local_page, local_target
from cleaner.jobs.plan import SHARD_BYTES, Shard, shards
from cleaner.jobs.warm import preload, warm
from cleaner.jobs.watch import counted_steps
from cleaner.jobs.workspace import Workspace
from cleaner.jobs.write import ShardResult, write_shard
from cleaner.kernels.start import threads
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

NAMED = 20
"""Rejected documents that a run names; all of them are in `rejected.jsonl`."""

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
    form: str | None = None,
    refused: Callable[[dict[str, Any]], object] = lambda _row: None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Manifest:
    """Clean a corpus into a folder; see `cleaner.clean_corpus`.

    Args:
        sources: folders, files, URLs, and `-` for standard input.
        dest: a folder, a URL, or `-` for standard output.
        config: the options.
        jobs: worker processes.
        resume: go on with an interrupted run.
        report: a folder, or a URL, for the report.
        quotes: whether text of the corpus may be shown in it.
        command: what was typed, for the report.
        form: the format of standard input; its first bytes tell otherwise.
        refused: called with the first rows of `rejected.jsonl`.
        progress: called as shards are done.

    Raises:
        CleanerError: wrong options, an unreadable source, or a folder that cannot be written.
        BrokenPipeError: standard output is the target, and nobody reads it.
    """
    _refuse_nonsense(sources, dest, resume=resume)
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(local_target(dest))
        place = stack.enter_context(local_page(report)) if report is not None else None
        local = stack.enter_context(given_sources(sources, form))
        output = dest if is_remote(dest) else target
        found = discover(local, config.exclude, output)
        manifest = _clean(
            found, target, config, sources=local, jobs=jobs, resume=resume, report=place,
            quotes=quotes, command=command, progress=progress,
        )  # fmt: skip
        with (target / OWN_FOLDER / "rejected.jsonl").open("rb") as stream:
            for line in itertools.islice(stream, NAMED):
                refused(msgspec.json.decode(line))
        if dest == STANDARD:
            files = [
                (str(row["name"]), target / real_name(row["written"]))
                for row in manifest.files
                if row["written"]
            ]
            standard.emit(files, sys.stdout.buffer, read_options(config))
    return manifest


def _refuse_nonsense(sources: Sequence[str], dest: str, *, resume: bool) -> None:
    if resume and STANDARD in (*sources, dest):
        raise CleanerError("--resume: standard input and output cannot be resumed; name files")
    for source in sources:
        if STANDARD in (source, dest):
            continue
        here, there = is_remote(source), is_remote(dest)
        if (here and there and source.rstrip("/") == dest.rstrip("/")) or (
            not (here or there) and Path(source).resolve() == Path(dest).resolve()
        ):
            raise CleanerError(f"{dest}: is also the source; choose another folder for the output")


def _clean(
    found: Discovered,
    target: Path,
    config: Config,
    *,
    sources: Sequence[str],
    jobs: int,
    resume: bool,
    report: str | None,
    quotes: bool,
    command: str,
    progress: Progress,
) -> Manifest:
    encoded = msgspec.json.encode(config)
    # A wrong rule pack is refused before anything is written.
    pipeline = pipeline_of(encoded)
    once = not pipeline.corpus and report is None
    bare = once and not config.annotate and not any(map(pipeline.needs, pipeline.passes))
    warm(encoded, corpus=_several(found))
    plan = shards(found, _limit(found))
    with Workspace(target, resume=resume) as space, Assembly(space.work, plan) as assembly:
        space.check_state(config, found.files, found.sizes)
        engine = _engine(found, space.work, jobs, encoded)
        looked = _look(
            engine, plan, found, config, progress, measured=report is not None, once=once, bare=bare
        )
        if not once:
            looked = compare(engine, looked, plan, config)
        tasks = [
            partial(write_shard, encoded, str(space.work), shard, part)
            for shard, part in zip(plan, looked.parts, strict=True)
        ]
        # What was counted when it was looked at is not counted again.
        step = counted_steps(progress, "clean", plan, found) if once else None
        step = step or _step(progress, "write", len(plan))

        def done(number: int, result: ShardResult) -> None:
            assembly.add(number, result)
            step(number, result)

        results = engine.run(tasks, done)
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
        return finish(space, config, found, results, assembly)


@contextlib.contextmanager
def examine(
    sources: Sequence[str],
    config: Config,
    *,
    jobs: int = 1,
    form: str | None = None,
    measured: bool = False,
    progress: Progress = lambda _stage, _done, _total: None,
    then: Then = lambda _engine, looked, _plan: looked,
) -> Iterator[tuple[Discovered, list[Shard], Dataset]]:
    """Look at a corpus without writing it: what was found, the plan, and the looked-at rows.

    `then` may bring more findings to the rows before anyone sees them. The rows hold measures if
    they are to be `measured`.
    """
    encoded = msgspec.json.encode(config)
    pipeline_of(encoded)
    with (
        given_sources(sources, form) as local,
        tempfile.TemporaryDirectory(prefix="cleaner-") as folder,
    ):
        found = discover(local, config.exclude)
        warm(encoded, corpus=_several(found))
        plan = shards(found, _limit(found))
        engine = _engine(found, Path(folder), jobs, encoded)
        looked = _look(engine, plan, found, config, progress, measured=measured, once=False)
        yield found, plan, then(engine, compare(engine, looked, plan, config), plan)


def _several(found: Discovered) -> bool:
    """Whether there may be more than one document."""
    return len(found.files) > 1 or not all(
        getattr(load(piece.format), "single", False) for piece in found.files
    )


def _limit(found: Discovered) -> int:
    """Bytes of a shard; by the corpus alone, since a plan must not depend on the workers."""
    return min(SHARD, max(SHARD_LEAST, sum(found.sizes) // SHARDS))


def _engine(found: Discovered, folder: Path, jobs: int, encoded: bytes) -> LocalEngine:
    if sum(found.sizes) <= SMALL:
        return LocalEngine(None)
    preload(encoded)
    if threads() == 1:  # as long as workers will be forked
        for name in sorted({piece.format for piece in found.files}):
            getattr(load(name), "preload", lambda: None)()
    return LocalEngine(folder, jobs)


def _look(
    engine: LocalEngine,
    plan: list[Shard],
    found: Discovered,
    config: Config,
    progress: Progress,
    *,
    measured: bool,
    once: bool,
    bare: bool = False,
) -> Dataset:
    """Look at the shards; rows that are read `once` are not stored, but made when they are read."""
    parts, schema = shard_parts(plan)
    data = engine.dataset(parts, schema)
    kernel = partial(look, msgspec.json.encode(config), measured, bare)
    if once:
        return engine.view(data, kernel, looked_schema(config, measured=measured))
    return engine.map(
        data,
        kernel,
        looked_schema(config, measured=measured),
        name="measured" if measured else "looked",
        done=counted_steps(progress, "look", plan, found),
    )


def _step(progress: Progress, stage: str, total: int) -> Callable[[int, Any], None]:
    done = [0]

    def step(_number: int, _value: Any) -> None:
        done[0] += 1
        progress(stage, done[0], total)

    return step
