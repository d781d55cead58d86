"""Corpora behind a URL, through fsspec: list them, fetch them, put a finished one in place.

Reading goes through `opening`, file by file, as for local ones. Writing goes through a local
folder, because neither locks nor renames can be relied on in an object store: the finished folder
is copied there, the manifest last.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleaner.formats.opening import require
from cleaner.model import CleanerError

__all__ = ["check_target", "fetch", "find", "publish", "put", "stamp"]

_LAST = "_cleaner/manifest.json"
"""Who sees it, sees a whole corpus."""
_BEGUN = "_cleaner/begun"
"""What is there from the first file to the manifest: a copy that was interrupted is ours too."""
_WILD = "*?["
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


@contextlib.contextmanager
def _asking(url: str, what: str) -> Iterator[None]:
    """Turn whatever a file system raises, and each has exceptions of its own, into one error."""
    try:
        yield
    except CleanerError:
        raise
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise CleanerError(
            f"{url}: cannot be {what}: {said}; check the address and your access to it"
        ) from error


def find(url: str) -> list[tuple[str, str, int]]:
    """The files below a URL, or the ones that it names: (relative name, URL, bytes), sorted.

    A URL may be a pattern, as in `s3://bucket/2024/*.jsonl.gz`; names are relative to the folder
    before its first wildcard.

    Raises:
        CleanerError: there is nothing, or the server refuses.
    """
    system, root = _file_system(url)
    pattern = any(sign in root for sign in _WILD)
    with _asking(url, "listed"):
        found = _matching(system, root) if pattern else system.find(root, detail=True)
    if not found:
        raise CleanerError(f"{url}: holds no files; name an existing file or folder")
    base = _before_wildcard(root) if pattern else root
    rows = []
    for path, detail in sorted(found.items()):
        name = path.removeprefix(base).lstrip("/") or path.rpartition("/")[2]
        rows.append((name, str(system.unstrip_protocol(path)), int(detail["size"] or 0)))
    return rows


def _matching(system: Any, pattern: str) -> dict[str, Any]:
    """Files that a pattern names, and those below the folders that it names."""
    found: dict[str, Any] = {}
    for path, detail in system.glob(pattern, detail=True).items():
        if detail["type"] == "directory":
            found |= system.find(path, detail=True)
        else:
            found[path] = detail
    return found


def _before_wildcard(pattern: str) -> str:
    """The folder that every match of a pattern is in.

    >>> _before_wildcard("bucket/in/a*/*.txt"), _before_wildcard("bucket/in/x.txt")
    ('bucket/in', 'bucket/in')
    """
    kept: list[str] = []
    for part in pattern.split("/")[:-1]:
        if any(sign in part for sign in _WILD):
            break
        kept.append(part)
    return "/".join(kept)


def stamp(url: str) -> str:
    """Something that changes when the file does."""
    system, path = _file_system(url)
    detail = system.info(path)
    return next((str(detail[key]) for key in _AGE if detail.get(key)), "")


def _present(system: Any, root: str, url: str) -> list[str]:
    """What lies at the place of an output.

    Raises:
        CleanerError: something, and it is not ours.
    """
    there = list(system.find(root)) if system.exists(root) else []
    if there and not {f"{root}/{_LAST}", f"{root}/{_BEGUN}"} & set(there):
        raise CleanerError(f"{url}: is not empty and was not written by cleaner; choose another")
    return there


def check_target(url: str, *, empty: bool = False) -> None:
    """See to it that `publish` could begin, before a day of work is done for nothing.

    Args:
        url: of the output.
        empty: not even an earlier output may be there.

    Raises:
        CleanerError: something else is there already, or the server refuses.
    """
    system, root = _file_system(url)
    with _asking(url, "listed"):
        if _present(system, root, url) and empty:
            raise CleanerError(f"{url}: is not an empty folder; choose another")


def publish(folder: Path, url: str) -> None:
    """Copy a finished output folder to a URL; its manifest goes last.

    Raises:
        CleanerError: something else is there already, or the server refuses.
    """
    system, root = _file_system(url)
    with _asking(url, "written"):
        there = _present(system, root, url)
        system.makedirs(f"{root}/{_BEGUN}".rpartition("/")[0], exist_ok=True)
        system.pipe_file(f"{root}/{_BEGUN}", b"being written\n")
        if f"{root}/{_LAST}" in there:
            system.rm_file(f"{root}/{_LAST}")
        names = {path.relative_to(folder).as_posix() for path in _files(folder)}
        for path in there:
            if path.removeprefix(root).lstrip("/") not in names | {_LAST, _BEGUN}:
                system.rm_file(path)
        _put(system, folder, root, sorted(names, key=lambda one: (one == _LAST, one)))
        system.rm_file(f"{root}/{_BEGUN}")


def put(path: Path, url: str) -> None:
    """Copy a file, or the files below a folder, to a URL, over what is there.

    Raises:
        CleanerError: the server refuses.
    """
    system, root = _file_system(url)
    with _asking(url, "written"):
        if path.is_dir():
            _put(system, path, root, [one.relative_to(path).as_posix() for one in _files(path)])
        else:
            system.makedirs(root.rpartition("/")[0], exist_ok=True)
            system.put_file(str(path), root)


def _put(system: Any, folder: Path, root: str, names: list[str]) -> None:
    for name in names:
        system.makedirs(f"{root}/{name}".rpartition("/")[0], exist_ok=True)
        system.put_file(str(folder / name), f"{root}/{name}")


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
        with _asking(f"{url}/{name}", "read"):
            system.get_file(f"{root}/{name}", str(target))
