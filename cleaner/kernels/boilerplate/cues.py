"""Which clauses of the boilerplate rules have all their cues in one line or paragraph.

The literals of the cues are sought at the beginnings of words (and wherever one may begin inside
a word), in the letters of one line or hard-wrapped paragraph at a time. A clause is a candidate
where each of its groups has a literal, within the clause's limits of words and position. Every test
here is a necessary condition of the rule: where it is unsure, it says yes. What does *not* live
here: the rules and what holds (`passes.boilerplate`), the literals (`packs`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.boilerplate.beginnings import SIEVE, begins, sifted
from cleaner.kernels.boilerplate.coarse import INKS, PADS, read
from cleaner.kernels.boilerplate.comparing import compared
from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.text.units import UNIT_LIMIT, line_end, trim, wrapped

__all__ = ["COLUMNS", "Cues", "candidates", "mode_of"]

_U1, _U6, _U63 = (np.uint64(number) for number in (1, 6, 63))

# Of a clause.
ANYWHERE, HEAD, TAIL, EDGE = range(4)

KINDS = 2
"""Sets of groups: the rarest of each clause, and all others. Of these, only those of clauses are
sought that have hits of all their groups in the first set."""

BOUNDS = (60, 90, 120)
"""Words: in a stretch of more, the clauses that allow for less need not be sought. Prose is made of
such stretches, and the literals of what may be so long are few."""

MODES = 2 * (len(BOUNDS) + 1)
"""Tables of how literals begin: see `mode_of`."""

ALWAYS = 0
"""The group that has a hit everywhere."""

COLUMNS = ("row", "start", "end", "clause", "words", "before", "after")
"""Of a candidate: row, bytes, number, words, and lines that are not empty above and below it."""


class Cues(NamedTuple):
    """Clauses, as the kernel reads them.

    Attributes:
        points: uint16[LIMIT], number of the letter of each code point.
        bytes_of: uint8[letters], the byte of each of these in the coarse alphabet.
        kinds: uint8[LIMIT], bits of each code point, for the search for paragraphs.
        first: uint8[MODES, 2 ** (FIRST_BITS - 3)], a bit for the first four letters, mixed, of each
            literal that has so many.
        quick: uint8[MODES, 2 ** (QUICK_BITS - 3)], a bit for each beginning by which those are
            known, mixed.
        pairs: uint8[MODES, 4, 2 ** (PAIR_BITS - 3)], a bit for each two letters, mixed, with which
            those begin that are sought so: see `beginnings.SHORT`.
        within: uint8[MODES, 2 ** (WITHIN_BITS - 3)], a bit for each four letters, mixed, of a
            literal that may begin inside a word, as many as it takes to see it at every stride.
        strides: int64[MODES], places from one look at four letters to the next; 0 for no looks.
        short: bool[MODES], whether others may begin inside a word, by their pairs.
        known: uint8[TABLES * KINDS, 2 ** (KNOWN_BITS - 3)], a bit for each beginning, mixed, of
            the literals of each table; see `places.KEYS`.
        buckets: int32[TABLES * KINDS, 2 ** BUCKET_BITS + 1], where those begin in the next ones
            whose beginning has this number.
        literals: uint64[literals], the first eight letters.
        tails: uint64[literals], the others.
        sizes: uint8[literals], letters.
        wide: int32[literals + 1], where its letters beyond ASCII begin in the next two.
        places: int32[...], which letter of the literal it is.
        numbers: uint16[...], its number.
        ends: int32[literals + 1], where the hits of a literal begin in the next two.
        groups: int32[hits], the group that has it.
        flags: uint8[hits], what must be around it.
        members: int32[groups + 1], where the clauses of a group begin in the next one.
        clauses: int32[...].
        parts: int32[clauses + 1], where the groups of a clause begin in the next one.
        needs: int32[...].
        holes: int32[groups + 1], where the bits of a sieve for a group begin in the next one.
        bits: uint16[...], a number for each beginning, mixed, of its literals, from SIEVE on for
            those that may begin inside a word.
        limits: int32[clauses, 6], groups, least and most words, place, depth, and groups in the
            first set.
    """

    points: npt.NDArray[np.uint16]
    bytes_of: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.uint8]
    first: npt.NDArray[np.uint8]
    quick: npt.NDArray[np.uint8]
    pairs: npt.NDArray[np.uint8]
    within: npt.NDArray[np.uint8]
    strides: npt.NDArray[np.int64]
    short: npt.NDArray[np.bool_]
    known: npt.NDArray[np.uint8]
    buckets: npt.NDArray[np.int32]
    literals: npt.NDArray[np.uint64]
    tails: npt.NDArray[np.uint64]
    sizes: npt.NDArray[np.uint8]
    wide: npt.NDArray[np.int32]
    places: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.uint16]
    ends: npt.NDArray[np.int32]
    groups: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]
    members: npt.NDArray[np.int32]
    clauses: npt.NDArray[np.int32]
    parts: npt.NDArray[np.int32]
    needs: npt.NDArray[np.int32]
    holes: npt.NDArray[np.int32]
    bits: npt.NDArray[np.uint16]
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
    letters, groups = UNIT_LIMIT + 2 * PADS, len(cues.members)
    while True:
        scratch = (
            np.zeros(letters, np.uint8),
            np.zeros(letters, np.uint16),
            # A place is found at most once each way: where a word begins, and inside of words by
            # four letters or two; then as the first or the last one, too.
            np.zeros(3 * letters, np.int64),
            np.zeros(5 * letters, np.int64),
            np.zeros(2 * SIEVE // 64, np.uint64),
            np.zeros((3, groups), np.int64),
            np.zeros((len(cues.limits), 2), np.int64),
        )
        found = np.empty((room, len(COLUMNS)), np.int64)
        count = int(_candidates(data, offsets, cues, scratch, found))
        if count >= 0:
            return found[:count]
        room *= 4


@inner
def mode_of(words: int, wide: bool) -> Any:
    """Which tables of how literals of the first set begin suit a stretch.

    Where no part of a word is beyond ASCII, none of the literals can be found that have such a
    letter; nor, among many words, those of short clauses.
    """
    several = 0
    for bound in BOUNDS:
        several += words > bound
    return 2 * several + wide


@kernel
def _candidates(data: Any, offsets: Any, cues: Any, scratch: Any, found: Any) -> int:
    text, numbers, places, starts, sieve, marks, met = scratch
    hits, seen, wanted = marks[0], marks[1], marks[2]
    kinds = cues.kinds
    members, clauses, limits = cues.members, cues.clauses, cues.limits
    parts, needs = cues.parts, cues.needs
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
            size, wide, words = read(cues.points, cues.bytes_of, data, start, stop, text, numbers)
            last = size - 1
            while text[last] < INKS and last:
                last -= 1
            deep: Any = False
            done, count = 0, 1  # the hit of ALWAYS
            hits[0] = ALWAYS
            for kind in range(KINDS):
                if kind == 0:
                    many = begins(cues, mode_of(words, wide), text, size, last, places, starts)
                else:
                    many = sifted(sieve, text, size, last, deep, starts)
                count = compared(
                    cues, kind, text, numbers, last, starts, many, hits, count, seen, wanted, unit
                )
                for hit in range(done, count):
                    for member in range(members[hits[hit]], members[hits[hit] + 1]):
                        clause = clauses[member]
                        if met[clause, 0] != unit:
                            met[clause, 0], met[clause, 1] = unit, 0
                        met[clause, 1] += 1
                        if met[clause, 1] != limits[clause, 0]:
                            continue
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
                more = deep = False
                sieve[:] = 0
                for hit in range(1, count):
                    for member in range(members[hits[hit]], members[hits[hit] + 1]):
                        clause = clauses[member]
                        if not limits[clause, 5] <= met[clause, 1] < limits[clause, 0]:
                            continue
                        if not limits[clause, 1] <= words <= limits[clause, 2]:
                            continue
                        more = True
                        for part in range(parts[clause], parts[clause + 1]):
                            group = needs[part]
                            if seen[group] == unit or wanted[group] == unit:
                                continue
                            wanted[group] = unit
                            for place in range(cues.holes[group], cues.holes[group + 1]):
                                bit = np.uint64(cues.bits[place])
                                sieve[bit >> _U6] |= _U1 << (bit & _U63)
                                deep |= bit >= SIEVE
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
