"""A query of groups and one measure as a chart, and a chart as the query whose numbers it shows.

A column of another table that a key joins is named as the dataset's own: the chart joins it. What is not covered: names that
both tables have, charts of quotients, and of the first few groups.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.composing.columns import aggregate_name, called, number_name
from assistant.composing.nouns import row_key, row_name
from assistant.composing.query import joined_with
from assistant.composing.told import told_beside
from assistant.context import Situation, Table
from assistant.followups import conditions_of, groups_of, plain_select, tables_of
from tools.mending.data import YES
from tools.words import identifier

if TYPE_CHECKING:
    from sqlglot import exp

_CYCLES = {"weekday": "dayname({})", "hour_of_day": "hour({})", "month_of_year": "month({})"}
KINDS = (("pie", r"pie|donut"), ("bar", r"bars?|column"), ("line", r"line"), ("area", r"area"))
"""Kinds that take groups and one measure, by the English words for them."""


def as_query(situation: Situation, chart: Mapping[str, Any]) -> str:
    """The query whose groups and measure a chart shows; empty for kinds and measures that are made otherwise."""
    table = situation.table(str(chart.get("dataset", "")))
    facts = {column.name: column for column in table.columns} if table else {}
    other, join = _join_of(situation, table, chart) if table else (None, "")
    facts = {column.name: column for column in other.columns} | facts if other else facts
    x, y, color = (facts.get(str(chart.get(name, ""))) for name in ("x", "y", "color"))
    call = {"mean": "avg"}.get(
        str(chart.get("measure") or ("sum" if y else "count")), str(chart.get("measure") or "sum")
    )
    if table is None or x is None or chart["kind"] not in {one for one, _ in KINDS} or (y and not y.is_number):
        return ""
    names = {name: f"{identifier(table.name)}.{identifier(name)}" for name in (column.name for column in table.columns)}
    names = (
        {one.name: f"{identifier(other.name)}.{identifier(one.name)}" for one in other.columns} | names if other else {}
    )
    at, step = names.get(x.name, identifier(x.name)), str(chart.get("step") or "")
    if x.is_time:
        at = _CYCLES[step].format(at) if step in _CYCLES else f"date_trunc('{step or 'month'}', {at})::date"
    keys = [at, *([names.get(color.name, identifier(color.name))] if color else [])]
    measure = f"{call}({names.get(y.name, identifier(y.name))})" if y else "count(*)"
    named = f"{measure} AS {identifier(aggregate_name(call, called(y)) if y else number_name(row_name(table)))}"
    where = f" WHERE {_qualified(str(chart['condition']), names)}" if chart.get("condition") else ""
    return f"SELECT {', '.join(keys)}, {named} FROM {identifier(table.name)}{join}{where} GROUP BY {', '.join(keys)}"


def _join_of(situation: Situation, table: Table, chart: Mapping[str, Any]) -> tuple[Table | None, str]:
    """The one other table that a chart of a table shows columns of, with how it is joined, as SQL."""
    condition = parse_condition(str(chart.get("condition") or ""))
    lacking = {str(chart[name]) for name in ("x", "y", "color") if chart.get(name)} | condition
    lacking -= {column.name for column in table.columns}
    for other, join in joined_with(situation, table) if lacking else []:
        if lacking <= {column.name for column in other.columns}:
            return other, join
    return None, ""


def parse_condition(condition: str) -> set[str]:
    """The columns that a condition speaks of."""
    from sqlglot import exp, parse_one

    return {one.name for one in parse_one(condition, read="duckdb").find_all(exp.Column)} if condition else set()


def _qualified(condition: str, names: Mapping[str, str]) -> str:
    """A condition with its columns as columns of their tables, where there are several."""
    from sqlglot import exp, parse_one

    if not names:
        return condition
    tree = parse_one(condition, read="duckdb")
    for column in list(tree.find_all(exp.Column)):
        if column.name in names:
            column.replace(parse_one(names[column.name], read="duckdb"))
    return tree.sql("duckdb")


def arguments(situation: Situation, sql: str, kind: str) -> dict[str, Any] | None:
    """A query of one or two groups and one measure as a chart; None for any other."""
    from sqlglot import exp

    tree = plain_select(sql)
    if tree is not None and (limit := tree.args.get("limit")) and limit.expression.sql() == "1":
        tree.set("limit", None)  # the group with the most is the highest of the bars
    if tree is None or any(tree.args.get(part) for part in ("having", "qualify", "limit")):
        return None
    from_today(tree)
    table = drawn_table(situation, tree)
    keys = [_axis(key) for key in groups_of(tree)]
    shown = [entry.unalias() for entry in tree.expressions if entry.unalias() not in groups_of(tree)]
    if kind == "pie" and len(shown) == 1 and isinstance(shown[0], exp.Div) and isinstance(shown[0].right, exp.Window):
        shown = [shown[0].left]  # a pie shows the shares
    if table is None or not 1 <= len(keys) <= 2 or len(shown) != 1 or (measure := _measure(table, shown[0])) is None:
        return None
    if kind == "pie" and measure["measure"] not in ("count", "sum"):
        return None  # parts that do not add up
    axes = sorted((axis for axis in keys if axis), key=lambda axis: not axis[1])
    if len(axes) != len(keys) or (len(axes) == 2 and (axes[1][1] or kind == "pie")):
        return None
    along = axes[0][1] and axes[0][1] not in _CYCLES
    made = {"dataset": table.name, "kind": kind or ("line" if along else "bar"), "x": axes[0][0], **measure}
    made |= {"step": axes[0][1]} if axes[0][1] else {}
    made |= {"color": axes[1][0]} if len(axes) == 2 else {}
    return made | where_of(tree)


def from_today(tree: "exp.Select") -> None:
    """Have `last month` counted from today alone, and its dates not shown beside the measure; in place.

    A chart reads its rows once: where the data end before, it says that no row meets the condition.
    """
    from sqlglot import exp

    for earlier in list(tree.find_all(exp.Least)):
        if earlier.find(exp.Subquery):
            earlier.replace(earlier.this)
    beside = told_beside(tree)
    tree.set("expressions", [one for one in tree.expressions if one not in beside])


def drawn_table(situation: Situation, tree: "exp.Select") -> Table | None:
    """The table whose rows a query counts, its columns and those of one that a key joins without their tables' names.

    In place. None where it reads others, joins them otherwise, or where the chart would take a column of the wrong table.
    """
    from sqlglot import exp

    named = tables_of(tree)
    read = {name: table for name, node in named.items() if (table := situation.table(node.name)) is not None}
    if len(list(tree.find_all(exp.Table))) != len(read):
        return None
    tables, joins = list(read.values()), tree.args.get("joins") or []
    if not joins:
        return tables[0] if len(tables) == 1 else None
    on = {frozenset((_place(join, read), _place(join, read, last=True))): join for join in joins}
    found = [
        one
        for one in situation.joins
        if frozenset(((one.table, one.column), (one.other, one.key))) in on
        and {one.table, one.other} == {table.name for table in tables}
    ]
    if len(tables) != 2 or len(joins) != 1 or len(found) != 1 or joins[0].side in ("RIGHT", "FULL"):
        return None
    [join] = found
    own = next(table for table in tables if table.name == join.table)
    for column in tree.find_all(exp.Column):
        if column.find_ancestor(exp.Join):
            continue
        holder = read.get(column.table.casefold()) if column.table else None
        same = (join.other, join.key) == (holder.name if holder else "", column.name) and join.column == join.key
        if holder is not None and holder is not own and not same and column.name in {one.name for one in own.columns}:
            return None
        column.set("table", None)
    return own


def _place(join: "exp.Join", read: Mapping[str, Table], *, last: bool = False) -> tuple[str, str]:
    """The table and the column on one side of a join's only equation; nothing where it has another condition."""
    from sqlglot import exp

    on = join.args.get("on")
    side = (on.expression if last else on.this) if isinstance(on, exp.EQ) else None
    table = read.get(side.table.casefold()) if isinstance(side, exp.Column) else None
    return (table.name, side.name) if table and side else ("", "")


