"""The three shapes a pass can have.

* `DocumentPass` needs one document at a time and may propose edits. It runs in rounds: documents
  that a fix changed are looked at again until nothing more is found to apply.
* `MeasuringPass` computes numbers for every document (language, quality) on the text as the
  editing passes left it, in one vectorised call, and may have findings; it never edits. Where
  nobody wants the numbers, only the documents are measured that its `screen` lets through.
* `CorpusPass` needs to see all documents. It reduces each batch to a small sketch and compares
  sketches through the engine's verbs, so that it runs out of core and on a cluster.

All of them must be picklable, free of global state, and deterministic: the same texts give the
same findings whatever the batch, the order, the worker or the platform. A lone surrogate, NUL or
megabyte line must not make a pass raise.
"""

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from cleaner.model import Document, Finding
from cleaner.rules import Rule

__all__ = ["CorpusPass", "DocumentPass", "MeasuringPass", "Pass"]


class Pass(Protocol):
    """What every pass has."""

    name: str
    """The first part of its rules' names."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule this pass can report, wanted or not, sorted by name."""
        ...


@runtime_checkable
class DocumentPass(Pass, Protocol):
    """Needs one document at a time."""

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """Say which texts could have a finding, without false negatives.

        Args:
            texts: `pa.LargeStringArray` of n texts, no nulls. Lone surrogates of the original
                were replaced by U+FFFD in it (Arrow holds UTF-8); `check` sees the original.

        Returns:
            bool[n]; where it is False, `check` would yield nothing.
        """
        ...

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield findings; spans and edits are code points of `document.text`.

        Edits of one finding are applied together or not at all; findings whose edits overlap an
        earlier one (in order of position) wait for the next round.
        """
        ...


@runtime_checkable
class MeasuringPass(Pass, Protocol):
    """Computes columns for every document; its findings are about them."""

    def screen(self, texts: Any, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Say which texts could have a finding of some rules, without false negatives.

        Only asked where the numbers themselves are of no use to anybody.

        Args:
            texts: as in `DocumentPass.screen`.
            wanted: names of rules.

        Returns:
            bool[n]; where it is False, `report` would yield nothing of these rules.
        """
        ...

    def measure(self, texts: Any) -> Any:
        """Numbers and labels for each text.

        Args:
            texts: as in `DocumentPass.screen`.

        Returns:
            `pa.RecordBatch` of n rows; the columns' names are unique over all passes.
        """
        ...

    def suspects(self, measures: Any) -> npt.NDArray[np.bool_]:
        """From the rows that `measure` returned: which documents `report` must see. bool[n]."""
        ...

    def report(self, document: Document, measures: dict[str, Any]) -> Iterator[Finding]:
        """Yield findings of one document, given its row of `measure` as a dict."""
        ...


@runtime_checkable
class CorpusPass(Pass, Protocol):
    """Needs to see all documents: map, exchange, map."""

    def sketch(self, batch: Any) -> Any:
        """Reduce a batch of `engines.DOCUMENTS` rows to a small `pa.RecordBatch` without text.

        It must carry the int64 column `document` (the key of each document).
        """
        ...

    def compare(self, engine: Any, documents: Any, sketches: Any) -> Any:
        """Compare sketches through the engine's four verbs.

        Args:
            engine: `engines.Engine`.
            documents: dataset of `engines.DOCUMENTS` rows, the texts as they are now.
            sketches: dataset of what `sketch` returned.

        Returns:
            A dataset of `engines.VERDICTS` rows: findings, keyed by document.
        """
        ...
