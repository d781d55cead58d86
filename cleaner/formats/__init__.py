"""Corpus formats: one module each, with `read` and `rewrite` (see `base`).

To add a format, write its module and name it in `NAMES`. What does *not* live here: finding files
(`discover`).
"""

from importlib import import_module
from typing import Any

__all__ = ["NAMES", "by_suffix", "load"]

NAMES = ("text", "jsonl")
"""Modules of this folder that are formats; where suffixes overlap the first wins."""


def load(name: str) -> Any:
    """The module of a format (a `base.Format`)."""
    return import_module(f"cleaner.formats.{name}")


def by_suffix(filename: str) -> str | None:
    """The format that a file's name asks for, or None.

    >>> by_suffix("a/b.JSONL"), by_suffix("picture.png")
    ('jsonl', None)
    """
    lower = filename.lower()
    for name in NAMES:
        if lower.endswith(load(name).suffixes):
            return name
    return None
