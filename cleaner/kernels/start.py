"""How a process of ours starts faster. What does *not* live here: kernels."""

import gc
import os
import sys
from importlib.util import find_spec
from typing import Any

__all__ = ["collect_rarely", "threads", "without_blas", "without_threads"]

_YOUNG = 50_000
"""New objects after which the interpreter looks for garbage; 700 unless told."""


def collect_rarely() -> None:
    """Have the interpreter look for garbage in cycles less often. Only for processes that are ours.

    Libraries and rule packs are half a million objects, all of them needed, and looking through
    them again and again while they are made was a sixth of the start.
    """
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


def without_threads() -> None:
    """Keep libraries from starting threads when they are imported, and to one allocator.

    No kernel multiplies matrices, and Arrow's spare allocator can do without. A process of one
    thread can fork, and its workers have libraries and kernels from the first moment on. Only for
    processes that are ours, before NumPy and Arrow are imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    # Arrow's own allocator keeps what it once had beside what NumPy's has: a tenth of a worker.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def threads() -> int | None:
    """How many threads this process has; None where the system does not say (not Linux)."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 -- names are enough
    except OSError:
        return None


def without_blas() -> None:
    """Load numba's arrays without SciPy's linear algebra, which takes a third of a second.

    numba looks for BLAS when it is loaded, and again for each `np.dot` that it compiles; no kernel
    here multiplies matrices. Somebody else's kernels may: for those it is there as before.
    """
    name = "scipy.linalg.cython_blas"
    if name in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    modules: dict[str, Any] = sys.modules
    modules[name] = None  # the import of it fails at once
    try:
        from numba.np import arraymath
    finally:
        del modules[name]
    arraymath._HAVE_BLAS = find_spec("scipy") is not None  # noqa: SLF001 -- what it would have found
