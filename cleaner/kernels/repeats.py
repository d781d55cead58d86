"""How much of a document repeats itself: lines, paragraphs, and runs of two to ten words.

Counts are those of datatrove's `GopherRepetitionFilter`, word for word; a run of n words is looked up
only where both runs of n - 1 words in it occur twice, so that nearly all of the work is done at n = 2.
What does *not* live here: what a word is (`words`), shares and thresholds (the pass).
"""

from typing import Any, NamedTuple

import numba
import numpy as np

from cleaner.kernels.words import CAP, GAP

__all__ = ["LONGEST", "Scratch", "repeated_pieces", "repeated_runs", "scratch_for"]

LONGEST = 10
"""Words of the longest run."""

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
    count = min(longest, CAP) + 4
    slots = 1 << (2 * count - 1).bit_length()
    return Scratch(
        np.zeros(slots, np.uint64),
        np.zeros(slots, np.int32),
        *(np.zeros(count, np.int32) for _ in range(3)),
        np.zeros(count, np.int64),
    )


@numba.njit(cache=True, nogil=True)
def _mask(scratch: Any, count: Any) -> Any:
    """Empty as much of the table as `count` keys need; return the mask of its slots."""
    slots = 16
    while slots < 2 * count:
        slots *= 2
    scratch.values[:slots] = -1
    return slots - 1


@numba.njit(cache=True, nogil=True)
def _id(scratch: Any, mask: Any, key: Any, new: Any) -> Any:
    """The id of a key, which is `new` when the key was not there yet."""
    slot = np.int64(((key ^ (key >> np.uint64(32))) * _MIX) >> np.uint64(33)) & mask
    while scratch.values[slot] >= 0:
        if scratch.keys[slot] == key:
            return scratch.values[slot]
        slot = (slot + 1) & mask
    scratch.keys[slot], scratch.values[slot] = key, new
    return new


@numba.njit(cache=True, nogil=True)
def repeated_pieces(keys: Any, sizes: Any, count: Any, scratch: Any, room: Any) -> Any:
    """How many of the first `count` pieces occurred before, and how long they are together."""
    mask = _mask(scratch, count)
    again = length = 0
    new = 0
    for i in range(count):
        one = _id(scratch, mask, keys[i], new)
        if one == new:
            new += 1
        else:
            again += 1
            length += sizes[i]
    room[0], room[1] = again, length


@numba.njit(cache=True, nogil=True)
def repeated_runs(words: Any, count: Any, scratch: Any, top: Any, again: Any) -> Any:
    """Measure repeated runs of words.

    Args:
        words: from `words.split`.
        count: how many there are.
        scratch: room.
        top: int64[LONGEST + 1], gets at 2 to 4 the code points (with the spaces inside) of all
            occurrences of the most frequent run; 0 when nothing occurs twice.
        again: int64[LONGEST + 1], gets at 5 to 10 the code points (without spaces) of runs that
            occurred before, read from left to right without overlap.

    Returns:
        The number of different words, and the entropy of their distribution in nats.
    """
    ids, counts, places, before = scratch.ids, scratch.counts, scratch.places, scratch.before
    top[:] = 0
    again[:] = 0
    mask = _mask(scratch, count)
    new = 0
    before[0] = 0
    for i in range(count):
        one = _id(scratch, mask, words.key[i], new)
        if one == new:
            counts[new] = 0
            new += 1
        counts[one] += 1
        ids[i] = one
        before[i + 1] = before[i] + words.size[i]
    different = new
    entropy = 0.0
    for one in range(new):
        if counts[one] > 1:
            entropy -= counts[one] * np.log(counts[one])
    if count:
        entropy = entropy / count + np.log(count)
    for size in range(2, LONGEST + 1):
        possible = 0
        for i in range(count - size + 1):
            left, right = ids[i], ids[i + 1]
            possible += left >= 0 and right >= 0 and counts[left] > 1 and counts[right] > 1
        if possible < 2:
            break
        mask = _mask(scratch, possible)
        # Ids of runs and of their parts share the arrays: counts move behind once a part is read.
        new = _lengthen(scratch, mask, count - size + 1)
        best = 0
        for one in range(new):
            if counts[one] > 1 and (best == 0 or counts[one] > counts[best - 1]):
                best = one + 1
        if best == 0:
            break
        if size <= 4:
            best -= 1
            place = places[best]
            length = before[place + size] - before[place]
            for i in range(place + 1, place + size):
                length += (words.bits[i] & GAP) > 0
            top[size] = length * counts[best]
        else:
            places[:new] = 0  # now: whether the run was seen
            i = 0
            while i < count - size + 1:
                one = ids[i]
                if one >= 0:
                    if places[one]:
                        again[size] += before[i + size] - before[i]
                        i += size
                        continue
                    places[one] = 1
                i += 1
    return different, entropy


@numba.njit(cache=True, nogil=True)
def _lengthen(scratch: Any, mask: Any, count: Any) -> Any:
    """Turn ids of runs into ids of runs that are one word longer; return how many there are."""
    ids, counts, places = scratch.ids, scratch.counts, scratch.places
    # First mark what may repeat, while `counts` still speaks of the shorter runs.
    for i in range(count + 1):
        if ids[i] >= 0 and counts[ids[i]] < 2:
            ids[i] = -1
    new = 0
    for i in range(count):
        left, right = ids[i], ids[i + 1]
        if left < 0 or right < 0:
            ids[i] = -1
            continue
        one = _id(scratch, mask, (np.uint64(left) << np.uint64(32)) | np.uint64(right), new)
        if one == new:
            counts[new], places[new] = 0, i
            new += 1
        counts[one] += 1
        ids[i] = one
    ids[count] = -1
    return new
