"""Commands that tell: `rules`, `explain`."""

import click

__all__ = ["explain", "rules"]


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="RULE | A B")
@click.option("--config", type=click.Path(), help="Use this configuration file.")
@click.option("--packs", multiple=True, type=click.Path(), help="More rule packs.")
@click.option("--text-field", metavar="NAME", help="Field of a record that holds the text.")
def explain(
    names: tuple[str, ...], config: str | None, packs: tuple[str, ...], text_field: str | None
) -> int:
    """Say what a rule looks for, and why; or why documents A and B are (not) duplicates.

    A and B are files, or FILE#LINE for a record of JSON lines.
    """
    if len(names) > 2:
        raise click.UsageError("name one rule, or two documents")
    if len(names) == 1:
        from cleaner.jobs.rules import all_rules, explanation

        click.echo(explanation(names[0], all_rules(config, packs)), nl=False)
        return 0
    from cleaner.jobs.pair import explain_documents
    from cleaner.jobs.rules import options_of

    options = options_of(config, packs, text_field)
    text = explain_documents(names[0], names[1], options)
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
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
