"""Stars, never chains: whatever goes names a document that stays."""

import json
from pathlib import Path

from cleaner.config import Config
from cleaner.jobs.clean import clean

BODY = " ".join(f"word{number}" for number in range(120))


def test_a_copy_of_a_document_that_goes_names_one_that_stays(tmp_path: Path) -> None:
    texts = {"long.txt": BODY + " and an end", "one.txt": BODY, "two.txt": BODY}
    for name, text in texts.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    clean([str(tmp_path / "in")], str(tmp_path / "out"), Config(apply=("duplicates.near",)))
    rows = [
        json.loads(line)
        for line in (tmp_path / "out/_cleaner/duplicates.jsonl").read_text().splitlines()
    ]
    assert {(row["document"], row["kept"], row["kind"], row["action"]) for row in rows} == {
        ("one.txt", "long.txt", "near", "removed"),
        ("two.txt", "long.txt", "near", "removed"),
    }
    assert sorted(path.name for path in (tmp_path / "out").glob("*.txt")) == ["long.txt"]
