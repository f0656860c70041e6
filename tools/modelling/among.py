"""How good a model is on some of the rows that measure it: how sure is it about enterprise customers, or over 36 months?

The rows are those that training never saw; the others of them stand beside, with the chance that such a difference has.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from tools.modelling.seen import Seen
from tools.modelling.words import flags, number, percent
from tools.tool import ColumnName, Outcome, Scalar, TableData, ToolError
from tools.words import counted, listed, meant

if TYPE_CHECKING:
    import pandas as pd

    from automl.held import Held

MANY = 30
"""Fewer rows than this hardly tell anything."""
METRICS = {
    "binary": ("accuracy", "precision", "recall", "auc"),
    "multiclass": ("accuracy", "macro_f1"),
    "regression": ("mae", "rmse", "r2"),
}


class Condition(BaseModel):
    """What holds for the rows that are looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    column: ColumnName
    comparison: Literal["=", "!=", ">", ">=", "<", "<="] = "="
    value: Scalar


def among(seen: Seen, only: Sequence[Condition], seed: int) -> Outcome:
    """The scores on the rows for which all conditions hold, beside those of the other rows that measure the model."""
    from automl.segments import LEVEL, apart, mean_interval

    held = seen.held
    inside = held.actual.notna()
    for one in only:
        inside &= _holds(held.rows, one)
    told = " and ".join(_told(one) for one in only)
    if not inside.any():
        raise ToolError(
            f"Of the {len(inside):,} rows that measure '{seen.card.name}' none has {told}. {_known(seen, only)}"
        )
    own, others = _part(held, inside), _part(held, ~inside)
    classes = held.probabilities is not None
    sure = mean_interval(own.wrong.to_numpy(float))
    chance = apart(own.wrong.to_numpy(float), others.wrong.to_numpy(float), classes=classes)
    rows, values = _compared(seen, own, others, seed)
    beside = (
        _beside(own, others, chance, classes=classes) if len(others.rows) else "All rows that measure it are such rows."
    )
    few = (
        f" {counted(len(own.rows), 'row')} can't tell a small difference."
        if len(own.rows) < MANY and chance >= LEVEL
        else ""
    )
    return Outcome(
        text=f"On {counted(len(own.rows), 'row')} that '{seen.card.name}' never saw, with {told}, {_right(own, sure, classes=classes)}{_flagged(seen, own, values)} {beside}{few}",
        table=TableData(
            columns=["metric", told, "all other rows"],
            rows=rows,
            row_count=len(rows),
        ),
        metrics=values,
        values={"model": seen.card.name, "rows": len(own.rows), "others": len(others.rows), "chance": round(chance, 6)},
    )  # fmt: skip


def _part(held: "Held", which: "pd.Series[Any]") -> "Held":
    from automl.held import Held

    def of(table: Any) -> Any:
        return None if table is None else table[which]

    return Held(of(held.rows), of(held.actual), of(held.predicted), of(held.probabilities), of(held.own))


def _holds(rows: "pd.DataFrame", one: Condition) -> "pd.Series[Any]":
    """Of each row, whether the condition holds; an empty cell meets none. Raises ToolError where it fits no such column."""
    import pandas as pd

    from automl.frames import labels

    column = rows[meant("column", one.column, [str(name) for name in rows.columns if not str(name).startswith("__")])]
    ordered = one.comparison not in ("=", "!=")
    cells: Any
    value: Any
    if column.dtype.kind in "iuf":
        cells, value = column.astype(float), _as_number(one)
    elif column.dtype.kind == "M":
        cells, value = column, pd.to_datetime(str(one.value), errors="coerce")
        if pd.isna(value):
            raise ToolError(f"{one.column} holds dates, and '{one.value}' is none. Write it like 2025-03-31.")
    elif ordered:
        raise ToolError(f"{one.column} has no order, so '{one.comparison}' can't be asked of it. Use = or !=.")
    else:
        cells, value = labels(column).str.casefold(), str(one.value).strip().casefold()
    found = {
        "=": cells == value, "!=": cells != value,
        **({">": cells > value, ">=": cells >= value, "<": cells < value, "<=": cells <= value} if ordered else {}),
    }[one.comparison]  # fmt: skip
    return (found & column.notna()).fillna(False).astype(bool)


def _as_number(one: Condition) -> float:
    try:
        return float(one.value)
    except ValueError as error:
        raise ToolError(f"{one.column} holds numbers, and '{one.value}' is none. Give a number.") from error


def _told(one: Condition) -> str:
    return f"{one.column} {one.comparison} {f'{one.value:,.15g}' if isinstance(one.value, float) else one.value}"


def _known(seen: Seen, only: Sequence[Condition]) -> str:
    """The groups that there are, of the first column that was asked for."""
    from automl.segments import grouped

    names = grouped(seen.held.rows[meant("column", only[0].column, list(map(str, seen.held.rows.columns)))])
    return f"{only[0].column} has {listed(sorted(names.unique()), 8)}."


def _right(own: "Held", sure: Sequence[float], *, classes: bool) -> str:
    error = float(own.wrong.mean())
    if not classes:
        return f"it is off by {number(error)} on average ({number(sure[0])} to {number(sure[1])} with 95 % certainty)."
    low, high = (percent(1 - end) for end in reversed(sure))
    return f"it is right for {percent(1 - error)} ({low} to {high} with 95 % certainty)."


def _flagged(seen: Seen, own: "Held", values: "dict[str, float]") -> str:
    """Of two classes, how often its yes is one, and how many it finds."""
    yes = seen.card.problem.positive
    if seen.card.problem.kind != "binary" or yes is None:
        return ""
    said = flags(yes, values["precision"], values["recall"], {}, called=int((own.predicted == yes).sum()))
    there = int((own.actual == yes).sum())
    return f" {there:,} of them {'is' if there == 1 else 'are'} {yes}; {said}"


def _beside(own: "Held", others: "Held", chance: float, *, classes: bool) -> str:
    from automl.segments import LEVEL

    error, other = float(own.wrong.mean()), float(others.wrong.mean())
    shown = f"right for {percent(1 - other)}" if classes else f"off by {number(other)}"
    verdict = (
        f"{'worse' if error > other else 'better'} on these by more than chance"
        if chance < LEVEL
        else "the difference may be chance"
    )
    return f"On the {len(others.rows):,} other rows it is {shown}: {verdict}."


def _compared(seen: Seen, own: "Held", others: "Held", seed: int) -> tuple[list[list[Any]], dict[str, float]]:
    """A line for the rows and for each measure, here and elsewhere; and the measures here."""
    from automl.held import measure

    parts = [part for part in (own, others) if len(part.rows)]
    scores = [measure(seen.card, part, resamples=0, seed=seed).metrics for part in parts]
    names = [name for name in METRICS[seen.card.problem.kind] if any(name in one for one in scores)]
    lines: list[list[Any]] = [["rows", len(own.rows), len(others.rows)]]
    lines += [[name, scores[0].get(name), scores[1].get(name) if len(scores) > 1 else None] for name in names]
    return lines, scores[0]
