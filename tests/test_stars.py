"""Stars, never chains: whatever goes names a document that stays."""

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cleaner.config import Config
from cleaner.engines.local import LocalEngine
from cleaner.jobs.clean import clean
from cleaner.passes.duplicates import stars
from cleaner.passes.duplicates.rows import among, edges_schema

BODY = " ".join(f"word{number}" for number in range(120))


def test_a_copy_of_a_document_that_goes_names_one_that_stays(tmp_path: Path) -> None:
    texts = {"long.txt": BODY + " and an end", "one.txt": BODY, "two.txt": BODY}
    for name, text in texts.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    clean([str(tmp_path / "in")], str(tmp_path / "out"), Config(apply=("duplicates.near",)))
    rows = [
        json.loads(line)
        for line in (tmp_path / "out/_cleaner/duplicates.jsonl").read_text().splitlines()
    ]
    assert {(row["document"], row["kept"], row["kind"], row["action"]) for row in rows} == {
        ("one.txt", "long.txt", "near", "removed"),
        ("two.txt", "long.txt", "near", "removed"),
    }
    assert sorted(path.name for path in (tmp_path / "out").glob("*.txt")) == ["long.txt"]


PAIRS = st.tuples(*(st.integers(0, 9) for _ in range(2)), st.integers(1, 10)).filter(
    lambda pair: pair[0] != pair[1]
)


def edges_of(pairs: list[tuple[int, int, int]], ranks: list[float]) -> Any:
    """Pairs of documents with ten shingles each, the better one as the anchor."""
    rows = []
    for one, two, shared in pairs:
        anchor, document = sorted((one, two), key=lambda n: (-ranks[n], n))
        numbers = {"anchor": anchor, "document": document, "shared": shared}
        sizes = {"anchor_size": 10 + anchor, "size": 10}
        more = {"anchor_rank": ranks[anchor], "document_rank": ranks[document]}
        rows.append({**numbers, **sizes, **more, "anchor_id": f"d{anchor}"})
    return pa.Table.from_pylist(rows, edges_schema()).to_batches(max_chunksize=2)


def slowly(batches: Any, threshold: float) -> dict[int, tuple[int, bool]]:
    """One pair after the other, as the rule is told."""
    pairs = [row for some in batches for row in some.to_pylist()]
    gone: set[int] = set()
    told: dict[int, tuple[int, bool]] = {}

    def jaccard(row: dict[str, Any]) -> float:
        return float(row["shared"] / (row["size"] + row["anchor_size"] - row["shared"]))

    for _, document in sorted({(-row["document_rank"], row["document"]) for row in pairs}):
        mine = [row for row in pairs if row["document"] == document and row["anchor"] not in gone]
        mine.sort(key=lambda row: (-jaccard(row), -row["anchor_rank"], row["anchor"]))
        if mine:
            told[document] = (mine[0]["anchor"], jaccard(mine[0]) >= threshold)
            if told[document][1]:
                gone.add(document)
    return told


@given(
    st.lists(PAIRS, max_size=25, unique_by=lambda pair: frozenset(pair[:2])),
    st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=10, max_size=10),
    st.integers(1, 4),
)
def test_decided_from_disk_is_decided_one_by_one(
    pairs: list[tuple[int, int, int]], ranks: list[float], parts: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = LocalEngine(Path(folder), 0)
        edges = engine.dataset([edges_of(pairs, ranks)], edges_schema())
        lined = engine.exchange(edges, "document", parts, stars.line_up, edges_schema())
        decided = stars.decide(partial(engine.batches, lined), 0.5)
    told = zip(*(array.tolist() for array in (decided.document, decided.anchor)), strict=True)
    expected = slowly(engine.batches(edges), 0.5)
    assert {
        document: (anchor, bool(near))
        for (document, anchor), near in zip(told, decided.near, strict=True)
    } == expected
    assert decided.document.tolist() == sorted(expected)
    assert decided.kept.to_pylist() == [f"d{anchor}" for anchor in decided.anchor]


@given(st.lists(PAIRS, max_size=25), st.sets(st.integers(0, 9), max_size=3))
def test_whatever_is_contained_has_a_larger_one_that_stays(
    pairs: list[tuple[int, int, int]], gone: set[int]
) -> None:
    edges = edges_of(pairs, [float(9 - n) for n in range(10)])
    before = np.array(sorted(gone), np.int64)
    some = [before] * 2 + [pa.array([""] * len(gone)), np.ones(len(gone), bool)] + [before] * 3
    inside = stars.contain(iter(edges), stars.Decided(*some), 0.8)
    went = set(inside.document.tolist()) | gone
    assert not set(inside.document.tolist()) & gone
    assert not set(inside.anchor.tolist()) & went
    for row in (row for batch in edges for row in batch.to_pylist()):
        if row["shared"] >= 8 and row["size"] < row["anchor_size"]:
            assert {row["document"], row["anchor"]} & went


@given(st.lists(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_among_is_isin(keys: list[int], those: set[int]) -> None:
    some, sorted_ = np.array(keys, np.int64), np.array(sorted(those), np.int64)
    assert among(some, sorted_).tolist() == np.isin(some, sorted_).tolist()
