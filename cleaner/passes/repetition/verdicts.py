"""What repeated lines mean for a document: which are cut, which are only reported.

What does *not* live here: which lines are repeated (`counting`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import msgspec
import numpy as np

from cleaner.engines import verdicts_schema
from cleaner.model import Applicability, Edit, Finding, Fix, Span
from cleaner.passes.repetition.counting import CHOSEN

__all__ = ["REPEATED", "SITE", "TEMPLATE", "judge", "report"]

SITE = "repetition.site-template"
TEMPLATE = "repetition.template-line"
REPEATED = "repetition.repeated-line"

_SAFE_DOCUMENTS = 3
"""Different texts, whatever the options say: twice is chance."""
_LONGEST = 120
"""Characters of a line that is furniture: longer ones are notices, or text."""
_SENTENCE = 40
"""Characters from which a line with a full stop counts as a sentence."""
_FEW = 4
"""Words; such lines are repeated by habit ("Amen", "Best regards", "By Joan Hammersmith")…"""
_FEW_SHARE = 0.5
"""…unless they stand in so large a share of the group."""
_REST = 0.5
"""Share of a document's characters that must be left after a cut."""
_TERMINALS = tuple('.!?…"”’»。！？।؟۔')
_RULERS = " \t\r\xa0-_=*~#.|•·—–"
"""Lines of these alone belong to whatever stands beside them."""
_MOST_INSIDE = 20
"""Findings inside one document."""


@dataclass(frozen=True, slots=True)
class _Line:
    index: int
    documents: int
    group: int


def judge(batches: Iterator[Any]) -> Iterator[Any]:
    """Findings of documents that were joined with their chosen lines."""
    import pyarrow as pa

    for batch in batches:
        keys: list[int] = []
        found: list[bytes] = []
        for row in batch.select(["document", "id", "text", "chosen"]).to_pylist():
            for finding in report(row["id"], row["text"], row["chosen"]):
                keys.append(row["document"])
                found.append(msgspec.json.encode(finding))
        arrays = [pa.array(keys, pa.int64()), pa.array(found, pa.large_binary())]
        yield pa.RecordBatch.from_arrays(arrays, schema=verdicts_schema())


def report(document: str, text: str, chosen: bytes) -> Iterator[Finding]:
    """Findings of one document.

    Args:
        document: its id.
        text: as it was when sketched.
        chosen: `counting.CHOSEN` records, sorted by line.
    """
    records = np.frombuffer(chosen, CHOSEN).tolist()
    page = _Page(document, text, {record[0]: _Line(*record) for record in records})
    solid = page.solid
    head = 0
    while head < len(solid) and solid[head] in page.chosen:
        head += 1
    tail = len(solid)
    while tail > head and solid[tail - 1] in page.chosen:
        tail -= 1
    if head == len(solid):  # all of it is repeated, which `duplicates` may have a word on
        yield page.inside(0, head)
        return
    if not page.leaves_enough(head, tail):
        yield from page.all_inside(0, len(solid))
        return
    safe_head, safe_tail = page.safe_head(head), page.safe_tail(tail)
    if safe_head:
        yield page.cut(0, safe_head, SITE, Applicability.SAFE)
    if head > safe_head:
        yield page.cut(safe_head, head, TEMPLATE, Applicability.UNSAFE)
    yield from page.all_inside(head, tail)
    if safe_tail > tail:
        yield page.cut(tail, safe_tail, TEMPLATE, Applicability.UNSAFE)
    if safe_tail < len(solid):
        yield page.cut(safe_tail, len(solid), SITE, Applicability.SAFE)


