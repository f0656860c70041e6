"""A result laid out as the request says: `put regiment on the rows and company on the columns`, `지역을 행으로, 연도를 열로`.

What is not covered: several measures in each cell.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import Situation
from assistant.named import columns_named
from tools.relations import identifier_if_needed

if TYPE_CHECKING:
    from assistant.plan import Step

_ON_COLUMNS = re.compile(
    r"(?P<on>[\w ]{2,40}?) (?:on|in|as|along|across)(?: the)? (?:columns?|column headers)\b(?! of)"
    r"|\bcolumns (?:should be|are|being|for)(?: the)? (?P<should>[\w ]{2,40})|\bone column (?:for each|per) (?P<per>[\w ]{2,40})"
    r"|(?P<korean>\S+?)[을를은는]?\s?(?:열로|컬럼으로|칼럼으로)\b",
    re.IGNORECASE,
)


def spread(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A query over two keys and one measure shows a column for each value of the key that the request puts there."""
    found = _ON_COLUMNS.search(request)
    if found is None or len(steps) != 1 or steps[0].tool != "query_data":
        return list(steps)
    sql = str(steps[0].arguments["sql"])
    said = re.split(r"\b(?:and|rows?|with)\b", next(filter(None, found.groups())))[-1]
    for table in situation.tables:
        named = [column.name for column in columns_named(said, table)]
        if len(named) == 1 and (pivot := _pivoted(sql, named[0])):
            why = f"{named[0]} is laid out in columns, as the request says."
            return [mended(steps[0], why, "query_data", {"sql": pivot})]
    return list(steps)


def _pivoted(sql: str, key: str) -> str:
    """A grouped SELECT with the values of one of its keys as columns; empty where it is none."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return ""
    if not isinstance(tree, exp.Select) or tree.args.get("group") is None or tree.args.get("limit"):
        return ""
    keys = [p for p in tree.expressions if isinstance(p.unalias(), exp.Column)]
    measures = [p for p in tree.expressions if p.find(exp.AggFunc)]
    spread_over = [p for p in keys if p.unalias().name.casefold() == key.casefold()]
    if len(measures) != 1 or len(keys) + 1 != len(tree.expressions) or len(keys) < 2 or len(spread_over) != 1:
        return ""
    tree.set("order", None)
    if not measures[0].alias:
        measures[0].replace(exp.alias_(measures[0].copy(), "value"))
    measure = next(p.alias for p in tree.expressions if p.find(exp.AggFunc))
    rows = ", ".join(identifier_if_needed(p.alias_or_name) for p in keys if p is not spread_over[0])
    over, cell = identifier_if_needed(spread_over[0].alias_or_name), identifier_if_needed(measure)
    return f"PIVOT ({tree.sql('duckdb')}) ON {over} USING first({cell}) GROUP BY {rows} ORDER BY {rows}"
