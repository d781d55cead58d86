import pickle
import tomllib
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.edits import apply
from cleaner.kernels.webtext.features import COLUMNS, NEWLINE, SPACE
from cleaner.kernels.webtext.trees import blame, decode, predict
from cleaner.model import Applicability, CleanerError, Document, Finding
from cleaner.passes.base import DocumentPass
from cleaner.passes.webtext import WebtextPass
from cleaner.passes.webtext.decode import MIN_LINES, keep, settle
from cleaner.passes.webtext.features import NAMES, SECOND
from cleaner.passes.webtext.model import load, shipped
from cleaner.rules import Selection

CASES = tomllib.loads((Path(__file__).parent / "cases/webtext.toml").read_text("utf-8"))["case"]
MODEL_FILE = Path(__file__).parent.parent / "cleaner/passes/webtext/line-model.npz"
PAGE = next(case["before"] for case in CASES if "after" in case)

# Lines as pages have them, so that generated texts are not all alike to the model.
SOME_LINES = [
    *PAGE.strip().split("\n"),
    "",
    "  ",
    "12,4 €",
    "首页 | 新闻 | 体育",
    "这座老桥周一重新向行人开放，距离最后一班火车驶过已有十一年。",
    "قالب وردپرس",
    "\ud800",
    "\x00",
    "🙂 12 likes · Reply",
    "a" * 500,
]
any_text = st.text(st.characters(), max_size=400)
any_page = st.lists(st.sampled_from(SOME_LINES) | any_text, max_size=40).map("\n".join)


def look(text: str, profile: str = "web") -> list[Finding]:
    return list(WebtextPass(profile).check(Document("page.txt", text)))


def cut(text: str) -> str:
    fixes = [finding.fix for finding in look(text) if finding.fix]
    return apply(text, sorted(edit for fix in fixes for edit in fix.edits))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["label"]))
def test_case(case: dict[str, str]) -> None:
    """Leading and trailing blank lines are the case's own and never part of what it says."""
    before = case["before"]
    assert cut(before).strip("\n") == case.get("after", before).strip("\n")


@settings(deadline=None, max_examples=150)
@given(any_page)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = cut(text)
    assert cut(once) == once


@settings(deadline=None, max_examples=100)
@given(any_page)
def test_what_is_cut_is_whole_lines_and_the_rest_is_untouched(text: str) -> None:
    left = [line for line in cut(text).splitlines() if line.strip()]
    lines = iter(line for line in text.splitlines() if line.strip())
    assert all(line in lines for line in left)  # a subsequence


@settings(deadline=None, max_examples=100)
@given(any_page)
def test_screen_overlooks_nothing(text: str) -> None:
    as_arrow = text.encode("utf-8", "replace").decode()
    screened = WebtextPass("web").screen(pa.array([as_arrow], pa.large_string()))
    assert screened.dtype == np.bool_
    assert screened[0] or not look(text)


@settings(deadline=None)
@given(any_text)
def test_lines_are_counted_as_by_hand(text: str) -> None:
    model = shipped()
    found = model.scan(text)
    lines: list[tuple[int, str]] = []
    start = 0
    for at, char in enumerate([*text, "\n"]):
        if model.classes[ord(char)] == NEWLINE:
            lines.append((start, text[start:at]))
            start = at + 1
    lines = [one for one in lines if any(model.classes[ord(char)] != SPACE for char in one[1])]
    assert found.spans.tolist() == [[at, at + len(line)] for at, line in lines]
    size = COLUMNS.index("characters")
    assert found.counts[:, size].tolist() == [
        sum(model.classes[ord(char)] != SPACE for char in line) for _, line in lines
    ]
    upper = COLUMNS.index("digits")
    assert found.counts[:, upper].tolist() == [
        sum(char.isdecimal() for char in line) for _, line in lines
    ]


def test_words_of_a_line() -> None:
    lines = shipped().scan("The cat isn't in 2 hats, it is on 3 mats\n新闻 体育\nTHE")
    row = dict(zip(COLUMNS, lines.counts[0].tolist(), strict=True))
    assert row["tokens"] == 12
    assert row["stop_words"] >= 5
    assert row["numbers"] == 2
    assert lines.counts[1, COLUMNS.index("tokens")] == 4  # one a character
    assert lines.tokens[0] == lines.tokens[-1]  # case does not matter


@given(st.lists(st.integers(-30, 30), max_size=9), st.integers(0, 40))
def test_decode_finds_the_best_of_all_sequences(margins: list[int], change: int) -> None:
    def worth(labels: tuple[bool, ...]) -> int:
        borders = sum(a != b for a, b in pairwise(labels))
        return sum(m for m, kept in zip(margins, labels, strict=True) if kept) - change * borders

    found = tuple(decode(np.array(margins, np.int64), change).tolist())
    assert worth(found) == max(
        worth(labels) for labels in product((True, False), repeat=len(margins))
    )


