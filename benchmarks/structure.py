"""What the structure and repetition passes cut and flag on labelled pages, and how fast.

    python benchmarks/structure.py --data DIR

`DIR` holds `pages.jsonl.gz` and `residual.jsonl.gz`: one page a line, with `line_labels` (1 in the
article, 0 not, -1 unsure) for each line of its text. By rule: lines touched by label, and the words
of labelled article lines that the rule's fixes would delete.
"""

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from cleaner.config import RepetitionOptions
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.model import Document, Finding
from cleaner.passes.repetition import RepetitionPass
from cleaner.passes.repetition.counting import sketch_schema
from cleaner.passes.structure import StructurePass

Row = dict[str, Any]


def read(path: Path, field: str) -> list[Row]:
    """Rows with their text under `text`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        row["text"] = row[field]
    return rows


def structure(rows: list[Row]) -> list[tuple[Row, Finding]]:
    """Findings of the structure pass; prints its speed."""
    chosen = StructurePass()
    documents = [Document(row["id"], row["text"], row.get("url")) for row in rows]
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        found = [list(chosen.check(document)) for document in documents]
        best = min(best, time.process_time() - start)
    size = sum(len(row["text"].encode("utf-8", "replace")) for row in rows) / 1e6
    print(f"structure: {size / best:.0f} MB/s of processor time, {size:.1f} MB")
    return [(row, f) for row, findings in zip(rows, found, strict=True) for f in findings]


def repetition(rows: list[Row]) -> list[tuple[Row, Finding]]:
    """Findings of the repetition pass, grouped by site; prints the speed of the sketch."""
    chosen = RepetitionPass(RepetitionOptions())
    batch = pa.RecordBatch.from_pylist(
        [
            {"document": n, "id": r["id"], "text": r["text"], "group": r["site"], "rank": 0.0}
            for n, r in enumerate(rows)
        ],
        documents_schema(),
    )
    chosen.sketch(batch)  # compiles

    def sketch(batches: Iterator[Any]) -> Iterator[Any]:
        for one in batches:
            yield chosen.sketch(one)

    engine = LocalEngine()
    documents = engine.dataset([[batch]], documents_schema())
    start = time.process_time()
    sketches = engine.map(documents, sketch, sketch_schema())
    middle = time.process_time()
    verdicts = list(engine.batches(chosen.compare(engine, documents, sketches)))
    end = time.process_time()
    size = batch.column("text").nbytes / 1e6
    print(f"repetition: sketch {size / (middle - start):.0f} MB/s, compare {end - middle:.2f} s")
    return [
        (rows[row["document"]], msgspec.json.decode(row["finding"], type=Finding))
        for verdict in verdicts
        for row in verdict.to_pylist()
    ]


def table(found: Iterable[tuple[Row, Finding]], gold: int) -> None:
    """Print labels and lost words by rule."""
    labels: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    lost: Counter[tuple[str, str]] = Counter()
    for row, finding in found:
        kind = finding.rule, finding.applicability.value
        edits = finding.fix.edits if finding.fix else ()
        at = 0
        for line, label in zip(row["text"].split("\n"), row["line_labels"], strict=True):
            end = at + len(line)
            if finding.span and line.strip() and at < finding.span.end and end > finding.span.start:
                labels[kind][label] += 1
            if label == 1:
                cuts = [(max(at, e.span.start), min(end, e.span.end)) for e in edits]
                lost[kind] += sum(len(row["text"][a:b].split()) for a, b in cuts if a < b)
            at = end + 1
    print(f"{'rule':42}{'':9}{'not':>7}{'unsure':>8}{'article':>9}{'words lost':>12}{'share':>11}")
    for kind, counts in sorted(labels.items()):
        numbers = f"{counts[0]:7}{counts[-1]:8}{counts[1]:9}{lost[kind]:12}"
        print(f"{kind[0]:42}{kind[1]:9}{numbers}{lost[kind] / gold:11.5%}")


def main() -> None:
    """Run both passes over both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    for name, field in (("residual", "text"), ("pages", "raw_text")):
        rows = read(folder / f"{name}.jsonl.gz", field)
        gold = sum(
            len(line.split())
            for row in rows
            for line, label in zip(row["text"].split("\n"), row["line_labels"], strict=True)
            if label == 1
        )
        print(f"\n## {name}: {len(rows)} pages, {gold} words of labelled article lines")
        table([*structure(rows), *repetition(rows)], gold)


if __name__ == "__main__":
    main()
