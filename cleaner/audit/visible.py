"""Text of the corpus as HTML: nothing in it becomes markup, and nothing in it stays unseen.

Control, format and private characters (bidirectional overrides among them) are written out as code
points, so that a hostile text can neither hide nor reorder what the page says.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from cleaner.audit.characters import is_unusual

__all__ = ["clip", "differing", "plain", "struck", "visible"]

_JOINERS = "\u200c\u200d"


def visible(text: str) -> Markup:
    r"""Escape a text; unusual characters become labels.

    >>> str(visible("<b>\u202eevil"))
    '&lt;b&gt;<span class="ctl" title="RIGHT-TO-LEFT OVERRIDE">U+202E</span>evil'
    """
    if text.isascii() and text.isprintable():
        return escape(text)
    return Markup("").join(_label(char) if odd else escape(run) for odd, run, char in _split(text))


def _split(text: str) -> list[tuple[bool, str, str]]:
    """(unusual, run, its character) in order: unusual characters stand alone."""
    parts: list[tuple[bool, str, str]] = []
    start = 0
    for at, char in enumerate(text):
        if char.isprintable() or char in "\n\t" or not _hides(text, at):
            continue
        if start < at:
            parts.append((False, text[start:at], ""))
        parts.append((True, char, char))
        start = at + 1
    if start < len(text):
        parts.append((False, text[start:], ""))
    return parts


def _hides(text: str, at: int) -> bool:
    """Whether the character is to be written out; joiners inside words of other scripts are not."""
    char = text[at]
    if char == "\r":
        return True
    if char in _JOINERS and 0 < at < len(text) - 1:
        return text[at - 1].isascii() or text[at + 1].isascii()
    return is_unusual(ord(char))


def _label(char: str) -> Markup:
    name = unicodedata.name(char, "") or "control or private character"
    return Markup('<span class="ctl" title="{}">U+{:04X}</span>').format(name, ord(char))


def plain(text: str) -> str:
    """For places that hold no markup, such as the title of the page."""
    return "".join(f"U+{ord(c):04X}" if is_unusual(ord(c)) else c for c in text)


def struck(text: str) -> Markup:
    """A removed or written run: its line breaks and lone spaces are shown as signs too."""
    if not text.strip(" \t\n\r"):
        text = text.replace(" ", "·").replace("\t", "⇥")
    pieces = [visible(piece) for piece in text.split("\n")]
    return Markup('<span class="nl" aria-hidden="true">↵</span>\n').join(pieces)


def differing(left: str, right: str, most: int = 1600, around: int = 30) -> tuple[Markup, Markup]:
    """Two texts with the words that differ marked, long equal stretches left out.

    Args:
        left: one text.
        right: the other.
        most: words of each that are compared.
        around: words that are shown on each side of a difference.
    """
    from difflib import SequenceMatcher

    one, two = _words(left)[:most], _words(right)[:most]
    bare, other = ([word.strip() for word in words] for words in (one, two))
    blocks = SequenceMatcher(None, bare, other, autojunk=False).get_opcodes()
    columns: tuple[list[Markup], list[Markup]] = ([], [])
    for number, (tag, i, j, k, m) in enumerate(blocks):
        ends = (number == 0, number == len(blocks) - 1)
        for out, words in ((columns[0], one[i:j]), (columns[1], two[k:m])):
            if tag == "equal":
                out.append(_equal(words, around, *ends))
            elif words:
                out.append(_marked(words, around))
    return Markup("").join(columns[0]), Markup("").join(columns[1])


def _words(text: str) -> list[str]:
    """Words with the white space after them."""
    words: list[str] = []
    for line in text.splitlines(keepends=True):
        parts = line.split(" ")
        words += [part + " " for part in parts[:-1]]
        if parts[-1]:
            words.append(parts[-1])
    return words


def _equal(words: Sequence[str], around: int, first: bool, last: bool) -> Markup:
    head, tail = (0 if first else around), (0 if last else around)
    if first and last:
        head = 2 * around
    if len(words) <= head + tail + 20:
        return visible("".join(words))
    left_out = len(words) - head - tail
    return Markup("{}{}{}").format(
        visible("".join(words[:head])),
        _gap(left_out),
        visible("".join(words[len(words) - tail :]) if tail else ""),
    )


def _gap(count: int) -> Markup:
    return Markup('<span class="gap">⋯ {} words alike ⋯</span>').format(f"{count:,}")


def _marked(words: Sequence[str], around: int) -> Markup:
    most = 4 * around
    text = "".join(words[:most])
    rest = len(words) - most
    end = Markup('<span class="gap">⋯ {} more words ⋯</span>').format(f"{rest:,}")
    bare = text.rstrip()
    return Markup("<b>{}</b>{}{}").format(visible(bare), text[len(bare) :], end if rest > 0 else "")


def clip(text: Any, most: int = 160) -> str:
    """A name that is too long to show in full."""
    text = str(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
