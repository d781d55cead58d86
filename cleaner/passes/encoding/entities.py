"""HTML character references in plain text: whole, spaced, split, escaped twice, without semicolon.

ftfy decodes whole references, but stops for the rest of a document at the first `<`. Here every
line is judged alone, and the forms that blanks or a lost semicolon have broken are known too.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from html.entities import html5

import ftfy.chardata

from cleaner.passes.encoding.ftfysteps import is_bad
from cleaner.passes.encoding.repairs import Repair
from cleaner.passes.encoding.surroundings import in_address, is_code, is_markup

__all__ = ["RULE", "SCREEN", "find", "usual"]

RULE, DOUBTFUL = "encoding.entity", "encoding.entity-doubtful"
# All of these run in Python's own engine, which is several times faster where matches are short:
# each begins with a mark, every repetition but that of `amp;` is bounded, and of that one only the
# last round can be taken back in vain.
_WHOLE = r"&(?:amp;)*(#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][0-9A-Za-z]{1,31};)"
_SPACED = (
    r"&[ \t]{0,3}(?:amp[ \t]{0,3};[ \t]{0,3})?"
    r"(#[ \t]{0,3}[0-9]{2,6}|#[ \t]{0,3}[xX][ \t]?[0-9A-Fa-f]{2,5}|[A-Za-z][0-9A-Za-z]{1,7})"
    r"[ \t]{0,3};"
)
# HTML 4 allowed these without a semicolon; of its 106 names only those that are no English words
# or parameters of an address ("&not", "&sect", "&copy", "&reg", "&times").
_OPEN = r"&(#[0-9]{2,6}|#[xX][0-9A-Fa-f]{2,5}|[A-Za-z]{2,8})"
_OPEN_NAMES = frozenset(
    [
        *("amp", "nbsp", "quot", "lt", "gt", "rsquo", "lsquo", "rdquo", "ldquo"),
        *("ndash", "mdash", "hellip", "apos"),
        *(
            name
            for name in html5
            if not name.endswith(";")
            and name.endswith(("acute", "grave", "circ", "tilde", "cedil", "slash", "ring"))
            and len(name) > 5
        ),
    ]
)
_GLUED = r"&(nbsp|quot)"
_BLANKS = ("& ", "&\t", "# ", "#\t", "x ", "X ", "x\t", "X\t", "; ", ";\t", " ;", "\t;")
"""Where `_SPACED` has room for blanks; without any it finds nothing that `_WHOLE` does not."""
_HALF = r"#(39|34|8216|8217|8220|8221|8211|8212);"
_QUOTES = "'\"‘’“”`"
_INNOCENT = "'\"<>&"
"""What of ASCII is no part of any sign but that of references."""
_SPACED_NAMES = frozenset(
    (
        *("amp", "lt", "gt", "quot", "apos", "nbsp", "rsquo", "lsquo", "rdquo", "ldquo", "ndash"),
        *("mdash", "hellip", "copy", "reg", "eacute", "egrave", "agrave", "ccedil", "euro"),
    )
)

_FIND_WHOLE, _FIND_SPACED, _FIND_OPEN, _FIND_HALF, _MATCH_GLUED = map(
    re.compile, (_WHOLE, _SPACED, _OPEN, _HALF, _GLUED)
)
_SPLIT_WHOLE = re.compile("(" + _WHOLE.replace("(#", "(?:#") + ")")

Reference = tuple[int, int, str, str]
"""Start, end, the character, the cause."""

SCREEN = "|".join([_WHOLE, _SPACED, "&#[0-9xX]", *(f"&{name}" for name in sorted(_OPEN_NAMES))])
"""More than ftfy's own pattern for references, which is `&#?[0-9A-Za-z]{1,24};`."""
_MATCH_ANY = re.compile(SCREEN)
_MANY = 64
"""Marks `&` from which on RE2 tells sooner whether one of them is a reference."""


