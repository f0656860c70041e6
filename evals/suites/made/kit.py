"""What the makers of tables share."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

Table = tuple[Sequence[str], list[list[Any]]]
"""Names of columns, rows."""


def chance(logit: float) -> float:
    """The probability of a logit."""
    return 1 / (1 + math.exp(-logit))


def gaps(rows: list[list[Any]], column: int, share: float, random: Random) -> None:
    """Empty a share of a column's cells, in place."""
    for row in rows:
        if random.random() < share:
            row[column] = ""


def day_of(year: int, random: Random) -> date:
    """Any day of a common year."""
    return date(year, 1, 1) + timedelta(days=random.randrange(365))
