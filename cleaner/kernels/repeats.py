"""How much of a document repeats itself: lines, paragraphs, and runs of two to ten words.

Counts are those of datatrove's `GopherRepetitionFilter`; a run of n words is looked up only where
both runs of n - 1 words in it occur twice, so that nearly all of the work is done at n = 2. What
does *not* live here: what a word is (`words`), shares and thresholds (the pass).
"""

from typing import Any, NamedTuple

import numpy as np

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.wordrows import CAP, GAP, PARAGRAPH

__all__ = ["FIELDS", "LONGEST", "Scratch", "repeats", "scratch_for"]

LONGEST, _LONGEST_TOP = 10, 4
"""Words of the longest run. Up to four, the most frequent one; from five on, all repeated ones."""

FIELDS = (
    "repeated_lines", "repeated_line_characters", "repeated_paragraphs",
    "repeated_paragraph_characters", "paragraphs", "different", "top_2", "top_3", "top_4",
    "again_5", "again_6", "again_7", "again_8", "again_9", "again_10",
)  # fmt: skip
"""Columns: how often, or how many code points. `top_n` counts all occurrences of the most frequent
run of n words, with the spaces in it, and is 0 when nothing occurs twice; `again_n` counts, without
spaces, runs of n words that occurred before, read from left to right without overlap."""
_PARAGRAPHS, _DIFFERENT, _TOP = 4, 5, 6

_FEWEST_SLOTS = 16
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Scratch(NamedTuple):
    """Room for one document."""

    keys: Any  # uint64, an open hash table
    values: Any  # int32
    ids: Any  # int32: of each word, then of the run that begins there; -1 where it is unique
    counts: Any  # int32: of each id
    places: Any  # int32: first position of each id
    before: Any  # int64: letters before each word


def scratch_for(longest: int) -> Scratch:
    """Make room for a document of that many bytes."""
    count = min(longest // 2, CAP) + 4
    slots = max(_FEWEST_SLOTS, 1 << (2 * count - 1).bit_length())
    return Scratch(
        np.zeros(slots, np.uint64),
        np.zeros(slots, np.int32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int64),
    )


@inner
def _mask(scratch: Any, count: Any) -> Any:
    """Empty as much of the table as `count` keys need; return the mask of its slots."""
    slots = _FEWEST_SLOTS
    while slots < 2 * count:
        slots *= 2
    scratch.values[:slots] = -1
    return slots - 1


@inner
def _id(scratch: Any, mask: Any, key: Any, new: Any) -> Any:
    """The id of a key, which is `new` when the key was not there yet."""
    slot = np.int64(((key ^ (key >> np.uint64(32))) * _MIX) >> np.uint64(33)) & mask
    while scratch.values[slot] >= 0:
        if scratch.keys[slot] == key:
            return scratch.values[slot]
        slot = (slot + 1) & mask
    scratch.keys[slot], scratch.values[slot] = key, new
    return new


@kernel
def repeats(
    words: Any, lines: Any, bounds: Any, scratch: Any, table: Any, base_column: Any, entropy: Any
) -> None:
    """Measure the repetition in a group of texts.

    Args:
        words: from `words.split`.
        lines: the same; its lines become paragraphs, in place.
        bounds: the same.
        scratch: room.
        table: int32[n, wider] of zeros; the columns of `FIELDS` are filled.
        base_column: where they begin; see `slips.look_up`.
        entropy: float32[n], gets the entropy of the distribution of words in nats.
    """
    ids, counts, places, before = scratch.ids, scratch.counts, scratch.places, scratch.before
    for i in range(len(bounds) - 1):
        row = table[i, base_column:]
        base, count = bounds[i, 0], bounds[i + 1, 0] - bounds[i, 0]
        low, rows = bounds[i, 1], bounds[i + 1, 1] - bounds[i, 1]
        # Lines first, then paragraphs.
        for turn in range(0, 4, 2):
            mask = _mask(scratch, rows)
            new = 0
            for line in range(low, low + rows):
                one = _id(scratch, mask, lines.key[line], new)
                if one == new:
                    new += 1
                else:
                    row[turn] += 1
                    row[turn + 1] += lines.size[line]
            if turn == 0:
                into = low - 1
                for line in range(low, low + rows):
                    if lines.bits[line] & PARAGRAPH or line == low:
                        into += 1
                        lines.key[into], lines.size[into] = lines.key[line], lines.size[line]
                    else:
                        lines.key[into] = (lines.key[into] * _MIX) ^ lines.key[line]
                        lines.size[into] += 1 + lines.size[line]
                rows = into + 1 - low
                row[_PARAGRAPHS] = rows
        # Words.
        mask = _mask(scratch, count)
        new = 0
        before[0] = 0
        for at in range(count):
            one = _id(scratch, mask, words.key[base + at], new)
            if one == new:
                counts[new] = 0
                new += 1
            counts[one] += 1
            ids[at] = one
            before[at + 1] = before[at] + words.size[base + at]
        row[_DIFFERENT] = new
        sum_ = 0.0
        for one in range(new):
            if counts[one] > 1:
                sum_ -= counts[one] * np.log(counts[one])
        if count:
            entropy[i] = sum_ / count + np.log(count)
        # Runs of words. Where nothing of one length occurs twice, nothing longer does.
        for size in range(2, LONGEST + 1):
            possible = 0
            for at in range(count - size + 2):
                # From here on, -1 marks what occurs once.
                if ids[at] >= 0 and counts[ids[at]] < 2:
                    ids[at] = -1
                possible += at > 0 and ids[at] >= 0 and ids[at - 1] >= 0
            if possible < 2:
                break
            mask = _mask(scratch, possible)
            new = best = most = 0
            for at in range(count - size + 1):
                left, right = ids[at], ids[at + 1]
                if left < 0 or right < 0:
                    ids[at] = -1
                    continue
                key = (np.uint64(left) << np.uint64(32)) | np.uint64(right)
                one = _id(scratch, mask, key, new)
                if one == new:
                    counts[new], places[new] = 0, at
                    new += 1
                counts[one] += 1
                ids[at] = one
            for one in range(new):
                if counts[one] > most:
                    best, most = one, counts[one]  # of several, the one that came first
            if most < 2:
                break
            if size <= _LONGEST_TOP:
                at = places[best]
                length = before[at + size] - before[at]
                for inner in range(base + at + 1, base + at + size):
                    length += (words.bits[inner] & GAP) > 0
                row[_TOP + size - 2] = length * most
                continue
            places[:new] = 0  # now: whether the run was seen
            at = 0
            while at < count - size + 1:
                one = ids[at]
                if one >= 0 and places[one]:
                    row[_TOP + size - 2] += before[at + size] - before[at]
                    at += size
                    continue
                if one >= 0:
                    places[one] = 1
                at += 1
