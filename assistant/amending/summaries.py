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
from assistant.named import columns_named
from tools.relations import identifier_if_needed
from tools.tool import literal

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
NUMBERS = ("int", "decimal")
_PER = re.compile(
    r"\b(?:per|by|for each|for every|in each|of each|within each|grouped by) (?:the )?((?:[\w']+ ?){1,3})|(\S+?)별",
    re.IGNORECASE,
)
_FILLED = re.compile(
    r"\b(?:non[- ]?(?:missing|null|empty|na|nan)s?|filled|present|available|valid)\b|not (?:missing|null|empty)"
    r"|결측(?:치|값)?\s?(?:이|가)?\s?(?:아닌|없는)|채워진|비어 있지 않은",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:each|every|all(?: of)?(?: the)?|per) (?:columns?|variables?|fields?|features?)\b|(?:모든|각)\s?(?:컬럼|칼럼|열|변수)|(?:컬럼|칼럼|열|변수)\s?(?:별|마다)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:mean|average|median|max|min|total|test|correlat|count of)\w*\b|\bsums?\b|평균|중앙값|최대|최소|합계|상관",
    re.IGNORECASE,
)
_READS = ("describe_data", "query_data", "preview_data", "check_quality", "aggregate", "evaluate_model")


def summed_up(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A question about column names, one column's statistics or how many values each has, answered with just that."""
    table = _table(steps, situation)
    if table is None or MAKES.search(request):
        return list(steps)
    if _NAMES.search(request) and not columns_named(_NAMES.sub(" ", request), table):
        names = ", ".join(f"({literal(column.name)})" for column in table.columns)
        sql = f"SELECT column_name FROM (VALUES {names}) AS columns_of_{_plain(table)}(column_name)"
        return [mended(steps[0], "the names of the columns are asked for.", "query_data", {"sql": sql})]
    if _FILLED.search(request) and _EACH.search(request):
        why = "the values of every column are counted, as the request says."
        return [mended(steps[0], why, "query_data", {"sql": _counts(table)})]
    if _METHOD.search(request) and (numbers := [column for column in table.columns if column.type in NUMBERS]):
        return [
            mended(
                steps[0],
                "the statistics of all number columns are shown.",
                "query_data",
                {"sql": _described(table, numbers)},
            )
        ]
    found = _statistics_of(table, request)
    if found is None:
        return list(steps)
    column, key = found
    why = f"the statistics of {column.name}" + (f" for each {key.name}" if key else "") + " are asked for."
    return [mended(steps[0], why, "query_data", {"sql": _statistics(table, column, key)})]


def _table(steps: Sequence["Step"], situation: Situation) -> Table | None:
    """The one table that a plan of one reading step is about."""
    if len(steps) != 1 or steps[0].tool not in _READS:
        return None
    if table := table_of(steps[0], situation):
        return table
    read = tables_read(str(steps[0].arguments.get("sql", "")), situation)
    return read[0] if len(read) == 1 else None


def _plain(table: Table) -> str:
    return re.sub(r"\W", "_", table.name)


def _counts(table: Table) -> str:
    names = [identifier_if_needed(column.name) for column in table.columns]
    cells = ", ".join(f"count({name}) AS {name}" for name in names)
    return (
        f"SELECT * FROM (UNPIVOT (SELECT {cells} FROM {identifier_if_needed(table.name)})"
        " ON COLUMNS(*) INTO NAME column_name VALUE filled)"
    )


def _statistics_of(table: Table, request: str) -> tuple[ColumnFact, ColumnFact | None] | None:
    """The one column whose statistics are asked for, and the column of the groups."""
    if not _STATISTICS.search(request) or _OTHER.search(request):
        return None
    said = " ".join(one or other for one, other in _PER.findall(request))
    words = said.split()
    keys = (
        next((named for most in (1, 2, 3) if (named := columns_named(" ".join(words[:most]), table))), [])
        if words
        else []
    )
    columns = [column for column in columns_named(request, table) if column not in keys]
    if len(columns) != 1 or len(keys) > 1 or (keys and columns[0].type not in NUMBERS):
        return None
    return columns[0], keys[0] if keys else None


def _statistics(table: Table, column: ColumnFact, key: ColumnFact | None) -> str:
    name, read = identifier_if_needed(column.name), identifier_if_needed(table.name)
    if column.type not in NUMBERS:
        return (
            f"SELECT unnest(['count', 'unique', 'top', 'freq']) AS statistic, unnest([count({name})::VARCHAR,"
            f" count(DISTINCT {name})::VARCHAR, mode({name})::VARCHAR,"
            f" (SELECT max(n)::VARCHAR FROM (SELECT count({name}) AS n FROM {read} GROUP BY {name}))]) AS value FROM {read}"
        )
    calls = _calls(name)
    if key is None:
        names = ", ".join(literal(called.strip('"')) for called in calls)
        values = ", ".join(f"{call}::DOUBLE" for call in calls.values())
        return f"SELECT unnest([{names}]) AS statistic, unnest([{values}]) AS value FROM {read}"
    by = identifier_if_needed(key.name)
    cells = ", ".join(f"{call} AS {called}" for called, call in calls.items())
    return f"SELECT {by}, {cells} FROM {read} WHERE {by} IS NOT NULL GROUP BY {by} ORDER BY {by}"


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
