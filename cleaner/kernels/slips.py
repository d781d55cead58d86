"""Look words up: stop words, the phrases of C4, and slips that running text should not have.

What does *not* live here: splitting text (`words`), the words themselves (the pass's lexicon).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels import wordrows as w
from cleaner.kernels.compiled import kernel
from cleaner.kernels.slipsigns import akin, closes, disagree, note

__all__ = ["CUES", "FIELDS", "LANGUAGES", "UNTERMINATED", "Lexicon", "hash_word", "look_up"]

LANGUAGES = 32
"""Most languages that a lexicon can know: one bit each."""

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
_KEY_SIZE = 12
"""Code points of the longest word that is looked up in the lexicon."""


class Lexicon(NamedTuple):
    """Words that mean something, as an open hash table.

    Attributes:
        keys: uint64[slots], 0 where empty; slots is a power of two.
        stop: uint32[slots], bit i: counts as stop word of language i.
        vote: uint32[slots], bit i: speaks for language i.
        doubled: uint32[slots], bit i: never stands twice in a row in language i.
        kinds: uint32[slots], flags above.
        english: position of English.
    """

    keys: npt.NDArray[np.uint64]
    stop: npt.NDArray[np.uint32]
    vote: npt.NDArray[np.uint32]
    doubled: npt.NDArray[np.uint32]
    kinds: npt.NDArray[np.uint32]
    english: int


def hash_word(word: str) -> int:
    """The key of a word in lower case, as `words.split` computes it."""
    prime, basis, every = 0x9E3779B97F4A7C15, 0xCBF29CE484222325, (1 << 64) - 1
    key: int = basis
    for char in word:
        key = ((key ^ ord(char)) * prime) & every
        if char == "_" or char.isalnum():
            key ^= key >> 29
    return key


@kernel
def look_up(
    first_row: Any,
    offsets: Any,
    words: Any,
    lines: Any,
    bounds: Any,
    lexicon: Any,
    table: Any,
    base_column: Any,
    seen: Any,
    found: Any,
    total: Any,
) -> Any:
    """Look every word up; count slips, stop words and C4's cues (the latter in `lines.bits`).

    The counts go into the columns of `table` from `base_column` on. (A slice of it would be
    contiguous or not by its size, and the kernel would be compiled for both.)
    """
    votes = np.zeros(LANGUAGES, np.int64)
    distinct = np.zeros(LANGUAGES, np.int64)
    doubled = np.zeros(LANGUAGES, np.int64)
    mask = np.int64(len(lexicon.keys) - 1)
    english = np.int64(1) << lexicon.english
    for i in range(len(bounds) - 1):
        row = table[i, base_column:]
        row_number = first_row + i
        shift = offsets[row_number]
        start, stop = bounds[i, 0], bounds[i + 1, 0]
        row[_TOKENS] = stop - start
        votes[:] = 0
        distinct[:] = 0
        doubled[:] = 0
        line = bounds[i, 1] - 1
        until = start
        kinds = kinds1 = kinds2 = np.int64(0)
        bits = bits1 = bits2 = np.int32(0)
        for at in range(start, stop):
            kinds2, kinds1, kinds = kinds1, kinds, np.int64(0)
            twice = np.int64(0)
            bits2, bits1, bits = bits1, bits, words.bits[at]
            if at == start or at >= until:
                while until <= at:
                    line += 1
                    until = lines.word[line + 1]
                kinds1 = kinds2 = np.int64(0)  # nothing reaches over the end of a line
                bits1 = bits2 = np.int32(w.TRAIL | w.STOP)
            size = words.size[at]
            first = words.first[at]
            kind = -1
            begin = at
            joined = not (bits1 & w.TRAIL) and not (bits & w.LEAD)
            if bits & w.SYMBOL:
                # "mistakes , they": punctuation that belongs to the word before it.
                if size == 1 and bits1 & w.HAS_LOWER and not bits1 & w.TRAIL and closes(first):
                    row[_CUE + SPACED] += 1
                    total = note(
                        found,
                        total,
                        row_number,
                        shift,
                        SPACED,
                        words.start[at - 1],
                        words.end[at],
                        english,
                    )
                continue
            row[_WORDS] += 1
            row[_WORD_CHARACTERS] += size
            if bits & w.HAS_ALPHA:
                row[_ALPHABETIC] += 1
                row[_CAPITAL_WORDS] += size > 1 and bits & w.HAS_UPPER and not bits & w.HAS_LOWER
            if bits & w.CAPPED_LENGTH:
                lines.bits[line] |= w.LONG_WORD
            if size <= _KEY_SIZE:
                slot = np.int64(words.key[at] >> np.uint64(20)) & mask
                while lexicon.keys[slot] != 0 and lexicon.keys[slot] != words.key[at]:
                    slot = (slot + 1) & mask
                if lexicon.keys[slot] != 0:
                    kinds = np.int64(lexicon.kinds[slot])
                    twice = np.int64(lexicon.doubled[slot])
                    vote, stop = np.int64(lexicon.vote[slot]), np.int64(lexicon.stop[slot])
                    new = seen[slot] != row_number
                    seen[slot] = row_number
                    language = 0
                    while vote:
                        if vote & 1:
                            votes[language] += 1
                            distinct[language] += new and stop & 1
                        vote >>= 1
                        stop >>= 1
                        language += 1
            small = bits & (w.HAS_UPPER | w.HAS_LOWER | w.DOTTED) == w.HAS_LOWER
            small1 = bits1 & (w.HAS_UPPER | w.HAS_LOWER | w.DOTTED) == w.HAS_LOWER
            # "the the" and "to reduce to reduce", but not "again and again and again"
            if joined:
                if twice and small and bits1 & w.HAS_LOWER and words.key[at] == words.key[at - 1]:
                    language = 0
                    for language in range(LANGUAGES):
                        doubled[language] += (twice >> language) & 1
                    total = note(
                        found,
                        total,
                        row_number,
                        shift,
                        DOUBLED,
                        words.start[at - 1],
                        words.end[at],
                        twice,
                    )
                elif (
                    small
                    and size > 3
                    and kinds1 & PAIRED
                    and small1
                    and kinds == 0
                    and at - 3 >= lines.word[line]
                    and words.key[at] == words.key[at - 2]
                    and words.key[at - 1] == words.key[at - 3]
                    and not (words.bits[at - 3] | bits2) & w.TRAIL
                    and not (bits1 | bits2) & w.LEAD
                    and (at - 4 < lines.word[line] or not akin(words, at - 4, at))
                ):
                    doubled[lexicon.english] += 1
                    total = note(
                        found,
                        total,
                        row_number,
                        shift,
                        DOUBLED,
                        words.start[at - 3],
                        words.end[at],
                        english,
                    )
                # "mistakes In the past"
                if (
                    kinds & FUNCTION
                    and small
                    and kinds1 & FUNCTION
                    and bits1 & w.TITLE
                    and bits1 & w.HAS_LOWER
                    and not (bits2 & w.TRAIL or bits1 & w.LEAD)
                    and bits2 & (w.HAS_UPPER | w.HAS_LOWER | w.DOTTED) == w.HAS_LOWER
                    and at - 2 >= lines.word[line]
                ):
                    kind = CAPITAL
                    begin = at - 2
                elif kinds1 & ARTICLE and small and small1 and disagree(words, at):
                    kind, begin = ARTICLES, at - 1
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
                        or (
                            kinds1 & FINITE
                            and kinds & FINITE
                            and words.key[at] != words.key[at - 1]
                        )
                    )
                ):
                    kind, begin = PAIR, at - 1
                elif kinds1 & NOT and kinds2 & CAN and not (bits2 & w.TRAIL) and not kinds & ONLY:
                    kind, begin = TORN, at - 2
            elif (
                small
                and kinds & FUNCTION
                and small1
                and bits1 & w.STOP
                and not bits & w.LEAD
                and words.size[at - 1] > 3
            ):
                kind, begin = LOWERCASE, at - 1
            if (  # "do n't", "it 's"
                kinds & CLITIC
                and bits & w.APOSTROPHE
                and bits1 & w.HAS_LOWER
                and not bits1 & w.TRAIL
                and words.start[at] - words.end[at - 1] <= _CLITIC_GAP
            ):
                kind, begin = TORN, at - 1
            if kinds & AUXILIARY and small and bits & w.COMMA and bits1 & w.COMMA:
                kind, begin = DANGLING, at - 1  # "Americans, like us, have,"
            if kind >= 0:
                row[_CUE + kind] += 1
                total = note(
                    found,
                    total,
                    row_number,
                    shift,
                    kind,
                    words.start[begin],
                    words.end[at],
                    english,
                )
            # C4
            policy = (
                (kinds & USE and kinds1 & OF and kinds2 & TERMS)
                or (kinds & POLICY and kinds1 & (PRIVACY | COOKIE))
                or (kinds & COOKIES and kinds1 & (USES | USE))
                or (kinds & COOKIES and kinds1 & OF and kinds2 & USE)
            )
            if policy:
                lines.bits[line] |= w.POLICY_LINE
            if kinds & JAVASCRIPT:
                lines.bits[line] |= w.SCRIPT_LINE
            row[_LOREM] += kinds & IPSUM > 0 and kinds1 & LOREM > 0
            if (  # "3 likes" alone on a line
                kinds & COUNTER
                and at + 1 == until
                and at - 1 == lines.word[line]
                and not words.bits[at - 1] & w.HAS_ALPHA
            ):
                lines.bits[line] |= w.COUNTER_LINE
        best = 0
        for language in range(LANGUAGES):
            row[_STOP_WORDS] = max(row[_STOP_WORDS], distinct[language])
            if votes[language] > votes[best]:
                best = language
        second = 0
        for language in range(LANGUAGES):
            if language != best:
                second = max(second, votes[language])
        row[_LANGUAGE] = -1
        if votes[best] >= _VOTES and votes[best] > second:
            row[_LANGUAGE] = best
            row[_CUE + DOUBLED] = doubled[best]
    return total
