"""Short cuts of the encoding pass: each gives the answer of what it stands for."""

import dataclasses
import re

import ftfy
import pytest
from ftfy import chardata, fixes
from ftfy.badness import MOJIBAKE_CATEGORIES
from ftfy.badness import is_bad as ftfy_is_bad
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.config import EncodingOptions
from cleaner.edits import apply
from cleaner.kernels.patterns.screens import Signs, compiled, matching, searchable
from cleaner.model import Document, Edit, Finding, Fix, Span
from cleaner.passes.encoding import (
    EncodingPass,
    checking,
    entities,
    ftfysteps,
    linebreaks,
    lossy,
    mojibake,
    roundtrip,
    utf16,
)
from cleaner.passes.encoding.alignment import align, split
from cleaner.passes.encoding.misread import looks_misread
from cleaner.passes.encoding.reporting import finding, findings, grouped
from cleaner.passes.encoding.stretches import ALONE, BAD, C1, LATIN, MARKED, OLD, WINDOWS

EXPLAINED = ftfy.TextFixerConfig(explain=True)
CODECS = st.sampled_from([*chardata.CHARMAP_ENCODINGS, "cp866", "koi8_r", "gbk", "cp932"])
# Characters that ftfy knows, what it puts back (blanks, U+FFFD, `?`), and what stops a codec.
SIGNS = st.sampled_from(
    sorted(
        {
            *"".join(MOJIBAKE_CATEGORIES.values()),
            *"".join(chardata.UTF8_CLUES.values()),
            *map(chr, range(0x80, 0x100)),
            *"aZ .?\x1a\ufffd日中\ud800",
        }
    )
)
SHORT = st.lists(SIGNS, max_size=12).map("".join)


@st.composite
def misread(draw: st.DrawFn) -> str:
    """Text that was read wrongly once or more, all of it or a part, and perhaps damaged then."""
    text = draw(st.text(max_size=12))
    for _ in range(draw(st.integers(1, 3))):
        data = text.encode("utf-8", "replace")
        text = data.decode(draw(CODECS), draw(st.sampled_from(["replace", "ignore"])))
    around = draw(st.lists(SHORT | st.sampled_from(["café “", "” ", "а "]), max_size=2))
    text = text.join(["", *around, ""])
    return text.replace(*draw(st.sampled_from([("", ""), ("\xa0", " "), ("\x81", "?")])))


REFERENCES = st.sampled_from(
    ["&", "amp;", "#39;", "# 39 ;", "quot", "nbsp", ";", " ", "x27;", "a", "Z", "1", "é", "\n", "<"]
)


# As old editors saved French: with marks of Windows-1252 among what Latin-1 has too.
CONTROLS = st.lists(st.sampled_from([*"éàÀíâÆð ?  .a«»\xa0œŠž’“…–", "Ã©"]), max_size=12).map(
    lambda chars: "".join(chars).encode("cp1252").decode("latin-1")
)


def test_a_set_says_which_patterns_match() -> None:
    signs = Signs(["a+", "b", r"\pL$"])
    assert signs.seen(b"") == []
    assert signs.seen(b"xab.") == [0, 1]
    assert signs.seen("bé".encode()) == [1, 2]


@given(st.lists(st.text("ab\né ", max_size=6), max_size=6).map("\n".join))
def test_lines_with_a_sign_are_all_found(text: str) -> None:
    signs = Signs(["ab", "é\\s", "(?m:^b)"])
    found = list(signs.lines(text, text.encode(), lambda line: signs.seen(line.encode())))
    expected = []
    at = 0
    for line in text.split("\n"):
        seen = signs.seen(line.encode())
        if seen:
            expected.append((at, seen))
        at += len(line) + 1
    assert found == expected


