"""What every corpus format reads into and writes from.

A format is one module with `read`, which yields record batches of `records_schema`, and `write`,
which turns a record and its new text back into bytes. What does *not* live here: finding files
(`discover`), cutting (`pipeline`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

from cleaner.model import CleanerError, Finding

__all__ = [
    "BATCH_BYTES",
    "Format",
    "Kind",
    "Piece",
    "ReadOptions",
    "RecordBuilder",
    "UnreadableError",
    "records_schema",
    "shown",
    "too_large",
]

BATCH_BYTES = 4 << 20
"""Text of one batch: large enough to make a call per batch cheap, small enough for the cache."""


class Kind(IntEnum):
    """What a record is."""

    DOCUMENT = 0
    REJECTED = 1
    """Not a document. Without `raw` it could not be held, and its whole file is kept instead."""
    PASSED = 2
    """Not a document and not an error (a blank line in JSONL): written back as it is."""


class UnreadableError(CleanerError):
    """A whole file, or the rest of it from some record on, cannot be read."""

    def __init__(self, error: str, hint: str) -> None:
        super().__init__(f"{error}; {hint}")
        self.error, self.hint = error, hint


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one input file: records that begin in `start <= byte < stop`."""

    path: str
    """Where to open it, as the operating system spells it."""
    name: str
    """What people read, and the place in the output: relative to the source, with slashes."""
    format: str
    start: int = 0
    stop: int = -1
    """-1: to the end."""
    first: int = 1
    """Number of the first record, from 1."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader needs to know."""

    text_field: str = "text"
    id_field: str = "id"
    rank_field: str | None = None
    """A field whose number, or date, becomes the keep-priority."""
    group_field: str | None = None
    max_record_bytes: int = 32 << 20
    path: str = ""
    """The file that a record is from, for a format whose records make sense below a header only."""
    bare: bool = False
    """Nobody looks at texts: a reader may leave them out, and say how many characters they have.

    Only of documents that are written back byte for byte if nothing changes their text.
    """
    annotations: tuple[tuple[str, str], ...] = ()
    """Names and kinds of the values that are added to each record; see `annotation`."""


def too_large(size: int | None, options: ReadOptions) -> tuple[str, str]:
    """Error and hint for a record above the limit; its size may be unknown."""
    limit = options.max_record_bytes >> 20
    error = f"{size} bytes are" if size is not None else "holds"
    return (
        f"{error} more than the limit of {limit} MB for one document",
        "split it, or raise max-record-bytes",
    )


class Format(Protocol):
    """One module of this folder."""

    suffixes: tuple[str, ...]

    def read(self, piece: Piece, options: ReadOptions) -> Iterator[Any]:
        """Yield record batches; the good ones before damage come before `UnreadableError`."""
        ...

    def rewrite(self, raw: bytes, old: str, new: str, options: ReadOptions) -> bytes:
        """The record's bytes with the new text in place of the old; the rest stays as it was."""
        ...

    def undo(self, raw: bytes, old: str, new: str, options: ReadOptions) -> dict[str, Any]:
        """What `restore` needs besides the changes of the text; JSON values and bytes."""
        ...

    def restore(
        self, out: bytes, notes: dict[str, Any], revert: Callable[[str], str], options: ReadOptions
    ) -> bytes:
        """The record's original bytes, from what `rewrite` made; `revert` undoes the changes."""
        ...

    def positions(
        self, raw: bytes, text: str, offsets: Sequence[int], options: ReadOptions
    ) -> list[tuple[int, int]]:
        """Where characters of the text stand in the user's file; `offsets` are sorted.

        Returns:
            The line relative to the record's first (1 is that line) and the column, from 1.
        """
        ...


def shown(name: str) -> str:
    r"""A name that any encoding can write: bytes that are no UTF-8 become `\xNN`.

    >>> shown("caf\udce9.txt"), shown("half a character: \ud83d")
    ('caf\\xe9.txt', 'half a character: ?')
    """
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace").decode()


def records_schema() -> Any:
    """Columns of what a reader yields."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("kind", pa.int8(), nullable=False),
            pa.field("record", pa.int64(), nullable=False),
            pa.field("line", pa.int64(), nullable=False),  # of the file, where it begins
            pa.field("id", pa.large_string(), nullable=False),
            pa.field("text", pa.large_string(), nullable=False),
            pa.field("url", pa.large_string()),
            pa.field("group", pa.large_string()),
            pa.field("rank", pa.float64()),
            pa.field("raw", pa.large_binary(), nullable=False),
            pa.field("notes", pa.large_binary()),
            pa.field("error", pa.large_string()),
            pa.field("hint", pa.large_string()),
            pa.field("characters", pa.int64()),  # of a text that was left out
        ]
    )


@dataclass(slots=True)
class RecordBuilder:
    """Collects records until a batch is full."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    size: int = 0

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Start an empty batch."""
        names = ("kind", "record", "line", "id", "text", "url", "group", "rank", "raw", "notes")
        self.columns = {name: [] for name in (*names, "error", "hint")}
        self.size = 0

    @property
    def full(self) -> bool:
        """Whether it is time to `take`."""
        return self.size >= BATCH_BYTES

    def add(
        self,
        record: int,
        raw: bytes,
        *,
        text: str = "",
        id: str = "",  # noqa: A002 -- the field's name everywhere
        kind: Kind = Kind.DOCUMENT,
        url: str | None = None,
        group: str | None = None,
        rank: float | None = None,
        notes: list[Finding] | None = None,
        error: str | None = None,
        hint: str | None = None,
        line: int | None = None,
    ) -> None:
        """Append one record; its line is its number unless something else is said.

        Lone surrogates in `text` must have been replaced by the caller.
        """
        import msgspec

        if not id.isascii():
            id = shown(id)  # noqa: A001 -- the field's name everywhere
        columns = self.columns
        columns["kind"].append(int(kind))
        columns["record"].append(record)
        columns["line"].append(record if line is None else line)
        columns["id"].append(id)
        columns["text"].append(text)
        columns["url"].append(url)
        columns["group"].append(group)
        columns["rank"].append(rank)
        columns["raw"].append(raw)
        columns["notes"].append(msgspec.json.encode(notes) if notes else None)
        columns["error"].append(error)
        columns["hint"].append(hint)
        self.size += len(raw) + len(text)

    def reject(
        self,
        record: int,
        raw: bytes,
        id: str,  # noqa: A002 -- the field's name everywhere
        error: str,
        hint: str,
        line: int | None = None,
    ) -> None:
        """Append a record that cannot be read."""
        self.add(record, raw, id=id, kind=Kind.REJECTED, error=error, hint=hint, line=line)

    def take(self) -> Any:
        """The batch so far; the builder is empty afterwards."""
        import pyarrow as pa

        schema = records_schema()
        count = len(self)
        arrays = [
            pa.array(self.columns[f.name], f.type)
            if f.name in self.columns
            else pa.nulls(count, f.type)
            for f in schema
        ]
        self.clear()
        return pa.record_batch(arrays, schema=schema)

    def __len__(self) -> int:
        return len(self.columns["kind"])
