"""The structure pass: cases as data, and what must hold for every text."""

import tomllib
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import edits
from cleaner.kernels.structure import layout
from cleaner.kernels.structure import lines as layoutlines
from cleaner.kernels.structure import words as layoutwords
from cleaner.kernels.text.texts import texts_of
from cleaner.model import Applicability, Document, Finding, Span
from cleaner.passes import structure
from cleaner.passes.base import DocumentPass
from cleaner.passes.structure import StructurePass, headers, titles
from cleaner.passes.structure.bylines import LABELS, parse_author
from cleaner.passes.structure.dates import parse_date
from cleaner.passes.structure.examples import TITLE
from cleaner.passes.structure.page import Page, key
from cleaner.passes.structure.scripts import _script_of
from cleaner.rules import Rule

PROSE = (
    "It had rained since Monday, and nobody in the village had slept. The water stood at the "
    "doors, said the baker, who had carried his flour to the church tower during the night."
)
CASES = tomllib.loads((Path(__file__).parent / "cases/structure.toml").read_text("utf-8"))["case"]
PASS = StructurePass()

DATED, LABELLED, DELIMITED = (
    numba.njit(test.py_func)
    for test in (layoutwords.dated, layoutwords.labelled, layoutlines.delimited)
)

# Words and marks that the rules look for, so that random texts are not all beside the point.
PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "Home",
        " > ",
        " | ",
        " - ",
        "News",
        "By Ann Lee",
        "]",
        "[",
        "in 201",
        "4, a dog",
        "12,",
        "500 men",
        "December 28, 2018",
        "2018年1月2日",
        "قالب",
        PROSE,
        "The Title of It All",
        "\ud800",
        "\x00",
        "\u2028",
        "🎈",
        "é",
        "ß",
        "１",
        "٣",
        "²",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join)


def clean(text: str, url: str | None = None, *, unsafe: bool = False) -> tuple[str, int]:
    """Apply fixes in rounds, as the pipeline does; return the text and the rounds that it took."""
    for rounds in range(10):
        found = sorted(
            (f for f in PASS.check(Document("d", text, url)) if f.fix and f.span is not None),
            key=lambda f: (f.span or Span(0, 0), f.rule),
        )
        groups = [
            f.fix.edits
            for f in found
            if f.fix and (unsafe or f.applicability is Applicability.SAFE)
        ]
        if not groups:
            return text, rounds
        taken = [e for g, ok in zip(groups, edits.accept(groups), strict=True) if ok for e in g]
        text = edits.apply(text, sorted(taken))
    pytest.fail("the rules never come to rest")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any]) -> None:
    before = case["before"].replace("{prose}", PROSE)
    after = case.get("after", case["before"]).replace("{prose}", PROSE)
    found = list(PASS.check(Document("d", before, case.get("url"))))
    assert sorted(f.rule for f in found) == sorted(case.get("rules", []))
    assert clean(before, case.get("url"))[0] == after
    for name, value in case.get("evidence", {}).items():
        assert [f.evidence.get(name) for f in found] == [value]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_cleaning_twice_is_cleaning_once(case: dict[str, Any]) -> None:
    before = case["before"].replace("{prose}", PROSE)
    for unsafe in (False, True):
        once, _ = clean(before, case.get("url"), unsafe=unsafe)
        assert clean(once, case.get("url"), unsafe=unsafe) == (once, 0)


@pytest.mark.parametrize("rule", [rule.name for rule in PASS.rules])
def test_every_rule_has_a_case(rule: str) -> None:
    assert any(rule in case.get("rules", []) for case in CASES)


@pytest.mark.parametrize("rule", PASS.rules, ids=lambda rule: rule.name)
def test_the_examples_of_a_rule(rule: Rule) -> None:
    assert rule.match
    assert rule.keep
    for text in rule.match:
        assert found_in(text, rule.name)
    for text in rule.keep:
        assert not found_in(text, rule.name)


def test_fits_the_protocol_and_names_its_rules() -> None:
    assert isinstance(PASS, DocumentPass)
    names = [rule.name for rule in PASS.rules]
    assert names == sorted(set(names))
    assert all(name.startswith("structure.") for name in names)


@given(TEXTS)
def test_any_text_gives_findings_inside_it(text: str) -> None:
    for finding in PASS.check(Document("d", text)):
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.rule in {rule.name for rule in PASS.rules}
        for edit in finding.fix.edits if finding.fix else ():
            assert 0 <= edit.span.start < edit.span.end <= len(text)


