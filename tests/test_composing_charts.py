"""Charts by parts of the calendar that come again, and follow-ups that change the chart before and leave the data alone."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.composing.chart_query import arguments
from assistant.composing.charts import charted, condition_said, redraws
from assistant.context import Situation, Turn, look
from assistant.glossary import spoken
from tests.small_project import add
from tools.workspace import Workspace

SALES = """
SELECT i AS sale_id, TIMESTAMP '2025-01-06 09:00' + INTERVAL (i * 7) HOUR AS sold_at,
  ['Harbour', 'Airport', 'Old Town'][1 + i % 3] AS branch, ['card', 'cash'][1 + i % 2] AS payment, i * 1.5 AS amount
FROM range(90) t(i)"""
JUMUN = """
SELECT 'A' || i AS 주문번호, TIMESTAMP '2025-01-06 09:00' + INTERVAL (i * 7) HOUR AS 주문일시,
  ['강남점', '홍대점', '제주점'][1 + i % 3] AS 지점, i * 100 AS 결제금액
FROM range(90) t(i)"""


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Situation]:
    made = {}
    for name, sql in {"sales": SALES, "cafe": JUMUN}.items():
        with Workspace(tmp_path_factory.mktemp(name) / "project") as workspace:
            add(workspace, name, sql)
            made[name] = look(workspace)
    return made


WEEKDAYS = {"dataset": "sales", "kind": "bar", "x": "sold_at", "step": "weekday", "y": "amount", "measure": "sum"}
MONTHS = {"dataset": "sales", "kind": "line", "x": "sold_at", "step": "month", "y": "amount", "measure": "sum"}
BRANCHES = {"dataset": "sales", "kind": "bar", "x": "branch", "measure": "count"}
KOREAN = {"dataset": "cafe", "kind": "bar", "x": "주문일시", "step": "weekday", "y": "결제금액", "measure": "sum"}


@pytest.mark.parametrize(
    ("data", "request_", "expected"),
    [
        ("sales", "bar chart of amount by weekday", WEEKDAYS),
        ("sales", "plot the number of sales by hour of the day", {"dataset": "sales", "kind": "bar", "x": "sold_at", "step": "hour_of_day", "measure": "count"}),
        ("sales", "line chart of total amount by hour", {**MONTHS, "step": "hour"}),
        ("sales", "line chart of total amount per month", MONTHS),
        ("cafe", "요일별 결제금액 막대그래프 그려줘", KOREAN),
        ("cafe", "시간대별 주문 건수를 선그래프로 보여줘", {"dataset": "cafe", "kind": "line", "x": "주문일시", "step": "hour_of_day", "measure": "count"}),
    ],
)  # fmt: skip
def test_charts_by_parts_of_the_calendar(
    sales: dict[str, Situation], data: str, request_: str, expected: dict[str, Any]
) -> None:
    assert charted(sales[data], request_) == expected


@pytest.mark.parametrize(
    ("before", "request_", "expected"),
    [
        (WEEKDAYS, "without Airport", {**WEEKDAYS, "condition": "\"branch\" <> 'Airport'"}),
        (MONTHS, "and only for Harbour", {**MONTHS, "condition": "\"branch\" = 'Harbour'"}),
        ({**MONTHS, "condition": "\"payment\" = 'card'"}, "only for Harbour", {**MONTHS, "condition": "\"payment\" = 'card' AND \"branch\" = 'Harbour'"}),
        (MONTHS, "and by weekday?", WEEKDAYS),
        (MONTHS, "by branch", {**BRANCHES, "y": "amount", "measure": "sum"}),
        (MONTHS, "split it by payment too", {**MONTHS, "color": "payment"}),
        (BRANCHES, "what about cash?", {**BRANCHES, "condition": "\"payment\" = 'cash'"}),
        (MONTHS, "remove Airport", None),  # the data are meant
        (MONTHS, "without Gatwick", None),  # no word of it is known
        ({**MONTHS, "kind": "histogram"}, "without Airport", None),
        (KOREAN, "그럼 제주점 빼고", {**KOREAN, "condition": "\"지점\" <> '제주점'"}),
        (KOREAN, "강남점만", {**KOREAN, "condition": "\"지점\" = '강남점'"}),
        (KOREAN, "그럼 월별로는?", {**KOREAN, "kind": "bar", "step": "month"}),
        (KOREAN, "제주점 지워줘", None),
    ],
)  # fmt: skip
def test_a_follow_up_draws_the_chart_before_anew(
    sales: dict[str, Situation], before: dict[str, Any], request_: str, expected: dict[str, Any] | None
) -> None:
    held = sales[before["dataset"]]
    turns = (Turn("draw it", ({"tool": "make_chart", **before},)),)
    seen = Situation(held.tables, turns=turns)
    assert charted(seen, request_) == expected
    assert redraws(seen, request_) or expected is None


# --- columns of another table ------------------------------------------------------------------------------------

BOATS = "SELECT 'B' || i AS boat_id, ['oak', 'steel', 'pine'][1 + i % 3] AS hull, ['Kiel', 'Bremen'][1 + i % 2] AS port FROM range(6) t(i)"
TRIPS = """SELECT i AS trip_id, 'B' || (i % 6) AS boat_id, DATE '2025-01-01' + i::INT AS sailed_on, i % 5 AS hours,
    ['yes', 'no'][1 + i % 2] AS delayed, ['Kiel', 'Husum'][1 + i % 2] AS port, ['sun', 'rain'][1 + i % 2] AS weather, i % 2 AS no_show FROM range(60) t(i)"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("harbour") / "project") as workspace:
        add(workspace, "trips", TRIPS)
        add(workspace, "boats", BOATS)
        return look(workspace)


