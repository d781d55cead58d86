"""`cleaner check`: its options, and what its exit code says."""

import io
import os
import sys
from pathlib import Path
from typing import Any

import click

from cleaner.commands.options import FORMAT, SOURCES, common, configured, worker_count
from cleaner.model import CleanerError

__all__ = ["check"]


@click.command()
@SOURCES
@click.option("--fix", is_flag=True, help="Mend what is certain, in place; drop nothing.")
@click.option("--diff", is_flag=True, help="Print what --fix would do, as a patch.")
@click.option("--against", metavar="INDEX", help="Compare with an index, or an older corpus, too.")
@click.option(
    "--baseline", metavar="FILE", help="Findings of this file are known; only new ones count."
)
@click.option(
    "--update-baseline", is_flag=True, help="Take entries out of the baseline that are gone."
)
@click.option("--add", is_flag=True, help="With --update-baseline: add the new findings too.")
@click.option(
    "--fail-over",
    multiple=True,
    metavar="RULE=LIMIT",
    help='Tolerate findings of a rule up to a share of the documents ("duplicates.near=2%") '
    'or a number ("quality=5").',
)
@click.option(
    "--output-format",
    default="full",
    metavar="FORMAT",
    help="full, concise, json, github, sarif or junit.",
)
@click.option("--output-file", metavar="FILE", help="Write results there, not to stdout.")
@click.option(
    "--untrusted",
    is_flag=True,
    help="Obey no configuration, pack, index, baseline, link or comment of the checked tree.",
)
@FORMAT
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if findings remain.")
@common
def check(sources: tuple[str, ...], **options: Any) -> int:
    """Say what is wrong with a corpus; change nothing, unless --fix is given.

    Exit code: 0 nothing (left) to report, 1 findings remain, 2 wrong usage or unreadable input.
    """
    import msgspec

    _refuse_nonsense(sources, options)
    config = configured(options)
    if options["against"]:
        duplicates = msgspec.structs.replace(config.duplicates, against=options["against"])
        config = msgspec.structs.replace(config, duplicates=duplicates)
    if options["untrusted"]:
        from cleaner.commands.untrusted import guarded

        config = guarded(sources, config, options)
    if options["diff"]:
        return _diff(sources, config, options)
    from cleaner.jobs.budgets import parse

    budgets = parse(config, options["fail_over"])
    if options["fix"]:
        result = _fixed(sources, config, options)
    elif sources == ("-",):
        result = _look_at_input(config, options)
    else:
        result = _look(sources, config, options)
    verdict = _Verdict()
    _budget(result, budgets, verdict)
    if options["baseline"]:
        _baseline(result, options, verdict)
    _print(result, options)
    verdict.failed |= any(not verdict.tolerates(one["rule"]) for one in result.findings)
    for line in verdict.lines:
        click.echo(line, err=True)
    if _unreadable(result):
        return 2
    return 1 if verdict.failed and not options["exit_zero"] else 0


