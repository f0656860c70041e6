"""What models of texts and of pictures share: the rows they read, the ways that were tried, the examples they are shown with."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from automl.problem import Problem

if TYPE_CHECKING:
    import pandas as pd


class Trial(BaseModel):
    """One way that was tried, as the rows set aside for choosing judge it."""

    model_config = ConfigDict(frozen=True)
    method: str
    accuracy: float
    log_loss: float
    seconds: float


def class_rows(path: Path, column: str, problem: Problem) -> "pd.DataFrame":
    """One column and the target, as class names, of the rows whose class can be learned."""
    import pyarrow.parquet

    from automl.frames import as_frame, labels

    parquet: Any = pyarrow.parquet
    frame = as_frame(parquet.read_table(path, columns=[column, problem.target]))
    frame[problem.target] = labels(frame[problem.target])
    return frame[frame[problem.target].isin(problem.classes)].reset_index(drop=True)


def shown_rows(actual: "pd.Series[Any]", probabilities: "pd.DataFrame", count: int) -> tuple[list[int], list[int]]:
    """Rows that were told rightly, the surest of a class each, and the surest mistakes."""
    predicted, sure = probabilities.idxmax(axis=1), probabilities.max(axis=1)
    right = predicted == actual
    order = [int(row) for row in sure.sort_values(ascending=False, kind="stable").index]
    hits: dict[str, int] = {}
    for row in order:
        if right[row]:
            hits.setdefault(str(predicted[row]), row)
    return list(hits.values())[:count], [row for row in order if not right[row]][:count]
