"""What one line of raw web text looks like: counts of kinds of characters, and its words as hashes.

One pass over the code points of a document. Lines are cut at every line break that Unicode knows;
blank ones are left out, so white space between lines never changes a number. What does *not* live
here: what stands around a line (`linecontext`), what any of it means (`passes.webtext`).

Every number is an integer and every hash 64-bit arithmetic modulo 2**64: the same on any machine.
"""

from typing import Any

import numba as nb
import numpy as np

__all__ = ["COLUMNS", "gram_buckets", "loudest_words", "scan_lines", "score_words", "token_hash"]

# Classes of characters; the table itself belongs to the model (`passes.webtext.model`).
# The kinds that words are made of are LOWER to DIGIT.
OTHER, LOWER, UPPER, LETTER, MARK, DIGIT, IDEOGRAPH, SPACE, NEWLINE = range(9)
TERMINAL, COMMA, COLON, QUOTE, SEPARATOR, BRACKET, CURRENCY, DASH, PUNCTUATION = range(9, 18)
LEGAL, SYMBOL, AT = range(18, 21)
CLASSES = 21

COLUMNS = (
    *("characters", "width", "tokens", "letters", "upper", "digits", "terminals", "commas"),
    *("colons", "quotes", "separators", "brackets", "currency", "dashes", "punctuation"),
    *("legal", "symbols", "at", "ideographs", "stop_words", "capitalised", "shouted"),
    *("numbers", "longest_number", "longest_token", "first_class", "last_class", "close_class"),
    *("sentence_ends", "distinct"),
)
"""Columns of the table that `scan_lines` returns, all int32."""

# Their places.
CHARACTERS, WIDTH, TOKENS, LETTERS, CAPITALS, DIGITS = range(6)
TERMINALS, COMMAS, COLONS, QUOTES, SEPARATORS, BRACKETS = range(6, 12)
CURRENCIES, DASHES, PUNCTUATIONS, LEGALS, SYMBOLS, ATS = range(12, 18)
IDEOGRAPHS, STOP_WORDS, CAPITALISED, SHOUTED, NUMBERS, LONGEST_NUMBER = range(18, 24)
LONGEST_TOKEN, FIRST_CLASS, LAST_CLASS, CLOSE_CLASS, SENTENCE_ENDS, DISTINCT = range(24, 30)

_FNV_OFFSET = np.uint64(14695981039346656037)
_FNV_PRIME = np.uint64(1099511628211)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_EDGE = np.uint64(0x9E3779B97F4A7C15)  # stands for the word before the first and after the last
_PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(33)
_HALF = np.uint64(32)
_ZERO = np.uint32(48)  # every digit is hashed as "0"
_NOT_STOP = np.uint64(0xFFFFFFFE)
_IS_STOP = np.uint64(1)


@nb.njit(cache=True, inline="always")
def _mix(h: Any) -> Any:
    h ^= h >> _SHIFT
    h *= _MIX
    h ^= h >> _SHIFT
    return h


@nb.njit(cache=True)
def _is_stop(stops: Any, token: Any) -> bool:
    """Binary search in sorted uint64[]."""
    low, high = 0, stops.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if stops[middle] < token:
            low = middle + 1
        else:
            high = middle
    return bool(low < stops.shape[0] and stops[low] == token)


@nb.njit(cache=True)
def token_hash(codes: Any, lower: Any) -> Any:
    """Hash of one word, as `scan_lines` sees it: for building the list of stop words."""
    h = _FNV_OFFSET
    for at in range(codes.shape[0]):
        h = (h ^ np.uint64(lower[codes[at]])) * _FNV_PRIME
    return _mix(h)


@nb.njit(cache=True)
def _measure(codes: Any, classes: Any) -> Any:
    """How many lines and tokens there are at most."""
    lines, tokens, inside = 1, 0, False
    for at in range(codes.shape[0]):
        kind = classes[codes[at]]
        if kind == NEWLINE:
            lines += 1
        word = LOWER <= kind <= DIGIT
        if kind == IDEOGRAPH or (word and not inside):
            tokens += 1
        inside = word
    return lines, tokens


