"""Shared passages: aligned, found at the stated length, and where the original text has them."""

import random
from itertools import chain, groupby

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.config import DuplicatesOptions
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.kernels.duplicates.again import repeated
from cleaner.kernels.duplicates.passages import runs, token_hashes
from cleaner.kernels.duplicates.places import locate_tokens, locate_words
from cleaner.kernels.duplicates.shingles import define_shingles
from cleaner.kernels.duplicates.signatures import sign
from cleaner.kernels.duplicates.words import hash_token, split_words
from cleaner.kernels.text.texts import texts_of
from cleaner.model import Finding
from cleaner.passes.duplicates import DuplicatesPass, fragments, rows
from cleaner.rules import Selection
from cleaner.similar import explain_pair

ALPHABET = "ab cdXY \n.é½ﬁİΣσς…東ーภา한ᄒ́̈न्\ud800"
TEXTS = st.one_of(st.text(max_size=60), st.text(st.sampled_from(ALPHABET), max_size=60))


@settings(deadline=None)
@given(TEXTS)
@example(" \u0301a\u0301 ½b \n\u0308x ½")
@example("ΟΔΟΣ ΟΔΟΣ. İSTANBUL ﬁ ½ e\u0301 \u0301 한 \u1112\u1161\u11ab か\u3099")
def test_words_are_located_where_they_stand(text: str) -> None:
    found = locate_words(text)
    assert [word.token for word in found] == split_words(text)
    at = 0
    for word in found:
        assert word.start < word.end <= len(text)
        assert word.start >= at  # several words can come from one character
        at = word.start
    assert locate_tokens(text).tolist() == [[word.start, word.end] for word in found]
    plain = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert token_hashes(text).tolist() == [hash_token(token) for token in split_words(plain)]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from("abcd"), max_size=60),
    st.lists(st.sampled_from("abcd"), max_size=60),
    st.integers(5, 9),
)
def test_runs_are_equal_maximal_and_apart(first: list[str], second: list[str], least: int) -> None:
    one, two = token_hashes(" ".join(first)), token_hashes(" ".join(second))
    end = 0
    for run in runs(one, two, least):
        assert first[run.first : run.first_end] == second[run.second : run.second_end]
        assert run.first_end - run.first >= least
        assert run.second >= end
        end = run.second_end
        follows = first[run.first_end : run.first_end + 1], second[end : end + 1]
        assert follows[0] != follows[1] or follows == ([], [])


def define_prints(text: str, window: int) -> list[int]:
    """Of each window of shingles the least one, the last of equals; what stays is named once."""
    values = np.array(define_shingles(text), np.uint64)
    least = [
        at + window - 1 - int(values[at : at + window][::-1].argmin())
        for at in range(len(values) - window + 1)
    ]
    kept = values[[place for place, _ in groupby(least)]]
    return [int(one) for one in kept.view(np.int64)]


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from([0, 3, 40, 100, 400, 4090, 4100, 4200, 9000]),
    st.sampled_from([1, 2, 5, 46, 63, 64, 65, 200]),
    st.sampled_from([1, 2, 50, 10**6]),
    st.integers(0, 10**6),
)
def test_fingerprints_are_the_least_of_each_window(
    size: int, window: int, different: int, seed: int
) -> None:
    draw = random.Random(seed)
    texts = [
        " ".join(f"w{draw.randrange(different)}" for _ in range(count)) for count in (size, 60, 0)
    ]
    signed = sign(texts_of(texts), window=window)
    expected = [define_prints(text, window) for text in texts]
    assert signed.counts.tolist() == [*map(len, expected)]
    assert signed.prints.tolist() == list(chain.from_iterable(expected))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(5, 40), st.integers(0, 10**6))
def test_a_run_as_long_as_promised_gives_a_fingerprint_in_common(
    before: int, after: int, window: int, seed: int
) -> None:
    draw = random.Random(seed)
    common = [f"c{draw.randrange(50)}" for _ in range(window + 4)]
    texts = [
        " ".join([f"{name}{n}" for n in range(before)] + common + [f"{name}x{n}" for n in range(k)])
        for name, k in (("a", after), ("b", before))
    ]
    signed = sign(texts_of([*texts, "é́ " + texts[0], ""]), window=window)
    split = signed.counts.cumsum()
    prints = [set(signed.prints[low:high]) for low, high in zip([0, *split], split, strict=False)]
    assert prints[0] & prints[1]
    assert prints[1] & prints[2]
    assert not prints[3]


