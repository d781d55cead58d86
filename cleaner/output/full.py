"""What a person reads: each finding with its line, a marker under it, and what a fix would do."""

from typing import IO, Any

from cleaner.output.severity import level
from cleaner.output.terminal import is_right_to_left, painter, safe, width

__all__ = ["plural", "render", "summary"]

_SHORT = 60
"""Characters of a replacement that are shown."""


def render(result: Any, stream: IO[str], *, color: bool = False) -> None:
    """Write findings with excerpts, then a line that sums up and says what to do next."""
    paint = painter(color)
    for one, detail in zip(result.findings, result.details, strict=True):
        excerpt = detail.excerpt
        place = paint(f"{safe(detail.file)}:{one['line']}:{one['column']}", "strong")
        rule = paint(one["rule"], level(one))
        stream.write(f"{place}: {rule}  {safe(one['message'])}{paint(_note(one, detail), 'dim')}\n")
        if excerpt is None or not excerpt.text:
            continue
        number = str(one["line"])
        before, marked = excerpt.text[: excerpt.start], excerpt.text[excerpt.start : excerpt.end]
        margin = " " * max(5, len(number))
        stream.write(f"{paint(f'{number:>5} |', 'dim')} {safe(excerpt.text)}\n")
        carets = paint("^" * max(1, width(safe(marked))), level(one))
        under = f"{' ' * width(safe(before))}{carets}{_effect(one)}"
        stream.write(f"{paint(f'{margin} |', 'dim')} {under}")
        if marked.strip() and is_right_to_left(excerpt.text):
            # Some terminals reorder such a line, and none reorders the carets: quote as well.
            stream.write(f"  \u00ab{safe(marked)}\u00bb")
        stream.write("\n")
    stream.write(paint(summary(result), "strong") + "\n")


def _note(one: dict[str, Any], detail: Any) -> str:
    fix = one["fix"]
    if one["applied"]:
        if fix["drop"]:
            return "  [`cleaner clean` drops it]"
        return "  [fixable]" if detail.in_place else "  [`cleaner clean` fixes it]"
    if one["applicability"] == "unsafe":
        return "  [unsafe fix: drop]" if fix["drop"] else "  [unsafe fix]"
    return ""


def _effect(one: dict[str, Any]) -> str:
    fix = one["fix"]
    if not fix or not fix["edits"]:
        return ""
    if all(not edit["replacement"] for edit in fix["edits"]):
        return "  remove"
    if len(fix["edits"]) == 1:
        text = fix["edits"][0]["replacement"]
        return f"  → {safe(text[:_SHORT])!r}" + ("…" if len(text) > _SHORT else "")
    return f"  {safe(fix['title'])}"


def summary(result: Any) -> str:
    """One line: how many findings, and which flag mends how many."""
    count, documents = len(result.findings), result.documents
    if not count:
        return f"No findings in {plural(documents, 'document')}."
    text = f"Found {plural(count, 'finding')} in {plural(documents, 'document')}"
    parts = []
    if result.fixable:
        parts.append(f"{result.fixable} fixable with --fix")
    if result.unsafe:
        more = " more" if result.fixable else ""
        parts.append(f"{result.unsafe}{more} with --unsafe-fixes")
    return f"{text}: {', '.join(parts)}." if parts else f"{text}."


def plural(count: int, noun: str) -> str:
    """A number and its noun.

    >>> plural(1, "finding"), plural(1200, "document"), plural(0, "stale entry")
    ('1 finding', '1,200 documents', '0 stale entries')
    """
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else many}"
