"""How numbers are written on the page and in Markdown.

What does *not* live here: which numbers (`report`).
"""

__all__ = ["count", "exact", "number", "percent_of", "plain", "ratio", "share", "signed", "size"]


def number(value: float) -> str:
    """A whole number with separators, or a short decimal.

    >>> number(12310), number(0.25)
    ('12,310', '0.25')
    """
    return f"{value:,.0f}" if value == int(value) else plain(value)


def count(value: int) -> str:
    """A number that is most often nothing, which is then easy to skip."""
    return f"{value:,}" if value else "–"


def share(value: float, of: float) -> str:
    """A share in per cent; never rounded to nothing or to all.

    >>> share(1, 3), share(1, 10**6), share(999_999, 10**6), share(0, 0)
    ('33.3 %', '<0.1 %', '>99.9 %', '–')
    """
    if not of:
        return "–"
    percent = 100 * value / of
    if 0 < percent < 0.1:
        return "<0.1 %"
    if 99.9 < percent < 100:
        return ">99.9 %"
    return f"{percent:.1f} %"


def ratio(value: float | None) -> str:
    """A share that is known as such."""
    return "–" if value is None else share(value, 1.0)


def percent_of(value: float, of: float) -> str:
    """The length of a bar: at least a sliver for what is there."""
    if not of or not value:
        return "0"
    return f"{min(100.0, max(0.6, 100 * value / of)):.1f}"


def signed(value: float) -> str:
    """A difference with its sign.

    >>> signed(3), signed(-1200), signed(0)
    ('+3', '−1,200', '0')
    """
    if not value:
        return "0"
    return f"{'+' if value > 0 else '−'}{number(abs(value))}"


def size(value: int) -> str:
    """Bytes in decimal units.

    >>> size(999), size(25_600), size(8_100_000)
    ('999 bytes', '25.6 kB', '8.1 MB')
    """
    if value < 1000:
        return f"{value} byte{'' if value == 1 else 's'}"
    amount = float(value)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:,.1f} TB"


def plain(value: float) -> str:
    """Three digits are enough for a quantile."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def exact(value: float) -> str:
    """A similarity."""
    return f"{value:.3f}"
