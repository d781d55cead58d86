"""`clean` as a whole: nothing is lost, everything can be undone, bad input is named."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.config import Config, DuplicatesOptions
from cleaner.jobs.clean import clean
from cleaner.jobs.restore import restore, verify
from cleaner.jobs.workspace import Workspace
from cleaner.model import CleanerError

PROSE = (
    "The ferry left at seven and met the first of the fog an hour later. Nobody on board was "
    "surprised, said the mate, who had crossed the strait for thirty years and liked to tell of it."
)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def digest(folder: Path) -> str:
    return hashlib.sha256(repr(tree(folder)).encode()).hexdigest()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def accounted(counts: dict[str, int]) -> bool:
    return counts["documents_in"] == counts["kept"] + counts["removed"] + counts["rejected"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_bytes(f"Home > News > Ferry\n\nFerry\n\n{PROSE}".encode())
    (source / "copy.txt").write_bytes(f"Ferry\n\n{PROSE}\n".encode())
    (source / "sub" / "empty.txt").write_bytes(b"")
    (source / "sub" / "latin.txt").write_bytes("Le café était fermé à Nîmes.\r\n".encode("cp1252"))
    lines = [
        '{"id": 7, "text": "caf\\u00c3\\u00a9 noir", "n": 1.10, "n2": 1E+2}',
        "",
        '{"broken": ',
        f'{{"text":"{PROSE}","url":"https://example.org/a"}}',
        f'{{"text":"{PROSE}","url":"https://example.org/b"}}',
        '{"text": "\\ud83d\\ude00 and \\ud800"}',
    ]
    (source / "b.jsonl").write_bytes("\r\n".join(lines).encode())
    (source / "junk.txt").write_bytes(bytes(range(256)) * 4)
    (source / "image.png").write_bytes(b"\x89PNG")
    return source


def test_everything_is_accounted_for_and_comes_back(corpus: Path, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    manifest = clean([str(corpus)], str(dest), Config())
    assert accounted(manifest.counts)
    assert manifest.counts["skipped"] == 1
    assert verify(str(dest)) == []
    restore(str(dest), str(tmp_path / "back"))
    before = {name: data for name, data in tree(corpus).items() if name != "image.png"}
    assert tree(tmp_path / "back") == before


def test_rejected_records_are_named_with_cause_and_next_step(corpus: Path, tmp_path: Path) -> None:
    clean([str(corpus)], str(tmp_path / "out"), Config())
    rejected = rows(tmp_path / "out/_cleaner/rejected.jsonl")
    where = {(row["path"], row["record"]) for row in rejected}
    assert where == {("b.jsonl", 3), ("junk.txt", 0)}
    assert all(row["error"] and row["hint"] for row in rejected)


def test_untouched_fields_keep_their_spelling(corpus: Path, tmp_path: Path) -> None:
    clean([str(corpus)], str(tmp_path / "out"), Config())
    first = (tmp_path / "out/b.jsonl").read_bytes().split(b"\r\n")[0]
    assert first == b'{"id": 7, "text": "caf\\u00e9 noir", "n": 1.10, "n2": 1E+2}'


def test_a_duplicate_names_its_original(corpus: Path, tmp_path: Path) -> None:
    clean([str(corpus)], str(tmp_path / "out"), Config())
    found = rows(tmp_path / "out/_cleaner/duplicates.jsonl")
    removed = [row for row in found if row["action"] == "removed"]
    assert [(row["document"], row["kept"]) for row in removed] == [("b.jsonl#5", "b.jsonl#4")]
    assert removed[0]["jaccard"] == removed[0]["containment"] == 1.0


def test_output_and_ledger_do_not_depend_on_workers(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean([str(corpus)], str(tmp_path / "one"), Config())
    monkeypatch.setattr("cleaner.jobs.clean.SMALL", 0)
    monkeypatch.setattr("cleaner.jobs.clean.SHARD", 300)
    for jobs in (1, 2):
        clean([str(corpus)], str(tmp_path / f"jobs{jobs}"), Config(), jobs=jobs)
        assert digest(tmp_path / f"jobs{jobs}") == digest(tmp_path / "one")


@pytest.mark.parametrize("jobs", [0, 2])
def test_texts_that_nobody_looks_at_are_counted_and_copied_as_others(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """No rule is selected, so a reader leaves texts out; the other one is, and cuts nothing."""
    rows = [{"text": f"{PROSE} caf\u00e9 \U0001f600 {n}", "x": [n]} for n in range(300)]
    lines = [json.dumps(row, ensure_ascii=n % 2 == 0) for n, row in enumerate(rows)]
    lines[7:9] = ['{"text": "\\ud83d"}', '{"text": "\ufffd", "n": 1.10}']
    (corpus / "large.jsonl").write_text("\n".join([*lines, "{", ""]), "utf-8")
    if jobs:
        monkeypatch.setattr("cleaner.jobs.clean.SMALL", 0)
        monkeypatch.setattr("cleaner.jobs.clean.SHARD", 100_000)
    passes = "boilerplate duplicates encoding extract language quality repetition structure"
    ignored = Config(ignore=(*passes.split(), "typography", "webtext"))
    one = clean([str(corpus)], str(tmp_path / "one"), ignored, jobs=jobs or 1)
    two = clean(
        [str(corpus)], str(tmp_path / "two"), Config(select=("duplicates.held-back",)), jobs=1
    )
    assert one.counts == two.counts
    assert one.characters == two.characters
    assert one.files == two.files
    found, expected = (tree(tmp_path / name) for name in ("one", "two"))
    for name in ("manifest.json", "findings.jsonl"):
        del found[f"_cleaner/{name}"], expected[f"_cleaner/{name}"]
    assert found == expected


def test_cleaning_twice_is_cleaning_once(corpus: Path, tmp_path: Path) -> None:
    config = Config(unsafe_fixes=True, duplicates=DuplicatesOptions(keep="first"))
    clean([str(corpus)], str(tmp_path / "one"), config)
    manifest = clean([str(tmp_path / "one")], str(tmp_path / "two"), config)
    assert manifest.counts["edited"] == manifest.counts["removed"] == 0
    one, two = tree(tmp_path / "one"), tree(tmp_path / "two")
    assert {k: v for k, v in one.items() if "_cleaner" not in k} == {
        k: v for k, v in two.items() if "_cleaner" not in k
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(max_size=60) | st.sampled_from([PROSE, "a\n\n\nb", "& # 39;x& # 39;"]), max_size=4
    ),
    data=st.binary(max_size=40),
)
def test_any_corpus_comes_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: bytes
) -> None:
    source = tmp_path_factory.mktemp("any")
    for number, text in enumerate(texts):
        (source / f"{number}.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
    lines = [json.dumps({"text": text}) for text in texts]
    (source / "all.jsonl").write_bytes("\n".join(lines).encode() + b"\n" + data)
    (source / "raw.txt").write_bytes(data)
    out, back = source.parent / f"{source.name}-out", source.parent / f"{source.name}-back"
    manifest = clean([str(source)], str(out), Config(unsafe_fixes=True))
    assert accounted(manifest.counts)
    restore(str(out), str(back))
    assert tree(back) == tree(source)


def test_a_source_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match="nowhere: No such file or directory; name an existing"):
        clean([str(tmp_path / "nowhere")], str(tmp_path / "out"), Config())
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_not_written_to(corpus: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(CleanerError, match="is not empty and was not written by cleaner"):
        clean([str(corpus)], str(mine), Config())
    assert tree(mine) == {"thesis.txt": b"years of work"}


def test_the_source_is_no_output(corpus: Path) -> None:
    with pytest.raises(CleanerError, match="is also the source"):
        clean([str(corpus)], str(corpus), Config())


def test_a_finished_run_is_replaced_by_the_next(corpus: Path, tmp_path: Path) -> None:
    clean([str(corpus)], str(tmp_path / "out"), Config())
    (corpus / "a.txt").unlink()
    clean([str(corpus)], str(tmp_path / "out"), Config())
    assert not (tmp_path / "out/a.txt").exists()
    assert verify(str(tmp_path / "out")) == []


def test_a_second_writer_is_refused(corpus: Path, tmp_path: Path) -> None:
    with (
        Workspace(tmp_path / "out", resume=False),
        pytest.raises(CleanerError, match=f"process {os.getpid()} on .* is writing here"),
    ):
        clean([str(corpus)], str(tmp_path / "out"), Config())


def test_the_lock_of_a_dead_process_is_taken_over(corpus: Path, tmp_path: Path) -> None:
    import socket
    import subprocess
    import sys

    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    own = tmp_path / "out/_cleaner"
    own.mkdir(parents=True)
    owner = {"host": socket.gethostname(), "pid": int(gone.stdout)}
    (own / "lock").write_bytes(msgspec.json.encode(owner))
    clean([str(corpus)], str(tmp_path / "out"), Config())
    assert not (own / "lock").exists()


def test_resume_refuses_other_options_by_name(corpus: Path, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    with Workspace(dest, resume=False) as space:
        space.check_state(Config(), [], [])
    with pytest.raises(CleanerError, match="holds an unfinished run; continue it with --resume"):
        clean([str(corpus)], str(dest), Config())
    with pytest.raises(CleanerError, match="option unsafe-fixes was False and is True"):
        clean([str(corpus)], str(dest), Config(unsafe_fixes=True), resume=True)
    with pytest.raises(CleanerError, match=r"input a\.txt changed, came or went"):
        clean([str(corpus)], str(dest), Config(), resume=True)


def test_verify_names_what_changed(corpus: Path, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    clean([str(corpus)], str(dest), Config())
    (dest / "copy.txt").write_text("tampered")
    (dest / "sub/empty.txt").unlink()
    (dest / "new.txt").write_text("new")
    assert verify(str(dest)) == [
        "copy.txt: its content changed since it was written",
        "sub/empty.txt: No such file or directory",
        "new.txt: is not in the manifest",
    ]


def test_a_changed_corpus_is_not_restored(corpus: Path, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    clean([str(corpus)], str(dest), Config())
    (dest / "copy.txt").write_text("tampered")
    with pytest.raises(CleanerError, match="cannot be restored"):
        restore(str(dest), str(tmp_path / "back"))


def test_a_manifest_cannot_lead_out_of_the_folder(corpus: Path, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    clean([str(corpus)], str(dest), Config())
    path = dest / "_cleaner/manifest.json"
    path.write_text(path.read_text("utf-8").replace('"copy.txt"', '"../../evil.txt"'), "utf-8")
    with pytest.raises(CleanerError, match="leads out of the folder"):
        restore(str(dest), str(tmp_path / "back"))
