"""Whole files of columns, pages and archives, as strange as people write them, come back."""

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.config import Config
from cleaner.jobs.clean import clean
from cleaner.jobs.restore import restore, verify

FEW = settings(max_examples=25)
BROKEN = "The caf\u00c3\u00a9 was closed."
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [BROKEN, f"{BROKEN}\r\n\u2028x", "\u0085", "", "a\x00b", '"quoted", text']
)
CELLS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "int": (pa.int8(), st.integers(-128, 127)),
    "big": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "float": (pa.float32(), st.sampled_from([0.1, -0.0, float("inf"), 1e-40])),
    # Whole microseconds: the first version of Parquet knows no shorter time.
    "time": (pa.timestamp("ns", "Asia/Tokyo"), st.integers(0, 2**52).map(lambda n: n * 1000)),
    "money": (pa.decimal128(9, 2), st.decimals("-1e6", "1e6", places=2)),
    "list": (pa.list_(pa.int64()), st.lists(st.none() | st.integers(-9, 9), max_size=3)),
    "map": (pa.map_(pa.string(), pa.string()), st.just([("k", "v"), ("k", None)])),
    "struct": (pa.struct([("text", pa.string())]), st.fixed_dictionaries({"text": TEXTS})),
    "bytes": (pa.binary(), st.binary(max_size=4)),
    "word": (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["a", "b"])),
}


def there_and_back(name: str, content: bytes) -> dict[str, bytes]:
    """What cleaning a file wrote, by name; what `restore` makes of it is the file."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "in").mkdir()
        (base / "in" / name).write_bytes(content)
        clean([str(base / "in")], str(base / "out"), Config(select=("encoding",)))
        assert verify(str(base / "out")) == []
        restore(str(base / "out"), str(base / "back"))
        assert (base / "back" / name).read_bytes() == content
        return {path.name: path.read_bytes() for path in (base / "out").glob(f"{name}*")}


@st.composite
def tables(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """A table, and how it is written."""
    rows = draw(st.integers(0, 5))
    kind = draw(st.sampled_from([pa.string(), pa.large_string(), pa.binary()]))
    columns = {"text": pa.array(draw(st.lists(TEXTS, min_size=rows, max_size=rows)), kind)}
    for name in draw(st.lists(st.sampled_from(sorted(CELLS)), unique=True, max_size=4)):
        of, cells = CELLS[name]
        values = draw(st.lists(st.none() | cells, min_size=rows, max_size=rows))
        columns[name] = pa.array(values, of)
    options = {
        "compression": draw(st.sampled_from(["none", "snappy", "zstd", "gzip"])),
        "row_group_size": draw(st.integers(1, 3)),
        "version": draw(st.sampled_from(["1.0", "2.6"])),
    }
    table = pa.table(columns)
    return table.replace_schema_metadata({"by": "hand"}), options


@given(tables())
@FEW
def test_columns_that_are_no_text_pass_through(case: tuple[Any, dict[str, Any]]) -> None:
    table, options = case
    stream = pa.BufferOutputStream()
    pq.write_table(table, stream, **options)
    content = stream.getvalue().to_pybytes()
    (out,) = there_and_back("a.parquet", content).values()
    before, after = (pq.read_table(pa.BufferReader(data)) for data in (content, out))
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.num_rows == before.num_rows
    assert after.drop_columns(["text"]).equals(before.drop_columns(["text"]))


PARTS = st.sampled_from(
    [
        *("<p>", "</p>", "<article>", "<div", " class='x'>", "<!--", "-->", "<br/>", "&amp;"),
        *("&#0;", "&eacute", "<script>", "</script>", "<![CDATA[", "\x00", "\r\n", "\u2028"),
        *(BROKEN, "Plain words that make a sentence of some length. " * 4, "<table><td>"),
    ]
)


@given(st.lists(PARTS, max_size=12), st.sampled_from(["utf-8", "utf-16", "cp1252", "shift_jis"]))
@example([], "utf-8")
@FEW
def test_pages_come_back_whatever_they_hold(parts: list[str], encoding: str) -> None:
    page = f"<html><meta charset={encoding}><body>" + "".join(parts)
    there_and_back("a.html", page.encode(encoding, "replace"))


@st.composite
def archives(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """An archive of texts among other records, and the texts."""
    found = []
    data = b""
    for number in range(draw(st.integers(0, 4))):
        text = draw(TEXTS)
        kind = draw(st.sampled_from(["conversion", "conversion", "metadata", "warcinfo"]))
        body = text.encode()
        head = [
            f"WARC-Type: {kind}",
            f"WARC-Record-ID: <urn:{number}>",
            draw(st.sampled_from(["X-Odd: 1.10", "x-odd:", "WARC-Date: 2026-01-01T00:00:00Z"])),
            "Content-Type: text/plain",
            f"Content-Length: {len(body)}",
        ]
        record = ("WARC/1.0\r\n" + "\r\n".join(head) + "\r\n\r\n").encode() + body + b"\r\n\r\n"
        data += gzip.compress(record, draw(st.integers(1, 9)), mtime=0)
        if kind == "conversion":
            found.append(text)
    return data, found


@given(archives())
@FEW
def test_archives_come_back_and_their_texts_are_kept(case: tuple[bytes, list[str]]) -> None:
    data, texts = case
    written = there_and_back("a.warc.gz", data)
    if not data:
        return  # no gzip file at all, and rejected by name
    rows = [json.loads(line) for line in written["a.warc.gz.jsonl"].splitlines()]
    assert len(rows) == len(texts)
