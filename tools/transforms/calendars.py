"""Transforms of dates that know the world: time zones, and the holidays of countries.

Time zones are those of the IANA database, as DuckDB carries it. Holidays come from the library `holidays`; the days of
the years at hand are frozen into the recipe, so a replay needs no library and no network.

What is not covered: holidays more than ten years after the last date that was learned from, school holidays, business days.
"""

import re
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.parts import moment_of
from tools.transforms.sql import new_names, replaced, skipped, with_columns
from tools.words import counted, listed, literal, nearest

Told = Literal["is_holiday", "name", "days_to_next", "days_since_last"]
_YEARS_AHEAD = 10
_MOST_YEARS = 300


@transform(
    group="dates",
    title="Convert {columns} to the time zone {to}",
    rows="same",
    asked_by=r"\btime ?zones?\b|\butc\b|\bgmt\b|\b(?:local|seoul|korean?|tokyo|new york|london|pacific|eastern|central) time\b|\b[ekp]st\b|시간대|표준시|타임존|현지 ?시간|한국 ?시간",
)
def convert_time_zone(table: Input, columns: list[ColumnName], to: str, source: str = "UTC") -> Derived:
    """Convert the moments of columns from one time zone to another, such as UTC to Asia/Seoul.

    Args:
        columns: the columns of dates with times of day.
        to: the time zone they are converted to, such as Asia/Seoul or America/New_York.
        source: the time zone they are in now; not used where the data itself tells it.
    """
    there, here = _zone(to), _zone(source)
    cells: dict[str, str] = {}
    reasons: dict[str, str] = {}
    notes = ""
    for column in table.pick(columns):
        if column.type == "DATE" or (column.is_time and not column.type.startswith("TIMESTAMP")):
            reasons[column.name] = "has no date with a time of day"
            continue
        moment = moment_of(table, column)
        zoned = column.type in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
        # A moment of a known zone already is one point in time; another one is that of the clock at its place.
        point = moment if zoned else f"{moment} AT TIME ZONE {literal(here)}"
        cells[column.name] = f"({point}) AT TIME ZONE {literal(there)}"
        notes += parse.note(table, column, "timestamp", moment) if not column.is_time else ""
    if not cells:
        raise ToolError(f"No column can be converted.{skipped(reasons)} Name a column of dates with times of day.")
    text = f"Converted {listed(list(cells))} from {here} to {there}.{notes}{skipped(reasons)}"
    return Derived(replaced(table, cells), text)


def _zone(name: str) -> str:
    """The time zone as the database writes it. Raises ToolError with the nearest where there is none."""
    from zoneinfo import available_timezones

    known = {zone.casefold(): zone for zone in available_timezones() if "/" in zone or zone in ("UTC", "GMT")}
    wanted = name.strip().replace(" ", "_").casefold()
    places = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(known.values(), reverse=True)}
    if found := known.get(wanted) or places.get(wanted):
        return found
    near = nearest(wanted.rpartition("/")[2], list(places), cutoff=0.6)
    hint = f" Nearest: {listed([places[place] for place in near])}." if near else ""
    raise ToolError(f"No time zone '{name}'.{hint} Write it as continent and city, such as Asia/Seoul.")


