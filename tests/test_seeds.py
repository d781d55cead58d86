"""The five seeds: what is repaired, what is flagged, and what nobody may touch."""

import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import Config
from cleaner.edits import apply
from cleaner.jobs.clean import clean
from cleaner.jobs.restore import restore, verify
from cleaner.model import Edit, Span

SEEDS = Path(__file__).parents[1] / "seeds"
NAMES = sorted(path.name for path in SEEDS.glob("*.txt"))
TITLE = "Iraq’s Vice President Requests US Assistance Against Iran-Backed Militias in His Country"
GONE = [
    ("000", "Home News Middle East"),
    ("001", "Thanks for being here and being a loyal reader."),
    ("001", "tax-deductible contribution today. Thank you."),
    ("002", "Iraq News - Local News - Baghdadpost"),
    ("002", "Last Modified: Sunday، 03 February 2019 02:30 PM"),
    ("002", "\n\n\n"),
    ("003", "Notice: All comments are subject to moderation."),
    ("003", "in the sole discretion of the site moderator."),
    ("003", "\nResponses"),
    ("004", "قالب وردپرس درنا توس"),
    ("004", "Home / World / In Iraq"),
    ("004", "\n\n\n"),
    ("004", "in 201\n"),
    ("004", "# 39;"),
    ("004", "Source link"),
]
THERE = [
    ("000", TITLE),
    ("004", "In Iraq, US ally with former Iran-backed enemies"),
    ("004", "After regular IS forces collapsed in 2014, a coalition of"),
    ("004", "\n'Iraq needs the USA'\n"),
]
FLAGGED = [
    ("001", "structure.dateline", "December 28, 2018", {"date": "2018-12-28"}),
    ("001", "structure.byline", "By Joseph Hammond", {"author": "Joseph Hammond"}),
    ("001", "typography.reversed-apostrophe", "‘", {}),
    ("004", "structure.title-suffix", " – INTERNATIONAL", {}),
    ("004", "structure.orphan-fragment", "taking a chance ]", {}),
    ("004", "structure.unterminated-paragraph", "partners", {}),
    ("004", "structure.unterminated-paragraph", "Americans", {}),
    ("004", "boilerplate.credits.agency-tag", "NJ Times", {}),
    ("001", "quality.doubled-word", "to reduce to reduce", {}),
    ("003", "quality.doubled-word", "the the", {}),
    ("004", "quality.spun-text", None, {}),
]
LEFT_ALONE = [
    ("000", "“parallel army”"),
    ("000", "Al-Nujaifi and his brother"),
    ("000", "More than 2,000 additional troops"),
    ("001", "Abdul-Mahdi‘s government"),
    ("001", "no plans to reduce to reduce U.S. forces"),
    ("001", "following pubic appeal for Iraqi men to fight Da’esh"),
    ("001", "some 150,000 militia members"),
    ("001", "One possible concern – the growing"),
    ("001", "Popular Mobilization Forces — though"),
    ("002", "US military presence rattles Iran-linked militias in Iraq: Report"),
    ("002", "The Arab Weekly said."),
    ("002", "Speaking to AP, Qais"),
    ("002", "drive it out by force… but the first phase"),
    ("002", "toppled Saddam Hussein in 2003,” he said."),
    ("002", "‘Let them take him.’"),
    ("002", "They (Iraqi officials) should be careful.”"),
    ("002", "“The presence of US troops in Iraq is very necessary"),
    ("002", "They are [liberation forces] and we"),
    ("003", "with the help of the United States:"),
    ("003", "Lake continues:"),
    ("003", "[O]fficial U.S. policy"),
    ("003", "absorb the the Shiite militias"),
    ("003", "72 unarmed Sunnis"),
    ("004", "Iraq needs its help, he said, to stabilize"),
    ("004", '"Now we need their help, we can not turn our country'),
    ("004", "\"We've all made mistakes In the past"),
    ("004", "albeit with some unlikely partners\n"),
    ("004", "who once fought and killed Americans\n"),
    ("004", "is likely to continue. NJ Times"),
]


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dest = tmp_path_factory.mktemp("seeds") / "cleaned"
    clean([str(SEEDS)], str(dest), Config())
    return dest


