"""Answers a question with one guarded SELECT, and says the numbers in words by rule, never by a language model."""

import re
from typing import TYPE_CHECKING, Any

from tools.beyond_all import beyond_all, found_nothing
from tools.guard import run_select
from tools.modelling.words import percent
from tools.tool import Job, Outcome, Sql, TableData, tool
from tools.words import is_number, listed, sentence

if TYPE_CHECKING:
    from sqlglot import exp

SHOWN = 8
"""Rows and columns that a sentence names; a longer result is a table with its first rows told."""
FIRST = 3
CELL = 60
"""Characters of a text cell that a sentence quotes."""
CALL = re.compile(r'^(count|sum|avg|mean|min|max|median|mode|stddev)\(("?[\w ]+"?)\)$', re.IGNORECASE)
_CALLS = {
    "count": "count of",
    "sum": "total",
    "avg": "average",
    "mean": "average",
    "min": "lowest",
    "max": "highest",
    "mode": "most frequent",
    "stddev": "standard deviation of",
    "median": "median",
}
_RATE = re.compile(r"(?:^|[_ ])(?:rate|share|proportion|fraction)(?:[_ ]|$)|율$|비중$", re.IGNORECASE)
"""Names of shares of one."""
_LABEL = re.compile(r"(^|[_ ])(year|id|code|zip|postcode)$|Id$", re.IGNORECASE)
"""Names of columns whose whole numbers are labels, not amounts: no thousands separators."""


@tool(effect="read", group="query", title="Answer with SQL")
def query_data(job: Job, sql: Sql) -> Outcome:
    """Answer a question about the data with one SQL SELECT: counts, sums, averages, rankings, lists of rows.

    Args:
        sql: One DuckDB SELECT over the datasets by name. Quote names with spaces like "Unit Price".
    """
    found, ran = run_select(job.workspace, sql, limit=1000)
    table = found.model_copy(update={"shares": shares_in(found, ran)})
    values: dict[str, Any] = {"row_count": table.row_count}
    if len(table.rows) == 1 and len(table.columns) <= SHOWN:
        values |= dict(zip(table.columns, table.rows[0], strict=True))
    why = beyond_all(job.workspace, ran) if found_nothing(table) else ""
    return Outcome(text=f"{in_words(table)}\n{why}".rstrip(), sql=ran, table=table, values=values)


def in_words(table: TableData) -> str:
    """One or two sentences with the numbers of a result table."""
    table = with_share_cells(table)
    count = table.row_count if table.row_count is not None else len(table.rows)
    if not count or not table.rows:
        return "No rows match."
    if count == 1:
        return _one_row(table)
    if count <= SHOWN and has_two_measures(table):
        return f"{'; '.join(_measured(table, row) for row in table.rows)}."
    if count <= SHOWN and has_groups(table):
        return f"{sentence(listed([column_in_words(name) for name in table.columns]))}: {_groups(table)}."
    if len(table.columns) == 1:
        return _one_column(table, count)
    first = "; ".join(", ".join(_pairs(table, row)[:SHOWN]) for row in table.rows[:FIRST])
    more = f"; and {len(table.columns) - SHOWN} more columns" if len(table.columns) > SHOWN else ""
    return f"{count:,} rows. {'They are' if count <= FIRST else 'The first are'}: {first}{more}."


def _one_row(table: TableData) -> str:
    """`Left customers is 2,037.`, `Seoul: left 814.` or `Customers 10,000, left 2,037 and share 20.4 %.`"""
    if len(table.columns) == 1:
        name = table.columns[0]
        return f"{sentence(column_in_words(name))} is {value_in_words(table.rows[0][0], name)}."
    if is_named_measure(table):
        return _measured(table, table.rows[0]) + "."
    return sentence(_listed(_pairs(table, table.rows[0]))) + "."


def _pairs(table: TableData, row: list[Any]) -> list[str]:
    """`country Germany`, `left 814`: each column with its value."""
    return [
        f"{column_in_words(name)} {value_in_words(cell, name)}" for name, cell in zip(table.columns, row, strict=True)
    ]