@nb.njit(cache=True)
def scan_lines(codes: Any, classes: Any, lower: Any, stops: Any) -> Any:
    """Cut a text into lines and count what is in them.

    Args:
        codes: uint32[c], code points.
        classes: uint8[0x110000], class of each code point.
        lower: uint32[0x110000], its lower case.
        stops: uint64[s], sorted hashes of function words.

    Returns:
        `spans` int64[n, 2] (start and end of each line that is not blank, without its line break),
        `counts` int32[n, len(COLUMNS)], `hashes` uint64[n] (of the words of the line, digits as
        zeros), `tokens` uint64[t] (32-bit hashes, lowest bit: is a function word) and `offsets`
        int64[n + 1] into them.
    """
    size = codes.shape[0]
    most, words = _measure(codes, classes)
    spans = np.empty((most, 2), np.int64)
    counts = np.zeros((most, len(COLUMNS)), np.int32)
    hashes = np.empty(most, np.uint64)
    tokens = np.empty(words, np.uint64)
    offsets = np.zeros(most + 1, np.int64)
    tally = np.zeros(CLASSES, np.int64)
    n = filled = at = 0
    while at < size:
        start = at
        tally[:] = 0
        first: Any = -1
        last: Any = -1
        close: Any = -1
        stop = capitalised = shouted = numbers = longest_number = longest_token = ends = 0
        number = length = letters = capitals = 0
        after_terminal = 0  # 1: just behind a terminal, 2: behind a terminal and a space
        opened = False
        h = _FNV_OFFSET
        line = _FNV_OFFSET
        distinct = np.uint64(0)  # 64-bit sketch of the set of words
        while True:
            kind = np.uint8(NEWLINE) if at == size else classes[codes[at]]
            word = LOWER <= kind <= DIGIT
            if length and not word:
                token = _mix(h)
                halved = token >> _HALF
                if _is_stop(stops, token):
                    halved |= _IS_STOP
                    stop += 1
                else:
                    halved &= _NOT_STOP
                tokens[filled] = halved
                filled += 1
                line = (line ^ halved) * _FNV_PRIME
                distinct |= np.uint64(1) << (halved >> np.uint64(26))
                capitalised += opened
                shouted += letters > 1 and capitals == letters
                longest_token = max(longest_token, length)
                if number:
                    numbers += 1
                    longest_number = max(longest_number, number)
                h = _FNV_OFFSET
                number = length = letters = capitals = 0
            if kind == NEWLINE:
                break
            tally[kind] += 1
            if word:
                if not length:
                    opened = kind == UPPER
                length += 1
                if kind == DIGIT:
                    h = (h ^ np.uint64(_ZERO)) * _FNV_PRIME
                    number += 1
                else:
                    h = (h ^ np.uint64(lower[codes[at]])) * _FNV_PRIME
                    letters += kind != MARK
                    capitals += kind == UPPER
            elif kind == IDEOGRAPH:
                halved = (_mix((h ^ np.uint64(codes[at])) * _FNV_PRIME) >> _HALF) & _NOT_STOP
                tokens[filled] = halved
                filled += 1
                line = (line ^ halved) * _FNV_PRIME
                distinct |= np.uint64(1) << (halved >> np.uint64(26))
            if kind != SPACE:
                if first < 0:
                    first = kind
                if after_terminal == 2 and kind != LOWER:
                    ends += 1
                last = kind
                if kind not in (QUOTE, BRACKET):
                    close = kind
                after_terminal = 1 if kind == TERMINAL else 0
                if kind == TERMINAL and at + 1 < size and classes[codes[at + 1]] == IDEOGRAPH:
                    ends += 1
            elif after_terminal:
                after_terminal = 2
            at += 1
        if first >= 0:
            row = counts[n]
            spans[n, 0], spans[n, 1] = start, at
            hashes[n] = line
            row[CHARACTERS] = at - start - tally[SPACE]
            row[WIDTH] = at - start + 2 * tally[IDEOGRAPH]
            row[TOKENS] = filled - offsets[n]
            row[LETTERS] = tally[LOWER] + tally[UPPER] + tally[LETTER] + tally[IDEOGRAPH]
            row[CAPITALS] = tally[UPPER]
            row[DIGITS] = tally[DIGIT]
            for column in range(TERMINAL, CLASSES):
                row[TERMINALS + column - TERMINAL] = tally[column]
            row[IDEOGRAPHS] = tally[IDEOGRAPH]
            row[STOP_WORDS] = stop
            row[CAPITALISED] = capitalised
            row[SHOUTED] = shouted
            row[NUMBERS] = numbers
            row[LONGEST_NUMBER] = longest_number
            row[LONGEST_TOKEN] = longest_token
            row[FIRST_CLASS] = first
            row[LAST_CLASS] = last
            row[CLOSE_CLASS] = close
            row[SENTENCE_ENDS] = ends
            ones = 0
            while distinct:
                distinct &= distinct - np.uint64(1)
                ones += 1
            row[DISTINCT] = ones
            n += 1
            offsets[n] = filled
        at += 1
    return spans[:n], counts[:n], hashes[:n], tokens[:filled], offsets[: n + 1]


