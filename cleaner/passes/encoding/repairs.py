"""What a stage of the encoding pass proposes: one edit of a line, the rule, and the cause."""

from typing import NamedTuple

from cleaner.model import Edit, Span

__all__ = ["Repair", "disjoint", "replace"]


class Repair(NamedTuple):
    """An edit (positions in the line), the rule that asks for it, and why in words."""

    edit: Edit
    rule: str
    cause: str


def replace(span: tuple[int, int], by: str, rule: str, cause: str) -> Repair:
    """Shorthand for a repair of the characters of `span`."""
    return Repair(Edit(Span(*span), by), rule, cause)


def disjoint(repairs: list[Repair]) -> list[Repair]:
    """Sort, the longer first, and leave out what overlaps: it gets its turn on the next round."""
    kept: list[Repair] = []
    at = 0
    for repair in sorted(repairs, key=lambda one: (one.edit.span.start, -one.edit.span.end)):
        if repair.edit.span.start >= at:
            kept.append(repair)
            at = repair.edit.span.end
    return kept
