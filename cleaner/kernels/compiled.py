"""How kernels are compiled: once, kept on disk, and without what nobody calls.

numba makes three functions of each one: its code, a wrapper for Python and one for C. The wrappers
take a tenth of the time of a first run, so that they are made only where they are needed. Nor are
references counted where no array is made: arrays belong to whoever calls a kernel, as long as it
runs. That took another fifth.
"""

from collections.abc import Callable
from typing import Any

import numba
from numba.core import caching
from numba.core.cpu import CPUTargetOptions
from numba.core.runtime import rtsys

from cleaner.kernels.compiler import InnerCompiler, KernelCompiler
from cleaner.kernels.start import without_blas

__all__ = ["inlined", "inner", "kernel", "making", "making_inner"]

# Without numba's runtime (NRT), as on a GPU. What has need of it is refused, but for one thing: an
# `inner` function must not return a tuple of arrays to one that counts, which would give them up.
_UNCOUNTED = {"_nrt": False} if hasattr(CPUTargetOptions, "_nrt") else {}
_INNER = {
    "nogil": True,
    "no_cfunc_wrapper": True,
    "no_cpython_wrapper": True,
    "pipeline_class": InnerCompiler,
}
_KERNEL = {
    "cache": True,
    "nogil": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": KernelCompiler,
}

inner = numba.njit(**_INNER, **_UNCOUNTED)
"""A function that only kernels call: it is kept in theirs."""

making_inner = numba.njit(**_INNER)
"""One that makes arrays."""

inlined = numba.njit(**_INNER, **_UNCOUNTED, inline="always")
"""One that takes many arrays: to hand them over costs more than what a call for a line does."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, or load it from the disk; it makes no arrays."""
    return _kept(numba.njit(**_KERNEL, **_UNCOUNTED)(function), function)


def making(function: Callable[..., Any]) -> Any:
    """Compile one that makes arrays, or returns some."""
    return _kept(numba.njit(**_KERNEL)(function), function)


def _kept(made: Any, function: Callable[..., Any]) -> Any:
    if hasattr(made, "_cache") and hasattr(caching.FunctionCache, "_load_overload"):
        made._cache = _Kept(function)  # noqa: SLF001 -- numba has no other place for it
    return made


class _Kept(caching.FunctionCache):  # type: ignore[misc]  # numba has no types
    """Machine code on disk, loaded without all that compiling needs.

    Before it looks on the disk numba loads what it knows about functions of Python and NumPy,
    which takes a quarter of a second in each process. Machine code needs its memory manager only;
    where nothing is kept yet, the compiler loads the rest itself.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        kept = None
        with self._guard_against_spurious_io_errors():
            kept = self._load_overload(sig, target_context)
        if kept is None:  # it will be compiled now
            without_blas()
        return kept
