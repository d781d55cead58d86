"""Where two texts say the same: runs of equal tokens, and where tokens stand in the text.

What does *not* live here: how much they share altogether (`overlap`).
"""

import unicodedata
from itertools import pairwise
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cleaner.kernels.folding import SLOW, Folding, folding, is_single, is_word
from cleaner.kernels.growth import grown
from cleaner.kernels.shingles import WORDS, shingle
from cleaner.kernels.texts import texts_of
from cleaner.kernels.tokens import NEEDS_FOLDING, fold_text, read_tokens

__all__ = ["Run", "Word", "locate_words", "marked", "runs", "token_hashes"]

_EMPTY = np.uint64(0)
_SIGMAS = "σς"


class Word(NamedTuple):
    """A token and the code points of the original text that it came from."""

    token: str
    start: int
    end: int


class Run(NamedTuple):
    """Equal tokens: half-open ranges of the first and the second text's tokens."""

    first: int
    first_end: int
    second: int
    second_end: int


def locate_words(text: str) -> list[Word]:
    r"""The tokens of a text, each with its place.

    >>> locate_words("Cafe\u0301: ½")[0]
    Word(token='café', start=0, end=5)
    """
    folded: list[tuple[str, int, int]] = []
    for start, end in _clusters(text):
        for character in unicodedata.normalize("NFKC", text[start:end]):
            folded += [(small, start, end) for small in character.lower()]
    # Only of the whole text is it known which sigma ends a word.
    whole = fold_text(text)
    words: list[Word] = []
    run: list[tuple[str, int, int]] = []
    for (small, start, end), character in zip(folded, whole, strict=True):
        plain = is_word(character) and not is_single(character)
        if plain:
            run.append((character if small in _SIGMAS else small, start, end))
            continue
        _close(run, words)
        if is_word(character):
            words.append(Word(character, start, end))
    _close(run, words)
    return words


def _close(run: list[tuple[str, int, int]], words: list[Word]) -> None:
    if run:
        words.append(Word("".join(c for c, _, _ in run), run[0][1], run[-1][2]))
        run.clear()


def _clusters(text: str) -> list[tuple[int, int]]:
    """Ranges that can be normalised one by one: a character and what may join it."""
    tables = folding()
    pages, entries = tables.pages, tables.entries
    starts = []
    for at, character in enumerate(text):
        code = ord(character)
        joins = False
        if code >= 0x300 and code != 0x3A3:
            joins = bool(entries[pages[code >> 8], code & 0xFF] & SLOW)
        if not joins or not at:
            starts.append(at)
    return list(pairwise([*starts, len(text)]))


def token_hashes(text: str) -> npt.NDArray[np.uint64]:
    """The hashes of all tokens of a text, in order."""
    data, offsets = texts_of([text])
    hashes, slow = _read(data, offsets, folding(), False)
    if slow:
        hashes, _ = _read(*texts_of([fold_text(text)]), folding(), True)
    return np.asarray(hashes)


@numba.njit(cache=True, nogil=True)
def _read(data: Any, offsets: Any, tables: Folding, folded: Any) -> tuple[Any, Any]:
    hashes = np.empty(256, np.uint64)
    count = 0
    at = offsets[0]
    while at < offsets[1]:
        if count + 64 > len(hashes):
            hashes = grown(hashes, 2 * len(hashes))
        found, at = read_tokens(data, at, offsets[1], tables, folded, hashes[count:])
        if at == NEEDS_FOLDING:
            return hashes[:0], True
        count += found
    return hashes[:count], False


def runs(
    first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64], least: int = WORDS
) -> list[Run]:
    """Passages that two texts share, in order of the second text.

    Each token of the second text is in one run at most. Where the first text says something
    several times, a run follows on from the one before it if it can.

    Args:
        first: uint64[n], hashes of tokens.
        second: uint64[m].
        least: tokens of the shortest run; at least 5.
    """
    found = _runs(first, second, max(least, WORDS))
    return [Run(*row) for row in found.reshape(-1, 4).tolist()]


@numba.njit(cache=True, nogil=True)
def _runs(first: Any, second: Any, least: Any) -> Any:
    count = max(0, len(first) - WORDS + 1)
    size = 16
    while size < 2 * count:
        size *= 2
    mask = size - 1
    keys = np.zeros(size, np.uint64)
    places = np.zeros(size, np.int64)
    for k in range(count):
        value = shingle(first, k)
        at = np.int64(value) & mask
        while keys[at] != _EMPTY and keys[at] != value:
            at = (at + 1) & mask
        if keys[at] == _EMPTY:
            keys[at] = value
            places[at] = k
    found = np.empty(64, np.int64)
    kept = 0
    j = 0
    follow = 0
    while j + WORDS <= len(second):
        i = -1
        if follow + WORDS <= len(first):
            same = True
            for step in range(WORDS):
                same = same and first[follow + step] == second[j + step]
            if same:
                i = follow
        if i < 0:
            value = shingle(second, j)
            at = np.int64(value) & mask
            while keys[at] != _EMPTY and keys[at] != value:
                at = (at + 1) & mask
            if keys[at] == value:
                i = places[at]
        if i < 0:
            j += 1
            follow += 1
            continue
        length = 0
        while i + length < len(first) and j + length < len(second):
            if first[i + length] != second[j + length]:
                break
            length += 1
        if length >= least:
            if kept == len(found):
                found = grown(found, 2 * kept)
            found[kept] = i
            found[kept + 1] = i + length
            found[kept + 2] = j
            found[kept + 3] = j + length
            kept += 4
        j += max(1, length)
        follow = i + length + 1
    return found[:kept]


def marked(text: str, known: npt.NDArray[np.uint64], least: int) -> list[tuple[int, int]]:
    """Runs of tokens of which every shingle is among the known ones.

    Args:
        text: where to look.
        known: uint64[n], shingles as `overlap.shingle_sets` has them.
        least: consecutive shingles of the shortest run.

    Returns:
        Half-open ranges of tokens.
    """
    tokens = token_hashes(text)
    count = max(0, len(tokens) - WORDS + 1)
    values = np.fromiter((shingle(tokens, at) for at in range(count)), np.uint64, count)
    values[values == _EMPTY] = 1
    hit = np.concatenate([[False], np.isin(values, known), [False]])
    edges = np.flatnonzero(hit[1:] != hit[:-1]).reshape(-1, 2)
    return [(int(a), int(b) + WORDS - 1) for a, b in edges if b - a >= least]
