"""Texts as the kernels read them: one buffer of UTF-8 and where each text begins."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "Cells",
    "Texts",
    "as_texts",
    "count_characters",
    "from_arrow",
    "replaced",
    "texts_of",
]


class Texts(NamedTuple):
    """n texts.

    Attributes:
        data: uint8[m], read-only.
        offsets: int64[n + 1], read-only; text i is `data[offsets[i]:offsets[i + 1]]`.
    """

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def text(self, row: int) -> str:
        """One of the texts as a string."""
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode()


class Cells:
    """Single cells of a column of large strings or bytes, a null as an empty one.

    An Arrow scalar for each takes ten times as long. The column's memory lives as long as this.
    """

    __slots__ = ("_at", "_data")

    def __init__(self, column: Any) -> None:
        _, where, content = column.buffers()
        offsets = np.frombuffer(where or bytes(8), np.int64)
        self._at = offsets[column.offset : column.offset + len(column) + 1].tolist()
        self._data = memoryview(content or b"")

    def data(self, row: int) -> bytes:
        """A cell as bytes."""
        return bytes(self._data[self._at[row] : self._at[row + 1]])

    def text(self, row: int) -> str:
        """A cell as a string."""
        return str(self._data[self._at[row] : self._at[row + 1]], "utf-8")

    def holds(self, row: int, mark: re.Pattern[bytes]) -> bool:
        """Whether something occurs in a cell."""
        return mark.search(self._data, self._at[row], self._at[row + 1]) is not None

    def run(self, low: int, high: int) -> memoryview:
        """The bytes of neighbouring cells, not copied; without nulls, one behind the other."""
        return self._data[self._at[low] : self._at[high]]


def from_arrow(texts: Any) -> Texts:
    """The buffers of a `pa.LargeStringArray` without nulls, not copied."""
    _, where, content = texts.buffers()
    offsets = np.zeros(1, np.int64)
    if len(texts):
        offsets = np.frombuffer(where, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return _frozen(np.frombuffer(content or b"", np.uint8), offsets)


def count_characters(texts: Any) -> int:
    """Code points of all texts of a `pa.LargeStringArray` without nulls.

    Every byte but those that continue a character, 0x80 to 0xBF, begins one.

    >>> import pyarrow as pa
    >>> count_characters(pa.array(["café", "请"], pa.large_string()))
    5
    """
    data, offsets = from_arrow(texts)
    return int(np.count_nonzero(data[offsets[0] : offsets[-1]].view(np.int8) >= -64))


def replaced(column: Any, rows: Any, values: Any) -> Any:
    """A copy of an Arrow array with other values in some rows.

    Args:
        column: n values of any type.
        rows: numbers of rows, ascending.
        values: an Arrow array of the same type, one for each of them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = np.zeros(len(column), bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), values)


def texts_of(texts: Iterable[str]) -> Texts:
    """Strings; a lone surrogate, which UTF-8 cannot hold, is read as U+FFFD."""
    parts = []
    for text in texts:
        try:
            parts.append(text.encode())
        except UnicodeEncodeError:
            parts.append(
                text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
            )
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return _frozen(np.frombuffer(b"".join(parts), np.uint8), offsets)


def as_texts(texts: Any) -> Texts:
    """Strings, or an Arrow array of them."""
    if hasattr(texts, "combine_chunks"):
        texts = texts.combine_chunks()
    if hasattr(texts, "buffers"):
        import pyarrow as pa

        return from_arrow(texts.cast(pa.large_string()).fill_null(""))
    return texts_of(texts)


def _frozen(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> Texts:
    # numba compiles once for each constness; Arrow's buffers come in both.
    data = data.view()
    offsets = offsets.view()
    data.flags.writeable = offsets.flags.writeable = False
    return Texts(data, offsets)
