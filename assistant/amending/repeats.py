"""Repeated rows as the request counts them: only those next to each other removed, as many copies made as are named."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended, table_of, table_read
from assistant.context import Situation
from assistant.named import columns_named
from tools.number_words import NUMBERS, TIMES, either, number_said
from tools.relations import identifier_if_needed
from tools.words import listed

if TYPE_CHECKING:
    from assistant.plan import Step

_IN_A_ROW = re.compile(
    r"\bconsecutive\w*|\bin a row\b|\badjacent\b|\bone after (?:the|an)other\b|연속|연달아|연이어", re.IGNORECASE
)

_TIMES = re.compile(rf"\b(?P<word>{either(TIMES)})\b|\b(?P<n>{either(NUMBERS)}|\d+)\s?(?:times|번|배)", re.IGNORECASE)
_ADDS = re.compile(r"\b(?:append|add)\w*\b.*\bitself\b|\bmore\b|더", re.IGNORECASE)
"""Words of copies that come on top of the rows there are."""
MOST = 100


def repeated(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Copies of all rows, as many as the request says."""
    found = _TIMES.search(request)
    if found is None or len(steps) != 1 or steps[0].tool not in ("concatenate_datasets", "repeat_rows"):
        return list(steps)
    step, table = steps[0], table_of(steps[0], situation)
    other = step.arguments.get("other")
    if table is None or (other is not None and other != table.name):
        return list(steps)
    number = int(number_said(found["word"] or found["n"], TIMES))
    times = number + 1 if _ADDS.search(request) else number
    if not 1 < times <= MOST or step.arguments.get("times") == times:
        return list(steps)
    arguments = {"dataset": table.name, "times": times}
    return [mended(step, f"each row is there {times} times, as the request says.", "repeat_rows", arguments)]


_DROPPED = r"(?:drop\w*|remov\w*|without|unique|distinct|dedup\w*|dup\w*)[ _-]?(?:of )?(?:the )?(?:dup\w*|rows|df|data ?frame)?"
_NUMBER_OF_COPIES = re.compile(
    rf"\b(?:number|count|sum|total|amount)s? (?:of|the) (?:all |the )?(?:duplicate|duplicated|repeated) (?:rows|records|lines|entries|ones)?\W*(?:(?:in|of|from|for)\b|$)"
    rf"|\b(?:number|count|sum|total|amount)s? (?:of|the) (?:all |the )?duplicates\b(?! (?:by|per|of each|for each|in (?:the )?(?:column|field)))"
    rf"|\bhow many (?:duplicates|duplicated? rows|rows are (?:duplicate|duplicates|duplicated|repeated))\b"
    rf"|\b(?:rows|length|len|size|shape|count)\b[^.;?]{{0,40}}(?:\bminus\b|\bless\b|\bsubtract\w*\b|-)[^.;?]{{0,40}}(?:\b(?:rows|length|len|size|shape|count)\b[^.;?]{{0,20}})?\b{_DROPPED}"
    r"|중복(?:된)?\s?(?:행|데이터|레코드)(?:의)?\s?(?:수|개수|건수|몇)",
    re.IGNORECASE,
)
_COPIES_LOOK = (
    "query_data",
    "transform_with_sql",
    "add_formula",
    "aggregate",
    "drop_duplicates",
    "describe_data",
    "check_quality",
)
"""Steps that a small model takes for it."""


def copies_counted(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`number of rows minus number of rows without duplicates`: how many rows repeat another one."""
    table = table_read(steps[0], situation) if len(steps) == 1 and steps[0].tool in _COPIES_LOOK else None
    if table is None or not _NUMBER_OF_COPIES.search(request) or columns_named(request, table):
        return list(steps)
    name = identifier_if_needed(table.name)
    sql = f"SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM {name})) AS duplicates FROM {name}"
    return [mended(steps[0], "the rows that repeat another one are counted.", "query_data", {"sql": sql})]


def consecutive(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Duplicates in a row: a row goes where it equals the one before it."""
    return [_consecutive(step, situation) if _IN_A_ROW.search(request) else step for step in steps]


def _consecutive(step: "Step", situation: Situation) -> "Step":
    table = table_of(step, situation)
    if step.tool != "drop_duplicates" or table is None:
        return step
    columns = step.arguments.get("columns") or [column.name for column in table.columns]
    changed = " OR ".join(f"{name} IS DISTINCT FROM lag({name}) OVER ()" for name in map(identifier_if_needed, columns))
    sql = f"SELECT * FROM {identifier_if_needed(table.name)} QUALIFY row_number() OVER () = 1 OR {changed}"
    why = f"rows whose {listed(columns)} equals that of the row before are removed, as the request says."
    return mended(step, why, "transform_with_sql", {"dataset": table.name, "sql": sql})


_ONE_PER = re.compile(
    r"\b(?:only |just )?(?:one|1|a single) (?:row|record|line|entry) (?:per|for (?:each|every)|of each)\b(?P<keys>[^.;]*?)(?:,|;|\.|\bwith\b|\bthe (?:one|row)\b|$)(?P<rest>.*)"
    r"|(?P<korean>\S+?)(?:별로?|마다)\s(?P<korean_rest>.*?)(?:한|하나의|1개의?)\s?(?:행|줄|건)(?:씩)?만",
    re.IGNORECASE | re.DOTALL,
)
_KEEPS_ONE = re.compile(r"keep|\bonly\b|\bjust\b|dedup|duplicate|남기|남겨", re.IGNORECASE)
"""Words of rows that stay; `one row per plan with their number` is a table of groups."""
_LARGEST = re.compile(
    r"newest|latest|most recent|highest|largest|biggest|greatest|최신|최근|가장 (?:높|큰|많)", re.IGNORECASE
)
_SMALLEST = re.compile(r"oldest|earliest|lowest|smallest|least|오래된|가장 (?:낮|작|적|이른)", re.IGNORECASE)


def one_each(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`keep only one row per buyer, the one with the newest order`: duplicates of those columns, and which one stays."""
    found, table = _ONE_PER.search(request), table_of(steps[0], situation) if len(steps) == 1 else None
    if (
        found is None
        or table is None
        or not _KEEPS_ONE.search(request)
        or steps[0].tool in ("aggregate", "train_model")
        or "sql" in steps[0].arguments
    ):
        return list(steps)
    keys = [column.name for column in columns_named(found["keys"] or found["korean"] or "", table)]
    rest = found["rest"] or found["korean_rest"] or ""
    by = [column.name for column in columns_named(rest, table) if column.name not in keys]
    arguments: dict[str, Any] = {"dataset": table.name, "columns": keys}
    side = "largest" if _LARGEST.search(rest) else "smallest" if _SMALLEST.search(rest) else ""
    if side and len(by) == 1:
        arguments |= {"keep": side, "by": by[0]}
    elif re.search(r"\blast\b|마지막", rest, re.IGNORECASE):
        arguments["keep"] = "last"
    if not keys or (steps[0].tool == "drop_duplicates" and steps[0].arguments == arguments):
        return list(steps)
    return [
        mended(steps[0], f"one row for each {listed(keys)} stays, as the request says.", "drop_duplicates", arguments)
    ]
