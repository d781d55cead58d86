"""Duplicates: exact numbers, stars, and the same answer in any order."""

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.config import DuplicatesOptions
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.kernels.duplicates.shingles import define_shingles
from cleaner.model import Applicability, CleanerError, Finding
from cleaner.passes.base import CorpusPass
from cleaner.passes.duplicates import DuplicatesPass, candidates, sketch
from cleaner.passes.duplicates.rows import batch, pairs_schema
from cleaner.rules import Selection
from cleaner.similar import near_duplicates


def words(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [f"w{draw.randrange(100_000)}" for _ in range(count)]


def edited(text: Sequence[str], changes: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    copy = list(text)
    for at in draw.sample(range(len(copy)), changes):
        copy[at] = f"x{draw.randrange(100_000)}"
    return copy


def jaccard(one: str, two: str) -> float:
    a, b = set(define_shingles(one)), set(define_shingles(two))
    return len(a & b) / max(1, len(a | b))


def batch_of(rows: Sequence[tuple[int, str, float]]) -> pa.RecordBatch:
    keys, texts, ranks = zip(*rows, strict=True) if rows else ((), (), ())
    columns = [keys, [f"d{key}" for key in keys], texts, [""] * len(keys), ranks]
    fields = documents_schema()
    return pa.record_batch(
        [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)],
        schema=fields,
    )


def run(
    parts: Sequence[Sequence[Sequence[tuple[int, str, float]]]],
    engine: LocalEngine | None = None,
    selection: Selection | None = None,
    **options: float,
) -> list[Finding]:
    """All findings on partitions of batches of (key, text, rank), in order."""
    looker = DuplicatesPass(msgspec.convert(options, DuplicatesOptions), selection)
    engine = engine or LocalEngine()
    documents = engine.dataset(
        [[batch_of(rows) for rows in part] for part in parts], documents_schema()
    )
    sketches = engine.map(documents, Sketch(looker), looker.sketch_schema)
    found = [
        (key, finding)
        for batch in engine.batches(looker.compare(engine, documents, sketches))
        for key, finding in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]
    return [msgspec.json.decode(finding, type=Finding) for _, finding in sorted(found)]


class Sketch:
    """What the pipeline maps, as a value that can be sent to a worker."""

    def __init__(self, looker: DuplicatesPass) -> None:
        self.looker = looker

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        return map(self.looker.sketch, batches)


def told(findings: Sequence[Finding]) -> list[tuple[str, str, object]]:
    return [(one.document, one.rule, one.evidence.get("kept")) for one in findings]


BASE = words(300, seed=1)
CASES = tomllib.loads((Path(__file__).parent / "cases/duplicates.toml").read_text("utf-8"))


def filled(template: str) -> str:
    """A document of a case: pieces and made-up words in place of what stands in braces."""

    def piece(found: re.Match[str]) -> str:
        kind, *numbers = found[1].split()
        if not numbers:
            return str(CASES["pieces"][kind]).strip()
        count, seed = map(int, numbers)
        draw = random.Random(seed)
        if kind == "han":
            return "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(count))
        return " ".join(f"{kind[0]}{seed}x{at}" for at in range(count))

    return re.sub(r"\{(\w+(?: \d+ \d+)?)\}", piece, template)


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: str(case["label"]))
def test_case(case: dict[str, Any]) -> None:
    texts = [filled(text) for text in case["documents"]]
    rows = [(key, text, float(len(text))) for key, text in enumerate(texts)]
    select = case.get("select")
    found = run([[rows]], selection=Selection(select and tuple(select)))
    named = [
        f"{one.document} {one.rule} {one.evidence.get('kept', one.evidence.get('other'))}"
        for one in found
    ]
    assert [re.sub(r"\bd(?=\d)", "", line) for line in named] == case.get("found", [])


def test_the_pass_is_a_corpus_pass() -> None:
    assert isinstance(DuplicatesPass(DuplicatesOptions()), CorpusPass)
    names = [rule.name for rule in DuplicatesPass(DuplicatesOptions()).rules]
    assert names == sorted(names)


