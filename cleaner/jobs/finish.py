"""Puts the parts of all shards in place and writes the manifest, last."""

import contextlib
import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

import cleaner
from cleaner import ledger
from cleaner.config import Config
from cleaner.durable import replace_bytes, sync_folder
from cleaner.formats import load, output_names
from cleaner.formats.base import Piece
from cleaner.formats.discover import Discovered, shown
from cleaner.formats.opening import open_input
from cleaner.jobs.assemble import Assembly
from cleaner.jobs.workspace import MANIFEST, Workspace, config_digest
from cleaner.jobs.write import ShardResult, hashed
from cleaner.model import CleanerError

__all__ = ["Manifest", "finish", "real_name"]

LIBRARIES = ("ftfy", "langdetect", "datasketch", "numpy", "numba", "pyarrow", "google-re2")
"""The libraries whose version can change a result."""
COPY = 1 << 20
FEW = 16
"""Files that are synced one by one: a sync a file would cost more than the cleaning."""


class Manifest(msgspec.Struct, kw_only=True):
    """`manifest.json`: what a run read, decided and wrote."""

    version: int = 1
    cleaner: str = ""
    libraries: dict[str, str] = {}
    python: str = ""
    config_digest: str = ""
    config: Any = None
    counts: dict[str, int] = {}
    characters: dict[str, int] = {}
    rules: dict[str, dict[str, int]] = {}
    skipped: list[dict[str, str]] = []
    outputs: dict[str, dict[str, Any]] = {}
    files: list[dict[str, Any]] = []


def finish(
    space: Workspace,
    config: Config,
    found: Discovered,
    results: Sequence[ShardResult],
    assembly: Assembly,
) -> Manifest:
    """Assemble ledger, findings and corpus, in this order; then the manifest.

    Raises:
        CleanerError: something cannot be written; nothing of an earlier state is lost then.
    """
    pieces = {piece.name: piece for piece in found.files}
    originals = _originals(space, results, pieces)
    totals = _totals(results, pieces)
    assembly.wait()
    read = {one.name: one.read for result in results for one in result.files if one.read}
    outputs = {}
    for kind, joined in assembly.logs.items():
        name = ledger.LEDGER if kind == "ledger" else f"{kind}.jsonl"
        tail = _file_rows(totals, originals) if kind == "ledger" else b""
        if kind == "rejected":
            tail = b"".join(msgspec.json.encode(row) + b"\n" for row in unlisted(found))
        size, sha = joined.finish(tail)
        joined.move(space.own / name)
        outputs[name] = {"bytes": size, "sha256": sha}
    sync_folder(space.own)
    files = []
    written = _place(space, results, pieces, assembly)
    for name, piece in pieces.items():
        size, sha = read.get(name) or assembly.inputs.get(name) or hashed(piece.path)
        row: dict[str, Any] = {
            "name": shown(name),
            "format": piece.format,
            "bytes": size,
            "sha256": sha,
            "records": totals[name][0],
            "kept": totals[name][1],
        }
        if shown(name) != name:
            row["name_bytes"] = os.fsencode(name).decode("latin-1")
        row["written"] = written.get(name)
        files.append(row)
    counts = Counter[str]()
    characters = Counter[str]()
    rules: dict[str, Counter[str]] = {}
    for result in results:
        counts.update(result.counts)
        characters.update(result.characters)
        for rule, sums in result.rules.items():
            rules.setdefault(rule, Counter()).update(sums)
    counts["documents_in"] += len(found.unreadable)
    counts["rejected"] += len(found.unreadable)
    names = ("documents_in", "kept", "removed", "rejected", "edited")
    manifest = Manifest(
        cleaner=cleaner.__version__,
        libraries=_libraries(),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        config_digest=config_digest(config),
        config=msgspec.to_builtins(config),
        counts={**{name: counts[name] for name in names}, "skipped": len(found.skipped)},
        characters={"in": characters["in"], "out": characters["out"]},
        rules={rule: dict(sorted(sums.items())) for rule, sums in sorted(rules.items())},
        skipped=[{"name": one.name, "why": one.why} for one in found.skipped],
        outputs=outputs,
        files=files,
    )
    encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    replace_bytes(space.own / MANIFEST, encoded + b"\n")
    # Under another name first: a work folder of which half is deleted cannot be resumed.
    space.work.rename(space.finished)
    with ThreadPoolExecutor() as pool:  # large ones go page by page
        list(pool.map(os.unlink, [one.path for one in os.scandir(space.finished) if one.is_file()]))
    shutil.rmtree(space.finished)
    return manifest


