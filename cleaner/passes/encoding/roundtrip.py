"""Mojibake that ftfy leaves: other code pages, and single characters inside Latin words.

A repair is certain only if the way back is exact and the result plausible: either three or more
characters in a row that are all valid UTF-8 and spell letters of one script, or one accented small
letter inside a Latin word where a capital or a symbol stands now, or a well-known punctuation mark.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from cleaner.kernels.patterns.screens import Signs, compiled, occurs, searchable
from cleaner.passes.encoding.codepages import CODE_PAGES, ranges, unmap
from cleaner.passes.encoding.repairs import Repair, disjoint, replace

__all__ = ["MARKS", "SCREEN", "find", "find_marks", "marked"]

RULE, DOUBTFUL = "encoding.mojibake", "encoding.mojibake-doubtful"

_MARKS = "–—‘’“”•…‹›€™"
"""Punctuation outside ASCII that turns into three characters each."""
_MARK_PAGES = ("cp850", "cp852", "koi8_r", "cp866", "cp1255", "cp1256", "mac_cyrillic", "cp1258")
"""Code pages whose reading of these marks ftfy does not know."""
_FTFY_PAGES = ("cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "mac_roman", "cp437")
_LETTER_PAGES = ("cp1252", "cp1250", "cp1251", "mac_roman", "cp850", "cp437", "cp852", "cp1257")
_RUN = re.compile(r"[^\x00-\x7f]+")
"""In Python's own engine, which tells the place of a short match in a tenth of RE2's time; a class
has nothing to backtrack over."""
_LONG_ENOUGH = 4
"""Characters that a line must yield before a whole script is believed: by chance, four characters
in a row are valid UTF-8 in one of a hundred thousand lines of random high bytes."""
_INNOCENT = frozenset("–—‘’“”„•…‹›«»€™©®°·\xa0")
_ROW_PAGES = (
    *("cp1252", "mac_roman", "cp850", "cp852", "cp866", "koi8_r", "cp1255", "cp1256"),
    "mac_cyrillic",
)
"""Code pages in which ftfy leaves rows of other scripts; it knows Windows-1250 and -1251 better."""
_SURE_PAGES = ("cp1252",)
"""Code pages whose rows of three no language writes; in others, a row may be a word."""
_NAME_OF = dict(CODE_PAGES)


def _class(chars: str) -> str:
    return "[" + "".join(f"\\x{{{ord(char):x}}}" for char in chars) + "]"


@cache
def _row(codec: str) -> str:
    """Pattern: three characters of UTF-8 in a row, as the code page shows them."""
    rest = _class(ranges(codec, 0x80, 0xBF))
    two = _class(ranges(codec, 0xC2, 0xDF)) + rest
    three = _class(ranges(codec, 0xE0, 0xEF)) + rest + rest
    return f"(?:{two}|{three}){{3}}"


def _spelled() -> dict[str, tuple[str, str]]:
    """What mojibake of single small letters and of marks looks like: text to (repair, codec)."""
    found: dict[str, tuple[str, str]] = {}
    for codec in _LETTER_PAGES:
        lead = ranges(codec, 0xC3, 0xC5)
        for first in lead:
            if first.islower():
                continue
            for second in ranges(codec, 0x80, 0xBF):
                letter = unmap(first + second, codec)
                if letter and letter.isalpha() and letter.islower():
                    found.setdefault(first + second, (letter, codec))
    return found


def _spelled_marks() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for codec in _MARK_PAGES:
        for mark in _MARKS:
            text = "".join(ranges(codec, byte, byte) for byte in mark.encode())
            known = any(unmap(text, other) == mark for other in _FTFY_PAGES)
            if len(text) == 3 and not known:
                found.setdefault(text, (mark, codec))
    return found


_LETTERS = _spelled()
_PUNCTUATION = _spelled_marks()


def _grouped(table: dict[str, tuple[str, str]]) -> str:
    """A pattern for the keys of a table: by all but the last character, then a class."""
    heads: dict[str, str] = {}
    for text in table:
        heads[text[:-1]] = heads.get(text[:-1], "") + text[-1]
    return "(?:" + "|".join(head + _class(tails) for head, tails in sorted(heads.items())) + ")"


def _gb_row() -> str:
    """Four or more of the characters that GBK has for the bytes of Cyrillic or Greek letters."""
    rest = range(0x80, 0xC0)
    found = [bytes([lead, byte]).decode("gbk", "ignore") for lead in (0xD0, 0xD1) for byte in rest]
    greek = [bytes([lead, byte]).decode("gbk", "ignore") for lead in (0xCE, 0xCF) for byte in rest]
    return f"{_class(''.join(found))}{{4,}}|{_class(''.join(greek))}{{4,}}"


_WIDE_MARKS = (
    ("gb18030", "GBK", r"鈥[\x{4e00}-\x{9fff}]"),
    ("cp932", "Shift JIS", r"窶[\x{4e00}-\x{9fff}｡-ﾟ]"),
)
"""The first two bytes of most punctuation marks, E2 80, as one character and what follows it."""
_WIDE_ROWS = (
    ("gbk", "GBK", _gb_row()),
    ("cp932", "Shift JIS", r"(?:[ﾐﾑﾎﾏﾗﾘﾙ][｡-ﾟ]){4,}"),
)
_KANA_LETTER = r"[A-Za-z](ﾃ[｡-ﾟ])"
_MARK = _grouped(_PUNCTUATION)
_ROWS = [_row(codec) for codec in _ROW_PAGES]
_KANA_SCREEN = _KANA_LETTER.removeprefix("[A-Za-z]")
"""Without the letters around: a screen that begins with a letter is slow in RE2."""
_SIGNS = Signs(
    [*_ROWS, _grouped(_LETTERS), _KANA_SCREEN, *(pattern for _, _, pattern in _WIDE_ROWS)]
)
_LETTER = len(_ROWS)
_MARK_LEADS = frozenset([*(text[0] for text in _PUNCTUATION), "鈥", "窶"])
MARKS = "|".join([_MARK, *(pattern for _, _, pattern in _WIDE_MARKS)])
SCREEN = "|".join(
    [
        *(_grouped(_LETTERS), _MARK, _KANA_SCREEN, *_ROWS),
        *(pattern for _, _, pattern in _WIDE_MARKS + _WIDE_ROWS),
    ]
)


def find(line: str) -> list[Repair]:
    """Repairs of one line, sorted."""
    if line.isascii():
        return []
    text = searchable(line)
    seen = _SIGNS.seen(text.encode())
    if not seen:
        return []
    found = _rows(text, [_ROW_PAGES[sign] for sign in seen if sign < len(_ROWS)])
    if _LETTER in seen:
        found += _letters(text)
    if seen[-1] > _LETTER:
        found += _wide_letters(text)
    return disjoint(found)


def _rows(text: str, pages: list[str]) -> list[Repair]:
    """Whole words in another script; every stretch outside ASCII has to agree."""
    lost: list[Repair] = []
    for codec in pages:
        name = _NAME_OF[codec]
        if not lost and codec in _SURE_PAGES:
            row: Any = compiled(_row(codec)).search(text)
            cause = f"looks like UTF-8 read as {name}, but the way back is not exact"
            lost = [replace(row.span(), row.group(), DOUBTFUL, cause)]
        repairs: list[Repair] = []
        letters: list[str] = []
        for match in _RUN.finditer(text):
            run = match.group()
            repaired = unmap(run, codec)
            if repaired is None:
                if _INNOCENT.issuperset(run):
                    continue
                break
            letters.append(repaired)
            repairs.append(replace(match.span(), repaired, RULE, f"UTF-8 read as {name}"))
        else:
            if _plausible("".join(letters)):
                return repairs
    return lost


def _plausible(text: str) -> bool:
    """Whether the characters are many enough, mostly letters, and of one script."""
    if len(text) < _LONG_ENOUGH:
        return False
    scripts: dict[str, int] = {}
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cn", "Co", "Cs") or char == "\ufffd":
            return False
        if kind[0] in "LM":
            script = _script(char)
            scripts[script] = scripts.get(script, 0) + 1
    letters = sum(scripts.values())
    return letters >= 0.7 * len(text) and max(scripts.values(), default=0) >= 0.9 * letters


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """The first word of its name, Japanese and Chinese counted as one."""
    script = unicodedata.name(char, "?").partition(" ")[0]
    return {"HIRAGANA": "CJK", "KATAKANA": "CJK"}.get(script, script)


def _letters(text: str) -> list[Repair]:
    """One accented small letter in a Latin word, shown as a capital or symbol and another sign."""
    found = []
    for start, end in _in_words(text):
        before, after = text[max(0, start - 2) : start], text[end : end + 1]
        letter, codec = _LETTERS[text[start:end]]
        rule = _belief(text[start:end], before, after)
        if rule:
            found.append(replace((start, end), letter, rule, f"UTF-8 read as {_NAME_OF[codec]}"))
    return found


def _in_words(text: str) -> list[tuple[int, int]]:
    """Where a key of `_LETTERS` has a letter of ASCII before it, or a small one behind it.

    As if all such places were searched for from left to right, with the letter as a part of each:
    one that stands behind a place cannot stand before the next one too.
    """
    found = []
    done = 0
    for match in _RUN.finditer(text):
        start, end = match.span()
        if start > done and text[start - 1].isalpha() and text[start : start + 2] in _LETTERS:
            done = start + 2
            found.append((start, done))
        after = text[end : end + 1]
        if end - 2 >= max(start, done) and "a" <= after <= "z" and text[end - 2 : end] in _LETTERS:
            found.append((end - 2, end))
            done = end + 1
    return found


def _belief(shown: str, before: str, after: str) -> str | None:
    """How sure the surroundings make it: small letters on both sides, or on one side only."""
    small_before = before[-1:].isascii() and before[-1:].islower()
    small_after = after.isascii() and after.islower()
    if after.isupper() or before[-1:].isupper() or before[-1:].isdigit():
        return None
    capital = shown[0].isupper()
    if small_before and (small_after or (capital and not after.isalnum())):
        return RULE
    if capital and shown[0] > "\u0400" and small_after and not before[-1:].isalpha():
        return RULE  # a Cyrillic capital glued to a Latin word
    if small_before and len(before) == 2 and before.isalpha() and not after.isalnum():
        return DOUBTFUL  # "sin√π" may be mathematics
    return None


def marked(text: str) -> bool:
    """Whether `MARKS` occur in a text, which must be `searchable`."""
    return not _MARK_LEADS.isdisjoint(text) and occurs(MARKS, text)


def find_marks(line: str) -> list[Repair]:
    """Dashes, quotes and dots, before ftfy takes a part of them for something else.

    The text around has to be Latin, as far as there is any.
    """
    text = searchable(line)
    if not marked(text):
        return []
    found = []
    for match in compiled(_MARK).finditer(text):
        mark, codec = _PUNCTUATION[match.group()]
        if _latin_around(text, match.span()):
            cause = f"UTF-8 read as {_NAME_OF[codec]}"
            found.append(replace(match.span(), mark, RULE, cause))
    for codec, name, pattern in _WIDE_MARKS:
        for match in compiled(pattern).finditer(text):
            repaired = _unmap_wide(match.group(), codec)
            if repaired and repaired[0] in _MARKS and _latin_around(text, match.span()):
                found.append(replace(match.span(), repaired, RULE, f"UTF-8 read as {name}"))
    return disjoint(found)


def _latin_around(text: str, span: tuple[int, int]) -> bool:
    around = text[max(0, span[0] - 1) : span[0]] + text[span[1] : span[1] + 1]
    return all(char < "\u0250" or char in _INNOCENT for char in around)


def _unmap_wide(text: str, codec: str) -> str | None:
    try:
        return text.encode(codec).decode()
    except UnicodeError:
        return None


def _wide_letters(text: str) -> list[Repair]:
    """Half-width katakana glued to a Latin word, and rows of East Asian characters."""
    found = []
    for match in compiled(_KANA_LETTER).finditer(text):
        letter = _unmap_wide(match.group(1), "cp932")
        if letter and letter.isalpha():
            found.append(replace(match.span(1), letter, RULE, "UTF-8 read as Shift JIS"))
    for codec, name, pattern in _WIDE_ROWS:
        for match in compiled(pattern).finditer(text):
            repaired = _unmap_wide(match.group(), codec)
            if repaired and _plausible(repaired):
                found.append(replace(match.span(), repaired, RULE, f"UTF-8 read as {name}"))
    return found
