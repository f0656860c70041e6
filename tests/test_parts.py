"""Parts of dates as columns of their own."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.parts  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

SALES = """SELECT * FROM (VALUES
  (DATE '2024-02-03', '3 Feb 2024', TIMESTAMP '2024-02-03 14:05:00', 1), (NULL, 'soon', NULL, 2)
) AS sales(day, said, moment, n)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", SALES)
        yield opened


@pytest.mark.parametrize(
    ("arguments", "sql", "text"),
    [
        (
            {"column": "DAY", "parts": ["year", "weekday"]},
            'SELECT *, year("day") AS "day_year", dayname("day") AS "day_weekday" FROM "sales@1"',
            "Added day_year and day_weekday from day.",
        ),
        (
            {"column": "moment", "parts": ["is_weekend"], "names": ["주말"]},
            'SELECT *, isodow("moment") >= 6 AS "주말" FROM "sales@1"',
            "Added 주말 from moment.",
        ),
        (
            {"column": "said", "parts": ["month"]},
            'SELECT *, month(try_strptime(trim("said"), \'%d %b %Y\')) AS "said_month" FROM "sales@1"',
            "Added said_month from said. said: 1 of 2 values could not be read and became empty, for example 'soon'.",
        ),
        (
            {"column": "day", "parts": ["month", "hour"]},
            'SELECT *, month("day") AS "day_month" FROM "sales@1"',
            "Added day_month from day. Skipped hour (has no time of day).",
        ),
    ],
)
def test_the_sql_and_the_text_are_exact(workspace: Workspace, arguments: dict[str, Any], sql: str, text: str) -> None:
    outcome = do(workspace, "extract_date_part", dataset="sales", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)


def test_every_part_is_what_its_name_says(workspace: Workspace) -> None:
    parts = ["year", "quarter", "month", "month_name", "week", "day", "weekday", "hour", "minute", "is_weekend", "date"]
    do(workspace, "extract_date_part", dataset="sales", column="moment", parts=[*parts, "time"])
    read: Row = (2024, 1, 2, "February", 5, 3, "Saturday", 14, 5, True, datetime.date(2024, 2, 3), datetime.time(14, 5))
    assert [row[4:] for row in rows_of(workspace, "sales")] == [read, (None,) * 12]


def test_parts_replay_on_other_rows(workspace: Workspace) -> None:
    outcome = do(workspace, "extract_date_part", dataset="sales", column="said", parts=["quarter", "day"])
    recipe = recipe_of(workspace, str(outcome.dataset))
    given = "SELECT DATE '2020-01-01' AS day, '31 Dec 2021' AS said, NULL::TIMESTAMP AS moment, 9 AS n"
    assert replay(recipe, given) == [(datetime.date(2020, 1, 1), "31 Dec 2021", None, 9, 4, 31)]


def test_months_without_a_day_have_no_weekday(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest(['2024-01', '2024-12']) AS m")
        outcome = do(workspace, "extract_date_part", dataset="t", column="m", parts=["month", "weekday"])
        assert rows_of(workspace, "t") == [("2024-01", 1), ("2024-12", 12)]
        assert outcome.text == "Added m_month from m. Skipped weekday (has no day of the month)."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"column": "n", "parts": ["year"]},
            "n holds no dates, so it has no parts of dates. Columns of dates: day and moment. Choose a column of dates.",
        ),
        ({"column": "day", "parts": []}, "No parts were named. Name at least one, for example month."),
        (
            {"column": "day", "parts": ["hour"]},
            "day has no time of day, so it has no hour. Choose another part.",
        ),
        (
            {"column": "day", "parts": ["year", "month"], "names": ["y"]},
            "Got 1 names for 2 parts (year and month). Give one name for each part.",
        ),
        (
            {"column": "day", "parts": ["year"], "names": ["said"]},
            "There already is a column 'said'. Choose another name or remove that column first.",
        ),
    ],
)
def test_what_has_no_such_part_is_said_in_one_line(
    workspace: Workspace, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "extract_date_part", dataset="sales", **arguments)
    assert str(error.value) == message
    assert workspace.version("sales").ref == "sales@1"


@pytest.mark.parametrize(
    ("part", "sql", "cell"),
    [
        ("half", '(month("day") + 5) // 6', 1),
        ("day_of_year", 'dayofyear("day")', 34),
        ("weekday_number", 'isodow("day")', 6),
        ("days_in_month", 'day(last_day("day"))', 29),
        ("is_month_start", 'day("day") = 1', False),
        ("is_month_end", 'CAST("day" AS DATE) = last_day("day")', False),
    ],
)
def test_rarer_parts_are_exact(workspace: Workspace, part: str, sql: str, cell: Any) -> None:
    outcome = do(workspace, "extract_date_part", dataset="sales", column="day", parts=[part])
    assert outcome.sql == f'SELECT *, {sql} AS "day_{part}" FROM "sales@1"'
    assert [row[-1] for row in rows_of(workspace, "sales")] == [cell, None]
