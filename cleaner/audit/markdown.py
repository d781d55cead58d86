"""`report.md`: a section for a dataset card, or a comment on a pull request.

What does *not* live here: quotations; Markdown of the corpus would be markup of the comment.
"""

from collections.abc import Sequence

from cleaner.audit import schema, words

__all__ = ["render"]

_RULES = 15
_LANGUAGES = 8


def render(report: schema.Report) -> str:
    """The report in a few tables."""
    counts, characters = report.counts, report.characters
    name = f" of {_cell(report.corpus.name)}" if report.corpus.name else ""
    lines = [
        f"## Corpus audit{name}",
        "",
        (
            f"{counts.documents_in:,} documents came in: {counts.kept:,} kept "
            f"({words.share(counts.kept, counts.documents_in)}), {counts.removed:,} removed, "
            f"{counts.rejected:,} could not be read; {counts.edited:,} were edited. "
            f"{characters.out:,} of {characters.in_:,} characters are left "
            f"({words.share(characters.out, characters.in_)})."
        ),
    ]
    if report.notices:
        lines += ["", "**What to look at first**", ""]
        lines += [
            f"- {'❗ ' if one.level == 'problem' else ''}{one.count:,} of {one.of:,} {one.unit} "
            f"({words.share(one.count, one.of)}) {_cell(one.text)}"
            for one in report.notices
        ]
    if report.compare:
        lines += _compared(report.compare)
    if report.rules:
        lines += ["", *_rules(report)]
    if report.language:
        of = report.language.documents
        rows = [
            (_code(one.name), f"{one.documents:,}", words.share(one.documents, of))
            for one in report.language.languages[:_LANGUAGES]
        ]
        lines += ["", *_table(("Language", "Documents", "Share"), rows)]
        lines += ["", f"{report.language.uncertain:,} of {of:,} stay doubtful."]
    lines += [
        "",
        (
            f"Made by cleaner {report.provenance.cleaner}, configuration "
            f"`{report.provenance.config_digest[:8]}`, records `{report.corpus.digest[:8]}`."
        ),
    ]
    return "\n".join(lines) + "\n"


def _rules(report: schema.Report) -> list[str]:
    every = report.counts.documents_in
    rows = [
        (
            _code(one.name),
            f"{one.documents:,} ({words.share(one.documents, every)})",
            words.count(one.findings),
            words.count(one.applied),
            words.count(one.removed_characters),
        )
        for one in report.rules[:_RULES]
    ]
    lines = _table(("Rule", "Documents", "Findings", "Applied", "Characters removed"), rows)
    if rest := len(report.rules) - _RULES:
        lines += ["", f"And {rest} more rules."] if rest > 0 else []
    return lines


def _compared(one: schema.Comparison) -> list[str]:
    rows = [
        (
            _code(change.name),
            words.number(change.before),
            words.number(change.after),
            words.signed(change.after - change.before),
        )
        for change in (*one.counts, *one.rules[:_RULES], *one.languages[:_LANGUAGES])
    ]
    if not rows:
        return ["", "No number differs from the older report."]
    return ["", *_table(("Since the older report", "Before", "Now", "Change"), rows)]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _cell(text: str) -> str:
    """Text without anything that Markdown or HTML would act on."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!&~@" else c for c in kept)


def _code(text: str) -> str:
    kept = "".join(c if c.isprintable() and c not in "`|" else " " for c in text)
    return f"`{kept}`"
