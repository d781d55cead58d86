"""Rules that are switched off for a whole record: `per-path`, and `metadata.cleaner.ignore`."""

import os
import re
from functools import lru_cache
from typing import Any

import msgspec

from cleaner.config import Config
from cleaner.formats.base import Piece

__all__ = ["MARK", "ignored"]

MARK = re.compile(rb'"ignore"')
"""What a record holds that switches rules off."""


class _Own(msgspec.Struct, frozen=True):
    ignore: tuple[str, ...] | str = ()


class _Metadata(msgspec.Struct, frozen=True):
    cleaner: _Own = _Own()


class _Record(msgspec.Struct, frozen=True):
    metadata: _Metadata = _Metadata()


_DECODER = msgspec.json.Decoder(_Record)


def ignored(config: Config, piece: Piece, raw: bytes) -> tuple[str, ...]:
    """Prefixes of the rules that a path and a record switch off."""
    found = _by_path(msgspec.json.encode(config.per_path), piece.path) if config.per_path else ()
    if config.inline_ignores and MARK.search(raw) and raw.lstrip().startswith(b"{"):
        try:
            given = _DECODER.decode(raw).metadata.cleaner.ignore
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return found
        found = (*found, *([given] if isinstance(given, str) else given))
    return found


@lru_cache(maxsize=4096)
def _by_path(encoded: bytes, path: str) -> tuple[str, ...]:
    full = os.path.abspath(path)  # noqa: PTH100 -- a link is named, not followed
    here = os.path.join(os.path.abspath("."), "")  # noqa: PTH100, PTH118 -- the same
    found: list[str] = []
    for pattern, options in _patterns(encoded):
        name = full.lstrip(os.sep) if pattern.absolute else full.removeprefix(here)
        if pattern.spec.match_file(name):
            found += options
    return tuple(found)


class _Pattern(msgspec.Struct):
    spec: Any
    absolute: bool


@lru_cache(maxsize=4)
def _patterns(encoded: bytes) -> list[tuple[_Pattern, tuple[str, ...]]]:
    import pathspec

    table: dict[str, dict[str, list[str]]] = msgspec.json.decode(encoded)
    return [
        (
            _Pattern(pathspec.GitIgnoreSpec.from_lines([pattern]), pattern.startswith("/")),
            tuple(options["ignore"]),
        )
        for pattern, options in table.items()
    ]
