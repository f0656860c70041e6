"""Reads DuckDB's syntax tree of one SELECT and refuses whatever is not known to be harmless.

Fails closed: a kind of node, table or function that is on no list is refused, so a new DuckDB can only refuse too much.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from tools.guarding.functions import AGGREGATES, ALLOWED, CLOCK, ELSEWHERE, TABLE_FUNCTIONS, VOLATILE, WINDOWS, words
from tools.guarding.shape import every, fold
from tools.words import unknown

MAX_DEPTH = 400
"""Levels of the tree as JSON, about two per level of SQL."""
TOO_DEEP = "The SQL is nested too deeply. Write it as several simple steps (WITH a AS (…))."
EXPRESSIONS = words(
    "BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR"
    " POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW"
)
SELECTS = words("SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE")
TABLES = words("BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY PIVOT SHOW_REF")
PARTS = words(
    "ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING"
)
NILADIC = words("current_catalog current_role current_schema current_user session_user")
"""Names that DuckDB reads as a function where no column has them."""


class Refused(Exception):
    """A part of the tree that may not run, in words."""


@dataclass(frozen=True)
class Frame:
    """What is in reach at a place in the tree."""

    tables: tuple[str, ...]
    ctes: frozenset[str] = frozenset()
    columns: tuple[str, ...] | None = None
    """Set inside a formula: the only columns it may name, and no tables at all."""
    names: frozenset[str] = frozenset()
    """Parameters of the lambdas around this place."""


def short(name: str) -> str:
    """A name from outside, fit for a one-line message."""
    name = " ".join("".join(sign if sign.isprintable() else "?" for sign in name).split())
    return name if len(name) <= 60 else name[:57] + "…"


def inspect(node: Any, frame: Frame, depth: int = 0) -> None:
    """Walk a part of the tree. Raises Refused at the first thing that is not allowed."""
    if depth > MAX_DEPTH:
        raise Refused(TOO_DEEP)
    if isinstance(node, list):
        for item in node:
            inspect(item, frame, depth + 1)
    elif isinstance(node, dict):
        if "class" in node:
            _expression(node, frame, depth)
        elif "type" in node and isinstance(node["type"], str):
            _part(node, frame, depth)
        else:
            _children(node, frame, depth)


def _children(node: dict[str, Any], frame: Frame, depth: int, skip: Sequence[str] = ()) -> None:
    for key, value in node.items():
        if key not in skip and isinstance(value, dict | list):
            inspect(value, frame, depth + 1)


# --- tables ------------------------------------------------------------------------------------------------------


def _part(node: dict[str, Any], frame: Frame, depth: int) -> None:
    kind = node["type"]
    if kind in SELECTS:
        _select(node, frame, depth)
    elif kind in TABLES:
        _table(node, frame, depth)
    elif kind in PARTS or kind.endswith("_TYPE_INFO"):
        _children(node, frame, depth)
    else:
        raise Refused(f"{short(kind)} is not something a SELECT here may hold. Write a plain SELECT.")


def _select(node: dict[str, Any], frame: Frame, depth: int) -> None:
    """A SELECT with its CTEs: each sees the ones before it; a recursive one sees itself in its second half only."""
    if frame.columns is not None:
        raise Refused("A formula can't hold a SELECT. Use the columns of this dataset, or transform_with_sql.")
    for entry in node.get("cte_map", {}).get("map", []):
        inspect(entry["value"], frame, depth + 1)
        frame = replace(frame, ctes=frame.ctes | {fold(entry["key"])})
    if node["type"] == "RECURSIVE_CTE_NODE":
        inspect(node["left"], frame, depth + 1)
        frame = replace(frame, ctes=frame.ctes | {fold(node["cte_name"])})
    _children(node, frame, depth, skip=("cte_map",))


def _table(node: dict[str, Any], frame: Frame, depth: int) -> None:
    kind = node["type"]
    if kind == "BASE_TABLE":
        _named_table(node, frame)
    elif kind == "TABLE_FUNCTION":
        _table_function(node["function"], frame, depth)
    elif kind == "SHOW_REF" and not node.get("query"):
        raise Refused(f"Lists of tables and settings are not readable. {_datasets(frame)}")
    elif kind == "PIVOT" and any(pivot.get("pivot_enum") for pivot in node.get("pivots", [])):
        raise Refused("PIVOT … IN a type is refused. List the values: PIVOT t ON c IN ('a', 'b') USING sum(n).")
    _children(node, frame, depth, skip=("function",) if kind == "TABLE_FUNCTION" else ())


def _named_table(node: dict[str, Any], frame: Frame) -> None:
    name, schema, catalog = node["table_name"], node.get("schema_name") or "", node.get("catalog_name") or ""
    if node.get("at_clause"):
        raise Refused("AT (…) is refused. Name the dataset alone.")
    if catalog or schema:
        raise Refused(
            f"Table {short('.'.join(filter(None, (catalog, schema, name))))} is refused: write a dataset's name alone. {_datasets(frame)}"
        )
    if fold(name) not in frame.ctes and fold(name) not in {fold(table) for table in frame.tables}:
        raise Refused(unknown("dataset", short(name), list(frame.tables)))


def _datasets(frame: Frame) -> str:
    return f"Datasets: {', '.join(frame.tables[:30]) or 'none yet'}."


def _table_function(node: dict[str, Any], frame: Frame, depth: int) -> None:
    if node.get("class") != "FUNCTION":
        raise Refused("This kind of table function is refused. Read a dataset by its name.")
    name = fold(node["function_name"])
    if name not in TABLE_FUNCTIONS or not _builtin(node):
        raise Refused(
            f"Table function {short(_full_name(node))} is refused: a SELECT here reads this project's datasets only."
            f" {_datasets(frame)}"
        )
    _children(node, frame, depth)


# --- expressions -------------------------------------------------------------------------------------------------


def _expression(node: dict[str, Any], frame: Frame, depth: int) -> None:
    kind = node["class"]
    if kind not in EXPRESSIONS:
        what = "A parameter ($1, ?)" if kind == "PARAMETER" else f"{short(str(kind))} in an expression"
        raise Refused(f"{what} is refused. Write the value itself.")
    if kind == "CONSTANT":
        return
    if kind == "CAST":
        _type(node.get("cast_type"))
    if kind in ("FUNCTION", "WINDOW"):
        _function(node, frame)
    elif kind == "COLUMN_REF":
        _column(node, frame)
    elif kind == "LAMBDA":
        frame = replace(frame, names=frame.names | _parameters(node["lhs"]))
    elif kind in ("SUBQUERY", "STAR") and frame.columns is not None:
        raise Refused("A formula makes one value a row: no SELECT and no * in it. Name the columns.")
    _children(node, frame, depth)


def _type(node: Any) -> None:
    """Refuse the type that DuckDB can't make of any text: VARIANT ends the process on deeply nested JSON."""
    if any(part.get("id") == "VARIANT" for part in every(node)):
        raise Refused("The type VARIANT is refused. Cast to VARCHAR, a number or a date.")


