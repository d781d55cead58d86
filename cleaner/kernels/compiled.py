"""How kernels are compiled: once, kept on disk, and without what nobody calls.

numba makes three functions of each one: its code, a wrapper for Python and one for C. The wrappers
take a tenth of the time of a first run, so that they are made only where they are needed.
"""

from collections.abc import Callable
from typing import Any

import numba
from numba.core import caching
from numba.core.runtime import rtsys

from cleaner.kernels.compiler import InnerCompiler, KernelCompiler
from cleaner.kernels.start import without_blas

__all__ = ["inlined", "inner", "kernel"]

inner = numba.njit(
    nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True, pipeline_class=InnerCompiler
)
"""A function that only kernels call: it is kept in theirs."""

inlined = numba.njit(
    nogil=True,
    no_cfunc_wrapper=True,
    no_cpython_wrapper=True,
    inline="always",
    pipeline_class=InnerCompiler,
)
"""One that takes many arrays: to hand them over costs more than what a call for a line does."""

_compile = numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True, pipeline_class=KernelCompiler)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, or load it from the disk."""
    made = _compile(function)
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
