"""A pool of processes that the parent can kill, and that survives its workers.

Only a process is a bound: no signal interrupts C code that never looks. A worker that dies, or
reports nothing for `PATIENCE` seconds, is replaced, and its task runs again without the document
it was looking at. Results come back as small values; data goes through files.
"""

import contextlib
import gc
import multiprocessing
import os
import sys
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType
from typing import Any

from cleaner.engines import trace
from cleaner.kernels.start import threads
from cleaner.model import CleanerError

__all__ = ["PATIENCE", "Crashed", "Idle", "run_tasks"]

PATIENCE = 120.0
"""Seconds without a sign of life after which a worker counts as hanging on its document."""
_DEATHS = 50
"""Documents of one task that may kill a worker before the run is given up."""

_BREATH = 0.02
"""Seconds a worker waits for the next task before it tidies up."""
_KEPT = 16 << 20
"""Bytes by which a worker may grow before it tidies up between two calls of `run_tasks`. Tasks of
one call do the same, and what one gave up the next would ask for again: a tenth of a run."""

Task = Callable[[], Any]


class Crashed(CleanerError):  # noqa: N818 -- a CleanerError already says that it is one
    """A task died without looking at a document: nothing can be left out to save it."""


def _serve(pipe: Connection, memory: Any, path: list[str], foreign: list[Connection]) -> None:
    """The life of a worker: take a task, answer with its value or its error.

    Args:
        pipe: where tasks come from.
        memory: see `trace.share`.
        path: where modules are found.
        foreign: the parent's ends of pipes that a forked process has too; while anyone holds
            one, its worker would outlive a parent that is killed.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    for other in foreign:
        other.close()
    sys.path[:] = path
    gc.freeze()  # libraries and rules stay for ever: looking for garbage among them takes long
    trace.share(memory)
    level = _own()
    while True:
        try:
            if not pipe.poll(_BREATH):
                _give_back()
            number, task, poisoned, fresh = pipe.recv()
        except (EOFError, OSError):
            return
        if fresh:
            level = _tidy(level)
        trace.clear(poisoned)
        answer: tuple[int, Any, Exception | None]
        try:
            answer = (number, task(), None)
        except CleanerError as error:
            answer = (number, None, error)
        except Exception as error:  # noqa: BLE001 -- reported to the parent, with its place
            import traceback

            place = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
            answer = (number, None, RuntimeError(text))
        trace.tick()  # a death from here on is not the last document's
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return


def _own() -> int:
    """Bytes of memory that is no file's; 0 where the system does not say (not Linux)."""
    try:
        resident, shared = map(int, Path("/proc/self/statm").read_bytes().split()[1:3])
    except OSError:
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def _tidy(level: int) -> int:
    """Give memory back if much more is owned than after the last time; the new level if so."""
    if _own() <= level + _KEPT:
        return level
    _give_back()
    return _own()


def _give_back() -> None:
    """Return freed memory to the system: allocators keep the most that any task ever needed.

    Only while there is nothing to do, or when it is much: the next task may need it again, and the
    system hands out pages one by one, at a price that a short task notices.
    """
    import ctypes

    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)  # glibc; others have no such function


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program that runs us: a worker imports ours only.

    Otherwise a new process would run the caller's script once more, up to its `__main__` guard, and
    fail where the script came from standard input.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _context() -> Any:
    """How to start a process.

    A fork has all libraries and kernels at once, which is a second less for each worker, but only
    a process without other threads may fork: the locks they hold would stay locked for ever.
    """
    if os.name != "posix":
        return multiprocessing.get_context("spawn")
    if threads() == 1:
        return multiprocessing.get_context("fork")
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cleaner.engines.workers"])
    return context


class _Worker:
    def __init__(self, others: Sequence["_Worker"]) -> None:
        context = _context()
        self.memory = context.Array("q", 2, lock=False)
        self.pipe, theirs = context.Pipe()
        foreign = [self.pipe, *(other.pipe for other in others)]
        if context.get_start_method() != "fork":
            foreign = []
        self.process = context.Process(
            target=_serve, args=(theirs, self.memory, list(sys.path), foreign), daemon=True
        )
        with _without_main():
            self.process.start()
        theirs.close()
        self.number: int | None = None
        self.fresh = True  # has done nothing for this call of `run_tasks`
        self.seen = (0, time.monotonic())

    def give(self, number: int, task: Task, poisoned: Sequence[int]) -> None:
        self.number = number
        self.seen = (self.memory[1], time.monotonic())
        self.pipe.send((number, task, tuple(poisoned), self.fresh))
        self.fresh = False

    def hangs(self) -> bool:
        if self.memory[1] != self.seen[0]:
            self.seen = (self.memory[1], time.monotonic())
        return time.monotonic() - self.seen[1] > PATIENCE

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


