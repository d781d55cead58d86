"""The pass: which lines to look at, in which order to work, and findings out of repairs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.config import EncodingOptions
from cleaner.edits import Revision
from cleaner.kernels.patterns.screens import Signs, matching, occurs, searchable, searched
from cleaner.model import Applicability, Document, Finding, Span
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
from cleaner.passes.encoding.repairs import Repair, disjoint, repaired
from cleaner.passes.encoding.reporting import Causes, finding, findings, grouped
from cleaner.passes.encoding.rules import RULES
from cleaner.passes.encoding.stretches import Stretches
from cleaner.passes.encoding.surroundings import CODE_SIGNS, is_code, without_references
from cleaner.rules import Rule

__all__ = ["EncodingPass"]

_STAGES = (
    (entities.SCREEN, entities.find),
    (roundtrip.MARKS, roundtrip.find_marks),
    (mojibake.SCREEN, lambda line: mojibake.find(line, _looks_bad)),
    (roundtrip.SCREEN, roundtrip.find),
    (misread.SCREEN, misread.find),
    (controls.SCREEN, controls.find),
    (invisible.SCREEN, invisible.find),
    (escapes.SCREEN, escapes.find),
)
"""In the order of work: mojibake hidden behind references shows only after these are decoded."""
_SIGNS = Signs([screen for screen, _ in _STAGES])
_ENTITIES = 0
_MOJIBAKE = [screen for screen, _ in _STAGES].index(mojibake.SCREEN)
_WHOLE = (linebreaks.SCREEN, lossy.SCREEN)
"""What speaks about a document as a whole."""
_PLAIN = controls.PLAIN + "|" + escapes.SCREEN
"""What stages look for in ASCII, but for references."""
_DOCUMENT = Signs([linebreaks.SCREEN, _PLAIN, *lossy.SIGNS, *CODE_SIGNS])
"""All that has to be known of a document before its lines are looked at."""
_BREAKS, _ASCII, _LOSSY = range(3)
_CODE = _LOSSY + len(lossy.SIGNS)
"""Positions in `_DOCUMENT`: the third and the last are the first of many."""
_SCREENS = [*(screen for screen, _ in _STAGES), *_WHOLE]
_SCREEN = "|".join(_SCREENS)
_KNOWN = Stretches(_SCREEN)
_WITHOUT_ESCAPES = "|".join(screen for screen in _SCREENS if screen is not escapes.SCREEN)
_ROUNDS = 8
"""Nested damage is solved from outside in; deeper nesting than this waits for the next round."""
_MAPPINGS = 10_000
"""Doubtful edits times certain ones on a line; beyond it the doubtful wait until nothing certain is
left, as finding each one's place takes time linear in the changes."""
_SAFE = frozenset(rule.name for rule in RULES if rule.applicability is Applicability.SAFE)


class EncodingPass:
    """Finds broken encoding; see `rules` for what, and `passes.base.DocumentPass` for how."""

    name = "encoding"

    def __init__(self, options: EncodingOptions) -> None:
        self.options = options
        self._screen = _SCREEN

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the pass."""
        return RULES

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """One scan of the Arrow buffer for everything that any stage looks for."""
        return matching(texts, self._screen)

    def narrow(self, wanted: Collection[str]) -> None:
        """Let `screen` leave out documents with nothing but escapes where nobody asks for these.

        Every other stage can make certain repairs, which the next ones build upon.
        """
        self._screen = _SCREEN if escapes.RULE in wanted else _WITHOUT_ESCAPES

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield one finding for each cause on a line, with all its edits."""
        shown = text = document.text
        repairs = utf16.find(shown)
        if repairs:
            yield from findings(document, repairs)
            return
        try:
            data = text.encode()
        except UnicodeEncodeError:
            text = searchable(shown)
            data = text.encode()
        seen = _DOCUMENT.seen(without_references(data))
        if seen and seen[0] < _CODE:
            repairs = linebreaks.find(text) if _BREAKS in seen else []
            repairs += lossy.find(text, [sign - _LOSSY for sign in seen if _LOSSY <= sign < _CODE])
            yield from findings(document, repairs)
            # Where NEL ends lines, it must not count as the C1 control that stands for an ellipsis.
            if any(shown[repair.start] == "\x85" for repair in repairs):
                shown = shown.replace("\x85", "\r")
                data = text.replace("\x85", "\r").encode()
                seen = _DOCUMENT.seen(without_references(data))
        odd = _ASCII in seen or text is not document.text
        code = sum(sign >= _CODE for sign in seen) > 1
        found = _references(shown) if "&" in shown and not (odd or code) else None
        if found is None:
            found = _SIGNS.lines(shown, data, partial(_judged, odd=odd, code=code))
        for offset, causes in found:
            for (rule, cause), places in causes.items():
                yield finding(document, rule, cause, places, offset)


