"""Texts that a condition compares with: spelt as the data spell them, looked for in the column that holds them."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tools.mending.names import Names, Source, around, scopes, sources

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

Lookup = Callable[[str, str, str], list[str] | None]
"""(table, column, text) -> the column's values that equal the text but for case and blanks; None: it is no text column."""


def mend_values(tree: "exp.Expr", names: Names, lookup: Lookup) -> list[str]:
    """Mend literals of `=`, `IN` and `LIKE` in place. Returns what was changed, one sentence each."""
    changes: list[str] = []
    for scope in scopes(tree):
        for column, literal in _compared(scope):
            read = [*sources(scope, names), *around(scope, names)]
            source = _source(column, read)
            if source is not None and (change := _mend(column, literal, source, read, lookup)):
                changes.append(change)
    return changes


def _compared(scope: "Scope") -> Iterator[tuple["exp.Column", "exp.Literal"]]:
    """Columns and the texts they are compared with."""
    from sqlglot import exp

    for node in scope.find_all(exp.EQ, exp.NEQ, exp.In):
        texts = node.expressions if isinstance(node, exp.In) else [node.expression]
        column = node.this.this if isinstance(node.this, exp.Lower | exp.Upper | exp.Trim) else node.this
        if isinstance(column, exp.Column) and column is node.this:
            for text in texts:
                if isinstance(text, exp.Literal) and text.is_string:
                    yield column, text


def _source(column: "exp.Column", read: list[Source]) -> Source | None:
    """The table that a column belongs to."""
    for source in read:
        if (not column.table or source.alias.casefold() == column.table.casefold()) and source.column(column.name):
            return source if source.table else None
    return None


def _mend(column: "exp.Column", text: "exp.Literal", source: Source, read: list[Source], lookup: Lookup) -> str:
    from sqlglot import exp

    wanted = text.name
    found = lookup(source.table, source.column(column.name) or column.name, wanted)
    if found is None or wanted in found:
        return ""
    if found:
        text.set("this", found[0])
        return f"'{wanted}' is written '{found[0]}' in {column.name}."
    if isinstance(column.parent, exp.In) and len(column.parent.expressions) > 1:
        return ""
    elsewhere = [
        (other, name, values[0])
        for other in read
        if other.table
        for name in other.columns or ()
        if (other.alias, name) != (source.alias, column.name) and (values := lookup(other.table, name, wanted))
    ]
    if len(elsewhere) != 1:
        return ""
    other, name, value = elsewhere[0]
    column.set("this", exp.to_identifier(name, quoted=None if name.isidentifier() else True))
    if column.table or len(read) > 1:
        column.set("table", exp.to_identifier(other.alias))
    text.set("this", value)
    return f"'{value}' stands in {name}."
