"""Makes text of documents safe and measurable for a terminal."""

import unicodedata

__all__ = ["is_right_to_left", "safe", "width"]

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
