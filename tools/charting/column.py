"""Charts of one column beside a model: how it moves the prediction, and how the target is spread."""

from typing import TYPE_CHECKING, Any

from automl.card import Card
from tools.charting.drawing import MOST_CLASSES, SHORTENED, SIZE, Drawing, axis, finished
from tools.charting.spec import PALETTE
from tools.modelling.effect import Effect
from tools.modelling.words import number, percent

if TYPE_CHECKING:
    import pandas as pd


def draw_effect_of(found: Effect) -> Drawing:
    """The average prediction over the values of a column, with the band of the middle four fifths of the rows."""
    rows = [dict(zip(("x", "mean", "low", "high"), row, strict=True)) for row in found.points]
    numbers = found.numeric
    x: dict[str, Any] = {"field": "x", "title": found.column}
    x |= (
        {"type": "quantitative", "scale": {"zero": False}}
        if numbers
        else {"type": "nominal", "sort": [str(row["x"]) for row in rows]}
    )
    share: dict[str, Any] = {"axis": {"format": "%"}} if found.outcome else {}
    y = axis("mean", found.what, scale={"zero": False}) | share
    low = axis("low", found.what) | share
    band = {
        "mark": {"type": "area" if numbers else "rule", "color": PALETTE[0], "opacity": 0.2 if numbers else 0.5},
        "encoding": {"x": x, "y": low, "y2": {"field": "high"}},
    }
    line = {
        "mark": {"type": "line", "color": PALETTE[0], "strokeWidth": 2.5, "point": True}
        if numbers
        else {"type": "point", "filled": True, "size": 80, "color": PALETTE[0]},
        "encoding": {"x": x, "y": y},
    }
    title = f"How {found.column} moves the {found.what}"
    spec = finished([band, line], title, found.text, data={"values": rows})
    return Drawing(spec, title, found.text, [found.column, "average", "a tenth below", "a tenth above"], found.points)


def draw_target(card: Card, actual: "pd.Series[Any]") -> Drawing:
    """How the target is spread over the rows that measure the model."""
    title = f"{card.target} in the rows that measure"
    if card.problem.kind == "regression":
        import numpy as np

        counts, edges = np.histogram(actual.to_numpy(float), bins=20)
        rows: list[dict[str, Any]] = [
            {"x": float(low), "x2": float(high), "y": int(count)}
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ]
        x = axis("x", card.target, bin={"binned": True})
        encoding = {"x": x, "x2": {"field": "x2"}, "y": axis("y", "rows")}
        text = f"{card.target} runs from {number(float(actual.min()))} to {number(float(actual.max()))}, {number(float(actual.median()))} in the middle."
    else:
        counted = actual.value_counts()
        rows = [{"x": str(name), "y": int(count)} for name, count in counted.items()][:MOST_CLASSES]
        names = {"field": "x", "type": "nominal", "sort": "-x", "title": card.target, "axis": dict(SHORTENED)}
        encoding = {"y": names, "x": axis("y", "rows")}
        text = f"{counted.index[0]} is the commonest {card.target}: {percent(float(counted.iloc[0]) / len(actual))} of the rows."
        if len(rows) < len(counted):
            text += f" The {len(rows)} commonest of {len(counted)} are drawn."
    layer = {"mark": {"type": "bar", "color": PALETTE[0]}, "encoding": encoding}
    spec = finished([layer], title, text, data={"values": rows}, height=max(100, min(SIZE[1], 30 * len(rows))))
    return Drawing(spec, title, text, [card.target, "rows"], [list(row.values()) for row in rows])
