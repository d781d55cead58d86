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

from cleaner.kernels.beginnings import INK, PADS, WORD, scan
from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.units import UNIT_LIMIT, count_words, line_end, trim, wrapped

__all__ = ["COLUMNS", "Cues", "candidates"]


# Of a literal.
RIGHT, LAST = 1, 2
"""A word ends behind it; only marks stand behind it."""
# Of a clause.
ANYWHERE, HEAD, TAIL, EDGE = range(4)

KINDS = 3
"""Sets of groups: the rarest of each clause, the next rarest ones, all others. A set is sought
only where a clause has hits of all its groups in the sets before."""

ALWAYS = 0
"""The group that has a hit everywhere."""

COLUMNS = ("row", "start", "end", "clause", "words", "before", "after")
"""Of a candidate: row, bytes, number, words, and lines that are not empty above and below it."""


class Cues(NamedTuple):
    """Clauses, as the kernel reads them.

    Attributes:
        points: uint32[LIMIT], letter of the coarse alphabet of each code point, and bits of it.
        kinds: uint8[LIMIT], bits of each code point, for the search for paragraphs.
        traits: uint8[letters], bits of each letter.
        eights: uint8[letters], the eight bits of each letter.
        roots: int32[KINDS, 3, letters], node of a first letter, for the literals of each set of
            groups; where a word begins, inside one, where only marks stand before.
        quads: uint8[KINDS, 2 ** (QUAD_BITS - 3)], a bit for each four letters, mixed, with which a
            literal begins where a word does or, one bit higher, inside one.
        pairs: bool[KINDS, 3 * 2 ** 16], the same for two letters, of literals of less than four;
            and of all literals at the lead, above these.
        known: uint8[KINDS, 2 ** (KNOWN_BITS - 3)], a bit for each number of a beginning.
        letter: uint16[nodes], the letter that leads to each node.
        below: int32[nodes + 1], where the children of a node begin, which lie side by side; nodes
            are in order of depth, so that those which most texts reach are close together.
        ends: int32[nodes + 1], where the literals that end in a node begin in the next two.
        groups: int32[literals], the group that has a hit there.
        flags: uint8[literals].
        members: int32[groups + 1], where the clauses of a group begin in the next one.
        clauses: int32[...].
        limits: int32[clauses, 7], groups, least and most words, place, depth; groups in the first
            set, and in the first two.
    """

    points: npt.NDArray[np.uint32]
    kinds: npt.NDArray[np.uint8]
    traits: npt.NDArray[np.uint8]
    eights: npt.NDArray[np.uint8]
    roots: npt.NDArray[np.int32]
    quads: npt.NDArray[np.uint8]
    pairs: npt.NDArray[np.bool_]
    known: npt.NDArray[np.uint8]
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
def _hits(
    cues: Any,
    text: Any,
    size: int,
    kind: int,
    starts: Any,
    many: int,
    hits: Any,
    count: int,
    seen: Any,
    unit: int,
) -> int:
    """Add the groups that have a literal in a stretch, each once; how many there are."""
    traits, letters, below = cues.traits, cues.letter, cues.below
    ends, groups, flags = cues.ends, cues.groups, cues.flags
    last = -1
    for number in range(many):
        at = starts[number, 0]
        node = cues.roots[kind, starts[number, 1], text[at]]
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
    text = np.zeros(UNIT_LIMIT + 2 * PADS, np.uint16)
    starts = np.zeros((2 * UNIT_LIMIT, 2), np.int32)
    states = np.zeros(UNIT_LIMIT + 2 * PADS, np.uint64)
    hits = np.zeros(len(cues.members), np.int64)
    seen = np.zeros(len(cues.members), np.int64)
    met = np.zeros((len(cues.limits), 2), np.int64)
    kinds = cues.kinds
    members, clauses, limits = cues.members, cues.clauses, cues.limits
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
            unit += 1
            words, done, count = -1, 0, 1  # the hit of ALWAYS
            hits[0] = ALWAYS
            for kind in range(KINDS):
                size, many = scan(cues, kind, data, start, stop, text, starts, states)
                count = _hits(cues, text, size, kind, starts, many, hits, count, seen, unit)
                for hit in range(done, count):
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
                done = count
                if kind == KINDS - 1:
                    break
                # Of most stretches it is clear by now that no clause of more groups holds.
                more = False
                for hit in range(1, count):
                    for member in range(members[hits[hit]], members[hits[hit] + 1]):
                        clause = clauses[member]
                        if limits[clause, 5 + kind] <= met[clause, 1] < limits[clause, 0]:
                            if words < 0:
                                words = count_words(data, start, stop)
                            more |= limits[clause, 1] <= words <= limits[clause, 2]
                if not more:
                    break
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
