"""Groups that a test compares or that have more of something, and the step that a series is resampled to, as the request names them."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.foreseen import outcome_of
from assistant.amending.step import mended, table_meant, table_of, table_read
from assistant.context import ColumnFact, Situation, Table
from assistant.named import columns_named, stands
from assistant.unmatched import in_another_language
from tools.number_words import KOREAN, NUMBERS, either, number_said
from tools.relations import identifier_if_needed
from tools.transforms.yes_no import says
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_DIFFER = re.compile(
    r"\b(?:differ\w*|compar\w*|effect|relation\w*)\b (?:of |in |the |for )*(?P<what>[^.;?]{2,80}?)\b(?:between|across|among|by|based on|depend\w* on|for (?:each|different))\b(?P<by>[^.;?]{2,80})",
    re.IGNORECASE,
)
_RESAMPLES = re.compile(
    r"\bresampl\w*|\b(?:chang|convert|set|turn)\w*\b[^.;]{0,30}\bfrequency\b|\bfrequency\b[^.;]{0,10}\b(?:to|into)\b|리샘플|재표본|주기를"
    r"|\b(?:roll|sum|aggregat)\w* (?:it |them |the data |the rows )?(?:up )?(?:to|into) (?:weekly|monthly|quarterly|yearly|weeks|months|quarters|years)\b"
    r"|(?:시간|일|주일?|월|개월|달|분기|연|년) ?(?:단위|간격)(?:으)?로\s?(?:다시 )?(?:합쳐|합치|합산|집계|묶|모아|바꿔|바꾸|변환)"
    r"|(?<![가-힣])격[주일월]로\s?(?:다시 )?(?:합쳐|합치|합산|집계|묶|모아|바꿔|바꾸|변환)",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(r"resampl|frequency|리샘플|재표본|주기", re.IGNORECASE)
"""Words before the unit, which the others hold themselves."""
_UNITS = {
    "hour": r"\bhour\w*|시간", "day": r"\bdai?ly\b|\bdays?\b|일별|(?<!주)일 ?(?:단위|간격)|격일", "week": r"\bweek\w*|주별|주일? ?(?:단위|간격)|주간|격주",
    "month": r"\bmonth\w*|월|달 ?(?:단위|간격)", "quarter": r"\bquarter\w*|분기", "year": r"\byear\w*|\bannual\w*|연|년",
}  # fmt: skip
_SEVERAL = re.compile(
    rf"(?P<n>\d+|{either(NUMBERS)})[ -]?(?:hour|day|week|month|quarter|year)s?\b|(?P<ko>\d+|{either(KOREAN)}) ?(?:시간|일|주|개월|달|월|분기|년)(?:일|간)? ?(?:단위|간격)|(?P<other>(?<![가-힣])격[주일월]|\bevery other (?:day|week|month)\b)",
    re.IGNORECASE,
)
"""How many units a step has."""
_FUNCTIONS = {
    "sum": r"\bsums?\b|\bsumm(?:ing|ed)\b|\btotals?\b|합", "median": r"\bmedian|중앙값", "min": r"\bmin\w*|최소", "max": r"\bmax\w*|최대",
}  # fmt: skip


def compared(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`the difference in price between regions`: the number that is compared, and the column of the groups."""
    return [_compared(step, situation, request) if step.tool == "compare_groups" else step for step in steps]


def _compared(step: "Step", situation: Situation, request: str) -> "Step":
    table, found = table_of(step, situation), _DIFFER.search(request)
    if table is None or found is None:
        return step
    what, by = columns_named(found["what"], table), columns_named(found["by"], table)
    if len(what) != 1 or len(by) != 1 or what[0] is by[0]:
        return step
    said = {"column": what[0].name, "by": by[0].name}
    if said.items() <= step.arguments.items():
        return step
    why = f"{what[0].name} is compared between the groups of {by[0].name}, as the request says."
    return mended(step, why, "compare_groups", step.arguments | said)


