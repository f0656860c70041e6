"""Names as nodes of a statement, in quotes where they are no plain words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


def as_identifier(name: str) -> "exp.Identifier":
    """A name, in quotes where it is no identifier or sqlglot would not take it for one."""
    from sqlglot import exp

    return exp.to_identifier(name, quoted=None if name.isidentifier() else True)


def as_column(name: str, table: str | None = None) -> "exp.Column":
    """A column of a table, or of the only one."""
    from sqlglot import exp

    return exp.column(name, table=table, quoted=not name.isidentifier())
