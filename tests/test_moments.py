"""Dates cut, compared and put on a circle, worked out by hand."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
STAYS = """SELECT * FROM (VALUES (DATE '2024-02-28', DATE '2024-03-01', TIMESTAMP '2024-02-28 13:45:10', '2024-03-05'),
(DATE '2023-12-31', DATE '2023-12-30', NULL, '2024-01-01'), (DATE '2020-02-29', NULL, TIMESTAMP '2020-12-01 00:00:00', NULL))
AS t(came, went, paid_at, told)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "stays", STAYS)
        yield opened


def _last(workspace: Workspace) -> list[Any]:
    return [row[-1] for row in rows_of(workspace, "stays")]


@pytest.mark.parametrize(
    ("column", "unit", "cells"),
    [
        ("came", "month", [date(2024, 2, 1), date(2023, 12, 1), date(2020, 2, 1)]),
        ("came", "quarter", [date(2024, 1, 1), date(2023, 10, 1), date(2020, 1, 1)]),
        ("came", "week", [date(2024, 2, 26), date(2023, 12, 25), date(2020, 2, 24)]),
        ("paid_at", "hour", [datetime(2024, 2, 28, 13), None, datetime(2020, 12, 1)]),
        ("told", "year", [date(2024, 1, 1), date(2024, 1, 1), None]),
    ],
)
def test_dates_are_cut(workspace: Workspace, column: str, unit: str, cells: list[Any]) -> None:
    do(workspace, "truncate_date", dataset="stays", column=column, unit=unit, name="cut")
    assert _last(workspace) == cells


def test_a_date_is_cut_in_its_place_and_on_other_rows(workspace: Workspace) -> None:
    outcome = do(workspace, "truncate_date", dataset="stays", column="came", unit="month")
    assert outcome.sql == """SELECT * REPLACE (CAST(date_trunc('month', "came") AS DATE) AS "came") FROM "stays@1\""""
    assert outcome.text == "Cut came to the month."
    rows = replay(
        recipe_of(workspace, "stays@2"),
        "SELECT DATE '2022-05-17' AS came, NULL::DATE AS went, NULL::TIMESTAMP AS paid_at, 'x' AS told",
    )
    assert rows == [(date(2022, 5, 1), None, None, "x")]


@pytest.mark.parametrize(
    ("arguments", "name", "cells"),
    [
        ({"end": "went"}, "days_from_came_to_went", [2, -1, None]),
        ({"until": "2024-03-01", "unit": "months"}, "months_since_came", [0, 2, 48]),
        ({"until": "2024-02-28", "unit": "years"}, "years_since_came", [0, 0, 3]),
        (
            {"end": "paid_at", "unit": "hours", "name": "h"},
            "h",
            [pytest.approx(13 + 45 / 60 + 10 / 3600), None, 276 * 24],
        ),
        (
            {"end": "told", "unit": "weeks"},
            "weeks_from_came_to_told",
            [pytest.approx(6 / 7), pytest.approx(1 / 7), None],
        ),
    ],
)
def test_the_time_between_two_dates(
    workspace: Workspace, arguments: dict[str, Any], name: str, cells: list[Any]
) -> None:
    do(workspace, "date_difference", dataset="stays", start="came", **arguments)
    assert workspace.version("stays").names[-1] == name
    assert _last(workspace) == cells


def test_what_lies_the_wrong_way_round_is_told(workspace: Workspace) -> None:
    outcome = do(workspace, "date_difference", dataset="stays", start="came", end="went")
    assert outcome.text == (
        "Added days_from_came_to_went: days from came to went. 1 row has the end before the start."
        " 1 row without both stayed empty."
    )


def test_a_month_on_its_circle(workspace: Workspace) -> None:
    outcome = do(workspace, "add_cycle", dataset="stays", column="came", cycle="month")
    angles = [2 * math.pi * place / 12 for place in (1, 11, 1)]
    assert [row[-2:] for row in rows_of(workspace, "stays")] == [
        (pytest.approx(math.sin(angle)), pytest.approx(math.cos(angle))) for angle in angles
    ]
    assert outcome.text == "Added came_month_sin and came_month_cos: the month on a circle of 12."


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "truncate_date",
            {"column": "came", "unit": "hour"},
            "came has no time of day, so it can't be cut to the hour.",
        ),
        ("date_difference", {"start": "came"}, "Give one end: a column of dates, or a fixed day in until"),
        (
            "date_difference",
            {"start": "came", "until": "31.12.2025"},
            "'31.12.2025' is no day. Write it as 2025-12-31.",
        ),
        ("add_cycle", {"column": "came", "cycle": "hour"}, "came has no time of day, so it has no hour."),
        ("add_cycle", {"column": "cme", "cycle": "month"}, "No column 'cme'. Nearest: came"),
    ],
)
def test_wrong_input_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="stays", **arguments)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
