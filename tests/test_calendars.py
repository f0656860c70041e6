"""Time zones and holidays: moments worked out by hand, and days that stay in the recipe."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
CALLS = """SELECT * FROM (VALUES (TIMESTAMP '2024-03-10 06:30:00', '2024-12-25 23:00', DATE '2024-12-25'),
(TIMESTAMP '2024-03-10 07:30:00', '2025-01-01 00:30', DATE '2024-12-27'), (NULL, NULL, NULL)) AS t("at", told, day)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "calls", CALLS)
        yield opened


@pytest.mark.parametrize(
    ("arguments", "moments"),
    [
        ({"to": "Asia/Seoul"}, [datetime(2024, 3, 10, 15, 30), datetime(2024, 3, 10, 16, 30), None]),
        # Clocks in New York go from 1:59 to 3:00 on that day.
        ({"to": "new york"}, [datetime(2024, 3, 10, 1, 30), datetime(2024, 3, 10, 3, 30), None]),
        ({"to": "utc", "source": "Asia/Seoul"}, [datetime(2024, 3, 9, 21, 30), datetime(2024, 3, 9, 22, 30), None]),
    ],
)
def test_moments_are_converted(workspace: Workspace, arguments: dict[str, Any], moments: list[datetime | None]) -> None:
    do(workspace, "convert_time_zone", dataset="calls", columns=["at"], **arguments)
    assert [row[0] for row in rows_of(workspace, "calls")] == moments


def test_a_conversion_is_exact_and_holds_on_other_rows(workspace: Workspace) -> None:
    outcome = do(workspace, "convert_time_zone", dataset="calls", columns=["At", "told", "day"], to="Seoul")
    assert outcome.sql == (
        "SELECT * REPLACE (\n  (\"at\" AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Seoul' AS \"at\",\n"
        "  (try_strptime(trim(\"told\"), '%Y-%m-%d %H:%M') AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Seoul' AS \"told\"\n"
        ') FROM "calls@1"'
    )
    assert outcome.text == (
        "Converted at and told from UTC to Asia/Seoul. Skipped day (has no date with a time of day)."
    )
    other = "SELECT NULL::TIMESTAMP AS \"at\", '2023-12-31 20:00' AS told, NULL::DATE AS day"
    assert replay(recipe_of(workspace, "calls"), other) == [(None, datetime(2024, 1, 1, 5), None)]


def test_a_point_in_time_needs_no_zone(tmp_path: Path) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT TIMESTAMPTZ '2024-06-01 12:00:00+02' AS \"at\"")
        do(opened, "convert_time_zone", dataset="t", columns=["at"], to="Asia/Tokyo", source="Europe/Paris")
        assert rows_of(opened, "t") == [(datetime(2024, 6, 1, 19),)]


def test_holidays_are_told_and_stay_in_the_recipe(workspace: Workspace) -> None:
    outcome = do(
        workspace, "add_holidays", dataset="calls", column="day", country="Germany",
        tells=["is_holiday", "name", "days_to_next", "days_since_last"],
    )  # fmt: skip
    assert workspace.version("calls").names[3:] == ["day_is_holiday", "day_name", "day_days_to_next", "day_days_since_last"]  # fmt: skip
    assert [row[3:] for row in rows_of(workspace, "calls")] == [
        (True, "Christmas Day", 0, 0),
        (False, None, 5, 1),
        (None, None, None, None),
    ]
    assert outcome.text == (
        "Added day_is_holiday, day_name, day_days_to_next and day_days_since_last: 1 date of 2 fall on a holiday of Germany"
        " (its days of 2023 to 2034 are known)."
    )
    learned = workspace.version("calls").step.learned["holidays:day"]
    assert ["2030-10-03", "German Unity Day"] in learned
    assert str(outcome.sql).startswith("SELECT *, CAST(\"day\" AS DATE) IN (DATE '2023-01-01', DATE '2023-04-07', ")
    other = "SELECT NULL::TIMESTAMP AS \"at\", 'x' AS told, DATE '2030-10-03' AS day"
    assert replay(recipe_of(workspace, "calls"), other)[0][3:] == (True, "German Unity Day", 0, 0)


def test_a_region_has_holidays_of_its_own(workspace: Workspace) -> None:
    add(workspace, "days", "SELECT unnest(['2024-01-06', '2024-05-01']) AS day")
    do(workspace, "add_holidays", dataset="days", column="day", country="DE", region="by", names=["frei"])
    assert rows_of(workspace, "days") == [("2024-01-06", True), ("2024-05-01", True)]
    do(workspace, "add_holidays", dataset="days@1", column="day", country="DE", names=["frei"])
    assert rows_of(workspace, "days") == [("2024-01-06", False), ("2024-05-01", True)]


def test_days_of_more_in_a_column_called_like_the_lambda_are_right(tmp_path: Path) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT DATE '2024-12-30' AS day")
        do(opened, "add_holidays", dataset="t", column="day", country="KR", tells=["days_to_next"])
        assert rows_of(opened, "t")[0][1] == 2


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("convert_time_zone", {"columns": ["at"], "to": "Asia/Sol"}, "No time zone 'Asia/Sol'. Nearest: Asia/Seoul. Write it as continent and city, such as Asia/Seoul."),
        ("convert_time_zone", {"columns": ["day"], "to": "UTC"}, "No column can be converted. Skipped day (has no date with a time of day). Name a column of dates with times of day."),
        ("add_holidays", {"column": "day", "country": "Atlantis"}, "No country 'Atlantis'."),
        ("add_holidays", {"column": "day", "country": "KR", "region": "XX"}, "KR has no region 'XX'."),
        ("add_holidays", {"column": "day", "country": "KR", "names": ["a", "b"]}, "Got 2 names for 1 columns (is_holiday). Give one name for each."),
    ],
)  # fmt: skip
def test_what_the_world_does_not_have_is_said(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="calls", **arguments)
    assert str(error.value).startswith(message)