def _builtin(node: dict[str, Any]) -> bool:
    return not node.get("catalog") and fold(node.get("schema") or "") in ("", "main")


def _builtin_or_chained(node: dict[str, Any], frame: Frame) -> bool:
    """`upper(name)`, or `name.upper()` which the parser reads as a function of a schema called name.

    A schema that exists holds no function but DuckDB's own of that name, so the allow list holds either way.
    """
    if _builtin(node) or node.get("catalog"):
        return _builtin(node)
    return frame.columns is None or fold(node["schema"]) in {fold(name) for name in frame.columns} | frame.names


def _full_name(node: dict[str, Any]) -> str:
    return ".".join(filter(None, (node.get("catalog"), node.get("schema"), node["function_name"])))


def _function(node: dict[str, Any], frame: Frame) -> None:
    name = fold(node["function_name"])
    if name not in ALLOWED or not _builtin_or_chained(node, frame):
        raise Refused(
            f"Function {short(_full_name(node))} is refused: it is not one of those that only compute. {_instead(name)}"
        )
    if frame.columns is None:
        return
    if node["class"] == "FUNCTION" and name in AGGREGATES | WINDOWS:
        raise Refused(f"{name}() runs over many rows; a formula is one row. Write {name}(…) OVER (), or aggregate.")
    if name in VOLATILE:
        raise Refused(f"{name}() gives another value at each look, so it can't be a column's formula.")
    if name == "unnest":
        raise Refused("unnest() makes several rows of one. Explode the list in a step of its own.")


def _instead(name: str) -> str:
    """What to write in its place, where that can be guessed."""
    near = get_close_matches(name, sorted(ALLOWED), n=3, cutoff=0.75)
    if name in ELSEWHERE:
        return f"Write {ELSEWHERE[name]}."
    return f"Nearest: {', '.join(near)}." if near else "Use another function."


def _column(node: dict[str, Any], frame: Frame) -> None:
    names = node["column_names"]
    first = fold(names[0])
    if frame.columns is None:
        if len(names) == 1 and first in NILADIC:
            raise Refused(f"{first} is refused. If it is a column, write its table before it: t.{first}.")
        return
    known = {fold(column) for column in frame.columns} | frame.names
    if first not in known and not (len(names) == 1 and first in CLOCK):
        raise Refused(unknown("column", short(names[0]), list(frame.columns)))


def _parameters(lhs: Any) -> frozenset[str]:
    """The names left of a lambda's arrow: `x`, or `(x, i)` which is read as row(x, i)."""
    if isinstance(lhs, list):
        return frozenset().union(*map(_parameters, lhs))
    if not isinstance(lhs, dict):
        return frozenset()
    if lhs.get("class") == "COLUMN_REF":
        return frozenset({fold(lhs["column_names"][0])})
    return _parameters(lhs.get("children", []))