MORE = re.compile(
    r"\b(?:do|does|did|is|are|was|were|have|has|had)\b[^?.]*\b(?:more|less|fewer|higher|lower|longer|shorter|larger|smaller|older|younger|greater)\b(?! than \d)"
    r"|더\s?(?:많|높|크|커|큰|길|오래|비싸|자주|적|낮|작|짧|싸|잘)|더 [가-힣]{1,5}(?:해|하나|하니|하는지|돼|되나|나가|떠나)요?\s*\?|[가-힣]수록|면 [^?]*(?:더|잘|자주|많이)(?![가-힣])",
    re.IGNORECASE,
)
_SLOPE = re.compile(r"[가-힣]수록|면 [^?]*더|\bthe (?:more|higher|longer|older|larger)\b[^?]*\bthe\b|\b(?:rise|grow|increase|more|higher)\w* with\b", re.IGNORECASE)  # fmt: skip
"""Words of one number that moves with another."""
OF_ROWS = re.compile(
    r"\b(?:how (?:many|much)|which|what|list|show)\b|^\W*who\b|몇|얼마|누구|누가|어느|어디|어떤|무엇|뭐|목록|보여|뽑아|\d",
    re.IGNORECASE,
)
"""Words of other questions than whether one group has more."""


def differing(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`do customers who left call more often?` is answered by the average of each group, not by a count of some rows."""
    step = steps[0] if len(steps) == 1 and steps[0].tool == "query_data" else None
    if step is None or not MORE.search(request) or OF_ROWS.search(request):
        return list(steps)
    table = table_meant(step, situation)
    numbers = (
        [one.name for one in columns_named(request, table) if one.is_number and not _may_group(one)] if table else []
    )
    if table and len(numbers) == 2 and _SLOPE.search(request):
        arguments: dict[str, Any] = {"dataset": table.name, "columns": numbers}
        return [mended(step, "whether one rises with the other is asked.", "correlate", arguments)]
    found = _measure_and_group(table, request, _read(step, table, situation, request)) if table else None
    if table is None or found is None:
        outcome = outcome_of(table, request, with_measure=True) if table else None
        sides = _two_sides(str(step.arguments.get("sql")), table, request) if table and not outcome else ""
        return [mended(step, "the rows of the condition are compared with the others.", "query_data", {"sql": sides})] if sides else list(steps)  # fmt: skip
    (measure, called), group = found
    sql = str(step.arguments.get("sql"))
    where = re.search(r"\bWHERE\b(.*)\bGROUP BY\b", sql, re.IGNORECASE | re.DOTALL)
    by = re.search(r"\bGROUP BY\b(.*)", sql, re.IGNORECASE | re.DOTALL)
    grouped = [column for column in table.columns if by and stands(column.name, by[1])]
    unasked = grouped and group not in grouped and not set(grouped) & set(columns_named(request, table))
    if by and not unasked and not (where and stands(group.name, where[1])):  # all groups but one are left out
        return list(steps)
    name = identifier_if_needed(group.name)
    asked = f"SELECT {name}, count(*) AS rows, {measure} AS {called} FROM {identifier_if_needed(table.name)} WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY {called} DESC"
    return [mended(step, f"the groups of {group.name} are compared.", "query_data", {"sql": asked})]


def _two_sides(sql: str, table: Table, request: str) -> str:
    """`do more come when it rains?`: the average of the rows that a query takes alone beside that of all others; else empty."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return ""
    where = tree.args.get("where") if isinstance(tree, exp.Select) and not tree.args.get("joins") else None
    taken = [one for one in tree.find_all(exp.Sum, exp.Avg) if isinstance(one.this, exp.Column)]
    if where is None or not isinstance(where.this, exp.Predicate) or len(taken) != 1 or tree.find(exp.Subquery):
        return ""
    said, read = columns_named(request, table), {one.name for one in where.find_all(exp.Column)}
    grouped = {one.name for group in tree.find_all(exp.Group) for one in group.find_all(exp.Column)}
    measured = taken[0].this.name
    if len(read) != 1 or measured in read or any(column.name in grouped for column in said):
        return ""
    [name], condition = read, where.this.sql("duckdb")
    called = identifier_if_needed(f"average_{measured}")
    return (
        f'SELECT ({condition}) AS "{condition.replace(chr(34), "")}", count(*) AS rows, avg({identifier_if_needed(measured)}) AS {called}'
        f" FROM {identifier_if_needed(table.name)} WHERE {identifier_if_needed(name)} IS NOT NULL GROUP BY ALL ORDER BY {called} DESC"
    )


def _read(step: "Step", table: Table, situation: Situation, request: str) -> list[ColumnFact]:
    """The columns that a query compares or sums up, where the request can't name them: it is in another language."""
    if not in_another_language(situation, request):
        return []
    sql = str(step.arguments.get("sql", ""))
    ways = (r"(?<!\w){}\"?\s*(?:=|<|>|IN\b)", r"\b(?:sum|avg)\(\"?{}\"?\)")
    compared, summed = (
        [one for one in table.columns if re.search(way.format(re.escape(one.name)), sql, re.IGNORECASE)] for way in ways
    )
    if any(column.is_number for column in compared):
        return compared  # what is summed up may be made up, where a number is compared
    return [column for column in table.columns if column in compared or column in summed]


def _measure_and_group(
    table: Table, request: str, read: Sequence[ColumnFact]
) -> tuple[tuple[str, str], ColumnFact] | None:
    """What is compared, as SQL with its name, and the column of the groups, where the request names one of each."""
    outcome = outcome_of(table, request, with_measure=True)
    named = columns_named(request, table) or [column for column in read if column is not outcome]
    groups = [
        column
        for column in table.columns
        if column is not outcome and _may_group(column) and (column in named or _speaks_of_value(column, request))
    ]
    numbers = [column for column in named if column.is_number and column not in groups and column is not outcome]
    if len(numbers) == 1 and len(groups) + (outcome is not None) == 1:
        name = identifier_if_needed(numbers[0].name)
        return (f"avg({name})", identifier_if_needed(f"average_{numbers[0].name}")), groups[0] if groups else outcome  # type: ignore[return-value]
    if not numbers and outcome is not None and len(groups) == 1:
        share = f"avg(CASE WHEN {_is_yes(outcome)} THEN 1 ELSE 0 END)"
        return (share, identifier_if_needed(f"share_{outcome.name}")), groups[0]
    return None


def _is_yes(outcome: ColumnFact) -> str:
    name = identifier_if_needed(outcome.name)
    if outcome.type == "boolean":
        return name
    yes = next(value for value in outcome.values if says(str(value)))
    return f"{name} = {yes if outcome.is_number else literal(str(yes))}"


def _may_group(column: ColumnFact) -> bool:
    return column.type == "boolean" or (bool(column.values) and (not column.is_number or len(column.values) == 2))


def _speaks_of_value(column: ColumnFact, request: str) -> bool:
    return any(isinstance(value, str) and len(value) > 1 and stands(value, request) for value in column.values)


def resampled(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`change the frequency to monthly and sum the values`: the table's one column of time has the step that is named."""
    found = _RESAMPLES.search(request)
    if found is None or len(steps) != 1 or steps[0].tool not in _INSTEAD:
        return list(steps)
    shown = re.search("보여|알려|show|tell|list", request)
    table = table_of(steps[0], situation) if shown else table_read(steps[0], situation)
    times = [column.name for column in table.columns if column.is_time] if table else []
    after = request[found.end() :] if _FREQUENCY.search(found[0]) else found[0]
    units = [unit for unit, words in _UNITS.items() if re.search(words, after, re.IGNORECASE)]
    if table is None or len(times) != 1 or len(units) != 1:
        return list(steps)
    several = _SEVERAL.search(request)
    step = {"step": 2 if several["other"] else int(number_said(several["n"] or several["ko"]))} if several else {}
    if steps[0].tool == "resample_series":
        said = {"unit": units[0], **step} if step else {}
        if said.items() <= steps[0].arguments.items():
            return list(steps)
        return [mended(steps[0], _every(units[0], step), "resample_series", steps[0].arguments | said)]
    functions = [name for name, words in _FUNCTIONS.items() if re.search(words, request, re.IGNORECASE)]
    arguments: dict[str, Any] = {"dataset": table.name, "time": times[0], "unit": units[0], **step}
    if len(functions) == 1:
        arguments["function"] = functions[0]
    if functions == ["sum"]:
        arguments["fill"] = "zero"  # a step without rows sums to nothing
    return [mended(steps[0], _every(units[0], step), "resample_series", arguments)]


def _every(unit: str, step: dict[str, int]) -> str:
    every = f"{step['step']} {unit}s" if step else unit
    return f"the series gets a row for each {every}, as the request says."


_INSTEAD = (
    "change_type",
    "transform_with_sql",
    "aggregate",
    "truncate_date",
    "query_data",
    "add_window",
    "resample_series",
)
"""Steps that such a request may have led to."""
