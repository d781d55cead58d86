"""All arithmetic on spans: apply edits, find them, and remember where text came from.

A `Revision` holds an original text together with its present state. Passes speak about the present
state; `Revision.to_original` says which characters of the original they mean, through any number of
earlier edits.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise
from operator import gt
from typing import NamedTuple

from cleaner.model import Edit, Span

__all__ = ["Change", "Revision", "accept", "apply", "between", "compose", "invert"]

_WHOLE_LINE_DIFF = 4000
"""Characters; a longer changed stretch becomes one edit (a difference is quadratic)."""


class Change(NamedTuple):
    """An edit of the *original* text and the rules that asked for it."""

    span: Span
    replacement: str = ""
    rules: tuple[str, ...] = ()


_change: Callable[[tuple[Span, str, tuple[str, ...]]], Change] = partial(tuple.__new__, Change)
"""As `Change._make`, in a third of the time: there are as many of them as edits."""


def apply(text: str, edits: Iterable[Edit | Change]) -> str:
    """Apply sorted edits that do not overlap.

    >>> apply("one  two", [Edit(Span(3, 5), " "), Edit(Span(8, 8), ".")])
    'one two.'

    Raises:
        ValueError: the edits are not sorted, overlap, or leave the text.
    """
    parts: list[str] = []
    at = 0
    size = len(text)
    for edit in edits:
        start, end = edit.span
        if not at <= start <= end <= size:
            raise ValueError(f"edit {start}:{end} after {at} in a text of {size}")
        parts += (text[at:start], edit.replacement)
        at = end
    if not parts:
        return text
    parts.append(text[at:])
    return "".join(parts)


def accept(candidates: Iterable[Sequence[Edit]]) -> list[bool]:
    """Say which groups of edits can be applied together: first come, first served.

    A group is taken whole or not at all. Two insertions at one place conflict as well, since their
    order would be arbitrary; the loser gets its turn in the next round.

    >>> accept([[Edit(Span(0, 4))], [Edit(Span(2, 6))], [Edit(Span(4, 5), "x")]])
    [True, False, True]
    """
    groups = list(candidates)
    # Nearly always all of them fit; sorted, only neighbours can be in each other's way.
    spans = sorted([edit.span for group in groups for edit in group])
    ends = [span[1] for span in spans]
    starts = [span[0] for span in spans[1:]]
    if not any(map(gt, ends, starts)) and len(set(spans)) == len(spans):
        return [True] * len(groups)
    taken: list[Span] = []
    verdicts = []
    for group in groups:
        fits = all(
            not _conflict(edit.span, other) for edit in group for other in _near(taken, edit)
        )
        fits = fits and all(not _conflict(a.span, b.span) for a, b in pairwise(sorted(group)))
        if fits:
            taken = sorted([*taken, *(edit.span for edit in group)])
        verdicts.append(fits)
    return verdicts


def _conflict(a: Span, b: Span) -> bool:
    return a == b or (a.start < b.end and b.start < a.end)


def _near(taken: list[Span], edit: Edit) -> list[Span]:
    """The taken spans that could touch this edit: they are disjoint, so only neighbours can."""
    at = bisect_right(taken, edit.span)
    low = max(0, at - 2)
    high = at
    while high < len(taken) and taken[high].start <= edit.span.end:
        high += 1
    return taken[low:high]


def between(before: str, after: str) -> list[Edit]:
    r"""Find small edits that turn `before` into `after`: line first, then inside changed lines.

    >>> between("caf\u00c3\u00a9 noir", "caf\u00e9 noir")
    [Edit(span=Span(start=3, end=5), replacement='é')]
    """
    if before == after:
        return []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    edits: list[Edit] = []
    if len(old) == len(new):
        at = 0
        for one, two in zip(old, new, strict=True):
            if one != two:
                edits += _inside(one, two, at)
            at += len(one)
        return edits
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            edits += _inside("".join(old[i:j]), "".join(new[k:m]), starts[i])
    return edits


def _inside(before: str, after: str, offset: int) -> list[Edit]:
    """Edits within one changed stretch that starts at `offset`."""
    low = 0
    limit = min(len(before), len(after))
    while low < limit and before[low] == after[low]:
        low += 1
    high = 0
    while high < limit - low and before[-1 - high] == after[-1 - high]:
        high += 1
    old, new = before[low : len(before) - high], after[low : len(after) - high]
    offset += low
    if not old or not new or max(len(old), len(new)) > _WHOLE_LINE_DIFF:
        return [Edit(Span(offset, offset + len(old)), new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Edit(Span(offset + i, offset + j), new[k:m])
        for tag, i, j, k, m in matcher.get_opcodes()
        if tag != "equal"
    ]


def compose(first: Sequence[Change], second: Sequence[Change]) -> list[Change]:
    """Turn "original to middle" and "middle to new" into one list of changes of the original.

    Changes that only touch stay apart, so that each keeps its own rules. Those that overlap become
    one with the rules of both; so does an insertion that touches an earlier change, since its
    place would be ambiguous otherwise.

    >>> compose([Change(Span(0, 2), "", ("a",))], [Change(Span(0, 3), "", ("b",))])
    [Change(span=Span(start=0, end=2), replacement='', rules=('a',)), \
Change(span=Span(start=2, end=5), replacement='', rules=('b',))]
    """
    if not first:
        return list(second)
    # Every change as an interval of the middle text; a first one covers its own replacement.
    items: list[tuple[int, int, bool, Change]] = [(*c.span, True, c) for c in second]
    shift = 0
    for change in first:
        start = change.span.start + shift
        items.append((start, start + len(change.replacement), False, change))
        shift += _growth(change)
    items.sort(key=lambda item: item[:3])
    changes: list[Change] = []
    group: list[tuple[int, int, bool, Change]] = []
    high = shift = 0
    for item in items:
        if group and not (item[0] < high or (item[0] == high and _ambiguous(group, item, high))):
            shift = _close(group, high, shift, changes)
            group = []
        high = max(high, item[1]) if group else item[1]
        group.append(item)
    if group:
        _close(group, high, shift, changes)
    return changes


def _growth(change: Change) -> int:
    return len(change.replacement) - (change.span.end - change.span.start)


def _ambiguous(
    group: list[tuple[int, int, bool, Change]], item: tuple[int, int, bool, Change], high: int
) -> bool:
    """Whether an insertion and an earlier change meet at `high`."""
    start, end, later, _ = item
    if later:
        return start == end and any(e == high and not second for _, e, second, _ in group)
    return any(s == e == high and second for s, e, second, _ in group)


def _close(
    group: list[tuple[int, int, bool, Change]], high: int, shift: int, changes: list[Change]
) -> int:
    """Merge one group of intervals that overlap into a change of the original; return the shift.

    Within a group every character of the middle text lies in a replacement of a first change or
    is replaced by a second one, so the original is not needed to write down the result.
    """
    low = group[0][0]
    second = [(start, end) for start, end, later, _ in group if later]
    rules: list[str] = []
    pieces: list[tuple[int, int, str]] = []
    before = shift
    for start, end, later, change in group:
        rules += change.rules
        if later:
            pieces.append((start, 0, change.replacement))
            continue
        shift += _growth(change)
        at = start
        for cut, stop in second:
            if at < cut < end:
                pieces.append((at, 1, change.replacement[at - start : cut - start]))
                at = cut
            if cut <= at < stop:
                at = min(stop, end)
        pieces.append((at, 1, change.replacement[at - start :]))
    text = "".join(piece for _, _, piece in sorted(pieces, key=lambda piece: piece[:2]))
    changes.append(Change(Span(low - before, high - shift), text, tuple(dict.fromkeys(rules))))
    return shift


class Revision:
    r"""An original text, its present state, and the way between the two.

    >>> page = Revision("Home > News\n\nRain & # 39;fell& # 39;.")
    >>> page.edit([Edit(Span(0, 13))], ["structure.breadcrumb"])
    >>> page.text[0:4], page.to_original(Span(0, 4))
    ('Rain', Span(start=13, end=17))
    """

    __slots__ = ("changes", "original", "text")

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self.changes: list[Change] = []

    def edit(self, edits: Iterable[Edit], rules: Sequence[str]) -> None:
        """Apply edits of the *present* text; `rules` names, edit by edit, who asked for them."""
        self.change(
            [(one.span, one.replacement, (by,)) for one, by in zip(edits, rules, strict=True)]
        )

    def change(self, wanted: Sequence[tuple[Span, str, tuple[str, ...]]]) -> None:
        """Apply changes of the *present* text, which are given as the fields of `Change`."""
        if not wanted:  # as of a document that is dropped
            return
        # As tuples: to compare edits as such takes much longer.
        second = list(map(_change, sorted(wanted)))
        self.text = apply(self.text, second)
        original = self.original
        self.changes = [
            change
            for change in compose(self.changes, second)
            if original[change[0][0] : change[0][1]] != change[1]
        ]

    def to_original(self, span: Span) -> Span:
        """Where these characters of the present text stand in the original.

        A character that a change put there stands for all that the change replaced.
        """
        start = self._back(span.start, end=False)
        return Span(start, max(start, self._back(span.end, end=True)))

    def _back(self, at: int, *, end: bool) -> int:
        shift = 0
        for change in self.changes:
            low = change.span.start + shift
            high = low + len(change.replacement)
            if at < low or (end and at == low):
                break
            if at < high or (end and at == high):
                return change.span.end if end else change.span.start
            shift += _growth(change)
        return at - shift


def invert(cleaned: str, changes: Iterable[tuple[int, str, str, object]]) -> str:
    """Undo changes given as (start in the original, removed text, replacement, rules).

    >>> invert("a c", [(1, " b ", " ", ["structure"])])
    'a b c'

    Raises:
        ValueError: the cleaned text does not hold a replacement where the change put it.
    """
    parts: list[str] = []
    at = shift = 0
    for start, removed, replacement, _ in changes:
        low = start + shift
        if not cleaned.startswith(replacement, low):
            raise ValueError(f"the text at {low} is not what the change wrote there")
        parts += (cleaned[at:low], removed)
        at = low + len(replacement)
        shift += len(replacement) - len(removed)
    return "".join((*parts, cleaned[at:]))
