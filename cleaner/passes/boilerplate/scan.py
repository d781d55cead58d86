"""Finds the lines that are worth a look, and the rules that are worth trying there.

Two steps, both with RE2 alone. The *rarest* group of every rule (the first one it states) joins an
alternation over the whole document; RE2 shares common beginnings, so that it runs as one automaton
at hundreds of MB/s. In the few lines with a hit, a set of all rules says which of them to try. A
set over whole documents would answer at once, but its automaton carries every pattern in every
state and reaches a tenth of that speed on texts that it has not seen.

What does *not* live here: the check of a single line (`judge`).
"""

from collections.abc import Sequence
from typing import Any

from cleaner.packs.patterns import GAP, LINE_END, LINE_START, expand, screening, words
from cleaner.packs.schema import Clause, PackRule

__all__ = ["Scanner", "encode"]

_MEMORY = 1 << 28
"""Bytes that one automaton may take; it builds only the states that texts reach."""
_FRAMES = {
    "whole": (LINE_START, LINE_END),
    "starts": (LINE_START, ""),
    "ends": ("", LINE_END),
    "": ("", ""),
}


def encode(text: str) -> bytes:
    """UTF-8, a lone surrogate as U+FFFD (as Arrow holds it): every character keeps its place."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text).encode()


class Scanner:
    """The first cue groups of all clauses, joined."""

    def __init__(self, rules: Sequence[PackRule]) -> None:
        self.clauses: list[tuple[PackRule, Clause]] = [
            (rule, clause) for rule in rules for clause in rule.clauses
        ]
        bound, loose = _Set(), _Set()
        joined: dict[tuple[bool, str], dict[str, None]] = {}
        for index, (rule, clause) in enumerate(self.clauses):
            part, cues = clause.required[0]
            place = _line_place(rule, part)
            forms = [expand(words(cue)[0]) if place else screening(cue) for cue in cues]
            if part == "only":
                one = f"(?:{'|'.join(forms)})"
                forms = [one + GAP + one]
            joined.setdefault((clause.case, place), {}).update(dict.fromkeys(forms))
            body = f"(?:{'|'.join(forms)})"
            if place in {"whole", "starts"}:
                bound.add(index, rf"\A{body}\z" if place == "whole" else rf"\A{body}", clause.case)
            else:
                loose.add(index, body, clause.case)
        self._bound, self._loose = bound.compile(), loose.compile()
        self._finder = _join({kind: sorted(joined[kind]) for kind in sorted(joined)})

    def possible(self, data: bytes) -> bool:
        """Whether any line is worth a look; false means that no rule can hold."""
        return self._finder.search(data) is not None

    def next_hit(self, data: bytes, at: int) -> int | None:
        """Where the next cue begins, or its line."""
        match = self._finder.search(data, at)
        return None if match is None else int(match.start())

    def candidates(self, raw: bytes, bare: bytes) -> list[int]:
        """Positions in `clauses` of those whose first group has a cue in the line.

        `bare` is the line without its bullets: a cue bound to its start may begin there.
        """
        found = {*self._loose.match(raw), *self._bound.match(raw)}
        if bare != raw:
            found.update(self._bound.match(bare))
        return sorted(found)


class _Set:
    """An RE2 set whose members have numbers of our own."""

    def __init__(self) -> None:
        import re2

        self._numbers: list[int] = []
        self._set = re2.Set.SearchSet(_options())

    def add(self, number: int, pattern: str, case: bool) -> None:
        self._numbers.append(number)
        self._set.Add(pattern if case else f"(?i){pattern}")

    def compile(self) -> "_Set":
        self._set.Compile()
        return self

    def match(self, data: bytes) -> list[int]:
        return (
            [self._numbers[each] for each in self._set.Match(data) or ()] if self._numbers else []
        )


def _line_place(rule: PackRule, place: str) -> str:
    """Where on its line a cue is sought.

    The last words of a paragraph begin in the middle of a line; a line of labels begins with one.
    """
    if rule.anchor == "suffix":
        return "ends" if place in {"whole", "ends"} else ""
    return "starts" if place == "only" else place


def _options() -> Any:
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = True
    return options


def _join(forms: dict[tuple[bool, str], list[str]]) -> Any:
    """One pattern; what the forms have in common is written once."""
    import re2

    parts = []
    for (case, place), bodies in forms.items():
        low, high = _FRAMES[place]
        parts.append(f"(?{'' if case else 'i'}:{low}(?:{'|'.join(bodies)}){high})")
    return re2.compile("|".join(parts), _options())
