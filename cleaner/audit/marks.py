"""A document as the page shows it: runs of text that stayed, went, were repaired, or were flagged.

What does *not* live here: HTML (`page`), which documents are shown (`sample`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["CONTEXT", "MOST", "Run", "around", "runs"]

CONTEXT = 240
"""Characters of unchanged text that are shown on each side of a change."""
MOST = 3600
"""Characters of one document that are shown in all."""
LONG = 700
"""A longer struck or marked run is shown by its two ends."""
_WORD = 24
"""Characters to look back for the end of a word."""

Row = tuple[int, str, str, Sequence[str]]


class Run(NamedTuple):
    """A run of text. `kind` is same, cut, repair, flag or gap; `new` is what a repair wrote.

    A gap stands for `hidden` characters that are not shown.
    """

    kind: str
    text: str
    new: str = ""
    rules: tuple[str, ...] = ()
    hidden: int = 0


def runs(
    original: str, changes: Sequence[Row], flagged: Iterable[tuple[int, int, str]]
) -> list[Run]:
    """Split a whole original text into runs.

    Args:
        original: the text as it came in.
        changes: `[start, removed, replacement, rules]` in order, as the ledger keeps them.
        flagged: (start, end, rule) of findings that were not applied.

    >>> [(r.kind, r.text) for r in runs("Home. Rain.", [(0, "Home. ", "", ["a"])], [(6, 10, "b")])]
    [('cut', 'Home. '), ('flag', 'Rain'), ('same', '.')]
    """
    layers = _layers(flagged, len(original))
    first = 0
    out: list[Run] = []
    at = 0
    for start, removed, new, rules in changes:
        first = _plain(original, at, start, layers, first, out)
        if removed or new:
            out.append(Run("repair" if new else "cut", removed, new, tuple(rules)))
        at = start + len(removed)
    _plain(original, at, len(original), layers, first, out)
    return out


Layer = tuple[int, int, tuple[str, ...]]


def _layers(flagged: Iterable[tuple[int, int, str]], size: int) -> list[Layer]:
    """Spans that overlap as stretches that do not, each with all of its rules."""
    events: list[tuple[int, int, str]] = []
    for start, end, rule in flagged:
        low, high = max(0, start), min(end, size)
        if low < high:
            events += ((low, 1, rule), (high, -1, rule))
    layers: list[Layer] = []
    active: Counter[str] = Counter()
    at = 0
    for place, step, rule in sorted(events):
        if place > at and active:
            rules = tuple(sorted(active))
            if layers and layers[-1][1] == at and layers[-1][2] == rules:
                layers[-1] = (layers[-1][0], place, rules)
            else:
                layers.append((at, place, rules))
        at = place
        active[rule] += step
        if not active[rule]:
            del active[rule]
    return layers


def _plain(
    original: str, low: int, high: int, layers: Sequence[Layer], first: int, out: list[Run]
) -> int:
    """Add the runs of a stretch that stayed; return the first layer that may reach further."""
    at = low
    while first < len(layers) and layers[first][0] < high:
        start, end, rules = layers[first]
        start, end = max(start, at), min(end, high)
        if start < end:
            if at < start:
                out.append(Run("same", original[at:start]))
            out.append(Run("flag", original[start:end], "", rules))
            at = end
        if layers[first][1] > high:
            break
        first += 1
    if at < high:
        out.append(Run("same", original[at:high]))
    return first


def around(whole: Sequence[Run], most: int = MOST, context: int = CONTEXT) -> list[Run]:
    """Leave out what is far from any change, and everything after `most` characters.

    >>> [r.kind for r in around([Run("same", "x" * 2000), Run("cut", "y")])]
    ['same', 'gap', 'same', 'cut']
    """
    out: list[Run] = []
    left = most
    last = len(whole) - 1
    for number, run in enumerate(whole):
        if left <= 0:
            rest = sum(len(one.text) + one.hidden for one in whole[number:])
            out.append(Run("gap", "", "", (), rest))
            break
        parts = _shorten(run, context, first=number == 0, last=number == last, left=left)
        out += parts
        left -= sum(len(part.text) + len(part.new) for part in parts)
    return out


def _shorten(run: Run, context: int, *, first: bool, last: bool, left: int) -> list[Run]:
    """One run, with its middle or its far end left out if it is long."""
    size = len(run.text)
    if run.kind == "gap":
        return [run]
    if run.kind != "same":
        room = max(80, min(LONG, left))
        new = run.new if len(run.new) <= room else run.new[:room] + "…"
        if size <= room:
            return [run._replace(new=new)]
        half = room // 2
        gap = Run("gap", "", "", run.rules, size - 2 * half)
        end = run._replace(text=run.text[size - half :], new=new)
        return [run._replace(text=run.text[:half], new=""), gap, end]
    if first and last:
        head, tail = min(left, 4 * context), 0
    else:
        head = context // 2 if first else context
        tail = 0 if last else context
    if size <= head + tail + 40:
        return [run]
    head, tail = _whole_words(run.text, head, tail)
    parts = [Run("same", run.text[:head])] if head else []
    parts.append(Run("gap", "", "", (), size - head - tail))
    if tail:
        parts.append(Run("same", run.text[size - tail :]))
    return parts


def _whole_words(text: str, head: int, tail: int) -> tuple[int, int]:
    """Shorten the two ends to whole words, where the words are not too long for that."""
    cut = text.rfind(" ", max(0, head - _WORD), head) + 1 if head else 0
    start = len(text) - tail
    after = text.find(" ", start, start + _WORD) if tail else -1
    return cut or head, len(text) - after - 1 if after >= 0 else tail
