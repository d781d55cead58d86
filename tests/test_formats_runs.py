"""Whole runs over every format: what goes in comes out, and comes back byte for byte."""

import csv
import gzip
import io
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.config import Config
from cleaner.formats import jsontext, remote, standard
from cleaner.formats.base import ReadOptions
from cleaner.formats.compression import zstd_library
from cleaner.formats.discover import discover
from cleaner.jobs.clean import clean
from cleaner.jobs.finish import Manifest
from cleaner.jobs.restore import restore, verify
from cleaner.model import CleanerError

WORDS = (
    *("harbour", "ferry", "captain", "island", "winter", "market", "evening", "garden", "letter"),
    *("station", "village", "doctor", "kitchen", "history", "council", "weather", "machine"),
    *("student", "valley", "forest", "music", "travel", "library"),
)
Tree = Callable[[Path], dict[str, bytes]]
"""See `conftest.tree`."""

BROKEN = "The caf\u00c3\u00a9 was closed."
REPAIRED = "The caf\u00e9 was closed."


def prose(seed: int, sentences: int = 6) -> str:
    chance = random.Random(seed)
    made = [" ".join(chance.choices(WORDS, k=11)).capitalize() + "." for _ in range(sentences)]
    return " ".join(made)


def page(content: str) -> bytes:
    menu = "<nav><a href=/>Home</a> <a href=/news>News</a></nav>"
    body = "".join(f"<p>{part}</p>" for part in content.split("\n"))
    return f"<!DOCTYPE html><title>t</title><body>{menu}<article>{body}</article>".encode()


def archive(*pages: bytes) -> bytes:
    """A WARC file with one gzip member for each record."""
    records = []
    for number, content in enumerate(pages):
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + content
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Target-URI: https://example.org/{number}\r\n"
            f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        records.append(head.encode() + body + b"\r\n\r\n")
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def json_lines(first: int) -> bytes:
    rows = [
        f'{{"id": {first}, "text": {json.dumps(prose(first))}, "n": 1.10, "n": 1E+2}}\r\n',
        f'{{"x": [NaN], "text": "{prose(first + 1)} {BROKEN}"}}\n',
        '{"broken": \n',
        "\n",
        f'{{"text": "{prose(first + 2)}\u2028"}}',
    ]
    return "".join(rows).encode()


def csv_table(first: int) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["n", "text", "id"])
    for number in range(first, first + 4):
        writer.writerow([1.10, f'{prose(number)}\n"{BROKEN}"', f"row {number}"])
    return stream.getvalue().encode()


def parquet_table(first: int) -> bytes:
    stream = io.BytesIO()
    texts = [prose(first), f"{prose(first + 1)} {BROKEN}", None, prose(first)]
    columns = {"text": texts, "n": [[1], None, [2, 3], []], "id": list("abcd")}
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


FILES = {
    "a.txt": f"{prose(1)} {BROKEN}\r\n".encode(),
    "b.txt.gz": gzip.compress(f"{prose(2)} {BROKEN}".encode(), 9),
    "c.jsonl": json_lines(10),
    "d.jsonl.gz": gzip.compress(json_lines(20), 1),
    "e.jsonl.zst": zstd_library().compress(json_lines(30), 19),
    "f.csv": csv_table(40),
    "g.csv.gz": gzip.compress(csv_table(50)),
    "h.tsv": b"id\ttext\n1\t" + prose(60).encode() + b'\n2\t"' + BROKEN.encode() + b'"\n3\n',
    "sub/i.parquet": parquet_table(70),
    "sub/j.html": page(f"{prose(80)}\n{prose(81)} {BROKEN}"),
    "sub/k.warc.gz": archive(page(prose(90)), page(f"{prose(91)}\n{prose(92)} {BROKEN}")),
    "l.jsonl.gz": gzip.compress(json_lines(100))[:-6],
    "m.jsonl.zst": zstd_library().compress(json_lines(110))[:-6],
    "n.parquet": parquet_table(120)[:-9],
    "o.warc.gz": archive(page(prose(130)), page(prose(131)))[:-40],
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Manifest]:
    """A corpus of every format, and its cleaned copy."""
    source = tmp_path_factory.mktemp("formats") / "source"
    for name, data in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    dest = source.parent / "out"
    return source, dest, clean([str(source)], str(dest), Config())