class _Page:
    """One document's lines; positions are in `solid`, the lines that have letters or digits."""

    def __init__(self, document: str, text: str, chosen: dict[int, _Line]) -> None:
        self.document = document
        self.text = text
        self.chosen = chosen
        self.lines = text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.solid = [
            index for index, line in enumerate(self.lines) if index in chosen or line.strip(_RULERS)
        ]

    def safe_head(self, head: int) -> int:
        """How many lines from the top may go without asking.

        If text follows at once, the last of them may be the title of a series, and stays.
        """
        safe = 0
        while safe < head and self._furniture(safe):
            safe += 1
        if safe and _is_sentence(self.lines[self.solid[safe]].strip()):
            safe -= 1
        return safe

    def safe_tail(self, tail: int) -> int:
        """From which line on the end may go without asking."""
        safe = len(self.solid)
        while safe > tail and self._furniture(safe - 1):
            safe -= 1
        return safe

    def leaves_enough(self, head: int, tail: int) -> bool:
        """Whether the lines between the two runs are most of the document."""
        weights = [len(self.lines[index]) for index in self.solid]
        return sum(weights[head:tail]) >= _REST * sum(weights)

    def _furniture(self, at: int) -> bool:
        line = self.lines[self.solid[at]].strip()
        entry = self.chosen[self.solid[at]]
        if entry.documents < _SAFE_DOCUMENTS or len(line) > _LONGEST or _is_sentence(line):
            return False
        if any(map(str.isdecimal, line)):
            return False  # "Chapter 1" and "Chapter 2" are one line to the hash
        return not self._habit(at)

    def _habit(self, at: int) -> bool:
        """Whether the line is so short and so rare that it may be repeated without a template."""
        entry = self.chosen[self.solid[at]]
        few = len(self.lines[self.solid[at]].split()) <= _FEW
        return few and entry.documents < _FEW_SHARE * entry.group

    def _notable(self, at: int) -> bool:
        """Whether a line inside the text is worth a word: no number, no usual heading."""
        return not self._habit(at) and _has_word(self.lines[self.solid[at]])

    def _evidence(self, first: int, last: int) -> dict[str, object]:
        entries = [self.chosen[index] for index in self.solid[first:last]]
        return {
            "lines": last - first,
            "documents": min(entry.documents for entry in entries),
            "group": entries[0].group,
        }

    def _message(self, evidence: dict[str, object], where: str) -> str:
        lines = "a line" if evidence["lines"] == 1 else f"{evidence['lines']} lines"
        verb = "stands" if evidence["lines"] == 1 else "stand"
        return (
            f"{lines} {where} {verb} in at least {evidence['documents']} of the group's "
            f"{evidence['group']} documents"
        )

    def cut(self, first: int, last: int, rule: str, applicability: Applicability) -> Finding:
        """A finding that deletes the lines from `first` up to, not including, `last`.

        A cut at the top goes up to the line that stays, one at the end begins behind the line that
        stays: so the blank lines in between go too, and the last line break of the text remains.
        """
        lines, starts, solid = self.lines, self.starts, self.solid
        top = first == 0 or all(index in self.chosen for index in solid[:first])
        if top:
            span = Span(starts[solid[first]] if first else 0, starts[solid[last]])
        else:
            above, end = solid[first - 1], solid[last - 1]
            stop = starts[end] + len(lines[end].rstrip())
            span = Span(starts[above] + len(lines[above].rstrip("\r")), stop)
        evidence = self._evidence(first, last)
        return Finding(
            rule=rule,
            document=self.document,
            message=self._message(evidence, "at the top" if top else "at the end"),
            span=span,
            fix=Fix("Delete the lines", (Edit(span),), applicability=applicability),
            evidence=evidence,
        )

    def inside(self, first: int, last: int) -> Finding:
        """A finding about repeated lines that stay."""
        end = self.solid[last - 1]
        evidence = self._evidence(first, last)
        span = Span(self.starts[self.solid[first]], self.starts[end] + len(self.lines[end]))
        message = self._message(evidence, "inside")
        return Finding(REPEATED, self.document, message, span, None, evidence)

    def all_inside(self, head: int, tail: int) -> Iterator[Finding]:
        """Runs of repeated lines between the edges."""
        found, at = 0, head
        while at < tail and found < _MOST_INSIDE:
            first = at
            while at < tail and self.solid[at] in self.chosen:
                at += 1
            if any(map(self._notable, range(first, at))):
                yield self.inside(first, at)
                found += 1
            at += 1


def _has_word(line: str) -> bool:
    """Whether a line says anything: all numbers are one to the hash."""
    return sum(map(str.isalpha, line)) >= 3


def _is_sentence(line: str) -> bool:
    return len(line) >= _SENTENCE and line.endswith(_TERMINALS)
