"""Mojibake: ftfy decides and repairs, a line at a time; what must not be believed is refused.

Before ftfy looks, two things are undone that hide the evidence: a blank inside `â€ ™`, which ftfy
alone would turn into `†™`, and a closing `â€` whose last byte 9D was dropped on the way.
"""

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from cleaner.kernels.patterns.screens import compiled, occurs, searchable
from cleaner.passes.encoding import ftfysteps
from cleaner.passes.encoding.alignment import align, framed, split, stretches
from cleaner.passes.encoding.misread import looks_misread
from cleaner.passes.encoding.repairs import Place, Repair, edited
from cleaner.passes.encoding.stretches import (
    ALONE,
    BAD,
    C1,
    HARMLESS,
    LATIN,
    MARKED,
    OLD,
    PLAIN,
    QUIET,
    WINDOWS,
    Stretches,
)

__all__ = ["RULE", "SCREEN", "find", "usual"]

RULE = "encoding.mojibake"
SCREEN = ftfysteps.SCREEN
_LONGEST = 1_000_000
"""Code points that ftfy gets at once; ftfy's own bound (`max_decode_length`)."""
_SPLIT = r"â€ [™œ˜¦]|â €[™œ˜“”¦]"
_BEHIND_A_QUOTE = " .,;:!)]\"'-\t\r"
_NAMES = {
    "latin-1": "Latin-1",
    "macroman": "Mac Roman",
    "cp437": "code page 437",
    "iso-8859-2": "ISO 8859-2",
    "utf-8": "UTF-8",
    "utf-8-variants": "UTF-8",
}
_CAPITAL_A = r"(\p{Lu})Â\x{a0}"
_NOT_WRITTEN = ("Cc", "Cn", "Cs")
_LATIN = ("encode", "latin-1")
_SOUND = HARMLESS | PLAIN
_AS_LATIN = (_LATIN, ("decode", "utf-8"))
_AS_WINDOWS = (("encode", "sloppy-windows-1252"), ("decode", "utf-8"))
_LATIN_AS_WINDOWS = (_LATIN, ("decode", "windows-1252"))
_DENSE = 8
"""Where more than one in so many characters begins or ends a stretch, as in Russian, there are more
of them than can be remembered, and to ask RE2 first whether anything is wrong is faster."""
_FEW = 5
"""Parts of a line that show most often whether all of it is bad."""
_NOTHING: tuple[str, list[Place]] = "", []
_C1 = r"[\x{80}-\x{9f}]"
_OMITTED_BYTE = "\x9d"


def find(line: str, looks_bad: Callable[[str], bool] | None = None) -> list[Repair]:
    """Repairs of one line, sorted; empty where ftfy would leave the line alone.

    A caller who knows that the line looks bad says how to ask the same of what becomes of it.

    >>> [(r.edit.replacement, r.cause) for r in find("Itâ€™s")]
    [('’', 'UTF-8 read as Windows-1252')]
    """
    if looks_bad is None:
        looks_bad = ftfysteps.looks_bad
        if not looks_bad(line):
            return []
    before = _prepare(line)
    same = before == line
    after, cause = _fixed(before, looks_bad, known=same)
    if after == line or not _believable(line, after):
        return []
    if not same:
        cause += ", with a byte lost or a blank put in between"
    if looks_misread(after) and looks_misread(line):
        return []  # another encoding altogether: repairing bits of it makes it worse
    return [Repair(*place, RULE, cause) for place in align(line, after)]


def usual(
    line: str,
    known: Stretches,
    looks_bad: Callable[[str], bool],
    left: Callable[[str], object],
) -> tuple[str, list[Place]] | None:
    """The cause and the edits of a line, in short; None if it takes a closer look.

    Nothing else is left behind these edits, and that they are to be believed has been seen to.
    Without edits, the line has no sign of damage.

    Args:
        line: known to have no sign that is ASCII.
        known: what is known of stretches in view of all signs.
        looks_bad: whether a line has the sign of mojibake.
        left: whether a line has any sign.
    """
    parts = split(line)
    if len(parts) * _DENSE > len(line) and not known.bad(parts[:_FEW]) and not left(line):
        return _NOTHING
    every, some, places = known.read(parts)
    if every & QUIET:
        return _NOTHING
    if some & MARKED or len(line) > _LONGEST or not (some & BAD or looks_bad(line)):
        return None
    # What ftfy does first is what one of these explains; `_prepare` has nothing to do there, as a
    # sequence that it mends is not UTF-8, and not in Latin-1.
    if every & (LATIN | WINDOWS):
        cause = _cause(_AS_LATIN if every & LATIN and some & C1 else _AS_WINDOWS)
    elif every & OLD and some & ALONE and not ftfysteps.may_be_utf8(line.encode("latin-1")):
        cause = _cause(_LATIN_AS_WINDOWS)
    else:
        return _stepped(line, parts, left)
    # What is refused in the whole of a line can only have come in with an edit.
    if every & _SOUND != _SOUND:
        after = edited(line, places)
        if left(after) or not _believable(line, after):
            return None
    return cause, places


