"""Boosted trees as flat arrays, and the best sequence of two labels: integer sums throughout.

What does *not* live here: where the trees come from (`passes.webtext.model`).
"""

from typing import Any

import numba as nb
import numpy as np

__all__ = ["blame", "decode", "predict"]

_BLOCK = 32
"""Rows that go through all trees together: their features fit the first cache, as does a tree."""


@nb.njit(cache=True)
def predict(features: Any, nodes: Any, thresholds: Any, values: Any, roots: Any) -> Any:
    """Sum of the leaves that each row falls into.

    Args:
        features: float32[n, d].
        nodes: int32[k, 3]: feature (-1 for a leaf), left and right child.
        thresholds: float32[k]; at most that goes left.
        values: int32[k], of leaves and, for `blame`, of inner nodes.
        roots: int32[t].

    Returns:
        int32[n].
    """
    n = features.shape[0]
    out = np.zeros(n, np.int32)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        for t in range(roots.shape[0]):
            for i in range(start, stop):
                at = roots[t]
                feature = nodes[at, 0]
                while feature >= 0:
                    at = nodes[at, 1] if features[i, feature] <= thresholds[at] else nodes[at, 2]
                    feature = nodes[at, 0]
                out[i] += values[at]
    return out


@nb.njit(cache=True)
def blame(features: Any, nodes: Any, thresholds: Any, values: Any, roots: Any) -> Any:
    """How much each feature moved the sum, along the paths taken, added over all rows.

    Every step from a node to its child changes the mean of the training lines below; the change is
    put down to the feature that was asked (Saabas 2014). Returns int64[d].
    """
    out = np.zeros(features.shape[1], np.int64)
    for i in range(features.shape[0]):
        row = features[i]
        for t in range(roots.shape[0]):
            at = roots[t]
            while nodes[at, 0] >= 0:
                below = nodes[at, 1] if row[nodes[at, 0]] <= thresholds[at] else nodes[at, 2]
                out[nodes[at, 0]] += values[below] - values[at]
                at = below
    return out


@nb.njit(cache=True)
def decode(margins: Any, change: int) -> Any:
    """The labels with the greatest sum of margins, where every change of label costs `change`.

    Viterbi over two states; ties go to True (text stays).

    Args:
        margins: int64[n], what a line gains when it is called text.
        change: cost of a border between text and boilerplate, at least 0.

    Returns:
        bool[n]: True for text.
    """
    n = margins.shape[0]
    keep = np.ones(n, np.bool_)
    came = np.zeros((n, 2), np.bool_)  # whether the best way to this state was through text
    text = drop = np.int64(0)
    for i in range(n):
        came[i, 1] = text >= drop - change
        came[i, 0] = text - change >= drop
        text, drop = max(text, drop - change) + margins[i], max(drop, text - change)
    state = text >= drop
    for i in range(n - 1, -1, -1):
        keep[i] = state
        state = came[i, 1] if state else came[i, 0]
    return keep
