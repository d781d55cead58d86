"""The search for cues in a kernel loses nothing that a rule would find, and sees the same lines."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import packs
from cleaner.kernels.boilerplate import coarse
from cleaner.kernels.boilerplate import cues as kernel
from cleaner.kernels.compiled import kernel as kernel_of
from cleaner.kernels.text.lanes import between
from cleaner.kernels.text.texts import texts_of
from cleaner.kernels.text.units import LIMIT, UNIT_LIMIT, line_end
from cleaner.packs.literals import fold, literals
from cleaner.packs.patterns import SUGAR, compiled
from cleaner.passes.boilerplate.judge import Look, Trial, count_words, holds, placed
from cleaner.passes.boilerplate.scan import Scanner
from cleaner.passes.boilerplate.tables import _everything
from cleaner.passes.boilerplate.units import Unit, trim

RULES = packs.load()
SCANNER = Scanner(RULES)
TRIALS = [Trial(rule, clause) for rule, clause in SCANNER.clauses]
CUES = sorted({cue for _, clause in SCANNER.clauses for _, cues in clause.required for cue in cues})


def paragraph_at(data: bytes, line: Unit) -> Unit:
    """The hard-wrapped paragraph around a line, or the line itself.

    Lines without a blank one between them are one paragraph only if they were filled: no first
    word of a line would have fitted on the line above, and some line begins in lower case.
    Anything else is a list of lines, each for itself.
    """
    lines, texts = [line], [_text(data, line)]
    reach = 100  # how long a line may be, given what did not fit on the others
    for step, place in ((_line_before, 0), (_line_after, -1)):
        while (other := step(data, lines[place])).start < other.end:
            text = _text(data, other)
            pair = (text, texts[0]) if place == 0 else (texts[-1], text)
            reach = min(reach, len(pair[0]) + len(pair[1].split(maxsplit=1)[0]))
            at = len(lines) if place else 0
            lines.insert(at, other)
            texts.insert(at, text)
            widest = max(len(each) for each in texts)
            if widest > reach or reach < 45 or len(lines) > 60:
                return line
    if len(lines) == 1 or not any(text[0].islower() for text in texts[1:]):
        return line
    return Unit(lines[0].start, lines[-1].end)


def _text(data: bytes, line: Unit) -> str:
    """Enough of a line to know that it is too long."""
    return data[line.start : min(line.end, line.start + 400)].decode("utf-8", "ignore")


def _line_before(data: bytes, line: Unit) -> Unit:
    """The line above, trimmed; empty at a blank line or the start."""
    end = data.rfind(b"\n", 0, line.start)
    if end < 0:
        return Unit(0, 0)
    return trim(data, data.rfind(b"\n", 0, end) + 1, end)


def _line_after(data: bytes, line: Unit) -> Unit:
    start = data.find(b"\n", line.end) + 1
    if not start:
        return Unit(len(data), len(data))
    end = data.find(b"\n", start)
    return trim(data, start, len(data) if end < 0 else end)


def units(data: bytes) -> Iterator[Unit]:
    """All lines and paragraphs, in plain Python."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        line = trim(data, at, len(data) if end < 0 else end)
        unit = paragraph_at(data, line) if line.start < line.end else line
        if unit.start < unit.end <= unit.start + UNIT_LIMIT:
            yield unit
        end = data.find(b"\n", max(at, unit.end))
        at = len(data) if end < 0 else end + 1


def naive(data: bytes) -> set[tuple[Unit, int]]:
    """Every clause that holds somewhere: all are tried everywhere."""
    found = set()
    for unit in units(data):
        look = Look.at(data, unit, count_words(data[unit.start : unit.end]))
        for number, (rule, _) in enumerate(SCANNER.clauses):
            if (rule.after or placed(data, rule, unit)) and holds(data, look, TRIALS[number]):
                found.add((unit, number))
    return found


def sought(text: str) -> tuple[set[tuple[Unit, int]], dict[Unit, int]]:
    """Candidates of the kernel, and the words of each line."""
    rows = kernel.candidates(*texts_of([text]), SCANNER._cues).tolist()
    return (
        {(Unit(row[1], row[2]), row[3]) for row in rows},
        {Unit(row[1], row[2]): row[4] for row in rows},
    )


