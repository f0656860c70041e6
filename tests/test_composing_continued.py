"""Short follow-ups that are understood word for word, and those that are left to the model."""

from collections.abc import Iterator

import pytest

from assistant.composing import continued, goes_on
from assistant.context import Situation, Turn, look
from tests.small_project import add
from tools.guard import run_select
from tools.workspace import Workspace

STALLS = """
SELECT * FROM (VALUES
  (1, 7, 'coffee', 'Harbour', DATE '2025-03-01', 120.0, 900.0, 'new'), (2, 7, 'crafts', 'Harbour', DATE '2025-04-02', 80.0, 300.0, 'old'),
  (3, 8, 'coffee', 'Old Town', DATE '2025-03-09', 100.0, 700.0, 'old'), (4, 8, 'crafts', 'Old Town', DATE '2026-03-01', 90.0, 500.0, 'new')
) AS t(stall_no, owner_id, kind, site, event_date, rent, takings, trader)
"""
OWNERS = "SELECT * FROM (VALUES (7, 'Ada', 'Leeds'), (8, 'Ben', 'York')) AS t(owner_id, owner_name, town)"
LESSONS = """
SELECT * FROM (VALUES
  (1, DATE '2025-03-03', '부산', '도예', '김하나', 50000, 4, '예'), (2, DATE '2025-04-05', '부산', '목공', '이두리', 70000, 2, '아니오'),
  (3, DATE '2025-03-08', '강릉', '도예', '김하나', 60000, 5, '아니오'), (4, DATE '2026-03-01', '강릉', '목공', '김하나', 80000, 3, '예'),
  (5, DATE '2026-05-06', '강릉', '도예', '이두리', 60000, 5, '아니오')
) AS t(수업번호, 수업일, 지점, 종목, 강사, 수강료, 만족도, 취소여부)
"""
COUNT = "SELECT count(*) AS n FROM stalls"
MEAN = "SELECT kind, avg(takings) AS mean FROM stalls GROUP BY kind ORDER BY mean DESC"
Project = tuple[Workspace, Situation]


@pytest.fixture(scope="module")
def stalls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("stalls") / "project") as workspace:
        add(workspace, "stalls", STALLS)
        add(workspace, "owners", OWNERS)
        yield workspace


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("lessons") / "project") as workspace:
        add(workspace, "수업기록", LESSONS)
        yield workspace


def _after(workspace: Workspace, sql: str, request: str) -> str:
    assert goes_on(request)
    return continued(look(workspace, (Turn("?", ({"tool": "query_data", "sql": sql},)),)), request)


@pytest.mark.parametrize(
    ("before", "request_", "rows"),
    [
        (f"{COUNT} WHERE site = 'Harbour'", "and by month?", [["2025-03-01", 1], ["2025-04-01", 1]]),
        (f"{COUNT} WHERE site = 'Harbour'", "only for coffee", [[1]]),
        (f"{COUNT} WHERE site = 'Harbour'", "what about Old Town?", [[2]]),
        (f"{COUNT} WHERE site = 'Harbour' AND kind = 'coffee'", "same for Old Town", [[1]]),
        (f"{COUNT} WHERE month(event_date) = 3 AND year(event_date) = 2025", "and in April?", [[1]]),
        (f"{COUNT} WHERE month(event_date) = 3 AND year(event_date) = 2025", "and in 2026?", [[1]]),
        (f"{COUNT} WHERE takings > 600", "and over 800?", [[1]]),
        (f"{COUNT} WHERE takings > 600", "of those, under 800", [[1]]),
        (f"{COUNT} WHERE takings > 600", "and last month?", [[0, None]]),
        (COUNT, "and in the first half of 2025?", [[3]]),
        (COUNT, "and by town?", [["Leeds", 2], ["York", 2]]),
        (COUNT, "only for Ada", [[2]]),
        (MEAN, "and for the new ones only?", [["coffee", 900.0], ["crafts", 500.0]]),
        (MEAN, "and by site?", [["Harbour", 600.0], ["Old Town", 600.0]]),
        (
            MEAN,
            "break that down by site",
            [
                ["coffee", "Harbour", 900.0],
                ["coffee", "Old Town", 700.0],
                ["crafts", "Harbour", 300.0],
                ["crafts", "Old Town", 500.0],
            ],
        ),
        (MEAN, "and the rent?", [["coffee", 110.0], ["crafts", 85.0]]),
        (MEAN, "what about the average rent?", [["coffee", 110.0], ["crafts", 85.0]]),
        (MEAN, "and the highest?", None),
        (MEAN, "and the maximum?", [["coffee", 900.0], ["crafts", 500.0]]),
        (MEAN, "lowest first", [["crafts", 400.0], ["coffee", 800.0]]),
        (MEAN, "just the top 1", [["coffee", 800.0]]),
        (f"{MEAN} LIMIT 1", "and the lowest?", [["crafts", 400.0]]),
        (f"{MEAN} LIMIT 1", "and by site?", [["Harbour", 600.0], ["Old Town", 600.0]]),
        (MEAN, "without crafts", [["coffee", 800.0]]),
        ("SELECT stall_no FROM stalls WHERE takings > 400", "only at Harbour", [[1]]),
    ],
)
def test_a_follow_up_changes_the_query_before(
    stalls: Workspace, before: str, request_: str, rows: list[list[object]] | None
) -> None:
    sql = _after(stalls, before, request_)
    if rows is None:
        assert not sql
    else:
        found = run_select(stalls, sql, limit=20)[0].rows
        assert (found if "first" in request_ else sorted(found, key=str)) == rows


