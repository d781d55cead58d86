"""Where two texts say the same: runs of equal tokens, and where tokens stand in the text.

What does *not* live here: how much they share altogether (`overlap`).
"""

import re
import unicodedata
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel
from cleaner.kernels.folding import SLOW, folding, is_single, is_word
from cleaner.kernels.growth import clear, grown
from cleaner.kernels.shingles import WORDS, all_shingles, shingle
from cleaner.kernels.texts import texts_of
from cleaner.kernels.tokenlists import TokenLists, token_lists
from cleaner.kernels.tokens import fold_text

__all__ = ["Run", "Word", "all_runs", "locate_words", "marked", "runs", "token_hashes"]

_EMPTY = np.uint64(0)
_SIGMAS = "σς"
_PIECE = re.compile(r"[^\x00-\x20]+")
_ASCII_WORD = re.compile(r"[0-9A-Za-z_]+")


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
    words: list[Word] = []
    for piece in _PIECE.finditer(text):  # neither a character nor a word joins two of them
        start, part = piece.start(), piece[0]
        if part.isascii():
            words += [
                Word(found[0].lower(), start + found.start(), start + found.end())
                for found in _ASCII_WORD.finditer(part)
            ]
        else:
            _locate(part, start, words)
    return words


def _locate(text: str, offset: int, words: list[Word]) -> None:
    folded: list[tuple[str, int, int]] = []
    for start, end in _clusters(text):
        for character in unicodedata.normalize("NFKC", text[start:end]):
            folded += [(small, offset + start, offset + end) for small in character.lower()]
    # Only of the whole text is it known which sigma ends a word.
    whole = fold_text(text)
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
    return token_lists(texts_of([text])).hashes


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
    starts = np.array([0, len(first), len(first) + len(second)])
    tokens = TokenLists(np.concatenate([first, second]), starts)
    return [Run(*row[1:]) for row in all_runs(tokens, np.array([[0, 1]]), least).tolist()]


def all_runs(
    tokens: TokenLists, pairs: npt.NDArray[np.int64], least: int = WORDS
) -> npt.NDArray[np.int64]:
    """The same for many pairs of texts.

    Args:
        tokens: of n texts.
        pairs: int64[p, 2], rows of `tokens`; fastest when equal first rows follow each other.
        least: tokens of the shortest run; at least 5.

    Returns:
        int64[r, 5]: the position of the pair, and then what `Run` says.
    """
    return np.asarray(_runs(*tokens, pairs, max(least, WORDS)).reshape(-1, 5))


@inner
def _place(keys: Any, mask: Any, value: Any) -> Any:
    """Where a number stands in a hash table, or could."""
    at = np.int64(value) & mask
    while keys[at] != _EMPTY and keys[at] != value:
        at = (at + 1) & mask
    return at


@inner
def _same(hashes: Any, first: Any, second: Any, stop: Any) -> Any:
    """How many tokens from `first` and from `second` on are equal, up to `stop` of them."""
    length = 0
    while length < stop and hashes[first + length] == hashes[second + length]:
        length += 1
    return length


@kernel
def _runs(hashes: Any, starts: Any, pairs: Any, least: Any) -> Any:
    keys = np.zeros(16, np.uint64)
    places = np.zeros(16, np.int64)
    size = 16
    found = np.empty(80, np.int64)
    kept = 0
    last = -1
    for p in range(len(pairs)):
        low, end = starts[pairs[p, 0]], starts[pairs[p, 0] + 1]
        if pairs[p, 0] != last:
            last = pairs[p, 0]
            size = 16
            while size < 2 * (end - low):
                size *= 2
            if size > len(keys):
                keys = np.zeros(size, np.uint64)
                places = np.zeros(size, np.int64)
            clear(keys, size, _EMPTY)
            for k in range(low, end - WORDS + 1):
                value = shingle(hashes, k)
                at = _place(keys, size - 1, value)
                if keys[at] == _EMPTY:
                    keys[at] = value
                    places[at] = k
        begin = j = starts[pairs[p, 1]]
        stop = starts[pairs[p, 1] + 1]
        follow = low  # in the first text: what would go on with the run before
        while j + WORDS <= stop:
            i = follow
            if follow + WORDS > end or _same(hashes, follow, j, WORDS) < WORDS:
                value = shingle(hashes, j)
                at = _place(keys, size - 1, value)
                if keys[at] != value:
                    j += 1
                    follow += 1
                    continue
                i = places[at]
            length = _same(hashes, i, j, min(end - i, stop - j))
            if length >= least:
                if kept == len(found):
                    found = grown(found, 2 * kept)
                found[kept] = p
                found[kept + 1] = i - low
                found[kept + 2] = i - low + length
                found[kept + 3] = j - begin
                found[kept + 4] = j - begin + length
                kept += 5
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
    values = all_shingles(token_hashes(text))
    values[values == _EMPTY] = 1
    hit = np.concatenate([[False], np.isin(values, known), [False]])
    edges = np.flatnonzero(hit[1:] != hit[:-1]).reshape(-1, 2)
    return [(int(a), int(b) + WORDS - 1) for a, b in edges if b - a >= least]
