from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from automl.forecasting.series import Step, bounded
from tests.trained import add
from tools.forecasting.prepare import Asked, Prepared, prepare_series
from tools.forecasting.shape import time_of
from tools.forecasting.words import date
from tools.tool import ToolError
from tools.transform import Input
from tools.workspace import Workspace

MONTHS = pd.date_range("2018-01-01", periods=24, freq="MS")
QUARTERS = pd.date_range("2012-01-01", periods=24, freq="QS")
WEEKS = pd.date_range("2019-12-02", periods=24, freq="W-MON")
MONTH, QUARTER, WEEK = Step(unit="month"), Step(unit="quarter"), Step(unit="week")
Write = Callable[[pd.Timestamp], Any]


@pytest.fixture
def workspace(tmp_path: Path):
    with Workspace(tmp_path) as made:
        yield made


def read(workspace: Workspace, columns: dict[str, list[Any]]) -> tuple[Prepared, list[Any]]:
    """How a table is read, and the moments of its series."""
    count = len(next(iter(columns.values())))
    version = add(workspace, "sales", pa.table(columns | {"amount": [n % 7 for n in range(count)]}))
    ready = prepare_series(workspace, version, Asked("amount"))
    rows = workspace.rows(ready.reading.past(ready.shape.source, ready.where))
    return ready, [row[1] for row in rows]


@pytest.mark.parametrize(
    ("moments", "write", "step"),
    [
        (MONTHS, lambda day: f"{day.year}년 {day.month}월", MONTH),
        (MONTHS, lambda day: f"{day.year}년{day.month:02}월", MONTH),
        (MONTHS, lambda day: f"{day.year}-{day.month}", MONTH),
        (MONTHS, lambda day: f"{day.year}/{day.month:02}", MONTH),
        (MONTHS, lambda day: f"{day.year}M{day.month:02}", MONTH),
        (MONTHS, lambda day: f"{day.month:02}/{day.year}", MONTH),
        (MONTHS, lambda day: f"{day:%Y%m}", MONTH),
        (MONTHS, lambda day: int(f"{day:%Y%m}"), MONTH),
        (MONTHS, lambda day: float(f"{day:%Y.%m}"), MONTH),  # 2018.1 is October
        (MONTHS, lambda day: f"{day:%b-%Y}", MONTH),
        (MONTHS, lambda day: f"{day:%b}'{day:%y}", MONTH),
        (MONTHS, lambda day: f"{day:%B}, {day:%Y}", MONTH),
        (MONTHS, lambda day: f"{day:%Y} {day:%B}", MONTH),
        (MONTHS, lambda day: f"{day:%d/%m/%Y}", MONTH),  # day first, though 01/02 may be January 2
        (QUARTERS, lambda day: f"{day.year}-Q{day.quarter}", QUARTER),
        (QUARTERS, lambda day: f"Q{day.quarter} {day.year}", QUARTER),
        (QUARTERS, lambda day: f"{day.year}q{day.quarter}", QUARTER),
        (QUARTERS, lambda day: f"{day.quarter}Q{day:%y}", QUARTER),
        (QUARTERS, lambda day: f"{day.year}년 {day.quarter}분기", QUARTER),
        (WEEKS, lambda day: "{}W{:02}".format(*day.isocalendar()), WEEK),
        (WEEKS, lambda day: "{}-W{}".format(*day.isocalendar()), WEEK),
        (WEEKS, lambda day: "{}년 {}주차".format(*day.isocalendar()), WEEK),
        (WEEKS, lambda day: "Week {1}, {0}".format(*day.isocalendar()), WEEK),
        (pd.date_range("1990-01-01", periods=24, freq="YS"), lambda day: float(day.year), Step(unit="year")),
    ],
)
def test_periods_are_read_as_people_write_them(
    workspace: Workspace, moments: pd.DatetimeIndex, write: Write, step: Step
) -> None:
    ready, found = read(workspace, {"date": [write(day) for day in moments]})
    assert ready.spec.step == step
    assert found == [day.to_pydatetime() for day in moments]


