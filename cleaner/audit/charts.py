"""Charts of the numbers, as static SVG that needs no script and follows the page's colours.

Altair describes a chart, vl-convert draws it. Sizes and paddings are fixed, so that the picture
does not depend on the fonts of the machine; colours are the page's own custom properties.
"""

from collections.abc import Sequence
from typing import Any

from cleaner.audit import schema

__all__ = ["bars", "histogram", "similarity"]

WIDTH, HEIGHT = 430, 130
PADDING = {"left": 46, "top": 10, "right": 14, "bottom": 38}
FEWEST = 9
"""Bins that are shown even if most are empty: one bar says nothing without its surroundings."""
_USELESS = frozenset(
    ("role", "aria-roledescription", "aria-hidden", "pointer-events", "font-family", "class")
)
"""Attributes that say nothing in a picture with one text alternative."""


def histogram(data: schema.Histogram, label: str, title: str, *, log: bool = False) -> str:
    """Bars over the bins of a histogram; one that is far wider than the rest is drawn narrow.

    Args:
        data: the bins; empty ones at both ends are left out.
        label: of the horizontal axis.
        title: what the picture shows, for those who cannot see it.
        log: a logarithmic axis; a first bin that begins at 0 is drawn one step wide.
    """
    import altair as alt

    some = [number for number, count in enumerate(data.counts) if count]
    first, last = (some[0], some[-1]) if some else (0, 0)
    while last - first < FEWEST and (first > 1 or last < len(data.counts) - 1):
        first, last = max(1, first - 1), min(last + 1, len(data.counts) - 1)
    if some:
        first = min(first, some[0])
    if not log:
        first, last = 0, len(data.counts) - 1
    rows = []
    for number in range(first, last + 1):
        low, high = data.edges[number], data.edges[number + 1]
        if not log and number and high - low > 2 * (low - data.edges[number - 1]):
            high = 2 * low - data.edges[number - 1]
        rows.append({"a": max(low, high / 2) if log else low, "b": high, "n": data.counts[number]})
    low, high = rows[0]["a"], rows[-1]["b"]
    scale: Any
    if log:
        scale = alt.Scale(type="log", domain=[low, high], nice=False)
        ticks = [t for t in _DECADES if low <= t <= high]
        while len(ticks) > 7:
            ticks = ticks[::2]
        axis = _axis(label, values=ticks, labelExpr="format(datum.value, '~s')")
    else:
        scale = alt.Scale(domain=[low, high], nice=False)
        axis = _axis(label, format="%" if high <= 1.01 else "~s", tickCount=5)
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_rect(fill="var(--bar)", stroke="var(--page)", strokeWidth=1)
        .encode(
            x=alt.X("a:Q", scale=scale, axis=axis),
            x2="b:Q",
            y=_count_axis(max(data.counts)),
            y2=alt.datum(0),
        )
    )
    return _draw(chart, title)


_DECADES = [v * 10**power for power in range(-3, 9) for v in (1, 3)]


def bars(labels: Sequence[str], counts: Sequence[int], label: str, title: str) -> str:
    """Bars of named bins, in the order given."""
    import altair as alt

    rows = [{"k": name, "n": count} for name, count in zip(labels, counts, strict=True)]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(fill="var(--bar)")
        .encode(
            x=alt.X(
                "k:N",
                sort=None,
                scale=alt.Scale(paddingInner=0.15, paddingOuter=0.1),
                axis=_axis(label, labelAngle=0, labelOverlap=False),
            ),
            y=_count_axis(max(counts, default=0)),
        )
    )
    return _draw(chart, title)


