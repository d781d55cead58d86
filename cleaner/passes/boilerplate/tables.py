"""The clauses of all rules as the kernel reads them: alphabet, literals, groups, limits.

What does *not* live here: which literals a cue has (`packs.literals`), the search
(`kernels.boilerplate.cues`).
"""

import hashlib
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.boilerplate import coarse, places
from cleaner.kernels.boilerplate import cues as kernel
from cleaner.kernels.boilerplate.cues import Cues
from cleaner.kernels.store import stored
from cleaner.kernels.text.units import BLANK, LIMIT, SMALL, SPLIT
from cleaner.packs.literals import DIGIT, SPACE, fold, literals
from cleaner.packs.patterns import SUGAR, words
from cleaner.packs.schema import Clause, PackRule
from cleaner.passes.boilerplate.literals import (
    LEAD,
    Letter,
    Literals,
    Sought,
    csr,
)
from cleaner.passes.boilerplate.units import SPACES

__all__ = ["tables"]

_LAYOUT = "32"
"""To be changed with the code below: tables on disk are named by it."""
_MANY = 50
"""Clauses from which on the tables are kept: those of one rule are made in no time."""
_NONE, _SPACE, _DIGIT, _OTHER, _MARK = range(5)
"""Numbers of letters: marks that no cue mentions, blanks, digits, letters that no cue mentions, and
marks that belong to words; those of the cues follow."""
_WORD_TRAIT, _INK_TRAIT = 1, 2
"""Of a letter: part of a word; letter or number."""
_FREE = "_\ufe0f"
"""Characters of words that are ornaments at the ends of a line as well."""
_MOST = 1 << 30
_WORD = 4
"""Letters of a literal that is rare enough."""
_PLACES = {"any": kernel.ANYWHERE, "head": kernel.HEAD, "edge": kernel.EDGE}

_Group = tuple[Sought, ...]


def tables(clauses: Sequence[tuple[PackRule, Clause]]) -> Cues:
    """The tables, made once and then read from the user's cache."""
    build = partial(_build, clauses)
    arrays = stored("cues", _fingerprint(clauses), build) if len(clauses) >= _MANY else build()
    for array in arrays.values():
        array.flags.writeable = False  # numba compiles once for each constness
    return Cues(*(arrays[name] for name in Cues._fields))


def _fingerprint(clauses: Sequence[tuple[PackRule, Clause]]) -> str:
    """All that the tables are made from."""
    parts = [_LAYOUT, unicodedata.unidata_version, version("google-re2"), sys.byteorder]
    parts += [repr((rule.anchor, _limits(rule), each.required)) for rule, each in clauses]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _build(clauses: Sequence[tuple[PackRule, Clause]]) -> dict[str, npt.NDArray[Any]]:
    """Make the tables; equal groups of several clauses are one."""
    groups: dict[_Group, int] = {(): kernel.ALWAYS}
    kinds: dict[_Group, int] = {(): 0}
    parts = [sorted(_groups(rule, clause), key=_rarity, reverse=True) for rule, clause in clauses]
    for kind in range(kernel.KINDS):  # a group that is the rarest of any clause is sought first
        for mine in parts:
            for group in mine[kind:] if kind == kernel.KINDS - 1 else mine[kind : kind + 1]:
                kinds.setdefault(group, kind)
    limits = np.zeros((len(clauses), 6), np.int32)
    members: list[list[int]] = [[]]
    needs: list[list[int]] = []
    for number, ((rule, _), mine) in enumerate(zip(clauses, parts, strict=True)):
        several = dict.fromkeys(mine)
        for each in several:
            if groups.setdefault(each, len(groups)) == len(members):
                members.append([])
            members[groups[each]].append(number)
        needs.append([groups[each] for each in several])
        rarest = sum(kinds[each] == 0 for each in several)
        limits[number] = len(several), *_limits(rule), rarest
    every = [(one, group) for group in groups for one in group]
    names = sorted({char for one, _ in every for char in one.text} - {SPACE, DIGIT})
    spelt = {char for _, clause in clauses for _, cues in clause.required for char in "".join(cues)}
    letters, traits = _alphabet(names, spelt)
    bytes_of = _bytes(names, traits)
    numbers = {SPACE: _SPACE, DIGIT: _DIGIT}
    numbers |= {name: number for number, name in enumerate(names, _MARK + 1)}
    found = Literals(
        {name: Letter(at, _spellings(at, letters, bytes_of)) for name, at in numbers.items()}
    )
    order = [kinds[group] for group in groups]
    plain = np.array([not group or any(map(found.plain, group)) for group in groups])
    both = np.array([(1, plain[mine].all()) for mine in needs]) * limits[:, 2:3]
    most = [tuple(both[each].max(axis=0, initial=0).tolist()) for each in members]
    for one, at in sorted((one, groups[group]) for one, group in every):
        found.add(order[at], one, at, most[at])
    holes, bits = csr(found.bits(len(groups)))
    arrays = (
        letters,
        bytes_of,
        _kinds(),
        *found.arrays(),
        *csr(members),
        *csr(needs),
        holes,
        bits.astype(np.uint16),
        limits,
    )
    return dict(zip(Cues._fields, arrays, strict=True))


