"""What is asked of columns and rows by their place or kind: the first seven columns, the third row, the dates.

What is not covered: places counted from zero, and steps of two.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_read, tables_read
from assistant.context import Situation
from assistant.group_words import GROUPS
from assistant.named import columns_named
from tools.number_words import ENGLISH, ORDINALS, either, number_said
from tools.relations import identifier_if_needed

if TYPE_CHECKING:
    from assistant.plan import Step

_N, _NTH = rf"\d+|{either(ENGLISH)}", rf"\d+(?:st|nd|rd|th)?|{either(ORDINALS)}"
_ORDINAL = rf"\d+(?:st|nd|rd|th)|{either(ORDINALS)}"
"""A place that can't be a count: `the 25th entry`, never `25 entries`."""
COLUMN, _ROW = r"(?:columns?|fields?|variables?)", r"(?:rows?|lines?|records?|entries|observations?)"
_COLUMNS = re.compile(
    rf"\b(?:(?P<but>all|every)(?: the)? {COLUMN} (?:except|but|without|excluding|besides)(?: for)? )?(?:the )?"
    rf"(?P<end>first|last) (?P<n>{_N})(?: {COLUMN})?\b"
    rf"|\b{COLUMN} (?:from )?(?P<low>\d+) ?(?:to|through|until|-|–) ?(?P<high>\d+)\b"
    r"|(?P<korean>처음|첫|앞|마지막|끝|뒤)(?:의|에서)?\s?(?P<k>\d+)\s?개?\s?(?:의\s)?(?:컬럼|칼럼|열)",
    re.IGNORECASE,
)
_ROWS = re.compile(
    rf"\b{_ROW} (?:from )?(?P<low>\d+) ?(?:to|through|until|-|–) ?(?P<high>\d+)\b"
    rf"|\b{_ROW} (?:(?P<after>after)|(?P<upto>up to|until|through)) (?:the |row )*(?P<n>{_NTH})\b"
    r"|(?P<from_>\d+)\s?(?:번째)?\s?행?(?:부터|에서)\s?(?P<to>\d+)\s?(?:번째)?\s?행(?:까지)?",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"\b(?P<end>first|last) (?P<n>{_N}) {_ROW}\b|(?P<korean>처음|첫|앞|마지막|끝|뒤)(?:의|에서)?\s?(?P<k>\d+)\s?개?\s?(?:의\s)?행",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\b(?:show|see|display|print|view|what are|look at|give)\b[^.;?]{0,20}\b(?:last|final|bottom) (?:few |several |couple of )?(?:rows|lines|records|entries|observations|elements|items)\b"
    r"|\btail of\b|(?:마지막|끝)\s?(?:부분|몇\s?(?:개|행))(?:의\s?행)?[을를]?\s?(?:보|확인)",
    re.IGNORECASE,
)
"""The end of a table without a number of rows."""
TAIL_ROWS = 5
_LISTED = re.compile(
    rf"\b(?P<nths>(?:{_ORDINAL}|(?:{_NTH})(?:(?:,| and|, and) (?:the )?(?:{_NTH}))+) {_ROW})\b"
    rf"|\b{_ROW} (?:numbers? )?(?P<numbers>\d+(?:(?:, | and |, and )\d+)*)\b(?! ?(?:to|through|until|-|–))"
    r"|(?P<korean>\d+(?:\s?(?:번째|번)?\s?행?(?:,|과|와|하고|랑)\s?\d+)*)\s?(?:번째|번)\s?행",
    re.IGNORECASE,
)
_LISTED_COLUMNS = re.compile(
    rf"\b(?P<nths>(?:{_ORDINAL}|last|nineth|twelveth)(?:(?:,| and|, and) (?:the )?(?:{_ORDINAL}|last|nineth|twelveth))*) {COLUMN}\b"
    rf"|\b{COLUMN} (?:numbers? )?(?P<numbers>\d+(?:(?:, | and |, and )\d+)+)\b"
    r"|(?P<korean>\d+(?:\s?(?:번째|번)?\s?(?:,|과|와|하고|랑)\s?\d+)*)\s?(?:번째|번)\s?(?:컬럼|칼럼|열)",
    re.IGNORECASE,
)
_NTH_VALUE = re.compile(
    rf"\b(?P<nth>{_ORDINAL}|last) (?:values?|elements?|entry|items?|cells?)\b (?:from|of|in)\b|(?P<korean>\d+)\s?번째\s?(?:값|원소|항목)",
    re.IGNORECASE,
)
_GROUPED = re.compile(GROUPS, re.IGNORECASE)
CHANGES = re.compile(
    r"\b(?:remov|delet|drop|keep|fill|replac|renam|chang|convert|cast|turn|sort|mov)\w*|\b(?:set|assign) (?:the|all|every|values?|rows?|it|them)\b|제거|삭제|지워|남겨|남기|바꿔|변환|채워|정렬|옮",
    re.IGNORECASE,
)


