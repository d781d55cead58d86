"""Looks documents up in an index.

What does *not* live here: the index's files (`store`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.config import DuplicatesOptions
from cleaner.engines import verdicts_schema
from cleaner.index.store import Index, Keys, Segment, keys_of, open_index
from cleaner.kernels.duplicates.overlap import Sets, overlaps
from cleaner.kernels.duplicates.passages import marked
from cleaner.kernels.duplicates.places import locate_tokens
from cleaner.kernels.duplicates.shingles import WORDS
from cleaner.kernels.text.texts import from_arrow
from cleaner.model import Finding
from cleaner.passes.duplicates import findings
from cleaner.passes.duplicates.stars import Passage, Repeat

__all__ = ["match"]

_MOST = 32
"""Indexed documents of one key that a text is compared with."""


class _Best(NamedTuple):
    """The closest indexed document so far."""

    segment: int
    document: int
    shared: int
    size: int
    kept_size: int

    @property
    def jaccard(self) -> float:
        return self.shared / (self.size + self.kept_size - self.shared)


def match(folder: str, options: DuplicatesOptions, batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: documents to verdicts about what of them is in the index.

    Of each document the closest indexed one is named: equal, similar, or containing it. Where a
    document shares a passage of `options.passages` tokens with one to which it is not similar, the
    passage is shown: that is how texts of a test set are found.

    Args:
        folder: of the index.
        options: threshold, margin, containment and passages.
        batches: rows of `engines.documents_schema`.
    """
    import pyarrow as pa

    index = open_index(Path(folder))
    for batch in batches:
        keys: list[int] = []
        made: list[bytes] = []
        for row, finding in _match_batch(index, options, batch):
            keys.append(batch.column("document")[row].as_py())
            made.append(msgspec.json.encode(finding))
        columns = [pa.array(keys, pa.int64()), pa.array(made, pa.large_binary())]
        yield pa.record_batch(columns, schema=verdicts_schema())


class _Found:
    """What the segments know of the rows of a batch."""

    def __init__(self, options: DuplicatesOptions) -> None:
        self.options = options
        self.equal: dict[int, str] = {}
        self.close: dict[int, _Best] = {}
        self.passages: dict[int, list[_Best]] = {}

    def add(self, number: int, segment: Segment, keys: Keys) -> None:
        at, owner = segment.find("digests", keys.digests[:, 0], 8)
        for row, document in zip(at.tolist(), owner.tolist(), strict=True):
            if segment.checks[document] == keys.digests[row, 1]:
                self.equal.setdefault(row, segment.ids[document].as_py())
        for row, best in _compared(number, segment, keys):
            if self.matters(best):
                if row not in self.close or best.jaccard > self.close[row].jaccard:
                    self.close[row] = best
            else:
                self.passages.setdefault(row, []).append(best)

    def matters(self, best: _Best) -> bool:
        """Whether the whole document is similar, or nearly so, or contained."""
        return best.jaccard >= self.options.threshold - self.options.margin or self.holds(best)

    def holds(self, best: _Best) -> bool:
        """Whether the indexed document contains the other."""
        return best.size < best.kept_size and best.shared >= self.options.contained * best.size


def _match_batch(
    index: Index, options: DuplicatesOptions, batch: Any
) -> Iterator[tuple[int, Finding]]:
    texts, ids = batch.column("text"), batch.column("id").to_pylist()
    keys = keys_of(from_arrow(texts), index.plan)
    found = _Found(options)
    for number, segment in enumerate(index.segments):
        found.add(number, segment, keys)
    for row, own in enumerate(ids):
        if row in found.equal:
            if texts[row].as_py().strip():  # nothing repeats a blank text
                yield row, findings.exact(own, found.equal[row])
            continue
        if row in found.close:
            finding = _told(index, own, found, found.close[row])
            yield row, finding
            if finding.fix is not None:
                continue
        for best in found.passages.get(row, ()):
            for one in _passages(index, best, texts[row].as_py(), options.passages):
                yield row, findings.passage(own, one)


def _compared(number: int, segment: Segment, keys: Keys) -> Iterator[tuple[int, _Best]]:
    """Texts and indexed documents that share shingles, with exact counts."""
    at, owner = segment.find("bands", keys.bands, _MOST)
    alike = {*zip(keys.bands_of[at].tolist(), owner.tolist(), strict=True)}
    at, owner = segment.find("prints", keys.prints, _MOST, common=False)
    pairs = sorted(alike | {*zip(keys.prints_of[at].tolist(), owner.tolist(), strict=True)})
    if not pairs:
        return
    table = np.array(pairs, np.int64)
    olds, where = np.unique(table[:, 1], return_inverse=True)
    sets = _join(keys, segment, olds)
    count = len(keys.starts) - 1
    shared = overlaps(sets, np.stack([table[:, 0], where + count], axis=1))
    sizes = np.diff(sets.starts)
    for (row, document), both, place in zip(pairs, shared.tolist(), where.tolist(), strict=True):
        if both:
            yield row, _Best(number, document, both, int(sizes[row]), int(sizes[count + place]))


def _join(keys: Keys, segment: Segment, olds: npt.NDArray[np.int64]) -> Sets:
    """The shingles of the texts, and then of some documents of a segment."""
    values, sizes = [keys.shingles], [np.diff(keys.starts)]
    for document in olds.tolist():
        low, high = segment.starts[document], segment.starts[document + 1]
        values.append(segment.shingles[low:high])
        sizes.append(np.array([high - low]))
    starts = np.cumsum(np.concatenate([[0], *sizes])).astype(np.int64)
    return Sets(np.concatenate(values), starts)


def _told(index: Index, document: str, found: _Found, best: _Best) -> Finding:
    kept = index.segments[best.segment].ids[best.document].as_py()
    repeat = Repeat(kept, best.shared, best.size, best.kept_size)
    threshold = found.options.threshold
    if best.jaccard >= threshold:
        return findings.near(document, repeat)
    if found.holds(best):
        return findings.contained(document, repeat)
    return findings.borderline(document, repeat, threshold)


def _passages(index: Index, best: _Best, text: str, least: int) -> Iterator[Passage]:
    """Runs of shingles that the indexed document has; its own text is not in the index."""
    segment = index.segments[best.segment]
    low, high = segment.starts[best.document], segment.starts[best.document + 1]
    runs = marked(text, np.array(segment.shingles[low:high]), max(1, least - WORDS + 1))
    if runs:
        words = locate_tokens(text).tolist()
        other = segment.ids[best.document].as_py()
        for first, end in runs:
            start, stop = words[first][0], words[end - 1][1]
            yield Passage(other, start, stop, 0, 0, end - first)
