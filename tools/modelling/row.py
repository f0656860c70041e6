"""One row to predict: the values that were given, checked against what the training rows held, and typical ones."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from automl.amounts import amount, written
from automl.card import Card, Feature
from tools.engine import first_line, scratch
from tools.recipe import Recipe, called_at_first
from tools.tool import ColumnName, Scalar, ToolError
from tools.transform import Column
from tools.transforms.null_words import NULL_WORDS
from tools.transforms.yes_no import says
from tools.words import identifier, listed, literal, unknown

_YEAR_FIRST = re.compile(r"^(\d{4})(?:[./]|년 ?)(\d{2})(?:[./]|월 ?)(\d{2})(?:[.일]$|\b)")


MOST_NOTES = 6
"""So many notes about single values are told."""


class GivenValue(BaseModel):
    """A known value of one column."""

    model_config = ConfigDict(extra="forbid")
    column: ColumnName = Field(description="The column's name.")
    value: Scalar = Field(description="Its value.")


@dataclass
class Given:
    """The row as Arrow, what was given, what was assumed, and what had to be said about it."""

    row: pa.Table
    given: dict[str, Any]
    typical: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def given_row(card: Card, recipe: Recipe, values: Sequence[GivenValue], empty: Collection[str] = ()) -> Given:
    """The row of those values, with nothing in the columns that are known to be empty.

    Raises ToolError for a column the model doesn't know and a value of the wrong kind.
    """
    notes: list[str] = []
    given: dict[str, Any] = {}
    for one in values:
        feature = card.feature(one.column.strip()) or card.feature(called_at_first(recipe, one.column.strip()))
        if feature is None:
            if one.column.strip().casefold() == card.target.casefold():
                notes.append(f"The given {card.target} was ignored: it is what the model predicts.")
                continue
            raise ToolError(unknown("column", one.column, [feature.name for feature in card.features]))
        given[feature.name] = _checked(feature, one.value, notes)
        if not feature.used:
            notes.append(f"The model does not use {feature.name}.")
    given |= dict.fromkeys((name for name in empty if name not in given), None)
    typical = {one.name: one.typical for one in card.features if one.used and one.name not in given}
    row = {one.name: one.typical for one in card.features} | given
    return Given(_arrow(card, recipe, row), given, typical, _few(notes))


def _few(notes: list[str]) -> list[str]:
    """The notes, of very many the first ones and how many more there are."""
    if len(notes) <= MOST_NOTES:
        return notes
    more = len(notes) - MOST_NOTES
    return [*notes[:MOST_NOTES], f"{more} more values lie outside what the model has seen, or are not used."]


def _checked(feature: Feature, value: Scalar, notes: list[str]) -> Any:
    if isinstance(value, str) and (not value.strip() or (feature.read_as and value.strip().casefold() in NULL_WORDS)):
        return None
    if feature.kind == "number":
        return _number(feature, value, notes)
    if feature.kind == "truth":
        return _truth(feature, value)
    if feature.kind == "date":
        return _date(feature, value)
    return _text(feature, value, notes)


def _number(feature: Feature, value: Scalar, notes: list[str]) -> float | int:
    number = amount(value) if isinstance(value, str) else float(value)
    if number is None:
        raise ToolError(
            f"{feature.name} is a number ({_span(feature)} in the training rows), but got '{value}'. Give a number."
        )
    if number != number or number in (float("inf"), float("-inf")):
        raise ToolError(f"{feature.name} is a number ({_span(feature)}), but got '{value}'. Give a finite number.")
    low, high = feature.low, feature.high
    if isinstance(low, int | float) and isinstance(high, int | float) and not low <= number <= high:
        notes.append(f"{feature.name} {written(number)} lies outside what the model has seen ({_span(feature)}).")
    return int(number) if number.is_integer() else number


def _span(feature: Feature) -> str:
    if isinstance(feature.low, float) and isinstance(feature.high, float):
        return f"{written(feature.low)} to {written(feature.high)}"
    return f"{feature.low} to {feature.high}"


def _truth(feature: Feature, value: Scalar) -> bool:
    if (said := says(str(value))) is None:
        raise ToolError(f"{feature.name} is true or false, but got '{value}'.")
    return said


def _date(feature: Feature, value: Scalar) -> str:
    import datetime

    text = _YEAR_FIRST.sub(r"\1-\2-\3", str(value).strip())
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ToolError(f"{feature.name} is a date, but got '{value}'. Write it as 2026-01-31.") from error
    return text


def _text(feature: Feature, value: Scalar, notes: list[str]) -> str:
    text = str(value).replace("\0", "").strip()
    if not feature.categories or text in feature.categories:
        return text
    for known in feature.categories:
        if known.casefold() == text.casefold():
            return known
    notes.append(f"{feature.name} '{text}' did not occur in the training rows; known: {listed(feature.categories)}.")
    return text


def _arrow(card: Card, recipe: Recipe, row: dict[str, Any]) -> pa.Table:
    """The row in the types in which its cells are given; a column without a value is empty, a decimal is not rounded away."""
    parts, read = [], {one.name: one.read_as for one in card.features}
    for column in recipe.columns:
        value, shown = row.get(column.name), Column(column.name, read.get(column.name) or column.type)
        type_ = "DOUBLE" if shown.is_number and isinstance(value, float) else shown.type
        cell = f"CAST({literal(value)} AS {type_})"
        if type_ == "INTERVAL":  # a text, as the training rows beside the model hold it
            cell = f"CAST({cell} AS VARCHAR)"
        parts.append(f"{cell} AS {identifier(column.name)}")
    with scratch() as connection:
        try:
            return connection.execute(f"SELECT {', '.join(parts)}").to_arrow_table()
        except duckdb.Error as error:
            raise ToolError(f"A given value does not fit its column. {first_line(error)}") from error
