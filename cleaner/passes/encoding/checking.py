"""The pass: which lines to look at, in which order to work, and findings out of repairs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.config import EncodingOptions
from cleaner.edits import Revision
from cleaner.kernels.screens import compiled, matching, searchable
from cleaner.model import Applicability, Document, Edit, Finding, Fix, Span
from cleaner.passes.encoding import (
    controls,
    entities,
    escapes,
    invisible,
    linebreaks,
    lossy,
    misread,
    mojibake,
    roundtrip,
    utf16,
)
from cleaner.passes.encoding.repairs import Repair
from cleaner.passes.encoding.rules import RULES
from cleaner.rules import Rule

__all__ = ["EncodingPass"]

_STAGES = (
    entities.find,
    roundtrip.find_marks,
    mojibake.find,
    roundtrip.find,
    misread.find,
    controls.find,
    invisible.find,
    escapes.find,
)
"""In the order of work: mojibake hidden behind references shows only after these are decoded."""
_LINE_SCREEN = "|".join(
    module.SCREEN
    for module in (entities, mojibake, roundtrip, misread, controls, invisible, escapes)
)
_SCREEN = f"{_LINE_SCREEN}|{linebreaks.SCREEN}|{lossy.SCREEN}"
_ROUNDS = 8
"""Nested damage is solved from outside in; deeper nesting than this waits for the next round."""
_MAPPINGS = 10_000
"""Doubtful edits times certain ones on a line; beyond it the doubtful wait until nothing certain is
left, as finding each one's place takes time linear in the changes."""
_TITLES = {rule.name: rule.summary for rule in RULES}
_APPLICABILITY = {rule.name: rule.applicability for rule in RULES}


class EncodingPass:
    """Finds broken encoding; see `rules` for what, and `passes.base.DocumentPass` for how."""

    name = "encoding"

    def __init__(self, options: EncodingOptions) -> None:
        self.options = options

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the pass."""
        return RULES

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """One scan of the Arrow buffer for everything that any stage looks for."""
        return matching(texts, _SCREEN)

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield one finding for each cause on a line, with all its edits."""
        whole = utf16.find(document.text)
        if whole:
            yield from _findings(document, whole, 0)
            return
        text = searchable(document.text)
        whole = [*linebreaks.find(text), *lossy.find(text)]
        yield from _findings(document, whole, 0)
        pattern = compiled(_LINE_SCREEN)
        escaped = compiled(escapes.SCREEN).search(text) is not None
        offset = 0
        for line in document.text.split("\n"):
            plain = not escaped and line.isascii() and line.isprintable() and "&" not in line
            if not plain and pattern.search(searchable(line)) is not None:
                yield from _findings(document, _repairs(line), offset)
            offset += len(line) + 1


def _findings(document: Document, repairs: list[Repair], offset: int) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Edit]] = {}
    for edit, rule, cause in repairs:
        groups.setdefault((rule, cause), []).append(edit)
    for (rule, cause), edits in groups.items():
        edits.sort()
        yield finding(document, rule, cause, edits, offset)


def finding(document: Document, rule: str, cause: str, edits: list[Edit], offset: int) -> Finding:
    """Make one finding of sorted edits that speak about a line starting at `offset`."""
    moved = tuple(
        Edit(Span(edit.span.start + offset, edit.span.end + offset), edit.replacement)
        for edit in edits
    )
    span = Span(moved[0].span.start, moved[-1].span.end)
    shown = all(document.text[slice(*edit.span)] == edit.replacement for edit in moved)
    fix = None if shown else Fix(_TITLES[rule], moved, applicability=_APPLICABILITY[rule])
    count = f" ({len(moved)} places)" if len(moved) > 1 else ""
    return Finding(
        rule,
        document.id,
        cause + count,
        span,
        fix,
        {"cause": cause, "count": len(moved)},
    )


def _safe(repair: Repair) -> bool:
    return _APPLICABILITY[repair.rule] is Applicability.SAFE


def _repairs(line: str) -> list[Repair]:
    """Run the stages one after another, each on what the earlier ones left, until nothing moves.

    Only certain repairs are built upon. Doubtful ones are reported where they speak about
    characters that no certain repair touched.
    """
    state = Revision(line)
    doubtful: list[Repair] = []
    for _ in range(_ROUNDS):
        before = state.text
        doubtful = []
        for stage in _STAGES:
            repairs = stage(state.text)
            certain = [repair for repair in repairs if _safe(repair)]
            doubtful += [repair for repair in repairs if not _safe(repair)]
            if certain:
                state.edit(
                    [repair.edit for repair in certain],
                    [f"{repair.rule}\n{repair.cause}" for repair in certain],
                )
        if state.text == before:
            break
        if compiled(_LINE_SCREEN).search(searchable(state.text)) is None:
            doubtful = []  # what another turn would find, which is most often nothing
            break
    found = []
    for change in state.changes:
        rule, _, cause = change.rules[0].partition("\n")
        for other in change.rules[1:]:
            cause += "; then " + other.partition("\n")[2]
        found.append(Repair(Edit(change.span, change.replacement), rule, cause))
    if len(doubtful) * len(state.changes) > _MAPPINGS:
        return found
    for edit, rule, cause in doubtful:
        span = state.to_original(edit.span) if state.changes else edit.span
        if line[span.start : span.end] == state.text[edit.span.start : edit.span.end]:
            found.append(Repair(Edit(span, edit.replacement), rule, cause))
    return found