@st.composite
def lines(draw: st.DrawFn) -> str:
    """What could be a line of boilerplate: a literal of each group, in any order and dress."""
    _, clause = draw(st.sampled_from(SCANNER.clauses))
    parts = []
    for _, cues in clause.required:
        texts = [each.text for each in literals(draw(st.sampled_from(cues)))] or ["A"]
        parts.append(draw(st.sampled_from(texts)))
    glue = draw(st.sampled_from([" ", "  ", "\u00a0", ", ", " word ", "\n", "", "\u3000", "7"]))
    text = glue.join(draw(st.permutations(parts)))
    text = getattr(text, draw(st.sampled_from(["strip", "upper", "title", "swapcase"])))()
    dress = draw(
        st.sampled_from(["{}", "• {}", "_{}_", "{}.", "( {} »", "\ufe0f{}:", "x{}", "{}s"])
    )
    marks = draw(st.sampled_from(["'’", '"“', "-–", "k\u212a", "s\u017f", "iı", "07", "0٣"]))
    return dress.format(text).replace(*marks)


TEXTS = st.one_of(
    lines(),
    st.sampled_from([text for rule in RULES for text in (*rule.rule.match, *rule.rule.keep)]),
    st.sampled_from(["", " ", "\t", "\u200b", "\u00a0", "A line of text.", "word " * 15, "и " * 9]),
    st.text(max_size=8),
)


@given(st.lists(TEXTS, max_size=7), st.sampled_from(["\n", "\n\n", "\r\n", "\n \n", " "]))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost(parts: list[str], glue: str) -> None:
    text = glue.join(parts).encode("utf-8", "replace").decode()
    found, words = sought(text)
    assert naive(text.encode()) <= found
    known = set(units(text.encode()))
    for unit, count in words.items():
        assert unit in known
        assert count == count_words(text.encode()[unit.start : unit.end])


# Around the bounds from which on fewer clauses are sought, too.
COUNTS = st.one_of(st.integers(0, 70), st.integers(450, 1300))


@given(lines(), COUNTS, st.sampled_from(["a", "a ", " - ", "é", "7", "中", "word ", "é "]))
@settings(max_examples=250, deadline=None)
def test_nothing_is_lost_wherever_it_stands(text: str, count: int, pad: str) -> None:
    text = f"{pad * (count % 9)}{text}{pad * (count // 9)}".strip()
    assert naive(text.encode()) <= sought(text)[0]


LONG = "A line of ordinary words that has more than the sixty-four bytes read at once. "
PIECES = st.sampled_from(
    [*"7ü_ſ’`中\t\x7f\u200b\u3000", "word", "Word ", " ", "  ", "2018", ". ", "\n", LONG]
)


@given(
    st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=30),
    st.integers(0, 9),
    st.sampled_from([b"", b"7 x", b" 0" * 50]),
)
@settings(max_examples=300, deadline=None)
def test_letters_are_read_as_one_by_one(parts: list[str], start: int, behind: bytes) -> None:
    raw = "".join(parts).encode("utf-8", "replace")
    data = np.frombuffer(b"x" * start + raw + behind, np.uint8)
    cues = SCANNER._cues
    text, numbers = np.full(4000, 9, np.uint8), np.zeros(4000, np.uint16)
    size, wide, words = letters_of(
        cues.points, cues.bytes_of, data, start, start + len(raw), text, numbers
    )
    if raw and raw == raw.strip():
        assert words == count_words(raw)
    wanted: list[tuple[int, int]] = []
    for char in raw.decode():
        code = min(ord(char), LIMIT - 1)
        number = int(cues.points[code])
        letter = int(cues.bytes_of[number])
        if (
            not wanted
            or (letter, number) != wanted[-1]
            or letter not in {coarse.SPACE, coarse.DIGIT}
        ):
            wanted.append((letter, number))
    assert size == len(wanted) + 1
    assert not text[0]
    assert not text[size : size + coarse.PADS].any()
    assert wide == any(ord(char) >= 0x80 and char_is_word(char) for char in raw.decode())
    for at, (letter, number) in enumerate(wanted, 1):
        assert text[at] in {letter, *spellings(number)}


def char_is_word(char: str) -> bool:
    """Whether the letter of a character is part of a word."""
    cues = SCANNER._cues
    return bool(cues.bytes_of[cues.points[min(ord(char), LIMIT - 1)]] >= coarse.WORDS)


