"""Whether less would do as well: a simpler candidate, fewer columns; and what is no such question."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

READ = ("age", "tier", "area_m2", "plan", "나이", "등급")
MODEL = ModelFact("members_left", "left_early", tuple(ColumnFact(name, "decimal") for name in READ))
CANDIDATES = [("compare_candidates", {})]


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        columns = ", ".join(f'i % 50 AS "{name}"' for name in READ)
        add(workspace, "members", f"SELECT i AS member, {columns}, i % 2 = 0 AS left_early FROM range(200) t(i)")
        return replace(look(workspace), models=(MODEL,))


def planned(situation: Situation, request: str, **raw: Any) -> list[tuple[str, dict[str, Any]]]:
    given = raw or {"tool": "describe_data", "dataset": "members"}
    return [(one.tool, one.arguments) for one in read_plan({"steps": [given]}, catalogue(), situation, request).steps]


def fewer(**settings: list[str]) -> list[tuple[str, dict[str, Any]]]:
    return [("train_model", {"dataset": "members", "target": "left_early"} | settings), ("compare_models", {})]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("Could a simpler model do as well?", CANDIDATES),
        ("Would a simple linear model be good enough?", CANDIDATES),
        ("Is the complicated model really worth it?", CANDIDATES),
        ("isn't that overkill?", CANDIDATES),
        ("더 간단한 모델로도 되나?", CANDIDATES),
        ("단순한 모델로도 충분할까?", CANDIDATES),
        ("꼭 이렇게 복잡한 모델이 필요해?", CANDIDATES),
        ("Do we need all these columns?", [("explain_model", {})]),
        ("which columns could we leave out?", [("explain_model", {})]),
        ("이 컬럼들이 다 필요해?", [("explain_model", {})]),
        ("would a model with only age and tier be as good?", fewer(only=["age", "tier"])),
        ("Is just the area enough?", fewer(only=["area_m2"])),
        ("나이랑 등급만으로도 충분해?", fewer(only=["나이", "등급"])),
        ("what do we lose if we leave out the tier?", fewer(ignore=["tier"])),
        ("How much worse would it be without age and plan?", fewer(ignore=["age", "plan"])),
        ("do we really need the plan?", fewer(ignore=["plan"])),
        ("등급 빼도 괜찮을까?", fewer(ignore=["등급"])),
    ],
)
def test_whether_less_would_do_is_compared(
    request_: str, expected: list[tuple[str, dict[str, Any]]], situation: Situation
) -> None:
    assert planned(situation, request_) == expected


def test_the_model_of_fewer_columns_is_built_as_the_one_before(situation: Situation) -> None:
    before = {"tool": "train_model", "dataset": "members", "target": "left_early", "build": "thorough", "folds": 5}
    talk = replace(situation, turns=(Turn("predict left_early", (before,)),))
    build, _ = planned(talk, "would only age be as good?")
    assert build[1] == {key: value for key, value in before.items() if key != "tool"} | {"only": ["age"]}


@pytest.mark.parametrize(
    ("request_", "raw"),
    [
        ("Build a simple model", {"tool": "train_model", "dataset": "members", "target": "left_early"}),
        ("Build a model with only age and tier", {"tool": "train_model", "dataset": "members", "target": "left_early"}),
        ("Remove the column tier", {"tool": "drop_columns", "dataset": "members", "columns": ["tier"]}),
        ("How many members do we need to call?", {"tool": "query_data", "sql": "SELECT count(*) FROM members"}),
        ("do we need all these rows?", {"tool": "describe_data", "dataset": "members"}),
        ("How good is it?", {"tool": "evaluate_model"}),
        ("how many members have only age above 30 as well?", {"tool": "query_data", "sql": "SELECT count(*) FROM members"}),
    ],
)  # fmt: skip
def test_what_is_no_such_question_is_left_alone(request_: str, raw: dict[str, Any], situation: Situation) -> None:
    made = [tool for tool, _ in planned(situation, request_, **raw)]
    assert made == [raw["tool"]]


def test_without_a_model_there_is_nothing_to_compare(situation: Situation) -> None:
    made = planned(replace(situation, models=()), "Could a simpler model do as well?")
    assert "compare_candidates" not in [tool for tool, _ in made]
