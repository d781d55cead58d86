"""Options that several commands share, and how they meet the configuration file."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["FORMAT", "NO_QUOTES", "SOURCES", "common", "configured", "typed", "worker_count"]

SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
FORMAT = click.option(
    "--format",
    "input_format",
    metavar="NAME",
    help="Format of standard input: text, jsonl, csv, parquet, html or warc; "
    "by default its first bytes tell.",
)
NO_QUOTES = click.option(
    "--no-quotes", is_flag=True, help="No text of the corpus in the report, only names and numbers."
)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
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
            help="Colours; auto heeds NO_COLOR, FORCE_COLOR, and whether it is a terminal.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def configured(options: dict[str, Any]) -> Any:
    """The configuration file's options with those of the command line on top."""
    import msgspec

    from cleaner import config as configuration

    path = Path(options["config"]) if options["config"] else None
    if path is None and not options.get("untrusted"):
        path = configuration.find(Path.cwd())
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
    if options.get("annotate"):
        changes["annotate"] = True
    if options["unsafe_fixes"]:
        changes["unsafe_fixes"] = True
    if options["keep"]:
        changes["duplicates"] = msgspec.structs.replace(config.duplicates, keep=options["keep"])
    return msgspec.structs.replace(config, **changes)


def worker_count(options: dict[str, Any]) -> int:
    """Worker processes: as asked for, or as many as this process may use processors."""
    if options["jobs"]:
        return int(options["jobs"])
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def typed() -> str:
    """What was typed, for the report."""
    import shlex

    return shlex.join(["cleaner", *sys.argv[1:]])
