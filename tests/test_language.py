"""The language of documents: guards, reasons, agreement with langdetect, and the pass."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numba
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.utils.ngram import NGram

from cleaner.config import LanguageOptions
from cleaner.kernels.language import excerpts, ngrams, profiles
from cleaner.model import Applicability, CleanerError, Document, Finding
from cleaner.passes.language import LanguagePass, detect
from cleaner.passes.language.backends import BACKENDS, missing

CASES = tomllib.loads((Path(__file__).parent / "cases/language.toml").read_text("utf-8"))["case"]
SAMPLES = tomllib.loads((Path(__file__).parent / "cases/language_samples.toml").read_text("utf-8"))
TEXTS = [case["text"] for case in CASES]
ENGLISH = "The river had risen during the night, and by noon the lower meadows were under water."
GERMAN = "Der Fluss war in der Nacht gestiegen, und gegen Mittag standen die Wiesen unter Wasser."
HOSTILE = ["\x00", "\ud800", "a\ud800b" * 50, "\r\n\r\n", "\ufeff", "\U0010ffff" * 30, "é" * 5000]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, str]) -> None:
    (answer,) = detect([case["text"]])
    assert (answer.code, answer.script) == (case["language"], case["script"])
    assert answer.reason == case.get("reason")
    assert answer.reliable == ("reason" not in case)


def test_answers_do_not_depend_on_batch_order_or_slice() -> None:
    texts = TEXTS + HOSTILE
    together = detect(texts)
    assert [detect([text])[0] for text in texts] == together
    assert detect(texts[::-1]) == together[::-1]
    array = pa.array(["skip me", *TEXTS], pa.large_string()).slice(1)
    assert LanguagePass().measure(array)["language"].to_pylist() == [a.code for a in detect(TEXTS)]


@given(st.lists(st.text(st.characters(), max_size=300), max_size=5))
@settings(deadline=None)
def test_any_text_has_an_answer_or_a_reason(texts: list[str]) -> None:
    for answer in detect(texts):
        assert answer.code != "und" or answer.reason
        assert answer.reliable == (answer.reason is None)
        assert answer.margin >= 0


def test_a_long_text_is_read_from_end_to_end() -> None:
    # A prefix of a thousand characters would read the English banner only.
    (answer,) = detect([ENGLISH * 10 + "\n" + GERMAN * 60])
    assert answer.code == "de"


def test_profile_order_does_not_matter() -> None:
    folder = Path(PROFILES_DIRECTORY)
    read = [
        msgspec.json.decode(path.read_bytes(), type=profiles.Profile)
        for path in sorted(folder.iterdir())
    ]
    for one in read:
        some = sorted(one.freq)[::40] + [gram for gram in one.freq if len(gram) == 1]
        one.freq = {gram: one.freq[gram] for gram in some}
    first = profiles.build(read)
    for one in read:
        one.freq = dict(reversed(one.freq.items()))
    second = profiles.build(read[::-1])
    assert first.languages == second.languages
    for a, b in zip(first.tables, second.tables, strict=True):
        assert np.array_equal(np.asarray(a), np.asarray(b))


def test_characters_are_folded_as_langdetect_folds_them() -> None:
    traits = profiles.load().tables.traits
    folded = [NGram.normalize(chr(point)) for point in range(0x10000)]
    known = traits & 0xFFF
    assert np.array_equal(known[:0x10000], known[[ord(char) for char in folded]])
    upper = (traits[:0x10000] & profiles.CAPITAL) > 0
    assert upper.tolist() == [char.isupper() for char in folded]


def exact_sums(text: str) -> dict[str, int]:
    """langdetect's own n-grams of a text, added up in Python."""
    factory = reference_factory()
    detector = factory.create()
    detector.append(text)
    detector.cleaning_text()
    floor = round(float(np.log(profiles.SMOOTHING)) * profiles.SCALE)
    total: Counter[str] = Counter()
    for gram in detector._extract_ngrams():
        shares = np.array(factory.word_lang_prob_map[gram])
        scores = np.rint(np.log(shares + profiles.SMOOTHING) * profiles.SCALE)
        for code, score in zip(factory.langlist, scores, strict=True):
            total[code] += int(score) - floor
    return dict(total)


