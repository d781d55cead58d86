"""Baselines: known findings do not fail, moved lines do not matter, stale entries do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.baseline import Baseline, Entry, read
from cleaner.cli import cli
from cleaner.model import CleanerError

ENTITY = "It rained &amp;quot;all day&amp;quot; and then some more at the end of it.\n"


@pytest.fixture(name="corpus", autouse=True)
def _corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("corpus").mkdir()
    Path("corpus/a.txt").write_text("One went away.\n\n\n\nTwo came back.\n")
    row = {"text": "Three of them.\n\n\n\nFour of them.\n"}
    Path("corpus/b.jsonl").write_text('{"text": "All is well here."}\n' + json.dumps(row) + "\n")
    return tmp_path


def check(*arguments: str) -> Result:
    command = ["check", "--select", "structure.blank-run", "-j1", *arguments]
    return CliRunner().invoke(cli, command, standalone_mode=False)


def adopt() -> None:
    done = check("corpus", "--baseline", "known.jsonl", "--update-baseline", "--add")
    assert (done.return_value, done.exception) == (0, None)


def test_known_findings_do_not_fail() -> None:
    assert check("corpus").return_value == 1
    adopt()
    lines = Path("known.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["path"], row["rule"], row["count"]) for row in rows] == [
        ("corpus/a.txt", "structure.blank-run", 1),
        ("corpus/b.jsonl", "structure.blank-run", 1),
    ]
    assert lines == sorted(lines)
    assert check("corpus", "--baseline", "known.jsonl").return_value == 0


def test_findings_stay_known_when_lines_and_records_move() -> None:
    adopt()
    text = Path("corpus/a.txt").read_text()
    Path("corpus/a.txt").write_text("A new beginning.\n\n" + text)
    rows = Path("corpus/b.jsonl").read_text()
    Path("corpus/b.jsonl").write_text('{"text": "A new record."}\n' + rows)
    assert check("corpus", "--baseline", "known.jsonl").return_value == 0


def test_a_new_finding_fails_and_only_it_is_shown() -> None:
    adopt()
    Path("corpus/c.txt").write_text("Five of them.\n\n\n\nSix of them.\n")
    done = check("corpus", "--baseline", "known.jsonl", "--output-format", "concise")
    assert done.return_value == 1
    assert done.stdout.splitlines() == [
        "corpus/c.txt:2:1: structure.blank-run 3 blank lines in a row"
    ]


def test_one_more_of_the_same_is_new() -> None:
    adopt()
    with Path("corpus/a.txt").open("a") as stream:
        stream.write("\n\n\nThree.\n")
    assert check("corpus", "--baseline", "known.jsonl").return_value == 1


def test_a_stale_entry_fails_until_it_is_taken_out() -> None:
    adopt()
    Path("corpus/a.txt").write_text("One went away.\n")
    done = check("corpus", "--baseline", "known.jsonl")
    assert done.return_value == 1
    assert "stale: corpus/a.txt: structure.blank-run" in done.stderr
    assert check("corpus", "--baseline", "known.jsonl", "--update-baseline").return_value == 0
    assert check("corpus", "--baseline", "known.jsonl").return_value == 0
    assert [one.path for one in read(Path("known.jsonl")).entries] == ["corpus/b.jsonl"]


def test_an_update_does_not_add() -> None:
    adopt()
    Path("corpus/c.txt").write_text("Five of them.\n\n\n\nSix of them.\n")
    before = Path("known.jsonl").read_bytes()
    assert check("corpus", "--baseline", "known.jsonl", "--update-baseline").return_value == 1
    assert Path("known.jsonl").read_bytes() == before


def test_entries_of_files_that_were_not_read_are_not_stale() -> None:
    adopt()
    assert check("corpus/a.txt", "--baseline", "known.jsonl").return_value == 0
    Path("corpus/b.jsonl").unlink()
    assert check("corpus/a.txt", "--baseline", "known.jsonl").return_value == 1


def test_a_finding_is_not_known_in_another_file() -> None:
    adopt()
    Path("corpus/a.txt").rename("corpus/z.txt")
    assert check("corpus", "--baseline", "known.jsonl").return_value == 1


def test_a_line_that_is_no_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text('\n{"rule": 1}\n')
    with pytest.raises(CleanerError, match=r"known\.jsonl:2: is no entry of a baseline"):
        read(path)


def test_counts_are_taken_out_one_by_one(tmp_path: Path) -> None:
    entry = Entry("a", "a", "r", "f", 3)
    one = Entry("a", "a", "r", "f")
    known = Baseline(tmp_path / "b", [entry])
    assert known.known([one] * 4) == [True, True, True, False]
    stale = known.stale([one], {"a"}, {"r"})
    assert [e.count for e in stale] == [2]
    assert [e.count for e in known.without(stale).entries] == [1]