@given(SHORT | misread() | CONTROLS)
@example("Ã  la carte, “déjà vu” and donâ€™t")
@example("â€œlike this â€\ufffd")
@example("\x92\u0416")
@example("À\x80Ã©")
def test_steps_are_those_of_ftfy(text: str) -> None:
    fixed, steps = ftfysteps.fix(text)
    theirs = ftfy.fix_encoding_and_explain(text, EXPLAINED)
    assert fixed == theirs.text
    assert steps == [(step.action, step.parameter) for step in theirs.explanation or ()]


def test_some_controls_are_alone_in_latin_1() -> None:
    alone = [chr(byte) for byte in range(0x80, 0xA0) if ftfysteps._ALONE.match(bytes([byte]))]
    for codec in chardata.CHARMAP_ENCODINGS:
        for char in alone if codec not in {"latin-1", "iso-8859-2"} else ():
            with pytest.raises(UnicodeEncodeError):
                char.encode(codec)
    for char in map(chr, range(0x100)):
        assert char.encode("iso-8859-2", "ignore") in {b"", char.encode("latin-1")}


@given(CONTROLS | misread())
def test_what_is_not_broken_is_left_to_windows(text: str) -> None:
    data = text.encode("latin-1", "ignore")
    if chardata.ALTERED_UTF8_RE.search(data):
        assert ftfysteps._ALTERED.search(data)
    if chardata.UTF8_DETECTOR_RE.search(data.decode("latin-1")):
        assert ftfysteps._BROKEN.search(data)
    if ftfysteps._mendable(data, "latin-1"):
        assert ftfysteps._BROKEN.search(data)


@given(
    st.lists(misread() | SHORT, max_size=3).map("".join), st.text(" ~aZ=%x0u2019\\\t,", max_size=3)
)
@example("œ", ".")
def test_what_is_harmless_is_so_in_all_surroundings(text: str, around: str) -> None:
    known = checking._KNOWN
    signs = set(matching_signs(around))
    for stretch in split(searchable(text))[::2]:
        if stretch and known._harmless(stretch):
            assert signs.issuperset(matching_signs(around + stretch + around))


def matching_signs(text: str) -> list[int]:
    seen = [matching([text], screen)[0] for screen in checking._SCREENS]
    return [at for at, one in enumerate(seen) if one]


@given(misread().map(lambda text: searchable(text).replace("\x1a", "")) | CONTROLS)
def test_a_line_is_read_as_its_stretches_are(line: str) -> None:
    pieces = split(line)
    readings = [checking._KNOWN[stretch] for stretch in pieces[::2]]
    for at, (_, start, end, by) in zip(range(0, len(pieces), 2), readings, strict=True):
        pieces[at] = pieces[at][:start] + by + pieces[at][end:] if end else pieces[at]
    for holds, codec, other in (
        (LATIN, "latin-1", "utf-8"),
        (WINDOWS, "sloppy-windows-1252", "utf-8"),
        (OLD, "latin-1", "windows-1252"),
    ):
        if all(one.holds & holds for one in readings) and not line.isascii():
            assert "".join(pieces) == line.encode(codec).decode(other)
    every, some, places = checking._KNOWN.read(split(line))
    if every & (LATIN | WINDOWS | OLD):
        edits = [Edit(Span(start, end), by) for start, end, by in places]
        assert apply(line, edits) == "".join(pieces)
        assert bool(some & C1) == bool(re.search("[\x80-\x9f]", line))
    if every & OLD:
        assert bool(some & ALONE) == ftfysteps.is_latin(line.encode("latin-1"))


@given(st.lists(misread() | SHORT, max_size=3).map("".join), st.text(" ~aZ=%.\\\t,", max_size=3))
def test_what_is_bad_or_marked_is_so_in_all_surroundings(text: str, around: str) -> None:
    for stretch in split(searchable(text))[::2]:
        holds = checking._KNOWN[stretch].holds
        line = around + stretch + around
        if holds & BAD:
            assert matching([line], mojibake.SCREEN)[0]
        if matching([line], roundtrip.MARKS)[0]:
            assert holds & MARKED or len(stretch) > 64


@given(SHORT | misread())
def test_bad_is_what_ftfy_calls_so(text: str) -> None:
    assert ftfysteps.is_bad(text) == ftfy_is_bad(text)


