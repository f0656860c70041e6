"""What if: a column that is known ahead at another value, moved by an amount or by a share."""

import re
from collections.abc import Sequence
from typing import Any

from automl.card import Card
from automl.forecasting.predict import Change
from tools.forecasting.words import facts
from tools.modelling.row import GivenValue
from tools.tool import ToolError
from tools.words import listed


def changes_of(card: Card, given: Sequence[GivenValue]) -> list[Change]:
    """What is changed, checked against what the model knows ahead."""
    known = facts(card).series.known
    found = []
    for one in given:
        name = next((name for name in known if name.casefold() == one.column.strip().casefold()), None)
        if name is None:
            told = f"It knows {listed(known)} ahead." if known else "It knows no column ahead."
            raise ToolError(
                f"'{one.column}' can't be changed: the forecast does not look at its future. {told} Build it again with"
                f" known_columns={one.column}."
            )
        feature = card.feature(name)
        if feature is not None and feature.kind == "number":
            found.append(_number_change(name, one.value))
        else:
            found.append(Change(column=name, kind="set", value=str(one.value)))
    return found


_MOVED = re.compile(r"^\s*([+\-−x×*=]?)\s*(\d+(?:[.,]\d+)?)\s*(%|percent|퍼센트)?\s*$", re.IGNORECASE)


def _number_change(name: str, value: Any) -> Change:
    """`+10 %`, `-5`, `x2` or a plain number that it is set to."""
    if isinstance(value, int | float):
        return Change(column=name, kind="set", value=float(value))
    match = _MOVED.match(value)
    if match is None:
        raise ToolError(f"{name} is a number, but got '{value}'. Give a number, or a change such as +10 %, -5 or x2.")
    sign, amount, share = match[1], float(match[2].replace(",", ".")), match[3]
    minus = sign in "-−" and bool(sign)
    if share:
        return Change(column=name, kind="multiply", value=1 + (-amount if minus else amount) / 100)
    if sign in ("x", "X", "×", "*"):
        return Change(column=name, kind="multiply", value=amount)
    if sign in ("+", "-", "−"):
        return Change(column=name, kind="add", value=-amount if minus else amount)
    return Change(column=name, kind="set", value=amount)
