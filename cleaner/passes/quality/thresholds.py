"""The rules: published thresholds (off by default), and our own hints.

A threshold is a number that some people found useful for one corpus; a finding says that a document
is beyond it, no more. What does *not* live here: what is measured (`signals`).
"""

from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from cleaner.passes.quality import signals as s
from cleaner.rules import Rule

__all__ = ["DOUBLED_WORD", "RULES", "SPUN_TEXT", "THRESHOLDS", "UNBALANCED", "Threshold"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A rule that compares one signal with one number."""

    rule: Rule
    column: str
    over: bool
    limit: float
    spaced: bool = False
    """Whether it only holds for scripts that put spaces between words and have capitals."""

    def hit(self, values: Any) -> Any:
        """Whether a value, or each of an array, is beyond the limit."""
        return gt(values, self.limit) if self.over else lt(values, self.limit)


def _threshold(
    name: str,
    signal: str,
    sign: str,
    limit: float,
    source: str,
    why: str,
    *,
    spaced: bool = False,
) -> Threshold:
    what = next(one for one in s.SIGNALS if one.name == signal)
    words = "over" if sign == ">" else "under"
    summary = f"{what.definition.rstrip('.')}: {words} {limit:,g} {what.unit}"
    rule = Rule(
        f"quality.{name}", summary, why, source=f"{source}: {sign} {limit:g}", default=False
    )
    return Threshold(rule, what.column, sign == ">", limit, spaced)


_SHORT = "Too short to learn anything from, or a piece of navigation."
_SYMBOLS = "More symbols than prose has: hashtags, teasers, machine output."
_REPEAT = "Text that repeats itself is generated, a list or a template, and models learn to repeat."
_LIST = "A list, a menu or a table rather than running text."
_CODE = "Script, markup or a page's own machinery, not its text."

_TOP = ((2, 0.20), (3, 0.18), (4, 0.16))
_AGAIN = ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10))

THRESHOLDS: tuple[Threshold, ...] = (
    _threshold("gopher.few-words", "words", "<", 50, s.GOPHER, _SHORT),
    _threshold("gopher.many-words", "words", ">", 100_000, s.GOPHER, "A dump or a whole library."),
    _threshold("gopher.short-words", "mean_word_length", "<", 3, s.GOPHER, _SYMBOLS, spaced=True),
    _threshold("gopher.long-words", "mean_word_length", ">", 10, s.GOPHER, _CODE, spaced=True),
    _threshold("gopher.hashes", "hash_ratio", ">", 0.1, s.GOPHER, _SYMBOLS),
    _threshold("gopher.ellipses", "ellipsis_ratio", ">", 0.1, s.GOPHER, _SYMBOLS),
    _threshold("gopher.bullet-lines", "bullet_line_share", ">", 0.9, s.GOPHER, _LIST),
    _threshold("gopher.ellipsis-lines", "ellipsis_line_share", ">", 0.3, s.GOPHER, _LIST),
    _threshold("gopher.non-words", "alphabetic_word_share", "<", 0.8, s.GOPHER, _SYMBOLS),
    _threshold(
        "gopher.stop-words", "stop_words", "<", 2, s.GOPHER, "Running text has them.", spaced=True
    ),
    _threshold("gopher.repeated-lines", "repeated_line_share", ">", 0.3, s.GOPHER, _REPEAT),
    _threshold(
        "gopher.repeated-line-characters",
        "repeated_line_character_share",
        ">",
        0.2,
        s.GOPHER,
        _REPEAT,
    ),
    _threshold(
        "gopher.repeated-paragraphs", "repeated_paragraph_share", ">", 0.3, s.GOPHER, _REPEAT
    ),
    _threshold(
        "gopher.repeated-paragraph-characters",
        "repeated_paragraph_character_share",
        ">",
        0.2,
        s.GOPHER,
        _REPEAT,
    ),
    *(
        _threshold(
            f"gopher.top-{size}-gram", f"top_{size}_gram_share", ">", limit, s.GOPHER, _REPEAT
        )
        for size, limit in _TOP
    ),
    *(
        _threshold(
            f"gopher.repeated-{size}-grams",
            f"repeated_{size}_gram_share",
            ">",
            limit,
            s.GOPHER,
            _REPEAT,
        )
        for size, limit in _AGAIN
    ),
    _threshold("c4.few-sentences", "c4_sentences", "<", 5, s.C4, _SHORT),
    _threshold("c4.curly-bracket", "curly_brackets", ">", 0, s.C4, _CODE),
    _threshold("c4.lorem-ipsum", "lorem_ipsum", ">", 0, s.C4, "Placeholder text of a template."),
    _threshold("c4.javascript-line", "javascript_lines", ">", 0, s.C4, _CODE),
    _threshold("c4.policy-line", "policy_lines", ">", 0, s.C4, "Notices about cookies and terms."),
    _threshold("fineweb.few-terminal-lines", "terminal_line_share", "<", 0.12, s.FINEWEB, _LIST),
    _threshold("fineweb.short-lines", "short_line_share", ">", 0.67, s.FINEWEB, _LIST),
    _threshold(
        "fineweb.repeated-lines", "repeated_line_character_ratio", ">", 0.01, s.FINEWEB, _REPEAT
    ),
    _threshold("fineweb.many-breaks", "break_ratio", ">", 0.3, s.FINEWEB, _LIST, spaced=True),
    _threshold("refinedweb.line-wise", "line_wise_share", ">", 0.05, s.REFINEDWEB, _LIST),
)

DOUBLED_WORD = Rule(
    name="quality.doubled-word",
    summary="A word, or a pair of words, stands twice in a row",
    why="A slip of the author or of an editor. It is part of the text, so it is never changed; "
    "only words that no sentence of the language has twice are looked for.",
    match=(
        "The court said on Monday that the the mayor was not in the room when it was agreed.",
        "He has no plans to reduce to reduce the forces that are in the north of the country.",
    ),
    keep=(
        "All that she had had was that that was the end, and they came in in the rain to see him.",
        "She read it again and again and again, and with that she was to have the last of it.",
    ),
    source=s.OWN,
)
SPUN_TEXT = Rule(
    name="quality.spun-text",
    summary="English that looks machine-translated or rewritten by a program",
    why="Round-trip translation and synonym spinning leave slips of several kinds close together: "
    "a capital inside a sentence, a torn word, an article that does not fit, a lost full stop. One "
    "kind is a habit of the writer; several at once are a hint to read the document.",
    source=s.OWN,
)
UNBALANCED = (
    Rule(
        name="quality.unbalanced-brackets",
        summary="Brackets open and close unequally often",
        why="Something was cut out or lost. Lists such as a) and b) do it as well.",
        source=s.OWN,
        default=False,
    ),
    Rule(
        name="quality.unbalanced-quotes",
        summary="Quotation marks open and close unequally in a line",
        why="Something was cut out or lost, or the author forgot one.",
        source=s.OWN,
        default=False,
    ),
)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*(one.rule for one in THRESHOLDS), DOUBLED_WORD, SPUN_TEXT, *UNBALANCED),
        key=lambda rule: rule.name,
    )
)
