"""Compressed files, tables and archives: all that is good comes in, damage is named."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.formats import by_suffix, load, output_names
from cleaner.formats.base import Kind, Piece, ReadOptions, UnreadableError
from cleaner.formats.compression import deflate, zstd_library

OPTIONS = ReadOptions()
LINES = b"".join(b'{"id": "%d", "text": "page %d of many"}\n' % (n, n * 7919) for n in range(4000))
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".zst": lambda data: bytes(zstd_library().compress(data)),
}
SLOW = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def rows_of(path: Path, options: ReadOptions = OPTIONS) -> tuple[list[dict[str, Any]], str | None]:
    """The records of a file, and the error that ended them."""
    rows: list[dict[str, Any]] = []
    form = by_suffix(path.name)
    assert form is not None
    try:
        for batch in load(form).read(Piece(str(path), path.name, form), options):
            rows += batch.to_pylist()
    except UnreadableError as error:
        return rows, str(error)
    return rows, None


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", COMPRESS)
def test_every_frame_of_a_compressed_file_is_read(tmp_path: Path, suffix: str) -> None:
    half = LINES.index(b"\n", len(LINES) // 2) - 20  # in the middle of a record
    data = COMPRESS[suffix](LINES[:half]) + COMPRESS[suffix](b"") + COMPRESS[suffix](LINES[half:])
    rows, error = rows_of(saved(tmp_path / f"a.jsonl{suffix}", data))
    assert error is None
    assert b"".join(row["raw"] for row in rows) == LINES


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("cut", [0.999, 0.7, 0.4])
def test_a_cut_file_is_an_error_behind_its_good_records(
    tmp_path: Path, suffix: str, cut: float
) -> None:
    blocks = [LINES[at : at + 9000] for at in range(0, len(LINES), 9000)]
    data = b"".join(map(COMPRESS[suffix], blocks))
    rows, error = rows_of(saved(tmp_path / f"a.jsonl{suffix}", data[: int(len(data) * cut)]))
    assert error is not None
    assert "ends in the middle of its" in error
    read = b"".join(row["raw"] for row in rows)
    assert LINES.startswith(read)
    assert len(read) > (cut - 0.1) * len(LINES)


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda _: b"", "is empty"),
        (lambda z: z[:5], "ends in the middle"),
        (lambda _: LINES, "is no valid"),
        (lambda z: z + b"trailing words", "something else follows"),
        (lambda z: z[:-4], "ends in the middle"),
        (lambda z: z[: len(z) // 2] + bytes(9) + z[len(z) // 2 + 9 :], "is no valid"),
    ],
)
def test_damage_is_named(
    tmp_path: Path, suffix: str, spoil: Callable[[bytes], bytes], error: str
) -> None:
    path = saved(tmp_path / f"a.jsonl{suffix}", spoil(COMPRESS[suffix](LINES)))
    assert error in str(rows_of(path)[1])


def test_gzip_may_be_padded_with_zeros(tmp_path: Path) -> None:
    rows, error = rows_of(saved(tmp_path / "a.jsonl.gz", gzip.compress(LINES) + bytes(2000)))
    assert (len(rows), error) == (4000, None)


def test_zstd_may_begin_with_a_skippable_frame(tmp_path: Path) -> None:
    head = b"\x50\x2a\x4d\x18\x05\0\0\0hello"
    rows, error = rows_of(saved(tmp_path / "a.jsonl.zst", head + COMPRESS[".zst"](LINES)))
    assert (len(rows), error) == (4000, None)


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("filling", [b" ", b"\n", b'{"text": "bomb"}\n'])
def test_a_bomb_is_stopped_early(tmp_path: Path, suffix: str, filling: bytes) -> None:
    path = saved(tmp_path / f"a.jsonl{suffix}", COMPRESS[suffix](filling * (30_000_000 // 17)))
    rows, error = rows_of(path)
    assert "expands to more than 200 times its size" in str(error)
    assert len(rows) * len(filling) < 20_000_000


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_line_that_cannot_be_held_is_counted_and_its_neighbours_stay(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import random

    monkeypatch.setattr("cleaner.formats.jsonl.HELD", 1 << 20)
    noise = random.Random(1).randbytes(6 << 20).replace(b"\n", b"")
    data = b'{"text": "a"}\n' + noise + b'\n{"text": "b"}\n'
    options = ReadOptions(max_record_bytes=1 << 20)
    for path in (
        saved(tmp_path / "a.jsonl", data),
        saved(tmp_path / f"a.jsonl{suffix}", COMPRESS[suffix](data)),
    ):
        rows, error = rows_of(path, options)
        assert error is None
        assert [(row["record"], row["kind"]) for row in rows] == [
            (1, Kind.DOCUMENT),
            (2, Kind.REJECTED),
            (3, Kind.DOCUMENT),
        ]
        assert rows[1]["raw"] == b""
        assert rows[1]["error"].startswith(f"{len(noise) + 1} bytes are more")


@given(st.binary(max_size=2000), st.sampled_from(sorted(COMPRESS)))
@SLOW
def test_compression_is_repeatable_and_readable(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    folder = tmp_path_factory.mktemp("deflate")
    out = io.BytesIO(), io.BytesIO()
    for stream in out:
        deflate(saved(folder / "plain", data), stream, suffix)
    assert out[0].getvalue() == out[1].getvalue()
    opened = gzip.decompress if suffix == ".gz" else zstd_library().decompress
    assert opened(out[0].getvalue()) == data


CELL = st.text(st.sampled_from('ab ,;"\n\r\t\u2028é\u0085'), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A CSV file in some dialect, and its rows."""
    width = draw(st.integers(1, 4))
    place = draw(st.integers(0, width - 1))
    header = [f"c{number}" for number in range(width)]
    header[place] = "text"
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=5))
    stream = io.StringIO()
    writer = csv.writer(
        stream,
        delimiter=draw(st.sampled_from(",;\t|")) if width > 1 else ",",
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writerows([header, *rows])
    content = stream.getvalue()
    if draw(st.booleans()):
        content = content.rstrip("\r\n")
    return content, [[*row[:place], row[place], *row[place + 1 :]] for row in rows]


@given(tables(), CELL)
@SLOW
def test_only_the_text_of_a_csv_record_changes_and_it_comes_back(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[str, list[list[str]]], new: str
) -> None:
    content, _ = table
    folder = tmp_path_factory.mktemp("csv")
    path = saved(folder / "a.csv", content.encode())
    form = load("csv")
    rows, error = rows_of(path)
    if error is not None:  # without the line end of the header, no field may be left to find
        assert "text" not in content.splitlines()[0]
        return
    assert b"".join(row["raw"] for row in rows) == content.encode()
    assert list(form.records(path, OPTIONS)) == [row["raw"] for row in rows]
    options = ReadOptions(path=str(path))
    separator = next(s for s in ",;\t|" if s in content.split("\n")[0] or s == "|")
    for row in rows:
        if row["kind"] != Kind.DOCUMENT:
            continue
        out = form.rewrite(row["raw"], row["text"], new, options)
        before = next(csv.reader(io.StringIO(row["raw"].decode(), ""), delimiter=separator))
        after = next(csv.reader(io.StringIO(out.decode(), ""), delimiter=separator))
        differ = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert differ == ([(row["text"], new)] if row["text"] != new else [])
        notes = form.undo(row["raw"], row["text"], new, options)
        back = form.restore(out, notes, lambda _, old=row["text"]: old, options)
        assert back == row["raw"]
        offsets = range(len(row["text"]))
        places = form.positions(row["raw"], row["text"], offsets, options)
        lines = row["raw"].decode().split("\n")
        spelled = [(lines[line - 1] + "\n")[column - 1] for line, column in places]
        assert spelled == list(row["text"])


def test_csv_as_people_write_it(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.csv",
        '\ufeffid;text;url\r\nx;"a ""b""\nc";http://e.org/\r\n\r\ny;5" pipe;\r\nz;1\r\n'.encode()
        + "w;caf\xe9;\r\nv;\u2028;\r\n".encode("latin-1", "ignore"),
    )
    rows, error = rows_of(path)
    assert error is None
    kinds = [Kind.PASSED, Kind.DOCUMENT, Kind.PASSED, Kind.DOCUMENT, Kind.REJECTED, Kind.REJECTED]
    assert [row["kind"] for row in rows] == [*kinds, Kind.DOCUMENT]
    assert [row["text"] for row in rows if row["text"]] == ['a "b"\nc', '5" pipe']
    assert rows[1]["id"] == "x"
    assert rows[1]["group"] == "e.org"
    assert rows[4]["error"] == "has 2 fields, the header 3"
    assert rows[5]["error"] == "is no valid UTF-8 (byte 6)"


def test_a_table_without_the_text_says_what_it_has(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", b"id,body\n1,a\n")
    assert "has no column \"text\" in its first line (it has 'id', 'body')" in str(rows_of(path)[1])


def table(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=3)
    return path


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int8(), pa.string())]
)
def test_parquet_keeps_its_schema_and_every_other_column(tmp_path: Path, kind: Any) -> None:
    texts = ["one", "two", None, "caf\u00e9\r\n\u2028", "one", "six", "seven"]
    source = tmp_path / "a.parquet"
    before = pa.table(
        {
            "when": pa.array(range(7), pa.timestamp("us", "UTC")),
            "text": pa.array([t and t.encode() for t in texts], pa.binary())
            .cast(pa.string())
            .cast(kind),
            "deep": [[{"n": number, "m": None}] for number in range(7)],
        }
    ).replace_schema_metadata({"made": "by hand"})
    pq.write_table(before, source, row_group_size=3, compression="zstd")
    before = pq.read_table(source)
    rows, error = rows_of(source)
    assert error is None
    assert [row["text"] for row in rows] == [text or "" for text in texts]
    assert rows[2]["error"] == 'column "text" is null'
    form = load("parquet")
    part = tmp_path / "part"
    written = [
        form.rewrite(row["raw"], row["text"], row["text"].upper(), OPTIONS)
        for row in rows
        if row["record"] not in (1, 3)
    ]
    part.write_bytes(b"".join(written))
    form.complete(part, Piece(str(source), "a.parquet", "parquet"), OPTIONS)
    after = pq.read_table(part)
    assert after.schema.equals(before.schema, check_metadata=True)
    stay = [1, 3, 4, 5, 6]
    assert after.drop(["text"]).equals(before.take(stay).drop(["text"]))
    values = after["text"].cast(pa.binary() if kind == pa.binary() else pa.string()).to_pylist()
    spelled = [v.decode() if isinstance(v, bytes) else v for v in values]
    assert spelled == [(texts[row] or "").upper() for row in stay]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: saved(path, b""), "is empty"),
        (lambda path: saved(path, b"PAR1PAR1"), "is no valid Parquet file"),
        (lambda path: saved(path, b"id,text\n1,a\n"), "is no valid Parquet file"),
        (lambda path: table(path, body=["a"]), "has no column \"text\" (it has 'body')"),
        (lambda path: table(path, text=[1, 2]), 'column "text" is int64, not text'),
        (lambda path: table(path, text=[["a"]]), "not text"),
    ],
)
def test_what_is_no_parquet_with_texts_is_named(
    tmp_path: Path, make: Callable[[Path], Path], error: str
) -> None:
    rows, found = rows_of(make(tmp_path / "a.parquet"))
    assert rows == []
    assert error in str(found)


