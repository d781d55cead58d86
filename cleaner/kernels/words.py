"""Split documents into words and lines, with what can be counted on the way.

A word is what stands between white space, without the punctuation around it; what holds no
letter, mark or number (`--`, `|`) stays as it is. Where a script is written without spaces, each
letter is a word. What does *not* live here: what words mean (`statistics`), repetition (`repeats`).
"""

from typing import Any

import numpy as np

from cleaner.kernels import characters
from cleaner.kernels.characters import LIMIT
from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.wordrows import (
    APOSTROPHE,
    BULLET_LINE,
    CAP,
    CAPPED_LENGTH,
    COMMA,
    DOTTED,
    ELLIPSIS_LINE,
    GAP,
    HAS_ALPHA,
    HAS_LOWER,
    HAS_UPPER,
    LEAD,
    OPENS_QUOTE,
    PARAGRAPH,
    STOP,
    SYMBOL,
    TERMINAL_LINE,
    TITLE,
    TRAIL,
)  # fmt: skip

__all__ = ["FIELDS", "split"]

FIELDS = (
    "characters", "breaks", "hashes", "ellipses", "curly", "replacement", "letters", "capitals",
    "digits", "sentences", "caseless", "round_open", "round_close", "square_open", "square_close",
    "curly_close", "quotes", "cut",
)  # fmt: skip
"""Counts of a text. `sentences` counts the marks that end one; `quotes` lines that open and close
them unequally; `cut` is 1 when the text has more words than `CAP`, and the rest was not read."""
(
    CHARACTERS, BREAKS, HASHES, ELLIPSES, CURLY, REPLACEMENT, LETTERS, CAPITALS, DIGITS, SENTENCES,
    CASELESS_LETTERS, ROUND_OPEN, ROUND_CLOSE, SQUARE_OPEN, SQUARE_CLOSE, CURLY_CLOSE, QUOTES,
    CUT,
) = range(len(FIELDS))  # fmt: skip

_WORD_LENGTH = 1000
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_BASIS = np.uint64(0xCBF29CE484222325)

_A, _Z = ord("a"), ord("z")
_WORD, _SPACE, _BREAK = characters.WORD, characters.SPACE, characters.BREAK
_ALPHA, _UPPER, _LOWER = characters.ALPHA, characters.UPPER, characters.LOWER
_TERMINAL, _WIDE, _CLOSER = characters.TERMINAL, characters.WIDE, characters.CLOSER
_QUOTE, _SINGLE, _BULLET = characters.QUOTE, characters.SINGLE, characters.BULLET
_DIGIT, _CASELESS = characters.DIGIT, characters.CASELESS


@inner
def _put(
    words: Any,
    limit: Any,
    at: Any,
    key: Any,
    start: Any,
    end: Any,
    size: Any,
    first: Any,
    second: Any,
    bits: Any,
) -> Any:
    if at >= limit:
        return at
    words.key[at], words.start[at], words.end[at], words.size[at] = key, start, end, size
    words.first[at], words.second[at], words.bits[at] = first, second, bits
    return at + 1


@inner
def _hash(data: Any, at: Any, end: Any) -> Any:
    """A hash of some bytes, eight at a time."""
    key = _BASIS ^ np.uint64(end - at)
    while at + 8 <= end:
        eight = np.uint64(data[at])
        for i in range(1, 8):
            eight |= np.uint64(data[at + i]) << np.uint64(8 * i)
        key = (key ^ eight) * _PRIME
        key ^= key >> np.uint64(29)
        at += 8
    while at < end:
        key = (key ^ np.uint64(data[at])) * _PRIME
        key ^= key >> np.uint64(29)
        at += 1
    return key


