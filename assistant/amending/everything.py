"""What is asked of all columns at once: every number times ten, the mean of each column, new names for all of them.

What is not covered: several statistics of every column, and numbers kept as text.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_read
from assistant.context import Situation, Table
from assistant.group_words import EACH_COLUMN_KO, PER
from assistant.named import columns_named, items, stands
from assistant.words import alike, split_words
from tools.relations import identifier_if_needed
from tools.words import listed

if TYPE_CHECKING:
    from assistant.plan import Step

_EVERY = r"(?:every|each|all(?: of)?(?: the)?)(?: single)?(?: numeric(?:al)?| number)?"
_NUMBERS = rf"{_EVERY} (?:numbers?|numeric (?:columns?|cells?)|numerics|number columns?|cells?|values?|figures?)\b"
_AMOUNT = r"(?P<{}>-?\d+(?:\.\d+)?)"
_CHANGED = (
    ("*", re.compile(rf"\bmultipl\w* {_NUMBERS}[^.;]*? by {_AMOUNT.format('n')}", re.IGNORECASE)),
    ("/", re.compile(rf"\bdivid\w* {_NUMBERS}[^.;]*? by {_AMOUNT.format('n')}", re.IGNORECASE)),
    ("+", re.compile(rf"\b(?:add {_AMOUNT.format('n')} to|increas\w*) {_NUMBERS}(?:[^.;]*? by {_AMOUNT.format('by')})?", re.IGNORECASE)),
    ("-", re.compile(rf"\b(?:subtract {_AMOUNT.format('n')} from|(?:decreas|reduc)\w*) {_NUMBERS}(?:[^.;]*? by {_AMOUNT.format('by')})?", re.IGNORECASE)),
    ("*", re.compile(rf"모든\s?(?:숫자|수치|값)\S*(?: 컬럼| 열)?\S*\s{_AMOUNT.format('n')}\S*\s?곱", re.IGNORECASE)),
    ("/", re.compile(rf"모든\s?(?:숫자|수치|값)\S*(?: 컬럼| 열)?\S*\s{_AMOUNT.format('n')}\S*\s?나[누눠]", re.IGNORECASE)),
    ("+", re.compile(rf"모든\s?(?:숫자|수치|값)\S*(?: 컬럼| 열)?\S*\s{_AMOUNT.format('n')}\S*\s?더", re.IGNORECASE)),
    ("-", re.compile(rf"모든\s?(?:숫자|수치|값)\S*(?: 컬럼| 열)?\S*\s{_AMOUNT.format('n')}\S*\s?빼", re.IGNORECASE)),
)  # fmt: skip
_EACH_COLUMN = re.compile(
    r"\b(?:for|of|in|over|across) (?:every|each|all(?: of)?(?: the)?)(?: numeric(?:al)?| number| other| remaining)? (?:columns?|variables?|fields?|features?)\b"
    rf"|{EACH_COLUMN_KO}",
    re.IGNORECASE,
)
_STATISTICS = {
    "avg": r"\b(?:mean|average|avg)s?\b|평균",
    "median": r"\bmedians?\b|중앙값|중위수",
    "min": r"\b(?:min|minimum|lowest|smallest)s?\b|최솟값|최소",
    "max": r"\b(?:max|maximum|highest|largest)s?\b|최댓값|최대",
    "sum": r"\b(?:sums?|totals?)\b|합계|총합",
    "stddev_samp": r"\b(?:standard deviations?|std|sd)\b|표준\s?편차",
}
_GROUP_ALL = re.compile(
    r"^\W*(?:please )?(?:re)?group (?:the |this |my |all |all the )?(?:(?:entire|whole|full) )?(?:data ?frame|data ?set|data|table|df)? ?by\b(?P<keys>[^.;]*)",
    re.IGNORECASE,
)
_BY = re.compile(rf"{PER} ([\w ,]+)|(\S+?)별", re.IGNORECASE)
_NAMES = re.compile(
    r"\b(?:renam\w*|assign|name|call|set|label|chang\w*)\b[^.:;]*?\b(?:columns?|headers?)\b|(?:컬럼|칼럼|열)\s?(?:이름|명)",
    re.IGNORECASE,
)
_LINE = re.compile(r"^\s*\d+\s*[).:]\s*([^\n]+?)\s*$", re.MULTILINE)
_QUOTED = re.compile(r"['\"“‘]([^'\"”’\n]+)['\"”’]")


def changed_all(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`multiply every number by 10` changes all number columns."""
    found = next(((sign, match) for sign, one in _CHANGED if (match := one.search(request))), None)
    table = _table(steps, situation)
    if found is None or table is None or columns_named(found[1][0], table):
        return list(steps)
    sign, said = found
    amount = said["n"] or said.groupdict().get("by")
    names = _numbers(table)
    if amount is None or not names or (sign == "/" and float(amount) == 0):
        return list(steps)
    cells = ", ".join(f"{name} {sign} {amount} AS {name}" for name in map(identifier_if_needed, names))
    sql = f"SELECT * REPLACE ({cells}) FROM {identifier_if_needed(table.name)}"
    why = f"{listed(names)} are changed alike, as the request says."
    return [mended(steps[0], why, "transform_with_sql", {"dataset": table.name, "sql": sql})]


