"""Commands that tell: `rules`, `explain`."""

import click

__all__ = ["explain", "rules"]


@click.command()
@click.argument("rule")
@click.option("--config", type=click.Path(), help="Use this configuration file.")
@click.option("--packs", multiple=True, type=click.Path(), help="More rule packs.")
def explain(rule: str, config: str | None, packs: tuple[str, ...]) -> int:
    """Say what a rule looks for, and why."""
    from cleaner.jobs.rules import all_rules, explanation

    click.echo(explanation(rule, all_rules(config, packs)), nl=False)
    return 0


@click.command()
@click.argument("prefix", required=False)
@click.option("--config", type=click.Path(), help="Use this configuration file.")
@click.option("--packs", multiple=True, type=click.Path(), help="More rule packs.")
def rules(prefix: str | None, config: str | None, packs: tuple[str, ...]) -> int:
    """List the rules, or those of a prefix."""
    from cleaner.jobs.rules import all_rules, listing

    click.echo(listing(prefix, all_rules(config, packs)), nl=False)
    return 0