@pytest.mark.parametrize(
    ("before", "request_"),
    [
        (COUNT, "what about complaints?"),  # not there
        (COUNT, "and on Mars?"),
        (COUNT, "and the median?"),  # of what
        (f"{COUNT} WHERE takings > 600 AND rent > 50", "and over 800?"),  # which of them
        ("SELECT * FROM stalls", "and by month?"),
        (
            "SELECT kind, count(*) AS n FROM stalls GROUP BY kind UNION ALL SELECT 'all', count(*) FROM stalls",
            "and by site?",
        ),
        (f"{COUNT} WHERE site = 'Harbour'", "그럼 만두는?"),
        (COUNT, "same for Harbour and without the broken ones"),
        ("SELECT count(*) FILTER (WHERE kind = 'coffee') AS n FROM stalls", "only for Harbour"),
    ],
)
def test_what_a_follow_up_may_not_mean_is_left_to_the_model(stalls: Workspace, before: str, request_: str) -> None:
    assert _after(stalls, before, request_) == ""


@pytest.mark.parametrize(
    "request_",
    [
        "and which site has the most stalls?",
        "and how many stalls are there overall?",
        "average takings by kind",
        "how many stalls are there?",
        "remove the stalls at Harbour",
        "and is that a lot?",
        "the highest takings",
        "without a rent: how many stalls are there?",
    ],
)
def test_what_stands_by_itself_does_not_go_on(request_: str) -> None:
    assert not goes_on(request_)


def test_a_turn_that_was_no_single_query_is_not_gone_on_with(stalls: Workspace) -> None:
    turn = Turn("?", ({"tool": "fill_missing", "dataset": "stalls"},))
    assert continued(look(stalls, (turn,)), "only for coffee") == ""
    assert continued(look(stalls), "only for coffee") == ""


ALL = "SELECT count(*) AS n FROM 수업기록"
BUSAN = f"{ALL} WHERE 지점 = '부산'"
FEES = "SELECT 지점, avg(수강료) AS 평균 FROM 수업기록 GROUP BY 지점"
LAST_YEAR = f"{ALL} WHERE year(수업일) = 2025 AND month(수업일) = 3"


