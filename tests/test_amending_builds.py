"""Settings of a build, as requests say them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.amending.builds import without_settings
from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.plan import read_plan
from assistant.plan_schema import lacks_text
from assistant.said import is_said
from assistant.unmatched import doubtful
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(
            workspace,
            "people",
            "SELECT 'c' || i AS customer_id, 20 + i AS age, 1.5 * i AS income, DATE '2024-01-01' + i::INT AS joined_on,"
            " 'Oslo' AS city, i AS 나이, i * 2 AS 소득, ['yes', 'no'][1 + i % 2] AS churned FROM range(50) t(i)",
        )
        return look(workspace)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("Build a model that predicts churned, optimise recall with 10 folds", {"metric": "recall", "folds": 10}),
        (
            "train a model of churned with LightGBM only, in at most 2 minutes",
            {"algorithms": ["lightgbm"], "seconds": 120},
        ),
        ("predict churned from age and income alone", {"only": ["age", "income"]}),
        ("predict churned, hold out 30% of the rows for testing", {"holdout": 0.3}),
        ("predict churned with a 70/30 split, seed 7", {"holdout": 0.3, "seed": 7}),
        (
            "build a thorough model of churned and test it on the most recent rows by joined_on",
            {"build": "thorough", "split": "time", "split_column": "joined_on"},
        ),
        (
            "keep all rows of the same customer together when you build the model of churned",
            {"split": "group", "split_column": "customer_id"},
        ),
        ("predict churned using only age and city, balance the classes", {"only": ["age", "city"], "balance": True}),
        ("build a model of churned that catches as many leavers as possible", {"metric": "recall"}),
        ("predict churned with a random forest and 4 GB of memory", {"algorithms": ["random_forest"], "memory_gb": 4}),
        ("give me a rough idea how well churned can be predicted", {"build": "preview"}),
        ("churned 예측 모델을 재현율 기준으로 5겹 교차검증으로 만들어줘", {"metric": "recall", "folds": 5}),
        ("churned 예측 모델을 나이와 소득만 사용해서 만들어줘", {"only": ["나이", "소득"]}),
        ("churned를 2분 안에 빠르게 학습해줘", {"build": "quick", "seconds": 120}),
        ("시간순으로 나눠서 churned 모델을 학습해줘", {"split": "time"}),
        ("30%는 테스트로 남겨두고 churned 예측 모델 만들어줘", {"holdout": 0.3}),
        ("클래스 불균형을 고려해서 churned 모델을 학습해줘", {"balance": True}),
        ("predict churned and keep customer_id", {"keep": ["customer_id"]}),
        ("predict churned, leave out the leaks", {"leaks": "leave_out"}),
        ("best possible model of churned please, you have 10 minutes", {"build": "thorough", "seconds": 600}),
        ("predict churned, there is no hurry", {"build": "thorough"}),
        ("predict churned, thorough is not needed", {}),
        ("predict churned, no need to be thorough", {}),
        ("제일 정확한 모델로 churned를 예측해줘. 시간은 많아", {"build": "thorough"}),
        ("10분 줄게, churned 예측 모델 만들어줘", {"seconds": 600}),
        ("classify the people by churned", {"predict_as": "classes"}),
        ("churned를 분류하는 모델 만들어줘", {"predict_as": "classes"}),
        ("predict churned as a number", {"predict_as": "number"}),
        ("build a model that predicts churned", {}),
        ("predict churned with good accuracy", {}),
        ("train a model of churned without catboost", {}),
    ],
)
def test_a_build_has_the_settings_that_are_said_and_no_others(
    request_: str, said: dict[str, Any], situation: Situation
) -> None:
    unasked = {
        "folds": 3,
        "seconds": 600,
        "metric": "f1",
        "balance": True,
        "algorithms": ["linear"],
        "keep": ["churned"],
        "predict_as": "classes",
    }
    raw = {"tool": "train_model", "dataset": "people", "target": "churned"} | unasked
    [step] = read_plan({"steps": [raw]}, catalogue(), situation, request_).steps
    assert step.arguments == {"dataset": "people", "target": "churned"} | said


@pytest.mark.parametrize(
    "request_",
    [
        "predict churned, hold out 30% of the rows for testing, 5 folds and seed 3",
        "데이터의 30%는 테스트로 남겨두고 churned 예측 모델 만들어줘",
        "클래스 불균형을 고려해서 churned 모델을 학습해줘",
        "churned 모델을 재현율 기준으로 5겹 교차검증으로 만들어줘",
        "train a model of churned with catboost in two minutes",
    ],
)
def test_no_column_need_hold_the_words_of_a_setting(request_: str, situation: Situation) -> None:
    assert doubtful(situation, without_settings(request_)) == []


def test_what_else_a_build_speaks_of_is_still_doubted(situation: Situation) -> None:
    assert doubtful(situation, without_settings("predict the loyalty points with 5 folds")) == ["loyalty", "points"]


@pytest.mark.parametrize(
    ("request_", "tool", "given", "made"),
    [
        (
            "랜덤포레스트로 다시 만들어줘",
            "set_values",
            {},
            ("train_model", {"dataset": "people", "target": "churned", "algorithms": ["random_forest"]}),
        ),
        (
            "try again with a neural network",
            "describe_data",
            {"dataset": "people"},
            ("train_model", {"dataset": "people", "target": "churned", "algorithms": ["neural_network"]}),
        ),
        (
            "이번엔 f1 기준으로 새로 학습해줘",
            "evaluate_model",
            {},
            ("train_model", {"dataset": "people", "target": "churned", "metric": "f1"}),
        ),
        (
            "age는 빼고 모델 다시 만들어줘",
            "drop_columns",
            {"dataset": "people", "columns": ["age"]},
            ("train_model", {"dataset": "people", "target": "churned", "ignore": ["age"]}),
        ),
        (
            "train the model again without age",
            "drop_columns",
            {"dataset": "people", "columns": ["age"]},
            ("train_model", {"dataset": "people", "target": "churned", "ignore": ["age"]}),
        ),
        (
            "age 빼고 표를 다시 만들어줘",
            "drop_columns",
            {"dataset": "people", "columns": ["age"]},
            ("drop_columns", {"dataset": "people", "columns": ["age"]}),
        ),
        ("make the chart again", "describe_data", {"dataset": "people"}, ("describe_data", {"dataset": "people"})),
        ("랜덤포레스트가 뭐야?", "describe_data", {"dataset": "people"}, ("describe_data", {"dataset": "people"})),
        ("정확도 다시 보여줘", "evaluate_model", {}, ("evaluate_model", {})),
    ],
)
def test_a_model_is_built_anew_where_a_setting_is_named_for_it(
    situation: Situation, request_: str, tool: str, given: dict[str, Any], made: tuple[str, dict[str, Any]]
) -> None:
    raw = {"tool": "replace_values", "dataset": "people", "column": "churned", "old": "yes", "new": "no"}
    step = raw if tool == "set_values" else {"tool": tool} | given
    model = ModelFact("people_churned", "churned", (ColumnFact("age", "int"), ColumnFact("income", "decimal")))
    [planned] = read_plan({"steps": [step]}, catalogue(), replace(situation, models=(model,)), request_).steps
    assert (planned.tool, planned.arguments) == made


def test_what_is_left_out_after_talk_of_a_model_is_left_out_of_it(situation: Situation) -> None:
    model = ModelFact("people_churned", "churned", (ColumnFact("age", "int"), ColumnFact("income", "decimal")))
    turns = {tool: (Turn("…", ({"tool": tool},)),) for tool in ("explain_model", "make_chart")}
    raw = {"steps": [{"tool": "drop_columns", "dataset": "people", "columns": ["age"]}]}
    tools_ = [
        read_plan(raw, catalogue(), replace(situation, models=(model,), turns=turns[tool]), "age는 빼고 다시 해줘")
        .steps[0]
        .tool
        for tool in turns
    ]
    assert tools_ == ["train_model", "drop_columns"]


def test_a_query_that_only_calls_a_tool_is_that_tool(situation: Situation) -> None:
    model = ModelFact("people_churned", "churned", (ColumnFact("age", "int"),))
    with_model = replace(situation, models=(model,))

    def tools_of(sql: str, request: str) -> list[tuple[str, dict[str, Any]]]:
        raw = {"steps": [{"tool": "query_data", "sql": sql}]}
        steps = read_plan(raw, catalogue(), with_model, request).steps
        return [(step.tool, step.arguments) for step in steps]

    said = {"aim": "recall", "wanted": 0.9}
    wanted = "재현율 90% 되게 해줘"
    assert tools_of("SELECT choose_threshold(aim='recall') FROM people", wanted) == [("choose_threshold", said)]
    counts = "SELECT count(*) FROM people"
    assert tools_of(counts, "how many people are there?") == [("query_data", {"sql": counts})]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("churned 예측 모델 만들어줘 나이는 쓰지마", True),
        ("나이 넣지 말고 churned 예측해줘", True),
        ("predict churned but don't use age", True),
        ("나이 빼줘", True),
        ("churned 예측 모델 만들어줘", False),
        ("predict churned and use age", False),
    ],
)
def test_columns_may_be_left_out_where_the_request_says_so(request_: str, *, said: bool) -> None:
    assert is_said("ignore", request_) is said


@pytest.fixture(scope="module")
def lots(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("lots")) as workspace:
        add(
            workspace,
            "lots",
            "SELECT 'L' || i AS lot, DATE '2024-01-01' + i::INT AS day, 1.5 * i AS price_usd_kg, 900 + i AS altitude_m, ['a', 'b'][1 + i % 2] AS variety,"
            " ['x', 'y', 'z'][1 + i % 3] AS grade FROM range(60) t(i)",
        )
        return look(workspace)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("predict grade, don't use the price", {"ignore": ["price_usd_kg"]}),
        ("predict grade without the price and the variety", {"ignore": ["price_usd_kg", "variety"]}),
        ("leave the altitude out and predict grade", {"ignore": ["altitude_m"]}),
        ("grade를 예측해줘. price는 빼고", {"ignore": ["price_usd_kg"]}),
        ("predict grade, the price isn't known by then so leave it out", {"ignore": ["price_usd_kg"]}),
        ("predict grade and leave it out if it is empty", {}),
        ("predict grade, leave out the dates", {"ignore": ["day"]}),
        ("predict grade without the ids, without the price", {"ignore": ["price_usd_kg"]}),
        ("predict grade - balanced accuracy matters", {"metric": "balanced_accuracy"}),
        ("predict grade, recall is important to us", {"metric": "recall"}),
        ("predict grade without rows that have no price", {}),
        ("predict grade and exclude prices over 20", {}),
        ("predict grade without cross-validation", {"folds": 0}),
        ("predict grade from what there is", {}),
        ("predict grade, the newest 20% by day are the test", {"split": "time", "split_column": "day", "holdout": 0.2}),
    ],
)
def test_parts_of_names_are_left_out_and_measures_that_matter_count(
    request_: str, said: dict[str, Any], lots: Situation
) -> None:
    raw = {"tool": "train_model", "dataset": "lots", "target": "grade"}
    [step] = read_plan({"steps": [raw]}, catalogue(), lots, request_).steps
    assert step.arguments == {"dataset": "lots", "target": "grade"} | said


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("predict grade, the newest 20% by day are the test", "train_model"),
        ("grade를 예측해줘, day 기준 최신 20%는 테스트로", "train_model"),
        ("mark the newest 20% by day as test", "split_rows"),
        ("split the rows into train and test by day", "split_rows"),
    ],
)
def test_rows_are_divided_for_the_model_that_is_asked_for(request_: str, tool: str, lots: Situation) -> None:
    raw = {"tool": "split_rows", "dataset": "lots", "test": 0.2, "column": "day"}
    [step] = read_plan({"steps": [raw]}, catalogue(), lots, request_).steps
    assert step.tool == tool


def test_texts_are_read_only_where_there_are_some(lots: Situation, tmp_path: Path) -> None:
    reads, other = catalogue()["train_text_model"], catalogue()["train_model"]
    assert (lacks_text(reads, lots), lacks_text(other, lots)) == (True, False)
    with Workspace(tmp_path / "mails") as workspace:
        add(
            workspace,
            "mails",
            "SELECT 'please call me back ' || i AS body, ['a', 'b'][1 + i % 2] AS team FROM range(60) t(i)",
        )
        assert not lacks_text(reads, look(workspace))
