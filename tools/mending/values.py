"""Texts that a condition compares with: spelt as the data spell them, looked for in the column that holds them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names, Source, around, scopes, sources
from tools.mending.written import as_identifier
from tools.relations import plain_name

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope


def mend_values(tree: "exp.Expr", names: Names, data: Data, said: set[str]) -> list[str]:
    """Mend literals of `=`, `<>` and `IN` in place; `said` are the request's words. Returns what was changed."""
    changes: list[str] = []
    for scope in scopes(tree):
        for column, literal in _compared(scope):
            read = [*sources(scope, names), *around(scope, names)]
            source = _source(column, read)
            if source is not None and (change := _mend(column, literal, source, read, data, said)):
                changes.append(change)
    return changes


def _compared(scope: "Scope") -> Iterator[tuple["exp.Column", "exp.Literal"]]:
    """Columns and the texts they are compared with."""
    from sqlglot import exp

    for node in scope.find_all(exp.EQ, exp.NEQ, exp.In):
        texts = node.expressions if isinstance(node, exp.In) else [node.expression]
        column = node.this
        if isinstance(column, exp.Column):
            for text in texts:
                if isinstance(text, exp.Literal) and text.is_string:
                    yield column, text


def _source(column: "exp.Column", read: list[Source]) -> Source | None:
    """The table that a column belongs to."""
    for source in read:
        if (not column.table or source.alias.casefold() == column.table.casefold()) and source.column(column.name):
            return source if source.table else None
    return None


def _mend(
    column: "exp.Column", text: "exp.Literal", source: Source, read: list[Source], data: Data, said: set[str]
) -> str:
    wanted, name = text.name, source.column(column.name) or column.name
    found = data.spelt(source.table, name, wanted)
    if found and len(found) > 1 and column.parent is not None and column.parent.key in ("eq", "neq"):
        return _every_spelling(column, text, found)
    if found is None or wanted in found:
        return ""
    if found:
        text.set("this", found[0])
        return f"'{wanted}' is written '{found[0]}' in {name}."
    asked_here = plain_name(column.name) in said  # then it is not looked for in another column
    moved = "" if asked_here else _moved(column, text, source, read, data)
    return moved or _part(column, text, data.holding(source.table, name, wanted))


def _every_spelling(column: "exp.Column", text: "exp.Literal", found: list[str]) -> str:
    """A value written in several ways (`Won`, `won `) is compared without case and blanks."""
    from sqlglot import exp

    text.set("this", text.name.strip().lower())
    column.replace(exp.Lower(this=exp.Trim(this=column.copy())))
    return f"{column.name} is written {', '.join(map(repr, found))}: all of them count."


def _moved(column: "exp.Column", text: "exp.Literal", source: Source, read: list[Source], data: Data) -> str:
    """The condition asks the one column that holds the value, where the named one does not."""
    from sqlglot import exp

    if not isinstance(column.parent, exp.EQ):
        return ""
    elsewhere = [
        (other, name, values[0])
        for other in read
        if other.table
        for name in other.columns or ()
        if (other.alias, name) != (source.alias, column.name) and (values := data.spelt(other.table, name, text.name))
    ]
    if len(elsewhere) != 1:
        return ""
    other, name, value = elsewhere[0]
    column.set("this", as_identifier(name))
    if column.table or len(read) > 1:
        column.set("table", exp.to_identifier(other.alias))
    text.set("this", value)
    return f"'{value}' stands in {name}."


def _part(column: "exp.Column", text: "exp.Literal", values: list[str]) -> str:
    """A value that is named in part: `Aurelie Rivard` for Aurélie Rivard, `Theodis` for Theodis Tarver."""
    from sqlglot import exp

    wanted, compared = text.name, column.parent
    if len(values) == 1:
        text.set("this", values[0])
        return f"'{wanted}' is taken for '{values[0]}', the one value of {column.name} with it."
    if values and isinstance(compared, exp.EQ):
        pattern = exp.Literal.string(f"%{wanted}%")
        compared.replace(exp.ILike(this=column.copy(), expression=pattern))
        return f"No {column.name} is '{wanted}'; those with it in them are taken."
    return ""