def test_two_texts_are_explained() -> None:
    found = explain_pair(
        "Intro here. One two three, four five six seven! And then 1 2 3 4 5 6 7.",
        "1 2 3 4 5 6 7 -- one TWO three four five six seven",
    )
    assert [one.tokens for one in found.passages] == [7, 7]
    assert found.shared == 6
    assert (found.first_shingles, found.second_shingles) == (14, 10)
    assert found.jaccard == 6 / 18
    assert (found.contained, found.containing) == (6 / 14, 6 / 10)
    assert explain_pair("", "").jaccard == 0.0
    assert explain_pair("A b", "a B!").jaccard == 1.0
    assert explain_pair("A b", "a c").jaccard == 0.0


def run(texts: list[str], selection: Selection, **options: float) -> list[Finding]:
    import msgspec

    looker = DuplicatesPass(msgspec.convert(options, DuplicatesOptions), selection)
    keys = range(len(texts))
    columns = [keys, [f"d{key}" for key in keys], texts, [""] * len(texts), map(len, texts)]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, documents_schema(), strict=True)]
    batch = pa.record_batch(arrays, schema=documents_schema())
    engine = LocalEngine()
    documents = engine.dataset([[batch.slice(0, 2)], [batch.slice(2)]], documents_schema())
    sketches = engine.map(documents, lambda some: map(looker.sketch, some), looker.sketch_schema)
    found = [
        (key, finding)
        for part in engine.batches(looker.compare(engine, documents, sketches))
        for key, finding in zip(*(column.to_pylist() for column in part.columns), strict=True)
    ]
    return [msgspec.json.decode(finding, type=Finding) for _, finding in sorted(found)]


def words(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [f"w{draw.randrange(100_000)}" for _ in range(count)]


BASE = words(400, 1)
PART = " ".join(BASE[100:200])
OTHER = " ".join(words(150, 2) + BASE[250:320] + words(150, 3))


def test_a_document_inside_a_longer_one_is_contained_in_it() -> None:
    texts = [PART, " ".join(BASE), PART.upper(), " ".join(BASE[120:190]), OTHER]
    found = run(texts, Selection())
    assert [(one.document, one.rule, one.evidence["kept"]) for one in found] == [
        ("d0", "duplicates.contained", "d1"),
        ("d2", "duplicates.contained", "d1"),
        ("d3", "duplicates.contained", "d1"),
    ]
    assert all(one.evidence["containment"] == 1.0 for one in found)
    assert found[0].evidence["jaccard"] == 96 / 396
    assert not run(texts, Selection(ignore=("duplicates.contained",)))[2:]


def test_a_document_that_another_one_goes_for_is_not_contained_itself() -> None:
    near = [*BASE[100:200], "more"]
    found = run([PART, " ".join(near), " ".join(BASE)], Selection())
    kept = {one.document: one.evidence["kept"] for one in found}
    assert kept == {"d0": "d1"}
    assert found[0].rule == "duplicates.near"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(50, 120), st.integers(0, 2)), max_size=12
    ).map(lambda cuts: [" ".join([*BASE[a : a + n], *"xyz"[:k]]) for a, n, k in cuts])
)
def test_who_goes_names_one_that_stays_whatever_the_kind(texts: list[str]) -> None:
    kept: dict[str, list[object]] = {}
    for one in run(texts, Selection()):
        if one.fix:
            # A copy of a document that goes itself names that one, and one that stays.
            kept.setdefault(one.document, []).append(one.evidence["kept"])
    for others in kept.values():
        assert set(others) - set(kept)


def test_passages_are_shown_when_asked_for() -> None:
    texts = ["“" + " ".join(BASE) + "”", OTHER, " ".join(words(300, 9))]
    selection = Selection(extend_select=("duplicates.passage",))
    (found,) = run(texts, selection)
    assert (found.document, found.rule, found.fix) == ("d1", "duplicates.passage", None)
    assert found.evidence["other"] == "d0"
    assert found.evidence["tokens"] == 70
    passage = " ".join(BASE[250:320])
    assert found.span is not None
    assert texts[1][slice(*found.span)] == passage
    start = texts[0].index(passage)
    assert found.evidence["other_span"] == [start, start + len(passage)]
    assert not run(texts, selection, passages=80)
    assert not run(texts, Selection())


