"""Reads files so that whatever is wrong with one of them, or with its reader, costs that file."""

from collections.abc import Iterator
from typing import Any

from cleaner.engines import trace
from cleaner.formats.base import Kind, Piece, ReadOptions, UnreadableError
from cleaner.formats.discover import shown
from cleaner.formats.opening import require

__all__ = ["read_file", "unreadable"]


def read_file(form: Any, piece: Piece, options: ReadOptions, number: int) -> Iterator[Any]:
    """What a reader yields; an error in it, or its death in a worker, costs one file.

    Raises:
        UnreadableError: from some place on, or at all.
    """
    key = trace.reading(number)
    if key in trace.poisoned():
        raise UnreadableError(
            "the reader crashed or did not end on this file", "report it; clean the rest without it"
        )
    for library, extra in getattr(form, "needs", ()):
        require(library, extra, f"the format {piece.format}")
    trace.at(key)
    try:
        for batch in form.read(piece, options):
            trace.tick()
            yield batch
            del batch  # before the next is read
            trace.at(key)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:
        raise UnreadableError(
            f"the reader failed: {type(error).__name__}: {error}", "mend the file, or report it"
        ) from error
    finally:
        trace.tick()


def unreadable(schema: Any, piece: Piece, number: int, key: int, error: UnreadableError) -> Any:
    """A row that says that a file, or its rest, could not be read."""
    import pyarrow as pa

    values: dict[str, Any] = {
        "document": key,
        "kind": int(Kind.REJECTED),
        "piece": number,
        "record": 0,
        "line": 1,
        "id": shown(piece.name),
        "text": "",
        "group": "",
        "rank": 0.0,
        "raw": b"",
        "error": error.error,
        "hint": error.hint,
    }
    return pa.record_batch([pa.array([values.get(f.name)], f.type) for f in schema], schema=schema)
