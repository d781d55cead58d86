"""Arrays that grow inside a kernel.

Loops, not slices: numba takes a second or so to compile what NumPy's broadcasting needs.
"""

from typing import Any

import numba
import numpy as np

__all__ = ["clear", "grown"]


@numba.njit(cache=True, nogil=True)
def grown(values: Any, size: Any) -> Any:
    """A longer array with the same beginning; one dimension."""
    more = np.empty(size, values.dtype)
    for at in range(len(values)):
        more[at] = values[at]
    return more


@numba.njit(cache=True, nogil=True)
def clear(values: Any, size: Any, value: Any) -> None:
    """Set the first items of an array."""
    for at in range(size):
        values[at] = value
