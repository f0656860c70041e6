"""A picture's numbers as a Vega-Lite chart, built with Altair: data inside, nothing fetched from anywhere.

Colours are Okabe and Ito's palette, told apart by people who are colour-blind; fonts fall back to ones with Hangul.
"""

from dataclasses import replace
from typing import Any

from tools.charting.data import SHARE, Picture

PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F"]
FONTS = (
    "Inter, 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', 'Apple SD Gothic Neo', NanumGothic, Helvetica, Arial,"
    " sans-serif"
)
WIDTH, HEIGHT = 520, 320
PANEL = 210, 160
"""Width and height of each of several panels."""
LEVEL = 6
"""So many groups have room for level labels."""
NUMBERED = 12
"""Up to so many columns, a correlation matrix has room for its numbers."""
_SHORT = {"quantitative": "Q", "temporal": "T", "ordinal": "O", "nominal": "N"}


def to_spec(picture: Picture, title: str) -> dict[str, Any]:
    """The Vega-Lite specification with its data, a title, and the text as description for screen readers."""
    import altair as alt

    data: Any = alt.Data
    chart = _CHARTS[picture.kind](alt, picture, alt.Chart(data(values=picture.rows)))
    chart = _panels(alt, picture, chart).properties(title=title, description=picture.text)
    if picture.ours:
        chart = chart.properties(usermeta={"words": picture.ours})
    chart = chart.configure(font=FONTS, background="white", padding=12)
    chart = chart.configure_range(category=PALETTE, heatmap={"scheme": "viridis"}, ramp={"scheme": "viridis"})
    chart = chart.configure_axis(labelLimit=140, titleFontWeight="normal", gridColor="#e6e6e6")
    chart = chart.configure_title(anchor="start", fontSize=15, fontWeight="normal").configure_view(stroke=None)
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _panels(alt: Any, picture: Picture, chart: Any) -> Any:
    """The chart at its size, or a small one for each group that has a panel of its own."""
    if "facet" not in picture.titles:
        return chart.properties(width=WIDTH, height=_height(picture))
    facet = alt.Facet("facet:N", title=None, sort=picture.orders.get("facet"))
    panels = chart.properties(width=PANEL[0], height=PANEL[1]).facet(facet=facet, columns=3)
    # Series of a forecast may differ in size by far; their course is what is looked at.
    return panels.resolve_scale(y="independent") if picture.kind == "forecast" else panels


def _height(picture: Picture) -> int:
    """Matrices need room for every row of theirs."""
    return max(HEIGHT, 22 * len(picture.orders["y"])) if picture.kind == "correlation" else HEIGHT


def _titled(picture: Picture, name: str) -> str:
    """A title on one line."""
    return _words(picture.titles.get(name, name))


def _is_share(picture: Picture, name: str) -> bool:
    """Whether a field is the mean of yes and no."""
    return name == "y" and picture.kind in ("bar", "line") and picture.titles[name].startswith(SHARE)


def _axis(alt: Any, channel: Any, picture: Picture, name: str, **options: Any) -> Any:
    """A channel with the field's scale, title and order of groups."""
    scale = picture.scales.get(name, "nominal")
    if _is_share(picture, name):
        options["axis"] = alt.Axis(format=".0%")
    if scale in ("nominal", "ordinal"):
        options["sort"] = picture.orders.get(name)
        level = 0 < len(options["sort"] or ()) <= LEVEL
        if channel is alt.X:
            options["axis"] = alt.Axis(labelAngle=0) if level else alt.Axis(labelOverlap=True)
    return channel(f"{name}:{_SHORT[scale]}", title=_titled(picture, name) or None, **options)


def _color(alt: Any, picture: Picture) -> dict[str, Any]:
    if "color" not in picture.titles:
        return {}
    options = {"scale": alt.Scale(scheme="viridis")} if picture.scales.get("color") == "quantitative" else {}
    return {"color": _axis(alt, alt.Color, picture, "color", **options)}