@pytest.mark.parametrize(
    ("before", "request_", "rows"),
    [
        (BUSAN, "월별로는?", [["2025-03-01", 1], ["2025-04-01", 1]]),
        (BUSAN, "그럼 강릉은?", [[3]]),
        (BUSAN, "강릉은 어때?", [[3]]),
        (BUSAN, "도예만", [[1]]),
        (BUSAN, "도예만 보여줘", [[1]]),
        (BUSAN, "도예 빼고", [[1]]),
        (BUSAN, "취소한 건 제외하고", [[1]]),
        (BUSAN, "요일별로는?", [["월요일", 1], ["토요일", 1]]),
        (LAST_YEAR, "4월은?", [[1]]),
        (LAST_YEAR, "그럼 2026년은?", [[1]]),
        (LAST_YEAR, "그중에 강릉만", [[1]]),
        (f"{ALL} WHERE 수강료 > 60000", "5만원 넘는 것만", [[4]]),
        (f"{ALL} WHERE 수강료 > 60000", "그럼 8만원 이상은?", [[1]]),
        (ALL, "2025년만", [[3]]),
        (f"{ALL} WHERE dayofweek(수업일) = 1", "3월만", [[1]]),
        (f"{ALL} WHERE month(수업일) = 3", "월요일은?", [[1]]),
        (f"{ALL} WHERE month(수업일) = 3", "1분기는?", [[3]]),
        (f"{FEES} HAVING count(*) > 0", "부산 빼고", [["강릉", 66666.667]]),
        ("SELECT 강사, count(*) AS n FROM 수업기록 WHERE 종목 IN ('도예', '목공') GROUP BY 강사", "도예는 빼고", [["김하나", 1], ["이두리", 1]]),
        (BUSAN, "부산 빼고", [[3]]),
        (ALL, "2026년 이후만", [[2]]),
        (BUSAN, "지점별로는?", [["강릉", 3], ["부산", 2]]),
        (LAST_YEAR, "월별로는?", [["2025-03-01", 2], ["2025-04-01", 1]]),
        (f"{ALL} WHERE 취소여부 = '예' AND 지점 = '부산'", "취소율은?", [[0.5]]),
        (FEES, "월별 추이 보여줘", [["2025-03-01", 55000.0], ["2025-04-01", 70000.0], ["2026-03-01", 80000.0], ["2026-05-01", 60000.0]]),
        (ALL, "올해는?", [[2, 2026]]),
        (ALL, "지점별로 나눠줘", [["강릉", 3], ["부산", 2]]),
        (FEES, "중앙값은?", [["강릉", 60000.0], ["부산", 60000.0]]),
        (FEES, "합계로 보여줘", [["강릉", 200000], ["부산", 120000]]),
        (FEES, "만족도는?", [["강릉", 4.333], ["부산", 3.0]]),
        (FEES, "그럼 수강료 합계는?", [["강릉", 200000], ["부산", 120000]]),
        (FEES, "높은 순으로", [["강릉", 66666.667], ["부산", 60000.0]]),
        (FEES, "낮은 순서대로 정렬해줘", [["부산", 60000.0], ["강릉", 66666.667]]),
        (FEES, "상위 1개만", [["강릉", 66666.667]]),
        (FEES, "하위 1개", [["부산", 60000.0]]),
        (FEES, "상위 1개 강사만", [["이두리", 65000.0]]),
        (FEES, "강릉 빼고", [["부산", 60000.0]]),
        (FEES, "종목별로는?", [["도예", 56666.667], ["목공", 75000.0]]),
        (FEES, "강사별로도", [["강릉", "김하나", 70000.0], ["강릉", "이두리", 60000.0], ["부산", "김하나", 50000.0], ["부산", "이두리", 70000.0]]),
        (FEES, "2026년은?", [["강릉", 70000.0]]),
        (FEES, "취소된 것만", [["강릉", 80000.0], ["부산", 50000.0]]),
        (f"{FEES} ORDER BY 평균 DESC LIMIT 1", "그럼 가장 낮은 곳은?", [["부산", 60000.0]]),
        (f"{FEES} ORDER BY 평균 DESC LIMIT 1", "그럼 제일 낮은 지점은?", [["부산", 60000.0]]),
        (f"{FEES} ORDER BY 평균 DESC LIMIT 1", "그럼 제일 낮은 강사는?", None),
    ],
)  # fmt: skip
def test_a_korean_follow_up_changes_the_query_before(
    lessons: Workspace, before: str, request_: str, rows: list[list[object]] | None
) -> None:
    sql = _after(lessons, before, request_)
    found = run_select(lessons, sql, limit=20)[0].rows if sql else None
    told = [[round(cell, 3) if isinstance(cell, float) else cell for cell in row] for row in found or []]
    assert (told if "순" in request_ else sorted(told, key=str)) == (rows or [])


@pytest.mark.parametrize(
    ("before", "request_"),
    [
        (BUSAN, "불만은?"),  # not there
        (BUSAN, "그럼 화성은?"),
        (BUSAN, "중앙값은?"),  # of what
        (BUSAN, "수강료는?"),  # its sum or its average
        (ALL, "상위 3개만"),  # of what groups
        (f"{ALL} WHERE 수강료 > 60000 AND 만족도 > 2", "그럼 3 이상은?"),  # which of them
        ("SELECT * FROM 수업기록", "월별로는?"),
        ("SELECT 지점, sum(수강료) AS s FROM 수업기록 GROUP BY 지점", "만족도는?"),  # ratings are not added up
        (FEES, "부산은 왜?"),
        (FEES, "도예랑 공방은?"),
    ],
)
def test_a_korean_follow_up_that_may_mean_more_is_left_to_the_model(
    lessons: Workspace, before: str, request_: str
) -> None:
    assert not goes_on(request_) or _after(lessons, before, request_) == ""


@pytest.mark.parametrize(
    "request_",
    [
        "지점별 평균 수강료",
        "수강료 중앙값은?",
        "그럼 전체 수업은 몇 건이야?",
        "그럼 어느 지점이 제일 많아?",
        "취소한 수업은 삭제해줘",
        "부산 지점 수업의 평균 만족도는 얼마야?",
        "만족도를 예측해줘",
        "상위 3개 지점의 수강료 합계는 얼마야?",
    ],
)
def test_a_korean_question_that_stands_by_itself_does_not_go_on(request_: str) -> None:
    assert not goes_on(request_)


def test_what_tells_the_time_goes_with_it(lessons: Workspace) -> None:
    lately = _after(lessons, ALL, "작년은?")
    assert 'AS "연도"' in lately
    assert 'AS "연도"' in _after(lessons, lately, "부산만")
    assert 'AS "연도"' not in _after(lessons, lately, "2025년 3월은?")
    assert _after(lessons, lately, "올해는?").count('AS "연도"') == 1
