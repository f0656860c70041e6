"""Shares: the average or sum of a yes-or-no column, or of a condition, counts the rows where it is true."""

from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names, scopes, sources
from tools.mending.types import typed
from tools.mending.written import as_column

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


def mend_counts(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """`count(*) AS cancelled`, where that is a column of yes and no nobody reads, counts the rows with yes; in place."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        select = scope.expression
        read = [source for source in sources(scope, names) if source.table]
        shown = select.expressions if isinstance(select, exp.Select) else []
        for alias in [part for part in shown if isinstance(part, exp.Alias) and isinstance(part.this, exp.Count)]:
            holders = [(source, column) for source in read if (column := source.column(alias.alias))]
            if len(holders) != 1 or not isinstance(alias.this.this, exp.Star):
                continue
            source, column = holders[0]
            keys = select.args.get("order")
            ordered = {id(c) for c in keys.find_all(exp.Column)} if keys else set()
            others = [c for c in select.find_all(exp.Column) if id(c) not in ordered]
            yes = _yes(source.table, column, data)
            if yes is None or any(other.name.casefold() == column.casefold() for other in others):
                continue
            name = as_column(column, source.alias if len(read) > 1 else None)
            test = exp.Where(this=exp.EQ(this=name, expression=yes))
            alias.set("this", exp.Filter(this=alias.this.copy(), expression=test))
            changes.append(f"{column} counts the rows where it is {yes.sql('duckdb')}.")
    return changes


def _yes(table: str, column: str, data: Data) -> "exp.Expr | None":
    """What a column of two values says for yes; None for any other column."""
    from sqlglot import exp

    if data.type_of(table, column) == "BOOLEAN":
        return exp.true()
    if set(data.told.get((table, column), ())) == {"0", "1"}:
        return exp.Literal.number(1)
    text = data.yes_of(table, column) if data.is_text(table, column) else ""
    return exp.Literal.string(text) if text else None
