"""Why the model called a stretch of lines boilerplate, for a person to read.

What does *not* live here: the decision itself (`decode`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.linetrees import blame
from cleaner.passes.webtext.features import NAMES, SECOND
from cleaner.passes.webtext.model import SCALE, WHOLE, LineModel, Trees

__all__ = ["describe"]

Array = npt.NDArray[Any]

_LINES = 50
"""So many lines of a stretch are asked for their reasons."""
_TOP = 4
"""So many features are named."""


def describe(model: LineModel, margins: Array, features: Array) -> dict[str, object]:
    """Evidence of one stretch of consecutive lines.

    Returns:
        `lines`, their number; `score`, their mean chance of being boilerplate; `features`, the few
        that spoke loudest, in log-odds of boilerplate for the mean line (negative: spoke for text),
        with their mean values; `model`, which one it was.
    """
    chances = model.chances[model.bins(margins)].astype(np.int64)
    some = np.ascontiguousarray(features[:_LINES])
    first = np.ascontiguousarray(some[:, : len(NAMES)])
    said = _blame(model.second, some)
    # What the second stage takes from the line's own first score goes to that score's reasons.
    own = said[len(NAMES)]
    said[len(NAMES)] = 0
    reasons = _blame(model.first, first)
    whole = float(np.abs(reasons).sum())
    if whole:
        said[: len(NAMES)] += reasons * (abs(own) / whole)
    names = (*NAMES, *SECOND)
    loudest = sorted(range(len(names)), key=lambda at: (-abs(said[at]), at))[:_TOP]
    return {
        "lines": len(margins),
        "score": round(1 - int(chances.sum()) / len(margins) / WHOLE, 3),
        "features": [
            {
                "name": names[at],
                "contribution": round(-float(said[at]), 3),
                "value": round(float(some[:, at].astype(np.float64).mean()), 3),
            }
            for at in loudest
            if said[at]
        ],
        "model": model.digest,
    }


def _blame(trees: Trees, features: Array) -> Array:
    """float64[d], log-odds of text that each feature added to the mean line."""
    said = blame(features, trees.nodes, trees.thresholds, trees.values, trees.roots)
    out: Array = said / (SCALE * len(features))
    return out