def _tips(alt: Any, picture: Picture, *names: str) -> list[Any]:
    names = names or tuple(name for name in picture.titles if name != "facet")
    kinds = {name: _SHORT[picture.scales.get(name, "nominal")] for name in names}
    numbers = {"x2", "q1", "middle", "q3", "low", "high", "n", "outside", "share", "last"}
    return [
        alt.Tooltip(
            f"{name}:{'Q' if name in numbers else kinds[name]}",
            title=_titled(picture, name),
            **({"format": ".1%"} if _is_share(picture, name) else {}),
        )
        for name in names
    ]


def _histogram(alt: Any, picture: Picture, chart: Any) -> Any:
    mark = chart.mark_bar(color=PALETTE[0], stroke="white", strokeWidth=0.5)
    return mark.encode(
        x=alt.X("x:Q", bin="binned", title=_titled(picture, "x"), scale=alt.Scale(zero=False, nice=False)),
        x2="x2:Q",
        y=_axis(alt, alt.Y, picture, "y", stack="zero"),
        tooltip=_tips(alt, picture),
        **_color(alt, picture),
    )


def _bar(alt: Any, picture: Picture, chart: Any) -> Any:
    """Long labels lie down on horizontal bars; parts that add up are stacked, others stand side by side."""
    adds_up = _titled(picture, "y").startswith(("number of", "total "))
    time = picture.scales["x"] == "temporal"
    if time:
        picture = replace(picture, scales={**picture.scales, "x": "ordinal"})
    across, up = (alt.X, alt.Y) if time or len(picture.orders.get("x", [])) <= 4 else (alt.Y, alt.X)
    offset = {}
    if "color" in picture.titles and not adds_up:
        offset = {("xOffset" if across is alt.X else "yOffset"): alt.value(0)}
        offset = {name: _offset(alt, name, picture) for name in offset}
    x_name, y_name = ("x", "y") if across is alt.X else ("y", "x")
    channels = {
        x_name: _axis(alt, across, picture, "x"),
        y_name: _axis(alt, up, picture, "y", stack="zero" if adds_up else None),
    }
    mark = chart.mark_bar(color=PALETTE[0])
    return mark.encode(**channels, **offset, tooltip=_tips(alt, picture), **_color(alt, picture))


def _offset(alt: Any, name: str, picture: Picture) -> Any:
    channel = alt.XOffset if name == "xOffset" else alt.YOffset
    return channel("color:N", sort=picture.orders.get("color"))


def _line(alt: Any, picture: Picture, chart: Any) -> Any:
    mark = chart.mark_line(color=PALETTE[0], point=len(picture.rows) <= 60)
    return _along(alt, picture, mark, stack=None)


def _area(alt: Any, picture: Picture, chart: Any) -> Any:
    return _along(alt, picture, chart.mark_area(color=PALETTE[0], opacity=0.85), stack="zero")


def _along(alt: Any, picture: Picture, mark: Any, stack: str | None) -> Any:
    return mark.encode(
        x=_axis(
            alt, alt.X, picture, "x", **({} if picture.scales["x"] == "temporal" else {"scale": alt.Scale(zero=False)})
        ),
        y=_axis(alt, alt.Y, picture, "y", stack=stack),
        tooltip=_tips(alt, picture),
        **_color(alt, picture),
    )


def _scatter(alt: Any, picture: Picture, chart: Any) -> Any:
    return chart.mark_circle(size=28, opacity=0.55, color=PALETTE[0]).encode(
        x=_axis(alt, alt.X, picture, "x", scale=alt.Scale(zero=False)),
        y=_axis(alt, alt.Y, picture, "y", scale=alt.Scale(zero=False)),
        tooltip=_tips(alt, picture),
        **_color(alt, picture),
    )


