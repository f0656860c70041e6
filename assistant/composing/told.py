"""What the conditions and groups of a query tell: of one column as another condition, one group alone, a year, when it was."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.composing.korean_words import NAMES
from assistant.followups import columns_of, groups_of

if TYPE_CHECKING:
    from sqlglot import exp


def told_beside(tree: "exp.Select") -> "list[exp.Expr]":
    """What is shown beside the measures: when `last month` was."""
    from sqlglot import exp

    english = ("week", "month", "quarter", "year", "first_day", "last_day")
    names = (*english, *(NAMES[name] for name in english))
    return [
        one
        for one in tree.expressions
        if one.alias in names and any(isinstance(part, exp.Min | exp.Max) for part in one.walk())
    ]


def by_time(tree: "exp.Select") -> bool:
    """Whether a query groups by a part of the calendar that tells its year."""
    from sqlglot import exp

    return any(key.find(exp.DateTrunc, exp.TimestampTrunc) for key in groups_of(tree))


def fixes(condition: "exp.Expr", key: "exp.Expr") -> bool:
    """Whether a condition leaves one group alone of those by a key, as `in Leeds` does by town and `this month` by month."""
    from sqlglot import exp

    if not columns_of(condition) & columns_of(key) or not isinstance(condition, exp.EQ | exp.Between):
        return False
    cuts = (exp.DateTrunc, exp.TimestampTrunc)
    if not key.find(*cuts, exp.Year):
        plain = isinstance(condition.this, exp.Column)
        return plain and (isinstance(condition, exp.EQ) or key.find(exp.IntDiv) is not None)
    own, wanted = (next((cut.text("unit") for cut in one.find_all(*cuts)), "") for one in (condition, key))
    return own == wanted != "" or (wanted == "MONTH" and condition.find(exp.Month) is not None)


def flat(condition: "exp.Expr") -> "Iterator[exp.Expr]":
    """The conditions that are joined by AND, whatever brackets stand around them."""
    from sqlglot import exp

    inside = condition.unnest()
    if isinstance(inside, exp.And):
        yield from flat(inside.left)
        yield from flat(inside.right)
    else:
        yield condition


def speaks_of(one: "exp.Expr", other: "exp.Expr") -> bool:
    """Whether two conditions tell the same of a column: its month and its year are two things, and so is one of several left out."""
    from sqlglot import exp

    if not columns_of(one) & columns_of(other):
        return False
    if isinstance(one, exp.In) and len(one.expressions) > 1 and isinstance(other, exp.NEQ):
        return other.expression not in one.expressions
    parts = {_part(one), _part(other)}
    return len(parts) == 1 or parts in ({"date", "year"}, {"date", "month"})


def _part(test: "exp.Expr") -> str:
    """The part of the calendar that a condition tells of its column alone; date for any other."""
    from sqlglot import exp

    cuts = list(test.find_all(exp.DateTrunc, exp.TimestampTrunc))
    if test.find(exp.Year) or (cuts and all(cut.text("unit") == "YEAR" for cut in cuts)):
        return "year"
    kinds = {"month": (exp.Month, exp.Quarter), "weekday": (exp.DayOfWeek,), "hour": (exp.Hour,)}
    return next((name for name, kind in kinds.items() if test.find(*kind)), "date")
