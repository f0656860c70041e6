"""Whether the order of a gold result is one that can be asked for: sorted by keys without ties.

An answer that sorts as asked, but puts rows of the same key in another order than the gold query did, is right. So the
order of rows counts only where the gold query sorts and its keys differ from row to row; this is found by running it.

What is not covered: ties at a LIMIT, where the rows themselves (not only their order) are one choice of several.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from evals.case import Data


class Tables:
    """The tables of one database, to run gold queries over."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def one_order(self, sql: str, dialect: str = "duckdb") -> bool:
        """Whether the SELECT sorts its rows, and by keys of which no two rows have the same.

        Where the keys can't be told (the query does not run here, a UNION hides them), it is False.
        """
        keys = _with_keys(sql, dialect)
        if keys is None:
            return False
        select, count = keys
        try:
            rows = self._connection.execute(select).fetchall()
        except Exception:  # noqa: BLE001 - gold of another dialect fails in many ways, and any of them means "can't tell"
            return False
        seen = [repr(row[-count:]) for row in rows]
        return len(set(seen)) == len(seen)


@contextmanager
def opened(data: Sequence[Data]) -> Iterator[Tables]:
    """The files as views under their datasets' names, in memory."""
    from tools import engine
    from tools.tool import identifier, literal

    with engine.trusted() as connection:
        for item in data:
            connection.execute(f"CREATE VIEW {identifier(item.name)} AS FROM {literal(item.path)}")
        yield Tables(connection)


def _with_keys(sql: str, dialect: str) -> tuple[str, int] | None:
    """The same SELECT with its sort keys as last columns, and how many; None where it has no plain ORDER BY."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except sqlglot.errors.SqlglotError:
        return None
    order = tree.args.get("order")
    distinct = tree.args.get("distinct")
    if not isinstance(tree, exp.Select) or order is None or (distinct and distinct.args.get("on")):
        return None
    for number, key in enumerate(order.expressions):
        expression = key.this.copy()
        if isinstance(expression, exp.Literal):  # ORDER BY 2
            expression = tree.selects[int(expression.name) - 1].unalias().copy()
        tree.select(exp.alias_(expression, f"sort_key_{number}"), copy=False)
    return tree.sql(dialect="duckdb"), len(order.expressions)