def _measured(table: TableData, row: list[Any]) -> str:
    """`Paris: rows 107, rent 20.5`, `rainy yes: rows 9, visits 2.5`."""
    label, *measures = _pairs(table, row)
    bare = value_in_words(row[0], table.columns[0], plain=True)
    return f"{label if isinstance(row[0], bool) else bare}: {', '.join(measures)}"


def _listed(pairs: list[str]) -> str:
    """All pairs, or the first eight `and 2 more columns`."""
    return listed(pairs, SHOWN) + (" columns" if len(pairs) > SHOWN else "")


def _one_column(table: TableData, count: int) -> str:
    name = table.columns[0]
    cells = listed([value_in_words(row[0], name) for row in table.rows[:SHOWN]], SHOWN)
    head = f"{count:,} rows of {column_in_words(name)}"
    return f"{head}: {cells}." if count <= SHOWN else f"{head}. The first are {cells}."


def _groups(table: TableData) -> str:
    """`Germany 814, France 810 and Spain 413`; two labels stand between brackets: `(Germany, Female) 448`."""
    names = table.columns[:-1]
    told = []
    for row in table.rows:
        label = ", ".join(value_in_words(cell, name, plain=True) for name, cell in zip(names, row, strict=False))
        told.append(f"{label if len(names) == 1 else f'({label})'} {value_in_words(row[-1], table.columns[-1])}")
    return listed(told, SHOWN)


def is_named_measure(table: TableData) -> bool:
    """Whether one row tells a name and one number of it."""
    return len(table.columns) == 2 and isinstance(table.rows[0][0], str) and is_number(table.rows[0][1])


def has_groups(table: TableData) -> bool:
    """Whether one or two columns name a group and the last one measures it."""
    numbers = [row[-1] for row in table.rows if row[-1] is not None]
    return len(table.columns) in (2, 3) and bool(numbers) and all(is_number(cell) for cell in numbers)


def has_two_measures(table: TableData) -> bool:
    """Whether the first of three columns alone names the groups, and two numbers, of which none is a year, measure each."""
    labels, middle = ([row[place] for row in table.rows if len(row) == 3] for place in (0, 1))
    apart = bool(labels) and len(set(map(str, labels))) == len(labels)
    named = apart and (not all(map(is_number, labels)) or all(map(_may_be_year, labels)))
    return has_groups(table) and named and all(map(is_number, middle)) and not all(map(_may_be_year, middle))


def _may_be_year(cell: Any) -> bool:
    return isinstance(cell, int) and 1900 <= cell <= 2100


# --- shares ------------------------------------------------------------------------------------------------------


class Share(float):
    """A share of one, told in percent."""

    __slots__ = ()


def with_share_cells(table: TableData) -> TableData:
    """A table whose shares of one know that they are such."""
    places = {place for place, name in enumerate(table.columns) if name in table.shares}
    if not places:
        return table
    rows = [
        [Share(cell) if place in places and is_number(cell) else cell for place, cell in enumerate(row)]
        for row in table.rows
    ]
    return table.model_copy(update={"rows": rows})


def shares_in(table: TableData, sql: str) -> list[str]:
    """The columns of a query's result that are shares of one, or growth from period to period, as its SQL tells.

    Shares of rows that meet a condition, of a count or a sum in all of them; a rate that is a column of the data is none.
    """
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return []
    if not isinstance(tree, exp.Select) or len(tree.expressions) != len(table.columns):
        return []
    found = []
    for place, (name, entry) in enumerate(zip(table.columns, tree.expressions, strict=True)):
        cells = [row[place] for row in table.rows if row[place] is not None]
        kind = _kind_of_share(_bare(entry), name)
        if (
            kind
            and cells
            and all(map(is_number, cells))
            and (kind == "growth" or all(0 <= cell <= 1 for cell in cells))
        ):
            found.append(name)
    return found