@given(SHORT | misread())
def test_runs_hold_all_that_ftfy_detects(text: str) -> None:
    inside = {
        at for m in compiled(ftfysteps._RUN).finditer(searchable(text)) for at in range(*m.span())
    }
    for match in chardata.UTF8_DETECTOR_RE.finditer(text):
        assert inside.issuperset(range(*match.span()))
    assert ftfysteps._fix_in_places(text) == fixes.decode_inconsistent_utf8(text)


@pytest.mark.parametrize(
    ("screen", "find"),
    # In the pass, mojibake is told that the sign was seen.
    [(s, mojibake.find if s is mojibake.SCREEN else find) for s, find in checking._STAGES],
    ids=range(len(checking._STAGES)),
)
@given(text=SHORT | misread() | st.text(max_size=12))
def test_a_stage_finds_nothing_without_its_sign(screen: str, find: object, text: str) -> None:
    line = text.replace("\n", " ")
    if not matching([searchable(line)], screen)[0]:
        assert not find(line)  # type: ignore[operator]


@given(st.text("aΣς-\xad\u2010\r\n\x0b\x85\x1a\ufffd\x81? s.B", max_size=16))
def test_nothing_about_a_whole_text_without_its_sign(text: str) -> None:
    for screen, find in ((linebreaks.SCREEN, linebreaks.find), (lossy.SCREEN, lossy.find)):
        if not matching([text], screen)[0]:
            assert find(text) == []


@given(st.text("\x81\x8d\x9dï¿½锟斤拷 a", max_size=14) | st.just("ï¿½ï¿½ ï¿½锟斤拷锟斤拷"))
def test_rows_of_marks_are_what_a_pattern_finds(text: str) -> None:
    for marks, _ in lossy._KINDS:
        each = "" if marks[0] == "锟斤拷" else "+"
        spans = [match.span() for match in re.finditer(f"(?:{'|'.join(marks)}){each}", text)]
        if spans:
            assert lossy._rows(text, marks) == (spans[0], len(spans))


@given(SHORT | misread())
def test_shares_of_letters_are_counted_as_characters_are(line: str) -> None:
    high = frozenset([*map(chr, range(0x80, 0x100)), *"ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"])
    count = sum(char in high for char in line)
    plain = sum(char.isascii() and char.isalpha() for char in line)
    if looks_misread(line):
        assert count >= 8
        assert count >= 0.6 * (count + plain)


@given(misread())
def test_edits_of_a_repair_leave_ascii_alone(line: str) -> None:
    after = ftfysteps.fix(line)[0]
    edits = [Edit(Span(start, end), by) for start, end, by in align(line, after)]
    assert apply(line, edits) == after
    if line.encode("ascii", "ignore") == after.encode("ascii", "ignore"):
        assert not any(char.isascii() for edit in edits for char in line[slice(*edit.span)])


PIECES = st.sampled_from(
    [
        *(
            "&amp;",
            "&mdash;",
            "&#39;",
            "&lt;",
            "&nbsp;",
            "&#92;",
            "&amp;amp;",
            "&eacute;",
            "“&quot;”",
        ),
        *(
            "print('x') == y.z('')",
            "if a: {",
            "%C3%A9%20",
            "\\u2019",
            "u2019",
            "\x00",
            "\x85",
            "\ufeff",
        ),
        *(
            "Itâ€™s ",
            "“itâ€™s â€ ™ â€",
            "l\x92été ",
            "l\x92é ª",
            "ÔÇÖ",
            "MISUTÂ\xa0",
            "Ø§Ù„ØŒ",
            "\ud800",
        ),
    ]
)


