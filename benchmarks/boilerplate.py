"""Measure the boilerplate rules of the default profile: what they cut, what they cost, how fast.

    python benchmarks/boilerplate.py --data DIR

`DIR` holds `pages.jsonl.gz`, `residual.jsonl.gz` (lines labelled 1 = text, 0 = boilerplate),
`snippets.jsonl.gz`, `html.jsonl.gz`, and beside it `../appeals/appeals.jsonl` and
`../encoding/clean.jsonl.gz`. Peers are measured where they are installed. What does *not* live
here: the model of lines for raw web text and site templates, which have their own benchmarks.
"""

import argparse
import gzip
import hashlib
import json
import logging
import re
import time
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cleaner import edits, packs
from cleaner.model import Applicability, Document, Finding
from cleaner.passes.boilerplate import BoilerplatePass

PASS = BoilerplatePass(packs.load())
SAFE = Applicability.SAFE
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_WORD = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+")
"""A word, or a character of a script without spaces."""


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description="boilerplate rules, default profile")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--unseen", type=Path, nargs="*", default=[], help="more appeals, as JSONL")
    options = parser.parse_args()
    data = options.data
    for name in ("residual", "pages"):
        lines(name, data / f"{name}.jsonl.gz")
    snippets(data / "snippets.jsonl.gz")
    clean(data.parent / "encoding" / "clean.jsonl.gz")
    appeals(data.parent / "appeals" / "appeals.jsonl")
    for path in options.unseen:
        unseen(path)
    speed(data / "pages.jsonl.gz")
    peers(data)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a JSONL file, compressed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as stream:
        for line in stream:
            yield json.loads(line)


def find(text: str) -> list[Finding]:
    """All findings of the pass in one text."""
    return list(PASS.check(Document("text", text)))


def c4_drops(line: str) -> bool:
    """The line rule of C4: no final punctuation, under three words, or a cookie or script line."""
    low = line.lower()
    return (
        not line.rstrip().endswith((".", "?", "!", '"'))
        or len(line.split()) < 3
        or "javascript" in low
        or "cookie" in low
    )


def lines(name: str, path: Path) -> None:
    """Lines cut and flagged against the labels, beside doing nothing and the C4 rule."""
    cut: Counter[tuple[str, int]] = Counter()
    gold = Counter({"words": 0})
    labels: Counter[int] = Counter()
    for row in read(path):
        text = row.get("text") or row["raw_text"]
        parts, marks = text.split("\n"), row["line_labels"]
        labels.update(marks)
        gold["words"] += sum(len(p.split()) for p, m in zip(parts, marks, strict=True) if m == 1)
        starts = [0]
        for part in parts:
            starts.append(starts[-1] + len(part) + 1)
        for part, mark in zip(parts, marks, strict=True):
            if part.strip() and c4_drops(part):
                cut["c4", mark] += 1
                gold["c4"] += len(part.split()) if mark == 1 else 0
        for finding in find(text):
            if finding.span is None:
                continue
            first = bisect_right(starts, finding.span.start) - 1
            for index in range(first, bisect_left(starts, finding.span.end)):
                if parts[index].strip():
                    kind = str(finding.applicability)
                    cut[kind, marks[index]] += 1
                    gold[kind] += len(parts[index].split()) if marks[index] == 1 else 0
    print(f"\n{name}: {labels[1]} lines of text, {labels[0]} of boilerplate")
    for kind in ("safe", "unsafe", "c4"):
        right, wrong = cut[kind, 0], cut[kind, 1]
        print(
            f"  {kind:7} right {right:6} wrong {wrong:6}"
            f" precision {right / max(1, right + wrong):.4f}"
            f"  of the boilerplate {right / max(1, labels[0]):.3f}"
            f"  text words lost {100 * gold[kind] / gold['words']:.4f} %"
            f"  lines of text hit {1000 * wrong / max(1, labels[1]):.2f} per 1,000"
        )


def snippets(path: Path) -> None:
    """Phrases that must stay or go, after the safe fixes."""
    stay = lost = go = gone = 0
    for row in read(path):
        text = row["raw_text"]
        after = cleaned(text)
        stay += len(row["must_contain"])
        lost += sum(each in text and each not in after for each in row["must_contain"])
        go += len(row["must_not_contain"])
        gone += sum(each not in after for each in row["must_not_contain"])
    print(f"\nsnippets: {lost} of {stay} phrases to keep lost, {gone} of {go} to go gone")


def cleaned(text: str) -> str:
    """The text after one round of safe fixes."""
    groups = [each.fix.edits for each in find(text) if each.fix and each.applicability is SAFE]
    taken = edits.accept(groups)
    chosen = [edit for group, fits in zip(groups, taken, strict=True) if fits for edit in group]
    return edits.apply(text, sorted(chosen))


def clean(path: Path) -> None:
    """Lines that are clean as far as encoding goes; some of them are footers all the same."""
    total = cuts = emptied = 0
    rules: Counter[str] = Counter()
    for row in read(path):
        total += 1
        after = cleaned(row["text"])
        if after != row["text"]:
            cuts += 1
            emptied += not after.strip()
            rules.update(each.rule for each in find(row["text"]))
    print(f"\nclean lines: {cuts} of {total} would be cut without the guard,")
    print(f"  {emptied} of them are wholly boilerplate, which the guard leaves: {dict(rules)}")


def held_out(name: str) -> bool:
    """Half of the appeals, by a hash of their id: not read while the rules were written."""
    return hashlib.sha256(name.encode()).digest()[0] & 1 == 1


