"""`cleaner rules` and `cleaner explain`: the rules as text, from the same data as the docs."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from cleaner import config as configuration
from cleaner.durable import replace_bytes
from cleaner.model import CleanerError
from cleaner.passes import build
from cleaner.pipeline import RULES
from cleaner.rules import Rule, matches

__all__ = ["all_rules", "explanation", "listing", "options_of", "write_pages"]

EFFECTS = {
    "safe": "Its fix is applied by default.",
    "unsafe": "Its fix is applied only with --unsafe-fixes, or when `apply` names the rule.",
    "display": "It is reported and never changes a text.",
}
OFF = "Off by default: name it with --select or --extend-select."


def all_rules(config: str | None = None, packs: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Every rule of the passes, the given packs and the pipeline, sorted by name."""
    options = options_of(config, packs)
    return tuple(sorted((*build(options).rules, *RULES), key=lambda rule: rule.name))


def options_of(
    config: str | None, packs: Sequence[str] = (), text_field: str | None = None
) -> configuration.Config:
    """The options of a configuration file, or of the nearest one."""
    import msgspec

    path = Path(config) if config else configuration.find(Path.cwd())
    options = configuration.load(path) if path else configuration.Config()
    field = text_field or options.text_field
    return msgspec.structs.replace(options, packs=(*options.packs, *packs), text_field=field)


def listing(prefix: str | None, rules: Sequence[Rule]) -> str:
    """One line a rule: name, applicability, summary."""
    chosen = [rule for rule in rules if prefix is None or matches(rule.name, prefix)]
    if not chosen:
        raise CleanerError(_unknown(prefix or "", rules))
    wide = max(len(rule.name) for rule in chosen)
    return "".join(
        f"{rule.name:<{wide}}  {rule.applicability:<7}  {'' if rule.default else '(off) '}"
        f"{rule.summary}\n"
        for rule in chosen
    )


def explanation(name: str, rules: Sequence[Rule]) -> str:
    """What a rule looks for, why, what it does by default, and examples both ways."""
    rule = next((rule for rule in rules if rule.name == name), None)
    if rule is None:
        if any(matches(one.name, name) for one in rules):
            return listing(name, rules)
        raise CleanerError(_unknown(name, rules))
    parts = [rule.name, "", rule.summary, "", rule.why, "", EFFECTS[rule.applicability]]
    if not rule.default:
        parts.append(OFF)
    for title, examples in (("Fires on", rule.match), ("Leaves alone", rule.keep)):
        if examples:
            parts += ["", f"{title}:"]
            parts += ["    " + line for text in examples for line in text.splitlines() or [""]]
    if rule.source:
        parts += ["", f"Source: {rule.source}"]
    return "\n".join(parts) + "\n"


def write_pages(folder: str, rules: Sequence[Rule]) -> None:
    """Write a Markdown page for each family of rules, and an index; `docs/rules/` is made so."""
    place = Path(folder)
    families: dict[str, list[Rule]] = {}
    for rule in rules:
        families.setdefault(rule.name.partition(".")[0], []).append(rule)
    index = ["# Rules", "", "Made by `cleaner rules --write docs/rules`.", ""]
    for family, members in sorted(families.items()):
        index.append(f"* [{family}]({family}.md): {len(members)} rules")
        pages = "\n".join(_page(rule) for rule in members)
        replace_bytes(place / f"{family}.md", f"# {family}\n\n{pages}".encode())
    replace_bytes(place / "README.md", ("\n".join(index) + "\n").encode())


def _page(rule: Rule) -> str:
    text = [f"## {rule.name}", "", f"{rule.summary}.".replace("..", "."), "", rule.why, ""]
    text.append(EFFECTS[rule.applicability] + ("" if rule.default else f" {OFF}"))
    for title, examples in (("Fires on", rule.match), ("Leaves alone", rule.keep)):
        if examples:
            text += ["", f"{title}:"]
        for example in examples:
            text += ["", *("    " + line for line in example.split("\n"))]
    if rule.source:
        text += ["", f"Source: {rule.source}"]
    return "\n".join(line.rstrip() for line in text) + "\n"


def _unknown(name: str, rules: Sequence[Rule]) -> str:
    near = get_close_matches(name, [rule.name for rule in rules], 1)
    hint = f'did you mean "{near[0]}"?' if near else "`cleaner rules` lists them"
    return f'no rule is named "{name}"; {hint}'
