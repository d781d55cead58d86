"""From UTF-8 bytes to a score for every language, without a Python object between.

A text is read into code points (five windows of a long one), prepared as langdetect prepares it
(addresses out, Vietnamese marks composed, a minority of Latin letters dropped), and each character
adds one row of the table: the longest of its 3-, 2- and 1-gram that a profile has. Sums are
integers and do not depend on order. What does *not* live here: what is read of a text (`excerpts`),
n-grams and their tables (`lookup`, `profiles`), which language it then is (`passes.language`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.language.excerpts import SPARE, excerpt, prepare
from cleaner.kernels.language.lookup import add, look_up
from cleaner.kernels.language.profiles import (
    LANES,
    LOWER,
    NON_LATIN,
    UPPER,
    Tables,
)
from cleaner.kernels.language.scripts import SCRIPTS
from cleaner.kernels.text.blocks import BLOCK, beyond_bits, first_one

__all__ = [
    "LATIN",
    "READ",
    "Scores",
    "best",
    "buffers",
    "score_spans",
    "score_texts",
]

READ = 1000
"""Characters read whole; of a longer text as many are read in WINDOWS equal windows."""
WINDOWS = 5

_KINDS = len(SCRIPTS)
_HAN, _HANGUL = SCRIPTS.index("Han"), SCRIPTS.index("Hangul")
_HIRAGANA, _KATAKANA = SCRIPTS.index("Hiragana"), SCRIPTS.index("Katakana")
LATIN = SCRIPTS.index("Latin")
_ONE, _ALL = np.uint64(1), np.uint64((1 << 64) - 1)


class Scores(NamedTuple):
    """What was read off n texts.

    Attributes:
        sums: int32[n, LANES], millinats for each language of the block of `decider`.
        contest: int32[n], the best sum of the other block where two scripts share the text, else 0.
        script: uint8[n], the script of most letters (position in `SCRIPTS`).
        decider: uint8[n], the same with Han, kana and Hangul weighed: Hiragana stands for
            Japanese, Hangul for Korean.
        letters: int32[n], letters of `script`.
        share: float64[n], its share of all letters that were looked up.
        grams: int32[n, 3], how many 1-, 2- and 3-grams were looked up.
    """

    sums: npt.NDArray[np.int32]
    contest: npt.NDArray[np.int32]
    script: npt.NDArray[np.uint8]
    decider: npt.NDArray[np.uint8]
    letters: npt.NDArray[np.int32]
    share: npt.NDArray[np.float64]
    grams: npt.NDArray[np.int32]


def buffers(texts: Any) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Bytes and int64[n + 1] offsets of a `pa.LargeStringArray`, without a copy."""
    _, where, content = texts.buffers()
    offsets = np.frombuffer(where, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(content or b"", np.uint8)
    # numba compiles once for each constness; Arrow's buffers come in both.
    offsets.flags.writeable = data.flags.writeable = False
    return data, offsets


def score_texts(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    tables: Tables,
    read: int = READ,
) -> Scores:
    """Read and score every text: `read` characters, in windows of a longer one."""
    return score_spans(data, offsets[:-1], offsets[1:], tables, read, WINDOWS)


def score_spans(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    stops: npt.NDArray[np.int64],
    tables: Tables,
    read: int,
    windows: int,
) -> Scores:
    """Read and score parts of the bytes: `read` characters of each, in windows of a longer one."""
    count = len(starts)
    scores = Scores(
        sums=np.zeros((count, LANES), np.int32),
        contest=np.zeros(count, np.int32),
        script=np.zeros(count, np.uint8),
        decider=np.zeros(count, np.uint8),
        letters=np.zeros(count, np.int32),
        share=np.zeros(count, np.float64),
        grams=np.zeros((count, 3), np.int32),
    )
    if count:
        size = read + 2 * windows + SPARE  # a space follows each window
        # Made here, because numba takes a quarter of a second to compile what makes an array.
        points, rows, seen, other = (np.zeros(n, np.int32) for n in (size, size, _KINDS, LANES))
        room = (points, rows, np.zeros(size, np.uint32), seen, other)
        _score_spans(data, starts, stops, tables, read, windows, *room, *scores)
    return scores


@kernel
def _score_spans(
    data: Any,
    starts: Any,
    stops: Any,
    tables: Any,
    read: Any,
    windows: Any,
    points: Any,
    rows: Any,
    kinds: Any,
    seen: Any,
    other: Any,
    sums: Any,
    contest: Any,
    scripts: Any,
    deciders: Any,
    letters: Any,
    share: Any,
    grams: Any,
) -> None:
    for i in range(len(starts)):
        size = excerpt(data, starts[i], stops[i], read, windows, points)
        size = prepare(points, size, tables.vietnamese)
        size, script, decider, second, every = fold(
            points, size, tables.traits, tables.lowered, seen
        )
        look_up(points, size, tables, rows, kinds, grams[i])
        add(rows, size, tables, decider == LATIN, sums[i])
        # With so few kana, a quotation or a list of places: whose Han is it?
        few = decider == _HIRAGANA and seen[_HIRAGANA] + seen[_KATAKANA] < seen[_HAN] // 3
        if few and best(tables.home[_HAN], sums[i]) > best(tables.home[decider], sums[i]):
            decider = _HAN
        if second:
            # Two scripts share the text: let the model choose, as langdetect does.
            add(rows, size, tables, second == LATIN, other)
            first = best(tables.home[decider], sums[i])
            rival = best(tables.home[second], other)
            # Names, headings and addresses in Latin letters stand in texts of any script, and
            # hardly ever the other way round: Latin has to win by a tenth.
            if rival * (9 if second == LATIN else 10) > first * (9 if script == LATIN else 10):
                script = decider = second
                for lane in range(LANES):
                    # Not as a slice: numba would compile its error text, two seconds long.
                    sums[i, lane] = other[lane]
            contest[i] = min(rival, first)
        scripts[i], deciders[i], letters[i] = script, decider, seen[script]
        share[i] = seen[script] / (max(1, every))


@inner
def best(home: Any, sums: Any) -> Any:
    """The highest sum among the languages at home in a script, 0 where there is none."""
    most = np.int32(0)
    for lane in range(LANES):
        if home[lane] and sums[lane] > most:
            most = sums[lane]
    return most


@inner
def fold(points: Any, size: Any, traits: Any, lowered: Any, seen: Any) -> Any:
    """Count scripts, lower the case of a text that shouts, drop a minority of Latin letters.

    Returns:
        The new size, the script of most letters, the script that decides, a second one that has a
        third of the letters if one of the two is Latin, else 0, and how many letters are left.
        `seen` then holds the letters of each script.
    """
    for i in range(_KINDS):
        seen[i] = 0
    upper = lower = latin = other = 0
    widest = np.int32(0)
    for i in range(size):
        widest |= points[i]
    # ASCII is compared with numbers, which the processor does many at a time.
    for i in range(size):
        c = points[i]
        upper += (c >= 0x41) & (c <= 0x5A)
        lower += (c >= 0x61) & (c <= 0x7A)
    seen[LATIN], seen[0] = upper + lower, size - upper - lower
    if widest >= 0x80:
        for i in range(size):
            latin += (points[i] >= 0x41) & (points[i] <= 0x7A)
        for first in range(0, size, BLOCK):
            bits = beyond_bits(points, first)
            if size - first < BLOCK:
                bits &= _ALL >> np.uint64(BLOCK - (size - first))
            while bits:
                trait = traits[np.uint32(points[np.uint64(first + first_one(bits))])]
                bits &= bits - _ONE
                seen[0] -= 1
                seen[(trait >> 12) & 0xFF] += 1
                upper += (trait & UPPER) != 0
                lower += (trait & LOWER) != 0
                other += (trait & NON_LATIN) != 0
    letters = size - seen[0]
    seen[0] = 0
    script = second = 0
    if seen[LATIN] * 3 > letters * 2:
        script = LATIN
    elif letters:
        for i in range(1, _KINDS):
            if seen[i] > seen[script]:
                script, second = i, script
            elif seen[i] > seen[second]:
                second = i
    decider = script
    if script in (_HAN, _HANGUL, _HIRAGANA, _KATAKANA):
        han, hangul, kana = seen[_HAN], seen[_HANGUL], seen[_HIRAGANA] + seen[_KATAKANA]
        if hangul * 5 >= han + hangul and hangul > kana:
            decider = _HANGUL
        elif kana * 20 >= han + kana:
            decider = _HIRAGANA
        else:
            decider = _HAN
    if seen[second] * 3 < letters or LATIN not in (script, second):
        second = 0
    if upper > lower:
        for i in range(size):
            c = points[i]
            # The one letter whose lower case depends on its place: a sigma ends a word as ς.
            if c == 0x3A3 and i and (traits[points[i - 1]] >> 12) & 0xFF:
                last = i + 1 == size or not (traits[points[i + 1]] >> 12) & 0xFF
                points[i] = 0x3C2 if last else 0x3C3
            else:
                points[i] = lowered[c]
    if latin * 2 < other:
        out = 0
        for i in range(size):
            c = points[i]
            if not 0x41 <= c <= 0x7A:
                points[out] = c
                out += 1
        size = out
        letters -= seen[LATIN]
    return size, script, decider, second, letters