@pytest.mark.parametrize(
    ("columns", "step", "moments"),
    [
        ({"Year": MONTHS.year, "Month": MONTHS.strftime("%b")}, MONTH, MONTHS),
        ({"Month": MONTHS.strftime("%B"), "Year": MONTHS.year.astype(str)}, MONTH, MONTHS),
        ({"연도": MONTHS.year, "월": [f"{month}월" for month in MONTHS.month]}, MONTH, MONTHS),
        ({"year": QUARTERS.year, "quarter": [f"Q{quarter}" for quarter in QUARTERS.quarter]}, QUARTER, QUARTERS),
        ({"year": WEEKS.isocalendar().year, "week": WEEKS.isocalendar().week.astype(int)}, WEEK, WEEKS),
        (
            {"year": (days := pd.date_range("2024-01-20", periods=24)).year, "month": days.month, "day": days.day},
            Step(unit="day"),
            days,
        ),
    ],
)
def test_a_year_is_read_with_what_stands_beside_it(
    workspace: Workspace, columns: dict[str, Any], step: Step, moments: pd.DatetimeIndex
) -> None:
    ready, found = read(workspace, {name: list(values) for name, values in columns.items()})
    assert (ready.spec.step, found) == (step, [day.to_pydatetime() for day in moments])
    assert ready.excluded == {}


@pytest.mark.parametrize(
    ("freq", "step", "first"),
    [
        ("QS-FEB", Step(unit="quarter", first_month=2), datetime(2000, 2, 1)),
        ("QE-JAN", Step(unit="quarter", first_month=2, last_day=True), datetime(1999, 11, 1)),
        ("QE-DEC", Step(unit="quarter", last_day=True), datetime(2000, 1, 1)),
        ("YS-APR", Step(unit="year", first_month=4), datetime(2000, 4, 1)),
        ("YE-MAR", Step(unit="year", first_month=4, last_day=True), datetime(1999, 4, 1)),
        ("2h", Step(unit="minute", count=120), datetime(2000, 1, 1)),
        ("20min", Step(unit="minute", count=20), datetime(2000, 1, 1)),
    ],
)
def test_a_step_begins_where_its_dates_say(workspace: Workspace, freq: str, step: Step, first: datetime) -> None:
    moments = [moment.to_pydatetime() for moment in pd.date_range("2000-01-01", periods=24, freq=freq)]
    ready, found = read(workspace, {"date": moments})
    assert (ready.spec.step, found[0], len(found)) == (step, first, 24)
    again = pd.date_range(first, periods=24, freq=step.frequency)
    assert found == [moment.to_pydatetime() for moment in again]


def test_the_sql_of_a_period(workspace: Workspace) -> None:
    ready, _ = read(workspace, {"date": [f"{day.year}-Q{day.quarter}" for day in QUARTERS]})
    cell = "regexp_extract(trim(\"date\"), '(?i)^([12]\\d{3})\\s*(?:[-/._]|년)?\\s*Q\\s*([1-4])$', "
    months = "['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']"
    quarter = (
        f"coalesce(nullif(list_position({months}, lower(left({cell}2), 3))), 0),"
        f" TRY_CAST(regexp_extract({cell}2), '\\d+') AS BIGINT))"
    )
    assert ready.shape.moment == (
        f"TRY_CAST(format('{{:04d}}-{{:02d}}-{{:02d}}', TRY_CAST({cell}1) AS BIGINT), 3 * {quarter} - 2, 1) AS TIMESTAMP)"
    )


def test_what_only_seldom_reads_as_a_date_is_no_time(workspace: Workspace) -> None:
    notes = ["paid", "2019-03", *["late"] * 20]
    with pytest.raises(ToolError, match=r"^sales has no column of dates, so there is nothing to forecast along\."):
        read(workspace, {"note": notes, "month": [n % 12 + 1 for n in range(22)]})


