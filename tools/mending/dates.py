"""Conditions on a year that nobody said: a model that hears "in August" likes to write 2023-08.

What is not covered: ranges that are no whole months, open ranges, weeks, and dates kept as text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.periods import Period, periods, quarter_said
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)(?:-%|-?%|-01)?")
_IS_MONTH = re.compile(r"\d{4}-\d\d")
"""A month that no date equals."""
_OPEN = re.compile(
    r"\b(?:from|since|after|before|until|till|by|through|up to)\b|까지|부터|이후|이전|전에|후에|사이", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"^\W*(?:and|but|so|what about|how about|same)\b|^\W*(?:그럼|그러면|그리고|그중|그 중)", re.IGNORECASE
)
"""How a request begins that goes on with another one, which may have named the year."""
_PARTS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class _Range:
    """Whole months that a date is compared with: the year (0: any), and the conditions that say it."""

    column: "exp.Expr"
    place: tuple[str, str]
    year: int
    months: Period
    nodes: tuple["exp.Expr", ...]


def mend_quarters(tree: "exp.Expr", request: str) -> list[str]:
    """`month(d) = 3` for Q3 is its third month's number and means the quarter; in place."""
    from sqlglot import exp

    quarter, changes = quarter_said(request), list[str]()
    for test in list(tree.find_all(exp.EQ)) if quarter else ():
        part, number = test.this, test.expression
        month = isinstance(part, exp.Month) or (isinstance(part, exp.Extract) and part.name.casefold() == "month")
        if month and isinstance(number, exp.Literal) and number.name == str(quarter):
            moment = part.expression if isinstance(part, exp.Extract) else part.this
            part.replace(exp.Quarter(this=moment.copy()))
            changes.append(f"{moment.sql('duckdb')} is compared by its quarter, {quarter}, as the request says.")
    return changes


