"""Counts one partition of looked-at rows; runs in workers, imports nothing that draws.

What does *not* live here: the value that is counted into (`numbers`), what comes of it (`report`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from cleaner.audit import bins, characters, lines
from cleaner.audit.numbers import EXAMPLES, Numbers, Quote, Sample, Shown
from cleaner.audit.pairs import PAIR, count_duplicate
from cleaner.audit.touched import MESSAGE, Touched, example, file_of, show, touched
from cleaner.engines import trace
from cleaner.engines.local import read_part
from cleaner.formats.base import Kind

__all__ = ["fetch", "measure"]

QUOTED = 280
"""Characters of a quotation."""
_LINES_AT_ONCE = 8 << 20
"""Bytes of text whose lines are counted together, which takes five times as much memory."""


def measure(part: Any, shard: Any, config_json: bytes) -> Numbers:
    """Count everything in one partition.

    Args:
        part: rows of `jobs.look.looked_schema`, as `engines.local.read_part` takes them.
        shard: the `jobs.plan.Shard` that the rows come from, for the names of files.
        config_json: the `Config`; nothing of it changes what is counted today.
    """
    del config_json
    numbers = Numbers()
    hasher = hashlib.sha256()
    texts: list[Any] = []
    size = 0
    for batch in read_part(part):
        _batch(numbers, batch, shard, hasher)
        kept = _kept(batch)
        texts.append(kept)
        size += kept.nbytes
        if size > _LINES_AT_ONCE:
            numbers.lines.update(_count_lines(texts))
            texts, size = [], 0
        trace.tick()
    numbers.lines.update(_count_lines(texts))
    numbers.lines = lines.most_frequent(numbers.lines)
    numbers.digests = [(shard.number, hasher.digest())]
    return numbers


def fetch(part: Any, idents: Iterable[str], wanted: Iterable[str]) -> tuple[Any, Any]:
    """Second look at a partition, for what only the whole corpus tells is of interest.

    Args:
        part: as for `measure`.
        idents: ids of documents whose text is asked for.
        wanted: lines to count.

    Returns:
        `{id: text}` of the documents that are here (the first of that id, its beginning), and in
        how many kept documents each line stands.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    order = list(wanted)
    chosen = pa.array(sorted(set(idents)), pa.large_string())
    texts: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for batch in read_part(part):
        here = pc.is_in(batch.column("id"), chosen).to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(here).tolist():
            ident = batch.column("id")[row].as_py()
            if batch.column("kind")[row].as_py() == Kind.DOCUMENT:
                texts.setdefault(ident, batch.column("text")[row].as_py()[:PAIR])
        counts.update(lines.count_exactly(_kept(batch), order))
        trace.tick()
    return texts, counts


def _kept(batch: Any) -> Any:
    """The texts of the documents that stay."""
    import pyarrow.compute as pc

    texts = batch.column("text")
    stays = (batch.column("kind").to_numpy() == Kind.DOCUMENT) & _null(batch.column("dropped"))
    if stays.all():
        return texts
    import pyarrow as pa

    return pc.filter(texts, pa.array(stays))


def _null(column: Any) -> Any:
    return column.is_null().to_numpy(zero_copy_only=False)


def _count_lines(texts: list[Any]) -> Counter[str]:
    import pyarrow as pa

    if not texts:
        return Counter()
    return lines.count_lines(pa.concat_arrays(texts))


