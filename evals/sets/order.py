"""Gold queries run over the tables of a set; above all, whether the order of their rows is one that can be asked for.

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

    def rows(self, sql: str, dialect: str = "duckdb") -> list[list[Any]] | None:
        """All rows of a SELECT as JSON values; None where it does not run here."""
        from tools.words import plain

        found = self._run(_in_duckdb(sql, dialect))
        return None if found is None else [[plain(cell) for cell in row] for row in found]

    def one_order(self, sql: str, dialect: str = "duckdb") -> bool:
        """Whether the SELECT sorts its rows, and by keys of which no two rows have the same.

        Where the keys can't be told (the query does not run here, a UNION hides them), it is False.
        """
        select, count = _with_keys(sql, dialect)
        found = self._run(select)
        if found is None or not count:
            return False
        seen = [repr(row[-count:]) for row in found]
        return len(set(seen)) == len(seen)

    def _run(self, sql: str) -> list[tuple[Any, ...]] | None:
        if not sql:
            return None
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        except Exception:  # noqa: BLE001 - gold of another dialect fails in many ways, and each of them means "can't tell"
            return None
        return found


@contextmanager
def opened(data: Sequence[Data]) -> Iterator[Tables]:
    """The files as tables under their datasets' names, in memory."""
    from tools import engine
    from tools.words import identifier, literal

    with engine.trusted() as connection:
        for item in data:
            connection.execute(f"CREATE TABLE {identifier(item.name)} AS FROM {literal(item.path)}")
        yield Tables(connection)


def _in_duckdb(sql: str, dialect: str) -> str:
    """The SQL in DuckDB's dialect; empty where it can't be read."""
    import sqlglot

    if dialect == "duckdb":
        return sql
    try:
        return sqlglot.transpile(sql, read=dialect, write="duckdb")[0]
    except sqlglot.errors.SqlglotError:
        return ""


def _with_keys(sql: str, dialect: str) -> tuple[str, int]:
    """The same SELECT with its sort keys as last columns, and how many; `("", 0)` where it has no plain ORDER BY."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except sqlglot.errors.SqlglotError:
        return "", 0
    order, distinct = tree.args.get("order"), tree.args.get("distinct")
    if not isinstance(tree, exp.Select) or order is None or (distinct and distinct.args.get("on")):
        return "", 0
    for number, key in enumerate(order.expressions):
        expression = key.this.copy()
        if isinstance(expression, exp.Literal):  # ORDER BY 2
            expression = tree.selects[int(expression.name) - 1].unalias().copy()
        tree.select(exp.alias_(expression, f"sort_key_{number}"), copy=False)
    return tree.sql(dialect="duckdb"), len(order.expressions)
