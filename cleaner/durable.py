"""Files that are whole or absent: temporary name, fsync, rename, fsync of the folder.

Every file that the tool writes for keeps goes through `writing`. What does *not* live here: what is
written, and in which order (`jobs`).
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cleaner.model import CleanerError

__all__ = ["replace_bytes", "sync_folder", "writing"]

PARTIAL = ".partial"
"""Suffix of a file that is being written; it never survives a finished run."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing; it appears, complete and on disk, when the block ends well.

    An earlier file of that name stays untouched until then, and for good if the block fails.

    Raises:
        CleanerError: the disk is full, read-only, or otherwise refuses.
    """
    temporary = path.with_name(path.name + PARTIAL)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        reason = error.strerror or str(error)
        raise CleanerError(
            f"{path}: cannot be written: {reason}; make room or choose another folder"
        ) from error
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a whole file at once, durably."""
    with writing(path) as stream:
        stream.write(data)


def sync_folder(folder: Path) -> None:
    """Make a rename durable; folders cannot be opened on some systems, which then need no sync."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
