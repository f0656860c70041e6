"""Korean questions of pace, growth, sales and what both sides of a comparison share, over rows that are called by their key."""

from collections.abc import Iterator

import pytest

from assistant.context import look
from tests.small_project import Project, add, read_by_rule
from tools.workspace import Workspace

CAFE = """
SELECT * FROM (VALUES
  ('A1', TIMESTAMP '2025-03-01 09:10', '강남점', '라떼', 2, 10000, '카드', 'Y', 5), ('A2', TIMESTAMP '2025-03-02 15:00', '강남점', '모카', 1, 6000, '현금', 'N', 3),
  ('A3', TIMESTAMP '2025-03-10 10:00', '홍대점', '라떼', 4, 20000, '카드', 'N', 5), ('A4', TIMESTAMP '2025-04-05 18:00', '홍대점', '모카', 5, 30000, '카드', 'Y', 2),
  ('A5', TIMESTAMP '2025-04-07 11:30', '홍대점', '모카', 3, 18000, '현금', 'N', NULL), ('A6', TIMESTAMP '2025-04-09 11:30', '강남점', '라떼', 3, 15000, '카드', 'Y', 4),
  ('A7', TIMESTAMP '2025-04-09 12:30', '강남점', '라떼', 1, 5000, '카드', 'N', 4), ('A8', TIMESTAMP '2025-04-09 13:30', '홍대점', '라떼', 1, 5000, '카드', 'N', 4),
  ('A9', TIMESTAMP '2025-04-09 14:30', '홍대점', '모카', 1, 6000, '카드', 'N', 5), ('A10', TIMESTAMP '2025-04-09 14:40', '홍대점', '모카', 1, 6000, '현금', 'N', 5),
  ('A10', TIMESTAMP '2025-04-09 14:40', '홍대점', '모카', 1, 6000, '현금', 'N', 5)
) AS t(주문번호, 주문일시, 지점, 메뉴, 수량, 결제금액, 결제수단, 배달여부, 만족도)
"""


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Workspace(tmp_path_factory.mktemp("cafe") / "project") as workspace:
        add(workspace, "cafe", CAFE)
        yield workspace, look(workspace)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        # rows are called by their key, and each is counted once
        ("주문은 몇 건이야?", [[10]]),
        ("지점별 주문 건수", [["강남점", 4], ["홍대점", 6]]),
        ("만족도가 3점 이하인 주문은 몇 건?", [[2]]),
        # by the day, over all days from the first to the last
        ("하루 평균 주문 건수는?", [[0.25]]),
        ("하루에 평균 몇 건 주문이 들어와?", [[0.25]]),
        ("일평균 매출 알려줘", [[3175.0]]),
        ("월평균 매출은?", [[63500.0]]),
        ("강남점 월평균 매출은?", [[18000.0]]),
        ("4월 하루 평균 매출은?", [[18200.0]]),
        ("지점별 월평균 매출", [["강남점", 18000.0], ["홍대점", 45500.0]]),
        # one period beside the one before
        ("전월 대비 매출 증감률", [["2025-03-01", 36000, None], ["2025-04-01", 91000, 1.528]]),
        ("월별 주문 건수 증가율", [["2025-03-01", 3, None], ["2025-04-01", 7, 1.333]]),
        ("작년 대비 올해 매출은?", [[2025, 127000, None]]),
        # both sides share what is said of them
        ("강남점 매출과 홍대점 매출 비교해줘", [["강남점", 36000], ["홍대점", 91000]]),
        ("주말 매출과 평일 매출 비교해줘", [["주말", 46000], ["평일", 81000]]),
        # what was sold
        ("메뉴별로 몇 잔 팔렸어?", [["라떼", 11], ["모카", 12]]),
        ("홍대점에서 제일 잘 팔리는 메뉴가 뭐야?", [["모카", 11]]),
        ("가장 안 팔린 메뉴는?", [["라떼", 11]]),
        ("4잔 이상 주문한 건은 몇 건이야?", [[2]]),
        ("라떼를 3잔 이상 시킨 주문은 몇 건?", [[2]]),
        # one column of the rows that are meant
        ("3월 매출은 얼마야?", [[36000]]),
        ("강남점 만족도는 어때?", [[4.0]]),
        ("주문 한 건당 평균 매출은?", [[11545.455]]),
        # parts of a whole
        ("라떼 매출이 전체에서 차지하는 비중", [[0.433]]),
        ("현금 결제 비율은?", [[0.364]]),
        ("만족도 5점 비율", [[0.5]]),
        # which is first
        ("배달이 제일 많은 지점은?", [["강남점", 2]]),
        ("매출 상위 2일", [["2025-04-09", 43000], ["2025-04-05", 30000]]),
        ("만족도가 가장 낮은 지점 1곳", [["강남점", 4.0]]),
        ("만족도 평균이 4.1점 이상인 메뉴", [["라떼", 4.4]]),
        ("월별 주문 건수와 매출", [["2025-03-01", 3, 36000], ["2025-04-01", 7, 91000]]),
        ("7일 단위로 매출을 묶어줘", [["2025-02-24", 16000], ["2025-03-10", 20000], ["2025-03-31", 30000], ["2025-04-07", 61000]]),
    ],
)  # fmt: skip
def test_korean_questions_of_pace_growth_and_sales(cafe: Project, request_: str, rows: list[list[object]]) -> None:
    assert read_by_rule(cafe, request_) == rows
