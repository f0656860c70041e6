"""Scores of models as the page tells them: what a measure is called, and its value as people write it."""

from typing import Any

from assistant.app.markup import Figure, rounded
from tools.forecasting.words import METRICS as FORECAST_METRICS
from tools.reporting.page import METRICS
from tools.tool import TableData

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
THREE_DECIMALS = {"auc", "r2", "log_loss", "brier", "log loss"}


def shown(name: str, value: float) -> str:
    """A score as people write it: `75.2%`, `0.785`, `49,853`."""
    if name in SHARES | ALSO_SHARES:
        return f"{value:.1%}"
    if name in THREE_DECIMALS:
        return f"{value:.3f}"
    return f"{value:.2f}" if name == "mase" else rounded(value)


def scored(data: TableData) -> TableData:
    """What a tool tells of models, with each measure as people call it and write it: `macro_f1` is `F1 of all classes`."""
    names = NAMES | ALSO
    columns = [
        f"{NAMES.get(first, first)}{blank}{rest}" for first, blank, rest in (one.partition(" ") for one in data.columns)
    ]
    rows = [[names[row[0]], *(_told(row[0], one) for one in row[1:])] if row[0] in names else row for row in data.rows]
    return data.model_copy(update={"columns": columns, "rows": rows})


def _told(name: str, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Figure(shown(name, value)) if number else value
