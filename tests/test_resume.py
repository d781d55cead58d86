"""A run that is killed at any point and resumed writes the same bytes as one that is not."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest

from cleaner.formats import remote

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
Tree = Callable[[Path], dict[str, bytes]]
"""See `conftest.tree`."""

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


def command(source: Path, dest: Path | str, *more: str) -> list[str]:
    arguments = ["clean", str(source), "-o", str(dest), "-q", "-j", "2", *more]
    rules = ["--select", "encoding", "--select", "duplicates"]
    return [sys.executable, "-m", "cleaner", *arguments, *rules]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tree: Tree) -> tuple[Path, dict[str, bytes]]:
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


def kill_when(arguments: list[str], environment: dict[str, str], seen: Callable[[], Any]) -> None:
    """Run a command, and end it and its workers as soon as something is seen."""
    with subprocess.Popen(
        arguments, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        while process.poll() is None and not seen():
            time.sleep(0.001)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_is_resumed_to_the_same_bytes(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, point: str, tree: Tree
) -> None:
    source, expected = whole
    dest = tmp_path / "out"
    kill_when(command(source, dest), ENVIRONMENT, (dest / point).exists)
    done = subprocess.run(
        command(source, dest, "--resume"), env=ENVIRONMENT, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert tree(dest) == expected


@pytest.mark.parametrize("when", ["at work", "while it is published"])
def test_a_killed_run_into_a_bucket_is_resumed(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, bucket: str, when: str, tree: Tree
) -> None:
    source, expected = whole
    url = f"{bucket}/killed-{when[:2]}"
    # The bucket is in the environment only as long as it is there.
    own = {"PYTHONPATH": ENVIRONMENT["PYTHONPATH"], "CLEANER_CACHE_DIR": str(tmp_path)}
    environment = os.environ | own
    system = fsspec.filesystem("s3")

    def begun() -> Any:
        if when == "at work":
            return list(tmp_path.glob("outgoing/*/_cleaner/work/000000.done"))
        system.invalidate_cache()
        return system.exists(f"{url}/_cleaner/duplicates.jsonl")

    kill_when(command(source, url), environment, begun)
    again = command(source, url, "--resume")
    done = subprocess.run(again, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    system.invalidate_cache()
    remote.fetch(url, tmp_path / "fetched")
    assert tree(tmp_path / "fetched") == expected
    assert not list(tmp_path.glob("outgoing/*"))
