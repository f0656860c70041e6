"""A few words about what was just done, and words that only look like it."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.context import ModelFact, Situation, Turn, look
from assistant.plan import read_plan
from tests.small_project import add
from tests.trained import project
from tools import catalogue
from tools.modelling.models import find_model
from tools.modelling.seen import find_candidate
from tools.workspace import Workspace

CASE = [{"column": "age", "value": 30}]
WHY = [("explain_row", {"values": CASE})]
SECOND = [("set_default_candidate", {"candidate": "second best"})]


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "loans", "SELECT i AS age, i % 2 = 0 AS bad FROM range(60) t(i)")
        turn = Turn("what of one aged 30?", ({"tool": "predict_row", "values": CASE},))
        return replace(look(workspace), models=(ModelFact("loans_bad", "bad", ()),), turns=(turn,))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("why so low?", WHY),
        ("Why?", WHY),
        ("but why is that probability so high", WHY),
        ("왜 이렇게 낮아?", WHY),
        ("왜?", WHY),
        ("use the second best instead", SECOND),
        ("Let's go with the runner-up", SECOND),
        ("두 번째로 좋은 모델로 바꿔줘", SECOND),
        ("why do loans go bad?", None),
        ("왜 대출이 부도날까?", None),
        ("What is the second best loan?", None),
    ],
)
def test_a_few_words_are_of_what_was_just_done(
    request_: str, expected: list[tuple[str, dict[str, Any]]] | None, situation: Situation
) -> None:
    raw = {"tool": "explain_model"}
    made = [(one.tool, one.arguments) for one in read_plan({"steps": [raw]}, catalogue(), situation, request_).steps]
    assert made == (expected or [("explain_model", {})])


def test_the_second_best_is_the_second_of_the_leaderboard() -> None:
    card = find_model(project().workspace, "customers_left")
    assert find_candidate(card, "the second best") == card.leaderboard[1].model
