"""From numbers to the report: names, denominators, and what to look at first.

What does *not* live here: counting (`measure`), drawing (`charts`, `page`), comparing (`compare`).
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

import cleaner
from cleaner.audit import bins, schema
from cleaner.audit.lines import LEAST, toml_rule
from cleaner.audit.notices import budgets, notices
from cleaner.audit.numbers import Numbers
from cleaner.rules import Rule

__all__ = ["build"]

UNUSUAL = 20
"""Rows of the table of unusual characters."""
LINES = 20
"""Repeated lines that are shown."""
LANGUAGES = 30
_QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def build(
    numbers: Numbers,
    *,
    found: Any,
    config: Any,
    command: str,
    rules: Sequence[Rule],
    passes: Sequence[str],
    bands: tuple[int, int] | None,
    provenance: dict[str, Any],
) -> schema.Report:
    """Assemble the report.

    Args:
        numbers: of the whole corpus.
        found: the `formats.discover.Discovered` that was read.
        config: the `Config`.
        command: what was typed.
        rules: every rule of the run, for summaries.
        passes: names of the passes in order of work.
        bands: bands and rows of the duplicates pass; None where it does not run.
        provenance: `python`, `libraries`, `config_digest` and the configuration as `config`.
    """
    documents = numbers.documents
    counts = schema.Counts(
        **{
            name: documents[name]
            for name in ("documents_in", "kept", "removed", "rejected", "edited", "emptied")
        },
        with_findings=documents["with_findings"],
        skipped=len(found.skipped),
    )
    table = _rules(numbers, rules)
    limits = budgets(config.budgets, table, counts.documents_in)
    report = schema.Report(
        corpus=_corpus(numbers, found),
        counts=counts,
        characters=schema.Amounts(in_=numbers.characters["in"], out=numbers.characters["out"]),
        notices=[],
        budgets=limits,
        funnel=_funnel(numbers, passes),
        rules=table,
        text=_text(numbers),
        language=_language(numbers),
        duplicates=_duplicates(numbers, config, bands),
        lines=_lines(numbers),
        lines_found=sum(count >= LEAST for count in numbers.lines.values()),
        samples=_samples(numbers),
        provenance=schema.Provenance(
            cleaner=cleaner.__version__, command=command, seed=0, **provenance
        ),
    )
    report.notices = notices(report, numbers)
    return report


def _corpus(numbers: Numbers, found: Any) -> schema.Corpus:
    import hashlib

    digest = hashlib.sha256(b"".join(one for _, one in numbers.digests)).hexdigest()
    formats = Counter(piece.format for piece in found.files)
    return schema.Corpus(
        files=len(found.files),
        bytes=sum(found.sizes),
        digest=digest,
        formats=dict(sorted(formats.items())),
    )


def _rules(numbers: Numbers, rules: Sequence[Rule]) -> list[schema.RuleNumbers]:
    """Rules with findings, by the number of documents, then by name."""
    summaries = {rule.name: rule.summary for rule in rules}
    fields = [name for name in schema.RuleNumbers.__struct_fields__ if name not in _NAMES]
    table = [
        schema.RuleNumbers(
            name=name,
            summary=summaries.get(name, ""),
            **{field: int(sums[field]) for field in fields},
        )
        for name, sums in numbers.rules.items()
    ]
    return sorted(table, key=lambda one: (-one.documents, -one.findings, one.name))


_NAMES = ("name", "summary")


def _funnel(numbers: Numbers, passes: Sequence[str]) -> list[schema.Stage]:
    """What was left after each pass; passes that a reader stands for come first."""
    documents = numbers.documents["documents_in"]
    characters = numbers.characters["in"]
    rejected = numbers.documents["rejected"]
    stages = [
        schema.Stage(
            name="read", documents=documents - rejected, characters=characters, removed=rejected
        )
    ]
    documents -= rejected
    for name in [*sorted(set(numbers.passes) - set(passes)), *dict.fromkeys(passes)]:
        sums = numbers.passes.get(name, Counter())
        documents -= sums["removed"]
        characters -= sums["removed_characters"] - sums["written_characters"]
        characters -= sums["dropped_characters"]
        stages.append(
            schema.Stage(
                name=name,
                documents=documents,
                characters=characters,
                removed=sums["removed"],
                edited=sums["edited"],
                removed_characters=sums["removed_characters"] + sums["dropped_characters"],
                written_characters=sums["written_characters"],
                findings=sums["findings"],
                applied=sums["applied"],
            )
        )
    return stages


def _histogram(numbers: Numbers, name: str, edges: bins.Bins, unit: str) -> schema.Histogram:
    return schema.Histogram(unit=unit, edges=edges.edges, counts=numbers.histograms[name].tolist())


def _text(numbers: Numbers) -> schema.Text:
    unusual = sorted(numbers.unusual.items(), key=lambda row: (-row[1][1], -row[1][0], row[0]))
    return schema.Text(
        length_before=_histogram(numbers, "length_before", bins.LENGTH, "characters"),
        length_after=_histogram(numbers, "length_after", bins.LENGTH, "characters"),
        cut=_histogram(numbers, "cut", bins.CUT, "share of a document's characters"),
        symbols=_histogram(numbers, "symbols", bins.SYMBOLS, "share of a document's characters"),
        unusual=[
            schema.Character(
                code=f"U+{point:04X}",
                name=unicodedata.name(chr(point), "") or _NAMELESS.get(point, "no name"),
                count=count,
                documents=documents,
            )
            for point, (count, documents) in unusual[:UNUSUAL]
        ],
        unusual_kinds=len(unusual),
        signals=[
            schema.Signal(
                name=name,
                documents=len(values),
                **{label: values.at(share) for label, share in _QUANTILES.items()},
            )
            for name, values in sorted(numbers.signals.items())
        ],
    )


_NAMELESS = {0x00: "NULL", 0x08: "BACKSPACE", 0x0B: "LINE TABULATION", 0x0C: "FORM FEED"} | {
    0x1B: "ESCAPE",
    0x7F: "DELETE",
    0x85: "NEXT LINE",
}


def _shares(counts: Counter[str], most: int = LANGUAGES) -> list[schema.Share]:
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    shares = [schema.Share(name=name, documents=count) for name, count in rows[:most]]
    if rest := sum(count for _, count in rows[most:]):
        shares.append(schema.Share(name=f"{len(rows) - most} others", documents=rest))
    return shares


def _language(numbers: Numbers) -> schema.Language | None:
    if not numbers.languages:
        return None
    return schema.Language(
        documents=numbers.languages.total(),
        uncertain=numbers.documents["language_uncertain"],
        languages=_shares(numbers.languages),
        scripts=_shares(numbers.scripts),
        reasons=_shares(numbers.reasons),
        margin=_histogram(numbers, "margin", bins.MARGIN, "nats"),
    )


def _duplicates(
    numbers: Numbers, config: Any, plan: tuple[int, int] | None
) -> schema.Duplicates | None:
    if plan is None:
        return None
    options = config.duplicates
    bands, rows = plan
    return schema.Duplicates(
        threshold=options.threshold,
        bands=bands,
        rows=rows,
        kinds=_shares(numbers.kinds),
        clusters=numbers.clusters.sizes(),
        one_in=numbers.clusters.one_in,
        similarity=_histogram(numbers, "similarity", bins.SIMILARITY, "Jaccard similarity"),
        compared=_compared(numbers),
        catch=[
            (step / 50, round(1 - (1 - (step / 50) ** rows) ** bands, 4)) for step in range(25, 51)
        ],
        above=_pairs(numbers.above.entries()),
        below=_pairs(numbers.below.entries()),
    )


def _compared(numbers: Numbers) -> schema.Histogram | None:
    if numbers.compared is None:
        return None
    return schema.Histogram(
        unit="Jaccard similarity",
        edges=bins.SIMILARITY.edges,
        counts=numbers.compared.tolist(),
    )


def _pairs(entries: list[Any]) -> list[schema.Pair]:
    return [
        schema.Pair(
            document=one.document,
            kept=one.kept,
            rule=one.rule,
            jaccard=one.jaccard,
            containment=one.containment,
        )
        for one in entries
    ]


def _lines(numbers: Numbers) -> list[schema.Line]:
    if not numbers.quotes:
        return []
    rows = [(line, count) for line, count in numbers.lines.items() if count >= LEAST]
    rows.sort(key=lambda row: (-row[1], row[0]))
    return [
        schema.Line(text=line, documents=count, toml=toml_rule(line, count))
        for line, count in rows[:LINES]
    ]


def _samples(numbers: Numbers) -> schema.Samples:
    return schema.Samples(
        quotes=numbers.quotes,
        worst=len(numbers.worst),
        worst_of=numbers.worst.offered,
        random=len(numbers.random),
        random_of=numbers.random.offered,
        rule="worst: kept documents by the share of characters cut or rewritten, then by findings "
        "that were not applied; random: all documents in the order of a fixed hash (splitmix64) "
        "of their position",
    )
