"""Series over time: even steps, checks, one length and features, worked out by hand."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, replay_history, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
SALES = """SELECT * FROM (VALUES ('a', DATE '2024-01-01', 1, 2.0::DOUBLE, 'x'), ('a', DATE '2024-01-02', 3, 4.0, 'y'),
('a', DATE '2024-01-05', 5, NULL, 'z'), ('b', DATE '2024-01-03', 7, 1.0, 'x'), ('b', DATE '2024-01-03', 8, 1.5, 'x'),
('b', DATE '2024-01-01', 0, 0.5, 'q')) AS t(shop, day, units, price, note)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", SALES)
        add(
            opened,
            "log",
            "SELECT unnest(['2024-03-01 10:00', '2024-03-01 11:00', NULL, 'x', '2024-03-01 11:00', '2024-03-01 10:30', '2024-03-01 15:00']) AS at, range AS n FROM range(1)",
        )
        yield opened


def _days(*days: int) -> list[date]:
    return [date(2024, 1, day) for day in days]


SEEN = (
    'WITH seen AS (SELECT "shop", time_bucket(INTERVAL \'1 day\', CAST("day" AS TIMESTAMP)) AS "day", avg("units") AS "units",'
    ' true AS __seen FROM "sales@1" WHERE "day" IS NOT NULL GROUP BY ALL), steps AS (SELECT "shop",'
    ' unnest(generate_series(min("day"), max("day"), INTERVAL \'1 day\')) AS "day" FROM seen GROUP BY "shop")'
)
JOINED = (
    '(SELECT steps.*, seen.* EXCLUDE ("shop", "day") FROM steps LEFT JOIN seen ON steps."shop" IS NOT DISTINCT FROM'
    ' seen."shop" AND steps."day" IS NOT DISTINCT FROM seen."day") ORDER BY "shop" NULLS LAST, "day" NULLS LAST'
)


def test_a_resampled_series_is_exact(workspace: Workspace) -> None:
    outcome = do(workspace, "resample_series", dataset="sales", time="day", unit="day", columns=["units"], group_by=["shop"])  # fmt: skip
    assert outcome.sql == (
        f'SELECT * EXCLUDE (__seen) FROM ({SEEN} SELECT "shop", CAST("day" AS DATE) AS "day", "units", __seen FROM {JOINED})'
    )
    assert outcome.text == (
        "Made 8 steps of a day each, with the mean of units for each shop. 3 steps had no rows and stay empty."
        " Left out price and note. Rows: 6 -> 8."
    )
    assert rows_of(workspace, "sales") == list(
        zip(
            ["a"] * 5 + ["b"] * 3,
            _days(1, 2, 3, 4, 5, 1, 2, 3),
            [1.0, 3.0, None, None, 5.0, 0.0, None, 7.5],
            strict=True,
        )
    )


@pytest.mark.parametrize(
    ("arguments", "cells"),
    [
        ({"fill": "forward"}, [1.0, 3.0, 3.0, 3.0, 5.0, 0.0, 0.0, 7.5]),
        ({"fill": "zero", "function": "sum"}, [1, 3, 0, 0, 5, 0, 0, 15]),
        ({"fill": "linear"}, [1.0, 3.0, pytest.approx(11 / 3), pytest.approx(13 / 3), 5.0, 0.0, 3.75, 7.5]),
        ({"function": "count"}, [1, 1, None, None, 1, 1, None, 2]),
        ({"function": "max", "unit": "week"}, [5, 8]),
        ({"function": "max", "step": 2}, [3, None, 5, 0, 8]),
        ({"function": "median", "unit": "quarter"}, [3.0, 7.0]),
    ],
)
def test_steps_take_and_gaps_get_what_is_asked_for(
    workspace: Workspace, arguments: dict[str, Any], cells: list[Any]
) -> None:
    do(workspace, "resample_series", **({"dataset": "sales", "time": "day", "unit": "day", "columns": ["units"], "group_by": ["shop"]} | arguments))  # fmt: skip
    assert [row[2] for row in rows_of(workspace, "sales")] == cells


def test_months_become_days_and_text_may_go_along(workspace: Workspace) -> None:
    add(workspace, "rates", "SELECT unnest(['2024-01-01', '2024-02-01']) AS month, unnest(['low', 'high']) AS level")
    do(workspace, "resample_series", dataset="rates", time="month", unit="day", columns=["level"], function="last", fill="forward")  # fmt: skip
    rows = rows_of(workspace, "rates")
    assert len(rows) == 32
    assert rows[30:] == [(date(2024, 1, 31), "low"), (date(2024, 2, 1), "high")]


