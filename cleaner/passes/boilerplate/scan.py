"""Finds the lines and paragraphs that are worth a look, and the rules that are worth trying there.

A kernel looks for literals of the cues, and says where every group of a clause has one: nearly
every document has none, and of the lines with a cue only one in ten has all. What does *not* live
here: the search (`kernels.boilerplate`), its tables (`tables`), the check of one line (`judge`).
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.boilerplate.cues import Cues, candidates
from cleaner.kernels.text.texts import from_arrow
from cleaner.packs.schema import Clause, PackRule
from cleaner.passes.boilerplate.tables import tables
from cleaner.passes.boilerplate.units import Unit

__all__ = ["Scanner", "encode"]


def encode(text: str) -> bytes:
    """UTF-8, a lone surrogate as U+FFFD (as Arrow holds it): every character keeps its place."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text).encode()


class Scanner:
    """All clauses of the rules, sought together."""

    def __init__(self, rules: Sequence[PackRule]) -> None:
        self.clauses: list[tuple[PackRule, Clause]] = [
            (rule, clause) for rule in rules for clause in rule.clauses
        ]
        self._known: dict[bytes, npt.NDArray[np.int64]] = {}
        self._before: dict[bytes, npt.NDArray[np.int64]] = {}
        """What `possible` found last, and the time before, by text: it is what `looks` is asked for
        next. (A batch is followed by those of its texts that another pass has changed.)"""

    @cached_property
    def _cues(self) -> Cues:
        return tables(self.clauses)

    def possible(self, texts: Any) -> npt.NDArray[np.bool_]:
        """Which texts have a line or paragraph worth a look; in the others no rule holds."""
        data, offsets = from_arrow(texts)
        found = candidates(data, offsets, self._cues)
        found[:, 1:3] -= offsets[found[:, :1]]  # from the start of each text
        rows, starts = np.unique(found[:, 0], return_index=True)
        self._before = self._known
        self._known = {
            data[offsets[row] : offsets[row + 1]].tobytes(): mine
            for row, mine in zip(rows.tolist(), np.split(found, starts[1:]), strict=False)
        }
        marks = np.zeros(len(offsets) - 1, np.bool_)
        marks[rows] = True
        return marks

    def looks(self, data: bytes) -> Iterator[tuple[Unit, int, tuple[int, ...]]]:
        """Lines and paragraphs worth a look, in order: where, its words, the clauses to try."""
        found = self._known.get(data, self._before.get(data))
        if found is None:
            offsets = np.array([0, len(data)], np.int64)
            offsets.flags.writeable = False  # numba compiles once for each constness
            found = candidates(np.frombuffer(data, np.uint8), offsets, self._cues)
        rows = sorted(found[:, 1:5].tolist())
        for (start, end), several in groupby(rows, itemgetter(0, 1)):
            mine = list(several)
            yield Unit(start, end), mine[0][3], tuple([clause for _, _, clause, _ in mine])
