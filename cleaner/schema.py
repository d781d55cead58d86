"""The JSON Schema of the configuration, for editors: made from `config` and its comments.

`cleaner schema` prints it. Editors that know TOML (Taplo, Even Better TOML) check `cleaner.toml`
with it and show what a key means.
"""

import ast
import inspect
from typing import Any

import msgspec

from cleaner import config

__all__ = ["config_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """A schema of what `cleaner.toml`, or `[tool.cleaner]`, may hold."""
    (root,), parts = msgspec.json.schema_components([config.Config], ref_template="#/$defs/{name}")
    comments = _comments()
    for name, part in parts.items():
        part.pop("description", None)
        part.pop("title", None)
        for key, value in part.get("properties", {}).items():
            text = comments.get((name, key.replace("-", "_")))
            if text:
                value["description"] = text
            if isinstance(value.get("default"), dict):
                del value["default"]
    return {"$schema": DIALECT, "title": "Configuration of cleaner", **root, "$defs": parts}


def _comments() -> dict[tuple[str, str], str]:
    """The string below each field of each section: (class, field) to text, on one line."""
    found = {}
    for section in ast.parse(inspect.getsource(config)).body:
        if not isinstance(section, ast.ClassDef):
            continue
        for line, below in zip(section.body, section.body[1:], strict=False):
            if (
                isinstance(line, ast.AnnAssign)
                and isinstance(line.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
            ):
                found[section.name, line.target.id] = " ".join(str(below.value.value).split())
    return found
