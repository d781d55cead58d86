"""All arithmetic on spans, as properties."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.edits import Revision, accept, apply, between, invert
from cleaner.model import Edit, Span

TEXTS = st.text("ab\n", max_size=14)
Steps = tuple[str, list[list[Edit]]]


@st.composite
def histories(draw: st.DrawFn) -> Steps:
    """A text and several rounds of edits, each in positions of the round's own text."""
    text = now = draw(TEXTS)
    steps = []
    for _ in range(draw(st.integers(1, 4))):
        points = sorted(draw(st.lists(st.integers(0, len(now)), max_size=6)))
        edits = [
            Edit(Span(low, high), draw(st.text("XYZ", max_size=3)))
            for low, high in zip(points[::2], points[1::2], strict=False)
        ]
        fits = accept([[edit] for edit in edits])
        edits = [edit for edit, fit in zip(edits, fits, strict=True) if fit]
        steps.append(edits)
        now = apply(now, edits)
    return text, steps


def replayed(history: Steps) -> Revision:
    text, steps = history
    revision = Revision(text)
    for number, edits in enumerate(steps):
        revision.edit(edits, [str(number)] * len(edits))
    return revision


@given(histories())
def test_changes_of_the_original_give_the_present_text(history: Steps) -> None:
    revision = replayed(history)
    now = history[0]
    for edits in history[1]:
        now = apply(now, edits)
    assert revision.text == now
    assert apply(revision.original, revision.changes) == now


@given(histories())
def test_changes_can_be_undone(history: Steps) -> None:
    revision = replayed(history)
    rows = [
        (c.span.start, revision.original[c.span.start : c.span.end], c.replacement, c.rules)
        for c in revision.changes
    ]
    assert invert(revision.text, rows) == revision.original


@given(histories())
def test_a_character_that_no_edit_touched_maps_to_itself(history: Steps) -> None:
    revision = replayed(history)
    for at, character in enumerate(revision.text):
        if character in "ab\n":
            span = revision.to_original(Span(at, at + 1))
            assert revision.original[span.start : span.end] == character


@given(histories(), st.data())
def test_every_span_maps_into_the_original(history: Steps, data: st.DataObject) -> None:
    revision = replayed(history)
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(revision.text))] * 2)))
    span = revision.to_original(Span(low, high))
    assert 0 <= span.start <= span.end <= len(revision.original)


@given(st.text(max_size=40), st.text(max_size=40))
def test_between_finds_edits_that_lead_from_one_to_the_other(before: str, after: str) -> None:
    assert apply(before, between(before, after)) == after


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3), max_size=6))
def test_accepted_groups_can_be_applied_together(spans: list[list[tuple[int, int]]]) -> None:
    groups = [[Edit(Span(min(s), max(s)), "x") for s in group] for group in spans]
    taken = [e for g, ok in zip(groups, accept(groups), strict=True) if ok for e in g]
    apply("0123456789", sorted(taken))  # raises where two conflict


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3), max_size=6))
def test_a_group_is_accepted_if_it_fits_beside_those_before(
    spans: list[list[tuple[int, int]]],
) -> None:
    taken: list[Span] = []
    fits = []
    for group in spans:
        tried = [*taken, *(Span(min(s), max(s)) for s in group)]
        pairs = list(combinations(tried, 2))
        fits.append(not any(a == b or (a[0] < b[1] and b[0] < a[1]) for a, b in pairs))
        taken = tried if fits[-1] else taken
    assert accept([[Edit(Span(min(s), max(s))) for s in group] for group in spans]) == fits


def test_an_edit_outside_of_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="edit 2:5 after 0 in a text of 3"):
        apply("abc", [Edit(Span(2, 5))])


def test_a_rule_keeps_its_own_change_beside_anothers() -> None:
    revision = Revision("one two")
    revision.edit([Edit(Span(0, 4))], ["first"])
    revision.edit([Edit(Span(0, 3), "2")], ["second"])
    assert [(c.span, c.rules) for c in revision.changes] == [
        (Span(0, 4), ("first",)),
        (Span(4, 7), ("second",)),
    ]
