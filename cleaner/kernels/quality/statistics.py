"""Count, document by document, what the published quality families look at.

One call for a batch fills a matrix of integers; shares and thresholds are the pass's. Each text is
split and counted before the next one, so that its words never leave the processor's cache. What
does *not* live here: splitting text (`words`), looking words up (`slips`), repetition (`repeats`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.quality import repeats as r
from cleaner.kernels.quality import slips, words
from cleaner.kernels.quality import wordrows as w
from cleaner.kernels.quality.slips import LANGUAGES, UNTERMINATED, Lexicon, look_up, vote
from cleaner.kernels.quality.slipsigns import note

__all__ = ["FIELDS", "measure"]

_COUNTED = (
    "lines", "bullet_lines", "ellipsis_lines", "terminal_lines", "short_lines", "c4_lines",
    "c4_sentences", "javascript_lines", "policy_lines", "upper_words", "number_words",
    "counter_words", "single_words", "unterminated",
)  # fmt: skip
FIELDS = (*words.FIELDS, *slips.FIELDS, *_COUNTED, *r.FIELDS)
"""Names of the columns of `measure`."""
(
    _LINES, _BULLETS, _ELLIPSES, _TERMINALS, _SHORT, _C4_LINES, _C4_SENTENCES, _JAVASCRIPTS,
    _POLICIES, _UPPERS, _NUMBERS, _COUNTERS, _SINGLES, _UNTERMINATED,
) = range(len(_COUNTED))  # fmt: skip
_LEXICAL = len(words.FIELDS)
_LINEWISE = _LEXICAL + len(slips.FIELDS)
_REPEATS = _LINEWISE + len(_COUNTED)

SHORT_LINE = 30
"""Code points (FineWeb)."""
LINE_WORDS = 3
"""A shorter line is dropped by C4."""
LONG_LINE = 20
"""Words of a line that must be a paragraph: headlines have up to 18."""
_PROSE = 60
"""Code points of a line that ends like a sentence, to count as a paragraph."""
_LOUD = 0.6
"""Share of capitals among the letters of a line that is "mainly composed" of them (RefinedWeb)."""
# Not as literals, see `words`.
_ZERO: Any = np.int64(0)
_UNTERMINATED_SLIP = np.int64(UNTERMINATED)


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
        int32[n, len(FIELDS)]; float32[n], entropy of the words in nats; and int64[found, 5]: of
        each slip the row, its position in `CUES`, first byte, byte past the end, the languages in
        which it is one (bits).
    """
    count = len(offsets) - 1
    table = np.zeros((count, len(FIELDS)), np.int32)
    entropy = np.zeros(count, np.float32)
    found = np.zeros((room, 5), np.int64)
    longest = int(np.max(np.diff(offsets), initial=0))
    rows, lines = w.room_for(longest)
    scratch = r.scratch_for(longest)
    votes = (np.zeros(LANGUAGES, np.int64), np.zeros(LANGUAGES, np.int64))
    total: Any = _measure(
        data, offsets, flags, lower, lexicon, rows, lines, scratch, table, entropy, *votes, found
    )
    return table, entropy, found[: min(total, room)]


@kernel
def _measure(
    data: Any,
    offsets: Any,
    flags: Any,
    lower: Any,
    lexicon: Any,
    spots: Any,
    lines: Any,
    scratch: Any,
    table: Any,
    entropy: Any,
    votes: Any,
    stops: Any,
    found: Any,
) -> Any:
    total = np.int64(0)
    for i in range(len(offsets) - 1):
        row, text = table[i], (np.int64(i), offsets[i])
        count, rows = words.split(data, offsets[i], offsets[i + 1], flags, lower, spots, lines, row)
        different = r.number(spots, count, scratch)
        language = vote(different, scratch, lexicon, votes, stops, row, _LEXICAL)
        total = look_up(
            text, data, spots, lines, rows, lexicon, language, scratch, row, _LEXICAL, found, total
        )
        total = _sum_up(text, spots, lines, rows, lexicon.english, row, found, total)
        entropy[i] = r.repeats(data, spots, count, lines, rows, different, scratch, row, _REPEATS)
    return total


@inner
def _sum_up(
    text: Any, words: Any, lines: Any, rows: Any, english: Any, row: Any, found: Any, total: Any
) -> Any:
    """Sum the lines up; return how many slips there are now."""
    closed = open_ended = _ZERO
    row[_LINEWISE + _LINES] = rows
    for line in range(rows):
        bits, size = lines.bits[line], lines.size[line]
        begin, until = lines.word[line], lines.word[line + 1]
        count = until - begin
        terminal = bits & w.TERMINAL_LINE
        row[_LINEWISE + _BULLETS] += (bits & w.BULLET_LINE) > 0
        row[_LINEWISE + _ELLIPSES] += (bits & w.ELLIPSIS_LINE) > 0
        row[_LINEWISE + _TERMINALS] += terminal > 0
        row[_LINEWISE + _SHORT] += size <= SHORT_LINE
        row[_LINEWISE + _JAVASCRIPTS] += (bits & w.SCRIPT_LINE) > 0
        row[_LINEWISE + _POLICIES] += (bits & w.POLICY_LINE) > 0
        bad = w.SCRIPT_LINE | w.POLICY_LINE | w.LONG_WORD | w.ELLIPSIS_LINE
        if terminal and not bits & bad and count >= LINE_WORDS:
            row[_LINEWISE + _C4_LINES] += 1
            row[_LINEWISE + _C4_SENTENCES] += lines.sentences[line] or 1
        if count == 1:
            row[_LINEWISE + _SINGLES] += 1
        elif bits & w.COUNTER_LINE:
            row[_LINEWISE + _COUNTERS] += count
        elif lines.letters[line] == 0 and lines.digits[line] > 0:
            row[_LINEWISE + _NUMBERS] += count
        elif lines.capitals[line] > _LOUD * lines.letters[line]:
            row[_LINEWISE + _UPPERS] += count
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
            total = note(
                found, total, text, _UNTERMINATED_SLIP, words, until - 1, until - 1,
                np.int64(1) << english,
            )  # fmt: skip
    if closed >= 3 and closed >= 0.6 * (closed + open_ended):
        row[_LINEWISE + _UNTERMINATED] = open_ended
    return total
