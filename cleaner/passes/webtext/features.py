"""The names of the features, in the order in which the kernels write them.

What does *not* live here: how they are computed (`kernels.webtext`).
"""

__all__ = ["NAMES", "SECOND"]

_LINE = (
    *("characters", "width", "words", "letter share", "capital share", "digit share"),
    *("terminals", "commas", "colons", "quotes", "separators", "brackets", "currency", "dashes"),
    *("punctuation share", "legal marks", "symbols", "at and slash", "ideograph share"),
    *("function-word share", "function words", "capitalised share", "shouted words", "numbers"),
    *("longest number", "longest word", "first character", "last character", "closing character"),
    *("sentence ends", "mean word length", "distinct-word share", "word score", "mean word score"),
    *("lowest word score", "highest word score", "is prose"),
)
_DOCUMENT = (
    *("words shared with the body", "content words shared with the body", "words in the title"),
    *("title in the line", "repetitions", "distance to the last repetition"),
    *("prose before", "prose after", "menu length", "place in the menu", "bare-line run"),
    *("place in the bare-line run", "line number", "lines to the end", "position"),
    *("words before", "prose share before", "lines", "words of the document", "mean width"),
    *("prose share of the document", "mean word score of the document"),
    *("lines from the densest stretch", "lines to its end", "lines from the heading"),
)
_NEIGHBOURS = tuple(
    f"{what} {step} {side}"
    for step in (1, 2, 3)
    for side in ("before", "after")
    for what in ("width", "word score", "closing character", "first character")
)
_WINDOWS = tuple(
    f"mean {what} of {radius} {side}"
    for radius in (3, 8, 25)
    for what in ("width", "word score", "function-word share", "closed lines")
    for side in ("before", "after")
)
_PAIRS = (
    *("same first word as before", "difference in words before"),
    *("same first word as after", "difference in words after"),
)

NAMES = (*_LINE, *_DOCUMENT, *_NEIGHBOURS, *_WINDOWS, *_PAIRS)
"""Features of the first stage, of `linecontext.context`."""

SECOND = (
    "score",
    *(f"score {step} {side}" for step in range(1, 6) for side in ("before", "after")),
    *(
        f"{what} score of {radius} {side}"
        for radius in (4, 10, 30, 100)
        for what in ("mean", "weighted")
        for side in ("before", "after")
    ),
    *("text before", "text after", "lines from the main text", "lines to the end of it"),
    *("text share before", "words of text", "text share of the document", "best score"),
    "mean score of the document",
)
"""Further features of the second stage, of `linecontext.score_context`."""
