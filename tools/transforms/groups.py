"""The transform that makes one row of each group: counts, sums, means and other numbers of its rows."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.sql import is_integer, names, text_of
from tools.words import free_name, identifier, listed

_OF_GROUPS = r"(?=[\s\S]*(?:\baggregat|\bgroup|\bsummari[sz]e by|집계|그룹|묶))[\s\S]*"
_RARE: dict[str, str] = {
    function: f"{_OF_GROUPS}(?:{words})"
    for function, words in {
        "first": r"\bfirst\b|처음|첫",
        "last": r"\blast\b|\blatest\b|마지막|최근",
        "mode": r"\bmode\b|\bmost (?:common|frequent)|최빈|가장 (?:흔한|자주)",
        "sd": r"\bstd\b|\bstandard deviation|표준편차",
        "variance": r"\bvar(?:iance)?\b|분산",
        "range": r"\brange\b|범위",
        "p10": r"\b10(?:th)? ?(?:%|percentile)|\bp10\b|10 ?백분위",
        "p25": r"\b25(?:th)? ?(?:%|percentile)|\bp25\b|\b(?:first|lower) quartile|1사분위|25 ?백분위",
        "p75": r"\b75(?:th)? ?(?:%|percentile)|\bp75\b|\b(?:third|upper) quartile|3사분위|75 ?백분위",
        "p90": r"\b90(?:th)? ?(?:%|percentile)|\bp90\b|90 ?백분위",
        "list": r"\blists?\b|\bcollect|목록|리스트",
        "join": r"\b(?:join|concat\w*|comma[- ]separated)\b|이어 ?붙|쉼표로",
    }.items()
}
"""Functions that the planner is told of where a request has such words."""
_NUMERIC = ("sum", "mean", "median", "sd", "variance", "range", "p10", "p25", "p75", "p90")


class Measure(BaseModel):
    """One number computed for each group."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    function: Literal[
        "count", "sum", "mean", "median", "min", "max", "count_distinct", "first", "last", "mode", "sd", "variance",
        "range", "p10", "p25", "p75", "p90", "list", "join",
    ]  # fmt: skip
    column: ColumnName | None = None
    """Left out for a count of rows."""


@transform(
    group="combine",
    title="Aggregate by {group_by}",
    rows="reshape",
    more={f"measures.function={function}": pattern for function, pattern in _RARE.items()},
)
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
    if function in _NUMERIC and not column.is_number:
        raise ToolError(f"{column.name} holds no numbers, so it has no {function}. Choose a number column, or count.")
    expression = {
        "count": f"count({name})",
        "count_distinct": f"count(DISTINCT {name})",
        "mean": f"avg({name})",
        # DuckDB's sum of whole numbers is a HUGEINT, which frames and files take for a float.
        "sum": f"CAST(sum({name}) AS BIGINT)" if is_integer(column) else f"sum({name})",
        "sd": f"stddev_samp({name})",
        "variance": f"var_samp({name})",
        "range": f"max({name}) - min({name})",
        "list": f"list({name}) FILTER ({name} IS NOT NULL)",
        "join": f"string_agg({text_of(column)}, ', ')",
        **{f"p{share}": f"quantile_cont({name}, 0.{share})" for share in (10, 25, 75, 90)},
    }.get(function, f"{function}({name})")
    return expression, f"{function}_{column.name}"
