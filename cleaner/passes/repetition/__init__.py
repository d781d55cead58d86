"""Repetition: lines that a site prints on many of its pages.

A line is a template if it stands in several documents of one group (a site, a folder), each
different text counted once. At the edges of a document it can be cut, inside it is only reported.
What does *not* live here: documents that repeat each other as a whole (`duplicates`), wordings that
are known beforehand (rule packs).
"""

from functools import partial
from typing import Any

from cleaner.config import RepetitionOptions
from cleaner.engines import verdicts_schema
from cleaner.model import Applicability
from cleaner.passes.repetition import counting, verdicts
from cleaner.rules import Rule

__all__ = ["RepetitionPass"]

_ROWS = 1 << 18
"""Rows of one partition of an exchange: about 12 MB, sorted and copied a few times."""
_MOST_PARTS = 4096


class RepetitionPass:
    """Find lines repeated across the documents of a group."""

    name = "repetition"

    def __init__(self, options: RepetitionOptions) -> None:
        self.options = options

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, sorted by name."""
        return (
            Rule(
                name=verdicts.REPEATED,
                summary="Lines inside the text stand in several documents of the site",
                why="A banner or a call between paragraphs, or a passage that the author repeats: "
                "position does not tell, so nothing is cut.",
            ),
            Rule(
                name=verdicts.SITE,
                summary="Short lines at the edge stand in many documents of the site",
                why="Menus and footers are the same on every page. Lines that read like sentences, "
                "that hold numbers, or that may be the title are left to the reader.",
                applicability=Applicability.SAFE,
                source="CCNet (2020) drops such lines anywhere; only edges are safe.",
            ),
            Rule(
                name=verdicts.TEMPLATE,
                summary="Lines at the edge stand in several documents of the site",
                why="Most likely a notice or appeal under each article; an author's own series "
                "looks the same.",
                applicability=Applicability.UNSAFE,
            ),
        )

    def sketch(self, batch: Any) -> Any:
        """Hash the lines of a batch: `counting.sketch_schema`."""
        return counting.sketch(batch)

    def compare(self, engine: Any, documents: Any, sketches: Any) -> Any:
        """Count lines over the groups and judge them in each document.

        Documents that mostly consist of repeated lines are copies of each other in some way. They
        are no evidence for a template and lose nothing: that is what `independent` leaves out.
        """
        parts = min(max(1, engine.count(sketches) // _ROWS), _MOST_PARTS)
        lines = counting.lines_schema()
        texts = engine.map(sketches, counting.first_lines, counting.texts_schema())
        sizes = engine.exchange(texts, "text", parts, counting.count_texts, counting.sizes_schema())
        sizes = engine.exchange(sizes, "site", parts, counting.add_sizes, counting.sizes_schema())
        again = engine.exchange(
            sketches, "line", parts, partial(counting.count_lines, least=2), lines
        )
        fresh = engine.exchange(again, "document", parts, counting.independent, lines)
        least = max(2, self.options.min_documents)
        common = engine.exchange(
            fresh, "line", parts, partial(counting.count_lines, least=least), lines
        )
        sized = engine.join(common, sizes, "site", "inner")
        chosen = engine.exchange(
            sized,
            "document",
            parts,
            partial(counting.choose, share=self.options.min_share),
            counting.chosen_schema(),
        )
        judged = engine.join(documents, chosen, "document", "inner")
        return engine.map(judged, verdicts.judge, verdicts_schema())