def reference_factory(cache: list[Any] = []) -> Any:  # noqa: B006 - loaded once
    if not cache:
        cache.append(DetectorFactory())
        cache[0].load_profile(PROFILES_DIRECTORY)
    return cache[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_sums_are_langdetects_ngrams_added_up(case: dict[str, str]) -> None:
    text = case["text"]
    if sum(map(str.isupper, text)) > sum(map(str.islower, text)):
        text = text.lower()  # the guard that langdetect lacks
    array = pa.array([text], pa.large_string())
    known = profiles.load()
    scores = ngrams.score_texts(*ngrams.buffers(array), known.tables)
    exact = exact_sums(text)
    latin = scores.decider[0] == ngrams.LATIN
    block = known.languages[: known.latin] if latin else known.languages[known.latin :]
    assert scores.sums[0, : len(block)].tolist() == [exact.get(code, 0) for code in block]


def majority(text: str) -> str:
    """What langdetect answers most often over 15 seeds."""
    factory, votes = reference_factory(), Counter[str]()
    for seed in range(15):
        factory.set_seed(seed)
        detector = factory.create()
        detector.append(text)
        votes[detector.detect()] += 1
    return min(votes, key=lambda code: (-votes[code], code))


@pytest.mark.parametrize(("kind", "least"), [("short", 0.99), ("long", 0.995)])
def test_answers_agree_with_the_majority_of_langdetects_seeds(kind: str, least: float) -> None:
    texts = [(code, text) for code, some in SAMPLES.items() for text in some[kind]]
    if kind == "long":
        texts += [(code, " ".join(some["short"])) for code, some in SAMPLES.items()]
    ours = [answer.code.replace("zh-Hans", "zh-cn") for answer in detect([t for _, t in texts])]
    theirs = [majority(text) for _, text in texts]
    agreed = sum(one == two for one, two in zip(ours, theirs, strict=True))
    assert agreed / len(texts) >= least
    right, right_there = (
        sum(code == given for (code, _), given in zip(texts, all_given, strict=True))
        for all_given in (ours, theirs)
    )
    assert right >= right_there


@numba.njit  # type: ignore[untyped-decorator]
def prepared(points: Any, vietnamese: Any) -> Any:
    return points[: excerpts.prepare(points, len(points), vietnamese)]


ADDRESSES = st.text(st.sampled_from("htps:/a.@_- Z9\u0301e\u0323?#"), max_size=60)


@given(st.one_of(ADDRESSES, st.text(st.characters(max_codepoint=0x1FF), max_size=40)))
@settings(deadline=None, max_examples=400)
def test_preparation_is_langdetects(text: str) -> None:
    words = f"see http {text} a@b.c https://x.y/z {text}"
    points = np.array([ord(char) for char in words], np.int32)
    ours = prepared(points, profiles.load().tables.vietnamese)
    theirs = NGram.normalize_vi(Detector.MAIL_RE.sub(" ", Detector.URL_RE.sub(" ", words)))
    assert "".join(map(chr, ours)) == theirs


def test_tables_survive_a_cache_that_is_damaged_or_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = profiles.load()
    monkeypatch.setenv("CLEANER_CACHE_DIR", str(tmp_path))
    for prepare in ("empty", "there", "damaged", "no folder"):
        profiles.load.cache_clear()
        if prepare == "damaged":
            (file,) = tmp_path.glob("*.tables")
            file.write_bytes(file.read_bytes()[:-1000])
        if prepare == "no folder":
            (tmp_path / "file").write_text("")
            monkeypatch.setenv("CLEANER_CACHE_DIR", str(tmp_path / "file"))
        again = profiles.load()
        assert again.languages == fresh.languages
        assert np.array_equal(again.tables.gains, fresh.tables.gains)
    profiles.load.cache_clear()


def report(text: str, **options: Any) -> list[Finding]:
    look = LanguagePass(LanguageOptions(**options))
    clean = text.encode("utf-8", "replace").decode()
    measures = look.measure(pa.array([clean], pa.large_string()))
    findings = list(look.report(Document("page.txt", text), measures.to_pylist()[0]))
    assert look.suspects(measures).tolist() == [bool(findings)]
    return findings


def test_an_unexpected_language_is_dropped_only_on_request() -> None:
    assert report(GERMAN) == []
    assert report(GERMAN, expected=("en", "de-AT")) == []
    (finding,) = report(GERMAN, expected=("en",))
    assert finding.rule == "language.unexpected"
    assert finding.applicability is Applicability.UNSAFE
    assert finding.fix is not None
    assert finding.fix.drop
    assert report("404 error", expected=("de",)) == []  # not reliable, so not unexpected


def test_only_a_text_of_some_length_is_uncertain() -> None:
    noise = "xqzjw vkqpf zzxcv qwrtp bnmkl jhgfd "
    assert report(noise) == []
    (finding,) = report(noise * 20)
    assert finding.rule == "language.uncertain"
    assert finding.evidence["reason"] == "poor-fit"


def test_a_foreign_line_is_shown_where_it_stands() -> None:
    credit = "قالب وردپرس"
    text = f"\ud800 {ENGLISH}\r\n{credit}\n\n{ENGLISH}\n{GERMAN}\n{ENGLISH}"
    script, language = report(text)
    assert script.span is not None
    assert language.span is not None
    assert text[slice(*script.span)] == credit
    assert script.evidence["script"] == "Arabic"
    assert text[slice(*language.span)] == GERMAN
    assert language.evidence["language"] == "de"
    assert {script.applicability, language.applicability} == {Applicability.DISPLAY}


@given(
    st.lists(
        st.lists(
            st.sampled_from([ENGLISH, GERMAN, "قالب وردپرس", "川の水位は上がりました。", "", "é"]),
            max_size=5,
        ).map("\n".join),
        max_size=4,
    ),
    st.integers(0, 2),
)
def test_foreign_lines_are_described_as_if_they_had_not_been_counted(
    texts: list[str], skipped: int
) -> None:
    counting = LanguagePass()
    texts = ["skipped"] * skipped + texts
    rows = counting.measure(pa.array(texts, pa.large_string()).slice(skipped)).to_pylist()
    for text, row in zip(texts[skipped:], rows, strict=True):
        described = list(counting.report(Document("d", text), row))
        assert described == list(LanguagePass().report(Document("d", text), row))
        lines = [one for one in described if one.rule == "language.foreign-line"]
        assert len(lines) == row["language_foreign_lines"]


@pytest.mark.parametrize(
    "line",
    [
        "Kristin Sørensen",
        "model = Model(pet=getattr(v, 'pet_type', None), kind=print(repr(v)))",
        "U+10000 – U+10FFFF | 11110xxx | 10xxxxxx | 10xxxxxx",
        "De rerum natura",
        "https://example.org/der-fluss-war-in-der-nacht-gestiegen-und-gegen-mittag",
        "1 | 2 | 3",
        "α",
    ],
)
def test_a_name_code_or_table_is_no_foreign_line(line: str) -> None:
    assert report(f"{ENGLISH}\n{line}\n{ENGLISH}") == []


@pytest.mark.parametrize(
    "line",
    [
        "CreditAnna Lindgren for The Evening Courier",
        "Photo Illustration by Andrew B. Myers for The Herald",
        "KATE PHELAN, SYD HAYES, LUCY BRIDGE, KYLE DOMINIC",
        "Oru Kanniyum Moonu Kalavaanikalum",
        "discriminator = Discriminator ( pet_discriminator )",
    ],
)
def test_a_credit_or_title_is_no_foreign_line(line: str) -> None:
    assert report(f"{GERMAN}\n{line}\n{GERMAN}") == []


RUSSIAN = "Ночью река поднялась, и к полудню нижние луга оказались под водой, а мост закрыли."


@pytest.mark.parametrize("line", ["Forbidden Game", "White Love (Tempo Version)", "2019 KBS MBC"])
def test_latin_titles_stand_in_any_script(line: str) -> None:
    assert report(f"{RUSSIAN}\n{line}\n{RUSSIAN}") == []


@pytest.mark.parametrize(
    ("host", "line", "language"),
    [
        (RUSSIAN, "They left early.", "und"),
        (RUSSIAN, "nobody came to the meeting", "und"),
        (RUSSIAN, "Das ist Toms Auto.", "und"),
        (RUSSIAN, "Ottawa, Laval, Quebec", "und"),  # names, but a list of places is no title
        ("河水在夜里上涨了，到了中午，下面的草地都被水淹没了。", "川の水位は上がりました。", "ja"),
        ("河水在夜里上涨了，到了中午，下面的草地都被水淹没了。", "밤사이 강물이 불어났다.", "ko"),
        (ENGLISH, "Ποιος είναι εκεί", "el"),
    ],
)
def test_a_sentence_in_another_script_is_a_foreign_line(
    host: str, line: str, language: str
) -> None:
    (finding,) = report(f"{host}\n{host}\n{line}\n{host}\n{host}")
    assert finding.span is not None
    assert finding.evidence["language"] == language


def test_many_lines_are_found_where_they_stand() -> None:
    # More than the kernel makes room for at first.
    text = f"{ENGLISH}\n{GERMAN}\n" * 300 + ENGLISH * 200
    found = report(text)
    assert len(found) == 300
    assert {text[slice(*finding.span)] for finding in found if finding.span} == {GERMAN}


def test_fewer_characters_are_read_on_request() -> None:
    text = ENGLISH * 9 + GERMAN * 30
    array = pa.array([text], pa.large_string())
    few, all_ = (
        LanguagePass(LanguageOptions(max_chars=chars)).measure(array).to_pylist()[0]
        for chars in (100, 10_000)
    )
    assert few["language"] == all_["language"] == "de"
    assert 60 <= few["language_letters"] <= 100
    assert all_["language_letters"] > 2000
    with pytest.raises(CleanerError, match="at least 100"):
        LanguagePass(LanguageOptions(max_chars=99))


def test_japanese_lines_in_han_are_japanese() -> None:
    page = "川の水位は夜の間に上がり、牧草地が水没して、橋も閉鎖された。\n東京都千代田区\n"
    assert report(page * 3) == []


@pytest.mark.parametrize("name", [name for name in BACKENDS if not missing(name)])
def test_every_installed_back_end_keeps_the_contract(name: str) -> None:
    if name == "fasttext":
        with pytest.raises(CleanerError, match="not a file"):
            detect(["text"], backend_name=name, model="/no/such/model.bin")
        return
    answers = detect([ENGLISH * 2, GERMAN * 2, "", "\ud800\x00\x85", *TEXTS], backend_name=name)
    assert [answer.code for answer in answers[:4]] == ["en", "de", "und", "und"]
    assert answers[0].script == "Latin"
    for answer in answers:
        assert answer.margin >= 0
        assert re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?", answer.code)
        assert answer.reliable == (answer.reason is None)
    assert detect([ENGLISH * 2], backend_name=name) == answers[:1]


@pytest.mark.parametrize("name", [name for name in BACKENDS if missing(name)] or ["lingau"])
def test_a_back_end_that_is_not_there_says_what_to_do(name: str) -> None:
    with pytest.raises(CleanerError, match=r"pip install corpus-cleaner\[|did you mean"):
        LanguagePass(LanguageOptions(backend=name))


def test_a_wrong_name_or_model_is_refused() -> None:
    with pytest.raises(CleanerError, match="langdetect-reference"):
        LanguagePass(LanguageOptions(backend="langdetect-referense"))
    with pytest.raises(CleanerError, match="fastText model"):
        LanguagePass(LanguageOptions(model="lid.176.bin"))
