"""The findings of a check as entries of a baseline."""

from typing import Any

from cleaner.baseline import Entry

__all__ = ["entries"]


def entries(result: Any) -> list[Entry]:
    """One entry a finding, in order; equal ones stay apart."""
    return [
        Entry(detail.file, detail.document, one["rule"], detail.fingerprint)
        for one, detail in zip(result.findings, result.details, strict=True)
    ]
