"""Characters that are no text: controls, terminal escapes, byte order marks, surrogates."""

from cleaner.kernels.patterns.screens import compiled, searchable
from cleaner.passes.encoding.repairs import Repair, disjoint, replace

__all__ = ["PLAIN", "SCREEN", "find"]

PLAIN = r"[\x00-\x08\x0b\x0e-\x1f\x7f]"
"""What of `SCREEN` is ASCII."""
SCREEN = (
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x{9f}\x{206a}-\x{206f}\x{fff9}-\x{fffd}]"
    r"|(?m:^\x{feff}|\x{feff}$|\x{feff}[^ ])"
)
# SUB (U+001A) is not among them: it stands where a character was lost, as U+FFFD does.
_CONTROL = r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\x{206a}-\x{206f}\x{fff9}-\x{fffc}]+"
# CSI with parameters and intermediates, OSC up to BEL or ST, and two-character escapes (ECMA-48).
_TERMINAL = (
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b\n]*\x1b\\|\x1b[()*+][0-9A-Za-z]|\x1b[=>78cDEHMNOZ]"
)
_PAIR_HIGH, _PAIR_LOW = "\ud800", "\udc00"


def find(line: str) -> list[Repair]:
    r"""Repairs of one line, sorted.

    >>> [r.cause for r in find("a\x00b\x1b[31mc")]
    ['control character NUL', 'terminal escape sequence']
    """
    text = searchable(line)
    found: list[Repair] = []
    if "\x1b" in text:
        found += [
            replace(match.span(), "", "encoding.terminal-escape", "terminal escape sequence")
            for match in compiled(_TERMINAL).finditer(text)
        ]
    found += [
        replace(match.span(), "", "encoding.control", _named(match.group()[0]))
        for match in compiled(_CONTROL).finditer(text)
    ]
    found += _marks(text)
    if text != line:
        found += _surrogates(line)
    return disjoint(found)


def _named(char: str) -> str:
    names = {"\x00": "NUL", "\x07": "BEL", "\x08": "BS", "\x1b": "ESC", "\x7f": "DEL"}
    return f"control character {names.get(char, f'U+{ord(char):04X}')}"


def _marks(text: str) -> list[Repair]:
    """Byte order marks, but not beside a blank: there one forbids a line break, as it used to."""
    found = []
    at = text.find("\ufeff")
    while at >= 0:
        end = at
        while end < len(text) and text[end] == "\ufeff":
            end += 1
        beside = text[at - 1 : at] + text[end : end + 1]
        if at == 0 or " " not in beside:
            found.append(replace((at, end), "", "encoding.byte-order-mark", "byte order mark"))
        at = text.find("\ufeff", end)
    return found


def _surrogates(line: str) -> list[Repair]:
    """Pairs become the character they mean; a lone half cannot be written and becomes U+FFFD."""
    found = []
    at = 0
    while at < len(line):
        if _PAIR_HIGH <= line[at] < "\ue000":
            pair = line[at : at + 2]
            if len(pair) == 2 and pair[0] < _PAIR_LOW <= pair[1] < "\ue000":
                char = pair.encode("utf-16", "surrogatepass").decode("utf-16")
                found.append(replace((at, at + 2), char, "encoding.surrogate", "UTF-16 pair"))
                at += 1
            else:
                found.append(
                    replace((at, at + 1), "\ufffd", "encoding.surrogate", "half of a UTF-16 pair")
                )
        at += 1
    return found
