"""Opens an input, and turns what the system says against it into words.

Only regular files, never through a link: a corpus may hold a link to a device, or a pipe that would
block for ever. What does *not* live here: finding files (`discover`), undoing a compression
(`compression`).
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from cleaner.formats.base import UnreadableError

__all__ = ["is_remote", "open_input", "readable", "require", "stamp"]

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def is_remote(path: str) -> bool:
    """Whether a path is a URL for fsspec.

    >>> is_remote("s3://bucket/a.jsonl"), is_remote("C:/a.jsonl")
    (True, False)
    """
    scheme, sign, _ = path.partition("://")
    return bool(sign) and len(scheme) > 1 and scheme.replace("+", "").isalnum()


def require(library: str, extra: str, what: str) -> None:
    """See to it that a library is there.

    Raises:
        UnreadableError: it is not; the hint names the extra that brings it.
    """
    if find_spec(library) is None:
        raise UnreadableError(f"{what} needs {library}", f"pip install 'corpus-cleaner[{extra}]'")


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Turn an `OSError` of the block into an `UnreadableError`."""
    try:
        yield
    except OSError as error:
        raise UnreadableError(
            f"cannot be read: {error.strerror or error}", "check the file and its permissions"
        ) from error


def open_input(path: str) -> Any:
    """Open a file, or an fsspec URL, for reading bytes.

    Raises:
        OSError: the system refuses; a link or a device counts as refused.
        CleanerError: a URL, and fsspec is not installed.
    """
    if is_remote(path):
        return _open_remote(path)
    handle = os.open(path, _FLAGS)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    return os.fdopen(handle, "rb")


def _open_remote(path: str) -> Any:
    require("fsspec", "remote", path)
    import fsspec

    return fsspec.open(path, "rb").open()


def stamp(path: str) -> int | str:
    """Something that changes when a file does: its time in nanoseconds, or what a server says."""
    if is_remote(path):
        from cleaner.formats import remote

        return remote.stamp(path)
    return os.stat(path).st_mtime_ns  # noqa: PTH116 -- the path as it is, odd bytes included
