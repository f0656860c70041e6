"""Columns of text that a chart measures or lays along an axis, read as the numbers or dates that people wrote in them."""

from dataclasses import dataclass, replace
from typing import Any

from tools.charting.axis import Source
from tools.transform import Column, Input
from tools.transforms import parse
from tools.transforms.sql import text_of
from tools.words import identifier

_READ = 0.95
"""A column is read where so many of its filled cells can be."""


@dataclass(frozen=True)
class _Asked:
    """Answers a transform's questions from a chart's source."""

    source: Source

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.source.ask(sql)


def read_texts(
    source: Source, kind: str, chosen: list[Column | None], measure: str | None
) -> tuple[Source, list[Column | None], list[str]]:
    """The rows and columns (x, y, colour) with texts read as numbers where the kind of chart needs them, as dates along a
    line; and what was read, a sentence each."""
    x, y, color = chosen
    numbers = {
        "histogram": [x],
        "scatter": [x, y],
        "box": [y] if y else [x],
        "heatmap": [color],
    }.get(kind, [y] if measure != "count" else [])
    said, made = list[str](), dict[str, Column]()
    for column in numbers:
        if column and column.is_text and (read := _read(source, column, "numbers")):
            source, made[column.name] = _with(source, column, read), replace(column, type="DOUBLE")
            said.append(f"The text of {column.name} is read as numbers.")
    if kind in ("line", "area") and x and x.is_text:
        for what, type_ in (("dates", "TIMESTAMP"), ("numbers", "DOUBLE")):
            if read := _read(source, x, what):
                source, made[x.name] = _with(source, x, read), replace(x, type=type_)
                said.append(f"The text of {x.name} is read as {what}.")
                break
    return source, [made.get(column.name, column) if column else None for column in chosen], said


def _read(source: Source, column: Column, what: str) -> str:
    """The expression that reads a column so; empty where it reads too little of it."""
    table = Input(name=source.name, columns=(column,), relation=_Asked(source), learned={})
    read = parse.number(table, column, "DOUBLE") if what == "numbers" else parse.moment(table, column, "TIMESTAMP")
    filled = f"count(nullif(trim({text_of(column)}), ''))"
    [(enough,)] = source.ask(f"SELECT count({read}) >= {_READ} * {filled} AND count({read}) > 0 FROM {source.name}")
    return read if enough else ""


def _with(source: Source, column: Column, read: str) -> Source:
    return replace(source, name=f"(SELECT * REPLACE ({read} AS {identifier(column.name)}) FROM {source.name})")