def appeals(path: Path) -> None:
    """Recall on appeals and false alarms on look-alikes, seen and held-out half apart."""
    for part in (False, True):
        kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in read(path):
            if held_out(row["id"]) is part:
                found = find(row["text"])
                kind = "keep" if row["label"] == "keep" else row["kind"]
                kinds[kind]["lines"] += 1
                kinds[kind]["found"] += bool(found)
                kinds[kind]["safe"] += any(each.applicability is SAFE for each in found)
        half = "held-out half" if part else "half seen"
        print(f"\nappeals, {half}: lines, found, cut by safe rules")
        total: Counter[str] = Counter()
        for kind, count in sorted(kinds.items()):
            print(f"  {kind:24} {count['lines']:4} {count['found']:4} {count['safe']:4}")
            if kind not in {"keep", "footer_nav"}:
                total.update(count)
        shares = [total[key] / max(1, total["lines"]) for key in ("found", "safe")]
        print(f"  without footer_nav: found {shares[0]:.3f}, safe {shares[1]:.3f}")


def unseen(path: Path) -> None:
    """Found and cut by label and kind: appeals and look-alikes that no rule was written from."""
    kinds: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in read(path):
        found = find(row["text"])
        for kind in (row["kind"], "all"):
            count = kinds[row["label"], kind]
            count.update(lines=1, found=bool(found))
            count["safe"] += any(each.applicability is SAFE for each in found)
    print(f"\n{path.name}: lines, found, cut by safe rules")
    for (label, kind), count in sorted(kinds.items()):
        print(f"  {label:6}{kind:24} {count['lines']:4} {count['found']:4} {count['safe']:4}")


def speed(path: Path) -> None:
    """MB/s of the whole pass on English text, first on cold automata, then on warm ones."""
    import pyarrow as pa

    print()
    for field in ("gold_text", "raw_text"):
        texts = [row[field] for row in read(path) if row["lang"] == "en"]
        size = sum(len(text.encode()) for text in texts) / 1e6
        array = pa.array(texts, pa.large_string())
        for state in ("cold", "warm"):
            start = time.process_time()
            marks = PASS.screen(array).tolist()
            middle = time.process_time()
            for text, mark in zip(texts, marks, strict=True):
                if mark:
                    find(text)
            end = time.process_time()
            print(
                f"{field} {size:.1f} MB, {state}: screen {size / (middle - start):.0f} MB/s, whole "
                f"pass {size / (end - start):.0f} MB/s, {sum(marks)} of {len(texts)} looked at"
            )


def words(text: str) -> Counter[str]:
    """The multiset of words; a character of a script without spaces is a word."""
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))


def peers(data: Path) -> None:
    """Words kept and lost on the pages with HTML: we see the plain text, they see the HTML."""
    html = {row["id"]: row["html"] for row in read(data / "html.jsonl.gz")}
    rows = [row for row in read(data / "pages.jsonl.gz") if row["id"] in html]
    articles = sum(row["page_type"] == "article" for row in rows)
    print(f"\nthe {len(rows)} pages with HTML, {articles} of them articles")
    print("  tool                       F1 all  F1 articles  text lost  other words removed")
    for name, tool in tools(html).items():
        every, some = [], []
        lost = text = gone = other = 0
        for row in rows:
            raw, gold, found = words(row["raw_text"]), words(row["gold_text"]), words(tool(row))
            both = (found & gold).total()
            score = 2 * both / max(1, found.total() + gold.total())
            every.append(score)
            if row["page_type"] == "article":
                some.append(score)
            lost, text = lost + gold.total() - both, text + gold.total()
            left = found.total() - both
            gone, other = gone + (raw - gold).total() - left, other + (raw - gold).total()
        print(
            f"  {name:26} {sum(every) / len(every):.3f}  {sum(some) / len(some):10.3f}"
            f"  {100 * lost / text:8.2f} %  {100 * gone / other:8.1f} %"
        )


def tools(html: dict[str, str]) -> dict[str, Callable[[dict[str, Any]], str]]:
    """Ours and simple rules see the text; extractors, where installed, see the HTML."""
    found: dict[str, Callable[[dict[str, Any]], str]] = {
        "nothing": lambda row: row["raw_text"],
        "C4 line rule": lambda row: "\n".join(
            line for line in row["raw_text"].split("\n") if not c4_drops(line)
        ),
        "cleaner, default profile": lambda row: cleaned(row["raw_text"]),
    }
    if find_spec("trafilatura"):
        import trafilatura

        found["trafilatura"] = lambda row: trafilatura.extract(html[row["id"]]) or ""
    if find_spec("justext"):
        import justext

        lists = (justext.get_stoplist(name) for name in justext.get_stoplists())
        common = frozenset[str]().union(*lists)
        found["jusText"] = lambda row: "\n".join(
            each.text
            for each in justext.justext(html[row["id"]].encode(), common)
            if not each.is_boilerplate
        )
    if find_spec("resiliparse"):
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda row: extract_plain_text(html[row["id"]], main_content=True)
    if find_spec("boilerpy3"):
        from boilerpy3.extractors import ArticleExtractor

        logging.getLogger("boilerpy3").setLevel(logging.ERROR)
        extractor = ArticleExtractor(raise_on_failure=False)
        found["boilerpy3"] = lambda row: extractor.get_content(html[row["id"]])
    return found


if __name__ == "__main__":
    main()
