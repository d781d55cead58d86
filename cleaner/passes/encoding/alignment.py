"""Small edits between a line and its repaired form, in linear time.

A general difference (`edits.between`) costs milliseconds on a damaged page. Repairs of encoding
leave blanks and ASCII letters as they are, so these can serve as anchors.
"""

import re

from cleaner.edits import between
from cleaner.passes.encoding.repairs import Place

__all__ = ["align", "framed", "split", "stretches", "trimmed"]

_ASCII = re.compile(r"([\x00-\x7f]+)")
"""Python's own engine, as it splits a line in a call: a class has nothing to backtrack over. It
runs through ASCII twice as fast as it looks for the end of it."""


def split(line: str) -> list[str]:
    """Stretches outside ASCII, and ASCII between each two of them; the outer ones may be empty.

    >>> split("dÃ©ja vu")
    ['', 'd', 'Ã©', 'ja vu', '']
    """
    return _ASCII.split(line)


def align(before: str, after: str) -> list[Place]:
    """Edits that turn `before` into `after`, sorted, around what both have in common.

    >>> align("dÃ©ja vu", "déja vu")
    [(1, 3, 'é')]
    """
    if before == after:
        return []
    old, new = split(before), split(after)
    if framed(old, new):
        return stretches(old, new)
    old, new = before.split(" "), after.split(" ")
    if len(old) != len(new):
        return [(*edit.span, edit.replacement) for edit in between(before, after)]
    edits: list[Place] = []
    at = 0
    for one, two in zip(old, new, strict=True):
        if one != two:
            edits += _word(one, two, at)
        at += len(one) + 1
    return edits


def framed(old: list[str], new: list[str]) -> bool:
    """Whether two lines, each as `split`, are the same but for what their stretches say."""
    ends = bool(old[0]) == bool(new[0]) and bool(old[-1]) == bool(new[-1])
    return ends and old[1::2] == new[1::2]


def stretches(old: list[str], new: list[str]) -> list[Place]:
    """Edits between lines that are `framed` by the same ASCII."""
    edits: list[Place] = []
    at = 0
    for position in range(0, len(old), 2):
        one, two = old[position], new[position]
        end = at + len(one)
        if one == two:
            pass
        elif one[0] != two[0] and one[-1] != two[-1]:
            edits.append((at, end, two))
        else:
            edits.append(trimmed(one, two, at))
        if position + 1 < len(old):
            at = end + len(old[position + 1])
    return edits


def _word(before: str, after: str, offset: int) -> list[Place]:
    """Edits inside one word: stretches between the ASCII characters that both share in order."""
    if before.encode("ascii", "ignore") != after.encode("ascii", "ignore"):
        return [trimmed(before, after, offset)]
    edits: list[Place] = []
    i = j = 0
    while i < len(before) or j < len(after):
        low, left = i, j
        while i < len(before) and before[i] >= "\x80":
            i += 1
        while j < len(after) and after[j] >= "\x80":
            j += 1
        if before[low:i] != after[left:j]:
            edits.append(trimmed(before[low:i], after[left:j], offset + low))
        i += 1
        j += 1
    return edits


def trimmed(before: str, after: str, offset: int) -> Place:
    """One edit, without what both begin or end with."""
    low, end, limit = 0, len(before), min(len(before), len(after))
    while low < limit and before[low] == after[low]:
        low += 1
    stop = len(after)
    while low < end and low < stop and before[end - 1] == after[stop - 1]:
        end -= 1
        stop -= 1
    return offset + low, offset + end, after[low:stop]
