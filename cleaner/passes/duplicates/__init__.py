"""Duplicates: documents that repeat another one, as a whole or nearly.

Equal texts collapse first; similar ones are found through MinHash bands and then compared exactly;
a document goes only beside one that stays. What does *not* live here: lines that a site repeats
(`repetition`), the numeric work (`kernels.duplicates`).
"""

from functools import partial
from typing import Any

import numpy as np

from cleaner.config import DuplicatesOptions
from cleaner.engines import verdicts_schema
from cleaner.kernels.duplicates.bands import Bands, least_agreeing, plan_bands
from cleaner.kernels.duplicates.shingles import WORDS
from cleaner.model import Applicability
from cleaner.passes.duplicates import (
    candidates,
    findings,
    fragments,
    quotations,
    recheck,
    rows,
    sketch,
    stars,
    verdicts,
)
from cleaner.rules import Rule, Selection

__all__ = ["DuplicatesPass", "parts_of"]

_ROWS = 1 << 18
"""Rows of one partition of an exchange that hold a few numbers each: about 10 MB."""
_SKETCHES = 1 << 14
"""The same where rows hold band keys and fingerprints: a few hundred bytes each."""
_EDGES = 1 << 17
"""The same where rows hold a pair, its counts and an id: some 80 bytes, and more to sort them."""
_TEXTS = 1 << 12
"""The same where rows hold texts."""
_MOST_PARTS = 4096
_SHARED = 16
"""Partitions that are made although one would fit in memory; each has a sixteenth of that size."""


