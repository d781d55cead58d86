"""With --untrusted, a checked tree can say nothing about how it is checked."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import cli

GAP = "One went away.\n\n\n\nTwo came back.\n"


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's work tree in `pr`, and a file of our own beside it."""
    monkeypatch.chdir(tmp_path)
    Path("pr/.git").mkdir(parents=True)
    Path("pr/seeds").mkdir()
    Path("pr/seeds/a.txt").write_text(GAP)
    Path("pr/cleaner.toml").write_text('ignore = ["all"]\n')
    Path("own.toml").write_text('select = ["structure"]\n')


def check(*arguments: str) -> Result:
    return CliRunner().invoke(
        cli, ["check", "--untrusted", *arguments], standalone_mode=False, catch_exceptions=True
    )


def test_its_configuration_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("pr")
    assert check("seeds").return_value == 1


def test_a_configuration_of_our_own_is_obeyed() -> None:
    assert check("pr/seeds", "--config", "own.toml").return_value == 1


@pytest.mark.parametrize("option", ["--config", "--packs", "--baseline", "--against"])
def test_what_lies_in_the_tree_is_refused(option: str) -> None:
    done = check("pr/seeds", option, "pr/cleaner.toml")
    assert done.return_value is None
    assert "lies in the checked tree" in str(done.exception)


def test_a_link_to_the_tree_does_not_help() -> None:
    Path("mine.toml").symlink_to("pr/cleaner.toml")
    assert "lies in the checked tree" in str(check("pr/seeds", "--config", "mine.toml").exception)


def test_a_source_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key.txt").write_text(GAP)
    Path("pr/more").symlink_to(tmp_path / "secret")
    for source in ("pr/more", "pr/more/key.txt"):
        assert "is a link" in str(check(source).exception)


def test_comments_and_records_switch_nothing_off() -> None:
    Path("pr/seeds/a.txt").write_text(f"# cleaner: off\n{GAP}")
    assert check("pr/seeds", "--select", "structure.blank-run").return_value == 1
