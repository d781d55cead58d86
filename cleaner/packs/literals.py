r"""What a text must hold, letter for letter, where a cue matches.

A cue is a small pattern: alternatives, options and short repeats of literals. Written out, it is a
few plain strings, and one of them stands in every text that the cue matches. A search for strings
is many times as fast as one for patterns, and can tell which cues share a line. Strings are in a
coarse alphabet, in which all that a cue may not tell apart is one letter: case, forms of quotation
marks and dashes, runs of white space, runs of digits. What is no literal ends a string; where that
leaves nothing, the cue has no string, and whoever searches must expect it anywhere.

What does *not* live here: the search (`kernels.boilerplate.cues`), cues as RE2 (`patterns`).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cleaner.packs.patterns import SUGAR, atom, words

__all__ = ["DIGIT", "SPACE", "Literal", "fold", "literals"]

SPACE, DIGIT, GAP = " ", "0", "\0"
_LIMIT = 256
"""Strings of one cue; what would make more of them is a gap."""
_CLASS = 8
"""Members of a class that is written out."""
_ASTRAL = "\U00010000"
_BLANKS = frozenset("nrtfvs")
_PLAIN = re.compile(r"[^\\(\[{|)*+?.^$]+(?![*+?{])")
"""Characters that are nothing but themselves, as most of a cue are; one that is repeated is not.
Matched at one place: a run is taken back once."""
_TWICE = tuple((2 * char, char) for char in (SPACE, DIGIT, GAP))


class Literal(NamedTuple):
    """A string; whether the cue begins and ends with it, and whether blanks stand around it."""

    text: str
    first: bool
    last: bool
    after_blank: bool
    before_blank: bool


class _UnknownError(Exception):
    """Something that RE2 may read in another way than we do."""


def _same() -> dict[str, str]:
    """What a pack's author writes for several characters, and digits."""
    forms = ((plain, form) for plain, form in SUGAR.items() if plain != SPACE)
    same = {char: plain for plain, form in forms for char in form.strip("[]")}
    return same | dict.fromkeys("0123456789", DIGIT)


_SAME = _same()


@cache
def fold(char: str) -> str:
    """The letter of the coarse alphabet for a character of a cue or a text.

    >>> fold("É"), fold("ſ"), fold("’"), fold("7")
    ('é', 's', "'", '0')
    """
    if char in _SAME:
        return _SAME[char]
    if char.isspace():
        return SPACE
    if char.isdecimal():
        return DIGIT
    small = char.upper().lower()
    return small if len(small) == 1 else char


class _Folded(dict[int, str]):
    """The letter of each code point of a cue."""

    def __missing__(self, point: int) -> str:
        self[point] = letter = fold(chr(point)) if point < ord(_ASTRAL) else GAP
        return letter


_FOLDED = _Folded()


@cache
def literals(cue: str) -> tuple[Literal, ...]:
    r"""Strings of which one stands in every text that the cue matches; none if that is unknown.

    >>> [each.text for each in literals("donat(e|ions?) today")]
    ['donate today', 'donation today', 'donations today']
    >>> literals(r"\w{1,3}")
    ()
    """
    body, _, _ = words(cue)
    try:
        texts, at = _alternatives(body, 0)
    except _UnknownError:
        return ()
    if at != len(body):
        return ()
    found = {_best(_collapsed(text)) for text in texts}
    return () if None in found else tuple(sorted(each for each in found if each))


def _best(text: str) -> Literal | None:
    """The longest stretch without a gap."""
    if GAP not in text:
        bare = text.strip(SPACE)
        ends = text[:1] == SPACE, text[-1:] == SPACE
        return Literal(bare, True, True, *ends) if bare else None
    parts = text.split(GAP)
    found = []
    for number, part in enumerate(parts):
        bare = part.strip(SPACE)
        if bare:
            first, last = number == 0, number == len(parts) - 1
            after, before = part[0] == SPACE, part[-1] == SPACE
            found.append((len(bare), Literal(bare, first, last, after, before)))
    return max(found)[1] if found else None


