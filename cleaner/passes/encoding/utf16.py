"""UTF-16 that was read as Latin-1: every other character is NUL."""

from cleaner.passes.encoding.repairs import Repair, replace

__all__ = ["find"]

_SHARE = 0.4
"""Of all characters at even (or odd) places that have to be NUL; English has 97 %, German 95 %."""
_STRAY = 0.02


def find(text: str) -> list[Repair]:
    r"""One repair of the whole text, or none.

    >>> [r.edit.replacement for r in find("\xff\xfeH\x00i\x00!\x00")]
    ['Hi!']
    """
    if "\x00" not in text or text.count("\x00") * 5 < len(text):
        return []
    body = text[2:] if text[:2] in ("ÿþ", "þÿ") else text
    half = len(body) // 2
    for start, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        nul = body[start::2].count("\x00")
        stray = body[1 - start :: 2].count("\x00")
        if nul >= _SHARE * half and stray <= _STRAY * half:
            try:
                decoded = body[: 2 * half].encode("latin-1").decode(codec)
            except UnicodeError:
                return []
            cause = "UTF-16 read as Latin-1"
            return [replace((0, len(text)), decoded + body[2 * half :], "encoding.utf-16", cause)]
    return []
