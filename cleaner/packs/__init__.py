"""Rule packs: TOML files of named boilerplate rules, loaded and checked.

What does *not* live here: looking for the rules in documents (`passes.boilerplate`).
"""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cleaner.kernels.store import stored
from cleaner.model import CleanerError
from cleaner.packs.schema import Clause, PackRule, read_pack

__all__ = ["Clause", "PackRule", "load"]

_SHIPPED = Path(__file__).parent
_SIZE_LIMIT = 1 << 20
"""Bytes of a pack; the largest shipped one has some 30 KB."""


def load(paths: Sequence[Path] = ()) -> tuple[PackRule, ...]:
    """Read the shipped packs and those of the user.

    Args:
        paths: TOML files, or folders whose `*.toml` are read in order of their names.

    Returns:
        The rules, sorted by name.

    Raises:
        CleanerError: a file cannot be read or a rule cannot be taken; the text says file, key,
            cause and the next step.
    """
    rules = list(_shipped())
    names = {each.rule.name: each.path for each in rules}
    for path in _files(paths):
        for each in _read(path):
            if each.rule.name in names:
                raise CleanerError(
                    f"{path}: rule {each.rule.name}: the name is taken by {names[each.rule.name]}; "
                    "choose another, or ignore that rule and name yours differently"
                )
            names[each.rule.name] = each.path
            rules.append(each)
    return tuple(sorted(rules, key=lambda each: each.rule.name))


@cache
def _shipped() -> tuple[PackRule, ...]:
    """All shipped rules; the tests see that each file can be taken."""
    contents = {path.name: path.read_bytes() for path in sorted(_SHIPPED.glob("*.toml"))}

    def parsed() -> dict[str, Any]:
        tables = {name: tomllib.loads(raw.decode()) for name, raw in contents.items()}
        return {"json": np.frombuffer(msgspec.json.encode(tables), np.uint8)}

    # Reading TOML takes a tenth of a second, reading the same as JSON a hundredth of that.
    digest = hashlib.sha256(b"\0".join(contents.values())).hexdigest()[:16]
    tables = msgspec.json.decode(memoryview(stored("packs", digest, parsed)["json"]))
    return tuple(
        rule for name, table in tables.items() for rule in read_pack(name, table, shipped=True)
    )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(path.glob("*.toml"))
            if not found:
                raise CleanerError(f"{path}: no *.toml in this folder; name a folder of rule packs")
            yield from found
        elif path.exists():
            yield path
        else:
            raise CleanerError(f"{path}: no such rule pack; check the path given with --packs")


def _read(path: Path) -> tuple[PackRule, ...]:
    label = str(path)
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise CleanerError(f"{label}: larger than {_SIZE_LIMIT} bytes; split the pack")
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CleanerError(f"{label}: not valid TOML: {error}; mend that line") from None
    except OSError as error:
        raise CleanerError(f"{label}: cannot be read: {error.strerror}") from None
    rules = read_pack(label, data, shipped=False)
    seen: set[str] = set()
    for each in rules:
        if each.rule.name in seen:
            raise CleanerError(f"{label}: rule {each.rule.name}: named twice; rename one")
        seen.add(each.rule.name)
    return rules
