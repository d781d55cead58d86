"""The index: what was added is found again, by name and with exact numbers."""

import random
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from cleaner import index
from cleaner.config import DuplicatesOptions
from cleaner.engines import documents_schema
from cleaner.index import adding
from cleaner.kernels.duplicates.shingles import define_shingles
from cleaner.model import CleanerError, Finding


def words(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [f"w{draw.randrange(100_000)}" for _ in range(count)]


def batch_of(texts: dict[str, str]) -> pa.RecordBatch:
    columns = [
        range(len(texts)),
        list(texts),
        list(texts.values()),
        [""] * len(texts),
        [0.0] * len(texts),
    ]
    fields = documents_schema()
    return pa.record_batch(
        [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)],
        schema=fields,
    )


def look_up(folder: Path, texts: dict[str, str], **options: float) -> list[Finding]:
    chosen = msgspec.convert(options, DuplicatesOptions)
    return [
        msgspec.json.decode(finding, type=Finding)
        for batch in index.match(str(folder), chosen, iter([batch_of(texts)]))
        for finding in batch.column("finding").to_pylist()
    ]


CORPUS = {f"old{n}": " ".join(words(200, seed=n)) for n in range(30)}
CORPUS |= {"short": "Yes", "blank": " "}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "corpus.index"
    assert index.add(place, [batch_of(CORPUS)]) == 32
    return place


def test_every_kind_of_match_names_the_indexed_document(folder: Path) -> None:
    changed = CORPUS["old3"].split()
    changed[70] = "other"
    quoting = words(300, 77) + CORPUS["old5"].split()[20:110] + words(300, 78)
    new = {
        "same": CORPUS["old7"],
        "near": " ".join(changed),
        "part": " ".join(CORPUS["old4"].split()[30:150]),
        "quoting": " ".join(quoting),
        "fresh": " ".join(words(200, seed=99)),
        "yes": "Yes",
        "no": "No",
        "nothing": " ",
    }
    found = {one.document: one for one in look_up(folder, new)}
    assert {name: (one.rule, one.evidence.get("kept")) for name, one in found.items()} == {
        "same": ("duplicates.exact", "old7"),
        "near": ("duplicates.near", "old3"),
        "part": ("duplicates.contained", "old4"),
        "quoting": ("duplicates.passage", None),
        "yes": ("duplicates.exact", "short"),
    }
    a, b = set(define_shingles(new["near"])), set(define_shingles(CORPUS["old3"]))
    assert found["near"].evidence["jaccard"] == len(a & b) / len(a | b)
    assert found["part"].evidence["containment"] == 1.0
    quoted = found["quoting"]
    assert quoted.evidence == {"other": "old5", "tokens": 90}
    assert quoted.span is not None
    assert new["quoting"][slice(*quoted.span)] == " ".join(CORPUS["old5"].split()[20:110])


def test_documents_can_be_added_without_rebuilding(folder: Path) -> None:
    before = {path: path.read_bytes() for path in (folder / "segment-000000").iterdir()}
    more = {"new": " ".join(words(150, seed=500)), "again": CORPUS["old1"]}
    assert index.add(folder, [batch_of(more), batch_of(more)]) == 1
    assert index.add(folder, [batch_of(CORPUS)]) == 0
    assert len(index.open_index(folder)) == 33
    assert {path: path.read_bytes() for path in before} == before
    (finding,) = look_up(folder, {"copy": more["new"].upper()})
    assert (finding.rule, finding.evidence["kept"]) == ("duplicates.near", "new")
    assert index.open_index(folder).verify() == []


def test_the_answer_does_not_depend_on_segments(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "_SEGMENT", 100)
    other = tmp_path / "other"
    for name, text in CORPUS.items():
        index.add(other, [batch_of({name: text})])
    new = {f"q{n}": " ".join(words(200, seed=n)[n:]) + " more" for n in range(30)}
    assert look_up(other, new) == look_up(folder, new)


def test_many_small_segments_become_few(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    most = 0
    for name, text in CORPUS.items():
        assert index.add(other, [batch_of({name: text})]) == 1
        assert index.add(other, [batch_of({name: text})]) == 0
        most = max(most, len(index.open_index(other).parts))
    found = index.open_index(other)
    assert most <= 9
    assert {part.name for part in found.parts} == {p.name for p in other.iterdir() if p.is_dir()}
    assert found.verify() == []
    assert [i for one in found.segments for i in one.ids.to_pylist()] == list(CORPUS)
    new = {f"q{n}": " ".join(words(200, seed=n)[n:]) + " more" for n in range(30)}
    assert look_up(other, new) == look_up(folder, new)


def test_what_a_merge_left_behind_does_no_harm(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for name, text in CORPUS.items():
        index.add(other, [batch_of({name: text})])
        for left in range(40):  # as if an earlier run had been killed
            (other / f"segment-{left:06d}").mkdir(exist_ok=True)
    assert index.open_index(other).verify() == []
    assert look_up(other, CORPUS) == look_up(folder, CORPUS)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    assert index.add(tmp_path / "index", []) == 0
    assert look_up(tmp_path / "index", CORPUS) == []


def test_what_is_wrong_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match="is no index"):
        index.open_index(tmp_path / "absent")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CleanerError, match="holds something else"):
        index.add(tmp_path, [batch_of(CORPUS)])
    table = folder / "index.json"
    good = table.read_text()
    table.write_text(good.replace('"seed": 1', '"seed": 2'))
    with pytest.raises(CleanerError, match="seed is 2, this version has 1"):
        index.open_index(folder)
    table.write_text(good.replace("segment-000000", "../segment"))
    with pytest.raises(CleanerError, match="is damaged"):
        index.open_index(folder)
    table.write_text("{")
    with pytest.raises(CleanerError, match="is damaged"):
        index.open_index(folder)
    table.write_text(good)
    bands = folder / "segment-000000" / "bands.npy"
    data = bytearray(bands.read_bytes())
    data[-1] ^= 1
    bands.write_bytes(data)
    (line,) = index.open_index(folder).verify()
    assert "bands.npy: changed" in line
    bands.write_bytes(data[:-8])
    with pytest.raises(CleanerError, match="missing or cut short"):
        index.open_index(folder)
