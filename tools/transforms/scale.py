"""The transform that brings number columns to one scale, with a centre and a width that are learned from the rows.

What is not covered: logarithms and powers, scales within groups.
"""

from typing import Literal

from tools.tool import Column, ColumnName, Derived, Input, ToolError, identifier, listed, transform
from tools.transforms.sql import replaced, shown, skipped, untouched

Method = Literal["standard", "minmax", "robust"]
_CENTRE_AND_WIDTH: dict[Method, str] = {
    "standard": "avg({cell}), stddev_samp({cell})",
    "minmax": "min({cell}), max({cell}) - min({cell})",
    "robust": "median({cell}), quantile_cont({cell}, 0.75) - quantile_cont({cell}, 0.25)",
}
_TOLD: dict[Method, tuple[str, str]] = {
    "standard": ("mean", "standard deviation"),
    "minmax": ("lowest value", "range"),
    "robust": ("median", "middle half's width"),
}
_ALIKE: dict[Method, str] = {
    "standard": "has one value only",
    "minmax": "has one value only",
    "robust": "half of its values or more are the same; standard may fit",
}


@transform(
    group="encode",
    title="Scale {columns} ({method})",
    rows="same",
    asked_by=r"\bscal(?:e|ed|ing)\b|standardi[sz]|normali[sz]|min.?max|z.?score|표준화|정규화|스케일",
)
def scale_columns(table: Input, columns: list[ColumnName], method: Method = "standard") -> Derived:
    """Bring number columns to one scale: mean 0 and deviation 1 (standard), 0 to 1 (minmax), or by quartiles (robust).

    Args:
        columns: the number columns to scale.
        method: standard, minmax, or robust, which outliers hardly move.
    """
    asked = table.pick(columns)
    if not asked:
        raise ToolError("No columns were named. Name at least one number column to scale.")
    reasons = {column.name: "holds no numbers" for column in asked if not column.is_number}
    cells: dict[str, str] = {}
    said: list[str] = []
    for column in [column for column in asked if column.is_number]:
        found = _learned(table, column, method)
        if isinstance(found, str):
            reasons[column.name] = found
            continue
        centre, width = found
        cells[column.name] = f"({_number(column)} - {centre!r}) / {width!r}"
        said.append(f"{column.name} ({_TOLD[method][0]} {shown(centre)}, {_TOLD[method][1]} {shown(width)})")
    if not cells:
        return untouched(table, f"Nothing to scale.{skipped(reasons)}")
    return Derived(replaced(table, cells), f"Scaled {listed(said)}.{skipped(reasons)}")


def _learned(table: Input, column: Column, method: Method) -> tuple[float, float] | str:
    """The centre and the width of a column, or why it has none."""
    cell = _number(column)
    sql = f"SELECT {_CENTRE_AND_WIDTH[method].format(cell=cell)} FROM {table.name} WHERE isfinite({cell})"
    centre, width = table.learn_rows(f"scale:{column.name}", sql)[0]
    if centre is None or width is None:
        return "has too few values"
    return (float(centre), float(width)) if width else _ALIKE[method]


def _number(column: Column) -> str:
    return f"CAST({identifier(column.name)} AS DOUBLE)"
