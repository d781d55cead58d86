"""Lines that stand in several documents: candidates for a rule.

Counting every line of a large corpus exactly would need memory for every line. So each part of the
corpus names its most frequent ones, and those that come out on top are counted again, exactly.
What does *not* live here: cutting such lines (`passes.repetition`).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["LEAST", "count_exactly", "count_lines", "most_frequent", "toml_rule"]

LEAST = 3
"""A line in fewer documents is no pattern yet."""
_CANDIDATES = 400
"""Lines that a part of the corpus may name."""
_LENGTHS = (12, 600)
"""Bytes; shorter lines say nothing, longer ones are passages (`duplicates.passage`)."""


def _lines(texts: Any) -> tuple[Any, Any]:
    """Every line of reasonable length, and the number of its text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    split = pc.split_pattern(texts, "\n")
    owners = pc.list_parent_indices(split).to_numpy(zero_copy_only=False).astype(np.int64)
    lines = pc.utf8_trim_whitespace(pc.list_flatten(split))
    size = pc.binary_length(lines).to_numpy(zero_copy_only=False)
    good = np.flatnonzero((size >= _LENGTHS[0]) & (size <= _LENGTHS[1]))
    return lines.take(pa.array(good)), owners[good]


def count_lines(texts: Any) -> Counter[str]:
    """In how many of these texts each line stands, lines of a single text left out."""
    lines, owners = _lines(texts)
    if not len(lines):
        return Counter()
    coded = lines.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    pairs = np.unique(codes * (owners.max() + 1) + owners)
    counts = np.bincount(pairs // (owners.max() + 1), minlength=len(coded.dictionary))
    again = np.flatnonzero(counts > 1)
    return Counter(
        {coded.dictionary[row].as_py(): int(counts[row]) for row in again.tolist()},
    )


def most_frequent(counts: Counter[str], least: int = 2, most: int = _CANDIDATES) -> Counter[str]:
    """The lines in most documents; ties in order of their text."""
    rows = [(line, count) for line, count in counts.items() if count >= least]
    rows.sort(key=lambda row: (-row[1], row[0]))
    return Counter(dict(rows[:most]))


def count_exactly(texts: Any, wanted: Iterable[str]) -> Counter[str]:
    """In how many of these texts each wanted line stands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    order = list(wanted)
    lines, owners = _lines(texts)
    if not order or not len(lines):
        return Counter()
    codes = pc.fill_null(pc.index_in(lines, pa.array(order, pa.large_string())), -1)
    codes = codes.to_numpy(zero_copy_only=False).astype(np.int64)
    hit = codes >= 0
    pairs = np.unique(codes[hit] << 32 | owners[hit])
    counts = np.bincount(pairs >> 32, minlength=len(order))
    return Counter({line: int(count) for line, count in zip(order, counts, strict=True) if count})


_MARKS = frozenset("\\.^$*+?()[]{}|/#&-~")
_SHORT = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def toml_rule(line: str, documents: int) -> str:
    r"""A rule for a pack that finds this line, with the line as its own example.

    The applicability is `display`: a person decides whether the line may go.

    >>> print(toml_rule("Share on Facebook (3)", 7).splitlines()[-1])
    whole = ["share on facebook \\(3\\)"]
    """
    name = "-".join("".join(c if c in _PLAIN else " " for c in line.lower()).split()[:5])
    quoted = _quoted(line)
    keep = _quoted(f"The words “{line}” stood on the wall, and nobody knew who had put them there.")
    pattern = "".join("\\" + c if c in _MARKS else c for c in line.lower())
    return "\n".join(
        (
            "[[rule]]",
            f'name = "{name[:60].strip("-") or "repeated-line"}"',
            '''summary = "A line that the site prints on many pages"''',
            f'why = "It stood alone on a line in {documents:,} documents."',
            '''anchor = "line"''',
            f"max-words = {max(25, len(line.split()))}",
            '''applicability = "display"''',
            f"match = [{quoted}]",
            f"keep = [{keep}]",
            "[[rule.when]]",
            f"whole = [{_quoted(pattern)}]",
        )
    )


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def _quoted(text: str) -> str:
    """A TOML basic string; what cannot be seen is escaped."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    from cleaner.audit.characters import is_unusual

    point = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if is_unusual(point) and not 0xD800 <= point <= 0xDFFF:
        return f"\\U{point:08X}"
    return char
