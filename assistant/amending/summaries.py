"""Summaries of columns as questions ask for them: their names, the statistics of one, how many of each have a value.

The statistics are the usual eight (count, mean, deviation, minimum, quartiles, maximum) of numbers, and count, distinct
values, the most frequent one and its count of the rest; told per group where one is named.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.kinds import MAKES
from assistant.amending.step import mended, table_of, tables_read
from assistant.context import ColumnFact, Situation, Table
from assistant.group_words import EACH_COLUMN_KO, PER
from assistant.named import columns_named
from assistant.words import alike, is_common, split_words
from tools.relations import identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_NAMES = re.compile(
    r"\bnames? of (?:all |all of |each of |every )?(?:the |its |my )?(?:columns?|variables|features|fields)\b|\bcolumn names\b"
    r"|\b(?:all|list) (?:of )?(?:the )?columns?'? names\b|(?:컬럼|칼럼|열|변수) ?(?:이름|명|목록)",
    re.IGNORECASE,
)
_STATISTICS = re.compile(
    r"\b(?:summary |descriptive |basic )?statistics\b|\bstats\b|\bsummari[sz]e (?:only |just )?(?:the )?[\w .'\"]{1,60}(?:column|variable|feature)"
    r"|\bdescribe (?:only |just )?(?:the )?[\w .'\"]{1,60}(?:column|variable|feature)|기술\s?통계|요약\s?통계|통계량",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\bdescribe (?:method|function)\b|\bdescribe\(\)|\bsummary statistics (?:of|for) (?:all|every|each|the data)",
    re.IGNORECASE,
)
_PER = re.compile(rf"{PER} (?:the )?((?:[\w']+ ?){{1,3}})|(\S+?)별", re.IGNORECASE)
_FILLED = re.compile(
    r"\b(?:non[- ]?(?:missing|null|empty|na|nan)s?|filled|present|available|valid)\b|not (?:missing|null|empty)"
    r"|결측(?:치|값)?\s?(?:이|가)?\s?(?:아닌|없는)|채워진|비어 있지 않은",
    re.IGNORECASE,
)
_EACH = re.compile(
    rf"\b(?:each|every|all(?: of)?(?: the)?|per) (?:columns?|variables?|fields?|features?)\b|{EACH_COLUMN_KO}",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:mean|average|median|max|min|total|test|correlat|count of)\w*\b|\bsums?\b|평균|중앙값|최대|최소|합계|상관",
    re.IGNORECASE,
)
_READS = ("describe_data", "query_data", "preview_data", "check_quality", "aggregate", "evaluate_model")


def summed_up(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A question about column names, the statistics of columns or how many values each has, answered with just that."""
    tables = _tables(steps, situation)
    if not tables or MAKES.search(request):
        return list(steps)
    found = _answer(tables[0], request) if len(tables) == 1 else None
    found = found or next(filter(None, (_statistics_asked(table, request) for table in tables)), None)
    return [mended(steps[0], found[1], "query_data", {"sql": found[0]})] if found else list(steps)


def _tables(steps: Sequence["Step"], situation: Situation) -> list[Table]:
    """The tables that a plan of one reading step is about."""
    if len(steps) != 1 or steps[0].tool not in _READS:
        return []
    table = table_of(steps[0], situation)
    return [table] if table else tables_read(str(steps[0].arguments.get("sql", "")), situation)


def _answer(table: Table, request: str) -> tuple[str, str] | None:
    """The query that a question about all columns of a table asks for, and why."""
    if _NAMES.search(request) and not columns_named(_NAMES.sub(" ", request), table):
        sql = f"SELECT column_name FROM (DESCRIBE {identifier_if_needed(table.name)})"
        return sql, "the names of the columns are asked for."
    if _FILLED.search(request) and _EACH.search(request):
        return _counts(table), "the values of every column are counted, as the request says."
    numbers = [column for column in table.columns if column.is_number]
    if _METHOD.search(request) and numbers:
        return _described(table, numbers), "the statistics of all number columns are shown."
    return None


