"""How much a finding weighs where a reader cuts off: certain, probable, advice."""

from collections.abc import Sequence
from typing import Any

__all__ = ["LEVELS", "level", "worst_first"]

LEVELS = ("error", "warning", "note")
"""As SARIF names them: a certain fault, a probable one, advice."""
_OF = {"safe": "error", "unsafe": "warning", "display": "note"}


def level(one: dict[str, Any]) -> str:
    """The level of a row of `findings.jsonl`."""
    return _OF[one["applicability"]]


def worst_first(findings: Sequence[dict[str, Any]]) -> list[int]:
    """Positions of the findings, by level and then in their order."""
    return sorted(range(len(findings)), key=lambda at: (LEVELS.index(level(findings[at])), at))