def test_how_uncertain_dates_are_read_is_said(workspace: Workspace) -> None:
    ready, _ = read(workspace, {"date": [f"{day:%d/%m/%Y}" for day in MONTHS[:12]]})
    assert "day and month of date can't be told apart, so 03/04 is March 4" in ready.reasons
    ready, _ = read(workspace, {"date": [f"{day:%d/%m/%Y}" for day in MONTHS]})
    assert "date is read day first, since so its dates come at even steps" in ready.reasons
    seoul = pd.date_range("2024-03-19 15:00", periods=24, freq="D")
    ready, _ = read(workspace, {"date": [moment.to_pydatetime() for moment in seoul]})
    assert ready.notes == [
        "All times of date are at 15:00; where that is midnight in your time zone, convert_time_zone first, or dates come"
        " a day early."
    ]


def test_days_of_a_shop_that_closes_on_sundays_count_as_zero(workspace: Workspace) -> None:
    open_days = [day.date() for day in pd.date_range("2024-01-01", periods=60) if day.dayofweek != 6]
    ready, _ = read(workspace, {"date": open_days})
    assert (ready.spec.step, ready.spec.gaps, ready.spec.closed) == (Step(unit="day"), "zero", [6])
    week = pd.DataFrame(
        {"mean": range(1, 8), "0.9": range(2, 9), "who": "x"}, index=pd.date_range("2024-01-01", periods=7)
    )
    whole = bounded(week, week.index, ready.spec.closed, ready.spec.amounts, week["mean"])
    assert (whole["mean"].tolist(), whole["0.9"].tolist()) == ([1, 2, 3, 4, 5, 6, 0], [2, 3, 4, 5, 6, 7, 0])
    assert whole["who"].tolist() == ["x"] * 7
    assert "no row falls on a Sunday, so days without a row count as zero" in ready.reasons
    level = add(workspace, "levels", pa.table({"date": open_days, "stock": list(range(len(open_days)))}))
    assert prepare_series(workspace, level, Asked("stock")).spec.gaps == "line"  # what is there on a Sunday too


@pytest.mark.parametrize(("slip", "told"), [("2099-12-31", "(up to 2024-01-30)"), ("1900-01-01", "(from 2024-01-01)")])
def test_a_date_far_from_all_others_is_told_before_it_stretches_the_series(
    workspace: Workspace, slip: str, told: str
) -> None:
    days = [day.date() for day in pd.date_range("2024-01-01", periods=30)]
    with pytest.raises(ToolError) as error:
        read(workspace, {"date": [*days, pd.Timestamp(slip).date()]})
    assert str(error.value) == (
        f"date is {slip} in 1 row, far from all others {told}. Correct or remove it first: filter_rows."
    )


def test_ones_that_are_added_up_are_a_series_and_what_stays_the_same_is_none(workspace: Workspace) -> None:
    days = [day.date() for n, day in enumerate(pd.date_range("2024-01-01", periods=30)) for _ in range(1 + n % 3)]
    counts = add(workspace, "orders", pa.table({"date": days, "amount": [1] * len(days)}))
    ready = prepare_series(workspace, counts, Asked("amount"))
    assert (ready.observations, ready.notes) == (30, [])
    same = add(workspace, "same", pa.table({"date": sorted(set(days)), "amount": [1] * 30, "price": [None] * 30}))
    with pytest.raises(ToolError, match=r"^amount is 1 at every step, so there is nothing to forecast\."):
        prepare_series(workspace, same, Asked("amount"))
    with pytest.raises(ToolError, match=r"^price is empty in every row\. Leave it out of known_columns\.$"):
        prepare_series(workspace, same, Asked("amount", known=["price"]))