@given(
    st.lists(
        st.lists(misread() | REFERENCES | SHORT | CONTROLS | PIECES, max_size=4).map("".join),
        max_size=4,
    ).map("\n".join)
)
@example("ThÃƒÂ©oriquement &amp; MISUTÂ\xa0")
@example("print('Ã©') == x.y('')")
@example("“ itâ€™s â€ ™ â€")
@example("a &amp; b\nc &ndash; &amp; d &ndash;")
@example("&amp;\n&#\nR&D &amp;")
@example("l\x92été\nl\x92é »\nÃ©té")
def test_lines_are_repaired_in_short_as_they_are_at_length(text: str) -> None:
    document = Document("d", text)
    assert list(EncodingPass(EncodingOptions()).check(document)) == at_length(document)


def at_length(document: Document) -> list[Finding]:
    """What is found in a document, of each line apart, by all stages that it needs."""
    shown = document.text
    if whole := utf16.find(shown):
        return list(findings(document, whole))
    repairs = linebreaks.find(searchable(shown)) + lossy.find(searchable(shown))
    found = list(findings(document, repairs))
    if any(shown[repair.start] == "\x85" for repair in repairs):
        shown = shown.replace("\x85", "\r")
    at = 0
    for line in shown.split("\n"):
        seen = checking._SIGNS.seen(searchable(line).encode())
        causes = grouped(checking._repairs(line, seen))
        found += [finding(document, *key, one, at) for key, one in causes.items()]
        at += len(line) + 1
    return found


@given(
    st.lists(
        st.sampled_from([*roundtrip._LETTERS, *"aZz1 é–"]) | st.sampled_from(["Ã©", "Ã", "x"]),
        max_size=10,
    ).map("".join)
)
@example("Ã©xÃ©yÃ©")
@example("aÃ©Ã©z")
def test_letters_in_words_are_what_a_pattern_finds(text: str) -> None:
    pair = roundtrip._grouped(roundtrip._LETTERS)
    found = compiled(f"[A-Za-z]({pair})|({pair})[a-z]").finditer(text)
    expected = [match.span(1 if match.group(1) else 2) for match in found]
    assert roundtrip._in_words(text) == expected


@given(st.lists(REFERENCES, max_size=12).map("".join))
def test_python_and_re2_find_the_same_references(text: str) -> None:
    for pattern in (entities._WHOLE, entities._SPACED, entities._OPEN, entities._HALF):
        theirs = [match.span() for match in compiled(pattern).finditer(text)]
        assert [match.span() for match in re.finditer(pattern, text)] == theirs


@pytest.mark.parametrize("by", ["b", "a"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_finding_is_as_its_constructor_makes_it(by: str, count: int) -> None:
    places = [(at, at + 1, by) for at in range(1, 2 * count, 2)]
    edits = tuple(Edit(Span(at + 2, end + 2), by) for at, end, by in places)
    rule = next(
        rule for rule in EncodingPass(EncodingOptions()).rules if rule.name == mojibake.RULE
    )
    expected = Finding(
        rule.name,
        "d",
        "cause" if count == 1 else "cause (3 places)",
        Span(3, 2 + 2 * count),
        Fix(rule.summary, edits, applicability=rule.applicability) if by == "b" else None,
        {"cause": "cause", "count": count},
    )
    found = finding(Document("d", "a" * 9), rule.name, "cause", places, 2)
    assert found == expected
    assert repr(found) == repr(expected)
    assert dataclasses.replace(found) == found


def test_escapes_are_not_looked_for_unless_asked() -> None:
    looker = EncodingPass(EncodingOptions())
    texts = [r"It\u2019s", "It\x92s"]
    looker.narrow({rule.name for rule in looker.rules if rule.default})
    assert list(looker.screen(texts)) == [False, True]
    looker.narrow({rule.name for rule in looker.rules})
    assert list(looker.screen(texts)) == [True, True]


@pytest.mark.parametrize(
    "text",
    ["a \u2060word", "1\u00ad2", "174°E\ufeff / 5", "a\u00ad", "word\u200b Word", "\u200b"],
)
def test_innocent_invisible_characters_are_screened_out(text: str) -> None:
    looker = EncodingPass(EncodingOptions())
    assert not looker.screen([text])[0] or text == "a \u2060word"
    assert list(looker.check(Document("d", text))) == []