@pytest.fixture(scope="module")
def findings(cleaned: Path) -> list[dict[str, Any]]:
    lines = (cleaned / "_cleaner/findings.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def text_of(folder: Path, start: str) -> str:
    return next(folder.glob(f"{start}_*.txt")).read_text("utf-8")


@pytest.mark.parametrize(("seed", "string"), GONE)
def test_gone(cleaned: Path, seed: str, string: str) -> None:
    assert string in text_of(SEEDS, seed)
    assert string not in text_of(cleaned, seed)


@pytest.mark.parametrize(("seed", "string"), THERE)
def test_repaired_and_once(cleaned: Path, seed: str, string: str) -> None:
    assert text_of(cleaned, seed).count(string) == 1


@pytest.mark.parametrize(("seed", "rule", "string", "evidence"), FLAGGED)
def test_flagged(
    findings: list[dict[str, Any]],
    seed: str,
    rule: str,
    string: str | None,
    evidence: dict[str, Any],
) -> None:
    text = text_of(SEEDS, seed)
    found = [
        one
        for one in findings
        if one["rule"] == rule
        and one["document"].startswith(seed)
        and not one["applied"]
        and (
            string is None
            or text[slice(*one["span"])] == string
            or (len(string) > 1 and string in text[slice(*one["span"])])
        )
    ]
    assert len(found) == 1
    assert found[0]["message"]
    assert evidence.items() <= found[0]["evidence"].items()


@pytest.mark.parametrize(("seed", "string"), LEFT_ALONE)
def test_left_alone(cleaned: Path, seed: str, string: str) -> None:
    assert string in text_of(SEEDS, seed)
    assert string in text_of(cleaned, seed)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_changes_outside_of_applied_findings(
    cleaned: Path, findings: list[dict[str, Any]], name: str
) -> None:
    before = (SEEDS / name).read_text("utf-8")
    after = (cleaned / name).read_text("utf-8").removesuffix("\n")
    allowed = {
        at
        for one in findings
        if one["document"] == name and one["applied"]
        for edit in one["fix"]["edits"]
        for at in range(*edit["span"])
    }
    ledger = [
        json.loads(line) for line in (cleaned / "_cleaner/ledger.jsonl").read_bytes().splitlines()
    ]
    changes = next(r["changes"] for r in ledger if r["path"] == name and r["action"] == "edited")
    edits = [Edit(Span(at, at + len(old)), new) for at, old, new, _ in changes]
    assert {at for edit in edits for at in range(*edit.span)} <= allowed
    assert apply(before, edits) == after


def test_every_text_ends_in_one_newline(cleaned: Path) -> None:
    for name in NAMES:
        text = (cleaned / name).read_text("utf-8")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_no_two_seeds_are_duplicates(cleaned: Path) -> None:
    assert (cleaned / "_cleaner/duplicates.jsonl").read_bytes() == b""


def test_the_originals_come_back(cleaned: Path, tmp_path: Path) -> None:
    restore(str(cleaned), str(tmp_path / "back"))
    for name in NAMES:
        assert (tmp_path / "back" / name).read_bytes() == (SEEDS / name).read_bytes()
    assert verify(str(cleaned)) == []


def test_cleaning_twice_is_cleaning_once(cleaned: Path, tmp_path: Path) -> None:
    manifest = clean([str(cleaned)], str(tmp_path / "again"), Config())
    assert manifest.counts["edited"] == 0
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (cleaned / name).read_bytes()


def test_every_document_is_english(findings: list[dict[str, Any]]) -> None:
    assert not [one for one in findings if one["rule"] == "language.uncertain"]


def test_positions_are_those_of_the_users_file(findings: list[dict[str, Any]]) -> None:
    for one in findings:
        if one["span"]:
            lines = (SEEDS / one["path"]).read_text("utf-8").split("\n")
            at = sum(len(line) + 1 for line in lines[: one["line"] - 1]) + one["column"] - 1
            assert at == one["span"][0]
