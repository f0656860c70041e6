"""The charts of a model as Vega-Lite specifications: declarative, with their numbers inside, nothing fetched.

Lines stand beside what chance or a perfect model would draw; every chart says in one sentence what it shows.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from automl.card import Card
from automl.evaluation import Evaluation
from tools.charting.spec import FONTS, PALETTE
from tools.modelling.effect import Effect
from tools.modelling.words import number, percent
from tools.tool import ToolError

if TYPE_CHECKING:
    import pandas as pd

ChartKind = Literal["roc", "precision_recall", "calibration", "confusion", "residuals", "actual", "impact", "threshold"]
KINDS: dict[str, tuple[ChartKind, ...]] = {
    "binary": ("roc", "precision_recall", "calibration", "confusion", "threshold", "impact"),
    "multiclass": ("confusion", "calibration", "impact"),
    "regression": ("actual", "residuals", "impact"),
}
"""The charts that a kind of problem has, the most telling first."""
SIZE = 420, 320
MOST_BARS, MOST_CLASSES = 15, 20


@dataclass(frozen=True)
class Drawing:
    """One chart: its specification, its title, what is seen in words, and its numbers."""

    spec: dict[str, Any]
    title: str
    text: str
    columns: list[str]
    rows: list[list[Any]]


def kinds(card: Card) -> tuple[ChartKind, ...]:
    """The charts that a model has; one that reads a single column of texts or pictures has no impact to compare."""
    known = KINDS[card.problem.kind]
    return known if card.modality == "table" else tuple(kind for kind in known if kind != "impact")


def draw(card: Card, found: Evaluation, kind: ChartKind) -> Drawing:
    """The chart of a kind. Raises ToolError where the model's kind of problem has none."""
    known = kinds(card)
    if kind not in known:
        alone = kind == "impact" and card.modality != "table"
        why = f"it reads {card.modality}s alone" if alone else f"it predicts {_what(card)}"
        raise ToolError(f"'{card.name}' has no {kind} chart, as {why}. Its charts: {', '.join(known)}.")
    return {
        "roc": _roc,
        "precision_recall": _precision_recall,
        "calibration": _calibration,
        "confusion": _confusion,
        "residuals": _residuals,
        "actual": _actual,
        "impact": _impact,
        "threshold": _threshold,
    }[kind](card, found)


def _what(card: Card) -> str:
    return {"binary": "two classes", "multiclass": "several classes", "regression": "a number"}[card.problem.kind]


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


def _line(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], **mark: Any) -> dict[str, Any]:
    style = {"type": "line", "color": PALETTE[0], "strokeWidth": 2.5, **mark}
    return {"data": {"values": rows}, "mark": style, "encoding": {"x": x, "y": y, "order": {"field": x["field"]}}}


