"""What is known of short stretches outside ASCII, so that a usual line need not be searched at all.

A line is ASCII with stretches of other characters in between, and most of these are met again and
again: `é`, `â€™`. ASCII stays what it is in every code page, so what becomes of a line of UTF-8
that was read as Latin-1 or Windows-1252 follows from what becomes of each stretch; and so does that
a line has no sign of damage, or none is left, where none of the pairs of characters that the signs
need comes about. What does *not* live here: what is believed (`mojibake`), and how to look at
unusual lines.
"""

import codecs
import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from cleaner.kernels.patterns.pairs import pairs_of
from cleaner.kernels.patterns.screens import compiled
from cleaner.passes.encoding import ftfysteps, roundtrip
from cleaner.passes.encoding.alignment import trimmed
from cleaner.passes.encoding.repairs import Place

__all__ = [
    "ALONE",
    "BAD",
    "C1",
    "HARMLESS",
    "LATIN",
    "MARKED",
    "OLD",
    "PLAIN",
    "QUIET",
    "WINDOWS",
    "Reading",
    "Stretches",
]

_LONGEST = 64
"""Characters of a stretch that is remembered."""
_MOST = 8192
"""Stretches that are remembered."""
_NEIGHBOURS = "".join(map(chr, (*b"\t\n\f\r", *range(0x20, 0x7F))))
"""What may stand beside a stretch: all ASCII but controls, each of which is a sign by itself. The
line end stands for the edges of a line."""
_C1 = re.compile("[\x80-\x9f]")
_ENCODE = codecs.lookup("sloppy-windows-1252").encode
"""ftfy's own; `ftfysteps` explains it."""


class Reading(NamedTuple):
    """What is known of a stretch.

    Attributes:
        holds: what is true of it, as flags; see below.
        start: where its repair changes it,
        end: the end of that; 0 if nothing changes,
        by: and what belongs there.
    """

    holds: int
    start: int
    end: int
    by: str


LATIN, WINDOWS, OLD, HARMLESS, PLAIN, QUIET = 1, 2, 4, 8, 16, 32
"""True of a line if true of all its stretches. It is UTF-8 that was read as Latin-1; as
Windows-1252 (where both explain it, they say the same); it is no UTF-8, but Windows-1252 that was
read as Latin-1. What it becomes is no part of any sign, whatever stands around; all that comes in
can be printed, no character is lost, and no letter may have been meant. As it is, it is no part of
any sign."""
BAD, MARKED, C1, ALONE = 64, 128, 256, 512
"""True of a line if true of any of its stretches. It looks bad, whatever stands around; it holds
one of `roundtrip.MARKS`; a C1 control; one that tells ftfy that the line is Latin-1."""
_EMPTY = Reading(LATIN | WINDOWS | OLD | HARMLESS | PLAIN | QUIET, 0, 0, "")
_MAYBE_A_LETTER = "Â\xa0"
"""It can end a word in capitals; `mojibake` explains it."""


class Stretches(dict[str, Reading]):
    """What is known of stretches, in view of a pattern for the signs of damage: `known["é"]`.

    Of long ones it is not known that they have no sign, nor that they have one. A bounded number of
    the others is remembered: a dict, as it finds what it holds in half of a cache's time.
    """

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._pattern = pattern

    def __missing__(self, stretch: str) -> Reading:
        if len(stretch) > _LONGEST:
            return self._reading(stretch)
        if len(self) >= _MOST:
            self.clear()
        found = self[stretch] = self._reading(stretch)
        return found

    def bad(self, parts: Sequence[str]) -> bool:
        """Whether one of these stretches looks bad wherever it stands."""
        return any(self[one].holds & BAD for one in parts[::2])

    def read(self, parts: Sequence[str]) -> tuple[int, int, list[Place]]:
        """What is true of all stretches of a line (see `alignment.split`) and of any, and edits."""
        every, some = -1, 0
        places: list[Place] = []
        at = 0
        outside = True  # of ASCII, by turns
        for part in parts:
            if outside:
                holds, start, end, by = self[part]
                every &= holds
                some |= holds
                if end:
                    places.append((at + start, at + end, by))
            outside = not outside
            at += len(part)
        return every, some, places

    def quiet(self, char: str) -> bool:
        """Whether this character, outside ASCII, adds no sign to any line of ASCII."""
        return bool(self[char].holds & QUIET)

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

    def _reading(self, stretch: str) -> Reading:
        """What is known of a stretch at first sight: each text has new ones, so this is quick."""
        if not stretch:
            return _EMPTY
        short = len(stretch) <= _LONGEST
        if short and self._harmless(stretch):
            holds = QUIET
        else:
            holds = MARKED * roundtrip.marked(stretch) | BAD * (short and _looks_bad(stretch))
        if not stretch.isprintable():
            holds |= C1 * (_C1.search(stretch) is not None)
        latin = stretch.encode("latin-1") if max(stretch) <= "ÿ" else None
        windows = _windows(stretch)
        data = windows if latin is None else latin
        # Byte 1A stands for U+FFFD, which ftfy turns back in its own ways.
        if data is None or b"\x1a" in data:
            return Reading(holds, 0, 0, "")
        text = _decoded(data, "utf-8")
        if text is not None:
            holds |= LATIN * (latin is not None) | WINDOWS * (windows is not None)
        elif latin is not None:
            text = _decoded(latin, "windows-1252")
            holds |= OLD * (text is not None) | ALONE * ftfysteps.is_latin(latin)
        if text is None:
            return Reading(holds, 0, 0, "")
        if text == stretch:
            return Reading(holds | PLAIN | HARMLESS * (holds & QUIET > 0), 0, 0, "")
        start, end, by = trimmed(stretch, text, 0)
        holds |= HARMLESS * (short and self._harmless(text))
        if by.isprintable() and "\ufffd" not in by and _MAYBE_A_LETTER not in stretch:
            holds |= PLAIN
        return Reading(holds, start, end, by)


def _looks_bad(stretch: str) -> bool:
    """Whether ftfy's pattern matches inside: between marks, as no edge of a line may be near."""
    data = f"+{stretch}+".encode()
    found = compiled(ftfysteps.SCREEN, capture=False).search(data)
    return found is not None and found.start() > 0 and found.end() < len(data)


def _windows(stretch: str) -> bytes | None:
    try:
        return _ENCODE(stretch)[0]
    except UnicodeEncodeError:
        return None


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None