class Idle:
    """Workers between two calls of `run_tasks`.

    A fresh worker imports libraries and loads kernels for a second or two; a run makes a dozen
    calls, and most of them have less to do than that.
    """

    def __init__(self) -> None:
        self.workers: list[_Worker] = []
        weakref.finalize(self, _stop, self.workers)

    def stop(self) -> None:
        """End all of them."""
        _stop(self.workers)


def _stop(workers: list[_Worker]) -> None:
    while workers:
        workers.pop().stop()


def run_tasks(
    tasks: Sequence[Task],
    jobs: int,
    done: Callable[[int, Any], None] = lambda _n, _v: None,
    idle: Idle | None = None,
) -> list[Any]:
    """Run tasks (picklable callables without arguments) and return their values in order.

    Args:
        tasks: what to run.
        jobs: workers.
        done: called with each finished task's number and value.
        idle: workers to begin with; those that are well at the end go back there.

    Raises:
        CleanerError: the first one a task raised; `Crashed` where a worker died outside of any
            document, twice.
    """
    pool = _Pool(tasks, jobs)
    if idle is not None:
        pool.workers, idle.workers[:] = idle.workers[:], []
    try:
        while pool.open:
            pool.feed()
            for number, value in pool.collect():
                done(number, value)
        if idle is not None:
            idle.workers[:], pool.workers = pool.workers, []
            for worker in idle.workers:
                worker.fresh = True  # for the next call
    finally:
        pool.stop()
    return pool.results


class _Pool:
    """The workers of one call, the tasks that wait, and the documents that killed a worker."""

    def __init__(self, tasks: Sequence[Task], jobs: int) -> None:
        self.tasks = tasks
        self.jobs = jobs
        self.results: list[Any] = [None] * len(tasks)
        self.open = len(tasks)
        self.queue = deque(range(len(tasks)))
        self.workers: list[_Worker] = []
        self.poisoned: dict[int, list[int]] = {}
        self.deaths: Counter[int] = Counter()

    def feed(self) -> None:
        """Give every idle worker a task; start workers while there are tasks for them."""
        while self.queue and len(self.workers) < self.jobs:
            # All of them, even for fewer tasks: later, Arrow has threads, and nothing can fork.
            self.workers.append(_Worker(self.workers))
        for worker in self.workers:
            if worker.number is None and self.queue:
                number = self.queue.popleft()
                worker.give(number, self.tasks[number], self.poisoned.get(number, ()))

    def collect(self) -> Iterator[tuple[int, Any]]:
        """Wait a moment; yield what was finished, and bury who died or hangs."""
        busy = [worker for worker in self.workers if worker.number is not None]
        ready = set(wait([worker.pipe for worker in busy], timeout=1.0))
        for worker in busy:
            if worker.pipe not in ready:
                if worker.hangs():
                    self.bury(worker, "hung")
                continue
            try:
                number, value, error = worker.pipe.recv()
            except (EOFError, OSError):
                self.bury(worker, "died")
                continue
            if error is not None:
                raise error
            self.results[number] = value
            worker.number = None
            self.open -= 1
            yield number, value

    def bury(self, worker: _Worker, how: str) -> None:
        """Replace a worker; queue its task again without the document it was looking at."""
        number, key = worker.number, worker.memory[0]
        worker.stop()
        self.workers.remove(worker)
        if number is None:
            return
        self.deaths[number] += 1
        culprits = self.poisoned.setdefault(number, [])
        if key != trace.NOWHERE and key not in culprits:
            culprits.append(key)
        elif self.deaths[number] > 1:
            raise Crashed(
                f"a worker {how} twice outside of any document; try a smaller -j or more memory"
            )
        if len(culprits) > _DEATHS:
            raise Crashed(f"workers {how} on {len(culprits)} documents; the last has key {key}")
        self.queue.appendleft(number)

    def stop(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.stop()
