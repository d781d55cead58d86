r"""Literal escapes in prose: `\u2019`, `\xe2\x80\x99`, `=E2=80=99`, `%E2%80%99`. Opt-in.

Each is decoded only if it yields a printable character outside ASCII, as ASCII is rarely escaped by
accident, and never in code or web addresses.
"""

from cleaner.kernels.patterns.screens import compiled, occurs, searchable
from cleaner.passes.encoding.repairs import Repair, disjoint, replace
from cleaner.passes.encoding.surroundings import in_address, is_code

__all__ = ["SCREEN", "find"]

RULE = "encoding.escape"
_UNICODE = r"(?:\\u[0-9A-Fa-f]{4})+"
_BARE = r"[a-z]u(2018|2019|201c|201d|2013|2014|2026)"
_BYTES: tuple[tuple[str, str, str], ...] = (
    (r"(?:\\x[0-9A-Fa-f]{2}){2,}", "\\x", "escaped bytes"),
    (r"(?:=[0-9A-F]{2}){2,}", "=", "quoted-printable"),
    (r"(?:%[0-9A-Fa-f]{2}){2,}", "%", "percent-encoding"),
)
_ANY = "|".join([_UNICODE, _BARE, *(pattern for pattern, _, _ in _BYTES)])

SCREEN = r"\\u[0-9A-Fa-f]{4}|u20[12][0-9a-f]|(?:\\x|=|%)[0-9A-Fa-f]{2}(?:\\x|=|%)[0-9A-Fa-f]{2}"
"""Without the letter before `u2019`: a screen that begins with a letter is slow in RE2."""


def find(line: str) -> list[Repair]:
    r"""Repairs of one line, sorted.

    >>> [r.edit.replacement for r in find(r"It\u2019s a caf=C3=A9")]
    ['’', 'é']
    """
    text = searchable(line)
    if not occurs(_ANY, text) or _code(text):
        return []
    found = []
    for match in compiled(_UNICODE).finditer(text):
        units = [int(unit, 16) for unit in match.group().split("\\u")[1:]]
        data = b"".join(unit.to_bytes(2, "big") for unit in units)
        found += _decoded(text, match.span(), data, "utf-16-be", "escaped code points")
    for match in compiled(_BARE).finditer(text):
        char = chr(int(match.group(1), 16))
        found.append(
            replace((match.start(1) - 1, match.end(1)), char, RULE, "escape without backslash")
        )
    for pattern, mark, cause in _BYTES:
        for match in compiled(pattern).finditer(text):
            data = bytes.fromhex(match.group().replace(mark, ""))
            found += _decoded(text, match.span(), data, "utf-8", cause)
    return disjoint(found)


def _code(text: str) -> bool:
    """Whether the line is code, the escapes themselves not counted as signs of it."""
    return is_code(compiled(_ANY).sub("x", text))


def _decoded(text: str, span: tuple[int, int], data: bytes, codec: str, cause: str) -> list[Repair]:
    try:
        decoded = data.decode(codec)
    except UnicodeDecodeError:
        return []
    plain = any(char < "\x80" for char in decoded)
    if plain or not decoded.isprintable() or in_address(text, span[0]):
        return []
    return [replace(span, decoded, RULE, cause)]
