"""A condition on rows as a chart's title says it: `"City" = 'Paris' AND age >= 30` as `City = Paris, age ≥ 30`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

_SIGNS = {"EQ": "=", "NEQ": "≠", "GT": ">", "GTE": "≥", "LT": "<", "LTE": "≤"}


def shown(condition: str) -> str:
    """The condition without the marks of SQL; as it is where it holds anything but comparisons with values."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        return _said(parse_one(condition, read="duckdb")) or condition
    except (SqlglotError, RecursionError):
        return condition


def _said(node: "exp.Expr") -> str:
    """What one part says; empty where it can't be said plainly."""
    from sqlglot import exp

    match node:
        case exp.Paren():
            return _said(node.this)
        case exp.And():
            parts = [_said(part) for part in node.flatten()]
            return ", ".join(parts) if all(parts) else ""
        case exp.In() if node.expressions and (values := [_value(one) for one in node.expressions]) and all(values):
            return _joined(_column(node.this), "=", " / ".join(values))
        case exp.Between():
            low, high = _value(node.args["low"]), _value(node.args["high"])
            return _joined(_column(node.this), "=", f"{low} – {high}" if low and high else "")
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            return _joined(_column(node.this), _SIGNS[type(node).__name__], _value(node.expression))
    return ""


def _joined(column: str, sign: str, value: str) -> str:
    return f"{column} {sign} {value}" if column and value else ""


def _column(node: "exp.Expr") -> str:
    """A column's name, also where its case or the blanks round it are left out of account."""
    from sqlglot import exp

    while isinstance(node, exp.Lower | exp.Upper | exp.Trim):
        node = node.this
    return node.name if isinstance(node, exp.Column) else ""


def _value(node: "exp.Expr") -> str:
    """A number, text or date that stands there."""
    from sqlglot import exp

    match node:
        case exp.Cast() if isinstance(node.this, exp.Literal) and node.is_type("date", "timestamp"):
            return node.this.name
        case exp.Neg() if isinstance(node.this, exp.Literal):
            return f"-{node.this.name}"
        case exp.Literal():
            return node.name
        case exp.Boolean():
            return "yes" if node.this else "no"
    return ""
