"""Joins: conditions that compare a table with itself, and tables that were joined without being asked for."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.mending.names import Names, Source, scopes, sources
from tools.relations import plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_WORD_END = ("ies", "ing", "es", "ed", "s", "d", "y", "e")
COMMON = frozenset(
    """
    a about above after all along also among an and any are as asc ascending at average avg been before below between
    both by can come compute count data dataset desc descending did different distinct do does down each eight
    either entries every find first five for four from get give given greater group had has have high higher how i
    id identify ids in include including is it its last least less list lower many max maximum me mean median
    min minimum more most much name names nine no not number of older on one only or order ordered over per
    please put record records return rows seven show shown six smaller sort sorted sum table tell ten than that
    the their them there these they this those three to together top total two under unique up us value values
    was were what when where whether which who whose with year years you younger
    """.split()  # noqa: SIM905
)
"""Words of a request that speak of no table."""


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
    """Drop inner joins that repeat rows for a table that gives no column and that the request does not speak of.

    In place. Returns what was dropped, one sentence each. A request with a word that neither the names nor the
    statement explain ("who bought something") may speak of any related table: there, none of them is dropped.
    """
    from sqlglot import exp

    changes: list[str] = []
    said = words_of(request)
    for scope in scopes(tree):
        select = scope.expression
        if isinstance(select, exp.Select) and plain_joins(select):
            joins = select.args["joins"]
            dropped = []
            told = explained(request, select, sources(scope, names))
            while join := _drop_one(scope, names, said, related=told):
                dropped.append(join)
            left = [
                source
                for source in sources(scope, names)
                if source.alias not in {join.alias_or_name for join in dropped}
            ]
            if any(_repeats(join, names) or _is_copy(_columns(join, names), left) for join in dropped):
                changes += [
                    f"{join.this.name} gives nothing that was asked for and was not joined." for join in dropped
                ]
            else:
                select.set("joins", joins)  # they take and add no row
    return changes


def plain_joins(select: "exp.Select") -> bool:
    """Whether a SELECT has joins, and all of them are inner ones with a condition."""
    joins = select.args.get("joins") or []
    return bool(joins) and all(
        join.args.get("on") is not None and not join.args.get("using") and not join.side and join.kind in ("", "INNER")
        for join in joins
    )


def words_of(request: str) -> set[str]:
    """The words of a request, as they are and in singular."""
    said = {plain_name(word) for word in request.replace("_", " ").split()}
    return said | {singular(word) for word in said}


def explained(request: str, select: "exp.Select", read: list[Source]) -> bool:
    """Whether each word of a request is a common one, in a name that is read, or in a text of the statement.

    A request of common words alone ("show it") goes on with something else, so it explains nothing.
    """
    from sqlglot import exp

    names = " ".join(plain_name(name) for source in read for name in (source.table, *(source.columns or ())))
    texts = " ".join(literal.name.casefold() for literal in select.find_all(exp.Literal))
    words = re.findall(r"[^\W_]+", request.casefold())
    telling = [w for w in words if len(w) > 2 and w not in COMMON and not w.isdigit() and not w.endswith("est")]
    return bool(telling) and all(stem(word) in names or stem(word) in texts for word in telling)


def stem(word: str) -> str:
    """A word without its ending: `aged` and `ages` are both `ag`, `countries` is `countr`."""
    return next((word[: -len(end)] for end in _WORD_END if word.endswith(end) and len(word) - len(end) > 1), word)


def _repeats(join: "exp.Join", names: Names) -> bool:
    """Whether a join may take or repeat rows: all but the one to a table by what other columns refer to."""
    from sqlglot import exp

    on = join.args["on"]
    ends = {side.name.casefold() for side in (on.this, on.expression) if isinstance(side, exp.Column)}
    return not any(
        relation.other.casefold() == join.this.name.casefold() and relation.key.casefold() in ends
        for relation in names.joins
    )


def _drop_one(scope: "Scope", names: Names, said: set[str], *, related: bool) -> "exp.Join | None":
    """Take the last join away that nothing needs: of a `related` table too, or only of one that belongs to no other."""
    from sqlglot import exp

    select = scope.expression
    if not isinstance(select, exp.Select) or any(
        p.find(exp.Star) and not p.find(exp.AggFunc) for p in select.expressions
    ):
        return None
    joins: list[exp.Join] = select.args["joins"]
    there = {part.alias_or_name for part in (select.args["from_"].this, *(join.this for join in joins))}
    read = [source for source in sources(scope, names) if source.alias in there]
    for join in reversed(joins):
        table, on = join.this, join.args["on"]
        if not isinstance(table, exp.Table) or not names.table(table.name) or not isinstance(on, exp.EQ):
            continue
        alias = table.alias_or_name.casefold()
        others = [source for source in read if source.alias.casefold() != alias]
        copied = _is_copy(_columns(join, names), others)
        if not related and not copied and (select.find(exp.Count) or _are_related(on, read, names)):
            continue
        if not mentioned(table.name, [other.table for other in others], said) and not _used(
            select, alias, join, others
        ):
            select.set("joins", [other for other in joins if other is not join])
            return join
    return None


def _columns(join: "exp.Join", names: Names) -> Sequence[str]:
    """The columns of a joined table."""
    return names.tables.get(names.table(join.this.name) or "", ())


def _is_copy(columns: Sequence[str], others: list[Source]) -> bool:
    """Whether a table has no column that another one has not: it was made of that one."""
    own = {column.casefold() for column in columns}
    return bool(own) and any(own <= {column.casefold() for column in other.columns or ()} for other in others)


def _are_related(on: "exp.EQ", read: list[Source], names: Names) -> bool:
    """Whether a join's condition compares a key with the same key elsewhere, as far as the relations tell."""
    places = []
    for side in (on.this, on.expression):
        holder = next(
            (source for source in read if source.alias.casefold() == getattr(side, "table", "").casefold()), None
        )
        places.append((holder.table if holder else "", side.name.casefold()))
    return not all(table for table, _ in places) or names.same_thing(places[0], places[1])


def mentioned(table: str, others: list[str], said: set[str]) -> bool:
    """Whether a request speaks of a table: of a word of its name that no other table's name shares.

    Where each of its words is shared (`domain_author` beside `author` and `domain_paper`), of one that names no table.
    """
    shared = {singular(part) for other in others for part in _parts(other)}
    own = [singular(part) for part in _parts(table)]
    linking = ("in", "of", "to", "has", "have", "and")
    telling = [part for part in own if part not in shared and part not in linking]
    if not telling:
        named = {singular(other) for other in others}
        telling = [part for part in own if part not in named and part not in linking]
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
        if column.table.casefold() == alias:
            return True
        if not column.table and not any(other.column(column.name) for other in others):
            return True
    return False