class _Verdict:
    """What is said on stderr, and whether the check fails."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.failed = False
        self.within: tuple[str, ...] = ()

    def tolerates(self, rule: str) -> bool:
        """Whether a budget that holds covers the rule."""
        from cleaner.rules import matches

        return any(matches(rule, prefix) for prefix in self.within)


def _refuse_nonsense(sources: tuple[str, ...], options: dict[str, Any]) -> None:
    from cleaner import output

    chosen = options["output_format"]
    if chosen not in output.NAMES:
        raise CleanerError(
            f'--output-format: "{chosen}" is none; choose from {", ".join(output.NAMES)}'
        )
    for flag, needed in (("update_baseline", "baseline"), ("add", "update_baseline")):
        if options[flag] and not options[needed]:
            raise CleanerError(f"--{flag}: needs --{needed}; add it".replace("_", "-"))
    if "-" in sources and (len(sources) > 1 or options["fix"] or options["diff"]):
        raise CleanerError(
            "-: standard input is checked alone, and without --fix or --diff; name a file instead"
        )
    if options["input_format"] and "-" not in sources:
        raise CleanerError('--format: is about standard input; add "-", or leave it out')
    if options["fix"] and options["diff"]:
        raise CleanerError("--fix and --diff: one changes files, the other does not; choose one")


def _look_at_input(config: Any, options: dict[str, Any]) -> Any:
    """Look at standard input, whose first bytes tell what it is."""
    from cleaner.jobs.check import renamed
    from cleaner.jobs.places import STANDARD, given_sources

    with given_sources((STANDARD,), options["input_format"]) as paths:
        return renamed(_look(tuple(paths), config, options), Path(paths[0]).name, STANDARD)


def _look(sources: tuple[str, ...], config: Any, options: dict[str, Any]) -> Any:
    from cleaner.jobs.check import check as run
    from cleaner.progress import reporter

    with reporter(options) as progress:
        return run(sources, config, jobs=worker_count(options), progress=progress)


def _fixed(sources: tuple[str, ...], config: Any, options: dict[str, Any]) -> Any:
    """Fix in place; the result is what a second look finds, so that positions are right."""
    from cleaner.jobs.check import collect, look_over
    from cleaner.jobs.fix import fix
    from cleaner.progress import reporter

    with (
        reporter(options) as progress,
        look_over(sources, config, jobs=worker_count(options), progress=progress) as looked,
    ):
        result = collect(*looked, config)
        done = fix(*looked[1:], config)
    _say_refused(done.refused)
    if not done.files:
        return result
    before = len(result.findings)
    result = _look(sources, config, options)
    if not options["quiet"]:
        from cleaner.output.full import plural

        fixed = plural(max(0, before - len(result.findings)), "finding")
        click.echo(f"Fixed {fixed} in {plural(len(done.files), 'file')}.", err=True)
    return result


def _say_refused(refused: list[tuple[str, str]]) -> None:
    from cleaner.output.terminal import safe

    for place, why in refused:
        click.echo(f"not fixed: {safe(place)}: {safe(why)}", err=True)


def _diff(sources: tuple[str, ...], config: Any, options: dict[str, Any]) -> int:
    """Print a patch; 1 if there is one."""
    from cleaner.durable import replace_bytes
    from cleaner.jobs.check import collect, look_over
    from cleaner.jobs.diff import diff
    from cleaner.progress import reporter

    refused: list[tuple[str, str]] = []
    with (
        reporter(options) as progress,
        look_over(sources, config, jobs=worker_count(options), progress=progress) as looked,
    ):
        patch = b"".join(diff(*looked[1:], config, refused))
        result = collect(*looked, config)
    if options["output_file"]:
        replace_bytes(Path(options["output_file"]), patch)
    else:
        click.echo(patch, nl=False)
    _say_refused(refused)
    if _unreadable(result):
        return 2
    return 1 if patch and not options["exit_zero"] else 0


def _budget(result: Any, budgets: Any, verdict: _Verdict) -> None:
    from cleaner.jobs.budgets import spent

    within = []
    for budget in budgets:
        over = spent(budget, result)
        if over:
            verdict.failed = True
            verdict.lines.append(over)
        else:
            within.append(budget.rule)
    verdict.within = tuple(within)


def _baseline(result: Any, options: dict[str, Any], verdict: _Verdict) -> None:
    """Leave the new findings in the result; stale entries fail unless they are taken out."""
    from cleaner import baseline
    from cleaner.jobs.known import entries
    from cleaner.output.full import plural
    from cleaner.output.terminal import safe

    known = baseline.read(Path(options["baseline"]), missing=options["add"])
    found = entries(result)
    unread = {one["path"] for one in result.rejected}
    stale = known.stale(found, result.files - unread, result.wanted)
    is_known = known.known(found)
    if options["update_baseline"]:
        known = known.without(stale)
        if options["add"]:
            known = known.plus(e for e, old in zip(found, is_known, strict=True) if not old)
            is_known = [True] * len(found)
        known.write()
        count = sum(entry.count for entry in stale)
        verdict.lines.append(f"{options['baseline']}: {plural(count, 'stale entry')} taken out")
    else:
        for entry in stale:
            verdict.lines.append(
                f"stale: {safe(entry.document)}: {entry.rule} is in the baseline and no longer "
                f"there ({entry.count} times); take it out with --update-baseline"
            )
        verdict.failed |= bool(stale)
    result.only([not old for old in is_known])


def _print(result: Any, options: dict[str, Any]) -> None:
    from cleaner import output
    from cleaner.durable import replace_bytes
    from cleaner.output.terminal import wants_color

    stream = io.StringIO()
    renderer: Any = output.load(options["output_format"])
    more = {}
    if options["output_format"] in output.COLORED and not options["output_file"]:
        more["color"] = wants_color(options["color"], os.environ, terminal=sys.stdout.isatty())
    renderer.render(result, stream, **more)
    encoded = stream.getvalue().encode("utf-8", "backslashreplace")
    if options["output_file"]:
        replace_bytes(Path(options["output_file"]), encoded)
    else:
        click.echo(encoded, nl=False)
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if options["output_format"] == "github" and place:
        with Path(place).open("a", encoding="utf-8", errors="backslashreplace") as summary:
            summary.write(renderer.table(result))


def _unreadable(result: Any) -> bool:
    """Name what could not be read, and say whether there was any."""
    from cleaner.output.terminal import safe

    sys.stdout.flush()
    for one in result.rejected:
        where = f"{safe(one['path'])}:{one['record']}" if one["record"] else safe(one["path"])
        click.echo(f"error: {where}: {safe(one['error'])}; {safe(one['hint'])}", err=True)
    return bool(result.rejected)
