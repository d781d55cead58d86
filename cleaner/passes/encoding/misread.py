"""Other legacy encodings that were read as Latin-1 or Windows-1252: proposed, never applied.

`Ïðèâåò` is Windows-1251, `ðÒÉ×ÅÔ` KOI8-R. The way back is exact, but nothing proves that it is the
right one, so these are doubtful. ftfy must not touch such lines: it would mangle them further.
"""

from collections.abc import Sequence

from cleaner.kernels.patterns.screens import occurs, searchable
from cleaner.passes.encoding.repairs import Repair, replace

__all__ = ["SCREEN", "find", "looks_misread"]

RULE = "encoding.mojibake-doubtful"
SCREEN = r"[À-ÿ]{4}|[\x{80}-\x{9f}\x{a1}-\x{ff}]{7}|(?:[\x{82}\x{83}‚ƒ][!-~\x{80}-\x{ff}]){3}"
"""What no Latin orthography has: four accented letters in a row, seven characters outside ASCII, or
the first bytes of three kana in Shift JIS."""
_LATIN = bytes(range(0xA0, 0x100))
_NOT_LETTERS = bytes(byte for byte in range(0x80) if not chr(byte).isalpha())
_SHARE = 0.6
"""Of all letters and high characters of the line that have to be high."""
_LEAST = 8
_SCRIPTS = (
    # The narrowest first: what is Hebrew in one reading is also Cyrillic in another.
    ("cp1255", "Windows-1255", ("א", "ת"), 0.95),
    ("euc_jp", "EUC-JP", ("ぁ", "ヿ"), 0.3),
    ("cp932", "Shift JIS", ("ぁ", "ヿ"), 0.3),
    ("euc_kr", "EUC-KR", ("가", "힣"), 0.8),
    ("gbk", "GBK", ("一", "鿿"), 0.8),
)
"""Codec, name, first and last letter of a script, and their least share of what is not ASCII."""
_CASED = (
    ("cp1251", "Windows-1251", ("А", "я")),
    ("koi8_r", "KOI8-R", ("А", "я")),
    ("iso8859_5", "ISO 8859-5", ("А", "я")),
    ("cp866", "code page 866", ("А", "я")),
    ("cp1253", "Windows-1253", ("Ά", "ώ")),
)
"""Scripts with capitals: natural words have them at the start only."""
_LAST = (("cp1256", "Windows-1256", ("ء", "ي"), 0.8),)
_AROUND = ".,;:!?()[]{}\"'«»„“”‘’–—…-"
"""Punctuation that is no part of a word."""
_SAMPLE = 1000
"""Bytes or characters that are looked at before the whole line is decoded."""


def looks_misread(line: str) -> bool:
    """Whether most of the line's letters are accented ones, in rows that no language has."""
    if len(line) - len(line.encode("ascii", "ignore")) < _LEAST:
        return False
    text = searchable(line)
    if not occurs(SCREEN, text):
        return False
    high = _count_high(text.encode("latin-1", "ignore"))
    high += _count_high(text.encode("cp1252", "ignore").translate(None, _LATIN))
    plain = len(text.encode("ascii", "ignore").translate(None, _NOT_LETTERS))
    return high >= _LEAST and high >= _SHARE * (high + plain)


def find(line: str) -> list[Repair]:
    """One proposal for the whole line, or none.

    >>> [(r.edit.replacement, r.cause) for r in find("Ýòî ðóññêîå ïðåäëîæåíèå.")]
    [('Это русское предложение.', 'Windows-1251 read as Windows-1252')]
    """
    if not looks_misread(line):
        return []
    data = _bytes(line)
    if data is None:
        return []
    best = _by_script(data, _SCRIPTS) or _by_case(data) or _by_script(data, _LAST)
    if best is None:
        return []
    text, name = best
    return [replace((0, len(line)), text, RULE, f"{name} read as Windows-1252")]


def _bytes(line: str) -> bytes | None:
    try:
        return line.encode("sloppy-windows-1252")
    except UnicodeEncodeError:
        return None


def _by_case(data: bytes) -> tuple[str, str] | None:
    """The reading with the most natural words: small letters, a capital only at the start."""
    best: tuple[int, str, str] | None = None
    sample = data[:_SAMPLE]
    for codec, name, (low, high) in _CASED:
        words = [word.strip(_AROUND) for word in sample.decode(codec, "replace").split()]
        words = [word for word in words if not word.isascii()]
        whole = sum(map(len, words))
        cased = sum(len(word) for word in words if word[1:].islower() or word.isupper())
        natural = sum(len(word) for word in words if word[1:].islower())
        letters = sum(low <= char <= high for word in words for char in word)
        fits = whole >= 0.9 * _count_high(sample) and letters >= 0.9 * whole <= cased / 0.8
        if fits and (best is None or natural > best[0]):
            best = natural, codec, name
    return (data.decode(best[1], "replace"), best[2]) if best else None


def _by_script(
    data: bytes, readings: Sequence[tuple[str, str, tuple[str, str], float]]
) -> tuple[str, str] | None:
    """The first reading that is valid and spells mostly letters of its script."""
    for codec, name, (low, high), share in readings:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        outside = sum(char >= "\x80" for char in sample)
        if sum(low <= char <= high for char in sample) >= share * outside:
            return text, name
    return None


def _count_high(data: bytes) -> int:
    return len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
