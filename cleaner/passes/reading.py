"""Rules about how a document was read: readers report them, no pass looks for them."""

from cleaner.model import Applicability
from cleaner.rules import Rule

__all__ = ["RULES"]

RULES = (
    Rule(
        "extract.html",
        "Text taken out of a page",
        "What a page shows is more than its article, and what a parser sees can be less than the "
        "page: the numbers say how much was taken, how, and what was lost.",
        Applicability.DISPLAY,
    ),
)
