"""Transforms for empty cells: drop their rows, fill them with learned values."""

from typing import Any, Literal

from tools.tool import ColumnName, Scalar, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.guess import formula, guess_of, told
from tools.transforms.nearest import fill_by_neighbours
from tools.transforms.sql import (
    by_group,
    is_integer,
    learned_by_group,
    names,
    number_of,
    replaced,
    shown,
    skipped,
    typed,
    untouched,
)
from tools.words import counted, identifier, listed, literal

Method = Literal["auto", "mean", "median", "mode", "constant", "model", "neighbours"]


@transform(group="missing", title="Remove rows with empty cells", rows="train_only")
def drop_missing(table: Input, columns: list[ColumnName] | None = None) -> Derived:
    """Remove the rows that have an empty cell in any column, or in the named columns.

    Args:
        columns: the columns to look at; leave it out for all columns.
    """
    looked = table.pick(columns) if columns else list(table.columns)
    whole = " AND ".join(f"{identifier(column.name)} IS NOT NULL" for column in looked)
    empty = _empty_cells(table, looked)
    kept, rows = table.learn_rows("complete", f"SELECT count(*) FILTER (WHERE {whole}), count(*) FROM {table.name}")[0]
    sql = f"SELECT * FROM {table.name} WHERE {whole}"
    where = listed([column.name for column in looked]) if columns else "any column"
    if kept == rows:
        return Derived(sql, f"No empty cells in {where}; nothing to remove.", changes=False)
    worst = max(empty, key=lambda name: empty[name])
    if not kept and rows and not table.frozen:
        raise ToolError(
            f"Every row has an empty cell, so none would be left ({worst} is empty in {empty[worst]:,} of {counted(rows, 'row')}). Drop that column or fill it first."
        )
    most = (
        f"; most of them in {worst} ({empty[worst]:,})" if len([count for count in empty.values() if count]) > 1 else ""
    )
    return Derived(sql, f"Removed {counted(rows - kept, 'row')} with empty cells in {where}{most}.")


def _empty_cells(table: Input, columns: list[Column]) -> dict[str, int]:
    """How many cells of each column are empty."""
    counts = ", ".join(f"count(*) - count({identifier(column.name)})" for column in columns)
    return dict(
        zip(
            [column.name for column in columns],
            table.learn_rows("empty", f"SELECT {counts} FROM {table.name}")[0],
            strict=True,
        )
    )


# --- filling -----------------------------------------------------------------------------------------------------


_FILLS = r"^(?=[\s\S]*(?:\bfill|imput|missing|\bempty|\bnulls?\b|\bnan\b|\bgaps?\b|\bblanks?\b|결측|빈\s?[값칸]|채우|채워|대치))"
_MORE = {
    "method=model": _FILLS
    + r"(?=[\s\S]*(?:\bmodel|regress|predict|estimat|\bguess|machine learning|\bml\b|(?:from|based on|using) (?:the )?other (?:columns|fields|variables|values)|모델|회귀|예측|추정|다른 (?:컬럼|칼럼|열|변수)))",
    "method=neighbours": _FILLS
    + r"(?=[\s\S]*(?:\bneighbou?rs?\b|\bk-?nn\b|\b(?:most )?(?:similar|alike) (?:rows?|records?|cases?|ones)|이웃|(?:비슷|유사)한 (?:행|사례|데이터|레코드)))",
    "group_by": _FILLS
    + r"(?=[\s\S]*(?:\b(?:per|within|each|every|same|group(?:s|ed|-?wise)?)\b|\b(?:mean|median|average|mode|value) (?:of|for|in) (?:its|their|his)\b|\b(?:mean|median|average|mode|filled|fill\w*)\b[^.]* by \w|별로|마다|그룹|[가-힣]별\s))",
}
_MORE["neighbours"] = _MORE["method=neighbours"]
_MORE["using"] = f"{_MORE['method=model']}|{_MORE['method=neighbours']}"


