"""Standard input and output, URLs, and places that cannot be read."""

import contextlib
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import Config
from cleaner.formats import text as text_format
from cleaner.formats.base import Piece, ReadOptions
from cleaner.jobs.audit import audit
from cleaner.jobs.check import check
from cleaner.jobs.clean import clean
from cleaner.jobs.restore import restore, verify
from cleaner.model import CleanerError

BROKEN, REPAIRED = "The caf\u00c3\u00a9 was closed.", "The caf\u00e9 was closed."
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cleaner", *arguments]
    return subprocess.run(command, input=given, env=ENVIRONMENT, capture_output=True, check=False)


def test_json_lines_go_through_standard_input_and_output() -> None:
    lines = [json.dumps({"n": 1, "text": BROKEN}), '{"text": "Fine.", "x": 1.10}']
    done = run("clean", "-", "-o", "-", given="\n".join([*lines, "{"]).encode())
    expected = [json.dumps({"n": 1, "text": REPAIRED}), lines[1]]
    assert done.stdout.decode() == "\n".join(expected) + "\n"
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "rejected: stdin.jsonl:3: is no valid JSON" in said
    assert "no ledger is kept" in said


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        (None, BROKEN.encode(), REPAIRED.encode() + b"\n"),
        ("csv", f"id,text\n1,{BROKEN}\n".encode(), f"id,text\n1,{REPAIRED}\n".encode()),
        ("text", b'{"text": "a"}', b'{"text": "a"}\n'),
    ],
)
def test_the_format_of_standard_input_is_seen_or_named(
    form: str | None, given: bytes, expected: bytes
) -> None:
    named = ["--format", form] if form else []
    done = run("clean", "-", "-o", "-", "-q", *named, given=given)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, b"")


def test_compressed_input_gives_compressed_output() -> None:
    line = json.dumps({"text": BROKEN}).encode()
    done = run("clean", "-", "-o", "-", "-q", given=gzip.compress(line))
    assert json.loads(gzip.decompress(done.stdout)) == {"text": REPAIRED}


@pytest.mark.parametrize(
    ("form", "given"),
    [
        (None, BROKEN.encode()),
        (None, gzip.compress(json.dumps({"text": BROKEN}).encode())),
        (None, json.dumps({"text": BROKEN}).encode()),
        ("csv", f"id,text\n1,{BROKEN}\n".encode()),
    ],
    ids=["text", "jsonl.gz", "jsonl", "csv"],
)
def test_standard_input_is_checked_in_any_format(form: str | None, given: bytes) -> None:
    named = ["--format", form] if form else []
    done = run("check", "-", "--output-format", "json", *named, given=given)
    assert (done.returncode, done.stderr) == (1, b"")
    found = json.loads(done.stdout)["findings"]
    assert {(one["path"], one["rule"]) for one in found} == {("-", "encoding.mojibake")}


def test_several_files_become_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BROKEN, "utf-8")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"id": 7, "text": "Rain."}'))
    (tmp_path / "c.csv").write_text("id,text\nx,Snow.\n")
    done = run("clean", str(tmp_path), "-o", "-", "-q")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "a.txt", "text": REPAIRED + "\n"},
        {"id": 7, "text": "Rain."},
        {"id": "x", "text": "Snow."},
    ]


