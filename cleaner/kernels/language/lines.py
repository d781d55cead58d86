"""Lines that are written in another script or language than the document around them.

A script needs no model: most letters of the line are of another one. Within a script, the line's
best language must beat the document's own by a log-likelihood ratio. Nearly all lines are let go
after a look at their middle; the few others are read as documents are. What does *not* live here:
what it takes to be foreign (`passes.language.lines`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.language.excerpts import SPARE, excerpt
from cleaner.kernels.language.lookup import add, look_up
from cleaner.kernels.language.ngrams import LATIN, Scores, best, score_spans
from cleaner.kernels.language.profiles import LANES, UPPER, Tables
from cleaner.kernels.language.scripts import SCRIPTS
from cleaner.kernels.text.blocks import (
    BLOCK,
    break_bits,
    count_ones,
    first_one,
    letter_bits,
    wide_bits,
)

__all__ = ["SIGNS", "Suspects", "suspect_lines"]

SAMPLE = 48
"""Bytes from the middle of a line that are read at first. Where the document's own language is the
best for them, the line is not looked at further: that is nearly every line."""
READ, WINDOWS = 300, 3
"""Characters read of any other line, in three windows of a longer one."""
SIGNS = 25
"""Letters for each sign of code, and three of four characters letters: less is no prose."""
FEW = 2
"""Bytes of a line that is not looked at."""

_STRANGE = np.zeros(128, np.bool_)
_STRANGE[[ord(char) for char in "{}<>=_|\\`$#[]"]] = True
_HAN = SCRIPTS.index("Han")
_SAMPLED = np.uint64((1 << SAMPLE) - 1)
_ALL, _NONE = np.uint64((1 << 64) - 1), np.uint64(0)
_COLUMNS = 8


class Suspects(NamedTuple):
    """Lines of n texts that may be foreign, in their order.

    Attributes:
        text: int64[m], which text.
        start: int64[m], bytes.
        stop: int64[m].
        written: int64[m], characters that are no space.
        plain: int64[m], letters of words that start with a small one, or with one without case.
        capital: int64[m], letters of words that start with a capital.
        strange: int64[m], signs that stand in code only.
        closed: int64[m], whether the line ends as a sentence does, or lists three things or more:
            it is no title then.
        scores: of the m lines, each read by itself.
    """

    text: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    written: npt.NDArray[np.int64]
    plain: npt.NDArray[np.int64]
    capital: npt.NDArray[np.int64]
    strange: npt.NDArray[np.int64]
    closed: npt.NDArray[np.int64]
    scores: Scores


def suspect_lines(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    tables: Tables,
    deciders: npt.NDArray[np.uint8],
    lanes: npt.NDArray[np.int8],
    letters: int,
) -> Suspects:
    """Find lines whose middle does not look like their document, and read them.

    Args:
        data: bytes, as from `ngrams.buffers`.
        offsets: of the texts.
        tables: from `profiles`.
        deciders: uint8[n], script of each document; 0 passes it over.
        lanes: int8[n], lane of its language, -1 where only scripts shall be compared.
        letters: how few a line of the same script may have.
    """
    found = np.empty((64 + len(data) // 1000, _COLUMNS), np.int64)
    # Made here, because numba takes a quarter of a second to compile what makes an array.
    sizes = (READ + 2 * WINDOWS + SPARE, SAMPLE, LANES, 3)
    points, rows, sums, grams = (np.zeros(size, np.int32) for size in sizes)
    room = (points, rows, np.zeros(SAMPLE + 2, np.uint32), sums, grams)
    while True:
        total: Any = _suspect_lines(data, offsets, tables, deciders, lanes, letters, *room, found)
        if total <= len(found):
            break
        found = np.empty((total, _COLUMNS), np.int64)
    columns = np.ascontiguousarray(found[:total].T)
    columns.flags.writeable = False  # as Arrow's offsets are, or numba would compile twice
    text, start, stop, written, plain, capital, strange, closed = columns
    scores = score_spans(data, start, stop, tables, READ, WINDOWS)
    return Suspects(text, start, stop, written, plain, capital, strange, closed, scores)


@inner
def _end(data: Any, at: Any, end: Any) -> tuple[Any, Any]:
    """Where a line ends, and whether all of it is ASCII."""
    wide = _NONE
    while at < end and at + BLOCK <= len(data):
        breaks, some = break_bits(data, at), wide_bits(data, at)
        size = min(first_one(breaks), end - at)
        if size < BLOCK:
            return at + size, not (wide or some & ~(_ALL << np.uint64(size)))
        wide |= some
        at += BLOCK
    while at < end and data[at] != 0x0A and data[at] != 0x0D:
        wide |= np.uint64(data[at] & 0x80)
        at += 1
    return at, not wide


@kernel
def _suspect_lines(
    data: Any,
    offsets: Any,
    tables: Any,
    deciders: Any,
    lanes: Any,
    least: Any,
    points: Any,
    rows: Any,
    kinds: Any,
    sums: Any,
    grams: Any,
    found: Any,
) -> Any:
    total = 0
    for i in range(len(offsets) - 1):
        start, end = offsets[i], offsets[i + 1]
        decider, own = np.int64(deciders[i]), np.int64(lanes[i])
        while start < end and decider:
            stop, plain = _end(data, start, end)
            if start == offsets[i] and stop == end:
                break  # a document of one line has nothing to differ from
            # In a document of Latin letters, so few others cannot be foreign.
            few = least if decider == LATIN and plain else FEW
            if stop - start >= few:
                first, last = start, stop
                if stop - start > SAMPLE:
                    first += (stop - start - SAMPLE) >> 1
                    last = first + SAMPLE
                size = excerpt(data, first, last, np.int64(SAMPLE), np.int64(1), points)
                letters = same = np.int64(0)
                if plain and decider == LATIN and first + BLOCK <= len(data):
                    letters = count_ones(
                        letter_bits(data, first) & _SAMPLED >> np.uint64(SAMPLE - size)
                    )
                    same = letters
                else:
                    for j in range(size):
                        kind = (tables.traits[np.uint32(points[j])] >> 12) & 0xFF
                        letters += kind != 0
                        same += kind == decider
                at_home = same * 3 >= letters * 2 and (decider != _HAN or same == letters)
                familiar = at_home
                if at_home and own >= 0 and (letters >= least or last - first == SAMPLE):
                    look_up(points, size, tables, rows, kinds, grams)
                    add(rows, size, tables, decider == LATIN, sums)
                    familiar = best(tables.home[decider], sums) == sums[own]
                if not familiar:
                    size = excerpt(data, start, stop, np.int64(READ), np.int64(WINDOWS), points)
                    shape = _shape(points, size, tables.traits)
                    letters = shape[1] + shape[2]
                    if at_home and (letters * 4 < shape[0] * 3 or shape[3] * SIGNS > letters):
                        start = stop + 1
                        continue
                    if total < len(found):
                        found[total, 0], found[total, 1], found[total, 2] = i, start, stop
                        found[total, 3], found[total, 4], found[total, 5] = shape[0:3]
                        found[total, 6], found[total, 7] = shape[3:]
                    total += 1
            start = stop + 1
    return total


@inner
def _shape(points: Any, size: Any, traits: Any) -> Any:
    """What tells a sentence from a title and from code: from `Suspects.written` to `closed`."""
    written = plain = capital = strange = commas = 0
    inside = small = closed = False
    for j in range(size):
        c = points[j]
        trait = traits[np.uint32(c)]
        written += c > 0x20
        if (trait >> 12) & 0xFF:
            if not inside:
                small = not trait & UPPER
            plain += small
            capital += not small
            inside = True
            closed = False
        else:
            inside = inside and (c == 0x27 or c == 0x2019 or c == 0x2D)
            strange += c < 128 and _STRANGE[c]
            commas += c == 0x2C or c == 0x3B
            if c == 0x2E or c == 0x21 or c == 0x3F or c == 0x2026:
                closed = True
            elif c > 0x20 and c != 0x22 and c != 0x29 and c != 0xBB and c != 0x201D:
                closed = False
    return written, plain, capital, strange, np.int64(closed or commas > 1)
