"""Findings already known, so that a check fails on new ones only.

A baseline is a file of JSON lines, sorted: `rule`, `path` (from the working directory), `document`,
`fingerprint`, `count`. Fingerprints hold no line numbers, so findings stay known when text above
them changes; a finding never matches one of another file. What does *not* live here: looking
(`jobs.check`), and what a comment in a document switches off (`pipeline.ignores`).
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleaner.durable import replace_bytes
from cleaner.model import CleanerError

__all__ = ["Baseline", "Entry", "fingerprint", "read"]


def fingerprint(one: dict[str, Any], document: str, text: str, *, named: bool) -> str:
    """Hash of a rule, a document and what was found there, without positions.

    Args:
        one: a row of `findings.jsonl`.
        document: the document's name, without a line number.
        text: the document's text.
        named: whether that name tells the document from all others; if not, and the finding is
            about the document as a whole, its text stands for it.
    """
    if one["span"]:
        start, end = one["span"]
        matched = text[start:end] or text[max(0, start - 20) : start + 20]
    else:
        matched = str(one["evidence"].get("kept", "")) if named else text
    words = " ".join(unicodedata.normalize("NFC", matched).split())
    parts = "\0".join((one["rule"], document, words))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Entry(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """A line of a baseline: this was found in that document so many times."""

    path: str
    document: str
    rule: str
    fingerprint: str
    count: int = 1


@dataclass(slots=True)
class Baseline:
    """The entries of a file."""

    path: Path
    entries: list[Entry]

    def known(self, found: Iterable[Entry]) -> list[bool]:
        """Which findings are known; of equal ones the first `count`."""
        left = Counter[tuple[str, str, str]]()
        for entry in self.entries:
            left[entry.document, entry.rule, entry.fingerprint] += entry.count
        verdicts = []
        for one in found:
            key = (one.document, one.rule, one.fingerprint)
            verdicts.append(left[key] > 0)
            left[key] -= 1
        return verdicts

    def stale(
        self, found: Iterable[Entry], files: Collection[str], rules: Collection[str]
    ) -> list[Entry]:
        """Entries of which the check found fewer, with the number that is missing.

        Only what the check could have found counts: an entry of a file that was not read stays
        unless the file is gone, and one of a rule that was not looked for stays.
        """
        counts = Counter((one.document, one.rule, one.fingerprint) for one in found)
        missing = []
        for entry in self.entries:
            key = (entry.document, entry.rule, entry.fingerprint)
            here = min(counts[key], entry.count)
            counts[key] -= here
            looked = entry.path in files or not Path(entry.path).exists()
            if here < entry.count and looked and entry.rule in rules:
                missing.append(msgspec.structs.replace(entry, count=entry.count - here))
        return missing

    def without(self, stale: Iterable[Entry]) -> "Baseline":
        """The baseline without its stale entries."""
        gone = {(e.document, e.rule, e.fingerprint): e.count for e in stale}
        kept = []
        for entry in self.entries:
            count = entry.count - gone.get((entry.document, entry.rule, entry.fingerprint), 0)
            if count > 0:
                kept.append(msgspec.structs.replace(entry, count=count))
        return Baseline(self.path, kept)

    def plus(self, new: Iterable[Entry]) -> "Baseline":
        """The baseline with more findings."""
        counts = Counter[tuple[str, str, str, str]]()
        for entry in (*self.entries, *new):
            counts[entry.path, entry.document, entry.rule, entry.fingerprint] += entry.count
        return Baseline(self.path, [Entry(*key, count) for key, count in counts.items()])

    def write(self) -> None:
        """Replace the file, atomically."""
        lines = (msgspec.json.encode(entry) + b"\n" for entry in sorted(self.entries))
        replace_bytes(self.path, b"".join(lines))


def read(path: Path, *, missing: bool = False) -> Baseline:
    """Read a baseline.

    Args:
        path: the file.
        missing: whether a file that does not exist is an empty baseline.

    Raises:
        CleanerError: it cannot be read, or a line is no entry.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        if missing:
            return Baseline(path, [])
        raise CleanerError(
            f"{path}: no such baseline; make one with --update-baseline --add"
        ) from error
    except OSError as error:
        raise CleanerError(f"{path}: {error.strerror or error}; name a baseline file") from error
    entries = []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entries.append(msgspec.json.decode(line, type=Entry))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise CleanerError(
                f"{path}:{number}: is no entry of a baseline: {error}; mend or remove the line"
            ) from error
    return Baseline(path, entries)