def real_name(row: dict[str, Any]) -> str:
    """A file's name as the operating system spells it."""
    if "name_bytes" in row:
        return os.fsdecode(row["name_bytes"].encode("latin-1"))
    return str(row["name"])


def unlisted(found: Discovered) -> list[dict[str, Any]]:
    """Rows of `rejected.jsonl` for the folders and files that the system does not show."""
    return [
        {
            "path": shown(piece.name),
            "record": 0,
            "error": f"cannot be listed: {why}",
            "hint": "check its permissions",
        }
        for piece, why in found.unreadable
    ]


def _libraries() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def _totals(
    results: Sequence[ShardResult], pieces: dict[str, Piece]
) -> dict[str, tuple[int, int, bool]]:
    """Records, kept records, and whether damaged, of each file."""
    sums = dict.fromkeys(pieces, (0, 0, False))
    for result in results:
        for one in result.files:
            records, kept, damaged = sums[one.name]
            sums[one.name] = (records + one.records, kept + one.kept, damaged or one.damaged)
    return sums


def _originals(
    space: Workspace, results: Sequence[ShardResult], pieces: dict[str, Piece]
) -> dict[str, str]:
    """Keep whole copies of the files that records and ledger cannot bring back byte for byte."""
    wanted = dict.fromkeys(
        one.name
        for result in results
        for one in result.files
        if one.damaged or getattr(load(pieces[one.name].format), "keeps_original", False)
    )
    copies = {}
    for number, name in enumerate(wanted):
        place = f"originals/{number:06d}"
        try:
            stream = open_input(pieces[name].path)
        except OSError:
            continue  # it could not be read in the first place, and is rejected by name
        _keep(stream, space.own / place)
        copies[name] = place
    if copies:
        os.sync()  # once for all of them, before the ledger speaks of any
    return copies


def _keep(stream: Any, target: Path) -> None:
    """Copy a file; what a killed run left there is written over.

    Raises:
        CleanerError: the disk is full, or otherwise refuses.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with stream, target.open("wb") as out:
            shutil.copyfileobj(stream, out, COPY)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CleanerError(
            f"{target}: cannot be written: {reason}; make room or choose another folder"
        ) from error


def _file_rows(totals: dict[str, tuple[int, int, bool]], originals: dict[str, str]) -> bytes:
    rows = []
    for name, (records, _, _) in totals.items():
        more = {"original": originals[name]} if name in originals else {}
        rows.append(ledger.entry(shown(name), records, "", ledger.FILE, **more))
    return ledger.lines(rows)


def _sync(paths: Sequence[Path]) -> None:
    """See files on disk; one by one as long as that costs less than what others write just now."""
    if len(paths) > FEW:
        os.sync()
        return
    for path in paths:
        with contextlib.suppress(FileNotFoundError), path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _place(
    space: Workspace,
    results: Sequence[ShardResult],
    pieces: dict[str, Piece],
    assembly: Assembly,
) -> dict[str, dict[str, Any]]:
    """Bring the parts of the corpus under their final names."""
    wholes = {
        one.name: one
        for result in results
        for one in result.files
        if one.part is not None and one.name not in assembly.files
    }
    _sync([space.work / str(one.part) for one in wholes.values()])
    outputs = output_names(pieces.values())
    written = {}
    folders = set()
    for name in dict.fromkeys(one.name for result in results for one in result.files):
        output = outputs[name]
        target = space.dest / output
        if name in wholes:
            part = space.work / str(wholes[name].part)
            if part.exists():  # or the run that is resumed here has moved it already
                target.parent.mkdir(parents=True, exist_ok=True)
                part.replace(target)
            folders.add(target.parent)
            size, sha = wholes[name].written or hashed(str(target))
        elif name in assembly.files:
            size, sha = assembly.files[name].finish()
            assembly.files[name].move(target)
            folders.add(target.parent)
        else:
            continue  # nothing is left of it
        row: dict[str, Any] = {"name": shown(output), "bytes": size, "sha256": sha}
        if shown(output) != output:
            row["name_bytes"] = os.fsencode(output).decode("latin-1")
        written[name] = row
    for folder in sorted(folders):
        sync_folder(folder)
    return written