def _batch(numbers: Numbers, batch: Any, shard: Any, hasher: Any) -> None:
    """One record batch."""
    import pyarrow.compute as pc

    kind = batch.column("kind").to_numpy()
    is_document = kind == Kind.DOCUMENT
    dropped = ~_null(batch.column("dropped"))
    kept = is_document & ~dropped
    _digest(hasher, batch.column("raw"))
    rejected = np.flatnonzero(kind == Kind.REJECTED)
    numbers.documents.update(
        documents_in=int(is_document.sum()) + len(rejected),
        kept=int(kept.sum()),
        removed=int((is_document & dropped).sum()),
        rejected=len(rejected),
    )
    for row in rejected.tolist():
        _reject(numbers, batch, row, shard)
    after = pc.utf8_length(batch.column("text")).to_numpy(zero_copy_only=False).astype(np.int64)
    before = after.copy()
    cut = np.zeros(len(after))
    changed = ~_null(batch.column("changes"))
    found = ~_null(batch.column("findings"))
    language = batch.schema.get_field_index("language")
    for row in np.flatnonzero(is_document & (changed | found | dropped)).tolist():
        one = touched(batch, row, shard, language)
        removed, written = _changes(numbers, one)
        before[row] += removed - written
        cut[row] = removed / max(1, before[row])
        if changed[row] and not one.text.strip() and kept[row]:
            numbers.documents["emptied"] += 1
        _findings(numbers, one)
        _drop(numbers, one)
        _show(numbers, one, float(cut[row]), int(before[row]))
    numbers.documents.update(
        edited=int((kept & changed).sum()), with_findings=int((is_document & found).sum())
    )
    numbers.characters.update({"in": int(before[is_document].sum()), "out": int(after[kept].sum())})
    _random(numbers, batch, np.flatnonzero(is_document), shard, language)
    tallies = numbers.histograms
    tallies["length_before"] += bins.LENGTH.count(before[is_document])
    tallies["length_after"] += bins.LENGTH.count(after[kept])
    tallies["cut"] += bins.CUT.count(cut[kept])
    _characters(numbers, _kept(batch))
    _measures(numbers, batch, kept)


def _digest(hasher: Any, raws: Any) -> None:
    """Feed the records' bytes, all of them in one piece."""
    offsets = np.frombuffer(raws.buffers()[1], np.int64)[raws.offset : raws.offset + len(raws) + 1]
    if len(raws) and raws.buffers()[2] is not None:
        hasher.update(memoryview(raws.buffers()[2])[int(offsets[0]) : int(offsets[-1])])


def _reject(numbers: Numbers, batch: Any, row: int, shard: Any) -> None:
    names = ("document", "id", "record", "error", "hint")
    key, ident, record, error, hint = (batch.column(name)[row].as_py() for name in names)
    place = file_of(shard, batch, row)
    if record:
        place = f"{place}:{record}"
    numbers.rejected.offer(
        key, key, lambda: Quote(place or ident, (hint or "")[:MESSAGE], (error or "")[:MESSAGE])
    )


def _sums(table: dict[str, Counter[str]], name: str) -> Counter[str]:
    return table.setdefault(name, Counter())


def _pass(rule: str) -> str:
    return rule.partition(".")[0]


def _changes(numbers: Numbers, one: Touched) -> tuple[int, int]:
    """Count the changes of a document under the first rule that asked for each."""
    removed = written = 0
    rules, passes = set(), set()
    for _, old, new, names in one.changes:
        removed += len(old)
        written += len(new)
        for rule in names[:1]:
            rules.add(rule)
            passes.add(_pass(rule))
            for sums in (_sums(numbers.rules, rule), _sums(numbers.passes, _pass(rule))):
                sums["removed_characters"] += len(old)
                sums["written_characters"] += len(new)
    if one.dropped is None:
        for rule in rules:
            _sums(numbers.rules, rule)["edited"] += 1
        for name in passes:
            _sums(numbers.passes, name)["edited"] += 1
    return removed, written


def _drop(numbers: Numbers, one: Touched) -> None:
    if one.dropped is None:
        return
    for sums in (_sums(numbers.rules, one.dropped), _sums(numbers.passes, _pass(one.dropped))):
        sums["removed"] += 1
        sums["dropped_characters"] += len(one.text)


def _findings(numbers: Numbers, one: Touched) -> None:
    for found in one.found:
        for sums in (
            _sums(numbers.rules, found.rule),
            _sums(numbers.passes, _pass(found.rule)),
        ):
            sums["findings"] += 1
            sums["applied"] += found.applied
            sums[found.applicability] += 1
        sample = numbers.examples.setdefault(found.rule, Sample(EXAMPLES))
        key = _mix(one.key ^ ((found.span or (0, 0))[0] << 20))
        sample.offer(key, one.key, lambda found=found: example(one, found))  # type: ignore[misc]
        if _pass(found.rule) == "duplicates":
            count_duplicate(numbers, one, found)
    for rule in {found.rule for found in one.found}:
        _sums(numbers.rules, rule)["documents"] += 1
    for name in {_pass(found.rule) for found in one.found}:
        _sums(numbers.passes, name)["documents"] += 1


