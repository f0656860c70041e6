"""Conditions that keep a query from finding anything and that nobody asked for.

A model adds `lane = 1` or `opened = 'May 1941'` to what it was asked. Where the query finds nothing, such conditions are
taken out. What is not covered: conditions inside OR and NOT, and requests with an ordinal or "one" for the number 1.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tools.mending.invented import left_out, may_be_meant, words

if TYPE_CHECKING:
    from sqlglot import exp

_DATE = re.compile(r"%?\d{4}(?:-\d|%?$)")
_ONE = re.compile(
    r"\bone\b|\bfirst\b|\b1st\b|\bonce\b|\btop\b|\bbest\b|\bwinner\w*|\bwon\b|\bwin\w*|\blead\w*|\btrue\b|\byes\b|한|첫|일등|우승",
    re.IGNORECASE,
)


def relax(sql: str, request: str, finds: Callable[[str], bool]) -> tuple[str, list[str]]:
    """The statement without unsaid conditions, and what was left out, where it finds nothing with them and rows without."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return sql, []
    unsaid = list(_unsaid(tree, request))
    if not unsaid or finds(sql):
        return sql, []
    for test in unsaid:
        left_out(test)
    made = tree.sql("duckdb")
    if tree.find(exp.Where) is None or not finds(made):
        return sql, []
    return made, [
        f"Nothing is found with {test.sql('duckdb')}, which nobody asked for: it was left out." for test in unsaid
    ]


def _unsaid(tree: "exp.Expr", request: str) -> Iterator["exp.Expr"]:
    """Comparisons with a literal that the request does not say, as parts of a WHERE's AND."""
    from sqlglot import exp

    said = words(request)
    for where in tree.find_all(exp.Where):
        for test in where.this.flatten() if isinstance(where.this, exp.And) else ():
            literal = test.expression if isinstance(test, exp.EQ | exp.Like | exp.ILike) else None
            if (
                isinstance(literal, exp.Literal)
                and isinstance(test.this, exp.Column)
                and not _is_said(literal, said, request)
            ):
                yield test


def _is_said(literal: "exp.Literal", said: set[str], request: str) -> bool:
    if _DATE.match(literal.name):
        return True  # a month or a weekday is said in other words
    if literal.is_string:
        return may_be_meant(literal.name.strip("%"), said)
    return literal.name in said or (literal.name in ("0", "1") and _ONE.search(request) is not None)