def _stepped(
    line: str, parts: list[str], left: Callable[[str], object]
) -> tuple[str, list[Place]] | None:
    """The same where ftfy takes another step; `parts` is the line as `split`."""
    if _prepare(line) != line:
        return None
    found = ftfysteps.one_step(line)
    if found is None or found[0] == line or left(found[0]):
        return None
    after, steps = found
    new = split(after)
    places = stretches(parts, new) if framed(parts, new) else align(line, after)
    return (_explained(line, steps), places) if _believable(line, after) else None


def _prepare(line: str) -> str:
    """Join `â€ ™`, and give a closing `â€` its last byte back where an opening one went before."""
    if "â" not in line:
        return line
    if "â€ " in line or "â €" in line:
        line = compiled(_SPLIT).sub(lambda match: match.group().replace(" ", ""), searchable(line))
    if "â€œ" not in line and "“" not in line:
        return line
    opening = min(at for at in (line.find("â€œ"), line.find("“")) if at >= 0)
    parts = [line[:opening]]
    at = opening
    while (found := line.find("â€", at)) >= 0:
        follow = line[found + 2 : found + 3]
        parts.append(line[at : found + 2])
        if not follow or follow in _BEHIND_A_QUOTE:
            parts.append(_OMITTED_BYTE)
        at = found + 2
    parts.append(line[at:])
    return "".join(parts)


def _fixed(line: str, looks_bad: Callable[[str], bool], *, known: bool) -> tuple[str, str]:
    """What ftfy makes of a line (`known` to be bad or not), and how it explains that."""
    known = known and len(line) <= _LONGEST
    pieces: list[str] = []
    steps: list[ftfysteps.Step] = []
    for start in range(0, len(line), _LONGEST):
        text, taken = ftfysteps.fix(line[start : start + _LONGEST], looks_bad, known=known)
        pieces.append(text)
        steps = steps or taken
    return "".join(pieces), _explained(line, steps)


def _explained(line: str, steps: Sequence[ftfysteps.Step]) -> str:
    """What the steps that ftfy took with a line mean."""
    if _LATIN in steps and (line.isprintable() or not occurs(_C1, searchable(line))):
        # Both fit, and software that says Latin-1 mostly means Windows-1252.
        steps = [(act, "windows-1252" if name == "latin-1" else name) for act, name in steps]
    return _cause(tuple(steps))


@lru_cache(maxsize=256)
def _cause(steps: tuple[ftfysteps.Step, ...]) -> str:
    """Say in words which wrong turns ftfy took back.

    >>> _cause((("encode", "latin-1"), ("decode", "utf-8")) * 2)
    'UTF-8 read as Latin-1, twice'
    """
    turns: list[str] = []
    read_as = ""
    blanks = False
    for action, parameter in steps:
        if action == "encode":
            read_as = _name(parameter)
        elif action == "decode":
            turns.append(f"{_name(parameter)} read as {read_as}")
        elif parameter == "restore_byte_a0":
            blanks = True
        elif parameter == "decode_inconsistent_utf8":
            turns.append("UTF-8 read in part as a single-byte encoding")
        elif parameter == "fix_c1_controls":
            turns.append("Windows-1252 read as Latin-1")
    often = {1: "", 2: ", twice", 3: ", three times"}
    unique = list(dict.fromkeys(turns))
    if len(unique) == 1:
        count = 1 if "Windows-1252 read" in unique[0] else len(turns)  # C1 repairs do not nest
        text = unique[0] + often.get(count, f", {count} times")
    else:
        text = ", then ".join(reversed(unique))
    return text + (", with no-break spaces turned to blanks" if blanks else "")


def _name(codec: str) -> str:
    return _NAMES.get(codec) or codec.removeprefix("sloppy-").replace("windows", "Windows")


def _believable(before: str, after: str) -> bool:
    r"""The vetoes: nothing more may be lost, and a lone `Â` may be a letter.

    In capitals, `Â` before a no-break space can end a word (Portuguese, Romanian, Vietnamese), so
    its removal needs other evidence on the line.

    >>> _believable("MISUT\u00c2\u00a0AJIKKO", "MISUT\u00a0AJIKKO")
    False
    """
    if after.count("\ufffd") > before.count("\ufffd"):
        return False
    if not after.isprintable() and any(
        unicodedata.category(char) in _NOT_WRITTEN for char in set(after).difference(before)
    ):
        return False
    if "Â\xa0" not in before:
        return True
    without = compiled(_CAPITAL_A).sub(lambda match: match.group(1) + "\xa0", searchable(before))
    return bool(without != after)
