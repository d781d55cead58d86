"""What to look at first, worst first, each with its denominator.

What does *not* live here: the numbers themselves (`report`).
"""

from collections.abc import Iterator, Mapping, Sequence

from cleaner.audit import schema
from cleaner.audit.numbers import Numbers
from cleaner.rules import matches

__all__ = ["budgets", "notices"]

_MOST = 10
_TOP_RULES = 3


def budgets(
    limits: Mapping[str, str], rules: Sequence[schema.RuleNumbers], documents: int
) -> list[schema.Budget]:
    """Hold the numbers against `[tool.cleaner.budgets]`: `"2%"` of the documents, or a number.

    A prefix counts documents once for each of its rules.
    """
    rows = []
    for prefix, limit in sorted(limits.items()):
        count = sum(one.documents for one in rules if matches(one.name, prefix))
        text = limit.strip()
        try:
            most = float(text[:-1]) / 100 * documents if text.endswith("%") else float(text)
        except ValueError:
            continue  # the configuration is checked elsewhere
        rows.append(schema.Budget(rule=prefix, limit=text, documents=count, exceeded=count > most))
    return rows


def notices(report: schema.Report, numbers: Numbers) -> list[schema.Notice]:
    """At most ten; problems before notes."""
    found = [*_problems(report, numbers), *_notes(report)]
    found.sort(key=lambda one: one.level != "problem")
    return found[:_MOST]


def _notice(level: str, text: str, count: int, of: int, **more: str) -> schema.Notice:
    unit = more.pop("unit", "documents")
    return schema.Notice(level=level, text=text, count=count, of=of, unit=unit, **more)


def _problems(report: schema.Report, numbers: Numbers) -> Iterator[schema.Notice]:
    counts = report.counts
    every = counts.documents_in
    for one in report.budgets:
        if one.exceeded:
            yield _notice(
                "problem",
                f"{one.rule} exceeds its budget of {one.limit}",
                one.documents,
                every,
                rule=one.rule,
                section="rules",
            )
    if counts.rejected:
        yield _notice("problem", "could not be read", counts.rejected, every, section="rejected")
    if counts.emptied:
        yield _notice("problem", "became empty", counts.emptied, every, section="documents")
    lost = numbers.unusual.get(0xFFFD)
    if lost:
        text = "hold U+FFFD: characters that were lost before this tool saw them"
        yield _notice("problem", text, lost[1], counts.kept, section="text")
    guard = next((r for r in report.rules if r.name == "boilerplate.guard"), None)
    if guard:
        text = "would have lost so much to boilerplate rules that none was applied"
        yield _notice("problem", text, guard.documents, every, rule=guard.name, section="rules")


def _notes(report: schema.Report) -> Iterator[schema.Notice]:
    counts = report.counts
    every = counts.documents_in
    near = next((r for r in report.rules if r.name == "duplicates.near"), None)
    if near:
        done = "removed" if near.removed else "flagged, not removed"
        yield _notice(
            "note",
            f"nearly repeat another one ({done})",
            near.documents,
            every,
            rule=near.name,
            section="duplicates",
        )
    if report.language and report.language.uncertain:
        yield _notice(
            "note",
            "are in a language that stays doubtful",
            report.language.uncertain,
            report.language.documents,
            section="language",
        )
    open_rules = [r for r in report.rules if r.applied < r.findings and r != near]
    open_rules.sort(key=lambda one: (-(one.unsafe > 0), -one.documents, one.name))
    for one in open_rules[:_TOP_RULES]:
        text = f"have findings of {one.name} that were not applied"
        yield _notice("note", text, one.documents, every, rule=one.name, section="rules")
    cutting = [r for r in report.rules if r.removed_characters > 2 * r.written_characters]
    if cutting:
        most = max(cutting, key=lambda one: (one.removed_characters, one.name))
        yield _notice(
            "note",
            f"were cut by {most.name}, the most of all rules",
            most.removed_characters,
            report.characters.in_,
            unit="characters",
            rule=most.name,
            section="rules",
        )
    if report.lines:
        first = report.lines[0]
        yield _notice(
            "note",
            "hold one and the same line, the most repeated one that was left",
            first.documents,
            counts.kept,
            section="lines",
        )
    if counts.skipped:
        yield _notice(
            "note",
            "were skipped: no documents",
            counts.skipped,
            counts.skipped + report.corpus.files,
            unit="files",
            section="made",
        )
