"""Every rule of every pack does what its examples say; a bad pack is refused with the reason."""

from pathlib import Path

import pytest

from cleaner import packs
from cleaner.model import Applicability, CleanerError, Document
from cleaner.packs import patterns
from cleaner.packs.schema import PackRule
from cleaner.passes.boilerplate import BoilerplatePass

RULES = packs.load()
ALONE = {rule.rule.name: BoilerplatePass([rule]) for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule.name)
def test_examples(rule: PackRule) -> None:
    alone = ALONE[rule.rule.name]
    for text in rule.rule.match:
        assert list(alone.check(Document("m", text))), text
    for text in rule.rule.keep:
        assert not list(alone.check(Document("k", text))), text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule.name)
def test_shipped_cues_are_taken(rule: PackRule) -> None:
    for clause in rule.clauses:
        for place, cues in (*clause.required, ("", clause.unless), ("", rule.unless)):
            for cue in cues:
                patterns.compiled((cue,), place, case=clause.case)


def test_rules_are_sorted_and_named_once() -> None:
    names = [rule.rule.name for rule in RULES]
    assert names == sorted(set(names))


def test_no_keep_example_of_one_rule_is_cut_by_another() -> None:
    whole = BoilerplatePass(RULES)
    for rule in RULES:
        for text in rule.rule.keep:
            if "\n" in text:
                continue
            cuts = [
                finding.rule
                for finding in whole.check(Document("k", text))
                if finding.applicability is Applicability.SAFE
            ]
            assert not cuts, (rule.rule.name, text)


PACK = """
[pack]
name = "boilerplate.mine"
summary = "Mine"
[[rule]]
name = "hello"
summary = "A greeting"
why = "It repeats."
anchor = "line"
applicability = "safe"
match = ["Hello there"]
keep = ["He said hello."]
[[rule.when]]
whole = ["hello there"]
"""


def _load(folder: Path, text: str) -> tuple[PackRule, ...]:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return packs.load([path])