def placed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """One look at rows, answered by the places that the request names."""
    if len(steps) != 1 or steps[0].tool not in (
        "query_data",
        "transform_with_sql",
        "take_rows",
        "keep_columns",
        "preview_data",
        "move_columns",
    ):
        return list(steps)
    name = table_whole(steps[0], situation)
    table = situation.table(name)
    if table is None or CHANGES.search(request):
        return list(steps)
    names = [column.name for column in table.columns]
    shown, rows = _columns(names, request), _rows(request)
    if not shown and not rows and (value := _NTH_VALUE.search(request)) and not _GROUPED.search(request):
        named = [column.name for column in columns_named(request, table)]
        shown, rows = (named, _nth(value["nth"] or value["korean"])) if len(named) == 1 else ([], "")
    if not shown and not rows:
        return list(steps)
    part = ", ".join(map(identifier_if_needed, shown)) if shown else "*"
    sql = f"SELECT {part} FROM {identifier_if_needed(name)}{rows}"
    if steps[0].arguments.get("sql") == sql:
        return list(steps)
    return [mended(steps[0], "the places that the request names are shown.", "query_data", {"sql": sql})]


def by_place(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Columns that are dropped or kept by their places: `delete the first, fourth and last columns`."""
    table = situation.table(str(steps[0].arguments.get("dataset", ""))) if len(steps) == 1 else None
    if table is None or steps[0].tool not in ("drop_columns", "keep_columns"):
        return list(steps)
    names = [column.name for column in table.columns]
    named = _named_columns(names, request) or _columns(names, request)
    if (
        not named
        or set(named) == set(steps[0].arguments["columns"])
        or (columns_named(request, table) and not _all_digits(names))
    ):
        return list(steps)
    why = "the columns are those at the places that the request names."
    return [mended(steps[0], why, steps[0].tool, steps[0].arguments | {"columns": named})]


_KINDS = {
    r"float\d*|double|decimal|real": ("decimal",),
    r"int\d*|integers?|whole numbers?": ("int",),
    r"numeric|numbers?|numerical|숫자|수치": ("int", "decimal"),
    r"objects?|str|strings?|texts?|categorical|문자열?|텍스트|범주형?": ("text",),
    r"bool|booleans?|논리": ("boolean",),
    r"dates?|datetimes?\d*|timestamps?|날짜": ("date", "timestamp"),
}
_NAMED_KIND = "|".join(_KINDS)
_OF_KIND = re.compile(
    rf"\b{COLUMN}\b[^.;?]{{0,30}}?\b(?:d?type|data ?type|kind)s?\b(?: is| are| equals?| equal| of| to| ==?| =)* ?['\"]?(?P<kind>{_NAMED_KIND})['\"]?(?!\w)"
    rf"|\b(?:only |all )(?:the |of the )?['\"]?(?P<before>{_NAMED_KIND})['\"]?(?:[- ]type[ds]?)? {COLUMN}\b",
    re.IGNORECASE,
)
_SELECTS = (
    "filter_rows",
    "keep_columns",
    "drop_columns",
    "query_data",
    "transform_with_sql",
    "describe_data",
    "change_type",
)


def by_kind(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Columns that are kept or dropped by what they hold: `the columns where type equals float64`."""
    found = _OF_KIND.search(request)
    table = table_read(steps[0], situation) if len(steps) == 1 and steps[0].tool in _SELECTS else None
    if found is None or table is None or _TURNS.search(request):
        return list(steps)
    said = found["kind"] or found["before"]
    kinds = next(kinds for words, kinds in _KINDS.items() if re.fullmatch(words, said, re.IGNORECASE))
    columns = [column.name for column in table.columns if column.type in kinds]
    tool = "drop_columns" if _DROPS.search(request) else "keep_columns"
    arguments = {"dataset": table.name, "columns": columns}
    if not 0 < len(columns) < len(table.columns) or (steps[0].tool, steps[0].arguments) == (tool, arguments):
        return list(steps)
    return [mended(steps[0], f"the columns are those that hold {said}.", tool, arguments)]


_DROPS = re.compile(r"\b(?:drop|remov|delet|exclud|discard|without|get rid)\w*|제거|삭제|지워|빼", re.IGNORECASE)
_TURNS = re.compile(
    r"\b(?:chang|convert|cast|turn|fill|scal|encod|round|clean|normali|standardi|how many|number of|count|list|show|which|what|statistic|mean|average|median|sum|correlat)\w*|바꿔|변환|채워|몇|개수|보여|평균",
    re.IGNORECASE,
)
"""Words of another wish for such columns than to keep or drop them."""
_SPAN = re.compile(
    r"\bfrom (?:the )?(?:column )?['\"“]?(?P<first>[\w %.()/-]+?)['\"”]? (?:columns? )?(?:up to|until|till|through|thru|to)(?: and including)? (?:the )?(?:column )?['\"“]?(?P<last>[\w %.()/-]+?)['\"”]?(?: columns?\b|\W*(?:[.,;]|$))"
    r"|['\"“]?(?P<erste>[\w%./-]+)['\"”]?\s?(?:컬럼|칼럼|열)?부터\s?['\"“]?(?P<letzte>[\w%./-]+?)['\"”]?\s?(?:컬럼|칼럼|열)?까지",
    re.IGNORECASE,
)
_OF_COLUMNS = re.compile(r"\bcolumns?\b|\bslice|\bfields?\b|\bvariables?\b|컬럼|칼럼|열", re.IGNORECASE)


def spanned(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`from the school until the guardian column`: all columns between two that the request names, both included."""
    found = _SPAN.search(request)
    if found is None or len(steps) != 1 or not _OF_COLUMNS.search(request):
        return list(steps)
    first, last = found["first"] or found["erste"], found["last"] or found["letzte"]
    table = table_read(steps[0], situation)
    names = {column.name.casefold(): column.name for column in table.columns} if table else {}
    start, end = (list(names).index(said.casefold()) if said.casefold() in names else -1 for said in (first, last))
    if table is None or start < 0 or end <= start or steps[0].tool not in _SPANS:
        return list(steps)
    tool = "drop_columns" if steps[0].tool == "drop_columns" else "keep_columns"
    columns = list(names.values())[start : end + 1]
    why = f"the columns are those from {columns[0]} to {columns[-1]}."
    return [mended(steps[0], why, tool, {"dataset": table.name, "columns": columns})]


_SPANS = ("keep_columns", "drop_columns", "query_data", "transform_with_sql", "filter_rows", "preview_data")


def _all_digits(names: Sequence[str]) -> bool:
    return all(name.isdigit() for name in names)


def _named_columns(names: Sequence[str], request: str) -> list[str]:
    """The columns at the places that a request lists, in the table's order."""
    found = _LISTED_COLUMNS.search(request)
    if found is None:
        return []
    said = re.findall(rf"{_ORDINAL}|last|nineth|twelveth|\d+", found[0], re.IGNORECASE)
    places = {len(names) if word.casefold() == "last" else _place(_SLIPS.get(word.casefold(), word)) for word in said}
    return [name for place, name in enumerate(names, 1) if place in places] if max(places) <= len(names) else []


_SLIPS = {"nineth": "ninth", "twelveth": "twelfth"}


def table_whole(step: "Step", situation: Situation) -> str:
    """The table that a step looks at as a whole; empty where it reads several, or some of the rows."""
    if "sql" not in step.arguments:
        return str(step.arguments.get("dataset", ""))
    sql = re.sub(r"\bFILTER\s*\(\s*WHERE\b", "FILTER (", step.arguments["sql"], flags=re.IGNORECASE)
    if re.search(r"\b(?:WHERE|JOIN|HAVING)\b", sql, re.IGNORECASE):
        return ""
    read = [table.name for table in tables_read(sql, situation)]
    return read[0] if len(read) == 1 or (re.search(r"\b(?:EXCEPT|UNION)\b", sql, re.IGNORECASE) and read) else ""


def _columns(names: list[str], request: str) -> list[str]:
    found = _COLUMNS.search(request)
    if found is None or (found["end"] and not found["but"] and not re.search(rf" {COLUMN}$", found[0])):
        return []
    if found["low"]:
        return names[int(found["low"]) - 1 : int(found["high"])]
    number = int(number_said(found["n"] or found["k"]))
    inside, outside = (names[:number], names[number:]) if _is_first(found) else (names[-number:], names[:-number])
    return outside if found["but"] else inside


def _rows(request: str) -> str:
    """The rows that a request names as a clause of SQL, or nothing."""
    found, end = _ROWS.search(request), _ENDS.search(request)
    if end and not _is_first(end) and not _GROUPED.search(request):
        return f" QUALIFY {_at_end(end)}"
    if found is None and _TAIL.search(request) and not _GROUPED.search(request):
        return f" QUALIFY row_number() OVER () > count(*) OVER () - {TAIL_ROWS}"
    if found is None:
        places = [] if _GROUPED.search(request) else row_places(request)
        return f" QUALIFY row_number() OVER () IN ({', '.join(map(str, places))})" if places else ""
    if found["n"]:
        number = _place(found["n"])
        return f" OFFSET {number}" if found["after"] else f" LIMIT {number}"
    low, high = int(found["low"] or found["from_"]), int(found["high"] or found["to"])
    return f" LIMIT {high - low + 1} OFFSET {low - 1}" if 0 < low <= high else ""


def _nth(said: str) -> str:
    """The clause of SQL for one row by its place."""
    if said.casefold() == "last":
        return " QUALIFY row_number() OVER () = count(*) OVER ()"
    return f" LIMIT 1 OFFSET {_place(said) - 1}" if _place(said) else ""


def _at_end(found: re.Match[str]) -> str:
    """A condition on the first or last rows, as many as are named."""
    number = int(number_said(found["n"] or found["k"]))
    return (
        f"row_number() OVER () <= {number}"
        if _is_first(found)
        else f"row_number() OVER () > count(*) OVER () - {number}"
    )


def _is_first(found: re.Match[str]) -> bool:
    """Whether the end that was found is the first one."""
    return found["end"].casefold() == "first" if found["end"] else found["korean"] in ("처음", "첫", "앞")


def rows_at(request: str) -> str:
    """A condition on the rows whose places a request names, or nothing: `the first 3 rows`, `rows 5 to 9`, `the 2nd row`."""
    if end := _ENDS.search(request):
        return _at_end(end)
    found = _ROWS.search(request)
    if found and (found["low"] or found["from_"]):
        return f"row_number() OVER () BETWEEN {found['low'] or found['from_']} AND {found['high'] or found['to']}"
    places = row_places(request)
    return f"row_number() OVER () IN ({', '.join(map(str, places))})" if places else ""


def row_places(request: str) -> list[int]:
    """The places of single rows that a request names: 1 and 3 for `the first and third row`."""
    found = _LISTED.search(request)
    said = re.findall(_NTH, found[0], re.IGNORECASE) if found else []
    return sorted({place for word in said if (place := _place(word)) > 0})


def _place(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits[0]) if digits else ORDINALS.index(said.casefold()) + 1