def find(line: str) -> list[Repair]:
    """Repairs of one line, sorted; those in code, markup or addresses are only doubtful.

    >>> [r.edit.replacement for r in find("& # 39; Iraq needs the USA & # 39;")]
    ["'", "'"]
    >>> find("R&D; see ?a=1&copy=2")
    []
    """
    if "&" not in line:
        return []
    taken: list[Reference] = []
    for match in _FIND_WHOLE.finditer(line):
        meant = _meant(match.group())
        if meant is not None:
            taken.append((*match.span(), *meant))
    # Every other form has an `&` of its own, or lost it with a `#` behind it.
    if line.count("&") > len(taken) and any(blank in line for blank in _BLANKS):
        taken = sorted(taken + _spaced(line, taken))
    closed = len(taken)
    if taken and line.count("#") > sum("#" in line[start:end] for start, end, _, _ in taken):
        taken = sorted(taken + _halves(line, taken))
    if line.count("&") > closed:
        taken = sorted(taken + _unclosed(line, taken))
    if not taken:
        return []
    rule = _rule(line, taken)
    return [
        Repair(start, end, char, DOUBTFUL if _mentioned(line, start, end) else rule, cause)
        for start, end, char, cause in taken
    ]


def usual(
    text: str, quiet: Callable[[str], bool], left: Callable[[str], object]
) -> list[Reference] | None:
    """The references of a line, in short; None if it takes a closer look.

    Nothing else is left behind these, and they are safe if the line is no code. The same is true
    of all lines of a text that is asked about as a whole.

    Args:
        text: known to have no other sign that is ASCII.
        quiet: whether a character outside ASCII is no sign among ASCII.
        left: whether a text has any sign of damage.
    """
    parts = _SPLIT_WHOLE.split(text)
    if len(parts) == 1 or "<" in text:
        return None
    found: list[Reference] = []
    # What ASCII stands around, mark by mark, need not be searched for signs of anything else.
    clear = text.isascii() and "" not in parts[2:-1:2]
    at = 0
    for position in range(1, len(parts), 2):
        reference = parts[position]
        at += len(parts[position - 1])
        end = at + len(reference)
        meant = _meant(reference)
        if meant is None or _mentioned(text, at, end):
            return None
        char, cause = meant
        found.append((at, end, char, cause))
        parts[position] = char
        clear = clear and (char in _INNOCENT if char.isascii() else quiet(char))
        at = end
    after = "".join(parts)
    # Any other form, which has an `&` of its own or a `#`, still stands there.
    if _written(after) if clear else left(after):
        return None
    return None if "#" in after and _FIND_HALF.search(after) else found


def _written(text: str) -> bool:
    """Whether `SCREEN` matches somewhere, or may: it is asked only where it can begin."""
    at = -1
    for _ in range(_MANY):
        at = text.find("&", at + 1)
        if at < 0 or _MATCH_ANY.match(text, at):
            return at >= 0
    return True


@lru_cache(maxsize=1024)
def _meant(reference: str) -> tuple[str, str] | None:
    """The character that a whole reference stands for, and the cause; None if there is none."""
    match = _FIND_WHOLE.fullmatch(reference)
    char = _decode(match.group(1)) if match else None
    if match is None or char is None:
        return None
    often = reference.count("amp;") - (match.group(1) == "amp;")
    return char, "HTML character reference" + (", escaped more than once" if often else "")


@lru_cache(maxsize=1024)
def _decode(reference: str) -> str | None:
    """The character of `name;` or `#1234;`, or None where there is none to be had."""
    if reference[0] != "#":
        found = html5.get(reference) or ftfy.chardata.HTML_ENTITIES.get("&" + reference)
        return found or None
    decoded = html.unescape("&" + reference)
    if len(decoded) != 1 or decoded == "\ufffd":
        return None
    return decoded if _is_text(decoded) else None


