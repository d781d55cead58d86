"""The encoding and typography passes: cases as data, ftfy as the authority, and any text at all."""

import re
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import ftfy
import pyarrow as pa
import pytest
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from hypothesis import given
from hypothesis import strategies as st

from cleaner import edits
from cleaner.config import EncodingOptions
from cleaner.formats.decoding import GUESSED
from cleaner.kernels.patterns.screens import compiled, from_verbose, matching, searchable
from cleaner.model import Applicability, Document, Edit, Finding, Span
from cleaner.passes.base import DocumentPass
from cleaner.passes.encoding import EncodingPass, controls, entities, ftfysteps, mojibake
from cleaner.passes.encoding.alignment import align
from cleaner.passes.encoding.codepages import CODE_PAGES, unmap
from cleaner.passes.typography import TypographyPass, normalised

CASES = Path(__file__).parent / "cases"
PASSES: dict[str, DocumentPass] = {
    "encoding": EncodingPass(EncodingOptions()),
    "typography": TypographyPass(),
}
QUOTE_SAFE = ftfy.TextFixerConfig(
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    normalization=None,
)


def cases(name: str) -> list[Any]:
    found = tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))["case"]
    return [pytest.param(name, case, id=f"{name}: {case['label']}") for case in found]


BOTH = cases("encoding") + cases("typography")

# Characters that mean something to ftfy or to a rule: random texts would be beside the point.
SIGNS = st.sampled_from(
    sorted({*"".join(MOJIBAKE_CATEGORIES.values()), *"aZ 0&#;<>\r\n\t\x00\x0b\x1b\x1a\x85\xad"})
)
PIECES = st.sampled_from(
    [
        *("\n", "\r\r\n", " ", "&", "&amp;", "& # 39;", "#39;", "&nbspkm", "&quotHi", "<b>", "< "),
        *("Ã©", "â€™", "â€ ™", "â€œ", "â€", "Â\xa0", "ï¿½", "ÔÇÖ", "├®", "–ü–µ—Ç–∞", "鈥檛", "ﾃｩ"),
        *(
            "\x92",
            "\x85",
            "\x1b[31m",
            "\x1b]0;t\x07",
            "\ufeff",
            "\u200b",
            "\xad",
            "\u202e",
            "\ufffd",
        ),
        *(
            "\ud83d",
            "\ude00",
            "\ud800",
            "word",
            "exam-\nple",
            "example",
            "don?t ",
            "\\u2019",
            "=C3=A9",
        ),
        *(
            "Ïðèâåò",
            "http://a.example/?",
            "print(",
            '"',
            ";",
            "\U000e0041",
            "e\u0301",
            "‘s ",
            "ﬁ",
            "，",
        ),
    ]
)
TEXTS = st.lists(PIECES | SIGNS | st.text(max_size=4), max_size=20).map("".join)
LINES = st.lists(SIGNS | st.text(max_size=3), max_size=12).map("".join)


def settle(looker: DocumentPass, text: str, *, unsafe: bool = False) -> tuple[str, int]:
    """Apply fixes in rounds, as the pipeline does; return the text and the rounds that it took."""
    for rounds in range(10):
        found = [f for f in looker.check(Document("d", text)) if f.fix]
        found.sort(key=lambda f: (f.span or (0, 0), f.rule))
        wanted = [f for f in found if unsafe or f.applicability is Applicability.SAFE]
        groups = [f.fix.edits for f in wanted if f.fix]
        if not groups:
            return text, rounds
        taken = [e for g, ok in zip(groups, edits.accept(groups), strict=True) if ok for e in g]
        text = edits.apply(text, sorted(taken))
    pytest.fail("the rules never come to rest")


def screened(looker: DocumentPass, texts: list[str]) -> list[bool]:
    return list(looker.screen(pa.array([searchable(text) for text in texts], pa.large_string())))


@pytest.mark.parametrize(("name", "case"), BOTH)
def test_case(name: str, case: dict[str, Any]) -> None:
    looker = PASSES[name]
    found = list(looker.check(Document("d", case["before"])))
    assert sorted(f.rule for f in found) == sorted(case.get("rules", []))
    assert settle(looker, case["before"])[0] == case.get("after", case["before"])
    if "unsafe" in case:
        assert settle(looker, case["before"], unsafe=True)[0] == case["unsafe"]