def _references(text: str) -> Iterable[tuple[int, Causes]] | None:
    """The lines of a text with what is found in them, in short, if it is references and no more."""
    found = entities.usual(text, _KNOWN.quiet, lambda after: _SIGNS.any(after.encode()))
    if found is None:
        return None
    lines: dict[int, Causes] = {}
    offset = stop = -1
    for start, end, char, cause in found:
        if start > stop:  # which was the end of a line, or the last
            offset = text.rfind("\n", 0, start) + 1
            stop = text.find("\n", end)
            stop = len(text) if stop < 0 else stop
            causes = lines[offset] = {}
        key = entities.RULE, cause
        causes.setdefault(key, []).append((start - offset, end - offset, char))
    return lines.items()


def _judged(line: str, *, odd: bool, code: bool) -> Causes:
    """What is found in a line of a text.

    It may be an `odd` text, with surrogates or signs in ASCII that are no references, or one with
    program `code`.
    """
    # The usual cases in short: one cause, and nothing left behind it.
    if not odd or (searchable(line) is line and not occurs(_PLAIN, line)):
        found = _usual(line)
        if found is not None and not (code and found and is_code(line)):
            return found
    seen = _seen(line)
    return grouped(_repairs(line, seen)) if seen else {}


def _usual(line: str) -> Causes | None:
    if "&" in line:
        references = entities.usual(line, _KNOWN.quiet, _seen)
        if references is not None:
            rule = entities.RULE
            return grouped([Repair(at, end, by, rule, why) for at, end, by, why in references])
        if _ENTITIES in _seen(line):
            return None
    found = mojibake.usual(line, _KNOWN, _looks_bad, _seen)
    if found is None:
        return None
    cause, edits = found
    return {(mojibake.RULE, cause): edits} if edits else {}


def _sure(repairs: list[Repair]) -> bool:
    return _SAFE.issuperset([repair.rule for repair in repairs])


def _settle(state: Revision, seen: Sequence[int], known: dict[int, list[Repair]]) -> list[Repair]:
    """Edit a line until no stage is certain of anything more; return what they doubt then.

    `known` holds what stages say about the line as it is.
    """
    for _ in range(_ROUNDS):
        before = state.text
        doubtful: list[Repair] = []
        for sign in range(len(_STAGES)):
            if sign not in seen:
                continue
            repairs = known.pop(sign) if sign in known else _look(sign, state.text)
            certain = [repair for repair in repairs if repair.rule in _SAFE]
            doubtful += [repair for repair in repairs if repair.rule not in _SAFE]
            if certain:
                state.edit(
                    [repair.edit for repair in certain],
                    [f"{repair.rule}\n{repair.cause}" for repair in certain],
                )
                seen = _seen(state.text)
                if not seen:
                    return []
        if state.text == before:
            return doubtful
    return []


@lru_cache(maxsize=4)
def _seen(line: str) -> list[int]:
    """Which stages a line needs; asked twice about each repaired line, by ftfy's loop and here."""
    return _SIGNS.seen(searched(line))


def _looks_bad(line: str) -> bool:
    return _MOJIBAKE in _seen(line)


def _look(sign: int, line: str) -> list[Repair]:
    find = _STAGES[sign][1]
    return _in_code(line, find(line))


def _in_code(line: str, repairs: list[Repair]) -> list[Repair]:
    """Mojibake in program code may be meant: a test, a table. There it is only proposed."""
    sure, doubtful = mojibake.RULE, roundtrip.DOUBTFUL
    if repairs and sure in {repair.rule for repair in repairs} and is_code(line):
        return [one._replace(rule=doubtful) if one.rule == sure else one for one in repairs]
    return repairs


def _repairs(line: str, seen: Sequence[int]) -> list[Repair]:
    """Run the stages one after another, each on what the earlier ones left, until nothing moves.

    Only certain repairs are built upon. Doubtful ones are reported where they speak about
    characters that no certain repair touched. `seen` are the stages whose screens match.
    """
    known: dict[int, list[Repair]] = {}
    for sign in seen:
        known[sign] = repairs = _look(sign, line)
        if repairs:
            break
    else:
        return []
    if _sure(repairs) and not _seen(repaired(line, repairs)):
        return repairs
    return _built_upon(line, seen, known)


def _built_upon(line: str, seen: Sequence[int], known: dict[int, list[Repair]]) -> list[Repair]:
    """The rest of `_repairs`: what is left behind certain repairs, in positions of the line."""
    state = Revision(line)
    doubtful = _settle(state, seen, known)
    found = []
    for change in state.changes:
        rule, _, cause = change.rules[0].partition("\n")
        for other in change.rules[1:]:
            cause += "; then " + other.partition("\n")[2]
        found.append(Repair(*change.span, change.replacement, rule, cause))
    if len(doubtful) * len(state.changes) > _MAPPINGS:
        return found
    for start, end, by, rule, cause in disjoint(doubtful):
        span = Span(start, end)
        if state.changes:
            span = state.to_original(span)
        if line[span.start : span.end] == state.text[start:end]:
            found.append(Repair(*span, by, rule, cause))
    return found
