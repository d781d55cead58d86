"""Processor seconds of each stage of `cleaner clean`, in one process, without a profiler.

    python benchmarks/pipeline_stages.py IN.jsonl [ROUNDS]

The first round of a process also loads kernels, tables and patterns; the last one is the steady
state. Stages are told apart by a clock around each call, which costs about a microsecond a call.
"""

import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Clock:
    """Seconds by name, of calls that it was put around."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def around(self, place: Any, name: str, label: str) -> None:
        """Replace a function of a module or object by one that is timed."""
        work = getattr(place, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return work(*arguments, **named)
            finally:
                self.seconds[label] += time.process_time() - start

        setattr(place, name, timed)

    def exhausting(self, place: Any, name: str, label: str) -> None:
        """The same for a generator: it is run to its end at once."""
        work: Callable[..., Any] = getattr(place, name)
        setattr(place, name, lambda *arguments: list(work(*arguments)))
        self.around(place, name, label)


def stages(source: Path, folder: Path, rounds: int = 2) -> list[dict[str, float]]:
    """Seconds of each stage, a dict for each round."""
    import msgspec

    from cleaner.config import Config
    from cleaner.engines.local import LocalEngine
    from cleaner.jobs import clean, look
    from cleaner.jobs.look import pipeline_of

    clock = Clock()
    config = Config()
    pipeline = pipeline_of(msgspec.json.encode(config))
    for one in pipeline.passes.document:
        clock.around(one, "screen", f"screen: {one.name}")
        clock.exhausting(one, "check", f"check: {one.name}")
    for measuring in pipeline.passes.measuring:
        clock.around(measuring, "screen", f"screen: {measuring.name}")
        clock.around(measuring, "measure", f"measure: {measuring.name}")
        clock.exhausting(measuring, "report", f"report: {measuring.name}")
    for corpus in pipeline.corpus:
        clock.around(corpus, "sketch", f"sketch: {corpus.name}")
        clock.around(corpus, "compare", f"compare: {corpus.name}")
    clock.around(look, "finding_rows", "findings as rows")
    clock.around(clean, "write_shard", "write")
    clock.around(clean, "finish", "finish")
    clean._engine = lambda *_: LocalEngine(None)  # noqa: SLF001 -- no option runs workers in this process
    found = []
    for turn in range(rounds):
        clock.seconds.clear()
        start = time.process_time()
        clean.clean([str(source)], str(folder / f"stages-{turn}"), config)
        whole = time.process_time() - start
        shutil.rmtree(folder / f"stages-{turn}")
        named = dict(sorted(clock.seconds.items(), key=lambda item: -item[1]))
        rest = whole - sum(named.values())
        found.append({**named, "reading, batches, rounds": rest, "all": whole})
    return found


def main(source: str, rounds: str = "2") -> None:
    """Print each round as one line of JSON."""
    from cleaner.kernels.start import collect_rarely, without_threads

    collect_rarely()  # as the command does; to look for garbage is a tenth of the time else
    without_threads()
    with tempfile.TemporaryDirectory() as folder:
        for one in stages(Path(source), Path(folder), int(rounds)):
            print(json.dumps({name: round(value, 3) for name, value in one.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