@pytest.mark.parametrize(("name", "case"), BOTH)
def test_cleaning_twice_is_cleaning_once(name: str, case: dict[str, Any]) -> None:
    for unsafe in (False, True):
        once, _ = settle(PASSES[name], case["before"], unsafe=unsafe)
        assert settle(PASSES[name], once, unsafe=unsafe) == (once, 0)


@pytest.mark.parametrize("name", sorted(PASSES))
def test_fits_the_protocol_and_every_rule_has_a_case(name: str) -> None:
    looker = PASSES[name]
    assert isinstance(looker, DocumentPass)
    names = [rule.name for rule in looker.rules]
    assert names == sorted(set(names))
    fired = {rule for case in cases(name) for rule in case.values[1].get("rules", [])}
    # A guess is found while bytes are read; half a pair of surrogates cannot be written in TOML.
    assert set(names) - fired <= {GUESSED, "encoding.surrogate"}


@pytest.mark.parametrize(
    ("text", "after"),
    [("\ud83d\ude00!", "😀!"), ("a\ud800b", "a\ufffdb"), ("\udc00\ud800", "\ufffd\ufffd")],
)
def test_surrogates(text: str, after: str) -> None:
    (finding,) = {f.rule for f in PASSES["encoding"].check(Document("d", text))} - {
        "encoding.replacement-character"
    }
    assert finding == "encoding.surrogate"
    assert settle(PASSES["encoding"], text)[0] == after


# --- ftfy decides: the screen may only leave out what ftfy would leave as it is -----------------


@given(st.lists(LINES, min_size=1, max_size=3))
def test_what_is_screened_out_ftfy_leaves_as_it_is(lines: list[str]) -> None:
    text = "\n".join(lines)
    if not screened(PASSES["encoding"], [text])[0]:
        assert ftfy.fix_text(text, QUOTE_SAFE) == text


@given(LINES)
def test_the_pattern_of_ftfy_means_the_same_to_re2(line: str) -> None:
    # A superset: RE2's idea of a word character covers what Unicode may define later.
    if BADNESS_RE.search(line):
        assert ftfysteps.looks_bad(line)


@given(st.text(st.sampled_from("".join(MOJIBAKE_CATEGORIES.values()) + "aZ "), max_size=12))
def test_the_pattern_of_ftfy_finds_nothing_more_in_re2(line: str) -> None:
    assert bool(BADNESS_RE.search(line)) == ftfysteps.looks_bad(line)


