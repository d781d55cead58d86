r"""Texts with few kinds of marks, so that the patterns of cues stay small.

A cue ends where a word does: at anything but letters, marks of letters, numbers and "_". Written as
a class of RE2, that is a thousand steps at each end of each cue, and to compile them takes most of
the time of a short run. So marks that no cue mentions are replaced by one that has as many bytes,
and what is left is a short class. The answer is the same, place for place; a cue that mentions
other marks is sought in the text as it is. What does *not* live here: the language of cues
(`patterns`).
"""

from functools import cache
from typing import Any, NamedTuple

from cleaner.packs.patterns import (
    EDGE,
    LEAST_LABELS,
    atom,
    compile_pattern,
    exact,
    is_simple,
    labels,
)

__all__ = ["Finder", "finder", "plain"]

_STAND_INS = {2: "\x80", 3: "\ue000", 4: "\U000f0000"}
"""By size in UTF-8: a control character and two of private use, which no text holds."""
_KEPT = (
    r"\x00-/:-@\[-^`{-\x7f"
    r"\x{80}-\x{A9}\x{AB}-\x{B1}\x{B4}\x{B6}-\x{B8}\x{BB}\x{BF}\x{D7}\x{F7}"
    r"\x{60C}\x{61B}\x{61F}\x{6D4}\x{964}\x{965}\x{1680}"
    r"\x{2000}-\x{206F}\x{20A0}-\x{20CF}\x{2122}\x{2190}-\x{21FF}\x{249C}-\x{24E9}"
    r"\x{25A0}-\x{2775}\x{3000}-\x{3004}\x{3008}-\x{3020}\x{3030}\x{30FB}"
    r"\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF20}\x{FF3B}-\x{FF40}\x{FF5B}-\x{FF65}"
)
"""Marks that cues mention, and their neighbours: in ranges, so that they are few steps."""
_PLAIN_EDGE = rf"[{_KEPT}\x{{E000}}\x{{F0000}}]"
_PLAIN_GAP = _PLAIN_EDGE.replace(r"\x00-/", r"\x00-\x09\x0b-/") + "*"
_KNOWN = frozenset("nrtfvsdw")
"""Escapes that mean kept marks, or parts of words."""
_LONG = 64
"""Members of a range that is looked at one by one."""


class Finder(NamedTuple):
    """An RE2 object, and whether it is for plain text."""

    pattern: Any
    plain: bool


def plain(raw: bytes) -> bytes:
    r"""The text with marks that no cue mentions replaced by others of the same size.

    >>> plain("👉 Donate…".encode()).decode()
    '\U000f0000 Donate…'
    """
    if raw.isascii():
        return raw
    match = _others().search(raw)
    if match is None:
        return raw
    parts: list[bytes] = []
    at = 0
    for match in _others().finditer(raw):
        start, end = match.span()
        parts += raw[at:start], _STAND_INS[end - start].encode()
        at = end
    return b"".join((*parts, raw[at:]))


@cache
def finder(cues: tuple[str, ...], place: str = "", *, case: bool = False) -> Finder:
    """What `patterns.compiled` makes, for plain text where that tells the same."""
    suits = all(map(_suits, cues))
    edge, gap = (_PLAIN_EDGE, _PLAIN_GAP) if suits else (EDGE, "")
    if place == "only":
        pattern = labels(cues, LEAST_LABELS, gap) if gap else labels(cues, LEAST_LABELS)
    else:
        pattern = exact(cues, place, edge)
    return Finder(compile_pattern(pattern, case=case), suits)


@cache
def _others() -> Any:
    """Marks that are replaced."""
    pattern = rf"[^\p{{L}}\p{{M}}\p{{N}}_{_KEPT}\x{{E000}}\x{{F0000}}]"
    return compile_pattern(pattern, case=True)


def _suits(cue: str) -> bool:
    """Whether a cue cannot tell marks apart that are replaced by one."""
    if is_simple(cue):
        return _kept(cue)
    at, spelt = 0, ""
    while at < len(cue):
        piece, at = atom(cue, at)
        if piece[0] == "[":
            mentioned = _members(piece)
        elif piece[0] == "\\":
            mentioned = _escaped(piece)
        else:
            mentioned = "" if piece[0] in "({" else piece
        if mentioned is None:
            return False
        spelt += mentioned
    return _kept(spelt)


def _kept(spelt: str) -> bool:
    """Whether plain texts hold these characters wherever texts do, and nowhere else."""
    return spelt.isascii() or not (
        any(mark in spelt for mark in _STAND_INS.values()) or _others().search(spelt)
    )


def _members(piece: str) -> str | None:
    """Characters that a class mentions, or None if it is not sure which these are."""
    found, at = "", 1 + piece.startswith("[^")
    end = len(piece) - 1
    while at < end:
        char, at = _one(piece, at)
        if char is None:
            return None
        if piece[at] == "-" and at + 1 < end:
            last, at = _one(piece, at + 1)
            if not last or not char or not 0 <= ord(last) - ord(char) < _LONG:
                return None
            char = "".join(map(chr, range(ord(char), ord(last) + 1)))
        found += char
    return found


def _one(piece: str, at: int) -> tuple[str | None, int]:
    """The character, or what else is mentioned, at a place in a class; where the next one is."""
    if piece.startswith("[", at):
        return None, at  # a class of POSIX
    if piece[at] != "\\":
        return piece[at], at + 1
    token, at = atom(piece, at)
    return _escaped(token), at


def _escaped(token: str) -> str | None:
    """The character that an escape stands for; empty for words and kept marks."""
    letter = token[1:2]
    if letter in {"p", "P"}:
        return "" if letter == "p" and token[2:4] in {"{L", "{M", "{N"} and len(token) < 7 else None
    if letter == "x":
        try:
            return chr(int(token[3:-1], 16))
        except (ValueError, OverflowError):
            return None
    if letter.isalnum():
        return "" if letter in _KNOWN else None
    return letter
