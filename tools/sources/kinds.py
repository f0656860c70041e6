"""The ways to read a column of texts: numbers in the writing of several countries, dates in many forms, times, true or false."""

import re
from dataclasses import dataclass

from tools.sources.told import NOTHING, Told
from tools.words import literal

INTEGER = r"[+-]?(0|[1-9][0-9]{0,17})"
DECIMAL = r"[+-]?((0|[1-9][0-9]{0,17})|[0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
COMMA = r"[+-]?([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]+)?"
SURE_COMMA = r"[+-]?[0-9.]+,([0-9]{1,2}|[0-9]{4,})"
SURE_THOUSANDS = r"[+-]?[0-9]{1,3}(,[0-9]{3}){2,}(\.[0-9]+)?|[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+"
THOUSANDS = "numbers with commas between thousands"
ISO_DATE = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
ISO_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
OFFSET = r" ?([+-][0-9]{2}(:?[0-9]{2})?)"
ORDERS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
CLOCKS = ("", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
SPELT = {
    "%d": "[0-9]{1,2}",
    "%m": "[0-9]{1,2}",
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
    "%a": "[A-Za-z]{3}",
    "%A": "[A-Za-z]{6,9}",
    "%H": "[0-9]{1,2}",
    "%I": "[0-9]{1,2}",
    "%M": "[0-9]{2}",
    "%S": "[0-9]{2}",
    "%p": "[AaPp][Mm]",
}
"""What each part of a format may look like."""
FORMS = (
    *("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y", "%d %b %y", "%b %d %Y", "%B %d %Y"),
    *("%Y-%b-%d", "%a, %d %b %Y", "%A, %B %d, %Y", "%d-%b-%Y %H:%M", "%d-%b-%Y %H:%M:%S", "%d %b %Y %H:%M"),
    *("%Y년 %m월 %d일", "%Y년%m월%d일", "%Y. %m. %d.", "%Y. %m. %d", "%Y.%m.%d.", "%Y年%m月%d日"),
)


@dataclass(frozen=True)
class Candidate:
    """One way to read a column: which cells fit, and the expression that converts them."""

    type: str
    words: str
    """What a person calls it, in the plural: `numbers`."""
    pattern: str
    convert: str
    """SQL over the trimmed cell, written `$`."""
    needs: str = ""
    """A pattern that at least one cell of the column must match."""
    common: bool = True
    """Whether it is asked of a column whose first rows are all empty."""

    def fits(self, cell: str) -> str:
        converted = self.convert.replace("$", cell)
        return f"(regexp_full_match({cell}, {literal(self.pattern)}) AND {converted} IS NOT NULL)"


def _day_month(order: str, separator: str, clock: str, year: str = "%Y") -> Candidate:
    parts = {"d": "%d", "m": "%m", "y": year}
    # Two digits for a year are a date only where day and month are plain to see: 1.2.24 may be a version.
    day = "[0-9]{2}" if year == "%y" and separator == "." else "[0-9]{1,2}"
    widths = {"d": day, "m": day, "y": "[0-9]{4}" if year == "%Y" else "[0-9]{2}"}
    pattern = re.escape(separator).join(widths[part] for part in order)
    form = separator.join(parts[part] for part in order)
    if clock:
        pattern += " " + "".join(SPELT.get(part, part) for part in re.findall(r"%.|.", clock))
        form += " " + clock
    convert = f"try_strptime($, {literal(form)})" + ("" if clock else "::DATE")
    words = f"dates ({ORDERS[order]})"
    return Candidate("TIMESTAMP" if clock else "DATE", words, pattern, convert, common=False)


def _spelt(form: str) -> Candidate:
    """Dates with the month's name, or in East Asian writing, as strptime spells them."""
    pattern = "".join(SPELT.get(part, re.escape(part)) for part in re.findall(r"%.|.", form))
    timed = "%H" in form or "%I" in form
    convert = f"try_strptime($, {literal(form)})" + ("" if timed else "::DATE")
    words = "dates with time" if timed else "dates"
    return Candidate("TIMESTAMP" if timed else "DATE", words, pattern, convert, common=False)


NUMBERS = (
    Candidate("BIGINT", "whole numbers", INTEGER, "try_cast($ AS BIGINT)"),
    Candidate("DOUBLE", "numbers", f"(?i:nan)|{DECIMAL}", "try_cast($ AS DOUBLE)"),
)
SPACED = tuple(
    Candidate(
        "DOUBLE",
        "numbers with spaces between thousands",
        rf"[+-]?([1-9][0-9]{{0,2}}({space}[0-9]{{3}})+|[0-9]+)([.,][0-9]+)?",
        rf"try_cast(replace(regexp_replace($, '{space.replace(chr(39), chr(39) * 2)}', '', 'g'), ',', '.') AS DOUBLE)",
        needs=sure,
        common=False,
    )
    # A plain blank may part the blocks of a telephone number: there decimals must show that it is an amount.
    for space, sure in (("[\u00a0\u202f'’]", ".*[0-9][\u00a0\u202f'’][0-9]{3}.*"), (" ", ".*[0-9] [0-9]{3}[.,][0-9]+"))
)


def _comma(needs: str) -> Candidate:
    convert = "try_cast(replace(replace($, '.', ''), ',', '.') AS DOUBLE)"
    return Candidate("DOUBLE", "numbers with a decimal comma", COMMA, convert, needs=needs)


def _thousands(needs: str) -> tuple[Candidate, ...]:
    """Numbers with commas between thousands: whole ones, and those with decimals."""
    comma = r".*[0-9],[0-9]{3}.*"
    return tuple(
        Candidate(
            kind,
            THOUSANDS,
            rf"[+-]?([1-9][0-9]{{0,2}}(,[0-9]{{3}})+|{plain}){decimals}",
            f"try_cast(replace($, ',', '') AS {kind})",
            needs or comma,
            False,
        )
        for kind, plain, decimals in (("BIGINT", "0|[1-9][0-9]{0,17}", ""), ("DOUBLE", "[0-9]*", r"(\.[0-9]+)?"))
    )


TIMES = (
    Candidate("BOOLEAN", "true or false", "(?i:true|false)", "try_cast($ AS BOOLEAN)"),
    Candidate("DATE", "dates", ISO_DATE, "try_cast($ AS DATE)"),
    Candidate("TIMESTAMP", "dates with time", f"{ISO_DATE}([ T]{ISO_CLOCK}Z?)?", "try_cast($ AS TIMESTAMP)"),
    Candidate(
        "TIMESTAMP",
        "dates with time and zone (kept as UTC)",
        f"{ISO_DATE}[ T]{ISO_CLOCK}({OFFSET}|Z)",
        "(try_cast($ AS TIMESTAMPTZ) AT TIME ZONE 'UTC')",
    ),
    Candidate("TIME", "times of day", r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?", "try_cast($ AS TIME)"),
    *(
        _day_month(order, separator, clock)
        for clock in CLOCKS
        for separator in ("/", ".", "-")
        for order in ("dmy", "mdy", "ymd")
        if not (order == "mdy" and separator == ".") and not (order == "ymd" and separator != "." and not clock)
    ),
    *(_day_month(order, "/", clock, "%y") for clock in CLOCKS for order in ("dmy", "mdy")),
    _day_month("dmy", ".", "", "%y"),
    *map(_spelt, FORMS),
)


def moment_of(cell: str, type_: str, day_first: bool | None = None) -> str:
    """An expression that reads one date by itself, NULL where it can't; 03/04/2024 only where the order is told."""
    order = {True: "dmy", False: "mdy", None: ""}[day_first]
    # A two-digit year also fits %Y, as the year 20; %y never takes four digits.
    days = [
        sep.join({"d": "%d", "m": "%m", "y": year}[part] for part in order) for year in ("%y", "%Y") for sep in "/.-"
    ]
    named = [*(days if order else ()), *(form for form in FORMS if "%H" not in form), "%Y.%m.%d"]
    forms = [" ".join((day, clock)).strip() for day in named for clock in CLOCKS]
    read = f"try_strptime(trim({cell}), [{', '.join(map(literal, forms))}])"
    return f"coalesce(TRY_CAST({cell} AS {type_}), CAST({read} AS {type_}))"


DAY_OR_MONTH = {"dates (day first)", "dates (month first)"}
SAID_PLAINLY = {"whole numbers", "numbers", "true or false", "dates", "dates with time"}


def candidates_for(told: Told = NOTHING, *, quoted_commas: bool = False) -> tuple[Candidate, ...]:
    """The ways to read a column, likeliest first, under what a person told."""
    numbers: tuple[Candidate, ...] = (
        *NUMBERS,
        _comma(SURE_COMMA),
        *_thousands("" if quoted_commas else SURE_THOUSANDS),
    )
    if told.decimal == ",":
        numbers = (NUMBERS[0], _comma(""))
    elif told.decimal == ".":
        numbers = (*NUMBERS, *_thousands(""))
    wrong = None if told.day_first is None else "dates (month first)" if told.day_first else "dates (day first)"
    return (*numbers, *SPACED, *(time for time in TIMES if time.words != wrong))
