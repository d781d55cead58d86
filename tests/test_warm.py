"""What the first run compiles ahead: it may only save time."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from cleaner.config import Config
from cleaner.engines import workers
from cleaner.jobs import warm
from cleaner.jobs.look import pipeline_of

ENCODED = msgspec.json.encode(Config())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEANER_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_a_process_with_threads_does_not_fork(cache: Path) -> None:
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        warm.warm(ENCODED, corpus=True)
    finally:
        over.set()
        other.join()
    assert not list(cache.glob("kernels-*"))


def test_every_pass_can_work_on_the_sample() -> None:
    pipeline = pipeline_of(ENCODED)
    for at in range(len(pipeline.passes.measuring)):
        warm._screen(ENCODED, at)
        warm._suspect(ENCODED, at)
        warm._measure(ENCODED, at)
    for at in range(len(pipeline.passes.document)):
        warm._look(ENCODED, at)
    for at in range(len(pipeline.corpus)):
        warm._compare(ENCODED, at)


@pytest.mark.parametrize("broken", [workers.Crashed("died"), RuntimeError("no"), OSError("full")])
def test_a_failure_leaves_no_mark_and_stops_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    def fail(_tasks: object, _jobs: int) -> None:
        raise broken

    monkeypatch.setattr(warm, "threads", lambda: 1)
    monkeypatch.setattr(warm, "run_tasks", fail)
    warm.warm(ENCODED, corpus=False)
    assert not list(cache.glob("kernels-*"))


def test_kernels_of_other_passes_are_another_mark() -> None:
    assert warm._fingerprint("text", "duplicates") != warm._fingerprint("text")


def test_kept_kernels_are_loaded_without_the_compilers_tables(tmp_path: Path) -> None:
    """A second process answers alike, and has loaded none of what only compiling needs."""
    program = (
        "import sys; from cleaner import signatures;"
        "print(signatures(['one two three four five six']).tolist()[0][:4]);"
        "print('numba.np.arraymath' in sys.modules, 'scipy.linalg' in sys.modules)"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        for _ in range(2)
    )
    assert first[0] == second[0]
    assert first[1] == "True False"
    assert second[1] == "False False"


def test_no_kernel_asks_for_the_compilers_tables_when_it_is_loaded() -> None:
    """Not even one that calls a method of an array: `any` alone would load all of SciPy."""
    program = (
        "import sys; from cleaner.kernels.start import without_threads; without_threads();"
        "import msgspec; from cleaner.config import Config; from cleaner.jobs.warm import preload;"
        "preload(msgspec.json.encode(Config()));"
        "print('cleaner.kernels.boilerplate.cues' in sys.modules,"
        " 'numba.np.arraymath' in sys.modules, 'scipy.linalg' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    _compiled, kept = (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    )
    assert kept == "True False False"