@transform(
    group="dates",
    title="Add the holidays of {country}",
    rows="same",
    asked_by=r"\bholidays?\b|\bbank holiday|\bday off\b|휴일|공휴일|명절",
)
def add_holidays(
    table: Input,
    column: ColumnName,
    country: str,
    tells: list[Told] | None = None,
    region: str | None = None,
    names: list[str] | None = None,
) -> Derived:
    """Add columns that tell of a date whether it is a public holiday of a country, which one, or how far the next one is.

    Args:
        column: the column of dates.
        country: the country by its two letters, such as KR, US or DE, or by its name.
        tells: what the new columns tell; is_holiday if left out.
        region: a state or province by its letters, such as CA or BY, for its own holidays too.
        names: what the new columns are called; column_is_holiday and so on if left out.
    """
    source = table.column(column)
    wanted: list[Told] = list(dict.fromkeys(tells)) if tells else ["is_holiday"]
    if names is not None and len(names) != len(wanted):
        raise ToolError(f"Got {len(names)} names for {len(wanted)} columns ({listed(wanted)}). Give one name for each.")
    moment = moment_of(table, source)
    days = _holidays(table, source, moment, country, region)
    called = new_names(table, names or [f"{source.name}_{told}" for told in wanted], Column("", ""))
    cells = {name: _told(told, f"CAST({moment} AS DATE)", days) for name, told in zip(called, wanted, strict=True)}
    date = f"CAST({moment} AS DATE)"
    inside = ", ".join(f"DATE {literal(day)}" for day in days)
    [(hits, filled)] = table.learn_rows(
        "hits", f"SELECT count(*) FILTER ({date} IN ({inside})), count({moment}) FROM {table.name}"
    )
    where = f"{country.strip()}{f' ({region.strip()})' if region else ''}"
    first, last = min(days)[:4], max(days)[:4]
    text = f"Added {listed(called)}: {counted(hits, 'date')} of {filled:,} fall on a holiday of {where} (its days of {first} to {last} are known)."
    return Derived(with_columns(table, source, cells), text)


def _holidays(table: Input, source: Column, moment: str, country: str, region: str | None) -> dict[str, str]:
    """The public holidays of the years at hand and ten more: day -> name. Learned once."""
    lowest, highest = table.learn_rows(
        f"years:{source.name}", f"SELECT min(year({moment})), max(year({moment})) FROM {table.name}"
    )[0]
    if lowest is None:
        raise ToolError(f"{source.name} holds no dates, so none of them is a holiday. Choose a column of dates.")
    if highest - lowest > _MOST_YEARS:
        raise ToolError(
            f"{source.name} spans {highest - lowest} years, more than {_MOST_YEARS}. Filter wrong dates first."
        )
    years = range(lowest - 1, highest + _YEARS_AHEAD + 1)
    return dict(table.learn_value(f"holidays:{source.name}", lambda: _public(country, region, years)))


def country_code(country: str) -> str:
    """The two letters of a country given by them or by its name. Raises ToolError where no holidays are known."""
    import holidays
    from holidays.registry import COUNTRIES

    known = holidays.list_supported_countries()
    called = {name.replace("_", ""): codes[1] for name, codes in COUNTRIES.items()} | {
        "korea": "KR",
        "한국": "KR",
        "대한민국": "KR",
    }
    code = called.get(re.sub(r"[\s_-]", "", country).casefold(), country.strip().upper())
    if code not in known:
        near = nearest(code, list(known), cutoff=0.4)
        hint = f" Nearest: {listed(near)}." if near else ""
        raise ToolError(f"No country '{country}'.{hint} Give its two letters, such as KR, US or DE.")
    return code


def _public(country: str, region: str | None, years: range) -> list[list[str]]:
    """The library's holidays. Raises ToolError where it knows no such country or region."""
    import holidays

    code = country_code(country)
    known = holidays.list_supported_countries()
    part = region.strip().upper() if region else None
    if part and part not in (regions := known[code]):
        raise ToolError(f"{code} has no region '{region}'. Its regions: {listed(sorted(regions)) or 'none'}.")
    found = holidays.country_holidays(code, subdiv=part, years=years, language="en_US")
    return [[day.isoformat(), name] for day, name in sorted(found.items())]


def _told(told: Told, date: str, days: dict[str, str]) -> str:
    """What one column tells of a date; empty where there is none, or where no holiday is known on that side."""
    listing = ", ".join(f"DATE {literal(day)}" for day in days)
    # A parameter of a lambda hides a column of its name, so it has one that no column is likely to have.
    match told:
        case "is_holiday":
            return f"{date} IN ({listing})"
        case "name":
            return f"MAP([{listing}], [{', '.join(map(literal, days.values()))}])[{date}]"
        case "days_to_next":
            return f"list_min(list_filter([{listing}], lambda easel_day: easel_day >= {date})) - {date}"
    return f"{date} - list_max(list_filter([{listing}], lambda easel_day: easel_day <= {date}))"