def test_each_kind_of_duplicate_is_told_with_exact_numbers() -> None:
    base = " ".join(BASE)
    near = " ".join(edited(BASE, 4, seed=2))
    texts = [base + " end", base + " end", base.upper() + " — END", near, " ".join(words(300, 9))]
    rows = [(key, text, float(len(text.lower()))) for key, text in enumerate(texts)]
    rows[2] = (2, texts[2], 0.0)
    findings = run([[rows]])
    assert told(findings) == [
        ("d1", "duplicates.exact", "d0"),
        ("d2", "duplicates.near", "d0"),
        ("d3", "duplicates.near", "d0"),
    ]
    exact, same, close = findings
    assert exact.applicability is Applicability.SAFE
    assert same.applicability is close.applicability is Applicability.UNSAFE
    assert all(one.fix and one.fix.drop for one in findings)
    assert same.evidence["jaccard"] == 1.0
    a, b = set(define_shingles(near)), set(define_shingles(texts[0]))
    assert close.evidence["jaccard"] == len(a & b) / len(a | b)
    assert close.evidence["containment"] == len(a & b) / len(a)


def test_a_star_never_becomes_a_chain() -> None:
    middle = edited(BASE, 8, seed=3)
    far = edited(middle, 8, seed=4)
    texts = [" ".join(one) for one in (BASE, middle, far)]
    assert jaccard(texts[0], texts[1]) >= 0.7 > jaccard(texts[0], texts[2])
    assert jaccard(texts[1], texts[2]) >= 0.7
    ranked = [(key, text, -float(key)) for key, text in enumerate(texts)]
    assert told(run([[ranked]], threshold=0.7, margin=0.0)) == [("d1", "duplicates.near", "d0")]
    best = [(key, text, float(key == 1)) for key, text in enumerate(texts)]
    assert told(run([[best]], threshold=0.7)) == [
        ("d0", "duplicates.near", "d1"),
        ("d2", "duplicates.near", "d1"),
    ]


def test_a_copy_of_a_document_that_goes_names_one_that_stays() -> None:
    near = " ".join(edited(BASE, 3, seed=5))
    rows = [(0, " ".join(BASE), 2.0), (1, near, 1.0), (2, near, 1.0), (3, near.upper(), 1.0)]
    assert told(run([[rows]])) == [
        ("d1", "duplicates.near", "d0"),
        ("d2", "duplicates.exact", "d1"),
        ("d2", "duplicates.near", "d0"),
        ("d3", "duplicates.near", "d0"),
    ]


def test_short_and_blank_documents() -> None:
    texts = [
        "",
        "",
        " \n\t",
        " \n\t",
        "Yes",
        "Yes",
        "yes",
        "C++ is it",
        "C is it",
        "!!!",
        "!!!",
        "?",
    ]
    rows = [(key, text, 0.0) for key, text in enumerate(texts)]
    assert told(run([[rows]])) == [
        ("d5", "duplicates.exact", "d4"),
        ("d10", "duplicates.exact", "d9"),
    ]


def test_unrelated_documents_under_one_notice_stay() -> None:
    notice = words(400, seed=6)
    rows = [(key, " ".join(words(200, 100 + key) + notice), 0.0) for key in range(600)]
    assert not [one for one in run([[rows]]) if one.rule != "duplicates.held-back"]


def test_cjk_documents_under_one_notice_stay_and_copies_are_found() -> None:
    draw = random.Random(7)

    def text(count: int) -> str:
        return "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(count))

    notice = text(300)
    rows = [(key, text(200) + "。" + notice, 0.0) for key in range(60)]
    rows.append((60, rows[7][1][:-6], 0.0))
    assert told(run([[rows]])) == [("d60", "duplicates.near", "d7")]


def test_borderline_pairs_are_shown() -> None:
    texts = [" ".join(BASE), " ".join(edited(BASE, 8, seed=3))]
    between = jaccard(*texts)
    rows = [(key, text, 0.0) for key, text in enumerate(texts)]
    (finding,) = run([[rows]], threshold=between + 0.01, recall=0.999)
    assert (finding.rule, finding.fix) == ("duplicates.borderline", None)
    assert finding.evidence["jaccard"] == between
    (finding,) = run([[rows]], threshold=between, recall=0.999)
    assert finding.rule == "duplicates.near"


