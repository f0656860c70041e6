"""Korean questions whose every word is understood, and those that are left to the model: rows, times, what is first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.context import look
from tests.small_project import Project, add, read_by_rule
from tools.workspace import Workspace

ORDERS = """
SELECT * FROM (VALUES
  (1, TIMESTAMP '2025-03-03 09:10', '홍대점', '장미', 5, 10000, 4, '배송', 'N', DATE '2020-01-01', '김하나'),
  (2, TIMESTAMP '2025-03-08 15:00', '홍대점', '튤립', 2, 30000, 2, '픽업', 'Y', DATE '2020-02-01', '김하나'),
  (3, TIMESTAMP '2025-04-02 10:00', '잠실점', '장미', 9, 20000, 5, '배송', 'N', DATE '2120-01-01', '이두리'),
  (4, TIMESTAMP '2026-03-04 18:00', '잠실점', '수국', 1, 40000, NULL, '픽업', 'N', DATE '2020-01-01', '박세찬'),
  (5, TIMESTAMP '2026-08-05 11:30', '잠실점', '튤립', 4, 20000, 3, '배송', 'Y', DATE '2020-01-01', '김하나')
) AS t(주문번호, 주문일시, 매장, 꽃종류, 수량, 금액, 만족도, 수령방법, 환불여부, 구독시작일, 고객명)
"""
RENTALS = """
SELECT * FROM (VALUES
  ('a', DATE '2025-05-01', DATE '2025-05-03', 'Busan', 'card', 90.0, 34, true), ('b', DATE '2025-05-01', NULL, 'Seoul', 'cash', 30.0, 41, false),
  ('c', DATE '2026-06-02', DATE '2026-06-06', 'Busan', 'cash', 60.0, 39, false)
) AS t(rental_id, rented_on, returned_on, city, payment, price, age, cancelled)
"""
PARKING = """
SELECT * FROM (VALUES
  ('p1', TIMESTAMP '2026-01-05 08:10', TIMESTAMP '2026-01-05 12:10', '지하1층', '트럭', 12000, 'O', 25),
  ('p2', TIMESTAMP '2026-01-05 08:40', NULL, '지하1층', '승용차', 3000, 'X', 37),
  ('p3', TIMESTAMP '2026-04-06 19:00', TIMESTAMP '2026-04-06 20:00', '옥상', '승용차', 5000, 'O', 31)
) AS t(주차번호, 입차시각, 출차시각, 층, 차종, 주차요금, 회원여부, 운전자나이)"""
MEMBERS = """
SELECT * FROM (VALUES
  ('m1', DATE '2020-05-01', 'basic', true, 10000, 'F', 34, 3), ('m2', DATE '2021-05-01', 'premium', false, 40000, 'F', 41, 9),
  ('m3', DATE '2120-01-02', 'premium', false, 30000, 'M', 29, 6)
) AS t(customer_id, signup_date, plan, cancelled, monthly_fee, gender, age, orders)"""
FARMS = "SELECT * FROM (VALUES (1, '햇살농원', 5000), (2, '푸른들', 900)) AS t(농장번호, 농장명, 면적)"
SENT = """
SELECT * FROM (VALUES
  (1, 1, DATE '2026-01-02', 20, '합격'), (2, 1, DATE '2026-01-09', 30, '불합격'), (3, 2, DATE '2026-02-01', 45, '합격')
) AS t(출하번호, 농장번호, 출하일, 상자수, 검사결과)"""
VISITS = """
SELECT * FROM (VALUES
  (1, TIMESTAMP '2026-01-05 09:00', TIMESTAMP '2026-01-05 09:40', '내과', '초진', '있음', 70), (2, TIMESTAMP '2026-01-05 13:00', TIMESTAMP '2026-01-05 13:20', '내과', '재진', '없음', 8)
) AS t(접수번호, 접수시각, 진료시작시각, 진료과, 진료구분, 보험, 나이)"""
FRUIT = "SELECT * FROM (VALUES ('배', 3, '중'), ('감', 4, '특'), ('사과', 9, '상')) AS t(품목, 수량, 등급)"


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Workspace(tmp_path_factory.mktemp("orders") / "project") as workspace:
        add(workspace, "꽃주문내역", ORDERS)
        yield workspace, look(workspace)


@pytest.fixture(scope="module")
def rentals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Workspace(tmp_path_factory.mktemp("rentals") / "project") as workspace:
        add(workspace, "rentals", RENTALS)
        yield workspace, look(workspace)


@pytest.fixture(scope="module")
def parking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Workspace(tmp_path_factory.mktemp("parking") / "project") as workspace:
        add(workspace, "주차이력", PARKING)
        yield workspace, look(workspace)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        # rows are called like the table
        ("주문은 몇 건이야?", [[5]]),
        ("매장별 주문 건수", [["잠실점", 3], ["홍대점", 2]]),
        # when
        ("2025년 3월 주문 건수", [[2]]),
        ("2025년 3월부터 4월까지 주문 건수", [[3]]),
        ("2025년 4월부터 2026년 3월까지 주문 건수", [[2]]),
        ("2025년 3월 8일 주문은 몇 건?", [[1]]),
        ("2025년 4월 이후 주문 건수", [[3]]),
        ("2026년 이전 주문 건수", [[3]]),
        ("2025년 상반기 매장별 주문 건수", [["잠실점", 1], ["홍대점", 2]]),
        ("상반기와 하반기 주문 건수 비교", [["상반기", 4], ["하반기", 1]]),
        ("3월과 4월 주문 건수 비교", [[3, 3], [4, 1]]),
        ("2025년과 2026년 금액 합계 비교", [[2025, 60000], [2026, 60000]]),
        ("올해와 작년 주문 건수 비교", [[2025, 3], [2026, 2]]),
        ("작년 주문 건수", [[2025, 3]]),
        ("토요일 주문은 몇 건이야?", [[1]]),
        ("평일 주문 건수", [[4]]),
        ("오전 주문은 몇 건이야?", [[3]]),
        ("구독한 지 2년 넘은 주문은 몇 건이야?", [[4]]),
        ("구독한 지 2년 안 된 주문은 몇 건이야?", [[1]]),
        ("7일 단위로 주문 건수 보여줘", [["2025-03-03", 2], ["2025-03-31", 1], ["2026-03-02", 1], ["2026-08-03", 1]]),
        (
            "격주로 묶어서 수량 합계 알려줘",
            [["2025-02-24", 7], ["2025-03-24", 9], ["2026-02-23", 1], ["2026-07-27", 4]],
        ),
        ("분기 단위로 주문 건수", [["2025-01-01", 2], ["2025-04-01", 1], ["2026-01-01", 1], ["2026-07-01", 1]]),
        # which rows
        ("장미나 튤립 주문 건수", [[4]]),
        ("장미 또는 픽업 주문 건수", [[4]]),
        ("장미와 튤립 빼고 주문 건수", [[1]]),
        ("장미와 튤립의 평균 금액", [["장미", 15000.0], ["튤립", 25000.0]]),
        ("수량이 2개 이상 5개 이하인 주문 건수", [[3]]),
        ("금액이 1만원에서 2만원 사이인 주문은 몇 건이야?", [[3]]),
        ("만족도가 5점인 주문은 몇 건이야?", [[1]]),
        ("금액이 평균보다 높은 주문은 몇 건이야?", [[2]]),
        ("금액이 평균 이하인 주문 건수", [[3]]),
        # which is first
        ("제일 많이 나가는 요일은?", [["수요일", 14]]),
        ("장미가 제일 많이 나가는 날은?", [["2025-04-02", 9]]),
        ("주문이 가장 많은 달은 언제야?", [["2025-03-01", 2]]),
        ("어느 매장이 주문이 제일 많아?", [["잠실점", 3]]),
        ("어느 요일에 제일 많이 팔려?", [["수요일", 14]]),
        ("가장 많이 팔린 꽃종류는?", [["장미", 14]]),
        ("금액 합계가 가장 낮은 매장은?", [["홍대점", 40000]]),
        ("주문이 2건 넘는 매장은?", [["잠실점", 3]]),
        ("평균 금액이 전체 평균보다 낮은 매장은?", [["홍대점", 20000.0]]),
        ("금액 합계 하위 1개 매장", [["홍대점", 40000]]),
        # what is measured
        ("고객은 몇 명이야?", [[3]]),
        ("꽃종류는 몇 가지야?", [[3]]),
        ("매장별 고객 수", [["잠실점", 3], ["홍대점", 1]]),
        ("매장별 환불율 높은 순으로", [["홍대점", 0.5], ["잠실점", 0.333]]),
        ("매장별 수량 중앙값", [["잠실점", 4.0], ["홍대점", 3.5]]),
        ("주문당 평균 금액은?", [[24000.0]]),
        ("잠실점 주문 중 배송 비율은?", [[0.667]]),
    ],
)
def test_korean_questions_are_put_as_queries(orders: Project, request_: str, rows: list[list[object]]) -> None:
    assert read_by_rule(orders, request_) == rows


@pytest.mark.parametrize(
    ("request_", "keys"),
    [
        ("금액이 가장 큰 주문 2건", [4, 2]),
        ("수량 상위 2건 보여줘", [3, 1]),
        ("금액이 가장 작은 주문", [1]),
        ("가장 최근 주문 2건", [5, 4]),
        ("금액이 2만원 넘는 주문 보여줘", [2, 4]),
    ],
)
def test_rows_are_listed(orders: Project, request_: str, keys: list[int]) -> None:
    assert [row[0] for row in read_by_rule(orders, request_) or []] == keys


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("30대 대여는 몇 건이야?", [[2]]),
        ("아직 반납 안 된 대여는 몇 건이야?", [[1]]),
        ("반납까지 평균 며칠 걸려?", [[3.0]]),
        ("도시별 현금 비율", [["Busan", 0.5], ["Seoul", 1.0]]),
        ("부산이나 서울에서 현금으로 결제한 건 몇 건?", [[2]]),
        ("취소율이 가장 높은 도시는?", [["Busan", 0.5]]),
        ("대여가 제일 많은 날은?", [["2025-05-01", 2]]),
        ("대여한 지 1년 넘은 건 몇 건이야?", [[2]]),
    ],
)
def test_korean_questions_over_english_names(rentals: Project, request_: str, rows: list[list[object]]) -> None:
    assert read_by_rule(rentals, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("층별 차종별 주차 대수", [["옥상", "승용차", 1], ["지하1층", "승용차", 1], ["지하1층", "트럭", 1]]),
        ("회원 비율이 가장 높은 층은?", [["옥상", 1.0]]),
        ("가장 붐비는 시간대는?", [[8, 2]]),
        ("가장 한산한 달은?", [["2026-04-01", 1]]),
        ("평균 주차 시간은 얼마나 돼?", [[2.5]]),
        ("3시간 넘게 주차한 차는 몇 대야?", [[1]]),
        ("아직 출차 안 한 차는 몇 대야?", [[1]]),
        ("회원이 아닌 차의 평균 요금", [[3000.0]]),
        ("주차요금이 만원 넘는 건 몇 건이야?", [[1]]),
        ("요금이 5천원 이상인 주차 건수", [[2]]),
        ("전체 요금에서 트럭이 차지하는 비중은?", [[0.6]]),
        ("1분기와 2분기 주차 건수 비교", [[1, 2], [2, 1]]),
        ("연령대별 주차 건수", [[20, 1], [30, 2]]),
        ("30대 고객의 평균 요금", [[4000.0]]),
        ("주차 건당 평균 요금은?", [[6666.667]]),
        ("지하1층에 주차한 차의 요금 합계", [[15000]]),
        ("30대 고객은 몇 명이야?", None),  # rows are no customers
        ("시간별 번호", None),
        ("평균 시각은?", None),
    ],
)
def test_korean_names_by_their_ends_and_of_one_syllable(
    parking: Project, request_: str, rows: list[list[object]] | None
) -> None:
    assert read_by_rule(parking, request_) == rows


@pytest.mark.parametrize(
    ("tables", "request_", "rows"),
    [
        ({"subscribers": MEMBERS}, "구독한 지 2년 넘은 고객은 몇 명이야?", [[2]]),
        ({"subscribers": MEMBERS}, "해지하지 않은 고객의 평균 주문 수", [[7.5]]),
        ({"subscribers": MEMBERS}, "프리미엄 고객 비율", [[0.667]]),
        ({"subscribers": MEMBERS}, "성별 비율은?", [["F", 0.667], ["M", 0.333]]),
        ({"subscribers": MEMBERS}, "월요금이 3만원 이상인 고객 수", [[2]]),
        ({"subscribers": MEMBERS}, "연령대별 해지율", [[20, 0.0], [30, 1.0], [40, 0.0]]),
        ({"subscribers": MEMBERS}, "평균 월요금이 3만원 이상인 플랜은?", [["premium", 35000.0]]),
        ({"subscribers": MEMBERS}, "해지율이 30% 넘는 플랜은?", [["basic", 1.0]]),
        ({"subscribers": MEMBERS}, "premium이 아닌 여성 고객 수", [[1]]),
        ({"subscribers": MEMBERS}, "월요금 최댓값과 최솟값", [[40000, 10000]]),
        ({"subscribers": MEMBERS}, "전체 고객의 몇 퍼센트가 해지했어?", [[0.333]]),
        ({"subscribers": MEMBERS}, "주문이 한 번도 없는 고객은 몇 명이야?", [[0]]),
        ({"subscribers": MEMBERS}, "해지율이 30명 넘는 플랜은?", None),
        ({"subscribers": MEMBERS}, "고객의 평균은?", None),
        ({"subscribers": MEMBERS}, "결제한 지 2년 넘은 고객은 몇 명이야?", None),
        ({"출하내역": SENT, "농장": FARMS}, "농장별 출하 건수", [["푸른들", 1], ["햇살농원", 2]]),
        ({"출하내역": SENT, "농장": FARMS}, "불합격률이 가장 높은 농장은?", [["햇살농원", 0.5]]),
        ({"출하내역": SENT, "농장": FARMS}, "상자수가 가장 많은 농장은?", [["햇살농원", 50]]),
        ({"출하내역": SENT, "농장": FARMS}, "면적이 3000 이상인 농장의 출하 건수", [[2]]),
        ({"출하내역": SENT, "농장": FARMS}, "햇살농원의 상자수 합계", [[50]]),
        ({"진료접수": VISITS}, "평균 대기 시간은?", [[0.5]]),
        ({"진료접수": VISITS}, "30분 넘게 기다린 접수는 몇 건이야?", [[1]]),
        ({"진료접수": VISITS}, "보험이 없는 접수는 몇 건이야?", [[1]]),
        ({"진료접수": VISITS}, "오전 접수 건수", [[1]]),
        ({"진료접수": VISITS}, "65세 이상 환자 접수 건수", [[1]]),
        ({"진료접수": VISITS}, "환자는 몇 명이야?", None),
        ({"과일": FRUIT}, "배와 감의 수량 합계", [["감", 4], ["배", 3]]),
        ({"과일": FRUIT}, "배는 몇 건이야?", [[1]]),
        ({"과일": FRUIT}, "특 등급 감은 몇 건이야?", [[1]]),
        ({"과일": FRUIT}, "수량 중 최댓값", None),  # 중 is a grade as well, and among
    ],
)
def test_korean_names_of_rows_and_of_other_tables(
    tmp_path: Path, tables: dict[str, str], request_: str, rows: list[list[object]] | None
) -> None:
    with Workspace(tmp_path / "project") as workspace:
        for name, sql in tables.items():
            add(workspace, name, sql)
        assert read_by_rule((workspace, look(workspace)), request_) == rows


@pytest.mark.parametrize(
    "request_",
    [
        "금액은 몇 개야?",
        "주문한 지 2년 된 주문은 몇 건이야?",  # exactly two years
        "장미 말고 홍대점 아닌 것 중 픽업이나 배송",
        "장미나 픽업 아닌 주문 건수",
        "제일 좋은 날은?",
        "가장 예쁜 꽃종류는?",
        "재작년 주문 건수",
        "요일별 평균 금액",  # of the orders, or of the days
        "주말 하루 평균 주문 건수",  # of days that do not follow each other
        "5잔 이상 팔린 날",
        "명절 주문 건수",
        "환불된 주문은 지워줘",
        "13월 주문 건수",
        "금액이 5개 넘는 꽃은?",
        "고객은 몇 명이고 어디 살아?",
    ],
)
def test_what_korean_words_may_not_mean_is_left_to_the_model(orders: Project, request_: str) -> None:
    assert read_by_rule(orders, request_) is None
