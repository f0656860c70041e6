"""`… and add revenue = quantity * unit_price`: a column that the request spells out, where a plan leaves it out."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import join_needed, mended, table_of
from assistant.context import ColumnFact, Situation
from assistant.named import columns_named
from assistant.said import only_asks
from assistant.words import split_words
from tools.mending.magnitudes import in_digits
from tools.relations import Relation, identifier_if_needed
from tools.words import listed

if TYPE_CHECKING:
    from assistant.plan import Step

_EQUATION = re.compile(r"(?<![\w=<>!])([^\W\d]\w*)\s*=\s*((?:[\w.]+|[-+*/()])(?:\s*(?:[\w.]+|[-+*/()]))*)")
_TERM = re.compile(r"[\w.]+|[-+*/()]")


def computed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The steps, and the formulas of new columns that the request writes down and none of them has."""
    made = list(steps)
    changes = [step for step in steps if step.tool not in ("query_data", "make_chart") and table_of(step, situation)]
    if not changes or only_asks(request):
        return made
    columns = {name.casefold() for name in situation.column_names}
    for name, right in _EQUATION.findall(request):
        formula = _formula(right, columns)
        known = name.casefold() in columns or any(name in str(step.arguments) for step in steps)
        if formula and not known:
            arguments = {"dataset": changes[-1].arguments["dataset"], "name": name, "formula": formula}
            made.append(mended(changes[-1], f"the request says {name} = {formula}.", "add_formula", arguments))
    return made


