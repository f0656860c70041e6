"""Joins: conditions that compare a table with itself, and tables that were joined without being asked for."""

import re
from typing import TYPE_CHECKING

from tools.mending.names import Names, Source, scopes, sources
from tools.relations import plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_WORD_END = ("s", "es", "ies", "ed", "ing", "d")


def mend_joins(tree: "exp.Expr", names: Names) -> list[str]:
    """Mend conditions that compare two columns of one table, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        read = sources(scope, names) if isinstance(scope.expression, exp.Select) else []
        for join in scope.expression.args.get("joins") or [] if read else []:
            for equal in join.args["on"].find_all(exp.EQ) if join.args.get("on") else []:
                both = isinstance(equal.this, exp.Column) and isinstance(equal.expression, exp.Column)
                if both and (change := _mend_condition(equal, read, names)):
                    changes.append(change)
    return changes


def _mend_condition(equal: "exp.EQ", read: list[Source], names: Names) -> str:
    """`t2.battle = t2.id` becomes `t2.battle = t1.id` where t2.battle refers to it, or the other way round."""
    from sqlglot import exp

    left, right = equal.this, equal.expression
    if not left.table or left.table.casefold() != right.table.casefold():
        return ""
    here = next((source for source in read if source.alias.casefold() == left.table.casefold()), None)
    for other in read:
        for near, far in ((left, right), (right, left)):
            for join in names.joins:
                if here is None or other is here:
                    continue
                ends = {(join.table, join.column.casefold()), (join.other, join.key.casefold())}
                if ends == {(here.table, near.name.casefold()), (other.table, far.name.casefold())}:
                    far.set("table", exp.to_identifier(other.alias))
                    return f"The join compares {near.sql('duckdb')} with {far.sql('duckdb')}."
    return ""


def drop_unasked_joins(tree: "exp.Expr", names: Names, request: str) -> list[str]:
    """Drop inner joins to tables that give no column and that the request does not speak of; in place.

    A join only multiplies or loses rows there. Returns what was dropped, one sentence each.
    """
    from sqlglot import exp

    changes: list[str] = []
    said = words_of(request)
    for scope in scopes(tree):
        if isinstance(scope.expression, exp.Select):
            while dropped := _drop_one(scope, names, said):
                changes.append(f"{dropped} gives nothing that was asked for and was not joined.")
    return changes


def words_of(request: str) -> set[str]:
    """The words of a request, as they are and in singular."""
    said = {plain_name(word) for word in request.replace("_", " ").split()}
    return said | {singular(word) for word in said}


def _drop_one(scope: "Scope", names: Names, said: set[str]) -> str:
    from sqlglot import exp

    select = scope.expression
    if not isinstance(select, exp.Select):
        return ""
    joins = select.args.get("joins") or []
    everything = [
        projection
        for projection in select.expressions
        if projection.find(exp.Star) and not projection.find(exp.AggFunc)
    ]
    if not joins or everything or any(join.side or join.args.get("using") for join in joins):
        return ""
    read = sources(scope, names)
    for join in reversed(joins):
        table = join.this
        if not isinstance(table, exp.Table) or not names.table(table.name):
            continue
        alias = table.alias_or_name
        others = [source for source in read if source.alias != alias]
        if mentioned(table.name, [source.table for source in others], said):
            continue
        if not _used(select, alias, join, others):
            select.set("joins", [other for other in joins if other is not join])
            scope.sources.pop(alias, None)
            scope.clear_cache()
            return str(table.name)
    return ""


def mentioned(table: str, others: list[str], said: set[str]) -> bool:
    """Whether a request speaks of a table: of a word of its name that no other table's name shares."""
    shared = {singular(part) for other in others for part in _parts(other)}
    own = [singular(part) for part in _parts(table)]
    telling = [part for part in own if part not in shared and part not in ("in", "of", "to", "has", "have", "and")]
    return any(part in said or any(part + end in said for end in _WORD_END) for part in telling or own)


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if part]


def _used(select: "exp.Select", alias: str, own_join: "exp.Join", others: list[Source]) -> bool:
    """Whether a source gives a column outside its own join condition."""
    from sqlglot import exp

    inside = {id(column) for column in own_join.find_all(exp.Column)}
    for column in select.find_all(exp.Column):
        if id(column) in inside:
            continue
        if column.table == alias:
            return True
        if not column.table and not any(other.column(column.name) for other in others):
            return True
    return False
