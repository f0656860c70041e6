"""The forms in which one gold value may come out here: a date that the original kept as text is a date after loading."""

from datetime import datetime
from typing import Any

_DATES = ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y")


def as_date(value: Any) -> str | None:
    """`August 8, 1986` -> `1986-08-08`; None for what is no date with an English month's name."""
    for form in _DATES if isinstance(value, str) else ():
        try:
            return datetime.strptime(value.strip(), form).date().isoformat()
        except ValueError:
            continue
    return None


def with_dates(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows with every such text as an ISO date."""
    return [[as_date(cell) or cell for cell in row] for row in rows]
