"""From documents to sketches, and the collapse of equal ones.

What does *not* live here: similar ones (`candidates`).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.duplicates.again import repeated
from cleaner.kernels.duplicates.bands import Bands, band_keys, thumbprints
from cleaner.kernels.duplicates.digests import digests
from cleaner.kernels.duplicates.shingles import WORDS
from cleaner.kernels.duplicates.signatures import sign
from cleaner.kernels.text.texts import from_arrow
from cleaner.passes.duplicates.rows import (
    among,
    bands_schema,
    batch,
    classes_schema,
    columns,
    keys_schema,
    narrowed,
    others_schema,
    sketch_schema,
    stars_schema,
    take,
)

__all__ = ["collapse", "explode", "sketch", "stars", "unpack"]

_ROWS = 1 << 16
"""Rows of bands in a batch."""
_SENT = 1 << 17
"""Documents that are left out by every worker; more of them are joined with the sketches."""


def sketch(documents: Any, plan: Bands, window: int) -> Any:
    """Rows of `rows.sketch_schema` from rows of `engines.documents_schema`."""
    texts = from_arrow(documents.column("text"))
    signed = sign(texts, window=window)
    bytes_ = digests(texts)
    short = signed.tokens < WORDS
    packed = np.concatenate(
        [band_keys(signed.signatures, plan), thumbprints(signed.signatures)], axis=1
    )[~short]
    values = {
        "document": documents.column("document"),
        "id": documents.column("id"),
        "rank": documents.column("rank"),
        "key": np.where(short, bytes_[:, 0], signed.sequence[:, 0]),
        "sequence": np.where(short, bytes_[:, 1], signed.sequence[:, 1]),
        "digest": bytes_[:, 0],
        "check": bytes_[:, 1],
        "tokens": signed.tokens,
        "bands": _pack(packed, np.where(short, 0, packed.shape[1])),
        "prints": _pack(signed.prints, signed.counts),
    }
    # A document of blanks is no text: nothing can repeat it, not even another one.
    blank = np.flatnonzero(_blank(documents.column("text"), signed.tokens))
    for name in ("key", "digest"):
        values[name][blank] = documents.column("document").to_numpy()[blank]
        values["sequence" if name == "key" else "check"][blank] = 0
    return batch(sketch_schema(), values)


def _pack(numbers: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> Any:
    """Deal out int64 numbers as bytes, so many to each row."""
    import pyarrow as pa

    ends = np.concatenate([[0], np.cumsum(counts * 8)]).astype(np.int64)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(numbers))]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(counts), buffers)


def unpack(packed: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers and counts again, from an Arrow array of bytes."""
    offsets = np.frombuffer(packed.buffers()[1], np.int64)[packed.offset :][: len(packed) + 1]
    data = packed.buffers()[2]
    if data is None or not len(packed):
        return np.zeros(0, np.int64), np.zeros(len(packed), np.int64)
    numbers = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]].view(np.int64)
    return numbers, np.diff(offsets) // 8


def _blank(texts: Any, tokens: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which texts hold white space only."""
    blank = np.zeros(len(texts), bool)
    for row in np.flatnonzero(tokens == 0).tolist():
        blank[row] = not texts[row].as_py().strip()
    return blank


def collapse(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel over one `key`: documents with equal bytes, or equal tokens, find their best one."""
    rows = columns(batches, keys_schema())
    count = len(rows["document"])
    if not count:
        return
    twin = np.arange(count)
    star = np.arange(count)
    order = repeated(rows["key"])
    if len(order):
        document, rank = rows["document"][order], rows["rank"][order]
        best = np.lexsort((document, -rank, rows["sequence"][order], rows["key"][order]))
        order = order[best]
        star[order] = order[_first(rows["key"][order], rows["sequence"][order])]
        same = [rows[name][order] for name in ("check", "digest", "sequence", "key")]
        best = np.lexsort((rows["document"][order], -rows["rank"][order], *same))
        order = order[best]
        twin[order] = order[_first(*(rows[name][order] for name in ("key", "digest", "check")))]
    yield batch(
        classes_schema(),
        {
            "document": rows["document"],
            "id": rows["id"],
            "twin": rows["document"][twin],
            "twin_id": take(rows["id"], twin),
            "star": rows["document"][star],
            "star_id": take(rows["id"], star),
        },
    )


def stars(engine: Any, sketches: Any, classes: Any) -> Any:
    """Rows of `rows.stars_schema`: the sketches of documents that others may be equal to.

    They are read where they are; only which documents to leave out is sent around.
    """
    others = engine.view(classes, _others, others_schema())
    if engine.count(others) > _SENT:
        left = engine.view(sketches, partial(narrowed, schema=stars_schema()), stars_schema())
        return engine.join(left, others, "document", "anti")
    given = [some.column("document").to_numpy() for some in engine.batches(others)]
    gone = np.sort(np.concatenate([np.zeros(0, np.int64), *given]))
    return engine.view(sketches, partial(_without, gone=gone), stars_schema())


def _others(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: the documents that are no stars."""
    for some in batches:
        document, star = (some.column(name).to_numpy() for name in ("document", "star"))
        yield batch(others_schema(), {"document": document[document != star]})


def _without(batches: Iterator[Any], gone: npt.NDArray[np.int64]) -> Iterator[Any]:
    """Kernel: columns of `rows.stars_schema` of all documents but some, which are sorted."""
    import pyarrow as pa

    for some in narrowed(batches, stars_schema()):
        stays = ~among(some.column("document").to_numpy(), gone)
        yield some if stays.all() else some.filter(pa.array(stays))


def _first(*keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For sorted rows, the position of the first row with the same keys."""
    new = np.ones(len(keys[0]), bool)
    new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    starts = np.flatnonzero(new)
    rows: npt.NDArray[np.int64] = starts[np.cumsum(new) - 1]
    return rows


def explode(batches: Iterator[Any]) -> Iterator[Any]:
    """Kernel: the bands of each star as rows of their own."""
    for some in batches:
        rows = columns(iter([some]), stars_schema())
        packed, counts = unpack(rows["bands"])
        full = np.flatnonzero(counts)
        if not len(full):
            continue
        packed = packed.reshape(len(full), -1)
        bands = packed.shape[1] - 2
        step = max(1, _ROWS // bands)
        for at in range(0, len(full), step):
            part, which = packed[at : at + step], full[at : at + step]
            yield batch(
                bands_schema(),
                {
                    "key": part[:, :bands].ravel(),
                    "document": np.repeat(rows["document"][which], bands),
                    "rank": np.repeat(rows["rank"][which], bands),
                    "one": np.repeat(part[:, bands], bands),
                    "two": np.repeat(part[:, bands + 1], bands),
                },
            )
