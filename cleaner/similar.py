"""Duplicates among texts in memory, for use from Python and by `cleaner explain`.

The same pass as `cleaner clean` runs, over one small in-memory corpus. What does *not* live here:
how duplicates are found (`passes.duplicates`), corpora on disk (`jobs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from cleaner.config import DuplicatesOptions
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.kernels.patterns.screens import searchable
from cleaner.model import CleanerError, Duplicate, Finding, Span
from cleaner.rules import Selection

__all__ = ["Comparison", "Shared", "explain_pair", "near_duplicates"]

_BATCH = 4 << 20
"""Characters of a batch."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A passage that both texts have: where it stands in each, and its length in words."""

    first: Span
    second: Span
    tokens: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts compared exactly, on their sets of word 5-grams.

    `contained` is the share of the first text's 5-grams that the second one has, `containing` the
    share of the second's that the first has. Texts of fewer than five words have no 5-gram: all
    three numbers are 1 if such texts have the same words, else 0.
    """

    jaccard: float
    contained: float
    containing: float
    shared: int
    first_shingles: int
    second_shingles: int
    passages: tuple[Shared, ...]


def explain_pair(first: str, second: str) -> Comparison:
    """Compare two texts: how similar they are, and what they share, aligned.

    >>> found = explain_pair("Well, one two three four five six.", "ONE, two, three four five six?")
    >>> found.jaccard, found.passages
    (0.6666666666666666, (Shared(first=Span(start=6, end=33), second=Span(start=0, end=29), \
tokens=6),))
    """
    import numpy as np

    from cleaner.kernels.duplicates.overlap import overlaps, shingle_sets
    from cleaner.kernels.duplicates.passages import runs
    from cleaner.kernels.duplicates.places import locate_tokens
    from cleaner.kernels.duplicates.tokenlists import token_lists
    from cleaner.kernels.text.texts import texts_of

    tokens = token_lists(texts_of([first, second]))
    sets = shingle_sets(tokens)
    one, two = np.diff(sets.starts).tolist()
    shared = int(overlaps(sets, np.array([[0, 1]]))[0])
    hashes, others = np.split(tokens.hashes, tokens.starts[1:2])
    same = float(bool(len(hashes)) and np.array_equal(hashes, others))
    words, theirs = locate_tokens(first).tolist(), locate_tokens(second).tolist()
    passages = tuple(
        Shared(
            Span(words[run.first][0], words[run.first_end - 1][1]),
            Span(theirs[run.second][0], theirs[run.second_end - 1][1]),
            run.first_end - run.first,
        )
        for run in runs(hashes, others)
    )
    return Comparison(
        shared / (one + two - shared) if one + two else same,
        shared / one if one else same,
        shared / two if two else same,
        shared,
        one,
        two,
        passages,
    )


def near_duplicates(texts: Sequence[str], threshold: float = 0.8) -> list[Duplicate]:
    """Find the texts that repeat another one; equal ones included, with a Jaccard of 1.

    The longest text of a group stays, the first one of equally long ones. Texts of fewer than five
    words are duplicates only if they are equal; blank ones never are.

    Returns:
        One entry for each text that could go, in order; `kept` never is one of them.

    >>> text = "one two three four five six seven eight nine ten eleven"
    >>> near_duplicates(["something else entirely, of five words", text + " twelve", text], 0.7)
    [Duplicate(document=2, kept=1, jaccard=0.875, containment=1.0)]
    """
    from cleaner.passes.duplicates import DuplicatesPass
    from cleaner.passes.duplicates.findings import CONTAINED, EXACT, NEAR

    if not 0 < threshold <= 1:
        raise CleanerError(f"threshold: {threshold} is no similarity; give a number from 0 to 1")
    options = DuplicatesOptions(threshold=threshold)
    looker = DuplicatesPass(options, Selection(ignore=(CONTAINED,)))
    engine = LocalEngine()
    parts = [[batch] for batch in _batches(texts)]
    documents = engine.dataset(parts, documents_schema())
    sketches = engine.map(documents, lambda some: map(looker.sketch, some), looker.sketch_schema)
    found: dict[int, Duplicate] = {}
    for batch in engine.batches(looker.compare(engine, documents, sketches)):
        keys = batch.column("document").to_pylist()
        for key, encoded in zip(keys, batch.column("finding").to_pylist(), strict=True):
            finding = msgspec.json.decode(encoded, type=Finding)
            if finding.rule not in (EXACT, NEAR):
                continue
            # A copy of a text that goes itself has two findings; the later names one that stays.
            evidence = msgspec.convert(finding.evidence, _Evidence)
            kept = int(evidence.kept)
            found[key] = Duplicate(key, kept, evidence.jaccard, evidence.containment)
    return [found[key] for key in sorted(found)]


class _Evidence(msgspec.Struct):
    kept: str
    jaccard: float
    containment: float


def _batches(texts: Sequence[str]) -> list[object]:
    import pyarrow as pa

    batches = []
    start = size = 0
    for stop, text in enumerate(texts, 1):
        size += len(text)
        if size < _BATCH and stop < len(texts):
            continue
        keys = range(start, stop)
        columns = [
            pa.array(keys, pa.int64()),
            pa.array(map(str, keys), pa.large_string()),
            pa.array((searchable(text) for text in texts[start:stop]), pa.large_string()),
            pa.array([""] * len(keys), pa.large_string()),
            pa.array([float(len(text)) for text in texts[start:stop]], pa.float64()),
        ]
        batches.append(pa.record_batch(columns, schema=documents_schema()))
        start, size = stop, 0
    return batches
