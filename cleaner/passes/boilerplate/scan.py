"""One RE2 set over a whole document says which rules could hold there.

The set is exact for the purpose: it never misses a cue that the search in a single line would
find, since its patterns are the same with weaker word boundaries. What does *not* live here: the
check of a single line (`judge`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from cleaner.packs.patterns import screening
from cleaner.packs.schema import Clause, PackRule

__all__ = ["Scanner", "encode", "line_place"]

_MEMORY = 1 << 28
"""Bytes that the automaton of the set may take; it builds only the states that texts reach."""


def encode(text: str) -> bytes:
    """UTF-8, a lone surrogate as U+FFFD (as Arrow holds it): every character keeps its place."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text).encode()


class Scanner:
    """The cues of all clauses, joined."""

    def __init__(self, rules: Sequence[PackRule]) -> None:
        self.clauses: list[tuple[PackRule, Clause]] = [
            (rule, clause) for rule in rules for clause in rule.clauses
        ]
        numbers: dict[tuple[str, bool], int] = {}
        self._groups: list[tuple[frozenset[int], ...]] = []
        self._keyed: dict[int, list[int]] = {}
        for index, (rule, clause) in enumerate(self.clauses):
            groups = []
            for part, cues in clause.required:
                place = line_place(rule, part)
                forms = ((screening(cue, place), clause.case) for cue in cues)
                groups.append(frozenset(numbers.setdefault(form, len(numbers)) for form in forms))
            self._groups.append(tuple(groups[1:]))
            for number in groups[0]:
                self._keyed.setdefault(number, []).append(index)
        self._set = _compile(numbers)

    def alive(self, data: bytes) -> list[int]:
        """Positions in `clauses` of those whose every group has a cue somewhere in the text."""
        hits = self._set.Match(data)
        if not hits:
            return []
        found = frozenset(hits)
        candidates = {index for hit in hits for index in self._keyed.get(hit, ())}
        return sorted(
            index
            for index in candidates
            if not any(group.isdisjoint(found) for group in self._groups[index])
        )


def line_place(rule: PackRule, place: str) -> str:
    """Where on its line a cue stands: the last words of a paragraph begin in the middle of one."""
    if rule.anchor != "suffix":
        return place
    return {"whole": "ends", "starts": ""}.get(place, place)


def _compile(patterns: Iterable[tuple[str, bool]]) -> Any:
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    found = re2.Set.SearchSet(options)
    for pattern, case in patterns:
        found.Add(pattern if case else f"(?i){pattern}")
    found.Compile()
    return found
