"""Requests to repair a table as a whole, whatever their words, and those that ask for something else."""

from typing import Any

import pytest

from assistant.context import Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

CHECK = ("check_quality", {})


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "homes", "SELECT ' Oslo' AS city, 1 AS rooms")
        add(workspace, "new_orders", "SELECT 1 AS id, 2 AS code, 'x' AS note")
        return look(workspace)


def steps(situation: Situation, request: str, *given: tuple[str, dict[str, Any]]) -> list[tuple[str, Any]]:
    raw = [{"tool": tool, "dataset": "new_orders"} | rest for tool, rest in given]
    return [
        (step.tool, step.arguments["dataset"])
        for step in read_plan({"steps": raw}, catalogue(), situation, request).steps
    ]


@pytest.mark.parametrize(
    ("request_", "given"),
    [
        ("Can you tidy this table up for me?", CHECK),
        ("Find the problems and fix them", CHECK),
        ("The data is messy, sort it out", ("drop_duplicates", {})),
        ("please get rid of everything that's wrong with the data", ("drop_duplicates", {})),
        ("데이터에 문제 있는 거 알아서 다 정리해줘", CHECK),
        ("데이터 문제 찾아서 해결해줘", CHECK),
        ("데이터를 클리닝 해줘", ("drop_duplicates", {})),
        ("이상한 거 다 알아서 처리해줘", ("drop_duplicates", {})),
        ("엉망인 데이터 좀 손봐줘", ("drop_duplicates", {})),
        ("전처리 알아서 해줘요.", ("drop_duplicates", {})),
    ],
)
def test_a_table_that_is_to_be_repaired_as_a_whole_is(
    request_: str, given: tuple[str, dict[str, Any]], situation: Situation
) -> None:
    assert steps(situation, request_, given) == [("fix_issues", "new_orders")]


def test_the_table_that_is_named_is_the_one_repaired(situation: Situation) -> None:
    assert steps(situation, "clean up the homes table", CHECK) == [("fix_issues", "homes")]
    assert steps(situation, "fix all problems of new orders", ("drop_duplicates", {})) == [("fix_issues", "new_orders")]


@pytest.mark.parametrize(
    "request_", ["Is there anything to fix here?", "What is wrong with this data and needs fixing?"]
)
def test_who_asks_whether_there_is_anything_to_mend_is_told(request_: str, situation: Situation) -> None:
    assert steps(situation, request_, ("fix_issues", {})) == [("check_quality", "new_orders")]
    assert steps(situation, request_, CHECK) == [("check_quality", "new_orders")]


@pytest.mark.parametrize(
    ("request_", "given"),
    [
        ("Check the data for problems", CHECK),
        ("데이터 문제점 알려줘", CHECK),
        ("fix it", ("drop_duplicates", {})),
        ("fix the duplicates in the data", ("drop_duplicates", {})),
        ("clean the notes of this table", ("clean_text", {"columns": ["note"], "action": "trim"})),
        ("중복된 거 다 정리해줘", ("drop_duplicates", {})),
        ("데이터의 빈칸을 알아서 처리해줘", ("drop_duplicates", {})),
        ("fix the first 3 problems", CHECK),
        ("표로 정리해줘", CHECK),
    ],
)
def test_what_names_more_than_the_table_and_its_problems_stays(
    request_: str, given: tuple[str, dict[str, Any]], situation: Situation
) -> None:
    assert [tool for tool, _ in steps(situation, request_, given)] == [given[0]]
