"""Years that nobody said, and quarters whose months a model gets wrong."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import Mended, mend_sql
from tools.mending.periods import Period, periods
from tools.workspace import Workspace

ROWS = ", ".join(f"(DATE '2025-{month:02}-10', {month}, 'A')" for month in range(1, 13))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("clinic") / "project") as workspace:
        add(workspace, "visits", f"SELECT * FROM (VALUES {ROWS}) AS t(visited_on, bill, ward)")
        add(workspace, "years", "SELECT unnest([DATE '2024-08-01', DATE '2025-08-01']) AS day")
        yield workspace


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("8월 방문 환자", [Period(8, 8)]),
        ("3월에 1분기보다", [Period(3, 3), Period(1, 3)]),
        ("Q2 vs the fourth quarter", [Period(4, 6), Period(10, 12)]),
        ("visits in May, march on", [Period(5, 5)]),
        ("who may leave in sept?", [Period(9, 9)]),
        ("상반기 매출", [Period(1, 6)]),
        ("August 2023", []),
        ("25년 8월", []),
        ("지난 8월", []),
        ("last quarter, Q2", []),
        ("3월 5일 방문", []),
        ("on March 5", []),
        ("visits per month", []),
    ],
)
def test_a_request_names_parts_of_a_year(request_: str, said: list[Period]) -> None:
    assert periods(request_) == said


AUGUST = "SELECT COUNT(*) FROM visits WHERE MONTH(visited_on) = 8"
BY_MONTH = ["visited_on is compared by its month, 8, as the request says."]


@pytest.mark.parametrize(
    "test",
    [
        "CAST(visited_on AS TEXT) LIKE '2023-08%'",
        "visited_on LIKE '2023-08-%'",
        "visited_on = '2023-08'",
        "visited_on BETWEEN '2023-08-01' AND DATE '2023-08-31'",
        "visited_on >= '2023-08-01' AND visited_on < '2023-09-01'",
        "strftime(visited_on, '%Y-%m') = '2023-08'",
        "date_trunc('month', visited_on) = '2023-08-01'",
        "year(visited_on) = 2023 AND month(visited_on) = 8",
        "extract(month FROM visited_on) = 8 AND extract(year FROM visited_on) = 2023",
    ],
)
@pytest.mark.parametrize("request_", ["8월 방문은 몇 건?", "How many visits in August?"])
def test_a_year_that_nobody_said_is_not_asked_for(clinic: Workspace, test: str, request_: str) -> None:
    mended = mend_sql(clinic, f"SELECT count(*) FROM visits WHERE {test}", request_)
    assert mended == Mended(AUGUST, BY_MONTH)
    assert run_select(clinic, mended.sql)[0].rows == [[1]]


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "2분기 매출은?",
            "SELECT sum(bill) FROM visits WHERE visited_on BETWEEN '2025-04-01' AND '2025-04-30'",
            "SELECT SUM(bill) FROM visits WHERE QUARTER(visited_on) = 2",
        ),
        (
            "상반기 매출은?",
            "SELECT sum(bill) FROM visits WHERE visited_on BETWEEN '2023-01-01' AND '2023-06-30' AND ward = 'A'",
            "SELECT SUM(bill) FROM visits WHERE MONTH(visited_on) BETWEEN 1 AND 6 AND ward = 'A'",
        ),
        (
            "How did bills change from Q1 to the second quarter?",
            "SELECT sum(bill) FILTER (WHERE visited_on BETWEEN '2023-04-01' AND '2023-04-30') AS quarter_1,"
            " sum(bill) FILTER (WHERE visited_on BETWEEN '2023-01-01' AND '2023-01-31') AS quarter_2 FROM visits",
            "SELECT SUM(bill) FILTER(WHERE QUARTER(visited_on) = 1) AS quarter_1,"
            " SUM(bill) FILTER(WHERE QUARTER(visited_on) = 2) AS quarter_2 FROM visits",
        ),
        (
            "2분기는 1분기보다 얼마나 늘었어?",
            "SELECT sum(bill) FILTER (WHERE visited_on BETWEEN '2023-04-01' AND '2023-04-30')"
            " - sum(bill) FILTER (WHERE visited_on BETWEEN '2023-01-01' AND '2023-03-31') FROM visits",
            "SELECT SUM(bill) FILTER(WHERE QUARTER(visited_on) = 2)"
            " - SUM(bill) FILTER(WHERE QUARTER(visited_on) = 1) FROM visits",
        ),
        (
            "2분기 매출은 1분기보다 얼마나 늘었어?",
            "SELECT sum(bill) / sum(bill) FILTER (WHERE visited_on BETWEEN '2023-04-01' AND '2023-04-30') FROM visits",
            "SELECT SUM(bill) / SUM(bill) FILTER(WHERE QUARTER(visited_on) = 2) FROM visits",
        ),
        (
            "visits in august",
            "SELECT count(*) FROM years WHERE day BETWEEN '2025-08-01' AND '2025-08-31'",
            "SELECT COUNT(*) FROM years WHERE MONTH(day) = 8",
        ),
    ],
)
def test_quarters_and_months_are_the_request_s(clinic: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(clinic, sql, request_).sql == mended


@pytest.mark.parametrize(
    ("request_", "test"),
    [
        ("visits in August 2023", "visited_on BETWEEN '2023-08-01' AND '2023-08-31'"),
        ("visits last August", "visited_on BETWEEN '2024-08-01' AND '2024-08-31'"),
        ("visits in August", "visited_on BETWEEN '2025-08-01' AND '2025-08-31'"),
        ("visits in the first week of August", "visited_on BETWEEN '2025-08-01' AND '2025-08-07'"),
        ("visits since Q2", "visited_on BETWEEN '2025-04-01' AND '2025-12-31'"),
        ("visits", "visited_on BETWEEN '2023-08-01' AND '2023-08-31'"),
        ("visits in Q2", "quarter(visited_on) = 2"),
        ("visits in Q2", "ward = 'A'"),
    ],
)
def test_dates_that_can_be_meant_stay(clinic: Workspace, request_: str, test: str) -> None:
    sql = f"SELECT count(*) FROM visits WHERE {test}"
    assert mend_sql(clinic, sql, request_) == Mended(sql)


def test_a_request_that_goes_on_keeps_a_year_that_was_said_before(clinic: Workspace) -> None:
    sql = "SELECT count(*) FROM years WHERE day BETWEEN '2025-08-01' AND '2025-08-31'"
    assert mend_sql(clinic, sql, "And in August?") == Mended(sql)


def test_a_month_that_nobody_said_is_told_as_such(clinic: Workspace) -> None:
    sql = "SELECT sum(bill) FROM visits WHERE visited_on BETWEEN '2023-04-01' AND '2023-05-31'"
    assert mend_sql(clinic, sql, "bills from April to May") == Mended(
        "SELECT SUM(bill) FROM visits WHERE MONTH(visited_on) BETWEEN 4 AND 5",
        ["visited_on is compared by its month, 4 to 5; the request names no year."],
    )


@pytest.mark.parametrize(
    ("request_", "mended"),
    [
        ("visits in Q3 2025", "QUARTER(visited_on) = 3"),
        ("2025년 3분기 방문", "QUARTER(visited_on) = 3"),
        ("visits of March in Q3 2025", "MONTH(visited_on) = 3"),
        ("Q2 2025", "MONTH(visited_on) = 3"),
    ],
)
def test_a_quarter_is_no_month(clinic: Workspace, request_: str, mended: str) -> None:
    sql = "SELECT COUNT(*) FROM visits WHERE YEAR(visited_on) = 2025 AND "
    assert mend_sql(clinic, sql + "MONTH(visited_on) = 3", request_).sql == sql + mended
