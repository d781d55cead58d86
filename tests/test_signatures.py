"""The signature kernel says what Python's definition and datasketch say."""

import unicodedata
from itertools import pairwise

import datasketch
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.kernels.duplicates import folding as tables
from cleaner.kernels.duplicates.digests import digests
from cleaner.kernels.duplicates.overlap import overlaps, shingle_sets
from cleaner.kernels.duplicates.shingles import define_shingles
from cleaner.kernels.duplicates.signatures import shingle_hashes, sign, signatures, to_datasketch
from cleaner.kernels.duplicates.tokenlists import token_lists
from cleaner.kernels.duplicates.tokens import read_tokens
from cleaner.kernels.duplicates.words import fold_text, hash_token, split_words
from cleaner.kernels.text.texts import from_arrow, texts_of

WORDS = st.text(st.sampled_from("abcXYZ09_ -.\n é½ﬁİΣσς…™東ーｶภา하한ᄒ́̈̇न्ि"), max_size=60)
MARKED = st.text(
    "aéاآبىπ한カ\u064b\u0651\u064e\u0654\u0655\u0670\u0301\u0323\u093c\u094dकनﹼﱞ\U0001d165 ",
    max_size=30,
)
TEXTS = st.one_of(st.text(max_size=80), WORDS, st.text(st.characters(max_codepoint=0x3FF)))


def tokens_of(text: str, room: int, *, folded: bool = False) -> list[int]:
    """What the kernel reads, in portions."""
    while True:
        data, (start, stop) = texts_of([text])
        out = np.empty(room, np.uint64)
        found: list[int] = []
        at = int(start)
        while at < stop:
            count, at = read_tokens(data, at, stop, tables.folding(), folded, out, 0)
            if at < 0:
                break
            found += out[:count].tolist()
        if at >= 0:
            return found
        folded, text = True, fold_text(text)


def replace_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@settings(max_examples=300, deadline=None)  # the first call compiles
@given(st.one_of(TEXTS, MARKED), st.sampled_from([32, 64, 4096]))
@example("قُوَّة كِتَابٌ مُحَمَّدٌ शब्द क़ क़", 64)
@example("ΟΔΟΣ ΟΔΟΣΑ İstanbul ǅ ﬀ ﷺ ½ ´a ¨ e\u0301 \u0301e q\u0323\u0307 q\u0307\u0323", 32)
@example("한 \u1112\u1161\u11ab 각\u11a8 ﾊﾟ ｶﾞ か\u3099 \u0e33 \u0e4d\u0e32 𠮷 \U0002f800", 32)
@example("\ud800 lone \udfff", 64)
@example("a" * 7 + " " + "b" * 8 + " " + "c" * 9 + " " + "é" * 4 + " " + "d" * 64, 64)
def test_the_kernel_reads_the_tokens_of_the_definition(text: str, room: int) -> None:
    expected = [hash_token(token) for token in split_words(replace_surrogates(text))]
    assert tokens_of(text, room) == expected


def test_every_code_point_folds_as_python_folds_it() -> None:
    codes = [*range(0xD800), *range(0xE000, 0x110000)]
    for low in range(0, len(codes), 4096):
        text = " a ".join(map(chr, codes[low : low + 4096]))
        assert tokens_of(text, 4096) == [hash_token(token) for token in split_words(text)]


def test_a_lone_mark_stays_where_it_is() -> None:
    lone = [chr(c) for c in range(0xE0200) if _entry(c) & tables.LONE]
    assert {"\u064b", "\u0651", "\u094d"} <= {*lone}
    before = [chr(c) for c in range(0x30000) if not _entry(c) & (tables.SLOW | tables.MANY)]
    few = [c for c in before if unicodedata.decomposition(c)] + ["a", "ب"]
    for mark in lone:
        text = "".join(f"{c}{mark}b " for c in few)
        assert tokens_of(text, 4096) == [hash_token(token) for token in split_words(text)], mark


def _entry(code: int) -> int:
    pages, entries, _ = tables.folding()
    return int(entries[pages[code >> 8], code & 0xFF])


def test_folding_what_is_folded_changes_nothing() -> None:
    folded = {fold_text(chr(c)) for c in range(0x20000) if not 0xD800 <= c < 0xE000}
    for text in folded:
        assert tokens_of(text, 64, folded=True) == [hash_token(t) for t in _split(text)], text


def _split(folded: str) -> list[str]:
    """Tokens of a text that is not folded again."""
    marked = "".join(
        (f" {c} " if tables.is_single(c) else c) if tables.is_word(c) else " " for c in folded
    )
    return marked.split()


