"""How a process of ours starts faster. What does *not* live here: kernels."""

import os
import sys
from typing import Any

__all__ = ["threads", "without_blas", "without_threads"]


def without_threads() -> None:
    """Keep libraries from starting threads when they are imported.

    No kernel multiplies matrices, and Arrow's spare allocator can do without. A process of one
    thread can fork, and its workers have libraries and kernels from the first moment on. Only for
    processes that are ours, before NumPy and Arrow are imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")


def threads() -> int | None:
    """How many threads this process has; None where the system does not say (not Linux)."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 -- names are enough
    except OSError:
        return None


def without_blas() -> None:
    """Load numba's arrays without SciPy's linear algebra, which takes a third of a second.

    numba looks for BLAS once, for `np.dot` inside kernels; no kernel here multiplies matrices. Only
    for processes that are ours: in any other, somebody else's kernels may.
    """
    name = "scipy.linalg.cython_blas"
    if name in sys.modules:
        return
    modules: dict[str, Any] = sys.modules
    modules[name] = None  # the import of it fails at once
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        del modules[name]
