"""Tables that take long to build, kept on disk: arrays only, named by all they were made from."""

import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["cache_folder", "stored"]


def stored(name: str, fingerprint: str, build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The arrays that `build` makes, from the user's cache folder where they are there.

    A file that is damaged or cannot be written is silently passed over: it only saves time.
    """
    path = cache_folder() / f"{name}-{fingerprint}.npz"
    arrays = _read(path)
    if arrays is None:
        arrays = build()
        _write(path, arrays)
    return arrays


def cache_folder() -> Path:
    """Where this system keeps what can be made again; `CLEANER_CACHE_DIR` overrides it."""
    if chosen := os.environ.get("CLEANER_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "corpus-cleaner"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        # Opened here: NumPy leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return dict(found)
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, arrays: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(file.name).replace(path)
    except OSError:
        return
