"""A cue is found in plain text exactly where it is found in the text itself."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import packs
from cleaner.packs import patterns
from cleaner.packs.patterns import compiled, expand, words
from cleaner.packs.plain import _PLAIN_EDGE, finder, plain

WANTED = sorted(
    {
        (cues, place, clause.case)
        for rule in packs.load()
        for clause in rule.clauses
        for place, cues in (*clause.required, ("", clause.unless), ("", rule.unless))
        if cues
    }
)
EVERYTHING = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
MARKS = "\x80 ·👉\ufeff\u200b\u2060※\ue000\U000f0000_\u0301é中7٣²🏽\u2028\u00a0…“\u202f\t\n."


def test_an_edge_stands_where_it_did() -> None:
    raw = EVERYTHING.encode()
    made = plain(raw).decode()
    assert len(plain(raw)) == len(raw)
    assert len(made) == len(EVERYTHING)
    before, after = re2.compile(patterns.EDGE), re2.compile(_PLAIN_EDGE)
    assert [m.start() for m in before.finditer(EVERYTHING)] == [
        m.start() for m in after.finditer(made)
    ]
    assert plain(plain(raw)) == plain(raw)


@st.composite
def texts(draw: st.DrawFn, cues: tuple[str, ...]) -> str:
    """A cue as it is written, marks around it and in it."""
    body = words(draw(st.sampled_from(cues)))[0]
    for special in "?()|\\":
        body = body.replace(special, draw(st.sampled_from(["", " "])))
    mark = st.text(st.sampled_from(MARKS), max_size=2)
    parts = [draw(mark), body, draw(mark), draw(st.sampled_from([body, body.upper(), ""]))]
    text = "".join(parts) + draw(mark)
    return text.replace(" ", draw(st.sampled_from([" ", "  ", "\u00a0", "·", "※", "⸻", "👉 "])))


@given(st.data(), st.sampled_from(WANTED))
@settings(max_examples=250, deadline=None)
def test_shipped_cues_are_found_where_they_were(
    data: st.DataObject, wanted: tuple[tuple[str, ...], str, bool]
) -> None:
    cues, place, case = wanted
    raw = data.draw(texts(cues)).encode()
    assert found(cues, place, raw, case=case) == span(compiled(cues, place, case=case), raw)


PIECES = st.sampled_from(
    [
        *"ab·※⸻👉•x. -'7",
        *("\\w", "\\d", "\\s", "\\.", "\\p{L}", "\\p{S}", "\\P{L}", "\\x{203b}"),
        *("[^a]", "[·※]", "[a-c]", "[^⸻]", "[👉-👋]", "[\\x{2190}-\\x{21ff}]", "[^\\p{L}]"),
        *("[[:alpha:]]", "(a|※)"),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=4), st.text(MARKS + "abcx-'※•👊", max_size=8))
@settings(max_examples=400, deadline=None)
def test_any_cue_is_found_where_it_was(pieces: list[str], text: str) -> None:
    cue = ("".join(pieces),)
    for place in ("", "whole", "starts", "only"):
        assert found(cue, place, text.encode()) == span(compiled(cue, place), text.encode())


def found(
    cues: tuple[str, ...], place: str, raw: bytes, *, case: bool = False
) -> tuple[int, int] | None:
    one = finder(cues, place, case=case)
    return span(one.pattern, plain(raw) if one.plain else raw)


def span(pattern: object, raw: bytes) -> tuple[int, int] | None:
    match = pattern.search(raw)  # type: ignore[attr-defined]
    return match.span() if match else None


@pytest.mark.parametrize(
    ("cue", "suits"),
    [
        ("donate (now|today)", True),
        ("© [0-9]{4}", True),
        ("*[^a-z]*", True),
        ("spende…", True),
        ("👉 donate", False),
        ("[^👉]", False),
        ("\\x{f0000}", False),
        ("[\\x{e000}-\\x{e010}]", False),
        ("\\p{So}", False),
        ("[[:punct:]]", False),
    ],
)
def test_cues_that_plain_text_suits(cue: str, suits: bool) -> None:
    assert finder((cue,)).plain is suits


def test_simple_cues_are_read_as_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    cues = sorted({words(cue)[0] for wanted, _, _ in WANTED for cue in wanted})
    simple = {cue: expand(cue) for cue in cues if patterns.is_simple(cue)}
    monkeypatch.setattr(patterns, "is_simple", lambda _: False)
    assert len(simple) > len(cues) // 2
    for cue, pattern in simple.items():
        assert expand(cue) == pattern
