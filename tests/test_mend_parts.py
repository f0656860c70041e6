"""Shares of a part of the rows, and shares of an amount, as a request names them."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import Mended, mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("members") / "project") as workspace:
        rows = "(1, 6, 'yes', 'monthly', true, 10.0, 'Oslo'), (2, 7, 'no', 'yearly', false, 20.0, 'Lima')"
        columns = "id, support_calls, churned, contract, remote, revenue, city"
        add(workspace, "members", f"SELECT * FROM (VALUES {rows}) AS t({columns})")
        ko = "(6, '예', 100, '여'), (2, '아니오', 50, '남')"
        add(workspace, "회원", f"SELECT * FROM (VALUES {ko}) AS t(상담횟수, 해지여부, 매출액, 성별)")
        yield workspace


CALLED, LEFT = "support_calls >= 5", "churned = 'yes'"
MEANT = "SELECT AVG(CAST((churned = 'yes') AS INT)) FROM members WHERE support_calls >= 5"
OF_CALLED = ["The share is one of the rows where support_calls >= 5."]


@pytest.mark.parametrize(
    "request_",
    [
        "Of the members with 5 or more calls, what share cancelled?",
        "Among members with five or more calls what percentage churned?",
        "What is the churn rate for members with 5+ calls?",
        "What percentage of members who called 5 times or more have churned?",
        "What share of the members with at least 5 calls churned?",
    ],
)
def test_the_base_of_a_share_goes_to_where(members: Workspace, request_: str) -> None:
    sql = f"SELECT avg(({CALLED} AND {LEFT})::INT) FROM members"
    assert mend_sql(members, sql, request_) == Mended(MEANT, OF_CALLED)
    assert run_select(members, MEANT)[0].rows == [[0.5]]


@pytest.mark.parametrize(
    ("share", "mended"),
    [
        (
            "sum(CASE WHEN 상담횟수 >= 5 AND 해지여부 = '예' THEN 1 ELSE 0 END) * 100.0 / count(*)",
            "SUM(CASE WHEN 해지여부 = '예' THEN 1 ELSE 0 END) * 100.0 / COUNT(*)",
        ),
        (
            "count(*) FILTER (WHERE 해지여부 = '예' AND 상담횟수 >= 5) / count(*)",
            "COUNT(*) FILTER(WHERE 해지여부 = '예') / COUNT(*)",
        ),
        (
            "100 * count(CASE WHEN 상담횟수 >= 5 AND 해지여부 = '예' THEN 1 END) / nullif(count(*), 0)",
            "100 * COUNT(CASE WHEN 해지여부 = '예' THEN 1 END) / NULLIF(COUNT(*), 0)",
        ),
    ],
)
def test_what_stands_before_the_korean_word_for_among_is_the_base(members: Workspace, share: str, mended: str) -> None:
    assert mend_sql(members, f"SELECT {share} FROM 회원", "상담을 5번 이상 받은 회원 중에 해지한 비율은?") == Mended(
        f"SELECT {mended} FROM 회원 WHERE 상담횟수 >= 5", ["The share is one of the rows where 상담횟수 >= 5."]
    )


@pytest.mark.parametrize(
    ("request_", "sql", "mended", "change"),
    [
        (
            "What share of revenue comes from Oslo?",
            "SELECT count(*) FILTER (WHERE city = 'Oslo') * 100.0 / count(*) FROM members",
            "SELECT SUM(revenue) FILTER(WHERE city = 'Oslo') * 100.0 / SUM(revenue) FROM members",
            "The share is one of revenue, not of rows.",
        ),
        (
            "여성 매출 비중은 몇 퍼센트야?",
            "SELECT avg((성별 = '여')::INT) FROM 회원",
            "SELECT SUM(매출액) FILTER(WHERE 성별 = '여') / SUM(매출액) FROM 회원",
            "The share is one of 매출액, not of rows.",
        ),
        (
            "what percentage of remote members churned?",
            "SELECT count(*) FILTER (WHERE remote AND churned = 'yes') / count(*) FROM members",
            "SELECT COUNT(*) FILTER(WHERE churned = 'yes') / COUNT(*) FROM members WHERE remote",
            "The share is one of the rows where remote.",
        ),
    ],
)
def test_shares_of_amounts_and_of_kinds(members: Workspace, request_: str, sql: str, mended: str, change: str) -> None:
    assert mend_sql(members, sql, request_) == Mended(mended, [change])
    run_select(members, mended)


RIGHT = [
    (
        "What percentage of members churned and are on monthly contracts?",
        f"avg(({LEFT} AND contract = 'monthly')::INT)",
    ),
    ("What share of all members are remote with 5 calls?", f"avg((remote AND {CALLED})::INT)"),
    ("What share of members called 5 times and churned?", f"avg(({CALLED} AND {LEFT})::INT)"),
    ("How many members with 5 calls churned?", f"count(*) FILTER (WHERE {CALLED} AND {LEFT})"),
    ("Of the members with 5 calls, what share churned?", f"avg(({CALLED} AND {LEFT})::INT), count(*)"),
    ("Of the members with 5 calls, what share churned?", f"avg(({CALLED} OR {LEFT})::INT)"),
    ("What share of members is from Oslo?", "count(*) FILTER (WHERE city = 'Oslo') / count(*)"),
    ("What share of churned members with 5 calls?", f"avg(({CALLED} AND {LEFT})::INT)"),
]


@pytest.mark.parametrize(("request_", "shown"), RIGHT)
def test_a_share_whose_base_is_not_clear_stays(members: Workspace, request_: str, shown: str) -> None:
    sql = f"SELECT {shown} FROM members"
    assert mend_sql(members, sql, request_) == Mended(sql)
