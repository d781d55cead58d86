r"""What `ftfy.fix_encoding_and_explain` answers, in a fraction of its time.

ftfy decides; this module walks the same steps and only takes short cuts where their outcome is
certain. Its pattern for bad sequences runs under RE2. Text that a codec cannot encode is recognised
by trying, and bytes that are valid UTF-8 need no look at how ftfy would mend them. Whatever else
may happen (bytes A0 that became blanks, lost bytes, CESU-8) is left to ftfy from that point on.
What does *not* live here: which repairs to believe (`mojibake`).
"""

import codecs
import re
from collections.abc import Callable
from functools import lru_cache

import ftfy
from ftfy import chardata, fixes
from ftfy.badness import BADNESS_RE
from ftfy.badness import is_bad as ftfy_is_bad

from cleaner.kernels.patterns.screens import compiled, from_verbose, occurs, searchable

__all__ = ["SCREEN", "Step", "fix", "is_bad", "is_latin", "looks_bad", "may_be_utf8", "one_step"]

SCREEN = "(?m:" + from_verbose(BADNESS_RE.pattern) + ")"
"""ftfy's own pattern for RE2."""

Step = tuple[str, str]
"""An action and its parameter, as in `ftfy.ExplanationStep`."""

_CONFIG = ftfy.TextFixerConfig(explain=True)
_LONGEST_RUN = 64
"""Characters of a run whose repair is remembered."""
_CLUES = chardata.UTF8_CLUES
_FIRSTS = "".join(_CLUES[f"utf8_first_of_{count}"] for count in (2, 3, 4))
_CLUE = f"[{_FIRSTS}{_CLUES['utf8_continuation']}]"
_SEQUENCE = "|".join(
    f"[{_CLUES[f'utf8_first_of_{count}']}][{_CLUES['utf8_continuation']}]{{{count - 1}}}"
    for count in (2, 3, 4)
)
_RUN = f"{_CLUE}*?(?:{_SEQUENCE}){_CLUE}*"
"""All that `UTF8_DETECTOR_RE` can match lies in such runs, and so does what it looks back at."""
_ENCODERS = [(name, codecs.lookup(name).encode) for name in chardata.CHARMAP_ENCODINGS]
_C1 = r"[\x{80}-\x{9f}]"
_ALONE = re.compile(rb"[\x80\x82\x84-\x87\x89\x8b\x91-\x97\x99\x9b]")
"""C1 controls that are in none of the code pages but Latin-1 and ISO 8859-2. Where both have a
character, they have it in the same place: the second is of no more help than the first."""


def _latin(chars: str) -> bytes:
    """A class of bytes: those of the characters that Latin-1 has."""
    return b"[" + re.escape(chars.encode("latin-1", "ignore")) + b"]"


_FOLLOW = b"[" + bytes(range(0x80, 0xC0)) + _latin(_CLUES["utf8_continuation"][3:])[1:]
_LEADS = [_latin(_CLUES[f"utf8_first_of_{count}"]) for count in (2, 3, 4)]
_BROKEN = re.compile(
    b"[\xc0\xed%b](?:(?<=[\xc0\xed])|%b)"
    % (
        b"".join(lead[1:-1] for lead in _LEADS),
        b"|".join(b"(?<=%b)%b{%d}" % (lead, _FOLLOW, more) for more, lead in enumerate(_LEADS, 1)),
    )
)
"""All that `UTF8_DETECTOR_RE` can match in Latin-1, and all for which bytes in Latin-1 might be
mendable. `re` is several times faster where a class comes first."""
_ALTERED = re.compile(
    b"[\xc2\xc3\xc5\xce\xd0\xd9\xe0-\xe3\xf0](?:(?<![\xe0\xe1]) |[\x80-\xbf]{1,2} )"
)
"""More than `ALTERED_UTF8_RE`, for the same reason."""


def looks_bad(text: str) -> bool:
    """Ask RE2 what ftfy asks `re`: the answer is a superset of ftfy's by a hair (`screens`)."""
    return not text.isascii() and occurs(SCREEN, searchable(text))


def is_bad(text: str) -> bool:
    """`ftfy.badness.is_bad`, asked only where RE2 agrees."""
    return looks_bad(text) and ftfy_is_bad(text)


def fix(
    text: str, looks_bad: Callable[[str], bool] = looks_bad, *, known: bool = False
) -> tuple[str, list[Step]]:
    """The repaired text and the steps that led there, both as ftfy has them.

    `looks_bad` is for callers who ask more than that at once; `known` that the text does look bad.

    >>> fix("It\u00e2\u20ac\u2122s")[0]
    'It’s'
    """
    steps: list[Step] = []
    while known or looks_bad(text):
        known = False
        found = one_step(text)
        if found is None:
            after, plan = ftfy.fix_encoding_and_explain(text, _CONFIG)
            return after, [*steps, *((step.action, step.parameter) for step in plan or ())]
        after, taken = found
        steps += taken
        if after == text:
            break
        text = after
    return text, steps