def test_parquet_columns_that_rank_name_and_group(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "text": ["a", "b"],
        "id": pa.array([7, None], pa.int16()),
        "date": pa.array([1, 86_400 * 10**9], pa.timestamp("ns", "UTC")),
        "site": pa.array(["x", "y"]).dictionary_encode(),
        "url": [["no", "address"], None],
    }
    pq.write_table(pa.table(columns), path)
    rows, error = rows_of(path, ReadOptions(rank_field="date", group_field="site"))
    assert error is None
    assert [row["id"] for row in rows] == ["7", "a.parquet#2"]
    assert [row["rank"] for row in rows] == [0.0, 86_400.0]
    assert [row["group"] for row in rows] == ["x", "y"]
    assert [row["url"] for row in rows] == [None, None]


def test_a_cut_parquet_file_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", text=[f"text {n}" for n in range(5000)])
    path.write_bytes(path.read_bytes()[:-100])
    assert "is no valid Parquet file" in str(rows_of(path)[1])


def test_a_damaged_page_is_named_behind_the_good_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"text {n * 7919}" for n in range(5000)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=1000, compression="zstd")
    data = bytearray(path.read_bytes())
    place = data.rindex(b"\x28\xb5\x2f\xfd")  # the last page
    data[place : place + 40] = bytes(40)
    path.write_bytes(data)
    rows, error = rows_of(path)
    assert "has a damaged page" in str(error)
    assert len(rows) >= 3000
    assert [row["text"] for row in rows] == texts[: len(rows)]


def test_names_of_output_files_never_meet() -> None:
    names = ["a.html", "a.html.txt", "a.warc", "a.warc.jsonl"]
    pieces = [Piece("", name, str(by_suffix(name))) for name in names]
    assert sorted(output_names(pieces).values()) == [
        "a.html.2.txt",
        "a.html.txt",
        "a.warc.2.jsonl",
        "a.warc.jsonl",
    ]


def test_a_pipe_or_a_link_is_not_opened(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "link.jsonl").symlink_to("pipe.jsonl")
    for name in ("pipe.jsonl", "link.jsonl"):
        assert "cannot be read" in str(rows_of(tmp_path / name)[1])


def test_json_lines_keep_their_bytes_inside_gzip(tmp_path: Path) -> None:
    line = '{"text": "a\u2028b", "n": 1.10, "n": 1E+2}\r\n'.encode()
    rows, _ = rows_of(saved(tmp_path / "a.ndjson.gz", gzip.compress(line)))
    assert rows[0]["raw"] == line
    assert rows[0]["text"] == json.loads(line)["text"]