HULLS = {"dataset": "trips", "kind": "bar", "x": "hull"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("chart average hours by hull", HULLS | {"y": "hours", "measure": "mean"}),
        ("delay rate by hull as a bar chart", HULLS | {"y": "delayed", "measure": "mean"}),
        ("pie chart of trips by hull", HULLS | {"kind": "pie", "measure": "count"}),
        ("bar chart of total hours by hull and weather", HULLS | {"y": "hours", "measure": "sum", "color": "weather"}),
        ("line chart of trips per month for steel", {"dataset": "trips", "kind": "line", "x": "sailed_on", "measure": "count", "step": "month", "condition": "hull = 'steel'"}),
        ("hull별 평균 hours 막대그래프", HULLS | {"y": "hours", "measure": "mean"}),
        ("hull별 노쇼율 막대그래프", HULLS | {"y": "no_show", "measure": "mean"}),
        ("no-show rate by hull, as bars", HULLS | {"y": "no_show", "measure": "mean"}),
        ("bar chart of boats by hull", HULLS | {"dataset": "boats", "measure": "count"}),
    ],
)  # fmt: skip
def test_a_chart_names_columns_of_the_table_that_a_key_joins(
    harbour: Situation, request_: str, expected: dict[str, Any]
) -> None:
    assert charted(harbour, spoken(request_, harbour)) == expected


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ("histogram of hours for steel", "hull = 'steel'"),
        ("scatter of hours and trip_id, without oak", "hull <> 'oak'"),
        ("histogram of hours in Bremen", ""),
        ("histogram of hours", ""),
    ],
)
def test_rows_that_another_table_tells_are_drawn_alone(harbour: Situation, request_: str, condition: str) -> None:
    assert condition_said(harbour, "trips", request_, joins=True) == condition
    assert condition_said(harbour, "trips", request_) == ""


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("only steel", HULLS | {"y": "hours", "measure": "mean", "condition": "\"hull\" = 'steel'"}),
        ("by weather instead", {"dataset": "trips", "kind": "bar", "x": "weather", "y": "hours", "measure": "mean"}),
        ("as a line chart", HULLS | {"kind": "line", "y": "hours", "measure": "mean"}),
    ],
)
def test_a_chart_of_two_tables_is_changed(harbour: Situation, request_: str, expected: dict[str, Any]) -> None:
    before = Turn("", ({"tool": "make_chart", **HULLS, "y": "hours", "measure": "mean"},))
    assert charted(replace(harbour, turns=(before,)), request_) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT b.hull, count(*) FROM trips t JOIN boats b ON b.boat_id = t.boat_id GROUP BY b.hull", HULLS | {"measure": "count"}),
        ("SELECT hull, count(DISTINCT trip_id) FROM boats LEFT JOIN trips ON boats.boat_id = trips.boat_id GROUP BY hull", HULLS | {"measure": "count"}),
        ("SELECT hull, count(DISTINCT b.boat_id) FROM trips t JOIN boats b ON b.boat_id = t.boat_id GROUP BY hull", None),
        ("SELECT b.port, count(*) FROM trips t JOIN boats b ON b.boat_id = t.boat_id GROUP BY b.port", None),
        ("SELECT hull, count(*) FROM trips t JOIN boats b ON b.port = t.port GROUP BY hull", None),
        ("SELECT hull, count(*) FROM trips t JOIN boats b ON b.boat_id = t.boat_id AND b.port = t.port GROUP BY hull", None),
        ("SELECT hull, count(*) FROM trips t CROSS JOIN boats b GROUP BY hull", None),
        ("SELECT hull, count(*) FROM trips t FULL JOIN boats b ON b.boat_id = t.boat_id GROUP BY hull", None),
    ],
)  # fmt: skip
def test_a_query_over_two_tables_is_drawn_where_the_chart_joins_as_it_does(
    harbour: Situation, sql: str, expected: dict[str, Any] | None
) -> None:
    assert arguments(harbour, sql, "bar") == expected
