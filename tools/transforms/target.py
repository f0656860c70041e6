"""Categories as the mean of a target, without letting a row see its own answer (Micci-Barreca, 2001).

Rows that the step learns from get the mean of the other four fifths of the rows, so that a model can't read the answer
off the code; all other rows, holdout and new ones alike, get the mean of all rows it learned from. Means of few rows are
drawn towards the mean of all: ten rows of the mean of all are added to each category.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input
from tools.transforms.sql import by_group, names, numbered, shown, skipped, taken_names, text_of, typed, untouched
from tools.words import counted, free_name, identifier, listed

FOLDS = 5
WEIGHT = 10
"""Rows of the mean of all that are added to each category."""
MOST_CATEGORIES = 1000
MOST_CLASSES = 10


@dataclass(frozen=True)
class Answer:
    """A number that is averaged: the target itself, or whether it is one of its classes."""

    sql: str
    mean: float
    """Of all rows."""
    suffix: str = ""
    """What a column of it is called beside the encoded column, where there are several."""
    told: str = ""


def target_encoded(table: Input, columns: Sequence[Column], target: ColumnName | None, *, keep: bool) -> Derived:
    """Each category as the mean of the target; with several classes, the share of each class as a column."""
    if target is None:
        raise ToolError("Method target needs the column to predict. Name it as target.")
    goal = table.column(target)
    if goal in columns:
        raise ToolError(f"{goal.name} can't be encoded by itself. Name other columns, or another target.")
    answers = _answers(table, goal)
    reasons = {column.name: "holds dates or times; extract their parts first" for column in columns if column.is_time}
    fit = [column for column in columns if column.name not in reasons]
    if not fit:
        return untouched(table, f"Nothing to encode.{skipped(reasons)}")
    taken = taken_names(table)
    fold, place = free_name("fold", taken), free_name("row", taken)
    own = {free_name("answer", taken): answer for answer in answers}
    rest = {called: free_name("others", taken) for called in own}
    apart: dict[str, str] = {}
    learned: dict[str, str] = {}
    said: list[str] = []
    for column in fit:
        found = _categories(table, column, answers)
        for number, (called, answer) in enumerate(own.items()):
            name = column.name
            if answer.suffix or keep:
                name = free_name(f"{column.name}_{answer.suffix or 'target'}", taken)
            apart[name] = _out_of_fold(column, called, rest[called], fold)
            learned[name] = _known(
                column, answer, [(row[0], row[1 + 2 * number], row[2 + 2 * number]) for row in found]
            )
        many = ", the most frequent" if len(found) == MOST_CATEGORIES else ""
        said.append(f"{column.name} ({counted(len(found) - any(row[0] is None for row in found), 'value')}{many})")
    gone = [] if keep or not answers[0].suffix else fit
    hidden = ", ".join([place, fold, *own, *rest.values()])
    folds = [f"hash({place}) % {FOLDS} AS {fold}", *(f"{answer.sql} AS {called}" for called, answer in own.items())]
    numbers = f"SELECT *, {', '.join(folds)} FROM ({numbered(table.name, place)})"
    others = [f"{_others(called, answer, fold)} AS {rest[called]}" for called, answer in own.items()]
    inner = f"SELECT {_star(gone, apart, columns=table.columns)} FROM (SELECT *, {', '.join(others)} FROM ({numbers}))"
    sql = f"SELECT * EXCLUDE ({hidden}) FROM ({inner}) ORDER BY {place}"
    elsewhere = f"SELECT {_star(gone, learned, columns=table.columns)} FROM {table.name}"
    what = f"the mean of {goal.name}" if not answers[0].told else f"the share of {listed([a.told for a in answers])}"
    text = f"Encoded {listed(said)} as {what}, each row by the rows of the other {FOLDS - 1} fifths; new rows by all of them."
    return Derived(sql, text + skipped(reasons), elsewhere=elsewhere, materialise=True)


def _star(gone: Sequence[Column], cells: dict[str, str], *, columns: Sequence[Column]) -> str:
    """`*` with some columns computed anew in their places, and the others added."""
    there = {column.name for column in columns}
    star = f"* EXCLUDE ({names(gone)})" if gone else "*"
    if replaced := [f"{cell} AS {identifier(name)}" for name, cell in cells.items() if name in there]:
        star += f" REPLACE ({', '.join(replaced)})"
    added = [f"{cell} AS {identifier(name)}" for name, cell in cells.items() if name not in there]
    return ", ".join([star, *added])


def _answers(table: Input, goal: Column) -> list[Answer]:
    """What is averaged: a number itself, of two classes the second, of several each. Raises ToolError for other targets."""
    name = identifier(goal.name)
    if goal.is_number or goal.type == "BOOLEAN":
        cell = f"{name}::DOUBLE" if goal.is_number else f"{name}::INT"
        cell = f"CASE WHEN isfinite({cell}) THEN {cell} END" if goal.is_number else cell
        mean = table.learn("mean", f"SELECT avg({cell}) FROM {table.name}")
        if mean is None:
            raise ToolError(f"{goal.name} has no values to learn from. Choose another target.")
        return [Answer(cell, float(mean))]
    if not goal.is_text:
        raise ToolError(
            f"{goal.name} is {goal.type}. A target of numbers, true and false or a few classes was expected."
        )
    filled = f"trim({text_of(goal)}) <> ''"
    counts = table.learn_rows(
        "classes",
        f"SELECT {name}, count(*) / sum(count(*)) OVER () FROM {table.name} WHERE {filled} GROUP BY 1 ORDER BY 1 LIMIT {MOST_CLASSES + 1}",
    )
    if not 2 <= len(counts) <= MOST_CLASSES:
        raise ToolError(
            f"{goal.name} has {'more than 10' if counts[1:] else len(counts)} classes. From 2 to {MOST_CLASSES} were expected."
        )
    chosen = counts[1:] if len(counts) == 2 else counts
    return [
        Answer(
            f"CASE WHEN {filled} THEN ({name} = {typed(value, goal)})::INT END",
            float(share),
            shown(value) if len(chosen) > 1 else "",
            f"{goal.name} {shown(value)}",
        )
        for value, share in chosen
    ]


def _categories(table: Input, column: Column, answers: Sequence[Answer]) -> list[list[Any]]:
    """Each category, the most frequent first, with how many answers it has and their sum."""
    sums = ", ".join(f"count({answer.sql}), sum({answer.sql})" for answer in answers)
    sql = f"SELECT {identifier(column.name)}, {sums} FROM {table.name} GROUP BY 1 ORDER BY count(*) DESC, 1"
    return table.learn_rows(f"answers:{column.name}", f"{sql} LIMIT {MOST_CATEGORIES}")


def _others(called: str, answer: Answer, fold: str) -> str:
    """The mean of all rows of the other folds."""
    total = f"sum({called}) OVER () - coalesce(sum({called}) OVER (PARTITION BY {fold}), 0)"
    rows = f"count({called}) OVER () - count({called}) OVER (PARTITION BY {fold})"
    return f"coalesce(({total}) / nullif({rows}, 0), {answer.mean!r})"


def _out_of_fold(column: Column, called: str, rest: str, fold: str) -> str:
    """The mean of a row's category in the other folds."""
    name = identifier(column.name)
    whole, own = f"OVER (PARTITION BY {name})", f"OVER (PARTITION BY {name}, {fold})"
    total = f"coalesce(sum({called}) {whole}, 0) - coalesce(sum({called}) {own}, 0)"
    return f"({total} + {WEIGHT} * {rest}) / (count({called}) {whole} - count({called}) {own} + {WEIGHT})"


def _known(column: Column, answer: Answer, found: Sequence[tuple[Any, int, float | None]]) -> str:
    """The learned mean of a row's category; categories that were not seen get the mean of all."""
    means = {value: ((total or 0) + WEIGHT * answer.mean) / (count + WEIGHT) for value, count, total in found}
    values = [((value,), repr(mean)) for value, mean in means.items() if value is not None]
    known = by_group([column], values, repr(answer.mean))
    if None in means:
        known = f"CASE WHEN {identifier(column.name)} IS NULL THEN {means[None]!r} ELSE {known} END"
    return f"CAST({known} AS DOUBLE)"
