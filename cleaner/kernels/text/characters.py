"""What each code point is to a reader of prose: letter, space, end of a sentence, bullet.

One uint32 of flags a code point, from the general categories of the interpreter's Unicode data and
a few lists of marks. What does *not* live here: scripts (`scripts`), loops over text (`words`).
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = [
    "ALPHA", "BREAK", "BULLET", "CASELESS", "CLOSER", "DIGIT", "LIMIT", "LOWER", "QUOTE", "SINGLE",
    "SPACE", "TERMINAL", "UPPER", "WIDE", "WORD", "character_tables",
]  # fmt: skip

LIMIT = 0x323B0
"""Code points from here on (unassigned, private use, tags, variation selectors) have no flags."""

WORD = 1
"""Letter, mark, number or underscore: what `\\w` means."""
ALPHA = 2
UPPER = 4
LOWER = 8
DIGIT = 16
SPACE = 32
BREAK = 64
"""Ends a line."""
TERMINAL = 128
"""Ends a sentence."""
WIDE = 256
"""Ends a sentence without a space after it (Chinese, Japanese)."""
CLOSER = 512
"""Closing quotes and brackets, which may stand between the end of a sentence and the space."""
QUOTE = 1024
"""Closing quotation marks: C4 counts them among the ends of sentences."""
BULLET = 2048
SINGLE = 4096
"""Written without spaces: each character is a word by itself, as in the near-duplicate tokens."""
CASELESS = 8192
"""A letter of a script without capitals."""

_TERMINALS = ".!?…‥‼⁇⁈⁉‽؟۔܀܁܂։።፧፨।॥၊။។៕᙮᠃᠉᱾᱿⸮꓿꘎꛳꩝꩞꩟꫰꫱꯫｡。．！？︒﹒﹖﹗"
_WIDE = "｡。．！？︒"
_QUOTES = "\"'”’»“‘›」』〞〟＂＇｣"
_BULLETS = "•‣▶◀◦■□▪▫–●○-*·⁃∙➤►"
"""RedPajama-V2's bullets, with datatrove's hyphen, the asterisk of Markdown and a few more."""

_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # 々〆〇
    (0x3041, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width kana
    (0x20000, 0x323AF),
)


@cache
def character_tables() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    """Flags, and the lower case of each code point (itself where that has several letters).

    >>> flags, lower = character_tables()
    >>> [bool(flags[ord(mark)] & TERMINAL) for mark in ".,؟。”"]
    [True, False, True, True, False]
    >>> chr(lower[ord("É")]), chr(lower[ord("İ")])
    ('é', 'İ')
    """
    categories = "".join(map(unicodedata.category, map(chr, range(LIMIT))))
    pairs = np.frombuffer(categories.encode(), "S2")
    major = np.frombuffer(categories.encode(), np.uint8)[::2]
    letter = major == ord("L")
    flags = np.zeros(LIMIT, np.uint32)
    flags[letter | (major == ord("M")) | (major == ord("N"))] |= WORD
    flags[ord("_")] |= WORD
    flags[letter] |= ALPHA
    flags[(pairs == b"Lu") | (pairs == b"Lt")] |= UPPER
    flags[pairs == b"Ll"] |= LOWER
    flags[(pairs == b"Lo") | (pairs == b"Lm")] |= CASELESS
    flags[pairs == b"Nd"] |= DIGIT
    flags[(major == ord("Z")) | (pairs == b"Cc")] |= SPACE
    flags[(pairs == b"Pe") | (pairs == b"Pf")] |= CLOSER
    flags[[0x200B, 0xFEFF]] |= SPACE  # invisible; Unicode calls them formats
    for marks, flag in (
        ("\n\r\f\v\x85\u2028\u2029", BREAK),
        (_TERMINALS, TERMINAL),
        (_WIDE, WIDE),
        (_QUOTES, CLOSER | QUOTE),
        (_BULLETS, BULLET),
    ):
        flags[[ord(mark) for mark in marks]] |= flag
    for first, last in _WITHOUT_SPACES:
        block = flags[first : last + 1]
        block[((block & WORD) > 0) & ((block & DIGIT) == 0)] |= SINGLE
    lower = np.arange(LIMIT, dtype=np.int32)
    for point in np.flatnonzero(flags & UPPER):
        small = chr(point).lower()
        if len(small) == 1:
            lower[point] = ord(small)
    return flags, lower