@nb.njit(cache=True, inline="always")
def _gram(before: Any, token: Any, bits: Any) -> Any:
    return np.int64(_mix(before * _PAIR + token * _EDGE) >> (np.uint64(64) - bits))


@nb.njit(cache=True)
def gram_buckets(tokens: Any, offsets: Any, bits: int) -> Any:
    """Buckets of the words and pairs of words of each line.

    A line of k words has k buckets of words and k + 1 of pairs (its edges count as a word).

    Returns:
        int32[2 * t + n] buckets below 2**bits, and int64[n + 1] offsets.
    """
    n = offsets.shape[0] - 1
    out = np.empty(2 * tokens.shape[0] + n, np.int32)
    ends = np.zeros(n + 1, np.int64)
    width = np.uint64(bits)
    at = 0
    for line in range(n):
        before = _EDGE
        for k in range(offsets[line], offsets[line + 1]):
            out[at] = _gram(np.uint64(0), tokens[k], width)
            out[at + 1] = _gram(before, tokens[k], width)
            before = tokens[k]
            at += 2
        out[at] = _gram(before, _EDGE, width)
        at += 1
        ends[line + 1] = at
    return out, ends


@nb.njit(cache=True)
def score_words(tokens: Any, offsets: Any, weights: Any, bits: int) -> Any:
    """Add up the weights of the words and pairs of words of each line.

    Args:
        tokens: uint64[t], as `scan_lines` returns them.
        offsets: int64[n + 1].
        weights: int8[2**bits].
        bits: the length of the table.

    Returns:
        int32[n, 4]: the sum divided by the root of the number of terms (times 16, towards zero),
        the mean (times 16), the smallest and the greatest term. A positive sum speaks for text.
    """
    n = offsets.shape[0] - 1
    out = np.zeros((n, 4), np.int32)
    width = np.uint64(bits)
    for line in range(n):
        before = _EDGE
        total: Any = 0
        low: Any = 127
        high: Any = -127
        for k in range(offsets[line], offsets[line + 1]):
            one = np.int64(weights[_gram(np.uint64(0), tokens[k], width)])
            two = np.int64(weights[_gram(before, tokens[k], width)])
            before = tokens[k]
            total += one + two
            low = min(low, one, two)
            high = max(high, one, two)
        last = np.int64(weights[_gram(before, _EDGE, width)])
        total += last
        terms = 2 * (offsets[line + 1] - offsets[line]) + 1
        # Division and square root are correctly rounded everywhere (IEEE 754).
        out[line, 0] = np.int32(16.0 * total / np.sqrt(np.float64(terms)))
        out[line, 1] = np.int32(16.0 * total / terms)
        out[line, 2] = min(low, last)
        out[line, 3] = max(high, last)
    return out


@nb.njit(cache=True)
def loudest_words(codes: Any, classes: Any, tokens: Any, weights: Any, bits: int, most: int) -> Any:
    """Where the words with the smallest weights stand, the smallest first.

    Args:
        codes: uint32[c], a stretch of whole lines.
        classes: uint8[0x110000].
        tokens: uint64[t], the words of the stretch, as `scan_lines` returned them.
        weights: int8[2**bits].
        bits: the length of the table.
        most: how many words at most.

    Returns:
        int64[k, 3]: start and end in `codes`, and the weight, which is negative.
    """
    width = np.uint64(bits)
    best = np.zeros((most, 3), np.int64)
    found = word = 0
    at, size = 0, codes.shape[0]
    while at < size and word < tokens.shape[0]:
        kind = classes[codes[at]]
        end = at + 1
        if LOWER <= kind <= DIGIT:
            while end < size and LOWER <= classes[codes[end]] <= DIGIT:
                end += 1
        elif kind != IDEOGRAPH:
            at = end
            continue
        weight = np.int64(weights[_gram(np.uint64(0), tokens[word], width)])
        again = False
        for k in range(found):
            again |= best[k, 2] == weight  # most likely the same word
        if weight < 0 and not again and (found < most or weight < best[most - 1, 2]):
            place = found if found < most else most - 1
            while place > 0 and best[place - 1, 2] > weight:
                best[place] = best[place - 1]
                place -= 1
            best[place, 0] = at
            best[place, 1] = end
            best[place, 2] = weight
            found = min(found + 1, most)
        word += 1
        at = end
    return best[:found]