def _box(alt: Any, picture: Picture, chart: Any) -> Any:
    """Drawn from quantiles: the whiskers, the middle half, the median."""
    value = _titled(picture, "value")
    x = _axis(alt, alt.X, picture, "x")
    tips = _tips(alt, picture, "x", "low", "q1", "middle", "q3", "high", "n", "outside")
    rule = chart.mark_rule(color="#555").encode(
        x=x, y=alt.Y("low:Q", title=value, scale=alt.Scale(zero=False)), y2="high:Q"
    )
    half = chart.mark_bar(color=PALETTE[0], size=28).encode(x=x, y=alt.Y("q1:Q", title=value), y2="q3:Q", tooltip=tips)
    middle = chart.mark_tick(color="white", thickness=2, size=28).encode(x=x, y=alt.Y("middle:Q", title=value))
    return alt.layer(rule, half, middle)


def _heatmap(alt: Any, picture: Picture, chart: Any) -> Any:
    return chart.mark_rect().encode(
        x=_axis(alt, alt.X, picture, "x"),
        y=_axis(alt, alt.Y, picture, "y"),
        color=alt.Color("color:Q", title=_titled(picture, "color"), scale=alt.Scale(scheme="viridis")),
        tooltip=_tips(alt, picture),
    )


def _violin(alt: Any, picture: Picture, chart: Any) -> Any:
    """Outlines beside each other on a number line whose ticks are named like the groups; halves and medians on top."""
    import json

    groups = [_words(name) for name in picture.orders["x"]]
    names = json.dumps(groups, ensure_ascii=True).replace("'", "\\u0027")
    axis = alt.Axis(values=list(range(len(groups))), labelExpr=f"{names}[datum.value]", grid=False, ticks=False)
    if picture.titles["x"] == "":
        axis = alt.Axis(labels=False, grid=False, ticks=False)
    margin = 0.5 if len(groups) > 1 else 1.0
    scale = alt.Scale(domain=[-margin, len(groups) - 1 + margin], nice=False)
    x = alt.X("left:Q", title=_titled(picture, "x") if picture.titles["x"] else None, axis=axis, scale=scale)
    y = alt.Y("value:Q", title=_titled(picture, "value"), scale=alt.Scale(zero=False))
    tips = _tips(alt, picture, "x", "value", "density", "middle", "n")
    tips[2] = alt.Tooltip("density:Q", title=_titled(picture, "density"), format=".2%")
    shape = chart.mark_area(orient="horizontal", color=PALETTE[0], opacity=0.75)
    outline = shape.encode(x=x, x2="right:Q", y=y, detail="place:N", tooltip=tips)
    once = {"groupby": ["place"] + (["facet"] if "facet" in picture.titles else [])}
    first = [alt.AggregatedFieldDef(op="min", **{"as": name}, field=name) for name in ("q1", "q3", "middle")]
    inner = chart.transform_aggregate(first, **once)
    half = inner.mark_rule(color="white", strokeWidth=5, strokeCap="round").encode(x="place:Q", y="q1:Q", y2="q3:Q")
    middle = inner.mark_point(filled=True, size=46, color="#222", stroke="white").encode(x="place:Q", y="middle:Q")
    return alt.layer(outline, half, middle)


def _words(name: str) -> str:
    """A name on one line, fit for Vega-Lite's expressions, where a backslash would end the text too late."""
    return " ".join(name.split()).replace("\\", "\u2216")


def _missing(alt: Any, picture: Picture, chart: Any) -> Any:
    """Light where cells are filled, dark where they are empty; the first row on top."""
    color = alt.Color(
        "color:Q",
        title=_titled(picture, "color"),
        scale=alt.Scale(domain=[0, 1], range=["#e8edf2", "#D55E00"]),
        legend=alt.Legend(format=".0%"),
    )
    tips = _tips(alt, picture, "x", "y", "last", "n")
    share = alt.Tooltip("color:Q", title=_titled(picture, "color"), format=".1%")
    x = alt.X("x:N", sort=picture.orders["x"], title=None, axis=alt.Axis(labelAngle=-40, orient="top"))
    y = alt.Y("y:Q", title="row", scale=alt.Scale(reverse=True, zero=False, nice=False), axis=alt.Axis(format="~s"))
    return chart.mark_rect().encode(x=x, y=y, y2="y2:Q", color=color, tooltip=[*tips, share])


