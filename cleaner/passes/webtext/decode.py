"""From scores to which lines stay: a threshold of the document's own, then a best sequence.

What does *not* live here: where the scores come from (`model`), findings (`lines`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.webtext.trees import decode
from cleaner.passes.webtext.model import SCALE, WHOLE, LineModel, Lines

__all__ = ["keep", "settle"]

Array = npt.NDArray[Any]

MIN_LINES = 8
"""Shorter texts are no pages: there is nothing around a line to judge it by."""
CHANGE = SCALE
"""Cost of a border between text and boilerplate (chosen by cross-validation over sites)."""
CAUTION = 0.95
"""Cut below this part of the threshold that would give the best expected F1: text lost is worse."""
MIN_CUT = 0.02
"""If less than this share of the words would go, the text is clean enough: nothing goes."""
MIN_KEPT = 0.03
"""If no more than this share of the words would stay, the model found no text: nothing goes."""


def keep(model: LineModel, margins: Array, words: Array) -> Array:
    """Say which lines stay.

    With probabilities p and word counts w, keeping what lies above a threshold has the expected F1
    2 Σ(kept) pw / (Σ(kept) w + Σ pw); the threshold that maximises it is half of that maximum
    (Lipton et al. 2014). So a page on which the model is sure is cut at one half, and a page where
    it is in doubt lower: little goes.

    Args:
        model: for its table of probabilities.
        margins: int32[n], log-odds times `SCALE`.
        words: integer[n].

    Returns:
        bool[n]; all True where the text is to be left alone.
    """
    everything = np.ones(len(margins), np.bool_)
    total = int(words.sum())
    if len(margins) < MIN_LINES or total == 0:
        return everything
    bins = model.bins(margins)
    size = len(model.chances)
    # Integers up to 2**53 are exact in float64, so the order of addition cannot matter.
    mass = np.bincount(bins, words, size)[::-1].cumsum()
    hits = np.bincount(bins, words * model.chances[bins].astype(np.int64), size)[::-1].cumsum()
    hits /= WHOLE
    best = float((2 * hits / np.maximum(mass + hits[-1], 1e-9)).max())
    bias = model.margin_of(CAUTION * best / 2)
    kept: Array = decode(margins.astype(np.int64) - bias, CHANGE)
    left = int(words[kept].sum())
    if total - left < MIN_CUT * total or left <= MIN_KEPT * total:
        return everything
    return kept


def settle(model: LineModel, lines: Lines) -> list[tuple[Array, Array, Array]]:
    """Cut and look again, until nothing more would go: cleaning twice is cleaning once.

    Each round takes at least `MIN_CUT` of the words that are left, so the work is bounded by a
    multiple of the first round's; most pages need one.

    Returns:
        For each round, the rows that go (int64[k]), their margins (int32[k]) and their features
        (float32[k, d]).
    """
    rows = np.arange(len(lines))
    rounds: list[tuple[Array, Array, Array]] = []
    while True:
        margins, features = model.score(lines, rows)
        kept = keep(model, margins, lines.counts[rows, 2])
        if kept.all():
            return rounds
        rounds.append((rows[~kept], margins[~kept], features[~kept]))
        rows = rows[kept]