def spellings(number: int) -> set[int]:
    """The bytes of the characters of ASCII that are this letter, whatever else is it."""
    plain = (code for code in range(0x21, 0x80) if SCANNER._cues.points[code] == number)
    return set(map(coarse.ascii_letter, plain))


@kernel_of
def letters_of(
    points: Any, bytes_of: Any, data: Any, start: int, stop: int, text: Any, numbers: Any
) -> tuple[int, bool, int]:
    return coarse.read(points, bytes_of, data, start, stop, text, numbers)  # type: ignore[no-any-return]


@given(st.binary(min_size=64, max_size=200), st.integers(0, 200))
def test_bytes_between(raw: bytes, at: int) -> None:
    at = min(at, len(raw) - 64)
    wanted = sum(1 << bit for bit, byte in enumerate(raw[at : at + 64]) if 0x20 <= byte <= 0x7F)
    assert printable(np.frombuffer(raw, np.uint8), at) == wanted


@kernel_of
def printable(data: Any, at: int) -> Any:
    return between(data, at, 0x20, 0x7F)


@given(st.lists(st.one_of(st.binary(max_size=90), st.just(b"\n")), max_size=9), st.data())
def test_the_end_of_a_line(parts: list[bytes], data: st.DataObject) -> None:
    raw = b"".join(parts)
    at = data.draw(st.integers(0, len(raw)))
    high = data.draw(st.integers(at, len(raw)))
    found = raw.find(b"\n", at, high)
    assert end_of(np.frombuffer(raw, np.uint8), at, high) == (high if found < 0 else found)


@kernel_of
def end_of(data: Any, at: int, high: int) -> Any:
    return line_end(data, at, high)


WRAPPED = ["the river rose by a metre", "Thé", "und dann", "  please donate today to us", "x" * 99]


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*WRAPPED, "", "\u200b"]), st.text("aÀ b\u2003\u0436中", max_size=9)
        ),
        max_size=70,
    )
)
@settings(max_examples=150, deadline=None)
def test_the_same_paragraphs(parts: list[str]) -> None:
    text = "\n".join(f"please donate to support us {part}" if part else part for part in parts)
    data = text.encode()
    assert {unit for unit, _ in sought(text)[0]} <= set(units(data))
    assert naive(data) <= sought(text)[0]


@given(st.sampled_from(CUES), st.data())
@settings(max_examples=300, deadline=None)
def test_a_literal_stands_in_what_a_cue_matches(cue: str, data: st.DataObject) -> None:
    texts = [each.text for each in literals(cue)]
    body = data.draw(st.sampled_from(texts or [""]))
    match = compiled((cue,)).search(f" {body} ".encode())
    if match and texts:
        folded = "".join(map(fold, match.group().decode()))
        for char in " 0":
            while char * 2 in folded:
                folded = folded.replace(char * 2, char)
        assert any(one in folded for one in texts)


def test_letters_are_those_of_re2() -> None:
    table = SCANNER._cues.points
    small = sorted({char for cue in CUES for char in cue if char < "\u2e80" and char.isalnum()})
    everything = _everything()
    for char in small:
        forms = SUGAR.get(fold(char), char).strip("[]")
        same = {table[ord(each)] for each in re2.findall(f"(?i){re2.escape(char)}", everything)}
        assert same == {table[ord(each)] for each in forms}, char


@pytest.mark.parametrize(
    ("cue", "texts"),
    [
        ("donat(e|ions?)", ["donate", "donation", "donations"]),
        (r"\d{1,3} ?min", ["0 min", "0min"]),
        ("we're here", ["we're here"]),
        (r"[a-z]{1,3} of us", ["of us"]),
        (r"\p{Lu}", []),
        (r"[^a]", []),
        ("(a|b)?", []),
        (r"\x{e9}t\x{e9}", ["été"]),
        ("[oó]pera", ["opera", "ópera"]),
        ("(a|b){2}", ["aa", "ab", "ba", "bb"]),
    ],
)
def test_literals(cue: str, texts: list[str]) -> None:
    assert [each.text for each in literals(cue)] == texts


@pytest.mark.parametrize(
    "unit", ["donate ", "please donate to us ", "newsletter", "0 ", "\u3000", "é"]
)
def test_a_long_unit_is_left_out(unit: str) -> None:
    assert sought(unit * 20_000)[0] == set()


def test_many_candidates_find_room() -> None:
    text = "Share this\n\n" * 3000
    assert len({unit for unit, _ in sought(text)[0]}) == 3000
