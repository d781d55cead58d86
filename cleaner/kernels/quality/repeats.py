"""How much of a document repeats itself: lines, paragraphs, and runs of two to ten words.

Counts are those of datatrove's `GopherRepetitionFilter`; a run of n words is looked up only where
both runs of n - 1 words in it occur twice, so that nearly all of the work is done at n = 2. What
does *not* live here: what a word is (`words`), shares and thresholds (the pass).
"""

from typing import Any, NamedTuple

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.quality.wordrows import CAP, GAP, PARAGRAPH
from cleaner.kernels.text.wordkeys import key_of_line

__all__ = ["FIELDS", "LONGEST", "Scratch", "number", "repeats", "scratch_for"]

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
_LOGS = 1 << 12
# Not as a literal, see `words`.
_ZERO: Any = np.int64(0)
_NOWHERE: Any = np.int64(-2)
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Scratch(NamedTuple):
    """Room for one document."""

    keys: Any  # uint64, an open hash table
    values: Any  # int32
    distinct: Any  # uint64: the key of each different word
    counts: Any  # int32: how often each word is there, then each run
    kinds: Any  # int64: of each different word, for `slips`
    doubled: Any  # int64: the same
    places: Any  # int32: where the runs begin that may be there twice
    runs: Any  # int32: which run it is
    lefts: Any  # int32: the run without its last word
    rights: Any  # int32: the run without its first word
    firsts: Any  # int32: of each run the first place, later whether it was met
    logs: Any  # float64: n log n, 0 where it was not needed yet


def scratch_for(longest: int) -> Scratch:
    """Make room for a document of that many bytes."""
    count = min(longest // 2, CAP) + 4
    slots = max(_FEWEST_SLOTS, 1 << (2 * count - 1).bit_length())
    places, runs, lefts, rights, firsts = (np.zeros(count, np.int32) for _ in range(5))
    return Scratch(
        np.zeros(slots, np.uint64),
        np.zeros(slots, np.int32),
        np.zeros(count, np.uint64),
        np.zeros(count, np.int32),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        places,
        runs,
        lefts,
        rights,
        firsts,
        np.zeros(_LOGS, np.float64),
    )


@inner
def _mask(values: Any, count: Any) -> Any:
    """Empty as much of the table as `count` keys need; return the mask of its slots."""
    slots = _FEWEST_SLOTS
    while slots < 2 * count:
        slots *= 2
    for slot in range(slots):
        values[slot] = -1
    return slots - 1


@inner
def _id(keys: Any, values: Any, mask: Any, key: Any, new: Any) -> Any:
    """The id of a key, which is `new` when the key was not there yet."""
    slot = np.int64(key) & mask
    while values[slot] >= 0 and keys[slot] != key:
        slot = (slot + 1) & mask
    one = values[slot]
    # No processor foresees whether a word is new, so there is no branch on it.
    one = new if one < 0 else one
    keys[slot], values[slot] = key, one
    return np.int64(one)


@inner
def number(words: Any, count: Any, scratch: Any) -> Any:
    """Number the different words in `words.id`, and count them.

    Returns:
        How many there are; their keys are in `scratch.distinct`.
    """
    ids = words.id
    keys, values, counts, distinct = scratch.keys, scratch.values, scratch.counts, scratch.distinct
    mask = _mask(values, count)
    new = _ZERO
    for at in range(count):
        key = words.key[at]
        counts[new] = 0
        one = _id(keys, values, mask, key, new)
        ids[at], distinct[one] = one, key
        counts[one] += 1
        new += one == new
    return new


@inner
def repeats(
    data: Any,
    words: Any,
    count: Any,
    lines: Any,
    rows: Any,
    different: Any,
    scratch: Any,
    row: Any,
    base: Any,
) -> Any:
    """Measure the repetition in a text.

    Args:
        data: UTF-8 bytes.
        words: from `words.split` and `number`.
        count: how many.
        lines: from `words.split`; they become paragraphs, in place.
        rows: how many.
        different: how many different words.
        scratch: as `number` left it.
        row: int32[wider] of zeros; the columns of `FIELDS` are filled, from `base` on.
        base: where they begin.

    Returns:
        The entropy of the distribution of words in nats.
    """
    keys, values, counts = scratch.keys, scratch.values, scratch.counts
    places, runs, lefts, rights = scratch.places, scratch.runs, scratch.lefts, scratch.rights
    firsts, logs = scratch.firsts, scratch.logs
    line_keys, line_sizes = lines.key, lines.size
    for line in range(rows):
        line_keys[line] = key_of_line(data, lines.start[line], lines.end[line])
    # Lines first, then paragraphs.
    for turn in range(0, 4, 2):
        mask = _mask(values, rows)
        new = _ZERO
        for line in range(rows):
            if _id(keys, values, mask, line_keys[line], new) == new:
                new += 1
            else:
                row[base + turn] += 1
                row[base + turn + 1] += line_sizes[line]
        if turn == 0:
            into = -1
            for line in range(rows):
                if lines.bits[line] & PARAGRAPH or line == 0:
                    into += 1
                    line_keys[into], line_sizes[into] = line_keys[line], line_sizes[line]
                else:
                    line_keys[into] = (line_keys[into] * _MIX) ^ line_keys[line]
                    line_sizes[into] += 1 + line_sizes[line]
            rows = into + 1
            row[base + _PARAGRAPHS] = rows
    row[base + _DIFFERENT] = different
    sum_ = 0.0
    for one in range(different):
        often = counts[one]
        if often > 1:
            if often < _LOGS:
                if logs[often] == 0:
                    logs[often] = often * np.log(often)
                sum_ -= logs[often]
            else:
                sum_ -= often * np.log(often)
    entropy = sum_ / count + np.log(count) if count else 0.0
    # Runs of words. Where nothing of one length occurs twice, nothing longer does: of each length
    # only the places are kept where a run of the next one may begin.
    known = count
    for at in range(count):
        places[at], runs[at] = at, words.id[at]
    for size in range(2, LONGEST + 1):
        kept = 0
        right, place = _ZERO, _NOWHERE
        again = False
        for i in range(known):
            left, begin, repeated = right, place, again
            right, place = np.int64(runs[i]), np.int64(places[i])
            again = counts[right] > 1
            places[kept], lefts[kept], rights[kept] = begin, left, right
            kept += again & repeated & (place == begin + 1)  # as above: no branch
        known = kept
        if known < 2:
            break
        mask = _mask(values, known)
        new = _ZERO
        best = most = _ZERO
        for i in range(known):
            counts[new], firsts[new] = 0, places[i]
            key = ((np.uint64(lefts[i]) << np.uint64(32)) | np.uint64(rights[i])) * _MIX
            one = _id(keys, values, mask, key ^ (key >> np.uint64(32)), new)
            counts[one] += 1
            runs[i] = one
            new += one == new
        for one in range(new):
            if counts[one] > most:
                best, most = one, counts[one]  # of several, the one that came first
        if most < 2:
            break
        if size <= _LONGEST_TOP:
            at = firsts[best]
            length = words.size[at]
            for place in range(at + 1, at + size):
                length += words.size[place] + ((words.bits[place] & GAP) > 0)
            row[base + _TOP + size - 2] = length * most
            continue
        for one in range(new):
            firsts[one] = 0  # now: whether the run was met
        free = 0
        for i in range(known):
            at, one = places[i], runs[i]
            if at < free:
                continue
            if firsts[one]:
                for place in range(at, at + size):
                    row[base + _TOP + size - 2] += words.size[place]
                free = at + size
            firsts[one] = 1
    return entropy