def _dashed(points: list[tuple[float, float]], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    rows = [{x["field"]: one, y["field"]: other} for one, other in points]
    return _line(rows, x, y, color="#7F7F7F", strokeDash=[5, 4], strokeWidth=1.5)


def _roc(card: Card, found: Evaluation) -> Drawing:
    x, y = (
        axis("x", "false alarms among the others", share=True),
        axis("y", f"found of those that are {card.problem.positive}", share=True),
    )
    rows = [{"x": a, "y": b, "at": place} for place, (a, b) in enumerate(found.roc)]
    line = _line(rows, x, y)
    line["encoding"]["order"] = {"field": "at"}
    area = card.scores.metrics.get("auc", 0.5)
    text = f"ROC curve of {card.name}: the area under it is {area:.3f}; chance, the dashed line, has 0.5 and perfect 1."
    return Drawing(
        finished([_dashed([(0, 0), (1, 1)], x, y), line], "ROC curve", text),
        "ROC curve",
        text,
        ["false alarms", "found"],
        [list(one) for one in found.roc],
    )


def _precision_recall(card: Card, found: Evaluation) -> Drawing:
    x, y = (
        axis("x", "recall: share found", share=True),
        axis("y", "precision: share of alarms that are right", share=True),
    )
    rows = [{"x": a, "y": b, "at": place} for place, (a, b) in enumerate(found.precision_recall)]
    line = _line(rows, x, y)
    line["encoding"]["order"] = {"field": "at"}
    base = found.positives / max(card.holdout_rows, 1)
    text = f"Precision against recall of {card.name}; guessing, the dashed line, is right {percent(base)} of the time."
    title = "Precision and recall"
    return Drawing(
        finished([_dashed([(0, base), (1, base)], x, y), line], title, text),
        title,
        text,
        ["recall", "precision"],
        [list(one) for one in found.precision_recall],
    )


def _calibration(card: Card, found: Evaluation) -> Drawing:
    facts = found.calibration
    assert facts is not None
    x, y = axis("said", "probability that was said", share=True), axis("true", "share that came true", share=True)
    rows = [one.model_dump() for one in facts.bins]
    bars = {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": PALETTE[0]},
        "encoding": {"x": x, "y": axis("low", y["title"], share=True), "y2": {"field": "high"}},
    }
    dots = _line(rows, x, y, point={"size": 60, "filled": True})
    text = (
        f"Probabilities of {card.name} beside what came true: off by {percent(facts.error)} on average (expected calibration"
        f" error), Brier score {facts.brier:.3f}; on the dashed line they would be exactly right."
    )
    return Drawing(
        finished([_dashed([(0, 0), (1, 1)], x, y), bars, dots], "Calibration", text),
        "Calibration",
        text,
        ["said", "came true", "from", "to", "rows"],
        [[one.said, one.true, one.low, one.high, one.rows] for one in facts.bins],
    )


def _confusion(card: Card, found: Evaluation) -> Drawing:
    names, matrix = card.scores.classes[:MOST_CLASSES], card.scores.confusion
    rows = [
        {"actual": a, "predicted": b, "rows": matrix[i][j], "share": matrix[i][j] / max(sum(matrix[i]), 1)}
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    ]
    x = {
        "field": "predicted",
        "type": "nominal",
        "sort": names,
        "axis": {"orient": "top", "labelAngle": 0 if len(names) <= 6 else -40},
    }
    y = {"field": "actual", "type": "nominal", "sort": names}
    color = {
        "field": "share",
        "type": "quantitative",
        "scale": {"scheme": "blues", "domain": [0, 1]},
        "legend": {"format": "%", "title": "of the actual"},
    }
    ink = {"condition": {"test": "datum.share > 0.55", "value": "white"}, "value": "#222"}
    layers: list[dict[str, Any]] = [
        {"mark": "rect", "encoding": {"x": x, "y": y, "color": color}},
        {
            "mark": {"type": "text", "fontSize": 12},
            "encoding": {"x": x, "y": y, "text": {"field": "rows", "format": ","}, "color": ink},
        },
    ]
    text = f"Confusion matrix of {card.name} on {card.holdout_rows:,} rows: actual classes in the rows, predicted ones in the columns."
    return Drawing(
        finished(layers, "Confusion matrix", text, data={"values": rows}),
        "Confusion matrix",
        text,
        ["actual", *names],
        [[name, *matrix[place][: len(names)]] for place, name in enumerate(names)],
    )


def _dots(found: Evaluation) -> list[dict[str, Any]]:
    return [{"predicted": p, "actual": a, "error": p - a} for p, a in found.dots]


def _actual(card: Card, found: Evaluation) -> Drawing:
    rows = _dots(found)
    ends = [one for row in rows for one in (row["predicted"], row["actual"])]
    x, y = (axis(name, f"{name} {card.target}", scale={"zero": False}) for name in ("predicted", "actual"))
    dots = {
        "data": {"values": rows},
        "mark": {"type": "circle", "color": PALETTE[0], "opacity": 0.5, "size": 36},
        "encoding": {"x": x, "y": y},
    }
    text = f"Predicted against actual {card.target} of {card.name}; on the dashed line a prediction is exact. R² {card.scores.metrics['r2']:.3f}."
    title = "Predicted against actual"
    diagonal = _dashed([(min(ends), min(ends)), (max(ends), max(ends))], x, y)
    return Drawing(
        finished([dots, diagonal], title, text), title, text, ["predicted", "actual"], [list(one) for one in found.dots]
    )


def _residuals(card: Card, found: Evaluation) -> Drawing:
    rows = _dots(found)
    x, y = axis("predicted", f"predicted {card.target}", scale={"zero": False}), axis("error", "too high by")
    dots = {
        "data": {"values": rows},
        "mark": {"type": "circle", "color": PALETTE[0], "opacity": 0.5, "size": 36},
        "encoding": {"x": x, "y": y},
    }
    zero = {
        "data": {"values": [{"error": 0}]},
        "mark": {"type": "rule", "color": "#7F7F7F", "strokeDash": [5, 4]},
        "encoding": {"y": y},
    }
    half, most = found.misses["off_q50"], found.misses["off_q90"]
    text = f"Errors of {card.name} by what it predicted: half of the rows are off by less than {number(half)}, nine tenths by less than {number(most)}."
    return Drawing(
        finished([dots, zero], "Errors by predicted value", text),
        "Errors by predicted value",
        text,
        ["predicted", "too high by"],
        [[p, p - a] for p, a in found.dots],
    )


def _impact(card: Card, found: Evaluation) -> Drawing:
    shown = list(card.impact.items())[:MOST_BARS]
    if not shown:
        raise ToolError(
            f"No single column of '{card.name}' makes a measurable difference, so there is nothing to draw."
        )
    rows = [
        {
            "column": name,
            "share": share,
            "low": card.impact_intervals.get(name, (share, share))[0],
            "high": card.impact_intervals.get(name, (share, share))[1],
        }
        for name, share in shown
    ]
    y = {"field": "column", "type": "nominal", "sort": [name for name, _ in shown], "title": None}
    x = axis("share", "share of the impact", axis={"format": "%"})
    layers = [
        {"mark": {"type": "bar", "color": PALETTE[0]}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "rule", "color": "#222", "strokeWidth": 1.5},
            "encoding": {"x": axis("low", x["title"]), "x2": {"field": "high"}, "y": y},
        },
    ]
    text = f"What drives {card.name}: how much worse it gets when a column is shuffled, as a share of the whole, with 95 % intervals."
    spec = finished(layers, "Impact of the columns", text, data={"values": rows}, height=max(120, 26 * len(rows)))
    return Drawing(
        spec, "Impact of the columns", text, ["column", "share", "from", "to"], [list(row.values()) for row in rows]
    )