def _is_text(char: str) -> bool:
    """Whether it may stand in a text; a reference to a control or a noncharacter is no repair."""
    return (unicodedata.category(char) not in ("Cc", "Cs") or char in "\t\n") and ord(
        char
    ) & 0xFFFE != 0xFFFE


def _cover(text: str, taken: list[Reference]) -> bytearray:
    """One byte a character, 1 where a reference was found already."""
    cover = bytearray(len(text))
    for start, end, _, _ in taken:
        cover[start:end] = b"\1" * (end - start)
    return cover


def _spaced(text: str, taken: list[Reference]) -> list[Reference]:
    """References with blanks inside; two quotes on a line embrace their quotation."""
    found: list[Reference] = []
    done = {start for start, _, _, _ in taken}
    for match in _FIND_SPACED.finditer(text):
        start, end = match.span()
        if start in done:
            continue
        body = "".join(match.group(1).split())
        if body[0] != "#" and body not in _SPACED_NAMES:
            continue
        char = _decode(body + ";")
        if char is not None:
            found.append((start, end, char, "HTML character reference with blanks inside"))
    return _embrace(text, found)


def _embrace(text: str, found: list[Reference]) -> list[Reference]:
    """Take the blanks inside a pair of equal quotes with the references."""
    if len(found) != 2 or found[0][2] != found[1][2] or found[0][2] not in "'\"":
        return found
    (low, left, char, cause), (right, high, _, _) = found
    opens = low == 0 or text[low - 1] in " \t([—–-"
    closes = high == len(text) or not text[high].isalnum()
    if not (opens and closes and text[left:right].strip()):
        return found
    while text[left].isspace():
        left += 1
    while text[right - 1].isspace():
        right -= 1
    return [(low, left, char, cause), (right, high, char, cause)]


def _halves(text: str, taken: list[Reference]) -> list[Reference]:
    """`#39;` whose `&` was lost: believed only beside another reference on the line."""
    found = []
    cover = _cover(text, taken)
    for match in _FIND_HALF.finditer(text):
        start, end = match.span()
        if not any(cover[start:end]) and not (start and text[start - 1] in "&#"):
            char = _decode(match.group(0))
            if char is not None:
                found.append((start, end, char, "HTML character reference without &"))
    return found


def _unclosed(text: str, taken: list[Reference]) -> list[Reference]:
    """References without a semicolon, outside addresses and assignments."""
    found = []
    cause = "HTML character reference without semicolon"
    cover = _cover(text, taken)
    for match in _FIND_OPEN.finditer(text):
        start, end = match.span()
        body = match.group(1)
        follow = text[end : end + 1]
        if body[0] != "#" and body not in _OPEN_NAMES:
            glued = _MATCH_GLUED.match(match.group(0))
            if not glued:
                continue
            body, end = glued.group(1), start + 1 + len(glued.group(1))
            follow = text[end : end + 1]
            if body == "quot" and not follow.isupper():
                continue
        elif follow and (follow in ";=" or follow.isdigit() or follow == "_"):
            continue
        if any(cover[start:end]) or in_address(text, start):
            continue
        char = _decode(body + ";")
        if char is not None:
            found.append((start, end, char, cause))
    return found


def _mentioned(line: str, start: int, end: int) -> bool:
    """Whether the reference stands alone in quotes or backticks: then it is spoken about."""
    before, after = line[start - 1 : start], line[end : end + 1]
    return bool(before and after) and before in _QUOTES and after in _QUOTES


def _rule(line: str, taken: list[Reference]) -> str:
    """Safe, unless the line is code or markup, or real letters would become part of mojibake."""
    if is_markup(line) or is_code(line):
        return DOUBTFUL
    if not line.isascii():
        parts, at = [], 0
        for start, end, char, _ in taken:
            parts += [line[at:start], char]
            at = end
        if is_bad("".join([*parts, line[at:]])) and not is_bad(line):
            return DOUBTFUL
    return RULE