KEYS = st.one_of(st.integers(0, 5), st.integers(-(2**63), 2**63 - 1))


@given(st.lists(KEYS, max_size=40))
def test_repeated_keys_are_those_that_stand_in_several_rows(keys: list[int]) -> None:
    found = repeated(np.array(keys, np.int64)).tolist()
    assert sorted(found) == [at for at, key in enumerate(keys) if keys.count(key) > 1]
    in_order = [keys[row] for row in found]
    assert in_order == sorted(in_order)


@given(
    st.lists(
        st.tuples(*[st.one_of(st.integers(0, 3), st.integers(0, 2**63 - 1), KEYS)] * 2),
        max_size=30,
    ),
    st.integers(0, 40),
)
def test_pairs_are_chosen_by_the_fingerprints_they_share(
    pairs: list[tuple[int, int]], shard: int
) -> None:
    pairs = [(one, two if two >= 8 else shard << 32 | two) for one, two in pairs]
    anchor, document = (np.array([pair[at] for pair in pairs], np.int64) for at in range(2))
    shared = {"anchor": anchor, "document": document, "size": np.full(len(pairs), 4)}
    batches = [rows.batch(rows.shared_schema(), shared)]
    for passages, least in ((True, 1), (False, 2)):
        chosen = pa.Table.from_batches(fragments.choose(iter(batches), passages))
        expected = sorted({pair for pair in pairs if pairs.count(pair) >= least})
        assert [*zip(*(chosen[n].to_pylist() for n in ("anchor", "document")), strict=True)] == (
            expected
        )


def print_of_each_bit() -> list[int]:
    """A fingerprint for each of the 128 bits."""
    prints = np.arange(4096)
    one, two = (bits.view(np.uint64) for bits in fragments._maps(prints, np.ones(4096, np.int64)))
    found = [
        (bits == np.uint64(1) << np.uint64(at)).argmax() for bits in (one, two) for at in range(64)
    ]
    assert len({*found}) == 128
    return [int(at) for at in found]


BITS = print_of_each_bit()


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40) | st.sampled_from([63, 127]), max_size=12), max_size=12),
    st.integers(1, 8),
    st.booleans(),
)
@example([[1, 2, 3, 4, 6], [1, 2, 3, 5, 63]], 1, False)  # the bit of the sign stands alone
@example([[1, 2, 3, 4, 6], [1, 2, 3, 77, 127]], 1, False)
def test_no_pair_is_left_out_that_would_be_chosen(
    prints: list[list[int]], parts: int, common: bool
) -> None:
    """By their bits: as from all pairs of all fingerprints, in however many portions they come."""
    many = 35 if common else 0  # documents with one fingerprint, so that it is boilerplate
    given_prints = [np.array([BITS[at] for at in some], np.int64) for some in prints]
    given_prints += [np.array([BITS[7]])] * many
    packed = [some.tobytes() for some in given_prints]
    sketches = rows.batch(
        rows.stars_schema(),
        {
            "document": np.arange(len(packed)) << 32,
            "rank": np.zeros(len(packed)),
            "bands": [b""] * len(packed),
            "prints": packed,
        },
    )
    exploded = pa.Table.from_batches(fragments.explode(iter([sketches])), rows.prints_schema())
    assert fragments.count(iter([sketches])) == len(exploded)
    keys = exploded["key"].to_numpy() % parts
    chosen = []
    for passages in (True, False):
        shared = [
            each
            for part in range(parts)
            for each in fragments.pair(
                iter(exploded.filter(pa.array(keys == part)).to_batches()), passages
            )
        ]
        found = fragments.choose(iter(shared), passages=False)
        chosen.append(pa.Table.from_batches(found, rows.pairs_schema()).to_pylist())
    assert chosen[0] == chosen[1]
    expected = set()
    stands = {
        key: sum(key in some for some in given_prints) for some in given_prints for key in some
    }
    for one, first in enumerate(given_prints):
        for two, second in enumerate(given_prints):
            common_prints = [key for key in {*first} & {*second} if stands[key] <= 32]
            larger = (-len(first), one) < (-len(second), two)
            if one != two and larger and common_prints and 2 * len(common_prints) >= len(second):
                expected.add((one << 32, two << 32))
    assert {(row["anchor"], row["document"]) for row in chosen[1]} == expected