def _threshold(card: Card, found: Evaluation) -> Drawing:
    rows = []
    for one in found.thresholds:
        at = min(one["threshold"], 1.0)
        rows += [
            {"threshold": at, "share": one["hits"] / max(one["hits"] + one["alarms"], 1), "what": "precision"},
            {"threshold": at, "share": one["hits"] / max(found.positives, 1), "what": "recall"},
            {"threshold": at, "share": one["flagged"], "what": "flagged"},
        ]
    x, y = axis("threshold", "threshold", share=True), axis("share", "share", share=True)
    line = _line(rows, x, y)
    del line["mark"]["color"]
    line["encoding"]["color"] = {
        "field": "what",
        "type": "nominal",
        "title": None,
        "sort": ["precision", "recall", "flagged"],
    }
    text = f"What each threshold of {card.name} would do on {card.holdout_rows:,} unseen rows: precision, recall and the share of rows it flags."
    table = [[one["threshold"], one["hits"], one["alarms"], one["misses"], one["flagged"]] for one in found.thresholds]
    return Drawing(
        finished([line], "Threshold", text),
        "Threshold",
        text,
        ["threshold", "found", "false alarms", "misses", "flagged"],
        table,
    )


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
        names = {"field": "x", "type": "nominal", "sort": "-x", "title": card.target}
        encoding = {"y": names, "x": axis("y", "rows")}
        text = f"{counted.index[0]} is the commonest {card.target}: {percent(float(counted.iloc[0]) / len(actual))} of the rows."
    layer = {"mark": {"type": "bar", "color": PALETTE[0]}, "encoding": encoding}
    spec = finished([layer], title, text, data={"values": rows}, height=max(100, min(SIZE[1], 30 * len(rows))))
    return Drawing(spec, title, text, [card.target, "rows"], [list(row.values()) for row in rows])
