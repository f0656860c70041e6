"""Calls of the further tools as the request has them: rows that match, cells along the rows, samples, columns put together."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended, table_of
from assistant.amending.windows import ORDERS
from assistant.context import Situation
from assistant.named import columns_named, stands

if TYPE_CHECKING:
    from assistant.plan import Step

_NEW = re.compile(
    r"\b(?:new|another|extra|separate) column|\bcolumn (?:called|named)|\bcalled\b|\bas a column\b|\badd\b|새|추가|별도|컬럼으로",
    re.IGNORECASE,
)
_MERGES = re.compile(
    r"\b(?:merg|combin|concatenat|glu|join|put)\w*\b[^.]*\b(?:into|in|as|to) (?:one|a|a single|a new|1) (?:new )?(?:text )?column|이어|합쳐|결합해|붙여서",
    re.IGNORECASE,
)
_SEPARATORS = (
    ("_", r"underscore|밑줄|언더(?:바|스코어)"),
    ("-", r"\bdash|hyphen|대시|하이픈|줄표"),
    (", ", r"comma|쉼표|콤마"),
    ("/", r"slash|슬래시|빗금"),
    (" ", r"\bspace|\bblank|공백|띄어|빈칸"),
)
_CYCLE = re.compile(r"\bsin\w*\b[\s\S]*\bcos|사인[\s\S]*코사인|순환|\bcyclic", re.IGNORECASE)
_CYCLES = (
    ("month", r"\bmonth|월"),
    ("weekday", r"weekday|day of (?:the )?week|요일"),
    ("hour", r"\bhour|시간|시각"),
    ("minute", r"\bminute|분"),
    ("day", r"\bday\b|일(?!별)"),
)


_HALF_JOIN = re.compile(r"\b(?P<how>semi|anti)[- ]?join|(?P<korean>세미|안티)\s?조인", re.IGNORECASE)
_CLIPS = re.compile(r"\b(?:clip|cap|winsor|limit|press)\w*|눌러|누르|경계값|자르지|잘라내지|상한|하한", re.IGNORECASE)
_TAKES_ROWS = re.compile(r"(?<!not )(?<!n't )\b(?:remove|delete|drop)\w*\b|(?:제거|삭제)(?!하지)", re.IGNORECASE)


def half_joined(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A semi or anti join keeps the rows of the table that is to stay, with or without a match in the other one."""
    found = _HALF_JOIN.search(request)
    named = sorted(
        (table for table in situation.tables if stands(table.name, request)),
        key=lambda table: request.casefold().find(table.name.casefold()),
    )
    if found is None or len(steps) != 1 or len(named) != 2:
        return list(steps)
    kept = re.search(r"\b(?:keep|only|of)(?: only)?(?: the| all)? (\w+)", request, re.IGNORECASE)
    first = next((table for table in named if kept and kept[1].casefold() == table.name.casefold()), named[0])
    other = next(table for table in named if table is not first)
    shared = [column.name for column in columns_named(request, first) if column.name in {c.name for c in other.columns}]
    if not shared:
        return list(steps)
    how = (found["how"] or {"세미": "semi", "안티": "anti"}[found["korean"]]).casefold()
    arguments = {"dataset": first.name, "other": other.name, "on": shared, "how": how}
    return [mended(steps[0], f"a {how} join is asked for.", "join_datasets", arguments)]


