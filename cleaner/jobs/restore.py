"""`cleaner restore` and `cleaner verify`: the originals, byte for byte, or what is wrong."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from cleaner import ledger
from cleaner.config import Config
from cleaner.durable import writing
from cleaner.formats import load, remote
from cleaner.formats.discover import OWN_FOLDER, shown
from cleaner.formats.opening import is_remote
from cleaner.jobs.finish import Manifest, real_name
from cleaner.jobs.look import read_options
from cleaner.jobs.places import local_copy, local_page
from cleaner.jobs.workspace import MANIFEST
from cleaner.model import CleanerError

__all__ = ["restore", "verify"]


def read_manifest(dest: Path) -> Manifest:
    """The manifest of a cleaned corpus.

    Raises:
        CleanerError: there is none, or it is not one of ours.
    """
    path = dest / OWN_FOLDER / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise CleanerError(
            f"{path}: {error.strerror or error}; name the folder that `cleaner clean -o` wrote"
        ) from error
    except msgspec.MsgspecError as error:
        raise CleanerError(f"{path}: is damaged: {error}; clean the source again") from error


def restore(dest: str, out: str) -> int:
    """Write the original files of a cleaned corpus; return how many.

    Args:
        dest: a folder or a URL.
        out: the same.

    Raises:
        CleanerError: `out` is not empty, or a restored file would not have the original's SHA-256.
    """
    if is_remote(out):
        remote.check_target(out, empty=True)
    with local_page(out) as target, local_copy(dest) as source:
        return _restore(source, Path(target), out)


def _restore(source: Path, target: Path, out: str) -> int:
    manifest = read_manifest(source)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CleanerError(f"{out}: is not an empty folder; choose another")
    config = msgspec.convert(manifest.config, Config)
    with (source / OWN_FOLDER / ledger.LEDGER).open("rb") as stream:
        rows = _Rows(ledger.entries(stream))
        closing = _closing(source)
        count = 0
        for file in manifest.files:
            name = real_name(file)
            where = _inside(target, name)
            data: Iterator[bytes]
            original = closing.get(shown(name), {}).get("original")
            entries = rows.of(shown(name))
            if original is not None:
                for _ in entries:
                    pass
                data = _blocks(source / OWN_FOLDER / original)
            elif file["sha256"] is None:
                continue
            else:
                data = _records(source, file, entries, config)
            _write(where, data, file)
            count += 1
    return count


class _Rows:
    """The ledger's entries, file by file, in the order of the manifest."""

    def __init__(self, entries: Iterator[dict[str, Any]]) -> None:
        self._entries = entries
        self._next: dict[str, Any] | None = next(entries, None)

    def of(self, path: str) -> Iterator[dict[str, Any]]:
        while self._next and self._next["path"] == path and self._next["action"] != ledger.FILE:
            entry, self._next = self._next, next(self._entries, None)
            yield entry


def _closing(source: Path) -> dict[str, dict[str, Any]]:
    """The rows about whole files, which stand at the end."""
    with (source / OWN_FOLDER / ledger.LEDGER).open("rb") as stream:
        lines = (line for line in stream if b'"action":"file"' in line)
        return {row["path"]: row for row in ledger.entries(lines) if row["action"] == ledger.FILE}


def _records(
    source: Path, file: dict[str, Any], entries: Iterator[dict[str, Any]], config: Config
) -> Iterator[bytes]:
    """The original records of one file, from the written ones and the ledger."""
    form = load(file["format"])
    options = read_options(config)
    written: Iterator[bytes] = iter(())
    if file["written"]:
        path = _inside(source, real_name(file["written"]))
        options = replace(options, path=str(path))
        written = form.records(path, options)
    entry = next(entries, None)
    for record in range(1, file["records"] + 1):
        if entry is None or entry["record"] != record:
            yield next(written)
            continue
        if entry["action"] in {"edited", "annotated"}:
            now, out = entry, next(written)
            if "annotation" in entry:
                out = form.unannotate(out, entry["annotation"])

            def revert(text: str, now: dict[str, Any] = now) -> str:
                return ledger.unchanged_text(now, text)

            if entry["action"] == "edited":
                out = form.restore(out, ledger.undo_notes(entry), revert, options)
            yield out
        else:
            yield ledger.decode_bytes(entry["raw"])
        entry = next(entries, None)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            yield block


def _write(path: Path, data: Iterator[bytes], file: dict[str, Any]) -> None:
    hasher = hashlib.sha256()
    try:
        with writing(path) as stream:
            for block in data:
                hasher.update(block)
                stream.write(block)
            if hasher.hexdigest() != file["sha256"]:
                raise CleanerError(
                    f"{shown(str(path))}: cannot be restored: corpus and ledger do not belong "
                    "together; `cleaner verify` says which file changed"
                )
    except (StopIteration, RuntimeError, ValueError, KeyError) as error:
        raise CleanerError(
            f"{shown(str(path))}: cannot be restored: the cleaned file was changed; "
            "`cleaner verify` says which file changed"
        ) from error


def _inside(folder: Path, name: str) -> Path:
    """A path below a folder, or an error: a manifest is data too."""
    path = Path(os.path.normpath(folder / name))
    if Path(os.path.normpath(folder)) not in path.parents:
        raise CleanerError(f"{shown(name)}: a name in the manifest leads out of the folder")
    return path


def verify(dest: str) -> list[str]:
    """Hash every file again; one line for each that is not what the manifest says."""
    with local_copy(dest) as source:
        return _verify(source)


def _verify(source: Path) -> list[str]:
    manifest = read_manifest(source)
    wrong = []
    expected = {
        **{f"{OWN_FOLDER}/{name}": row for name, row in manifest.outputs.items()},
        **{real_name(row["written"]): row["written"] for row in manifest.files if row["written"]},
    }
    for name, row in expected.items():
        path = _inside(source, name)
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            wrong.append(f"{shown(name)}: {error.strerror or error}")
            continue
        if digest != row["sha256"]:
            wrong.append(f"{shown(name)}: its content changed since it was written")
    present = {
        os.path.relpath(os.path.join(here, name), source)  # noqa: PTH118 -- walk speaks str
        for here, _, names in os.walk(source)
        for name in names
    }
    known = set(expected) | {f"{OWN_FOLDER}/{MANIFEST}"}
    wrong += [
        f"{shown(name)}: is not in the manifest"
        for name in sorted(present - known)
        if not name.startswith(f"{OWN_FOLDER}/originals/")
    ]
    counts = manifest.counts
    if counts["documents_in"] != counts["kept"] + counts["removed"] + counts["rejected"]:
        wrong.append(f"{MANIFEST}: its counts do not add up")
    return wrong
