"""The runs of ASCII letters of a text, as the screen for slips reads them.

What does *not* live here: what stands between two runs (`slipgaps`), which of them may be slips
(`slipscreens`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner
from cleaner.kernels.quality import slips as s
from cleaner.kernels.quality.slipgaps import INDIRECT, SIGN, UNSURE, WORDLIKE, gap, marks
from cleaner.kernels.text.blocks import BLOCK, first_one, last_ones, leading_ones, letter_bits
from cleaner.kernels.text.eights import load

__all__ = ["BEFORE", "CAPITAL", "FLAGS", "Runs", "eight_of", "read_runs", "run_end"]

CAPITAL = 1 << 27
"""Beside the kinds of words of `slipwords`: some of the first letters of a run are capitals."""
FLAGS = 28
"""Where flags of the gap before a run are in the number that describes it."""
BEFORE = 3
"""Runs before the first one of a text, which are nothing."""
_LONG_LINE, _PROSE = 20, 60
"""Words and characters of a line, from `statistics`: more bytes or words are counted here."""

_CASE, _ALL = np.uint64(0x2020202020202020), np.uint64((1 << 64) - 1)
_NONE: Any = np.uint64(0)
_ZERO: Any = np.int64(0)
_ONE = np.uint64(1)
_INDIRECT = INDIRECT << FLAGS


class Runs(NamedTuple):
    """Room for the runs of letters of one text.

    Attributes:
        starts: int64, first byte of each.
        eights: uint64, its first eight letters in lower case.
        infos: int64, flags: what word it is, whether it has capitals, and what stands before it.
        ends: uint8, whether a slip may end there.
    """

    starts: npt.NDArray[np.int64]
    eights: npt.NDArray[np.uint64]
    infos: npt.NDArray[np.int64]
    ends: npt.NDArray[np.uint8]


@inner
def run_end(data: Any, at: Any, stop: Any) -> Any:
    """Where a run of letters ends."""
    while at < stop and 97 <= data[at] | 0x20 <= 122:
        at += 1
    return at


@inner
def _letters(data: Any, at: Any, stop: Any) -> Any:
    """Which of the next 64 bytes, up to the end of the text, are ASCII letters."""
    if at + BLOCK <= len(data):
        bits = letter_bits(data, at)
        return bits & (_ALL >> np.uint64(BLOCK - (stop - at))) if stop - at < BLOCK else bits
    bits = _NONE
    for place in range(at, min(stop, at + BLOCK)):
        bits |= np.uint64(97 <= data[place] | 0x20 <= 122) << np.uint64(place - at)
    return bits


@inner
def eight_of(data: Any, at: Any, size: Any) -> Any:
    """The first letters of a run, at most eight, as a number."""
    size = min(size, 8)
    if at + 8 <= len(data):
        return load(data, at) & (_ALL >> np.uint64(64 - 8 * size))
    eight = _NONE
    for place in range(size):
        eight |= np.uint64(data[at + place]) << np.uint64(8 * place)
    return eight


@inner
def read_runs(data: Any, begin: Any, stop: Any, runs: Runs, tally: Any) -> tuple[Any, Any]:
    """Describe each run of ASCII letters of a text.

    Args:
        data: UTF-8 bytes.
        begin: where the text begins.
        stop: past its last byte.
        runs: filled, but for what words they are.
        tally: marks that stand apart, and lines without an end, are added.

    Returns:
        How many runs there are, and whether that is sure.
    """
    starts, eights, infos = runs.starts, runs.eights, runs.infos
    for k in range(BEFORE):
        starts[k], eights[k], infos[k] = begin, _NONE, _INDIRECT
    count = np.int64(BEFORE)
    at = before = line = begin
    parts = closed = open_ended = _ZERO
    sure = True
    while at < stop:
        cut = _ZERO
        bits = _letters(data, at, stop)
        to = at + BLOCK
        if to < stop:  # the end of the text ends a run, that of a block does not
            cut = last_ones(bits)
            to -= cut
            if cut == BLOCK:
                bits, to = np.uint64(1), run_end(data, at, stop)
            else:
                # Read once more, from a block of its own on.
                bits &= _ALL >> np.uint64(cut)
        while bits:
            place = first_one(bits)
            size = leading_ones(bits >> np.uint64(place))
            bits &= bits + (bits & (~bits + _ONE))  # without the lowest run
            start = at + place
            end = start + size
            size = min(size, 8)
            if cut == BLOCK:
                size, end = np.int64(8), to
            raw = eight_of(data, start, size)
            eight = raw | _CASE & (_ALL >> np.uint64(64 - 8 * size))
            info = CAPITAL * np.int64(raw != eight)
            if start - before != 1 or data[np.uint64(before)] != 0x20:
                flags = marks(data, before, start - before)
                if flags:
                    parts += start - before > 1
                else:
                    flags, spaced, parting, breaks, tail = gap(data, before, start, stop)
                    tally[s.SPACED] += spaced
                    sure = sure and not flags & UNSURE
                    parts += parting
                    if breaks:
                        open_ended += tail != SIGN and parts + count >= _LONG_LINE
                        closed += tail != WORDLIKE and start - line >= _PROSE
                        if start - before >= _LONG_LINE:  # there may be lines of no such letters
                            closed += breaks
                            open_ended += breaks
                        line, parts = before, parting - count
                info |= flags << FLAGS
            here = np.uint64(count)  # no index from the end
            starts[here], eights[here], infos[here] = start, eight, info
            count += 1
            before = end
        at = to
    if before < stop:
        flags, spaced, parting, breaks, tail = gap(data, before, stop, stop)
        tally[s.SPACED] += spaced
        sure = sure and not flags & UNSURE
        closed += breaks + 1
        parts += parting
        open_ended += (tail != SIGN or breaks > 0) and parts + count >= _LONG_LINE
        open_ended += breaks
    else:
        open_ended += parts + count >= _LONG_LINE
    if closed >= 3:
        tally[s.UNTERMINATED] = open_ended
    return count, sure
