"""Boilerplate in raw web text, line by line, by a small statistical model.

For the text of whole pages: menus, banners, comments and footers around an article. In the default
profile the rule is off; selected, it only shows what it thinks. In the profile `web` it is on, and
its cuts are unsafe fixes. What does *not* live here: the model (`model`), the choice of lines
(`decode`), words for people (`evidence`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.model import Applicability, Document, Edit, Finding, Fix, Span
from cleaner.passes.webtext.decode import MIN_LINES, settle
from cleaner.passes.webtext.evidence import describe
from cleaner.passes.webtext.model import LineModel, Lines, shipped
from cleaner.rules import Rule

__all__ = ["WebtextPass"]

_NAME = "webtext.boilerplate-line"
_BREAKS = r"[\n\r\x0b\x0c\x1c-\x1e\x{85}\x{2028}\x{2029}]"
_ARTICLE = """\
The old harbour bridge opened to walkers on Monday, eleven years after the last train crossed it.
"We could have painted over it," said Ellen Marsh, the engineer. "We did not want to."
Nobody had asked the fishermen, who lost their favourite spot under the southern arch, and who have
been given a new one on the other bank. They do not like it at all, they told us on the first day.
A lift for wheelchairs was added last year after a campaign by three pupils of the nearby school.
The city expects forty thousand visitors a week in summer, and it hopes that some of them will stay.
The council had promised the opening for 2019, but then the builders found rust in two of the piers.
The bridge is lit until midnight, and after that by the moon, as the mayor put it in his speech.
"""
_PAGE = f"""\
Skip to main content
Home
News
Weather
Log in
{_ARTICLE}Share this article
Facebook
Sign up for our newsletter
Privacy Policy
"""
_SHOWN = 60
"""Characters of the first line in a message."""


class WebtextPass:
    """Finds stretches of lines that a model of lines calls boilerplate."""

    name = "webtext"

    def __init__(self, profile: str = "default", model: LineModel | None = None) -> None:
        self._model = model
        self._web = profile == "web"
        self._rules = (
            Rule(
                name=_NAME,
                summary="Lines of a web page that look like menus, notices or links, not like text",
                why=(
                    "The plain text of a whole page is a quarter boilerplate by words and half by "
                    "lines; what it looks like, what it says and what stands around it tell it "
                    "from the text well, but not well enough to cut without being asked."
                ),
                applicability=Applicability.UNSAFE if self._web else Applicability.DISPLAY,
                match=(_PAGE,),
                keep=(_ARTICLE,),
                source="docs/line-model.md",
                default=self._web,
            ),
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule this pass can report."""
        return self._rules

    def screen(self, texts: Any) -> npt.NDArray[np.bool_]:
        """Texts of fewer than `decode.MIN_LINES` lines are never judged."""
        import pyarrow.compute as pc

        breaks = pc.count_substring_regex(texts, _BREAKS)
        out: npt.NDArray[np.bool_] = np.asarray(breaks) >= MIN_LINES - 1
        return out

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield one finding for each stretch of boilerplate lines."""
        model = self._model or shipped()
        lines = model.scan(document.text)
        rounds = settle(model, lines)
        if not rounds:
            return
        rows = np.concatenate([part[0] for part in rounds])
        margins = np.concatenate([part[1] for part in rounds])
        features = np.concatenate([part[2] for part in rounds])
        order = np.argsort(rows)
        rows, margins, features = rows[order], margins[order], features[order]
        borders = np.flatnonzero(np.diff(rows) != 1) + 1
        for low, high in zip([0, *borders], [*borders, len(rows)], strict=True):
            span = _stretch(lines, int(rows[low]), int(rows[high - 1]))
            yield Finding(
                rule=_NAME,
                document=document.id,
                message=_message(document.text, lines, int(rows[low]), high - low),
                span=span,
                fix=Fix("Cut the lines", (Edit(span),), applicability=self._rules[0].applicability),
                evidence=describe(
                    model,
                    document.text,
                    lines,
                    rows[low:high],
                    margins[low:high],
                    features[low:high],
                ),
            )


def _stretch(lines: Lines, first: int, last: int) -> Span:
    """From the first line to the start of the next that stays; at the end, from the one before."""
    spans = lines.spans
    if last + 1 < len(spans):
        return Span(int(spans[first, 0]), int(spans[last + 1, 0]))
    return Span(int(spans[first - 1, 1]) if first else 0, int(spans[last, 1]))


def _message(text: str, lines: Lines, first: int, count: int) -> str:
    start, end = (int(at) for at in lines.spans[first])
    shown = text[start:end].strip()
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 1] + "…"
    if count == 1:
        return f"“{shown}” looks like boilerplate"
    return f"{count} lines from “{shown}” look like boilerplate"