def test_a_closed_pipe_ends_the_run_without_a_word(tmp_path: Path) -> None:
    rows = (json.dumps({"text": f"Line {n} of many. " * 50}) for n in range(2000))
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    source = str(tmp_path / "a.jsonl")
    command = [sys.executable, "-m", "cleaner", "clean", source, "-o", "-", "-q"]
    command += ["--select", "encoding"]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_nonsense_about_standard_input_is_refused() -> None:
    for arguments, why in (
        (("clean", "-", "-", "-o", "-"), "standard input can be read once only"),
        (("clean", "-", "-o", "x", "--resume"), "standard input and output cannot be resumed"),
        (("clean", "-", "-o", "-", "--format", "doc"), '"doc" is none; choose from text, jsonl'),
        (("clean", "seeds", "-o", "-", "--format", "csv"), "is about standard input"),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert why in done.stderr.decode()


def test_an_audit_goes_to_standard_output() -> None:
    done = run("audit", "-", "-o", "-", "-q", given=BROKEN.encode())
    assert done.stdout.startswith(b"<!doctype html>")
    assert b"standard input" in done.stdout


def test_a_bucket_is_source_and_target(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fsspec

    monkeypatch.setenv("CLEANER_CACHE_DIR", str(tmp_path / "cache"))
    system = fsspec.filesystem("s3")
    files = {
        f"{name}.jsonl.gz": gzip.compress(json.dumps({"text": f"{BROKEN} {name}"}).encode())
        for name in "abc"
    }
    for name, data in files.items():
        system.pipe_file(f"corpus/places/in/2024/{name}", data)
    system.pipe_file("corpus/places/in/2024/notes.txt", b"not asked for")
    sources = [f"{bucket}/places/in/*/*.jsonl.gz"]
    for _ in range(2):  # the second run replaces the first
        manifest = clean(
            sources, f"{bucket}/places/out", Config(), report=f"{bucket}/places/report"
        )
        assert manifest.counts["kept"] == 3
    written = {name.removeprefix("corpus/places/out/") for name in system.find("corpus/places/out")}
    assert {f"2024/{name}" for name in files} <= written
    assert "_cleaner/manifest.json" in written
    assert system.exists("corpus/places/report/report.json")
    assert not list((tmp_path / "cache/outgoing").iterdir())
    row = json.loads(gzip.decompress(system.cat_file("corpus/places/out/2024/a.jsonl.gz")))
    assert row == {"text": f"{REPAIRED} a"}
    assert verify(f"{bucket}/places/out") == []
    assert restore(f"{bucket}/places/out", str(tmp_path / "back")) == 3
    assert (tmp_path / "back/2024/b.jsonl.gz").read_bytes() == files["b.jsonl.gz"]
    assert restore(f"{bucket}/places/out", f"{bucket}/places/back") == 3
    assert system.cat_file("corpus/places/back/2024/c.jsonl.gz") == files["c.jsonl.gz"]
    assert len(check(sources, Config()).findings) == 3
    audit(sources, f"{bucket}/places/pages/audit.html", Config())
    assert system.exists("corpus/places/pages/audit.html")


def test_what_lies_in_a_bucket_is_not_written_over(bucket: str, tmp_path: Path) -> None:
    import fsspec

    (tmp_path / "a.txt").write_text("words")
    fsspec.filesystem("s3").pipe_file("corpus/places/mine/thesis.txt", b"years of work")
    with pytest.raises(CleanerError, match="was not written by cleaner"):
        clean([str(tmp_path)], f"{bucket}/places/mine", Config())
    with pytest.raises(CleanerError, match="is also the source"):
        clean([f"{bucket}/places/mine/"], f"{bucket}/places/mine", Config())
    with pytest.raises(CleanerError, match="s3://no-such-bucket/x: cannot be"):
        clean(["s3://no-such-bucket/x"], str(tmp_path / "out"), Config())


def test_an_error_in_a_reader_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name in "abc":
        (source / f"{name}.txt").write_text(f"The ferry {name} left at seven.\n")
    whole = text_format.read

    def read(piece: Piece, options: ReadOptions) -> Iterator[Any]:
        if piece.name == "b.txt":
            raise ZeroDivisionError("by nothing")
        yield from whole(piece, options)

    monkeypatch.setattr(text_format, "read", read)
    manifest = clean([str(source)], str(tmp_path / "out"), Config())
    assert (manifest.counts["kept"], manifest.counts["rejected"]) == (2, 1)
    row = json.loads((tmp_path / "out/_cleaner/rejected.jsonl").read_text())
    assert (row["path"], row["error"]) == (
        "b.txt",
        "the reader failed: ZeroDivisionError: by nothing",
    )
    monkeypatch.undo()
    restore(str(tmp_path / "out"), str(tmp_path / "back"))
    assert (tmp_path / "back/b.txt").read_bytes() == (source / "b.txt").read_bytes()


@contextlib.contextmanager
def without_power() -> Iterator[None]:
    """As nobody: permissions mean nothing to the superuser."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_listed_is_counted(tmp_path: Path) -> None:
    from cleaner.formats.discover import discover
    from cleaner.jobs.finish import unlisted

    for folder in [tmp_path, *tmp_path.parents]:
        if Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(0o755)
    (tmp_path / "open").mkdir()
    (tmp_path / "open/a.txt").write_text("words")
    (tmp_path / "shut").mkdir(mode=0)
    (tmp_path / "dark").mkdir()
    (tmp_path / "dark/b.txt").write_text("words")
    (tmp_path / "dark").chmod(0o444)
    try:
        with without_power():
            found = discover([str(tmp_path)])
    finally:
        for name in ("shut", "dark"):
            (tmp_path / name).chmod(0o755)
    assert [piece.name for piece in found.files] == ["open/a.txt"]
    assert sorted((row["path"], row["error"]) for row in unlisted(found)) == [
        ("dark/b.txt", "cannot be listed: Permission denied"),
        ("shut", "cannot be listed: Permission denied"),
    ]


def test_a_finding_in_a_table_names_the_line_of_the_file(tmp_path: Path) -> None:
    rows = ["id,text", '1,"two', 'lines"', "", f'2,"first\n{BROKEN}"']
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    (one,) = check([str(tmp_path)], Config(select=("encoding",))).findings
    assert (one["document"], one["line"], one["column"]) == ("2", 6, 8)
