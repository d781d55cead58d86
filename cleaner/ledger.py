"""The ledger: for every record that did not stay as it was, all that is needed to bring it back.

One JSON object a line, in order of files and records, readable with a pager:

* `{"path", "record", "id", "action": "edited", "changes": [[start, removed, replacement, rules]],
  "undo": {…}}` — positions are code points of the original text; `undo` is the format's own
* `{"path", "record", "id", "action": "annotated", "annotation": {"at", "length", "old"}}` — values
  were added to a record; an edited one may have an `annotation` too
* `{"path", "record", "id", "action": "removed", "rule", "raw"}` — a dropped document
* `{"path", "record", "id", "action": "rejected", "error", "raw"}` — a record that is no document
* `{"path", "action": "file", "records", "original"}` — once a file, last; `original` names a copy
  kept whole where its bytes do not follow from its records

`raw` and other bytes are `{"utf8": text}` or, for bytes that are no UTF-8, `{"latin1": text}`, so
that every removed character can be searched for. What does *not* live here: writing the corpus.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from cleaner.edits import invert

__all__ = [
    "FILE",
    "LEDGER",
    "decode_bytes",
    "encode_bytes",
    "entries",
    "entry",
    "lines",
    "unchanged_text",
]

LEDGER = "ledger.jsonl"
FILE = "file"


def encode_bytes(data: bytes) -> dict[str, str]:
    r"""Bytes as a JSON object that people can read.

    >>> encode_bytes(b"caf\xe9"), encode_bytes("café".encode())
    ({'latin1': 'café'}, {'utf8': 'café'})
    """
    try:
        return {"utf8": data.decode()}
    except UnicodeDecodeError:
        return {"latin1": data.decode("latin-1")}


def decode_bytes(value: dict[str, str]) -> bytes:
    """The bytes that `encode_bytes` wrote."""
    if "utf8" in value:
        return value["utf8"].encode()
    return value["latin1"].encode("latin-1")


def entry(path: str, record: int, ident: str, action: str, **more: Any) -> dict[str, Any]:
    """One entry of the ledger; bytes among the values are encoded."""
    values = {name: _plain(value) for name, value in more.items()}
    return {"path": path, "record": record, "id": ident, "action": action, **values}


lines: Callable[[Sequence[dict[str, Any]]], bytes] = msgspec.json.Encoder().encode_lines
"""Entries as lines of the ledger, each with its line feed."""


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return encode_bytes(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def entries(encoded: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Parse the lines of a ledger."""
    decoder = msgspec.json.Decoder()
    for line in encoded:
        yield decoder.decode(line)


def unchanged_text(entry: dict[str, Any], text: str) -> str:
    """The original text of an edited record, from the cleaned one.

    Raises:
        ValueError: the cleaned text is not the one that the ledger speaks about.
    """
    return invert(text, entry["changes"])


def undo_notes(entry: dict[str, Any]) -> dict[str, Any]:
    """The format's notes of an edited record, with bytes as bytes."""
    notes = dict(entry.get("undo") or {})
    for key, value in notes.items():
        if isinstance(value, dict) and set(value) <= {"utf8", "latin1"}:
            notes[key] = decode_bytes(value)
    return notes
