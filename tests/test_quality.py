"""The quality pass: cases as data, the numbers of datatrove, and what must hold for every text."""

import pickle
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.config import QualityOptions
from cleaner.kernels.compiled import kernel
from cleaner.kernels.quality import statistics, wordrows
from cleaner.kernels.quality.slips import CUES
from cleaner.kernels.quality.slipscreens import may_slip
from cleaner.kernels.quality.slipwords import KINDS, slip_words
from cleaner.kernels.text import blocks
from cleaner.kernels.text.characters import character_tables
from cleaner.kernels.text.texts import texts_of
from cleaner.kernels.text.wordkeys import hash_word, key_of_capitals, key_of_word
from cleaner.model import Applicability, Document, Finding
from cleaner.passes.base import MeasuringPass
from cleaner.passes.quality import QualityPass
from cleaner.passes.quality.lexicon import lexicon, screened
from cleaner.passes.quality.signals import SIGNALS
from cleaner.rules import Rule, matches

HERE = Path(__file__).parent
ROOT = HERE.parent
PASS = QualityPass()
CASES = tomllib.loads((HERE / "cases/quality.toml").read_text("utf-8"))["case"]
DATATROVE = tomllib.loads((HERE / "cases/quality_datatrove.toml").read_text("utf-8"))["text"]
SEEDS = sorted((ROOT / "seeds").glob("0*.txt"))

ALPHABET = "abcAÄßé9_'-.,…!?#•\"”“()[]{} \n\r\t\u00a0中のقЖ🎈\ufffd\x00"
TEXTS = st.lists(
    st.sampled_from(
        ["the ", "the the ", "of a ", "rain ", "In the ", "can not ", "\n", "\n\n", ". "]
    )
    | st.text(ALPHABET, max_size=6),
    max_size=40,
).map("".join)


def measure(*texts: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = PASS.measure(pa.array(texts, pa.large_string())).to_pylist()
    return rows


def look(text: str) -> list[Finding]:
    measures = PASS.measure(pa.array([text.encode(errors="replace").decode()], pa.large_string()))
    found = list(PASS.report(Document("d", text), measures.to_pylist()[0]))
    assert bool(PASS.suspects(measures)[0]) >= bool(found)
    return found


def words(text: str) -> list[str]:
    """What a word is, once more and slowly."""
    found = []
    for run in text.lower().split():
        inside = [at for at, char in enumerate(run) if char.isalnum() or char == "_"]
        found.append(run[inside[0] : inside[-1] + 1] if inside else run)
    return found


def repeated(grams: list[tuple[str, ...]], size: int) -> int:
    """Letters of runs that occurred before, from left to right without overlap."""
    seen, total, at = set(), 0, 0
    while at < len(grams):
        if grams[at] in seen:
            total += sum(map(len, grams[at]))
            at += size
        else:
            seen.add(grams[at])
            at += 1
    return total


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any]) -> None:
    on = {rule.name: rule.default for rule in PASS.rules}
    prefix = case.get("look")
    found = {
        one.rule
        for one in look(case["text"])
        if (matches(one.rule, prefix) if prefix else on[one.rule])
    }
    wanted = set(case.get("rules", ()))
    if prefix == "quality":  # everything but the families
        found = {name for name in found if name.count(".") == 1}
    assert found == wanted


@pytest.mark.parametrize("sample", DATATROVE, ids=lambda sample: sample["label"])
def test_numbers_are_those_of_datatrove(sample: dict[str, Any]) -> None:
    (row,) = measure(sample["text"])
    ours = {name: row[f"quality_{name}"] for name in sample["numbers"]}
    assert ours == pytest.approx(sample["numbers"], abs=2e-6)


@pytest.mark.parametrize("rule", PASS.rules, ids=lambda rule: rule.name)
def test_rule_is_named_explained_and_only_displays(rule: Rule) -> None:
    assert rule.name.startswith("quality.")
    assert rule.summary
    assert rule.why
    assert rule.source
    assert rule.applicability is Applicability.DISPLAY
    for text in rule.match:
        assert rule.name in {one.rule for one in look(text)}
    for text in rule.keep:
        assert rule.name not in {one.rule for one in look(text)}


def test_few_rules_are_on_by_default() -> None:
    assert {rule.name for rule in PASS.rules if rule.default} == {
        "quality.doubled-word",
        "quality.spun-text",
    }


