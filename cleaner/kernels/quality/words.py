"""Split a text into words and lines, with what can be counted on the way.

A word is what stands between white space, without the punctuation around it; what holds no
letter, mark or number (`--`, `|`) stays as it is. Where a script is written without spaces, each
letter is a word. Runs of ASCII letters are nearly all of a text in Latin script, and nothing but a
space follows most of them; their lengths are read off one bit a byte. What does *not* live here:
what words mean (`slips`), repetition (`repeats`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.quality.wordrows import (
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
from cleaner.kernels.text import characters
from cleaner.kernels.text.blocks import BLOCK, capital_bits, count_ones, leading_ones, letter_bits
from cleaner.kernels.text.characters import LIMIT
from cleaner.kernels.text.eights import load
from cleaner.kernels.text.wordkeys import BASIS, add_eight, key_of_capitals, key_of_word

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
_AHEAD = 44
"""Bytes of a block after which the next one is looked at: few words go beyond its end then."""
_ALL, _CASE = np.uint64((1 << 64) - 1), np.uint64(0x2020202020202020)
_NONE: Any = np.uint64(0)
_1 = np.uint64(1)
# Not as literals: numba gives each literal a type of its own, and looks at all of this twice more
# when the variable then gets another one.
_ZERO: Any = np.int64(0)
_ONE: Any = np.int64(1)
_LINE_FEED: Any = np.int64(0x0A)
_BREAK_FLAG: Any = np.int64(characters.BREAK)
_NO: Any = np.bool_(0)
_YES: Any = np.bool_(1)
_COMMA, _DOT = np.uint8(0x2C), np.uint8(0x2E)

_WORD, _SPACE, _BREAK = characters.WORD, characters.SPACE, characters.BREAK
_BLANK = _SPACE | _BREAK
_ALPHA, _UPPER, _LOWER = characters.ALPHA, characters.UPPER, characters.LOWER
_TERMINAL, _WIDE, _CLOSER = characters.TERMINAL, characters.WIDE, characters.CLOSER
_QUOTE, _SINGLE, _BULLET = characters.QUOTE, characters.SINGLE, characters.BULLET
_DIGIT, _CASELESS = characters.DIGIT, characters.CASELESS

_MARKS = np.full(128, -1, np.int8)
"""The column that counts a mark."""
for _mark, _column in (
    ("#", HASHES), ("(", ROUND_OPEN), (")", ROUND_CLOSE), ("[", SQUARE_OPEN), ("]", SQUARE_CLOSE),
    ("{", CURLY), ("}", CURLY_CLOSE),
):  # fmt: skip
    _MARKS[ord(_mark)] = _column


@inner
def split(
    data: Any, at: Any, end: Any, flags: Any, lower: Any, words: Any, lines: Any, totals: Any
) -> Any:
    """Split the text that lies from `at` to `end`.

    Args:
        data: UTF-8 bytes.
        at: where the text begins.
        end: past its last byte.
        flags: from `characters`.
        lower: from `characters`.
        words: filled, from its first row on.
        lines: filled; `lines.word` gets one entry more than there are lines.
        totals: int32[at least len(FIELDS)] of zeros, gets the counts of the text.

    Returns:
        How many words and lines there are.
    """
    starts, stops, sizes, kept_bits = words.start, words.end, words.size, words.bits
    keys = words.key
    limit = min(len(starts), CAP)
    begin = at
    count = found = _ZERO
    extra = _ZERO  # bytes so far that do not begin a character: `at` less these are code points
    ellipses = caseless = breaks = _ZERO
    # The line.
    line_start = line_end = line_points = line_reach = at
    line_bits = sentences = capitals = digits = _ZERO
    alphas = _ZERO
    solid, blank, unclosed = _NO, _YES, _NO
    straight = open_quotes = close_quotes = low_quotes = _ZERO
    # Marks behind the last letter: 1 after the end of a sentence and what may close it; dots in a
    # row; the end of a sentence if white space follows.
    marked, pending = _NO, _NO
    ends = dots = ellipsis = quoted = tail = _ZERO
    # The word, from its first to its last letter; a run is what stands between white space.
    opened, in_run, dotted, inner_dot = _NO, _NO, _NO, _NO
    raised = _NO  # whether a capital beyond ASCII is in it
    run_start = run_points = run_words = lead = _ZERO
    word_start = word_end = word_points = word_size = bits = _ZERO
    # Its key, 0 where it is not just one run of letters: most words have it before they end.
    key = _NONE
    # Letters and capitals among the next bytes, one bit each; nothing near the end of the batch,
    # where each character is met by itself.
    block = at - BLOCK
    letters = large = _NONE
    while at <= end:
        emit, flag = _NO, _ZERO
        if at - block > _AHEAD:
            block, letters, large = at, _NONE, _NONE
            if at + BLOCK <= len(data):
                letters, large = letter_bits(data, at), capital_bits(data, at)
        run = leading_ones(letters >> np.uint64(at - block))
        run = run if at + run <= end else end - at
        if run > 0:
            upper = (large >> np.uint64(at - block)) & (_ALL >> np.uint64(BLOCK - run))
            many = count_ones(upper)
            capitals += many
            if opened:
                inner_dot = inner_dot or dotted
                key = _NONE
                if many:
                    bits &= ~TITLE
            else:
                if not in_run:
                    in_run, run_words, lead = True, 0, 0
                    if not solid:
                        solid, line_start, line_points, line_bits = True, at, at - extra, 0
                opened, dotted, inner_dot, raised = True, False, False, False
                word_start, word_points = at, at - extra
                if run < 8:
                    key = load(data, at) & (_ALL >> np.uint64(64 - 8 * run))
                    key = add_eight(BASIS, key | _CASE & (_ALL >> np.uint64(64 - 8 * run)))
                else:
                    key = key_of_word(data, at, at + run)
                bits = TITLE if upper == _1 else 0
            bits |= HAS_ALPHA if many == run else HAS_ALPHA | HAS_LOWER
            bits |= HAS_UPPER if many else 0
            if marked:
                ellipses += dots // 3
                ends = dots = ellipsis = quoted = tail = 0
                marked = pending = False
            alphas += run
            at += run
            word_end = line_end = at
            line_reach = at - extra
            word_size = line_reach - word_points
            if at < end:
                after = data[at]
                if after == 0x20:
                    emit, opened, in_run = True, False, False
                    at += 1
                elif (after == _COMMA or after == _DOT) and at + 1 < end and data[at + 1] == 0x20:
                    # The same as below, in one go: most marks are these two.
                    emit, opened, in_run = True, False, False
                    tail = TRAIL | COMMA
                    if after == _DOT:
                        tail = TRAIL | STOP
                        marked, ends = True, 1
                        if word_size > 1 and not inner_dot:
                            sentences += 1
                    line_end = at + 1
                    line_reach += 1
                    at += 2
        else:
            here, width = at, _ONE
            point = _LINE_FEED
            flag = _BREAK_FLAG
            if at < end:
                point = np.int64(data[np.uint64(at)])
                if point >= 0x80:
                    if point < 0xE0:
                        point, width = (point & 0x1F) << 6, 2
                    elif point < 0xF0:
                        point = (point & 0xF) << 12 | np.int64(data[at + 1] & 0x3F) << 6
                        width = 3
                    else:
                        point = (point & 7) << 18 | np.int64(data[at + 1] & 0x3F) << 12
                        point |= np.int64(data[at + 2] & 0x3F) << 6
                        width = 4
                    point |= np.int64(data[at + width - 1] & 0x3F)
                flag = np.int64(flags[np.uint64(point)]) if point < LIMIT else 0
            if not flag & _BLANK and not in_run:
                in_run, run_start, run_points, run_words = True, here, here - extra, 0
                opened, lead = False, 0
                if not flag & _WORD:
                    lead = LEAD | APOSTROPHE if point == 0x27 or point == 0x2019 else LEAD
                if not solid:
                    solid, line_start, line_points = True, here, here - extra
                    line_bits = BULLET_LINE if flag & _BULLET else 0
                    if flag & _QUOTE or point == 0xAB:
                        line_bits |= OPENS_QUOTE
            if flag & _SINGLE and opened:
                emit, opened = True, False  # and meet the letter once more
            elif flag & _WORD:
                key = _NONE
                if marked:
                    ellipses += dots // 3
                    ends = dots = ellipsis = quoted = tail = 0
                    marked = pending = False
                if not opened:
                    opened, dotted, inner_dot, raised = True, False, False, False
                    word_start, word_points = here, here - extra
                    bits = TITLE if flag & _UPPER else 0
                else:
                    inner_dot = inner_dot or dotted
                    if flag & _UPPER:
                        bits &= ~TITLE
                if flag & _ALPHA:
                    bits |= HAS_ALPHA
                    alphas += 1
                    if flag & _UPPER:
                        bits |= HAS_UPPER
                        capitals += 1
                        raised = raised or width > 1
                    elif flag & _LOWER:
                        bits |= HAS_LOWER
                    elif flag & _CASELESS:
                        caseless += 1
                elif flag & _DIGIT:
                    digits += 1
                at += width
                extra += width - 1
                if width == 2:
                    # The rest of an Arabic, Cyrillic, Greek or Hebrew word.
                    while at + 1 < end and 0xC3 <= data[at] < 0xE0:
                        point = np.int64(data[at] & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F)
                        flag = np.int64(flags[point])
                        if flag & (_ALPHA | _UPPER | _SINGLE) != _ALPHA:
                            break
                        bits |= HAS_ALPHA
                        if flag & _LOWER:
                            bits |= HAS_LOWER
                        elif flag & _CASELESS:
                            caseless += 1
                        alphas += 1
                        extra += 1
                        at += 2
                    flag = 0
                word_end = line_end = at
                line_reach = at - extra
                word_size = line_reach - word_points
                if flag & _SINGLE:
                    emit, opened = True, False
            elif flag & _BLANK:
                if in_run:
                    if opened:
                        emit = True
                    elif run_words == 0:  # no letter at all: the run itself
                        emit, bits, key, raised = True, SYMBOL, _NONE, False
                        word_start, word_end = run_start, here
                        word_size = here - extra - run_points
                    elif tail and count:
                        kept_bits[count - 1] |= tail
                    in_run = opened = False
                if pending:
                    # "J. Smith" and "U.S. troops" go on, unless the line is over.
                    if flag & _BREAK or not (word_size <= 1 or inner_dot):
                        sentences += 1
                    pending = False
                ellipses += dots // 3
                dots = 0
                at += width
                extra += width - 1
            else:
                marked = True
                tail |= TRAIL
                dotted = point == _DOT
                if point == _COMMA or point == 0x60C or point == 0xFF0C:
                    tail |= COMMA
                if flag & _TERMINAL:
                    tail |= STOP
                    if ends == 0:
                        if flag & _WIDE:
                            sentences += 1
                        else:
                            pending = True
                    ends = 1
                    quoted = 0
                    if dotted:
                        dots += 1
                        ellipsis = dots >= 3
                    else:
                        ellipses += dots // 3
                        dots = 0
                        ellipsis = point == 0x2026
                        ellipses += ellipsis
                else:
                    ellipses += dots // 3
                    dots = 0
                    quoted = flag & _QUOTE
                    if not flag & _CLOSER:
                        ends = ellipsis = 0
                        pending = False
                    if point == 0x22:
                        straight += 1
                    elif point < 128:
                        if _MARKS[point] >= 0:
                            totals[_MARKS[point]] += 1
                    elif point == 0x201C or point == 0xAB:
                        open_quotes += 1
                    elif point == 0x201D or point == 0xBB:
                        close_quotes += 1
                    elif point == 0x201E:
                        low_quotes += 1
                    elif point == 0xFFFD:
                        totals[REPLACEMENT] += 1
                at += width
                extra += width - 1
                line_end = at
                line_reach = at - extra
        if emit:
            if count < limit:
                bits |= tail
                if run_words == 0:
                    bits |= lead | GAP
                if inner_dot:
                    bits |= DOTTED
                if word_size > _WORD_LENGTH:
                    bits |= CAPPED_LENGTH
                if raised:
                    key = key_of_capitals(data, word_start, word_end, lower)
                elif not key:
                    key = key_of_word(data, word_start, word_end)
                spot = np.uint64(count)  # numba would look whether it is negative
                keys[spot], starts[spot], stops[spot] = key, word_start, word_end
                sizes[spot], kept_bits[spot] = word_size, bits
                count += 1
            run_words += 1
            tail = 0
        if not flag & _BREAK:
            continue
        # The end of a line.
        tail = 0
        if here < end:
            if point == 0x0D and at < end and data[at] == 0x0A:
                at += 1
            breaks += 1
        if solid:
            if ends or quoted:
                line_bits |= TERMINAL_LINE
            if ellipsis:
                line_bits |= ELLIPSIS_LINE
            if blank:
                line_bits |= PARAGRAPH
            unequal = straight % 2 == 1
            if low_quotes:
                unequal = unequal or low_quotes != open_quotes + close_quotes
            elif open_quotes:
                unequal = unequal or open_quotes != close_quotes
            else:
                unequal = unequal or close_quotes % 2 == 1
            if line_bits & OPENS_QUOTE and totals[QUOTES] and unclosed:
                totals[QUOTES] -= 1  # a quotation of several paragraphs is opened anew in each
            unclosed = unequal and (straight % 2 == 1 or open_quotes > close_quotes)
            totals[QUOTES] += unequal
            totals[LETTERS] += alphas
            totals[CAPITALS] += capitals
            totals[DIGITS] += digits
            totals[SENTENCES] += sentences
            lines.start[found], lines.end[found] = line_start, line_end
            lines.size[found] = line_reach - line_points
            lines.bits[found], lines.sentences[found] = line_bits, sentences
            lines.letters[found], lines.capitals[found] = alphas, capitals
            lines.digits[found] = digits
            found += 1
            lines.word[found] = count
        blank = not solid
        solid = False
        sentences = capitals = digits = 0
        alphas = _ZERO
        straight = open_quotes = close_quotes = low_quotes = 0
        ends = dots = ellipsis = quoted = 0
        marked = False
        if count >= limit:
            break
    totals[CHARACTERS] = (min(end, at)) - begin - extra
    totals[BREAKS], totals[ELLIPSES], totals[CASELESS_LETTERS] = breaks, ellipses, caseless
    totals[CUT] = at < end
    return count, found
