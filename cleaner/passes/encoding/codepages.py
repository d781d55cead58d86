"""Single-byte code pages as tables: which characters mean which bytes, and what UTF-8 they spell.

Undefined bytes stand for the C1 control of the same number, as browsers and ftfy's "sloppy" codecs
have it, so that every byte has a character. What does *not* live here: what is believed.
"""

import codecs
from functools import cache

__all__ = ["CODE_PAGES", "encode_sloppy", "ranges", "unmap"]

CODE_PAGES: tuple[tuple[str, str], ...] = (
    ("cp1252", "Windows-1252"),
    ("cp1250", "Windows-1250"),
    ("cp1251", "Windows-1251"),
    ("mac_roman", "Mac Roman"),
    ("cp850", "code page 850"),
    ("cp437", "code page 437"),
    ("cp852", "code page 852"),
    ("cp866", "code page 866"),
    ("koi8_r", "KOI8-R"),
    ("koi8_u", "KOI8-U"),
    ("cp1253", "Windows-1253"),
    ("cp1254", "Windows-1254"),
    ("cp1255", "Windows-1255"),
    ("cp1256", "Windows-1256"),
    ("cp1257", "Windows-1257"),
    ("cp1258", "Windows-1258"),
    ("mac_cyrillic", "Mac Cyrillic"),
    ("iso8859_2", "ISO 8859-2"),
)
"""Codec and name, the likelier first: where two agree on a repair, the first gives its name."""


@cache
def _table(codec: str) -> dict[str, int]:
    """Character to byte, for bytes 80 to FF."""
    table = {}
    for byte in range(0x80, 0x100):
        char = bytes([byte]).decode(codec, "replace")
        table[chr(byte) if char == "\ufffd" else char] = byte
    return table


@cache
def _encoding(codec: str) -> dict[int, int]:
    """Code point to byte, as `codecs.charmap_encode` wants it."""
    return {ord(char): byte for char, byte in _table(codec).items()}


@cache
def ranges(codec: str, low: int, high: int) -> str:
    """The characters of bytes `low` to `high`, sorted by byte."""
    return "".join(
        char
        for char, byte in sorted(_table(codec).items(), key=lambda item: item[1])
        if low <= byte <= high
    )


def encode_sloppy(text: str, codec: str) -> bytes | None:
    """The bytes of a text without ASCII, or None where the code page lacks a character."""
    try:
        return codecs.charmap_encode(text, "strict", _encoding(codec))[0]
    except UnicodeEncodeError:
        return None


def unmap(text: str, codec: str) -> str | None:
    """What the text says if it is UTF-8 that was read with this code page; None if it is not.

    >>> unmap("├®", "cp850")
    'é'
    """
    data = encode_sloppy(text, codec)
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
