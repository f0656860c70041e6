"""What DuckDB's syntax tree of a statement holds: its tables, its order, what makes its result vary. Nothing is refused here."""

from collections.abc import Iterator, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from tools.guarding.functions import CLOCK, VOLATILE

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def fold(name: str) -> str:
    """Case folded as DuckDB's catalogue does it: ASCII letters only."""
    return name.translate(_LOWER)


def every(node: Any) -> Iterator[dict[str, Any]]:
    """All objects of a tree, constants not opened."""
    if isinstance(node, dict):
        yield node
        if node.get("class") != "CONSTANT":
            for value in node.values():
                yield from every(value)
    elif isinstance(node, list):
        for item in node:
            yield from every(item)


def named_tables(node: Any) -> frozenset[str]:
    """The names that the tree reads as tables, CTEs among them, folded."""
    return frozenset(fold(part["table_name"]) for part in every(node) if part.get("type") == "BASE_TABLE")


def varies(node: Any) -> bool:
    """Whether the same rows can give another result: it samples, draws at random or asks the clock."""
    return any(
        part.get("sample")
        or fold(str(part.get("function_name", ""))) in VOLATILE | CLOCK
        or (
            part.get("class") == "COLUMN_REF"
            and len(part["column_names"]) == 1
            and fold(part["column_names"][0]) in CLOCK
        )
        for part in every(node)
    )


def is_ordered(node: Any) -> bool:
    """Whether the outermost SELECT sorts or cuts its rows."""
    return isinstance(node, dict) and any("DISTINCT" not in part["type"] for part in node.get("modifiers", []))


def has_window(node: Any) -> bool:
    """Whether a value depends on other rows."""
    return any(part.get("class") == "WINDOW" for part in every(node))


def only_expression(readings: Sequence[dict[str, Any] | None]) -> dict[str, Any] | None:
    """The expression of `SELECT <expression> FROM formula_input`, where all readings are that and the same."""
    first = readings[0]
    if first is None or any(reading != first for reading in readings):
        return None
    plain = {
        key: value
        for key, value in first.items()
        if key not in ("type", "select_list", "from_table", "aggregate_handling")
    }
    source, items = first.get("from_table") or {}, first.get("select_list", [])
    if first["type"] != "SELECT_NODE" or len(items) != 1 or items[0].get("alias"):
        return None
    if source.get("type") != "BASE_TABLE" or source.get("table_name") != "formula_input" or source.get("alias"):
        return None
    if any(value and value != {"map": []} for value in plain.values()):
        return None
    expression: dict[str, Any] = items[0]
    return expression
