"""MinHash signatures of texts, from UTF-8 bytes to 128 x uint32 without a Python object between.

A signature is bit-equal to that of `datasketch.MinHash(num_perm, seed, scheme="affine32")` fed the
32-bit shingle hashes of `shingle_hashes`. What does *not* live here: where duplicates are looked
for (`bands`), what is one (`overlap`, `passes.duplicates`).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, making
from cleaner.kernels.duplicates.folding import Folding, folding
from cleaner.kernels.duplicates.shingles import WORDS, define_shingles, shingle
from cleaner.kernels.duplicates.tokens import NEEDS_FOLDING, read_tokens
from cleaner.kernels.duplicates.words import fold_text
from cleaner.kernels.text.blocks import BLOCK, first_one, low_bits
from cleaner.kernels.text.growth import clear, grown
from cleaner.kernels.text.texts import Texts, as_texts, texts_of

__all__ = [
    "PERMUTATIONS",
    "SEED",
    "Signed",
    "coefficients",
    "shingle_hashes",
    "sign",
    "signatures",
    "to_datasketch",
]

PERMUTATIONS = 128
SEED = 1

_BLOCK = 4096
"""Tokens that are hashed at a time: memory does not grow with a document."""
_TEXTS = 512
"""Strings that are copied at a time: they then come from the processor's cache."""
_NOTHING = np.uint32(0xFFFFFFFF)
# The finaliser of MurmurHash3, 32 bits: datasketch applies it once to each hash (scheme affine32).
_MIX_1, _MIX_2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_U1, _U2, _U3 = (np.uint64(number) for number in (1, 2, 3))
_13, _16, _32 = np.uint32(13), np.uint32(16), np.uint64(32)
# Two hashes of the sequence of tokens, with the multipliers of SplitMix64 and of xxHash.
_ONE, _TWO = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x9FB21C651E98DF25)


class Signed(NamedTuple):
    """What a text is reduced to, for n texts.

    Attributes:
        signatures: uint32[n, permutations]; all ones where there is no shingle.
        sequence: int64[n, 2], a hash of all tokens in their order, 128 bits.
        tokens: int64[n].
        prints: int64[m], fingerprints chosen by winnowing, those of the first text first.
        counts: int64[n], how many of them each text has.
    """

    signatures: npt.NDArray[np.uint32]
    sequence: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int64]
    prints: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


@cache
def coefficients(permutations: int, seed: int) -> tuple[npt.NDArray[np.uint32], ...]:
    """The multipliers and summands of datasketch: uint32[permutations] each.

    Drawn as datasketch draws them (a test compares), since importing it takes half a second in
    each worker.
    """
    draw = np.random.RandomState(seed).randint
    half = draw(0, 1 << 31, permutations, dtype=np.uint32)
    return half * np.uint32(2) + np.uint32(1), draw(0, 1 << 32, permutations, dtype=np.uint32)


def sign(
    texts: Texts, permutations: int = PERMUTATIONS, seed: int = SEED, window: int = 0
) -> Signed:
    """Sign each text; see `Signed`.

    With a window of w shingles, fingerprints are chosen as well: the least of each w consecutive
    ones. Two texts with a run of at least w + 4 tokens in common so have a fingerprint in common
    (Schleimer, Wilkerson and Aiken, 2003).
    """
    count = len(texts.offsets) - 1
    signed = Signed(
        np.empty((count, permutations), np.uint32),
        np.empty((count, 2), np.int64),
        np.empty(count, np.int64),
        np.zeros(0, np.int64),
        np.zeros(count, np.int64),
    )
    multiply, add = coefficients(permutations, seed)
    rows = np.arange(count)
    out = (signed.signatures, signed.sequence, signed.tokens, signed.counts)
    prints = _sign(*texts, rows, folding(), False, multiply, add, window, *out)
    late = np.flatnonzero(signed.tokens == NEEDS_FOLDING)
    if len(late):
        folded = texts_of(fold_text(texts.text(row)) for row in late.tolist())
        more = _sign(*folded, late, folding(), True, multiply, add, window, *out)
        if window:
            owner = np.repeat(late, signed.counts[late])
            first = np.delete(np.repeat(rows, signed.counts), _of(signed.counts, late))
            order = np.argsort(np.concatenate([first, owner]), kind="stable")
            prints = np.concatenate([prints, more])[order]
    return signed._replace(prints=prints)


