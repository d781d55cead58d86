"""Where a command reads from and writes to, where that is no plain path: `-` and URLs.

Work is done in local folders. Standard input is spooled into one first; an output goes to standard
output, or behind a URL, when it is finished. What does *not* live here: formats and file systems
(`formats.standard`, `formats.remote`).
"""

import contextlib
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cleaner.formats import remote, standard
from cleaner.formats.opening import is_remote
from cleaner.kernels.store import cache_folder
from cleaner.model import CleanerError

__all__ = ["STANDARD", "given_sources", "local_copy", "local_page", "local_target"]

STANDARD = "-"
"""Standard input as a source, standard output as a target."""


@contextlib.contextmanager
def given_sources(sources: Sequence[str], form: str | None = None) -> Iterator[list[str]]:
    """The sources, with standard input as a file.

    Args:
        sources: paths, URLs, and `-` once.
        form: the format of standard input; its first bytes tell otherwise.

    Raises:
        CleanerError: standard input twice, or a format without standard input.
    """
    count = list(sources).count(STANDARD)
    if count > 1:
        raise CleanerError("-: standard input can be read once only; name it once")
    if form is not None and not count:
        raise CleanerError('--format: is about standard input; add "-", or leave it out')
    if not count:
        yield list(sources)
        return
    with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
        path = str(standard.spool(sys.stdin.buffer, Path(folder), form))
        yield [path if source == STANDARD else source for source in sources]


@contextlib.contextmanager
def local_target(dest: str) -> Iterator[Path]:
    """The folder in which an output is made; one behind a URL is copied there at the end.

    That of a URL is always the same one, so that an interrupted run can be resumed.

    Raises:
        CleanerError: something else is at the URL already, or the server refuses.
    """
    if dest == STANDARD:
        with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
            yield Path(folder) / "out"
        return
    if not is_remote(dest):
        yield Path(dest)
        return
    remote.check_target(dest)
    digest = hashlib.sha256(dest.rstrip("/").encode("utf-8", "surrogateescape")).hexdigest()
    made = cache_folder() / "outgoing" / digest[:32]
    made.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    yield made
    remote.publish(made, dest)
    shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def local_page(path: str) -> Iterator[str]:
    """A local path for a file, or a folder of files, that goes to `-` or a URL when it is made."""
    if path != STANDARD and not is_remote(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
        made = Path(folder) / "made"
        yield str(made)
        if path != STANDARD:
            remote.put(made, path)
            return
        with made.open("rb") as source:
            shutil.copyfileobj(source, sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def local_copy(dest: str) -> Iterator[Path]:
    """A cleaned corpus as a local folder; one behind a URL is fetched."""
    if not is_remote(dest):
        yield Path(dest)
        return
    with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
        remote.fetch(dest, Path(folder))
        yield Path(folder)
