"""What a stage of the encoding pass proposes: one edit of a line, the rule, and the cause."""

from collections.abc import Sequence
from typing import NamedTuple

from cleaner.model import Edit, Span

__all__ = ["Place", "Repair", "disjoint", "edited", "repaired", "replace"]

Place = tuple[int, int, str]
"""Start, end and what belongs there: an `Edit` that costs next to nothing to make."""


class Repair(NamedTuple):
    """An edit (positions in the line), the rule that asks for it, and why in words."""

    start: int
    end: int
    by: str
    rule: str
    cause: str

    @property
    def edit(self) -> Edit:
        """The same in the words of everybody else."""
        return Edit(Span(self.start, self.end), self.by)


def replace(span: tuple[int, int], by: str, rule: str, cause: str) -> Repair:
    """Shorthand for a repair of the characters of `span`."""
    return Repair(*span, by, rule, cause)


def disjoint(repairs: list[Repair]) -> list[Repair]:
    """Sort, the longer first, and leave out what overlaps: it gets its turn on the next round."""
    if len(repairs) < 2:
        return repairs
    kept: list[Repair] = []
    at = 0
    for repair in sorted(repairs, key=lambda one: (one.start, -one.end)):
        if repair.start >= at:
            kept.append(repair)
            at = repair.end
    return kept


def edited(line: str, places: Sequence[Place]) -> str:
    """The line with these edits, which are sorted and disjoint."""
    parts: list[str] = []
    at = 0
    for start, end, by in places:
        parts += (line[at:start], by)
        at = end
    return "".join((*parts, line[at:]))


def repaired(line: str, repairs: Sequence[Repair]) -> str:
    """The line with its repairs, which are sorted and disjoint.

    >>> repaired("Ros&eacute;!", [replace((3, 11), "é", "encoding.entity", "")])
    'Rosé!'
    """
    return edited(line, [repair[:3] for repair in repairs])