@pytest.mark.parametrize(
    ("tool", "arguments", "rows"),
    [
        ("resample_series", {"time": "day", "unit": "day", "columns": ["units"], "fill": "linear"}, [(1, 2.0), (2, 4.0), (3, 6.0), (4, 5.0), (5, 4.0)]),
        ("validate_timestamps", {"column": "day", "action": "remove"}, [("c", 1, 2), ("c", 3, 6), ("d", 5, 4)]),
        ("equalize_series", {"time": "day", "length": 2}, [("c", 1, 2), ("c", 3, 6), ("d", 5, 4), ("d", 5, 0)]),
        ("series_features", {"time": "day", "columns": ["units"], "features": ["count", "max"]}, [("c", 3, 6), ("d", 1, 4)]),
    ],
)  # fmt: skip
def test_series_are_treated_the_same_way_on_other_rows(
    workspace: Workspace, tool: str, arguments: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    groups = {} if tool == "resample_series" else {"group_by": ["shop"]}
    do(workspace, tool, dataset="sales", **arguments, **groups)
    other = (
        "SELECT shop, make_date(2025, 3, d) AS day, units, 1.0::DOUBLE AS price, 'n' AS note"
        " FROM (VALUES ('c', 1, 2), ('c', 3, 6), ('c', 3, 6), ('d', 5, 4)) AS t(shop, d, units)"
    )
    made = replay_history(workspace, "sales", {"sales@1": other})
    plain = [tuple(cell.day if isinstance(cell, date) else cell for cell in row) for row in made]
    if tool == "equalize_series":  # the last two rows of c are equal
        rows = [("c", 3, 6), *rows[1:]]
    assert [row[: len(rows[0])] for row in plain] == rows


def test_moments_are_checked(workspace: Workspace) -> None:
    outcome = do(workspace, "validate_timestamps", dataset="log", column="at")
    assert outcome.text == (
        "Checked 7 rows of at: 1 empty, 1 out of order, 1 repeated and 1 unreadable."
        " The usual step is 30 minutes; 1 gap is longer. See time_check."
    )
    states = ["ok", "ok", "empty", "unreadable", "repeated", "out of order", "ok"]
    assert [row[-1] for row in rows_of(workspace, "log")] == states
    at = "try_strptime(trim(\"at\"), '%Y-%m-%d %H:%M') AS __at"
    assert outcome.sql == (
        "SELECT * EXCLUDE (__row) FROM (SELECT * EXCLUDE (__at), CASE WHEN nullif(trim(\"at\"), '') IS NULL THEN 'empty'"
        " WHEN __at IS NULL THEN 'unreadable' WHEN row_number() OVER (PARTITION BY __at ORDER BY __row) > 1 THEN 'repeated'"
        " WHEN __at < max(__at) OVER (ORDER BY __row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 'out of order'"
        f' ELSE \'ok\' END AS "time_check" FROM (SELECT *, {at} FROM (SELECT *, row_number() OVER () AS __row FROM "log@1")))'
        " ORDER BY __row"
    )


def test_wrong_moments_are_removed_within_their_series(workspace: Workspace) -> None:
    outcome = do(workspace, "validate_timestamps", dataset="sales", column="day", group_by=["shop"], action="remove")
    assert outcome.text == (
        "Checked 6 rows of day: 1 out of order and 1 repeated. The usual step is 1 day; 2 gaps are longer."
        " Removed 1 row. Rows: 6 -> 5."
    )
    assert [row[2] for row in rows_of(workspace, "sales")] == [1, 3, 5, 7, 0]


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (
            {},
            [("a", 1, 1), ("a", 2, 3), ("a", 5, 5), ("c", 1, 4), ("c", 3, 6), ("c", 5, 0)],
        ),
        ({"fill": "forward"}, [("a", 1, 1), ("a", 2, 3), ("a", 5, 5), ("c", 1, 4), ("c", 3, 6), ("c", 5, 6)]),
        ({"to": "shortest"}, [("a", 2, 3), ("a", 5, 5), ("c", 1, 4), ("c", 3, 6)]),
        ({"to": "shortest", "keep": "start"}, [("a", 1, 1), ("a", 2, 3), ("c", 1, 4), ("c", 3, 6)]),
        ({"length": 1}, [("a", 5, 5), ("c", 3, 6)]),
    ],
)
def test_series_get_one_length(workspace: Workspace, arguments: dict[str, Any], rows: list[tuple[Any, ...]]) -> None:
    series = "SELECT unnest(['a', 'c', 'a', 'a', 'c']) AS k, unnest([1, 3, 2, 5, 1]) AS d, unnest([1, 6, 3, 5, 4]) AS n"
    add(workspace, "s", f"SELECT k, make_date(2024, 1, d) AS day, n FROM ({series})")
    do(workspace, "equalize_series", dataset="s", time="day", group_by=["k"], **arguments)
    assert [(k, day.day, n) for k, day, n in rows_of(workspace, "s")] == rows


