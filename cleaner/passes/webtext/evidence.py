"""Why the model called a stretch of lines boilerplate, for a person to read.

What does *not* live here: the decision itself (`decode`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.webtext.features import loudest_words
from cleaner.kernels.webtext.trees import blame
from cleaner.passes.webtext.features import NAMES
from cleaner.passes.webtext.model import SCALE, WHOLE, LineModel, Lines, Trees, as_codes

__all__ = ["describe"]

Array = npt.NDArray[Any]

_LINES = 50
"""So many lines of a stretch are asked for their reasons."""
_TOP = 4
"""So many features are named."""
_WORDS = 4
"""So many words are shown, each of at most `_LONGEST` characters."""
_LONGEST = 30


def describe(
    model: LineModel, text: str, lines: Lines, rows: Array, margins: Array, features: Array
) -> dict[str, object]:
    """Evidence of one stretch of consecutive lines.

    Args:
        model: that judged them.
        text: of the document.
        lines: of the document.
        rows: int64[n], the lines of the stretch.
        margins: int32[n].
        features: float32[n, d].

    Returns:
        `lines`, their number; `score`, their mean chance of being boilerplate; `features`, the few
        that spoke loudest, in log-odds of boilerplate for the mean line (negative: for text), with
        their mean values; `around`, what the scores of other lines added; `words` that speak most
        for boilerplate; `model`, which one it was.
    """
    chances = model.chances[model.bins(margins)].astype(np.int64)
    some = np.ascontiguousarray(features[:_LINES])
    first = np.ascontiguousarray(some[:, : len(NAMES)])
    said = _blame(model.first, first)
    around = _blame(model.second, some)[len(NAMES) + 1 :].sum()
    loudest = sorted(range(len(NAMES)), key=lambda at: (-abs(said[at]), at))[:_TOP]
    means = first.astype(np.float64).mean(axis=0)
    return {
        "lines": len(rows),
        "score": round(1 - int(chances.sum()) / len(rows) / WHOLE, 3),
        "features": [
            {
                "name": NAMES[at],
                "value": round(float(means[at]), 2),
                "contribution": round(-float(said[at]), 2),
            }
            for at in loudest
            if said[at]
        ],
        "around": round(-float(around), 2),
        "words": _words(model, text, lines, rows[:_LINES]),
        "model": model.digest,
    }


def _words(model: LineModel, text: str, lines: Lines, rows: Array) -> list[str]:
    """The words of a stretch that speak most for boilerplate, the loudest first."""
    low, high = int(rows[0]), int(rows[-1])
    start, end = int(lines.spans[low, 0]), int(lines.spans[high, 1])
    found = loudest_words(
        as_codes(text[start:end]),
        model.classes,
        lines.tokens[lines.offsets[low] : lines.offsets[high + 1]],
        model.weights,
        model.bits,
        _WORDS,
    )
    return [text[start + at : start + min(to, at + _LONGEST)] for at, to, _ in found.tolist()]


def _blame(trees: Trees, features: Array) -> Array:
    """float64[d], log-odds of text that each feature added to the mean line."""
    said = blame(features, trees.nodes, trees.thresholds, trees.values, trees.roots)
    out: Array = said / (SCALE * len(features))
    return out