@transform(group="missing", title="Fill the empty cells of {columns} ({method})", rows="same", more=_MORE)
def fill_missing(
    table: Input,
    columns: list[ColumnName] | None = None,
    method: Method = "auto",
    value: Scalar | None = None,
    group_by: list[ColumnName] | None = None,
    using: list[ColumnName] | None = None,
    neighbours: int = 5,
) -> Derived:
    """Fill the empty cells (missing values) of columns. Auto uses the median for numbers and the most frequent value for the rest.

    Args:
        columns: the columns to fill; leave it out for all columns with empty cells.
        method: auto, mean, median, mode (most frequent value), constant, model, which guesses each cell from the
            other columns of its row, or neighbours, which takes it from the rows most like its own (k nearest).
        value: what to fill in when the method is constant.
        group_by: columns whose groups are filled with the value of their own rows.
        using: for model and neighbours, the columns to guess from; leave it out for all others.
        neighbours: for neighbours, how many rows to take.
    """
    _check_options(method, value, group_by, using)
    groups = table.pick(group_by or [])
    asked = [column for column in (table.pick(columns) if columns else table.columns) if column not in groups]
    if method == "neighbours":
        holes = _empty_cells(table, asked)
        found = {column: holes[column.name] for column in asked if holes[column.name]}
        return fill_by_neighbours(table, found, table.pick(using) if using else None, neighbours)
    if method == "model":
        return _fill_by_model(table, asked, table.pick(using) if using else list(table.columns), named=bool(columns))
    empty = _empty_cells(table, asked)
    how, reasons = _methods(asked, method, value, named=bool(columns))
    fills = _fills(table, how, value)
    gaps = {name: one for name, one in how.items() if empty[name] or columns}
    own = _fills_by_group(table, gaps, groups) if groups and gaps else {}
    within = f" of its {listed([group.name for group in groups])}" if groups else ""
    cells: dict[str, str] = {}
    said: list[str] = []
    for column in [column for column in asked if column.name in how]:
        name, fill = column.name, fills[column.name]
        if fill is None:
            reasons[name] = "has no values to learn from"
            continue
        values = [(keys, _fill(column, found, how[name][1])) for keys, found in own.get(name, [])]
        cells[name] = f"coalesce({identifier(name)}, {by_group(groups, values, _fill(column, fill, how[name][1]))})"
        if empty[name]:
            with_ = f"{_meaning(how[name][1]).strip()}{within}" if groups else f"{_meaning(how[name][1])}{shown(fill)}"
            said.append(f"{name}: {counted(empty[name], 'cell')} with {with_}")
        elif columns:
            reasons[name] = "has no empty cells"
    # A column with no gap today keeps its learned value, for new rows may have gaps.
    unfilled = {name: reason for name, reason in reasons.items() if empty[name] or columns}
    total = sum(empty[name] for name in cells)
    if not total:
        where = listed([column.name for column in asked]) if columns else "any column"
        nothing = f"No empty cells in {where}; nothing to fill." if not sum(empty.values()) else "Nothing was filled."
        text = nothing if not sum(empty.values()) else nothing + skipped(unfilled)
        return Derived(replaced(table, cells), text, changes=False)
    text = f"Filled {counted(total, 'empty cell')}. {'; '.join(said)}.{skipped(unfilled)}"
    return Derived(replaced(table, cells), text)


def _check_options(
    method: Method, value: Scalar | None, group_by: list[ColumnName] | None, using: list[ColumnName] | None
) -> None:
    """Raises ToolError where the options do not go together."""
    if method == "constant" and value is None:
        raise ToolError("Method constant needs a value. Give the value to fill in, or use method auto.")
    if group_by and method in ("constant", "model", "neighbours"):
        raise ToolError(f"Method {method} knows no groups. Leave group_by out, or use mean, median or mode.")
    if using and method not in ("model", "neighbours"):
        raise ToolError(
            f"Columns to guess from go with method model or neighbours, got method {method}. Leave using out."
        )


def _fill_by_model(table: Input, asked: list[Column], using: list[Column], *, named: bool) -> Derived:
    """Each column's empty cells as a small model of the other columns guesses them."""
    empty = _empty_cells(table, asked)
    reasons = {column.name: "has no empty cells" for column in asked if not empty[column.name] and named}
    cells: dict[str, str] = {}
    said: list[str] = []
    for column in [column for column in asked if empty[column.name]]:
        guess = guess_of(table, column, using)
        if isinstance(guess, str):
            reasons[column.name] = guess
            continue
        cells[column.name] = f"coalesce({identifier(column.name)}, {formula(guess, column, table.columns)})"
        said.append(f"{column.name}: {counted(empty[column.name], 'cell')} by {told(guess, column)}")
    if not cells:
        return untouched(table, f"Nothing to fill.{skipped(reasons)}")
    total = sum(empty[name] for name in cells)
    return Derived(
        replaced(table, cells), f"Filled {counted(total, 'empty cell')}. {'; '.join(said)}.{skipped(reasons)}"
    )


