"""Shares: the average or sum of a yes-or-no column, or of a condition, counts the rows where it is true."""

from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp


def mend_shares(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """`avg(churned)` over texts yes and no, and `avg(age > 30)`, become averages of 1 and 0; in place."""
    from sqlglot import exp

    changes = []
    for column, kind, (table, name) in typed(tree, names, data):
        call = column.parent
        if not isinstance(call, exp.Avg | exp.Sum):
            continue
        yes = data.yes_of(table, name) if kind.startswith(("VARCHAR", "ENUM")) else ""
        if yes:
            is_yes = exp.EQ(this=column.copy(), expression=exp.Literal.string(yes))
            column.replace(exp.cast(exp.paren(is_yes), "INT"))
            changes.append(f"{name} counts as 1 where it is '{yes}'.")
        elif kind == "BOOLEAN":
            column.replace(exp.cast(column.copy(), "INT"))
            changes.append(f"{name} counts as 1 where it is true.")
    for part in list(tree.find_all(exp.Add, exp.Sub, exp.Mul)):
        for side in (part.this, part.expression):
            test = side.unnest()
            if isinstance(test, exp.Predicate | exp.Connector | exp.Not):
                side.replace(exp.cast(exp.paren(test.copy()), "INT"))
                changes.append("A condition counts as 1 where it is true.")
    for call in list(tree.find_all(exp.Avg, exp.Sum)):
        inside = call.this.unnest() if isinstance(call.this, exp.Paren) else call.this
        if isinstance(inside, exp.Predicate | exp.Connector | exp.Not):
            call.set("this", exp.cast(exp.paren(inside.copy()), "INT"))
            changes.append("A condition counts as 1 where it is true.")
    return changes
