"""The transform that makes one row of each group: counts, sums, means and other numbers of its rows."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import ColumnName, Derived, Input, ToolError, identifier, listed, transform
from tools.transforms.sql import free_name, is_integer, names


class Measure(BaseModel):
    """One number computed for each group."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    function: Literal["count", "sum", "mean", "median", "min", "max", "count_distinct"]
    column: ColumnName | None = None
    """Left out for a count of rows."""


@transform(group="combine", title="Aggregate by {group_by}", rows="reshape")
def aggregate(table: Input, group_by: list[ColumnName], measures: list[Measure]) -> Derived:
    """Make one row per group, with counts, sums, means or other numbers of the group's rows.

    Args:
        group_by: the columns that make the groups; an empty list gives one row for all.
        measures: what to compute, each a function and a column, for example {"function": "mean", "column": "Fare"}.
    """
    groups = table.pick(group_by)
    if not measures:
        raise ToolError("No measures were named. Name at least one, for example a count.")
    taken = {column.name.casefold() for column in groups}
    parts = [identifier(column.name) for column in groups]
    made = []
    for measure in measures:
        expression, name = _measured(table, measure)
        made.append(free_name(name, taken))
        parts.append(f"{expression} AS {identifier(made[-1])}")
    sql = f"SELECT {', '.join(parts)} FROM {table.name}"
    if groups:
        sql += f" GROUP BY {names(groups)} ORDER BY {', '.join(f'{identifier(column.name)} NULLS LAST' for column in groups)}"
    by = f" for each {' and '.join(column.name for column in groups)}" if groups else ""
    return Derived(sql, f"Computed {listed(made)}{by}.", materialise=True)


def _measured(table: Input, measure: Measure) -> tuple[str, str]:
    """The expression and the name of one measure. Raises ToolError where the column can't be measured so."""
    function = measure.function
    if measure.column is None:
        if function != "count":
            raise ToolError(f"Measure {function} needs a column. Only count works without one.")
        return "count(*)", "count"
    column = table.column(measure.column)
    name = identifier(column.name)
    if function in ("sum", "mean", "median") and not column.is_number:
        raise ToolError(f"{column.name} holds no numbers, so it has no {function}. Choose a number column, or count.")
    expression = {
        "count": f"count({name})",
        "count_distinct": f"count(DISTINCT {name})",
        "mean": f"avg({name})",
        # DuckDB's sum of whole numbers is a HUGEINT, which frames and files take for a float.
        "sum": f"CAST(sum({name}) AS BIGINT)" if is_integer(column) else f"sum({name})",
    }.get(function, f"{function}({name})")
    return expression, f"{function}_{column.name}"
