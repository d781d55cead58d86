"""Makes text of documents safe and measurable for a terminal."""

import unicodedata

__all__ = ["safe", "width"]


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
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in (
        "\u200c",
        "\u200d",
    ):
        return ascii(character)[1:-1]
    return character


def width(text: str) -> int:
    """Columns that text takes: wide characters two, combining marks none.

    >>> width("漢字"), width("e\u0301")
    (4, 1)
    """
    if text.isascii():
        return len(text)
    columns = 0
    for character in text:
        if unicodedata.combining(character) or character in "\u200c\u200d\ufe0e\ufe0f":
            continue
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns
