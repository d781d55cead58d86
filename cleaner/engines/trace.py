"""Which document a worker is looking at, so that a death or a hang costs one document.

Before each document, code that runs a pass calls `at`; the engine reads the last key of a worker
that died or stands still, and runs the task again with that key in `poisoned`.
"""

from collections.abc import Iterable
from typing import Any

__all__ = ["NOWHERE", "at", "clear", "poisoned", "reading", "share", "tick"]

NOWHERE = -1
"""No document is being looked at."""

_shared: Any = None
_poisoned: frozenset[int] = frozenset()


def share(memory: Any) -> None:
    """Say where to report: an array of two int64 in shared memory, (key, number of reports)."""
    global _shared  # noqa: PLW0603 -- one per worker process, set once at its start
    _shared = memory


def reading(file: int) -> int:
    """The key of a file of a task while it is read and its documents have none yet."""
    return NOWHERE - 1 - file


def at(key: int) -> None:
    """A document begins."""
    if _shared is not None:
        _shared[0] = key
        _shared[1] += 1


def tick() -> None:
    """Something else than a document was done: the worker is alive."""
    if _shared is not None:
        _shared[0] = NOWHERE
        _shared[1] += 1


def clear(keys: Iterable[int] = ()) -> None:
    """Start a task in which these keys must not be looked at."""
    global _poisoned  # noqa: PLW0603 -- the same
    _poisoned = frozenset(keys)
    tick()


def poisoned() -> frozenset[int]:
    """Documents that killed a worker before."""
    return _poisoned
