"""The rows that travel between the kernels of the pass, and small ways to read and write them.

Keys are signed 64-bit everywhere, as Spark has no others. What does *not* live here: what is done
with the rows (`sketch`, `candidates`, `recheck`, `stars`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "BANDS",
    "PRINTS",
    "TALLY",
    "Columns",
    "among",
    "asked_schema",
    "bands_schema",
    "batch",
    "classes_schema",
    "columns",
    "compared_schema",
    "edges_schema",
    "keys_schema",
    "narrowed",
    "others_schema",
    "pairs_schema",
    "passages_schema",
    "prints_schema",
    "shared_schema",
    "sketch_schema",
    "stars_schema",
    "take",
    "tally_schema",
    "texts_schema",
    "told_schema",
    "wanted_schema",
]

TALLY = "duplicates-tally"
"""Name of the checkpoint of `tally_schema`, for whoever shows how similar candidates were."""

BANDS, PRINTS = 1, 2
"""Why a pair is compared: a band in common, or enough fingerprints."""

Columns = dict[str, Any]
"""Arrays by name: NumPy for numbers, Arrow for strings and bytes."""


def _schema(**kinds: str) -> Any:
    import pyarrow as pa

    types = {
        "int": pa.int64(),
        "float": pa.float64(),
        "text": pa.large_string(),
        "bytes": pa.large_binary(),
    }
    return pa.schema([pa.field(name, types[kind], nullable=False) for name, kind in kinds.items()])


def _part(schema: Any, *names: str) -> Any:
    import pyarrow as pa

    return pa.schema([schema.field(name) for name in names])


def sketch_schema() -> Any:
    """A row for each document.

    `key` and `sequence` hash its tokens in order, `digest` and `check` its bytes; where there is
    no shingle, `key` hashes the bytes too. `tokens` counts. `bands` holds int64 band keys and then
    the two numbers of the thumbprint; it is empty where there is no shingle. `prints` holds the
    int64 fingerprints of passages.
    """
    return _schema(
        document="int",
        id="text",
        rank="float",
        key="int",
        sequence="int",
        digest="int",
        check="int",
        tokens="int",
        bands="bytes",
        prints="bytes",
    )


def classes_schema() -> Any:
    """A row for each document, after equal ones have found each other.

    `twin` is the best document with the same bytes, `star` the best with the same tokens.
    """
    return _schema(
        document="int", id="text", twin="int", twin_id="text", star="int", star_id="text"
    )


def keys_schema() -> Any:
    """Columns of `sketch_schema` that tell which documents are equal."""
    return _part(sketch_schema(), "document", "id", "rank", "key", "sequence", "digest", "check")


def others_schema() -> Any:
    """A row for each document that is no star."""
    return _part(sketch_schema(), "document")


def stars_schema() -> Any:
    """Columns of `sketch_schema` in which documents that are not equal can be compared."""
    return _part(sketch_schema(), "document", "rank", "bands", "prints")


def bands_schema() -> Any:
    """A row for each band of a star."""
    return _schema(key="int", document="int", rank="float", one="int", two="int")


def prints_schema() -> Any:
    """A row for each fingerprint of a star; `size` is how many it has.

    Each of them sets one bit of the 128 of `one` and `two`.
    """
    return _schema(key="int", document="int", size="int", one="int", two="int")


def shared_schema() -> Any:
    """A row for each fingerprint that two stars share; `size` is of the one that has fewer.

    Pairs that share too few of them may be left out.
    """
    return _schema(anchor="int", document="int", size="int")


def passages_schema() -> Any:
    """A row for each pair that shares passages, with exact counts as in `edges_schema`.

    `passages` is JSON: [start, end, start in the anchor, end there, tokens] of each, code points.
    """
    import pyarrow as pa

    return pa.schema([*edges_schema(), *_schema(id="text", passages="bytes")])


def told_schema() -> Any:
    """A row for each passage: the document it is told at, both ids, and the `stars.Passage`."""
    return _schema(
        document="int",
        id="text",
        other="text",
        start="int",
        end="int",
        other_start="int",
        other_end="int",
        tokens="int",
    )


def pairs_schema() -> Any:
    """A row for each candidate pair: `document` may repeat `anchor`, which has priority.

    Where `held` is not 0, it counts pairs of the anchor's bucket that were not compared; `document`
    is then the size of the bucket.
    """
    return _schema(anchor="int", document="int", held="int")


def asked_schema() -> Any:
    """A row for each pair and each reason to compare it; `low` is the smaller key of the two."""
    import pyarrow as pa

    return pa.schema([*_schema(low="int"), *wanted_schema()])


def wanted_schema() -> Any:
    """A row for each pair to compare; `why` has the bits `BANDS` and `PRINTS`.

    With `why` 0 and `document` the `anchor` itself, the row asks for the anchor's own text.
    """
    return _schema(anchor="int", document="int", why="int")


def texts_schema() -> Any:
    """A row for each document of each anchor, the anchor itself included."""
    import pyarrow as pa

    return pa.schema([*wanted_schema(), *_schema(id="text", text="text", rank="float")])


def compared_schema() -> Any:
    """A row for each compared pair: `passages_schema`, and `why` as far as it still matters."""
    import pyarrow as pa

    return pa.schema([*passages_schema(), *_schema(why="int")])


def edges_schema() -> Any:
    """A row for each compared pair, with exact counts.

    `shared` of the `size` shingles of the document and the `anchor_size` of the anchor.
    """
    return _schema(
        anchor="int",
        anchor_id="text",
        anchor_rank="float",
        anchor_size="int",
        document="int",
        document_rank="float",
        size="int",
        shared="int",
    )


def tally_schema() -> Any:
    """How many of the compared pairs have a Jaccard similarity of `hundredths` / 100, cut off."""
    return _schema(hundredths="int", pairs="int")


def columns(batches: Iterator[Any], schema: Any) -> Columns:
    """All rows of an iterator of batches."""
    import pyarrow as pa

    table = pa.Table.from_batches([b.select(schema.names) for b in batches], schema)
    table = table.combine_chunks()
    found: Columns = {}
    for field in schema:
        whole = table.column(field.name)
        array = whole.chunk(0) if whole.num_chunks else pa.array([], field.type)
        plain = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        found[field.name] = array.to_numpy() if plain else array
    return found


def batch(schema: Any, values: Columns) -> Any:
    """One batch from arrays or lists by name."""
    import pyarrow as pa

    return pa.record_batch([pa.array(values[f.name], f.type) for f in schema], schema=schema)


def take(array: Any, rows: npt.NDArray[np.int64] | Sequence[int]) -> Any:
    """Rows of an Arrow array."""
    import pyarrow as pa

    return array.take(pa.array(rows, pa.int64()))


def narrowed(batches: Iterator[Any], schema: Any) -> Iterator[Any]:
    """Kernel: only the columns of a schema."""
    import pyarrow as pa

    for some in batches:
        yield pa.record_batch([some.column(name) for name in schema.names], schema=schema)


def among(keys: npt.NDArray[np.int64], those: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which keys are among some that are sorted: `np.isin` would sort all of them each time."""
    at = np.searchsorted(those, keys)
    found: npt.NDArray[np.bool_] = at < len(those)
    found[found] = those[at[found]] == keys[found]
    return found
