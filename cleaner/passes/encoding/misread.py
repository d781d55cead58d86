"""Other legacy encodings that were read as Latin-1 or Windows-1252: proposed, never applied.

`Ïðèâåò` is Windows-1251, `ðÒÉ×ÅÔ` KOI8-R. The way back is exact, but nothing proves that it is the
right one, so these are doubtful. ftfy must not touch such lines: it would mangle them further.
"""

from cleaner.kernels.screens import compiled, searchable
from cleaner.passes.encoding.repairs import Repair, replace

__all__ = ["SCREEN", "find", "looks_misread"]

RULE = "encoding.mojibake-doubtful"
SCREEN = r"[À-ÿ]{4}"
"""Four accented letters in a row: no Latin orthography has them."""
_HIGH = r"[\x{80}-\x{ff}ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]"
_SHARE = 0.6
"""Of all letters and high characters of the line that have to be high."""
_LEAST = 8
_CYRILLIC = (("cp1251", "Windows-1251"), ("koi8_r", "KOI8-R"), ("iso8859_5", "ISO 8859-5"))
_OTHER = (
    ("cp1253", "Windows-1253", r"\p{Greek}"),
    ("cp1255", "Windows-1255", r"\p{Hebrew}"),
    ("gbk", "GBK", r"\p{Han}"),
    ("euc_kr", "EUC-KR", r"\p{Hangul}"),
    ("cp1256", "Windows-1256", r"\p{Arabic}"),
)


def looks_misread(line: str) -> bool:
    """Whether most of the line's letters are accented ones, in rows that no language has."""
    text = searchable(line)
    if compiled(SCREEN).search(text) is None:
        return False
    high = len(compiled(_HIGH).findall(text))
    plain = len(compiled(r"[A-Za-z]").findall(text))
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
    best = _cyrillic(data) or _other(data)
    if best is None:
        return []
    text, name = best
    return [replace((0, len(line)), text, RULE, f"{name} read as Windows-1252")]


def _bytes(line: str) -> bytes | None:
    try:
        return line.encode("sloppy-windows-1252")
    except UnicodeEncodeError:
        return None


def _cyrillic(data: bytes) -> tuple[str, str] | None:
    """The reading with the most natural words: small letters, a capital only at the start."""
    found: list[tuple[int, int, str, str]] = []
    for codec, name in _CYRILLIC:
        text = data.decode(codec, "replace")
        letters = len(compiled(r"[А-яЁёІіЇїЄєҐґЎў]").findall(text))
        natural = sum(
            len(word) for word in compiled(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]+").findall(text) if word
        )
        words = sum(
            len(word)
            for word in compiled(r"[\pL\pS]+").findall(text)
            if compiled(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]+|[А-ЯЁІЇЄҐЎ]+").fullmatch(word)
        )
        high = sum(byte >= 0x80 for byte in data)
        if letters >= 0.9 * high and words >= 0.9 * letters:
            found.append((natural, -len(found), text, name))
    return (max(found)[2], max(found)[3]) if found else None


def _other(data: bytes) -> tuple[str, str] | None:
    high = sum(byte >= 0x80 for byte in data)
    for codec, name, script in _OTHER:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        letters = len(compiled(script).findall(text))
        width = 2 if codec in ("gbk", "euc_kr") else 1
        if letters * width >= 0.8 * high:
            return text, name
    return None