def test_samples_have_the_findings_that_their_readme_names() -> None:
    on = {rule.name for rule in PASS.rules if rule.default}
    found = {}
    for path in SEEDS:
        text = path.read_text("utf-8")
        found[path.name[:3]] = [
            (one.rule, text[slice(*one.span)] if one.span else None)
            for one in look(text)
            if one.rule in on
        ]
    assert found == {
        "000": [],
        "001": [("quality.doubled-word", "to reduce to reduce")],
        "002": [],
        "003": [("quality.doubled-word", "the the")],
        "004": [("quality.spun-text", None)],
    }


def test_spun_text_is_seen_after_the_repairs_of_other_passes() -> None:
    text = next(path for path in SEEDS if path.name.startswith("004")).read_text("utf-8")
    text = text.replace("& # 39;", "'").replace("201\n\n4", "2014").replace("taking a chance ]", "")
    assert "quality.spun-text" in {one.rule for one in look(text)}


def test_it_is_a_measuring_pass_that_pickles() -> None:
    assert isinstance(PASS, MeasuringPass)
    copy = pickle.loads(pickle.dumps(PASS))  # noqa: S301 - our own bytes
    assert copy.options == PASS.options


def test_columns_are_unique_and_numeric() -> None:
    schema = PASS.measure(pa.array([], pa.large_string())).schema
    assert schema.names == [signal.column for signal in SIGNALS]
    assert len(set(schema.names)) == len(schema.names)
    assert {str(kind) for kind in schema.types} == {"int32", "float"}


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "\r\n\r\n", " ", "\x00", "\ud800", "a\udfffb " * 50, "\ufffd\ufffd", "🎈", "ก็",
        "x" * 1_000_000, "the the " * 100_000, "中" * 300_000, "\u200f\u202e", "...", "#",
        "“", "'s x", "\u2028\u2029\x85\f\v", "\U000e0041\U0010ffff",
    ],
)  # fmt: skip
def test_no_text_makes_it_raise(text: str) -> None:
    for one in look(text):
        assert one.span is None or 0 <= one.span.start < one.span.end <= len(text)


def test_a_slice_is_measured_as_itself() -> None:
    texts = ["first of all", "the the rain\nthe the rain", "", "last"]
    array = pa.array(texts, pa.large_string())
    assert PASS.measure(array.slice(1, 2)).to_pylist() == measure(*texts[1:3])


def test_a_span_counts_code_points_also_behind_a_lone_surrogate() -> None:
    text = "🎈 é \ud800 It was the the end of it, and they have to be with us for that."
    (one,) = [one for one in look(text) if one.rule == "quality.doubled-word"]
    assert one.span is not None
    assert text[slice(*one.span)] == "the the"


def test_a_huge_document_is_read_up_to_the_cap() -> None:
    row, after = measure("a " * (wordrows.CAP + 5) + "\n" + "b b b", "one two")
    assert row["quality_words"] == wordrows.CAP
    assert after["quality_words"] == 2


@given(st.lists(TEXTS, max_size=8))
def test_a_document_is_measured_alike_in_any_batch(texts: list[str]) -> None:
    together = measure(*texts)
    # NaN equals nothing; there is none.
    assert together == [measure(text)[0] for text in texts]


@given(st.lists(TEXTS | st.text("aéB ,.1'\nÀ中ж", max_size=200), max_size=4).map("".join))
def test_letters_read_by_blocks_equal_letters_read_one_by_one(text: str) -> None:
    # Near the end of a batch each character is met by itself: that is the slow, obvious way.
    (alone,) = measure(text)
    followed, _ = measure(text, "." * 2 * blocks.BLOCK)
    assert followed == alone


@kernel
def ascii_bits(data: Any) -> Any:
    return (
        blocks.letter_bits(data, 0),
        blocks.capital_bits(data, 0),
        blocks.plain_bits(data, 0),
        blocks.odd_bits(data, 0),
        blocks.wide_bits(data, 0),
        blocks.break_bits(data, 0),
        blocks.blank_bits(data, 0),
    )


@kernel
def bit_counts(value: Any) -> Any:
    return (
        blocks.leading_ones(value),
        blocks.count_ones(value),
        blocks.first_one(value),
        blocks.last_ones(value),
    )


@given(st.binary(min_size=blocks.BLOCK, max_size=blocks.BLOCK))
def test_bits_tell_letters_and_capitals(data: bytes) -> None:
    found = ascii_bits(np.frombuffer(data, np.uint8))
    chars = [chr(byte) if byte < 128 else " " for byte in data]
    kinds = (
        map(str.isalpha, chars),
        map(str.isupper, chars),
        map(str.isalnum, chars),
        (byte > 127 or byte == ord("_") for byte in data),
        (byte > 127 for byte in data),
        (byte in b"\r\n" for byte in data),
        (byte == ord(" ") for byte in data),
    )
    assert found == tuple(sum(is_one << at for at, is_one in enumerate(kind)) for kind in kinds)