@settings(max_examples=100)
@given(
    st.lists(st.one_of(TEXTS, st.lists(st.sampled_from("abcdefg"), max_size=40).map(" ".join))),
    st.sampled_from([1, 16, 100, 128, 200]),
    st.integers(0, 2**32 - 1),
)
def test_signatures_equal_those_of_datasketch(
    texts: list[str], permutations: int, seed: int
) -> None:
    found = signatures(texts, permutations, seed)
    assert found.shape == (len(texts), permutations)
    assert found.dtype == np.uint32
    for text, signature in zip(texts, found, strict=True):
        theirs = datasketch.MinHash(permutations, seed=seed, scheme="affine32", hashfunc=int)
        hashes = shingle_hashes(replace_surrogates(text)).tolist()
        if hashes:
            theirs.update_batch(hashes)
        assert np.array_equal(signature, theirs.hashvalues)


def test_a_giant_document_is_read_in_blocks() -> None:
    words = [f"word{n * n % 9973}" for n in range(30_000)]
    text = " ".join(words)
    signed = sign(texts_of([text, text.upper(), "é " + text]))
    assert signed.tokens.tolist() == [30_000, 30_000, 30_001]
    assert np.array_equal(signed.signatures[0], signed.signatures[1])
    assert np.array_equal(signed.sequence[0], signed.sequence[1])
    theirs = datasketch.MinHash(128, seed=1, hashfunc=int)
    theirs.update_batch(shingle_hashes(text).tolist())
    assert np.array_equal(signed.signatures[0], theirs.hashvalues)


@pytest.mark.parametrize("lean", [False, True])
def test_an_exported_signature_estimates_like_a_minhash(lean: bool) -> None:
    text = " ".join(f"w{n}" for n in range(200))
    one, two = signatures([text, text + " and more"])
    exported = to_datasketch(one, lean=lean)
    assert exported.jaccard(to_datasketch(two, lean=lean)) > 0.9
    assert exported.seed == 1
    if not lean:
        native = datasketch.MinHash(128, seed=1, hashfunc=int)
        native.update_batch(shingle_hashes(text).tolist())
        assert exported.jaccard(native) == 1.0


@given(st.lists(TEXTS, max_size=6))
@example(["one", "ΟΔΟΣ Σ", "two three", "e\u0301\u0323", "\u0301", "four"])
def test_lists_hold_the_tokens_of_each_text(texts: list[str]) -> None:
    hashes, starts = token_lists(texts_of(texts))
    expected = [[hash_token(one) for one in split_words(replace_surrogates(t))] for t in texts]
    assert [hashes[low:high].tolist() for low, high in pairwise(starts.tolist())] == expected


@settings(max_examples=300)
@given(st.text("abz09_ .é", min_size=40, max_size=300), st.sampled_from([32, 64, 4096]))
@example("a" * 64 + " " + "b" * 63 + " c" * 40, 64)
@example("word " * 12 + "ab_cd " + "word" * 20, 4096)
def test_tokens_are_the_same_wherever_a_block_begins(text: str, room: int) -> None:
    expected = [hash_token(token) for token in split_words(text)]
    data = texts_of([text, "x" * 100]).data  # otherwise nothing is read by blocks
    out = np.empty(room, np.uint64)
    found: list[int] = []
    at, stop = 0, len(text.encode())
    while at < stop:
        count, at = read_tokens(data, at, stop, tables.folding(), False, out, 0)
        found += out[:count].tolist()
    assert found == expected


@given(st.lists(st.one_of(TEXTS, st.lists(st.sampled_from("abc"), max_size=40).map(" ".join))))
def test_overlaps_are_those_of_sets(texts: list[str]) -> None:
    sets = [set(define_shingles(replace_surrogates(text))) for text in texts]
    found = shingle_sets(token_lists(texts_of(texts)))
    assert np.diff(found.starts).tolist() == [len(one) for one in sets]
    pairs = [(i, j) for i in range(len(texts)) for j in range(len(texts))]
    shared = overlaps(found, np.array(pairs, np.int64).reshape(-1, 2))
    assert shared.tolist() == [len(sets[i] & sets[j]) for i, j in pairs]


@settings(deadline=None)
@given(st.lists(st.text(max_size=30)))
def test_digests_are_equal_for_equal_texts_only(texts: list[str]) -> None:
    found = [tuple(row) for row in digests(texts_of(texts)).tolist()]
    plain = [replace_surrogates(text) for text in texts]
    for i, one in enumerate(plain):
        for j, two in enumerate(plain):
            assert (found[i] == found[j]) == (one == two)


def test_arrow_texts_are_read_in_place_also_when_sliced() -> None:
    import pyarrow as pa

    words = ["one two three four five six", "", "東京タワーへ行く", "x " * 50]
    array = pa.array(["skipped", *words], pa.large_string()).slice(1)
    assert np.array_equal(sign(from_arrow(array)).signatures, signatures(words))
    assert signatures(array).tolist() == signatures(words).tolist()
    assert signatures([]).shape == (0, 128)


def test_characters_that_become_many_words_need_no_more_room_than_there_is() -> None:
    text = "\ufdfa" * 5000 + " one two three four five six " + "㍿ア" * 4000
    hashes = [hash_token(token) for token in split_words(text)]
    assert len(hashes) > 20_000
    grams = {h >> 32 for h in define_shingles(text)}
    assert set(shingle_hashes(text).tolist()) == grams
