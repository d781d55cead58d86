"""What a rule is, and which rules a run looks at.

Rules have dotted names and no codes. A pass owns its rules (`Pass.rules`); boilerplate rules come
from packs. The same object feeds `cleaner explain`, `cleaner rules`, `docs/rules/`, SARIF and the
report. What does *not* live here: how a rule finds something (`passes`), how packs are read
(`packs`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from cleaner.model import Applicability, CleanerError

__all__ = ["Rule", "Selection", "matches", "prefixes", "unknown"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named check with its reason.

    `match` are texts that must fire, `keep` texts that must not; both run as tests. `source` says
    where the idea or a number comes from. A rule that is not `default` runs only when selected by
    name or prefix.
    """

    name: str
    summary: str
    why: str
    applicability: Applicability = Applicability.DISPLAY
    match: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    source: str = ""
    default: bool = True


def matches(name: str, prefix: str) -> bool:
    """Whether a rule's name lies under a dotted prefix.

    >>> matches("duplicates.near", "duplicates"), matches("duplicates.near", "dup")
    (True, False)
    """
    return name == prefix or name.startswith(prefix + ".") or prefix == "all"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run, and which unsafe fixes are applied.

    `select` None means every default rule; a prefix in `select` or `extend_select` also switches
    on rules that are off by default. `ignore` wins over both.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    apply: tuple[str, ...] = ()
    unsafe_fixes: bool = False

    def wants(self, rule: Rule) -> bool:
        """Whether the rule runs at all."""
        name = rule.name
        if any(matches(name, prefix) for prefix in self.ignore):
            return False
        chosen = self.extend_select if self.select is None else (*self.select, *self.extend_select)
        if any(matches(name, prefix) for prefix in chosen):
            return True
        return self.select is None and rule.default

    def applies(self, name: str, applicability: Applicability) -> bool:
        """Whether a fix of that rule is applied without asking."""
        if applicability is Applicability.SAFE:
            return True
        if applicability is Applicability.DISPLAY:
            return False
        return self.unsafe_fixes or any(matches(name, prefix) for prefix in self.apply)

    def check(self, rules: Iterable[Rule]) -> None:
        """Refuse a prefix that names no rule, and say which one was probably meant.

        Raises:
            CleanerError: with the nearest valid name.
        """
        names = [rule.name for rule in rules]
        known = {"all", *prefixes(names)}
        for option in ("select", "extend_select", "ignore", "apply"):
            for prefix in getattr(self, option) or ():
                if prefix not in known:
                    flag = option.replace("_", "-")
                    raise CleanerError(f"{flag}: {unknown(prefix, known)}")


def prefixes(names: Iterable[str]) -> set[str]:
    """Everything that some rule's name starts with, and the names themselves.

    >>> sorted(prefixes(["duplicates.near"]))
    ['duplicates', 'duplicates.near']
    """
    return {
        ".".join(parts[:count])
        for parts in (name.split(".") for name in names)
        for count in range(1, len(parts) + 1)
    }


def unknown(prefix: str, known: Iterable[str]) -> str:
    """What to say of a prefix that names no rule."""
    near = get_close_matches(prefix, sorted(known), 1)
    hint = f'did you mean "{near[0]}"?' if near else "`cleaner rules` lists them"
    return f'no rule starts with "{prefix}"; {hint}'