def _correlation(alt: Any, picture: Picture, chart: Any) -> Any:
    """Blue together, orange against each other; the number in each cell where there is room."""
    names = picture.orders["x"]
    x = alt.X("x:N", sort=names, title=None, axis=alt.Axis(labelAngle=-40))
    y = alt.Y("y:N", sort=picture.orders["y"], title=None)
    scale = alt.Scale(domain=[-1, 0, 1], range=[PALETTE[5], "#f7f7f7", PALETTE[0]])
    color = alt.Color("color:Q", title=_titled(picture, "color"), scale=scale)
    squares = chart.mark_rect(stroke="white").encode(x=x, y=y, color=color, tooltip=_tips(alt, picture))
    if len(names) > NUMBERED:
        return squares
    ink = alt.condition("abs(datum.color) > 0.6", alt.value("white"), alt.value("#222"))
    return alt.layer(
        squares, chart.mark_text(fontSize=11).encode(x=x, y=y, text=alt.Text("color:Q", format=".2f"), color=ink)
    )


def _forecast(alt: Any, picture: Picture, chart: Any) -> Any:
    """What was, what is expected and the band around it; a dashed line for the same without a change."""
    x = alt.X("x:T", title=_titled(picture, "x"))
    y = alt.Y("y:Q", title=_titled(picture, "y"), scale=alt.Scale(zero=False))
    names = picture.orders["color"]
    looks = {
        "history": ("#555555", [1, 0]),
        "forecast": (PALETTE[0], [1, 0]),
        "without the change": (PALETTE[1], [5, 3]),
    }
    colours = alt.Scale(domain=names, range=[looks[name][0] for name in names])
    dashes = alt.Scale(domain=names, range=[looks[name][1] for name in names])
    color = alt.Color("color:N", title=None, scale=colours, legend=alt.Legend(orient="top"))
    dash = alt.StrokeDash("color:N", title=None, legend=None, scale=dashes)
    tips = _tips(alt, picture, "x", "y", *(name for name in ("low", "high") if name in picture.titles))
    line = chart.mark_line(point={"size": 12}).encode(x=x, y=y, color=color, strokeDash=dash, tooltip=tips)
    if "low" not in picture.titles:
        return line
    band = chart.transform_filter("isValid(datum.low)").mark_area(color=PALETTE[0], opacity=0.2)
    return alt.layer(band.encode(x=x, y=alt.Y("low:Q", title=_titled(picture, "y")), y2="high:Q"), line)


def _pie(alt: Any, picture: Picture, chart: Any) -> Any:
    radius = 70 if "facet" in picture.titles else 140
    return chart.mark_arc(outerRadius=radius, stroke="white").encode(
        theta=alt.Theta("y:Q", title=_titled(picture, "y"), stack=True),
        color=alt.Color("x:N", title=_titled(picture, "x"), sort=picture.orders.get("x")),
        order=alt.Order("y:Q", sort="descending"),
        tooltip=[
            alt.Tooltip("x:N", title=_titled(picture, "x")),
            alt.Tooltip("y:Q", title=_titled(picture, "y")),
            alt.Tooltip("share:Q", title="share", format=".1%"),
        ],
    )


_CHARTS = {
    "histogram": _histogram,
    "bar": _bar,
    "line": _line,
    "area": _area,
    "scatter": _scatter,
    "box": _box,
    "heatmap": _heatmap,
    "pie": _pie,
    "violin": _violin,
    "missing": _missing,
    "correlation": _correlation,
    "forecast": _forecast,
}
