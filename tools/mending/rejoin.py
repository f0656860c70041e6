"""Joins over columns that do not belong together are built anew, over the relations that lead from table to table."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tools.mending.joins import explained, mentioned, plain_joins, words_of
from tools.mending.names import Names, Source, scopes, sources
from tools.mending.written import as_identifier
from tools.relations import Relation, plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope


def rejoin(tree: "exp.Expr", names: Names, request: str) -> list[str]:
    """Build the FROM of each SELECT anew where a join compares unrelated columns; in place. Returns what was changed.

    Tables stay that give a column or that the request speaks of.
    """
    said = words_of(request)
    return [change for scope in scopes(tree) if (change := _rejoined(scope, names, said, request))]


def _rejoined(scope: "Scope", names: Names, said: set[str], request: str) -> str:
    from sqlglot import exp

    select = scope.expression
    if not isinstance(select, exp.Select) or not plain_joins(select):
        return ""
    read = sources(scope, names)
    if len(read) != 1 + len(select.args["joins"]) or not all(source.table for source in read):
        return ""
    if len({source.table for source in read}) < len(read):
        return ""
    related = _all_related(select, read, names)
    if related and not (explained(request, select, read) and _crosses(select, read, names, said)):
        return ""
    needed = [
        source
        for source in read
        if _gives(select, source, read) or mentioned(source.table, _others(source, read) if related else [], said)
    ]
    if not needed:
        return ""
    tree = _tree([source.table for source in needed], [source.table for source in read], names)
    if tree is None or (related and len(tree) >= len(select.args["joins"])):
        return ""
    _rebuild(select, needed[0], tree, {source.table: source.alias for source in read})
    scope.clear_cache()
    return f"The tables are joined over {', '.join(map(str, tree))}." if tree else f"Only {needed[0].table} is read."


def _all_related(select: "exp.Select", read: Sequence[Source], names: Names) -> bool:
    """Whether each join compares columns that belong together, of tables that are there by then."""
    seen = {read[0].alias.casefold()}
    for join, source in zip(select.args["joins"], read[1:], strict=True):
        seen.add(source.alias.casefold())
        pairs = list(_pairs(join, read))
        if not pairs or not all({a.alias.casefold(), b.alias.casefold()} <= seen for a, _, b, _ in pairs):
            return False
        if not any(source in (a, b) and _related(a, x, b, y, names) for a, x, b, y in pairs):
            return False
    return True


def _others(source: Source, read: Sequence[Source]) -> list[str]:
    return [other.table for other in read if other is not source]


def _crosses(select: "exp.Select", read: Sequence[Source], names: Names, said: set[str]) -> bool:
    """Whether two tables that nobody asked for meet over a third one's key: each row of one with many of the other.

    `domain_author.did = domain_paper.did` gives every author of a domain every paper of it.
    """
    for join in select.args["joins"]:
        for one, column, other, key in _pairs(join, read):
            ends = {(one.table, column.casefold()), (other.table, key.casefold())}
            direct = any({(j.table, j.column.casefold()), (j.other, j.key.casefold())} == ends for j in names.joins)
            unasked = not any(
                _gives(select, end, read) or mentioned(end.table, _others(end, read), said) for end in (one, other)
            )
            if unasked and not direct and names.same_thing(*ends):
                return True
    return False


def _pairs(join: "exp.Join", read: Sequence[Source]) -> Iterator[tuple[Source, str, Source, str]]:
    """The columns that a join compares, each with its source."""
    from sqlglot import exp

    for equal in join.args["on"].find_all(exp.EQ):
        ends = [_end(side, read) for side in (equal.this, equal.expression) if isinstance(side, exp.Column)]
        if len(ends) == 2 and ends[0] and ends[1] and ends[0][0] is not ends[1][0]:
            yield (*ends[0], *ends[1])


def _end(column: "exp.Column", read: Sequence[Source]) -> tuple[Source, str] | None:
    for source in read:
        if (not column.table or source.alias.casefold() == column.table.casefold()) and source.column(column.name):
            return source, column.name
    return None


def _related(one: Source, column: str, other: Source, key: str, names: Names) -> bool:
    """Whether two columns belong together: over known relations, or because their names say so."""
    if names.same_thing((one.table, column.casefold()), (other.table, key.casefold())):
        return True
    if _speaks_of(column, other.table) or _speaks_of(key, one.table):
        return True
    known = {table for join in names.joins for table in (join.table, join.other)}
    between = any({join.table, join.other} == {one.table, other.table} for join in names.joins)
    return not between and plain_name(column) == plain_name(key) and not {one.table, other.table} <= known


def _speaks_of(column: str, table: str) -> bool:
    """`caused_by_ship_id` speaks of ships; a plain `name` or `id` of nothing."""
    owner, word = singular(table), plain_name(column)
    return len(owner) > 2 and owner in word


def _gives(select: "exp.Select", source: Source, read: Sequence[Source]) -> bool:
    """Whether a source gives a column outside the join conditions."""
    from sqlglot import exp

    for column in select.find_all(exp.Column):
        on = column.find_ancestor(exp.Join)
        if on is not None and on.parent is select:
            continue
        end = _end(column, read)
        if end is not None and end[0] is source:
            return True
    return False


def _tree(needed: Sequence[str], read: Sequence[str], names: Names) -> list[Relation] | None:
    """Relations that connect the needed tables, in an order in which they can be joined; None where none do."""
    inside, found = {needed[0]}, list[Relation]()
    for table in needed[1:]:
        path = [] if table in inside else _path(inside, table, read, names)
        if path is None:
            return None
        for relation in path:
            found.append(relation)
            inside |= {relation.table, relation.other}
    return found


def _path(inside: set[str], target: str, read: Sequence[str], names: Names) -> list[Relation] | None:
    """The shortest path from the tables inside to another one; tables that the statement reads come first."""
    paths: list[tuple[str, list[Relation]]] = [(table, []) for table in sorted(inside)]
    seen = set(inside)
    while paths:
        longer = []
        for end, path in paths:
            for join in sorted(names.joins, key=lambda join: (join.table not in read, join.other not in read)):
                if end in (join.table, join.other):
                    there = join.other if end == join.table else join.table
                    if there == target:
                        return [*path, join]
                    if there not in seen:
                        seen.add(there)
                        longer.append((there, [*path, join]))
        paths = longer if longer and len(longer[0][1]) < 4 else []
    return None


def _rebuild(select: "exp.Select", first: Source, tree: Sequence[Relation], aliases: dict[str, str]) -> None:
    from sqlglot import exp

    rest = [
        part
        for join in select.args["joins"]
        for part in join.args["on"].flatten()
        if not (isinstance(part, exp.EQ) and all(isinstance(side, exp.Column) for side in (part.this, part.expression)))
        and isinstance(join.args["on"], exp.And)
    ]
    select.set("joins", [])
    select.from_(_table(first.table, first.alias), copy=False)
    inside = {first.table}
    for relation in tree:
        new = relation.other if relation.table in inside else relation.table
        inside.add(new)
        left = exp.column(relation.column, table=aliases.get(relation.table, relation.table))
        right = exp.column(relation.key, table=aliases.get(relation.other, relation.other))
        select.join(_table(new, aliases.get(new, new)), on=exp.EQ(this=left, expression=right), copy=False)
    for part in rest:
        select.where(part.copy(), copy=False)


def _table(name: str, alias: str) -> "exp.Table":
    from sqlglot import exp

    table = exp.Table(this=as_identifier(name))
    if alias != name:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return table
