"""Where text is not prose: program code, markup, addresses. Repairs there are only proposed."""

import re

from cleaner.kernels.patterns.screens import Signs, occurs, searchable, searched

__all__ = ["CODE_SIGNS", "in_address", "is_code", "is_markup", "without_references"]

# Each is something that source code has and prose does not; two different ones make a line code.
_CODE_SIGNS = (
    r"[A-Za-z_]\w*\(\s*[\"'\)]",  # a call with a string or nothing
    r"\w\.\w+\(",  # a method call
    r"(?:==|!=|=>|->|::|&&|\|\||\+=|</|/>)",
    r"[;{}]\s*$",
    r"^\s*(?:if|for|while|elif|else|def|class|try|with|switch|catch)\b.*[:{]",
    r"^\s*(?:return|import|from|var|let|const|function|public|private|static|echo|#include)\b",
    r"\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[nrt]\b",
    r"[\w\]\)]\s*(?:=|:=)\s*[\w\"'\[\{]",
    r"^\s*(?://|/\*|\*/|<!--)",
    r"\$[A-Za-z_]\w*|\$\{",
)
_SIGNS = Signs(_CODE_SIGNS)
CODE_SIGNS = tuple(f"(?m:{sign})" for sign in _CODE_SIGNS)
"""For a text of many lines `without_references`: where not two occur, no line is code."""
_NEEDED = b"!$&(+/:;<=>\\{|}"
"""All signs but one need one of these."""
_REFERENCE = re.compile(rb"&[#0-9A-Za-z]{1,32};")
"""In Python's own engine: faster where matches are short, and bounded."""
_MARKUP = r"</?[A-Za-z!?][^<>]{0,200}>"
_LONG_ADDRESS = 2000
"""Characters; browsers of old refused longer ones. Bounds the search on a line without blanks."""
_ADDRESS = r"(?i)(?:[a-z][a-z0-9+.\-]{1,20}://|www\.)"


def is_code(line: str) -> bool:
    r"""Whether the line is probably program code: it shows two different signs of it.

    >>> is_code('if a &lt; b: print("&amp;")'), is_code("Use print() & smile")
    (True, False)
    """
    data = without_references(searched(line))
    if len(data.translate(None, _NEEDED)) == len(data):
        return False
    return len(_SIGNS.seen(data)) > 1


def without_references(data: bytes) -> bytes:
    """The text without character references, which are no sign of code."""
    return _REFERENCE.sub(b"x", data) if b"&" in data else data


def is_markup(line: str) -> bool:
    """Whether the line holds a tag.

    >>> is_markup("a <b>bold</b> claim"), is_markup("3 < 4 &amp; 5 > 2")
    (True, False)
    """
    return "<" in line and occurs(_MARKUP, searchable(line))


def in_address(line: str, at: int) -> bool:
    """Whether the word around position `at` is a web address.

    >>> in_address("see http://a.example/?x=1&copy=2 here", 26)
    True
    """
    low = max(0, at - _LONG_ADDRESS)
    start = max(low, line.rfind(" ", low, at) + 1)
    end = line.find(" ", at, at + _LONG_ADDRESS)
    word = line[start : end if end >= 0 else at]
    return occurs(_ADDRESS, searchable(word))