def _axis(key: "exp.Expr") -> tuple[str, str] | None:
    """A group as a column and the step of its dates; None for anything else."""
    from sqlglot import exp

    inside = key.this if isinstance(key, exp.Cast) else key
    if isinstance(inside, exp.Column):
        return inside.name, ""
    if isinstance(inside, exp.DateTrunc | exp.TimestampTrunc) and isinstance(inside.this, exp.Column):
        return inside.this.name, inside.text("unit").casefold()
    cycles = ((exp.Hour, "hour_of_day"), (exp.Month, "month_of_year"))
    cycle = next(
        (name for kind, name in cycles if isinstance(inside, kind)), "weekday" if _tells_weekday(inside) else ""
    )
    if cycle and isinstance(column := inside.find(exp.Column), exp.Column):
        return column.name, cycle
    if isinstance(inside, exp.Year) and isinstance(column := inside.find(exp.Column), exp.Column):
        return column.name, "year"
    alike = inside.find(exp.Column) if isinstance(inside, exp.Lower) else None  # spellings that differ by case alone
    return (alike.name, "") if alike is not None else None


def _tells_weekday(key: "exp.Expr") -> bool:
    """Whether a group is the name of a weekday, in English or picked from those in Korean."""
    from sqlglot import exp

    name = key.name.casefold() if isinstance(key, exp.Anonymous) else type(key).__name__.casefold()
    return name == "dayname" or (isinstance(key, exp.Bracket) and key.find(exp.DayOfWeek) is not None)


def _measure(table: Table, value: "exp.Expr") -> dict[str, str] | None:
    from sqlglot import exp

    kinds = ((exp.Avg, "mean"), (exp.Sum, "sum"), (exp.Max, "max"), (exp.Min, "min"), (exp.Median, "median"))
    if isinstance(value, exp.Count) and (isinstance(value.this, exp.Star) or _each_row(table, value.this)):
        return {"measure": "count"}
    if isinstance(value, exp.Avg) and (flag := _flag(value.this)):
        return {"y": flag, "measure": "mean"}  # the share of yes
    name = next((name for kind, name in kinds if isinstance(value, kind)), "")
    return {"y": value.this.name, "measure": name} if name and isinstance(value.this, exp.Column) else None


def _each_row(table: Table, counted: "exp.Expr") -> bool:
    """Whether different values of the key of the rows are counted."""
    key = row_key(table)
    return (
        key is not None
        and type(counted).__name__ == "Distinct"
        and [one.name for one in counted.expressions] == [key.name]
    )


def _flag(cast: "exp.Expr") -> str:
    """The column of yes and no whose yes is cast as a number; empty for any other expression."""
    from sqlglot import exp

    test = cast.this.unnest() if isinstance(cast, exp.Cast) else None
    if not isinstance(test, exp.EQ) or not isinstance(test.this, exp.Column):
        return ""
    said = test.expression
    yes = isinstance(said, exp.Boolean) and said.this is True
    return test.this.name if yes or str(said.this).strip().casefold() in YES else ""


def where_of(tree: "exp.Select") -> dict[str, str]:
    told = " AND ".join(one.sql("duckdb") for one in conditions_of(tree))
    return {"condition": told} if told else {}
