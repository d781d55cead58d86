"""Who says what language it is: langdetect's model by default, other packages on request.

Every back end is a function from `pa.LargeStringArray` to `Answers`. None downloads anything.
"""

from collections.abc import Callable
from typing import Any

from cleaner.config import LanguageOptions
from cleaner.kernels.ngrams import buffers, score_texts
from cleaner.kernels.profiles import load
from cleaner.model import CleanerError
from cleaner.passes.language.decide import Answers, decide

__all__ = ["Backend", "backend"]

Backend = Callable[[Any], Answers]


def backend(options: LanguageOptions) -> Backend:
    """The back end that the options name.

    Raises:
        CleanerError: no such back end, or its package is not installed.
    """
    if options.backend == "langdetect":
        return langdetect
    raise CleanerError(f"language: no back end is named {options.backend!r}")


def langdetect(texts: Any) -> Answers:
    """Langdetect's own profiles, summed over all n-grams."""
    return decide(score_texts(*buffers(texts), load().tables))