@given(TEXTS, st.booleans())
def test_any_text_comes_to_rest(text: str, unsafe: bool) -> None:
    once, _ = clean(text, unsafe=unsafe)
    assert clean(once, unsafe=unsafe) == (once, 0)


@given(TEXTS)
def test_safe_fixes_keep_every_line_of_running_text(text: str) -> None:
    once, _ = clean(text)
    assert once.count(PROSE) == text.count(PROSE)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_the_screen_misses_nothing(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    screened = PASS.screen(pa.array(texts, pa.large_string()))
    assert screened.shape == (len(texts),)
    for text, seen in zip(texts, screened.tolist(), strict=True):
        assert seen or not list(PASS.check(Document("d", text)))


# What a person found wrong with the sample documents, of what this pass looks for.
SEEDS = {
    "000": [("structure.breadcrumb", "Home News Middle East Iraq’s Vice President")],
    "001": [("structure.dateline", "December 28, 2018"), ("structure.byline", "By Joseph Hammond")],
    "002": [
        ("structure.site-header", "Iraq News - Local News - Baghdadpost"),
        ("structure.blank-run", "\n\n"),
    ],
    "003": [("structure.empty-heading", "Responses")],
    "004": [
        ("structure.foreign-edge-line", "قالب وردپرس درنا توس"),
        ("structure.breadcrumb", "Home / World / In Iraq, US ally"),
        ("structure.title-suffix", " – INTERNATIONAL"),
        ("structure.blank-run", "\n\n\n"),
        ("structure.unterminated-paragraph", "partners"),
        ("structure.orphan-fragment", "taking a chance ]"),
        ("structure.unterminated-paragraph", "Americans"),
        ("structure.split-number", "201\n\n4,"),
        ("structure.unterminated-paragraph", "Times"),
        ("structure.blank-run", "\n\n"),
    ],
}


@pytest.mark.parametrize("number", sorted(SEEDS))
def test_the_sample_documents(number: str) -> None:
    (path,) = (Path(__file__).parent.parent / "seeds").glob(f"{number}_*.txt")
    text = path.read_bytes().decode("utf-8")
    found = sorted(PASS.check(Document(path.name, text)), key=lambda f: f.span or Span(0, 0))
    expected = SEEDS[number]
    assert [f.rule for f in found] == [rule for rule, _ in expected]
    for finding, (_, excerpt) in zip(found, expected, strict=True):
        assert finding.span is not None
        assert text[slice(*finding.span)].startswith(excerpt)
    once, _ = clean(text)
    assert clean(once) == (once, 0)


def found_in(text: str, rule: str) -> list[Finding]:
    return [finding for finding in PASS.check(Document("d", text)) if finding.rule == rule]


def test_a_cut_number_is_marked_whole() -> None:
    text = f"The flood\n\nAfter the old bridge had collapsed in 201\n\n4, a ferry came. {PROSE}"
    (finding,) = found_in(text, "structure.split-number")
    assert finding.span is not None
    assert text[slice(*finding.span)] == "201\n\n4,"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("2018-12-28", "2018-12-28"),
        ("28.12.2018", "2018-12-28"),
        ("12/28/2018", "2018-12-28"),
        ("28/12/18", "2018-12-28"),
        ("28 de diciembre de 2018", "2018-12-28"),
        ("28 dicembre 2018", "2018-12-28"),
        ("28 декабря 2018 г.", "2018-12-28"),
        ("28 ديسمبر 2018", "2018-12-28"),
        ("2018년 12월 28일", "2018-12-28"),
        ("Fri, Dec 28th, 2018 at 2:30 p.m. EST", "2018-12-28"),
        ("30 February 2018", None),
        ("December 2018", None),
        ("10.30 Uhr", None),
        ("1-0", None),
        ("Route 66, May 2018", None),
        ("192.168.1.12", None),
        ("", None),
    ],
)
def test_dates(line: str, value: str | None) -> None:
    stamp = parse_date(line)
    assert (stamp.value if stamp else None) == value


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Par Élise Dupont-Moreau", "Élise Dupont-Moreau"),
        ("Por Ana María de la Vega | 3 de mayo de 2020", "Ana María de la Vega"),
        ("di Carlo Conti", "Carlo Conti"),
        ("Door Jan van den Berg", "Jan van den Berg"),
        ("By Ann Lee, Bo Chen and Cy Dunn", "Ann Lee, Bo Chen and Cy Dunn"),
        ("作者：王小明", "王小明"),
        ("Von der Leyen reist ab", None),
        ("By 2030, all of it must go", None),
        ("Di sera, a Milano", None),
        ("Par exemple", None),
        ("by", None),
    ],
)
def test_authors(line: str, author: str | None) -> None:
    assert parse_author(line) == author


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_the_screen_keeps_what_an_idea_would_find_in_a_case(case: dict[str, Any]) -> None:
    nothing_is_missed(case["before"], case.get("url"))


