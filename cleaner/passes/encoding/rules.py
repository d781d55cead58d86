"""The rules of the encoding pass: names, reasons, how sure their fixes are."""

from cleaner.model import Applicability
from cleaner.rules import Rule

__all__ = ["RULES"]

_SAFE, _UNSAFE, _DISPLAY = Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY

RULES: tuple[Rule, ...] = (
    Rule(
        "encoding.bidi-override",
        "Direction overrides and unclosed direction marks",
        "They show text in another order than it is stored in, which hides what it says.",
        _DISPLAY,
        source="CVE-2021-42574; Unicode Standard Annex 9",
    ),
    Rule(
        "encoding.byte-order-mark",
        "Byte order mark inside the text",
        "U+FEFF comes from files that were pasted together; it splits words for every tool.",
        _SAFE,
    ),
    Rule(
        "encoding.control",
        "Control characters that have no meaning in text",
        "NUL, backspace and their like break parsers and split words, and nobody sees them.",
        _SAFE,
        source="Unicode Technical Report 20",
    ),
    Rule(
        "encoding.entity",
        "HTML character reference left in plain text",
        "`&amp;#39;` and `& # 39;` are what an apostrophe becomes when it is escaped too often.",
        _SAFE,
        source="HTML Living Standard, named character references",
    ),
    Rule(
        "encoding.entity-doubtful",
        "Character reference inside markup, code or an address",
        "There it may be meant as it stands.",
        _UNSAFE,
    ),
    Rule(
        "encoding.escape",
        "Literal escape sequence in prose",
        r"`\u2019`, `=E2=80=99` and `%E2%80%99` are characters that one decoding step missed.",
        _UNSAFE,
        default=False,
    ),
    Rule(
        "encoding.guessed",
        "Bytes decoded by a guess",
        "The file is not UTF-8 and says nothing about its encoding; look at it first.",
        _DISPLAY,
    ),
    Rule(
        "encoding.hidden-text",
        "Text in invisible tag characters",
        "It is stored but never shown: a way to smuggle instructions past a reader.",
        _DISPLAY,
        source="Unicode Technical Standard 51, section 4.3",
    ),
    Rule(
        "encoding.invisible",
        "Zero-width characters inside words",
        "They split words for search, counting and deduplication, and nobody sees them.",
        _SAFE,
    ),
    Rule(
        "encoding.line-break",
        "Broken line ends",
        "Doubled carriage returns, vertical tabs and NEL are line breaks of other systems.",
        _SAFE,
    ),
    Rule(
        "encoding.line-hyphen",
        "Word divided at the end of a line",
        "The whole word occurs elsewhere in the same document and the divided one does not; other "
        "documents are not asked, so that the answer does not depend on the rest of the corpus.",
        _SAFE,
    ),
    Rule(
        "encoding.mojibake",
        "Text decoded with the wrong encoding",
        "UTF-8 read as Windows-1252 turns ’ into â€™; ftfy recognises it and knows the way back.",
        _SAFE,
        source="ftfy",
    ),
    Rule(
        "encoding.mojibake-doubtful",
        "Probably text decoded with the wrong encoding",
        "It looks like mojibake, but bytes were lost, or it stands in code, or a second reading is "
        "possible.",
        _UNSAFE,
    ),
    Rule(
        "encoding.replacement-character",
        "Characters that an earlier conversion lost",
        "U+FFFD, `ï¿½` or `?` stand where a character was; nothing can bring it back.",
        _DISPLAY,
    ),
    Rule(
        "encoding.soft-hyphen",
        "Soft hyphen inside a word",
        "It is invisible unless a line ends there, and splits words for every tool; but a page may "
        "want it.",
        _UNSAFE,
    ),
    Rule(
        "encoding.surrogate",
        "Half of a UTF-16 pair",
        "Surrogates are no characters; no file can hold them as UTF-8.",
        _SAFE,
    ),
    Rule(
        "encoding.terminal-escape",
        "Terminal escape sequence",
        "Colours and window titles of a terminal are not text.",
        _SAFE,
        source="ECMA-48",
    ),
    Rule(
        "encoding.utf-16",
        "UTF-16 read as Latin-1",
        "Every other character is NUL.",
        _SAFE,
    ),
)
