"""A cell in the one form in which cells are compared: None, a whole number, a fraction or a text.

Booleans are 0 and 1; numbers and truth written as text are numbers; dates are ISO text, a time at midnight its date,
a time with a zone in UTC; lists and structs are JSON; NaN and infinities are None, as the product shows them.

What is not covered: numbers with separators or units (`1,234`, `5 %`) are text, and text keeps its case.
"""

import datetime
import decimal
import json
import math
import re
from collections.abc import Sequence
from typing import Any

Cell = int | float | str | None
EXACT_BELOW = 1e-4
"""Up to this tolerance whole numbers are counts and ids: equal or not. A wider one is meant for them, too."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
_FRACTION = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_WHEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?(Z|[+-][0-9]{2}(:?[0-9]{2})?))?)?"
)
_TRUTH = {"true": 1, "false": 0}


def cell(value: Any) -> Cell:
    """A value of YAML, JSON, Arrow or pandas in the form that is compared."""
    match value:
        case None:
            return None
        case bool():
            return int(value)
        case int():
            return value
        case str():
            return _of_text(value.strip())
        case float() | decimal.Decimal():
            return _of_number(value)
        case datetime.date() | datetime.time():
            return _of_time(value)
        case list() | tuple() | dict():
            return json.dumps(_nested(value), sort_keys=True, ensure_ascii=False)
        case bytes():
            return _of_text(value.decode("utf-8", "backslashreplace").strip())
    return _of_text(str(value).strip())


def close(one: Cell, other: Cell, tolerance: float) -> bool:
    """Whether two cells are the same; numbers within the tolerance, relative or absolute, whole ones exactly."""
    if one == other:
        return True
    if not (isinstance(one, int | float) and isinstance(other, int | float)):
        return False
    if isinstance(one, int) and isinstance(other, int) and tolerance <= EXACT_BELOW:
        return False
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)


def key(value: Cell) -> Cell:
    """What cells share that are the same but for the last bits of a fraction: a way to count them by hash."""
    return float(f"{value:.10g}") if isinstance(value, float) else value


def rank(value: Cell) -> tuple[int, float, str]:
    """A key that sorts a column: missing first, numbers, texts."""
    if value is None:
        return 0, 0.0, ""
    return (2, 0.0, value) if isinstance(value, str) else (1, value, "")


def in_words(cells: Sequence[Cell], limit: int = 8) -> str:
    """`(Germany, 814, NULL)`, long texts and rows cut short."""
    told = ["NULL" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value) for value in cells]
    told = [text if len(text) <= 40 else f"{text[:39]}…" for text in told]
    return f"({', '.join(told[:limit])}{', …' if len(told) > limit else ''})"


def _of_number(value: float | decimal.Decimal) -> Cell:
    number = float(value)
    if not math.isfinite(number):
        return None
    whole = int(value)
    return whole if whole == value and (abs(whole) < 2**53 or isinstance(value, decimal.Decimal)) else number


def _of_text(text: str) -> Cell:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return _of_number(float(text))
    if text.casefold() in _TRUTH:
        return _TRUTH[text.casefold()]
    if _WHEN.fullmatch(text):
        return _of_time_text(text)
    if text[:1] in ("[", "{"):
        try:
            return json.dumps(_nested(json.loads(text)), sort_keys=True, ensure_ascii=False)
        except (json.JSONDecodeError, RecursionError):
            return text
    return text


def _of_time_text(text: str) -> str:
    try:
        return _of_time(datetime.datetime.fromisoformat(text))
    except ValueError:
        return text  # 2024-02-31


def _of_time(value: datetime.date | datetime.time) -> str:
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    if value.tzinfo is not None:
        value = value.astimezone(datetime.UTC).replace(tzinfo=None)
    return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")


def _nested(value: Any) -> Any:
    """Lists, structs and maps (pairs in Arrow) with each value inside in the compared form."""
    if isinstance(value, dict):
        return {str(name): _nested(inner) for name, inner in value.items()}
    if isinstance(value, list) and value and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        return {str(name): _nested(inner) for name, inner in value}
    if isinstance(value, list | tuple):
        return [_nested(inner) for inner in value]
    return key(cell(value))
