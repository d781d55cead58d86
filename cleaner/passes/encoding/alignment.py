"""Small edits between a line and its repaired form, in linear time.

A general difference (`edits.between`) costs milliseconds on a damaged page. Repairs of encoding
leave blanks and ASCII letters as they are, so these can serve as anchors.
"""

from cleaner.edits import between
from cleaner.model import Edit, Span

__all__ = ["align"]


def align(before: str, after: str) -> list[Edit]:
    """Edits that turn `before` into `after`, sorted, around what both have in common.

    >>> align("dÃ©ja vu", "déja vu")
    [Edit(span=Span(start=1, end=3), replacement='é')]
    """
    if before == after:
        return []
    old, new = before.split(" "), after.split(" ")
    if len(old) != len(new):
        return between(before, after)
    edits: list[Edit] = []
    at = 0
    for one, two in zip(old, new, strict=True):
        if one != two:
            edits += _word(one, two, at)
        at += len(one) + 1
    return edits


def _word(before: str, after: str, offset: int) -> list[Edit]:
    """Edits inside one word: stretches between the ASCII characters that both share in order."""
    if before.encode("ascii", "ignore") != after.encode("ascii", "ignore"):
        return _trimmed(before, after, offset)
    edits: list[Edit] = []
    i = j = 0
    while i < len(before) or j < len(after):
        low, left = i, j
        while i < len(before) and before[i] >= "\x80":
            i += 1
        while j < len(after) and after[j] >= "\x80":
            j += 1
        if before[low:i] != after[left:j]:
            edits += _trimmed(before[low:i], after[left:j], offset + low)
        i += 1
        j += 1
    return edits


def _trimmed(before: str, after: str, offset: int) -> list[Edit]:
    """One edit, without what both begin or end with."""
    low, limit = 0, min(len(before), len(after))
    while low < limit and before[low] == after[low]:
        low += 1
    high = 0
    while high < limit - low and before[-1 - high] == after[-1 - high]:
        high += 1
    end = len(before) - high
    return [Edit(Span(offset + low, offset + end), after[low : len(after) - high])]
