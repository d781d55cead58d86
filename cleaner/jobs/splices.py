"""The bytes of a record that an accepted fix replaces: what it does not mention stays as it is.

`clean` writes records anew, in UTF-8; an edit in place may not. So changes of the text become
changes of the record's own bytes, in its own encoding and spelling. What does *not* live here:
writing files (`jobs.fix`) and patches (`jobs.diff`).
"""

import json
from collections.abc import Callable, Sequence

from cleaner.edits import Change
from cleaner.formats import jsontext
from cleaner.formats.base import ReadOptions
from cleaner.formats.decoding import UndecodableError, decode
from cleaner.formats.jsonspans import literal
from cleaner.model import Span

__all__ = ["FORMATS", "NotInPlaceError", "Splice", "apply", "splices"]

Splice = tuple[int, int, bytes]
"""Half-open range of bytes of a record, and what stands there instead."""

_CLEAN = "`cleaner clean` writes a cleaned copy"


class NotInPlaceError(Exception):
    """Why a record cannot be edited in place, as a clause."""


def splices(
    form: str,
    raw: bytes,
    text: str,
    changes: Sequence[Change],
    options: ReadOptions,
    *,
    surrogates: bool = False,
) -> list[Splice]:
    """Sorted splices of a record, none of which overlap.

    Args:
        form: the record's format.
        raw: its bytes.
        text: its text before the changes.
        changes: of the text.
        options: which the record was read with.
        surrogates: whether escapes of lone surrogates become U+FFFD.

    Raises:
        NotInPlaceError: the format, or the record's encoding, does not allow it.
    """
    if form not in FORMATS:
        raise NotInPlaceError(f"{form} files are not edited in place; {_CLEAN}")
    return FORMATS[form](raw, text, changes, options, surrogates)


def apply(raw: bytes, found: Sequence[Splice]) -> bytes:
    """The record after its splices."""
    parts: list[bytes] = []
    at = 0
    for start, end, new in found:
        parts += (raw[at:start], new)
        at = end
    return b"".join((*parts, raw[at:]))


def _text(
    raw: bytes, text: str, changes: Sequence[Change], options: ReadOptions, surrogates: bool
) -> list[Splice]:
    """In the file's own encoding, behind its own byte order mark."""
    del options, surrogates
    try:
        decoded = decode(raw)
    except UndecodableError as error:
        raise NotInPlaceError(f"{error.error}; {error.hint}") from error
    if not decoded.exact or decoded.text != text:
        raise NotInPlaceError(f"its bytes are no valid {decoded.encoding}; {_CLEAN}")
    done: list[Splice] = []
    at, place = len(decoded.bom), 0
    for change in changes:
        start, end = change.span
        at += len(text[place:start].encode(decoded.encoding))
        stop = at + len(text[start:end].encode(decoded.encoding))
        try:
            new = change.replacement.encode(decoded.encoding)
        except UnicodeEncodeError as error:
            raise NotInPlaceError(
                f"{decoded.encoding} cannot write {error.object[error.start]!a}; {_CLEAN}"
            ) from error
        done.append((at, stop, new))
        at, place = stop, end
    # An encoding with shift sequences does not encode a part of a text to a part of its bytes.
    new_text = "".join(_pieces(text, changes))
    if apply(raw, done) != decoded.bom + new_text.encode(decoded.encoding):
        raise NotInPlaceError(f"{decoded.encoding} has shift sequences; {_CLEAN}")
    return done


def _pieces(text: str, changes: Sequence[Change]) -> list[str]:
    parts: list[str] = []
    at = 0
    for change in changes:
        parts += (text[at : change.span.start], change.replacement)
        at = change.span.end
    return [*parts, text[at:]]


def _jsonl(
    raw: bytes, text: str, changes: Sequence[Change], options: ReadOptions, surrogates: bool
) -> list[Splice]:
    r"""Inside of the text's own string literal; `\/` and `\u00e9` elsewhere in it stay so.

    >>> line = rb'{"text": "a\/b \u00e9  c", "n": 1.0}'
    >>> apply(line, _jsonl(line, "a/b é  c", [Change(Span(5, 7), "\n")], ReadOptions(), False))
    b'{"text": "a\\/b \\u00e9\\nc", "n": 1.0}'
    """
    line = raw.decode()
    start, end = literal(raw, options.text_field)
    plain = not raw[start:end].isascii()
    wanted = list(changes)
    if surrogates:
        wanted = sorted([*wanted, *_halves(text, raw[start:end], changes)])
    offsets = sorted({at for change in wanted for at in change.span})
    columns = [column - 1 for _, column in jsontext.positions(raw, text, offsets, options)]
    places = dict(zip(offsets, columns, strict=True))
    done: list[Splice] = []
    at = size = 0
    for change in wanted:
        low, high = (places[offset] for offset in change.span)
        size += len(line[at:low].encode())
        new = json.dumps(change.replacement, ensure_ascii=not plain)[1:-1].encode()
        stop = size + len(line[low:high].encode())
        done.append((size, stop, new))
        at, size = high, stop
    return done


def _halves(text: str, spelled_so: bytes, changes: Sequence[Change]) -> list[Change]:
    """Changes that write U+FFFD where half of a character was escaped, and nothing else does."""
    spelled = json.loads(spelled_so)
    taken = {at for change in changes for at in range(*change.span)}
    return [
        Change(Span(at, at + 1), "\ufffd")
        for at, character in enumerate(text)
        if character == "\ufffd" and spelled[at] != character and at not in taken
    ]


FORMATS: dict[str, Callable[[bytes, str, Sequence[Change], ReadOptions, bool], list[Splice]]] = {
    "text": _text,
    "jsonl": _jsonl,
}
"""The formats whose files can be edited in place."""
