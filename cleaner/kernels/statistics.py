"""Count, document by document, what the published quality families look at.

One call for a batch fills a matrix of integers; shares and thresholds are the pass's. What does
*not* live here: splitting text (`words`), looking words up (`slips`), repetition (`repeats`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels import repeats as r
from cleaner.kernels import slips, words
from cleaner.kernels import wordrows as w
from cleaner.kernels.compiled import kernel
from cleaner.kernels.slips import UNTERMINATED, Lexicon, look_up
from cleaner.kernels.slipsigns import note

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
    whole = int(offsets[-1] - offsets[0])
    longest = max(min(w.GROUP_BYTES, whole), int(np.max(np.diff(offsets), initial=0)))
    spots, lines = w.room_for(longest)
    scratch = r.scratch_for(longest)
    seen = np.full(len(lexicon.keys), -1, np.int64)
    total: Any = 0
    first = 0
    while first < count:
        limit = int(np.searchsorted(offsets, offsets[first] + w.GROUP_BYTES, "right")) - 1
        rows = min(max(limit - first, 1), count - first, w.GROUP_ROWS)
        bounds = np.zeros((rows + 1, 2), np.int64)
        own = table[first : first + rows]
        words.split(data, offsets, first, rows, flags, lower, spots, lines, bounds, own)
        total = look_up(
            first, offsets, spots, lines, bounds, lexicon, own, _LEXICAL, seen, found, total
        )
        total = _lines(first, offsets, spots, lines, bounds, lexicon.english, own, found, total)
        r.repeats(spots, lines, bounds, scratch, own, _REPEATS, entropy[first : first + rows])
        first += rows
    return table, entropy, found[: min(total, room)]


@kernel
def _lines(
    first_row: Any,
    offsets: Any,
    words: Any,
    lines: Any,
    bounds: Any,
    language: Any,
    table: Any,
    found: Any,
    total: Any,
) -> Any:
    """Sum the lines up."""
    english = np.int64(1) << language
    for i in range(len(bounds) - 1):
        row = table[i, _LINEWISE:]
        row_number = first_row + i
        shift = offsets[row_number]
        row[_LINES] = bounds[i + 1, 1] - bounds[i, 1]
        closed = open_ended = 0
        for line in range(bounds[i, 1], bounds[i + 1, 1]):
            bits, size = lines.bits[line], lines.size[line]
            begin, until = lines.word[line], lines.word[line + 1]
            count = until - begin
            terminal = bits & w.TERMINAL_LINE
            row[_BULLETS] += (bits & w.BULLET_LINE) > 0
            row[_ELLIPSES] += (bits & w.ELLIPSIS_LINE) > 0
            row[_TERMINALS] += terminal > 0
            row[_SHORT] += size <= SHORT_LINE
            row[_JAVASCRIPTS] += (bits & w.SCRIPT_LINE) > 0
            row[_POLICIES] += (bits & w.POLICY_LINE) > 0
            bad = w.SCRIPT_LINE | w.POLICY_LINE | w.LONG_WORD | w.ELLIPSIS_LINE
            if terminal and not bits & bad and count >= LINE_WORDS:
                row[_C4_LINES] += 1
                row[_C4_SENTENCES] += max(1, lines.sentences[line])
            if count == 1:
                row[_SINGLES] += 1
            elif bits & w.COUNTER_LINE:
                row[_COUNTERS] += count
            elif lines.letters[line] == 0 and lines.digits[line] > 0:
                row[_NUMBERS] += count
            elif lines.capitals[line] > _LOUD * lines.letters[line]:
                row[_UPPERS] += count
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
                    found,
                    total,
                    row_number,
                    shift,
                    UNTERMINATED,
                    words.start[until - 1],
                    words.end[until - 1],
                    english,
                )
        if closed >= 3 and closed >= 0.6 * (closed + open_ended):
            row[_UNTERMINATED] = open_ended
    return total
