"""Scores of models as people write them, on the page and in reports: what a measure is called, its value, tables of both."""

import re
from typing import Any

from tools.forecasting.words import METRICS as FORECAST_METRICS
from tools.reporting.page import METRICS
from tools.tool import TableData
from tools.words import is_number

NAMES = METRICS | FORECAST_METRICS
ALSO = {
    "flagged": "Rows it flags",
    "alarms": "False alarms",
    "misses": "Misses",
    "cost": "Cost of its mistakes",
    "brier": "Brier score",
    "calibration error": "Probabilities are off by",
    "log loss": "Log loss",
}
"""What stands beside the measures where a threshold or a calibration is told."""
SHARES = {"accuracy", "balanced_accuracy", "precision", "recall", "f1", "macro_f1", "mape", "wape", "wql"}
ALSO_SHARES = {"flagged", "calibration error"}
OF_MEASURES = ("measure", "metric", "candidate", "fact")
"""How the first column is called where a report tells measures."""
SAID = (
    *("severity", "finding", "why it matters", "mended by", "type", "step", "what it did", "when", "state", "why", "error"),
    *("metric", "measure", "verdict", "problem", "build", "fact", "change", "worse", "on the holdout", "method", "way", "part", "candidate", "default", "kind", "used", "from", "to"),
)  # fmt: skip
"""Headings of the columns of tools' tables whose cells are words of Easel's."""
_BESIDE = re.compile(r" (?:from|to|seasonal naive)$")
"""What stands behind a measure in a head where its interval, or what it is compared with, has its own column."""
THREE_DECIMALS = {"auc", "r2", "log_loss", "brier", "log loss"}


class Figure(str):
    """A number as it is to be read already: it stands at the right, as numbers do."""

    __slots__ = ()


def shown(name: str, value: float) -> str:
    """A score as people write it: `75.2%`, `0.785`, `49,853`."""
    if name in SHARES | ALSO_SHARES:
        return f"{value:.1%}"
    if name in THREE_DECIMALS:
        return f"{value:.3f}"
    return f"{value:.2f}" if name == "mase" else rounded(value)


def rounded(value: float) -> str:
    """A score or an error: from a hundred on, decimals tell nothing."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{int(value):,}" if float(value).is_integer() else f"{value:.4g}"


def scored(data: TableData) -> TableData:
    """What a tool tells of models, with each measure as people call it and write it: `macro_f1` is `F1 of all classes`.

    A measure is told in a line, by its first cell, or in a column, by its name.
    """
    columns = [
        f"{NAMES.get(first, first)}{blank}{rest}" for first, blank, rest in (one.partition(" ") for one in data.columns)
    ]
    return data.model_copy(update={"columns": columns, "rows": [_line(row, data.columns) for row in data.rows]})


def with_shares(data: TableData) -> TableData:
    """A table with its shares of one in percent."""
    if not data.shares:
        return data
    places = [place for place, name in enumerate(data.columns) if name in data.shares]
    rows = [[_share(one) if place in places else one for place, one in enumerate(row)] for row in data.rows]
    return data.model_copy(update={"rows": rows, "shares": []})


def _share(value: Any) -> Any:
    return Figure(in_percent(value)) if is_number(value) else value


def in_percent(share: float) -> str:
    """A share of one in a table: `75.2%`; below a tenth of a percent with two digits that tell."""
    return f"{100 * share:.2g}%" if 0 < abs(share) < 0.001 else f"{share:.1%}"


def told(data: TableData) -> TableData:
    """A table of a report as it is to be read; columns of the data may be called like a measure and are left alone."""
    return with_shares(scored(data) if data.columns and data.columns[0] in OF_MEASURES else data)


def of_numbers(data: TableData, place: int) -> bool:
    """Whether a column holds numbers and nothing else, so that it reads best from the right."""
    cells = [row[place] for row in data.rows if row[place] is not None]
    return bool(cells) and all(is_number(one) or isinstance(one, Figure) for one in cells)


def _line(row: list[Any], columns: list[str]) -> list[Any]:
    names = NAMES | ALSO
    if row and row[0] in names:
        return [names[row[0]], *(_told(row[0], one) for one in row[1:])]
    measures = [_BESIDE.sub("", name) for name in columns]
    return [_told(name, one) if name in NAMES else one for name, one in zip(measures, row, strict=True)]


def _told(name: str, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Figure(shown(name, value)) if number else value
