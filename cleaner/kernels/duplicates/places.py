"""Where the tokens of a text stand in it.

What does *not* live here: what a token is (`tokens`), which of them two texts share (`passages`).
"""

import unicodedata
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.folding import MANY, SINGLE, SLOW, WORD, folding, is_single, is_word
from cleaner.kernels.duplicates.words import fold_text

__all__ = ["Word", "locate_tokens", "locate_words"]

_SIGMAS = "σς"
_BLANK = 0x20
"""Up to this code point, nothing joins its neighbours, and nothing belongs to a word."""


class Word(NamedTuple):
    """A token and the code points of the original text that it came from."""

    token: str
    start: int
    end: int


def locate_tokens(text: str) -> npt.NDArray[np.int64]:
    """The places of `locate_words`: int64[n, 2], code points, end excluded.

    The table knows the tokens wherever a character stands for itself; only pieces, from white space
    to white space, with one of the others are read by the definition.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    tables = folding()
    flags = tables.entries[tables.pages[codes >> 8], codes & 0xFF]
    slow = np.flatnonzero(flags & (SLOW | MANY))
    pieces: list[tuple[int, int]] = []
    if len(slow):
        blanks = np.flatnonzero(codes <= _BLANK)
        at = np.unique(np.searchsorted(blanks, slow))
        edges = np.concatenate([[-1], blanks, [len(codes)]])
        pieces = [*zip((edges[at] + 1).tolist(), edges[at + 1].tolist(), strict=True)]
        flags = flags.copy()
        for start, end in pieces:
            flags[start:end] = 0
    single = (flags & SINGLE) != 0
    plain = np.concatenate([[False], ((flags & WORD) != 0) & ~single, [False]])
    starts = np.flatnonzero((plain[1:-1] & ~plain[:-2]) | single)
    ends = np.flatnonzero((plain[1:-1] & ~plain[2:]) | single) + 1
    places = np.stack([starts, ends], axis=1)
    if not pieces:
        return places
    found = [
        (start + word.start, start + word.end)
        for start, end in pieces
        for word in locate_words(text[start:end])
    ]
    places = np.concatenate([places, np.array(found, np.int64).reshape(-1, 2)])
    # Several tokens of one character have the same place: those of a piece stay in order.
    sorted_: npt.NDArray[np.int64] = places[np.argsort(places[:, 0], kind="stable")]
    return sorted_


def locate_words(text: str) -> list[Word]:
    r"""The tokens of a text, each with its place: the definition, slowly.

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
        if not joins or not at or ord(text[at - 1]) <= _BLANK:
            starts.append(at)
    return list(pairwise([*starts, len(text)]))
