"""Which language each document is in, and which of its lines are not."""

from collections.abc import Sequence

from cleaner.config import LanguageOptions
from cleaner.model import Language
from cleaner.passes.language.backends import backend
from cleaner.passes.language.checks import LanguagePass
from cleaner.passes.language.lines import without_surrogates

__all__ = ["LanguagePass", "detect"]


def detect(
    texts: Sequence[str], *, backend_name: str = "langdetect", model: str | None = None
) -> list[Language]:
    """The language of each text; never raises on a text.

    >>> [(a.code, a.reason) for a in detect(["Rain fell all night on the hills.", "404"])]
    [('en', None), ('und', 'no-letters')]
    """
    import pyarrow as pa

    try:
        array = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        array = pa.array([without_surrogates(text) for text in texts], pa.large_string())
    answers = backend(LanguageOptions(backend=backend_name, model=model))(array)
    return [
        Language(code, script, margin, reliable, reason)
        for code, script, margin, reliable, reason in zip(
            answers.language.to_pylist(),
            answers.script.to_pylist(),
            answers.margin.tolist(),
            answers.reliable.tolist(),
            answers.reason.to_pylist(),
            strict=True,
        )
    ]
