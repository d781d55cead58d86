"""The pass: which lines to look at, in which order to work, and findings out of repairs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.config import EncodingOptions
from cleaner.edits import Revision
from cleaner.kernels.screens import Signs, matching, searchable, searched
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
from cleaner.passes.encoding.repairs import Place, Repair, disjoint, repaired
from cleaner.passes.encoding.rules import RULES
from cleaner.passes.encoding.stretches import Stretches
from cleaner.passes.encoding.surroundings import is_code
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
_PLAIN = controls.PLAIN + "|" + escapes.SCREEN
"""What later stages look for in ASCII."""
_FIRST = Signs([*(screen for screen, _ in _STAGES[: _MOJIBAKE + 1]), _PLAIN])
"""All that has to be known of most lines: with the patterns of the later stages, which are large,
RE2 takes three times as long."""
_WHOLE = ((linebreaks.SCREEN, linebreaks.find), (lossy.SCREEN, lossy.find))
"""What speaks about a document as a whole."""
_WHOLE_SIGNS = Signs([screen for screen, _ in _WHOLE])
_SCREENS = [screen for screen, _ in (*_STAGES, *_WHOLE)]
_SCREEN = "|".join(_SCREENS)
_KNOWN = Stretches(_SCREEN)
_WITHOUT_ESCAPES = "|".join(screen for screen in _SCREENS if screen is not escapes.SCREEN)
_ROUNDS = 8
"""Nested damage is solved from outside in; deeper nesting than this waits for the next round."""
_MAPPINGS = 10_000
"""Doubtful edits times certain ones on a line; beyond it the doubtful wait until nothing certain is
left, as finding each one's place takes time linear in the changes."""
_new = tuple.__new__
"""Makes a `Span` in two thirds of the time of its constructor; damaged pages have thousands."""
_TITLES = {rule.name: rule.summary for rule in RULES}
_APPLICABILITY = {rule.name: rule.applicability for rule in RULES}
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
        whole = utf16.find(document.text)
        if whole:
            yield from _findings(document, whole, 0)
            return
        shown = text = document.text
        try:
            data = text.encode()
        except UnicodeEncodeError:
            text = searchable(shown)
            data = text.encode()
        repairs = [r for sign in _WHOLE_SIGNS.seen(data) for r in _WHOLE[sign][1](text)]
        yield from _findings(document, repairs, 0)
        # Where NEL ends lines, it must not count as the C1 control that stands for an ellipsis.
        if any(shown[repair.edit.span.start] == "\x85" for repair in repairs):
            shown = shown.replace("\x85", "\r")
            data = text.replace("\x85", "\r").encode()
        plain = len(data) == len(shown)  # so that bytes are characters
        at = offset = 0
        for start, end, seen in _SIGNS.lines(data, _asked):
            offset += start - at if plain else len(data[at:start].decode())
            stop = offset + (end - start if plain else len(data[start:end].decode()))
            yield from _inside(document, shown[offset:stop], seen, offset)
            at, offset = end, stop


def _asked(line: bytes) -> list[int]:
    """Which stages a line needs.

    Where it needs one of the first and has no other sign in ASCII, the others are found at need.
    """
    seen = _FIRST.seen(line)
    return seen if seen and seen[-1] <= _MOJIBAKE else _SIGNS.seen(line)


def _inside(document: Document, line: str, seen: Sequence[int], offset: int) -> Iterable[Finding]:
    """Findings of a line that starts at `offset`; `seen` is what was `_asked`."""
    # The usual cases in short: one cause, and nothing left behind it.
    if seen == [_MOJIBAKE]:
        found = mojibake.usual(line, _KNOWN, _seen)
        if found and found[1] and not is_code(line):
            return [finding(document, mojibake.RULE, *found, offset)]
    elif seen == [_ENTITIES]:
        places = entities.usual(line, _seen)
        if places and not is_code(line):
            rule = entities.RULE
            return [finding(document, rule, *one, offset) for one in places.items()]
    return _findings(document, _repairs(line, _seen(line)), offset)


def _sure(repairs: list[Repair]) -> bool:
    return _SAFE.issuperset([repair.rule for repair in repairs])


def _findings(document: Document, repairs: list[Repair], offset: int) -> Iterator[Finding]:
    """One finding for each rule and cause, of repairs of a line that starts at `offset`."""
    groups: dict[tuple[str, str], list[Place]] = {}
    for start, end, by, rule, cause in repairs:
        groups.setdefault((rule, cause), []).append((start, end, by))
    for (rule, cause), places in groups.items():
        yield finding(document, rule, cause, sorted(places), offset)


def finding(
    document: Document, rule: str, cause: str, places: Sequence[Place], offset: int
) -> Finding:
    """Make one finding of sorted edits that speak about a line starting at `offset`."""
    edits = tuple([Edit(_new(Span, (at + offset, end + offset)), by) for at, end, by in places])
    count = len(edits)
    text = document.text
    fix = None
    for start, end, by in places:
        if text[start + offset : end + offset] != by:
            fix = Fix(_TITLES[rule], edits, applicability=_APPLICABILITY[rule])
            break
    return Finding(
        rule,
        document.id,
        f"{cause} ({count} places)" if count > 1 else cause,
        Span(edits[0].span.start, edits[-1].span.end),
        fix,
        {"cause": cause, "count": count},
    )


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
