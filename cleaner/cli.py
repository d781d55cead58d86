"""The command line: the program, its errors and exit codes. The commands are in `commands`.

Exit codes: 0 nothing left to report, or done; 1 findings remain, or documents were rejected;
2 wrong usage, configuration or input. Results go to stdout, everything else to stderr.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cleaner.commands.check import check
from cleaner.commands.corpus import audit, clean, index, restore, verify
from cleaner.commands.rules import completion, explain, rules, schema
from cleaner.kernels.start import collect_rarely, without_threads
from cleaner.model import CleanerError

__all__ = ["cli", "main"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="corpus-cleaner", prog_name="cleaner")
def cli() -> None:
    """Lint and clean text corpora: every change is explained, and can be undone."""


for _command in (
    *(clean, check, audit, explain, rules, index, restore, verify),
    *(schema, completion),
):
    cli.add_command(_command)


def _quietly(run: Callable[[], Any]) -> int:
    """Run a command; every failure becomes one line and an exit code."""
    from cleaner.output.terminal import safe

    try:
        return int(run() or 0)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing that was finished is lost", err=True)
    except CleanerError as error:
        click.echo(f"error: {safe(str(error))}", err=True)
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as error:  # noqa: BLE001 -- the last line of defence
        _internal(error)
    return 2


def _internal(error: Exception) -> None:
    """Say in one line where the program itself went wrong: no traceback reaches a user."""
    import os
    import traceback

    from cleaner.output.terminal import safe

    if os.environ.get("CLEANER_TRACEBACK"):  # for developers; see CONTRIBUTING
        raise error
    place = traceback.extract_tb(error.__traceback__)[-1]
    click.echo(
        f"internal error: {type(error).__name__}: {safe(str(error))} "
        f"(at {Path(place.filename).name}:{place.lineno}); "
        "please report it with the command you ran",
        err=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the `cleaner` command."""
    collect_rarely()
    without_threads()
    sys.exit(_quietly(lambda: cli.main(arguments, prog_name="cleaner", standalone_mode=False)))


if __name__ == "__main__":
    main()
