"""Arrays that grow inside a kernel.

Loops, not slices: numba takes a second or so to compile what NumPy's broadcasting needs.
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner, making_inner

__all__ = ["clear", "grown"]


@making_inner
def grown(values: Any, size: Any) -> Any:
    """A longer array with the same beginning; one dimension."""
    more = np.empty(size, values.dtype)
    for at in range(len(values)):
        more[at] = values[at]
    return more


@inner
def clear(values: Any, size: Any, value: Any) -> None:
    """Set the first items of an array."""
    for at in range(size):
        values[at] = value
