"""Count, document by document, what the published quality families look at.

One call for a batch fills a matrix of integers; shares and thresholds are the pass's. What does *not*
live here: splitting text (`words`), repetition (`repeats`), which words mean what (the pass's lexicon).
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cleaner.kernels import words as w
from cleaner.kernels.repeats import repeated_pieces, repeated_runs, scratch_for
from cleaner.kernels.words import room_for, split

__all__ = ["CUES", "FIELDS", "LANGUAGES", "Lexicon", "hash_word", "measure"]

LANGUAGES = 32
"""Most languages that a lexicon can know: one bit each."""

CUES = (
    "doubled", "capital", "article", "pair", "lowercase", "dangling", "torn", "spaced",
    "unterminated",
)  # fmt: skip
"""Kinds of slips, in the order of their columns; the lexicon's kinds below name the words."""

# Kinds of words that the slips and the C4 rules look for.
(
    FUNCTION, MODAL, FINITE, ARTICLE, POSSESSIVE, AUXILIARY, CAN, NOT, ONLY, CLITIC, JAVASCRIPT, LOREM,
    IPSUM, TERMS, OF, USE, PRIVACY, POLICY, COOKIE, USES, COOKIES, COUNTER, NEVER_ENDS, PAIRED,
) = (1 << bit for bit in range(24))  # fmt: skip

_FROM_TOTALS = (
    "characters", "breaks", "hashes", "ellipses", "curly", "replacement", "letters", "capitals", "digits",
    "sentences", "caseless", "round_open", "round_close", "square_open", "square_close", "curly_close",
    "quotes", "cut",
)  # fmt: skip
_COUNTED = (
    "tokens", "words", "word_characters", "alphabetic", "capital_words", "different", "stop_words",
    "language", "lines", "paragraphs", "bullet_lines", "ellipsis_lines", "terminal_lines", "short_lines",
    "short_word_lines", "repeated_lines", "repeated_line_characters", "repeated_paragraphs",
    "repeated_paragraph_characters", "c4_lines", "c4_sentences", "javascript_lines", "policy_lines",
    "long_word_lines", "lorem", "upper_words", "number_words", "counter_words", "single_words",
    "line_characters", "top_2", "top_3", "top_4", "again_5", "again_6", "again_7", "again_8", "again_9",
    "again_10",
)  # fmt: skip
FIELDS = (*_FROM_TOTALS, *_COUNTED, *CUES)
"""Names of the columns of `measure`."""

(
    TOKENS, WORDS, WORD_CHARACTERS, ALPHABETIC, CAPITAL_WORDS, DIFFERENT, STOP_WORDS, LANGUAGE, LINES,
    PARAGRAPHS, BULLETS, ELLIPSES, TERMINALS, SHORT, FEW_WORDS, REPEATED_LINES, REPEATED_LINE_SIZE,
    REPEATED_PARAGRAPHS, REPEATED_PARAGRAPH_SIZE, C4_LINES, C4_SENTENCES, JAVASCRIPTS, POLICIES,
    LONG_WORDS, LOREMS, UPPERS, NUMBERS, COUNTERS, SINGLES, LINE_SIZE, TOP, AGAIN,
) = (*range(w.TOTALS, w.TOTALS + 31), w.TOTALS + 33)  # fmt: skip
CUE = w.TOTALS + len(_COUNTED)
(
    DOUBLED, CAPITAL, ARTICLES, PAIR, LOWERCASE, DANGLING, TORN, SPACED, UNTERMINATED,
) = range(len(CUES))  # fmt: skip

SHORT_LINE = 30
"""Code points (FineWeb)."""
LINE_WORDS = 3
"""A shorter line is dropped by C4."""
LONG_LINE = 20
"""Words of a line that must be a paragraph: headlines have up to 18."""
_PROSE = 60
"""Code points of a line that ends like a sentence, to count as a paragraph."""
_VOTES = 4
"""Stop words that it takes to believe in a language."""
_KEY_SIZE = 12
"""Code points of the longest word that is looked up in the lexicon."""

_TURN = np.uint64(0x9E3779B97F4A7C15)
_LOUD = 0.6
"""Share of capitals among the letters of a line that is "mainly composed" of them (RefinedWeb)."""


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
    key = basis
    for char in word:
        key = ((key ^ ord(char)) * prime) & every
        if char == "_" or char.isalnum():
            key ^= key >> 29
    return key


