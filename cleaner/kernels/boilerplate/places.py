"""A place where a literal could begin: how it is noted, and the numbers that letters make.

Who finds places and who compares literals there must mean the same by both, and so must the tables.
What does *not* live here: finding places (`beginnings`), comparing (`comparing`), making the tables
(`passes.boilerplate.literals`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner

__all__ = [
    "ALL_KEYS",
    "APART",
    "ENDING",
    "KEYS",
    "LAST",
    "LED",
    "LONGEST",
    "NOTE_BITS",
    "RIGHT",
    "SPREAD",
    "TABLES",
    "TABLE_BITS",
    "WORD",
    "holds",
    "keyed",
    "mixed",
]

RIGHT, LAST, APART = 1, 2, 4
"""Of a literal: a word ends behind it; only marks stand behind it; it stands inside of no word."""
LONGEST = 12
"""Letters of a literal; by then it is rare, and all of them fit into two numbers."""
KEYS = (LONGEST, 8, 4, 2, 1)
"""How many letters of its beginning a literal is known by: as many as it has."""
TABLES = 3
"""Of each set of literals: those that may begin anywhere or where a word does, those before which
only marks stand, and, of the others, those behind which only marks stand."""
SPREAD, WORD = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
"""What letters are multiplied by to mix them, and those behind the first eight before that."""
NOTE_BITS, TABLE_BITS = 7, 5
"""A place is noted above so many bits, and above those of the keys the number of a table: literals
of that table, known by these keys, could begin there."""
ALL_KEYS = (1 << TABLE_BITS) - 1
LED, ENDING = 1 << TABLE_BITS, 2 << TABLE_BITS
"""The second of the tables, and the third."""

_FOUR = np.uint64((1 << 32) - 1)
_U3, _U7, _BYTE = (np.uint64(number) for number in (3, 7, 0xFF))
_ALL, _SPREAD, _WORD = (np.uint64(number) for number in ((1 << 64) - 1, SPREAD, WORD))
_SHIFTS = np.uint64(sum(64 - 8 * min(key, 8) << 8 * at for at, key in enumerate(KEYS)))
"""How far all bits are moved to get a mask of each key, a byte each."""


@inner
def holds(known: Any, number: Any) -> Any:
    """Whether a bit of a table is set."""
    return known[number >> _U3] >> np.uint8(number & _U7) & np.uint8(1)


@inner
def mixed(here: Any, more: Any) -> Any:
    """A number for as many letters as the longest literals have."""
    return (here ^ (more & _FOUR) * _WORD) * _SPREAD


@inner
def keyed(here: Any, number: Any) -> Any:
    """The same for the letters of one of the other `KEYS`."""
    shift = _SHIFTS >> np.uint64(8 * number) & _BYTE
    return (here & _ALL >> shift) * _SPREAD
