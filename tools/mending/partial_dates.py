"""Dates compared with a month or a year as text, which no date equals: `ordered_on = '2025-05'` means that month.

What is not covered: weeks and quarters as text, and dates kept as text.
"""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp

_PARTIAL = re.compile(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?")


def mend_partial_dates(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """Comparisons of dates with months or years as text, as the days of these; in place. Returns what was changed."""
    from sqlglot import exp

    kinds = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
    changes = []
    for column, kind, _ in list(typed(tree, names, data)):
        test = column.find_ancestor(exp.Predicate)
        if not kind.startswith(("DATE", "TIMESTAMP")) or not isinstance(test, kinds) or _bare(test.this) is not column:
            continue
        low, high = (test.args["low"], test.args["high"]) if isinstance(test, exp.Between) else (test.expression,) * 2
        if isinstance(test, exp.EQ) and "-" not in _text(low):
            continue  # a year alone is compared by another rule
        if (first := _span(low)) and (last := _span(high)):
            test.replace(exp.paren(_compared(test, column, (first[0], last[1]))))
            changes.append(f"{_text(low)} is all days of it.")
    return changes


def _compared(test: "exp.Expr", column: "exp.Column", span: tuple[date, date]) -> "exp.Expr":
    """The same comparison with the first day and the day after the last."""
    from sqlglot import exp

    first, after = (exp.cast(exp.Literal.string(str(day)), "DATE") for day in span)
    since, until = exp.GTE(this=column.copy(), expression=first), exp.LT(this=column.copy(), expression=after)
    match test:
        case exp.NEQ():
            return exp.or_(exp.LT(this=column.copy(), expression=first), exp.GTE(this=column.copy(), expression=after))
        case exp.GT():
            return exp.GTE(this=column.copy(), expression=after)
        case exp.GTE():
            return since
        case exp.LT():
            return exp.LT(this=column.copy(), expression=first)
        case exp.LTE():
            return until
        case _:
            return exp.and_(since, until)


def _span(node: "exp.Expr") -> tuple[date, date] | None:
    """The first day of the month or year that a text names, and the day after its last."""
    found = _PARTIAL.fullmatch(_text(node))
    if found is None:
        return None
    if not found[2]:
        return date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1)
    first = date(int(found[1]), int(found[2]), 1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _text(node: "exp.Expr") -> str:
    from sqlglot import exp

    inside = _bare(node)
    return inside.name if isinstance(inside, exp.Literal) and inside.is_string else ""


def _bare(node: "exp.Expr") -> "exp.Expr":
    from sqlglot import exp

    while isinstance(node, exp.Cast | exp.TsOrDsToDate | exp.Date | exp.Paren):
        node = node.this
    return node
