"""What changed since an older `report.json`.

What does *not* live here: the shape of the file (`schema`).
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cleaner.audit import schema
from cleaner.model import CleanerError

__all__ = ["compare", "load"]

_COUNTS = ("documents_in", "kept", "removed", "rejected", "edited", "emptied", "with_findings")


def load(path: Path) -> schema.Report:
    """Read an older report.

    Raises:
        CleanerError: it cannot be read, is no report, or one of another version.
    """
    try:
        report = msgspec.json.decode(path.read_bytes(), type=schema.Report)
    except OSError as error:
        raise CleanerError(
            f"{path}: {error.strerror or error}; name a report.json of an earlier audit"
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CleanerError(
            f"{path}: is no report of an audit ({error}); name a report.json"
        ) from error
    if report.version != schema.VERSION:
        raise CleanerError(
            f"{path}: is of version {report.version}, this tool reads {schema.VERSION}; "
            "make the older report again"
        )
    return report


def compare(now: schema.Report, before: schema.Report) -> schema.Comparison:
    """Every number that differs, by size of the difference in shares, then by name."""
    old, new = before.counts, now.counts
    counts = [
        _change(name, getattr(old, name), getattr(new, name), old.documents_in, new.documents_in)
        for name in _COUNTS
    ]
    counts += [
        _change("characters in", before.characters.in_, now.characters.in_),
        _change("characters out", before.characters.out, now.characters.out),
    ]
    return schema.Comparison(
        corpus=before.corpus.name,
        cleaner=before.provenance.cleaner,
        config_changed=before.provenance.config_digest != now.provenance.config_digest,
        corpus_changed=before.corpus.digest != now.corpus.digest,
        counts=[one for one in counts if one.before != one.after],
        rules=_table(
            {one.name: one.documents for one in before.rules},
            {one.name: one.documents for one in now.rules},
            old.documents_in,
            new.documents_in,
        ),
        languages=_table(
            _languages(before), _languages(now), _of(before.language), _of(now.language)
        ),
        signals=_table(
            {one.name: one.p50 for one in before.text.signals},
            {one.name: one.p50 for one in now.text.signals},
        ),
    )


def _languages(report: schema.Report) -> dict[str, float]:
    if report.language is None:
        return {}
    return {one.name: one.documents for one in report.language.languages}


def _of(language: schema.Language | None) -> int:
    return language.documents if language else 0


def _change(
    name: str, before: float, after: float, of_before: float = 0, of_after: float = 0
) -> schema.Change:
    return schema.Change(
        name=name.replace("_", " ") if name != "documents_in" else "documents in",
        before=before,
        after=after,
        share_before=round(before / of_before, 6) if of_before else None,
        share_after=round(after / of_after, 6) if of_after else None,
    )


def _table(
    before: Mapping[str, float], after: Mapping[str, float], of_before: int = 0, of_after: int = 0
) -> list[schema.Change]:
    rows = [
        schema.Change(
            name=name,
            before=before.get(name, 0),
            after=after.get(name, 0),
            share_before=round(before.get(name, 0) / of_before, 6) if of_before else None,
            share_after=round(after.get(name, 0) / of_after, 6) if of_after else None,
        )
        for name in sorted(before.keys() | after.keys())
        if before.get(name, 0) != after.get(name, 0)
    ]

    def weight(one: schema.Change) -> tuple[float, str]:
        if one.share_before is None or one.share_after is None:
            return (-abs(one.after - one.before), one.name)
        return (-abs(one.share_after - one.share_before), one.name)

    return sorted(rows, key=weight)
