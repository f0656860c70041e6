"""Is there more on weekends? Their days beside those of the week, where a plan counts the weekend's rows alone."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.compared import MORE, OF_ROWS
from assistant.amending.step import mended, table_meant
from assistant.context import Situation, Table
from assistant.named import columns_named
from tools.relations import identifier_if_needed

if TYPE_CHECKING:
    from assistant.plan import Step

_WEEKENDS = re.compile(r"\bweekends?\b|주말", re.IGNORECASE)
_EACH = re.compile(
    r"\b(?:higher|lower|longer|shorter|dearer|cheaper|pricier|more expensive|averages?|mean)\b|비싸|비싼|싸|싼|높|낮|길|긴|짧|오래|평균",
    re.IGNORECASE,
)
"""Asked of each row, not of a day's total."""
_DEAR = re.compile(r"\b(?:dearer|cheaper|pricier|expensive)\b|비싸|비싼|싸|싼", re.IGNORECASE)
_PRICE = re.compile(r"price|fee|fare|cost|rate|amount|요금|가격|금액|단가|비용", re.IGNORECASE)
_SUMMED = re.compile(r"\b(?:sum|avg)\(\s*\"?([^\"()]+?)\"?\s*\)", re.IGNORECASE)


def on_weekends(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`주말에 더 많이 팔려?`, `is it dearer on weekends?`: the average of weekends beside that of the other days."""
    step = steps[0] if len(steps) == 1 and steps[0].tool == "query_data" else None
    if step is None or not (_WEEKENDS.search(request) and MORE.search(request)) or OF_ROWS.search(request):
        return list(steps)
    table = table_meant(step, situation)
    days = [column.name for column in table.columns if column.is_time] if table else []
    groups = [column for column in columns_named(request, table) if column.values and not column.is_number] if table else []  # fmt: skip
    if table is None or len(days) != 1 or groups or any(_WEEKENDS.search(column.name) for column in table.columns):
        return list(steps)
    sql = _sides(table, days[0], _measured(table, request, str(step.arguments.get("sql"))), request)
    return [mended(step, "weekends are compared with the other days.", "query_data", {"sql": sql})]


def _measured(table: Table, request: str, sql: str) -> str:
    """The number that is asked about: the one that is named, a price, or the one that the query sums up; else rows are counted."""
    numbers = [column.name for column in table.columns if column.is_number and len(column.values) != 2]
    named = [column.name for column in columns_named(request, table) if column.name in numbers]
    priced = [name for name in numbers if _PRICE.search(name)] if _DEAR.search(request) else []
    summed = [name for name in dict.fromkeys(_SUMMED.findall(sql)) if name in numbers]
    return next((one[0] for one in (named, priced, summed) if len(one) == 1), "")


def _sides(table: Table, day: str, measured: str, request: str) -> str:
    korean = re.search("[가-힣]", request) is not None
    weekend, other, head = ("주말", "평일", "구분") if korean else ("weekend", "other days", "days_of")
    name, value, read = (identifier_if_needed(one) for one in (day, measured or "rows", table.name))
    called = identifier_if_needed(f"average_{measured or 'rows'}")
    side = f"CASE WHEN isodow({{}}) > 5 THEN '{weekend}' ELSE '{other}' END AS {head}"
    if measured and _EACH.search(request):
        return f"SELECT {side.format(name)}, count(*) AS rows, avg({value}) AS {called} FROM {read} WHERE {name} IS NOT NULL GROUP BY ALL ORDER BY {called} DESC, {head}"
    total = f"sum({value})" if measured else "count(*)"
    inner = f"SELECT CAST({name} AS DATE) AS day, {total} AS total FROM {read} WHERE {name} IS NOT NULL GROUP BY ALL"
    return f"SELECT {side.format('day')}, count(*) AS days, avg(total) AS {called} FROM ({inner}) GROUP BY ALL ORDER BY {called} DESC, {head}"
