"""A picture's numbers as a Vega-Lite chart, built with Altair: data inside, nothing fetched from anywhere.

Colours are Okabe and Ito's palette, told apart by people who are colour-blind; fonts fall back to ones with Hangul.
"""

from dataclasses import replace
from typing import Any

from tools.charting.data import Picture

PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F"]
FONTS = (
    "Inter, 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', 'Apple SD Gothic Neo', NanumGothic, Helvetica, Arial,"
    " sans-serif"
)
WIDTH, HEIGHT = 520, 320
LEVEL = 6
"""So many groups have room for level labels."""
_SHORT = {"quantitative": "Q", "temporal": "T", "ordinal": "O", "nominal": "N"}


def to_spec(picture: Picture, title: str) -> dict[str, Any]:
    """The Vega-Lite specification with its data, a title, and the text as description for screen readers."""
    import altair as alt

    data: Any = alt.Data
    chart = _CHARTS[picture.kind](alt, picture, alt.Chart(data(values=picture.rows)))
    chart = chart.properties(title=title, description=picture.text, width=WIDTH, height=HEIGHT)
    chart = chart.configure(font=FONTS, background="white", padding=12)
    chart = chart.configure_range(category=PALETTE, heatmap={"scheme": "viridis"}, ramp={"scheme": "viridis"})
    chart = chart.configure_axis(labelLimit=140, titleFontWeight="normal", gridColor="#e6e6e6")
    chart = chart.configure_title(anchor="start", fontSize=15, fontWeight="normal").configure_view(stroke=None)
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _titled(picture: Picture, name: str) -> str:
    """A title on one line. Vega-Lite writes it into expressions, where a backslash would end the text too late."""
    return " ".join(picture.titles.get(name, name).split()).replace("\\", "\u2216")


def _axis(alt: Any, channel: Any, picture: Picture, name: str, **options: Any) -> Any:
    """A channel with the field's scale, title and order of groups."""
    scale = picture.scales.get(name, "nominal")
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
    names = names or tuple(picture.titles)
    kinds = {name: _SHORT[picture.scales.get(name, "nominal")] for name in names}
    numbers = {"x2", "q1", "middle", "q3", "low", "high", "n", "outside", "share"}
    return [
        alt.Tooltip(f"{name}:{'Q' if name in numbers else kinds[name]}", title=_titled(picture, name)) for name in names
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


def _pie(alt: Any, picture: Picture, chart: Any) -> Any:
    return chart.mark_arc(outerRadius=140, stroke="white").encode(
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
}
