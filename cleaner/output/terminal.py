"""Makes text of documents safe and measurable for a terminal."""

import unicodedata
from collections.abc import Callable, Mapping

__all__ = ["Paint", "is_right_to_left", "painter", "safe", "wants_color", "width"]

Paint = Callable[[str, str], str]
"""Takes text and the name of a style; the text must be safe already."""
STYLES = {
    "strong": "1",
    "dim": "2",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
}
"""Parameters of the control sequence SGR; colours of the terminal's own palette."""

_JOINERS = "\u200c\u200d"
_HANGUL_TAILS = ("\u1160", "\u11ff")
"""Medial vowels and final consonants: they are drawn inside the syllable before them."""


def safe(text: str) -> str:
    r"""Text whose controls, bidi overrides and invisible characters are shown, not obeyed.

    >>> safe("a\x1b[2Jb\u202ec\td")
    'a\\x1b[2Jb\\u202ec d'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    if (
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and character not in _JOINERS
    ):
        return ascii(character)[1:-1]
    return character


def width(text: str) -> int:
    r"""Columns that text takes: wide characters two, marks and joiners none.

    The last example is Thai, whose vowel signs have no combining class and yet take no column.

    >>> width("漢字"), width("e\u0301"), width("\u0e01\u0e34\u0e19")
    (4, 1, 2)
    """
    if text.isascii():
        return len(text)
    columns = 0
    for character in text:
        if character in _JOINERS or unicodedata.category(character) in {"Mn", "Me"}:
            continue
        if _HANGUL_TAILS[0] <= character <= _HANGUL_TAILS[1]:
            continue
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


def is_right_to_left(text: str) -> bool:
    """Whether a terminal that knows bidirectional text may show some of it in another order."""
    return not text.isascii() and any(
        unicodedata.bidirectional(character) in {"R", "AL"} for character in text
    )


def wants_color(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether to colour what goes to a stream.

    What was asked for on the command line counts most, then `NO_COLOR` (no-color.org), then
    `FORCE_COLOR` (force-color.org), then whether it is a terminal that can.

    >>> wants_color("auto", {"NO_COLOR": "1"}, terminal=True)
    False
    >>> wants_color("always", {"NO_COLOR": "1"}, terminal=False)
    True
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def painter(color: bool) -> Paint:
    r"""A function that colours, or one that leaves text as it is.

    >>> painter(True)("12", "note"), painter(False)("12", "note")
    ('\x1b[1;36m12\x1b[0m', '12')
    """
    if not color:
        return lambda text, _style: text
    return lambda text, style: f"\x1b[{STYLES[style]}m{text}\x1b[0m" if text else text
