"""From scores to a language, or to an honest `und` with its reason.

What does *not* live here: how scores come about (`kernels.ngrams`), findings (`checks`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.ngrams import Scores
from cleaner.kernels.profiles import LANES, SCALE, SMOOTHING, Profiles
from cleaner.kernels.scripts import SCRIPTS

__all__ = ["ONLY", "Answers", "decide", "tag"]

RELIABLE_MARGIN = 5.0
"""Nats from which an answer is called reliable."""
RELIABLE_LETTERS = 20
"""A text with fewer is too short to be sure, unless its script decides."""
RELIABLE_FIT = 0.5
"""Share of what the language's own text would gain, below which it is likely a language that no
profile knows."""

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

TAGS = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
"""langdetect's codes that are not the BCP 47 tags we publish."""


class Answers(NamedTuple):
    """Columns of n answers.

    Attributes:
        language: BCP 47 tags, `und` for unknown (object array of str).
        script: Unicode script names (object array of str).
        margin: float64, nats over the best other language.
        reliable: bool.
        reason: why it is unknown or not reliable, None otherwise (object array).
        letters: int32, letters of the script.
    """

    language: npt.NDArray[Any]
    script: npt.NDArray[Any]
    margin: npt.NDArray[np.float64]
    reliable: npt.NDArray[np.bool_]
    reason: npt.NDArray[Any]
    letters: npt.NDArray[np.int32]


def tag(code: str) -> str:
    """BCP 47 tag of one of langdetect's codes."""
    return TAGS.get(code, code)


def lanes_at_home(profiles: Profiles) -> npt.NDArray[np.bool_]:
    """bool[scripts, LANES]: which lanes of its block a script allows."""
    home = np.zeros((len(SCRIPTS), LANES), np.bool_)
    latin = SCRIPTS.index("Latin")
    for script in range(len(SCRIPTS)):
        half = profiles.home[script]
        half = half[: profiles.latin] if script == latin else half[profiles.latin :]
        home[script, : len(half)] = half
    return home


def decide(scores: Scores, profiles: Profiles) -> Answers:
    """Choose among the languages that the script allows."""
    count = len(scores.script)
    names = np.array(SCRIPTS, dtype=object)
    latin = scores.decider == SCRIPTS.index("Latin")
    home = lanes_at_home(profiles)[scores.decider]
    able = home.any(1)

    sums = np.where(home, scores.sums, -1)
    best = sums.argmax(1)
    language = np.where(latin, best, np.minimum(best + profiles.latin, len(profiles.languages) - 1))
    top = sums[np.arange(count), best]
    relatives = _relatives(profiles)[language]
    second = np.where(relatives, 0, sums).max(1, initial=0)
    margin = np.where(able, np.maximum(top - second, 0) / SCALE, 0.0)

    # How much of its own text's gain did the language get?
    own = (scores.grams * profiles.expected[language]).sum(1)
    fit = np.where(own > 0, top / np.maximum(own, 1), 0.0)
    certain = able & (home.sum(1) == relatives_at_home(home, relatives))

    tags = np.array([*map(tag, profiles.languages)], dtype=object)
    codes = tags[language]
    only = np.array([ONLY.get(name, "und") for name in SCRIPTS], dtype=object)[scores.decider]
    by_script = ~able & (only != "und")
    codes = np.where(able, codes, only)
    # Each letter is one that no profile has seen: it costs every one of them the floor.
    margin = np.where(by_script, scores.letters * -np.log(SMOOTHING), margin)

    reason = np.full(count, None, dtype=object)
    reason[able & (fit < RELIABLE_FIT)] = "poor-fit"
    reason[able & (margin < RELIABLE_MARGIN)] = "low-margin"
    reason[able & ~certain & (scores.letters < RELIABLE_LETTERS)] = "too-short"
    nothing = able & (top <= 0)
    reason[nothing] = "too-short"
    codes[nothing] = "und"
    reason[~able & ~by_script] = "unsupported-script"
    reason[scores.letters == 0] = "no-letters"
    reliable = np.equal(reason, None)
    script = names[scores.script]
    return Answers(codes, script, margin, reliable, reason, scores.letters)


def _relatives(profiles: Profiles) -> npt.NDArray[np.bool_]:
    """bool[languages, LANES]: lanes of the same block that are the same language: no rivals."""
    count = len(profiles.languages)
    out = np.zeros((count, LANES), np.bool_)
    for i, code in enumerate(profiles.languages):
        block = range(profiles.latin) if i < profiles.latin else range(profiles.latin, count)
        for lane, j in enumerate(block):
            out[i, lane] = profiles.languages[j].split("-")[0] == code.split("-")[0]
    return out


def relatives_at_home(
    home: npt.NDArray[np.bool_], relatives: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """How many of the lanes that the script allows are the answer itself or a variant of it."""
    counts: npt.NDArray[np.int64] = (home & relatives).sum(1)
    return counts
