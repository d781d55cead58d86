"""The signals: one number a document each, with its source, its unit and its definition.

What does *not* live here: counting (`kernels.quality.statistics`), thresholds (`thresholds`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["GOPHER", "SIGNALS", "SPUN_MINIMUM", "Signal", "spun"]

GOPHER = "Gopher (Rae et al. 2021, arXiv:2112.11446, appendix A.1)"
C4 = "C4 (Raffel et al. 2020, JMLR 21:140, section 2.2)"
FINEWEB = "FineWeb (Penedo et al. 2024, arXiv:2406.17557, section 3.6)"
REFINEDWEB = "RefinedWeb (Penedo et al. 2023, arXiv:2306.01116, appendix G.2)"
REDPAJAMA = "RedPajama-V2 (Weber et al. 2024, arXiv:2411.12372, appendix D)"
OWN = "cleaner"

Counts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signal:
    """One column of `measure`.

    Attributes:
        name: of the column, without the prefix `quality_`.
        source: who defined it.
        unit: what is counted, or the two things whose quotient it is.
        definition: in a sentence.
        formula: from the columns of `kernels.quality.statistics.FIELDS` (and `entropy`).
        whole: whether it is a count.
    """

    name: str
    source: str
    unit: str
    definition: str
    formula: Callable[[Counts], Any]
    whole: bool = False

    @property
    def column(self) -> str:
        """The column's name, unique over all passes."""
        return f"quality_{self.name}"


def _count(name: str, source: str, unit: str, definition: str, field: str | None = None) -> Signal:
    return Signal(name, source, unit, definition, lambda c: c[field or name], whole=True)


def _share(name: str, source: str, unit: str, definition: str, part: str, whole: str) -> Signal:
    """`part` over `whole`, 0 where there is nothing."""
    return Signal(name, source, unit, definition, lambda c: c[part] / np.maximum(c[whole], 1))


def _repetition(size: int) -> Signal:
    if size <= 4:
        return _share(
            f"top_{size}_gram_share",
            GOPHER,
            "characters / characters",
            f"All occurrences of the most frequent run of {size} words, with the spaces in it; 0 "
            "when no run occurs twice.",
            f"top_{size}",
            "characters",
        )
    return _share(
        f"repeated_{size}_gram_share",
        GOPHER,
        "characters / characters",
        f"Runs of {size} words that occurred before, from left to right without overlap.",
        f"again_{size}",
        "characters",
    )


_CUES = ("capital", "article", "pair", "lowercase", "dangling", "torn", "spaced", "unterminated")
_AT_MOST = 3
"""One habit of a writer is one cue, however often."""
SPUN_MINIMUM = 3
"""Kinds of slips without which nothing is called spun."""


def _kinds(counts: Counts) -> Any:
    return sum((counts[cue] > 0).astype(np.int32) for cue in (*_CUES, "doubled"))


def spun(counts: Counts) -> Any:
    """Slips in 1,000 words, at most three of a kind; 0 with fewer kinds than `SPUN_MINIMUM`."""
    slips = sum(np.minimum(counts[cue], _AT_MOST) for cue in (*_CUES, "doubled"))
    return np.where(
        _kinds(counts) >= SPUN_MINIMUM, 1000 * slips / np.maximum(counts["words"], 1), 0
    )


def _brackets(counts: Counts) -> Any:
    gaps = [
        abs(counts[opening].astype(np.int64) - counts[closing])
        for opening, closing in (
            ("round_open", "round_close"),
            ("square_open", "square_close"),
            ("curly", "curly_close"),
        )
    ]
    return sum(gaps)


def _loud_words(counts: Counts) -> Any:
    parts = [counts[f"{kind}_words"] for kind in ("upper", "number", "counter", "single")]
    return sum(parts) / np.maximum(counts["tokens"], 1)


_LINES, _WORDS, _CHARACTERS = "lines / lines", "words / words", "characters / characters"

