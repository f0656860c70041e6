"""Charts by parts of the calendar that come again, and follow-ups that change the chart before and leave the data alone."""

from typing import Any

import pytest

from assistant.composing.charts import charted, redraws
from assistant.context import Situation, Turn, look
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
