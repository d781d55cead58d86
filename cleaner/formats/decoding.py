"""Bytes to text: what is certain first, a detector last, and never silently.

Order: byte order mark, strict UTF-8, the NUL pattern of UTF-16 and UTF-32, a declared charset (from
the caller, or in the first bytes of HTML and XML), and only then charset-normalizer, which is a
guess and is reported as one. What does *not* live here: reading files, and repairing text that was
decoded wrongly by somebody else (`passes.encoding`).
"""

import codecs
from dataclasses import dataclass, replace
from typing import Any

from cleaner.model import CleanerError, Finding

__all__ = ["GUESSED", "Decoded", "UndecodableError", "decode", "decoding_finding"]

GUESSED = "encoding.guessed"
"""Name of the rule that reports a guess; `passes.encoding` describes it."""

_MARKS: tuple[tuple[bytes, str], ...] = (
    # UTF-32's mark begins with that of UTF-16, so it is asked first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_LABELS: dict[str, tuple[str, ...]] = {
    # The supersets that these labels mean in practice (WHATWG Encoding Standard, section 4.2).
    "gb2312": ("gbk", "gb18030"),
    "gbk": ("gb18030",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "big5": ("cp950", "big5hkscs"),
    "euc_kr": ("cp949",),
    "euc_jp": ("euc_jis_2004",),
    "tis-620": ("cp874",),
}
_ALIASES = {
    "x-sjis": "shift_jis",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gbk",
    "x-x-big5": "big5",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "iso-8859-8-i": "iso8859-8",
    "windows-949": "cp949",
}
"""Labels of the WHATWG Encoding Standard that Python does not know."""
_C1_FREE = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
"""Labels whose bytes 80-9F mean the letters of a Windows code page (same source)."""
_NOT_TEXT = (
    *("base64", "bz2", "hex", "idna", "mbcs", "oem", "punycode", "quopri", "rot13", "uu", "zlib"),
    *("undefined", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape"),
    # What is not valid UTF-8 is not made so by a declaration; pages often inherit a wrong one.
    *("utf-8", "utf_8", "utf-16", "utf-32", "utf-7"),
)
"""Codecs of Python that are no answer here, as the beginnings of their names."""
_HEAD = 4096
"""Bytes in which HTML and XML have to say their charset; the HTML standard asks for 1024."""
_DECLARED = (
    rb"(?i)(?:<\?xml[^>]{0,100}encoding\s{0,9}=\s{0,9}[\"']|<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?)"
    rb"([a-z0-9_.:\-]{2,40})"
)
_SAMPLE = 1 << 18
"""Bytes that the detector looks at; more does not change its mind, only costs time."""
_MAGIC = (
    b"\x7fELF",
    b"\x89PNG\r\n",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"%PDF-",
    b"SQLite format 3\x00",
    b"GIF8",
    b"\xff\xd8\xff",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"PAR1",
    b"MZ\x90\x00",
    b"\xca\xfe\xba\xbe",
    b"\x80\x04\x95",
    b"OggS",
    b"ID3",
    b"RIFF",
)
_HIGH_BYTES = bytes(range(0x80, 0x100))
_FEW = 0.01
"""Share of bytes above 7F; text in another script than Latin has half, German has two percent."""
_ODD = r"\p{Ll}[\p{Lu}\p{S}†‡•¶§]\p{Ll}?"
_CONVERT = "exclude it, or convert it to text first"
_TEXT_CONTROLS = b"\t\n\x0b\x0c\r\x1b"
_BROKEN_SHARE = 0.02
"""Share of bytes that may be invalid in a text that is still called UTF-8: a page with a few pasted
Latin-1 characters, not a page in another encoding."""
_WESTERN = frozenset(
    (
        *("Danish", "Dutch", "English", "Finnish", "French", "German", "Icelandic", "Indonesian"),
        *("Italian", "Norwegian", "Portuguese", "Spanish", "Swedish"),
    )
)
_CENTRAL = frozenset(("Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene"))
"""Languages by the names of charset-normalizer."""


class UndecodableError(CleanerError):
    """The bytes are no text in any encoding that can be told apart from noise."""

    def __init__(self, error: str, hint: str) -> None:
        super().__init__(f"{error}; {hint}")
        self.error = error
        """What is wrong, in words."""
        self.hint = hint
        """What to do next."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it came out of its bytes.

    `text.encode(encoding)` behind `bom` gives the same bytes again where `exact` is true; elsewhere
    the bytes themselves have to be kept. `confidence` (0 to 1) is set for a guess only.
    """

    text: str
    encoding: str
    bom: bytes
    confidence: float | None
    how: str
    exact: bool = True


def decode(data: bytes, declared: str | None = None) -> Decoded:
    r"""Turn the bytes of a document into text.

    >>> decode(b"caf\xc3\xa9").encoding, decode(b"\xff\xfea\x00").text
    ('utf-8', 'a')

    Args:
        data: the whole document.
        declared: charset from outside the document, such as an HTTP header in a WARC record.

    Raises:
        UndecodableError: the bytes are binary data, or no encoding fits; the text of the error says
            why and what to do next.
    """
    found = _marked(data) or _utf8(data)
    if found is None:
        _refuse_magic(data)
        found = _nul_pattern(data)
    if found is None:
        _refuse_controls(data)
        found = _declared(data, declared) or _nearly_utf8(data) or _guess(data)
    if found is None:
        raise UndecodableError(
            "the bytes fit no known text encoding",
            "convert the file to UTF-8, or exclude it if it is not text",
        )
    return replace(found, exact=_exact(found, data))


def decoding_finding(decoded: Decoded, document: str) -> Finding | None:
    """Report a document whose encoding was guessed or whose bytes were damaged; else None."""
    if decoded.confidence is None:
        return None
    message = f"{decoded.how}: read as {decoded.encoding} (confidence {decoded.confidence:.2f})"
    evidence = {"encoding": decoded.encoding, "confidence": decoded.confidence, "how": decoded.how}
    return Finding(GUESSED, document, message, evidence=evidence)


def _exact(decoded: Decoded, data: bytes) -> bool:
    try:
        return decoded.bom + decoded.text.encode(decoded.encoding) == data
    except (UnicodeError, LookupError):
        return False


def _strict(data: bytes, encoding: str, how: str, bom: bytes = b"") -> Decoded | None:
    try:
        text = data[len(bom) :].decode(encoding)
    except (UnicodeError, LookupError):  # some codecs of Python are no text encodings
        return None
    return Decoded(text, encoding, bom, None, how)


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            found = _strict(data, encoding, "byte order mark", mark)
            if found is not None:
                return found
    return None


def _utf8(data: bytes) -> Decoded | None:
    if b"\x1b" in data and data.isascii() and any(sign in data for sign in _SHIFTS):
        found = _strict(data, "iso2022_jp_2", "ISO 2022 escape sequences")
        if found is not None:
            return found
    if b"\x00" in data[:_HEAD] and _nul_pattern(data) is not None:
        return None
    return _strict(data, "utf-8", "valid UTF-8")


_SHIFTS = (b"\x1b$B", b"\x1b$@", b"\x1b(J")


def _nul_pattern(data: bytes) -> Decoded | None:
    """UTF-16 and UTF-32 without a mark: NUL at every second byte, or at three of four."""
    if b"\x00" not in data or len(data) < 4:
        return None
    head = data[:_HEAD]
    for width, lanes, encoding in (
        (4, (1, 2, 3), "utf-32-le"),
        (4, (0, 1, 2), "utf-32-be"),
        (2, (1,), "utf-16-le"),
        (2, (0,), "utf-16-be"),
    ):
        if len(data) % width:
            continue
        # Blanks, digits and punctuation are ASCII in every script: a tenth of any text is enough.
        counts = [head[lane::width].count(0) for lane in range(width)]
        units = len(head) // width
        zero = [counts[lane] for lane in lanes]
        rest = [counts[lane] for lane in range(width) if lane not in lanes]
        need = 0.9 if width == 4 else 0.1
        if min(zero) >= need * units and max(rest) <= 0.02 * units:
            found = _strict(data, encoding, "NUL pattern")
            if found is not None and _is_text(found.text):
                return found
    return None


def _is_text(text: str) -> bool:
    """Whether hardly any character is a control or unassigned."""
    sample = text[:4096]
    bad = sum(not (char.isprintable() or char.isspace()) for char in sample)
    return bad <= 0.02 * len(sample)


def _refuse_magic(data: bytes) -> None:
    if data.startswith(_MAGIC):
        raise UndecodableError("binary data (an archive, image or program), not text", _CONVERT)


def _refuse_controls(data: bytes) -> None:
    head = data[:_HEAD]
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    if controls > 0.05 * len(head):
        raise UndecodableError(
            f"binary data ({controls} control bytes in the first {len(head)}), not text", _CONVERT
        )


def _declared(data: bytes, declared: str | None) -> Decoded | None:
    """The charset that the caller or the document itself names, if it fits strictly."""
    import re2

    labels = [declared] if declared else []
    match = re2.search(_DECLARED, data[:_HEAD])
    if match:
        labels.append(match.group(1).decode("ascii"))
    for given in labels:
        label = given.strip(" \t\r\n\"'").lower()
        try:
            name = codecs.lookup(_ALIASES.get(label, label)).name
            name = _C1_FREE.get(name, name)
        except (LookupError, ValueError):
            continue
        if name.startswith(_NOT_TEXT):
            continue
        how = f"declared charset {label}"
        tried = [_strict(data, one, how) for one in (name, *_LABELS.get(name, ()))]
        found = [one for one in tried if one is not None]
        if found:
            return next((one for one in found if _exact(one, data)), found[0])
    return None


def _nearly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few foreign bytes: these become the Windows-1252 letters they may have been."""
    text = data.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= char <= "\udcff" for char in text)
    valid = sum(char >= "\x80" for char in text) - broken
    # Without valid multi-byte characters a legacy encoding is the better explanation.
    if broken > _BROKEN_SHARE * len(data) or 2 * broken > 3 * valid:
        return None
    text = "".join(_foreign(char) if "\udc80" <= char <= "\udcff" else char for char in text)
    how = f"UTF-8 with {broken} invalid byte" + ("s" if broken > 1 else "")
    return Decoded(text, "utf-8", b"", round(valid / (broken + valid), 2), how)


def _foreign(char: str) -> str:
    return bytes([ord(char) - 0xDC00]).decode("cp1252", "replace")


def _guess(data: bytes) -> Decoded | None:
    """Ask charset-normalizer, then settle what it cannot know between close relatives."""
    from charset_normalizer import from_bytes

    best: Any = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        return None
    encoding = _relative(data, best.encoding, best.language)
    how = "guessed by charset-normalizer"
    for name in dict.fromkeys((encoding, best.encoding)):
        found = _strict(data, name, how)
        if found is not None and _is_text(found.text):
            return replace(found, confidence=round(max(0.0, 1.0 - float(best.chaos)), 2))
    return None


def _relative(data: bytes, encoding: str, language: str) -> str:
    """Between encodings that share most letters, the language and some bytes decide.

    Western European text is Windows-1252 (or Mac Roman) and not one of the code pages that look
    alike in it; so is text with hardly any foreign byte, which tells nothing about its encoding.
    Text of Central Europe without a byte in 80-9F is ISO 8859-2, since Windows-1250 keeps š, ž and
    ś there.
    """
    high = len(data) - len(data.translate(None, _HIGH_BYTES))
    if encoding.startswith("utf"):
        return encoding
    if language in _WESTERN or high < _FEW * len(data):
        return min(("cp1252", "mac_roman"), key=lambda name: _oddities(data, name))
    if language in _CENTRAL and encoding in ("cp1250", "iso8859_2"):
        return "cp1250" if any(0x80 <= byte <= 0x9F for byte in data) else "iso8859_2"
    if encoding in ("cp1251", "mac_cyrillic"):
        return min(("cp1251", "mac_cyrillic"), key=lambda name: _oddities(data, name))
    return encoding


def _oddities(data: bytes, encoding: str) -> int:
    """How often a symbol or a capital stands right behind a small letter, and undefined bytes."""
    from cleaner.kernels.patterns.screens import compiled

    text = data[:_SAMPLE].decode(encoding, "replace")
    return text.count("\ufffd") + len(compiled(_ODD).findall(text))
