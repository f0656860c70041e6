"""What if: a column that is known ahead at another value, moved by an amount or by a share."""

import re
from collections.abc import Sequence
from typing import Any

from automl.card import Card, Feature
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
            found.append(Change(column=name, kind="set", value=_seen(feature, name, one.value)))
    return found


def _seen(feature: Feature | None, name: str, value: Any) -> str:
    """A value of a column of words as it was written in training; another one tells the model nothing."""
    text = str(value).strip()
    if feature is not None and feature.kind == "truth":
        said = {"yes": "true", "no": "false", "1": "true", "0": "false"}.get(text.casefold(), text.casefold())
        categories = ["true", "false"]
    else:
        said, categories = text.casefold(), feature.categories if feature is not None else []
    found = next((one for one in categories if one.casefold() == said), None)
    if found is None and categories:
        raise ToolError(
            f"{name} was never '{text}', so the forecast can't tell what it does. It was {listed(categories)}."
        )
    return found or text


_SIGN = "[$€£¥₩]"
_MOVED = re.compile(
    rf"^\s*([+\-−x×*=]?)\s*{_SIGN}?\s*(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.,]\d+)?)\s*(?:(%|percent|퍼센트)|{_SIGN}|원)?\s*$",
    re.IGNORECASE,
)


def _number_change(name: str, value: Any) -> Change:
    """`+10 %`, `-5`, `x2` or a plain number that it is set to."""
    if isinstance(value, int | float):
        return Change(column=name, kind="set", value=float(value))
    match = _MOVED.match(value)
    if match is None:
        raise ToolError(f"{name} is a number, but got '{value}'. Give a number, or a change such as +10 %, -5 or x2.")
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", match[2])
    sign, amount, share = match[1], float(match[2].replace(",", "" if thousands else ".")), match[3]
    minus = sign in "-−" and bool(sign)
    if share:
        return Change(column=name, kind="multiply", value=1 + (-amount if minus else amount) / 100)
    if sign in ("x", "X", "×", "*"):
        return Change(column=name, kind="multiply", value=amount)
    if sign in ("+", "-", "−"):
        return Change(column=name, kind="add", value=-amount if minus else amount)
    return Change(column=name, kind="set", value=amount)
