"""Line ends that went wrong, and words divided at them."""

from cleaner.kernels.patterns.screens import compiled, occurs
from cleaner.passes.encoding.repairs import Repair, disjoint, replace

__all__ = ["SCREEN", "find"]

_DOUBLED = r"\r(\r+)\n"
_NEL = "\x85"
_SOFT = r"\pL(\x{ad}\r?\n)\p{Ll}"
_DIVIDED = r"(\pL{2,40})([-\x{2010}]\r?\n)(\p{Ll}{2,40})"
_WORD = r"[\pL\pM]+(?:[-\x{2010}][\pL\pM]+)*"
# A screen that begins with a letter would make RE2 change state at each letter of a text.
SCREEN = rf"{_DOUBLED}|\x0b|\x{{85}}|[-\x{{ad}}\x{{2010}}]\r?\n\p{{Ll}}"
_FEW = 10
_PREFIXES = frozenset(("re", "co", "un", "pre", "anti", "non", "sub", "over", "under", "multi"))
"""Beginnings that make another word with a hyphen than without: re-sign, co-op."""


def find(text: str) -> list[Repair]:
    r"""Repairs of a whole document, sorted.

    >>> [r.edit.replacement for r in find("an ex-\nample line, no other example")]
    ['', '\n']
    """
    rule = "encoding.line-break"
    found: list[Repair] = []
    if "\r\r" in text:
        found += [
            replace(match.span(1), "", rule, "doubled carriage return")
            for match in compiled(_DOUBLED).finditer(text)
        ]
    if "\x0b" in text:
        found += [
            replace((at, at + 1), "\n", rule, "vertical tab")
            for at, char in enumerate(text)
            if char == "\x0b"
        ]
    if _NEL in text and _nel_breaks(text):
        found += [
            replace((at, at + 1), "\n", rule, "NEL, the line end of mainframes")
            for at, char in enumerate(text)
            if char == _NEL
        ]
    if "\xad\n" in text or "\xad\r\n" in text:
        found += [
            replace(match.span(1), "", "encoding.soft-hyphen", "soft hyphen at the end of a line")
            for match in compiled(_SOFT).finditer(text)
        ]
    return disjoint(found + _divided(text))


def _nel_breaks(text: str) -> bool:
    """Whether U+0085 ends lines here, and is not the ellipsis that Windows-1252 has in its place.

    A line end stands behind the end of a sentence and before a new one; and where NEL is a line
    end, there are no other C1 characters.
    """
    if occurs(r"[\x{80}-\x{84}\x{86}-\x{9f}]", text):
        return False
    at = text.find(_NEL)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if before not in '.!?:"”’)\x85' or not (
            after == "" or after in '\x85"“‘(' or after.isupper()
        ):
            return False
        at = text.find(_NEL, at + 1)
    return True


def _divided(text: str) -> list[Repair]:
    """Words divided at a line end, joined if the text has them whole and never with a hyphen."""
    if not any(hyphen + end in text for hyphen in "-\u2010" for end in ("\n", "\r\n")):
        return []  # the pattern begins with letters, so that RE2 would read all of them in vain
    matches = list(compiled(_DIVIDED).finditer(text))
    if not matches:
        return []
    whole = {_folded(match.group(1) + match.group(3)) for match in matches}
    if len(whole) <= _FEW:  # to look for each is faster than to take the text apart
        lower = _folded(text)
        if not any(word in lower for word in whole):
            return []
    words = set(b"\n".join(compiled(_WORD).findall(text.encode())).decode().lower().split("\n"))
    found = []
    for match in matches:
        left, right = match.group(1), match.group(3)
        joined = (left + right).lower()
        if joined not in words or left.lower() in _PREFIXES:
            continue
        if f"{left}-{right}".lower() in words or f"{left}‐{right}".lower() in words:
            continue
        cause = f"the text has {left + right!r} whole elsewhere"
        found.append(replace(match.span(2), "", "encoding.line-hyphen", cause))
        end = match.end()
        while end < len(text) and not text[end].isspace():
            end += 1
        if text[end : end + 1] == " ":
            ending = match.group(2)[1:]
            found.append(replace((end, end + 1), ending, "encoding.line-hyphen", cause))
    return found


def _folded(text: str) -> str:
    """Lower case, both small sigmas alike: which one `lower` writes depends on what follows."""
    return text.lower().replace("ς", "σ")
