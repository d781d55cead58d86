"""Findings out of what is wrong with a line: one for each rule and cause, with all its edits.

A damaged page has hundreds of edits. To make one in the usual way takes a call of Python code and a
general `setattr` for each field, as these classes are frozen; here each field's own setter is
called, which is twice as fast. What does *not* live here: what is wrong (`checking`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cleaner.model import Document, Edit, Finding, Fix, Span
from cleaner.passes.encoding.repairs import Place, Repair
from cleaner.passes.encoding.rules import RULES

__all__ = ["Causes", "finding", "findings", "grouped"]

Causes = dict[tuple[str, str], list[Place]]
"""What is wrong with a line: by rule and cause, all edits in order."""
_TITLES = {rule.name: rule.summary for rule in RULES}
_APPLICABILITY = {rule.name: rule.applicability for rule in RULES}
_new: Any = object.__new__
_span: Any = tuple.__new__


def _setters(owner: type) -> list[Any]:
    return [owner.__dict__[name].__set__ for name in owner.__match_args__]  # type: ignore[attr-defined]


_set_span, _set_replacement = _setters(Edit)
_set_title, _set_edits, _set_drop, _set_applicability = _setters(Fix)
_set_rule, _set_document, _set_message, _set_place, _set_fix, _set_evidence = _setters(Finding)


def grouped(repairs: Sequence[Repair]) -> Causes:
    """Repairs by rule and cause, each with its edits in order."""
    groups: Causes = {}
    for start, end, by, rule, cause in repairs:
        groups.setdefault((rule, cause), []).append((start, end, by))
    for places in groups.values():
        places.sort()
    return groups


def findings(document: Document, repairs: Sequence[Repair]) -> Iterator[Finding]:
    """One finding for each rule and cause, of repairs of the whole text."""
    for (rule, cause), places in grouped(repairs).items():
        yield finding(document, rule, cause, places, 0)


def finding(
    document: Document, rule: str, cause: str, places: Sequence[Place], offset: int
) -> Finding:
    """Make one finding of sorted edits that speak about a line starting at `offset`."""
    edits: list[Edit] = []
    text = document.text
    changes = False
    for start, end, by in places:
        at, to = start + offset, end + offset
        edit = _new(Edit)
        _set_span(edit, _span(Span, (at, to)))
        _set_replacement(edit, by)
        edits.append(edit)
        changes = changes or text[at:to] != by
    fix = None
    if changes:
        fix = _new(Fix)
        _set_title(fix, _TITLES[rule])
        _set_edits(fix, tuple(edits))
        _set_drop(fix, False)
        _set_applicability(fix, _APPLICABILITY[rule])
    count = len(edits)
    found: Finding = _new(Finding)
    _set_rule(found, rule)
    _set_document(found, document.id)
    _set_message(found, f"{cause} ({count} places)" if count > 1 else cause)
    _set_place(found, _span(Span, (places[0][0] + offset, places[-1][1] + offset)))
    _set_fix(found, fix)
    _set_evidence(found, {"cause": cause, "count": count})
    return found
