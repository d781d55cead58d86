"""The files of an index.

A folder with `index.json` and numbered segments of NumPy and Arrow files, which are memory-mapped.
Adding documents adds a segment and rewrites `index.json`, last: an index is never half written,
and nothing is rebuilt. No pickle is read or written. What does *not* live here: looking something
up (`search`).

A segment of n documents holds, as arrays sorted for binary search, each key with its document:
`digests` (int64[n, 2]), `bands`, `prints`; and `shingles` (uint64, 8 bytes for each distinct
5-gram, by far the largest) with `starts`.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.config import DuplicatesOptions
from cleaner.durable import writing
from cleaner.kernels.bands import Bands, band_keys, plan_bands
from cleaner.kernels.digests import digests
from cleaner.kernels.overlap import shingle_sets
from cleaner.kernels.shingles import WORDS
from cleaner.kernels.signatures import PERMUTATIONS, SEED, sign
from cleaner.kernels.texts import Texts, from_arrow
from cleaner.kernels.tokenlists import token_lists
from cleaner.model import CleanerError

__all__ = ["Index", "Keys", "Segment", "add", "keys_of", "open_index"]

VERSION = 1
TOKENS = "nfkc-lower-words-1"
"""Name of the definition of tokens and of their hashes; a change of either needs another one."""
WINDOW = 46
"""Shingles of which one is a fingerprint: a shared run of 50 tokens is found."""
_NAME = "index.json"
_SEGMENT = 1 << 26
"""Shingles of a segment: half a gigabyte."""


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """What the numbers of an index mean; two indexes that differ here cannot be compared."""

    version: int = VERSION
    tokens: str = TOKENS
    unicode: str = unicodedata.unidata_version.split(".")[0]
    signature: str = "affine32"
    seed: int = SEED
    permutations: int = PERMUTATIONS
    words: int = WORDS
    window: int = WINDOW
    bands: int
    rows: int


class _File(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


class _Part(msgspec.Struct, frozen=True):
    name: str
    documents: int
    files: dict[str, _File]


class _Table(msgspec.Struct, frozen=True):
    scheme: Scheme
    segments: tuple[_Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """What texts are looked up by; `of` names the row that each band key or print belongs to."""

    digests: npt.NDArray[np.int64]
    bands: npt.NDArray[np.int64]
    bands_of: npt.NDArray[np.int64]
    prints: npt.NDArray[np.int64]
    prints_of: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]


def keys_of(texts: Texts, plan: Bands) -> Keys:
    """Reduce texts to keys."""
    signed = sign(texts, window=WINDOW)
    full = np.flatnonzero(signed.tokens >= WORDS)
    bands = band_keys(signed.signatures[full], plan)
    sets = shingle_sets(token_lists(texts))
    rows = np.arange(len(signed.tokens))
    return Keys(
        digests(texts),
        bands.ravel(),
        np.repeat(full, plan.bands),
        signed.prints,
        np.repeat(rows, signed.counts),
        sets.values,
        sets.starts,
    )


class Segment:
    """A part of an index, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getattr__(self, name: str) -> npt.NDArray[Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        array: npt.NDArray[Any] = np.load(self.folder / f"{name}.npy", "r", allow_pickle=False)
        setattr(self, name, array)
        return array

    @cached_property
    def ids(self) -> Any:
        """The documents' ids, an Arrow array."""
        import pyarrow as pa

        with pa.memory_map(str(self.folder / "documents.arrow")) as source:
            table = pa.ipc.open_file(source).read_all()
        return table.column("id").combine_chunks()

    def find(
        self, kind: str, keys: npt.NDArray[np.int64], most: int, *, common: bool = True
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Documents with equal keys: positions in `keys`, and documents.

        Of a key that more than `most` documents have, the first ones, or none if not `common`.
        """
        ordered = getattr(self, kind)
        low = np.searchsorted(ordered, keys)
        counts = np.searchsorted(ordered, keys, "right") - low
        counts = np.minimum(counts, most) if common else np.where(counts > most, 0, counts)
        at = np.repeat(np.arange(len(keys)), counts)
        within = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        owners = getattr(self, f"{kind}_of")
        return at, owners[np.repeat(low, counts) + within].astype(np.int64)


@dataclass(frozen=True)
class Index:
    """An index, open for reading."""

    folder: Path
    scheme: Scheme
    parts: tuple[_Part, ...]

    def __len__(self) -> int:
        return sum(part.documents for part in self.parts)

    @property
    def plan(self) -> Bands:
        """Its bands; the recall is stated where they are planned."""
        return Bands(self.scheme.bands, self.scheme.rows, 0.0)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Its segments, oldest first."""
        return tuple(Segment(self.folder / part.name) for part in self.parts)

    def verify(self) -> list[str]:
        """Hash all files again; a line for each that is not as it was written."""
        wrong = []
        for part in self.parts:
            for name, known in part.files.items():
                path = self.folder / part.name / name
                if not path.is_file():
                    wrong.append(f"{path}: missing")
                    continue
                with path.open("rb") as stream:
                    if hashlib.file_digest(stream, "sha256").hexdigest() != known.sha256:
                        wrong.append(f"{path}: changed since it was written")
        return wrong


def open_index(folder: Path) -> Index:
    """Open an index.

    Raises:
        CleanerError: it is none, is damaged, or was made in another way than this version would.
    """
    path = folder / _NAME
    try:
        table = msgspec.json.decode(path.read_bytes(), type=_Table)
    except OSError as error:
        hint = "make one with `cleaner index`"
        raise CleanerError(f"{folder}: is no index ({error.strerror}); {hint}") from error
    except msgspec.MsgspecError as error:
        raise CleanerError(f"{path}: is damaged ({error}); make the index again") from error
    ours = Scheme(bands=table.scheme.bands, rows=table.scheme.rows)
    for name in Scheme.__struct_fields__:
        theirs, mine = getattr(table.scheme, name), getattr(ours, name)
        if theirs != mine:
            raise CleanerError(
                f"{path}: {name} is {theirs}, this version has {mine}; make the index again"
            )
    for part in table.segments:
        for name, known in part.files.items():
            file = folder / part.name / name
            if not file.is_file() or file.stat().st_size != known.bytes:
                raise CleanerError(f"{file}: missing or cut short; make the index again")
    return Index(folder, table.scheme, table.segments)


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
    if (folder / _NAME).exists():
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

    name = f"segment-{len(index.parts):06d}"
    folder = index.folder / name
    first = np.cumsum([0, *(len(ids) for ids, _ in waiting)])
    arrays: dict[str, npt.NDArray[Any]] = {}
    every = [keys for _, keys in waiting]
    both = np.concatenate([np.zeros((0, 2), np.int64), *(keys.digests for keys in every)])
    arrays |= _sorted("digests", both[:, 0], np.arange(len(both)))
    arrays["checks"] = both[:, 1]
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
    files = {}
    for kind, array in arrays.items():
        with writing(folder / f"{kind}.npy") as out:
            np.save(out, array, allow_pickle=False)
        files[f"{kind}.npy"] = _file(folder / f"{kind}.npy")
    ids = pa.concat_arrays([pa.array([], pa.large_string()), *(ids for ids, _ in waiting)])
    schema = pa.schema([pa.field("id", pa.large_string(), nullable=False)])
    with writing(folder / "documents.arrow") as out, pa.ipc.new_file(out, schema) as writer:
        writer.write_batch(pa.record_batch([ids], schema=schema))
    files["documents.arrow"] = _file(folder / "documents.arrow")
    parts = (*index.parts, _Part(name, len(ids), files))
    with writing(index.folder / _NAME) as out:
        out.write(msgspec.json.format(msgspec.json.encode(_Table(index.scheme, parts))) + b"\n")
    return Index(index.folder, index.scheme, parts)


def _sorted(
    kind: str, keys: npt.NDArray[np.int64], owner: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[Any]]:
    order = np.lexsort((owner, keys))
    return {kind: keys[order], f"{kind}_of": owner[order].astype(np.int32)}


def _file(path: Path) -> _File:
    with path.open("rb") as stream:
        return _File(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