def _statistics_asked(table: Table, request: str) -> tuple[str, str] | None:
    """The query for the statistics of a column, or of all numbers of each group, and why."""
    if not _STATISTICS.search(request) or _OTHER.search(request):
        return None
    words = " ".join(one or other for one, other in _PER.findall(request)).split()
    keys = (
        next((named for most in (1, 2, 3) if (named := columns_named(" ".join(words[:most]), table))), [])
        if words
        else []
    )
    columns = [column for column in columns_named(request, table) if column not in keys]
    columns = columns or [column for column in _half_named(table, request) if column not in keys]
    if len(keys) > 1 or len(columns) > 1 or not (keys or columns):
        return None
    key = keys[0] if keys else None
    if not columns:
        columns = [column for column in table.columns if column.is_number and column is not key]
    if key and (not columns or any(not column.is_number for column in columns)):
        return None
    what = f"{columns[0].name}" if len(columns) == 1 else "the numbers"
    why = f"the statistics of {what}" + (f" for each {key.name}" if key else "") + " are asked for."
    return (_per_group(table, columns, key) if key else _statistics(table, columns[0])), why


def _half_named(table: Table, request: str) -> list[ColumnFact]:
    """Number columns of which the request says one telling word: `wine consumption` for wine_servings."""
    said = [word for word in split_words(request) if not is_common(word)]
    return [
        column
        for column in table.columns
        if column.is_number
        and any(alike(word, part) for word in said for part in split_words(column.name) if not is_common(part))
    ]


def _counts(table: Table) -> str:
    names = [identifier_if_needed(column.name) for column in table.columns]
    cells = ", ".join(f"count({name}) AS {name}" for name in names)
    return (
        f"SELECT * FROM (UNPIVOT (SELECT {cells} FROM {identifier_if_needed(table.name)})"
        " ON COLUMNS(*) INTO NAME column_name VALUE filled)"
    )


def _statistics(table: Table, column: ColumnFact) -> str:
    """A row for each statistic of a column."""
    name, read = identifier_if_needed(column.name), identifier_if_needed(table.name)
    if column.is_number:
        names = ", ".join(literal(called.strip('"')) for called in _calls(name))
        values = ", ".join(f"{call}::DOUBLE" for call in _calls(name).values())
        return f"SELECT unnest([{names}]) AS statistic, unnest([{values}]) AS value FROM {read}"
    return (
        f"SELECT unnest(['count', 'unique', 'top', 'freq']) AS statistic, unnest([count({name})::VARCHAR,"
        f" count(DISTINCT {name})::VARCHAR, mode({name})::VARCHAR,"
        f" (SELECT max(n)::VARCHAR FROM (SELECT count({name}) AS n FROM {read} GROUP BY {name}))]) AS value FROM {read}"
    )


def _per_group(table: Table, columns: Sequence[ColumnFact], key: ColumnFact) -> str:
    """A row for each group, the statistics of each column side by side."""
    by, read = identifier_if_needed(key.name), identifier_if_needed(table.name)
    cells = []
    for column in columns:
        for called, call in _calls(identifier_if_needed(column.name)).items():
            name = called if len(columns) == 1 else f'"{column.name}_{called.strip(chr(34))}"'
            cells.append(f"{call} AS {name}")
    return f"SELECT {by}, {', '.join(cells)} FROM {read} WHERE {by} IS NOT NULL GROUP BY {by} ORDER BY {by}"


def _calls(name: str) -> dict[str, str]:
    """The eight statistics of a number column by what they are called."""
    return {
        "count": f"count({name})", "mean": f"avg({name})", "std": f"stddev_samp({name})", "min": f"min({name})",
        '"25%"': f"quantile_cont({name}::DOUBLE, 0.25)", '"50%"': f"quantile_cont({name}::DOUBLE, 0.5)",
        '"75%"': f"quantile_cont({name}::DOUBLE, 0.75)", "max": f"max({name})",
    }  # fmt: skip


def _described(table: Table, columns: Sequence[ColumnFact]) -> str:
    """A row for each statistic, a column for each number column."""
    names = [identifier_if_needed(column.name) for column in columns]
    told = ", ".join(literal(called.strip('"')) for called in _calls(""))
    cells = [f"unnest([{', '.join(f'{call}::DOUBLE' for call in _calls(name).values())}]) AS {name}" for name in names]
    return f"SELECT unnest([{told}]) AS statistic, {', '.join(cells)} FROM {identifier_if_needed(table.name)}"
