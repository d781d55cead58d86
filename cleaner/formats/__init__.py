"""Corpus formats: one module each, with `read` and `rewrite` (see `base`).

To add a format, write its module and name it in `NAMES`. What does *not* live here: finding files
(`discover`).
"""

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

from cleaner.formats.base import Piece
from cleaner.formats.compressed import Compressed
from cleaner.formats.compression import SUFFIXES, suffix_of

__all__ = ["NAMES", "by_suffix", "load", "output_names"]

NAMES = ("text", "jsonl", "csv", "parquet")
"""Modules of this folder that are formats; where suffixes overlap the first wins."""


@lru_cache
def load(name: str) -> Any:
    """A format by its name (a `base.Format`); `jsonl.gz` is JSONL inside gzip."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return Compressed(load(name.removesuffix(suffix)), suffix)
    return import_module(f"cleaner.formats.{name}")


def by_suffix(filename: str) -> str | None:
    """The format that a file's name asks for, or None.

    >>> by_suffix("a/b.JSONL"), by_suffix("c.csv.gz"), by_suffix("picture.png")
    ('jsonl', 'csv.gz', None)
    """
    lower = filename.lower()
    inner = suffix_of(lower)
    for name in NAMES:
        form = load(name)
        if lower.endswith(form.suffixes):
            return name
        bare = lower.removesuffix(inner)
        if inner and hasattr(form, "read_stream") and bare.endswith(form.suffixes):
            return name + inner
    return None


def output_names(pieces: Iterable[Piece]) -> dict[str, str]:
    """The name of each file's output: its own, or with the suffix of what it turns into.

    >>> output_names([Piece("", "a.html", "html"), Piece("", "a.html.txt", "text")])
    {'a.html.txt': 'a.html.txt', 'a.html': 'a.html.2.txt'}
    """
    pieces = list(pieces)
    suffix = {piece.name: getattr(load(piece.format), "output_suffix", "") for piece in pieces}
    names = {name: name for name, more in suffix.items() if not more}
    taken = set(names)
    for name, more in suffix.items():
        if more:
            output, number = name + more, 1
            while output in taken:
                number += 1
                output = f"{name}.{number}{more}"
            names[name] = output
            taken.add(output)
    return names
