"""How an amount changes from period to period: against the period before, or the same one a year earlier.

Each period is compared with the one before it in the calendar, not with the row above: where a month has no rows, the
next one has nothing to be compared with.

What is not covered: fiscal years, weeks that are not Monday's, and periods to date.
"""

from typing import TYPE_CHECKING, Literal

from tools.guard import run_select
from tools.tool import ColumnName, DatasetName, Job, Outcome, TimeColumn, ToolError, tool
from tools.transform import Column, column_of
from tools.words import identifier, listed

if TYPE_CHECKING:
    from tools.tool import TableData

Period = Literal["day", "week", "month", "quarter", "year"]
Measure = Literal["sum", "mean", "count", "min", "max"]
Against = Literal["period_before", "year_before"]
_FIRST_YEAR, _LAST_YEAR = 1000, 2999
SAID = 3
"""Periods that the answer names, the newest ones; the table has all of them."""


@tool(
    effect="read",
    group="query",
    title="Compare each {period} with another",
    asked_by=r"\bgrowth\b|\bgr[eo]w\w*\b|(?:year|month|quarter|week|day)[- ](?:over|on|to)[- ](?:year|month|quarter|week|day)|\byoy\b|\bmom\b|\bqoq\b|(?:chang|increas|decreas|rise|rose|drop|fell|compar|differ|versus|vs)\w*[^.?]*\b(?:previous|prior|preceding|last|earlier|before) (?:year|quarter|month|week|day)|(?:chang|increas|decreas)\w* (?:from|between) (?:year|month|quarter|week|day)|증감|증가율|성장률|감소율|(?:전년|전월|전분기|전주|전일|작년|지난\s?달|지난\s?해)[^.?]{0,8}(?:대비|비해|보다|동기)",
)
def compare_periods(
    job: Job,
    dataset: DatasetName,
    date: TimeColumn,
    value: ColumnName | None = None,
    period: Period = "month",
    measure: Measure = "sum",
    against: Against = "period_before",
    group_by: ColumnName | None = None,
) -> Outcome:
    """Growth of an amount from period to period, with its change in percent. Use it for "growth", "month over month", "year over year".

    Args:
        date: the column of dates, or of years.
        value: the number column; leave it out to count the rows.
        period: how long a period is.
        measure: what is taken of the values within a period.
        against: period_before, or year_before for the same period a year earlier.
        group_by: each value of this column is compared with its own periods.
    """
    version = job.workspace.version(dataset)
    moment = column_of(version.columns, date)
    amount = column_of(version.columns, value) if value is not None else None
    by = column_of(version.columns, group_by) if group_by is not None else None
    if amount is not None and measure != "count" and not amount.is_number:
        numbers = listed([column.name for column in version.columns if column.is_number]) or "none"
        raise ToolError(f"{amount.name} holds no numbers. Number columns of {version.dataset}: {numbers}.")
    years = _holds_years(job, version.ref, moment)
    if not years and not moment.type.startswith(("DATE", "TIMESTAMP")):
        raise ToolError(f"{moment.name} holds neither dates nor years. Name a date column, or change its type to date.")
    if years and period != "year":
        raise ToolError(f"{moment.name} holds years, so the period is year, not {period}.")
    told = "rows" if amount is None else amount.name
    called = told if told not in ("period", "before", "change", "change_percent", by and by.name) else f"{told}_now"
    sql = _sql(
        version.dataset, moment, amount, by, called, years=years, period=period, measure=measure, against=against
    )
    table, ran = run_select(job.workspace, sql, limit=1000)
    if not table.rows:
        raise ToolError(f"No row of {version.dataset} has a value in {moment.name}. Name another column of dates.")
    text = f"{_what(told, measure)} by {period}, against {_AGAINST[against].format(period=period)}{_said(table, by)}"
    return Outcome(text=text, dataset=version.ref, sql=ran, table=table, values={"row_count": table.row_count})


_AGAINST = {"period_before": "the {period} before", "year_before": "the same {period} a year earlier"}


def _holds_years(job: Job, ref: str, column: Column) -> bool:
    """Whether a column of whole numbers holds years."""
    if not column.is_number or "INT" not in column.type:
        return False
    name = identifier(column.name)
    [(low, high)] = job.workspace.rows(f"SELECT min({name}), max({name}) FROM {identifier(ref)}")
    return low is not None and low >= _FIRST_YEAR and high <= _LAST_YEAR


def _sql(
    dataset: str, moment: Column, amount: Column | None, by: Column | None, called: str,
    *, years: bool, period: Period, measure: Measure, against: Against,
) -> str:  # fmt: skip
    """One SELECT: totals of each period, each beside those of the period it is compared with."""
    date = identifier(moment.name)
    start = date if years else f"date_trunc('{period}', {date})::DATE"
    cell = "count(*)" if amount is None else f"{'avg' if measure == 'mean' else measure}({identifier(amount.name)})"
    back = "1" if years else "INTERVAL 1 YEAR" if against == "year_before" else f"INTERVAL 1 {period.upper()}"
    group = f"{identifier(by.name)}, " if by else ""
    same = f" AND before.{identifier(by.name)} IS NOT DISTINCT FROM now.{identifier(by.name)}" if by else ""
    shown = f"now.{identifier(by.name)}, " if by else ""
    change = "now.amount - before.amount"
    return (
        f"WITH totals AS (SELECT {group}{start} AS period, {cell} AS amount FROM {identifier(dataset)}"
        f" WHERE {date} IS NOT NULL GROUP BY ALL) SELECT {shown}now.period, now.amount AS {identifier(called)},"
        f" before.amount AS before, {change} AS change,"
        f" round(100.0 * ({change}) / nullif(abs(before.amount), 0), 2) AS change_percent FROM totals AS now"
        f" LEFT JOIN totals AS before ON before.period = now.period - {back}{same} ORDER BY ALL"
    )


def _what(told: str, measure: Measure) -> str:
    words = {"sum": "Total", "mean": "Mean", "count": "Number of", "min": "Lowest", "max": "Highest"}
    return f"{'Number of' if told == 'rows' else words[measure]} {told}"


def _said(table: "TableData", by: Column | None) -> str:
    """The newest periods in words, and how many have nothing to be compared with."""
    lone = sum(row[-3] is None for row in table.rows)
    verb = "has" if lone == 1 else "have"
    note = f" {lone:,} of {len(table.rows):,} rows {verb} no period to be compared with." if lone else ""
    if by is not None:
        return f", for each {by.name}.{note}"
    newest = [row for row in table.rows if row[-1] is not None][-SAID:]
    parts = [f"{row[0]} {row[1]:,.10g} ({row[-1]:+,.10g} %)" for row in newest]
    return f": {'; '.join(parts)}.{note}" if parts else f".{note}"
