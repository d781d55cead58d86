"""The command line: results to stdout, all else to stderr, exit codes 0, 1 and 2, no traceback."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CASES = [
    case
    for path in sorted((ROOT / "tests/cli").glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def run(
    *arguments: str, cwd: Path, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("CLEANER", "COV"))
    }
    env |= {"PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *arguments],
        cwd=cwd,
        env=env,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    for name, text in case.get("files", {}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1") if case.get("latin1") else text.encode())
    for earlier in case.get("before", []):
        assert run(*earlier, cwd=tmp_path).returncode in {0, 1}
    for name, text in case.get("tamper", {}).items():
        (tmp_path / name).write_text(text)
    result = run(*case["args"], cwd=tmp_path, given=case.get("input"))
    assert (result.returncode, result.stderr) == (case["status"], result.stderr)
    for line in case.get("stdout", []):
        assert line in result.stdout.splitlines()
    if case.get("stdout") == []:
        assert result.stdout == ""
    for part in case.get("stderr", []):
        assert part in result.stderr
    assert "Traceback" not in result.stderr


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
