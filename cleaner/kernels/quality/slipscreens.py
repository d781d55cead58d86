"""Which texts could have a doubled word, or slips of several kinds: a screen for `slips`.

Nearly no text has either, and one walk over its runs of ASCII letters says so in a tenth of the
time that it takes to measure the text. Every test here is a necessary condition of what `slips` and
`statistics` count: where it is unsure, it says yes. What does *not* live here: counting (`slips`),
reading runs (`slipruns`), what stands between two (`slipgaps`), the words (`slipwords`).
"""

from typing import Any

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
    STOP,
    WHITE,
    repeats,
    white,
)
from cleaner.kernels.quality.slipruns import (
    BEFORE,
    CAPITAL,
    FLAGS,
    Runs,
    eight_of,
    read_runs,
    run_end,
)
from cleaner.kernels.quality.slips import CUES
from cleaner.kernels.quality.slipwords import AN, PAIRS, SHIFT, THEN, TWICE, A, SlipWords
from cleaner.kernels.quality.wordrows import CAP
from cleaner.kernels.text.eights import first_set, load

__all__ = ["may_slip"]

_MANY = 3
"""Slips of one kind that count."""

_ZERO: Any = np.int64(0)
_EIGHT = 8
_LETTER, _BYTE, _LOWEST = np.uint64(31), np.uint64(8), np.uint64(255)
_INDIRECT, _INSIDE = INDIRECT << FLAGS, INSIDE << FLAGS
_PARTED = (INDIRECT | JOINED) << FLAGS
_BEGINNING = s.FUNCTION | CAPITAL
_STOPPED = s.FUNCTION | STOP << FLAGS
_PARTED_OFF = s.AUXILIARY | COMMA << FLAGS
_CLITIC_APART = s.CLITIC | WHITE << FLAGS
_VOWELS = np.int64(sum(1 << (ord(vowel) & 31) for vowel in "aeio"))


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
    room = int(np.max(np.diff(offsets), initial=0)) // 2 + BEFORE + 2 + _EIGHT
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
def _mark(known: Any, runs: Runs, count: Any) -> None:
    """Say which words the runs are, and mark those at which a slip may end; see `_weigh`.

    Loops of their own without a branch: the processor looks at many runs at a time, and nobody
    foresees what kind of word comes next.
    """
    words, kinds, factor = known.words, known.kinds, known.factor[0]
    eights, infos, ends = runs.eights, runs.infos, runs.ends
    for k in range(BEFORE, count):
        eight = eights[np.uint64(k)]
        word = words[(eight * factor) >> SHIFT]
        infos[np.uint64(k)] |= kinds[(word & _LOWEST) * np.uint64(word >> _BYTE == eight)]
    for k in range(BEFORE, count):
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
def _small(data: Any, at: Any, size: Any, eight: Any) -> Any:
    """Whether the first eight letters of a run are small ones."""
    return eight_of(data, at, size) == eight


@inner
def _weigh(data: Any, begin: Any, stop: Any, runs: Runs, k: Any, tally: Any) -> None:
    """Count the slips that a run of letters and those before it may be."""
    starts, eights, infos = runs.starts, runs.eights, runs.infos
    info, info1 = infos[k], infos[k - 1]
    start, start1 = starts[k], starts[k - 1]
    end = run_end(data, start, stop)
    size, size1 = end - start, run_end(data, start1, stop) - start1
    flags, flags1 = info >> FLAGS, info1 >> FLAGS
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
        count, sure = read_runs(data, begin, stop, runs, tally)
        _mark(known, runs, count)
        at = np.int64(BEFORE)
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
            for k in range(BEFORE, count):
                start = runs.starts[k]
                real += start == begin or white(data[start - 1])
        out[text] = (
            not sure
            or (doubled and tally[s.DOUBLED] > 0)
            or (several >= least and slipped * 1.000001 >= share * min(real, CAP))
        )
