"""How well the web profile finds the main text of pages that it has not learned from.

    python -m benchmarks.webtext --data DIR [--models DIR] [--no-peers]

DIR holds `pages.jsonl.gz` (see `train_line_model.py`; also `gold_text`, `page_type`, `lang`) and
`html.jsonl.gz` (`id`, `html` of some of the pages). Five models are trained, each without the sites
of the fifth of the pages that it is judged on (`--models` keeps them for the next run). Text is cut
by the pass itself, after as many rounds as it wants, and cut again to prove that nothing is left.

Word F1 is the harmonic mean of precision and recall over multisets of words, a mean over pages. The
HTML extractors (trafilatura, jusText, resiliparse, boilerpy3) get the HTML of the same pages.
"""

import argparse
import gzip
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.train_line_model import (
    FOLDS,
    Page,
    assemble,
    fit,
    read_pages,
    skeleton,
    with_words,
)
from cleaner.edits import apply
from cleaner.kernels.webtext.trees import decode
from cleaner.model import Document, Edit
from cleaner.passes.webtext import WebtextPass
from cleaner.passes.webtext.decode import CHANGE
from cleaner.passes.webtext.model import LineModel, dump, load

_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_WORD = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+")
"""A word, or a character of a script without spaces."""
_TERMINALS = (".", "?", "!", '"')
_CURVE = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)


def words(text: str) -> Counter[str]:
    """The multiset of words."""
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))


def word_f1(text: str, gold: Counter[str]) -> float:
    """Harmonic mean of precision and recall of words."""
    found = words(text)
    both = (found & gold).total()
    return 2 * both / max(found.total() + gold.total(), 1)


def c4_rule(text: str) -> str:
    """Keep lines of at least three words that end like a sentence, without certain cues."""
    return "\n".join(
        line
        for line in text.split("\n")
        if line.rstrip().endswith(_TERMINALS)
        and len(line.split()) >= 3
        and not any(cue in line.lower() for cue in ("javascript", "cookie policy", "lorem ipsum"))
    )


def cuts(text: str, judge: WebtextPass) -> list[Edit]:
    """What the pass would cut, in order."""
    found = judge.check(Document("", text))
    return sorted(edit for finding in found if finding.fix for edit in finding.fix.edits)


def models(pages: Sequence[Page], folder: Path | None) -> list[LineModel]:
    """One model for each fold, trained on the others."""
    found = []
    for fold in range(FOLDS):
        path = folder / f"without-{fold}.npz" if folder else None
        if path and path.exists():
            found.append(load(path.read_bytes()))
            continue
        arrays = fit([page for page in pages if page.fold != fold])
        model = assemble(arrays)
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(dump(arrays, model.header))
        found.append(model)
        print(f"trained without fold {fold}", flush=True)
    return found


def peers() -> dict[str, Callable[[str], str]]:
    """Extractors that need HTML."""
    import justext  # type: ignore[import-not-found, unused-ignore]  # a peer, installed by hand
    import trafilatura
    from boilerpy3.extractors import (  # type: ignore[import-not-found, unused-ignore]
        ArticleExtractor,
    )
    from resiliparse.extract.html2text import (  # type: ignore[import-not-found, unused-ignore]
        extract_plain_text,
    )

    lists = frozenset[str]().union(*(justext.get_stoplist(n) for n in justext.get_stoplists()))

    def by_justext(html: str) -> str:
        paragraphs = justext.justext(html.encode(), lists)
        return "\n".join(part.text for part in paragraphs if not part.is_boilerplate)

    boilerpipe = ArticleExtractor(raise_on_failure=False)
    return {
        "trafilatura": lambda html: trafilatura.extract(html) or "",
        "jusText": by_justext,
        "resiliparse": lambda html: extract_plain_text(html, main_content=True),
        "boilerpy3": lambda html: str(boilerpipe.get_content(html)),
    }


