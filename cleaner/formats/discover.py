"""Finds the files of a corpus, and says of every other file why it is none.

Links are never followed, devices never opened. Names are data: they are shown escaped and never
joined to anything outside their folder.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.formats import by_suffix
from cleaner.formats.base import Piece, shown
from cleaner.formats.opening import is_remote
from cleaner.model import CleanerError

__all__ = ["OWN_FOLDER", "Discovered", "Skipped", "discover", "shown"]

OWN_FOLDER = "_cleaner"
"""What the tool writes beside a corpus; never part of one."""
ABOUT = ("readme", "license", "licence", "copying", "notice", "changelog")
"""Files of these names, whatever their suffix, speak about a corpus; they are no part of it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not a document."""

    name: str
    why: str


@dataclass(slots=True)
class Discovered:
    """Files by name, sorted; sizes in bytes."""

    files: list[Piece] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unreadable: list[tuple[Piece, str]] = field(default_factory=list)


def discover(
    sources: Iterable[str], exclude: Iterable[str] = (), output: Path | str | None = None
) -> Discovered:
    """List the documents' files of some sources, in order of name.

    Args:
        sources: folders and files; a file that is named is read even if its name says nothing.
        exclude: patterns as in `.gitignore`, relative to each source.
        output: a folder, or a URL, to leave out, wherever it lies.

    Raises:
        CleanerError: a source does not exist, or two files would have the same name.
    """
    import pathspec

    ignored = pathspec.GitIgnoreSpec.from_lines(list(exclude))
    sources = list(sources)
    found = Discovered()
    alike = Counter(Path(source).name for source in sources)  # such files need more of their path
    rows: list[tuple[str, str, str, int]] = []
    for source in sources:
        if is_remote(source):
            rows += _remote(source, found, ignored, output)
            continue
        path = Path(source)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise CleanerError(
                f"{shown(source)}: {error.strerror or error}; name an existing file or folder"
            ) from error
        if stat.S_ISDIR(mode):
            prefix = f"{path.resolve().name}/" if len(sources) > 1 else ""
            here = output if isinstance(output, Path) else None
            for name in _walk(path, found, here, prefix):
                form, why = _judge(name, ignored)
                if form is None:
                    found.skipped.append(Skipped(shown(prefix + name), why))
                else:
                    full = str(path / name)
                    rows.append((prefix + name, full, form, os.lstat(full).st_size))
        elif stat.S_ISREG(mode):
            full = str(path.resolve())  # who names a link means the file
            name = _name(path, alike[path.name] > 1)
            rows.append((name, full, by_suffix(path.name) or "text", path.stat().st_size))
        else:
            raise CleanerError(f"{shown(source)}: is neither a file nor a folder; name one")
    _take(found, sorted(rows))
    found.skipped.sort(key=lambda one: one.name)
    return found


def _remote(
    url: str, found: Discovered, ignored: Any, output: Path | str | None
) -> Iterator[tuple[str, str, str, int]]:
    """The files behind a URL that are documents."""
    from cleaner.formats import remote

    leave_out = f"{output.rstrip('/')}/" if isinstance(output, str) else None
    for name, full, size in remote.find(url):
        if f"/{OWN_FOLDER}/" in f"/{name}" or (leave_out and full.startswith(leave_out)):
            continue
        form, why = _judge(name, ignored)
        if form is None:
            found.skipped.append(Skipped(name, why))
        else:
            yield name, full, form, size


def _take(found: Discovered, rows: Iterable[tuple[str, str, str, int]]) -> None:
    """Add files: name, where it is, format and size.

    Raises:
        CleanerError: two files have the same name.
    """
    taken: dict[str, str] = {}
    for name, full, form, size in rows:
        if name in taken and taken[name] != full:
            raise CleanerError(
                f"{shown(full)}: would have the same name as {shown(taken[name])}; "
                "clean them in two runs"
            )
        if name not in taken:
            taken[name] = full
            found.files.append(Piece(full, name, form))
            found.sizes.append(size)


def _name(path: Path, longer: bool) -> str:
    """The name of a file that is a source by itself; its path where another one is called so."""
    if not longer:
        return path.name
    parts = Path(os.path.normpath(path)).parts
    return "/".join(part for part in parts if part not in {"..", path.anchor})


def _judge(name: str, ignored: Any) -> tuple[str | None, str]:
    """The format of a file in a folder, or None and why it is no part of the corpus."""
    if ignored.match_file(shown(name)):
        return None, "excluded"
    if name.rpartition("/")[2].partition(".")[0].lower() in ABOUT:
        return None, "about the corpus"
    return by_suffix(name), "no corpus format"


def _walk(folder: Path, found: Discovered, output: Path | None, prefix: str) -> Iterator[str]:
    """Regular files below a folder, relative, with slashes; everything else is counted."""
    leave_out = output.resolve() if output else None
    root = str(folder)

    def refuse(error: OSError) -> None:
        full = os.fsdecode(error.filename or root)
        name = prefix + _below(root, Path(full))
        found.unreadable.append((Piece(full, name, "text"), error.strerror or str(error)))

    def stays(path: Path, expected: Callable[[int], bool]) -> bool:
        try:
            mode = path.lstat().st_mode
        except OSError as error:
            refuse(error)
            return False
        if not expected(mode):
            why = "link" if stat.S_ISLNK(mode) else "not a regular file"
            found.skipped.append(Skipped(shown(prefix + _below(root, path)), why))
        return expected(mode)

    for here, folders, names in os.walk(root, onerror=refuse):
        below = [Path(here) / name for name in sorted(folders) if name != OWN_FOLDER]
        below = [path for path in below if not (leave_out and path.resolve() == leave_out)]
        folders[:] = [path.name for path in below if stays(path, stat.S_ISDIR)]
        for name in names:
            path = Path(here) / name
            if stays(path, stat.S_ISREG):
                yield _below(root, path)


def _below(root: str, path: Path) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")
