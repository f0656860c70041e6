"""What is asked of each column: its empty, filled or different cells, as a query with a row for each; or how many there are."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.positions import CHANGES, COLUMN, table_whole
from assistant.amending.step import mended
from assistant.context import Situation
from assistant.group_words import EACH_COLUMN_KO
from assistant.named import columns_named
from tools.relations import identifier_if_needed

if TYPE_CHECKING:
    from assistant.plan import Step

_EACH = rf"(?:\b(?:each|every|per|by|all(?: the)?)(?: of the)? {COLUMN}|{EACH_COLUMN_KO})"
_EMPTY = r"(?:missing|nulls?|empty|blank|nan|na)\b|결측|누락|빈\s?(?:값|칸)"
_HELD = r"\bnon-?\s?(?:missing|null|empty|nan)\b|\bnot (?:missing|null|empty)"
_UNIQUE = r"\b(?:unique|distinct|different)\b|고유|서로 다른"
_THEN = re.compile(r"[.;]\s+|\bthen\b|,\s|그\s?다음|그리고", re.IGNORECASE)
_RATIO = re.compile(r"\b(?:ratios?|rates?|shares?|proportions?|fractions?)\b|비율|비중", re.IGNORECASE)
_PERCENT = re.compile(r"percent|%|퍼센트", re.IGNORECASE)
_HOW_MANY_COLUMNS = re.compile(
    rf"\b(?:how many|number of|count (?:of )?(?:the )?) ?(?:the )?{COLUMN} (?:are|does|do|in|there|of|is|has|have)\b"
    rf"|\b(?:how many|number of|count the) {COLUMN}\W*$|(?:컬럼|칼럼|열|변수)(?:은|는|이|가|의)?\s?(?:몇|개수|수는|수가|갯수)",
    re.IGNORECASE,
)


_ANY_EMPTY = re.compile(
    r"\b(?:is|are) there (?:any |some )?(?:missing|null|empty|blank|nan)(?: (?:values?|cells?|entries|data))?\b"
    r"|\b(?:does|do)\b[^.;?]{0,40}\b(?:have|contain|hold) (?:any )?(?:missing|null|empty|blank|nan)(?: (?:values?|cells?|entries))?\b"
    r"|(?:결측치|결측값|빈\s?값|누락된\s?값)[이가은는]?\s?(?:하나라도\s?)?(?:있|존재)",
    re.IGNORECASE,
)
"""Whether any cell is empty, of all columns."""


def of_each(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """One look at what each column holds, as a query with a row for each; or the number of columns."""
    looks = ("query_data", "describe_data", "check_quality", "aggregate", "preview_data")
    clause = next((part for part in _THEN.split(request)[1:] if _asks_each(part)), "")
    if clause and steps and not any(step.tool in looks for step in steps):
        sql = _each_column(identifier_if_needed(str(steps[-1].arguments.get("dataset", ""))), clause)
        return [*steps, mended(steps[-1], "a row is shown for each column.", "query_data", {"sql": sql})]
    if len(steps) != 1 or steps[0].tool not in looks or CHANGES.search(request):
        return list(steps)
    name = table_whole(steps[0], situation)
    table = situation.table(name)
    if table is None:
        return list(steps)
    read = identifier_if_needed(name)
    if _asks_each(request):
        sql = _each_column(read, request)
        return [mended(steps[0], "a row is shown for each column.", "query_data", {"sql": sql})]
    if _ANY_EMPTY.search(request) and not columns_named(request, table):
        sql = f"SELECT sum(missing) AS missing_values FROM ({_each_column(read, 'missing')})"
        return [mended(steps[0], "the empty cells of all columns are counted.", "query_data", {"sql": sql})]
    if _HOW_MANY_COLUMNS.search(request) and not re.search(_EMPTY, request, re.IGNORECASE):
        sql = f"SELECT count(*) AS columns FROM (DESCRIBE {read})"
        return [mended(steps[0], "the columns are counted, not the rows.", "query_data", {"sql": sql})]
    return list(steps)


def _asks_each(text: str) -> bool:
    """Whether a text asks what each column holds or lacks."""
    return re.search(_EACH, text, re.IGNORECASE) is not None and _told(text) is not None


def _each_column(read: str, text: str) -> str:
    measure, called = _told(text) or ("", "")
    return f"SELECT * FROM (UNPIVOT (SELECT {measure} FROM {read}) ON COLUMNS(*) INTO NAME column_name VALUE {called})"


def _told(request: str) -> tuple[str, str] | None:
    """What is measured of each column, and how it is called; nothing where that is not told."""
    if re.search(_HELD, request, re.IGNORECASE):
        measure, called = "count(COLUMNS(*))", "filled"
    elif re.search(_EMPTY, request, re.IGNORECASE):
        measure, called = "count(*) - count(COLUMNS(*))", "missing"
    elif re.search(_UNIQUE, request, re.IGNORECASE):
        return "count(DISTINCT COLUMNS(*))", "different"
    else:
        return None
    if _PERCENT.search(request):
        return f"100.0 * ({measure}) / count(*)", f"{called}_percent"
    return (f"({measure}) / count(*)", f"{called}_ratio") if _RATIO.search(request) else (measure, called)