def print_table(title: str, rows: Iterable[tuple[str, Sequence[float]]], heads: list[str]) -> None:
    """A table in Markdown: the first number is a count, the others have three decimals."""
    print(f"\n{title}\n\n| | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for name, (count, *numbers) in rows:
        print(f"| {name} | {count:.0f} | {' | '.join(f'{number:.3f}' for number in numbers)} |")


def lines_lost(page: Page, kept: Any) -> Any:
    """Characters: boilerplate removed, boilerplate, gold removed, gold."""
    size, label = page.lines.counts[:, 0].astype(np.int64), page.labels
    gone = ~kept
    return np.array(
        [
            size[(label == 0) & gone].sum(),
            size[label == 0].sum(),
            size[(label == 1) & gone].sum(),
            size[label == 1].sum(),
        ]
    )


def curve(pages: Sequence[Page], judges: Sequence[LineModel]) -> list[tuple[str, list[float]]]:
    """Boilerplate removed against gold lost, at fixed chances of being text."""
    sums = np.zeros((len(_CURVE), 4))
    for page in pages:
        judge = judges[page.fold]
        margins, _ = judge.score(with_words(page, judge.weights).lines, page.rows)
        for at, chance in enumerate(_CURVE):
            kept = decode(margins.astype(np.int64) - judge.margin_of(chance), CHANGE)
            sums[at] += lines_lost(page, kept)
    return [
        (f"below {chance}", [at + 1, row[0] / row[1], row[2] / row[3], row[0] / (row[0] + row[2])])
        for at, (chance, row) in enumerate(zip(_CURVE, sums, strict=True))
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, help="where the five models are kept")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    pages = read_pages(options.data / "pages.jsonl.gz", assemble(skeleton()))
    judges = models(pages, options.models)
    passes = [WebtextPass("web", judge) for judge in judges]
    ours = judge_pages(pages, passes, "Word F1 on pages of other sites")
    print_table(
        "One threshold for all pages",
        curve(pages, judges),
        ["row", "boilerplate removed", "gold lost", "precision"],
    )
    if not options.no_peers:
        compare(pages, ours, options.data / "html.jsonl.gz")
    residual = options.data / "residual.jsonl.gz"
    if residual.exists():
        texts = read_pages(residual, judges[0])
        judge_pages(texts, passes, "Word F1 on what extractors left (not what the profile is for)")


def judge_pages(
    pages: Sequence[Page], passes: Sequence[WebtextPass], title: str
) -> dict[str, float]:
    """Clean every page by the model that has not seen its site, and print how well it went."""
    groups: dict[str, list[list[float]]] = defaultdict(list)
    scores: dict[str, float] = {}
    unstable, lost = 0, {"all pages": np.zeros(4), "articles": np.zeros(4)}
    for page in pages:
        record = page.record
        text, gold = record["raw_text"], words(record["gold_text"])
        edits = cuts(text, passes[page.fold])
        cleaned = apply(text, edits)
        unstable += bool(cuts(cleaned, passes[page.fold]))
        kept = np.ones(len(page.lines), np.bool_)
        for edit in edits:
            first, last = np.searchsorted(page.lines.spans[:, 1], edit.span, "right")
            kept[first:last] = False
        lost["all pages"] += lines_lost(page, kept)
        if record["page_type"] == "article":
            lost["articles"] += lines_lost(page, kept)
        scores[record["id"]] = word_f1(cleaned, gold)
        row = [1.0, word_f1(text, gold), word_f1(c4_rule(text), gold), scores[record["id"]]]
        for group in (
            "all pages",
            f"type {record['page_type']}",
            f"language {record['lang']}",
            f"source {record['source_dataset']}" if "source_dataset" in record else "",
        ):
            groups[group].append(row)
    print_table(
        title,
        (
            (name, [len(rows), *np.mean(rows, axis=0)[1:]])
            for name, rows in sorted(groups.items())
            if name
        ),
        ["pages", "nothing", "C4 rule", "web profile"],
    )
    print(f"\nPages that a second cleaning changes: {unstable} of {len(pages)}")
    for name, (gone, boilerplate, mistaken, wanted) in lost.items():
        print(
            f"By characters of labelled lines, {name}: {gone / boilerplate:.3f} of the boilerplate "
            f"removed, {mistaken / wanted:.4f} of the gold lost"
        )
    return scores


def compare(pages: Sequence[Page], ours: dict[str, float], path: Path) -> None:
    """Print the table of the pages that have HTML."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        html = {row["id"]: row["html"] for row in map(json.loads, stream)}
    some = [page.record for page in pages if page.record["id"] in html]
    golds = {record["id"]: words(record["gold_text"]) for record in some}
    scores: dict[str, dict[str, float]] = {
        "nothing (text)": {r["id"]: word_f1(r["raw_text"], golds[r["id"]]) for r in some},
        "C4 rule (text)": {r["id"]: word_f1(c4_rule(r["raw_text"]), golds[r["id"]]) for r in some},
        "web profile (text)": ours,
    }
    for name, extract in peers().items():
        scores[f"{name} (HTML)"] = {
            r["id"]: word_f1(extract(html[r["id"]]), golds[r["id"]]) for r in some
        }
    articles = [r["id"] for r in some if r["page_type"] == "article"]
    print_table(
        f"Word F1 on the pages with HTML ({len(articles)} articles)",
        (
            (
                name,
                [
                    len(some),
                    float(np.mean([found[key] for key in articles])),
                    float(np.mean([found[r["id"]] for r in some])),
                ],
            )
            for name, found in scores.items()
        ),
        ["pages", "articles", "all"],
    )


if __name__ == "__main__":
    main()
