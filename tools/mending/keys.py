"""Keys that nobody named: `doctor_id = 'D02'` for Dr Klein is the key of the row that is called so.

A model sees a few keys and takes one of them. What is not covered: keys that are numbers, and rows named in part.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.types import typed
from tools.words import identifier, literal

if TYPE_CHECKING:
    from sqlglot import exp

_MOST_WORDS = 4


def mend_keys(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Comparisons of a key with a text that is not in the request, with the rows that it names; in place."""
    from sqlglot import exp, parse_one

    changes = []
    for column, _, place in list(typed(tree, names, data)):
        test = column.parent
        if not isinstance(test, exp.EQ) or test.this is not column or not isinstance(test.expression, exp.Literal):
            continue
        told = test.expression.name
        if not test.expression.is_string or told.casefold() in request.casefold():
            continue
        for join in names.joins:
            if place == (join.table, join.column) and (found := _called(join.other, join.key, data, request)):
                name, value = found
                keys = f"SELECT {identifier(join.key)} FROM {identifier(join.other)} WHERE {identifier(name)} = {literal(value)}"
                test.replace(exp.In(this=column.copy(), query=exp.Subquery(this=parse_one(keys, read="duckdb"))))
                changes.append(f"'{value}' stands in {name}; nobody named '{told}'.")
                break
    return changes


def _called(table: str, key: str, data: Data, request: str) -> tuple[str, str] | None:
    """The one column of texts and the value in it that the request names by two words or more."""
    words = re.findall(r"[^\W_]+(?:[.'-][^\W_]+)*\.?", request)
    runs = [
        " ".join(words[start : start + length]).rstrip("?!")
        for length in range(_MOST_WORDS, 1, -1)
        for start in range(len(words) - length + 1)
    ]
    columns = [name for name in data.tables.get(table, []) if name != key and data.is_text(table, name)]
    found = [(name, value) for run in runs for name in columns for value in data.spelt(table, name, run) or []]
    return found[0] if len(set(found)) == 1 else None
