"""The numbers of a query's result in Korean, composed by rule as `tools.query` composes them in English."""

import re
from typing import Any

from tools.korean.heads import head_in_korean
from tools.korean.sentences import calendar_in_korean, in_korean, phrase_in_korean, stepped
from tools.query import (
    CALL,
    FIRST,
    SHOWN,
    column_in_words,
    has_groups,
    has_two_measures,
    in_words,
    is_call,
    is_named_measure,
    value_in_words,
    with_share_cells,
)
from tools.tool import TableData

_CALLS = {
    "count": "{} 개수",
    "sum": "{} 합계",
    "avg": "{} 평균",
    "mean": "{} 평균",
    "min": "{} 최솟값",
    "max": "{} 최댓값",
    "mode": "가장 흔한 {}",
    "stddev": "{} 표준편차",
    "median": "{} 중앙값",
}
_MEASURED = re.compile(r"(?:number of|share of|average|total|median|lowest|highest) .+")
"""What a chart calls its measures."""
_VALUES = {None: "빈 값", True: "예", False: "아니요"}


def with_result(text: str, table: TableData) -> str:
    """A text with the words for a result table, where it holds them, put into Korean."""
    return text.replace(in_words(table), result_in_korean(table))


def table_in_korean(table: TableData) -> TableData:
    """A table with Easel's own words in Korean, names that a query gave for want of others too; all else stays as it is."""
    if not table.words:
        told = [
            [
                calendar_in_korean(cell, name) if isinstance(cell, str) else cell
                for name, cell in zip(table.columns, row, strict=True)
            ]
            for row in table.rows
        ]
        columns, shares = ([_named(name) for name in names] for names in (table.columns, table.shares))
        return table.model_copy(update={"columns": columns, "rows": told, "shares": shares})
    ours = [name in table.words for name in table.columns]
    rows = [
        [_worded(cell) if own and isinstance(cell, str) else cell for own, cell in zip(ours, row, strict=True)]
        for row in table.rows
    ]
    columns, words = (
        [head_in_korean(name) or in_korean(name) for name in names] for names in (table.columns, table.words)
    )
    return table.model_copy(update={"columns": columns, "rows": rows, "words": words})


def _named(name: str) -> str:
    """What a query or a chart computed; names of columns stay."""
    if is_call(name):
        return _column(name)
    return phrase_in_korean(name) if _MEASURED.fullmatch(name) else stepped(name)


def _worded(cell: str) -> str:
    """A sentence, or the name of a tool."""
    plain = cell.replace("_", " ") if cell.isidentifier() else cell
    told = head_in_korean(plain) or in_korean(plain)
    return told if told != plain else cell  # a name of the data keeps its spelling


def result_in_korean(table: TableData) -> str:
    """One line with the numbers of a result table."""
    table = with_share_cells(table)
    count = table.row_count if table.row_count is not None else len(table.rows)
    names = [_column(name) for name in table.columns]
    if not count or not table.rows:
        return "조건에 맞는 행이 없습니다."
    if count == 1 and is_named_measure(table):
        return _measured(names, table, table.rows[0])
    if count == 1:
        return _pairs(names, table, table.rows[0]) + _more(table)
    if count <= SHOWN and has_two_measures(table):
        return "; ".join(_measured(names, table, row) for row in table.rows)
    if count <= SHOWN and has_groups(table):
        return f"{', '.join(names[:-1])}별 {names[-1]}: {_groups(table)}"
    if len(names) == 1:
        cells = ", ".join(_value(row[0], table.columns[0]) for row in table.rows[:SHOWN])
        return f"{names[0]} {count:,}행{'' if count <= SHOWN else f' 중 처음 {SHOWN}개'}: {cells}"
    rows = "; ".join(_pairs(names, table, row) for row in table.rows[:FIRST])
    return f"{count:,}행{'' if count <= FIRST else f' 중 처음 {FIRST}행'}: {rows}{_more(table)}"


def _pairs(names: list[str], table: TableData, row: list[Any]) -> str:
    cells = [_value(cell, name) for name, cell in zip(table.columns, row, strict=True)]
    if len(cells) == 1:
        return f"{names[0]}: {cells[0]}"
    return ", ".join([f"{name} {cell}" for name, cell in zip(names, cells, strict=True)][:SHOWN])


def _measured(names: list[str], table: TableData, row: list[Any]) -> str:
    label, *measures = (
        f"{name} {_value(cell, said)}" for name, said, cell in zip(names, table.columns, row, strict=True)
    )
    bare = _value(row[0], table.columns[0], plain=True)
    return f"{label if isinstance(row[0], bool) else bare}: {', '.join(measures)}"


def _more(table: TableData) -> str:
    return f" 외 {len(table.columns) - SHOWN}개 열" if len(table.columns) > SHOWN else ""


def _groups(table: TableData) -> str:
    told = []
    for row in table.rows:
        label = ", ".join(_value(cell, name, plain=True) for name, cell in zip(table.columns, row[:-1], strict=False))
        told.append(f"{f'({label})' if len(row) > 2 else label} {_value(row[-1], table.columns[-1])}")
    return ", ".join(told)


def _column(name: str) -> str:
    if name == "count_star()":
        return "행 수"
    if match := CALL.match(name):
        return _CALLS[match[1].lower()].format(match[2].strip('"').replace("_", " "))
    return "값" if (told := column_in_words(name)) == "the value" else told


def _value(cell: Any, name: str, *, plain: bool = False) -> str:
    if cell is None or isinstance(cell, bool):
        return _VALUES[cell]
    return value_in_words(cell, name, plain=plain)
