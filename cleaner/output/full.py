"""What a person reads: each finding with its line, a marker under it, and what a fix would do."""

from typing import IO, Any

from cleaner.output.terminal import safe, width

__all__ = ["render"]

_SHORT = 60
"""Characters of a replacement that are shown."""


def render(result: Any, stream: IO[str]) -> None:
    """Write findings with excerpts, then a line that sums up and says what to do next."""
    for one, excerpt in zip(result.findings, result.excerpts, strict=True):
        place = f"{safe(one['path'])}:{one['line']}:{one['column']}"
        stream.write(f"{place}: {one['rule']}  {safe(one['message'])}{_note(one)}\n")
        if excerpt is None or not excerpt.text:
            continue
        number = str(one["line"])
        before, marked = excerpt.text[: excerpt.start], excerpt.text[excerpt.start : excerpt.end]
        stream.write(f"{number:>5} | {safe(excerpt.text)}\n")
        carets = "^" * max(1, width(safe(marked)))
        stream.write(f"      | {' ' * width(safe(before))}{carets}{_effect(one)}\n")
    stream.write(summary(result) + "\n")


def _note(one: dict[str, Any]) -> str:
    if one["applied"]:
        return "  [fixable]"
    return "  [unsafe fix]" if one["applicability"] == "unsafe" else ""


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
        return f"No findings in {_plural(documents, 'document')}."
    text = f"Found {_plural(count, 'finding')} in {_plural(documents, 'document')}"
    parts = []
    if result.fixable:
        parts.append(f"{result.fixable} fixable with --fix")
    if result.unsafe:
        parts.append(f"{result.unsafe} more with --unsafe-fixes")
    return f"{text}: {', '.join(parts)}." if parts else f"{text}."


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
