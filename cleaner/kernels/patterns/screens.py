r"""Screens: which texts a pattern could match, decided on UTF-8 without decoding it.

RE2 runs at some 500 MB/s, so a screen can be exact instead of approximate. The automaton is kept:
Arrow's own kernel compiles the pattern and discovers its states again with every call, which takes
longer than to read a megabyte. What lives here: turning patterns written for Python's `re` into RE2
with the same meaning, and running them over columns. What does not: which patterns a pass looks
for.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cleaner.kernels.patterns.pairs import holding, pairs_of
from cleaner.kernels.text.texts import as_texts

__all__ = ["Signs", "compiled", "from_verbose", "matching", "occurs", "searchable", "searched"]

# RE2's own \s and \w are ASCII. Python's `str.isspace` has been stable since Unicode 6.3.
_SPACE = (
    r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
)
# Everything but marks, punctuation, symbols, separators and controls: a superset of Python's \w
# whatever the two Unicode versions are, since a character that one of them lacks counts as a word.
_WORD = r"(?:_|[^\pM\pP\pS\pZ\pC])"

Found = TypeVar("Found")
_MANY = 1 << 16
"""Bytes; for less, RE2 is done before the tables of the sieve are made."""


def from_verbose(pattern: str) -> str:
    r"""Write a verbose-mode pattern of `re` so that RE2 reads it the same way.

    Blanks and comments outside classes go; `\s` and `\w` become Unicode classes; `^` is made to
    match at each line by the caller's `(?m)`. Look-around and back-references are not handled.

    >>> from_verbose("[a b] x  # comment")
    '[a b]x'
    """
    out: list[str] = []
    in_class = comment = escaped = False
    for char in pattern:
        if comment:
            comment = char != "\n"
        elif escaped:
            out.append({"s": _SPACE, "w": _WORD}.get(char, "\\" + char))
            escaped = False
        elif char == "\\":
            escaped = True
        elif in_class:
            in_class = char != "]"
            out.append(char)
        elif char == "#":
            comment = True
        elif not char.isspace():
            in_class = char == "["
            out.append(char)
    return "".join(out)


@cache
def compiled(pattern: str, *, capture: bool = True) -> Any:
    """The RE2 object of a pattern; compiled once a process."""
    import re2

    return re2.compile(pattern, _options(capture=capture))


def _options(*, capture: bool) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = not capture
    # The default of 8 MB can run out on large classes of non-Latin characters; RE2 then falls back
    # to an engine twenty times slower.
    options.max_mem = 64 << 20
    return options


class Signs:
    r"""Several patterns, and which of them occur in a text: one scan for all.

    >>> Signs(["[0-9]", r"\pL", "[?!]"]).seen("why?".encode())
    [1, 2]
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(patterns)

    @cached_property
    def _set(self) -> Any:
        import re2

        found = re2.Set.SearchSet(_options(capture=False))
        for pattern in self._patterns:
            found.Add(pattern)
        found.Compile()
        return found

    @cached_property
    def _any(self) -> Any:
        return compiled("|".join(self._patterns), capture=False)

    def any(self, data: bytes) -> bool:
        """Whether one of the patterns matches somewhere: known sooner than which."""
        return self._any.search(data) is not None

    def seen(self, data: bytes) -> list[int]:
        """Positions of the patterns that match somewhere in this UTF-8, sorted."""
        return sorted(self._set.Match(data) or ())

    def lines(
        self, text: str, data: bytes, judge: Callable[[str], Found]
    ) -> Iterator[tuple[int, Found]]:
        r"""Start of every line in which something is found, and what `judge` finds in it.

        One search leads to the next line with a sign; where such lines follow each other, each is
        judged at once. Nothing is looked for in an empty line.

        Patterns say `(?m:^x)` for the start of a line.

        Args:
            text: its lines are judged as they are there.
            data: the same characters in UTF-8, surrogates replaced, to be searched.
            judge: says something false of lines without a sign, and perhaps of others.

        >>> text = "a\nbb\n\nb\nc\nab"
        >>> list(Signs(["b"]).lines(text, text.encode(), lambda line: line.count("b")))
        [(2, 2), (6, 1), (10, 1)]
        """
        start = at = 0
        row = False
        while True:
            if not row:
                match = self._any.search(data, at)
                if match is None:
                    return
                line = data.rfind(b"\n", at, match.start()) + 1 or at
                start, at = start + len(data[at:line].decode()), line
            stop = text.find("\n", start)
            found = judge(text[start:stop] if stop >= 0 else text[start:])
            if found:
                yield start, found
            if stop < 0:
                return
            start, at = stop + 1, data.find(b"\n", at) + 1
            row = bool(found)
            while text.startswith("\n", start):
                start, at = start + 1, at + 1


def occurs(pattern: str, text: str) -> bool:
    """Whether the pattern matches somewhere; `text` must be `searchable`.

    Asking without groups spares RE2 the engine that finds them, which is slower by ten times.
    """
    return compiled(pattern, capture=False).search(text.encode()) is not None


def searchable(text: str) -> str:
    r"""The same text, character for character, in a form that RE2 and Arrow can hold.

    Lone surrogates cannot be written in UTF-8; each becomes U+FFFD, so that positions stay.

    >>> searchable("a\ud800b")
    'a\ufffdb'
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def searched(text: str) -> bytes:
    r"""The `searchable` form in UTF-8, which RE2 reads.

    >>> searched("a\ud800b")
    b'a\xef\xbf\xbdb'
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        return searchable(text).encode()


def matching(texts: Any, pattern: str) -> npt.NDArray[np.bool_]:
    """Which texts the RE2 pattern matches somewhere.

    Args:
        texts: `pa.LargeStringArray` of n texts without nulls (chunked arrays are fine).
        pattern: RE2 syntax.

    Returns:
        bool[n].
    """
    data, offsets = as_texts(texts)
    if len(offsets) < 2:
        return np.zeros(0, np.bool_)
    found = np.ones(len(offsets) - 1, np.bool_)
    if offsets[-1] - offsets[0] >= _MANY:
        pairs = pairs_of(pattern)
        if pairs is not None:
            found = holding(data, offsets, pairs)
    search = compiled(pattern, capture=False).search
    content = data.data
    for row in np.flatnonzero(found).tolist():
        found[row] = search(bytes(content[offsets[row] : offsets[row + 1]])) is not None
    return found
