"""Percent where a column holds fractions: over 80 % is over 0.8 then, and an average asked for in percent is a hundred times it.

What is not covered: percent of a number (10 % of the price), and columns that hold both.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp

_SAID = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|percent\b|per cent\b|pct\b|퍼센트|프로(?![가-힣]{2}))", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(\d+(?:\.\d+)?)\s?(?:and|to|-|~|에서|부터)\s?\d+(?:\.\d+)?\s?(?:%|percent\b|퍼센트|프로)", re.IGNORECASE
)
_TOLD = re.compile(
    r"\b(?:in (?:percent|per cent|percentages?|%)|in % |as (?:an? )?(?:percent|per cent|percentages?|%))(?!\w)|in %\W*$|(?:퍼센트|백분율|%)로",
    re.IGNORECASE,
)


def speaks_of_percent(request: str) -> bool:
    """Whether a request says a number in percent, or asks for one."""
    return any(pattern.search(request) for pattern in (_SAID, _BETWEEN, _TOLD))


def mend_percents(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Compare fractions with a hundredth of the percent that are said, and tell them in percent where asked; in place."""
    said = {Decimal(number) for pattern in (_SAID, _BETWEEN) for number in pattern.findall(request)}
    wants = _TOLD.search(request) is not None
    if not said and not wants:
        return []
    places = {
        id(column): column.name
        for column, kind, place in typed(tree, names, data)
        if kind.startswith(("DOUBLE", "FLOAT", "DECIMAL")) and data.is_fraction(*place)
    }
    return [*_compared(tree, places, said), *(_told(tree, places) if wants else ())]


def _compared(tree: "exp.Expr", places: dict[int, str], said: set[Decimal]) -> list[str]:
    from sqlglot import exp

    tests = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
    changes = []
    for test in list(tree.find_all(*tests)):
        if id(test.this) not in places:
            continue
        numbers = [
            node
            for node in test.find_all(exp.Literal)
            if node.parent is test and not node.is_string and Decimal(node.name) in said
        ]
        for node in numbers:
            node.replace(exp.Literal.number(f"{(Decimal(node.name) / 100).normalize():f}"))
            changes.append(f"{places[id(test.this)]} holds fractions: {node.name} % is {Decimal(node.name) / 100}.")
    return changes


def _told(tree: "exp.Expr", places: dict[int, str]) -> list[str]:
    """What is shown in percent: averages and ends of fractions, and rates of yes and no."""
    from sqlglot import exp

    changes = []
    for shown in tree.expressions if isinstance(tree, exp.Select) else ():
        value = shown.unalias()
        measured = value.this if isinstance(value, exp.Avg | exp.Median | exp.Max | exp.Min) else value
        rate = isinstance(value, exp.Avg) and isinstance(measured, exp.Cast) and measured.is_type("int")
        if id(measured) not in places and not rate:
            continue
        name = shown.alias or value.sql("duckdb")
        made = exp.Mul(this=exp.Literal.number(100), expression=value.copy())
        shown.replace(exp.alias_(made, f"{name}_percent" if re.fullmatch(r"\w+", name) else name, quoted=True))
        _renamed(tree, name)
        changes.append(f"{name} is told in percent.")
    return changes


def _renamed(tree: "exp.Expr", name: str) -> None:
    """What is ordered by a name is ordered by its new one; in place."""
    from sqlglot import exp

    for column in (tree.args.get("order") or exp.Order()).find_all(exp.Column):
        if column.name == name and not column.table and re.fullmatch(r"\w+", name):
            column.replace(exp.column(f"{name}_percent", quoted=True))