def test_every_format_comes_back_byte_for_byte(
    run: tuple[Path, Path, Manifest], tmp_path: Path, tree: Tree
) -> None:
    source, dest, manifest = run
    counts = manifest.counts
    assert counts["documents_in"] == counts["kept"] + counts["removed"] + counts["rejected"]
    assert verify(str(dest)) == []
    restore(str(dest), str(tmp_path / "back"))
    assert tree(tmp_path / "back") == tree(source)


def cleaned(dest: Path, name: str) -> bytes:
    data = (dest / name).read_bytes()
    if name.endswith(".gz"):
        return gzip.decompress(data)
    return bytes(zstd_library().decompress(data)) if name.endswith(".zst") else data


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("c.jsonl", json_lines(10)),
        ("d.jsonl.gz", json_lines(20)),
        ("e.jsonl.zst", json_lines(30)),
        ("f.csv", csv_table(40)),
        ("g.csv.gz", csv_table(50)),
    ],
)
def test_only_texts_change(run: tuple[Path, Path, Manifest], name: str, before: bytes) -> None:
    expected = before.replace(BROKEN.encode(), REPAIRED.encode()).replace(b'{"broken": \n', b"")
    assert cleaned(run[1], name).replace("\u2028".encode(), b"") == expected.replace(
        "\u2028".encode(), b""
    )


def test_compressed_output_is_the_same_every_time(
    run: tuple[Path, Path, Manifest], tmp_path: Path, tree: Tree
) -> None:
    source, dest, _ = run
    clean([str(source)], str(tmp_path / "again"), Config())
    assert tree(tmp_path / "again") == tree(dest)


def test_parquet_loses_the_rejected_and_the_removed_row(run: tuple[Path, Path, Manifest]) -> None:
    source, dest, _ = run
    before, after = (pq.read_table(at / "sub/i.parquet") for at in (source, dest))
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after["id"].to_pylist() == ["a", "b"]
    assert after["n"].to_pylist() == [[1], None]
    assert after["text"].to_pylist() == [prose(70), f"{prose(71)} {REPAIRED}"]


def test_a_page_becomes_its_text(run: tuple[Path, Path, Manifest]) -> None:
    _, dest, _ = run
    text = (dest / "sub/j.html.txt").read_text("utf-8")
    assert text == f"{prose(80)}\n{prose(81)} {REPAIRED}\n"
    rows = [
        json.loads(line) for line in (dest / "_cleaner/findings.jsonl").read_text().split("\n")[:-1]
    ]
    found = [row for row in rows if row["rule"] == "extract.html" and row["path"] == "sub/j.html"]
    assert found[0]["evidence"]["method"] == "trafilatura"
    assert found[0]["evidence"]["page"] > found[0]["evidence"]["text"] > 300


def test_an_archive_becomes_json_lines(run: tuple[Path, Path, Manifest]) -> None:
    lines = (run[1] / "sub/k.warc.gz.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "id": f"<urn:uuid:{number}>",
            "url": f"https://example.org/{number}",
            "date": "2026-01-01T00:00:00Z",
            "text": text,
        }
        for number, text in enumerate([prose(90), f"{prose(91)}\n{prose(92)} {REPAIRED}"])
    ]


def test_what_comes_before_damage_is_kept_and_the_damage_named(
    run: tuple[Path, Path, Manifest],
) -> None:
    _, dest, _ = run
    lines = (dest / "_cleaner/rejected.jsonl").read_text("utf-8").splitlines()
    whole = {row["path"]: row["error"] for row in map(json.loads, lines) if not row["record"]}
    assert {name: error.partition(":")[0] for name, error in whole.items()} == {
        "l.jsonl.gz": "ends in the middle of its gzip data",
        "m.jsonl.zst": "ends in the middle of its zstd data",
        "n.parquet": "is no valid Parquet file",
        "o.warc.gz": "ends in the middle of record 2",
    }
    assert len(cleaned(dest, "l.jsonl.gz").splitlines()) >= 2
    assert len(cleaned(dest, "o.warc.gz.jsonl").splitlines()) == 1
    assert not (dest / "n.parquet").exists()


@pytest.mark.parametrize("depth", [100, 300, 60_000])
def test_text_is_not_lost_however_deep_it_is(depth: int) -> None:
    from cleaner.formats.extraction import extract

    found = extract("<html><body>" + "<div>" * depth + f"<p>{prose(1)}</p>", "a")
    assert found.text == prose(1)
    lost = depth >= 256
    assert (found.note.evidence["method"] == "trafilatura") is not lost
    assert ("nested too deeply" in found.note.message) is lost


