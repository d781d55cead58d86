"""Which clauses of the boilerplate rules have all their cues in one line or paragraph.

A trie of the cues' literals is walked at the beginnings of words (and wherever a literal may begin
inside one), over the letters of one line or hard-wrapped paragraph at a time. A clause is a
candidate where each of its groups has a literal, within the clause's limits of words and position.
Every test here is a necessary condition of the rule: where it is unsure, it says yes. What does
*not* live here: the rules and what holds (`passes.boilerplate`), the literals (`packs`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.units import UNIT_LIMIT, count_words, line_end, point, trim, wrapped

__all__ = ["COLUMNS", "Cues", "candidates"]


# Of a letter of the coarse alphabet.
WORD, INK = 1, 2
"""Part of a word; letter or number."""
NONE, SPACE, DIGIT = 0, 1, 2
"""Letters that every alphabet has: marks that no cue mentions, and those that count once a run."""
# Of a literal.
RIGHT, LAST = 1, 2
"""A word ends behind it; only marks stand behind it."""
# Of a clause.
ANYWHERE, HEAD, TAIL, EDGE = range(4)

POWERS = (1, 31, 961, 29791, 923521, 28629151)
"""Six letters are found at the sum of their products with these; fewer, with `FOUR` or `PAIR`."""
FOUR, PAIR = 4099, 7919
_P1, _P2, _P3, _P4, _P5 = (np.uint64(power) for power in POWERS[1:])
_FOUR, _PAIR = np.uint64(FOUR), np.uint64(PAIR)

ALWAYS = 0
"""The group that has a hit everywhere."""

COLUMNS = ("row", "start", "end", "clause", "words", "before", "after")
"""Of a candidate: row, bytes, number, words, and lines that are not empty above and below it."""


class Cues(NamedTuple):
    """Clauses, as the kernel reads them.

    Attributes:
        letters: uint16[LIMIT], letter of the coarse alphabet of each code point.
        kinds: uint8[LIMIT], bits of each code point.
        traits: uint8[letters], bits of each letter.
        roots: int32[2, 3, letters], node of a first letter, for literals of each clause's rarest
            group alone and for all; where only marks stand before, where a word begins, inside one.
        openings: uint8[2, 2 ** k], bits 1 and 2 where a literal of the last two places begins with
            these letters.
        short: uint8[2, letters], the same for literals of less than four letters that may stand
            before any others.
        letter: uint16[nodes], the letter that leads to each node.
        below: int32[nodes + 1], where the children of a node begin, which lie side by side; nodes
            are in order of depth, so that those which most texts reach are close together.
        ends: int32[nodes + 1], where the literals that end in a node begin in the next two.
        groups: int32[literals], the group that has a hit there.
        flags: uint8[literals].
        members: int32[groups + 1], where the clauses of a group begin in the next one.
        clauses: int32[...].
        limits: int32[clauses, 5], groups, least and most words, place, depth.
    """

    letters: npt.NDArray[np.uint16]
    kinds: npt.NDArray[np.uint8]
    traits: npt.NDArray[np.uint8]
    roots: npt.NDArray[np.int32]
    openings: npt.NDArray[np.uint8]
    short: npt.NDArray[np.uint8]
    letter: npt.NDArray[np.uint16]
    below: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    groups: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]
    members: npt.NDArray[np.int32]
    clauses: npt.NDArray[np.int32]
    limits: npt.NDArray[np.int32]


def candidates(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], cues: Cues
) -> npt.NDArray[np.int64]:
    """Lines and paragraphs in which a clause could hold.

    Args:
        data: uint8[m], UTF-8.
        offsets: int64[n + 1].
        cues: the clauses.

    Returns:
        int64[found, len(COLUMNS)], in order of position.
    """
    room = 64 + len(data) // 512
    while True:
        found = np.empty((room, len(COLUMNS)), np.int64)
        count = int(_candidates(data, offsets, cues, found))
        if count >= 0:
            return found[:count]
        room *= 4


@inner
def _read(data: Any, start: int, stop: int, letters: Any, text: Any) -> int:
    """The letters of a stretch from `text[1]` on, and how many there are."""
    size = 1
    text[0] = NONE
    at = start
    while at < stop:
        code, width = point(data, at)
        at += width
        letter = letters[code]
        if (letter == SPACE or letter == DIGIT) and text[size - 1] == letter:
            continue
        text[size] = letter
        size += 1
    for place in range(5):
        text[size + place] = NONE
    return size


@inner
def _starts(
    traits: Any, roots: Any, openings: Any, short: Any, text: Any, size: int, starts: Any
) -> int:
    """Where a literal could begin, with the root to begin at, and how many there are.

    Most words begin as no literal does. Nothing branches here, since no branch could be foreseen.
    """
    mask = np.uint64(len(openings) - 1)
    count = 0
    for at in range(1, size):  # the first letter or number, and all marks before it
        starts[count, 0], starts[count, 1] = at, roots[0, text[at]]
        count += starts[count, 1] > 0
        if traits[text[at]] & INK:
            break
    inside = np.uint64(0)
    one, two, three = np.uint64(text[1]), np.uint64(text[2]), np.uint64(text[3])
    four, five = np.uint64(text[4]), np.uint64(text[5])
    for at in range(1, size):
        six = np.uint64(text[at + 5])
        pair = one + two * _P1
        quad = pair + three * _P2 + four * _P3
        bits = openings[(quad + five * _P4 + six * _P5) & mask]
        bits |= openings[(quad + _FOUR) & mask] | short[one]
        bits |= openings[(pair + _PAIR + np.uint64(traits[three] & INK) * _PAIR) & mask]
        starts[count, 0], starts[count, 1] = at, roots[1 + inside, one]
        count += bits >> inside & np.uint64(1)
        inside = np.uint64(traits[one] & WORD)
        one, two, three, four, five = two, three, four, five, six
    return count


@inner
def _hits(
    cues: Any, text: Any, size: int, kind: int, starts: Any, hits: Any, seen: Any, unit: int
) -> int:
    """The groups that have a literal in a stretch, each once, and how many there are."""
    traits, letters, below = cues.traits, cues.letter, cues.below
    ends, groups, flags = cues.ends, cues.groups, cues.flags
    count = 1  # ALWAYS
    last = -1
    many = _starts(
        traits, cues.roots[kind], cues.openings[kind], cues.short[kind], text, size, starts
    )
    for number in range(many):
        at, node = starts[number, 0], starts[number, 1]
        while node:
            for end in range(ends[node], ends[node + 1]):
                flag = flags[end]
                if flag & RIGHT and traits[text[at + 1]] & WORD:
                    continue
                if flag & LAST:
                    if last < 0:
                        last = size - 1
                        while not traits[text[last]] & INK and last:
                            last -= 1
                    if last > at:
                        continue
                group = groups[end]
                if seen[group] != unit:
                    seen[group] = unit
                    hits[count] = group
                    count += 1
            at += 1
            child, stop = below[node], below[node + 1]
            while child < stop and letters[child] != text[at]:
                child += 1
            node = child if child < stop else np.int32(0)
    return count


@kernel
def _candidates(data: Any, offsets: Any, cues: Any, found: Any) -> int:
    text = np.zeros(UNIT_LIMIT + 6, np.uint16)
    starts = np.zeros((2 * UNIT_LIMIT + 6, 2), np.int32)
    hits = np.zeros(len(cues.members), np.int64)
    seen = np.zeros(len(cues.members), np.int64)
    met = np.zeros((len(cues.limits), 2), np.int64)
    letters, kinds = cues.letters, cues.kinds
    members, clauses, limits = cues.members, cues.clauses, cues.limits
    always = False
    for member in range(members[ALWAYS], members[ALWAYS + 1]):
        always |= limits[clauses[member], 0] == 1
    total = unit = 0
    for row in range(len(offsets) - 1):
        at, high = offsets[row], offsets[row + 1]
        mine = total
        lines = 0
        alone = False  # whether the lines up to the next blank one stand for themselves
        while at < high:
            end = line_end(data, at, high)
            start, stop = trim(data, at, end, kinds)
            if start == stop:
                alone = False
                ink = False
                for place in range(at, end):
                    ink |= not (data[place] == 32 or 9 <= data[place] <= 13)
                lines += ink
                at = end + 1
                continue
            above = lines
            lines += 1
            if not alone:
                several = end + 1 < high and data[end + 1] != 10
                last = wrapped(data, at, high, kinds) if several else -1
                if last >= 0:
                    for place in range(start, last):
                        lines += data[place] == 10
                    stop = last
                    end = line_end(data, last, high)
                alone = True
            at = end + 1
            if stop - start > UNIT_LIMIT:
                continue
            size = _read(data, start, stop, letters, text)
            words = -1
            count = 1
            for kind in range(2):
                if kind == 1:
                    # Of most stretches it is clear by now that no clause of several groups holds.
                    more = always
                    for hit in range(1, count):
                        if words < 0:
                            words = count_words(data, start, stop)
                        for member in range(members[hits[hit]], members[hits[hit] + 1]):
                            clause = clauses[member]
                            more |= (
                                limits[clause, 0] > 1
                                and limits[clause, 1] <= words <= limits[clause, 2]
                            )
                    if not more:
                        break
                unit += 1
                count = _hits(cues, text, size, kind, starts, hits, seen, unit)
            for hit in range(count):
                for member in range(members[hits[hit]], members[hits[hit] + 1]):
                    clause = clauses[member]
                    if met[clause, 0] != unit:
                        met[clause, 0], met[clause, 1] = unit, 0
                    met[clause, 1] += 1
                    if met[clause, 1] != limits[clause, 0]:
                        continue
                    if words < 0:
                        words = count_words(data, start, stop)
                    if not limits[clause, 1] <= words <= limits[clause, 2]:
                        continue
                    if total == len(found):
                        return -1
                    found[total, 0], found[total, 1], found[total, 2] = row, start, stop
                    found[total, 3], found[total, 4] = clause, words
                    found[total, 5], found[total, 6] = above, lines
                    total += 1
        kept = mine
        for number in range(mine, total):
            clause = found[number, 3]
            place, depth = limits[clause, 3], limits[clause, 4]
            head, tail = found[number, 5] < depth, lines - found[number, 6] < depth
            if place == ANYWHERE or (place != TAIL and head) or (place != HEAD and tail):
                for column in range(6):
                    found[kept, column] = found[number, column]
                found[kept, 6] = lines - found[number, 6]
                kept += 1
        total = kept
    return total
