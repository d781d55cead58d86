"""Which texts could have a doubled word, or slips of several kinds: a screen for `slips`.

Nearly no text has either, and one walk over its runs of ASCII letters says so in a tenth of the
time that it takes to measure the text. Every test here is a necessary condition of what `slips` and
`statistics` count: where it is unsure, it says yes. What does *not* live here: counting (`slips`),
what stands between two runs (`slipgaps`), the words (`slipwords`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.quality import slips as s
from cleaner.kernels.quality.slipgaps import (
    COMMA,
    INDIRECT,
    INSIDE,
    JOINED,
    OTHER,
    SIGN,
    STOP,
    UNSURE,
    WHITE,
    WORDLIKE,
    gap,
    marks,
    repeats,
    white,
)
from cleaner.kernels.quality.slips import CUES
from cleaner.kernels.quality.slipwords import AN, PAIRS, SHIFT, THEN, TWICE, A, SlipWords
from cleaner.kernels.quality.wordrows import CAP
from cleaner.kernels.text.blocks import BLOCK, first_one, last_ones, leading_ones, letter_bits
from cleaner.kernels.text.eights import first_set, load

__all__ = ["may_slip"]

_CAPITAL = 1 << 27
"""Beside the kinds of words of `slipwords`: some of the first letters of a run are capitals."""
_FLAGS = 28
"""Where flags of the gap before a run are in the number that describes it."""
_BEFORE = 3
"""Runs before the first one of a text, which are nothing."""
_LONG_LINE, _PROSE = 20, 60
"""Words and characters of a line, from `statistics`: more bytes or words are counted here."""
_MANY = 3
"""Slips of one kind that count."""

_CASE, _ALL = np.uint64(0x2020202020202020), np.uint64((1 << 64) - 1)
_NONE: Any = np.uint64(0)
_ZERO: Any = np.int64(0)
_EIGHT = 8
_ONE, _LETTER, _BYTE, _LOWEST = np.uint64(1), np.uint64(31), np.uint64(8), np.uint64(255)
_INDIRECT, _INSIDE = INDIRECT << _FLAGS, INSIDE << _FLAGS
_PARTED = (INDIRECT | JOINED) << _FLAGS
_BEGINNING = s.FUNCTION | _CAPITAL
_STOPPED = s.FUNCTION | STOP << _FLAGS
_PARTED_OFF = s.AUXILIARY | COMMA << _FLAGS
_CLITIC_APART = s.CLITIC | WHITE << _FLAGS
_VOWELS = np.int64(sum(1 << (ord(vowel) & 31) for vowel in "aeio"))


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


def may_slip(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    known: SlipWords,
    kinds: int,
    slips: float,
    *,
    doubled: bool,
) -> npt.NDArray[np.bool_]:
    """Say which texts could have slips, without false negatives.

    Args:
        data: UTF-8 bytes of all texts.
        offsets: int64[n + 1], where each begins.
        known: from `slip_words`.
        kinds: how many kinds of slips make a text suspicious.
        slips: how many in 1,000 words, if at most three of a kind count.
        doubled: whether a doubled word alone does.

    Returns:
        bool[n].
    """
    found = np.zeros(len(offsets) - 1, np.bool_)
    room = int(np.max(np.diff(offsets), initial=0)) // 2 + _BEFORE + 2 + _EIGHT
    # Only what is used of these is ever real memory.
    runs = Runs(
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.empty(room, np.int64),
        np.empty(room, np.uint8),
    )
    tally = np.zeros(len(CUES), np.int64)
    _may_slip(data, offsets, known, kinds, slips / 1000, doubled, runs, tally, found)
    return found


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
def _eight(data: Any, at: Any, size: Any) -> Any:
    """The first letters of a run, at most eight, as a number."""
    size = min(size, 8)
    if at + 8 <= len(data):
        return load(data, at) & (_ALL >> np.uint64(64 - 8 * size))
    eight = _NONE
    for place in range(size):
        eight |= np.uint64(data[at + place]) << np.uint64(8 * place)
    return eight


@inner
def _read(data: Any, begin: Any, stop: Any, runs: Runs, tally: Any) -> tuple[Any, Any]:
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
    for k in range(_BEFORE):
        starts[k], eights[k], infos[k] = begin, _NONE, _INDIRECT
    count = np.int64(_BEFORE)
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
                bits, to = np.uint64(1), _end(data, at, stop)
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
            raw = _eight(data, start, size)
            eight = raw | _CASE & (_ALL >> np.uint64(64 - 8 * size))
            info = _CAPITAL * np.int64(raw != eight)
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
                info |= flags << _FLAGS
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


@inner
def _mark(known: Any, runs: Runs, count: Any) -> None:
    """Say which words the runs are, and mark those at which a slip may end; see `_weigh`.

    Loops of their own without a branch: the processor looks at many runs at a time, and nobody
    foresees what kind of word comes next.
    """
    words, kinds, factor = known.words, known.kinds, known.factor[0]
    eights, infos, ends = runs.eights, runs.infos, runs.ends
    for k in range(_BEFORE, count):
        eight = eights[np.uint64(k)]
        word = words[(eight * factor) >> SHIFT]
        infos[np.uint64(k)] |= kinds[(word & _LOWEST) * np.uint64(word >> _BYTE == eight)]
    for k in range(_BEFORE, count):
        eight, eight1, eight2 = (
            eights[np.uint64(k)],
            eights[np.uint64(k - 1)],
            eights[np.uint64(k - 2)],
        )
        info, info1 = infos[np.uint64(k)], infos[np.uint64(k - 1)]
        vowel = _VOWELS >> np.int64(eight & _LETTER) & 1
        ends[np.uint64(k)] = (
            (info & TWICE != 0) & (eight == eight1)
            | (info1 & s.PAIRED != 0) & (eight == eight2)
            | (info & s.FUNCTION != 0) & (info1 & _BEGINNING == _BEGINNING)
            | (info & (info1 >> THEN) != 0)
            | (info1 & (A if vowel else AN) != 0)
            | (info & _STOPPED == _STOPPED)
            | (info & _PARTED_OFF == _PARTED_OFF)
            | (info & _CLITIC_APART == _CLITIC_APART)
            | (info & s.PAIRED != 0)
            & ((info | info1) & _INSIDE != 0)
            & (info & _PARTED != _INDIRECT)
        )


@inner
def _end(data: Any, at: Any, stop: Any) -> Any:
    """Where a run of letters ends."""
    while at < stop and 97 <= data[at] | 0x20 <= 122:
        at += 1
    return at


@inner
def _small(data: Any, at: Any, size: Any, eight: Any) -> Any:
    """Whether the first eight letters of a run are small ones."""
    return _eight(data, at, size) == eight


@inner
def _weigh(data: Any, begin: Any, stop: Any, runs: Runs, k: Any, tally: Any) -> None:
    """Count the slips that a run of letters and those before it may be."""
    starts, eights, infos = runs.starts, runs.eights, runs.infos
    info, info1 = infos[k], infos[k - 1]
    start, start1 = starts[k], starts[k - 1]
    end = _end(data, start, stop)
    size, size1 = end - start, _end(data, start1, stop) - start1
    flags, flags1 = info >> _FLAGS, info1 >> _FLAGS
    joined = flags & JOINED or not flags & INDIRECT
    joined1 = flags1 & JOINED or not flags1 & INDIRECT
    small = _small(data, start, size, eights[k])
    small1 = _small(data, start1, size1, eights[k - 1])
    same1 = eights[k] == eights[k - 1] and size == size1
    if joined and small:
        tally[s.DOUBLED] += same1 and info & TWICE != 0
        tally[s.DOUBLED] += (
            info1 & s.PAIRED != 0
            and eights[k] == eights[k - 2]
            and eights[k - 1] == eights[k - 3]
            and joined1
        )
        if info & s.PAIRED and (flags | flags1) & INDIRECT:
            # The word between two of these need not be a run of letters.
            tally[s.DOUBLED] += repeats(data, start, end, begin, stop)
        if info & s.FUNCTION and info1 & s.FUNCTION and not small1 and size1 > 1:
            tally[s.CAPITAL] += joined1 != 0
        # A short word may go on with what is no ASCII letter.
        if info1 & (A | AN) and small1 and (size >= 4 or (end < stop and not white(data[end]))):
            first = data[start]
            vowel = first == 0x61 or first == 0x65 or first == 0x69 or first == 0x6F
            tally[s.ARTICLES] += vowel if size1 == 1 else not vowel
        if small1:
            tally[s.PAIR] += (
                (info1 & s.MODAL != 0 and info & s.FINITE != 0)
                or (info1 & s.ARTICLE != 0 and info & PAIRS != 0)
                or (info1 & s.POSSESSIVE != 0 and info & (s.ARTICLE | s.POSSESSIVE) != 0)
                or (info1 & s.FINITE != 0 and info & s.FINITE != 0 and not same1)
            )
    tally[s.TORN] += info & s.NOT != 0 and info1 & s.CAN != 0
    if info & s.CLITIC and flags & WHITE:
        tally[s.TORN] += start > begin and not white(data[start - 1])
    if flags & INDIRECT and small:
        if info & s.FUNCTION and flags & STOP:
            inside = start1 > begin and not white(data[start1 - 1])
            tally[s.LOWERCASE] += inside or flags & OTHER != 0 or (size1 > 3 and small1)
        if info & s.AUXILIARY and flags & COMMA and end < stop:
            tally[s.DANGLING] += not white(data[end])


@kernel
def _may_slip(
    data: Any,
    offsets: Any,
    known: Any,
    least: Any,
    share: Any,
    doubled: Any,
    runs: Any,
    tally: Any,
    out: Any,
) -> None:
    for text in range(len(out)):
        begin, stop = offsets[text], offsets[text + 1]
        for kind in range(len(tally)):
            tally[kind] = 0
        count, sure = _read(data, begin, stop, runs, tally)
        _mark(known, runs, count)
        at = np.int64(_BEFORE)
        while at < count:
            none = first_set(load(runs.ends, at))
            at += none
            if none < _EIGHT and at < count:
                _weigh(data, begin, stop, runs, at, tally)
                at += 1
        several = slipped = real = _ZERO
        for kind in range(len(tally)):
            several += tally[kind] > 0
            slipped += min(tally[kind], _MANY)
        if several >= least:
            # Each run of letters behind white space begins a word.
            for k in range(_BEFORE, count):
                start = runs.starts[k]
                real += start == begin or white(data[start - 1])
        out[text] = (
            not sure
            or (doubled and tally[s.DOUBLED] > 0)
            or (several >= least and slipped * 1.000001 >= share * min(real, CAP))
        )