def _groups(rule: PackRule, clause: Clause) -> Iterator[_Group]:
    """What must be found; empty where that could be anywhere."""
    inside = rule.anchor == "suffix"  # its stretch begins in the middle of a line
    for place, cues in clause.required:
        yield _group(cues, place, inside=inside)
        if place == "only":  # the last label, too
            yield _group(cues, "final", inside=inside)


def _group(cues: tuple[str, ...], place: str, *, inside: bool) -> _Group:
    """The literals of the cues, given where these are bound to."""
    found: set[Sought] = set()
    for cue in cues:
        texts = literals(cue)
        if not texts:
            return ()
        _, left, right = words(cue)
        bound = place in {"whole", "starts", "only"}
        left &= place != "final"  # labels may have run together
        for each in texts:
            apart = each.after_blank or (each.first and (left or bound))
            flags = places.APART if apart else 0
            if each.first and bound and not inside:
                flags = LEAD
            text = each.text[: places.LONGEST]
            if text == each.text:
                if each.before_blank or (each.last and right and place in {"", "starts"}):
                    flags |= places.RIGHT
                if each.last and place in {"whole", "ends", "final"}:
                    flags |= places.LAST
            found.add(Sought(text.rstrip(SPACE), flags))
    return tuple(sorted(found))


def _rarity(group: Iterable[Sought]) -> int:
    """How long the shortest literal is, up to a limit: packs state the rarest group first."""
    sizes = [len(one.text) for one in group]
    return min(_WORD, *sizes) if sizes else 0


def _limits(rule: PackRule) -> tuple[int, int, int, int]:
    """Least and most words, place and depth."""
    place, depth = _PLACES.get(rule.position, kernel.TAIL), max(1, rule.depth)
    if rule.after:
        place = kernel.ANYWHERE
    if rule.position == "last":
        depth = 1
    if rule.anchor == "suffix":
        return 0, _MOST, place, depth
    return rule.min_words, min(rule.max_words, _MOST), place, min(depth, _MOST)