def _collapsed(text: str) -> str:
    """Runs of blanks, of digits and of gaps as one of them."""
    for twice, once in _TWICE:
        while twice in text:
            text = text.replace(twice, once)
    return text


def _alternatives(cue: str, at: int) -> tuple[list[str], int]:
    """All strings from `at` to the end of the group or cue, and where that is."""
    texts: dict[str, None] = {}
    whole = [""]
    while at < len(cue) and not cue.startswith(")", at):
        if plain := _PLAIN.match(cue, at):
            end, at = plain[0].translate(_FOLDED), plain.end()
            whole = [each + end for each in whole]
            continue
        if cue[at] == "|":
            texts.update(dict.fromkeys(whole))
            whole, at = [""], at + 1
            continue
        part, at = _part(cue, at)
        part, at = _repeated(part, cue, at)
        if whole[0].endswith(GAP) and len(whole) * len(part) > _LIMIT:
            continue  # the rest is a gap
        joined = dict.fromkeys(one + two for one in whole for two in part)
        whole = list(joined if len(joined) <= _LIMIT else dict.fromkeys(one + GAP for one in whole))
    texts.update(dict.fromkeys(whole))
    return list(texts) if len(texts) <= _LIMIT else [GAP], at


def _part(cue: str, at: int) -> tuple[list[str], int]:
    """The strings of one character, class or group."""
    piece, end = atom(cue, at)
    if piece == "(?:":
        texts, end = _alternatives(cue, end)
        if not cue.startswith(")", end):
            raise _UnknownError
        return texts, end + 1
    if piece[0] == "[":
        return _members(piece), end
    if piece == ".":
        return [GAP], end
    if piece in "^$" or piece[0] in "*+?{":
        raise _UnknownError
    return [_letter(piece)], end


def _letter(piece: str) -> str:
    """The letter of one character, escaped or not; a gap for a class."""
    if piece[0] != "\\":
        return _FOLDED[ord(piece)]
    if piece[1:2] == "x" and piece[2:3] == "{":
        return _letter(chr(int(piece[3:-1], 16)))
    if piece[1:2] in _BLANKS:
        return SPACE
    if piece == "\\d":
        return DIGIT
    if piece == "\\w" or piece[1:3] in {"p{", "P{"}:
        return GAP
    if not piece[1:] or piece[1:].isalnum():
        raise _UnknownError
    return _letter(piece[1:])


def _members(piece: str) -> list[str]:
    """The letters of a class, or a gap if there are many."""
    body = piece[1:-1]
    if "[:" in body:
        raise _UnknownError
    if body.startswith("^"):
        return [GAP]
    found = dict.fromkeys(_class_letters(body))
    return [GAP] if GAP in found or len(found) > _CLASS else list(found)


def _class_letters(body: str) -> Iterator[str]:
    at = 0
    while at < len(body):
        piece, at = atom(body, at) if body[at] == "\\" else (body[at], at + 1)
        low = _letter(piece)
        if body.startswith("-", at) and at + 1 < len(body):
            end, at = atom(body, at + 1) if body[at + 1] == "\\" else (body[at + 1], at + 2)
            digits = low == DIGIT and _letter(end) == DIGIT
            yield DIGIT if digits else GAP
        else:
            yield low


def _repeated(part: list[str], cue: str, at: int) -> tuple[list[str], int]:
    """The strings with the repeat that follows, if any."""
    while at < len(cue) and cue[at] in "*+?{":
        piece, at = atom(cue, at)
        low, high = _bounds(piece)
        texts = dict.fromkeys([""] if low == 0 else [])
        more = [""]
        for count in range(1, high + 1):
            more = list(dict.fromkeys(_collapsed(one + two) for one in more for two in part))
            if len(more) + len(texts) > _LIMIT:
                return [GAP], at
            if count >= low:
                before = len(texts)
                texts.update(dict.fromkeys(more))
                if len(texts) == before:
                    break  # a longer run is the same string
        part = list(texts)
    return part, at


def _bounds(piece: str) -> tuple[int, int]:
    if piece == "?":
        return 0, 1
    low, _, high = piece[1:-1].partition(",")
    try:
        return int(low), int(high or low)
    except ValueError:
        raise _UnknownError from None
