"""The report as one self-contained HTML file: no script, nothing fetched, readable on a phone and by a screen reader."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tools.korean import markup_in_korean
from tools.profile import short_type
from tools.reporting.bias import NAMES
from tools.reporting.facts import Report
from tools.words import sentence, share

HERE = Path(__file__).parent
SEVERITY = {"high": "Serious", "medium": "Worth mending", "low": "Good to know"}
ABOUT = {
    "cells": "Cells",
    "duplicates": "Duplicates",
    "target": "Target",
    "outliers": "Outliers",
    "leak": "Leak",
    "skew": "Skew",
    "relations": "Relations",
    "anomalies": "Odd rows",
    "bias": "Bias",
    "time": "Time",
    "shift": "Shift",
}
METRICS = {
    "auc": "AUC",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1": "F1",
    "macro_f1": "F1 of all classes",
    "precision": "Precision",
    "recall": "Recall",
    "log_loss": "Log loss",
    "r2": "R²",
    "mae": "MAE",
    "rmse": "RMSE",
    "mse": "MSE",
    "mape": "MAPE",
}
SHOWN_PAIRS, SHOWN_CLASSES, SHOWN_MATRIX = 12, 12, 16


def report_page(report: Report, tongue: str = "en") -> str:
    """The whole file, in English or Korean (`ko`)."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    page = str(_template().render(report=report, style=style, tongue=tongue))
    return markup_in_korean(page) if tongue == "ko" else page


@cache
def _template() -> Any:
    import jinja2

    loader = jinja2.FileSystemLoader(HERE)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"n": number, "kind": kind, "cell": cell, "lead": sentence}
    environment.globals |= {
        "share": share,
        "severity": SEVERITY,
        "about": ABOUT,
        "metrics": METRICS,
        "bias_names": NAMES,
        "bars": bars,
        "line": line,
        "heat": heat,
        "strongest": strongest,
        "classes_shown": SHOWN_CLASSES,
        "matrix_shown": SHOWN_MATRIX,
    }
    return environment.get_template("page.html.j2")


def number(value: Any) -> str:
    """`1,234`, `0.0123`, `1.2e+12`; texts as they are, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if 1 <= abs(value) < 1e9 else f"{value:.3g}"


def kind(type_: str) -> str:
    """The type in one word."""
    return short_type(type_)


def cell(value: Any) -> str:
    """A cell of a table, cut short."""
    text = number(value)
    return text if len(text) <= 40 else text[:39] + "…"


def bars(counts: Sequence[int]) -> list[tuple[float, float, float]]:
    """Place, height and width of the bars of a histogram, 0 to 100 across and 0 to 32 up."""
    most, each = max(counts, default=0) or 1, 100 / max(len(counts), 1)
    return [
        (round(at * each, 2), round(32 * count / most, 2), round(each * 0.88, 2)) for at, count in enumerate(counts)
    ]


def line(points: Sequence[float]) -> str:
    """The points of a polyline, 0 to 100 across and 0 to 40 down."""
    low, high = min(points), max(points)
    span, last = (high - low) or 1.0, max(len(points) - 1, 1)
    return " ".join(f"{100 * at / last:.2f},{38 - 36 * (point - low) / span:.2f}" for at, point in enumerate(points))


def heat(value: float | None, *, signed: bool = True) -> str:
    """The colour of a cell of a matrix: blue together, orange against each other, as strong as the relation."""
    if value is None:
        return "transparent"
    colour = "0 114 178" if value >= 0 or not signed else "213 94 0"
    return f"rgb({colour} / {min(1.0, abs(value)):.2f})"


def strongest(names: Sequence[str], matrix: Sequence[Sequence[float | None]]) -> list[tuple[str, str, float]]:
    """The pairs of a matrix that hang together most."""
    pairs = [
        (names[at], names[place], value)
        for place in range(len(names))
        for at in range(place)
        if (value := matrix[place][at]) is not None and abs(value) >= 0.05
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[2]))[:SHOWN_PAIRS]
