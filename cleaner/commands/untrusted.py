"""`check --untrusted`: nothing that lies in the checked tree is obeyed, only looked at.

For pull requests of strangers. The checked tree of a source is the nearest folder above it that
holds `.git`, or the source itself. Configuration is not searched for; what the command line names
(configuration, packs, baseline, index), and what that configuration names, must lie elsewhere; no
source may be or pass a link inside of its tree; documents cannot switch rules off.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cleaner.model import CleanerError

__all__ = ["guarded", "refuse_inside"]


def guarded(sources: Sequence[str], config: Any, options: dict[str, Any]) -> Any:
    """The configuration for an untrusted check.

    Raises:
        CleanerError: something that would be obeyed lies in the checked tree.
    """
    import msgspec

    trees = [_tree(Path(source)) for source in sources]
    named = [
        ("--config", [options["config"]]),
        ("--baseline", [options["baseline"]]),
        ("--against", [config.duplicates.against]),
        ("--packs", config.packs),
        ("language.model", [config.language.model]),
    ]
    for what, paths in named:
        refuse_inside(what, (path for path in paths if path), trees)
    return msgspec.structs.replace(config, inline_ignores=False)


def refuse_inside(what: str, paths: Iterable[str], trees: Sequence[Path]) -> None:
    """Refuse files, spelled in whatever way, that lie in one of the trees."""
    for path in paths:
        # Both readings: a link inside the tree may lead out of it, and one outside may lead in.
        readings = {Path(os.path.abspath(path)), Path(path).resolve()}  # noqa: PTH100 -- see above
        for tree in trees:
            if any(tree == one or tree in one.parents for one in readings):
                raise CleanerError(
                    f"{what}: {path}: lies in the checked tree ({tree}); "
                    "--untrusted obeys nothing from there: name a file of your own"
                )


def _tree(source: Path) -> Path:
    full = Path(os.path.abspath(source))  # noqa: PTH100 -- links must stay visible
    root = next((one for one in (full, *full.parents) if (one / ".git").exists()), full)
    for one in (full, *full.parents):
        if one.is_symlink():
            raise CleanerError(
                f"{source}: {one} is a link; --untrusted follows none: name the folder itself"
            )
        if one == root:
            break
    return root.resolve()
