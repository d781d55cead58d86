"""`cleaner explain A B`: why two documents are duplicates, or are not."""

from pathlib import Path

from cleaner.config import Config
from cleaner.formats import by_suffix
from cleaner.formats.base import Kind, Piece, ReadOptions, UnreadableError
from cleaner.model import CleanerError, Span

__all__ = ["explain_documents"]

SHOWN = 10
"""Passages that are quoted, the longest first."""
QUOTE = 100
"""Characters of a passage that are quoted."""


def explain_documents(first: str, second: str, config: Config) -> str:
    """Both numbers, the verdict under the configuration, and the shared passages.

    Args:
        first: a file, or `FILE#LINE` for a record.
        second: the same.
        config: thresholds and names of fields.

    Raises:
        CleanerError: a file or record that cannot be read.
    """
    from cleaner.output.terminal import safe
    from cleaner.similar import explain_pair

    one, two = (_text(name, config) for name in (first, second))
    found = explain_pair(one, two)
    limit, contained = config.duplicates.threshold, config.duplicates.contained
    lines = [
        f"A: {safe(first)}  {found.first_shingles:,} different word 5-grams",
        f"B: {safe(second)}  {found.second_shingles:,} different word 5-grams",
        f"shared: {found.shared:,}",
        f"Jaccard similarity: {found.jaccard:.4f}  (near-duplicates from {limit})",
        f"of A in B: {found.contained:.4f}  (contained from {contained})",
        f"of B in A: {found.containing:.4f}",
        "",
    ]
    if one == two:
        lines.append("They are equal, character by character.")
    elif found.jaccard >= limit:
        lines.append("They are near-duplicates.")
    elif max(found.contained, found.containing) >= contained:
        lines.append("They are no near-duplicates, but one contains the other.")
    else:
        lines.append("They are no duplicates.")
    longest = sorted(found.passages, key=lambda passage: -passage.tokens)[:SHOWN]
    for passage in sorted(longest, key=lambda passage: passage.first):
        here, there = _line(one, passage.first), _line(two, passage.second)
        lines += [
            "",
            f"{passage.tokens} words: A line {here}, B line {there}",
            f"    A | {safe(_quote(one, passage.first))}",
            f"    B | {safe(_quote(two, passage.second))}",
        ]
    if len(found.passages) > SHOWN:
        lines += ["", f"{SHOWN} of {len(found.passages)} shared passages are shown."]
    return "\n".join(lines) + "\n"


def _line(text: str, span: Span) -> int:
    return text.count("\n", 0, span.start) + 1


def _quote(text: str, span: Span) -> str:
    quote = text[span.start : span.end]
    return quote if len(quote) <= QUOTE else quote[: QUOTE - 1] + "…"


def _text(name: str, config: Config) -> str:
    from cleaner.formats import load

    path, sign, number = name.rpartition("#")
    wanted = 1
    if sign and number.isdigit() and not Path(name).exists():
        wanted = int(number)
    else:
        path = name
    if not Path(path).is_file():
        raise CleanerError(f"{path}: no such file; name two files, or FILE#LINE for a record")
    options = ReadOptions(
        text_field=config.text_field,
        id_field=config.id_field,
        max_record_bytes=config.max_record_bytes,
    )
    form = by_suffix(path) or "text"
    try:
        for batch in load(form).read(Piece(path, Path(path).name, form), options):
            for row, record in enumerate(batch.column("record").to_pylist()):
                if record != wanted:
                    continue
                if batch.column("kind")[row].as_py() == Kind.DOCUMENT:
                    return str(batch.column("text")[row].as_py())
                why = batch.column("error")[row].as_py() or "is no document"
                raise CleanerError(f"{name}: {why}; name another record")
    except UnreadableError as error:
        raise CleanerError(f"{path}: {error}") from error
    raise CleanerError(f"{path}: has no record {wanted}; name another one")
