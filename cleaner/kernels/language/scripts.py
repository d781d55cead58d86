"""Which Unicode script each code point belongs to, as one byte a code point.

The standard library does not know the Script property; RE2 does, so the table is read off its
classes, once, and kept on disk by `profiles`. Only what carries a language counts: letters and the
marks of a script. Digits and punctuation belong to no script here, whatever Unicode says.
"""

import unicodedata

import numpy as np
import numpy.typing as npt

__all__ = ["COMMON", "LIMIT", "SCRIPTS", "script_table"]

COMMON = "Common"
"""The name given to text without a letter of any script."""

LIMIT = 0x323B0
"""Code points from here on (unassigned, private use, tags, variation selectors) have no script."""

SCRIPTS: tuple[str, ...] = (
    COMMON,
    *[
        "Adlam",
        "Ahom",
        "Arabic",
        "Armenian",
        "Avestan",
        "Balinese",
        "Bamum",
        "Batak",
        "Bengali",
        "Bopomofo",
        "Brahmi",
        "Braille",
        "Buginese",
        "Buhid",
        "Canadian_Aboriginal",
        "Chakma",
        "Cham",
        "Cherokee",
        "Coptic",
        "Cuneiform",
        "Cyrillic",
        "Deseret",
        "Devanagari",
        "Egyptian_Hieroglyphs",
        "Ethiopic",
        "Georgian",
        "Glagolitic",
        "Gothic",
        "Grantha",
        "Greek",
        "Gujarati",
        "Gurmukhi",
        "Han",
        "Hangul",
        "Hanifi_Rohingya",
        "Hanunoo",
        "Hebrew",
        "Hiragana",
        "Javanese",
        "Kaithi",
        "Kannada",
        "Katakana",
        "Kayah_Li",
        "Khmer",
        "Lao",
        "Latin",
        "Lepcha",
        "Limbu",
        "Lisu",
        "Malayalam",
        "Mandaic",
        "Meetei_Mayek",
        "Miao",
        "Modi",
        "Mongolian",
        "Mro",
        "Myanmar",
        "New_Tai_Lue",
        "Newa",
        "Nko",
        "Nushu",
        "Nyiakeng_Puachue_Hmong",
        "Ogham",
        "Ol_Chiki",
        "Old_Italic",
        "Old_Persian",
        "Old_Turkic",
        "Oriya",
        "Osage",
        "Osmanya",
        "Pahawh_Hmong",
        "Phags_Pa",
        "Phoenician",
        "Rejang",
        "Runic",
        "Samaritan",
        "Saurashtra",
        "Sharada",
        "Shavian",
        "Sinhala",
        "Sundanese",
        "Syloti_Nagri",
        "Syriac",
        "Tagalog",
        "Tagbanwa",
        "Tai_Le",
        "Tai_Tham",
        "Tai_Viet",
        "Takri",
        "Tamil",
        "Tangut",
        "Telugu",
        "Thaana",
        "Thai",
        "Tibetan",
        "Tifinagh",
        "Ugaritic",
        "Vai",
        "Wancho",
        "Yezidi",
        "Yi",
    ],
)
"""Unicode script names; a code point's script is its position here, 0 for none."""

_LARGE = ("Han", "Hangul", "Tangut", "Egyptian_Hieroglyphs", "Latin", "Arabic", "Yi")


_MARKS = ("Mn", "Mc")


def script_table() -> npt.NDArray[np.uint8]:
    """Build uint8[LIMIT]: the position in `SCRIPTS` of each code point's script.

    >>> table = script_table()
    >>> [SCRIPTS[table[ord(c)]] for c in "aя１あ語"]
    ['Latin', 'Cyrillic', 'Common', 'Hiragana', 'Han']
    """
    import re2

    letter = np.fromiter(map(str.isalpha, map(chr, range(LIMIT))), np.bool_, LIMIT)
    rest = np.flatnonzero(~letter).tolist()
    letter[[at for at in rest if unicodedata.category(chr(at)) in _MARKS]] = True
    points = np.flatnonzero(letter)
    table = np.zeros(LIMIT, np.uint8)
    # The largest first, and then only what is left: each script is looked for in all of it.
    for name in sorted(SCRIPTS[1:], key=lambda name: name not in _LARGE):
        text = points.astype("<u4").tobytes().decode("utf-32-le")
        left = np.ones(len(points), np.bool_)
        for run in re2.finditer(rf"\p{{{name}}}+", text):
            left[run.start() : run.end()] = False
        table[points[~left]] = SCRIPTS.index(name)
        points = points[left]
    return table
