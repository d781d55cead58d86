"""The command line: results to stdout, all else to stderr, exit codes 0, 1 and 2, no traceback."""

import io
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaner.cli import main

ROOT = Path(__file__).parents[1]
CASES = [
    case
    for path in sorted((ROOT / "tests/cli").glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("CLEANER", "COV"))
    }
    env |= {"PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(
    case: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case.get("files", {}).items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1") if case.get("latin1") else text.encode())
    for earlier in case.get("before", []):
        assert inside(earlier) in {0, 1}
    for name, text in case.get("tamper", {}).items():
        Path(name).write_text(text)
    capsys.readouterr()
    given = io.TextIOWrapper(io.BytesIO(case.get("input", "").encode()))
    monkeypatch.setattr(sys, "stdin", given)
    status = inside(case["args"])
    shown = capsys.readouterr()
    assert (status, shown.err) == (case["status"], shown.err)
    for line in case.get("stdout", []):
        assert line in shown.out.splitlines()
    if case.get("stdout") == []:
        assert shown.out == ""
    for part in case.get("stderr", []):
        assert part in shown.err
    assert "Traceback" not in shown.err


def inside(arguments: list[str]) -> int | str | None:
    """The exit code of the command, run in this process: a start for each case would be slow."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return stop.value.code


def test_the_program_exits_as_its_functions_do(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\n\n\nTwo.\n")
    for arguments, status in ((["check", "a.txt"], 1), (["rules"], 0), (["wash"], 2)):
        assert run(*arguments, cwd=tmp_path).returncode == status


def test_json_output_is_what_findings_jsonl_holds(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\n\n\nTwo.\n")
    result = run("check", ".", "--output-format", "json", cwd=tmp_path)
    run("clean", ".", "-o", "out", "-q", cwd=tmp_path)
    lines = (tmp_path / "out/_cleaner/findings.jsonl").read_text("utf-8").splitlines()
    shown = json.loads(result.stdout)
    assert shown == {"version": 1, "findings": [json.loads(line) for line in lines]}
    assert {
        "rule",
        "document",
        "path",
        "line",
        "column",
        "span",
        "message",
        "fix",
        "applicability",
        "applied",
        "evidence",
    } == shown["findings"][0].keys()


def test_the_terminal_never_gets_a_raw_escape(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.txt").write_text(
        "Red \x1b[31malert\x1b[0m and \u202egnp.exe\n\n\n\nEnd.\n"
    )
    result = run("check", ".", cwd=tmp_path)
    assert result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    assert "\u202e" not in result.stdout


def test_results_do_not_depend_on_hash_seed_or_locale(tmp_path: Path) -> None:
    seen = set()
    for number, (seed, locale) in enumerate([("0", "C.UTF-8"), ("1", "C"), ("random", "C")]):
        out = tmp_path / str(number)
        done = run(
            "clean",
            str(ROOT / "seeds"),
            "-o",
            str(out),
            "-q",
            cwd=tmp_path,
            PYTHONHASHSEED=seed,
            LC_ALL=locale,
            TZ="Pacific/Auckland",
        )
        assert done.returncode == 0
        seen.add(b"".join(p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()))
    assert len(seen) == 1
