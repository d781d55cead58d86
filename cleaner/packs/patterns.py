r"""Cues: from what a pack's author writes to RE2, and which patterns are refused and why.

A cue is an RE2 pattern with four conveniences, none of which applies inside `[...]`:

* a space means white space, so that a cue survives a line break or a no-break space;
* `'` and `"` mean every form of apostrophe and quotation mark, `-` every hyphen and dash;
* it matches whole words, unless it begins or ends with `*`: `donat*` finds "donation";
* `\w`, `\d` and `\s` know Unicode (RE2's own know ASCII only).

What does *not* live here: how cues form rules (`schema`), where they are looked for (`passes`).
"""

from functools import cache
from typing import Any

__all__ = [
    "EDGE",
    "LEAST_LABELS",
    "SUGAR",
    "PatternError",
    "atom",
    "compile_pattern",
    "compiled",
    "exact",
    "expand",
    "is_simple",
    "labels",
    "words",
]

SPACE = r"(?:[\s\x{A0}\x{2009}\x{202F}\x{3000}]{1,2})"
SUGAR = {
    " ": SPACE,
    "'": "['’‘ʼ´`]",
    '"': '["“”„«»‟″]',
    "-": "[-‐‑‒–—]",
}
_SIMPLE = str.maketrans(SUGAR | {"(": "(?:"})
_SPECIAL = frozenset("\\[{*+")
_CLASSES = {
    "w": r"[\p{L}\p{M}\p{N}_]",
    "d": r"\p{Nd}",
    "s": r"[\s\p{Z}\x{85}]",
}
EDGE = r"[^\p{L}\p{M}\p{N}_]"
GAP = r"[^\p{L}\p{M}\p{N}_\n]*"
LEAST_LABELS = 3
"""Fewer labels could be the words of a short line."""
_WIDE_LIMIT = 3
"""Repeats of a class that holds letters: one gap of 60 slows the scan of all cues a hundredfold
(measured: 500 MB/s to 5), since the automaton has to count for every place where a cue began."""
_NARROW_LIMIT = 40
_PROGRAM_LIMIT = 10_000
"""Instructions of one compiled cue. Unicode letter classes need some hundreds each."""
_OPTIONS_MEMORY = 1 << 24


class PatternError(ValueError):
    """A cue that cannot be taken; the text says why and what to write instead."""


def words(pattern: str) -> tuple[str, bool, bool]:
    """Strip the `*` at the ends of a cue; say whether its start and end must be word boundaries.

    >>> words("donat*")
    ('donat', True, False)
    """
    left = not pattern.startswith("*")
    right = not pattern.endswith("*") or pattern.endswith("\\*")
    return pattern[not left : len(pattern) - (not right)], left, right


def expand(pattern: str) -> str:
    """Turn a cue (without its outer `*`) into RE2, and refuse what would be slow.

    >>> expand("we're on-line").startswith("we['")
    True

    Raises:
        PatternError: an unbounded or long repeat, or a class RE2 knows for ASCII only.
    """
    if is_simple(pattern):
        return pattern.translate(_SIMPLE)
    parts: list[str] = []
    wide: list[bool] = []  # per part: whether it can be any letter
    groups: list[int] = []
    at = 0
    while at < len(pattern):
        piece, at = atom(pattern, at)
        if piece[0] == "(":
            groups.append(len(parts))
            parts.append(piece)
            wide.append(False)
        elif piece == ")":
            if not groups:
                raise PatternError('a ")" has no "("; write "\\)" for the character')
            start = groups.pop()
            parts[start:] = ["".join([*parts[start:], ")"])]
            wide[start:] = [any(wide[start:])]
        elif piece[0] in "*+?{":
            if not parts:
                raise PatternError(f'"{piece}" has nothing to repeat')
            _refuse_repeat(piece, wide=wide[-1], what=parts[-1])
            parts[-1] += piece
        else:
            parts.append(SUGAR.get(piece) or _escape(piece))
            wide.append(_is_wide(piece))
    if groups:
        raise PatternError('a "(" is never closed; write "\\(" for the character')
    return "".join(parts)