@given(TEXTS)
def test_the_screen_keeps_what_an_idea_would_find(text: str) -> None:
    nothing_is_missed(text, None)
    nothing_is_missed(f"{TITLE}\n\n{text}\n{PROSE}\n{text}", "https://www.home.example/")
    nothing_is_missed(f"{TITLE}\n{PROSE}\n{PROSE}\n{PROSE}\n{text}\n{PROSE[:90]}", None)


SIGNS = st.sampled_from(
    [
        *(" ", " ", " ", "\u00a0", "\t", ".", ",", ":", "/", "-", "'", "&", "(", "½"),
        *(" | ", " - ", " – ", " » ", " · ", " • ", " :: ", "｜", "›", "|", " > ", "—", "–"),
        *("2018", "28", "1", "12", "31.12.", "14:30", "٣", "1666", "20180", "年", "月", "日"),
        *("December", "dez", "DÉC", "Uhr", "the", "of", "st", "est", "Fri", "PM", "декабря", "a"),
        *("by ", "By ", "VON ", "di", "Par ", "автор: ", "文/", "作者：", "a cura di ", "By: "),
        *("Ann", "Lee", "van", "der", "st.", "É", "é", "O'Neil", "and", "王小明", "Дмитрий", "la"),
        *("Home", "about us", "Contact", "privacy policy", "News", "sport", "GAZETTE", "Post"),
        *("word", "The river rose by a metre", "x" * 30),
    ]
)


@given(st.lists(SIGNS, max_size=9).map("".join))
@settings(max_examples=1000)
def test_the_screen_keeps_dates_names_menus_and_suffixes(line: str) -> None:
    line = line.strip()
    data, stop = np.frombuffer(line.encode(), np.uint8), len(line.encode())
    _, labels, ends, pairs, known, particles = structure._tables()
    menu, suffixed = DELIMITED(data, 0, stop, np.zeros(layoutlines.DELIMITERS, np.int64))
    assert DATED(data, 0, stop, known) or parse_date(line) is None
    assert LABELLED(data, 0, stop, pairs, labels, ends, particles) or parse_author(line) is None
    page = Page.of(Document("d", f"{line}\n{TITLE}\n{PROSE}", "https://word.home.gazette.example/"))
    assert menu or not list(headers.find(page))
    page = Page.of(Document("d", f"{TITLE}\n{PROSE}\n{line}"))
    assert menu or not line or not list(headers.find(page))
    page = Page.of(Document("d", f"{line}\n{PROSE}", "https://word.home.gazette.example/"))
    assert suffixed or not list(titles.find(page))


def nothing_is_missed(text: str, url: str | None) -> None:
    """Each idea finds nothing where its bit is not set."""
    possible = int(structure._possible(texts_of([text]))[0])
    if "\n" not in text:
        assert possible == 0
        return
    for idea, bit in zip(structure._IDEAS, structure._BITS, strict=True):
        if list(idea.find(Page.of(Document("d", text, url)))):
            assert possible & bit, idea.__name__


def test_the_screen_folds_as_keys_and_labels_do() -> None:
    """For every code point: what the kernel takes for its key, its lower case, its script."""
    unit, lower = numba.njit(layoutlines.unit.py_func), numba.njit(layoutwords._lower.py_func)
    kind = numba.njit(layout._class.py_func)
    alphabet = set("".join(LABELS))
    scripts: dict[int, set[str | None]] = {}
    for code in [*range(0xD800), *range(0xE000, 0x110000)]:
        character = chr(code)
        folded = [ord(c) for c in key(f"a{character}a")[1:-1] if unit(ord(c)) > 0]
        have = unit(code)
        assert have < 0 or folded == ([have] if have else []), hex(code)
        small = character.lower()
        if len(small) == 1 and small in alphabet:
            assert lower(code) == ord(small), hex(code)
        if kind(code):
            assert character.isalpha(), hex(code)
            scripts.setdefault(kind(code), set()).add(_script_of(character))
    assert len(scripts) == 11
    assert all(len(names) == 1 and None not in names for names in scripts.values())