def _bare(entry: "exp.Expr") -> "exp.Expr":
    """What is computed, without its name, its rounding and its brackets."""
    from sqlglot import exp

    while isinstance(entry, exp.Alias | exp.Round | exp.Paren | exp.Coalesce | exp.Cast):
        entry = entry.this
    return entry


def _kind_of_share(made: "exp.Expr", name: str) -> str:
    """`share`, `growth` or nothing, of what a query computes."""
    from sqlglot import exp

    if isinstance(made, exp.Sub) and made.find(exp.Lag) and isinstance(_bare(made.this), exp.Div):
        return "growth" if made.expression.sql() in ("1", "1.0") else ""
    if isinstance(made, exp.Avg):
        if isinstance(made.this, exp.Column):
            return "share" if _RATE.search(name) and not _RATE.search(made.this.name) else ""
        return "share" if _tells_whether(made.this) else ""
    if isinstance(made, exp.Div):
        part, whole = _bare(made.this), _bare(made.expression)
        if isinstance(whole, exp.Window) and not isinstance(whole.this, exp.Lag):
            return "share"
        return "share" if isinstance(whole, exp.Count) and _counts_some(part) else ""
    return ""


def _tells_whether(inside: "exp.Expr") -> bool:
    """A condition as a number: `(left = 'yes')::int`, `CASE WHEN … THEN 1 ELSE 0 END`."""
    from sqlglot import exp

    inside = inside.unnest()
    if isinstance(inside, exp.Case | exp.If):
        branches = inside.args["ifs"] if isinstance(inside, exp.Case) else [inside]
        other = inside.args.get("default") or inside.args.get("false") or 0
        return {str(other), *(branch.args["true"].sql() for branch in branches)} <= {"0", "1", "0.0", "1.0"}
    condition = inside.this.unnest() if isinstance(inside, exp.Cast) else inside
    return isinstance(condition, exp.Predicate | exp.Connector | exp.Not)


def _counts_some(part: "exp.Expr") -> bool:
    """A count of the rows that meet a condition."""
    from sqlglot import exp

    if isinstance(part, exp.Mul):
        sides = [one for one in (part.this, part.expression) if one.sql() not in ("1", "1.0")]
        return len(sides) == 1 and _counts_some(_bare(sides[0]))
    filtered = isinstance(part, exp.Filter) and isinstance(part.this, exp.Count)
    return filtered or isinstance(part, exp.CountIf) or (isinstance(part, exp.Sum) and _tells_whether(part.this))


# --- words for names and values ----------------------------------------------------------------------------------


def is_call(name: str) -> bool:
    """Whether DuckDB named a column after what computed it, for want of a name."""
    return name == "count_star()" or bool(CALL.match(name))


def column_in_words(name: str) -> str:
    """`left_customers` as `left customers`, `count_star()` as `number of rows`, `avg(price)` as `average price`."""
    if name == "count_star()":
        return "number of rows"
    if match := CALL.match(name):
        return f"{_CALLS[match[1].lower()]} {match[2].strip(chr(34)).replace('_', ' ')}"
    if not name.strip() or ("(" in name and len(name) > CELL):
        return "the value"
    return name.replace("_", " ").strip()


def value_in_words(cell: Any, name: str = "", *, plain: bool = False) -> str:
    """A cell for people: `2,037`, `0.2037`, `empty`, `yes`, a long text cut short. Years and ids keep their digits."""
    if cell is None:
        return "empty"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return str(cell) if plain or _LABEL.search(name) else f"{cell:,}"
    if isinstance(cell, Share):
        return percent(cell) if abs(cell) >= 0.001 or not cell else f"{100 * cell:.2g} %"
    if isinstance(cell, float):
        return number_in_words(cell)
    text = " ".join(str(cell).split())
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def number_in_words(number: float) -> str:
    """Thousands separated, at most four decimals, or four significant digits below 0.001: `1,234.5`, `0.0001234`."""
    if number == 0 or 0.001 <= abs(number) < 1e15:
        text = f"{number:,.4f}"
        return text.rstrip("0").rstrip(".")
    return f"{number:.4g}"
