"""Look words up: stop words, the phrases of C4, and slips that running text should not have.

A word is looked up once a document, however often it is there. Two of three words cannot be part of
a slip whatever stands around them, which a few bits tell; only the others are looked at closely.
What does *not* live here: splitting text (`words`), the words themselves (the pass's lexicon).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner
from cleaner.kernels.quality import wordrows as w
from cleaner.kernels.quality.slipsigns import akin, closes, disagree, note

__all__ = ["CUES", "FIELDS", "LANGUAGES", "STOP_WORD", "Lexicon", "look_up", "vote"]

LANGUAGES = 32
"""Most languages that a lexicon can know: one bit each."""
STOP_WORD = 32
"""Beside the number of a language."""

# Kinds of words that the slips and the C4 rules look for.
(
    FUNCTION, MODAL, FINITE, ARTICLE, POSSESSIVE, AUXILIARY, CAN, NOT, ONLY, CLITIC, JAVASCRIPT,
    LOREM, IPSUM, TERMS, OF, USE, PRIVACY, POLICY, COOKIE, USES, COOKIES, COUNTER, NEVER_ENDS,
    PAIRED,
) = (1 << bit for bit in range(24))  # fmt: skip

CUES = (
    "doubled", "capital", "article", "pair", "lowercase", "dangling", "torn", "spaced",
    "unterminated",
)  # fmt: skip
"""Kinds of slips; the last one is found by `statistics`, line by line."""
(
    DOUBLED, CAPITAL, ARTICLES, PAIR, LOWERCASE, DANGLING, TORN, SPACED, UNTERMINATED,
) = range(len(CUES))  # fmt: skip

_COUNTED = (
    "tokens", "words", "word_characters", "alphabetic", "capital_words", "stop_words", "language",
    "lorem",
)  # fmt: skip
FIELDS = (*_COUNTED, *CUES[:UNTERMINATED])
"""Columns: how often each. `stop_words` counts the different ones of the language that has most of
them; `language` is the one whose words are most frequent, -1 where that is not clear."""
(
    _TOKENS, _WORDS, _WORD_CHARACTERS, _ALPHABETIC, _CAPITAL_WORDS, _STOP_WORDS, _LANGUAGE, _LOREM,
) = range(len(_COUNTED))  # fmt: skip
_CUE = len(_COUNTED)

_VOTES = 4
"""Stop words that it takes to believe in a language."""
_CLITIC_GAP = 4
"""Bytes of a space and an apostrophe, straight or curly."""

# Not as literals: numba would compile what they are given to for each.
_ZERO: Any = np.int64(0)
_NOTHING: Any = np.int64(-1)
_SPACED, _DOUBLED = np.int64(SPACED), np.int64(DOUBLED)
_ALWAYS = CLITIC | JAVASCRIPT | IPSUM | USE | POLICY | COOKIES | COUNTER
"""Kinds that are looked at wherever they stand."""
_BEFORE = MODAL | FINITE | ARTICLE | POSSESSIVE
"""Kinds that a slip may follow."""


class Lexicon(NamedTuple):
    """Words that mean something, as an open hash table.

    Attributes:
        keys: uint64[slots], 0 where empty; slots is a power of two.
        doubled: uint32[slots], bit i: never stands twice in a row in language i.
        kinds: uint32[slots], flags above.
        first: int32[slots + 1], where the languages of each slot begin.
        languages: uint8[m], numbers of the languages for which the word speaks, with `STOP_WORD`
            where it counts as one.
        english: position of English.
    """

    keys: npt.NDArray[np.uint64]
    doubled: npt.NDArray[np.uint32]
    kinds: npt.NDArray[np.uint32]
    first: npt.NDArray[np.int32]
    languages: npt.NDArray[np.uint8]
    english: int


@inner
def vote(
    different: Any, scratch: Any, lexicon: Any, votes: Any, stops: Any, row: Any, base: Any
) -> Any:
    """Look every different word up; count stop words.

    Args:
        different: how many words.
        scratch: from `repeats.number`; its columns `kinds` and `doubled` are filled.
        lexicon: words that mean something.
        votes: int64[LANGUAGES], room.
        stops: int64[LANGUAGES], room.
        row: int32[wider], two columns are filled.
        base: where the columns of `FIELDS` begin.

    Returns:
        The language whose words are most frequent, -1 where that is not clear.
    """
    slots, mask = lexicon.keys, np.int64(len(lexicon.keys) - 1)
    counts, distinct, kinds, doubled = (
        scratch.counts,
        scratch.distinct,
        scratch.kinds,
        scratch.doubled,
    )
    for language in range(LANGUAGES):
        votes[language] = stops[language] = _ZERO
    for one in range(different):
        key = distinct[one]
        slot = np.int64(key) & mask
        while slots[slot] != 0 and slots[slot] != key:
            slot = (slot + 1) & mask
        kinds[one], doubled[one] = lexicon.kinds[slot], lexicon.doubled[slot]
        for each in range(lexicon.first[slot], lexicon.first[slot + 1]):
            spoken = np.int64(lexicon.languages[each])
            votes[spoken & (STOP_WORD - 1)] += counts[one]
            stops[spoken & (STOP_WORD - 1)] += spoken >= STOP_WORD
    best = most = second = _ZERO
    for language in range(LANGUAGES):
        most = max(most, stops[language])
        if votes[language] > votes[best]:
            best = language
    for language in range(LANGUAGES):
        if language != best and votes[language] > second:
            second = votes[language]
    if votes[best] < _VOTES or votes[best] <= second:
        best = -1
    row[base + _STOP_WORDS], row[base + _LANGUAGE] = most, best
    return best


@inner
def look_up(
    text: Any,
    data: Any,
    words: Any,
    lines: Any,
    count: Any,
    lexicon: Any,
    language: Any,
    scratch: Any,
    row: Any,
    base: Any,
    found: Any,
    total: Any,
) -> Any:
    """Look at the words of a text; count slips and C4's cues (the latter in `lines.bits`).

    Args:
        text: the number of the text and where it begins.
        data: UTF-8 bytes.
        words: from `words.split` and `repeats.number`.
        lines: the same.
        count: how many lines.
        lexicon: words that mean something.
        language: of the text, from `vote`.
        scratch: as `vote` left it.
        row: int32[wider], counts are added.
        base: where the columns of `FIELDS` begin.
        found: int64[room, 5], gets descriptions of slips.
        total: how many there were before.

    Returns:
        How many slips there are now.
    """
    kinds_of, doubled = scratch.kinds, scratch.doubled
    english = np.int64(1) << lexicon.english
    own = np.int64(1) << language if language >= 0 else np.int64(0)
    real = letters = alphabetic = capital = _ZERO
    for line in range(count):
        begin, until = np.int64(lines.word[line]), np.int64(lines.word[line + 1])
        line_bits = np.int64(0)
        # Nothing reaches over the end of a line.
        kinds = kinds1 = kinds2 = np.int64(0)
        bits1 = bits2 = np.int64(w.TRAIL | w.STOP)
        size1 = np.int64(0)
        one1 = one2 = np.int64(-1)
        for at in range(begin, until):
            bits, size, one = (
                np.int64(words.bits[at]),
                np.int64(words.size[at]),
                np.int64(words.id[at]),
            )
            kinds = np.int64(0)
            if bits & w.SYMBOL:
                # "mistakes , they": punctuation that belongs to the word before it.
                ends_word = bits1 & (w.HAS_LOWER | w.TRAIL) == w.HAS_LOWER
                if size == 1 and ends_word and closes(data[words.start[at]]):
                    row[base + _CUE + SPACED] += 1
                    total = note(found, total, text, _SPACED, words, at - 1, at, english)
            else:
                real += 1
                letters += size
                alphabetic += (bits & w.HAS_ALPHA) != 0
                upper = bits & (w.HAS_UPPER | w.HAS_LOWER) == w.HAS_UPPER
                capital += upper & (size > 1)
                if bits & w.CAPPED_LENGTH:
                    line_bits |= w.LONG_WORD
                kinds, twice = kinds_of[one], doubled[one]
                # Without a branch, since no processor foresees what kind of word comes next.
                likely = (
                    (kinds & _ALWAYS)
                    | (kinds & FUNCTION) * (bits1 & (w.TITLE | w.STOP))
                    | (kinds1 & _BEFORE) * ((kinds != 0) | (size1 < 3))
                    | (kinds1 & NOT) * (kinds2 & CAN)
                    | (kinds & AUXILIARY) * (bits & w.COMMA)
                    | (twice != 0) * (one == one1)
                    | np.int64(one == one2)
                )
                if likely:
                    small = bits & (w.HAS_UPPER | w.HAS_LOWER | w.DOTTED) == w.HAS_LOWER
                    small1 = bits1 & (w.HAS_UPPER | w.HAS_LOWER | w.DOTTED) == w.HAS_LOWER
                    joined = not (bits1 & w.TRAIL) and not (bits & w.LEAD)
                    kind, back = _NOTHING, 1
                    # "the the" and "to reduce to reduce", but not "again and again and again"
                    if joined:
                        if twice and small and bits1 & w.HAS_LOWER and one == one1:
                            row[base + _CUE + DOUBLED] += twice & own != 0
                            total = note(found, total, text, _DOUBLED, words, at - 1, at, twice)
                        elif (
                            small
                            and size > 3
                            and kinds1 & PAIRED
                            and small1
                            and kinds == 0
                            and at - 3 >= begin
                            and one == one2
                            and one1 == words.id[at - 3]
                            and not (words.bits[at - 3] | bits2) & w.TRAIL
                            and not (bits1 | bits2) & w.LEAD
                            and (at - 4 < begin or not akin(data, words, at - 4, at))
                        ):
                            row[base + _CUE + DOUBLED] += own == english
                            total = note(found, total, text, _DOUBLED, words, at - 3, at, english)
                        # "mistakes In the past"
                        if (
                            kinds & FUNCTION
                            and small
                            and kinds1 & FUNCTION
                            and bits1 & w.TITLE
                            and bits1 & w.HAS_LOWER
                            and not (bits2 & w.TRAIL or bits1 & w.LEAD)
                            and bits2 & (w.HAS_UPPER | w.HAS_LOWER | w.DOTTED) == w.HAS_LOWER
                            and at - 2 >= begin
                        ):
                            kind, back = CAPITAL, 2
                        elif kinds1 & ARTICLE and small and small1 and disagree(data, words, at):
                            kind = ARTICLES
                        elif (
                            small
                            and small1
                            and (
                                (kinds1 & MODAL and kinds & FINITE)
                                or (
                                    kinds1 & ARTICLE
                                    and kinds & (FINITE | POSSESSIVE | ARTICLE | NEVER_ENDS)
                                )
                                or (kinds1 & POSSESSIVE and kinds & (ARTICLE | POSSESSIVE))
                                or (kinds1 & FINITE and kinds & FINITE and one != one1)
                            )
                        ):
                            kind = PAIR
                        elif (
                            kinds1 & NOT
                            and kinds2 & CAN
                            and not bits2 & w.TRAIL
                            and not kinds & ONLY
                        ):
                            kind, back = TORN, 2
                    elif (
                        small
                        and kinds & FUNCTION
                        and small1
                        and bits1 & w.STOP
                        and not bits & w.LEAD
                        and size1 > 3
                    ):
                        kind = LOWERCASE
                    if (  # "do n't", "it 's"
                        kinds & CLITIC
                        and bits & w.APOSTROPHE
                        and bits1 & w.HAS_LOWER
                        and not bits1 & w.TRAIL
                        and words.start[at] - words.end[at - 1] <= _CLITIC_GAP
                    ):
                        kind, back = TORN, 1
                    if kinds & AUXILIARY and small and bits & w.COMMA and bits1 & w.COMMA:
                        kind, back = DANGLING, 1  # "Americans, like us, have,"
                    if kind >= 0:
                        row[base + _CUE + kind] += 1
                        total = note(found, total, text, kind, words, at - back, at, english)
                    # C4
                    if (
                        (kinds & USE and kinds1 & OF and kinds2 & TERMS)
                        or (kinds & POLICY and kinds1 & (PRIVACY | COOKIE))
                        or (kinds & COOKIES and kinds1 & (USES | USE))
                        or (kinds & COOKIES and kinds1 & OF and kinds2 & USE)
                    ):
                        line_bits |= w.POLICY_LINE
                    if kinds & JAVASCRIPT:
                        line_bits |= w.SCRIPT_LINE
                    row[base + _LOREM] += kinds & IPSUM > 0 and kinds1 & LOREM > 0
                    if (  # "3 likes" alone on a line
                        kinds & COUNTER
                        and at + 1 == until
                        and at - 1 == begin
                        and not bits1 & w.HAS_ALPHA
                    ):
                        line_bits |= w.COUNTER_LINE
            kinds2, kinds1, bits2, bits1 = kinds1, kinds, bits1, bits
            one2, one1, size1 = one1, one, size
        lines.bits[line] |= line_bits
    row[base + _TOKENS] = lines.word[count]
    row[base + _WORDS] = real
    row[base + _WORD_CHARACTERS] = letters
    row[base + _ALPHABETIC] = alphabetic
    row[base + _CAPITAL_WORDS] = capital
    return total