def clipped(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Outliers that are to be pressed to a limit keep their rows."""
    if not _CLIPS.search(request) or _TAKES_ROWS.search(request):
        return list(steps)
    return [
        mended(
            step, "the rows stay; their outliers are clipped.", "handle_outliers", {**step.arguments, "method": "clip"}
        )
        if step.tool == "remove_outliers"
        else step
        for step in steps
    ]


_FILLS = (
    ("interpolate", r"interpolat|\bline between|보간"),
    ("backward", r"\bback(?:ward)?|\bbfill|\bnext\b|\bbelow\b|\bfollowing\b|다음|아래|뒤"),
    ("forward", r"\bforward|\bffill|\bprevious\b|\babove\b|\blast (?:known |seen )?value|\bcarr\w+|\bbefore\b|이전|직전|바로 위|앞|위의? ?값"),
)  # fmt: skip


_MEASURES = (
    ("characters", r"character|letters? count|length|글자|문자 ?수|길이"),
    ("words", r"\bwords?\b|단어|어절"),
    ("digits", r"\bdigits?\b|숫자"),
    ("capitals", r"\bcapitals?\b|upper ?case|대문자"),
    ("spaces", r"\bspaces?\b|\bblanks?\b|공백"),
    ("lines", r"\blines?\b|줄"),
)


def measured(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Texts are measured by what is named: words where words are to be counted."""
    said = [name for name, pattern in _MEASURES if re.search(pattern, request, re.IGNORECASE)]
    return [
        mended(step, f"{', '.join(said)} are to be counted.", step.tool, {**step.arguments, "measures": said})
        if step.tool == "measure_text" and said and set(step.arguments.get("measures", [])) != set(said)
        else step
        for step in steps
    ]


def along(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Cells are filled along the rows from the side that is said, in an order that is said."""
    return [_with(step, _filled(step, request)) if step.tool == "fill_along" else step for step in steps]


def sampled(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A sample is a share or a number of the rows, not both."""
    return [_with(step, _one_size(step)) if step.tool == "sample_rows" else step for step in steps]


def _with(step: "Step", arguments: dict[str, Any]) -> "Step":
    if arguments == step.arguments:
        return step
    return mended(step, "what the request does not say is left out.", step.tool, arguments)


def _filled(step: "Step", request: str) -> dict[str, Any]:
    arguments = dict(step.arguments)
    method = next((name for name, pattern in _FILLS if re.search(pattern, request, re.IGNORECASE)), "")
    if method:
        arguments["method"] = method
    order = [name for name in arguments.pop("order_by", None) or [] if name not in arguments.get("columns", [])]
    return arguments | {"order_by": order} if order and ORDERS.search(request) else arguments


def _one_size(step: "Step") -> dict[str, Any]:
    arguments = dict(step.arguments)
    if arguments.get("share"):
        arguments.pop("per_group", None)
    for one, other in (("share", "count"), ("count", "share")):
        if arguments.get(one) and not arguments.get(other):
            arguments.pop(other, None)
    return arguments


def joined_text(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Columns put together as text, with the sign between them that the request names."""
    return [_joined_text(step, situation, request) if _MERGES.search(request) else step for step in steps]


def _joined_text(step: "Step", situation: Situation, request: str) -> "Step":
    table = table_of(step, situation)
    if table is None or step.tool not in ("add_formula", "merge_columns"):
        return step
    if (
        step.tool == "add_formula"
        and "||" not in str(step.arguments.get("formula"))
        and "concat" not in str(step.arguments.get("formula"))
    ):
        return step
    name = str(step.arguments.get("name", ""))
    named = [column.name for column in columns_named(request, table) if column.name != name]
    columns = sorted(named, key=lambda one: request.casefold().find(one.casefold().split("_")[0]))
    separator = next((sign for sign, pattern in _SEPARATORS if re.search(pattern, request, re.IGNORECASE)), None)
    given = step.arguments.get("separator")
    if len(columns) < 2 or not name or (separator is None and step.tool == "add_formula"):
        return step
    made: dict[str, Any] = {"dataset": table.name, "columns": columns, "name": name}
    if separator is not None or given is not None:
        made["separator"] = separator if separator is not None else given
    if "keep" in step.arguments:
        made["keep"] = step.arguments["keep"]
    if made == step.arguments:
        return step
    return mended(step, "the columns are put together as the request says.", "merge_columns", made)


def in_place(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Dates are cut where they stand, unless a new column is spoken of."""
    return [
        mended(
            step,
            "no new column is asked for.",
            "truncate_date",
            {n: v for n, v in step.arguments.items() if n != "name"},
        )
        if step.tool == "truncate_date" and step.arguments.get("name") and not _NEW.search(request)
        else step
        for step in steps
    ]


def circled(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The part of a date that is to be a sine and a cosine is laid on a circle."""
    return [_circled(step, situation, request) if _CYCLE.search(request) else step for step in steps]


def _circled(step: "Step", situation: Situation, request: str) -> "Step":
    table = table_of(step, situation)
    if table is None or step.tool not in ("encode_categories", "extract_date_part", "add_formula"):
        return step
    dates = [column.name for column in columns_named(request, table) if column.is_time]
    if len(dates) != 1:
        return step
    cycle = next((one for one, pattern in _CYCLES if re.search(pattern, request, re.IGNORECASE)), "month")
    arguments = {"dataset": table.name, "column": dates[0], "cycle": cycle}
    return mended(step, f"the {cycle} is laid on a circle, as the request says.", "add_cycle", arguments)
