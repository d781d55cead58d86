"""The pass: a language for every document, and findings where it surprises.

Three rules: a document in a language that was not expected, one whose language stays doubtful, and
a line in another script or language than its document. What does *not* live here: the model
(`backends`, `decide`), where lines differ (`lines`).
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.config import LanguageOptions
from cleaner.model import Applicability, Document, Finding, Fix
from cleaner.passes.language.backends import backend
from cleaner.passes.language.decide import Answers
from cleaner.passes.language.lines import ForeignLines
from cleaner.rules import Rule

__all__ = ["LanguagePass"]

UNCERTAIN_LETTERS = 200
"""A shorter text is expected to be uncertain; a finding for each would only be noise."""

FOREIGN_LINE = Rule(
    name="language.foreign-line",
    summary="A line in another script or language than its document.",
    why="Credits of a page template, link lists and untranslated leftovers stand alone on a line "
    "in their own language; quotations do too, so it is only shown.",
    source="A script by the letters' majority; a language by the log-likelihood ratio against the "
    "document's own under langdetect's profiles.",
)
UNCERTAIN = Rule(
    name="language.uncertain",
    summary="The language of a document of some length stays doubtful.",
    why="A long text that fits no profile is a table, code, a mixture, or in a language that the "
    "model does not know.",
)
UNEXPECTED = Rule(
    name="language.unexpected",
    summary="A document in a language that the corpus should not hold.",
    why="A corpus of one language is spoilt by pages of another. Runs only with `expected` in "
    "`[tool.cleaner.language]`, and fires only on a reliable answer.",
    applicability=Applicability.UNSAFE,
)


class LanguagePass:
    """A `MeasuringPass`: columns `language*` and `script` for every document."""

    name = "language"
    rules = (FOREIGN_LINE, UNCERTAIN, UNEXPECTED)

    def __init__(self, options: LanguageOptions | None = None) -> None:
        self.options = options or LanguageOptions()
        self._lines = ForeignLines()
        # Fails now, and not in a worker, where the name is wrong or the package is missing.
        backend(self.options)

    def measure(self, texts: Any) -> Any:
        """Language, script, margin, reliability and number of foreign lines of each text.

        Args:
            texts: `pa.LargeStringArray` of n texts.

        Returns:
            `pa.RecordBatch` of n rows: `language` (BCP 47, `und` for unknown), `script` (Unicode
            name), `language_margin` (nats), `language_reliable`, `language_reason` (null where
            reliable), `language_letters`, `language_foreign_lines`.
        """
        import pyarrow as pa

        answers = backend(self.options)(texts)
        foreign = self._lines.count(texts, answers)
        return pa.record_batch(
            {
                "language": answers.language,
                "script": answers.script,
                "language_margin": pa.array(answers.margin, pa.float64()),
                "language_reliable": pa.array(answers.reliable, pa.bool_()),
                "language_reason": answers.reason,
                "language_letters": pa.array(answers.letters, pa.int32()),
                "language_foreign_lines": pa.array(foreign, pa.int32()),
            }
        )

    def screen(self, texts: Any, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
        """All texts: nothing short of their scores tells that their language is certain."""
        del wanted
        return np.ones(len(texts), np.bool_)

    def suspects(self, measures: Any) -> npt.NDArray[np.bool_]:
        """Documents with an unexpected, a doubtful or a mixed language. bool[n]."""
        import pyarrow as pa
        import pyarrow.compute as pc

        reliable = _numpy(measures, "language_reliable")
        wanted: npt.NDArray[np.bool_] = _numpy(measures, "language_foreign_lines") > 0
        wanted |= ~reliable & (_numpy(measures, "language_letters") >= UNCERTAIN_LETTERS)
        if self.options.expected:
            codes = measures.column("language")
            strange = [
                c for c in pc.unique(codes).to_pylist() if not _within(c, self.options.expected)
            ]
            hit = pc.is_in(codes, value_set=pa.array(strange, pa.string()))
            wanted |= reliable & hit.to_numpy(zero_copy_only=False)
        return wanted

    def report(self, document: Document, measures: dict[str, Any]) -> Iterator[Finding]:
        """Findings of one document, given its row of `measure`."""
        language, reliable = measures["language"], measures["language_reliable"]
        evidence = {
            "language": language,
            "script": measures["script"],
            "margin": round(measures["language_margin"], 3),
        }
        expected = self.options.expected
        if reliable and expected and not _within(language, expected):
            yield Finding(
                UNEXPECTED.name,
                document.id,
                f"the language is {language}, expected {' or '.join(expected)}",
                fix=Fix("drop the document", drop=True, applicability=UNEXPECTED.applicability),
                evidence={**evidence, "expected": list(expected)},
            )
        if not reliable and measures["language_letters"] >= UNCERTAIN_LETTERS:
            reason = measures["language_reason"]
            guess = "unknown" if language == "und" else f"perhaps {language}"
            yield Finding(
                UNCERTAIN.name,
                document.id,
                f"the language is {guess} ({reason})",
                evidence={**evidence, "reason": reason},
            )
        if measures["language_foreign_lines"]:
            for line in self._lines.describe(document.text, partial(_answer, measures)):
                what = line.language if line.language != "und" else f"{line.script} script"
                yield Finding(
                    FOREIGN_LINE.name,
                    document.id,
                    f"a line in {what} in a document in {language}",
                    span=line.span,
                    evidence=line.evidence(),
                )


def _answer(measures: dict[str, Any]) -> Answers:
    """What a row of `measure` was made of."""
    import pyarrow as pa

    return Answers(
        language=pa.array([measures["language"]]),
        script=pa.array([measures["script"]]),
        margin=np.array([measures["language_margin"]]),
        reliable=np.array([measures["language_reliable"]]),
        reason=pa.array([measures["language_reason"]], pa.string()),
        letters=np.array([measures["language_letters"]], np.int32),
    )


def _numpy(batch: Any, column: str) -> Any:
    return batch.column(column).to_numpy(zero_copy_only=False)


def _within(code: str, expected: Sequence[str]) -> bool:
    """Whether a tag is one of the expected or a narrower or wider form of one.

    >>> _within("zh-Hans", ["zh"]), _within("en", ["en-GB"]), _within("zh-Hans", ["zh-Hant"])
    (True, True, False)
    """
    have = code.lower().split("-")
    for tag in expected:
        want = tag.lower().split("-")
        size = min(len(have), len(want))
        if have[:size] == want[:size]:
            return True
    return False