def _bytes(names: Sequence[str], traits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The byte that stands for each letter.

    Letters of ASCII have their own (see `coarse.ascii_letter`). The others share what is left: few
    texts are written in several scripts, and no two letters of an alphabet have the same.
    """
    found = [coarse.NONE, coarse.SPACE, coarse.DIGIT, coarse.OTHER, coarse.MARK]
    free = sorted({*range(1, 256)} - {*found, *map(coarse.ascii_letter, range(0x21, 0x80))})
    marks = [each for each in free if each < coarse.WORDS]
    inner = [each for each in free if coarse.WORDS <= each < coarse.INKS]
    inks = [each for each in free if each >= coarse.INKS]
    for at, name in enumerate(names, len(found)):
        room = marks
        if traits[at] & _WORD_TRAIT:
            room = inks if traits[at] & _INK_TRAIT else inner
        if name.isascii():
            found.append(coarse.ascii_letter(ord(name)))
        else:
            found.append(room[at % len(room)])
    return np.array(found, np.uint8)


def _spellings(
    number: int, letters: npt.NDArray[np.uint16], bytes_of: npt.NDArray[np.uint8]
) -> bytes:
    """All bytes that stand for a letter: "`" is an apostrophe, but has a byte of its own."""
    plain = (code for code in range(0x21, 0x80) if letters[code] == number)
    return bytes(sorted({int(bytes_of[number]), *map(coarse.ascii_letter, plain)}))


def _alphabet(
    names: Sequence[str], spelt: Iterable[str]
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    """The letter of each code point, and the traits of each letter.

    RE2 says which characters are words, and which it takes for a letter of a cue.

    Args:
        names: folded letters of literals.
        spelt: characters as they stand in cues.
    """
    import re2

    ink = _class(r"[\p{L}\p{N}]")
    word = (ink | _class(r"[\p{M}_]")) & ~np.isin(np.arange(LIMIT), [ord(char) for char in _FREE])
    letters = np.zeros(LIMIT, np.uint16)
    letters[word] = _MARK
    letters[ink] = _OTHER
    ids = {name: number for number, name in enumerate(names, _MARK + 1)}
    forms = {*names, *(form for name in names for form in SUGAR.get(name, "").strip("[]"))}
    forms |= {char for char in spelt if fold(char) in ids}
    escaped = "".join(rf"\x{{{ord(form):x}}}" for form in sorted(forms))
    for match in re2.compile(f"(?i)[{escaped}]").findall(_everything()) if names else ():
        letters[ord(match)] = ids.get(fold(match)) or _slow(match, ids)
    letters[_class(r"\p{Nd}")] = _DIGIT
    letters[_class(r"[\s\p{Z}\x{85}\x{B}\x{1C}-\x{1F}]")] = _SPACE
    # A letter that stands for several characters has the traits that all of them have.
    traits = np.full(_MARK + 1 + len(names), _WORD_TRAIT | _INK_TRAIT, np.uint8)
    np.bitwise_and.at(traits, letters, (word * _WORD_TRAIT | ink * _INK_TRAIT).astype(np.uint8))
    return letters, traits


def _slow(char: str, ids: dict[str, int]) -> int:
    """The letter of a character that RE2 folds in another way than Python."""
    import re2

    return next(
        number for name, number in ids.items() if re2.fullmatch(rf"(?i)\x{{{ord(name):x}}}", char)
    )


@cache
def _everything() -> str:
    """Every code point of a table, in order."""
    return "".join(map(chr, (*range(0xD800), *range(0xE000, LIMIT))))


@cache
def _class(pattern: str) -> npt.NDArray[np.bool_]:
    """The code points of a class of RE2."""
    import re2

    table = np.zeros(LIMIT, np.bool_)
    for run in re2.compile(f"{pattern}+").findall(_everything()):
        table[ord(run[0]) : ord(run[-1]) + 1] = True
    return table


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """What the search for paragraphs asks of a code point, as Python's strings know it."""
    kinds = np.zeros(LIMIT, np.uint8)
    for kind, chars in _kind_chars():
        kinds[[ord(char) for char in chars]] |= kind
    return kinds


def _kind_chars() -> Iterator[tuple[int, list[str]]]:
    yield BLANK, [mark.decode() for mark in SPACES]
    yield SPLIT, [char for char in _everything() if char.isspace()]
    yield SMALL, [char for char in _everything() if char.islower()]