def told_of_all(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`the median of every column per continent`, or the table grouped as a whole: one statistic of all number columns."""
    table = _table(steps, situation)
    if table is None:
        return list(steps)
    whole = _GROUP_ALL.search(request)
    functions = [call for call, pattern in _STATISTICS.items() if re.search(pattern, request, re.IGNORECASE)]
    if whole and not functions and (keys := _only_keys(whole["keys"], table)):
        return [mended(steps[0], "no measure is named, so the means of the numbers are shown.", "query_data",
                       {"sql": _grouped(table, keys, "avg")})]  # fmt: skip
    if not _EACH_COLUMN.search(request) or len(functions) != 1:
        return list(steps)
    said = " ".join(one or other for one, other in _BY.findall(request))
    keys = [column.name for column in columns_named(said, table)] if said else []
    if not keys and columns_named(_EACH_COLUMN.sub(" ", request), table):
        return list(steps)  # a condition, or some columns only
    sql = _grouped(table, keys, functions[0]) if keys else _of_all(table, functions[0])
    return [mended(steps[0], "every number column is shown, as the request says.", "query_data", {"sql": sql})]


def _only_keys(said: str, table: Table) -> list[str]:
    """The columns that a text names, where it says no more than them."""
    columns = columns_named(said, table)
    words = {word for column in columns for word in split_words(column.name)} | {"and", "the", "column", "columns"}
    rest = [word for word in split_words(said) if not any(word == one or alike(word, one) for one in words)]
    return [] if rest else [column.name for column in columns]


def renamed_all(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A list of as many names as the table has columns renames them all, in their order."""
    table = next((one for one in situation.tables if stands(one.name, request)), None) or _table(steps, situation)
    said = _NAMES.search(request)
    if table is None or said is None or not steps or steps[0].tool not in _RENAMES:
        return list(steps)
    rest = items(request[said.end() :])
    names = _LINE.findall(rest) or _QUOTED.findall(rest) or _after_colon(rest)
    own = [column.name for column in table.columns]
    if (
        len(names) != len(own)
        or len({name.casefold() for name in names}) < len(names)
        or set(names) & set(own) == set(own)
    ):
        return list(steps)
    pairs = zip(map(identifier_if_needed, own), map(identifier_if_needed, names), strict=True)
    cells = ", ".join(old if old == new else f"{old} AS {new}" for old, new in pairs)
    sql = f"SELECT {cells} FROM {identifier_if_needed(table.name)}"
    why = f"the {len(names)} names that the request lists are those of the columns."
    return [mended(steps[0], why, "transform_with_sql", {"dataset": table.name, "sql": sql})]


_PAIR = re.compile(
    r"(?<![\w])(?P<old>[^\W\d]\w*) (?:is|means|becomes|stands for|should be|should be called|to|as|into|->|=>|=) (?:the |called |really |my )*(?P<new>[^\W\d]\w*)(?![\w])"
)


def renamed_pairs(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`in november Lift is lift_id and Fault is cause`: columns of one table by the names that the request gives them."""
    if not steps or steps[0].tool not in (*_RENAMES, "predict_dataset", "rename_columns", "replace_values"):
        return list(steps)
    named = [table for table in situation.tables if stands(table.name, request)] or situation.tables
    known = {name.casefold(): name for name in situation.column_names}
    found = {table.name: _pairs(table, request) for table in named}
    table = max(named, key=lambda one: len(found[one.name]), default=None)
    pairs = found[table.name] if table else {}
    foreign = sum(new.casefold() in known for new in pairs.values())
    if table is None or len(pairs) < 2 or not (foreign == len(pairs) or _CALLS.search(request)):
        return list(steps)
    renames = [{"column": old, "name": known.get(new.casefold(), new)} for old, new in pairs.items()]
    arguments = {"dataset": table.name, "renames": renames}
    rest = [step for step in steps if step.tool == "predict_dataset"]
    return [mended(steps[0], "the names are those that the request gives.", "rename_columns", arguments), *rest]


_CALLS = re.compile(r"\b(?:renam\w*|call(?:ed)?|names?)\b", re.IGNORECASE)


def _pairs(table: Table, request: str) -> dict[str, str]:
    """The columns of a table with the names that a request gives them, none of which it has."""
    own = {column.name.casefold(): column.name for column in table.columns}
    said = [(own.get(found["old"].casefold(), ""), found["new"]) for found in _PAIR.finditer(request)]
    return {old: new for old, new in said if old and new.casefold() not in own}


_RENAMES = (
    "rename_column",
    "transform_with_sql",
    "change_type",
    "move_columns",
    "keep_columns",
    "query_data",
    "split_column",
)
_SINGLE = ("query_data", "describe_data", "aggregate", "transform_with_sql", "keep_columns", "fix_issues", "add_formula",
           "preview_data", "limit_values", "sort_rows", "scale_columns", "check_quality", "correlate")  # fmt: skip
"""Steps that such a request may have led to."""


def _table(steps: Sequence["Step"], situation: Situation) -> Table | None:
    """The table that a plan of one step works on: the one its arguments or its SQL name, if it is only one."""
    if not steps or (len(steps) > 1 and {step.tool for step in steps} != {"rename_column"}):
        return None
    if len(steps) == 1 and steps[0].tool not in {*_SINGLE, *_RENAMES}:
        return None
    return table_read(steps[0], situation)


def _numbers(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.is_number]


def _grouped(table: Table, keys: Sequence[str], call: str) -> str:
    by = ", ".join(map(identifier_if_needed, keys))
    names = [identifier_if_needed(name) for name in _numbers(table) if name not in keys]
    cells = "".join(f", {call}({name}) AS {name}" for name in names)
    filled = " AND ".join(f"{name} IS NOT NULL" for name in map(identifier_if_needed, keys))
    return f"SELECT {by}{cells} FROM {identifier_if_needed(table.name)} WHERE {filled} GROUP BY {by} ORDER BY {by}"


def _of_all(table: Table, call: str) -> str:
    cells = ", ".join(f"{call}({name})::DOUBLE AS {name}" for name in map(identifier_if_needed, _numbers(table)))
    called = {"avg": "mean", "stddev_samp": "deviation"}.get(call, call)
    read = identifier_if_needed(table.name)
    return f"SELECT * FROM (UNPIVOT (SELECT {cells} FROM {read}) ON COLUMNS(*) INTO NAME column_name VALUE {called})"


def _after_colon(rest: str) -> list[str]:
    """Names behind a colon, `to` or `as`, with commas between them."""
    found = re.search(r"(?::|\b(?:to|as|are)\b)\s*(?P<list>[^:;]+?)\W*$", rest, re.IGNORECASE | re.DOTALL)
    parts = re.split(r"\s*(?:,|\band\b|\n)\s*", found["list"]) if found else []
    return [part.strip() for part in parts if part.strip()]