@pytest.mark.parametrize(
    ("moment", "step", "said"),
    [
        ("2024-02-01 00:00:00", Step(unit="month"), "2024-02-01"),
        ("2024-02-01 00:00:00", Step(unit="month", last_day=True), "2024-02-29"),
        ("2023-11-01 00:00:00", Step(unit="quarter", last_day=True, first_month=2), "2024-01-31"),
        ("2024-04-01 00:00:00", Step(unit="year", last_day=True, first_month=4), "2025-03-31"),
        ("2024-02-01 06:00:00", Step(unit="hour"), "2024-02-01 06:00"),
    ],
)
def test_a_step_is_dated_in_words_as_in_the_table(moment: str, step: Step, said: str) -> None:
    assert date(moment, step) == said


def test_a_model_of_before_still_reads_the_month_beside_its_year(workspace: Workspace) -> None:
    version = add(workspace, "sales", pa.table({"Year": [2024, 2024], "Month": [1, 2]}))
    learned = {"part:Month:12": [[True]], "date_formats:Year": [["%Y", 2]]}
    table = Input(f'"{version.ref}"', version.columns, workspace, learned, frozen=True)
    moment = time_of(table, table.column("Year"))
    found = workspace.rows(f'SELECT {moment} FROM "{version.ref}" ORDER BY "Month"')
    assert found == [(datetime(2024, 1, 1),), (datetime(2024, 2, 1),)]


def test_values_that_are_there_twice_are_counted(workspace: Workspace) -> None:
    days = [day.date() for day in pd.date_range("2024-01-01", periods=30)]
    version = add(workspace, "sales", pa.table({"date": [*days, days[0]], "amount": [*range(30), 0]}))
    ready = prepare_series(workspace, version, Asked("amount"))
    assert "several values of amount in a day are added up (in 1 of 30)" in ready.reasons
    assert ready.notes == ["1 row is an exact copy of another one and counted too: drop_duplicates takes copies out."]


@pytest.mark.parametrize(
    ("column", "past", "lowest"),
    [
        ("units", [0.0, 3.0], 0.0),  # nothing below zero was ever sold
        ("units", [-1.0, 3.0], -4.0),  # but for goods that came back
        ("temperature", [0.0, 3.0], -4.0),  # degrees can fall below what they were
        ("net_change", [1.0, 3.0], -4.0),
        ("순이익", [1.0, 3.0], -4.0),
    ],
)
def test_amounts_that_never_were_below_zero_are_not_forecast_below_it(
    workspace: Workspace, column: str, past: list[float], lowest: float
) -> None:
    days = [day.date() for day in pd.date_range("2024-01-01", periods=30)]
    version = add(workspace, "sales", pa.table({"date": days, column: list(range(30))}))
    spec = prepare_series(workspace, version, Asked(column)).spec
    ahead = pd.DataFrame({"mean": [1.0], "0.1": [-4.0]}, index=pd.date_range("2024-02-01", periods=1))
    bands = bounded(ahead, ahead.index, spec.closed, spec.amounts, pd.Series(past))
    assert bands.values.tolist() == [[1.0, lowest]]


@pytest.mark.parametrize(
    ("twice", "hours", "gaps"),
    [
        (range(2), 24, "line"),  # two copies in an even series say nothing of its holes
        (range(0, 54, 3), 24, "zero"),  # a third of the days has several sales
        (range(2), 31, "zero"),  # sales on some days only
    ],
)
def test_holes_are_none_where_rows_are_single_events_and_unknown_where_some_are_copies(
    workspace: Workspace, twice: range, hours: int, gaps: str
) -> None:
    days = [
        day
        for place, day in enumerate(pd.date_range("2024-01-01", periods=60, freq=f"{hours}h"))
        if place not in (20, 41)
    ]
    moments = [day.date() for day in (*days, *(days[place] for place in twice))]
    version = add(workspace, "sales", pa.table({"date": moments, "units": [n % 7 for n in range(len(moments))]}))
    assert prepare_series(workspace, version, Asked("units", frequency="day")).spec.gaps == gaps
