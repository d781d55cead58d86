"""How kernels are compiled: once, kept on disk, and without what nobody calls.

numba makes three functions of each one: its code, a wrapper for Python and one for C. The wrappers
take a tenth of the time of a first run, so that they are made only where they are needed.
"""

import numba

__all__ = ["inner", "kernel"]

kernel = numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True)
"""A function that Python calls."""

inner = numba.njit(nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True)
"""A function that only kernels call: it is kept in theirs."""
