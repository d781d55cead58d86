"""Which lines are foreign to their document: thresholds, and words for what the kernel found.

What does *not* live here: reading and scoring lines (`kernels.language.lines`).
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.language.lines import SIGNS, suspect_lines
from cleaner.kernels.language.ngrams import LATIN, buffers
from cleaner.kernels.language.profiles import LANES, SCALE, load
from cleaner.kernels.language.scripts import SCRIPTS
from cleaner.model import Span
from cleaner.passes.language.decide import ONLY, Answers, tag

__all__ = ["ForeignLine", "ForeignLines", "without_surrogates"]

RATIO = 30.0
"""Nats by which a line's own language must beat the document's. Read with `PER_LETTER` and
`LETTERS` off one half of made documents and of the main text of 1,038 pages
(`benchmarks/language.py`)."""
PER_LETTER = 0.7
"""Nats for each letter on top of it: half of the foreign sentences have 3."""
PER_NAME = 2.0
"""The same where three of four letters are in words with a capital: credits, titles, shouting."""
CLOSE = 1.5
"""Times `RATIO` between close relatives, whose profiles share most words. By judgement."""
LETTERS = 25
"""Fewer letters of the same script are a name or a heading."""
SCRIPT_LETTERS, LATIN_LETTERS, TITLE_LETTERS = 2, 8, 22
"""Letters of another script; Latin ones stand in all languages' lines, mostly as names."""
RELATIVES = (
    ("da", "no", "sv"),
    ("es", "ca", "pt"),
    ("cs", "sk"),
    ("hr", "sl"),
    ("af", "nl"),
    ("id", "tl"),
    ("et", "fi"),
    ("bg", "mk", "ru", "uk"),
    ("hi", "mr", "ne"),
    ("ar", "fa", "ur"),
    ("zh-cn", "zh-tw"),
)
LATIN_SHARE, SCRIPT_SHARE = 0.9, 0.4
"""Of all letters of such a line."""
NEVER = 2**31 - 1
DECIDERS = {"ja": "Hiragana", "ko": "Hangul", "zh-Hans": "Han", "zh-Hant": "Han"}
"""Languages of several scripts, and the one that stands for all in `kernels.language`."""

_KANA, _HAN = SCRIPTS.index("Hiragana"), SCRIPTS.index("Han")


class ForeignLine(NamedTuple):
    """One line; `ratio` in nats, None where the script alone decided."""

    span: Span
    script: str
    language: str
    ratio: float | None
    letters: int

    def evidence(self) -> dict[str, object]:
        """As JSON values."""
        found: dict[str, object] = {"script": self.script, "language": self.language}
        if self.ratio is not None:
            found["log_likelihood_ratio"] = round(self.ratio, 3)
        return {**found, "letters": self.letters}


@cache
def _ratios() -> npt.NDArray[np.int32]:
    """int32[2, LANES, LANES]: millinats by which a line's language must beat the document's.

    Block by block; the document's language on the middle axis.
    """
    profiles = load()
    ratio = np.full((2, LANES, LANES), int(RATIO * SCALE), np.int32)
    codes = (profiles.languages[: profiles.latin], profiles.languages[profiles.latin :])
    for block, languages in enumerate(codes):
        for i, one in enumerate(languages):
            for j, two in enumerate(languages):
                if one.split("-")[0] == two.split("-")[0]:
                    ratio[block, i, j] = NEVER
                elif any(one in group and two in group for group in RELATIVES):
                    ratio[block, i, j] = int(CLOSE * RATIO * SCALE)
    return ratio


@cache
def _only() -> dict[str, str]:
    """The language of each script that has but one."""
    profiles = load()
    codes = [*map(tag, profiles.languages[profiles.latin :])]
    homes = zip(SCRIPTS, profiles.tables.home[:, : len(codes)], strict=True)
    known = {script: codes[home.argmax()] for script, home in homes if home.sum() == 1}
    return {**ONLY, **known}