@given(st.lists(st.lists(st.floats(-5, 5, width=32), min_size=2, max_size=2), max_size=70))
def test_trees_are_walked_as_by_hand(rows: list[list[float]]) -> None:
    nodes = np.array([[0, 1, 2], [-1] * 3, [1, 3, 4], [-1] * 3, [-1] * 3, [-1] * 3], np.int32)
    thresholds = np.array([0.5, 0, -1.5, 0, 0, 0], np.float32)
    values = np.array([1, 10, 2, 20, 30, 500], np.int32)
    roots = np.array([0, 5], np.int32)
    features = np.array(rows, np.float32).reshape(-1, 2)
    leaves = [10 if a <= 0.5 else 20 if b <= -1.5 else 30 for a, b in rows]
    assert predict(features, nodes, thresholds, values, roots).tolist() == [v + 500 for v in leaves]
    said = blame(features, nodes, thresholds, values, roots)
    assert said.sum() == sum(leaf - 1 for leaf in leaves)  # what the root said is nobody's doing


def test_the_model_file_is_small_and_says_where_it_comes_from() -> None:
    data = MODEL_FILE.read_bytes()
    assert len(data) <= 1_000_000
    header = load(data).header
    assert header["trained_by"] == "benchmarks/train_line_model.py"
    assert header["trained_on"]["sources"]
    assert len(header["digest"]) == 64
    with np.load(MODEL_FILE, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= {"i", "u", "f"}


def test_a_damaged_model_is_refused() -> None:
    data = MODEL_FILE.read_bytes()
    for wrong in (b"", b"PK", data[: len(data) // 2]):
        with pytest.raises(CleanerError, match="line model"):
            load(wrong)


def test_another_machine_scored_the_probe_the_same() -> None:
    """The header holds a small text and the scores it got where the model was trained."""
    model = shipped()
    probe = model.header["probe"]
    lines = model.scan(probe["text"])
    margins, features = model.score(lines, np.arange(len(lines)))
    assert features.shape == (len(lines), len(NAMES) + len(SECOND))
    assert margins.tolist() == probe["margins"]


def test_a_document_in_doubt_is_cut_less() -> None:
    model = shipped()
    words = np.full(40, 10)
    sure = np.repeat([4000, -4000], 20).astype(np.int32)
    unsure = np.repeat([-1200, -2200], 20).astype(np.int32)
    assert keep(model, sure, words).tolist() == [True] * 20 + [False] * 20
    assert keep(model, unsure, words)[:20].all()


def test_nothing_is_cut_where_all_would_go_or_hardly_anything() -> None:
    model = shipped()
    words = np.full(100, 10)
    one = np.full(100, 5000, np.int32)
    one[50] = -9000
    assert keep(model, one, words).all()
    assert settle(model, model.scan("word\n" * (MIN_LINES - 1))) == []


def test_evidence_says_which_features_spoke() -> None:
    finding = look(PAGE)[0]
    assert finding.rule == "webtext.boilerplate-line"
    assert finding.evidence["score"] > 0.5  # type: ignore[operator]
    features = finding.evidence["features"]
    assert isinstance(features, list)
    assert features
    assert {feature["name"] for feature in features} <= set(NAMES)
    words = finding.evidence["words"]
    assert isinstance(words, list)
    assert all(word in PAGE for word in words)


def test_it_is_silent_by_default_and_only_shows_when_selected() -> None:
    quiet, web = WebtextPass("default"), WebtextPass("web")
    assert isinstance(quiet, DocumentPass)
    assert not Selection().wants(quiet.rules[0])
    assert Selection(extend_select=("webtext",)).wants(quiet.rules[0])
    assert Selection().wants(web.rules[0])
    assert {finding.applicability for finding in look(PAGE, "default")} == {Applicability.DISPLAY}
    assert {finding.applicability for finding in look(PAGE)} == {Applicability.UNSAFE}


def test_the_examples_of_the_rule_hold() -> None:
    (rule,) = WebtextPass("web").rules
    for page, article in zip(rule.match, rule.keep, strict=True):
        assert cut(page) == article
        assert not look(article)


def test_the_pass_can_be_sent_to_a_worker() -> None:
    sent = pickle.loads(pickle.dumps(WebtextPass("web")))  # noqa: S301 - our own bytes
    assert list(sent.check(Document("page.txt", PAGE))) == look(PAGE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 10_000,
        "a\n" * 3_000,
        "\ud800\n\x00\n" * 50,
        "x" * 1_000_000,
        "\u202e\u0627\u2028" * 300,
        ("word " * 20_000 + "\r\n") * 9,
        "你\n" * 500,
    ],
    ids=range(8),
)
def test_no_text_makes_it_raise(text: str) -> None:
    assert cut(cut(text)) == cut(text)
