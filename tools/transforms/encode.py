"""The transform that turns categories into numbers: columns of 0 and 1, places, counts, likeness, means of a target.

Categories are learned from the rows: one that comes up later is 0 in every column of 0 and 1, empty as a place, occurs
0 times, and is as like the others as it is spelt. Likeness is that of Jaro and Winkler (1990), whatever the case.
"""

from collections.abc import Sequence
from typing import Any, Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, shown, skipped, text_of, typed, untouched
from tools.transforms.target import target_encoded
from tools.words import counted, free_name, identifier, listed, literal

Method = Literal["one_hot", "ordinal", "count", "similarity", "target"]
_MOST: dict[Method, int] = {"one_hot": 50, "ordinal": 1000, "count": 1000, "similarity": 30}
_BESIDE: dict[Method, str] = {"one_hot": "", "ordinal": "_code", "count": "_count"}
_COLUMNS: tuple[Method, ...] = ("one_hot", "similarity")
"""Methods that make a column for each category."""
_Category = tuple[Any, int]
"""A category as the column holds it, and in how many rows."""


@transform(
    group="encode",
    title="Encode {columns} as numbers ({method})",
    rows="same",
    asked_by=r"encod|one.?hot|dumm(?:y|ies)|ordinal|indicator|\bsimilarit|mean of (?:the )?target|인코딩|더미|원핫|유사도",
)
def encode_categories(
    table: Input,
    columns: list[ColumnName],
    method: Method = "one_hot",
    order: list[str] | None = None,
    keep: bool = False,
    target: ColumnName | None = None,
) -> Derived:
    """Turn categories into numbers: a column of 0 and 1 for each (one_hot), their place in an order, or their count.

    Args:
        columns: the columns of categories.
        method: one_hot; ordinal (0, 1, 2 and so on); count (in how many rows each category is); similarity, a column for
            each frequent category that tells how like it a cell is spelt, from 0 to 1; or target, the mean of the column
            to predict in the category, which no row learns from its own answer.
        order: for ordinal, the categories of the column from the lowest; leave it out for the alphabet's order.
        keep: true keeps the column beside the numbers.
        target: for method target, the column to predict.
    """
    asked = table.pick(columns)
    if target is not None and method != "target":
        raise ToolError(f"A target goes with method target, got method {method}. Leave target out.")
    if method == "target":
        return target_encoded(table, asked, target, keep=keep)
    if order is not None and (method != "ordinal" or len(asked) != 1):
        raise ToolError("An order needs method ordinal and one column. Leave order out, or name one column.")
    reasons: dict[str, str] = {}
    added: dict[str, str] = {}
    replaced: dict[str, str] = {}
    notes: list[str] = []
    taken = {column.name.casefold() for column in table.columns}
    for column in asked:
        found = _categories(table, column, method)
        if reason := _unfit(column, found, method):
            reasons[column.name] = reason
            continue
        values = _ordered(column, found, order, frozen=table.frozen)
        if method in _COLUMNS:
            cell_of = _is if method == "one_hot" else _like
            made = {free_name(f"{column.name}_{shown(value)}", taken): cell_of(column, value) for value, _ in values}
            added |= made
            notes.append(f" {column.name} became {counted(len(made), 'column')}: {listed(list(made))}.")
            continue
        cell, told = _numbers(column, values, method)
        (added if keep else replaced)[free_name(column.name + _BESIDE[method], taken) if keep else column.name] = cell
        notes.append(told)
    if not added and not replaced:
        return untouched(table, f"Nothing to encode.{skipped(reasons)}")
    gone = [column for column in asked if column.name not in reasons and method in _COLUMNS and not keep]
    text = f"Encoded {listed([column.name for column in asked if column.name not in reasons])}.{''.join(notes)}"
    return Derived(_select(table, gone, replaced, added), text + skipped(reasons))


def _select(table: Input, gone: Sequence[Column], replaced: dict[str, str], added: dict[str, str]) -> str:
    star = f"* EXCLUDE ({names(gone)})" if gone else "*"
    if replaced:
        star += f" REPLACE ({', '.join(f'{cell} AS {identifier(name)}' for name, cell in replaced.items())})"
    new = [f"{cell} AS {identifier(name)}" for name, cell in added.items()]
    return f"SELECT {', '.join([star, *new])} FROM {table.name}"


def _categories(table: Input, column: Column, method: Method) -> list[_Category]:
    """The categories in the column's own order, one more than may be, or the most frequent; none for dates."""
    if column.is_time:
        return []
    most, order = (_MOST[method], "count(*) DESC, 1") if method == "similarity" else (_MOST[method] + 1, "1")
    name = identifier(column.name)
    filled = f"trim({text_of(column)}) <> ''" if column.is_text else f"{name} IS NOT NULL"
    sql = f"SELECT {name}, count(*) FROM {table.name} WHERE {filled} GROUP BY 1 ORDER BY {order} LIMIT {most}"
    return [(value, int(count)) for value, count in table.learn_rows(f"categories:{column.name}", sql)]


def _unfit(column: Column, found: Sequence[_Category], method: Method) -> str:
    """Why a column is left as it is; empty where it can be encoded."""
    if column.is_time:
        return "holds dates or times; extract their parts first"
    if method == "similarity" and not column.is_text:
        return "holds no text"
    if not found:
        return "has no values"
    if len(found) > _MOST[method]:
        other = "; count would fit" if method == "one_hot" and column.is_text else ""
        return f"has more than {_MOST[method]:,} categories{other}"
    return ""


def _ordered(column: Column, found: list[_Category], order: Sequence[str] | None, *, frozen: bool) -> list[_Category]:
    """The categories in the order that was given. Raises ToolError where it leaves one out."""
    if order is None:
        return found
    places = {text.strip().casefold(): place for place, text in enumerate(order)}
    left_out = [shown(value) for value, _ in found if shown(value).strip().casefold() not in places]
    if left_out and not frozen:
        raise ToolError(f"The order leaves out {listed(left_out)} of {column.name}. Name every category.")
    known = [one for one in found if shown(one[0]).strip().casefold() in places]
    return sorted(known, key=lambda one: places[shown(one[0]).strip().casefold()])


def _is(column: Column, value: Any) -> str:
    return f"CASE WHEN {identifier(column.name)} = {typed(value, column)} THEN 1 ELSE 0 END"


def _like(column: Column, value: Any) -> str:
    alike = f"jaro_winkler_similarity(lower({text_of(column)}), {literal(str(value).lower())})"
    return f"coalesce({alike}, 0)"


def _numbers(column: Column, values: Sequence[_Category], method: Method) -> tuple[str, str]:
    """The expression that gives each category its number, and what to say of it."""
    numbers = [count if method == "count" else place for place, (_, count) in enumerate(values)]
    name = identifier(column.name)
    cases = " ".join(
        f"WHEN {typed(value, column)} THEN {number}" for (value, _), number in zip(values, numbers, strict=True)
    )
    cell = f"CASE {name} {cases} END"
    if method == "count":
        cell = f"CASE WHEN {name} IS NOT NULL THEN coalesce({cell}, 0) END"
    told = listed([f"{shown(value)} {number:,}" for (value, _), number in zip(values, numbers, strict=True)])
    return cell, f" {column.name}: {told}."
