"""Columns that no table has, compared with a text that one column holds: `label = 'Oslo'` where only `city` has Oslo.

What is not covered: texts that stand in several columns, and comparisons with numbers.
"""

from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names, Source, around, scopes, sources
from tools.mending.written import as_column

if TYPE_CHECKING:
    from sqlglot import exp


def mend_holders(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """Compare the column that holds the text, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    changes = []
    for scope in scopes(tree):
        own = sources(scope, names)
        if not isinstance(scope.expression, exp.Select) or any(source.columns is None for source in own):
            continue
        aliases = {projection.alias.casefold() for projection in scope.expression.selects if projection.alias}
        for test in list(scope.find_all(exp.EQ, exp.ILike, exp.Like)):
            column, text = test.this, test.expression
            if not (isinstance(column, exp.Column) and isinstance(text, exp.Literal) and text.is_string):
                continue
            known = any(source.column(column.name) for source in [*own, *around(scope, names)])
            if known or column.name.casefold() in aliases:
                continue
            if len(held := _holders(own, text.name.strip("%"), data)) == 1:
                source, name = held[0]
                column.replace(as_column(name, source.alias if len(own) > 1 else None))
                changes.append(f"'{text.name}' stands in {name}; there is no {column.name}.")
    return changes


def _holders(own: list[Source], text: str, data: Data) -> list[tuple[Source, str]]:
    """The text columns that are read and hold a text: as their whole value, or else as a part of one."""
    columns = [
        (source, name)
        for source in own
        for name in (source.columns or () if source.table else ())
        if data.is_text(source.table, name)
    ]
    whole = [(source, name) for source, name in columns if data.spelt(source.table, name, text)]
    return whole or [(source, name) for source, name in columns if data.holding(source.table, name, text)]
