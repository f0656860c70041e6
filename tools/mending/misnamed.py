"""Names that do not exist where the statement looks for them: qualified anew, spelt right, or joined in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.mending.names import Names, Source, around, scopes, sources
from tools.mending.written import as_identifier
from tools.relations import singular

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope


def mend_tables(tree: "exp.Expr", names: Names) -> list[str]:
    """Mend the names of tables in place. Returns what was changed, one sentence each."""
    return list(_tables(tree, names))


def mend_columns(tree: "exp.Expr", names: Names) -> list[str]:
    """Mend columns in place, once the tables are known. Returns what was changed, one sentence each."""
    changes: list[str] = []
    for scope in scopes(tree):
        if scope.is_subquery or scope.is_root or scope.expression.key == "select":
            changes += _scope(scope, names)
    return changes


def _tables(tree: "exp.Expr", names: Names) -> Iterator[str]:
    from sqlglot import exp

    defined = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        name = table.name
        if table.db and names.table(name):
            yield f"{table.db}.{name} is the dataset {name}."
            _without_schema(table, tree)
        if not name or names.table(name) or name.casefold() in defined or not isinstance(table.this, exp.Identifier):
            continue
        if found := names.like_table(name) or next(iter(names.tables if len(names.tables) == 1 else ()), ""):
            if not table.alias:
                for column in tree.find_all(exp.Column):
                    if column.table == name:
                        column.set("table", exp.to_identifier(found))
            table.this.set("this", found)
            yield f"{name} is the table {found}."


def _without_schema(table: "exp.Table", tree: "exp.Expr") -> None:
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        if column.args.get("db") and column.table == table.name:
            column.set("db", None)
            column.set("catalog", None)
    table.set("db", None)
    table.set("catalog", None)


def _scope(scope: "Scope", names: Names) -> Iterator[str]:
    from sqlglot import exp

    if not isinstance(scope.expression, exp.Select) or scope.expression.args.get("from_") is None:
        return
    aliases = {projection.alias.casefold() for projection in scope.expression.selects if projection.alias}
    lambdas = {
        name.name
        for function in tree_lambdas(scope.expression)
        for name in function.expressions
        if hasattr(name, "name")
    }
    for column in list(scope.find_all(exp.Column)):
        own, outer = sources(scope, names), around(scope, names)
        name, table = column.name, column.table
        if isinstance(column.this, exp.Star) or name in lambdas:
            continue
        if not table and name.casefold() in aliases and not _inside_projection(column, scope.expression):
            continue
        if any(source.columns is None for source in own):
            continue
        if change := _column(column, name, table, own, outer, scope, names):
            yield change


def tree_lambdas(tree: "exp.Expr") -> Iterator["exp.Lambda"]:
    """The lambdas of a statement: their parameters look like columns."""
    from sqlglot import exp

    yield from tree.find_all(exp.Lambda)


def _inside_projection(column: "exp.Column", select: "exp.Select") -> bool:
    node: Any = column
    while node is not None and node is not select:
        if node.parent is select:
            return bool(node.arg_key == "expressions")
        node = node.parent
    return False


def _column(
    column: "exp.Column",
    name: str,
    table: str,
    own: list[Source],
    outer: list[Source],
    scope: "Scope",
    names: Names,
) -> str:
    """Mend one column in place. Returns what was changed, or nothing."""
    named = next((source for source in [*own, *outer] if source.alias.casefold() == table.casefold()), None)
    if table and named is None:
        by_table = [source for source in own if source.table.casefold() == table.casefold()]
        if len(by_table) == 1 and by_table[0].column(name):
            return _set(column, by_table[0].alias, name, f"{table} is called {by_table[0].alias} here.")
        if (real := names.table(table)) and (found := Source("", real, names.tables[real]).column(name)):
            if same := _same_key(real, found, own, names):
                return _set(column, same[0].alias, same[1], f"{table}.{name} is {_called(same[0])}.{same[1]} here.")
            return _joined(column, real, name, own, scope, names)
    if named is not None and (named.columns is None or named.column(name)):
        return ""
    holders = [source for source in own if source.column(name)]
    if not table and holders:
        if len(holders) > 1 and not _is_using(scope, name):
            return _set(column, holders[0].alias, name, f"{name} is in several tables; {holders[0].alias}'s is used.")
        return ""
    if not table and any(source.columns is None or source.column(name) for source in outer):
        return ""
    if len(holders) == 1:
        return _set(column, holders[0].alias, name, f"{name} is a column of {_called(holders[0])}.")
    return _alike(column, name, named, own, scope, names)


def _same_key(table: str, name: str, own: list[Source], names: Names) -> tuple[Source, str] | None:
    """The same key in a table that is read: it says as much as that of one which would have to be joined."""
    for source in own:
        for column in source.columns or () if source.table else ():
            one, other = (table, name.casefold()), (source.table, column.casefold())
            if one != other and names.same_thing(one, other):
                return source, column
    return None


def _alike(
    column: "exp.Column", name: str, named: Source | None, own: list[Source], scope: "Scope", names: Names
) -> str:
    """A column spelt in another way, in a table that is read or in one that can be joined."""
    ranked = [*([named] if named else []), *[source for source in own if source is not named]]
    for source in ranked:
        if found := names.like_column(source, name):
            return _set(column, source.alias, found, f"{name} is the column {found}.")
    related = [
        (real, found)
        for real, columns in names.tables.items()
        if real not in {source.table for source in own}
        and (found := Source(real, real, columns).column(name) or None)
        and names.path([source.table for source in own if source.table], real)
    ]
    for pairs in (related, [pair for pair in related if singular(pair[0]) in names.said]):
        if len(pairs) == 1:
            return _joined(column, *pairs[0], own, scope, names)
    for source in ranked:
        if found := names.close_column(source, name) or names.wider_column(source, name):
            return _set(column, source.alias, found, f"{name} is the column {found}.")
    return ""


def _called(source: Source) -> str:
    return source.table or source.alias


def _is_using(scope: "Scope", name: str) -> bool:
    return any(
        name.casefold() == identifier.name.casefold()
        for join in scope.expression.args.get("joins") or []
        for identifier in join.args.get("using") or []
    )


def _set(column: "exp.Column", alias: str, name: str, change: str) -> str:
    from sqlglot import exp

    column.set("this", as_identifier(name))
    column.set("table", exp.to_identifier(alias))
    return change


def _joined(column: "exp.Column", table: str, name: str, own: list[Source], scope: "Scope", names: Names) -> str:
    """Join the table that holds the column, over the relations that lead to it."""
    from sqlglot import exp

    path = names.path([source.table for source in own if source.table], table)
    if path is None:
        return ""
    alias = {source.table: source.alias for source in reversed(own) if source.table}
    select = scope.expression
    if not isinstance(select, exp.Select):
        return ""
    for relation in path:
        for end in (relation.table, relation.other):
            if end in alias:
                continue
            alias[end] = end
            left = exp.column(relation.column, table=alias.get(relation.table, relation.table))
            right = exp.column(relation.key, table=alias.get(relation.other, relation.other))
            node = as_identifier(end)
            select.join(exp.Table(this=node), on=exp.EQ(this=left, expression=right), copy=False)
            scope.sources[end] = exp.Table(this=node)
            scope.clear_cache()
    return _set(column, alias[table], name, f"{name} is in {table}, which was joined.")
