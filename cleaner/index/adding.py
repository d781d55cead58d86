"""Adding documents to an index.

What does *not* live here: what is kept of a document, opening an index (`store`).
"""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.config import DuplicatesOptions
from cleaner.durable import writing
from cleaner.index.store import (
    NAME,
    File,
    Index,
    Keys,
    Part,
    Scheme,
    Segment,
    Table,
    keys_of,
    open_index,
)
from cleaner.kernels.duplicates.bands import plan_bands
from cleaner.kernels.duplicates.digests import digests
from cleaner.kernels.text.texts import from_arrow
from cleaner.model import CleanerError

__all__ = ["add"]

_SEGMENT = 1 << 26
"""Shingles of a segment: half a gigabyte."""
_SEGMENTS = 8
"""More segments than these, and the newest become one."""


def add(folder: Path, batches: Iterable[Any], options: DuplicatesOptions | None = None) -> int:
    """Add documents to an index, which is made if there is none; how many were new.

    Documents that are in it already, character by character, are left out, so that adding the same
    corpus again changes nothing.

    Args:
        folder: the index.
        batches: rows with the columns `id` and `text`.
        options: where threshold and recall of a new index come from.

    Raises:
        CleanerError: the folder holds something else, or an index made in another way.
    """
    if (folder / NAME).exists():
        index = open_index(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise CleanerError(f"{folder}: holds something else than an index; choose another folder")
    else:
        options = options or DuplicatesOptions()
        plan = plan_bands(options.threshold, options.recall)
        index = Index(folder, Scheme(bands=plan.bands, rows=plan.rows), ())
    added = size = 0
    waiting: list[tuple[Any, Keys]] = []
    for batch in batches:
        one = _new(index, batch, [keys.digests for _, keys in waiting])
        if not len(one[0]):
            continue
        waiting.append(one)
        added += len(one[0])
        size += len(one[1].shingles)
        if size >= _SEGMENT:
            index = _write(index, waiting)
            waiting, size = [], 0
    if waiting or not index.parts:
        _write(index, waiting)
    return added


def _new(index: Index, batch: Any, seen: list[npt.NDArray[np.int64]]) -> tuple[Any, Keys]:
    """Ids and keys of the documents that the index does not have."""
    import pyarrow as pa

    mine = digests(from_arrow(batch.column("text")))
    old = {row for segment in index.segments for row in _known(segment, mine)}
    earlier = {tuple(pair) for some in seen for pair in some.tolist()}
    fresh = []
    for row, pair in enumerate(map(tuple, mine.tolist())):
        if row not in old and pair not in earlier:
            earlier.add(pair)
            fresh.append(row)
    chosen = batch.take(pa.array(fresh, pa.int64()))
    return chosen.column("id"), keys_of(from_arrow(chosen.column("text")), index.plan)


def _known(segment: Segment, mine: npt.NDArray[np.int64]) -> list[int]:
    at, owner = segment.find("digests", mine[:, 0], 8)
    same = segment.checks[owner] == mine[at, 1]
    return [int(row) for row in at[same]]


def _write(index: Index, waiting: list[tuple[Any, Keys]]) -> Index:
    """Write a segment, and then the table that names it."""
    import pyarrow as pa

    first = np.cumsum([0, *(len(ids) for ids, _ in waiting)])
    every = [keys for _, keys in waiting]
    both = np.concatenate([np.zeros((0, 2), np.int64), *(keys.digests for keys in every)])
    arrays = _sorted("digests", both[:, 0], np.arange(len(both))) | {"checks": both[:, 1]}
    for kind in ("bands", "prints"):
        found = [getattr(keys, kind) for keys in every]
        owner = [getattr(keys, f"{kind}_of") + low for keys, low in zip(every, first, strict=False)]
        nothing = np.zeros(0, np.int64)
        arrays |= _sorted(
            kind, np.concatenate([nothing, *found]), np.concatenate([nothing, *owner])
        )
    arrays["shingles"] = np.concatenate([np.zeros(0, np.uint64), *(k.shingles for k in every)])
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(keys.starts) for keys in every)])
    arrays["starts"] = np.cumsum(sizes)
    ids = pa.concat_arrays([pa.array([], pa.large_string()), *(ids for ids, _ in waiting)])
    return _merge(_store(index, index.parts, arrays, ids))


def _store(
    index: Index, parts: tuple[Part, ...], arrays: dict[str, npt.NDArray[Any]], ids: Any
) -> Index:
    """Write a segment under a new name, and then the table: `parts`, and the new one."""
    import pyarrow as pa

    name = f"segment-{1 + max((int(p.name.split('-')[1]) for p in index.parts), default=-1):06d}"
    folder = index.folder / name
    files = {}
    for kind, array in arrays.items():
        with writing(folder / f"{kind}.npy") as out:
            np.save(out, array, allow_pickle=False)
        files[f"{kind}.npy"] = _file(folder / f"{kind}.npy")
    schema = pa.schema([pa.field("id", pa.large_string(), nullable=False)])
    with writing(folder / "documents.arrow") as out, pa.ipc.new_file(out, schema) as writer:
        writer.write_batch(pa.record_batch([ids], schema=schema))
    files["documents.arrow"] = _file(folder / "documents.arrow")
    parts = (*parts, Part(name, len(ids), files))
    with writing(index.folder / NAME) as out:
        out.write(msgspec.json.format(msgspec.json.encode(Table(index.scheme, parts))) + b"\n")
    return Index(index.folder, index.scheme, parts)


def _merge(index: Index) -> Index:
    """Make one of the newest segments where there are many; their folders go last.

    From the newest on, a segment joins as long as it is no larger than those after it together. So
    a document is written again as often as its segment doubles, never at each append.
    """
    import pyarrow as pa

    if len(index.parts) <= _SEGMENTS:
        return index
    sizes = [part.files["shingles.npy"].bytes for part in index.parts]
    start = len(sizes) - 1
    size = sizes[start]
    while start and sizes[start - 1] <= size and size + sizes[start - 1] <= 8 * _SEGMENT:
        start -= 1
        size += sizes[start]
    some = index.segments[start:]
    if len(some) < 2:
        return index
    low = np.cumsum([0, *(part.documents for part in index.parts[start:])])
    arrays: dict[str, npt.NDArray[Any]] = {}
    for kind in ("digests", "bands", "prints"):
        owners = [getattr(one, f"{kind}_of") + at for one, at in zip(some, low, strict=False)]
        arrays |= _sorted(
            kind, np.concatenate([getattr(one, kind) for one in some]), np.concatenate(owners)
        )
    for kind in ("checks", "shingles"):
        arrays[kind] = np.concatenate([getattr(one, kind) for one in some])
    arrays["starts"] = np.cumsum([0, *np.concatenate([np.diff(one.starts) for one in some])])
    ids = pa.concat_arrays([one.ids for one in some])
    merged = _store(index, index.parts[:start], arrays, ids)
    for one in some:
        shutil.rmtree(one.folder, ignore_errors=True)
    return merged


def _sorted(
    kind: str, keys: npt.NDArray[np.int64], owner: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[Any]]:
    order = np.lexsort((owner, keys))
    return {kind: keys[order], f"{kind}_of": owner[order].astype(np.int32)}


def _file(path: Path) -> File:
    with path.open("rb") as stream:
        return File(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
