"""From scores to a language, or to an honest `und` with its reason.

What does *not* live here: how scores come about (`kernels.language.ngrams`), findings (`checks`).
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.language.ngrams import LATIN, Scores
from cleaner.kernels.language.profiles import LANES, SCALE, SMOOTHING, load
from cleaner.kernels.language.scripts import SCRIPTS

__all__ = ["ONLY", "Answers", "decide", "tag"]

RELIABLE_MARGIN = 5.0
"""Nats from which an answer can be reliable. This number and the next three were read off one half
of 10,174 labelled texts in 55 languages, though the other half was in view when the two limits of
fit were chosen (`benchmarks/language.py`)."""
RELIABLE_LETTERS = 15
"""A text with fewer is too short to be sure, unless its script has one language only."""
RELIABLE_FIT = 0.78
"""A text gains so much of what its language's own profile gains of itself, on average; below, it
is full of names, mixed, or in a language that no profile knows."""
UNKNOWN_FIT = 0.72
"""Below, four of five best guesses are wrong (romanised Kannada is no Indonesian)."""
WORD_LETTERS = 10
"""A word or two without a clear margin: langdetect called "I love you" Slovak. By judgement."""

ONLY = {
    "Armenian": "hy",
    "Canadian_Aboriginal": "iu",
    "Cherokee": "chr",
    "Ethiopic": "am",
    "Georgian": "ka",
    "Khmer": "km",
    "Lao": "lo",
    "Mongolian": "mn",
    "Myanmar": "my",
    "Nko": "nqo",
    "Ol_Chiki": "sat",
    "Oriya": "or",
    "Sinhala": "si",
    "Syriac": "syr",
    "Thaana": "dv",
    "Tibetan": "bo",
    "Tifinagh": "zgh",
    "Yi": "ii",
}
"""Scripts that no profile has, and the language that is usually written in them."""

REASONS = (None, "no-letters", "unsupported-script", "too-short", "low-margin", "poor-fit")
NO_LETTERS, UNSUPPORTED, TOO_SHORT, LOW_MARGIN, POOR_FIT = range(1, 6)
UNKNOWN = "und"
TAGS = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
"""langdetect's codes that are not the BCP 47 tags we publish."""


class Answers(NamedTuple):
    """Columns of n answers.

    Attributes:
        language: `pa.StringArray` of BCP 47 tags, `und` for unknown.
        script: `pa.StringArray` of Unicode script names.
        margin: float64, nats over the best other language.
        reliable: bool.
        reason: `pa.StringArray`, why the language is unknown or not reliable, null otherwise.
        letters: int32, letters of the script.
    """

    language: Any
    script: Any
    margin: npt.NDArray[np.float64]
    reliable: npt.NDArray[np.bool_]
    reason: Any
    letters: npt.NDArray[np.int32]


def tag(code: str) -> str:
    """BCP 47 tag of one of langdetect's codes."""
    return TAGS.get(code, code)


class _Lookup(NamedTuple):
    """What `decide` needs to know of the profiles, by language and by script.

    Attributes:
        names: every tag that can be answered: languages, then `ONLY` and `und`.
        only: int64[scripts], position in `names` for a script without a profile.
        relatives: bool[languages, LANES], lanes that are the same language: no rivals.
        alone: bool[scripts], whether all languages at home there are one and the same.
    """

    names: tuple[str, ...]
    only: npt.NDArray[np.int64]
    relatives: npt.NDArray[np.bool_]
    alone: npt.NDArray[np.bool_]


@cache
def _lookup() -> _Lookup:
    profiles = load()
    languages = [code.split("-")[0] for code in profiles.languages]
    count, latin = len(languages), profiles.latin
    blocks = (languages[:latin], languages[latin:])
    relatives = np.zeros((count, LANES), np.bool_)
    for i, language in enumerate(languages):
        for lane, other in enumerate(blocks[i >= latin]):
            relatives[i, lane] = language == other
    names = (*map(tag, profiles.languages), *ONLY.values(), UNKNOWN)
    only = np.array([names.index(ONLY.get(script, UNKNOWN)) for script in SCRIPTS])
    alone = [
        len({blocks[script != "Latin"][lane] for lane in np.flatnonzero(home)}) == 1
        for script, home in zip(SCRIPTS, profiles.tables.home, strict=True)
    ]
    return _Lookup(names, only, relatives, np.array(alone))


def decide(scores: Scores) -> Answers:
    """Choose among the languages that the script allows."""
    import pyarrow as pa

    profiles, lookup = load(), _lookup()
    row = np.arange(len(scores.script))
    home = profiles.tables.home[scores.decider]
    able = home.any(1)
    sums = np.where(home, scores.sums, 0)
    lane = sums.argmax(1)
    language = np.where(scores.decider == LATIN, lane, lane + profiles.latin)
    language = np.where(able, language, 0)
    top = sums[row, lane]
    sums[lookup.relatives[language]] = 0
    margin = np.maximum(top - np.maximum(sums.max(1, initial=0), scores.contest), 0) / SCALE
    # What a text of that language gains of itself; an unknown language gains less.
    own = (scores.grams * profiles.expected[language]).sum(1)
    fit = top / np.maximum(own, 1.0)

    name = np.where(able, language, lookup.only[scores.decider])
    unknown = len(lookup.names) - 1
    # Each letter is one that no profile has seen, and costs every one of them the floor.
    by_script = ~able & (name != unknown)
    margin = np.where(by_script, scores.letters * -np.log(SMOOTHING), margin)

    # A fit says nothing where the script decides: half of all Chinese n-grams are in no profile.
    rivals = able & ~lookup.alone[scores.decider]
    doubtful = margin < RELIABLE_MARGIN
    reason = np.select(
        [
            scores.letters == 0,
            ~able & ~by_script,
            (top <= 0) & able,
            rivals & (scores.letters < RELIABLE_LETTERS),
            rivals & (fit < RELIABLE_FIT),
            doubtful,
        ],
        [NO_LETTERS, UNSUPPORTED, TOO_SHORT, TOO_SHORT, POOR_FIT, LOW_MARGIN],
        0,
    )
    # A text of two languages in two scripts is known by one of them, if not reliably.
    word = rivals & doubtful & (scores.letters < WORD_LETTERS)
    name[(able & (top <= 0)) | word | (rivals & (fit < UNKNOWN_FIT * scores.share))] = unknown
    return Answers(
        # Not by `take`: its module alone takes 11 MB.
        language=pa.array([lookup.names[at] for at in name.tolist()], pa.string()),
        script=pa.array([SCRIPTS[at] for at in scores.script.tolist()], pa.string()),
        margin=margin,
        reliable=reason == 0,
        reason=pa.array([REASONS[at] for at in reason.tolist()], pa.string()),
        letters=scores.letters,
    )
