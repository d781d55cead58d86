"""Characters that nobody sees: zero-width blanks and soft hyphens inside words, hidden text, bidi.

Kept, because they are orthography: ZWNJ (Persian), ZWJ (emoji, Indic), ZWSP between letters of
scripts without blanks (Khmer, Thai), marks of direction that are closed again.
"""

from cleaner.kernels.patterns.screens import compiled, occurs, searchable
from cleaner.passes.encoding.repairs import Repair, disjoint, replace

__all__ = ["SCREEN", "find"]

_ZERO = r"[\p{Latin}\p{Cyrillic}\p{Greek}]([\x{200b}\x{2060}]+)"
_SMALL = r"[\p{Ll}]"
"""What has to follow: before a capital or a digit the character may stand for a blank."""
_OVERRIDE = r"[\x{202d}\x{202e}]"
_DIRECTION = r"[\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_TAGS = r"[\x{e0000}-\x{e007f}]+"
_FLAG = "\U0001f3f4"
_LETTER = r"[^\pM\pN\pP\pS\pZ\pC]"
"""All that Python calls a letter, and what one of the two Unicode versions does not know yet."""
# Without the letter before: a screen that begins with a letter is slow in RE2.
SCREEN = rf"[\x{{200b}}\x{{2060}}]{_SMALL}|\x{{ad}}{_LETTER}|{_DIRECTION}|[\x{{e0000}}-\x{{e007f}}]"


def find(line: str) -> list[Repair]:
    r"""Repairs of one line, sorted; what is only shown replaces text by itself.

    >>> [r.edit.span for r in find("zero\u200bwidth and soft\u00adhyphen")]
    [Span(start=4, end=5), Span(start=19, end=20)]
    """
    text = searchable(line)
    if not occurs(SCREEN, text):
        return []
    found = [
        replace(match.span(1), "", "encoding.invisible", "zero-width character in a word")
        for match in compiled(_ZERO).finditer(text)
        if compiled(_SMALL).match(text[match.end() : match.end() + 1])
    ]
    found += _soft(text)
    found += _hidden(text)
    found += _directions(text)
    return disjoint(found)


def _soft(text: str) -> list[Repair]:
    """Soft hyphens between letters; one letter can end a match and begin the next."""
    found = []
    at = text.find("\xad")
    while at >= 0:
        end = at
        while end < len(text) and text[end] == "\xad":
            end += 1
        if text[at - 1 : at].isalpha() and text[end : end + 1].isalpha():
            found.append(replace((at, end), "", "encoding.soft-hyphen", "soft hyphen"))
        at = text.find("\xad", end)
    return found


def _hidden(text: str) -> list[Repair]:
    """Tag characters outside the flag of a region: text that is stored but never shown."""
    found = []
    for match in compiled(_TAGS).finditer(text):
        start, end = match.span()
        if text[start - 1 : start] != _FLAG:
            said = "".join(chr(ord(char) - 0xE0000) for char in match.group()[:40])
            said = "".join(char for char in said if char.isprintable())
            cause = f"hidden text in tag characters: {said!r}"
            found.append(replace((start, end), match.group(), "encoding.hidden-text", cause))
    return found


def _directions(text: str) -> list[Repair]:
    """Overrides, and embeddings or isolates that the line does not close."""
    marks = list(compiled(_DIRECTION).finditer(text))
    if not marks:
        return []
    depth = 0
    for match in marks:
        depth += -1 if match.group() in "\u202c\u2069" else 1
    if depth <= 0 and not occurs(_OVERRIDE, text):
        return []
    cause = "direction override" if occurs(_OVERRIDE, text) else "unclosed direction mark"
    start, end = marks[0].span()
    return [replace((start, end), text[start:end], "encoding.bidi-override", cause)]
