"""The transform that brings number columns to one scale or a more even shape, by numbers that are learned from the rows.

The powers are those of Box and Cox (1964) and of Yeo and Johnson (2000), which also takes numbers below 0; the exponent
of greatest likelihood is learned from 50,000 rows at most, the mean and deviation afterwards from all.

What is not covered: scales within groups.
"""

from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import replaced, shown, skipped, untouched
from tools.words import identifier, listed

Method = Literal["standard", "minmax", "robust", "maxabs", "log", "yeo_johnson", "box_cox"]
_CENTRE_AND_WIDTH: dict[Method, str] = {
    "standard": "avg({cell}), stddev_samp({cell})",
    "minmax": "min({cell}), max({cell}) - min({cell})",
    "robust": "median({cell}), quantile_cont({cell}, 0.75) - quantile_cont({cell}, 0.25)",
    "maxabs": "0.0::DOUBLE, max(abs({cell}))",
}
_TOLD: dict[Method, str] = {
    "standard": "mean {centre}, standard deviation {width}",
    "minmax": "lowest value {centre}, range {width}",
    "robust": "median {centre}, middle half's width {width}",
    "maxabs": "greatest distance from 0 {width}",
}
_ALIKE: dict[Method, str] = {
    "standard": "has one value only",
    "minmax": "has one value only",
    "robust": "half of its values or more are the same; standard may fit",
    "maxabs": "holds nothing but 0",
}
_MOST_ROWS = 50_000


@transform(
    group="encode",
    title="Scale {columns} ({method})",
    rows="same",
    asked_by=r"\bscal(?:e|ed|ing)\b|standardi[sz]|normali[sz]|min.?max|max.?abs|z.?score|\blog(?:arithm)?s?[ -]?(?:transform|scale|of)|\b(?:natural )?logarithm|box.?cox|yeo|power transform|\bskew"
    r"|표준화|정규화|스케일|로그 ?(?:변환|를|로|스케일)|박스.?콕스|거듭제곱 변환",
)
def scale_columns(table: Input, columns: list[ColumnName], method: Method = "standard") -> Derived:
    """Bring number columns to one scale: mean 0 and deviation 1 (standard), 0 to 1 (minmax), or by quartiles (robust).

    Args:
        columns: the number columns to scale.
        method: standard; minmax; robust, which outliers hardly move; maxabs, at most 1 from 0 and 0 stays 0; log, the
            logarithm of 1 + the number; yeo_johnson or box_cox (numbers above 0 only), the power that makes a skewed
            column most like a bell, then mean 0 and deviation 1.
    """
    asked = table.pick(columns)
    if not asked:
        raise ToolError("No columns were named. Name at least one number column to scale.")
    reasons = {column.name: "holds no numbers" for column in asked if not column.is_number}
    cells: dict[str, str] = {}
    said: list[str] = []
    for column in [column for column in asked if column.is_number]:
        found = _scaled(table, column, method)
        if isinstance(found, str):
            reasons[column.name] = found
            continue
        cells[column.name] = found[0]
        said.append(f"{column.name} ({found[1]})")
    if not cells:
        return untouched(table, f"Nothing to scale.{skipped(reasons)}")
    return Derived(replaced(table, cells), f"Scaled {listed(said)}.{skipped(reasons)}")


def _scaled(table: Input, column: Column, method: Method) -> tuple[str, str] | str:
    """A column's new cells and how they came about, or why it is left."""
    cell = f"CAST({identifier(column.name)} AS DOUBLE)"
    if method in _CENTRE_AND_WIDTH:
        found = _learned(table, column, method, cell)
        if isinstance(found, str):
            return found
        centre, width = found
        moved = f"({cell} - {centre!r})" if method != "maxabs" else cell
        return f"{moved} / {width!r}", _TOLD[method].format(centre=shown(centre), width=shown(width))
    lowest = table.learn(f"lowest:{column.name}", f"SELECT min({cell}) FROM {table.name} WHERE isfinite({cell})")
    if lowest is None:
        return "has too few values"
    if method == "log":
        if lowest < 0:
            return "has values below 0; yeo_johnson would fit"
        return f"CASE WHEN {cell} > -1 THEN ln(1 + {cell}) END", "logarithm of 1 + the number"
    return _powered(table, column, method, cell, float(lowest))


def _learned(table: Input, column: Column, method: Method, cell: str) -> tuple[float, float] | str:
    """The centre and the width of a column, or why it has none."""
    sql = f"SELECT {_CENTRE_AND_WIDTH[method].format(cell=cell)} FROM {table.name} WHERE isfinite({cell})"
    centre, width = table.learn_rows(f"scale:{column.name}", sql)[0]
    if centre is None or width is None:
        return "has too few values"
    return (float(centre), float(width)) if width else _ALIKE[method]


# --- powers ------------------------------------------------------------------------------------------------------


def _powered(table: Input, column: Column, method: Method, cell: str, lowest: float) -> tuple[str, str] | str:
    if method == "box_cox" and lowest <= 0:
        return "has values of 0 or less; yeo_johnson would fit"
    power = table.learn_value(f"power:{column.name}", lambda: _power(table, cell, method))
    if power is None:
        return "has one value only"
    bent = _box_cox(cell, power) if method == "box_cox" else _yeo_johnson(cell, power)
    sql = f"SELECT avg(bent), stddev_samp(bent) FROM (SELECT {bent} AS bent FROM {table.name} WHERE isfinite({cell}))"
    mean, deviation = table.learn_rows(f"bent:{column.name}", sql)[0]
    return f"({bent} - {mean!r}) / {deviation!r}", f"power {shown(power)}, then mean 0 and deviation 1"


def _power(table: Input, cell: str, method: Method) -> float | None:
    """The exponent of greatest likelihood; None where all values are the same."""
    from automl.formula import power

    sql = f"SELECT {cell} FROM {table.name} WHERE isfinite({cell}) ORDER BY hash({cell}) LIMIT {_MOST_ROWS}"
    values = [row[0] for row in table.relation.rows(sql)]
    return power(values, positive=method == "box_cox") if len(set(values)) > 1 else None


def _box_cox(cell: str, power: float) -> str:
    bent = f"ln({cell})" if power == 0 else f"(pow({cell}, {power!r}) - 1) / {power!r}"
    return f"CASE WHEN {cell} > 0 THEN {bent} END"


def _yeo_johnson(cell: str, power: float) -> str:
    up = f"ln(1 + {cell})" if power == 0 else f"(pow(1 + {cell}, {power!r}) - 1) / {power!r}"
    rest = round(2 - power, 4)
    down = f"-ln(1 - {cell})" if rest == 0 else f"(1 - pow(1 - {cell}, {rest!r})) / {rest!r}"
    return f"CASE WHEN {cell} >= 0 THEN {up} WHEN {cell} < 0 THEN {down} END"