@pytest.mark.parametrize("unit", ["<", "<!--", "<script>", "&#", "<a href=", "<![CDATA[", "</"])
def test_pages_of_nothing_but_openings_are_read(unit: str) -> None:
    from cleaner.formats.extraction import extract

    assert len(extract(unit * 20_000, "a").text) <= len(unit) * 20_000


def test_a_missing_library_is_named_and_the_other_documents_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.html").write_bytes(page("a"))
    (source / "b.txt").write_text("The ferry left at seven.\n")
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    manifest = clean([str(source)], str(tmp_path / "out"), Config())
    assert (manifest.counts["kept"], manifest.counts["rejected"]) == (1, 1)
    rejected = json.loads((tmp_path / "out/_cleaner/rejected.jsonl").read_text())
    assert rejected["path"] == "a.html"
    assert rejected["error"] == "the format html needs trafilatura"
    assert rejected["hint"] == "pip install 'corpus-cleaner[html]'"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'\xef\xbb\xbf {"text": "a"}', "stdin.jsonl"),
        (gzip.compress(b'{"text": "a"}', mtime=0), "stdin.jsonl.gz"),
        (zstd_library().compress(b"words"), "stdin.txt.zst"),
        (b"", "stdin.txt"),
        (b"words", "stdin.txt"),
        (b"<!doctype HTML><p>a", "stdin.html"),
        (FILES["sub/i.parquet"], "stdin.parquet"),
        (FILES["sub/k.warc.gz"], "stdin.warc.gz"),
        (b"\x1f\x8b damaged", "stdin.jsonl.gz"),
    ],
)
def test_standard_input_is_known_by_its_first_bytes(tmp_path: Path, data: bytes, name: str) -> None:
    path = standard.spool(io.BytesIO(data), tmp_path)
    assert path == tmp_path / name
    assert path.read_bytes() == data
    out = io.BytesIO()
    standard.emit([(name, path)], out, ReadOptions())
    assert out.getvalue() == data


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
KEYS = st.text(max_size=3) | st.sampled_from(["metadata", "cleaner", "text", "metadata.cleaner"])


@given(
    st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES), max_size=4),
    st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
    st.booleans(),
)
def test_an_annotation_adds_one_thing_and_can_be_taken_out(
    record: dict[str, Any], values: dict[str, Any], ascii_only: bool
) -> None:
    line = json.dumps(record, ensure_ascii=ascii_only).encode("utf-8", "replace") + b"\r\n"
    out, splice = jsontext.annotate(line, values)
    assert jsontext.unannotate(out, splice) == line
    after = json.loads(out)
    before = json.loads(line)
    if isinstance(before.get("metadata", {}), dict):
        assert after["metadata"].pop("cleaner") == values
        before.get("metadata", {}).pop("cleaner", None)
        before.setdefault("metadata", {})
    else:
        assert after.pop("metadata.cleaner") == values
        before.pop("metadata.cleaner", None)
    assert after == before


def test_a_corpus_in_a_bucket_is_cleaned_published_and_restored(
    bucket: str, run: tuple[Path, Path, Manifest], tmp_path: Path, tree: Tree
) -> None:
    import fsspec

    source, dest, _ = run
    system = fsspec.filesystem("s3")
    for name, data in FILES.items():
        system.pipe_file(f"corpus/in/{name}", data)
    found = discover([f"{bucket}/in"])
    assert [piece.name for piece in found.files] == sorted(FILES)
    clean([f"{bucket}/in"], str(tmp_path / "out"), Config())
    assert cleaned(tmp_path / "out", "d.jsonl.gz") == cleaned(dest, "d.jsonl.gz")
    remote.publish(tmp_path / "out", f"{bucket}/out")
    remote.publish(tmp_path / "out", f"{bucket}/out")
    with pytest.raises(CleanerError, match="was not written by cleaner"):
        remote.publish(tmp_path / "out", f"{bucket}/in")
    remote.fetch(f"{bucket}/out", tmp_path / "fetched")
    assert verify(str(tmp_path / "fetched")) == []
    restore(str(tmp_path / "fetched"), str(tmp_path / "back"))
    assert tree(tmp_path / "back") == tree(source)


def test_an_address_with_nothing_behind_it_is_named(bucket: str) -> None:
    with pytest.raises(CleanerError, match="s3://corpus/nowhere: holds no files"):
        discover([f"{bucket}/nowhere"])
