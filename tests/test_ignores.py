"""What documents, records and paths switch off, and that it is neither reported nor fixed."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cleaner.config import Config, load, parse
from cleaner.jobs.check import check
from cleaner.jobs.clean import clean
from cleaner.model import Document, Span
from cleaner.pipeline.ignores import ignores_of

CASES = tomllib.loads((Path(__file__).parent / "cases/ignores.toml").read_text("utf-8"))["case"]
GAP = "One went away.\n\n\n\nTwo came back.\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any]) -> None:
    found = ignores_of(Document("a", case["text"]))
    spans = [Span(*match.span()) for match in re.finditer("BAD", case["text"])]
    left = [i for i, s in enumerate(spans) if not (found and found.covers("test.word", s))]
    assert left == case.get("left", list(range(len(spans))))


@given(st.text(st.sampled_from("a \n#\r"), max_size=40), st.text(max_size=40))
def test_no_text_breaks_the_search(before: str, after: str) -> None:
    for said in ("ignore[a]", "off", "on", "ignore["):
        ignores_of(Document("a", f"{before}\n# cleaner: {said}\n{after}"))
        ignores_of(Document("a", f"{before}# cleaner: {said}{after}"))


def rules(sources: list[str], config: Config) -> list[tuple[str, str]]:
    return [(one["document"], one["rule"]) for one in check(sources, config).findings]


def test_a_comment_holds_for_check_and_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"# cleaner: ignore[structure.blank-run]\n\n{GAP}"
    Path("a.txt").write_text(text)
    assert rules(["a.txt"], Config()) == []
    clean(["a.txt"], "out", Config())
    assert Path("out/a.txt").read_text() == text
    assert rules(["a.txt"], Config(inline_ignores=False)) == [("a.txt", "structure.blank-run")]


def test_a_record_switches_rules_off(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": GAP, "metadata": {"cleaner": {"ignore": ["structure"]}}},
        {"id": "b", "text": GAP, "metadata": {"cleaner": {"ignore": "quality"}}},
        {"id": "c", "text": GAP, "metadata": {"ignore": 7}},
        {"id": "d", "text": GAP, "metadata": {"cleaner": {"ignore": {}}}},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = rules([str(path)], Config(select=("structure",)))
    assert [document for document, _ in found] == ["b", "c", "d"]


@pytest.mark.parametrize("where", [".", "seeds"])
def test_a_path_switches_rules_off(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeds").mkdir()
    for name in ("seeds/a.txt", "b.txt"):
        (tmp_path / name).write_text(GAP)
    (tmp_path / "cleaner.toml").write_text('[per-path]\n"seeds/**" = { ignore = ["structure"] }\n')
    monkeypatch.chdir(tmp_path / where)
    config = replace(load(tmp_path / "cleaner.toml"), select=("structure",))
    found = rules([str(tmp_path)], config)
    assert found == [("b.txt", "structure.blank-run")]


def test_a_duplicate_can_be_accepted(tmp_path: Path) -> None:
    text = "The ferry left at seven and met the first of the fog an hour later.\n"
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(text)
    config = Config(select=("duplicates",))
    assert rules([str(tmp_path)], config) == [("b.txt", "duplicates.exact")]
    (tmp_path / "b.txt").write_text(f"# cleaner: ignore[duplicates]\n{text}")
    (tmp_path / "a.txt").write_text(f"# cleaner: ignore[duplicates]\n{text}")
    assert rules([str(tmp_path)], config) == []


def test_unknown_keys_of_a_path_are_refused() -> None:
    with pytest.raises(Exception, match="per-path"):
        parse({"per-path": {"a/**": {"ignroe": ["quality"]}}}, "cleaner.toml")
