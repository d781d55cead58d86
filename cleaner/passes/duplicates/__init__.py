"""Duplicates: documents that repeat another one, as a whole or nearly.

Equal texts collapse first; similar ones are found through MinHash bands and then compared exactly;
a document goes only beside one that stays. What does *not* live here: lines that a site repeats
(`repetition`), the numeric work (`kernels.signatures`, `kernels.bands`, `kernels.overlap`).
"""

from functools import partial
from typing import Any

from cleaner.config import DuplicatesOptions
from cleaner.engines import verdicts_schema
from cleaner.kernels.bands import Bands, least_agreeing, plan_bands
from cleaner.model import Applicability
from cleaner.passes.duplicates import candidates, rows, sketch, stars, verdicts
from cleaner.passes.duplicates.recheck import recheck
from cleaner.rules import Rule

__all__ = ["DuplicatesPass"]

_ROWS = 1 << 20
"""Rows of one partition of an exchange: about 50 MB."""
_TEXTS = 1 << 13
"""The same where rows hold texts."""
_MOST_PARTS = 4096


class DuplicatesPass:
    """Find documents that repeat others."""

    name = "duplicates"

    def __init__(self, options: DuplicatesOptions) -> None:
        self.options = options

    @property
    def plan(self) -> Bands:
        """Bands and rows that follow from threshold and recall."""
        return plan_bands(self.options.threshold, self.options.recall)

    @property
    def sketch_schema(self) -> Any:
        """Columns of what `sketch` returns."""
        return rows.sketch_schema()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, sorted by name."""
        return (
            Rule(
                name=verdicts.BORDERLINE,
                summary="A document is almost similar enough to another to be a near-duplicate",
                why="Whoever sets the threshold wants to see what lies just below it. Nothing is "
                "done.",
                default=False,
            ),
            Rule(
                name=verdicts.EXACT,
                summary="A document has the same text as another one",
                why="Copies waste time and weigh their content twice. The texts are equal "
                "character by character, so nothing is lost.",
                applicability=Applicability.SAFE,
            ),
            Rule(
                name=verdicts.HELD_BACK,
                summary="So many documents look alike that not all pairs of them were compared",
                why="A notice under thousands of documents makes candidates of all of them. Each "
                "is compared with the best few; near-duplicates among the others may be missed, "
                "none is wrongly found.",
            ),
            Rule(
                name=verdicts.NEAR,
                summary="A document has nearly the same words as another one",
                why="Both numbers are computed, not estimated, on word 5-grams. The documents "
                "may still differ in what matters to you: a date, a name, a figure.",
                applicability=Applicability.UNSAFE,
                source="Broder (1997); Lee et al. (2022).",
            ),
        )

    def sketch(self, batch: Any) -> Any:
        """Hash and sign a batch: `rows.sketch_schema`."""
        return sketch.sketch(batch, self.plan)

    def compare(self, engine: Any, documents: Any, sketches: Any) -> Any:
        """Collapse equal documents, compare similar ones, decide, and tell."""
        threshold = self.options.threshold
        count = engine.count(sketches)
        classes = engine.exchange(
            sketches, "key", _parts(count), sketch.collapse, rows.classes_schema()
        )
        bands = engine.map(classes, sketch.explode, rows.bands_schema())
        look_alike = engine.exchange(
            bands,
            "key",
            _parts(count * self.plan.bands),
            partial(candidates.pair, least=least_agreeing(threshold)),
            rows.pairs_schema(),
        )
        pairs = engine.exchange(
            look_alike,
            "anchor",
            _parts(engine.count(look_alike)),
            candidates.distinct,
            rows.pairs_schema(),
        )
        texts = candidates.gather(engine, documents, pairs)
        edges = engine.exchange(
            texts,
            "anchor",
            _parts(engine.count(texts), _TEXTS),
            partial(recheck, least=threshold - self.options.margin),
            rows.edges_schema(),
        )
        edges = engine.checkpoint(edges, "duplicates-edges")
        decided = stars.decide(rows.columns(engine.batches(edges), rows.edges_schema()), threshold)
        held = rows.columns(
            engine.batches(engine.map(pairs, candidates.held_back, rows.pairs_schema())),
            rows.pairs_schema(),
        )
        tell = partial(verdicts.judge, decided, held, threshold)
        return engine.map(classes, tell, verdicts_schema())


def _parts(count: int, size: int = _ROWS) -> int:
    return min(max(1, count // size), _MOST_PARTS)