@given(st.integers(0, 2**64 - 1))
@example(0)
@example(2**64 - 1)
def test_bits_are_counted(value: int) -> None:
    text = f"{value:064b}"
    ones, zeros, last = (
        64 - len(part) for part in (text.rstrip("1"), text.rstrip("0"), text.lstrip("1"))
    )
    assert bit_counts(np.uint64(value)) == (ones, value.bit_count(), zeros, last)


@kernel
def both_keys(data: Any, lower: Any) -> Any:
    end = len(data)
    return key_of_word(data, 0, end), key_of_capitals(data, 0, end, lower)


@given(st.text("aZ9'.éÉßÄжЖ中ǅ\u212a\u0130🎈", min_size=1, max_size=20))
@example("\u212aelvin")  # its small letter is ASCII
def test_the_key_of_a_word_is_that_of_its_small_letters(word: str) -> None:
    _, lower = character_tables()
    small = "".join(chr(lower[ord(char)]) for char in word)
    data = np.frombuffer(word.encode(), np.uint8)
    plain, general = both_keys(data, lower)
    assert general == hash_word(small)
    if not any(char.isupper() or char.istitle() for char in word if not char.isascii()):
        assert plain == general


def test_stop_words_with_vowel_signs_are_known() -> None:
    (row,) = measure("यह नदी के पास है और वह गाँव की ओर है, जहाँ से लोग आते हैं।")
    assert row["quality_stop_words"] >= 5


@given(TEXTS)
@example("the of a ?aの")  # the mark before a word that ends where a script without spaces begins
def test_findings_lie_in_the_text_and_repeat(text: str) -> None:
    found = look(text)
    assert found == look(text)
    for one in found:
        if one.span is not None:
            assert 0 <= one.span.start < one.span.end <= len(text)
            half = re.split(r"[\s\x00]+", text[slice(*one.span)].lower())
            assert half[: len(half) // 2] == half[len(half) // 2 :]


@given(st.text("abAÄé9_'-.,…#” \n\t\u00a0", max_size=300))
def test_words_and_runs_equal_a_slow_count(text: str) -> None:
    (row,) = measure(text)
    found = words(text)
    real = [word for word in found if any(char.isalnum() or char == "_" for char in word)]
    assert row["quality_words"] == len(real)
    if real:
        assert row["quality_mean_word_length"] == pytest.approx(np.mean([len(w) for w in real]))
    length = max(len(text), 1)
    for size in range(2, 11):
        grams = [tuple(found[at : at + size]) for at in range(len(found) - size + 1)]
        if size >= 5:
            share = repeated(grams, size) / length
            assert row[f"quality_repeated_{size}_gram_share"] == pytest.approx(share, abs=1e-6)
        elif size <= 4:
            best, count = Counter(grams).most_common(1)[0] if grams else ((), 0)
            share = (count > 1) * count * len(" ".join(best)) / length
            assert row[f"quality_top_{size}_gram_share"] == pytest.approx(share, abs=1e-6)


@given(st.lists(st.text("ab .", max_size=4) | st.just(""), max_size=20))
def test_lines_and_paragraphs_equal_a_slow_count(lines: list[str]) -> None:
    text = "\n".join(lines)
    (row,) = measure(text)
    solid = [line.strip() for line in lines if line.strip()]
    assert row["quality_lines"] == len(solid)
    again = len(solid) - len(set(solid))
    assert row["quality_repeated_line_share"] == pytest.approx(again / max(len(solid), 1))
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.strip())
        else:
            blocks.append([])
    paragraphs = [tuple(block) for block in blocks if block]
    assert row["quality_paragraphs"] == len(paragraphs)
    again = len(paragraphs) - len(set(paragraphs))
    assert row["quality_repeated_paragraph_share"] == pytest.approx(again / max(len(paragraphs), 1))


def test_every_signal_and_rule_is_documented() -> None:
    page = (ROOT / "docs/quality.md").read_text("utf-8")
    for signal in SIGNALS:
        row = f"| `{signal.column}` | {signal.source.split(' (')[0]} | {signal.unit} |"
        assert f"{row} {signal.definition} |" in page
    for rule in PASS.rules:
        assert f"`{rule.name}`" in page


WORDING = (
    "the a an to of is are was would their its can not it s t have The In A a An I and and with|"
    "reduce x-ray été to-do apple bear hour one mp3 9 наука 日本 ß \u212a javascript wouldn't|"
    "преобразование Ünder e.g. don’t 's ’s n't (the) the, an, of. , . ; ! … – “the” have, end.\n "
    "the\xa0the"
)
PIECES = re.split(r"[ |]", WORDING)
GAPS = (" ", " ", " ", " ", "  ", "\n", "\n\n", "\t", "\xa0", "\u2028", "", ", ", ". ", " , ", "'")
BROKEN = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), max_size=30).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
PROSE = "The men who came here in the morning were not told that it would be so late as that.\n"