def measure(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    flags: npt.NDArray[np.uint32],
    lower: npt.NDArray[np.int32],
    lexicon: Lexicon,
    room: int = 0,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Count everything in every text.

    Args:
        data: UTF-8 bytes of all texts.
        offsets: int64[n + 1], where each begins.
        flags: from `characters`.
        lower: from `characters`.
        lexicon: words that mean something.
        room: how many slips to describe, of the whole batch.

    Returns:
        int32[n, len(FIELDS)]; float32[n], entropy of the words in nats; and int64[found, 5]: of each
        slip the row, its position in `CUES`, first byte, byte past the end, and the languages in
        which it is one (bits).
    """
    count = len(offsets) - 1
    table = np.zeros((count, len(FIELDS)), np.int32)
    entropy = np.zeros(count, np.float32)
    found = np.zeros((room, 5), np.int64)
    if count == 0:
        return table, entropy, found
    longest = int(np.max(np.diff(offsets)))
    words, lines = room_for(longest)
    scratch = scratch_for(longest)
    total: Any = _measure(
        data, offsets, flags, lower, lexicon, words, lines, scratch, table, entropy, found
    )
    return table, entropy, found[: min(total, room)]


@numba.njit(cache=True, nogil=True)
def _measure(
    data: Any,
    offsets: Any,
    flags: Any,
    lower: Any,
    lexicon: Any,
    words: Any,
    lines: Any,
    scratch: Any,
    table: Any,
    entropy: Any,
    found: Any,
) -> Any:
    totals = np.zeros(w.TOTALS, np.int64)
    top = np.zeros(11, np.int64)
    again = np.zeros(11, np.int64)
    pair = np.zeros(2, np.int64)
    votes = np.zeros(LANGUAGES, np.int64)
    distinct = np.zeros(LANGUAGES, np.int64)
    doubled = np.zeros(LANGUAGES, np.int64)
    seen = np.full(len(lexicon.keys), -1, np.int64)
    total = 0
    for i in range(len(offsets) - 1):
        row = table[i]
        before = total
        count, rows = split(data, offsets[i], offsets[i + 1], flags, lower, words, lines, totals)
        row[: w.TOTALS] = totals
        row[TOKENS], row[LINES] = count, rows
        votes[:] = 0
        distinct[:] = 0
        doubled[:] = 0
        total = _words(
            i, words, lines, count, rows, lexicon, row, votes, distinct, doubled, seen, total, found
        )
        total = _lines(
            i, data, words, lines, rows, row, np.int64(1) << lexicon.english, total, found
        )
        best = second = 0
        for language in range(LANGUAGES):
            row[STOP_WORDS] = max(row[STOP_WORDS], distinct[language])
            if votes[language] > votes[best]:
                best = language
        for language in range(LANGUAGES):
            if language != best:
                second = max(second, votes[language])
        row[LANGUAGE] = -1
        if votes[best] >= _VOTES and votes[best] > second:
            row[LANGUAGE] = best
            row[CUE + DOUBLED] = doubled[best]
        repeated_pieces(lines.key, lines.size, rows, scratch, pair)
        row[REPEATED_LINES], row[REPEATED_LINE_SIZE] = pair
        _paragraphs(lines, rows, scratch, pair, row)
        if total > before and before < len(found):
            found[before:total, 2:4] -= offsets[i]
        different, entropy[i] = repeated_runs(words, count, scratch, top, again)
        row[DIFFERENT] = different
        for size in range(2, 5):
            row[TOP + size - 2] = top[size]
        for size in range(5, 11):
            row[AGAIN + size - 5] = again[size]
    return total


@numba.njit(cache=True, nogil=True)
def _note(found: Any, total: Any, i: Any, kind: Any, start: Any, end: Any, languages: Any) -> Any:
    if total < len(found):
        found[total, 0], found[total, 1] = i, kind
        found[total, 2], found[total, 3], found[total, 4] = start, end, languages
    return total + 1


@numba.njit(cache=True, nogil=True)
def _words(
    i: Any,
    words: Any,
    lines: Any,
    count: Any,
    rows: Any,
    lexicon: Any,
    row: Any,
    votes: Any,
    distinct: Any,
    doubled: Any,
    seen: Any,
    total: Any,
    found: Any,
) -> Any:
    """Look every word up; count slips, stop words and C4's cues (the latter in `lines.bits`)."""
    mask = np.int64(len(lexicon.keys) - 1)
    english = np.int64(1) << lexicon.english
    line = until = 0
    kinds = kinds1 = kinds2 = np.int64(0)
    bits = bits1 = bits2 = 0
    if rows:
        until = lines.word[1]
    for at in range(count):
        kinds2, kinds1, kinds = kinds1, kinds, np.int64(0)
        twice = np.int64(0)
        bits2, bits1, bits = bits1, bits, words.bits[at]
        if at == 0 or at >= until:
            while until <= at:
                line += 1
                until = lines.word[line + 1]
            kinds1 = kinds2 = 0  # nothing reaches over the end of a line
            bits1 = bits2 = w.TRAIL | w.STOP
        size = words.size[at]
        first = words.first[at]
        kind = -1
        begin = at
        joined = not (bits1 & w.TRAIL) and not (bits & w.LEAD)
        if bits & w.SYMBOL:
            # "mistakes , they": punctuation that belongs to the word before it.
            if size == 1 and bits1 & w.HAS_LOWER and not bits1 & w.TRAIL and _closes(first):
                row[CUE + SPACED] += 1
                total = _note(found, total, i, SPACED, words.start[at - 1], words.end[at], english)
            continue
        row[WORDS] += 1
        row[WORD_CHARACTERS] += size
        if bits & w.HAS_ALPHA:
            row[ALPHABETIC] += 1
            row[CAPITAL_WORDS] += size > 1 and bits & w.HAS_UPPER and not bits & w.HAS_LOWER
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
                new = seen[slot] != i
                seen[slot] = i
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
        # Doubled words: "the the", and "to reduce to reduce" but not "again and again and again".
        if joined:
            if twice and small and bits1 & w.HAS_LOWER and words.key[at] == words.key[at - 1]:
                language = 0
                for language in range(LANGUAGES):
                    doubled[language] += (twice >> language) & 1
                total = _note(found, total, i, DOUBLED, words.start[at - 1], words.end[at], twice)
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
                and (at - 4 < lines.word[line] or not _akin(words, at - 4, at))
            ):
                doubled[lexicon.english] += 1
                total = _note(found, total, i, DOUBLED, words.start[at - 3], words.end[at], english)
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
            elif kinds1 & ARTICLE and small and small1 and _disagree(words, at):
                kind, begin = ARTICLES, at - 1
            elif (
                small
                and small1
                and (
                    (kinds1 & MODAL and kinds & FINITE)
                    or (kinds1 & ARTICLE and kinds & (FINITE | POSSESSIVE | ARTICLE | NEVER_ENDS))
                    or (kinds1 & POSSESSIVE and kinds & (ARTICLE | POSSESSIVE))
                    or (kinds1 & FINITE and kinds & FINITE and words.key[at] != words.key[at - 1])
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
        if bits & w.APOSTROPHE and kinds & CLITIC and bits & w.LEAD and bits1 & w.HAS_LOWER:
            if not bits1 & w.TRAIL and words.start[at] - words.end[at - 1] <= 4:
                kind, begin = TORN, at - 1
        if kinds & AUXILIARY and small and bits & w.COMMA and bits1 & w.COMMA:
            kind, begin = DANGLING, at - 1  # "Americans, like us, have,"
        if kind >= 0:
            row[CUE + kind] += 1
            total = _note(found, total, i, kind, words.start[begin], words.end[at], english)
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
        row[LOREMS] += kinds & IPSUM and kinds1 & LOREM
        if kinds & COUNTER and at + 1 == until and at - 1 == lines.word[line]:
            if not words.bits[at - 1] & w.HAS_ALPHA:
                lines.bits[line] |= w.COUNTER_LINE
    return total


@numba.njit(cache=True, nogil=True)
def _akin(words: Any, one: Any, other: Any) -> Any:
    """Whether two words begin alike: "step by step by step", "pointer to pointers to pointers"."""
    return words.first[one] == words.first[other] and words.second[one] == words.second[other]


@numba.njit(cache=True, nogil=True)
def _closes(point: Any) -> Any:
    """One of , . ; ! ? ) ] }"""
    return point in (0x2C, 0x2E, 0x3B, 0x21, 0x3F, 0x29, 0x5D, 0x7D)


@numba.njit(cache=True, nogil=True)
def _disagree(words: Any, at: Any) -> Any:
    """Whether "a" stands before a vowel or "an" before a consonant, exceptions apart."""
    first, second = words.first[at], words.second[at]
    if words.size[at] < 4:
        return False  # abbreviations
    vowel = first in (0x61, 0x65, 0x69, 0x6F)
    if words.size[at - 1] == 1:
        if words.first[at - 1] != 0x61:
            return False
        # "a European", "a one-off", "a ewe"
        return (
            vowel
            and not (first == 0x65 and second in (0x75, 0x77))
            and not (first == 0x6F and second in (0x6E, 0x75))
        )
    if words.size[at - 1] != 2:
        return False
    # "an hour"; and letters read by their names: "an x-ray", "an s-bend"
    return (
        0x61 <= first <= 0x7A
        and not vowel
        and first not in (0x68, 0x75, 0x79)
        and 0x61 <= second <= 0x7A
    )


@numba.njit(cache=True, nogil=True)
def _lines(
    i: Any,
    data: Any,
    words: Any,
    lines: Any,
    rows: Any,
    row: Any,
    english: Any,
    total: Any,
    found: Any,
) -> Any:
    """Sum the lines up."""
    closed = open_ended = 0
    for line in range(rows):
        bits, size = lines.bits[line], lines.size[line]
        begin, until = lines.word[line], lines.word[line + 1]
        count = until - begin
        terminal = bits & w.TERMINAL_LINE
        row[LINE_SIZE] += size
        row[BULLETS] += (bits & w.BULLET_LINE) > 0
        row[ELLIPSES] += (bits & w.ELLIPSIS_LINE) > 0
        row[TERMINALS] += terminal > 0
        row[SHORT] += size <= SHORT_LINE
        row[FEW_WORDS] += count < LINE_WORDS
        row[JAVASCRIPTS] += (bits & w.SCRIPT_LINE) > 0
        row[POLICIES] += (bits & w.POLICY_LINE) > 0
        row[LONG_WORDS] += (bits & w.LONG_WORD) > 0
        bad = w.SCRIPT_LINE | w.POLICY_LINE | w.LONG_WORD | w.ELLIPSIS_LINE
        if terminal and not bits & bad and count >= LINE_WORDS:
            row[C4_LINES] += 1
            row[C4_SENTENCES] += max(1, lines.sentences[line])
        if count == 1:
            row[SINGLES] += 1
        elif bits & w.COUNTER_LINE:
            row[COUNTERS] += count
        elif lines.letters[line] == 0 and lines.digits[line] > 0:
            row[NUMBERS] += count
        elif lines.capitals[line] > _LOUD * lines.letters[line]:
            row[UPPERS] += count
        if count == 0:
            continue
        last = words.bits[until - 1]
        if terminal:
            closed += size >= _PROSE
        elif (
            closed
            and count >= LONG_LINE
            and last & w.HAS_LOWER
            and not last & (w.TRAIL | w.SYMBOL)
            and not bits & w.BULLET_LINE
        ):
            open_ended += 1
            total = _note(
                found, total, i, UNTERMINATED, words.start[until - 1], words.end[until - 1], english
            )
    if closed >= 3 and closed >= 0.6 * (closed + open_ended):
        row[CUE + UNTERMINATED] = open_ended
    return total


@numba.njit(cache=True, nogil=True)
def _paragraphs(lines: Any, rows: Any, scratch: Any, pair: Any, row: Any) -> Any:
    """Gather lines into paragraphs, in place, and compare these."""
    count = -1
    for line in range(rows):
        if lines.bits[line] & w.PARAGRAPH or line == 0:
            count += 1
            lines.key[count], lines.size[count] = lines.key[line], lines.size[line]
        else:
            lines.key[count] = (lines.key[count] * _TURN) ^ lines.key[line]
            lines.size[count] += 1 + lines.size[line]
    count += 1
    row[PARAGRAPHS] = count
    repeated_pieces(lines.key, lines.size, count, scratch, pair)
    row[REPEATED_PARAGRAPHS], row[REPEATED_PARAGRAPH_SIZE] = pair
