"""Lists of cues that a pack names once and uses in many rules: `"@ask"` stands for all of `ask`.

An appeal is recognised by who speaks, whom it speaks to and what it asks for, and each of these
has dozens of wordings; spelt out in every rule they would differ from rule to rule. What does *not*
live here: what a rule may say (`schema`).
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from cleaner.model import CleanerError

__all__ = ["spelt_out"]

_NAME = re.compile(r"@([a-z0-9-]+)\Z")
"""Matched at the start of a name: one run, which is taken back at most once."""


def spelt_out(path: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Put the members of `[cues]` where rules name them; they may name lists above their own.

    >>> pack = {"cues": {"us": ["our", "we"]}, "rule": [{"when": [{"all": [["@us", "my"]]}]}]}
    >>> spelt_out("mine.toml", pack)["rule"]
    [{'when': [{'all': [['our', 'we', 'my']]}]}]

    Raises:
        CleanerError: `[cues]` is no table of lists of texts, or a rule names a list it lacks.
    """
    named = data.get("cues", {})
    lists: dict[str, list[Any]] = {}
    if not isinstance(named, Mapping):
        raise CleanerError(f"{path}: cues: expected a table of lists of cues")
    for name, cues in named.items():
        if not isinstance(cues, list) or not _NAME.match(f"@{name}"):
            raise CleanerError(f"{path}: cues.{name}: expected a list, named in a-z, 0-9 and -")
        lists[name] = _spelt(path, f"cues.{name}", cues, lists)
    return {
        key: _walk(path, key, value, lists) if key == "rule" else value
        for key, value in data.items()
        if key != "cues"
    }


def _walk(path: str, where: str, value: Any, lists: Mapping[str, Sequence[Any]]) -> Any:
    """A copy of a table in which the lists of cues are spelt out; examples are no cues."""
    if isinstance(value, Mapping):
        return {
            key: each if key in {"match", "keep"} else _walk(path, f"{where}.{key}", each, lists)
            for key, each in value.items()
        }
    return _spelt(path, where, value, lists) if isinstance(value, list) else value


def _spelt(
    path: str, where: str, cues: Sequence[Any], lists: Mapping[str, Sequence[Any]]
) -> list[Any]:
    found: list[Any] = []
    for cue in cues:
        match = _NAME.match(cue) if isinstance(cue, str) else None
        if match is None:
            found.append(_walk(path, where, cue, lists))
        elif match[1] in lists:
            found += lists[match[1]]
        else:
            near = get_close_matches(match[1], lists, 1)
            hint = f'did you mean "@{near[0]}"?' if near else 'write "[@]" for the character'
            raise CleanerError(f'{path}: {where}: [cues] has no list "{match[1]}"; {hint}')
    return list(dict.fromkeys(found)) if all(isinstance(each, str) for each in found) else found
