"""New documents against an old corpus, and why two documents are duplicates."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import cli

LINE = (
    "The harbour master wrote down every boat that came in before the storm and then he closed "
    "the book and went home along the quay where nets were drying and children threw stones at "
    "the gulls until the light was gone and nobody could tell the water from the sky any"
)
OLD = f"{LINE} more.\n"
NEAR = f"{LINE} longer.\n"
OTHER = "A quite different article about bread, of which the town has seven kinds, one a day.\n"


@pytest.fixture(autouse=True)
def _corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"old/a.txt": OLD, "new/b.txt": NEAR, "new/c.txt": OTHER}.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


def against(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    done = run("check", "new", "--select", "duplicates", "--output-format", "json", *arguments)
    assert done.exception is None
    return done.return_value, json.loads(done.stdout)["findings"]


def test_an_index_answers_without_the_old_corpus() -> None:
    assert run("index", "old", "-o", "old.index").return_value == 0
    shutil.rmtree("old")
    status, found = against("--against", "old.index")
    assert status == 1
    assert [(one["document"], one["rule"]) for one in found] == [("b.txt", "duplicates.near")]
    evidence = found[0]["evidence"]
    assert isinstance(evidence, dict)
    assert evidence["kept"] == "a.txt"
    assert 0.9 < evidence["jaccard"] < 1


def test_a_corpus_gives_the_same_answer() -> None:
    run("index", "old", "-o", "old.index")
    assert against("--against", "old") == against("--against", "old.index")
    assert against("--against", "old/*.txt") == against("--against", "old.index")


def test_the_configuration_names_the_old_corpus() -> None:
    Path("cleaner.toml").write_text('[duplicates]\nagainst = "old"\n')
    assert against()[0] == 1


def test_an_index_grows_by_the_same_command() -> None:
    run("index", "old", "-o", "all.index")
    done = run("index", "new/c.txt", "-o", "all.index")
    assert "1 new documents" in done.stderr
    assert [one["rule"] for one in against("--against", "all.index")[1]] == [
        "duplicates.near",
        "duplicates.exact",
    ]


def test_two_documents_are_explained() -> None:
    Path("rows.jsonl").write_text(json.dumps({"text": "x"}) + "\n" + json.dumps({"text": NEAR}))
    for second in ("new/b.txt", "rows.jsonl#2"):
        done = run("explain", "old/a.txt", second)
        assert done.return_value == 0
        assert "They are near-duplicates." in done.stdout
        assert "A line 1, B line 1" in done.stdout
    assert "They are no duplicates." in run("explain", "new/c.txt", "old/a.txt").stdout
