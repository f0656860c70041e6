"""Transforms in the person's own SQL: one formula, or one SELECT, both read by the guard first."""

import re
from collections.abc import Mapping

from tools.guard import check_formula, check_select, read
from tools.guarding.pivot import with_values
from tools.tool import Formula, Sql, ToolError
from tools.transform import Derived, Input, transform
from tools.words import identifier, literal

_NAME = "dataset"
_VERSION = re.compile(r'^"(.+)@\d+"$')


@transform(group="custom", rows="same", title="Add column {name}")
def add_formula(table: Input, name: str, formula: Formula) -> Derived:
    """Add a column computed from other columns of the same row, such as price * quantity. An existing name is replaced.

    Args:
        name: Name of the new column.
        formula: One SQL expression over the columns, such as Balance / Salary or CASE WHEN Age > 60 THEN 'old' END.
    """
    name = name.strip()
    if not name:
        raise ToolError("The new column has no name. Give it one of at least one character.")
    names = [column.name for column in table.columns]
    checked = check_formula(formula, names)
    reading = read(f"SELECT {checked} FROM formula_input")
    old = next((known for known in names if known.casefold() == name.casefold()), None)
    if old:
        sql = f"SELECT * REPLACE ({checked} AS {identifier(old)}) FROM {table.name}"
        text = f"Replaced the column {old} by {_shown(checked)}."
    else:
        sql = f"SELECT *, {checked} AS {identifier(name)} FROM {table.name}"
        text = f"Added the column {name} = {_shown(checked)}."
    if reading.windows:
        text += " It looks at other rows too, so on new data it depends on which rows come together."
    if reading.varies:
        text += " It was worked out at this moment and stays as it is."
    return Derived(sql, text, materialise=reading.varies)


@transform(group="custom", rows="reshape", title="Transform with SQL")
def transform_with_sql(table: Input, sql: Sql) -> Derived:
    """Make the next version of the dataset with one SQL SELECT over it and other datasets. Use it when no other tool fits.

    Args:
        sql: One DuckDB SELECT that reads the dataset by its name, such as SELECT * FROM orders WHERE price > 0.
    """
    others = {name: quoted for name, (quoted, _) in table.others.items()}
    own = _own_name(table, sql, others)
    tables = {own: table.name, **others} if own else others

    def pinned(text: str) -> str:
        return _pinned(text, tables)

    checked = with_values(
        sql, tables=list(tables), rows=lambda text: table.learn_rows(f"values of: {text}", pinned(text))
    )
    reading = read(checked)
    if own.casefold() not in reading.tables:
        raise ToolError(f"The SELECT does not read {own}, the dataset it should change. Write FROM {own}.")
    text = f"Made the next version of {own} with one SELECT."
    return Derived(pinned(checked), text, materialise=reading.varies or reading.ordered)


def _own_name(table: Input, sql: str, others: Mapping[str, str]) -> str:
    """The name by which the SELECT calls the dataset it changes.

    In a replay the rows come from another relation, so the name is the one that was learned, or else the one that no
    other dataset has.
    """
    if match := _VERSION.match(table.name):
        name = match[1].replace('""', '"')
        return str(table.learn(_NAME, f"SELECT {literal(name)}"))
    if _NAME in table.learned:
        return str(table.learn(_NAME, ""))
    known = {name.casefold() for name in others}
    for name in sorted(read(sql).tables - known):
        try:
            check_select(sql, tables=[*others, name])
        except ToolError:
            continue
        return name
    raise ToolError(f"The SELECT does not read the dataset it should change: {_shown(sql)}")


def _pinned(sql: str, tables: Mapping[str, str]) -> str:
    """The SELECT with each dataset's name bound to the version it has now, so that it means the same for ever."""
    read_here = read(sql).tables
    bound = [
        f"{identifier(name)} AS (FROM {quoted})" for name, quoted in tables.items() if name.casefold() in read_here
    ]
    return f"WITH {', '.join(bound)} SELECT * FROM ({sql})" if bound else sql


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:119] + "…"