def _methods(
    asked: list[Column], method: Method, value: Scalar | None, *, named: bool
) -> tuple[dict[str, tuple[Column, str]], dict[str, str]]:
    """How each column is filled, and why some are not."""
    how: dict[str, tuple[Column, str]] = {}
    reasons: dict[str, str] = {}
    for column in asked:
        own = method if method != "auto" else "median" if column.is_number else "mode"
        if own in ("mean", "median") and not column.is_number:
            reasons[column.name] = f"holds no numbers, so it has no {own}; mode would fit"
        elif own == "constant" and not _takes(column, value, named=named):
            reasons[column.name] = f"{value!r} does not fit its type {column.type}"
        else:
            how[column.name] = (column, own)
    return how, reasons


def _takes(column: Column, value: Scalar | None, *, named: bool) -> bool:
    """Whether a constant fits a column; text columns take numbers only when they were named."""
    if column.is_text:
        return named or isinstance(value, str)
    if column.is_number:
        return not isinstance(value, bool) and number_of(value) is not None
    if column.type == "BOOLEAN":
        return isinstance(value, bool)
    return isinstance(value, str) and column.is_time and value[:1].isdigit()


def _fills(table: Input, how: dict[str, tuple[Column, str]], value: Scalar | None) -> dict[str, Any]:
    """The value for each column, learned in one query."""
    if not how:
        return {}
    statistics = ", ".join(_statistic(column, own, value) for column, own in how.values())
    # Read once: each mode is a subquery of its own, and the table may be a view that stands on others.
    cells = f"SELECT {names([column for column, _ in how.values()])} FROM {table.name}"
    # A constant or a mode alone aggregates nothing and would come once for each row.
    found = table.learn_rows("fill", f"WITH cells AS MATERIALIZED ({cells}) SELECT {statistics} FROM cells LIMIT 1")
    return dict(zip(how, found[0] if found else [None] * len(how), strict=True))


def _fills_by_group(
    table: Input, how: dict[str, tuple[Column, str]], groups: list[Column]
) -> dict[str, list[tuple[list[Any], Any]]]:
    """For each column the value of each group that has one."""
    cells = []
    for column, own in how.values():
        seen = f"histogram({identifier(column.name)})"  # its keys are in order, so the smallest of equals is taken
        most = f"map_keys({seen})[list_position(map_values({seen}), list_max(map_values({seen})))]"
        cells.append(most if own == "mode" else _statistic(column, own, None))
    rows = learned_by_group(table, "fill by group", groups, cells)
    width = len(groups)
    return {
        name: [(row[:width], row[width + place]) for row in rows if row[width + place] is not None]
        for place, name in enumerate(how)
    }


def _statistic(column: Column, own: str, value: Scalar | None) -> str:
    name = identifier(column.name)
    if own == "constant":
        if column.is_text:
            return literal(str(value))
        return literal(number_of(value) if column.is_number and isinstance(value, str) else value)
    if own == "mode":
        # mode() would pick any of several equally frequent values; the smallest is the same each time.
        counts = f"SELECT {name} FROM cells WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        return f"({counts})"
    if own == "median" and is_integer(column):
        return f"CAST(round(median({name})) AS {column.type})"
    return f"{own}({name})"


def _fill(column: Column, value: Any, own: str) -> str:
    """The fill as a literal. A mean, or a constant with decimals, makes whole numbers decimals; nothing else changes a type."""
    if is_integer(column) and isinstance(value, float):
        return repr(int(value)) if value.is_integer() and own == "constant" else f"CAST({value!r} AS DOUBLE)"
    return typed(value, column)


def _meaning(own: str) -> str:
    return {"mean": "the mean ", "median": "the median ", "mode": "the most frequent value ", "constant": ""}[own]
