"""Cells of columns without an Arrow object for each, and files that are put together from them."""

import os
import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.jobs.outfile import OutFile
from cleaner.kernels.text.texts import Cells, count_characters, replaced

VALUES = st.lists(st.none() | st.text(st.sampled_from("ab\u00e9\ufffd\U0001f600"), max_size=5))


@st.composite
def columns(draw: st.DrawFn) -> pa.LargeStringArray:
    """A column, or a slice of one."""
    column = pa.array(draw(VALUES), pa.large_string())
    low = draw(st.integers(0, len(column)))
    return column.slice(low, draw(st.integers(0, len(column) - low)))


@given(columns())
def test_cells_are_what_arrow_says(column: pa.LargeStringArray) -> None:
    cells = Cells(column)
    texts = [value or "" for value in column.to_pylist()]
    rows = range(len(texts))
    assert [cells.text(row) for row in rows] == texts
    assert [cells.data(row) for row in rows] == [text.encode() for text in texts]
    for mark in ("a", "ba", "\ufffd"):
        pattern = re.compile(mark.encode())
        assert [cells.holds(row, pattern) for row in rows] == [mark in text for text in texts]


@given(columns())
def test_neighbouring_cells_are_one_run(column: pa.LargeStringArray) -> None:
    column = column.drop_null()
    for low in range(len(column) + 1):
        for high in range(low, len(column) + 1):
            assert (
                bytes(Cells(column).run(low, high))
                == "".join(column[low:high].to_pylist()).encode()
            )


@given(columns())
def test_characters_are_those_of_strings(column: pa.LargeStringArray) -> None:
    column = column.drop_null()
    assert count_characters(column) == sum(map(len, column.to_pylist()))


@given(columns(), st.sampled_from([pa.large_string(), pa.large_binary()]), st.data())
def test_only_the_named_rows_are_replaced(
    column: pa.Array, kind: pa.DataType, data: st.DataObject
) -> None:
    column = column.drop_null() if data.draw(st.booleans()) else column
    expected = column.to_pylist()
    rows = sorted(data.draw(st.sets(st.integers(0, len(column) - 1)))) if len(column) else []
    new = [data.draw(st.text("xy", max_size=3)) for _ in rows]
    for row, value in zip(rows, new, strict=True):
        expected[row] = value
    values = pa.array(["left out", *new], kind)[1:]
    found = replaced(column.cast(kind), rows, values)
    found.validate(full=True)
    assert found.equals(pa.array(expected, kind))


@pytest.mark.parametrize("at_once", [0, 1, 3, 1 << 20])
def test_a_file_holds_its_pieces_however_few_bytes_the_system_takes(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With none at once, as on a system that takes one piece at a time only."""
    gather = os.writev

    def hesitant(file: int, pieces: list[bytes | memoryview]) -> int:
        whole = b"".join(pieces)
        return gather(file, [whole[:at_once]])

    monkeypatch.setattr(os, "writev", hesitant)
    if not at_once:
        monkeypatch.delattr(os, "writev")
    pieces: list[bytes | memoryview] = [
        b"ab",
        memoryview(b"xcdex")[1:4],
        b"",
        b"f",
        *[b"%d" % n for n in range(2000)],
        b"",
    ]
    out = OutFile(tmp_path / "out")
    for piece in pieces:
        out.write(piece)
    out.close()
    assert (tmp_path / "out").read_bytes() == b"".join(pieces)
