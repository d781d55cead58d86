"""What a document says about itself: `cleaner: ignore[RULE]`, and `cleaner: off` and `on`.

Text has no comments, so the words stand alone on a line in a comment of a host language
(`<!-- … -->`, `#`, `//`). An `ignore` holds for its own paragraph and the next one; on the
document's first line it also holds for findings about the document as a whole. What a record says
in `metadata.cleaner.ignore`, and `per-path`, arrive as `Document.metadata["ignore"]`.
"""

from dataclasses import dataclass

from cleaner.model import Document, Finding, Span
from cleaner.rules import matches

__all__ = ["Ignores", "ignores_of"]

_MARK = "cleaner:"
_COMMENT = (
    r"(?:<!--|#+|//+|;+|%+|/\*)\s*cleaner:\s*(?:(off|on)|ignore\[([^\[\]]*)\])\s*(?:-->|\*/)?"
)
"""RE2, on one stripped line."""


@dataclass(frozen=True, slots=True)
class Ignores:
    """Rule prefixes that are switched off in a document, and where: None is everywhere."""

    everywhere: tuple[str, ...]
    stretches: tuple[tuple[Span, tuple[str, ...]], ...]

    def covers(self, rule: str, span: Span | None) -> bool:
        """Whether a finding is switched off; `span` is in positions of the original."""
        if any(matches(rule, prefix) for prefix in self.everywhere):
            return True
        for stretch, prefixes in self.stretches:
            if span is None:
                inside = stretch.start == 0
            else:
                inside = span.start < stretch.end and span.end >= stretch.start
            if inside and any(matches(rule, prefix) for prefix in prefixes):
                return True
        return False

    def silence(self, finding: Finding) -> bool:
        """Whether a finding, in positions of the original, is switched off."""
        return self.covers(finding.rule, finding.span)


def ignores_of(document: Document, *, inline: bool = True) -> Ignores | None:
    r"""What is switched off in a document; None if nothing is.

    >>> found = ignores_of(Document("a", "# cleaner: ignore[structure]\n\nOne.\n\nTwo."))
    >>> found.covers("structure.blank-run", Span(30, 34)), found.covers("structure", Span(36, 40))
    (True, False)

    Args:
        document: in its original state.
        inline: whether what its text says counts.
    """
    given = document.metadata.get("ignore", ())
    everywhere = tuple(map(str, given)) if isinstance(given, list | tuple) else ()
    stretches = _stretches(document.text) if inline and _MARK in document.text else ()
    return Ignores(everywhere, stretches) if everywhere or stretches else None


def _stretches(text: str) -> tuple[tuple[Span, tuple[str, ...]], ...]:
    found: list[tuple[Span, tuple[str, ...]]] = []
    off: int | None = None
    at = text.find(_MARK)
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        said = _read(text[start:end])
        if said in {"off", "on"}:
            if said == "off" and off is None:
                off = start
            elif said == "on" and off is not None:
                found.append((Span(off, end), ("all",)))
                off = None
        elif said is not None:
            prefixes = tuple(p.strip() for p in said.split(",") if p.strip())
            found.append((Span(_begin(text, start), _finish(text, end)), prefixes))
        at = text.find(_MARK, end)
    if off is not None:
        found.append((Span(off, len(text) + 1), ("all",)))
    return tuple(found)


def _read(line: str) -> str | None:
    """`on`, `off`, the rules of an `ignore`, or None for a line that says none of them."""
    import re2

    line = line.strip()
    if len(line) > 1000 or not line.isprintable():
        return None
    match = re2.fullmatch(_COMMENT, line)
    return (match.group(1) or match.group(2) or None) if match else None


def _begin(text: str, at: int) -> int:
    """Start of the paragraph of a line that begins at `at`."""
    while at > 0:
        before = text.rfind("\n", 0, at - 1) + 1
        if not text[before : at - 1].strip():
            return at
        at = before
    return 0


def _finish(text: str, at: int) -> int:
    """End of the paragraph behind the one of a line that ends at `at`, blank lines included."""
    paragraphs = 1  # the one of the comment itself
    blank = False
    while at < len(text):
        end = text.find("\n", at + 1)
        end = len(text) if end < 0 else end
        before, blank = blank, not text[at + 1 : end].strip()
        if before and not blank:
            paragraphs += 1
            if paragraphs == 3:
                return at
        at = end
    return len(text) + 1
