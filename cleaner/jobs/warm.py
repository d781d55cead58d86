"""The first run on a machine: compile the kernels in several processes at once.

numba compiles a kernel when it is first called and keeps the machine code on disk. One after the
other that takes a quarter of a minute; the kernels of different passes have nothing to do with each
other. What does *not* live here: the kernels (`kernels`), how numba keeps them.
"""

import gc
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import cleaner
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.engines.workers import run_tasks
from cleaner.formats import jsonl
from cleaner.jobs.look import pipeline_of
from cleaner.kernels.start import threads
from cleaner.kernels.store import cache_folder
from cleaner.model import CleanerError, Document
from cleaner.pipeline import Pipeline

__all__ = ["preload", "warm"]

_SAMPLE = (
    "The harbour at noon\n\nHome > News > Harbour\n\nThe ships came in with the tide, and the men "
    "on the quay counted them twice. Nobody had expected so many of them after the long winter. "
    "The old keeper wrote their names into his book, one after the other, and closed it.\n\n"
    "Die Schiffe kamen mit der Flut, und die Männer am Kai zählten sie zweimal.\n\n"
    "Корабли пришли с приливом, и люди на причале пересчитали их дважды.\n\n"
    "- one\n- two\n- three\n\nPublished 3 May 2021 by A. Writer"
)
"""A text that has something for every kernel to do."""

_SLOWEST = (
    "quality",
    "language",
    "structure",
    "boilerplate",
    "screen of quality",
    "duplicates",
    "jsonl",
)
"""Whose kernels and tables take longest to make: begun last, one core would wait for the other. In
this order two cores end together."""

_MANY = 100
"""Times that the sample is looked at by screens: a third of a megabyte, in a millisecond."""


def warm(encoded: bytes, *, corpus: bool) -> None:
    """Compile all kernels of a configuration unless that was done before.

    It only saves time: where it fails, or this process cannot fork, kernels are compiled as they
    are called.

    Args:
        encoded: the `Config`, as JSON.
        corpus: whether there are several documents. One alone is compared with nothing, and is most
            likely not measured: what measures it is compiled if it has to be.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if threads() != 1 or cores < 2:
        return
    pipeline = pipeline_of(encoded)
    compared = [looker.name for looker in pipeline.corpus] if corpus else []
    mark = cache_folder() / f"kernels-{_fingerprint(pipeline.config.profile, *compared)}"
    if mark.exists():
        return
    tasks = _tasks(encoded, len(compared)) if corpus else _tasks_of_one(encoded)
    # An eighth of the time of a compiler in Python goes into looking for garbage among millions of
    # small objects that are all needed. The workers inherit it, and end soon.
    gc.disable()
    try:
        run_tasks(tasks, min(cores, len(tasks)))
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except (CleanerError, RuntimeError, OSError):
        return
    finally:
        gc.enable()


def preload(encoded: bytes) -> None:
    """Load all kernels into this process: the workers that it forks have them then."""
    if threads() == 1:
        for task in _tasks(encoded, len(pipeline_of(encoded).corpus)):
            task()


def _tasks(encoded: bytes, compared: int) -> list[Callable[[], None]]:
    """What calls every kernel, what takes longest first."""
    measuring, document = _needed(pipeline_of(encoded))
    corpus = [looker.name for looker in pipeline_of(encoded).corpus[:compared]]
    named: list[tuple[str, Callable[[], None]]] = [
        *((name, partial(_measure, encoded, at)) for at, name in measuring),
        *((f"screen of {name}", partial(_screen, encoded, at)) for at, name in measuring),
        *((name, partial(_look, encoded, at)) for at, name in document),
        *((name, partial(_compare, encoded, at)) for at, name in enumerate(corpus)),
    ]
    if compared:  # a few documents are read without the kernel
        named.append(("jsonl", jsonl.preload))
    return _slowest_first(named)


def _tasks_of_one(encoded: bytes) -> list[Callable[[], None]]:
    """What calls the kernels that a single document needs."""
    measuring, document = _needed(pipeline_of(encoded))
    return _slowest_first(
        [
            *((name, partial(_suspect, encoded, at)) for at, name in measuring),
            *((name, partial(_look, encoded, at)) for at, name in document),
        ]
    )


def _needed(pipeline: Pipeline) -> Iterator[list[tuple[int, str]]]:
    """Place and name of the passes that have a rule to run: those that measure, and the others."""
    for passes in (pipeline.passes.measuring, pipeline.passes.document):
        yield [(at, one.name) for at, one in enumerate(passes) if pipeline.needs(one)]


def _slowest_first(named: list[tuple[str, Callable[[], None]]]) -> list[Callable[[], None]]:
    named.sort(key=lambda task: _SLOWEST.index(task[0]) if task[0] in _SLOWEST else len(_SLOWEST))
    return [task for _, task in named]


def _fingerprint(*used: str) -> str:
    """All that decides which machine code is kept, and where."""
    import numba

    places = (cleaner.__file__, str(numba.config.CACHE_DIR), str(numba.config.CPU_NAME))
    versions = (cleaner.__version__, sys.version, numba.__version__)
    return hashlib.sha256("\0".join((*places, *versions, *used)).encode()).hexdigest()[:16]


def _texts() -> Any:
    import pyarrow as pa

    near = _SAMPLE.replace("twice", "again")
    return pa.array([_SAMPLE, near, _SAMPLE, "A short one."], pa.large_string())


def _screen(encoded: bytes, number: int) -> Any:
    pipeline = pipeline_of(encoded)
    return pipeline.passes.measuring[number].screen(_texts(), pipeline.wanted)


def _suspect(encoded: bytes, number: int) -> None:
    if _screen(encoded, number).any():
        _measure(encoded, number)


def _measure(encoded: bytes, number: int) -> None:
    looker = pipeline_of(encoded).passes.measuring[number]
    texts = _texts()
    measures = looker.measure(texts)
    looker.suspects(measures)
    for document, row in zip(_documents(texts), measures.to_pylist(), strict=True):
        for _ in looker.report(document, row):
            pass


def _look(encoded: bytes, number: int) -> None:
    import pyarrow as pa

    looker = pipeline_of(encoded).passes.document[number]
    texts = _texts()
    looker.screen(pa.concat_arrays([texts] * _MANY))  # a screen may treat a few texts otherwise
    for document in _documents(texts):
        for _ in looker.check(document):
            pass


def _documents(texts: Any) -> list[Document]:
    return [Document(str(at), text) for at, text in enumerate(texts.to_pylist())]


def _compare(encoded: bytes, number: int) -> None:
    import pyarrow as pa

    looker = pipeline_of(encoded).corpus[number]
    texts = _texts()
    count = len(texts)
    columns = {
        "document": pa.array(range(count), pa.int64()),
        "id": pa.array(map(str, range(count)), pa.large_string()),
        "text": texts,
        "group": pa.array(["site"] * count, pa.large_string()),
        "rank": pa.array([0.0] * count, pa.float64()),
    }
    schema = documents_schema()
    batch = pa.record_batch([columns[field.name] for field in schema], schema=schema)
    engine = LocalEngine(None)
    sketch = looker.sketch(batch)
    sketches = engine.dataset([[sketch]], sketch.schema)
    found = looker.compare(engine, engine.dataset([[batch]], schema), sketches)
    engine.count(found)
