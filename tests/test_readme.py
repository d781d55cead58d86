"""Commands that the README shows do what it says."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.config import parse

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def fenced(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.+?)\n```", README, re.DOTALL)


def test_each_command_for_a_fresh_machine_stands_alone_on_one_line() -> None:
    blocks = fenced("sh")
    assert len(blocks) >= 2
    assert all("\n" not in block for block in blocks)
    assert "cleaner clean seeds -o cleaned --report reports" in blocks[0]
    assert "pytest" in blocks[1]


def test_the_shown_findings_are_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, shown = fenced("console")[0].split("\n", 1)
    result = CliRunner().invoke(cli, shlex.split(command)[2:], standalone_mode=False)
    assert isinstance(result.output, str)
    for line in shown.splitlines():
        assert line == "…" or line in result.output


def test_the_shown_configuration_is_valid() -> None:
    for block in fenced("toml"):
        parse(tomllib.loads(block)["tool"]["cleaner"], "README.md")


def test_every_command_of_the_table_exists() -> None:
    for name in re.findall(r"`cleaner (\w+)", README):
        assert name in cli.commands


def test_the_commands_for_ci_run_as_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for line in fenced("sh-session")[0].splitlines():
        words = shlex.split(line.removeprefix("$ cleaner "), comments=True)
        result = CliRunner().invoke(cli, words, standalone_mode=False)
        assert result.exception is None, line
        assert result.return_value in {0, 1}, line


def test_every_flag_that_the_documentation_shows_exists() -> None:
    text = README + (ROOT / "docs/ci.md").read_text("utf-8")
    known = {name for command in cli.commands.values() for p in command.params for name in p.opts}
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert shown - known <= {"--quiet", "--version"}