@settings(max_examples=400)
@given(st.one_of(BROKEN, TEXTS), st.sampled_from(["", PROSE, PROSE * 3, "x" * 60 + ".\n" * 3]))
@example("to x-ray to x-ray the the-the the the-the", "")
@example("we want to reduce to reduce it", "")
@example("fm the été the été", "")
@example("we\xa0the\xa0the of\u3000of", PROSE)
@example("they can (not be", PROSE)
@example("a" * 64 + " the the " + "b" * 200 + " of of", "")
@example(" ".join(f"word{n}" for n in range(21)) + " end", "x" * 60 + ".\n" * 3)
@example("дом " * 21, "Дом стоит на горе, и из окна его видно далеко во все стороны света.\n" * 3)
@example("наука 's", PROSE)
@example(",, is, ", PROSE)
@example("The café. the end, Americans, have, seen", "")
def test_the_screen_lets_every_slip_through(text: str, before: str) -> None:
    text = (before + text).encode(errors="replace").decode()
    words = lexicon()[0]
    answers = set()
    for follow in ("", "." * 80):  # near the end of a batch bytes are met one by one
        texts = texts_of([text, follow])
        table, _, _ = statistics.measure(*texts, *character_tables(), words)
        counts = {name: int(table[0, at]) for at, name in enumerate(statistics.FIELDS)}
        slips = [counts[cue] for cue in CUES]
        kinds = sum(map(bool, slips))
        share = 1000 * sum(min(3, one) for one in slips) / max(1, counts["words"])
        found = may_slip(*texts, screened(), kinds, share, doubled=False)
        assert found[0] >= (kinds > 0)
        answers.add((bool(found[0]), bool(may_slip(*texts, screened(), 2, 0.0, doubled=True)[0])))
        if counts["doubled"]:
            assert may_slip(*texts, screened(), 99, 0.0, doubled=True)[0]
    assert len(answers) == 1


@given(st.lists(BROKEN, max_size=4))
def test_a_screen_says_the_same_of_texts_whatever_stands_beside_them(texts: list[str]) -> None:
    wanted = frozenset({"quality.doubled-word", "quality.spun-text"})
    options = QualityOptions(spun_kinds=3, spun_slips=0.0, spun_words=0)
    array = pa.array(texts, pa.large_string())
    look = QualityPass(options)
    together = look.screen(array, wanted).tolist()
    assert together == [look.screen(array.slice(at, 1), wanted)[0] for at in range(len(texts))]
    assert all(look.screen(array, frozenset({"quality.gopher.few-words"})))
    suspects = look.suspects(look.measure(array))
    for at, text in enumerate(texts):
        row = look.measure(array.slice(at, 1)).to_pylist()[0]
        rules = {one.rule for one in look.report(Document("a", text), row)}
        assert together[at] or not rules & wanted
        assert suspects[at] or not rules


@pytest.mark.parametrize("word", ["überhaupt", "reactions", "don't", "like"])
def test_the_screen_refuses_words_that_it_would_not_find(word: str) -> None:
    with pytest.raises(ValueError, match=word):
        slip_words({word: KINDS}, {})


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    *("It fell in the the valley all day. ", "He has has to go there now. "),
                    *("The people was at home and they is glad. ", "A apple a day is a an hour. "),
                    *("Rain fell on the long road to town. ", "Der Regen fiel auf die Straße. "),
                    *("“Ja” \ud800 ", "\n", "é"),
                ]
            ),
            max_size=12,
        ).map("".join),
        max_size=4,
    ),
    st.integers(0, 2),
)
@example(["It fell in the the valley. ", "“\ud800” He said that that the the rain fell. "], 1)
def test_slips_are_described_as_if_they_had_not_been_measured(
    texts: list[str], skipped: int
) -> None:
    options = QualityOptions(spun_kinds=3, spun_slips=0.0, spun_words=0)
    measuring = QualityPass(options)
    texts = ["It stood in the the way. "] * skipped + texts
    array = pa.array([text.replace("\ud800", "\ufffd") for text in texts], pa.large_string())
    rows = measuring.measure(array.slice(skipped)).to_pylist()
    for text, row in zip(texts[skipped:], rows, strict=True):
        found = list(measuring.report(Document("d", text), row))
        assert found == list(QualityPass(options).report(Document("d", text), row))
