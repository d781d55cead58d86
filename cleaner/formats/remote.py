"""Corpora behind a URL, through fsspec: list them, fetch them, put a finished one in place.

Reading goes through `opening`, file by file, as for local ones. Writing goes through a local
folder, because neither locks nor renames can be relied on in an object store: the finished folder
is copied there, the manifest last.
"""

from pathlib import Path
from typing import Any

from cleaner.formats.opening import require
from cleaner.model import CleanerError

__all__ = ["fetch", "find", "publish", "stamp"]

_LAST = "_cleaner/manifest.json"
"""Who sees it, sees a whole corpus."""
_AGE = ("ETag", "etag", "mtime", "LastModified", "last_modified", "created", "updated")
"""What file systems call the thing that changes with a file; the first one that is there counts."""


def _file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it.

    Raises:
        CleanerError: fsspec, or what it needs for this kind of URL, is not installed.
    """
    require("fsspec", "remote", url)
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise CleanerError(f"{url}: cannot be opened: {error}; install what it names") from error
    return system, str(path).rstrip("/")


def find(url: str) -> list[tuple[str, str, int]]:
    """The files below a URL, or the one that it names: (relative name, URL, bytes), sorted.

    Raises:
        CleanerError: there is nothing, or the server refuses.
    """
    system, root = _file_system(url)
    try:
        found = system.find(root, detail=True)
    except OSError as error:
        raise CleanerError(f"{url}: cannot be listed: {error}; check the address") from error
    if not found:
        raise CleanerError(f"{url}: holds no files; name an existing file or folder")
    rows = []
    for path, detail in sorted(found.items()):
        name = path.removeprefix(root).lstrip("/") or path.rpartition("/")[2]
        rows.append((name, str(system.unstrip_protocol(path)), int(detail["size"] or 0)))
    return rows


def stamp(url: str) -> str:
    """Something that changes when the file does."""
    system, path = _file_system(url)
    detail = system.info(path)
    return next((str(detail[key]) for key in _AGE if detail.get(key)), "")


def publish(folder: Path, url: str) -> None:
    """Copy a finished output folder to a URL; its manifest goes last.

    Raises:
        CleanerError: something else is there already, or the server refuses.
    """
    system, root = _file_system(url)
    try:
        there = system.find(root) if system.exists(root) else []
        if there and f"{root}/{_LAST}" not in there:
            raise CleanerError(
                f"{url}: is not empty and was not written by cleaner; choose another"
            )
        if there:
            system.rm_file(f"{root}/{_LAST}")
        names = {path.relative_to(folder).as_posix() for path in _files(folder)}
        for path in there:
            if path.removeprefix(root).lstrip("/") not in names | {_LAST}:
                system.rm_file(path)
        for name in sorted(names, key=lambda one: (one == _LAST, one)):
            system.makedirs(f"{root}/{name}".rpartition("/")[0], exist_ok=True)
            system.put_file(str(folder / name), f"{root}/{name}")
    except OSError as error:
        raise CleanerError(f"{url}: cannot be written: {error}; check the address") from error


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def fetch(url: str, folder: Path) -> None:
    """Copy what `publish` wrote to a local folder, for `restore` and `verify`.

    Raises:
        CleanerError: there is nothing, a name leads out of the folder, or the server refuses.
    """
    system, root = _file_system(url)
    for name, _, _ in find(url):
        target = folder / name
        if folder.resolve() not in target.resolve().parents:
            raise CleanerError(f"{url}: the name {name!r} leads out of the folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            system.get_file(f"{root}/{name}", str(target))
        except OSError as error:
            raise CleanerError(f"{url}: {name} cannot be read: {error}; try again") from error
