"""What the audit counts, as a value that can be merged: per partition first, then all of them.

Every part is bounded: counters over rules, languages and bins, and samples of fixed size.
What does *not* live here: counting (`measure`), what is written down of it (`report`).
"""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.audit import bins
from cleaner.audit.lines import most_frequent
from cleaner.audit.marks import Run

__all__ = [
    "Clusters",
    "Example",
    "Numbers",
    "PairQuote",
    "Quote",
    "Sample",
    "Shown",
]


@dataclass(slots=True)
class Quote:
    """A few words of a document."""

    document: str
    text: str
    label: str
    number: float = 0.0
    characters: int = 0


@dataclass(slots=True)
class Example:
    """One finding in its surroundings."""

    document: str
    runs: list[Run]
    applied: bool
    message: str


@dataclass(slots=True)
class Shown:
    """A document with its changes and findings."""

    document: str
    place: str
    runs: list[Run]
    findings: list[dict[str, Any]]
    more: int
    """Findings that are not listed."""
    characters: int
    cut: int
    written: int
    dropped: str | None
    language: str


@dataclass(slots=True)
class PairQuote:
    """Two documents side by side; `other` is filled in once the kept one is found."""

    document: str
    kept: str
    rule: str
    jaccard: float
    containment: float
    text: str
    other: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


class Sample:
    """The few entries with the smallest keys, whatever the order they come in.

    The number of the document settles ties, so that the sample is the same for any partition.
    """

    __slots__ = ("_heap", "offered", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.offered = 0
        self._heap: list[tuple[float, int, Any]] = []

    def offer(self, key: float, document: int, make: Callable[[], Any]) -> None:
        """Take an entry if it is among the smallest so far; only then is it made."""
        self.offered += 1
        entry = (-key, -document)
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, (*entry, _Box(make())))
        elif entry > self._heap[0][:2]:
            heapq.heapreplace(self._heap, (*entry, _Box(make())))

    def forget(self) -> None:
        """Drop the entries; how many were offered stays known."""
        self._heap.clear()

    def merge(self, other: "Sample") -> None:
        """Take over what another sample holds."""
        self.offered += other.offered
        both = [*self._heap, *other._heap]  # noqa: SLF001 -- of the same class
        self._heap = heapq.nlargest(self.size, both, key=lambda e: e[:2])
        heapq.heapify(self._heap)

    def entries(self) -> list[Any]:
        """The entries in order of their keys."""
        return [entry[2].value for entry in sorted(self._heap, key=lambda e: e[:2], reverse=True)]

    def __len__(self) -> int:
        return len(self._heap)


