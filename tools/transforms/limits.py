"""The transform that keeps numbers within limits that a person gives."""

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import replaced, shown, skipped, untouched
from tools.words import counted, identifier, listed


@transform(group="outliers", title="Limit {columns} to {lower} … {upper}", rows="same")
def limit_values(
    table: Input, columns: list[ColumnName] | None = None, lower: float | None = None, upper: float | None = None
) -> Derived:
    """Limit numbers: those below lower become lower, those above upper become upper.

    Args:
        columns: the number columns; leave it out for all of them.
        lower: the least value allowed.
        upper: the greatest value allowed.
    """
    if lower is None and upper is None:
        raise ToolError("No limit was given. Give lower, upper or both, for example lower 0.")
    if lower is not None and upper is not None and lower > upper:
        raise ToolError(f"The lower limit {shown(lower)} is above the upper one {shown(upper)}. Swap them.")
    chosen = table.pick(columns) if columns else list(table.columns)
    numbers = [column for column in chosen if column.is_number]
    texts = {column.name: "holds no numbers" for column in chosen if not column.is_number} if columns else {}
    if not numbers:
        return untouched(table, f"No column holds numbers to limit.{skipped(texts)}")
    outside = table.learn_rows("outside", _counts(table, numbers, lower, upper))[0]
    sql = replaced(table, {column.name: _limited(column, lower, upper) for column in numbers})
    hit = [f"{column.name} ({counted(n, 'value')})" for column, n in zip(numbers, outside, strict=True) if n]
    limits = " and ".join(
        text
        for text in (lower is not None and f"at least {shown(lower)}", upper is not None and f"at most {shown(upper)}")
        if text
    )
    if not hit:
        return Derived(sql, f"Every value is {limits} already.{skipped(texts)}", changes=False)
    return Derived(sql, f"Made {limits}: {listed(hit)}.{skipped(texts)}")


def _limited(column: Column, lower: float | None, upper: float | None) -> str:
    """A cell within the limits, of the column's own type where they have no decimals; empty cells stay empty."""
    name = identifier(column.name)
    cases = [f"WHEN {name} < {_number(lower)} THEN {_number(lower)}"] if lower is not None else []
    cases += [f"WHEN {name} > {_number(upper)} THEN {_number(upper)}"] if upper is not None else []
    whole = all(limit is None or float(limit).is_integer() for limit in (lower, upper))
    case = f"CASE {' '.join(cases)} ELSE {name} END"
    return f"CAST({case} AS {column.type})" if whole else case


def _counts(table: Input, numbers: list[Column], lower: float | None, upper: float | None) -> str:
    tests = []
    for column in numbers:
        name = identifier(column.name)
        parts = [f"{name} < {_number(lower)}"] if lower is not None else []
        parts += [f"{name} > {_number(upper)}"] if upper is not None else []
        tests.append(f"count(*) FILTER (WHERE {' OR '.join(parts)})")
    return f"SELECT {', '.join(tests)} FROM {table.name}"


def _number(value: float | None) -> str:
    return str(int(value)) if value is not None and float(value).is_integer() else repr(value)
