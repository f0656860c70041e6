"""What requests often ask for and the data do not hold, whatever script its names are in."""

from typing import Any

import pytest

from assistant.context import Situation, look
from assistant.things import absent
from tests.small_project import add
from tools.workspace import Workspace

TABLES = {
    "staff": "SELECT 1 AS staff_no, 'sales' AS department, 4000 AS monthly_pay, DATE '2020-01-01' AS hired_on",
    "loans": "SELECT * FROM (VALUES (1, 'car', 700, 'no'), (2, 'education', 600, 'yes')) AS t(loan_id, purpose, score, approved)",
    "visits": "SELECT * FROM (VALUES (DATE '2025-01-01', 'rain', 20), (DATE '2025-01-02', 'sunny', 40)) AS t(day, sky, visitors)",
    "homes": "SELECT 'Old Town' AS district, 3 AS rooms, 200 AS price",
    "매출": "SELECT DATE '2025-01-01' AS 주문일, '강남' AS 지점, 100 AS 매출액",
    "회원": "SELECT 1 AS 회원번호, '대졸' AS 최종학력, 5000 AS 연봉, '서울' AS 거주지",
}


@pytest.fixture(scope="module")
def situations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Situation]:
    made: dict[str, Situation] = {}
    for name, sql in TABLES.items():
        with Workspace(tmp_path_factory.mktemp("things") / name) as workspace:
            add(workspace, name, sql)
            made[name] = look(workspace)
    return made


@pytest.mark.parametrize(
    ("table", "request_", "missing"),
    [
        ("staff", "학력별 평균 급여 알려줘", ["학력"]),
        ("staff", "average pay by education level", ["education level"]),
        ("loans", "신청자 학력별 승인률은?", ["학력"]),
        ("loans", "직업별 승인율 알려주세요", ["직업"]),
        ("loans", "what is the approval rate by occupation?", ["occupation"]),
        ("loans", "연체 이력이 있는 사람은 몇 명이야", ["연체"]),
        ("visits", "종교별 방문객 수", ["종교"]),
        ("매출", "날씨가 매출에 영향 줬어?", ["날씨"]),
        ("매출", "비오는 날 매출은 얼마야", ["비오는 날"]),
        ("매출", "마진이 제일 높은 지점은?", ["마진"]),
        ("매출", "how was the weather when we sold most?", ["weather"]),
        ("homes", "학군이 제일 좋은 집은 어디야?", ["학군"]),
        ("homes", "which home has the best school district?", ["school district"]),
        ("회원", "학군이 좋은 회원은 누구야", ["학군"]),
    ],
)
def test_a_thing_without_any_word_of_it_is_missing(
    situations: dict[str, Situation], table: str, request_: str, missing: list[str]
) -> None:
    assert absent(situations[table], request_, lambda word: False) == missing


@pytest.mark.parametrize(
    ("table", "request_"),
    [
        ("staff", "부서별 평균 급여 알려줘"),
        ("staff", "평균 연봉은?"),
        ("staff", "what is the mean salary per department?"),
        ("visits", "비오는 날 방문객은 평균 몇명이야"),
        ("visits", "날씨별 방문객 수"),
        ("visits", "visitors by weather"),
        ("회원", "학력별 평균 소득 알려줘"),
        ("회원", "education and income of each member"),
        ("매출", "'날씨'라는 말이 들어간 지점"),
        ("매출", "마진 컬럼을 매출액 * 0.3 으로 추가해줘"),
        ("매출", "지점별 매출 비중"),
        ("매출", "기상천외한 매출이 있는 지점은?"),
        ("매출", "add a column profit = 매출액 * 0.2"),
    ],
)
def test_what_a_name_or_values_tell_is_not_missing(situations: dict[str, Situation], table: str, request_: str) -> None:
    assert absent(situations[table], request_, lambda word: False) == []


def test_a_thing_that_stands_in_a_value_is_not_missing(situations: dict[str, Situation]) -> None:
    held: list[str] = []

    def holds(word: Any) -> bool:
        held.append(word)
        return True

    assert absent(situations["매출"], "환불 매출은 얼마야", holds) == []
    assert held == ["환불"]
