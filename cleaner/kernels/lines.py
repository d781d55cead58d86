"""Lines that are written in another script or language than the document around them.

A script needs no model: most letters of the line are of another one. Within a script, the line's
best language must beat the document's own by a log-likelihood ratio. The kernel counts for a whole
batch and writes details only where it is given room, since nearly every document has none.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cleaner.kernels.excerpts import excerpt, inner, prepare
from cleaner.kernels.ngrams import LATIN, add, fold, look_up
from cleaner.kernels.profiles import LANES, Tables
from cleaner.kernels.scripts import SCRIPTS

__all__ = ["FOUND_COLUMNS", "Limits", "foreign_lines"]

FIRST, FIRST_WINDOWS = 120, 2
"""Characters read of a line at first. Where the document's own language is the best for them, the
line is not looked at further: that is nearly every line, and half of the time is saved."""
READ, WINDOWS = 300, 3
"""Characters read of any other line, in three windows of a longer one."""
ROOM = READ + 2 * WINDOWS

FOUND_COLUMNS = ("document", "start", "end", "script", "lane", "ratio", "letters")
"""Of a found line: row, bytes, script, lane of its language or -1, millinats, letters."""

_KINDS = len(SCRIPTS)
_HAN, _HIRAGANA = SCRIPTS.index("Han"), SCRIPTS.index("Hiragana")
_KATAKANA = SCRIPTS.index("Katakana")


class Limits(NamedTuple):
    """What it takes to be foreign.

    Attributes:
        ratio: int32[2, LANES, LANES], millinats by which a line's language (last axis) must beat
            the document's (middle axis), block by block.
        letters: how few letters a line of another language may have.
        per_letter: millinats by which it must do so for each letter: names and part numbers
            reach a sum, but no density.
        script_letters: how few letters a line of another script may have.
        latin_letters: the same for a line in Latin letters.
    """

    ratio: npt.NDArray[np.int32]
    letters: int
    per_letter: int
    script_letters: int
    latin_letters: int


def foreign_lines(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    tables: Tables,
    limits: Limits,
    deciders: npt.NDArray[np.uint8],
    lanes: npt.NDArray[np.int8],
    room: int = 0,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Count foreign lines of each text, and describe the first `room` of all.

    Args:
        data: bytes, as from `ngrams.buffers`.
        offsets: of the texts.
        tables: from `profiles`.
        limits: thresholds.
        deciders: uint8[n], script of each document; 0 passes it over.
        lanes: int8[n], lane of its language, -1 where only scripts shall be compared.
        room: how many lines to describe.

    Returns:
        int32[n] and int64[found, len(FOUND_COLUMNS)].
    """
    counts = np.zeros(len(offsets) - 1, np.int32)
    found = np.zeros((room, len(FOUND_COLUMNS)), np.int64)
    total: Any = _foreign_lines(data, offsets, tables, limits, deciders, lanes, counts, found)
    return counts, found[: min(total, room)]


@numba.njit(cache=True, nogil=True)
def _foreign_lines(
    data: Any,
    offsets: Any,
    tables: Any,
    limits: Any,
    deciders: Any,
    lanes: Any,
    counts: Any,
    found: Any,
) -> Any:
    points = np.empty(ROOM, np.int32)
    rows = np.empty(ROOM + 1, np.int32)
    seen = np.empty(_KINDS, np.int32)
    sums = np.empty(LANES, np.int32)
    grams = np.empty(3, np.int32)
    total = 0
    for i in range(len(offsets) - 1):
        start, end = offsets[i], offsets[i + 1]
        while start < end and deciders[i]:
            stop = start
            while stop < end and data[stop] != 0x0A and data[stop] != 0x0D:
                stop += 1
            if start == offsets[i] and stop == end:
                break  # a document of one line has nothing to differ from
            script, lane, ratio, letters = 0, -1, 0, 0
            limit, windows = np.int64(FIRST), np.int64(FIRST_WINDOWS)
            while stop - start >= limits.script_letters:
                size = excerpt(data, start, stop, limit, windows, points)
                size = prepare(points, size, tables.vietnamese)
                size, script, decider, _, _ = fold(
                    points, size, tables.traits, tables.lowered, seen
                )
                letters = seen[script]
                if script == 0 or script == deciders[i]:
                    decider = deciders[i]
                if decider == _HIRAGANA:
                    letters = seen[_HAN] + seen[_HIRAGANA] + seen[_KATAKANA]
                if decider == _HAN and deciders[i] == _HIRAGANA:
                    script = 0  # Japanese is written in Han, too
                    break
                if decider != deciders[i]:
                    every = 0
                    for kind in range(_KINDS):
                        every += seen[kind]  # with the Latin ones that were dropped
                    least, share = limits.script_letters, 5
                    if decider == LATIN:
                        # Every language has Latin names and brands in its lines.
                        least, share = limits.latin_letters, 9
                    if letters < least or letters * 10 < every * share:
                        script = 0
                    break
                best = -1
                if lanes[i] >= 0 and letters >= limits.letters and _is_prose(points, size, letters):
                    size = look_up(points, size, tables, rows, grams)
                    add(rows, size, tables, decider == LATIN, sums)
                    for other in range(LANES):
                        if tables.home[decider, other] and (best < 0 or sums[other] > sums[best]):
                            best = other
                if best < 0 or best == lanes[i]:
                    script = 0
                    break
                if limit == READ:
                    block = 0 if decider == LATIN else 1
                    lane, ratio = best, sums[best] - sums[lanes[i]]
                    least = max(limits.ratio[block, lanes[i], best], limits.per_letter * letters)
                    if ratio < least:
                        script = 0
                    break
                limit, windows = np.int64(READ), np.int64(WINDOWS)
            if script:
                counts[i] += 1
                if total < len(found):
                    found[total, 0], found[total, 1], found[total, 2] = i, start, stop
                    found[total, 3], found[total, 4], found[total, 5] = script, lane, ratio
                    found[total, 6] = letters
                total += 1
            start = stop + 1
    return total


@inner
def _is_prose(points: Any, size: Any, letters: Any) -> Any:
    """Whether four of five characters that are no space are letters: code and tables have fewer."""
    spaces = 0
    for i in range(size):
        spaces += points[i] == 0x20 or points[i] == 0x09
    return letters * 5 >= (size - spaces) * 4
