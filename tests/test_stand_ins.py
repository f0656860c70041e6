"""Words that the data call otherwise: 매출 of 결제금액, revenue of amount; left alone where more than one may be meant."""

import pytest

from assistant import answer
from assistant.context import Situation, look
from assistant.stand_ins import stood_in
from tests.small_project import add
from tools.workspace import Workspace

CAFE = """SELECT 'A1' AS 주문번호, TIMESTAMP '2025-01-02 09:00' AS 주문일시, '강남점' AS 지점, '라떼' AS 메뉴, 2 AS 수량,
    4500 AS 단가, 9000 AS "결제 금액(원)", 4 AS 만족도"""
TRIPS = (
    """SELECT 1 AS trip_id, 'north' AS branch, 12.5 AS amount_usd, 'card' AS "payment type", 'x' AS note, 3 AS stars"""
)
TWO = "SELECT 1 AS id, 10 AS order_amount, 12 AS paid_amount, 9 AS total_paid, 'a' AS shop, 'b' AS store"
PAID = "SELECT 1 AS id, 10 AS revenue, 12 AS amount, '매출' AS kind"


@pytest.fixture(scope="module")
def situations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Situation]:
    made = {}
    for name, sql in {"cafe": CAFE, "trips": TRIPS, "two": TWO, "paid": PAID}.items():
        with Workspace(tmp_path_factory.mktemp(name) / "project") as workspace:
            add(workspace, name, sql)
            made[name] = look(workspace)
    return made


@pytest.mark.parametrize(
    ("data", "said", "read", "taken"),
    [
        ("cafe", "지점별 매출 합계", "지점별 결제 금액(원) 합계", {"매출": "결제 금액(원)"}),
        ("cafe", "3월 매출액은 얼마야?", "3월 결제 금액(원)은 얼마야?", {"매출액": "결제 금액(원)"}),
        ("cafe", "주말 매출과 평일 매출", "주말 결제 금액(원)과 평일 결제 금액(원)", {"매출": "결제 금액(원)"}),
        ("cafe", "메뉴별 판매량", "메뉴별 수량", {"판매량": "수량"}),
        ("cafe", "상품별 평점 평균", "메뉴별 만족도 평균", {"상품": "메뉴", "평점": "만족도"}),
        ("trips", "total revenue by store", "total amount_usd by branch", {"revenue": "amount_usd", "store": "branch"}),
        ("trips", "average rating per payment method", "average stars per payment type", {"rating": "stars", "payment method": "payment type"}),
        ("trips", "stores by turnover", "branch by total amount_usd", {"stores": "branch", "turnover": "amount_usd"}),
        ("trips", 'rows where note is "revenue"', 'rows where note is "revenue"', {}),
        ("trips", "add revenue as amount_usd * 2", "add revenue as amount_usd * 2", {}),
        ("trips", "storeroom", "storeroom", {}),
        ("cafe", "매출원가는?", "매출원가는?", {}),
        ("cafe", "매출 열을 만들어줘", "매출 열을 만들어줘", {}),
        ("two", "total revenue per branch", "total revenue per branch", {}),  # two columns of the likeliest kind
        ("paid", "total revenue", "total revenue", {}),
        ("paid", "매출이 있는 행", "매출이 있는 행", {}),  # a value here
    ],
)  # fmt: skip
def test_a_word_stands_in_for_the_one_column_it_may_mean(
    situations: dict[str, Situation], data: str, said: str, read: str, taken: dict[str, str]
) -> None:
    assert stood_in(said, situations[data]) == (read, taken)


def test_what_a_word_was_taken_for_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    from assistant.events import StepDone

    done = StepDone(id=1, text="Total: 5.", seconds=0.1)
    with Workspace(tmp_path_factory.mktemp("told") / "project") as workspace:
        said = answer.compose([({"tool": "query_data"}, done)], workspace, taken={"매출": "결제금액"})
    assert said.text == "Total: 5.\n매출 is read as the column 결제금액."
