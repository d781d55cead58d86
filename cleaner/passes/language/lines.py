"""Which lines are foreign to their document: thresholds, and words for what the kernel found.

What does *not* live here: reading and scoring lines (`kernels.lines`).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels import lines as kernel
from cleaner.kernels.ngrams import buffers
from cleaner.kernels.profiles import LANES, SCALE, load
from cleaner.kernels.scripts import SCRIPTS
from cleaner.model import Span
from cleaner.passes.language.decide import ONLY, Answers, tag

__all__ = ["ForeignLine", "count_foreign_lines", "describe_foreign_lines", "without_surrogates"]

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
SCRIPT_LETTERS, LATIN_LETTERS, TITLE_LETTERS = 2, 8, 28
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
NEVER = 2**31 - 1
DECIDERS = {"ja": "Hiragana", "ko": "Hangul", "zh-Hans": "Han", "zh-Hant": "Han"}
"""Languages of several scripts, and the one that stands for all of them in `kernels.ngrams`."""


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
def _limits() -> kernel.Limits:
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
    return kernel.Limits(
        ratio=ratio,
        letters=LETTERS,
        per_letter=int(PER_LETTER * SCALE),
        per_name=int(PER_NAME * SCALE),
        script_letters=SCRIPT_LETTERS,
        latin_letters=LATIN_LETTERS,
        title_letters=TITLE_LETTERS,
    )


def count_foreign_lines(texts: Any, answers: Answers) -> npt.NDArray[np.int32]:
    """int32[n]: how many lines of each text are foreign to it."""
    counts, _ = kernel.foreign_lines(
        *buffers(texts), load().tables, _limits(), *_place(answers), room=0
    )
    return counts


def describe_foreign_lines(text: str, answers: Answers) -> Iterator[ForeignLine]:
    """The same lines of one text, given its answer (n = 1), with their places in code points."""
    text = without_surrogates(text)
    raw = text.encode()
    room = text.count("\n") + text.count("\r") + 1
    profiles = load()
    _, found = kernel.foreign_lines(
        np.frombuffer(raw, np.uint8),
        np.array([0, len(raw)]),
        profiles.tables,
        _limits(),
        *_place(answers),
        room=room,
    )
    at, chars = 0, 0
    for _, start, end, script, lane, ratio, letters in found.tolist():
        chars += len(raw[at:start].decode())
        size = len(raw[start:end].decode())
        at = end
        name = SCRIPTS[script]
        language = ONLY.get(name, "und")
        if lane >= 0:
            language = tag(profiles.languages[lane if name == "Latin" else lane + profiles.latin])
        yield ForeignLine(
            span=Span(chars, chars + size),
            script=name,
            language=language,
            ratio=ratio / SCALE if lane >= 0 else None,
            letters=letters,
        )
        chars += size


def _place(answers: Answers) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8]]:
    """Deciding script and lane of each document's language; lane -1 where it is not reliable."""
    profiles = load()
    language = answers.language.dictionary_encode()
    script = answers.script.dictionary_encode()
    known = language.dictionary.to_pylist()
    codes = [tag(code) for code in profiles.languages]
    places = [codes.index(name) if name in codes else -1 for name in known]
    places = [place if place < profiles.latin else place - profiles.latin for place in places]
    lane = np.array([*places, -1], np.int8)[language.indices]
    lane[~answers.reliable] = -1
    stands = [SCRIPTS.index(DECIDERS[name]) if name in DECIDERS else 0 for name in known]
    decider = np.array([*stands, 0], np.uint8)[language.indices]
    own = [SCRIPTS.index(name) for name in script.dictionary.to_pylist()]
    decider = np.where(decider > 0, decider, np.array([*own, 0], np.uint8)[script.indices])
    return decider.astype(np.uint8), lane


def without_surrogates(text: str) -> str:
    """U+FFFD for each lone surrogate, as in Arrow's copy of the text: positions stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
