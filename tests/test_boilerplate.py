"""The boilerplate pass: cases as data, exact screening, and no harm done by strange text."""

import pickle
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import edits, packs
from cleaner.model import Applicability, Document, Edit, Finding
from cleaner.passes.base import DocumentPass
from cleaner.passes.boilerplate import BoilerplatePass, tables
from cleaner.passes.boilerplate.stamps import parse_time

PASS = BoilerplatePass(packs.load())
CASES: list[dict[str, Any]] = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("boilerplate*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def clean(text: str) -> tuple[str, list[Finding]]:
    """What the pipeline does: rounds of safe fixes until nothing more is found to apply."""
    seen: list[Finding] = []
    for _ in range(20):
        found = list(PASS.check(Document("t", text)))
        seen += [each for each in found if each.applicability is not Applicability.SAFE] * (
            not seen
        )
        safe = [each for each in found if each.applicability is Applicability.SAFE]
        groups = [each.fix.edits for each in safe if each.fix]
        if not groups:
            return text, [*seen, *found]
        taken = edits.accept(groups)
        chosen: list[Edit] = [
            edit for group, fits in zip(groups, taken, strict=True) if fits for edit in group
        ]
        seen += safe
        text = edits.apply(text, sorted(chosen))
    raise AssertionError("does not come to rest")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["label"]))
def test_cases(case: dict[str, Any]) -> None:
    after, found = clean(case["before"])
    assert after == case.get("after", case["before"])
    if "rules" in case:
        assert sorted({each.rule for each in found}) == sorted(case["rules"])
    elif "after" not in case:
        assert not found
    if "spans" in case:
        shown = {case["before"][each.span[0] : each.span[1]] for each in found if each.span}
        assert sorted(shown) == case["spans"]


def test_shape() -> None:
    assert isinstance(PASS, DocumentPass)
    assert [rule.name for rule in PASS.rules] == sorted(rule.name for rule in PASS.rules)
    again = pickle.loads(pickle.dumps(PASS))  # noqa: S301 - our own
    assert again.rules == PASS.rules


def test_screen_is_exact_on_the_cases() -> None:
    texts = [case["before"] for case in CASES]
    verdicts = PASS.screen(pa.array(texts, pa.large_string()))
    for text, verdict in zip(texts, verdicts.tolist(), strict=True):
        if not verdict:
            assert not list(PASS.check(Document("t", text)))


def test_screen_of_a_slice_and_of_nothing() -> None:
    texts = pa.array(["Rain.", "Responses", "Snow."], pa.large_string())
    assert PASS.screen(texts).tolist() == [False, True, False]
    assert PASS.screen(texts[1:]).tolist() == [True, False]
    assert PASS.screen(texts[:0]).tolist() == []
    assert PASS.screen(pa.array(["", ""], pa.large_string())).tolist() == [False, False]


PIECES = [
    "Responses",
    "Source link",
    "Thank you, dear reader. Please donate today to support our journalism.",
    "Last updated: 3 May 2020 10:15",
    "The bridge was opened in May.",
    "\n",
    "\n\n",
    "\r\n",
    "\n\n\n",
    " ",
    "\ud800",
    "\x00",
    "قالب وردپرس",
    "👉 ",
    "\u2028",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_mixture(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = list(PASS.check(Document("t", text)))
    for each in found:
        assert each.span is not None
        start, end = each.span
        assert text[start:end] == text[start:end].strip() != ""
        for edit in each.fix.edits if each.fix else ():
            assert edit.span.start <= start <= end <= edit.span.end
            removed = text[edit.span.start : start] + text[end : edit.span.end]
            assert not removed.strip()
    spans = [each.span for each in found if each.span]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    after, _ = clean(text)
    assert clean(after)[0] == after
    if "\n\n\n" not in text and "\r" not in text and "\n \n" not in text:
        assert "\n\n\n" not in after.replace(" ", "") or "\n\n\n" in text.replace(" ", "")
    screened = PASS.screen(pa.array([text.replace("\ud800", "\ufffd")], pa.large_string())).tolist()
    assert screened == [True] or not found


@pytest.mark.parametrize(
    "unit", ["donate please our journalism ", "Responses\n", "© ", "\n \n", "a "]
)
def test_long_texts_end(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    list(PASS.check(Document("t", text)))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Last Modified: Sunday، 03 February 2019 02:30 PM", "2019-02-03T14:30"),
        ("Published: March 4th, 2020", "2020-03-04"),
        ("Stand: 14. März 2021, 9.05 Uhr", "2021-03-14T09:05"),
        ("Publié le 1er août 2016 à 18h30", "2016-08-01T18:30"),
        ("发布时间：2020年5月6日 08:15", "2020-05-06T08:15"),
        ("Updated 2018-12-28T10:00", "2018-12-28T10:00"),
        ("Updated 28/12/2018", "2018-12-28"),
        ("Updated 03/04/2018", None),
        ("Updated 31 February 2018", None),
        ("Updated today", None),
    ],
)
def test_times(text: str, time: str | None) -> None:
    assert parse_time(text) == time


def test_stored_tables_are_those_that_were_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEANER_CACHE_DIR", str(tmp_path))
    clauses = [(rule, clause) for rule in packs.load() for clause in rule.clauses]
    first, again = tables.tables(clauses), tables.tables(clauses)
    assert len(list(tmp_path.iterdir())) == 1
    for name, made in tables._build(clauses).items():
        for one in (first, again):
            assert np.array_equal(getattr(one, name), made)
            assert getattr(one, name).dtype == made.dtype
    assert tables.tables(clauses[1:]).limits.shape != first.limits.shape