class ForeignLines:
    """Counts the foreign lines of texts, and describes those of one text."""

    def __init__(self) -> None:
        self._known: dict[bytes, list[_Row]] = {}
        """What was counted last, by text: it is what is to be described next."""

    def count(self, texts: Any, answers: Answers) -> npt.NDArray[np.int32]:
        """int32[n]: how many lines of each text are foreign to it."""
        data, offsets = buffers(texts)
        lines = _foreign_lines(data, offsets, answers)
        self._known = {
            data[offsets[row] : offsets[row + 1]].tobytes(): list(several)
            for row, several in groupby(_rows(lines, offsets), itemgetter(0))
        }
        return np.bincount(lines.text, minlength=len(offsets) - 1).astype(np.int32)

    def describe(self, text: str, answer: Callable[[], Answers]) -> Iterator[ForeignLine]:
        """The same lines of one text, with their places in code points.

        Args:
            text: lone surrogates stand for U+FFFD.
            answer: makes the text's answer (n = 1), if need be.
        """
        import pyarrow as pa

        text = without_surrogates(text)
        raw = text.encode()
        rows = self._known.get(raw)
        if rows is None:
            data, offsets = buffers(pa.array([text], pa.large_string()))
            rows = list(_rows(_foreign_lines(data, offsets, answer()), offsets))
        profiles, only = load(), _only()
        at, chars = 0, 0
        for _, start, end, script, lane, ratio, letters in rows:
            chars += len(raw[at:start].decode())
            size = len(raw[start:end].decode())
            at = end
            name = SCRIPTS[script]
            language = only.get(name, "und")
            if lane >= 0:
                code = lane if name == "Latin" else lane + profiles.latin
                language = tag(profiles.languages[code])
            yield ForeignLine(
                span=Span(chars, chars + size),
                script=name,
                language=language,
                ratio=ratio / SCALE if lane >= 0 else None,
                letters=letters,
            )
            chars += size


class _Lines(NamedTuple):
    """Foreign lines: text, bytes, script, lane of the language or -1, millinats, letters."""

    text: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    script: npt.NDArray[np.int64]
    lane: npt.NDArray[np.int64]
    ratio: npt.NDArray[np.int64]
    letters: npt.NDArray[np.int64]


_Row = tuple[int, int, int, int, int, int, int]
"""One of `_Lines`, its bytes counted from the start of the text."""


def _rows(lines: _Lines, offsets: npt.NDArray[np.int64]) -> Iterator[_Row]:
    first = offsets[lines.text]
    columns = lines._replace(start=lines.start - first, stop=lines.stop - first)
    return zip(*(column.tolist() for column in columns), strict=True)


def _foreign_lines(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], answers: Answers
) -> _Lines:
    tables = load().tables
    deciders, lanes = _place(answers)
    lines = suspect_lines(data, offsets, tables, deciders, lanes, LETTERS)
    scores = lines.scores
    letters = scores.letters.astype(np.int64)
    theirs, own = deciders[lines.text], lanes[lines.text].astype(np.int64)
    # Japanese is written in Han, too, and most letters of its lines may be.
    japanese, chinese = scores.decider == _KANA, scores.decider == _HAN
    other = (scores.decider != theirs) & (letters > 0)
    other &= (scores.script != theirs) | japanese
    shared = (theirs == _KANA) & chinese
    other &= ~shared
    script = np.where(other & japanese, _KANA, scores.script).astype(np.int64)

    named = lines.plain * 3 < lines.capital
    latin = scores.decider == LATIN
    least = np.where(named & (lines.closed == 0), TITLE_LETTERS, LATIN_LETTERS)
    least = np.where(latin, least, SCRIPT_LETTERS)
    share = np.where(latin, LATIN_SHARE, SCRIPT_SHARE)
    by_script = other & (letters >= least) & (japanese | (scores.share >= share))

    row = np.arange(len(own))
    sums = np.where(tables.home[theirs], scores.sums, -1)
    lane = sums.argmax(1)
    ratio = (sums[row, lane] - scores.sums[row, own]).astype(np.int64)
    enough = np.where(named, PER_NAME, PER_LETTER) * SCALE * letters
    enough = np.maximum(enough, _ratios()[np.where(latin, 0, 1), own, lane])
    all_letters = lines.plain + lines.capital
    prose = (all_letters * 4 >= lines.written * 3) & (lines.strange * SIGNS <= all_letters)
    by_model = ~other & ~shared & (own >= 0) & (letters >= LETTERS) & prose
    by_model &= (lane != own) & (ratio >= enough)

    lane = np.where(by_model, lane, -1)
    columns = (lines.text, lines.start, lines.stop, script, lane, ratio, letters)
    foreign = by_script | by_model
    return _Lines(*(column[foreign] for column in columns))


def _place(answers: Answers) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8]]:
    """Deciding script and lane of each document's language; lane -1 where it is not reliable."""
    profiles = load()
    places = {tag(code): at for at, code in enumerate(profiles.languages)}
    numbers = {name: number for number, name in enumerate(SCRIPTS)}
    latin = profiles.latin
    codes, scripts = answers.language.to_pylist(), answers.script.to_pylist()
    decider = [
        numbers[DECIDERS.get(code, script)] for code, script in zip(codes, scripts, strict=True)
    ]
    lane = np.array([places.get(code, -1) for code in codes], np.int8)
    lane = np.where(lane < latin, lane, lane - latin).astype(np.int8)
    lane[~answers.reliable] = -1
    return np.array(decider, np.uint8), lane


def without_surrogates(text: str) -> str:
    """U+FFFD for each lone surrogate, as in Arrow's copy of the text: positions stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
