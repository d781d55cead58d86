"""Commands that write: `clean`, `audit`, `index`, `restore`; and `verify`, which only reads."""

from pathlib import Path
from typing import Any

import click

from cleaner.commands.options import (
    FORMAT,
    NO_QUOTES,
    SOURCES,
    common,
    configured,
    typed,
    worker_count,
)

__all__ = ["audit", "clean", "index", "restore", "verify"]


@click.command()
@SOURCES
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DEST",
    help="Folder or URL to write; - is standard output.",
)
@click.option("--report", metavar="DIR", help="Also write report.html, .json and .md there.")
@NO_QUOTES
@click.option("--resume", is_flag=True, help="Go on with an interrupted run.")
@FORMAT
@click.option(
    "--annotate", is_flag=True, help="Add language, duplicates and quality to each record."
)
@common
def clean(
    sources: tuple[str, ...], output: str, report: str | None, resume: bool, **options: Any
) -> int:
    """Write a cleaned copy of a corpus, and a ledger that can undo it."""
    from cleaner.jobs.clean import clean as run
    from cleaner.progress import rejections, reporter, summary

    config = configured(options)
    refused: list[dict[str, Any]] = []
    with reporter(options) as progress:
        manifest = run(
            sources,
            output,
            config,
            jobs=worker_count(options),
            resume=resume,
            report=report,
            quotes=not options["no_quotes"],
            command=typed(),
            form=options["input_format"],
            refused=refused.append,
            progress=progress,
        )
    if refused:
        click.echo(rejections(refused, manifest.counts["rejected"]), err=True)
    if not options["quiet"]:
        click.echo(summary(manifest, output, report), err=True)
    return 1 if manifest.counts["rejected"] else 0


@click.command()
@SOURCES
@click.option("-o", "--output", required=True, metavar="PAGE", help="HTML page to write.")
@click.option("--json", "json_path", metavar="FILE", help="Also write the numbers as JSON.")
@click.option("--compare", metavar="OLD.json", help="Show what changed since that audit.")
@FORMAT
@NO_QUOTES
@common
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
            configured(options),
            json_path=json_path,
            compare=compare,
            quotes=not options["no_quotes"],
            jobs=worker_count(options),
            command=typed(),
            form=options["input_format"],
            progress=progress,
        )
    if not options["quiet"] and output != "-":
        click.echo(f"wrote {output}", err=True)
    return 0


@click.command()
@SOURCES
@click.option("-o", "--output", required=True, metavar="INDEX", help="Folder of the index.")
@common
def index(sources: tuple[str, ...], output: str, **options: Any) -> int:
    """Index a corpus for `check --against`; the same command adds more documents later."""
    from cleaner.jobs.against import index as run
    from cleaner.progress import reporter

    config = configured(options)
    with reporter(options) as progress:
        added = run(sources, Path(output), config, jobs=worker_count(options), progress=progress)
    if not options["quiet"]:
        click.echo(f"{added:,} new documents in {output}", err=True)
    return 0


@click.command()
@click.argument("dest")
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder to write.")
def restore(dest: str, output: str) -> int:
    """Write the original files of a cleaned corpus, byte for byte."""
    from cleaner.jobs.restore import restore as run

    count = run(dest, output)
    click.echo(f"{count:,} file{'' if count == 1 else 's'} restored to {output}", err=True)
    return 0


@click.command()
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
