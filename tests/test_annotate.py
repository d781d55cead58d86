"""`--annotate`: values about each record, which cleaning again replaces and `restore` takes out."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.config import Config
from cleaner.formats import csv as tables
from cleaner.formats.base import ReadOptions
from cleaner.jobs.clean import clean
from cleaner.jobs.restore import restore, verify

BROKEN, REPAIRED = (
    "The caf\u00c3\u00a9 was closed, they said.",
    "The caf\u00e9 was closed, they said.",
)
ENGLISH = "The harbour was quiet, and nobody waited for the ferry to the island that evening."
GERMAN = "Der Hafen war still, und niemand wartete an diesem Abend auf die F\u00e4hre zur Insel."
LINES = [
    f'{{"id": "a", "text": "{BROKEN}", "n": 1.10}}\r\n',
    "\n",
    f'{{"metadata": {{"cleaner": {{"ignore": ["quality"]}}, "k": 1E2}}, "text": "{GERMAN}"}}\n',
    f'{{"metadata": "none", "text": "{ENGLISH}"}}\n',
    '{"broken"\n',
    f'{{"text": "{ENGLISH}"}}',
]


def parquet(path: Path, **columns: Any) -> None:
    pq.write_table(pa.table(columns), path)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    source = tmp_path_factory.mktemp("annotate") / "in"
    source.mkdir()
    (source / "a.jsonl").write_text("".join(LINES), "utf-8", newline="")
    (source / "b.jsonl.gz").write_bytes(gzip.compress(f'{{"text": "{GERMAN} 2"}}'.encode()))
    table = f'id,text,x\r\n1,"{BROKEN}\n\nNothing ""else""",3\r\n\r\n2,"{GERMAN} 3",\n'
    (source / "c.csv").write_text(table, "utf-8", newline="")
    parquet(source / "d.parquet", text=[f"{BROKEN} 4"], metadata=[{"k": 1}])
    parquet(source / "e.parquet", text=[f"{ENGLISH} 5"], metadata=["none"])
    parquet(source / "f.parquet", text=[f"{ENGLISH} 6", None])
    (source / "g.txt").write_text("Nothing is added to a text.\n")
    config = Config(annotate=True, select=("encoding", "duplicates"), apply=())
    clean([str(source)], str(source.parent / "out"), config)
    return source, source.parent / "out"


def test_lines_say_language_and_quality(run: tuple[Path, Path]) -> None:
    lines = (run[1] / "a.jsonl").read_text("utf-8").split("\n")
    assert lines[0].startswith(f'{{"id": "a", "text": "{REPAIRED}", "n": 1.10, "metadata": {{')
    assert lines[1] == ""
    rows = [json.loads(line) for line in lines if line]
    notes = rows[0]["metadata"]["cleaner"]
    assert (notes["language"], notes["script"], notes["reliable"]) == ("en", "Latin", True)
    assert notes["margin"] > 0
    assert notes["quality"]["words"] == 6
    assert rows[1]["metadata"]["cleaner"]["language"] == "de"
    assert rows[1]["metadata"]["cleaner"]["ignore"] == ["quality"]
    assert rows[1]["metadata"]["k"] == 100
    assert rows[2]["metadata"] == "none"
    assert rows[2]["metadata.cleaner"]["language"] == "en"


def test_tables_get_columns(run: tuple[Path, Path]) -> None:
    with (run[1] / "c.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["cleaner_language"] for row in rows] == ["en", "de"]
    assert rows[0]["text"] == f'{REPAIRED}\n\nNothing "else"'
    assert rows[1]["x"] == ""
    assert int(rows[0]["cleaner_quality_words"]) == 8


def test_parquet_gets_a_struct(run: tuple[Path, Path]) -> None:
    rows = {name: pq.read_table(run[1] / f"{name}.parquet").to_pylist() for name in "def"}
    assert rows["d"][0]["metadata"]["k"] == 1
    assert rows["d"][0]["metadata"]["cleaner"]["language"] == "en"
    assert rows["e"][0]["metadata"] == "none"
    assert rows["e"][0]["metadata.cleaner"]["quality"]["words"] > 10
    assert rows["f"][0]["metadata"]["cleaner"]["script"] == "Latin"
    assert len(rows["f"]) == 1


def test_a_duplicate_that_stays_says_of_what(tmp_path: Path) -> None:
    texts = [f"{ENGLISH} {GERMAN}", f"{ENGLISH} {GERMAN} Rain fell."]
    lines = (json.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts))
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    clean([str(tmp_path / "a.jsonl")], str(tmp_path / "out"), Config(annotate=True))
    rows = [json.loads(line) for line in (tmp_path / "out/a.jsonl").read_text().splitlines()]
    found = [row["metadata"]["cleaner"].get("duplicate") for row in rows]
    assert found[1] is None
    assert found[0]["kept"] == "1"
    assert found[0]["kind"] in {"near", "contained"}


def test_the_originals_come_back(run: tuple[Path, Path], tmp_path: Path) -> None:
    source, dest = run
    assert verify(str(dest)) == []
    restore(str(dest), str(tmp_path / "back"))
    for path in source.iterdir():
        assert (tmp_path / "back" / path.name).read_bytes() == path.read_bytes()


def test_annotating_twice_is_annotating_once(run: tuple[Path, Path], tmp_path: Path) -> None:
    config = Config(annotate=True, select=("encoding", "duplicates"))
    clean([str(run[1])], str(tmp_path / "again"), config)
    for path in run[1].iterdir():
        if path.is_file() and path.suffix != ".gz":
            assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


CELL = st.text(st.sampled_from('a,;"\n\r \u00e9'), max_size=6)
COLUMNS = (("language", "str"), ("quality.words", "int"))


@given(st.lists(CELL, min_size=2, max_size=2), st.sampled_from(["\n", "\r\n", ""]), CELL)
def test_columns_can_be_taken_out_again(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], end: str, language: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "header.csv"
    path.write_text("text,n\n")
    options = ReadOptions(path=str(path), annotations=COLUMNS)
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    for raw in (f"{quoted}{end}".encode(), f"a,b{end}".encode()):
        values = {"language": language, "quality.words": 3}
        out, splice = tables.annotate(raw, values, options)
        assert splice
        assert tables.unannotate(out, splice) == raw
        (row,) = csv.reader(
            [out.decode()] if "\n" not in out.decode() else out.decode().splitlines(keepends=True)
        )
        assert row[2:] == [language, "3"]
