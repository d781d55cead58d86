"""A run that is killed at any point and resumed writes the same bytes as one that is not."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
WORDS = [
    "harbour",
    "ferry",
    "captain",
    "island",
    "winter",
    "market",
    "evening",
    "garden",
    "letter",
    "station",
]
POINTS = (
    "_cleaner/lock",
    "_cleaner/work/state.json",
    "_cleaner/work/looked-000001.arrow",
    "_cleaner/work/000000.done",
    "_cleaner/ledger.jsonl",
    "a.jsonl",
)
"""Files whose appearance a kill follows."""


def command(source: Path, dest: Path, *more: str) -> list[str]:
    arguments = ["clean", str(source), "-o", str(dest), "-q", "-j", "2", *more]
    rules = ["--select", "encoding", "--select", "duplicates"]
    return [sys.executable, "-m", "cleaner", *arguments, *rules]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A corpus that is large enough for workers, and what a run over it writes."""
    folder = tmp_path_factory.mktemp("resume")
    source = folder / "in"
    source.mkdir()
    rows = (
        {"text": " ".join(WORDS[(n * k) % 7 + k % 3] + str(n * k) for k in range(1, 400))}
        for n in range(2500)
    )
    lines = [json.dumps(row) for row in rows]
    lines[7] = json.dumps({"text": "The caf\u00c3\u00a9 was closed, they said."})
    lines[8] = "{"
    (source / "a.jsonl").write_text("\n".join(lines))
    (source / "b.txt").write_text("The caf\u00c3\u00a9 was closed.", "utf-8")
    assert (source / "a.jsonl").stat().st_size > 8 << 20
    subprocess.run(command(source, folder / "out"), env=ENVIRONMENT, check=False)
    return source, tree(folder / "out")


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_is_resumed_to_the_same_bytes(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, point: str
) -> None:
    source, expected = whole
    dest = tmp_path / "out"
    with subprocess.Popen(
        command(source, dest), env=ENVIRONMENT, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        while process.poll() is None and not (dest / point).exists():
            time.sleep(0.001)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    done = subprocess.run(
        command(source, dest, "--resume"), env=ENVIRONMENT, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert tree(dest) == expected
