"""Tables of the words and lines of a text: their columns, their flags and their size.

What does *not* live here: filling them (`words`).
"""

from typing import Any, NamedTuple

import numpy as np

CAP = 1 << 20
"""Words of a document that are looked at: memory stays bounded whatever the document. Gopher's own
limit for a sane document is a tenth of it."""

# Flags of a word, beside those of its letters.
HAS_ALPHA, HAS_UPPER, HAS_LOWER, TITLE, SYMBOL = 1, 2, 4, 8, 16
LEAD, TRAIL, COMMA, STOP, GAP, DOTTED, APOSTROPHE = 32, 64, 128, 256, 512, 1024, 2048
CAPPED_LENGTH = 4096
"""Longer than C4 allows."""

# Flags of a line.
BULLET_LINE, TERMINAL_LINE, ELLIPSIS_LINE, PARAGRAPH, OPENS_QUOTE = 1, 2, 4, 8, 16
# Found later, by `slips`.
LONG_WORD, SCRIPT_LINE, POLICY_LINE, COUNTER_LINE = 32, 64, 128, 256


class Words(NamedTuple):
    """Of each word of one document."""

    key: Any  # uint64: of its lower case, see `wordkeys`
    start: Any  # int64: first byte
    end: Any  # int64: past its last byte
    size: Any  # int32: code points
    bits: Any  # int32: flags above
    id: Any  # int32: which of the different words of the document, by `repeats`


class Lines(NamedTuple):
    """Of each line that is not blank."""

    start: Any  # int64: first byte, white space around the line left out
    end: Any  # int64: past its last byte
    key: Any  # uint64: hash of its characters, by `repeats`
    word: Any  # int32: its first word
    size: Any  # int32: code points, white space around it left out
    bits: Any  # int32: flags above
    sentences: Any  # int32
    letters: Any  # int32
    capitals: Any  # int32
    digits: Any  # int32


def room_for(size: int) -> tuple[Words, Lines]:
    """Make room for a text of that many bytes."""
    count = min(size // 2, CAP) + 2
    places = (np.zeros(count, np.int64), np.zeros(count, np.int64))
    words = Words(
        np.zeros(count, np.uint64), *places, *(np.zeros(count, np.int32) for _ in range(3))
    )
    lines = Lines(
        *(np.zeros(count, kind) for kind in (np.int64, np.int64, np.uint64)),
        *(np.zeros(count, np.int32) for _ in range(7)),
    )
    return words, lines
