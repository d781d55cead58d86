"""A document as the structure rules see it: lines, which of them are blank, and how to cut one.

What does *not* live here: any rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import re2

from cleaner.model import Applicability, Document, Edit, Finding, Fix, Span

__all__ = ["HEAD", "TERMINALS", "TOP", "Page", "first_letter", "is_prose", "key", "length"]

HEAD = 8
"""Lines that are not blank, from the top: where titles, datelines and bylines stand. Web pages put
a site header, a breadcrumb, a title, a subtitle, a date, a byline and a caption there."""

TOP = 40
"""Lines that are not blank, from the top, among which running text begins and refrains show."""

TERMINALS = frozenset(".!?:;…\"”’»›」』。！？：；।॥؟۔։።)）]】*_'")
"""Characters that end a paragraph: sentence marks of several scripts, and what closes after one."""

_PROSE_CHARACTERS = 60
"""A line this long that ends like a sentence is running text."""

_CJK = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")

_SAME = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"), ("\xa0", " "))


def key(line: str) -> str:
    """The line without differences that do not tell two titles apart.

    >>> key("  Iraq’s  War ") == key("Iraq's war")
    True
    """
    if not line.isascii():  # `str.translate` asks for each character, and is slower by ten times
        for mark, plain in _SAME:
            line = line.replace(mark, plain)
    return " ".join(line.casefold().split())


def length(line: str) -> int:
    """Words of a line; two characters count as one where a script writes no spaces."""
    words = len(line.split())
    # The scripts in question begin with Thai; the largest character tells fastest.
    if words > 12 or max(line, default="") < "\u0e00":
        return words
    return max(words, len(_CJK.findall(printable(line))) // 2)


def printable(line: str) -> str:
    r"""The line with lone surrogates replaced one for one: RE2 takes nothing that is not Unicode.

    >>> printable("a\ud800b")
    'a?b'
    """
    return line if line.isascii() else line.encode("utf-8", "replace").decode("utf-8")


def first_letter(line: str) -> str:
    """The first letter, past quotation marks and digits; empty if there is none."""
    return next((character for character in line if character.isalpha()), "")


def is_prose(line: str) -> bool:
    """Whether the line is running text: long, and closed like a sentence.

    >>> is_prose("It had rained since Monday, and nobody in the village had gone outside.")
    True
    """
    end = line[-1:] if not line[-1:].isspace() else line.rstrip()[-1:]
    if end not in TERMINALS:
        return False
    return len(line) >= _PROSE_CHARACTERS or (not line.isascii() and length(line) >= 12)


@dataclass
class Page:
    """Lines of one document.

    `lines[i]` is the text of a line without its break (and without the CR of a CRLF); it starts at
    code point `starts[i]`. `solid` holds the indices of lines that are not blank.
    """

    document: Document
    lines: list[str]
    solid: list[int]
    prose_after: int = field(default=-1)
    """Position in `solid` of the first line of running text, or -1."""
    taken: set[int] = field(default_factory=set)
    """Lines that a finding would cut: later, weaker rules leave them alone."""

    @classmethod
    def of(cls, document: Document) -> "Page":
        """Split a document."""
        lines = document.text.split("\n")
        if "\r" in document.text:
            lines = [line.removesuffix("\r") for line in lines]
        solid = [index for index, line in enumerate(lines) if line and not line.isspace()]
        page = cls(document, lines, solid)
        page.prose_after = next(
            (at for at, index in enumerate(solid[:TOP]) if is_prose(lines[index])), -1
        )
        return page

    @cached_property
    def starts(self) -> list[int]:
        """Where each line starts, in code points; one more for the end."""
        return [0, *accumulate(len(line) + 1 for line in self.document.text.split("\n"))]

    @cached_property
    def keys(self) -> list[str]:
        """Keys of the first lines that are not blank."""
        return [key(self.lines[index]) for index in self.solid[:TOP]]

    def span(self, index: int) -> Span:
        """The line without its break and without surrounding blanks."""
        line = self.lines[index]
        start = self.starts[index] + len(line) - len(line.lstrip())
        return Span(start, self.starts[index] + len(line.rstrip()))

    def removal(self, first: int, last: int | None = None) -> Edit:
        r"""Delete whole lines, and with them the blank ones that would be left over.

        A cut at the top takes the blank lines after it, any other cut the blank lines before it if
        blank lines or the end follow; the text in between stays exactly one blank line apart.

        >>> page = Page.of(Document("a", "one\n\nMenu\n\ntwo"))
        >>> page.removal(2)
        Edit(span=Span(start=5, end=11), replacement='')
        """
        last = first if last is None else last
        lines, starts = self.lines, self.starts
        above, below = first - 1, last + 1
        while above >= 0 and self._blank(above):
            above -= 1
        while below < len(lines) and self._blank(below):
            below += 1
        end = len(self.document.text)
        if below == len(lines):  # nothing follows: leave the line break, if any, to the line above
            if above < 0:
                return Edit(Span(0, end))
            last_end = starts[last] + len(self.lines[last])
            return Edit(Span(starts[above] + len(lines[above]), last_end))
        if above < 0:
            return Edit(Span(0, starts[below]))
        return Edit(Span(starts[first], starts[below] if above < first - 1 else starts[last + 1]))

    def _blank(self, index: int) -> bool:
        line = self.lines[index]
        return not line or line.isspace()

    def cut(
        self,
        index: int,
        rule: str,
        message: str,
        applicability: Applicability,
        evidence: Mapping[str, object],
    ) -> Finding:
        """A finding that would delete one line."""
        return self.cut_lines(index, index, rule, message, applicability, evidence)

    def cut_lines(
        self,
        first: int,
        last: int,
        rule: str,
        message: str,
        applicability: Applicability,
        evidence: Mapping[str, object],
    ) -> Finding:
        """A finding that would delete the lines `first` to `last` (both included)."""
        self.taken.update(range(first, last + 1))
        title = "Delete the line" if first == last else "Delete the lines"
        return Finding(
            rule=rule,
            document=self.document.id,
            message=message,
            span=Span(self.span(first).start, self.span(last).end),
            fix=Fix(title, (self.removal(first, last),), applicability=applicability),
            evidence=evidence,
        )

    def note(self, index: int, rule: str, message: str, evidence: Mapping[str, object]) -> Finding:
        """A finding about one line that proposes nothing."""
        return Finding(rule, self.document.id, message, self.span(index), None, evidence)