@lru_cache(maxsize=8)
def one_step(text: str) -> tuple[str, list[Step]] | None:
    """What becomes of a bad text, and the steps that led there; None where only ftfy knows.

    The last few are remembered: what is no usual line is asked about a second time.
    """
    pages = []
    stopper = ""
    for codec, encode in _ENCODERS:
        if stopper and _lacks(codec, stopper):
            continue  # which is known sooner than found out in the text again
        try:
            data, _ = encode(text)
        except UnicodeEncodeError as error:
            stopper = text[error.start]
            continue
        pages.append(codec)
        after = _decoded(data, codec)
        if after is not None:
            decoding = "utf-8-variants" if b"\xed" in data else "utf-8"
            return after, [("encode", codec), ("decode", decoding)]
        if codec == "latin-1" and is_latin(data) and not may_be_utf8(data):
            return _as_windows(text, data)
        if _mendable(data, codec):
            return None
    # A C1 control by itself is bad: ftfy, which takes long over it, need not be asked.
    if not pages and not occurs(_C1, searchable(text)) and not ftfy_is_bad(text):
        return text, []
    return _in_part(text, latin="latin-1" in pages)


@lru_cache(maxsize=4096)
def _lacks(codec: str, char: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return True
    return False


def _decoded(data: bytes, codec: str) -> str | None:
    if b"\x1a" in data and codec.startswith("sloppy"):
        return None  # it stands for U+FFFD, which ftfy turns back in its own ways
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def is_latin(data: bytes) -> bool:
    """Whether bytes of Latin-1 include a control that no other code page of ftfy's has."""
    return _ALONE.search(data) is not None


def may_be_utf8(data: bytes) -> bool:
    """Whether ftfy may find UTF-8 in a part of these bytes of Latin-1."""
    return _BROKEN.search(data) is not None


def _mendable(data: bytes, codec: str) -> bool:
    """Whether ftfy might read these bytes in spite of an error."""
    if b"\xed" in data or b"\xc0" in data:
        return True
    if codec != "macroman" and _ALTERED.search(data) and chardata.ALTERED_UTF8_RE.search(data):
        return True
    if not codec.startswith("sloppy"):
        return False
    return b"\x1a" in data or (b"?" in data and bool(chardata.LOSSY_UTF8_RE.search(data)))


def _in_part(text: str, *, latin: bool) -> tuple[str, list[Step]]:
    """What ftfy does where no code page explains the whole text."""
    after = _fix_in_places(text)
    if after != text:
        return after, [("apply", "decode_inconsistent_utf8")]
    if not occurs(_C1, searchable(text)):
        return text, []
    if latin:
        return _as_windows(text, text.encode("latin-1"))
    return _without_controls(text)


def _as_windows(text: str, data: bytes) -> tuple[str, list[Step]]:
    """Latin-1 with C1 controls, which were meant to be Windows-1252; `data` is in Latin-1."""
    try:
        return data.decode("windows-1252"), [("encode", "latin-1"), ("decode", "windows-1252")]
    except UnicodeDecodeError:
        return _without_controls(text)


def _without_controls(text: str) -> tuple[str, list[Step]]:
    return fixes.fix_c1_controls(text), [("transcode", "fix_c1_controls")]


def _fix_in_places(text: str) -> str:
    """`ftfy.fixes.decode_inconsistent_utf8`, run by run.

    ftfy refuses a match that is the whole text, since that was tried before.
    """
    # RE2 reads bytes; asked about a string, it would count characters anew for each match.
    data = searchable(text).encode()
    pieces: list[str] = []
    at = done = 0
    for match in compiled(_RUN).finditer(data):
        start, end = match.span()
        if end - start == len(data):
            return fixes.decode_inconsistent_utf8(text)
        low = done + len(data[at:start].decode())
        at, high = end, low + len(data[start:end].decode())
        pieces += (text[done:low], _fixed_run(text[low:high]))
        done = high
    return "".join([*pieces, text[done:]]) if pieces else text


def _fixed_run(run: str) -> str:
    return _remembered(run) if len(run) <= _LONGEST_RUN else _inside(run)


def _inside(run: str) -> str:
    # A line end in front, because the run is not the whole text.
    return fixes.decode_inconsistent_utf8("\n" + run)[1:]


_remembered = lru_cache(maxsize=4096)(_inside)
