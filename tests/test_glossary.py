"""Korean words read as the English names of columns and values, and words that mean nothing in the data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assistant import context
from assistant.glossary import spoken, unmeant
from assistant.linking import lacking
from tests.small_project import add
from tools.workspace import Workspace

STAFF = """SELECT unnest(['Sales', 'HR', 'R&D']) AS department, unnest(['Male', 'Female', 'Female']) AS gender,
    unnest([31, 45, 52]) AS "Age", 5100.5 AS salary, 3 AS job_satisfaction, 12 AS distance_from_home, 4 AS "YearsAtCompany",
    unnest(['Yes', 'No', 'No']) AS overtime, 'E-1' AS employee_id"""
PLANT = """SELECT TIMESTAMP '2025-01-01 08:00:00' AS measured_at, unnest(['North', 'South']) AS site, 71.5 AS temperature,
    3.1 AS oil_pressure, 2.0 AS water_pressure, 310 AS power_consumption, 0 AS failure"""


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[context.Situation]:
    with Workspace(tmp_path_factory.mktemp("staff") / "project") as workspace:
        add(workspace, "staff", STAFF)
        yield context.look(workspace)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[context.Situation]:
    with Workspace(tmp_path_factory.mktemp("plant") / "project") as workspace:
        add(workspace, "plant", PLANT)
        yield context.look(workspace)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("부서별 평균 연봉은?", "department별 평균 salary은?"),
        ("평균연봉이 제일 높은 부서", "평균salary이 제일 높은 department"),
        ("여성 직원의 만족도", "Female 직원의 job_satisfaction"),
        ("근속 연수가 10년 넘는 사람", "YearsAtCompany가 10년 넘는 사람"),
        ("집에서 거리가 먼 순으로", "distance_from_home가 먼 순으로"),
        ("나이가 5살 많아지면?", "Age가 5살 많아지면?"),
        ("야근 여부별 인원", "overtime 여부별 인원"),
        ("매일 야근하면 어떻게 될까?", "매일 overtime하면 어떻게 될까?"),
        ("연봉을 12로 나눠서 월급 열 만들어줘", "salary을 12로 나눠서 월급 열 만들어줘"),
        ("나이 열 지워줘", "Age 열 지워줘"),
    ],
)
def test_words_are_read_as_the_one_column_or_value_they_mean(staff: context.Situation, typed: str, read: str) -> None:
    assert spoken(typed, staff) == read


@pytest.mark.parametrize(
    "typed",
    [
        "고객 만족도 평균은?",  # satisfaction of others than those here
        "'연봉'이라는 단어가 있는 행",
        "나이키 매장은 몇 곳이야?",
        "퇴사할 사람을 예측해줘",
        "연봉 말고 급여를 보여줘",  # two words for one column
        "average salary by department",
        "몇 행이야?",
    ],
)
def test_other_requests_stay_as_they_are(staff: context.Situation, typed: str) -> None:
    assert spoken(typed, staff) == typed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("북쪽 고객의 온도", "North 고객의 temperature"),
        ("고객 온도", "고객 온도"),
        ("압력이 높으면 어떻게 돼?", "압력이 높으면 어떻게 돼?"),  # two pressures
        ("북쪽 전력소비량", "North power_consumption"),
        ("3도 올리면", "3도 올리면"),
        ("온도를 3도 올리면", "temperature를 3도 올리면"),
        ("고장 원인은?", "failure 원인은?"),
    ],
)
def test_what_is_not_clear_is_left(plant: context.Situation, typed: str, read: str) -> None:
    assert spoken(typed, plant) == read


def test_the_commonest_name_goes_before_a_rarer_one(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "visits", "SELECT 'a' AS club, 'b' AS branch, 3 AS fee")
        assert spoken("지점별 방문", context.look(workspace)) == "branch별 방문"
    with Workspace(tmp_path / "other") as workspace:
        add(workspace, "visits", "SELECT 'a' AS club, 3 AS fee")
        assert spoken("지점별 방문", context.look(workspace)) == "club별 방문"


def test_korean_names_stay(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "판매", "SELECT 3 AS 매출액, 4 AS price, 5 AS sales")
        situation = context.look(workspace)
    assert spoken("매출액과 매출의 차이, 가격 순", situation) == "매출액과 매출의 차이, price 순"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("소음이 가장 큰 곳은?", {"소음": "noise"}),
        ("압력이 가장 높은 곳은?", {}),
        ("습도와 온도의 관계", {"습도": "humidity"}),
        ("정확도가 얼마야?", {}),
    ],
)
def test_words_that_mean_nothing_here(plant: context.Situation, request_: str, words: dict[str, str]) -> None:
    assert unmeant(request_, plant, lambda word: False) == words


def test_words_that_a_longer_text_holds_mean_something(plant: context.Situation) -> None:
    assert unmeant("소음이 언급된 행", plant, lambda word: word == "noise") == {}


class Linker:
    """A model that finds nothing in any column and remembers what it was asked."""

    asked = ""

    def read_prefix(self, talk: object) -> None:
        """Nothing to remember."""

    def plan(self, talk: list[dict[str, str]], *given: object) -> tuple[dict[str, object], str]:
        self.asked = talk[-1]["content"].rpartition("Question: ")[2]
        return {"things": [{"thing": "noise", "column": "none"}, {"thing": "온도", "column": "none"}]}, ""


@pytest.mark.parametrize(
    ("request_", "asked", "missing"), [("소음 평균은?", "noise 평균은?", "소음"), ("온도 평균은?", "", "")]
)
def test_a_korean_word_is_missing_where_neither_the_glossary_nor_the_model_knows_a_column(
    plant: context.Situation, request_: str, asked: str, missing: str
) -> None:
    linker = Linker()
    assert lacking(linker, plant, request_, lambda: False) == missing  # type: ignore[arg-type]
    assert linker.asked == asked


def test_every_word_of_the_glossary_stands_there_once() -> None:
    told = yaml.safe_load((Path(__file__).parents[1] / "prompts" / "glossary.yaml").read_text(encoding="utf-8"))
    words = [word.strip().replace(" ", "") for korean in told for word in korean.split(",")]
    assert sorted(words) == sorted(set(words))
    assert all(names == names.lower() for names in map(str, told.values()))
