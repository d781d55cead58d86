"""Output formats of `check`: one module each, with `render(result, stream)`.

To add one, write its module and name it in `NAMES`. A renderer sees findings and never passes;
what it writes is escaped for its own reader, since documents are hostile.
"""

from importlib import import_module
from typing import Any

__all__ = ["COLORED", "NAMES", "load"]

NAMES = ("full", "concise", "json", "github", "sarif", "junit")
COLORED = ("full", "concise")
"""Those for a person at a terminal: `render` takes `color` too."""


def load(name: str) -> Any:
    """The module of an output format."""
    return import_module(f"cleaner.output.{name}")
