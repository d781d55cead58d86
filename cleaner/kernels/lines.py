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
from cleaner.kernels.profiles import LANES, UPPER, Tables
from cleaner.kernels.scripts import SCRIPTS

__all__ = ["FOUND_COLUMNS", "Limits", "foreign_lines"]

SAMPLE = 64
"""Bytes from the middle of a line that are read at first. Where the document's own language is the
best for them, the line is not looked at further: that is nearly every line."""
READ, WINDOWS = 300, 3
"""Characters read of any other line, in three windows of a longer one."""
ROOM = READ + 2 * WINDOWS

FOUND_COLUMNS = ("document", "start", "end", "script", "lane", "ratio", "letters")
"""Of a found line: row, bytes, script, lane of its language or -1, millinats, letters."""

SIGNS = 25
"""Letters for each sign of code."""

_STRANGE = np.zeros(128, np.bool_)
_STRANGE[[ord(char) for char in "{}<>=_|\\`$#[]"]] = True
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
        per_name: the same for a line of names: a title, a credit, capitals only.
        script_letters: how few letters a line of another script may have.
        latin_letters: the same for a line in Latin letters.
        title_letters: the same for one of Latin names and capitals that ends as no sentence does.
    """

    ratio: npt.NDArray[np.int32]
    letters: int
    per_letter: int
    per_name: int
    script_letters: int
    latin_letters: int
    title_letters: int


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
        decider, own = np.int64(deciders[i]), np.int64(lanes[i])
        while start < end and decider:
            stop, high = start, np.uint8(0)
            while stop < end and data[stop] != 0x0A and data[stop] != 0x0D:
                high |= data[stop]
                stop += 1
            if start == offsets[i] and stop == end:
                break  # a document of one line has nothing to differ from
            # In a document of Latin letters, so few others cannot be foreign.
            few = stop - start < (limits.letters if decider == LATIN and high < 0x80 else 2)
            if not few and not _familiar(
                data, start, stop, tables, limits, decider, own, points, rows, sums, grams
            ):
                script, lane, ratio, letters = _judge(
                    data, start, stop, tables, limits, decider, own, points, rows, seen, sums, grams
                )
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
def _familiar(
    data: Any,
    start: Any,
    stop: Any,
    tables: Any,
    limits: Any,
    decider: Any,
    own: Any,
    points: Any,
    rows: Any,
    sums: Any,
    grams: Any,
) -> Any:
    """Whether the middle of a line is in the document's script, and best in its language."""
    if stop - start > SAMPLE:
        start += (stop - start - SAMPLE) >> 1
        stop = start + SAMPLE
    size = excerpt(data, start, stop, np.int64(SAMPLE), np.int64(1), points)
    letters = same = 0
    for j in range(size):
        kind = (tables.traits[np.uint32(points[j])] >> 12) & 0xFF
        letters += kind != 0
        same += kind == decider
    if same * 3 < letters * 2 or decider == _HAN and same < letters:
        return False
    if own < 0 or letters < limits.letters and stop - start < SAMPLE:
        return True
    add(rows, look_up(points, size, tables, rows, grams), tables, decider == LATIN, sums)
    return _best(tables.home[decider], sums) == own


@inner
def _best(home: Any, sums: Any) -> Any:
    """The lane of the highest sum among those at home in a script, -1 for none."""
    best, most = -1, np.int32(-1)
    for lane in range(LANES):
        if home[lane] and sums[lane] > most:
            best, most = lane, sums[lane]
    return best


@inner
def _judge(
    data: Any,
    start: Any,
    stop: Any,
    tables: Any,
    limits: Any,
    document: Any,
    own: Any,
    points: Any,
    rows: Any,
    seen: Any,
    sums: Any,
    grams: Any,
) -> Any:
    """Script (0: not foreign), lane, millinats and letters of a line."""
    size = excerpt(data, start, stop, np.int64(READ), np.int64(WINDOWS), points)
    size = prepare(points, size, tables.vietnamese)
    plain, capital, strange, closed = _shape(points, size, tables.traits)
    size, script, decider, _, _ = fold(points, size, tables.traits, tables.lowered, seen)
    letters, kana = seen[script], seen[_HIRAGANA] + seen[_KATAKANA]
    if decider == _HIRAGANA and document == _HAN and kana * 10 >= kana + seen[_HAN]:
        script = _HIRAGANA  # however many of the letters are Han
    elif script == 0 or script == document:
        decider = document
    if decider == _HIRAGANA:
        letters = seen[_HAN] + kana
    if decider == _HAN and document == _HIRAGANA:
        return 0, -1, 0, letters  # Japanese is written in Han, too
    named = plain * 3 < capital
    if decider != document:
        every = 0
        for kind in range(_KINDS):
            every += seen[kind]  # with the Latin ones that were dropped
        least, share = limits.script_letters, 5
        if decider == LATIN:
            # Every language has Latin names, titles and brands in its lines.
            least, share = limits.latin_letters, 9
            if named and not closed:
                least = limits.title_letters
        foreign = letters >= least and letters * 10 >= every * share
        return script if foreign else 0, -1, 0, letters
    best = -1
    if own >= 0 and letters >= limits.letters and _is_prose(points, size, letters, strange):
        add(rows, look_up(points, size, tables, rows, grams), tables, decider == LATIN, sums)
        best = _best(tables.home[decider], sums)
    if best < 0 or best == own:
        return 0, -1, 0, letters
    ratio = sums[best] - sums[own]
    least = limits.ratio[0 if decider == LATIN else 1, own, best]
    least = max(least, (limits.per_name if named else limits.per_letter) * letters)
    return script if ratio >= least else 0, best, ratio, letters


@inner
def _shape(points: Any, size: Any, traits: Any) -> Any:
    """What tells a sentence from a title and from code.

    Returns:
        Letters of words that start with a small letter (or one without case), letters of words
        that start with a capital, signs that stand in code only, and whether the line ends as a
        sentence does.
    """
    plain = capital = strange = 0
    inside = small = closed = False
    for j in range(size):
        c = points[j]
        trait = traits[np.uint32(c)]
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
            if c == 0x2E or c == 0x21 or c == 0x3F or c == 0x2026:
                closed = True
            elif c > 0x20 and c != 0x22 and c != 0x29 and c != 0xBB and c != 0x201D:
                closed = False
    return plain, capital, strange, closed


@inner
def _is_prose(points: Any, size: Any, letters: Any, strange: Any) -> Any:
    """Whether three of four characters that are no space are letters: code and tables have fewer.

    And next to none of the others is a sign of code.
    """
    spaces = 0
    for i in range(size):
        spaces += points[i] == 0x20 or points[i] == 0x09
    return letters * 4 >= (size - spaces) * 3 and strange * SIGNS <= letters