class DuplicatesPass:
    """Find documents that repeat others.

    Args:
        options: `[tool.cleaner.duplicates]`.
        selection: what runs; documents are only searched for others' passages if a rule about
            them is wanted.
    """

    name = "duplicates"

    def __init__(self, options: DuplicatesOptions, selection: Selection | None = None) -> None:
        self.options = options
        wanted = selection or Selection()
        names = [rule.name for rule in self.rules if wanted.wants(rule)]
        self._contained = options.contained if findings.CONTAINED in names else 0.0
        self._passages = options.passages if findings.PASSAGE in names else 0

    @property
    def plan(self) -> Bands:
        """Bands and rows that follow from threshold and recall."""
        return plan_bands(self.options.threshold, self.options.recall)

    @property
    def _window(self) -> int:
        """Consecutive shingles of which one is a fingerprint; 0 if passages do not matter."""
        wanted = [self._passages] if self._passages else []
        if self._contained:
            wanted.append(fragments.CONTAINED_TOKENS)
        return max(1, min(wanted) - WORDS + 1) if wanted else 0

    @property
    def sketch_schema(self) -> Any:
        """Columns of what `sketch` returns."""
        return rows.sketch_schema()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, sorted by name."""
        return (
            Rule(
                name=findings.BORDERLINE,
                summary="A document is almost similar enough to another to be a near-duplicate",
                why="Whoever sets the threshold wants to see what lies just below it. Nothing is "
                "done.",
                default=False,
            ),
            Rule(
                name=findings.CONTAINED,
                summary="A longer document contains nearly all of a document",
                why="An excerpt, an earlier version or a page of a collection. The words stand in "
                "the longer document, but not as a text of their own.",
                applicability=Applicability.UNSAFE,
                source="Broder (1997), containment; Schleimer et al. (2003), winnowing.",
            ),
            Rule(
                name=findings.EXACT,
                summary="A document has the same text as another one",
                why="Copies waste time and weigh their content twice. The texts are equal "
                "character by character, so nothing is lost.",
                applicability=Applicability.SAFE,
            ),
            Rule(
                name=findings.HELD_BACK,
                summary="So many documents look alike that not all pairs of them were compared",
                why="A notice under thousands of documents makes candidates of all of them. Each "
                "is compared with the best few; near-duplicates among the others may be missed, "
                "none is wrongly found.",
            ),
            Rule(
                name=findings.NEAR,
                summary="A document has nearly the same words as another one",
                why="Both numbers are computed, not estimated, on word 5-grams. The documents "
                "may still differ in what matters to you: a date, a name, a figure.",
                applicability=Applicability.UNSAFE,
                source="Broder (1997); Lee et al. (2022).",
            ),
            Rule(
                name=findings.PASSAGE,
                summary="A passage of a document stands in another one too",
                default=False,
                why="A quotation, or a text that was used twice. Set `passages` to the fewest "
                "words that matter to you; none that long is missed, unless more than 32 documents "
                "share it.",
                source="Schleimer, Wilkerson and Aiken (2003), winnowing.",
            ),
        )

    def sketch(self, batch: Any) -> Any:
        """Hash and sign a batch: `rows.sketch_schema`."""
        return sketch.sketch(batch, self.plan, self._window)

    def compare(self, engine: Any, documents: Any, sketches: Any) -> Any:
        """Collapse equal documents, compare similar ones, decide, and tell."""
        count = engine.count(sketches)
        keys = engine.view(
            sketches, partial(rows.narrowed, schema=rows.keys_schema()), rows.keys_schema()
        )
        classes = engine.exchange(
            keys, "key", parts_of(count, _SKETCHES), sketch.collapse, rows.classes_schema()
        )
        some = sketch.stars(engine, sketches, classes)
        pairs = self._alike(engine, some, count)
        ways = [engine.view(pairs, partial(candidates.asked, why=rows.BANDS), rows.asked_schema())]
        if self._window:
            sharing = self._sharing(engine, some, fragments.count(engine.batches(sketches)))
            why = partial(candidates.asked, why=rows.PRINTS)
            ways.append(engine.view(sharing, why, rows.asked_schema()))
        compared = self._compared(engine, documents, engine.union(*ways))
        engine.checkpoint(engine.map(compared, recheck.tally, rows.tally_schema()), rows.TALLY)
        least = self.options.threshold - self.options.margin
        edges = engine.view(compared, partial(recheck.alike, least=least), rows.edges_schema())
        found = engine.view(compared, recheck.sharing, rows.passages_schema())
        parts = parts_of(engine.count(edges), _EDGES)
        edges = engine.exchange(edges, "document", parts, stars.line_up, rows.edges_schema())
        decided = stars.decide(partial(engine.batches, edges), self.options.threshold)
        inside = stars.contain(engine.batches(found), decided, self._contained)
        held = engine.map(pairs, candidates.held_back, rows.pairs_schema())
        known = verdicts.Known(
            self.options.threshold,
            decided,
            {
                anchor: (size, missed)
                for batch in engine.batches(held)
                for anchor, size, missed in zip(
                    *(c.to_pylist() for c in batch.columns), strict=True
                )
            },
            inside,
        )
        told = engine.map(classes, partial(verdicts.judge, known), verdicts_schema())
        if not self._passages:
            return told
        gone = np.union1d(decided.gone, inside.document)
        owned = engine.map(found, partial(quotations.owned, gone=gone), rows.told_schema())
        parts = parts_of(engine.count(owned), _EDGES)
        quoted = engine.exchange(owned, "document", parts, quotations.tell, verdicts_schema())
        return engine.union(told, quoted)

    def _alike(self, engine: Any, some: Any, count: int) -> Any:
        """Pairs that look alike as a whole: rows of `rows.pairs_schema`."""
        look_alike = engine.exchange(
            engine.view(some, sketch.explode, rows.bands_schema()),
            "key",
            parts_of(count * self.plan.bands),
            partial(candidates.pair, least=least_agreeing(self.options.threshold)),
            rows.pairs_schema(),
        )
        return engine.exchange(
            look_alike,
            "anchor",
            parts_of(engine.count(look_alike)),
            candidates.distinct,
            rows.pairs_schema(),
        )

    def _sharing(self, engine: Any, some: Any, count: int) -> Any:
        """Pairs of which one may contain the other, or that may share passages, the same way."""
        told = self._passages > 0
        shared = engine.exchange(
            engine.view(some, fragments.explode, rows.prints_schema()),
            "key",
            parts_of(count),
            partial(fragments.pair, passages=told),
            rows.shared_schema(),
        )
        return engine.exchange(
            shared,
            "anchor",
            parts_of(engine.count(shared)),
            partial(fragments.choose, passages=told),
            rows.pairs_schema(),
        )

    def _compared(self, engine: Any, documents: Any, asked: Any) -> Any:
        """Pairs with exact counts, each text read once: rows of `rows.compared_schema`."""
        parts = parts_of(engine.count(asked))
        pairs = engine.exchange(asked, "low", parts, candidates.merged, rows.wanted_schema())
        needs = engine.exchange(pairs, "anchor", parts, candidates.wanted, rows.wanted_schema())
        compared = engine.exchange(
            candidates.gather(engine, documents, needs),
            "anchor",
            parts_of(engine.count(needs), _TEXTS),
            partial(recheck.recheck, contained=self._contained, passages=self._passages),
            rows.compared_schema(),
        )
        return engine.checkpoint(compared, "duplicates-compared")


def parts_of(count: int, size: int = _ROWS) -> int:
    """Partitions of so many rows: what memory asks for, and enough that workers share the work."""
    few = min(count * _SHARED // size, _SHARED)
    return min(max(1, few, count // size), _MOST_PARTS)
