"""The page: one HTML file that needs nothing else, and stays below a limit whatever the corpus.

What does *not* live here: the numbers (`report`), the pictures (`charts`), how text of the corpus
becomes HTML (`visible`).
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from markupsafe import Markup

from cleaner.audit import charts, schema, words
from cleaner.audit.marks import around
from cleaner.audit.numbers import Numbers, PairQuote, Shown
from cleaner.audit.visible import clip, differing, plain, struck, visible

__all__ = ["LIMIT", "render"]

LIMIT = 1_000_000
"""Bytes of the page, never more."""
_LEVELS = 7
CUT_LABELS = ("none", "<0.1", "<0.5", "<1", "<2", "<5", "<10", "<20", "<50", "≤100")


class _Size(NamedTuple):
    """How much is quoted; each level halves it."""

    documents: int
    pairs: int
    quotes: int
    examples: int
    characters: int

    @classmethod
    def at(cls, level: int) -> "_Size":
        """All at level 0, nothing at the last."""
        if level == _LEVELS:
            return cls(0, 0, 0, 0, 0)
        return cls(40 >> level, 10 >> level, 12 >> level, 3 >> (level // 2), 3600 >> level)


def render(
    report: schema.Report, numbers: Numbers, *, config: str, skipped: Any, limit: int = LIMIT
) -> bytes:
    """The whole page.

    Args:
        report: the numbers to show.
        numbers: the samples to quote.
        config: the configuration as text.
        skipped: `Discovered.skipped`.
        limit: bytes; samples are made smaller until the page fits.
    """
    pictures = _pictures(report)
    page = b""
    for level in range(_LEVELS + 1):
        page = _page(report, numbers, _Size.at(level), level, pictures, config, skipped, limit)
        if len(page) <= limit:
            break
    return page


def _page(
    report: schema.Report,
    numbers: Numbers,
    size: _Size,
    level: int,
    pictures: Mapping[str, Markup],
    config: str,
    skipped: Any,
    limit: int,
) -> bytes:
    style, script = _asset("page.css"), _asset("page.js")
    worst = [_short(one, size) for one in numbers.worst.entries()[: size.documents]]
    shown = {one.document for one in worst}
    drawn = numbers.random.entries()[: size.documents]
    random = [_short(one, size) for one in drawn if one.document not in shown]
    values = {
        "r": report,
        "policy": _policy(style, script),
        "style": Markup(style),  # noqa: S704 -- shipped with the package
        "script": Markup(script),  # noqa: S704 -- the same
        "charts": pictures,
        "signals": [one for one in report.text.signals if one.p95 or one.p05],
        "silent": [one.name for one in report.text.signals if not (one.p95 or one.p05)],
        "headline": _headline(report),
        "sections": _sections(report),
        "examples": {one.name: [] for one in report.rules} | _examples(numbers, size),
        "rejected": numbers.rejected.entries()[: size.quotes],
        "uncertain": numbers.uncertain.entries()[: size.quotes],
        "passages": numbers.passages.entries()[: size.quotes],
        "passages_of": numbers.passages.offered,
        "closest": _closest(numbers, size),
        "clusters": report.duplicates.clusters[-12:] if report.duplicates else [],
        "worst": worst,
        "random": random,
        "random_stated": _random_stated(report, drawn, random),
        "trimmed": level > 0,
        "limit": limit,
        "read": report.counts.documents_in - report.counts.rejected,
        "compared": _compared(report.compare),
        "any_change": any(rows for _, rows in _compared(report.compare)),
        "config": config if level < _LEVELS else config[:20_000],
        "skipped": skipped[: 4 * size.documents],
    }
    text: str = _environment().get_template("page.html").render(values)
    return text.encode("utf-8", "backslashreplace")


@cache
def _environment() -> Any:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("cleaner.audit"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "visible": visible,
        "visible_plain": plain,
        "struck": struck,
        "clip": clip,
        "applicability": _applicability,
        **{name: getattr(words, name) for name in words.__all__},
    }
    return made


@cache
def _asset(name: str) -> str:
    from importlib import resources

    return (resources.files("cleaner.audit") / "templates" / name).read_text("utf-8").strip()


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded; style and script are these two and no others."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _pictures(report: schema.Report) -> dict[str, Markup]:
    """Every chart with its text alternative."""
    text = report.text
    drawn = {
        "before": charts.histogram(
            text.length_before, "characters", "Histogram: length before", log=True
        ),
        "after": charts.histogram(
            text.length_after, "characters", "Histogram: length after", log=True
        ),
        "cut": charts.bars(
            CUT_LABELS, text.cut.counts, "per cent of its characters", "Bars: share cut"
        ),
        "symbols": charts.histogram(
            text.symbols,
            "share of its characters (last bar: 30 % and more)",
            "Histogram: share of symbols",
        ),
    }
    if report.language:
        drawn["margin"] = charts.histogram(
            report.language.margin, "nats", "Histogram: margin of the language", log=True
        )
    if report.duplicates and report.duplicates.kinds:
        drawn["similarity"] = charts.similarity(
            report.duplicates, "Histogram: similarity of pairs, threshold, and chance to be found"
        )
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 -- drawn of numbers


def _headline(report: schema.Report) -> list[dict[str, str]]:
    counts, characters = report.counts, report.characters
    changes = {one.name: one for one in report.compare.counts} if report.compare else {}

    def changed(name: str) -> str:
        one = changes.get(name)
        if one is None or one.share_before is None or one.share_after is None:
            return ""
        points = 100 * (one.share_after - one.share_before)
        return f"{'▲' if points > 0 else '▼'} {abs(points):.1f} points"

    cut = characters.in_ - characters.out
    rows = [
        (
            words.share(counts.kept, counts.documents_in),
            f"of documents kept: {counts.kept:,} of {counts.documents_in:,}",
            changed("kept"),
        ),
        (
            f"{'−' if cut >= 0 else '+'}{words.share(abs(cut), characters.in_)}",
            f"characters: {characters.out:,} of {characters.in_:,} are left",
            "",
        ),
        (
            words.share(counts.edited, counts.documents_in),
            f"of documents edited: {counts.edited:,} of {counts.documents_in:,}",
            changed("edited"),
        ),
    ]
    if report.language:
        some = [one for one in report.language.languages if one.name != "und"]
        label = f"language ({some[0].name})" if len(some) == 1 else "languages"
        rows.append(
            (
                f"{len(some)}",
                f"{label}, {report.language.uncertain:,} of {report.language.documents:,} doubtful",
                "",
            )
        )
    if report.duplicates:
        kinds = {one.name: one.documents for one in report.duplicates.kinds}
        exact, near = kinds.get("exact", 0), kinds.get("near", 0) + kinds.get("contained", 0)
        rows.append(
            (f"{exact + near:,}", f"duplicates: {exact:,} exact, {near:,} near or contained", "")
        )
    return [{"value": a, "label": b, "change": c} for a, b, c in rows]


def _sections(report: schema.Report) -> list[tuple[str, str]]:
    rows = [
        ("first", "First"),
        ("compare", "Changes"),
        ("funnel", "Passes"),
        ("rules", "Rules"),
        ("text", "Text"),
        ("language", "Language"),
        ("duplicates", "Duplicates"),
        ("documents", "Documents"),
        ("lines", "Lines"),
        ("made", "How made"),
    ]
    optional = {
        "compare": report.compare,
        "language": report.language,
        "duplicates": report.duplicates,
    }
    return [row for row in rows if optional.get(row[0], True) is not None]


def _short(one: Shown, size: _Size) -> Shown:
    """A document, shortened to the size of the page."""
    from dataclasses import replace

    if size.characters >= 3600:
        return one
    runs = around(one.runs, size.characters, size.characters // 12)
    return replace(one, runs=runs, findings=one.findings[: max(3, size.documents)])


def _examples(numbers: Numbers, size: _Size) -> dict[str, list[Any]]:
    return {
        rule: sample.entries()[: size.examples] for rule, sample in sorted(numbers.examples.items())
    }


class _Columns(NamedTuple):
    """A pair as two columns."""

    document: str
    kept: str
    rule: str
    jaccard: float
    containment: float
    left: Markup
    right: Markup


def _closest(numbers: Numbers, size: _Size) -> list[tuple[str, list[_Columns], int]]:
    """The pairs nearest to the threshold, on both sides of it."""
    return [
        ("Just similar enough", _columns(numbers.above.entries(), size), numbers.above.offered),
        ("Just not similar enough", _columns(numbers.below.entries(), size), numbers.below.offered),
    ]


def _columns(pairs: list[PairQuote], size: _Size) -> list[_Columns]:
    rows = []
    for one in pairs[: size.pairs]:
        if one.other is None:
            left, right = visible(one.text[: size.characters]), visible("(its text is not at hand)")
        else:
            left, right = differing(one.text, one.other)
        rows.append(
            _Columns(one.document, one.kept, one.rule, one.jaccard, one.containment, left, right)
        )
    return rows


def _random_stated(report: schema.Report, drawn: list[Shown], shown: list[Shown]) -> str:
    of = report.samples.random_of
    if not report.samples.quotes:
        return "No document is shown, as no text of the corpus may be quoted here."
    if len(drawn) == of:
        return f"All {of:,} documents are shown." if of != 1 else "The one document is shown."
    above = len(drawn) - len(shown)
    more = f"; {above:,} of them stand above already" if above else ""
    return f"Showing {len(drawn):,} of {of:,} documents, drawn at random{more}."


def _compared(one: schema.Comparison | None) -> list[tuple[str, list[schema.Change]]]:
    if one is None:
        return []
    return [
        ("Counts", one.counts),
        ("Rules", one.rules),
        ("Languages", one.languages),
        ("Signals", one.signals),
    ]


def _applicability(one: schema.RuleNumbers) -> str:
    """Of a rule's findings, how sure their fixes are."""
    parts = [
        f"{count:,} {label}"
        for count, label in (
            (one.safe, "safe"),
            (one.unsafe, "unsafe"),
            (one.display, "for information only"),
        )
        if count
    ]
    return f"Fixes: {', '.join(parts)}."
