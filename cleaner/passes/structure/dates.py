"""Read a line that is nothing but a date, in a dozen languages.

Every token must be accounted for: "December 28, 2018" is a date, "May 1, 2018 was cold" is not.
What does *not* live here: stamps with a label such as "Last modified" (rule packs).
"""

from dataclasses import dataclass
from datetime import date

import re2

from cleaner.passes.structure.page import printable
from cleaner.passes.structure.words import FILLERS, MONTHS, WEEKDAYS, ZONES

__all__ = ["KNOWN", "Stamp", "parse_date"]

_LONGEST = 60
"""Characters of a line that can be a date with weekday, time and zone."""

KNOWN = FILLERS | MONTHS.keys() | WEEKDAYS | ZONES | {"am", "pm", "uhr", "h"}
"""Words that a date can hold; one other word is cheap to find, and enough to say no."""

_PUNCTUATION = frozenset(",.،|·•-–—/()@")

_TOKEN = re2.compile(r"[0-9]+|\p{L}[\p{L}\p{M}]*|[^\s]")
_TIME = re2.compile(
    r"(?i)\b([01]?[0-9]|2[0-3])(?:[:h]|\.)([0-5][0-9])(?::[0-5][0-9])?"
    r"(?:\s*(?:a\.?m\.?|p\.?m\.?|uhr|h)(?:[^\p{L}]|$)|\s|$|[,)|+-])"
)
_CJK = re2.compile(
    r"^([0-9]{4})\s*[年년]\s*([0-9]{1,2})\s*[月월]\s*([0-9]{1,2})\s*[日일]"
    r"(?:\s*[（(]?(?:星期|周|週)?[一二三四五六日月火水木金土天](?:曜日?)?[）)]?)?$"
)
_NUMERIC = re2.compile(r"^([0-9]{1,4})\s?([./-])\s?([0-9]{1,2})\s?([./-])\s?([0-9]{1,4})\.?$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date that a line states; `value` is ISO 8601, or None where day and month are ambiguous."""

    value: str | None
    ambiguous: bool = False


def parse_date(line: str) -> Stamp | None:
    """The date that the whole line states, or None.

    >>> parse_date("Freitag, 28. Dezember 2018, 14:30 Uhr").value
    '2018-12-28'
    >>> parse_date("12/11/2018")
    Stamp(value=None, ambiguous=True)
    >>> parse_date("On December 28, 2018 it rained") is None
    True
    """
    line = printable(line.strip())
    if not 6 <= len(line) <= _LONGEST or not any("0" <= character <= "9" for character in line):
        return None
    if any(w.isascii() and w.isalpha() and w.lower() not in KNOWN for w in line.split()):
        return None
    timed = _TIME.search(line) is not None and _NUMERIC.search(line) is None
    if timed:
        line = _TIME.sub(" ", line, 1).strip(" ,،|·•-–—@")
    cjk = _CJK.search(line)
    if cjk:
        return _stamp(*(int(part) for part in cjk.groups()))
    tokens = [token.casefold() for token in _TOKEN.findall(line)]
    while tokens and (tokens[0] in WEEKDAYS or _fills(tokens[0])):
        tokens.pop(0)
    while tokens and (_fills(tokens[-1]) or (timed and tokens[-1] in ZONES)):
        tokens.pop()
    numeric = _NUMERIC.search("".join(tokens))
    if numeric:
        return _numeric(numeric.groups())
    return _named(tokens)


def _fills(token: str) -> bool:
    return token in FILLERS or token in _PUNCTUATION


def _named(tokens: list[str]) -> Stamp | None:
    """Day, month and year, the month by name; nothing else may stand between them."""
    day = month = year = 0
    for token in tokens:
        if token.isdecimal() and len(token) == 4 and not year:
            year = int(token)
        elif token.isdecimal() and len(token) <= 2 and not day:
            day = int(token)
        elif token in MONTHS and not month:
            month = MONTHS[token]
        elif not _fills(token) and token not in WEEKDAYS:
            return None
    return _stamp(year, month, day) if day and month and year else None


def _numeric(groups: tuple[str, ...]) -> Stamp | None:
    one, first, two, second, three = groups
    if first != second:
        return None
    if len(one) == 4 and len(three) <= 2:
        return _stamp(int(one), int(two), int(three))
    if len(one) > 2 or len(three) not in {2, 4}:
        return None
    a, b = int(one), int(two)
    year = int(three) if len(three) == 4 else 2000 + int(three)
    if first == "." or a > 12:  # dots are European; no month is beyond 12
        return _stamp(year, b, a)
    stamp = _stamp(year, a, b)
    return Stamp(None, ambiguous=True) if stamp and a != b and b <= 12 else stamp


def _stamp(year: int, month: int, day: int) -> Stamp | None:
    """A stamp, if there is such a day and it lies in the age of print."""
    if not 1500 <= year <= 2100:
        return None
    try:
        return Stamp(date(year, month, day).isoformat())
    except ValueError:
        return None