def is_simple(pattern: str) -> bool:
    """Whether a cue holds nothing but characters, alternatives and options, as most do."""
    if _SPECIAL.intersection(pattern) or pattern.startswith("?") or "(?" in pattern:
        return False
    depth = 0
    for char in pattern if "(" in pattern or ")" in pattern else "":
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def atom(pattern: str, at: int) -> tuple[str, int]:
    """The token that starts at `at`, and where the next one starts."""
    char = pattern[at]
    if char == "\\":
        if pattern[at + 1 : at + 2] in {"p", "P", "x"} and pattern[at + 2 : at + 3] == "{":
            end = pattern.find("}", at) + 1
            return pattern[at : end or len(pattern)], end or len(pattern)
        return pattern[at : at + 2], at + 2
    if char == "[":
        end = pattern.find("]", at + 2 + (pattern[at + 1 : at + 2] == "^"))
        while end > 0 and pattern[end - 1] == "\\":
            end = pattern.find("]", end + 1)
        if end < 0:
            raise PatternError('a "[" is never closed; write "\\[" for the character')
        return pattern[at : end + 1], end + 1
    if char == "(":
        if pattern.startswith("(?", at):
            raise PatternError('"(?" is not needed in a cue; write plain "(a|b)"')
        return "(?:", at + 1
    if char == "{":
        end = pattern.find("}", at) + 1
        if not end:
            raise PatternError('a "{" is never closed; write "\\{" for the character')
        return pattern[at:end], end
    return char, at + 1


def _escape(piece: str) -> str:
    if piece[0] == "\\":
        letter = piece[1:]
        if letter in {"b", "B", "W", "S", "D"}:
            raise PatternError(
                f'"{piece}" knows ASCII only; cues match whole words by themselves, "*" lifts that'
            )
        return _CLASSES.get(letter, piece)
    return piece


def _is_wide(piece: str) -> bool:
    """Whether the atom stands for characters of nearly any text."""
    return (
        piece == "."
        or piece.startswith(("[^", "\\w", "\\p{L", "\\P", "\\pL"))
        or (
            piece[0] == "[" and any(mark in piece for mark in ("\\w", "\\p{L", "\\P", "a-z", "A-Z"))
        )
    )


def _refuse_repeat(piece: str, *, wide: bool, what: str) -> None:
    if piece == "?":
        return
    if piece in {"*", "+"} or piece.endswith(",}"):
        raise PatternError(
            f'"{what}{piece}" repeats without end and makes the scan slow; say how many at most, '
            "as in {1,4}, or write two cues in two groups"
        )
    low, _, high = piece[1:-1].partition(",")
    if not low.isascii() or not low.isdigit() or (high and not high.isdigit()):
        raise PatternError(f'"{piece}" is no repeat; write "\\{{" for the character')
    limit = _WIDE_LIMIT if wide else _NARROW_LIMIT
    if int(high or low) > limit:
        raise PatternError(
            f'"{what}{piece}" is a counted gap: it slows the scan of every document a hundredfold; '
            f"at most {limit} are allowed here. Write the two ends as cues of two groups instead"
        )


def exact(patterns: tuple[str, ...], place: str = "", edge: str = EDGE) -> str:
    """The form of cues that is searched in one line or paragraph, with what bounds it.

    `place` is "starts", "ends" or "whole" for cues bound to the ends of the text.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for pattern in patterns:
        body, left, right = words(pattern)
        low = rf"(?:\A|{edge})" if left else ""
        high = rf"(?:\z|{edge})" if right else ""
        if place in {"starts", "whole"}:
            low = r"\A"
        if place in {"ends", "whole"}:
            high = r"\z"
        kinds.setdefault((low, high), []).append(expand(body))
    return "|".join(f"{low}({'|'.join(each)}){high}" for (low, high), each in kinds.items())


def labels(patterns: tuple[str, ...], least: int, gap: str = GAP) -> str:
    """A text of nothing but these labels, at least so many; they may have run together."""
    each = f"(?:{'|'.join(expand(words(pattern)[0]) for pattern in patterns)})"
    return rf"\A((?:{each}{gap}){{{least},}})\z"


@cache
def compiled(patterns: tuple[str, ...], place: str = "", *, case: bool = False) -> Any:
    """One RE2 object that finds any of the cues; its capturing groups are the cues.

    Raises:
        PatternError: RE2 cannot take it, or it is too large.
    """
    if place == "only":
        return compile_pattern(labels(patterns, LEAST_LABELS), case=case)
    found = compile_pattern(exact(patterns, place), case=case)
    if len(patterns) == 1 and found.programsize > _PROGRAM_LIMIT:
        raise PatternError(f"it compiles to {found.programsize} steps, over {_PROGRAM_LIMIT}")
    return found


def compile_pattern(pattern: str, *, case: bool) -> Any:
    """Compile a whole pattern.

    Raises:
        PatternError: RE2 cannot take it.
    """
    import re2

    options = re2.Options()
    options.case_sensitive = case
    options.log_errors = False
    options.never_capture = True  # with groups, RE2 leaves its fast automaton
    options.max_mem = _OPTIONS_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        cause = error.args[0] if error.args else "it is no regular expression"
        text = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
        raise PatternError(f"RE2 cannot take it: {text}") from None
