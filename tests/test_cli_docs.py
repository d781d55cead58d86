"""What describes the program is made from it, and fresh: rule pages, schema, completion, help."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import jsonschema  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.config import Config
from cleaner.jobs.rules import all_rules, write_pages
from cleaner.schema import config_schema

ROOT = Path(__file__).parents[1]


def test_the_pages_about_rules_are_fresh(tmp_path: Path) -> None:
    write_pages(str(tmp_path), all_rules())
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text("utf-8") for path in (ROOT / "docs/rules").iterdir()}
    assert made == kept, "run `cleaner rules --write docs/rules`"


def test_every_key_is_in_the_schema_and_has_a_type() -> None:
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    keys = schema["$defs"]["Config"]["properties"]
    assert set(keys) == {name.replace("_", "-") for name in Config.__struct_fields__}
    assert keys["group-field"]["description"].startswith("A field that names the site")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('select = ["encoding"]\n[duplicates]\nthreshold = 0.7\n', True),
        ('[per-path]\n"a/**" = { ignore = ["quality"] }\n[budgets]\n"quality" = "2%"\n', True),
        ("[duplicates]\ntreshold = 0.7\n", False),
        ('profile = "fast"\n', False),
        ('select = "encoding"\n', False),
    ],
)
def test_the_schema_says_what_the_program_says(text: str, valid: bool) -> None:
    validator = jsonschema.Draft202012Validator(config_schema())
    assert validator.is_valid(tomllib.loads(text)) is valid


def test_the_schema_is_printed() -> None:
    done = CliRunner().invoke(cli, ["schema"], standalone_mode=False)
    assert json.loads(done.stdout) == json.loads(json.dumps(config_schema()))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: str) -> None:
    done = CliRunner().invoke(cli, ["completion", shell], standalone_mode=False)
    assert "_CLEANER_COMPLETE" in done.stdout


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_says_what_it_is_for(name: str) -> None:
    command = cli.commands[name]
    assert command.help
    for one in command.params:
        assert not isinstance(one, click.Option) or one.help, f"{name} {one.name}"


def test_help_loads_nothing_heavy() -> None:
    heavy = ("numpy", "numba", "pyarrow", "jinja2", "rich", "ftfy", "re2", "altair", "msgspec")
    code = f"import sys, cleaner.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def completed(words: str) -> Any:
    env = {"COMP_WORDS": words, "COMP_CWORD": "1", "_CLEANER_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-m", "cleaner"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return done.stdout


def test_completion_knows_the_commands() -> None:
    assert "plain,restore" in completed("cleaner re").splitlines()
