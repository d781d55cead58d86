"""The line model as arrays: load it, check it, score lines with it.

One `.npz` file without pickle, at most 1 MB: tables of characters, hashes of function words, the
weights of hashed words, two stages of boosted trees, and a JSON header with where it all comes
from. `benchmarks/train_line_model.py` writes it. What does *not* live here: which lines are cut
(`decode`), and training.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from cleaner.kernels.webtext.context import context, score_context
from cleaner.kernels.webtext.features import scan_lines, score_words
from cleaner.kernels.webtext.trees import predict
from cleaner.model import CleanerError
from cleaner.passes.webtext.features import NAMES, SECOND

__all__ = [
    "SCALE",
    "STEP",
    "WHOLE",
    "LineModel",
    "Lines",
    "Trees",
    "as_codes",
    "dump",
    "load",
    "shipped",
]

Array = npt.NDArray[Any]

_CODE_POINTS = 0x110000
_TREES = ("nodes", "thresholds", "values", "roots")
SCALE = 1024
"""Trees add up log-odds times this, as integers."""
WHOLE = 1 << 16
"""Chances are integers, parts of this."""
STEP = SCALE // 32
"""Distance of margins in the table of chances: the logistic function, as no machine computes it."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as flat arrays; see `kernels.webtext.trees.predict`."""

    nodes: Array
    thresholds: Array
    values: Array
    roots: Array

    def score(self, features: Array) -> Array:
        """int32[n], log-odds times `SCALE`; positive for text."""
        out: Array = predict(features, self.nodes, self.thresholds, self.values, self.roots)
        return out


@dataclass(frozen=True, slots=True)
class Lines:
    """A text cut into lines that are not blank; see `kernels.webtext.features.scan_lines`."""

    spans: Array
    counts: Array
    hashes: Array
    tokens: Array
    offsets: Array
    words: Array

    def __len__(self) -> int:
        return len(self.spans)


@dataclass(frozen=True, slots=True)
class LineModel:
    """What the trained model knows."""

    classes: Array
    lower: Array
    stops: Array
    weights: Array
    chances: Array
    first: Trees
    second: Trees
    header: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """First characters of the SHA-256 of the arrays: which model it was."""
        return str(self.header["digest"])[:12]

    @property
    def bits(self) -> int:
        """Of the hashes of words."""
        return len(self.weights).bit_length() - 1

    def bins(self, margins: Array) -> Array:
        """Where margins stand in the table of chances."""
        half = len(self.chances) // 2
        out: Array = np.clip(margins // STEP + half, 0, 2 * half)
        return out

    def margin_of(self, chance: float) -> int:
        """The smallest margin (a multiple of `STEP`) whose chance of being text is as great."""
        at = int(np.searchsorted(self.chances, chance * WHOLE))
        return (at - len(self.chances) // 2) * STEP

    def chance_of(self, margin: float) -> float:
        """The chance of being text, by the table."""
        return float(self.chances[self.bins(np.array([int(margin)]))[0]] / WHOLE)

    def scan(self, text: str) -> Lines:
        """Cut a text into lines and count what is in them; any text will do."""
        spans, counts, hashes, tokens, offsets = scan_lines(
            as_codes(text), self.classes, self.lower, self.stops
        )
        words = score_words(tokens, offsets, self.weights, self.bits)
        return Lines(spans, counts, hashes, tokens, offsets, words)

    def features(self, lines: Lines, rows: Array) -> Array:
        """float32[n, len(NAMES)], of the lines that are still there (int64[n], ascending)."""
        out: Array = context(
            rows, lines.counts, lines.words, lines.hashes, lines.tokens, lines.offsets, len(NAMES)
        )
        return out

    def score(self, lines: Lines, rows: Array) -> tuple[Array, Array]:
        """Score the lines that are still there.

        Returns:
            int32[n], log-odds times `SCALE`, positive for text; and the features behind it,
            float32[n, len(NAMES) + len(SECOND)].
        """
        one = self.features(lines, rows)
        two = score_context(rows, lines.counts, self.first.score(one), len(SECOND))
        both = np.concatenate((one, two), axis=1)
        return self.second.score(both), both


def as_codes(text: str) -> Array:
    """Code points, uint32[c]; lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def _digest(arrays: Mapping[str, Array]) -> str:
    """SHA-256 over names, types, shapes and little-endian bytes of all arrays but the header."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        if name != "header":
            array = np.ascontiguousarray(arrays[name])
            total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            total.update(array.tobytes())
    return total.hexdigest()


def dump(arrays: Mapping[str, Array], header: Mapping[str, Any]) -> bytes:
    """A model file: the arrays and a header that gets their digest. Deterministic."""
    text = json.dumps({**header, "digest": _digest(arrays)}, indent=1, sort_keys=True)
    stream = BytesIO()
    named: dict[str, Any] = {name: arrays[name] for name in sorted(arrays)}
    np.savez_compressed(stream, header=np.frombuffer(text.encode(), np.uint8), **named)
    return stream.getvalue()


def load(data: bytes) -> LineModel:
    """Read a model file and check it against its digest.

    Raises:
        CleanerError: the file is damaged or was made for other features.
    """
    try:
        with np.load(BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(arrays["header"].tobytes())
        digest, shape = header["digest"], (header["features"], header["second"])
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise CleanerError(f"the line model cannot be read: {error}; reinstall cleaner") from error
    if digest != _digest(arrays):
        raise CleanerError("the line model does not fit its digest; reinstall cleaner")
    if shape != (len(NAMES), len(SECOND)):
        wanted = (len(NAMES), len(SECOND))
        raise CleanerError(f"the line model has {shape} features, expected {wanted}; train again")
    return _assemble(arrays, header)


def _assemble(arrays: Mapping[str, Array], header: Mapping[str, Any]) -> LineModel:
    lower = np.arange(_CODE_POINTS, dtype=np.uint32)
    lower[arrays["lower_from"]] = arrays["lower_to"]
    ends: Array = np.append(arrays["class_starts"][1:], np.int64(_CODE_POINTS))
    return LineModel(
        classes=np.repeat(arrays["class_kinds"], ends - arrays["class_starts"]),
        lower=lower,
        stops=arrays["stops"],
        weights=arrays["weights"],
        chances=arrays["chances"],
        first=Trees(*(arrays[f"first_{part}"] for part in _TREES)),
        second=Trees(*(arrays[f"second_{part}"] for part in _TREES)),
        header=header,
    )


@lru_cache(maxsize=1)
def shipped() -> LineModel:
    """The model that comes with the package, read once per process."""
    return load((files("cleaner.passes.webtext") / "line-model.npz").read_bytes())
