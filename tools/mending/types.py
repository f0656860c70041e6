"""Columns whose type does not suit what is done with them: dates and years, numbers and dates kept as text."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.mending.data import NUMBER, PLAIN_NUMBER, SCALES, Data
from tools.mending.names import Names, Source, around, scopes, sources

if TYPE_CHECKING:
    from sqlglot import exp

_YEAR = re.compile(r"(1[5-9]|20)\d\d")
_SPANS = {
    "days": re.compile(r"\bdays\b|며칠|일수|날짜 차이", re.IGNORECASE),
    "seconds": re.compile(r"\bin seconds\b|몇 초|초 단위|초로", re.IGNORECASE),
    "minutes": re.compile(r"\bin (?:integer |whole )?minutes\b|몇 분|분 단위", re.IGNORECASE),
    "hours": re.compile(r"\bin hours\b|몇 시간|시간 단위", re.IGNORECASE),
}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
_TIMES = ("hour", "minute", "second")


def mend_years(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """A date compared with a bare year is compared by its year; in place. Returns what was changed."""
    from sqlglot import exp

    changes = []
    for column, kind, _ in typed(tree, names, data):
        beside = column.parent
        if not kind.startswith(("DATE", "TIMESTAMP")) or beside is None or beside.this is not column:
            continue
        if isinstance(beside, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE):
            years = [beside.expression]
        elif isinstance(beside, exp.Between):
            years = [beside.args["low"], beside.args["high"]]
        else:
            years = beside.expressions if isinstance(beside, exp.In) else []
        if years and all(isinstance(year, exp.Literal) and _YEAR.fullmatch(year.name) for year in years):
            for year in years:
                year.replace(exp.Literal.number(year.name))
            column.replace(exp.Year(this=column.copy()))
            changes.append(f"{column.name} is a date and is compared by its year.")
    return changes


def mend_days(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Where days, hours, minutes or seconds are asked for, a moment minus a moment is their number; in place.

    Returns what was changed.
    """
    from sqlglot import exp

    unit = next((unit for unit, words in _SPANS.items() if words.search(request)), "")
    if not unit:
        return []
    kinds = {id(column): kind for column, kind, _ in typed(tree, names, data)}
    changes = []
    for minus in list(tree.find_all(exp.Sub)):
        sides = (minus.this, minus.expression)
        columns = [list(side.find_all(exp.Column)) for side in sides]
        moments = [found and all(kinds.get(id(c), "").startswith("TIMESTAMP") for c in found) for found in columns]
        whole = not any(side.find(exp.DateDiff, exp.Extract, exp.Interval) for side in sides)
        around_it = minus.parent.parent if isinstance(minus.parent, exp.Paren) else minus.parent
        taken = isinstance(around_it, exp.Extract | exp.Cast | exp.Func) and not isinstance(around_it, exp.AggFunc)
        if all(moments) and whole and not taken:
            minus.replace(_span(minus, unit))
            changes.append(f"The time between is told in {unit}.")
    return changes


def _span(minus: "exp.Expr", unit: str) -> "exp.Expr":
    """The number of units between two moments."""
    from sqlglot import exp

    if unit == "days":
        return exp.DateDiff(this=minus.this.copy(), expression=minus.expression.copy(), unit=exp.var("DAY"))
    seconds: exp.Expr = exp.Anonymous(this="epoch", expressions=[minus.copy()])
    length = _SECONDS[unit]
    return seconds if length == 1 else exp.paren(exp.Div(this=seconds, expression=exp.Literal.number(length)))