def test_classes_of_re_and_re2_agree_on_every_character() -> None:
    codes = [code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    column = pa.array([chr(code) for code in codes], pa.large_string())
    blank = matching(column, f"^{from_verbose(chr(92) + 's')}$")
    assert [c for c, hit in zip(codes, blank, strict=True) if hit != chr(c).isspace()] == []
    word = matching(column, f"^{from_verbose(chr(92) + 'w')}$")
    pattern = re.compile(r"\w")
    missed = [c for c, hit in zip(codes, word, strict=True) if not hit and pattern.match(chr(c))]
    assert missed == []
    surplus = [c for c, hit in zip(codes, word, strict=True) if hit and not pattern.match(chr(c))]
    assert all(unicodedata.category(chr(c)) == "Cn" for c in surplus)


def test_everything_else_that_ftfy_changes_is_a_sign_of_the_screen() -> None:
    # One character at a time, with a reference or a control: conditions (a) and (b).
    column = [chr(c) for c in range(0x30000) if not 0xD800 <= c < 0xE000]
    changed = [c for c in column if ftfy.fix_text(c, QUOTE_SAFE) != c]
    pattern = compiled(f"{entities.SCREEN}|{controls.SCREEN}")
    assert [c for c in changed if not pattern.search(c)] == []


@given(LINES)
def test_a_line_is_repaired_as_ftfy_does_or_is_not_believed(line: str) -> None:
    repairs = [repair.edit for repair in mojibake.find(line)]
    if repairs and "â" not in line:
        assert edits.apply(line, repairs) == ftfy.fix_encoding(line)


# --- any text at all --------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(PASSES))
@given(text=TEXTS)
def test_findings_are_inside_the_text(name: str, text: str) -> None:
    names = {rule.name for rule in PASSES[name].rules}
    for finding in PASSES[name].check(Document("d", text)):
        assert finding.rule in names
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        if finding.fix:
            assert finding.fix.edits
            assert edits.apply(text, finding.fix.edits) != text
            assert finding.span == (
                finding.fix.edits[0].span.start,
                finding.fix.edits[-1].span.end,
            )


@pytest.mark.parametrize("name", sorted(PASSES))
@given(text=TEXTS, unsafe=st.booleans())
def test_any_text_comes_to_rest(name: str, text: str, unsafe: bool) -> None:
    once, _ = settle(PASSES[name], text, unsafe=unsafe)
    assert settle(PASSES[name], once, unsafe=unsafe) == (once, 0)


@pytest.mark.parametrize("name", sorted(PASSES))
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_the_screen_misses_nothing(name: str, texts: list[str]) -> None:
    for text, seen in zip(texts, screened(PASSES[name], texts), strict=True):
        assert seen or not list(PASSES[name].check(Document("d", text)))


@given(TEXTS)
def test_safe_fixes_lose_no_letter(text: str) -> None:
    # U+FFFD may only come in place of half a surrogate pair.
    once, _ = settle(PASSES["encoding"], text)
    halves = sum("\ud800" <= char < "\ue000" for char in text)
    assert once.count("\ufffd") <= text.count("\ufffd") + halves


@given(TEXTS, TEXTS)
def test_alignment_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    before, after = before.replace("\n", ""), after.replace("\n", "")
    found = [Edit(Span(start, end), by) for start, end, by in align(before, after)]
    assert edits.apply(before, found) == after


def test_alignment_keeps_what_both_share() -> None:
    assert align("un cafÃ© noir", "un café noir") == [(6, 8, "é")]


@given(st.text(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]), min_size=1))
@pytest.mark.parametrize("codec", [codec for codec, _ in CODE_PAGES])
def test_code_pages_give_back_what_they_were_read_as(codec: str, text: str) -> None:
    shown = "".join(bytes([byte]).decode(codec, "replace") for byte in text.encode())
    if "\ufffd" not in shown:
        assert unmap(shown, codec) == text


@pytest.mark.parametrize("codec", ["cp1252", "cp1251", "koi8_r", "cp850", "cp1256", "mac_roman"])
def test_a_whole_sentence_comes_back(codec: str) -> None:
    text = "Это погода, дождь и ветер"
    shown = text.encode().decode(f"sloppy-windows-{codec[2:]}" if codec[:4] == "cp12" else codec)
    assert settle(PASSES["encoding"], shown)[0] == text


def explained(text: str) -> list[Finding]:
    return list(PASSES["encoding"].check(Document("d", text)))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("cafÃ©", "UTF-8 read as Windows-1252"),
        ("cafÃƒÂ©", "UTF-8 read as Windows-1252, twice"),
        ("It\x92s", "Windows-1252 read as Latin-1"),
        ("Ð\x9fÑ\x80Ð¸Ð²ÐµÑ\x82", "UTF-8 read as Latin-1"),
        ("voilÃ  le travail", "UTF-8 read as Windows-1252, with no-break spaces turned to blanks"),
        ("&amp;amp;", "HTML character reference, escaped more than once"),
    ],
)
def test_a_finding_says_what_happened(text: str, cause: str) -> None:
    (finding,) = explained(text)
    assert finding.evidence["cause"] == cause
    assert finding.message.startswith(cause)


def test_spans_are_those_of_the_changed_characters() -> None:
    (finding,) = explained("first line\nun cafÃ© et un thÃ© noir")
    assert finding.fix is not None
    assert [tuple(edit.span) for edit in finding.fix.edits] == [(17, 19), (28, 30)]
    assert [edit.replacement for edit in finding.fix.edits] == ["é", "é"]


@given(st.text(max_size=30))
def test_normalisation_is_that_of_unicode_within_its_bound(text: str) -> None:
    assert normalised(text) == unicodedata.normalize("NFC", text)


def test_long_runs_of_marks_stay() -> None:
    run = "a" + "\u0301\u0316" * 50_000
    assert normalised(run + " e\u0301") == run + " é"
