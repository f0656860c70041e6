"""Short follow-ups that are understood word for word: the query before with another group, case, measure or number of rows.

`and by month?`, `only for Harbour`, `what about the rent?`, `and the median?`, `상위 3개만`, `부산 빼고`. What is not
covered: queries before with a set operation, a table read twice or tables called otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.composing.columns import adds_up, aggregate_name, is_rating
from assistant.composing.marks import Lexicon
from assistant.composing.parts import Parts
from assistant.composing.phrases import meaning
from assistant.composing.query import joined_with, left_over
from assistant.composing.told import by_time, fixes, flat, speaks_of, told_beside
from assistant.composing.wording import Wording, wording_of
from assistant.context import Situation, Table, Turn
from assistant.followups import OF_THOSE, WHOLE, bounds, columns_of, conditions_of, groups_of, plain_select
from tools.words import identifier

if TYPE_CHECKING:
    from sqlglot import exp


def continued(situation: Situation, request: str) -> str:
    """The query of the turn before as a follow-up changes it; empty where not every word is understood in one way."""
    from sqlglot.errors import SqlglotError

    if WHOLE.search(request) or not (sql := query_before(situation.turns)):
        return ""
    try:
        tree = plain_select(sql)
        made = list(dict.fromkeys(_changed(tree, situation, request))) if tree else []
    except (SqlglotError, RecursionError):
        return ""
    return made[0] if len(made) == 1 else ""


def query_before(turns: Sequence[Turn]) -> str:
    """The statement of the last turn, where it was one query."""
    steps = turns[-1].steps if turns else ()
    return str(steps[0]["sql"]) if len(steps) == 1 and steps[0]["tool"] == "query_data" else ""


def _changed(tree: "exp.Select", situation: Situation, request: str) -> Iterator[str]:
    """The statement as the request changes it, over its own tables, else with one that a key joins."""
    from sqlglot import exp

    read = list(tree.find_all(exp.Table))
    tables = [table for node in read if (table := situation.table(node.name)) and node.alias_or_name == node.name]
    if len(tables) != len(read) or not tables:
        return
    tables = list({table.name: table for table in tables}.values())
    own = _with(tree, tuple(tables), "", request)
    if own:
        yield own
        return
    for other, join in joined_with(situation, tables[0]) if len(tables) == 1 else ():
        if made := _with(tree, (tables[0], other), join, request):
            yield made


def _with(tree: "exp.Select", tables: tuple[Table, ...], join: str, request: str) -> str:
    words = wording_of(request)
    text, marks = Lexicon(tables).marked(words.idle.sub(" ", words.lead.sub("", request)))
    parts = Parts(tables[0], text, marks)
    if join and not any(mark.table == tables[1].name for mark in marks):
        return ""
    words.read(parts)
    if parts.timed and _other_time(tree, parts):
        return ""
    made, did = tree.copy(), False
    beside = told_beside(made)
    made.set("expressions", [entry for entry in made.expressions if entry not in beside])
    if join:
        _join(made, tables[0], join)
    for change in (_first, _measured, _grouped, _narrowed):
        if (done := change(made, parts, request, words)) is None:
            return ""
        did = did or done
    if not any(one.time for one in parts.conditions) and not by_time(made):
        made.set("expressions", [*made.expressions, *beside])
    left = left_over(parts) or parts.unclear or parts.share >= 0 or parts.span or parts.having
    return "" if left or not did else _bare(made, tables, join)


def _other_time(tree: "exp.Select", parts: Parts) -> bool:
    """Whether what is measured is a time between moments that are not the one a follow-up speaks of."""
    from sqlglot import exp

    spans = [span for entry in tree.expressions for span in entry.find_all(exp.DateDiff, exp.Extract)]
    names = {column.name for span in spans for column in span.find_all(exp.Column)}
    moments = {column.name for column in parts.table.columns if column.is_time}
    return bool(names & moments) and not any(parts.moment().endswith(f".{identifier(name)}") for name in names)


def _bare(made: "exp.Select", tables: tuple[Table, ...], join: str) -> str:
    """The statement as SQL, without the name of a table that stands alone."""
    from sqlglot import exp

    if len(list(made.find_all(exp.Table))) == len(list(made.find_all(exp.Subquery))) + 1:
        for column in made.find_all(exp.Column):
            column.set("table", None)
    return made.sql("duckdb")


def _join(made: "exp.Select", table: Table, join: str) -> None:
    """Join another table; the columns there are stay those of the first."""
    from sqlglot import exp, parse_one

    for column in made.find_all(exp.Column):
        if not column.table and column.name.casefold() in {name.casefold() for name in table.version.names}:
            column.set("table", exp.to_identifier(table.name))
    joined = parse_one(f"SELECT 1 FROM {identifier(table.name)}{join}", read="duckdb")
    made.set("joins", joined.args["joins"])


def _expression(sql: str, name: str = "") -> "exp.Expr":
    from sqlglot import exp, parse_one

    made = parse_one(sql, read="duckdb")
    return exp.alias_(made, name, quoted=not re.fullmatch(r"[a-z][a-z0-9_]*", name)) if name else made


# --- what a follow-up changes; None where it can't be, else whether anything was --------------------------------


def _measured(made: "exp.Select", parts: Parts, request: str, words: Wording) -> bool | None:
    """Another measure: one of its own, the same of another column, or another aggregate of the same column."""
    from sqlglot import exp

    keys = groups_of(made)
    shown = [entry for entry in made.expressions if entry.unalias() not in keys]
    calls = [entry for entry in shown if isinstance(entry.unalias(), exp.AggFunc)]
    if parts.measures:
        shares = set().union(*(columns_of(_expression(sql)) for sql in parts.measures if sql.startswith("avg((")))
        kept = [one.copy() for one in conditions_of(made) if not columns_of(one) & shares]
        if shares:  # the share of what alone is left would be all or nothing
            made.set("where", exp.Where(this=exp.and_(*kept)) if kept else None)
        new = [_expression(sql, name) for sql, name in parts.measures.items()]
    elif (bare := words.measure.fullmatch(parts.text)) is None:
        return False
    elif len(shown) != 1 or len(calls) != 1 or (other := _of_other(calls[0].unalias(), parts, bare, words)) is None:
        return None
    else:
        new, parts.text = [other], ""
    if not calls or len(calls) != len(shown):
        return None
    _replace(made, [entry for entry in made.expressions if entry.unalias() in keys], new)
    return True


def _of_other(call: "exp.Expr", parts: Parts, said: "re.Match[str]", words: Wording) -> "exp.Expr | None":
    """The same aggregate of another column, or another one of the same column."""
    from sqlglot import exp

    kinds = ((exp.Avg, "avg"), (exp.Sum, "sum"), (exp.Max, "max"), (exp.Min, "min"), (exp.Median, "median"))
    of, own = call.this, next((name for kind, name in kinds if isinstance(call, kind)), "")
    if not own or not isinstance(of, exp.Column):
        return None
    told, number = meaning(said["agg"], words.aggregates) if said["agg"] else own, said["c"]
    if number and (not parts.fact(number).is_number or (told == "sum" and not _summed_too(parts, of, number))):
        return None
    column, name = (parts.column(number), parts.fact(number).name) if number else (of.sql("duckdb"), of.name)
    return _expression(f"{told}({column})", aggregate_name(told, name))


def _summed_too(parts: Parts, before: "exp.Column", number: str) -> bool:
    """Whether a column may be summed as the one before: what is added up by itself says nothing of any other."""
    asked = any(column.name == before.name and not adds_up(column) for column in parts.table.columns)
    return adds_up(parts.fact(number)) or (asked and not is_rating(parts.fact(number)))


def _replace(made: "exp.Select", keys: "list[exp.Expr]", measures: "list[exp.Expr]") -> None:
    """Other measures beside the groups; an order by the first of the old ones is by the first of the new."""
    old = {entry.alias_or_name for entry in made.expressions}
    made.set("expressions", [*keys, *measures])
    order = made.args.get("order")
    for ordered in order.expressions if order else ():
        if ordered.this.sql("duckdb").strip('"') in old - {key.alias_or_name for key in keys}:
            ordered.set("this", _expression(identifier(measures[0].alias_or_name)))


def _grouped(made: "exp.Select", parts: Parts, request: str, words: Wording) -> bool | None:
    """Other groups, or more of them where the words say so."""
    from sqlglot import exp

    if not parts.keys:
        return False
    if parts.compares:
        return None
    keys = groups_of(made)
    entries = [entry for entry in made.expressions if entry.unalias() in keys]
    measures = [entry for entry in made.expressions if entry.unalias() not in keys]
    if not measures or any(entry.find(exp.AggFunc) is None or entry.find(exp.Window) for entry in measures):
        return None
    kept = entries if words.more.search(request) else []
    free = [one.copy() for one in conditions_of(made) if not any(fixes(one, _expression(key)) for key in parts.keys)]
    if len(free) < len(conditions_of(made)):
        made.set("where", exp.Where(this=exp.and_(*free)) if free else None)
    new = [_expression(sql, "" if sql.endswith(f".{identifier(name)}") else name) for sql, name in parts.keys.items()]
    made.set("expressions", [*kept, *new, *measures])
    made.set("group", exp.Group(expressions=[entry.unalias().copy() for entry in (*kept, *new)]))
    for part in ("having", "qualify", *(() if parts.limit else ("limit",))):
        made.set(part, None)
    if parts.in_order:
        made.set("order", exp.Order(expressions=[exp.Ordered(this=_expression(parts.in_order))]))
    elif (
        entries
        and not kept
        and (order := made.args.get("order"))
        and (order.find(exp.AnyValue) or not order.find(exp.AggFunc))
    ):
        names = {entry.alias_or_name for entry in measures}
        if not all(ordered.this.name in names for ordered in order.expressions):
            made.set("order", None)
    return True


def _narrowed(made: "exp.Select", parts: Parts, request: str, words: Wording) -> bool | None:
    """Other conditions: those there are over the same columns go, unless these narrow them."""
    from sqlglot import exp

    _bounded(made, parts, words)
    if not parts.conditions:
        return False
    new = [_expression(condition.sql) for condition in parts.conditions]
    old = [part.copy() for one in conditions_of(made) for part in flat(one)]
    if any(isinstance(entry.unalias(), exp.Filter) for entry in made.expressions):
        return None
    narrows = OF_THOSE.search(request) is not None
    kept = [one for one in old if not any(speaks_of(one, other) for other in new) or (narrows and bounds(one, new))]
    made.set("where", exp.Where(this=exp.and_(*kept, *new)))
    if any(entry.find(exp.AggFunc) for entry in made.expressions) and not by_time(made):
        made.set("expressions", [*made.expressions, *(_expression(sql, name) for sql, name in parts.told.items())])
    return True


def _bounded(made: "exp.Select", parts: Parts, words: Wording) -> None:
    """`and over 1500?`: the one number that was compared before gets another bound."""
    from sqlglot import exp

    tests = [one for one in conditions_of(made) if isinstance(one, exp.GT | exp.GTE | exp.LT | exp.LTE)]
    bare = words.bound.search(parts.text)
    if bare is None or len(tests) != 1 or not isinstance(tests[0].this, exp.Column):
        return
    parts.where(f"{tests[0].this.sql('duckdb')} {words.sign(bare['op'])} {parts.number(bare['n'])}", bare.start())
    parts.drop(re.escape(bare[0]))


def _first(made: "exp.Select", parts: Parts, request: str, words: Wording) -> bool | None:
    """The first few groups, another order, or the other end: `just the top 3`, `highest first`, `and the lowest?`."""
    from sqlglot import exp

    order = made.args.get("order")
    ends = words.end.fullmatch(parts.text)
    if ends and ends["c"] and parts.fact(ends["c"]).name not in {key.name for key in groups_of(made)}:
        return None
    if ends and (ends["first"] or (order and made.args.get("limit"))):
        parts.text, parts.order = "", "DESC" if ends["most"] else "ASC"
    elif not parts.limit:
        return False
    keys = groups_of(made)
    measures = [entry for entry in made.expressions if entry.unalias() not in keys]
    if not keys or not measures or not isinstance(measures[0], exp.Alias):
        return None
    down = parts.order != "ASC"
    made.set("order", exp.Order(expressions=[exp.Ordered(this=_expression(identifier(measures[0].alias)), desc=down)]))
    if parts.limit:
        made.set("limit", exp.Limit(expression=exp.Literal.number(parts.limit)))
    return True
