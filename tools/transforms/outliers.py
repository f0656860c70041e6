"""Transforms for outliers: numbers far from the others are clipped, emptied, or their rows removed."""

from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.bounds import Rule, bounds_of, fence
from tools.transforms.sql import replaced, skipped, untouched
from tools.words import counted, identifier, listed

_OUTLIERS = r"^(?=[\s\S]*(?:outlier|extreme|winsor|anomal|이상치|이상값|특이값|극단))"
_LIMITS = r"(?=[\s\S]*(?:min.?max|\b(?:below|above|under|over|outside|beyond|than) (?:of )?-?\d[\d.,]*+(?! ?(?:%|x\b|times|sd|std|standard|robust|sigma|iqr))|\d[^.]*(?:보다|미만|초과|이하|이상(?!치|값)|범위)))"
_QUANTILE = r"(?=[\s\S]*(?:quantile|percentile|winsor|\d ?%|\dth\b|백분위|분위수|퍼센))"
_WITHIN = r"(?=[\s\S]*(?:\b(?:per|within|each|every|group(?:s|ed)?|by)\b(?! (?:the )?(?:iqr|quantile|sd|rule|standard))|별로|마다|그룹|[가-힣]별\b))"
_MORE = {
    "rule=robust_sd": _OUTLIERS + r"(?=[\s\S]*(?:robust|\bmad\b|median absolute|로버스트|강건|중앙값))",
    "rule=quantile": _OUTLIERS + _QUANTILE,
    "rule=min_max": _OUTLIERS + _LIMITS,
    "reach": _OUTLIERS + r"(?=[\s\S]*\d(?:\.\d+)? ?(?:\*|x\b|times|sd\b|std|standard|robust|sigma|σ|iqr|표준편차|배))",
    "lower": f"{_OUTLIERS}(?:{_LIMITS}|{_QUANTILE})",
    "upper": f"{_OUTLIERS}(?:{_LIMITS}|{_QUANTILE})",
    "group_by": _OUTLIERS + _WITHIN,
}


@transform(group="outliers", title="Handle the outliers of {columns} ({method})", rows="same", more=_MORE)
def handle_outliers(
    table: Input,
    columns: list[ColumnName] | None = None,
    method: Literal["clip", "blank"] = "clip",
    rule: Rule = "iqr",
    reach: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    group_by: list[ColumnName] | None = None,
) -> Derived:
    """Tame outliers, numbers far from the others, and keep all rows: clip moves them to the nearest usual value, blank empties them.

    Args:
        columns: the number columns; leave it out for all that measure something.
        method: clip or blank.
        rule: iqr (quartiles), sd (three standard deviations), robust_sd (five robust ones, by medians), quantile or
            min_max (limits that are given).
        reach: how many widths or deviations a usual number may lie away, in place of the rule's own.
        lower: for quantile the share below which numbers are outliers (0.01), for min_max the lowest usual number.
        upper: for quantile the share above which numbers are outliers (0.99), for min_max the highest usual number.
        group_by: columns whose groups have bounds of their own.
    """
    bounds, reasons = bounds_of(table, columns, fence(rule, reach, lower, upper), group_by)
    if not bounds:
        return untouched(table, f"No column to look for outliers in.{skipped(reasons)}")
    cells = {
        found.column.name: found.clipped
        if method == "clip"
        else f"CASE WHEN {found.beyond} THEN NULL ELSE {identifier(found.column.name)} END"
        for found in bounds
    }
    hit = [found for found in bounds if found.outside]
    if not hit:
        text = f"No outliers found in {listed(list(cells))}.{skipped(reasons)}"
        return Derived(replaced(table, cells), text, changes=False)
    total = counted(sum(found.outside for found in hit), "outlier")
    done = f"Clipped {total} to the usual range" if method == "clip" else f"Made {total} empty"
    return Derived(replaced(table, cells), f"{done}: {listed([found.text for found in hit])}.{skipped(reasons)}")


@transform(group="outliers", title="Remove rows with outliers in {columns}", rows="train_only", more=_MORE)
def remove_outliers(
    table: Input,
    columns: list[ColumnName] | None = None,
    rule: Rule = "iqr",
    reach: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    group_by: list[ColumnName] | None = None,
) -> Derived:
    """Remove the rows that have an outlier, a number far from the others.

    Args:
        columns: the number columns to look at; leave it out for all that measure something.
        rule: iqr (quartiles), sd (three standard deviations), robust_sd (five robust ones, by medians), quantile or
            min_max (limits that are given).
        reach: how many widths or deviations a usual number may lie away, in place of the rule's own.
        lower: for quantile the share below which numbers are outliers (0.01), for min_max the lowest usual number.
        upper: for quantile the share above which numbers are outliers (0.99), for min_max the highest usual number.
        group_by: columns whose groups have bounds of their own.
    """
    bounds, reasons = bounds_of(table, columns, fence(rule, reach, lower, upper), group_by)
    if not bounds:
        return untouched(table, f"No column to look for outliers in.{skipped(reasons)}")
    # Empty cells are no outliers, so the test is "not false".
    inside = " AND ".join(f"({found.inside}) IS NOT FALSE" for found in bounds)
    kept, rows = table.learn_rows("inside", f"SELECT count(*) FILTER (WHERE {inside}), count(*) FROM {table.name}")[0]
    sql = f"SELECT * FROM {table.name} WHERE {inside}"
    if kept == rows:
        looked = listed([found.column.name for found in bounds])
        return Derived(sql, f"No outliers found in {looked}.{skipped(reasons)}", changes=False)
    if not kept:
        raise ToolError("Every row has an outlier in some column, so none would be left. Name fewer columns.")
    hit = listed([found.text for found in bounds if found.outside])
    return Derived(sql, f"Removed {counted(rows - kept, 'row')} with outliers: {hit}.{skipped(reasons)}")
