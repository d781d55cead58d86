"""Cells that are replaced while a partition is read, against rows of Python."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cleaner.engines.local import LocalEngine, Patched, read_part, write_part

SCHEMA = pa.schema(
    [("document", pa.int64()), ("text", pa.large_string()), ("note", pa.large_binary())]
)
CELLS = st.tuples(st.none() | st.text(max_size=3), st.none() | st.binary(max_size=3))
ROWS = st.lists(CELLS, max_size=12)


def batches(rows: list[dict[str, Any]], sizes: list[int]) -> Iterator[Any]:
    """Rows in batches of some sizes; the last takes the rest."""
    start = 0
    for size in (*sizes, len(rows)):
        yield pa.RecordBatch.from_pylist(rows[start : start + size], SCHEMA)
        start += size


@given(ROWS, st.data())
def test_a_patch_replaces_its_cells_and_no_others(old: list[Any], data: st.DataObject) -> None:
    rows = [
        {"document": 7 + at, "text": text or "", "note": note}
        for at, (text, note) in enumerate(old)
    ]
    touched = sorted(data.draw(st.sets(st.sampled_from(range(len(rows)))) if rows else st.just([])))
    new = {at: data.draw(CELLS) for at in touched}
    patch = [{"document": 7 + at, "text": text, "note": note} for at, (text, note) in new.items()]
    sizes = st.lists(st.integers(0, 5), max_size=4)
    part = Patched(
        list(batches(rows, data.draw(sizes))), list(batches(patch, data.draw(sizes))), "document"
    )
    found = [row for batch in read_part(part) for row in batch.to_pylist()]
    for at, (text, note) in new.items():
        rows[at]["text"] = rows[at]["text"] if text is None else text
        rows[at]["note"] = rows[at]["note"] if note is None else note
    assert found == rows


def test_a_patched_partition_is_read_by_workers(tmp_path: Path) -> None:
    rows = [{"document": at, "text": str(at), "note": None} for at in range(10)]
    part = write_part(batches(rows, [4]), tmp_path / "rows.arrow", SCHEMA)
    patch = [{"document": 5, "text": "new", "note": None}]
    over = write_part(batches(patch, []), tmp_path / "patch.arrow", SCHEMA)
    engine = LocalEngine(tmp_path / "work", jobs=1)
    data = engine.dataset([Patched(part, over, "document")], SCHEMA)
    told = engine.batches(engine.map(data, iter, SCHEMA))
    assert [text for batch in told for text in batch.column("text").to_pylist()] == [
        "0", "1", "2", "3", "4", "new", "6", "7", "8", "9",
    ]  # fmt: skip
