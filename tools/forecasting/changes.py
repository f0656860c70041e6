"""What if: a column that is known ahead at another value, moved by an amount or by a share."""

import re
from collections.abc import Sequence
from typing import Any

from automl.amounts import amount
from automl.card import Card, Feature
from automl.forecasting.predict import Change
from tools.forecasting.words import facts
from tools.modelling.row import GivenValue
from tools.tool import ToolError
from tools.transforms.yes_no import says
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
            found.append(number_change(name, one.value, feature))
        else:
            found.append(Change(column=name, kind="set", value=_seen(feature, name, one.value)))
    return found


def _seen(feature: Feature | None, name: str, value: Any) -> str:
    """A value of a column of words as it was written in training; another one tells the model nothing."""
    text = str(value).strip()
    if feature is not None and feature.kind == "truth":
        said, categories = str(says(text)), ["true", "false"]
    else:
        said, categories = text, feature.categories if feature is not None else []
    found = next((one for one in categories if one.casefold() == said.casefold()), None)
    if found is None and categories:
        raise ToolError(
            f"{name} was never '{text}', so the forecast can't tell what it does. It was {listed(categories)}."
        )
    return found or text


MOVE = re.compile(r"\s*[+\-−x×*]\s*\d[\d,.]*\s*(?:%p?)?\s*")
"""A change from what a number is, as text."""
_MOVED = re.compile(r"\s*([+\-−x×*=]?)(.*?)(%p|%|percent|퍼센트)?\s*", re.IGNORECASE)


def number_change(name: str, value: Any, feature: Feature | None = None) -> Change:
    """`+10 %`, `-5`, `x2`, `+3 %p` or a plain number that it is set to. Raises ToolError for anything else.

    Percentage points (%p) are hundredths where training saw the number between -1 and 1 alone.
    """
    if isinstance(value, int | float):
        return Change(column=name, kind="set", value=float(value))
    match = _MOVED.fullmatch(value)
    size = amount(match[2]) if match else None
    if match is None or size is None:
        raise ToolError(f"{name} is a number, but got '{value}'. Give a number, or a change such as +10 %, -5 or x2.")
    sign, share = match[1], match[3]
    moved = -size if sign in ("-", "−") else size
    if share and share.casefold() == "%p":
        return Change(column=name, kind="add", value=moved / 100 if _is_share(feature) else moved)
    if share:
        return Change(column=name, kind="multiply", value=1 + moved / 100)
    if sign in ("x", "X", "×", "*"):
        return Change(column=name, kind="multiply", value=size)
    if sign in ("+", "-", "−"):
        return Change(column=name, kind="add", value=moved)
    return Change(column=name, kind="set", value=size)


def _is_share(feature: Feature | None) -> bool:
    """Whether all that training saw of a number lies between -1 and 1."""
    ends = (feature.low, feature.high) if feature is not None else (None,)
    return all(isinstance(end, int | float) and abs(end) <= 1 for end in ends)