class _Box:
    """Keeps the heap from ever comparing two entries."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "_Box") -> bool:
        return False


class Clusters:
    """Sizes of duplicate clusters, counted by the hash of the kept document.

    Beyond `MOST` clusters only those with a small hash are counted: a uniform sample, stated as
    `one_in`. It does not depend on the order in which clusters come.
    """

    MOST = 1 << 18

    __slots__ = ("counts", "level")

    def __init__(self) -> None:
        self.level = 0
        self.counts: dict[int, int] = {}

    @property
    def one_in(self) -> int:
        """One in so many clusters was counted."""
        return 1 << self.level

    def add(self, hashed: int, count: int = 1) -> None:
        """Count members of the cluster with this 64-bit hash."""
        if hashed >> (64 - self.level):
            return
        self.counts[hashed] = self.counts.get(hashed, 0) + count
        if len(self.counts) > self.MOST:
            self.level += 1
            limit = 64 - self.level
            self.counts = {key: n for key, n in self.counts.items() if not key >> limit}

    def merge(self, other: "Clusters") -> None:
        """Add the clusters of another part."""
        self.level = max(self.level, other.level)
        limit = 64 - self.level
        self.counts = {key: n for key, n in self.counts.items() if not key >> limit}
        for key, count in other.counts.items():
            self.add(key, count)

    def sizes(self) -> list[tuple[int, int]]:
        """(documents in a cluster, the kept one among them; number of such clusters), sorted."""
        return sorted(Counter(count + 1 for count in self.counts.values()).items())


def _histograms() -> dict[str, npt.NDArray[np.int64]]:
    sizes = {
        "length_before": bins.LENGTH,
        "length_after": bins.LENGTH,
        "cut": bins.CUT,
        "symbols": bins.SYMBOLS,
        "margin": bins.MARGIN,
        "similarity": bins.SIMILARITY,
    }
    return {name: np.zeros(len(one), np.int64) for name, one in sizes.items()}


WORST = 40
RANDOM = 40
PAIRS = 10
UNCERTAIN = 12
EXAMPLES = 3
REJECTED = 20
PASSAGES = 10


@dataclass(slots=True)
class Numbers:
    """All that the audit knows of a part of a corpus, or of the whole."""

    documents: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    passes: dict[str, Counter[str]] = field(default_factory=dict)
    histograms: dict[str, npt.NDArray[np.int64]] = field(default_factory=_histograms)
    unusual: dict[int, tuple[int, int]] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    signals: dict[str, bins.Quantiles] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    clusters: Clusters = field(default_factory=Clusters)
    compared: npt.NDArray[np.int64] | None = None
    """Candidate pairs by similarity, of the whole corpus; parts know nothing of it."""
    lines: Counter[str] = field(default_factory=Counter)
    digests: list[tuple[int, bytes]] = field(default_factory=list)
    worst: Sample = field(default_factory=lambda: Sample(WORST))
    random: Sample = field(default_factory=lambda: Sample(RANDOM))
    uncertain: Sample = field(default_factory=lambda: Sample(UNCERTAIN))
    above: Sample = field(default_factory=lambda: Sample(PAIRS))
    below: Sample = field(default_factory=lambda: Sample(PAIRS))
    passages: Sample = field(default_factory=lambda: Sample(PASSAGES))
    rejected: Sample = field(default_factory=lambda: Sample(REJECTED))
    examples: dict[str, Sample] = field(default_factory=dict)
    quotes: bool = True
    """Whether text of the corpus may be shown."""

    def merge(self, other: "Numbers") -> None:
        """Add the numbers of another part; the order of merging does not matter."""
        for name in ("documents", "characters", "languages", "scripts", "reasons", "kinds"):
            getattr(self, name).update(getattr(other, name))
        for name in ("rules", "passes"):
            mine: dict[str, Counter[str]] = getattr(self, name)
            for key, sums in getattr(other, name).items():
                mine.setdefault(key, Counter()).update(sums)
        for name, counts in other.histograms.items():
            self.histograms[name] = self.histograms[name] + counts
        for point, (found, texts) in other.unusual.items():
            before = self.unusual.get(point, (0, 0))
            self.unusual[point] = (before[0] + found, before[1] + texts)
        for name, quantiles in other.signals.items():
            self.signals.setdefault(name, bins.Quantiles()).merge(quantiles)
        self.clusters.merge(other.clusters)
        self.lines.update(other.lines)
        self.digests = sorted([*self.digests, *other.digests])
        for name in ("worst", "random", "uncertain", "above", "below", "passages", "rejected"):
            getattr(self, name).merge(getattr(other, name))
        for rule, sample in other.examples.items():
            if rule in self.examples:
                self.examples[rule].merge(sample)
            else:
                self.examples[rule] = sample

    def forget_texts(self) -> None:
        """Keep numbers and names of documents, and no word of what stands in them."""
        self.quotes = False
        for sample in (self.worst, self.random, self.uncertain, self.passages):
            sample.forget()
        self.examples.clear()
        for one in (*self.above.entries(), *self.below.entries()):
            one.text, one.other = "", None

    def trim(self, most: int = 20_000) -> None:
        """Forget the rarest of the repeated lines, so that a long merge stays small."""
        if len(self.lines) > most:
            self.lines = most_frequent(self.lines, most=most // 2)
