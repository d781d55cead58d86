"""Duplicates among texts in memory, for use from Python.

The same pass as `cleaner clean` runs, over one small in-memory corpus. What does *not* live here:
how duplicates are found (`passes.duplicates`), corpora on disk (`jobs`).
"""

from collections.abc import Sequence

import msgspec

from cleaner.config import DuplicatesOptions
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.model import CleanerError, Duplicate, Finding

__all__ = ["near_duplicates"]

_BATCH = 4 << 20
"""Characters of a batch."""


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

    if not 0 < threshold <= 1:
        raise CleanerError(f"threshold: {threshold} is no similarity; give a number from 0 to 1")
    looker = DuplicatesPass(DuplicatesOptions(threshold=threshold))
    engine = LocalEngine()
    parts = [[batch] for batch in _batches(texts)]
    documents = engine.dataset(parts, documents_schema())
    sketches = engine.map(documents, lambda some: map(looker.sketch, some), looker.sketch_schema)
    found: dict[int, Duplicate] = {}
    for batch in engine.batches(looker.compare(engine, documents, sketches)):
        keys = batch.column("document").to_pylist()
        for key, encoded in zip(keys, batch.column("finding").to_pylist(), strict=True):
            finding = msgspec.json.decode(encoded, type=Finding)
            if finding.fix is None or not finding.fix.drop:
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
            pa.array((_clean_utf8(text) for text in texts[start:stop]), pa.large_string()),
            pa.array([""] * len(keys), pa.large_string()),
            pa.array([float(len(text)) for text in texts[start:stop]], pa.float64()),
        ]
        batches.append(pa.record_batch(columns, schema=documents_schema()))
        start, size = stop, 0
    return batches


def _clean_utf8(text: str) -> str:
    """Arrow holds UTF-8, which has no lone surrogates."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
