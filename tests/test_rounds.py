"""Rounds of the pipeline: a pass is not asked again what it would answer as before."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.config import Config
from cleaner.edits import Change, Revision
from cleaner.kernels.patterns.screens import searchable
from cleaner.model import Document, Span
from cleaner.passes.base import DocumentPass
from cleaner.pipeline import Outcome, Pipeline
from cleaner.pipeline.guard import cuts_more, share_cut
from cleaner.pipeline.measuring import suspects
from cleaner.pipeline.outcome import column, renewed
from cleaner.pipeline.rounds import ROUNDS

PIECES = st.sampled_from(
    [
        *(
            "Itâ€™s so. ",
            "AT&amp;amp;T ",
            "lost\ufffd ",
            "If you enjoy this, please donate. ",
            "\n\n",
        ),
        *("Subscribe to our newsletter! ", "Home > News > World\n", "\n\n\n\n\n", "Menu\nShare\n"),
        *("The rain fell all day on the long road to town. ", "# Title\n", "a\u200bb ", "ﬁne “x” "),
        *(
            "All rights reserved.\n",
            "© 2020 Example Ltd. All rights reserved.\n",
            "<b>&copy;</b>\n",
        ),
        *(
            "&lt;!-- cleaner: ignore[encoding] --&gt;\n",
            "# cleaner: off\n",
            "Read more\n",
            "Ã©\x85\n",
        ),
    ]
)


PROSE = "The rain fell all day on the long road to town, and nobody came to see it. " * 2


class Forgetful(Pipeline):
    """Asks every pass about every text that changed, in every round."""

    def _screen(
        self, looker: DocumentPass, rows: list[int], outcomes: dict[int, Outcome]
    ) -> list[int]:
        hits = super()._screen(looker, rows, outcomes)
        for one in outcomes.values():
            one.looked.clear()
        return hits

    def _look(self, *given: Any, **named: Any) -> set[int]:
        changed = super()._look(*given, **named)
        for one in given[3].values():
            one.looked.clear()
        return changed

    def _uncut(
        self, held: dict[int, Outcome], outcomes: dict[int, Outcome], keys: Sequence[int] | None
    ) -> None:
        for row, before in held.items():
            outcomes[row] = Outcome.of(before.document)
        changed: set[int] = set()
        for looker in self._document:
            hits = self._screen(looker, sorted(held), outcomes)
            changed |= self._look(looker, hits, {}, outcomes, keys, cut=False)
        self._further(sorted(changed), outcomes, keys, cut=False, rounds=ROUNDS - 1)


CONFIGS = [Config(), Config(unsafe_fixes=True, extend_select=("typography",))]
PIPELINES = [(Pipeline(config), Forgetful(config)) for config in CONFIGS]


APPEAL = "Please donate today: your support keeps our newsroom free and independent for all. "
GUARDED = [
    f"{PROSE}\n\n{APPEAL * 3}{tail}"
    for tail in ("", "\n\nHome\n", "Itâ€™s so.", "\n\n\n\n\nItâ€™s so.\n\n\n\n\n", "\n\n&amp;lt;")
]


@pytest.mark.parametrize("number", range(len(PIPELINES)))
@given(st.lists(st.lists(PIECES, max_size=8).map("".join) | st.sampled_from(GUARDED), max_size=3))
def test_what_is_not_asked_again_is_what_would_be_said_again(number: int, texts: list[str]) -> None:
    documents = [Document(str(at), text) for at, text in enumerate(texts)]
    array = pa.array(texts, pa.large_string())
    found, expected = (one.look(array, documents) for one in PIPELINES[number])
    assert found.keys() == expected.keys()
    for row, one in found.items():
        assert one.reported == expected[row].reported
        assert one.dropped == expected[row].dropped
        assert one.text == expected[row].text
        assert one.changes == expected[row].changes


@pytest.mark.parametrize("number", range(len(PIPELINES)))
@given(
    st.lists(
        st.lists(PIECES, max_size=8).map("".join) | st.sampled_from(GUARDED), min_size=2, max_size=5
    )
)
def test_a_document_is_looked_at_alike_in_any_company(number: int, texts: list[str]) -> None:
    pipeline = PIPELINES[number][0]
    found = pipeline.look(
        pa.array(texts, pa.large_string()),
        [Document(str(at), text) for at, text in enumerate(texts)],
    )
    for at, text in enumerate(texts):
        alone = pipeline.look(pa.array([text], pa.large_string()), [Document(str(at), text)])
        assert (at in found) == (0 in alone)
        if alone:
            assert found[at].reported == alone[0].reported
            assert found[at].text == alone[0].text


@given(
    st.lists(st.sampled_from(["word ", "\u3000", "\n", "a\x85b"]), max_size=12).map("".join),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), max_size=3),
    st.sampled_from([-1.0, 0.0, 0.1, 0.25, 0.5, 1.0]),
)
def test_words_are_counted_as_far_as_it_matters(
    text: str, cuts: list[tuple[int, int, bool]], share: float
) -> None:
    revision = Revision(text)
    at = 0
    for skip, length, ours in cuts:
        start = min(at + skip, len(text))
        at = min(start + length, len(text))
        rule = "boilerplate.x" if ours else "encoding.x"
        revision.changes.append(Change(Span(start, at), "", (rule,)))
    outcome = Outcome(Document("d", text), revision)
    assert cuts_more(outcome, share) == (share_cut(outcome) > share)


@given(
    st.lists(st.text("aé\ud800日", max_size=3), max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.text("bü\udfff", max_size=3)), max_size=5),
)
def test_texts_are_given_to_passes_as_they_are_now(
    texts: list[str], edits: list[tuple[int, str]]
) -> None:
    outcomes = {row: Outcome.of(Document(str(row), text)) for row, text in enumerate(texts)}
    array = pa.array(map(searchable, texts), pa.large_string())
    changed = {}
    for row, new in edits:
        if row in outcomes:
            changed[row] = one = outcomes[row]
            one.revision.change([(Span(0, len(one.text)), new, ("encoding.x",))])
            texts[row] = new
            assert one.data == searchable(new).encode()
    now = [searchable(text) for text in texts]
    assert column(list(outcomes.values())).to_pylist() == now
    assert renewed(array, changed).to_pylist() == now


class _Unmoved:
    """A measuring pass that sees at a glance that it has nothing to say."""

    def screen(self, texts: Any, wanted: frozenset[str]) -> Any:
        del wanted
        return np.zeros(len(texts), bool)

    def measure(self, texts: Any) -> Any:
        raise AssertionError(texts)


def test_nothing_is_measured_where_no_text_is_suspect() -> None:
    texts, measures = pa.array(["a"], pa.large_string()), pa.record_batch([], schema=pa.schema([]))
    looker: Any = _Unmoved()
    assert suspects(looker, frozenset(), texts, measures) == []
