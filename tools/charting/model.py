"""The charts of how a model was judged, one function a kind.

Lines stand beside what chance or a perfect model would draw; every chart says in one sentence what it shows.
"""

from typing import Any, Literal

from automl.card import Card
from automl.evaluation import Evaluation
from tools.charting.drawing import MOST_CLASSES, SHORTENED, Drawing, axis, dashed, finished, line
from tools.charting.spec import PALETTE
from tools.modelling.words import number, percent
from tools.tool import ToolError

ChartKind = Literal["roc", "precision_recall", "calibration", "confusion", "residuals", "actual", "impact", "threshold"]
KINDS: dict[str, tuple[ChartKind, ...]] = {
    "binary": ("roc", "precision_recall", "calibration", "confusion", "threshold", "impact"),
    "multiclass": ("confusion", "calibration", "impact"),
    "regression": ("actual", "residuals", "impact"),
}
"""The charts that a kind of problem has, the most telling first."""
MOST_BARS = 15


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


def _roc(card: Card, found: Evaluation) -> Drawing:
    x, y = (
        axis("x", "false alarms among the others", share=True),
        axis("y", f"found of those that are {card.problem.positive}", share=True),
    )
    rows = [{"x": a, "y": b, "at": place} for place, (a, b) in enumerate(found.roc)]
    curve = line(rows, x, y)
    curve["encoding"]["order"] = {"field": "at"}
    area = card.scores.metrics.get("auc", 0.5)
    text = f"ROC curve of {card.name}: the area under it is {area:.3f}; chance, the dashed line, has 0.5 and perfect 1."
    return Drawing(
        finished([dashed([(0, 0), (1, 1)], x, y), curve], "ROC curve", text),
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
    curve = line(rows, x, y)
    curve["encoding"]["order"] = {"field": "at"}
    base = found.positives / max(card.holdout_rows, 1)
    text = f"Precision against recall of {card.name}; guessing, the dashed line, is right {percent(base)} of the time."
    title = "Precision and recall"
    return Drawing(
        finished([dashed([(0, base), (1, base)], x, y), curve], title, text),
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
    dots = line(rows, x, y, point={"size": 60, "filled": True})
    text = (
        f"Probabilities of {card.name} beside what came true: off by {percent(facts.error)} on average (expected calibration"
        f" error), Brier score {facts.brier:.3f}; on the dashed line they would be exactly right."
    )
    return Drawing(
        finished([dashed([(0, 0), (1, 1)], x, y), bars, dots], "Calibration", text),
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
        "title": "predicted",
        "sort": names,
        "axis": {"orient": "top", "labelAngle": 0 if len(names) <= 6 else -40, **SHORTENED},
    }
    y = {"field": "actual", "type": "nominal", "title": "actual", "sort": names, "axis": dict(SHORTENED)}
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
    if len(names) < len(matrix):
        text += f" The first {len(names)} of {len(matrix)} classes are drawn."
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
    diagonal = dashed([(min(ends), min(ends)), (max(ends), max(ends))], x, y)
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
    lines = line(rows, x, y)
    del lines["mark"]["color"]
    lines["encoding"]["color"] = {
        "field": "what",
        "type": "nominal",
        "title": None,
        "sort": ["precision", "recall", "flagged"],
    }
    text = f"What each threshold of {card.name} would do on {card.holdout_rows:,} unseen rows: precision, recall and the share of rows it flags."
    table = [[one["threshold"], one["hits"], one["alarms"], one["misses"], one["flagged"]] for one in found.thresholds]
    return Drawing(
        finished([lines], "Threshold", text, usermeta={"words": {"what": lines["encoding"]["color"]["sort"]}}),
        "Threshold",
        text,
        ["threshold", "found", "false alarms", "misses", "flagged"],
        table,
    )
