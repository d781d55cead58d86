"""Commands that tell: `rules`, `explain`, `schema`, `completion`."""

import click

__all__ = ["completion", "explain", "rules", "schema"]


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
@click.option("--write", metavar="DIR", help="Write a Markdown page for each family there.")
def rules(prefix: str | None, config: str | None, packs: tuple[str, ...], write: str | None) -> int:
    """List the rules, or those of a prefix."""
    from cleaner.jobs.rules import all_rules, listing, write_pages

    if write is not None:
        write_pages(write, all_rules(config, packs))
        return 0
    click.echo(listing(prefix, all_rules(config, packs)), nl=False)
    return 0


@click.command()
def schema() -> int:
    """Print the JSON Schema of the configuration, for editors."""
    import json

    from cleaner.schema import config_schema

    click.echo(json.dumps(config_schema(), indent=1))
    return 0


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print what makes a shell complete commands and options.

    For bash: eval "$(cleaner completion bash)" in ~/.bashrc; for fish: cleaner completion fish >
    ~/.config/fish/completions/cleaner.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "cleaner", "_CLEANER_COMPLETE").source())
    return 0
