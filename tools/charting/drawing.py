"""A chart of a model as a Vega-Lite specification: declarative, with its numbers inside, nothing fetched."""

from dataclasses import dataclass
from typing import Any

from tools.charting.spec import FONTS, PALETTE

SIZE = 420, 320
MOST_CLASSES = 20
SHORTENED = {
    "labelExpr": "length(datum.label) > 26 ? slice(datum.label, 0, 12) + '…' + slice(datum.label, -13) : datum.label"
}
"""Names of classes on an axis, long ones cut in their middle: many begin alike and differ in their last word."""


@dataclass(frozen=True)
class Drawing:
    """One chart: its specification, its title, what is seen in words, and its numbers."""

    spec: dict[str, Any]
    title: str
    text: str
    columns: list[str]
    rows: list[list[Any]]


def finished(layers: list[dict[str, Any]], title: str, text: str, **more: Any) -> dict[str, Any]:
    """Layers with the look that all charts share."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": title, "anchor": "start", "fontSize": 15, "fontWeight": "normal"},
        "description": text,
        "width": SIZE[0],
        "height": SIZE[1],
        "layer": layers,
        "background": "white",
        "padding": 12,
        "config": {
            "font": FONTS,
            "range": {"category": PALETTE},
            "axis": {"labelLimit": 180, "titleFontWeight": "normal", "gridColor": "#e6e6e6"},
            "view": {"stroke": None},
        },
        **more,
    }


def axis(field: str, title: str, *, share: bool = False, **more: Any) -> dict[str, Any]:
    """A quantitative channel; of shares it runs from 0 to 1 in percent."""
    base: dict[str, Any] = {"field": field, "type": "quantitative", "title": title}
    if share:
        base |= {"scale": {"domain": [0, 1]}, "axis": {"format": "%"}}
    return base | more


def line(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], **mark: Any) -> dict[str, Any]:
    style = {"type": "line", "color": PALETTE[0], "strokeWidth": 2.5, **mark}
    return {"data": {"values": rows}, "mark": style, "encoding": {"x": x, "y": y, "order": {"field": x["field"]}}}


def dashed(points: list[tuple[float, float]], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    rows = [{x["field"]: one, y["field"]: other} for one, other in points]
    return line(rows, x, y, color="#7F7F7F", strokeDash=[5, 4], strokeWidth=1.5)
