"""A line model for raw web text: `WebtextPass`."""

from cleaner.passes.webtext.lines import WebtextPass

__all__ = ["WebtextPass"]