def corpus() -> list[tuple[int, str, float]]:
    rows: list[tuple[int, str, float]] = []
    for group in range(12):
        base = words(120, seed=group)
        for version in range(5):
            text = " ".join(edited(base, version * 2, seed=50 + version))
            rows.append((len(rows), text, float(len(text))))
        rows.append((len(rows), rows[-1][1], rows[-1][2]))
        rows.append((len(rows), f"Page {group}", 0.0))
    return rows


def test_order_batches_and_partitions_do_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = corpus()
    expected = run([[rows]])
    assert {one.rule for one in expected} >= {"duplicates.exact", "duplicates.near"}
    draw = random.Random(1)
    for turn in range(4):
        draw.shuffle(rows)
        parts = [[[*rows[at : at + 7]] for at in range(low, low + 28, 7)] for low in (0, 28, 56)]
        parts = [[], *parts, [[]]]
        if turn == 2:
            monkeypatch.setattr("cleaner.passes.duplicates._ROWS", 16)
            monkeypatch.setattr("cleaner.passes.duplicates._TEXTS", 4)
        if turn == 3:
            monkeypatch.setattr(candidates, "_BROADCAST", 0)
            monkeypatch.setattr(sketch, "_SENT", 0)
        assert run(parts) == expected
    assert run(parts, LocalEngine(tmp_path, jobs=0)) == expected


def test_a_bucket_of_any_size_is_bounded_and_says_so() -> None:
    notice = words(60, seed=3)
    rows = [(key, " ".join([*notice, *words(2, key)]), 0.0) for key in range(700)]
    findings = run([[rows]], threshold=0.98, margin=0.0)
    held = [one for one in findings if one.rule == "duplicates.held-back"]
    assert held
    assert all(one.evidence["pairs"] and one.fix is None for one in held)


def test_near_duplicates_of_a_list() -> None:
    text = " ".join(BASE)
    found = near_duplicates(["\ud800 short", text, text + " more", text, "", ""])
    assert [(one.document, one.kept) for one in found] == [(1, 2), (3, 2)]
    assert found[0].containment == 1.0
    assert near_duplicates([]) == []
    with pytest.raises(CleanerError, match="threshold"):
        near_duplicates(["a"], 1.5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=25).map(" ".join), max_size=12),
    st.sampled_from([0.3, 0.5, 0.8, 1.0]),
)
def test_every_duplicate_names_a_kept_text_with_true_numbers(
    texts: list[str], threshold: float
) -> None:
    found = near_duplicates(texts, threshold)
    gone = {one.document for one in found}
    for one in found:
        assert one.kept not in gone
        if texts[one.document] == texts[one.kept]:
            assert (one.jaccard, one.containment) == (1.0, 1.0)
        else:
            assert one.jaccard == jaccard(texts[one.document], texts[one.kept]) >= threshold


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 2)), max_size=20),
    st.integers(1, 3),
)
def test_a_pair_is_compared_once_for_all_reasons(
    pairs: list[tuple[int, int, int]], parts: int
) -> None:
    """One way round for each reason; the fingerprints' way holds where there are both."""
    once = {(*sorted((a, b)), why): (a, b) for a, b, why in pairs if a != b}
    asked = [
        each
        for (_, _, why), (a, b) in once.items()
        for each in candidates.asked(
            iter([batch(pairs_schema(), {"anchor": [a], "document": [b], "held": [0]})]),
            why,
        )
    ]
    found = {}
    for part in range(parts):
        mine = [each for each in asked if each.column("low")[0].as_py() % parts == part]
        for each in candidates.merged(iter(mine)):
            for row in each.to_pylist():
                assert tuple(sorted((row["anchor"], row["document"]))) not in found
                found[tuple(sorted((row["anchor"], row["document"])))] = row
    assert found.keys() == {(low, high) for low, high, _ in once}
    for (low, high), row in found.items():
        reasons = {why: way for (a, b, why), way in once.items() if (a, b) == (low, high)}
        assert row["why"] == sum(reasons)
        assert (row["anchor"], row["document"]) == reasons[max(reasons)]
