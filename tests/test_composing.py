"""Questions whose every word is understood: the query they are put as, and those that are left to the model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.composing import composed
from assistant.composing.sure import agree, instead_of, runnable
from assistant.context import Situation
from assistant.plan import Plan, Step
from tests.small_project import Project, project_of, read_by_rule
from tools.guard import run_select
from tools.workspace import Workspace

JOBS = """
SELECT * FROM (VALUES
  (1, TIMESTAMP '2025-01-06 08:00', TIMESTAMP '2025-01-06 20:00', 'Ann', 'Roof', 'Bath', 1, 100.0, 4, 'yes'),
  (2, TIMESTAMP '2025-01-07 08:00', TIMESTAMP '2025-01-09 08:00', 'Bob', 'roof', 'Bath', 1, 300.0, 2, 'no'),
  (3, TIMESTAMP '2025-02-03 08:00', TIMESTAMP '2025-02-03 14:00', 'Ann', 'Drain', 'Ely', 2, 50.0, 5, 'no'),
  (4, TIMESTAMP '2025-02-04 08:00', NULL, 'Bob', 'Drain', 'Ely', 2, NULL, NULL, 'no'),
  (5, TIMESTAMP '2024-12-02 08:00', TIMESTAMP '2024-12-05 08:00', 'Bob', 'Drain', 'Bath', 2, 90.0, 1, 'yes')
) AS t("Job No", "Opened At", "Closed At", "Fitter", "Trade", "Town", depot_id, "Cost", "Rating", "Recalled")
"""
LOANS = """
SELECT i AS loan_id, ['Male', 'Female'][1 + i % 2] AS gender, 20 + i AS age, ['Sales', 'Legal'][1 + i // 4] AS department,
  1000 * i AS salary, ['No', 'Yes'][1 + (i % 3 = 0)::int] AS attrition FROM range(8) r(i)
"""
COURSES = """
SELECT * FROM (VALUES
  ('엑셀 기초', '김하늘', DATE '2025-01-03', 50000, 90.0, 4, '예'), ('엑셀 기초', '이도윤', DATE '2025-01-20', 50000, 70.0, 2, '아니오'),
  ('통계학', '김하늘', DATE '2025-02-11', 80000, 85.0, NULL, '아니오'), ('통계학', '이도윤', DATE '2024-02-01', 80000, 40.0, 5, '예')
) AS t("강의명", "강사", "신청일", "수강료", "출석률", "만족도", "환불여부")
"""
PARCELS = """
SELECT i AS parcel_id, 1 + i % 2 AS depot_id, DATE '2025-03-01' + i::int AS ship_date, DATE '2025-03-04' + 2 * i::int AS delivered_date,
  5 AS promised_days FROM range(6) r(i)
"""
DEPOTS = "SELECT * FROM (VALUES (1, 'North', 'UK'), (2, 'South', 'FR')) AS t(depot_id, depot_name, country)"


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Situation]]:
    yield from project_of(tmp_path_factory.mktemp("jobs"), jobs=JOBS)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Situation]]:
    yield from project_of(tmp_path_factory.mktemp("people"), employees=LOANS)


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Situation]]:
    yield from project_of(tmp_path_factory.mktemp("courses"), courses=COURSES)


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Situation]]:
    yield from project_of(tmp_path_factory.mktemp("parcels"), parcels=PARCELS, depots=DEPOTS)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("How long does it take to close a job on average, by fitter?", [["Ann", 9.0], ["Bob", 60.0]]),
        ("median days to close per town", [["Bath", 2.0], ["Ely", 0.25]]),
        ("How many jobs took more than 2 days?", [[1]]),
        ("how many jobs were closed within 24 hours?", [[2]]),
        ("Which fitter has the most jobs still open?", [["Bob", 1]]),
        ("how many jobs have not been closed yet?", [[1]]),
        ("how many unclosed jobs per town?", [["Ely", 1]]),
        ("What share of Drain jobs got recalled?", [[0.333]]),
        ("what share of roof jobs were recalled compared to drain?", [["Drain", 0.333], ["Roof", 0.5]]),
        ("recall rate by fitter", [["Ann", 0.5], ["Bob", 0.333]]),
        ("number of jobs per trade", [["Drain", 3], ["Roof", 2]]),
        ("how many jobs were opened in February 2025?", [[2]]),
        ("total cost in 2025 by town", [["Bath", 400.0], ["Ely", 50.0]]),
        ("how many jobs per month?", [["2024-12-01", 1], ["2025-01-01", 2], ["2025-02-01", 2]]),
        ("on which weekday are the most jobs opened?", [["Monday", 3]]),
        ("average rating per fitter but only those with at least 3 jobs", [["Bob", 1.5]]),
        ("are there fitters whose rating is below the overall average?", [["Bob", 1.5]]),
        ("cost by town, highest first", [["Bath", 490.0], ["Ely", 50.0]]),
        ("which town has the highest total cost?", [["Bath", 490.0]]),
        ("top 1 fitters by cost", [["Bob", 390.0]]),
        ("which trade has the highest cost in each town?", [["Bath", "Roof", 400.0], ["Ely", "Drain", 50.0]]),
        ("share of cost per town", [["Bath", 0.907], ["Ely", 0.093]]),
        ("how many different fitters are there?", [[2]]),
        ("jobs with a cost over 90 in Bath", None),
        ("number of jobs with missing rating", [[1]]),
        ("total cost excluding Ely", [[490.0]]),
        ("average cost of recalled and not recalled jobs", [["no", 175.0], ["yes", 95.0]]),
        ("recalling rate in Bath", [[0.667]]),
        ("share of recalled jobs in Bath", [[0.667]]),
        ("which fitter has the highest rating?", [["Ann", 4.5]]),
        ("number of jobs on weekends vs weekdays", [["weekday", 5]]),
        ("number of jobs and average rating per fitter", [["Ann", 2, 4.5], ["Bob", 3, 1.5]]),
    ],
)
def test_a_question_that_is_understood_is_put_as_a_query(
    jobs: Project, request_: str, rows: list[list[object]] | None
) -> None:
    if rows is None:
        assert [row[0] for row in read_by_rule(jobs, request_) or []] == [1, 2]
    else:
        assert read_by_rule(jobs, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many women work in Legal?", [[2]]),
        ("how many employees over 25?", [[2]]),
        ("share of men among employees over 22", [[0.4]]),
        ("the 2 oldest employees", [[7, "Female", 27, "Legal", 7000, "No"], [6, "Male", 26, "Legal", 6000, "Yes"]]),
        ("salary difference between men and women", [["Female", 4000.0], ["Male", 3000.0]]),
        ("what is the difference in salary between departments?", [["Legal", 5500.0], ["Sales", 1500.0]]),
        ("how many employees per department on average?", [[4.0]]),
        ("is salary lower for attrition?", [["No", 3800.0], ["Yes", 3000.0]]),
        ("Legal 직원 중 여자 비율", [[0.5]]),
        ("what share of women are in Sales?", [[0.5]]),
        ("what share of attrition are men?", [[0.667]]),
        ("highest salary in each department", [["Legal", 7000], ["Sales", 3000]]),
        ("headcount by gender", [["Female", 4], ["Male", 4]]),
        ("부서별 평균 연봉", [["Legal", 5500.0], ["Sales", 1500.0]]),
        ("퇴사율이 가장 높은 부서는?", [["Sales", 0.5]]),
        ("25세 이상 직원 수", [[3]]),
        ("남자 직원의 평균 연봉", [[3000.0]]),
        (
            "부서별 성별 인원수",
            [["Legal", "Female", 2], ["Legal", "Male", 2], ["Sales", "Female", 2], ["Sales", "Male", 2]],
        ),
    ],
)
def test_people_are_counted_by_what_they_are(people: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(people, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("강의별 평균 만족도", [["엑셀 기초", 3.0], ["통계학", 5.0]]),
        ("강사별 환불 비율은?", [["김하늘", 0.5], ["이도윤", 0.5]]),
        ("만족도 비어있는 건 몇 건이야?", [[1]]),
        ("출석률이 80 넘는 사람들의 평균 만족도는?", [[4.0]]),
        ("환불한 건 빼고 강의별 수강료 합계", [["엑셀 기초", 50000], ["통계학", 80000]]),
        ("2025년 월별 신청 건수", [["2025-01-01", 2], ["2025-02-01", 1]]),
        ("강사별 평균 출석률 상위 1명", [["김하늘", 87.5]]),
        ("수강료 합계 상위 1개 강의", [["통계학", 160000]]),
        ("만족도가 없는 건 몇 건이야?", [[1]]),
        ("2025년 월별 건수", [["2025-01-01", 2], ["2025-02-01", 1]]),
        ("강사별로 수강료가 가장 높은 강의는?", None),
        ("김하늘의 강의별 수강료 합계 높은 순으로", [["통계학", 80000], ["엑셀 기초", 50000]]),
    ],
)
def test_korean_questions_over_korean_names(courses: Project, request_: str, rows: list[list[object]] | None) -> None:
    assert read_by_rule(courses, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many parcels per depot?", [["North", 3], ["South", 3]]),
        ("how many parcels arrived late for each depot name?", [["North", 1], ["South", 2]]),
        ("which depot has the highest share of late parcels?", [["South", 0.667]]),
        ("average delay in days of late parcels", [[2.0]]),
        ("how many late parcels per depot?", [["North", 1], ["South", 2]]),
        ("how many parcels were on time?", [[3]]),
        ("number of parcels by depot country", [["FR", 3], ["UK", 3]]),
        ("average delivery time of parcels", [[5.5]]),
    ],
)
def test_the_names_of_another_table_stand_for_its_keys(
    parcels: Project, request_: str, rows: list[list[object]]
) -> None:
    assert read_by_rule(parcels, request_) == rows


@pytest.mark.parametrize(
    "request_",
    [
        "what is the average loyalty by town?",
        "which fitter is the best?",
        "jobs opened per hour as a bar chart",
        "average cost per month",  # of the jobs, or of the months' totals
        "drop the duplicate jobs",
        "keep only closed jobs",
        "predict the rating",
        "how many jobs were opened since last month?",
        "which town sells best?",
        "how many of them were recalled?",
        "average cost of recalled jobs vs jobs without rating",
        "How many jobs? And how many per town?",
        "show the cost of each job in euros",
        "jobs with a cost over 20%",
        "the largest town",
        "가장 좋은 기사는?",
    ],
)
def test_what_is_not_understood_word_for_word_is_left_to_the_model(jobs: Project, request_: str) -> None:
    assert read_by_rule(jobs, request_) is None


def test_queries_agree_where_one_has_the_columns_of_the_other(jobs: Project) -> None:
    workspace, _ = jobs
    counts = 'SELECT "Town", count(*) AS n FROM jobs GROUP BY 1'
    assert agree(workspace, 'SELECT "Town" FROM jobs GROUP BY 1 ORDER BY 1 DESC', counts)
    assert agree(workspace, counts, counts)
    assert not agree(workspace, counts, 'SELECT "Town", count("Rating") AS n FROM jobs GROUP BY 1')
    assert not agree(workspace, 'SELECT "Town" FROM jobs', counts)
    assert not agree(workspace, 'SELECT count(*) AS n FROM jobs GROUP BY "Town"', counts)  # of which towns
    rates = 'SELECT "Town", avg("Rating") AS rate, count(*) AS n FROM jobs GROUP BY "Town"'
    assert not agree(workspace, counts, rates)
    assert agree(workspace, rates, rates)
    assert not agree(workspace, "SELECT nothing FROM jobs", counts)


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("SELECT count(*) AS n FROM jobs", True),
        ("SELECT 5", True),
        ("SELECT count(*) AS n FROM jobs WHERE false", False),
        ("", False),
    ],
)
def test_a_query_that_finds_the_same_is_kept(jobs: Project, sql: str, kept: bool) -> None:
    workspace, situation = jobs
    sure = runnable(workspace, composed(situation, "How many jobs are there?"))
    plan = Plan((Step(tool="query_data", arguments={"sql": sql}),)) if sql else Plan(missing="jobs")
    made = instead_of(workspace, plan, sure)
    assert [step.arguments["sql"] for step in made.steps] == [
        sql if kept else "SELECT count(*) AS number_of_jobs FROM jobs"
    ]


def test_a_change_that_nobody_asked_for_is_noread_by_rule(jobs: Project) -> None:
    workspace, situation = jobs
    sure = runnable(workspace, composed(situation, "How many jobs are there?"))
    made = instead_of(workspace, Plan((Step(tool="drop_columns", arguments={"dataset": "jobs"}),)), sure)
    assert [step.tool for step in made.steps] == ["query_data"]


def test_keys_are_never_added_up(tmp_path: Path) -> None:
    orders = "SELECT i AS order_id, 100 + i % 3 AS customer_id, ['a', 'b'][1 + i % 2] AS region FROM range(6) r(i)"
    for project in project_of(tmp_path, orders=orders):
        assert read_by_rule(project, "how many customers by region?") == [["a", 3], ["b", 3]]
        assert read_by_rule(project, "which region has the most orders?") == [["a", 3]]
        assert read_by_rule(project, "how many different customers by region?") == [["a", 3], ["b", 3]]


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("defect rate per line", [["L1", 0.667], ["L2", 0.5]]),
        ("average speed of defective batches", [[20.0]]),
        ("number of defects by line", [["L1", 2], ["L2", 1]]),
        ("how many batches per defect?", [["burn", 2], ["none", 2], ["void", 1]]),
        ("how many burn batches?", [[2]]),
        ("how many batches with burn defects?", [[2]]),
        ("라인별 불량률", [["L1", 0.667], ["L2", 0.5]]),
    ],
)
def test_kinds_beside_none_are_a_yes(tmp_path: Path, request_: str, rows: list[list[object]]) -> None:
    batches = "SELECT * FROM (VALUES (1,'L1','burn',10),(2,'L1','void',20),(3,'L1','none',30),(4,'L2','burn',30),(5,'L2','none',5)) t(batch,line,defect,speed)"
    for project in project_of(tmp_path, batches=batches):
        assert read_by_rule(project, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("rent per square metre by district", [["A", 15.0], ["B", 10.0]]),
        ("profit margin by district", [["A", 0.15], ["B", 0.1]]),
        ("average rent per area", [[13.333]]),
    ],
)
def test_one_thing_per_another(tmp_path: Path, request_: str, rows: list[list[object]]) -> None:
    flats = "SELECT * FROM (VALUES ('A', 50.0, 500.0, 10.0, 100.0), ('A', 20.0, 400.0, 20.0, 100.0), ('B', 30.0, 300.0, 10.0, 100.0)) t(district, area, rent, profit, sales)"
    for project in project_of(tmp_path, flats=flats):
        assert read_by_rule(project, request_) == rows


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ("반별 학생 수", ["반", "학생_수"]),
        ("결석일수가 1일 넘는 학생 수", ["학생_수"]),
        ("반별 평균 결석일수", ["반", "평균_결석일수"]),
        ("반드시 평균 결석일수", []),
    ],
)
def test_short_korean_names_and_what_results_are_called(tmp_path: Path, request_: str, names: list[str]) -> None:
    pupils = "SELECT * FROM (VALUES ('1반', 0), ('1반', 2), ('2반', 4)) t(반, 결석일수)"
    for workspace, situation in project_of(tmp_path, 학생=pupils):
        sql = composed(situation, request_)
        found = run_select(workspace, sql, limit=3)[0].columns if sql else []
        assert list(found) == names
