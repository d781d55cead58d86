"""A pool of processes that the parent can kill, and that survives its workers.

Only a process is a bound: no signal interrupts C code that never looks. A worker that dies, or
reports nothing for `PATIENCE` seconds, is replaced, and its task runs again without the document
it was looking at. Results come back as small values; data goes through files.
"""

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from cleaner.engines import trace
from cleaner.model import CleanerError

__all__ = ["PATIENCE", "Crashed", "run_tasks"]

PATIENCE = 120.0
"""Seconds without a sign of life after which a worker counts as hanging on its document."""
_DEATHS = 50
"""Documents of one task that may kill a worker before the run is given up."""

Task = Callable[[], Any]


class Crashed(CleanerError):  # noqa: N818 -- a CleanerError already says that it is one
    """A task died without looking at a document: nothing can be left out to save it."""


def _serve(pipe: Connection, memory: Any, path: list[str]) -> None:
    """The life of a worker: take a task, answer with its value or its error."""
    import signal
    import sys

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    sys.path[:] = path
    trace.share(memory)
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            return
        number, task, poisoned = message
        trace.clear(poisoned)
        try:
            answer = (number, task(), None)
        except CleanerError as error:
            answer = (number, None, error)
        except Exception as error:  # noqa: BLE001 -- reported to the parent, with its place
            import traceback

            place = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
            answer = (number, None, RuntimeError(text))
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return


class _Worker:
    def __init__(self, context: Any) -> None:
        self.memory = context.Array("q", 2, lock=False)
        self.pipe, theirs = context.Pipe()
        import sys

        self.process = context.Process(
            target=_serve, args=(theirs, self.memory, list(sys.path)), daemon=True
        )
        self.process.start()
        theirs.close()
        self.number: int | None = None
        self.seen = (0, time.monotonic())

    def give(self, number: int, task: Task, poisoned: Sequence[int]) -> None:
        self.number = number
        self.seen = (self.memory[1], time.monotonic())
        self.pipe.send((number, task, tuple(poisoned)))

    def hangs(self) -> bool:
        if self.memory[1] != self.seen[0]:
            self.seen = (self.memory[1], time.monotonic())
        return time.monotonic() - self.seen[1] > PATIENCE

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def run_tasks(
    tasks: Sequence[Task], jobs: int, done: Callable[[int, Any], None] = lambda _n, _v: None
) -> list[Any]:
    """Run tasks (picklable callables without arguments) and return their values in order.

    Raises:
        CleanerError: the first one a task raised; `Crashed` where a worker died outside of any
            document, twice.
    """
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    if os.name == "posix":
        context.set_forkserver_preload(["cleaner.engines.workers"])
    results: list[Any] = [None] * len(tasks)
    poisoned: dict[int, list[int]] = {}
    lost: dict[int, int] = {}
    queue = deque(range(len(tasks)))
    workers: list[_Worker] = []
    open_tasks = len(tasks)
    try:
        while open_tasks:
            while queue and len(workers) < min(jobs, open_tasks):
                workers.append(_Worker(context))
            for worker in workers:
                if worker.number is None and queue:
                    number = queue.popleft()
                    worker.give(number, tasks[number], poisoned.get(number, ()))
            busy = [worker for worker in workers if worker.number is not None]
            ready = set(wait([worker.pipe for worker in busy], timeout=1.0))
            for worker in busy:
                if worker.pipe in ready:
                    try:
                        number, value, error = worker.pipe.recv()
                    except (EOFError, OSError):
                        _bury(worker, workers, queue, poisoned, lost, "died")
                        continue
                    if error is not None:
                        raise error
                    results[number] = value
                    worker.number = None
                    open_tasks -= 1
                    done(number, value)
                elif worker.hangs():
                    _bury(worker, workers, queue, poisoned, lost, "hung")
    finally:
        for worker in workers:
            worker.stop()
    return results


def _bury(
    worker: _Worker,
    workers: list[_Worker],
    queue: deque[int],
    poisoned: dict[int, list[int]],
    lost: dict[int, int],
    how: str,
) -> None:
    """Replace a worker and queue its task again, without the document it was looking at."""
    number = worker.number
    if number is None:  # pragma: no cover -- only busy workers are waited for
        return
    key = worker.memory[0]
    worker.stop()
    workers.remove(worker)
    lost[number] = lost.get(number, 0) + 1
    culprits = poisoned.setdefault(number, [])
    if key != trace.NOWHERE and key not in culprits:
        culprits.append(key)
    elif lost[number] > 1:
        raise Crashed(
            f"a worker {how} twice outside of any document; try a smaller -j or more memory"
        )
    if len(culprits) > _DEATHS:
        raise Crashed(f"workers {how} on {len(culprits)} documents; the last has key {key}")
    queue.appendleft(number)