def _mix(key: int) -> int:
    """Spread keys over all 64 bits (splitmix64): the order of a seeded random sample."""
    mixed = (key + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return mixed ^ (mixed >> 31)


def _show(numbers: Numbers, one: Touched, share: float, before: int) -> None:
    """Offer a document to the sample of those that were changed most."""
    if one.dropped is not None:
        return
    left = sum(not found.applied for found in one.found)
    badness = int(share * 10_000) * 10_000 + min(left, 9_999)
    numbers.worst.offer(-float(badness), one.key, lambda: show(one, before))


def _random(numbers: Numbers, batch: Any, rows: Any, shard: Any, language: int) -> None:
    """Offer every document to the random sample; those in it are told apart by hash alone."""
    keys = batch.column("document").to_numpy()[rows].astype(np.uint64)
    mixed = _mix_all(keys)
    size = numbers.random.size
    best = np.argsort(mixed, kind="stable")[:size]
    numbers.random.offered += len(rows) - len(best)
    for place in best.tolist():
        row = int(rows[place])

        def make(row: int = row) -> Shown:
            one = touched(batch, row, shard, language)
            grown = sum(len(new) - len(old) for _, old, new, _ in one.changes)
            return show(one, len(one.text) - grown)

        numbers.random.offer(float(mixed[place]), int(keys[place]), make)


def _mix_all(keys: Any) -> Any:
    with np.errstate(over="ignore"):
        mixed = keys + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))


def _characters(numbers: Numbers, texts: Any) -> None:
    counted = characters.count(texts)
    shares = counted.symbols
    numbers.histograms["symbols"] += bins.SYMBOLS.count(shares[np.isfinite(shares)])
    for point, found, spread in zip(
        counted.points.tolist(), counted.found.tolist(), counted.texts.tolist(), strict=True
    ):
        before = numbers.unusual.get(point, (0, 0))
        numbers.unusual[point] = (before[0] + found, before[1] + spread)


def _measures(numbers: Numbers, batch: Any, kept: Any) -> None:
    """The columns of the measuring passes: languages and signals."""
    import pyarrow as pa

    names = batch.schema.names
    if not kept.any():
        return
    chosen = batch if kept.all() else batch.filter(pa.array(kept))
    if "language" in names:
        _language(numbers, chosen)
    for name in names[names.index("hint") + 1 :]:
        column = chosen.column(name)
        if name == "script" or name.startswith("language"):
            continue
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            values = column.drop_null().to_numpy(zero_copy_only=False)
            numbers.signals.setdefault(name, bins.Quantiles()).add(values)


def _tally(column: Any) -> Counter[str]:
    counts = column.drop_null().value_counts()
    return Counter({row["values"]: row["counts"] for row in counts.to_pylist()})


def _language(numbers: Numbers, batch: Any) -> None:
    numbers.languages.update(_tally(batch.column("language")))
    numbers.scripts.update(_tally(batch.column("script")))
    numbers.reasons.update(_tally(batch.column("language_reason")))
    margin = batch.column("language_margin").to_numpy(zero_copy_only=False)
    reliable = batch.column("language_reliable").to_numpy(zero_copy_only=False).astype(bool)
    numbers.histograms["margin"] += bins.MARGIN.count(margin)
    numbers.documents["language_uncertain"] += int((~reliable).sum())
    for row in np.flatnonzero(~reliable).tolist():
        key = batch.column("document")[row].as_py()
        numbers.uncertain.offer(_mix(key), key, lambda row=row: _doubt(batch, row))  # type: ignore[misc]


def _doubt(batch: Any, row: int) -> Quote:
    names = ("id", "text", "language", "language_reason", "language_margin")
    ident, text, language, reason, margin = (batch.column(name)[row].as_py() for name in names)
    return Quote(
        ident, text[:QUOTED], f"{language} · {reason or ''}", float(margin or 0), len(text)
    )
