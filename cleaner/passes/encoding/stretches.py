"""What is known of short stretches outside ASCII, so that a usual line need not be searched again.

A line is ASCII with stretches of other characters in between, and most of these are met again and
again: `é`, `â€™`. ASCII stays what it is in every code page, so what becomes of a line of UTF-8
that was read as Latin-1 or Windows-1252 follows from what becomes of each stretch; and so does that
no sign of damage is left, where none of the pairs of characters that the signs need comes about.
What does *not* live here: what is believed (`mojibake`), and how to look at unusual lines.
"""

import codecs
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from cleaner.kernels.pairs import pairs_of
from cleaner.passes.encoding.alignment import trimmed

__all__ = ["HARMLESS", "LATIN", "PLAIN", "WINDOWS", "Reading", "Stretches"]

_LONGEST = 64
"""Characters of a stretch that is remembered."""
_NEIGHBOURS = "".join(map(chr, (*b"\t\n\f\r", *range(0x20, 0x7F))))
"""What may stand beside a stretch: all ASCII but controls, each of which is a sign by itself. The
line end stands for the edges of a line."""
_ENCODE = codecs.lookup("sloppy-windows-1252").encode
"""ftfy's own; `ftfysteps` explains it."""


class Reading(NamedTuple):
    """A stretch that is UTF-8 if it was read as Latin-1 or as Windows-1252.

    Attributes:
        holds: what is true of it, as flags; see below.
        start: where it changes, in the stretch,
        end: the end of that; 0 if nothing changes,
        by: and what belongs there.
    """

    holds: int
    start: int
    end: int
    by: str


LATIN, WINDOWS, HARMLESS, PLAIN = 1, 2, 4, 8
"""Latin-1 explains it; Windows-1252 does; what it becomes is no part of any sign, whatever stands
around; all that comes in can be printed, and no character is lost. Where both code pages explain
it, they say the same."""


class Stretches:
    """What is known of stretches, in view of a pattern for the signs of damage."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._known = lru_cache(maxsize=4096)(self._reading)

    def readings(self, stretches: Sequence[str]) -> list[Reading] | None:
        """What these stretches were; None if one is not UTF-8 in these two code pages."""
        known = self._known if max(map(len, stretches)) <= _LONGEST else self._reading
        found = [one for one in map(known, stretches) if one is not None]
        return found if len(found) == len(stretches) else None

    @cached_property
    def _tables(self) -> tuple[memoryview, list[bytes], bytes, bytes] | None:
        """Kinds of characters, which kinds are a pair, and which with ASCII before or behind it."""
        pairs = pairs_of(self._pattern)
        if pairs is None:
            return None
        around = pairs.kind[[ord(char) for char in _NEIGHBOURS]]
        return (
            memoryview(pairs.kind.data),
            [row.tobytes() for row in pairs.table],
            pairs.table[around].any(0).tobytes(),
            pairs.table[:, around].any(1).tobytes(),
        )

    def _harmless(self, stretch: str) -> bool:
        """Whether the pattern matches nowhere in it, whatever ASCII but controls stands around."""
        if not stretch:
            return True
        if self._tables is None:
            return False
        kind, pair, behind, before = self._tables
        if ord(max(stretch)) >= len(kind) - 1:  # which the tables do not tell apart
            return False
        kinds = [kind[ord(char)] for char in stretch]
        if behind[kinds[0]] or before[kinds[-1]]:
            return False
        return not any(pair[one][two] for one, two in pairwise(kinds))

    def _reading(self, stretch: str) -> Reading | None:
        latin = windows = True
        try:
            data = stretch.encode("latin-1")
        except UnicodeEncodeError:
            latin = False
        try:
            data, _ = _ENCODE(stretch)
        except UnicodeEncodeError:
            windows = False
        # Byte 1A stands for U+FFFD, which ftfy turns back in its own ways.
        if not (latin or windows) or b"\x1a" in data:
            return None
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return None
        start, end, by = trimmed(stretch, text, 0)
        holds = LATIN * latin | WINDOWS * windows | HARMLESS * self._harmless(text)
        if by.isprintable() and "\ufffd" not in by:
            holds |= PLAIN
        return Reading(holds, start, end, by)
