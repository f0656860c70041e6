"""A number divided by the time between two moments: a distance by that is a speed, told by the hour.

What is not covered: times that are kept as text, and products with a time.
"""

from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp


def mend_durations(tree: "exp.Expr", names: Names, data: Data) -> list[str]:
    """Divisions by the difference of two moments, which is no number, as hours; in place. Returns what was changed."""
    from sqlglot import exp

    moments = {id(column) for column, kind, _ in typed(tree, names, data) if kind.startswith("TIMESTAMP")}
    changes = []
    for division in list(tree.find_all(exp.Div)):
        span = division.expression.unnest()
        if isinstance(span, exp.Sub) and {id(span.this), id(span.expression)} <= moments:
            hours = exp.Div(this=exp.func("epoch", span.copy()), expression=exp.Literal.number(3600))
            division.set("expression", exp.func("nullif", exp.paren(hours), exp.Literal.number(0)))
            changes = ["The time between is told in hours."]
    return changes
