"""The command line: parses, calls, prints, exits. All work is elsewhere.

Exit codes: 0 nothing left to report, or done; 1 findings remain, or documents were rejected;
2 wrong usage, configuration or input. Results go to stdout, everything else to stderr.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cleaner.model import CleanerError

__all__ = ["main"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that looks at a corpus."""
    options = [
        click.option("--select", multiple=True, metavar="RULE", help="Only rules of this prefix."),
        click.option(
            "--extend-select",
            multiple=True,
            metavar="RULE",
            help="Rules of this prefix too, even those that are off by default.",
        ),
        click.option("--ignore", multiple=True, metavar="RULE", help="No rules of this prefix."),
        click.option("--config", type=click.Path(), help="Use this configuration file."),
        click.option("--packs", multiple=True, type=click.Path(), help="More rule packs."),
        click.option("--profile", type=click.Choice(["default", "web"]), help="Kind of input."),
        click.option("--text-field", metavar="NAME", help="Field of a record that holds the text."),
        click.option("--id-field", metavar="NAME", help="Field of a record that names it."),
        click.option(
            "--keep",
            metavar="WHICH",
            help="Which duplicate stays: longest, first, newest, or a field's name.",
        ),
        click.option("--unsafe-fixes", is_flag=True, help="Apply probable fixes too."),
        click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Worker processes."),
        click.option("-q", "--quiet", is_flag=True, help="Print results only."),
        click.option("-v", "--verbose", is_flag=True, help="Say more."),
        click.option("--no-progress", is_flag=True, help="No progress bar."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colours.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _config(options: dict[str, Any]) -> Any:
    """The configuration file's options with those of the command line on top."""
    import msgspec

    from cleaner import config as configuration
    from cleaner.kernels.start import without_blas

    without_blas()  # all commands with these options run kernels, in a process of their own
    path = Path(options["config"]) if options["config"] else configuration.find(Path.cwd())
    config = configuration.load(path) if path else configuration.Config()
    changes: dict[str, Any] = {}
    for name in ("select", "extend_select", "ignore", "packs"):
        given = tuple(p for value in options[name] for p in value.split(",") if p)
        if given:
            earlier = getattr(config, name) or ()
            changes[name] = given if name == "select" else (*earlier, *given)
    for name in ("profile", "text_field", "id_field"):
        if options[name]:
            changes[name] = options[name]
    if options["unsafe_fixes"]:
        changes["unsafe_fixes"] = True
    if options["keep"]:
        changes["duplicates"] = msgspec.structs.replace(config.duplicates, keep=options["keep"])
    return msgspec.structs.replace(config, **changes)


def _jobs(options: dict[str, Any]) -> int:
    if options["jobs"]:
        return int(options["jobs"])
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="corpus-cleaner", prog_name="cleaner")
def cli() -> None:
    """Lint and clean text corpora: every change is explained, and can be undone."""


SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")


@cli.command()
@SOURCES
@click.option("-o", "--output", required=True, metavar="DEST", help="Folder to write.")
@click.option("--report", metavar="DIR", help="Also write report.html, .json and .md there.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted run.")
@_common
def clean(
    sources: tuple[str, ...], output: str, report: str | None, resume: bool, **options: Any
) -> int:
    """Write a cleaned copy of a corpus, and a ledger that can undo it."""
    from cleaner.jobs.clean import clean as run
    from cleaner.progress import reporter, summary

    config = _config(options)
    with reporter(options) as progress:
        manifest = run(
            sources,
            output,
            config,
            jobs=_jobs(options),
            resume=resume,
            report=report,
            command=_command(),
            progress=progress,
        )
    if not options["quiet"]:
        click.echo(summary(manifest, output, report), err=True)
    return 1 if manifest.counts["rejected"] else 0


@cli.command()
@SOURCES
@click.option("--output-format", default="full", metavar="FORMAT", help="full, concise or json.")
@click.option("--output-file", metavar="FILE", help="Write results there, not to stdout.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if findings remain.")
@_common
def check(
    sources: tuple[str, ...],
    output_format: str,
    output_file: str | None,
    exit_zero: bool,
    **options: Any,
) -> int:
    """Say what is wrong with a corpus; change nothing."""
    import io

    from cleaner import output
    from cleaner.durable import replace_bytes
    from cleaner.jobs.check import check as run
    from cleaner.output.terminal import safe
    from cleaner.progress import reporter

    if output_format not in output.NAMES:
        raise CleanerError(
            f'--output-format: "{output_format}" is none; choose from {", ".join(output.NAMES)}'
        )
    with reporter(options) as progress:
        result = run(sources, _config(options), jobs=_jobs(options), progress=progress)
    stream = io.StringIO()
    output.load(output_format).render(result, stream)
    if output_file:
        replace_bytes(Path(output_file), stream.getvalue().encode("utf-8", "backslashreplace"))
    else:
        click.echo(stream.getvalue(), nl=False)
    for one in result.rejected:
        where = f"{safe(one['path'])}:{one['record']}" if one["record"] else safe(one["path"])
        click.echo(f"error: {where}: {safe(one['error'])}; {safe(one['hint'])}", err=True)
    if result.rejected:
        return 2
    return 1 if result.findings and not exit_zero else 0


@cli.command()
@SOURCES
@click.option("-o", "--output", required=True, metavar="PAGE", help="HTML page to write.")
@click.option("--json", "json_path", metavar="FILE", help="Also write the numbers as JSON.")
@click.option("--compare", metavar="OLD.json", help="Show what changed since that audit.")
@_common
def audit(
    sources: tuple[str, ...],
    output: str,
    json_path: str | None,
    compare: str | None,
    **options: Any,
) -> int:
    """Write one page about the quality of a corpus; change nothing."""
    from cleaner.jobs.audit import audit as run
    from cleaner.progress import reporter

    with reporter(options) as progress:
        run(
            sources,
            output,
            _config(options),
            json_path=json_path,
            compare=compare,
            jobs=_jobs(options),
            command=_command(),
            progress=progress,
        )
    if not options["quiet"]:
        click.echo(f"wrote {output}", err=True)
    return 0


def _command() -> str:
    """What was typed, for the report."""
    import shlex

    return shlex.join(["cleaner", *sys.argv[1:]])


@cli.command()
@click.argument("rule")
@click.option("--config", type=click.Path(), help="Use this configuration file.")
@click.option("--packs", multiple=True, type=click.Path(), help="More rule packs.")
def explain(rule: str, config: str | None, packs: tuple[str, ...]) -> int:
    """Say what a rule looks for, and why."""
    from cleaner.jobs.rules import all_rules, explanation

    click.echo(explanation(rule, all_rules(config, packs)), nl=False)
    return 0


@cli.command()
@click.argument("prefix", required=False)
@click.option("--config", type=click.Path(), help="Use this configuration file.")
@click.option("--packs", multiple=True, type=click.Path(), help="More rule packs.")
def rules(prefix: str | None, config: str | None, packs: tuple[str, ...]) -> int:
    """List the rules, or those of a prefix."""
    from cleaner.jobs.rules import all_rules, listing

    click.echo(listing(prefix, all_rules(config, packs)), nl=False)
    return 0


@cli.command()
@click.argument("dest")
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder to write.")
def restore(dest: str, output: str) -> int:
    """Write the original files of a cleaned corpus, byte for byte."""
    from cleaner.jobs.restore import restore as run

    count = run(dest, output)
    click.echo(f"{count:,} file{'' if count == 1 else 's'} restored to {output}", err=True)
    return 0


@cli.command()
@click.argument("dest")
def verify(dest: str) -> int:
    """Hash every file of a cleaned corpus again, against its manifest."""
    from cleaner.jobs.restore import verify as run

    wrong = run(dest)
    for line in wrong:
        click.echo(line)
    if not wrong:
        click.echo("everything is as it was written", err=True)
    return 1 if wrong else 0


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
    sys.exit(_quietly(lambda: cli.main(arguments, prog_name="cleaner", standalone_mode=False)))


if __name__ == "__main__":
    main()
