"""The files of an index.

A folder with `index.json` and numbered segments of NumPy and Arrow files, which are memory-mapped.
Adding documents adds a segment and rewrites `index.json`, last: an index is never half written,
and nothing is rebuilt; of many small segments, the newest become one. No pickle is read or written.
What does *not* live here: adding to it (`adding`), looking something up (`search`).

A segment of n documents holds, as arrays sorted for binary search, each key with its document:
`digests` (int64[n, 2]), `bands`, `prints`; and `shingles` (uint64, 8 bytes for each distinct
5-gram, by far the largest) with `starts`.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.bands import Bands, band_keys
from cleaner.kernels.duplicates.digests import digests
from cleaner.kernels.duplicates.overlap import shingle_sets
from cleaner.kernels.duplicates.shingles import WORDS
from cleaner.kernels.duplicates.signatures import PERMUTATIONS, SEED, sign
from cleaner.kernels.duplicates.tokenlists import token_lists
from cleaner.kernels.text.texts import Texts
from cleaner.model import CleanerError

__all__ = [
    "NAME",
    "File",
    "Index",
    "Keys",
    "Part",
    "Scheme",
    "Segment",
    "Table",
    "keys_of",
    "open_index",
]

VERSION = 1
TOKENS = "nfkc-lower-words-1"
"""Name of the definition of tokens and of their hashes; a change of either needs another one."""
WINDOW = 46
"""Shingles of which one is a fingerprint: a shared run of 50 tokens is found."""
NAME = "index.json"
_FOLDER = re.compile(r"segment-[0-9]{6,18}")


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


class File(msgspec.Struct, frozen=True):
    """A file of a segment, as it was written."""

    bytes: int
    sha256: str


class Part(msgspec.Struct, frozen=True):
    """A segment."""

    name: str
    documents: int
    files: dict[str, File]


class Table(msgspec.Struct, frozen=True):
    """What `index.json` holds."""

    scheme: Scheme
    segments: tuple[Part, ...] = ()


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
    parts: tuple[Part, ...]

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
    path = folder / NAME
    try:
        table = msgspec.json.decode(path.read_bytes(), type=Table)
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
        if not _FOLDER.fullmatch(part.name):
            raise CleanerError(f"{path}: is damaged ({part.name!r}); make the index again")
        for name, known in part.files.items():
            file = folder / part.name / name
            if not file.is_file() or file.stat().st_size != known.bytes:
                raise CleanerError(f"{file}: missing or cut short; make the index again")
    return Index(folder, table.scheme, table.segments)