SIGNALS: tuple[Signal, ...] = (
    # Gopher, quality
    _count("words", GOPHER, "words", "Words with a letter, mark or number."),
    Signal(
        "mean_word_length",
        GOPHER,
        "characters / word",
        "Mean length of these words, without the punctuation around them.",
        lambda c: c["word_characters"] / np.maximum(c["words"], 1),
    ),
    _share("hash_ratio", GOPHER, "marks / words", "Number signs `#`.", "hashes", "tokens"),
    _share("ellipsis_ratio", GOPHER, "marks / words", "`...` and `…`.", "ellipses", "tokens"),
    _share(
        "bullet_line_share",
        GOPHER,
        _LINES,
        "Lines that begin with a bullet.",
        "bullet_lines",
        "lines",
    ),
    _share(
        "ellipsis_line_share",
        GOPHER,
        _LINES,
        "Lines that end with an ellipsis.",
        "ellipsis_lines",
        "lines",
    ),
    _share(
        "alphabetic_word_share",
        GOPHER,
        _WORDS,
        "Words with at least one letter.",
        "alphabetic",
        "tokens",
    ),
    _count(
        "stop_words",
        GOPHER,
        "words",
        "Different stop words of the language that has most of them here.",
    ),
    # Gopher, repetition
    _share(
        "repeated_line_share",
        GOPHER,
        _LINES,
        "Lines that occurred before.",
        "repeated_lines",
        "lines",
    ),
    _share(
        "repeated_line_character_share",
        GOPHER,
        _CHARACTERS,
        "Characters in lines that occurred before.",
        "repeated_line_characters",
        "characters",
    ),
    _share(
        "repeated_paragraph_share",
        GOPHER,
        "paragraphs / paragraphs",
        "Paragraphs that occurred before.",
        "repeated_paragraphs",
        "paragraphs",
    ),
    _share(
        "repeated_paragraph_character_share",
        GOPHER,
        _CHARACTERS,
        "Characters in paragraphs that occurred before.",
        "repeated_paragraph_characters",
        "characters",
    ),
    *(_repetition(size) for size in range(2, 11)),
    # C4
    _count(
        "c4_sentences",
        C4,
        "sentences",
        "Sentences in the lines that C4 keeps: they end like a sentence but not with an ellipsis, "
        "have three words or more, none above 1,000 characters, and no `javascript` or cookie "
        "notice.",
    ),
    _share("c4_line_share", C4, _LINES, "Lines that C4 keeps.", "c4_lines", "lines"),
    _count("curly_brackets", C4, "marks", "Opening curly brackets.", "curly"),
    _count("lorem_ipsum", C4, "occurrences", "The words `lorem ipsum`.", "lorem"),
    _count("javascript_lines", C4, "lines", "Lines with the word `javascript`."),
    _count(
        "policy_lines", C4, "lines", "Lines that name terms of use, privacy or cookie policies."
    ),
    # FineWeb
    _share(
        "terminal_line_share",
        FINEWEB,
        _LINES,
        "Lines that end like a sentence, quotes and brackets behind it included.",
        "terminal_lines",
        "lines",
    ),
    _share(
        "short_line_share",
        FINEWEB,
        _LINES,
        "Lines of at most 30 characters.",
        "short_lines",
        "lines",
    ),
    Signal(
        "repeated_line_character_ratio",
        FINEWEB,
        _CHARACTERS,
        "Characters in lines that occurred before, line breaks not counted.",
        lambda c: c["repeated_line_characters"] / np.maximum(c["characters"] - c["breaks"], 1),
    ),
    _share("break_ratio", FINEWEB, "line breaks / words", "Line breaks.", "breaks", "tokens"),
    # RefinedWeb
    Signal(
        "line_wise_share",
        REFINEDWEB,
        _WORDS,
        "Words in lines that are mostly capitals, only numbers, a counter (`3 likes`) or one word.",
        _loud_words,
    ),
    # RedPajama-V2
    _count("sentences", REDPAJAMA, "sentences", "Marks that end a sentence, abbreviations apart."),
    _share(
        "different_word_share",
        REDPAJAMA,
        _WORDS,
        "Different words, regardless of case.",
        "different",
        "tokens",
    ),
    Signal(
        "word_entropy",
        REDPAJAMA,
        "nats",
        "Entropy of the distribution of words.",
        lambda c: c["entropy"],
    ),
    _share(
        "capital_word_share",
        REDPAJAMA,
        _WORDS,
        "Words of capitals only, two letters or more.",
        "capital_words",
        "words",
    ),
    _share(
        "capital_share", REDPAJAMA, "letters / letters", "Capital letters.", "capitals", "letters"
    ),
    _share("digit_share", REDPAJAMA, _CHARACTERS, "Decimal digits.", "digits", "characters"),
    # Our own
    _count("characters", OWN, "code points", "Length."),
    _count("lines", OWN, "lines", "Lines that are not blank."),
    _count("paragraphs", OWN, "paragraphs", "Blocks of lines between blank lines."),
    _count("replacement_characters", OWN, "characters", "U+FFFD.", "replacement"),
    Signal(
        "unbalanced_brackets", OWN, "marks", "Brackets without a partner.", _brackets, whole=True
    ),
    _count(
        "unbalanced_quotes", OWN, "lines", "Lines whose quotes open and close unequally.", "quotes"
    ),
    _count("doubled_words", OWN, "occurrences", "`the the`, `to reduce to reduce`.", "doubled"),
    _share(
        "caseless_share",
        OWN,
        "letters / letters",
        "Letters of scripts without capitals.",
        "caseless",
        "letters",
    ),
    Signal(
        "slip_kinds",
        OWN,
        "kinds",
        "Kinds of slips of machine-translated or spun English.",
        _kinds,
        whole=True,
    ),
    Signal("slips", OWN, "slips / 1,000 words", "These slips, at most three of a kind.", spun),
)
"""Every signal, in the order of the columns."""
