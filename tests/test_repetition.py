"""The repetition pass: small sites as data, the same answer for any layout, and the line hash."""

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner import edits
from cleaner.config import RepetitionOptions
from cleaner.engines import documents_schema, verdicts_schema
from cleaner.engines.local import LocalEngine
from cleaner.kernels.repetition.linehash import hash_lines, hash_words, normalise
from cleaner.kernels.text.wordkeys import hash_word
from cleaner.model import Applicability, Edit, Finding, Span
from cleaner.passes.base import CorpusPass
from cleaner.passes.repetition import RepetitionPass
from cleaner.passes.repetition.counting import sketch_schema

CASES = tomllib.loads((Path(__file__).parent / "cases/repetition.toml").read_text("utf-8"))["case"]
PASS = RepetitionPass(RepetitionOptions())


def sketch(batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        yield PASS.sketch(batch)


@dataclass(frozen=True)
class Page:
    text: str
    group: str = "valley.example"


def find(
    pages: list[Page], *, size: int = 1000, partitions: int = 1, options: Any = None
) -> list[tuple[int, Finding]]:
    """All findings, in order of document and position."""
    rows = [
        {"document": number, "id": f"d{number}", "text": p.text, "group": p.group, "rank": 0.0}
        for number, p in enumerate(pages)
    ]
    parts: list[list[Any]] = [[] for _ in range(partitions)]
    for at, start in enumerate(range(0, len(rows), size)):
        batch = pa.RecordBatch.from_pylist(rows[start : start + size], documents_schema())
        parts[at % partitions].append(batch)
    engine = LocalEngine()
    documents = engine.dataset(parts, documents_schema())
    sketches = engine.map(documents, sketch, sketch_schema())
    chosen = RepetitionPass(options or RepetitionOptions())
    found = []
    for batch in engine.batches(chosen.compare(engine, documents, sketches)):
        assert batch.schema == verdicts_schema()
        for row in batch.to_pylist():
            finding = msgspec.json.decode(row["finding"], type=Finding)
            assert finding.document == f"d{row['document']}"
            found.append((row["document"], finding))
    return sorted(found, key=lambda pair: (pair[0], pair[1].span or Span(0, 0), pair[1].rule))


def clean(pages: list[Page], *, unsafe: bool = False) -> list[Page]:
    groups: dict[int, list[Edit]] = {}
    for document, finding in find(pages):
        if finding.fix and (unsafe or finding.applicability is Applicability.SAFE):
            groups.setdefault(document, []).extend(finding.fix.edits)
    return [
        Page(edits.apply(page.text, sorted(groups.get(number, []))), page.group)
        for number, page in enumerate(pages)
    ]


NAMES = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty")


def fill(text: str, page: int) -> str:
    """Words that no other page has, in the places that a case leaves open."""
    parts = text.split("{prose}")
    name = NAMES[page % len(NAMES)] * (page // len(NAMES) + 1)
    text = parts[0]
    for number, part in enumerate(parts[1:]):
        text += (
            f"The {name} {NAMES[number]} had been closed since the {name} flood, and nobody who "
            f"lived near the {name} could say when the {NAMES[number]} {name} would open again."
        )
        text += part
    return (
        text.replace("{title}", f"How the {name} was lost")
        .replace("{i}", str(page + 1))
        .replace("{n}", f"Copied by {name}")
    )


def site(case: dict[str, Any], key: str) -> list[Page]:
    some = case.get("some", case["pages"])
    return [
        Page(fill(case[key if page < some else "without"], page)) for page in range(case["pages"])
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any]) -> None:
    pages = site(case, "before")
    found = find(pages)
    for number in range(case.get("some", case["pages"])):
        rules = sorted(finding.rule for document, finding in found if document == number)
        assert rules == sorted(case.get("rules", []))
    assert clean(pages) == site(case, "after" if "after" in case else "before")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
@pytest.mark.parametrize("unsafe", [False, True])
def test_cleaning_twice_is_cleaning_once(case: dict[str, Any], unsafe: bool) -> None:
    once = clean(site(case, "before"), unsafe=unsafe)
    assert clean(once, unsafe=unsafe) == once


def test_fits_the_protocol_and_names_its_rules() -> None:
    assert isinstance(PASS, CorpusPass)
    names = [rule.name for rule in PASS.rules]
    assert names == sorted(set(names))
    reported = {rule for case in CASES for rule in case.get("rules", [])}
    assert reported == set(names)


def test_the_last_line_of_every_rule_says_in_how_many_documents() -> None:
    pages = [Page(fill("Valley Gazette Online\n\n{title}\n\n{prose}", n)) for n in range(5)]
    for _, finding in find(pages):
        assert finding.evidence == {"lines": 1, "documents": 5, "group": 5}
        assert "5 of the group's 5 documents" in finding.message


def test_groups_are_apart() -> None:
    text = "Valley Gazette Online\n\n{title}\n\n{prose}"
    assert not find([Page(fill(text, n), f"site{n}") for n in range(6)])


def test_a_small_share_of_a_group_is_chance() -> None:
    with_header = [Page(fill("Valley Gazette Online\n\n{title}\n\n{prose}", n)) for n in range(3)]
    without = [Page(fill("{title}\n\n{prose}", n + 3)) for n in range(60)]
    assert not find(with_header + without)
    assert find(with_header + without, options=RepetitionOptions(min_share=0.04))
    assert not find(with_header, options=RepetitionOptions(min_documents=4))


LINES = st.sampled_from(
    [
        "Valley Gazette Online",
        "Menu",
        "The first long line of some page or other.",
        "A second line",
        "",
        "---",
        "42",
        "Über uns und alle anderen",
        "A third line, with a comma",
        "x",
        "谷地公报",
    ]
)
SITES = st.lists(
    st.builds(
        Page,
        st.lists(LINES | st.text(max_size=12), max_size=8).map("\n".join),
        st.sampled_from(["a", "b"]),
    ),
    max_size=9,
).map(lambda pages: [Page(p.text.encode("utf-8", "replace").decode(), p.group) for p in pages])


@settings(deadline=None)
@given(SITES, st.integers(1, 5), st.integers(1, 4))
def test_the_answer_is_the_same_for_any_layout(pages: list[Page], size: int, parts: int) -> None:
    assert find(pages, size=size, partitions=parts) == find(pages)


@settings(deadline=None)
@given(SITES)
def test_cuts_are_inside_and_leave_half(pages: list[Page]) -> None:
    for document, finding in find(pages):
        text = pages[document].text
        assert finding.span is not None
        assert 0 <= finding.span.start < finding.span.end <= len(text)
    for page, after in zip(pages, clean(pages, unsafe=True), strict=True):
        assert ink(after.text) * 3 >= ink(page.text)


def ink(text: str) -> int:
    """Letters, marks and numbers: a vowel sign may be a line by itself."""
    return sum(unicodedata.category(char)[0] in "LMN" for char in text)


# --- the line hash ----------------------------------------------------------------------------

TEXT = (
    st.text(max_size=40)
    | st.text("aZ09 ,_é\n\t中ß𠮷", max_size=60)
    | st.lists(LINES, max_size=5).map("\n".join)
)


def reference(line: str) -> int:
    """The UTF-8 of the normal form as `wordkeys` hashes a word, finished as MurmurHash3 does."""
    state = hash_word(normalise(line))
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        state ^= state >> 33
        state = state * factor % 2**64
    state ^= state >> 33
    return state - 2**64 if state >= 2**63 else state


@given(st.lists(TEXT, max_size=5), st.integers(0, 3), st.sampled_from([[], ["." * 80]]))
@example(["x" * 63 + " " * 3 + "y" * 63 + " z, " + "w " * 64, " a b"], 0, ["." * 80])
def test_the_kernel_hashes_normal_forms(texts: list[str], skip: int, more: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    # Near the end of a batch each character is met by itself.
    lines = hash_lines(pa.array([*texts, *more], pa.large_string())[skip:])
    texts = [*texts, *more]
    expected = [
        (number, index, reference(line), len(normalise(line).replace(" ", "")))
        for number, text in enumerate(texts[skip:])
        for index, line in enumerate(text.split("\n"))
        if normalise(line)
    ]
    found = zip(lines.text, lines.line, lines.hashes, lines.weight, strict=True)
    assert [tuple(int(value) for value in row) for row in found] == expected
    totals = np.zeros(len(texts[skip:]), np.int64)
    np.add.at(totals, lines.text, lines.weight)
    assert lines.text_weight.tolist() == totals.tolist()


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("© 2019 Our Site", "(c) 2019 our site", False),
        ("© 2019 Our Site", "© 2020 OUR  SITE!", True),
        ("Café à Paris", "cafe a\u00a0paris", True),
        ("ＡＢＣ", "abc", False),
        ("１２", "34", True),
        ("Straße", "STRASSE", False),
        ("İstanbul", "istanbul", True),
        ("한국어", "한국말", False),
        ("one two", "onetwo", False),
    ],
)
def test_what_counts_as_the_same_line(one: str, two: str, same: bool) -> None:
    assert (normalise(one) == normalise(two)) is same
    hashes = hash_lines(pa.array([one, two], pa.large_string())).hashes
    assert (hashes[0] == hashes[1]) == same


def test_texts_differ_by_their_lines_and_order() -> None:
    texts = ["one\ntwo", "two\none", "one two", "ONE\n\n two.", ""]
    hashes = hash_lines(pa.array(texts, pa.large_string())).text_hash
    assert hashes[0] == hashes[3]
    assert len(set(hashes.tolist())) == 4


def test_names_have_stable_hashes() -> None:
    assert hash_words(["a", "b", "a"]).tolist() == hash_words(["a", "b", "a"]).tolist()
    assert hash_words(["valley.example"]).tolist() == [9200624215577714690]
    assert hash_words([]).tolist() == []