def mend_texts(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """Parts of dates and sums over text columns read the text as what it holds; in place. Returns what was changed."""
    from sqlglot import exp

    changes = []
    for column, kind, (table, name) in typed(tree, names, data):
        call = column.parent
        if not kind.startswith("VARCHAR") or call is None:
            continue
        if (wanted := _date_part(call)) and column.key == "column":
            column.replace(exp.TryCast(this=column.copy(), to=exp.DataType.build(wanted)))
            changes.append(f"The text of {name} is read as a date.")
        elif isinstance(call, exp.Avg | exp.Sum | exp.Median | exp.Stddev) and data.holds_numbers(table, name):
            column.replace(_number(column, data, table, name))
            changes.append(f"The text of {name} is read as numbers.")
    return changes


def mend_numbers(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """Numbers kept as text are ordered and compared as numbers: `'9' > '10'` is never meant; in place."""
    from sqlglot import exp

    changes = []
    for column, kind, (table, name) in typed(tree, names, data):
        around_it = column.parent
        ranked = isinstance(around_it, exp.Ordered | exp.Max | exp.Min)
        reckoned = isinstance(around_it, exp.Add | exp.Sub | exp.Mul | exp.Div)
        compared = isinstance(around_it, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Between)
        sides = [part for part in around_it.iter_expressions() if part is not column] if compared and around_it else []
        others = [part for part in sides if not _is_amount(part)]
        wanted = [_told_number(other, equal=isinstance(around_it, exp.EQ | exp.NEQ)) for other in others]
        cast = isinstance(around_it, exp.Cast) and around_it.to.this in exp.DataType.NUMERIC_TYPES
        meant = ranked or reckoned or cast or (compared and bool(sides) and all(wanted))
        if kind.startswith("VARCHAR") and meant and data.holds_numbers(table, name):
            for other, number in zip(others, wanted, strict=True):
                other.replace(exp.Literal.number(number))
            (around_it if cast and around_it is not None else column).replace(_number(column, data, table, name))
            changes.append(f"The text of {name} is read as numbers.")
    return changes


def _is_amount(node: "exp.Expr") -> bool:
    """Whether a part of a comparison is one number that an inner query reckons."""
    from sqlglot import exp

    shown = node.this.expressions if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select) else []
    return len(shown) == 1 and isinstance(shown[0].unalias(), exp.Max | exp.Min | exp.Avg | exp.Median | exp.Sum)


def _told_number(node: "exp.Expr", *, equal: bool) -> str:
    """The number that a column is compared with, or nothing: `10`, `-3`, and `'10,000 ft'` unless it is to be equal."""
    from sqlglot import exp

    inside = node.this if isinstance(node, exp.Neg) else node
    if not isinstance(inside, exp.Literal) or (inside.is_string and equal):
        return ""
    if inside.is_string and not re.fullmatch(NUMBER, inside.name):
        return ""
    found = re.sub(r"[^0-9.-]", "", next(iter(re.findall(r"-?[^\w\s.-]{0,3}[\d,]+(?:\.\d+)?", inside.name))))
    return f"-{found}" if inside is not node else found


def typed(tree: "exp.Expr", names: Names, data: Data) -> Iterator[tuple["exp.Column", str, tuple[str, str]]]:
    """Each column of a dataset with its type and where it stands."""
    from sqlglot import exp

    for scope in scopes(tree):
        read = [*sources(scope, names), *around(scope, names)]
        for column in list(scope.find_all(exp.Column)):
            found = _holder(column, read)
            if found is not None and found[0].table:
                place = (found[0].table, found[1])
                yield column, data.type_of(*place), place


def _holder(column: "exp.Column", read: list[Source]) -> tuple[Source, str] | None:
    for source in read:
        if not column.table or source.alias.casefold() == column.table.casefold():
            if name := source.column(column.name):
                return source, name
            if source.columns is None:
                return None
    return None


def _date_part(call: "exp.Expr") -> str:
    """The type that a part of a date is taken of, or nothing where the call takes none."""
    from sqlglot import exp

    if isinstance(call, exp.Year | exp.Month | exp.Day | exp.Quarter | exp.Week | exp.DayOfWeek | exp.DayOfYear):
        return "DATE"
    if isinstance(call, exp.Extract | exp.TimestampTrunc | exp.DateTrunc):
        unit = (call.this if isinstance(call, exp.Extract) else call.args["unit"]).name.casefold()
        return "TIMESTAMP" if unit in _TIMES else "DATE"
    if isinstance(call, exp.TimeToStr | exp.Hour | exp.Minute | exp.Second):
        return "TIMESTAMP"
    return "DATE" if isinstance(call, exp.Monthname | exp.Dayname) else ""


def _number(column: "exp.Column", data: Data, table: str, name: str) -> "exp.Expr":
    """The number of a text: all its digits, or the first number where more is told beside it, times a million if it says so."""
    from sqlglot import parse_one

    text = first = column.sql("duckdb")
    if not data.holds_numbers(table, name, PLAIN_NUMBER):
        first = f"regexp_extract({text}, '-?[^\\w\\s.-]{{0,3}}\\d[\\d,]*(\\.\\d+)?')"
    number = f"TRY_CAST(regexp_replace({first}, '[^0-9.-]', '', 'g') AS DOUBLE)"
    if data.scaled(table, name):
        cases = " ".join(f"WHEN contains(lower({text}), '{word}') THEN 1e{power}" for word, power in SCALES.items())
        number = f"({number} * CASE {cases} ELSE 1 END)"
    return parse_one(number, read="duckdb")