def test_series_of_one_length_stay(workspace: Workspace) -> None:
    outcome = do(workspace, "equalize_series", dataset="sales", time="day", group_by=["shop"])
    assert (outcome.text, outcome.dataset) == ("Gave each series of shop 3 rows; they had 3 to 3.", "sales@1")


def test_a_series_has_features(workspace: Workspace) -> None:
    wanted = ["count", "mean", "first", "last", "slope", "autocorrelation", "mean_change", "peaks", "share_above_mean"]
    outcome = do(workspace, "series_features", dataset="sales", time="day", group_by=["shop"], columns=["units"], features=wanted)  # fmt: skip
    assert workspace.version("sales").names == ["shop", *(f"units_{name}" for name in wanted)]
    a, b = rows_of(workspace, "sales")
    # a: 1, 3, 5 on the days 0, 1 and 4, of mean 5/3: slope = sum of products 8 over sum of squares 26/3.
    assert a == ("a", 3, 3.0, 1, 5, pytest.approx(12 / 13), pytest.approx(1.0), 2.0, 0, pytest.approx(1 / 3))
    assert b[:4] == ("b", 3, 5.0, 0)
    assert outcome.text == (f"Computed {', '.join(wanted[:-1])} and {wanted[-1]} of units for each shop. Rows: 6 -> 2.")


def test_features_are_exact(workspace: Workspace) -> None:
    outcome = do(workspace, "series_features", dataset="sales", time="day", group_by=["shop"], columns=["units"], features=["mean", "slope"])  # fmt: skip
    over = 'OVER (PARTITION BY "shop" ORDER BY __at)'
    assert outcome.sql == (
        'SELECT "shop", avg("units") AS "units_mean", regr_slope("units", (epoch(__at) - __start) / 86400) AS "units_slope"'
        ' FROM (SELECT *, "day" AS __at, min(epoch(__at)) OVER (PARTITION BY "shop") AS __start,'
        f' lag("units") {over} AS "__units_before", lead("units") {over} AS "__units_after",'
        ' avg("units") OVER (PARTITION BY "shop") AS "__units_mean" FROM "sales@1")'
        ' GROUP BY "shop" ORDER BY "shop" NULLS LAST'
    )


def test_hours_come_of_moments(workspace: Workspace) -> None:
    add(workspace, "m", "SELECT unnest([TIMESTAMP '2024-01-01 00:10', TIMESTAMP '2024-01-01 02:50']) AS at, unnest([1, 2]) AS n")  # fmt: skip
    do(workspace, "resample_series", dataset="m", time="at", unit="hour", function="sum", fill="zero")
    assert rows_of(workspace, "m") == [(datetime(2024, 1, 1, hour), n) for hour, n in ((0, 1), (1, 0), (2, 2))]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("resample_series", {"time": "note", "unit": "day"}, "note holds no dates, so it has no parts of dates. Columns of dates: day. Choose a column of dates."),
        ("resample_series", {"time": "day", "unit": "day", "columns": ["note"]}, "note holds no numbers, so it has no mean. Use first, last, min or max."),
        ("resample_series", {"time": "day", "unit": "day", "step": 0}, "A step of 0 days can't be. Give a step from 1."),
        ("resample_series", {"time": "day", "unit": "day", "columns": ["shop"], "group_by": ["shop"]}, "shop can't be a value and tell the series or its time at once."),
        ("equalize_series", {"time": "day", "group_by": []}, "One length needs several series. Name the columns that tell them apart."),
        ("equalize_series", {"time": "day", "group_by": ["shop"], "length": 0}, "Series of 0 rows can't be made. Give a length from 1 to 1,000,000."),
        ("validate_timestamps", {"column": "day", "name": "note"}, "There already is a column 'note'. Choose another name or remove that column first."),
        ("series_features", {"time": "day", "group_by": ["shop"], "columns": ["note"]}, "note holds no numbers, so it has no mean. Use first, last, min or max."),
    ],
)  # fmt: skip
def test_what_is_no_series_is_said(workspace: Workspace, tool: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="sales", **arguments)
    assert str(error.value) == message


def test_too_many_steps_are_refused(workspace: Workspace) -> None:
    add(workspace, "long", "SELECT unnest([DATE '1900-01-01', DATE '2024-01-01']) AS day, 1 AS n")
    with pytest.raises(ToolError, match=r"more than 20,000,000. Take a longer step."):
        do(workspace, "resample_series", dataset="long", time="day", unit="second")
