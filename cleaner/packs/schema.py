"""What a rule of a pack may say, read from TOML and checked key by key.

What does *not* live here: the cue language (`patterns`), where rules are looked for (`passes`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from cleaner.model import Applicability, CleanerError
from cleaner.packs.named import spelt_out
from cleaner.packs.patterns import PatternError, compiled
from cleaner.rules import Rule

__all__ = ["ANCHORS", "POSITIONS", "Clause", "PackRule", "read_pack"]

ANCHORS = ("line", "paragraph", "suffix")
"""What goes: the whole line, the whole paragraph, or the words after its last full stop."""
POSITIONS = ("any", "head", "tail", "edge", "last")
"""Within `depth` lines of the start, of the end, of either; the last line."""
_MAX_WORDS = {"line": 25, "paragraph": 120, "suffix": 5}
_DEPTH = 5
_LIMIT_CUES = 400
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class Clause:
    """One way in which a rule can hold: all that it states must be true of one line or paragraph.

    `whole`, `starts` and `ends` are alternatives for one place each; `only` are labels besides
    which nothing may stand; every group of `groups` must have a cue; no cue of `unless` may occur.
    """

    language: str = ""
    whole: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    unless: tuple[str, ...] = ()
    case: bool = False

    required: tuple[tuple[str, tuple[str, ...]], ...] = field(init=False, repr=False, compare=False)
    """(place, cues) of each group that must have a hit; the first is the rarest."""

    def __post_init__(self) -> None:
        places = (
            ("whole", self.whole),
            ("only", self.only),
            ("starts", self.starts),
            ("ends", self.ends),
        )
        bound = tuple((place, cues) for place, cues in places if cues)
        required = (*bound, *(("", cues) for cues in self.groups))
        object.__setattr__(self, "required", required)


@dataclass(frozen=True, slots=True)
class PackRule:
    """A `Rule` and how it is found. `source` is the file it comes from, for error messages."""

    rule: Rule
    anchor: str
    clauses: tuple[Clause, ...]
    position: str = "any"
    depth: int = _DEPTH
    max_words: int = 0
    min_words: int = 0
    after: str = ""
    script: str = ""
    parse: str = ""
    quotation: bool = False
    unless: tuple[str, ...] = ()
    path: str = ""
    shipped: bool = False


class _Table:
    """A TOML table being read: every complaint names the file and the key."""

    def __init__(self, path: str, where: str, table: Any, known: tuple[str, ...]) -> None:
        self.path = path
        self.where = where
        if not isinstance(table, Mapping):
            raise CleanerError(f"{path}: {where or 'the file'}: expected a table")
        self.table = table
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}"
                self.fail(key, f"no such key; {hint}")

    def fail(self, key: str, cause: str) -> None:
        raise CleanerError(f"{self.path}: {self.where}{'.' if self.where else ''}{key}: {cause}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.fail(key, "expected some text")
        return str(value)

    def number(self, key: str, default: int) -> int:
        value = self.table.get(key, default)
        if type(value) is not int or value < 0:
            self.fail(key, f"expected a whole number from 0, found {value!r}")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"expected true or false, found {value!r}")
        return bool(value)

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in known:
            near = get_close_matches(value, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"expected one of {', '.join(known)}"
            self.fail(key, f'"{value}" is not known; {hint}')
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fail(key, "expected a list of texts")
        if any(not each.strip() for each in value):
            self.fail(key, "an empty text would match everywhere; take it out")
        return tuple(value)


def read_pack(path: str, data: Mapping[str, Any], *, shipped: bool) -> tuple[PackRule, ...]:
    """Turn the content of one TOML file into rules.

    Raises:
        CleanerError: with file, key, cause and the next step.
    """
    top = _Table(path, "", spelt_out(path, data), ("pack", "cues", "rule"))
    pack = _Table(path, "pack", top.table.get("pack", {}), ("name", "summary", "languages"))
    name = pack.text("name")
    parts = name.split(".")
    if len(parts) != 2 or parts[0] != "boilerplate" or not parts[1] or set(parts[1]) - _NAME:
        pack.fail(
            "name", f'"{name}" is no pack name; write "boilerplate." and a topic in a-z, 0-9, -'
        )
    pack.text("summary")
    pack.texts("languages")
    stanzas = top.table.get("rule", [])
    if not isinstance(stanzas, list) or not stanzas:
        top.fail("rule", "a pack needs at least one [[rule]]")
    return tuple(_rule(path, name, stanza, shipped=shipped) for stanza in stanzas)


_RULE_KEYS = (
    "name",
    "summary",
    "why",
    "source",
    "anchor",
    "position",
    "depth",
    "min-words",
    "max-words",
    "after",
    "script",
    "parse",
    "quotation",
    "unless",
    "applicability",
    "default",
    "match",
    "keep",
    "when",
)
_CLAUSE_KEYS = ("language", "whole", "starts", "ends", "only", "all", "unless", "case")


def _rule(path: str, pack: str, stanza: Any, *, shipped: bool) -> PackRule:
    label = stanza.get("name", "?") if isinstance(stanza, Mapping) else "?"
    table = _Table(path, f"rule {label}", stanza, _RULE_KEYS)
    name = table.text("name")
    if set(name) - _NAME:
        table.fail("name", f'"{name}" has characters other than a-z, 0-9 and -')
    for key, meaning in (("match", "must fire"), ("keep", "must stay")):
        if not table.texts(key):
            table.fail(key, f"add at least one example that {meaning}; they run as tests")
    anchor = table.choice("anchor", ANCHORS)
    rule = Rule(
        name=f"{pack}.{name}",
        summary=table.text("summary"),
        why=table.text("why"),
        applicability=Applicability(
            table.choice("applicability", tuple(each.value for each in Applicability))
        ),
        match=table.texts("match"),
        keep=table.texts("keep"),
        source=table.text("source", ""),
        default=table.flag("default", default=True),
    )
    whens = stanza.get("when", [])
    if not isinstance(whens, list) or not whens:
        table.fail("when", "a rule needs at least one [[rule.when]] with its cues")
    unless = table.texts("unless")
    if not shipped:  # the tests compile the shipped ones
        _compile(table, "unless", unless)
    return PackRule(
        rule=rule,
        anchor=anchor,
        clauses=tuple(_clause(path, table, each, anchor, shipped=shipped) for each in whens),
        position=table.choice("position", POSITIONS, "any"),
        depth=table.number("depth", _DEPTH),
        min_words=table.number("min-words", 0),
        max_words=table.number("max-words", _MAX_WORDS[anchor]),
        after=table.text("after", ""),
        script=table.choice("script", ("", "foreign"), ""),
        parse=table.choice("parse", ("", "time"), ""),
        quotation=table.flag("quotation", default=False),
        unless=unless,
        path=path,
        shipped=shipped,
    )


def _clause(path: str, rule: _Table, when: Any, anchor: str, *, shipped: bool) -> Clause:
    table = _Table(path, f"{rule.where}.when", when, _CLAUSE_KEYS)
    groups = when.get("all", [])
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and group for group in groups
    ):
        table.fail("all", "expected a list of groups, each a list of cues: [[...], [...]]")
    named: Callable[[int], _Table] = lambda index: _Table(  # noqa: E731
        path, table.where, {f"all[{index}]": groups[index]}, (f"all[{index}]",)
    )
    clause = Clause(
        language=table.text("language", ""),
        whole=table.texts("whole"),
        starts=table.texts("starts"),
        ends=table.texts("ends"),
        only=table.texts("only"),
        groups=tuple(named(index).texts(f"all[{index}]") for index in range(len(groups))),
        unless=table.texts("unless"),
        case=table.flag("case", default=False),
    )
    if not clause.required:
        table.fail(
            "all", "no cue at all would match everywhere; add whole, starts, ends, only or all"
        )
    if anchor == "paragraph" and not clause.whole and len(clause.required) < 2:
        table.fail(
            "all", "one group of cues is not enough for prose; add a second, independent one"
        )
    for place, cues in () if shipped else (*clause.required, ("unless", clause.unless)):
        _compile(table, place or "all", cues, case=clause.case)
    return clause


def _compile(table: _Table, key: str, cues: tuple[str, ...], *, case: bool = False) -> None:
    """Compile each cue alone, so that the complaint names the one at fault."""
    if len(cues) > _LIMIT_CUES:
        table.fail(key, f"{len(cues)} cues; at most {_LIMIT_CUES} in one group")
    for cue in cues:
        try:
            compiled((cue,), key if key in {"whole", "only", "starts", "ends"} else "", case=case)
        except PatternError as error:
            table.fail(key, f'cue "{cue}": {error}')
