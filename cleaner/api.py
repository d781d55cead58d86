"""What `import cleaner` offers; the command line does no more than this.

Options have the names of the configuration (`cleaner.config.Config`), with underscores.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from cleaner.config import Config, parse
from cleaner.jobs.finish import Manifest
from cleaner.kernels.patterns.screens import searchable
from cleaner.model import Cleaned, Document, Finding, Language
from cleaner.pipeline import Pipeline
from cleaner.similar import near_duplicates

__all__ = ["check", "clean", "clean_corpus", "detect_language", "near_duplicates", "signatures"]

Profile = Literal["default", "web"]


@lru_cache(maxsize=16)
def _pipeline(
    select: tuple[str, ...] | None, ignore: tuple[str, ...], unsafe_fixes: bool, profile: Profile
) -> Pipeline:
    return Pipeline(
        Config(select=select, ignore=ignore, unsafe_fixes=unsafe_fixes, profile=profile)
    )


def clean(
    text: str,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    unsafe_fixes: bool = False,
    profile: Profile = "default",
) -> Cleaned:
    r"""Clean one text with the passes that need no other document.

    Args:
        text: any text.
        select: prefixes of rules; None for all that are on by default.
        ignore: prefixes of rules that do not run.
        unsafe_fixes: apply probable fixes too.
        profile: "web" for raw text of web pages.

    Returns:
        The text, and every finding, applied or not; spans are positions in the text as given.

    Raises:
        CleanerError: a prefix names no rule.

    >>> clean("Tall tales\n\n\n\nShort ones.", select=["structure"]).text
    'Tall tales\n\nShort ones.'
    """
    import pyarrow as pa

    pipeline = _pipeline(
        None if select is None else tuple(select), tuple(ignore or ()), unsafe_fixes, profile
    )
    document = Document("text", text)
    array = pa.array([searchable(text)], pa.large_string())
    rows = [document]
    outcomes = pipeline.look(array, rows)
    now = outcomes[0].text if 0 in outcomes else text
    array = pa.array([searchable(now)], pa.large_string())
    pipeline.report(array, pipeline.measure(array, every=False), rows, outcomes)
    if 0 not in outcomes:
        return Cleaned(text, ())
    found = sorted(
        outcomes[0].reported, key=lambda one: (one.finding.span or (-1, -1), one.finding.rule)
    )
    return Cleaned(now, tuple(one.finding for one in found))


def check(
    text: str,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    profile: Profile = "default",
) -> list[Finding]:
    """Say what is wrong with one text; see `clean`."""
    return list(clean(text, select=select, ignore=ignore, profile=profile).findings)


def detect_language(texts: Sequence[str]) -> list[Language]:
    """The language of each text, from langdetect's profiles, evaluated exactly.

    >>> detect_language(["The weather was fine when we left the harbour in the morning.", "42"])[1]
    Language(code='und', script='Common', margin=0.0, reliable=False, reason='no-letters')
    """
    from cleaner.passes.language import detect

    return detect([searchable(text) for text in texts])


def signatures(texts: Sequence[str], num_perm: int = 128, seed: int = 1) -> Any:
    """MinHash signatures of the texts' word 5-grams: uint32[n, num_perm].

    Equal to `datasketch.MinHash(num_perm, seed, scheme="affine32")` on the same shingle hashes.
    """
    from cleaner.kernels.duplicates.signatures import signatures as compute

    return compute(texts, num_perm=num_perm, seed=seed)


def clean_corpus(
    source: str | Path | Sequence[str | Path], dest: str | Path, **options: Any
) -> Manifest:
    """Clean a corpus into a folder, as `cleaner clean SOURCE -o DEST` does.

    Args:
        source: a folder, a file, or several.
        dest: the folder to write; it holds the cleaned corpus and `_cleaner/`.
        **options: `jobs`, `resume`, `report`, and every key of the configuration file with
            underscores; sections are dicts: `duplicates={"threshold": 0.9}`.

    Returns:
        The manifest: counts, digests, what was written.

    Raises:
        CleanerError: wrong options, an unreadable source, a folder that cannot be written.
    """
    from cleaner.jobs.clean import clean as run

    own = {name: options.pop(name) for name in ("jobs", "resume", "report") if name in options}
    if own.get("report") is not None:
        own["report"] = str(own["report"])
    table = {name.replace("_", "-"): _plain(value) for name, value in options.items()}
    config = parse(table, "clean_corpus")
    sources = [source] if isinstance(source, str | Path) else list(source)
    return run([str(one) for one in sources], str(dest), config, **own)


def _plain(value: Any) -> Any:
    """Option values as a configuration file would spell them."""
    if isinstance(value, dict):
        return {name.replace("_", "-"): _plain(one) for name, one in value.items()}
    return msgspec.to_builtins(value)