def _of(counts: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the items that `counts` deals out belong to these rows."""
    chosen = np.zeros(len(counts), bool)
    chosen[rows] = True
    return np.repeat(chosen, counts)


@inner
def _permute(
    mixed: Any,
    count: Any,
    multiply: Any,
    add: Any,
    low: Any,
    tokens: Any,
    new: Any,
    one: Any,
    two: Any,
) -> tuple[Any, Any]:
    """Lower each of `low` to the least of the permuted values, and go on with a sequence's hashes.

    Each token of a sequence waits for the one before it. Here it does so while others compute.

    Args:
        mixed: values, with room for three more.
        count: how many.
        multiply: the multipliers of the permutations.
        add: their summands.
        low: gets the least values.
        tokens: uint64[>= new + count], the sequence goes on with so many of them.
        new: where these begin.
        one: its first hash.
        two: its second hash.

    Returns:
        Its hashes then.
    """
    for k in range(count, count + 3):  # a value that comes twice changes nothing
        mixed[k] = mixed[max(0, count - 1)]
    for k in range(0, count, 4):
        at = np.uint64(k)
        first, second, third, fourth = mixed[at], mixed[at + _U1], mixed[at + _U2], mixed[at + _U3]
        for p in range(len(low)):
            factor, more = multiply[p], add[p]
            left = min(np.uint32(factor * first + more), np.uint32(factor * second + more))
            right = min(np.uint32(factor * third + more), np.uint32(factor * fourth + more))
            low[p] = min(low[p], left, right)
        if k + 4 <= count:
            for step in range(4):
                one, two = _follow(one, two, tokens[np.uint64(new + k + step)])
    for k in range(count & ~3, count):
        one, two = _follow(one, two, tokens[np.uint64(new + k)])
    return one, two


@inner
def _follow(one: Any, two: Any, token: Any) -> tuple[Any, Any]:
    """The hashes of a sequence with one token more."""
    one = (one ^ token) * _ONE
    two = (two ^ token) * _TWO
    return one ^ (one >> _32), two ^ (two >> _32)


@inner
def _winnow(
    whole: Any, low: Any, high: Any, window: Any, least: Any, prints: Any, before: Any, printed: Any
) -> tuple[Any, Any]:
    """Add the least of each window that ends at `low` or later, each once.

    Args:
        whole: shingles; those before `low` were seen already, as many as a window reaches back.
            There is room for a block more.
        low: where to begin.
        high: where to end.
        window: shingles of a window.
        least: place of the least one of the window before, or -1.
        prints: fingerprints, long enough.
        before: how many of them belong to other texts.
        printed: how many there are.

    Returns:
        `printed` and `least` for the next call.
    """
    k = low
    while k < high:
        if least >= 0:
            # Nothing happens before the next one that is as low, or the end of this window.
            stop = min(high, least + window)
            if printed == before:  # of the first window, the least one counts in any case
                stop = min(stop, window - 1)
            k = min(k + first_one(low_bits(whole, k, whole[least])), stop)
            if k == high:
                break
        moved = True
        if least <= k - window:  # it left the window
            least = k
            for other in range(k - 1, k - window, -1):
                if whole[other] < whole[least]:
                    least = other
        elif least < 0 or whole[k] <= whole[least]:
            least = k
        else:
            moved = False
        if k + 1 >= window and (moved or printed == before):
            prints[printed] = np.int64(whole[least])
            printed += 1
        k += 1
    return printed, least


@making
def _sign(
    data: Any,
    offsets: Any,
    rows: Any,
    tables: Folding,
    folded: Any,
    multiply: Any,
    add: Any,
    window: Any,
    signatures: Any,
    sequence: Any,
    tokens: Any,
    counts: Any,
) -> Any:
    hashes = np.empty(_BLOCK, np.uint64)
    whole = np.empty(_BLOCK + window + BLOCK, np.uint64)
    mixed = np.empty(_BLOCK + 3, np.uint32)
    permutations = signatures.shape[1]
    low = np.empty(permutations, np.uint32)
    prints = np.empty(1024, np.int64)
    printed = 0
    for text in range(len(offsets) - 1):
        clear(low, permutations, _NOTHING)
        at = offsets[text]
        stop = offsets[text + 1]
        one = two = np.uint64(0)
        total = 0
        carried: Any = np.int64(0)  # a literal would be a type of its own
        before = printed
        seen = 0  # shingles at the front of `whole` that windows still reach
        least = -1  # which of them is the least of the last window
        while at < stop:
            found, at = read_tokens(data, at, stop, tables, folded, hashes, carried)
            if at == NEEDS_FOLDING:
                total = NEEDS_FOLDING
                printed = before
                break
            total += found
            found += carried
            count = max(0, found - WORDS + 1)
            # Loops of one purpose each: those that depend on nothing before use wide registers.
            for k in range(count):
                whole[np.uint64(seen + k)] = shingle(hashes, k)
            for k in range(count):
                value = np.uint32(whole[np.uint64(seen + k)] >> _32)
                value ^= value >> _16
                value = np.uint32(value * _MIX_1)
                value ^= value >> _13
                value = np.uint32(value * _MIX_2)
                mixed[np.uint64(k)] = value ^ (value >> _16)
            one, two = _permute(mixed, count, multiply, add, low, hashes, carried, one, two)
            for k in range(carried + count, found):
                one, two = _follow(one, two, hashes[np.uint64(k)])
            if window and count:
                count += seen
                if printed + count > len(prints):
                    prints = grown(prints, 2 * (printed + count))
                printed, least = _winnow(whole, seen, count, window, least, prints, before, printed)
                seen = min(count, window - 1)
                least -= count - seen
                for k in range(seen):
                    whole[k] = whole[count - seen + k]
            carried = min(found, WORDS - 1)
            for k in range(carried):
                hashes[k] = hashes[found - carried + k]
        row = rows[text]
        for p in range(permutations):
            signatures[row, p] = low[p]
        sequence[row, 0] = np.int64(one)
        sequence[row, 1] = np.int64(two)
        tokens[row] = total
        counts[row] = printed - before
    return prints[:printed]


def signatures(
    texts: Sequence[str], num_perm: int = PERMUTATIONS, seed: int = SEED
) -> npt.NDArray[np.uint32]:
    """MinHash signatures: uint32[n, num_perm].

    Two texts agree in a permutation with a probability equal to the Jaccard similarity of their
    sets of word 5-grams. A text of fewer than five tokens has no shingle, and a signature of
    0xFFFFFFFF as an empty `MinHash` has: equal to others, but no sign of anything.

    >>> import datasketch
    >>> text = "The quick brown fox jumps over the lazy dog"
    >>> minhash = datasketch.MinHash(64, seed=7, scheme="affine32", hashfunc=int)
    >>> minhash.update_batch(shingle_hashes(text).tolist())
    >>> bool((signatures([text], 64, 7)[0] == minhash.hashvalues).all())
    True
    """
    if hasattr(texts, "buffers") or hasattr(texts, "combine_chunks"):  # of Arrow: not copied
        return sign(as_texts(texts), num_perm, seed).signatures
    parts = [texts[at : at + _TEXTS] for at in range(0, len(texts), _TEXTS)] or [texts]
    return np.concatenate([sign(texts_of(part), num_perm, seed).signatures for part in parts])


def shingle_hashes(text: str) -> npt.NDArray[np.uint32]:
    """The distinct 32-bit hashes that a signature is made of, sorted; by the definition, slowly."""
    return np.unique(np.array(define_shingles(text), np.uint64) >> _32).astype(np.uint32)


def to_datasketch(
    signature: npt.NDArray[np.uint32], seed: int = SEED, *, lean: bool = False
) -> Any:
    """A `datasketch.MinHash`, or `LeanMinHash`, of a signature, for an index that is kept there."""
    from datasketch import LeanMinHash, MinHash

    values = np.array(signature, np.uint32)
    minhash = MinHash(len(values), seed=seed, scheme="affine32", hashvalues=values)
    return LeanMinHash(minhash) if lean else minhash
