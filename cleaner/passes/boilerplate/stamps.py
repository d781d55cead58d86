"""The time that a stamp states, as ISO 8601; nothing is guessed.

`03/04/2019` could be March or April and stays unparsed unless one number exceeds twelve. What does
*not* live here: finding the stamp (`packs/stamps.toml`).
"""

from datetime import datetime
from functools import cache
from typing import Any

__all__ = ["parse_time"]

_MONTHS: dict[str, int] = {}
for _names in (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    (
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
        "listopada grudnia"
    ),
    "januari februari maart april mei juni juli augustus september oktober november december",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
):
    for _number, _name in enumerate(_names.split(), 1):
        _MONTHS.setdefault(_name, _number)
_MONTHS["sept"] = 9

_LONGEST = 400
"""Characters of a stamp that are looked at."""


@cache
def _finders() -> tuple[tuple[str, Any], ...]:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    names = "|".join(sorted(_MONTHS, key=lambda name: (-len(name), name)))
    day = r"(\d{1,2})(?:st|nd|rd|th|er|º|°)?\.?"
    sep = r"[\s\x{A0},،.]{0,3}(?:of |de |del |do )?"
    end = r"(?:[^\p{L}\p{N}]|$)"
    patterns = (
        ("ymd", r"(?:^|\D)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)"),
        ("ymd", r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]"),
        ("dmy", rf"(?:^|\D){day}{sep}({names}){sep}(\d{{4}})(?:\D|$)"),
        ("mdy", rf"(?:^|[^\p{{L}}])({names}){sep}{day}{sep}(\d{{4}})(?:\D|$)"),
        ("xxy", r"(?:^|\D)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\D|$)"),
        ("time", rf"(?:^|\D)(\d{{1,2}})[:.h](\d{{2}})(?::\d{{2}})?\s?(a\.?m\.?|p\.?m\.?)?{end}"),
    )
    return tuple((kind, re2.compile(pattern, options)) for kind, pattern in patterns)


def parse_time(text: str) -> str | None:
    """Find a date, and the hour if there is one.

    >>> parse_time("Last Modified: Sunday، 03 February 2019 02:30 PM")
    '2019-02-03T14:30'
    >>> parse_time("Updated 03/04/2019") is None
    True
    """
    text = text[:_LONGEST]
    for kind, finder in _finders()[:-1]:
        match = finder.search(text)
        if match is None:
            continue
        order = _order(kind, *match.groups())
        if order is None:
            continue
        rest = f"{text[: match.start(1)]} {text[match.end() - 1 :]}"
        hour, minute, known = _clock(rest)
        try:
            found = datetime(*order, hour, minute)  # noqa: DTZ001 - a stamp seldom says its zone
        except ValueError:
            continue
        return found.isoformat(timespec="minutes") if known else found.date().isoformat()
    return None


def _order(kind: str, first: str, second: str, third: str) -> tuple[int, int, int] | None:
    """Year, month and day, or None where they could be two dates."""
    if kind == "ymd":
        return int(first), int(second), int(third)
    if kind == "dmy":
        return int(third), _MONTHS[second.lower()], int(first)
    if kind == "mdy":
        return int(third), _MONTHS[first.lower()], int(second)
    one, two = int(first), int(second)
    if one > 12 >= two or one == two:
        return int(third), two, one
    if two > 12 >= one:
        return int(third), one, two
    return None


def _clock(text: str) -> tuple[int, int, bool]:
    match = _finders()[-1][1].search(text)
    if match is None:
        return 0, 0, False
    hour, minute = int(match.group(1)), int(match.group(2))
    half = (match.group(3) or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        return 0, 0, False
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute, True) if hour < 24 and minute < 60 else (0, 0, False)
