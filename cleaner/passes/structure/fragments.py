"""Torn pieces: a bracket without its partner, a paragraph that lost its full stop.

What does *not* live here: numbers torn apart (`numbers`).
"""

from collections.abc import Iterator

from cleaner.model import Applicability, Finding, Span
from cleaner.passes.structure.examples import TEXT, TITLE
from cleaner.passes.structure.page import TERMINALS, Page, length
from cleaner.rules import Rule

__all__ = ["RULES", "find"]

_ORPHAN = "structure.orphan-fragment"
_UNTERMINATED = "structure.unterminated-paragraph"

_STYLE = 5
"""Closing brackets beyond which they are a notation of the document."""
_SHORT = 8
"""Words of a line that can be the remains of a caption or link."""
_LONG = 20
"""Words of a line that must be a paragraph: headlines have up to 18."""
_PARAGRAPH = 60
"""Characters of the shortest line that counts as a paragraph."""
_BLANKS = frozenset(" \t\xa0\u3000")
_CLOSED = 0.6
"""Share of a document's paragraphs that end like a sentence; below it, that is its style."""

_PAIRS = {"]": "[", "】": "【", "}": "{"}
"""Round brackets are left out: `a)` and `:)` stand without a partner."""

RULES = (
    Rule(
        name=_ORPHAN,
        summary="A short line closes a bracket that nothing opens",
        why="The remains of a caption, link or shortcode whose other half was lost.",
        applicability=Applicability.UNSAFE,
        match=(f"{TITLE}\n\nholding an umbrella ]\n\n{TEXT}",),
        keep=(f"{TITLE}\n\n[holding] an umbrella ]\n\n{TEXT}",),
    ),
    Rule(
        name=_UNTERMINATED,
        summary="A paragraph stops without a full stop, among others that have one",
        why="The end of a sentence was lost, or only its mark; nothing can be restored here.",
        applicability=Applicability.DISPLAY,
        match=(
            (
                f"{TITLE}\n{TEXT}\n{TEXT}\n{TEXT}\nThe request was a great change for some of the "
                "oldest families in the valley, who had always said that the river was theirs"
            ),
        ),
        keep=(
            (
                f"{TITLE}\n{TEXT}\n{TEXT}\n{TEXT}\nThe request was a great change for some of the "
                "oldest families in the valley, who had always said that the river was theirs:"
            ),
        ),
    ),
)


def find(page: Page) -> Iterator[Finding]:
    """Look at every line that does not end like a sentence."""
    yield from _orphans(page)
    yield from _unterminated(page)


def _orphans(page: Page) -> Iterator[Finding]:
    text = page.document.text
    for close, opening in _PAIRS.items():
        if close not in text or opening in text:
            continue  # one opening bracket anywhere, and we cannot tell whose it is
        if text.count(close) > _STYLE:
            continue
        for index in page.solid:
            line = page.lines[index].strip()
            if line.endswith(close) and line.count(close) == 1 and 2 <= length(line) <= _SHORT:
                evidence = {"bracket": close}
                message = f'"{close}" closes what nothing in the document opens'
                yield page.cut(index, _ORPHAN, message, Applicability.UNSAFE, evidence)


def _unterminated(page: Page) -> Iterator[Finding]:
    closed = 0
    open_ended = []
    for index in page.solid:
        line = page.lines[index]
        if len(line) < _PARAGRAPH:
            continue
        last = line[-1] if line[-1] not in _BLANKS else line.rstrip()[-1]
        if last in TERMINALS:
            closed += 1
        elif last.isalnum() and _cased(line) and length(line) >= _LONG:
            open_ended.append(index)
    if not open_ended or closed < 3 or closed < _CLOSED * (closed + len(open_ended)):
        return
    above = page.solid[page.prose_after]
    for index in open_ended:
        if index <= above:
            continue  # long titles and standfirsts
        line = page.lines[index].rstrip()
        end = page.starts[index] + len(line)
        word = line.split()[-1][-40:]
        yield Finding(
            rule=_UNTERMINATED,
            document=page.document.id,
            message=f'the paragraph stops after "{word}" without a full stop',
            span=Span(end - len(word), end),
            evidence={"last": word},
        )


def _cased(line: str) -> bool:
    """Whether the script has capitals, hence full stops (Thai and old Chinese have neither)."""
    return any(character.islower() for character in line[-40:])
