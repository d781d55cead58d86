"""Tables that take long to build, kept on disk: arrays only, named by all they were made from.

A file is mapped and not read, so a process holds only the pages that it looks at, and two processes
hold them once. One line of JSON tells where each array lies and what all of them sum up to.
"""

import json
import mmap
import os
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

__all__ = ["cache_folder", "stored"]

LINE = 64
"""Arrays start on a cache line: a row of 64 bytes that straddles two costs twice the loads."""
_HEAD = 1 << 16
"""A first line that is longer is none of ours."""


def stored(name: str, fingerprint: str, build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The arrays that `build` makes, from the user's cache folder where they are there.

    They cannot be written to. A file that is damaged or cannot be written is silently passed over:
    it only saves time.
    """
    path = cache_folder() / f"{name}-{fingerprint}.tables"
    arrays = _read(path)
    if arrays is None:
        arrays = {key: np.asarray(array) for key, array in build().items()}
        _write(path, arrays)
        # What was built goes, where it can be read back: it would stay in memory as a whole.
        arrays = _read(path) or arrays
        for array in arrays.values():
            array.flags.writeable = False  # as a mapped one, or numba would compile for each
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
        with path.open("rb") as file:
            head = json.loads(file.readline(_HEAD))
            if _checksum(file) != head["crc32"]:
                return None
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return {
            key: np.ndarray(tuple(shape), np.dtype(str(kind)), content, at)
            for key, kind, shape, at in head["arrays"]
        }
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _checksum(file: BinaryIO) -> int:
    """Of what is left of a file; read in pieces, since mapped pages would count as ours."""
    total = 0
    while piece := file.read(1 << 18):
        total = zlib.crc32(piece, total)
    return total


def _write(path: Path, arrays: dict[str, Any]) -> None:
    places, body = [], bytearray()
    for key, array in arrays.items():
        body += b"\0" * (-len(body) % LINE)
        places.append((key, array.dtype.str, array.shape, len(body)))
        body += np.ascontiguousarray(array).tobytes()
    room = LINE * (1 + len(json.dumps(places)) // LINE) + LINE * len(places)
    entries = [(key, kind, shape, at + room) for key, kind, shape, at in places]
    head = json.dumps({"crc32": zlib.crc32(body), "arrays": entries}).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(head.ljust(room - 1) + b"\n")
            file.write(body)
        Path(file.name).replace(path)
    except OSError:
        return