def mend_dates(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Compare dates with the month, quarter or half that the request names, whatever the year; in place."""
    from sqlglot import exp

    said = periods(request)
    if not said:
        return []
    found = list(_ranges(tree, names, data))
    meant = _meant(found, said, request)
    changes = []
    for one, period in zip(found, meant, strict=True):
        years = data.years_of(*one.place)
        invented = one.year and (one.year not in years or (len(years) > 1 and not _GOES_ON.search(request)))
        unreadable = any(_IS_MONTH.fullmatch(_text(node.expression)) for node in one.nodes if isinstance(node, exp.EQ))
        if invented or unreadable or period != one.months:
            told = _compare(one, period, keep_year=bool(one.year and not invented and len(years) > 1))
            changes.append(f"{told}, as the request says." if period in said else f"{told}; the request names no year.")
    return changes


def _meant(found: Sequence[_Range], said: Sequence[Period], request: str) -> list[Period]:
    """The months that each condition means: its own, or a longer part of a year that the request names instead.

    A month is copied right by any model; which months a quarter or a half has is what they get wrong.
    """
    meant = [_called(one, said) or one.months for one in found]
    left = [period for period in said if period not in meant]
    wrong = [place for place, months in enumerate(meant) if months not in said]
    if len(left) < len(wrong) or _OPEN.search(request) or any(period.first == period.last for period in left):
        return meant
    for place in wrong:
        near = [period for period in left if period.meets(found[place].months)]
        if len(wrong) == len(left) == 1 or (len(near) == 1 and sum(found[w].months.meets(near[0]) for w in wrong) == 1):
            meant[place] = near[0] if near else left[0]
    return meant


def _called(one: _Range, said: Sequence[Period]) -> Period | None:
    """The period of the request that the projection around a condition is named after: `quarter_1_sales`."""
    from sqlglot import exp

    named = one.nodes[0].find_ancestor(exp.Alias, exp.Query)
    called = periods(named.alias.replace("_", " ")) if isinstance(named, exp.Alias) else []
    return called[0] if len(called) == 1 and called[0] in said else None


def _compare(one: _Range, period: Period, *, keep_year: bool) -> str:
    from sqlglot import parse_one

    column = one.column.sql("duckdb")
    if period.quarter:
        test, said = f"QUARTER({column}) = {period.quarter}", f"quarter, {period.quarter}"
    elif period.first == period.last:
        test, said = f"MONTH({column}) = {period.first}", f"month, {period.first}"
    else:
        test, said = (
            f"MONTH({column}) BETWEEN {period.first} AND {period.last}",
            f"month, {period.first} to {period.last}",
        )
    if keep_year:
        test = f"(YEAR({column}) = {one.year} AND {test})"
    one.nodes[0].replace(parse_one(test, read="duckdb"))
    for node in one.nodes[1:]:
        _drop(node)
    return f"{one.column.name} is compared by its {said}"


def _drop(node: "exp.Expr") -> None:
    """Take one part out of an AND."""
    both = node.parent
    if both is not None:
        both.replace((both.expression if both.this is node else both.this).copy())


# --- what a statement compares ---


def _ranges(tree: "exp.Expr", names: Names, data: Data) -> Iterator[_Range]:
    from sqlglot import exp

    seen: set[int] = set()
    for column, kind, place in list(typed(tree, names, data)):
        test = column.find_ancestor(exp.Predicate)
        if not kind.startswith(("DATE", "TIMESTAMP")) or test is None or id(test) in seen:
            continue
        found = _alone(column, test) or _pair(column, test, seen)
        if found is not None:
            year, months, nodes = found
            seen |= {id(node) for node in nodes}
            if 1 <= months.first <= months.last <= 12:
                yield _Range(column.copy(), place, year, months, tuple(nodes))


_Found = tuple[int, Period, "list[exp.Expr]"]


def _alone(column: "exp.Column", test: "exp.Expr") -> _Found | None:
    """One condition that says whole months by itself."""
    from sqlglot import exp

    if isinstance(test, exp.Between) and _bare(test.this) is column:
        low, high = _bound(test.args["low"]), _bound(test.args["high"])
        if low and high and low[2] == 1 and (period := _whole(low, high, closed=True)):
            return low[0], period, [test]
    text = _text(test.expression) if isinstance(test, exp.Like | exp.ILike | exp.EQ) else ""
    if isinstance(test, exp.Like | exp.ILike) and _bare(test.this) is column:
        return _month(test, text) if text.endswith("%") else None
    if isinstance(test, exp.EQ) and isinstance(test.this, exp.TimeToStr) and _bare(test.this.this) is column:
        return _month(test, text) if test.this.args["format"].name in ("%Y-%m", "%Y-%m-01") else None
    if isinstance(test, exp.EQ) and isinstance(test.this, exp.TimestampTrunc | exp.DateTrunc):
        length = _PARTS.get(test.this.args["unit"].name.casefold(), 0)
        start = _bound(test.expression)
        if length and start and start[2] == 1 and _bare(test.this.this) is column:
            return start[0], Period(start[1], start[1] + length - 1), [test]
    if isinstance(test, exp.EQ) and test.this is column and _IS_MONTH.fullmatch(text):
        return _month(test, text)
    if isinstance(test, exp.EQ) and test.this is column and (day := _bound(test.expression)) and day[2] == 1:
        return day[0], Period(day[1], day[1]), [test]  # a day is not what a request for a month means
    return None


def _month(test: "exp.Expr", text: str) -> _Found | None:
    found = _MONTH.fullmatch(text)
    return (int(found[1]), Period(int(found[2]), int(found[2])), [test]) if found else None


def _pair(column: "exp.Column", test: "exp.Expr", seen: set[int]) -> _Found | None:
    """Two conditions of one AND: a start and an end, or a year and a part of it."""
    from sqlglot import exp

    whole = test
    while isinstance(whole.parent, exp.And):
        whole = whole.parent
    if whole is test:
        return None
    for other in whole.flatten():
        if other is test or id(other) in seen or column not in other.find_all(exp.Column):
            continue
        for one, two in ((test, other), (other, test)):
            if found := _start_and_end(column, one, two) or _year_and_part(column, one, two):
                return found
    return None


def _start_and_end(column: "exp.Column", start: "exp.Expr", end: "exp.Expr") -> _Found | None:
    from sqlglot import exp

    if not isinstance(start, exp.GTE) or not isinstance(end, exp.LT | exp.LTE):
        return None
    if _bare(start.this) != column or _bare(end.this) != column:
        return None
    low, high = _bound(start.expression), _bound(end.expression)
    if not low or not high or low[2] != 1:
        return None
    period = _whole(low, high, closed=isinstance(end, exp.LTE))
    return (low[0], period, [start, end]) if period else None


def _year_and_part(column: "exp.Column", year: "exp.Expr", part: "exp.Expr") -> _Found | None:
    from sqlglot import exp

    if not isinstance(year, exp.EQ) or _part_of(year.this, column) != "year" or not year.expression.name.isdigit():
        return None
    unit = _part_of(part.this, column) if isinstance(part, exp.EQ | exp.Between) else ""
    ends = (
        [part.args["low"], part.args["high"]] if isinstance(part, exp.Between) else [part.expression, part.expression]
    )
    if unit not in _PARTS or not all(isinstance(end, exp.Literal) and end.name.isdigit() for end in ends):
        return None
    low, high = (int(end.name) for end in ends)
    if unit == "quarter":
        low, high = 3 * low - 2, 3 * high
    return int(year.expression.name), Period(low, high), [part, year]


def _part_of(node: "exp.Expr", column: "exp.Column") -> str:
    """The part of a date that an expression takes of a column: year, quarter, month."""
    from sqlglot import exp

    if isinstance(node, exp.Cast):
        node = node.this
    if isinstance(node, exp.Year | exp.Month | exp.Quarter) and _bare(node.this) == column:
        return node.key
    if isinstance(node, exp.Extract) and _bare(node.expression) == column:
        return str(node.this.name).casefold()
    if isinstance(node, exp.Anonymous) and node.name.casefold() in ("date_part", "datepart"):
        return str(node.expressions[0].name).casefold() if _bare(node.expressions[1]) == column else ""
    formats = {"%Y": "year", "%m": "month"}
    if isinstance(node, exp.TimeToStr) and _bare(node.this) == column:
        return formats.get(node.args["format"].name, "")
    return ""


def _whole(low: tuple[int, int, int], high: tuple[int, int, int], *, closed: bool) -> Period | None:
    """The months between two days, where they are whole ones of one year; an end on the first day is left out."""
    year, month, day = high
    if day == 1:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    elif day < 28 or (not closed and day < 30):
        return None
    return Period(low[1], month) if year == low[0] and low[1] <= month else None


def _bound(node: "exp.Expr") -> tuple[int, int, int] | None:
    found = _DAY.match(_text(node))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _text(node: "exp.Expr | None") -> str:
    from sqlglot import exp

    inside = node.this if isinstance(node, exp.Cast | exp.TsOrDsToDate | exp.Date) else node
    return inside.name if isinstance(inside, exp.Literal) and inside.is_string else ""


def _bare(node: "exp.Expr") -> "exp.Expr":
    """A column without the casts around it."""
    from sqlglot import exp

    while isinstance(node, exp.Cast | exp.TsOrDsToDate | exp.Date | exp.Paren):
        node = node.this
    return node