def test_user_pack(tmp_path: Path) -> None:
    rules = _load(tmp_path, PACK)
    assert "boilerplate.mine.hello" in {rule.rule.name for rule in rules}
    assert packs.load([tmp_path]) == rules
    found = list(BoilerplatePass(rules).check(Document("d", "Rain.\n\nHELLO  there\n\nSnow.")))
    assert [finding.rule for finding in found] == ["boilerplate.mine.hello"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('match = ["Hello there"]', "", ["mine.toml", "rule hello", "match", "must fire"]),
        ('keep = ["He said hello."]', "", ["keep", "must stay"]),
        ('anchor = "line"', 'anchor = "lime"', ['"lime"', 'did you mean "line"']),
        ("anchor =", "ancor =", ["ancor", 'did you mean "anchor"']),
        ('"boilerplate.mine"', '"mine"', ["name", '"boilerplate."']),
        ('["hello there"]', '["hello.{0,60}there"]', ["counted gap", "two groups"]),
        ('["hello there"]', '["hello.*there"]', ["without end", "{1,4}"]),
        ('["hello there"]', '["hello (?=x)"]', ["(?"]),
        ('["hello there"]', '["hello )"]', ['")" has no "("']),
        ('["hello there"]', '["hello (there"]', ['"(" is never closed']),
        ('["hello there"]', '["hello \\\\bthere"]', ["ASCII only"]),
        ('["hello there"]', '["hello \\\\1"]', ["RE2 cannot take it"]),
        ('["hello there"]', '[" "]', ["empty text"]),
        ('whole = ["hello there"]', "", ["no cue at all"]),
        ("[[rule.when]]", "[[rule.then]]", ["then", 'did you mean "when"']),
        ('"safe"', '"save"', ['did you mean "safe"']),
        ('anchor = "line"', 'anchor = "paragraph"\nmax-words = -1', ["max-words", "whole number"]),
        ('name = "hello"', 'name = "Hello!"', ["a-z"]),
        ("[[rule]]", "[[rule", ["not valid TOML"]),
    ],
)
def test_refusals(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    with pytest.raises(CleanerError) as caught:
        _load(tmp_path, PACK.replace(old, new, 1))
    for word in words:
        assert word in str(caught.value)


NAMED = """
[cues]
greeting = ["hello there", "good day"]
any = ["@greeting", "welcome"]
"""


def test_named_cues_are_spelt_out(tmp_path: Path) -> None:
    text = PACK.replace("[[rule]]", NAMED + "[[rule]]", 1)
    plain = _load(tmp_path, PACK.replace('["hello there"]', '["hello there", "good day"]'))
    for names in ('["@greeting"]', '["@greeting", "good day"]'):
        rules = _load(tmp_path, text.replace('whole = ["hello there"]', f"whole = {names}"))
        assert rules == plain
    rules = _load(tmp_path, text.replace('whole = ["hello there"]', 'whole = ["@any"]'))
    mine = next(rule for rule in rules if rule.rule.name == "boilerplate.mine.hello")
    assert mine.clauses[0].whole == ("hello there", "good day", "welcome")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('whole = ["hello there"]', 'whole = ["@greetings"]', ["greetings", '"@greeting"']),
        ('whole = ["hello there"]', 'whole = ["@zzz"]', ["mine.toml", "zzz", "[@]"]),
        ('greeting = ["hello there", "good day"]', 'greeting = "hi"', ["cues.greeting", "a list"]),
        ('"@greeting", "welcome"', '"@later", "welcome"', ["cues.any", "later"]),
        ("[cues]", "[cuse]", ["cuse", 'did you mean "cues"']),
    ],
)
def test_named_cues_are_refused(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    text = PACK.replace("[[rule]]", NAMED + "[[rule]]", 1)
    with pytest.raises(CleanerError) as caught:
        _load(tmp_path, text.replace(old, new, 1))
    for word in words:
        assert word in str(caught.value)


def test_examples_are_no_names(tmp_path: Path) -> None:
    text = PACK.replace('match = ["Hello there"]', 'match = ["Hello there"]\nsource = "@x"')
    rules = _load(tmp_path, text.replace('keep = ["He said hello."]', 'keep = ["@someone"]'))
    mine = next(rule for rule in rules if rule.rule.name == "boilerplate.mine.hello")
    assert mine.rule.keep == ("@someone",)


def test_one_group_is_not_enough_for_prose(tmp_path: Path) -> None:
    text = PACK.replace('"line"', '"paragraph"').replace(
        'whole = ["hello there"]', 'all = [["hello"]]'
    )
    with pytest.raises(CleanerError, match="second, independent"):
        _load(tmp_path, text)


def test_examples_of_a_user_pack_run(tmp_path: Path) -> None:
    rules = _load(tmp_path, PACK.replace('["Hello there"]', '["Good day"]'))
    with pytest.raises(CleanerError, match="does not fire"):
        BoilerplatePass(rules)
    rules = _load(tmp_path, PACK.replace('["He said hello."]', '["Hello there"]'))
    with pytest.raises(CleanerError, match="keep: fires"):
        BoilerplatePass(rules)


def test_names_are_taken_once(tmp_path: Path) -> None:
    name = RULES[0].rule.name.rsplit(".", 1)
    text = PACK.replace("boilerplate.mine", name[0]).replace(
        'name = "hello"', f'name = "{name[1]}"'
    )
    with pytest.raises(CleanerError, match="is taken by"):
        _load(tmp_path, text)


def test_missing_pack(tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match="no such rule pack"):
        packs.load([tmp_path / "none.toml"])
    with pytest.raises(CleanerError, match=r"no \*\.toml"):
        packs.load([tmp_path])


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("we're here", "We’re here", True),
        ("we're here", "we're\u00a0here", True),
        ("donat*", "Donations", True),
        ("donat", "Donations", False),
        ("über uns", "ÜBER UNS", True),
        ("bonn", "Sorbonne", False),
        ("e-mail", "e‑mail", True),
    ],
)
def test_cues(cue: str, text: str, found: bool) -> None:
    assert bool(patterns.compiled((cue,)).search(text)) is found


def test_the_pack_in_the_documentation_is_taken(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "packs.md").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(page.split("```toml\n")[1].split("```")[0], "utf-8")
    rules = packs.load([tmp_path / "mine.toml"])
    BoilerplatePass(rules)  # runs its examples
    assert "boilerplate.harbour.tide-table" in {each.rule.name for each in rules}
