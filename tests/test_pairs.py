"""The sieve in front of a pattern: what it holds back, the pattern does not match."""

import numpy as np
import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from cleaner.kernels.patterns import screens
from cleaner.kernels.patterns.needs import EVERY, needed
from cleaner.kernels.patterns.pairs import holding, pairs_of
from cleaner.kernels.text.texts import texts_of
from cleaner.passes.encoding import checking
from cleaner.passes.typography import _PATTERNS

SCREENS = [*checking._SCREENS, *_PATTERNS.values()]
MARKS = st.sampled_from(
    [
        *"ÃâÐВС‘’“”€™œ°×²é ßЂА\x81\x85\xa0\xad&#;amp?srt\r-\n\x0b\x1b.=%\ufeff\u200b\ufffd",
        *"\u2010\U000e0041\U0001d15e\U0002f800鈥窶锟斤拷ﾐｳﾃ袩袪Ôâ─т",
    ]
)
TEXTS = st.lists(MARKS | st.characters(exclude_categories=["Cs"]), max_size=12).map("".join)
SMALL = st.text("abcé€\n", max_size=8)


def held(pattern: str, *texts: str) -> list[bool]:
    pairs = pairs_of(pattern)
    assert pairs is not None, pattern
    return [bool(one) for one in holding(*texts_of(texts), pairs)]


@pytest.mark.parametrize("pattern", SCREENS, ids=range(len(SCREENS)))
@given(texts=st.lists(TEXTS, max_size=4))
def test_nothing_that_a_screen_matches_is_held_back(pattern: str, texts: list[str]) -> None:
    for text, hold in zip(texts, held(pattern, *texts), strict=True):
        assert hold or not screens.occurs(pattern, text)


@st.composite
def patterns(draw: st.DrawFn, depth: int = 2) -> str:
    """Patterns in the syntax that is known, of few characters."""
    if not depth:
        one = st.sampled_from(["a", "b", "c", "é", "€", "[ab]", "[^a]", "[a-cé]", ".", r"\x{e9}"])
        return draw(one)
    parts = draw(st.lists(patterns(depth - 1), min_size=1, max_size=3))
    if draw(st.booleans()):
        return "(?:" + "|".join(parts) + ")"
    ends = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])
    return "".join(f"(?:{part}){draw(ends)}" for part in parts)


@given(patterns(), st.lists(SMALL, max_size=6))
def test_every_match_has_a_pair(pattern: str, texts: list[str]) -> None:
    try:
        pairs = needed(pattern)
    except ValueError:
        assert re2.search(pattern, "") is not None
        return
    for text in texts:
        around = "\0" + text
        has = any(
            _within(one, first) and _within(two, second)
            for one, two in zip(around, text, strict=False)
            for first, second in pairs
        )
        assert has or re2.search(pattern, text) is None


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)


@pytest.mark.parametrize("pair", ["ab", "aa", "aé", "éa", "é€", "€€", "€\U0001d15e", "\U0001d15ea"])
@given(before=SMALL, after=SMALL)
def test_pairs_are_found_at_every_place(pair: str, before: str, after: str) -> None:
    assert held(pair, before + pair + after, before) == [True, pair in before]


def test_a_pair_does_not_reach_over_the_end_of_a_text() -> None:
    assert held("ab", "a", "b", "ab") == [False, False, True]
    assert held("é€", "é", "€", "é€") == [False, False, True]


def test_the_rarest_pair_is_chosen() -> None:
    assert needed("[a-z]Ã ") == [(((0xC3, 0xC3),), ((0x20, 0x20),))]
    assert needed("[a-z]?é") == [(EVERY, ((0xE9, 0xE9),))]


@pytest.mark.parametrize("pattern", ["a*", "", "(?i)a", "(?=a)b", r"a\b", "[a", "(a", "a|"])
def test_a_pattern_that_cannot_be_read_is_left_to_its_engine(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        needed(pattern)
    assert pairs_of(pattern) is None


def test_many_texts_are_screened_as_a_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["plain text", "déjà vu", "Itâ€™s", "", "“quoted”", "& # 39;", "Дом и С”", "x" * 90] * 9
    few = [screens.matching(texts, pattern).tolist() for pattern in SCREENS]
    monkeypatch.setattr(screens, "_MANY", 0)
    assert [screens.matching(texts, pattern).tolist() for pattern in SCREENS] == few
    assert screens.matching([], "a").tolist() == []
    assert np.array_equal(screens.matching(texts, "x*"), [True] * len(texts))
