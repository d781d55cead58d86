"""The fields of a record that we know: text, id, address, rank and group.

What does *not* live here: finding them in the bytes of a record (each format's own business).
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cleaner.formats.base import RecordBuilder
from cleaner.model import Edit, Finding, Fix, Span

__all__ = ["Fields", "add_document", "host_of"]


class Fields(NamedTuple):
    """Values as the record has them; of any type but the text."""

    text: str
    id: Any = None
    url: Any = None
    rank: Any = None
    group: Any = None


def add_document(
    builder: RecordBuilder,
    number: int,
    raw: bytes,
    ident: str,
    fields: Fields,
    notes: list[Finding] | None = None,
    line: int | None = None,
) -> None:
    """Append a record as a document; `ident` is its name if the record has no usable id."""
    text, given, url, rank, group = fields
    if isinstance(given, str | int) and not isinstance(given, bool) and given != "":
        ident = str(given)
    if not ident.isascii():
        ident = _without_surrogates(ident) or ident
    if not text.isascii() and (repaired := _without_surrogates(text)) is not None:
        notes = [*(notes or ()), _surrogates(ident, text)]
        text = repaired
    host = None
    if isinstance(url, str):
        url = _without_surrogates(url) or url
        host = host_of(url)
    else:
        url = None
    if group is not None:
        host = _without_surrogates(str(group)) or str(group)
    builder.add(
        number, raw, id=ident, text=text, url=url, group=host, rank=_number(rank), notes=notes,
        line=line,
    )  # fmt: skip


def _without_surrogates(text: str) -> str | None:
    """The text with U+FFFD for lone surrogates, code point by code point; None if it has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return None


def _surrogates(ident: str, text: str) -> Finding:
    edits = tuple(
        Edit(Span(at, at + 1), "\ufffd") for at, c in enumerate(text) if "\ud800" <= c <= "\udfff"
    )
    return Finding(
        "encoding.surrogate",
        ident,
        f"{len(edits)} lone surrogates: halves of characters that no encoding can write",
        edits[0].span,
        Fix("replace by U+FFFD", edits),
        {"count": len(edits)},
    )


def host_of(url: str) -> str | None:
    """The host of an address, in lower case."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _number(value: object) -> float | None:
    """A keep-priority: a number, or an ISO date as seconds.

    >>> _number("1970-01-02"), _number("2.5"), _number(10**400), _number("soon")
    (86400.0, 2.5, None, None)
    """
    try:
        if isinstance(value, int | float):
            return float(value)
        if not isinstance(value, str):
            return None
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            return float(value)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