@kernel
def split(
    data: Any,
    offsets: Any,
    first_row: Any,
    rows: Any,
    flags: Any,
    lower: Any,
    words: Any,
    lines: Any,
    bounds: Any,
    table: Any,
) -> None:
    """Split `rows` texts from `first_row` on.

    Args:
        data: UTF-8 bytes.
        offsets: of all texts.
        first_row: where to begin.
        rows: how many.
        flags: from `characters`.
        lower: from `characters`.
        words: filled.
        lines: filled; `lines.word` gets one entry more than there are lines.
        bounds: int64[rows + 1, 2], gets where the words and lines of each text begin.
        table: int32[rows, at least len(FIELDS)] of zeros, gets the counts of each text.
    """
    count = found = 0
    lines.word[0] = 0
    bounds[0, 0] = bounds[0, 1] = 0
    for i in range(first_row, first_row + rows):
        at, end = offsets[i], offsets[i + 1]
        totals = table[i - first_row]
        limit = min(count + CAP, len(words.key))
        begin = found
        # The line.
        line_start = line_end = at
        line_size = size_here = 0
        line_bits: Any = 0
        line_sentences: Any = 0
        line_letters = line_capitals = line_digits = 0
        solid, blank = False, True
        ends = 0  # 1 after the end of a sentence and what may close it
        dots = ellipsis = 0
        quoted: Any = 0
        pending = False  # a mark that ends a sentence if white space follows
        # The word, from its first to its last letter; a run is what stands between white space.
        key = word_key = _BASIS
        size = word_size = 0
        bits: Any = 0
        opened, run_start, in_run, run_words = False, 0, False, 0
        run_first: Any = 0
        word_start = word_end = 0
        first: Any = 0
        second: Any = 0
        # Marks around and inside.
        lead = tail = 0
        dotted = inner_dot = False
        straight = open_quotes = close_quotes = low_quotes = 0
        while at <= end:
            here = at
            point, flag = np.int64(0x0A), np.int64(_BREAK)
            if at < end:
                byte = np.int64(data[at])
                if byte < 0x80:
                    point, at = byte, at + 1
                elif byte < 0xE0:
                    point = (byte & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F)
                    at += 2
                elif byte < 0xF0:
                    point = (byte & 0xF) << 12 | np.int64(data[at + 1] & 0x3F) << 6
                    point |= np.int64(data[at + 2] & 0x3F)
                    at += 3
                else:
                    point = (byte & 7) << 18 | np.int64(data[at + 1] & 0x3F) << 12
                    point |= np.int64(data[at + 2] & 0x3F) << 6 | np.int64(data[at + 3] & 0x3F)
                    at += 4
                flag = np.int64(flags[point]) if point < LIMIT else np.int64(0)
                totals[CHARACTERS] += 1
            else:
                at += 1
            if flag & _WORD:
                if flag & _SINGLE and opened:
                    bits |= lead | GAP if run_words == 0 else 0
                    count = _put(
                        words, limit, count, word_key, word_start, word_end, word_size, first,
                        second, bits,
                    )  # fmt: skip
                    run_words += 1
                    opened = False
                if not opened:
                    opened = True
                    if not in_run:
                        in_run, run_start, run_words, lead = True, here, 0, 0
                    key, size, bits = _BASIS, 0, 0
                    word_start, dotted, inner_dot = here, False, False
                    first = lower[point]
                    second = 0
                    if flag & _UPPER:
                        bits = TITLE
                elif dotted:
                    inner_dot = True
                small = lower[point]
                key = (key ^ np.uint64(small)) * _PRIME
                key ^= key >> np.uint64(29)
                size += 1
                if size == 2:
                    second = small
                if size > 1 and flag & _UPPER:
                    bits &= ~TITLE
                word_key, word_size, word_end = key, size, at
                if flag & _ALPHA:
                    bits |= HAS_ALPHA
                    line_letters += 1
                    if flag & _UPPER:
                        bits |= HAS_UPPER
                        line_capitals += 1
                    elif flag & _LOWER:
                        bits |= HAS_LOWER
                    elif flag & _CASELESS:
                        totals[CASELESS_LETTERS] += 1
                elif flag & _DIGIT:
                    line_digits += 1
                totals[ELLIPSES] += dots // 3
                ends = dots = ellipsis = quoted = 0
                pending = False
                tail = 0
                if flag & _SINGLE:
                    bits |= lead | GAP if run_words == 0 else 0
                    count = _put(
                        words, limit, count, word_key, word_start, word_end, word_size, first,
                        second, bits,
                    )  # fmt: skip
                    run_words += 1
                    opened = False
            elif flag & (_SPACE | _BREAK):
                if in_run:
                    if opened or run_words == 0:
                        if not opened:  # no letter at all: the run itself
                            word_start, word_end, word_size = run_start, here, size
                            word_key, bits, first, second = key, SYMBOL, run_first, 0
                        bits |= lead | tail
                        if run_words == 0:
                            bits |= GAP
                        if inner_dot:
                            bits |= DOTTED
                        if word_size > _WORD_LENGTH:
                            bits |= CAPPED_LENGTH
                        count = _put(
                            words, limit, count, word_key, word_start, word_end, word_size, first,
                            second, bits,
                        )  # fmt: skip
                    elif tail and count:
                        words.bits[count - 1] |= tail
                    in_run = opened = False
                if pending:
                    # "J. Smith" and "U.S. troops" go on, unless the line is over.
                    initial = word_size <= 1 or inner_dot
                    if not initial or flag & _BREAK:
                        line_sentences += 1
                    pending = False
                tail = 0
                if not flag & _BREAK:
                    totals[ELLIPSES] += dots // 3
                    dots = 0
            else:
                if not in_run:
                    in_run, run_start, run_words, lead = True, here, 0, LEAD
                    run_first = point
                    key, size, opened = _BASIS, 0, False
                    if point in (0x27, 0x2019):
                        lead |= APOSTROPHE
                # Inside a word, marks count to it only when a letter follows.
                key = (key ^ np.uint64(point)) * _PRIME
                size += 1
                if opened and size == 2:
                    second = point
                tail |= TRAIL
                dotted = point == 0x2E
                if point in (0x2C, 0x60C, 0xFF0C):
                    tail |= COMMA
                if flag & _TERMINAL:
                    tail |= STOP
                    if flag & _WIDE:
                        line_sentences += int(ends == 0)
                    elif ends == 0:
                        pending = True
                    ends = 1
                    ellipsis = 0
                    quoted = 0
                    if point == 0x2E:
                        dots += 1
                        ellipsis = dots >= 3
                    else:
                        totals[ELLIPSES] += dots // 3
                        dots = 0
                        if point == 0x2026:
                            totals[ELLIPSES] += 1
                            ellipsis = 1
                else:
                    totals[ELLIPSES] += dots // 3
                    dots = 0
                    quoted = flag & _QUOTE
                    if not flag & _CLOSER:
                        ends = ellipsis = 0
                        pending = False
                    if point == 0x23:
                        totals[HASHES] += 1
                    elif point == 0x22:
                        straight += 1
                    elif point == 0x28:
                        totals[ROUND_OPEN] += 1
                    elif point == 0x29:
                        totals[ROUND_CLOSE] += 1
                    elif point == 0x5B:
                        totals[SQUARE_OPEN] += 1
                    elif point == 0x5D:
                        totals[SQUARE_CLOSE] += 1
                    elif point == 0x7B:
                        totals[CURLY] += 1
                    elif point == 0x7D:
                        totals[CURLY_CLOSE] += 1
                    elif point in (0x201C, 0xAB):
                        open_quotes += 1
                    elif point in (0x201D, 0xBB):
                        close_quotes += 1
                    elif point == 0x201E:
                        low_quotes += 1
                    elif point == 0xFFFD:
                        totals[REPLACEMENT] += 1
            if not flag & _BREAK:
                if flag & _SPACE:
                    if solid:
                        size_here += 1
                    continue
                if not solid:
                    solid = True
                    line_start, size_here = here, 0
                    line_bits = BULLET_LINE if flag & _BULLET else 0
                    if flag & _QUOTE or point == 0xAB:
                        line_bits |= OPENS_QUOTE
                size_here += 1
                if opened and flag & _WORD and at < end and _A <= data[at] <= _Z:
                    # Small ASCII letters inside a word: they are most of a text in Latin script,
                    # and change nothing but hash and sizes.
                    run = at
                    if size == 1:
                        second = np.int64(data[at])
                    while at < end and _A <= data[at] <= _Z:
                        key = (key ^ np.uint64(data[at])) * _PRIME
                        key ^= key >> np.uint64(29)
                        at += 1
                    run = at - run
                    size += run
                    size_here += run
                    line_letters += run
                    totals[CHARACTERS] += run
                    bits |= HAS_ALPHA | HAS_LOWER
                    word_key, word_size, word_end = key, size, at
                line_size, line_end = size_here, at
                continue
            # The end of a line.
            totals[ELLIPSES] += dots // 3
            if here < end:
                if point == 0x0D and at < end and data[at] == 0x0A:
                    at += 1
                    totals[CHARACTERS] += 1
                totals[BREAKS] += 1
            if solid:
                if ends or quoted:
                    line_bits |= TERMINAL_LINE
                if ellipsis:
                    line_bits |= ELLIPSIS_LINE
                if blank:
                    line_bits |= PARAGRAPH
                unequal = False
                if low_quotes:
                    unequal = low_quotes != open_quotes + close_quotes
                elif open_quotes:
                    unequal = open_quotes != close_quotes
                elif close_quotes:
                    unequal = close_quotes % 2 == 1
                unequal |= straight % 2 == 1
                if found > begin and line_bits & OPENS_QUOTE and totals[QUOTES] and totals[CUT]:
                    totals[QUOTES] -= 1  # a quotation of several paragraphs is opened anew in each
                totals[CUT] = unequal and (straight % 2 == 1 or open_quotes > close_quotes)
                totals[QUOTES] += unequal
                totals[LETTERS] += line_letters
                totals[CAPITALS] += line_capitals
                totals[DIGITS] += line_digits
                totals[SENTENCES] += line_sentences
                lines.key[found], lines.size[found] = _hash(data, line_start, line_end), line_size
                lines.bits[found], lines.sentences[found] = line_bits, line_sentences
                lines.letters[found], lines.capitals[found] = line_letters, line_capitals
                lines.digits[found] = line_digits
                found += 1
                lines.word[found] = count
            blank = not solid
            solid = False
            line_sentences = line_letters = line_capitals = line_digits = 0
            straight = open_quotes = close_quotes = low_quotes = 0
            ends = dots = ellipsis = quoted = 0
            if count >= limit:
                break
        totals[CUT] = at < end
        bounds[i - first_row + 1, 0], bounds[i - first_row + 1, 1] = count, found
