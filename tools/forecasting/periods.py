"""Periods as people write them: 2019-Q3, 2019W07, 2019년 3월, 201903, Jan 2020, years counted from 1, and a year with its month, quarter or week beside it."""

from dataclasses import dataclass
from typing import Any, Literal

from automl.columns import name_words
from tools.forecasting.step import regularity
from tools.transform import Column, Input
from tools.transforms import parse
from tools.words import identifier, literal

Part = Literal["month", "quarter", "week", "day"]
MOST_READ = 0.9
"""A column holds periods where at least this share of its cells reads as one."""
_NAMES: dict[Part, set[str]] = {
    "month": {"month", "mon", "월"}, "quarter": {"quarter", "qtr", "분기"}, "week": {"week", "wk", "weekno", "주", "주차"}, "day": {"day", "일"},
}  # fmt: skip
_YEARS = {"year", "yr", "연도", "년도", "년"}
_MOST: dict[Part, int] = {"month": 12, "quarter": 4, "week": 53, "day": 31}
_MONTHS = "['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']"
_COUNTED_YEARS = r"^\d{1,3}-\d{1,2}$"
_YEAR, _MONTH = r"([12]\d{3})", r"(1[0-2]|0?[1-9])"
_NAMED = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"


@dataclass(frozen=True)
class _Form:
    """One way to write a period: its pattern, and which group of it holds the year and which the part."""

    part: Part | None
    pattern: str
    year: int
    place: int = 0


_FORMS = (
    _Form("month", rf"^{_YEAR}\s*(?:[-/._]|M|년)\s*{_MONTH}\s*월?$", 1, 2),
    _Form("month", rf"^{_YEAR}(1[0-2]|0[1-9])$", 1, 2),
    _Form("month", rf"^{_MONTH}\s*[-/._]\s*{_YEAR}$", 2, 1),
    _Form("month", rf"^{_NAMED}\.?[\s,'/_-]*({_YEAR[1:-1]}|\d\d)$", 2, 1),
    _Form("month", rf"^{_YEAR}[\s,/_-]*{_NAMED}\.?$", 1, 2),
    _Form("quarter", rf"^{_YEAR}\s*(?:[-/._]|년)?\s*Q\s*([1-4])$", 1, 2),
    _Form("quarter", rf"^{_YEAR}\s*(?:[-/._]|년)?\s*([1-4])\s*(?:Q|분기)$", 1, 2),
    _Form("quarter", r"^Q\s*([1-4])[\s,'/._-]*([12]\d{3}|\d\d)$", 2, 1),
    _Form("quarter", r"^([1-4])\s*(?:Q|분기)[\s,'/._-]*([12]\d{3}|\d\d)$", 2, 1),
    _Form("week", rf"^{_YEAR}[\s/._-]*(?:W|WK|Week|년)\s*(5[0-3]|[1-4]\d|0?[1-9])\s*(?:주차?)?$", 1, 2),
    _Form("week", rf"^(?:W|WK|Week)\s*(5[0-3]|[1-4]\d|0?[1-9])[\s,/._-]+{_YEAR}$", 2, 1),
    _Form(None, rf"^{_YEAR}$", 1),
)


def period_of(table: Input, column: Column) -> str:
    """SQL of the start of the period that each cell of a column names; empty where most cells name none."""
    if column.is_text and _counts_years(table, column):
        parts = [f"TRY_CAST(split_part({identifier(column.name)}, '-', {place}) AS INTEGER)" for place in (1, 2)]
        return f"make_timestamp(2000 + {parts[0]}, {parts[1]}, 1, 0, 0, 0)"
    key, cell = f"period:{column.name}", _cell(column)
    if not (column.is_text or column.is_number) or (table.frozen and key not in table.learned):
        return ""
    counts = ", ".join(f"count(*) FILTER (WHERE {_found(cell, form, 0)} <> '')" for form in _FORMS)
    filled, *read = table.learn_rows(key, f"SELECT count(nullif({cell}, '')), {counts} FROM {table.name}")[0]
    best = max(range(len(_FORMS)), key=lambda place: read[place])
    if not filled or read[best] < MOST_READ * filled:
        return ""
    form = _FORMS[best]
    year = _found(cell, form, form.year)
    if r"\d\d" in form.pattern:
        year = f"if(length({year}) = 2, '20' || {year}, {year})"
    return _start(
        f"TRY_CAST({year} AS BIGINT)", {form.part: _number(_found(cell, form, form.place))} if form.part else {}
    )


def counted_from_one(learned: dict[str, Any], column: str) -> bool:
    """Whether the years of a column are counted from 1."""
    return bool(learned.get(f"counted_years:{column}", [[False]])[0][0])


def _cell(column: Column) -> str:
    """The text of a cell: 2019 for 2019.0, and 2019.10 for October of it, which a table of numbers holds as 2019.1."""
    name = identifier(column.name)
    if column.is_text:
        return f"trim({name})"
    whole = f"CAST(TRY_CAST({name} AS BIGINT) AS VARCHAR)"
    if "INT" in column.type:
        return f"coalesce({whole}, '')"
    months = f"if(abs(100 * {name} - round(100 * {name})) < 1e-6, format('{{:.2f}}', CAST({name} AS DOUBLE)), '')"
    return f"coalesce(if({name} = floor({name}), {whole}, {months}), '')"


def _found(cell: str, form: _Form, group: int) -> str:
    return f"regexp_extract({cell}, {literal('(?i)' + form.pattern)}, {group})"


def _number(part: str) -> str:
    """A month by its number or its English name, a quarter or a week by its number."""
    named = f"nullif(list_position({_MONTHS}, lower(left({part}, 3))), 0)"
    return f"coalesce({named}, TRY_CAST(regexp_extract({part}, '\\d+') AS BIGINT))"


