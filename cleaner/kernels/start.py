"""How a process of ours loads numba faster. What does *not* live here: kernels."""

import sys
from typing import Any

__all__ = ["without_blas"]


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