def selected(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A formula that looks at other rows or tables is written as a SELECT: no formula of one row can say it."""
    return [_selected(step, situation) for step in steps]


def _selected(step: "Step", situation: Situation) -> "Step":
    table, formula = table_of(step, situation), str(step.arguments.get("formula", ""))
    if step.tool != "add_formula" or table is None or not re.search(r"\bSELECT\b", formula, re.IGNORECASE):
        return step
    name, read = identifier_if_needed(str(step.arguments.get("name", "value"))), identifier_if_needed(table.name)
    sql = f"SELECT *, {formula} AS {name} FROM {read}"
    return mended(step, "the formula looks at other rows.", "transform_with_sql", {"dataset": table.name, "sql": sql})


_SPELT = re.compile(
    r"(?<![\w])(?:the |its )?(?P<part>year|month|day)?(?: of| when it was)?(?: the)? ?(?P<a>[^\W\d]\w*) (?P<op>minus|plus|times|divided by) (?:the )?(?P<b>[^\W\d]\w*)(?! (?:minus|plus|times|divided))(?![\w])",
    re.IGNORECASE,
)
_SIGNS = {"minus": "-", "plus": "+", "times": "*", "divided by": "/"}


def worded(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`the year filed minus hired_year` is that formula, where the one new column of a plan has another."""
    found = list(_SPELT.finditer(request))
    at = [place for place, step in enumerate(steps) if step.tool == "add_formula"]
    if len(found) != 1 or len(at) != 1 or len(re.findall(r"\b(?:minus|plus|times|divided by)\b", request, re.I)) > 1:
        return list(steps)
    step, [said] = steps[at[0]], found
    table = table_of(step, situation)
    own = {column.name.casefold(): column for one in situation.tables for column in one.columns}
    own |= {column.name.casefold(): column for column in table.columns} if table else {}
    one, other = own.get(said["a"].casefold()), own.get(said["b"].casefold())
    if one is None or other is None or not other.is_number or not (one.is_number or (one.is_time and said["part"])):
        return list(steps)
    first = (
        f"{said['part'].lower()}({identifier_if_needed(one.name)})" if one.is_time else identifier_if_needed(one.name)
    )
    formula = f"{first} {_SIGNS[said['op'].lower()]} {identifier_if_needed(other.name)}"
    if formula == step.arguments.get("formula"):
        return list(steps)
    made = mended(step, "the formula is the request's.", step.tool, step.arguments | {"formula": formula})
    return [*steps[: at[0]], made, *steps[at[0] + 1 :]]


def from_elsewhere(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A formula with a column of a table that a key joins has that joined first; a year is taken off a date's year."""
    made: list[Step] = []
    for step in steps:
        joins = _joins_for(step, situation) if step.tool == "add_formula" else []
        if join := join_needed(step, joins, made, "the formula reads"):
            made += join
            if step.arguments.get("formula") == step.arguments.get("name"):
                continue  # the column comes with the join
        made.append(_of_years(step, situation))
    return made


def _joins_for(step: "Step", situation: Situation) -> list[Relation]:
    """The relations of a step's table to those that hold the columns which its formula reads and it lacks."""
    table = table_of(step, situation)
    words = {word.casefold() for word in re.findall(r"[^\W\d]\w*", str(step.arguments.get("formula", "")))}
    lacks = words - {column.name.casefold() for column in table.columns} if table else set()
    return [
        join
        for join in situation.joins
        if table
        and join.table == table.name
        and (other := situation.table(join.other))
        and lacks & {column.name.casefold() for column in other.columns}
    ]


_YEARS_APART = re.compile(r"\s*\"?(?P<date>\w+)\"?\s*-\s*\"?(?P<year>\w+)\"?\s*")


def _of_years(step: "Step", situation: Situation) -> "Step":
    """`reported_on - install_year` has a date on one side and the number of a year on the other."""
    found = _YEARS_APART.fullmatch(str(step.arguments.get("formula", ""))) if step.tool == "add_formula" else None
    columns = {column.name: column for table in situation.tables for column in table.columns}
    date, year = (columns.get(found["date"]), columns.get(found["year"])) if found else (None, None)
    if not (date and year and date.is_time and year.type == "int" and _PARTS["year"] & set(split_words(year.name))):
        return step
    formula = f"year({identifier_if_needed(date.name)}) - {identifier_if_needed(year.name)}"
    return mended(step, f"{year.name} is a year, {date.name} a date.", step.tool, step.arguments | {"formula": formula})


_JOINS = re.compile(
    r"\b(?:assembl|combin|merg|join|construct|build|form|compos|put|mak|creat|deriv|concat)\w*|만들|합쳐|합치|조합|생성",
    re.IGNORECASE,
)
_PARTS = {
    "year": {"year", "yr", "연도", "년", "연", "년도"},
    "month": {"month", "mon", "월"},
    "day": {"day", "date", "dom", "일"},
}
_MONTHS = "['%Y %B %d', '%Y %b %d', '%Y %m %d']"


def dated(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A date put together from the three columns of its year, month and day that the request names."""
    step = steps[0] if len(steps) == 1 and steps[0].tool in ("add_formula", "merge_columns") else None
    table = table_of(step, situation) if step else None
    name = str(step.arguments.get("name") or "date") if step else ""
    if step is None or table is None or not _JOINS.search(request):
        return list(steps)
    named = columns_named(request, table)
    found = [
        [column for column in named if words & set(split_words(column.name)[-1:]) and column.name != name]
        for words in _PARTS.values()
    ]
    if len(named) > 4 or any(len(columns) != 1 for columns in found):
        return list(steps)
    cells = [_whole(column) for [column] in found]
    formula = f"CAST(try_strptime(concat_ws(' ', {', '.join(cells)}), {_MONTHS}) AS DATE)"
    parts = listed([column.name for [column] in found])
    arguments = {"dataset": table.name, "name": name, "formula": formula}
    return [mended(step, f"{name} is the date that {parts} tell.", "add_formula", arguments)]


_ONLY_PART = re.compile(
    r"(?:(?P<ko>연도|년도|분기|월|요일|시간|일)(?:만|을|를)?\s?(?:뽑|추출|꺼내|떼어|빼내|빼서))"
    r"|\b(?:just|only|extract\w*|pull out|take out|get)\s(?:just |only )?(?:the |its )?(?P<en>year|quarter|month|weekday|day|hour)s?\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"^\s*date_trunc\('(?:\w+)',\s*\"?(?P<column>[^\")]+)\"?\)\s*$", re.IGNORECASE)
_PART = {
    "연도": "year",
    "년도": "year",
    "분기": "quarter",
    "월": "month",
    "요일": "weekday",
    "시간": "hour",
    "일": "day",
}


def parted(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`only the month` of a date is the number of the month, not the date cut down to it."""
    said = _ONLY_PART.search(request)
    return [_parted(step, said["en"] or _PART[said["ko"]]) if said else step for step in steps]


def _parted(step: "Step", part: str) -> "Step":
    found = _CUT.match(str(step.arguments.get("formula", ""))) if step.tool == "add_formula" else None
    if found is None:
        return step
    arguments = {"dataset": step.arguments["dataset"], "column": found["column"], "parts": [part.casefold()]}
    return mended(step, f"the {part} alone is asked for.", "extract_date_part", arguments)


_DECADES = re.compile(r"나이 ?대|연령 ?대|\b(?:age|decades? of) (?:decades?|age)\b", re.IGNORECASE)
_AGE = re.compile(r"^(?:나이|연령|age|만나이|만 나이)$", re.IGNORECASE)


def in_decades(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """나이대 are decades (20대, 30대), unless the request has bounds of its own."""
    if not _DECADES.search(request) or re.search(r"\d", request):
        return list(steps)
    return [_in_decades(step, situation, request) for step in steps]


_WIDE = re.compile(
    r"(?<![\w.])(?P<ko>\d[\d,]*(?:\.\d+)?)\s?(?!(?:일|주|개월|월|분기|년|시간|분|초)(?:간)? ?(?:단위|간격))[가-힣%]{0,3}? ?(?:단위|간격)(?:로|으로) ?(?:끊|나눠|나누|묶|구간|쪼개|그룹|잘라)"
    r"|\b(?:in|into|by) (?:steps|groups|bands|bins|ranges|intervals) of (?P<of>\d[\d,]*(?:\.\d+)?)(?! ?(?:rows?|each|people))"
    r"|\b(?P<en>\d[\d,]*(?:\.\d+)?)[- ](?:years?|points?|units?|wide)[- ](?:age )?(?:bands|bins|groups|ranges|intervals|steps)\b",
    re.IGNORECASE,
)
_INSTEAD = ("bin_column", "rename_column", "change_type", "round_numbers", "split_column", "split_rows", "add_formula", "describe_data")  # fmt: skip


def in_steps(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`나이를 10살 단위로 나눠줘`, `income in bands of 500`: groups of that width, which a plan leaves out or makes otherwise."""
    found = _WIDE.search(in_digits(request))
    step = steps[-1] if steps and steps[-1].tool in _INSTEAD else None
    table = table_of(step, situation) if step else None
    numbers = [one.name for one in columns_named(request, table) if one.is_number] if table else []
    if found is None or step is None or table is None or len(numbers) != 1:
        return list(steps)
    names = {one.arguments["column"]: one.arguments["name"] for one in steps if one.tool == "rename_column"}
    width = float((found["ko"] or found["of"] or found["en"]).replace(",", ""))
    kept = {name: step.arguments[name] for name in ("name",) if step.tool in ("bin_column", "add_formula") and name in step.arguments}  # fmt: skip
    given = {"dataset": table.name, "column": names.get(numbers[0], numbers[0]), "step": width} | kept
    if (step.tool, step.arguments) == ("bin_column", given):
        return list(steps)
    before = steps if step.tool == "rename_column" else steps[:-1]
    return [*before, mended(step, "groups are as wide as the request says.", "bin_column", given)]


def _in_decades(step: "Step", situation: Situation, request: str) -> "Step":
    """A step whose bands of an age, as a model makes them up, are decades; written as the request is."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    name = {"add_formula": "formula", "query_data": "sql", "transform_with_sql": "sql"}.get(step.tool, "")
    ages = [column.name for table in situation.tables for column in table.columns if _AGE.match(column.name)]
    if not name or len(set(ages)) != 1:
        return step
    age = identifier_if_needed(ages[0])
    ending = "대" if re.search("[가-힣]", request) else "s"
    decade = parse_one(f"CAST(floor({age} / 10) * 10 AS INTEGER) || '{ending}'", read="duckdb")
    try:
        tree = parse_one(str(step.arguments.get(name, "")), read="duckdb")
    except (SqlglotError, RecursionError):
        return step

    def banded(node: exp.Expr) -> exp.Expr:
        read = {column.name.casefold() for column in node.find_all(exp.Column)} if isinstance(node, exp.Case) else set()
        return decade.copy() if read == {ages[0].casefold()} and node.find(exp.AggFunc) is None else node

    made = tree.transform(banded).sql("duckdb")
    if made == tree.sql("duckdb"):
        return step
    return mended(step, "ages are told by decades.", step.tool, step.arguments | {name: made})


def _whole(column: ColumnFact) -> str:
    """A part of a date as text, without decimals."""
    name = identifier_if_needed(column.name)
    return f"CAST({name} AS BIGINT)" if column.type == "decimal" else name


def _formula(text: str, columns: set[str]) -> str:
    """The arithmetic over columns that a text begins with; nothing where it is none."""
    terms: list[str] = []
    for term in _TERM.findall(text):
        word = re.match(r"\w", term) is not None
        follows = bool(terms) and re.match(r"[\w)]", terms[-1]) is not None
        if word and (follows or not (term.casefold() in columns or re.fullmatch(r"\d+(?:\.\d+)?", term))):
            break
        terms.append(term)
    while terms and re.fullmatch(r"[-+*/(]", terms[-1]):
        terms.pop()
    formula = " ".join(terms)
    whole = formula.count("(") == formula.count(")") and re.search(r"\w [-+*/] [\w(]", formula)
    return formula if whole and any(term.casefold() in columns for term in terms) else ""