def _start(year: str, parts: dict[Part, str]) -> str:
    """SQL of the first moment of a year, or of a part of it."""
    if "week" in parts:
        return f"date_trunc('week', TRY_CAST(format('{{:04d}}-01-04', {year}) AS TIMESTAMP)) + to_days(CAST(7 * ({parts['week']} - 1) AS INTEGER))"
    month = f"3 * {parts['quarter']} - 2" if "quarter" in parts else parts.get("month", "1")
    return f"TRY_CAST(format('{{:04d}}-{{:02d}}-{{:02d}}', {year}, {month}, {parts.get('day', '1')}) AS TIMESTAMP)"


def _counts_years(table: Input, column: Column) -> bool:
    """Months of years that are counted from 1, such as 3-11: year 3, month 11."""
    name, key = identifier(column.name), f"counted_years:{column.name}"
    if table.frozen and key not in table.learned:
        return False
    return bool(
        table.learn(
            key,
            f"SELECT coalesce(bool_and(regexp_matches({name}, '{_COUNTED_YEARS}')"
            f" AND TRY_CAST(split_part({name}, '-', 2) AS INTEGER) BETWEEN 1 AND 12), false)"
            f" FROM {table.name} WHERE {name} IS NOT NULL",
        )
    )


# --- a year with its part beside it ---


def beside_of(table: Input, column: Column) -> str:
    """SQL of the start of the period that a column of years tells together with those beside it; empty where none is."""
    found = parts_beside(table, column)
    if not found:
        return ""
    parts = {part: _part(table.column(name)) for name, part in found.items()}
    return _start(f"TRY_CAST({_cell(column)} AS BIGINT)", parts)


def parts_beside(table: Input, column: Column) -> dict[str, Part]:
    """The columns that tell the month and the day, the quarter, or the week of a column of years, with which they tell."""
    key = f"parts:{column.name}"
    if not name_words(column.name) & _YEARS:
        return {}
    if table.frozen and key not in table.learned:
        return _parts_of_before(table.learned)
    return dict(table.learn_value(key, lambda: _parts(table, column)))


def _parts_of_before(learned: dict[str, Any]) -> dict[str, Part]:
    """The month or quarter beside a year, as models told it that were built before weeks and days were."""
    told = [
        key[len("part:") :].rsplit(":", 1) for key, rows in learned.items() if key.startswith("part:") and rows[0][0]
    ]
    return {name: "month" if most == "12" else "quarter" for name, most in told[:1]}


def read_from(learned: dict[str, Any], time: str) -> list[str]:
    """The columns that tell a model's time: its own, and those beside a year."""
    return [time, *(name for name, _ in learned.get(f"parts:{time}", []))]


def _parts(table: Input, year: Column) -> list[list[str]]:
    count = f"SELECT coalesce(bool_and(regexp_matches({_cell(year)}, '^{_YEAR}$')), false) FROM {table.name} WHERE {_cell(year)} <> ''"
    if not (year.is_text or year.is_number) or not table.relation.rows(count)[0][0]:
        return []
    for part in ("month", "quarter", "week"):
        if found := _named(table, year, part):
            day = _named(table, year, "day") if part == "month" else None
            return [[found.name, part], *([[day.name, "day"]] if day else [])]
    return []


def _named(table: Input, year: Column, part: Part) -> Column | None:
    """The column that is called so and holds nothing else."""
    return next(
        (
            one
            for one in table.columns
            if one.name != year.name
            and (one.is_text or one.is_number)
            and name_words(one.name) & _NAMES[part]
            and _holds(table, one, part)
        ),
        None,
    )


def _holds(table: Input, column: Column, part: Part) -> bool:
    read, least = _part(column), 8 if part == "day" else 2  # seven days would be those of a week
    within = f"{read} BETWEEN 1 AND {_MOST[part]}"
    return bool(
        table.relation.rows(
            f"SELECT count({read}) > 0 AND coalesce(bool_and({within}), false) AND count(DISTINCT {read}) >= {least}"
            f" AND count({read}) >= {MOST_READ} * count({identifier(column.name)}) FROM {table.name}"
        )[0][0]
    )


def _part(column: Column) -> str:
    return f"TRY_CAST({identifier(column.name)} AS BIGINT)" if column.is_number else _number(_cell(column))


# --- day first or month first ---


def settle_order(table: Input, column: Column) -> str:
    """Read a column of dates day first where only so they come at even steps; what to say of it, empty where it is plain.

    01/02/2019 and 01/03/2019 are two days or two months: which is seen from all of them together.
    """
    if not column.is_text or not parse.ambiguous(table, column):
        return ""
    readings = {order: parse.moment_as(table, column, "TIMESTAMP", order) for order in ("month_first", "day_first")}
    if not table.relation.rows(f"SELECT bool_or({' <> '.join(readings.values())}) FROM {table.name}")[0][0]:
        return ""
    even = {
        order: regularity(
            table.relation.rows,
            f"(SELECT DISTINCT '' AS item, {moment} AS m FROM {table.name} WHERE {moment} IS NOT NULL)",
        )
        for order, moment in readings.items()
    }
    if even["day_first"] > even["month_first"]:
        key = f"date_formats:{column.name}"
        table.learned[key] = [[name, 0 if parse.month_first(name) else count] for name, count in table.learned[key]]
        return f"{column.name} is read day first, since so its dates come at even steps"
    if even["day_first"] == even["month_first"]:
        return f"day and month of {column.name} can't be told apart, so 03/04 is March 4"
    return ""