def similarity(data: schema.Duplicates, title: str) -> str:
    """Similarities of the pairs that were compared, the threshold, and what the bands catch."""
    import altair as alt

    drawn = data.compared or data.similarity
    shown = [
        {"a": low, "b": high if high <= 1 else 1.01, "n": count}
        for low, high, count in zip(drawn.edges, drawn.edges[1:], drawn.counts, strict=False)
        if low >= 0.5
    ]
    most = max(int(one["n"]) for one in shown)
    across = alt.X(
        "a:Q",
        scale=alt.Scale(domain=[0.5, 1.01], nice=False),
        axis=_axis("Jaccard similarity", values=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0], format=".1f"),
    )
    pairs = (
        alt.Chart(alt.Data(values=shown))
        .mark_rect(fill="var(--bar)", stroke="var(--page)", strokeWidth=0.5)
        .encode(x=across, x2="b:Q", y=_count_axis(most), y2=alt.datum(0))
    )
    curve = (
        alt.Chart(alt.Data(values=[{"s": s, "p": p} for s, p in data.catch]))
        .mark_line(stroke="var(--line)", strokeWidth=2, strokeDash=[2, 2])
        .encode(
            x=alt.X("s:Q"),
            y=alt.Y(
                "p:Q",
                scale=alt.Scale(domain=[0, 1]),
                axis=_axis("chance to be compared", format="%", tickCount=4, grid=False),
            ),
        )
    )
    rule = (
        alt.Chart(alt.Data(values=[{"t": data.threshold}]))
        .mark_rule(stroke="var(--cut)", strokeWidth=2)
        .encode(x=alt.X("t:Q"))
    )
    layered = alt.layer(pairs, rule, curve).resolve_scale(y="independent")
    return _draw(layered, title, right=50)


def _axis(title: str | None, **more: Any) -> Any:
    import altair as alt

    return alt.Axis(title=title, **more)


def _count_axis(most: int) -> Any:
    import altair as alt

    return alt.Y(
        "n:Q",
        scale=alt.Scale(domain=[0, max(most, 1)], nice=True),
        axis=_axis(None, tickCount=min(4, max(most, 1)), labelExpr="format(datum.value, '~s')"),
    )


def _draw(chart: Any, title: str, right: int | None = None) -> str:
    """Render a chart and take out what a page has no use for."""
    import altair as alt
    import vl_convert

    padding = PADDING | ({"right": right} if right else {})
    chart = chart.properties(
        width=WIDTH,
        height=HEIGHT,
        padding=padding,
        autosize=alt.AutoSizeParams(type="none"),
    ).configure(
        background="transparent",
        view={"stroke": None},
        axis={
            "labelColor": "currentColor",
            "titleColor": "currentColor",
            "gridColor": "var(--grid)",
            "domainColor": "var(--line)",
            "tickColor": "var(--line)",
            "labelOverlap": False,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        axisX={"grid": False},
        axisY={"domain": False, "ticks": False},
    )
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=version)
    return _slim(svg, title)


def _slim(svg: str, title: str) -> str:
    """The same picture with one text alternative, shorter numbers, and no empty parts."""
    from xml.etree import ElementTree as ET

    root = ET.fromstring(svg)  # noqa: S314 -- drawn here, of numbers
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("path") and child.get("class") in ("background", "foreground"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name, value in list(element.attrib.items()):
            if name in _USELESS or name.startswith("aria-") or (name, value) in _DEFAULTS:
                del element.attrib[name]
            elif name in ("transform", "d", "x2", "y2"):
                element.set(name, _rounded(value))
    size = root.get("viewBox") or ""
    root.attrib.clear()
    root.attrib |= {"viewBox": size, "role": "img", "aria-label": title, "class": "chart"}
    return ET.tostring(root, "unicode")


_DEFAULTS = {("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)")}


def _rounded(value: str) -> str:
    """Numbers with one decimal: a tenth of a pixel.

    >>> _rounded("translate(274.28571428571433,15)")
    'translate(274.3,15)'
    """
    out, digits = [], ""
    for char in value + " ":
        if char.isdigit() or char == "." or (char == "-" and not digits):
            digits += char
            continue
        if "." in digits:
            digits = f"{float(digits):.1f}".rstrip("0").rstrip(".")
        out.append(("0" if digits in ("-0", "-") else digits) + char)
        digits = ""
    return "".join(out)[:-1]
