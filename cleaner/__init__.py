r"""A linter and cleaner for text corpora.

>>> import cleaner
>>> cleaner.clean("The caf\u00c3\u00a9 was shut.").text
'The café was shut.'

Everything here is imported when it is first used, so that `import cleaner` costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.api import (
        check,
        clean,
        clean_corpus,
        detect_language,
        near_duplicates,
        signatures,
    )
    from cleaner.model import (
        Applicability,
        Cleaned,
        CleanerError,
        Document,
        Duplicate,
        Edit,
        Finding,
        Fix,
        Language,
        Span,
    )

__version__ = "0.1.0"

__all__ = [
    "Applicability",
    "Cleaned",
    "CleanerError",
    "Document",
    "Duplicate",
    "Edit",
    "Finding",
    "Fix",
    "Language",
    "Span",
    "__version__",
    "check",
    "clean",
    "clean_corpus",
    "detect_language",
    "near_duplicates",
    "signatures",
]

_FUNCTIONS = {
    "check",
    "clean",
    "clean_corpus",
    "detect_language",
    "near_duplicates",
    "signatures",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("cleaner.api" if name in _FUNCTIONS else "cleaner.model"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
