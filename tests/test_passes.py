"""What every pass promises, asked of each of them: a new one is under these tests by itself."""

import pickle
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from cleaner.config import Config
from cleaner.engines import documents_schema
from cleaner.engines.local import LocalEngine
from cleaner.model import Document, Finding
from cleaner.passes import build
from cleaner.passes.base import CorpusPass, DocumentPass, MeasuringPass, Pass

PASSES = build(Config(profile="web"))
CASES = Path(__file__).parent / "cases"
HOSTILE = (
    "",
    "\0",
    "\ud800 alone",
    "\u2028\u2029\x85\r",
    "\U0010ffff" * 9,
    "e" + "\u0301" * 999,
    "&" * 999,
    "a" * 9_999,
    "<b>" * 99,
)
SHAPES = (DocumentPass, MeasuringPass, CorpusPass)


def strings(value: object) -> Iterator[str]:
    """All text of a case, whatever its fields are called."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (one for each in value.values() for one in strings(each))
    elif isinstance(value, list):
        yield from (one for each in value for one in strings(each))


def gathered() -> list[str]:
    """The texts of all passes' cases: what one repairs is what another must leave alone."""
    files = sorted(CASES.glob("*.toml"))
    texts = {text for path in files for text in strings(tomllib.loads(path.read_text("utf-8")))}
    return [*HOSTILE, *sorted(text for text in texts if len(text) > 20)]


TEXTS = gathered()


def arrow(texts: Sequence[str]) -> Any:
    return pa.array(
        [re.sub("[\ud800-\udfff]", "\ufffd", text) for text in texts], pa.large_string()
    )


def named(one: Pass) -> str:
    return one.name


def believable(finding: Finding, one: Pass, document: Document) -> None:
    """Whether a finding speaks of its document, by a rule of its pass, within the text."""
    size = len(document.text)
    assert finding.rule in {rule.name for rule in one.rules}
    assert finding.document == document.id
    assert finding.message
    if finding.span is not None:
        assert 0 <= finding.span.start <= finding.span.end <= size
    edits = finding.fix.edits if finding.fix else ()
    assert list(edits) == sorted(edits)
    for edit in edits:
        assert 0 <= edit.span.start <= edit.span.end <= size


@pytest.mark.parametrize("one", [*PASSES], ids=named)
def test_it_has_cases_rules_and_one_shape(one: Pass) -> None:
    assert tomllib.loads((CASES / f"{one.name}.toml").read_text("utf-8"))["case"]
    names = [rule.name for rule in one.rules]
    assert names == sorted(set(names))
    assert all(name.startswith(f"{one.name}.") for name in names)
    assert all(rule.summary and rule.why for rule in one.rules)
    assert sum(isinstance(one, shape) for shape in SHAPES) == 1
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 -- our own; workers are sent it
    assert again.rules == one.rules


@pytest.mark.parametrize("one", PASSES.document, ids=named)
def test_what_its_screen_lets_pass_has_no_finding(one: DocumentPass) -> None:
    hits = one.screen(arrow(TEXTS)).tolist()
    alone = [hit for text in TEXTS for hit in one.screen(arrow([text])).tolist()]
    for text, hit, lonely in zip(TEXTS, hits, alone, strict=True):
        document = Document("d", text)
        found = list(one.check(document))
        assert found == list(one.check(document))
        for finding in found:
            believable(finding, one, document)
        if found:
            assert hit
            assert lonely


@pytest.mark.parametrize("one", PASSES.measuring, ids=named)
def test_its_numbers_do_not_depend_on_the_batch(one: MeasuringPass) -> None:
    whole = one.measure(arrow(TEXTS))
    assert whole.num_rows == len(TEXTS)
    alone = [one.measure(arrow([text])) for text in TEXTS]
    assert whole.to_pylist() == [row for batch in alone for row in batch.to_pylist()]
    everything = frozenset(rule.name for rule in one.rules)
    screened = one.screen(arrow(TEXTS), everything).tolist()
    suspected = one.suspects(whole).tolist()
    for text, row, *hits in zip(TEXTS, whole.to_pylist(), screened, suspected, strict=True):
        document = Document("d", text)
        found = list(one.report(document, row))
        for finding in found:
            believable(finding, one, document)
            assert finding.fix is None or not finding.fix.edits
        if found:
            assert all(hits)


@pytest.mark.parametrize("one", PASSES.corpus, ids=named)
def test_its_verdicts_do_not_depend_on_batches_and_partitions(one: CorpusPass) -> None:
    pages = [f"{text}\n\nPrinted in the old mill on Fridays." for text in TEXTS[-9:]]
    texts = [*TEXTS, *TEXTS[len(HOSTILE) :: 3], *pages]  # some come twice, some share a line
    count = len(texts)
    sites = ["site"] * (count - len(pages)) + ["press"] * len(pages)
    columns = (range(count), map(str, range(count)), arrow(texts), sites, [0.0] * count)
    fields = zip(columns, documents_schema(), strict=True)
    arrays = [pa.array(column, field.type) for column, field in fields]
    rows = pa.Table.from_arrays(arrays, schema=documents_schema())
    tables = [rows.to_batches()], [[batch] for batch in rows.to_batches(max_chunksize=7)][::-1]
    first, second = (verdicts(one, parts) for parts in tables)
    assert first == second
    assert first
    known = [Document(str(at), text) for at, text in enumerate(texts)]
    for key, finding in first:
        believable(msgspec.json.decode(finding, type=Finding), one, known[key])


def verdicts(one: CorpusPass, parts: Sequence[Any]) -> list[tuple[int, bytes]]:
    engine = LocalEngine()
    sketches = [[one.sketch(batch) for batch in part] for part in parts]
    assert "document" in sketches[0][0].schema.names
    found = one.compare(
        engine,
        engine.dataset(parts, documents_schema()),
        engine.dataset(sketches, sketches[0][0].schema),
    )
    batches = [batch.to_pylist() for batch in engine.batches(found)]
    return sorted((row["document"], row["finding"]) for batch in batches for row in batch)
