"""The values of `--annotate`: language, duplicates that stayed, and signals of quality."""

import math
from typing import Any

from cleaner.jobs.rows import decode_findings
from cleaner.pipeline import Pipeline

__all__ = ["DUPLICATES", "annotations", "columns"]

DUPLICATES = ("duplicates.exact", "duplicates.near", "duplicates.contained")
"""Findings that say that a whole document repeats another one."""
_LANGUAGE = {
    "language": ("language", "str"),
    "script": ("script", "str"),
    "margin": ("language_margin", "float"),
    "reliable": ("language_reliable", "bool"),
}
"""Values by name, with the column of the measures and the kind."""
_DUPLICATE = {"kind": "str", "kept": "str", "jaccard": "float", "containment": "float"}
_QUALITY = "quality_"


def _sources(pipeline: Pipeline) -> dict[str, tuple[str, str]]:
    import pyarrow as pa

    schema = pipeline.measure(pa.array([], pa.large_string())).schema
    quality = {
        f"quality.{field.name.removeprefix(_QUALITY)}": (
            field.name,
            "int" if pa.types.is_integer(field.type) else "float",
        )
        for field in schema
        if field.name.startswith(_QUALITY)
    }
    return _LANGUAGE | quality


def columns(pipeline: Pipeline) -> tuple[tuple[str, str], ...]:
    """Names and kinds of all values, in order."""
    sources = _sources(pipeline)
    quality = [(name, kind) for name, (_, kind) in sources.items() if name not in _LANGUAGE]
    duplicate = [(f"duplicate.{name}", kind) for name, kind in _DUPLICATE.items()]
    return (*((name, kind) for name, (_, kind) in _LANGUAGE.items()), *duplicate, *quality)


def annotations(pipeline: Pipeline, batch: Any) -> list[dict[str, Any]]:
    """The values of each row of a batch of looked-at rows, measured on the text as it is now."""
    measures = pipeline.measure(batch.column("text"))
    names = columns(pipeline)
    sources = _sources(pipeline)
    read = {name: measures.column(at).to_pylist() for name, (at, _) in sources.items()}
    rows = []
    for row, encoded in enumerate(batch.column("findings").to_pylist()):
        repeats = _repeats(encoded)
        rows.append(
            {
                name: _plain(read[name][row]) if name in read else repeats.get(name)
                for name, _ in names
            }
        )
    return rows


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, 4) if math.isfinite(value) else None


def _repeats(encoded: bytes | None) -> dict[str, Any]:
    """What a document repeats that stays all the same: the first such finding."""
    if encoded is None or b'"duplicates.' not in encoded:
        return {}
    for found in decode_findings(encoded):
        if found["rule"] in DUPLICATES and "kept" in found["evidence"] and not found["applied"]:
            evidence = found["evidence"]
            return {
                "duplicate.kind": found["rule"].removeprefix("duplicates."),
                **{
                    f"duplicate.{name}": _plain(evidence.get(name))
                    for name in ("kept", "jaccard", "containment")
                },
            }
    return {}
