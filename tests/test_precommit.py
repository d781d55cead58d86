"""The hooks and the action, run as their programs run them, offline."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
ACTION = (ROOT / "action.yml").read_text("utf-8")
ARTICLE = "The ferry left at seven and met the first of the fog an hour later, they say.\n"
CLEANER = '#!/bin/sh\nexec {python} -m cleaner "$@"\n'


@pytest.fixture(name="env")
def _env(tmp_path: Path) -> dict[str, str]:
    """An environment whose `cleaner` is this one, and whose caches are its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "cleaner"
    program.write_text(CLEANER.format(python=sys.executable))
    program.chmod(0o755)
    drop = ("GIT_", "GITHUB_", "CLEANER", "PRE_COMMIT", "COV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(drop)}
    return kept | {
        "PATH": os.pathsep.join([str(folder), str(Path(sys.executable).parent), kept["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def run(
    *command: str, cwd: Path, env: dict[str, str], check: bool = False
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=check, timeout=120
    )


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, env: dict[str, str]) -> Path:
    """A git repository that uses both hooks as they are published, but not installed by pip."""
    folder = tmp_path / "repository"
    for name in ("one/a.txt", "two/a.txt"):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(f"{ARTICLE}\n{name} has a page of its own, which says so.\n")
    hooks = HOOKS.replace("language: python", "language: system").replace("\n", "\n    ")
    hooks = hooks.replace("pass_filenames: false", "pass_filenames: false\n      args: [one, two]")
    config = f"repos:\n- repo: local\n  hooks:\n    {hooks}"
    (folder / ".pre-commit-config.yaml").write_text(config.rstrip() + "\n")
    run("git", "init", "-q", cwd=folder, env=env, check=True)
    run("git", "add", ".", cwd=folder, env=env, check=True)
    return folder


def hooks(repository: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    run("git", "add", ".", cwd=repository, env=env, check=True)
    return run(sys.executable, "-m", "pre_commit", "run", "--all-files", cwd=repository, env=env)


def test_pre_commit_mends_documents_and_finds_duplicates(
    repository: Path, env: dict[str, str]
) -> None:
    path = repository / "one/a.txt"
    good = path.read_text()
    path.write_text(good.replace("\n\n", "\n\n\n\n\n"))
    (repository / "README.md").write_text("About.\n\n\n\n\nThis.\n")
    first = hooks(repository, env)
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    assert path.read_text() == good
    second = hooks(repository, env)
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.count("Passed") == 2
    shutil.copy(path, repository / "two/b.txt")
    third = hooks(repository, env)
    assert third.returncode == 1
    assert "duplicates.exact" in third.stdout
    assert re.search(r"documents\).*Passed", third.stdout)


def test_the_published_hooks_are_valid(env: dict[str, str], tmp_path: Path) -> None:
    done = run(
        *(sys.executable, "-m", "pre_commit", "validate-manifest"),
        str(ROOT / ".pre-commit-hooks.yaml"),
        cwd=tmp_path,
        env=env,
    )
    assert (done.returncode, done.stdout) == (0, "")


def script() -> str:
    """The script of the action's second step."""
    body = ACTION.split("- name: Run cleaner")[1].split("run: |\n")[1]
    return "\n".join(line[8:] for line in body.splitlines())


def test_the_action_annotates_and_writes_sarif(tmp_path: Path, env: dict[str, str]) -> None:
    assert "${{" not in script()  # an input never becomes a part of the script
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a b.txt").write_text("One went away.\n\n\n\nTwo came back.\n")
    runner = tmp_path / "runner/cleaner/bin"
    runner.mkdir(parents=True)
    shutil.copy(tmp_path / "bin/cleaner", runner)
    env = env | {
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "CLEANER_PATHS": "a b.txt\n",
        "CLEANER_CONFIG": "",
        "CLEANER_ARGS": "--select\nstructure\n$(touch injected)",
        "CLEANER_SARIF": "out.sarif",
    }
    done = run("bash", "-euo", "pipefail", "-c", script(), cwd=tree, env=env)
    assert done.returncode == 2
    assert not (tree / "injected").exists()
    env["CLEANER_ARGS"] = "--select\nstructure"
    done = run("bash", "-euo", "pipefail", "-c", script(), cwd=tree, env=env)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=a b.txt,line=2,endLine=5,title=")
    assert '"version": "2.1.0"' in (tree / "out.sarif").read_text()
    assert "### cleaner" in (tmp_path / "summary.md").read_text()
