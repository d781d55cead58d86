"""Passes look at documents and yield findings; they change nothing.

The order below is the order of work: each pass sees the text as the passes before it left it.
To add a pass, write one module with a class that fits a protocol of `passes.base`, and add it here.
What does *not* live here: applying fixes (`pipeline`), regular expressions of rules (`packs`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaner.config import Config, selection
from cleaner.passes.base import CorpusPass, DocumentPass, MeasuringPass, Pass
from cleaner.passes.reading import RULES
from cleaner.rules import Rule

__all__ = ["Passes", "build"]


@dataclass(frozen=True, slots=True)
class Passes:
    """The passes of a run, in order of work."""

    document: tuple[DocumentPass, ...]
    measuring: tuple[MeasuringPass, ...]
    corpus: tuple[CorpusPass, ...]

    def __iter__(self) -> Iterator[Pass]:
        yield from self.document
        yield from self.measuring
        yield from self.corpus

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of every pass, and of the readers, sorted by name."""
        rules = (*(rule for one in self for rule in one.rules), *RULES)
        return tuple(sorted(rules, key=lambda rule: rule.name))


def build(config: Config) -> Passes:
    """Make the passes that a configuration asks for.

    Raises:
        CleanerError: a rule pack or an option is wrong.
    """
    from cleaner import packs
    from cleaner.passes.boilerplate import BoilerplatePass
    from cleaner.passes.duplicates import DuplicatesPass
    from cleaner.passes.encoding import EncodingPass
    from cleaner.passes.language import LanguagePass
    from cleaner.passes.quality import QualityPass
    from cleaner.passes.repetition import RepetitionPass
    from cleaner.passes.structure import StructurePass
    from cleaner.passes.typography import TypographyPass
    from cleaner.passes.webtext import WebtextPass

    return Passes(
        document=(
            EncodingPass(config.encoding),
            TypographyPass(),
            WebtextPass(config.profile),  # trained on pages from which nothing was cut
            BoilerplatePass(packs.load([Path(path) for path in config.packs])),
            StructurePass(),
        ),
        measuring=(
            LanguagePass(config.language),
            QualityPass(config.quality),
        ),
        corpus=(
            RepetitionPass(config.repetition),
            DuplicatesPass(config.duplicates, selection(config)),
        ),
    )
