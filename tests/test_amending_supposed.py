"""What if of every row, as requests say it."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

MODEL = ModelFact(
    "left",
    "left",
    (
        ColumnFact("plan", "text", ("one month", "two years")),
        ColumnFact("monthly_fee", "decimal"),
        ColumnFact("months_here", "int"),
        ColumnFact("support_calls", "int"),
        ColumnFact("paperless", "text", ("No", "Yes")),
        ColumnFact("discount_rate", "decimal"),
    ),
)
FEE, CALLS, PLAN = "monthly_fee", "support_calls", "plan"


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(
            workspace,
            "members",
            "SELECT 'C' || lpad(i::VARCHAR, 4, '0') AS code, 20.5 + i AS monthly_fee, i AS months_here, i % 5 AS support_calls,"
            " ['one month', 'two years'][1 + i % 2] AS plan, ['No', 'Yes'][1 + i % 2] AS paperless, (i % 3) / 10 AS discount_rate,"
            " ['yes', 'no'][1 + i % 2] AS left FROM range(1, 60) t(i)",
        )
        return replace(look(workspace), models=(MODEL,))


def planned(situation: Situation, request: str, tool: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    [step] = read_plan({"steps": [{"tool": tool} | arguments]}, catalogue(), situation, request).steps
    return step.tool, step.arguments


@pytest.mark.parametrize(
    ("request_", "column", "value"),
    [
        ("What if the monthly fee rises by 20%?", FEE, "+20 %"),
        ("How many more would leave if we raised the monthly charge by 10 percent?", FEE, "+10 %"),
        ("How many fewer would leave if monthly_fee fell by 12.5 %?", FEE, "-12.5 %"),
        ("Suppose we cut the monthly fee by 15% - what happens to churn?", FEE, "-15 %"),
        ("What if the monthly fee goes up 20 %, does churn fall?", FEE, "+20 %"),
        ("If the monthly fee rose by 5 dollars, how many would leave?", FEE, "+5"),
        ("What if monthly_fee was +3 for everyone?", FEE, "+3"),
        ("If the monthly fee rose by 1234567 won, how many would leave?", FEE, "+1234567"),
        ("If everyone made one more support call, how many would leave?", CALLS, "+1"),
        ("How many would stay if everybody had 2 fewer support calls?", CALLS, "-2"),
        ("support_calls를 두 번 더 하면 몇 명이 떠날까?", CALLS, "+2"),
        ("support_calls가 3건 줄면 이탈이 얼마나 줄까?", CALLS, "-3"),
        ("If support tickets doubled, how many would churn?", CALLS, "x2"),
        ("What would happen if support calls were cut in half?", CALLS, "x0.5"),
        ("monthly_fee가 20% 오르면 이탈이 얼마나 늘까?", FEE, "+20 %"),
        ("support_calls가 절반으로 줄면 이탈률은 어떻게 될까?", CALLS, "x0.5"),
        ("monthly_fee가 5만원 오르면 이탈이 얼마나 늘어?", FEE, "+50000"),
        ("monthly_fee를 3 낮추면 이탈이 줄까?", FEE, "-3"),
        ("support_calls가 2번 더 늘어나면 몇 명이나 떠나?", CALLS, "+2"),
        ("만약 monthly_fee를 10% 인하하면 몇 명이나 떠날까?", FEE, "-10 %"),
        ("months_here가 5달 길어지면 이탈 확률이 어떻게 바뀌어?", "months_here", "+5"),
        ("months_here가 3달 짧아지면 이탈이 늘어?", "months_here", "-3"),
        ("support_calls가 하나 늘면?", CALLS, "+1"),
        ("support_calls가 2배가 되면 이탈 확률은?", CALLS, "x2"),
        ("monthly_fee를 10%포인트 올리면 이탈이 늘까?", FEE, "+10 %p"),
        ("discount_rate가 90%로 오르면 몇 명이 떠날까?", "discount_rate", 90.0),
        ("If the monthly fee rose to 40, how many would leave?", FEE, 40.0),
    ],
)
@pytest.mark.parametrize("tool", ["query_data", "what_if", "train_model"])
def test_a_number_that_moves_moves_in_every_row(
    situation: Situation, request_: str, column: str, value: str, tool: str
) -> None:
    given = {
        "query_data": {"sql": "SELECT count(*) FROM members"},
        "what_if": {"changes": [{"column": "plan", "value": "two years"}]},
        "train_model": {"dataset": "members", "target": "left"},
    }
    assert planned(situation, request_, tool, **given[tool]) == (
        "what_if_all",
        {"changes": [{"column": column, "value": value}]},
    )


def test_a_column_said_in_another_language_is_the_one_that_was_planned(situation: Situation) -> None:
    given = {"changes": [{"column": FEE, "value": 20}]}
    assert planned(situation, "요금이 20% 오르면 이탈이 얼마나 늘까?", "what_if_all", **given) == (
        "what_if_all",
        {"changes": [{"column": FEE, "value": "+20 %"}]},
    )


@pytest.mark.parametrize(
    ("request_", "value"),
    [
        ("What if the discount rate rose by 10 percentage points, would fewer leave?", "+10 %p"),
        ("discount_rate를 5%포인트 낮추면 이탈이 늘까?", "-5 %p"),
        ("What if discount_rate fell by 10%, would more leave?", "-10 %"),
    ],
)
def test_points_are_no_share_and_the_name_of_a_column_is_no_direction(
    situation: Situation, request_: str, value: str
) -> None:
    made = planned(situation, request_, "what_if_all", changes=[{"column": "discount_rate", "value": "-10 %"}])
    assert made == ("what_if_all", {"changes": [{"column": "discount_rate", "value": value}]})


@pytest.mark.parametrize(
    "request_",
    [
        "paperless를 없애면 이탈이 얼마나 줄어들까?",
        "If we stopped paperless billing, how many would leave?",
        "How many would stay if nobody were paperless?",
    ],
)
def test_what_ends_is_no_in_every_row(situation: Situation, request_: str) -> None:
    made = planned(situation, request_, "query_data", sql="SELECT count(*) FROM members WHERE paperless = 'No'")
    assert made == ("what_if_all", {"changes": [{"column": "paperless", "value": "No"}]})


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("paperless를 없애면 이탈이 얼마나 줄어들까?", "what_if_all"),
        ("If paperless were gone for all rows, drop it", "remove_outliers"),
    ],
)
def test_what_is_asked_changes_no_data(situation: Situation, request_: str, tool: str) -> None:
    given = {"dataset": "members", "columns": ["months_here"], "rule": "iqr"}
    assert planned(situation, request_, "remove_outliers", **given)[0] == tool


@pytest.mark.parametrize(
    "request_",
    [
        "What would happen to churn if everyone had a two year plan?",
        "If all members were on two years, how many would leave?",
        "모든 회원이 two years라면 이탈률은 어떻게 될까?",
    ],
)
def test_a_value_for_everyone_is_set_in_every_row(situation: Situation, request_: str) -> None:
    given = {"model": "left", "dataset": "members"}
    assert planned(situation, request_, "predict_dataset", **given) == (
        "what_if_all",
        {"changes": [{"column": PLAN, "value": "two years"}]},
    )


@pytest.mark.parametrize(
    ("request_", "tool", "arguments"),
    [
        (
            "How many members pay over 20 % more than the average?",
            "query_data",
            {"sql": "SELECT count(*) FROM members"},
        ),
        ("If any cell is empty, fill it with the median", "query_data", {"sql": "SELECT count(*) FROM members"}),
        ("What is the average fee of all members?", "query_data", {"sql": "SELECT avg(monthly_fee) FROM members"}),
        ("Raise the monthly fee by 20 %", "query_data", {"sql": "SELECT count(*) FROM members"}),
    ],
)
def test_questions_of_the_data_stay(situation: Situation, request_: str, tool: str, arguments: dict[str, Any]) -> None:
    assert planned(situation, request_, tool, **arguments)[0] == tool


def test_one_case_stays_one_case(situation: Situation) -> None:
    change = {"changes": [{"column": FEE, "value": 30}]}
    named = planned(situation, "What if C0005 had a fee of 30?", "what_if", **change)
    assert named[0] == "what_if"
    row = planned(situation, "What if row 3 paid a monthly_fee of 30?", "what_if", row=3, dataset="members", **change)
    assert row[0] == "what_if"


def test_a_model_that_is_about_to_be_built_is_asked_at_once(situation: Situation) -> None:
    bare = replace(situation, models=())
    raw = {"steps": [{"tool": "train_model", "dataset": "members", "target": "left"}]}
    request_ = "If we lower the monthly fee by 10%, will fewer leave?"
    steps = read_plan(raw, catalogue(), bare, request_).steps
    assert [(step.tool, step.arguments) for step in steps] == [
        ("train_model", {"dataset": "members", "target": "left"}),
        ("what_if_all", {"changes": [{"column": FEE, "value": "-10 %"}]}),
    ]


def test_without_a_model_nothing_is_supposed(situation: Situation) -> None:
    bare = replace(situation, models=())
    sql = {"sql": "SELECT avg(monthly_fee) * 1.2 FROM members"}
    assert planned(bare, "What if the monthly fee rises by 20%?", "query_data", **sql)[0] == "query_data"
