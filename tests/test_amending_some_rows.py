"""Models and predictions of some rows alone, the data as they came, and what a request speaks of no more than it does."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.composing import composed
from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.drafts import _truly_missing
from assistant.plan import Plan, read_plan
from tests.small_project import add, do
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

RENTALS = """SELECT DATE '2024-01-01' + i::INT AS rented_on, ['kayak', 'canoe', 'raft'][1 + i % 3] AS craft, 1 + i % 9 AS hours,
    20.5 + i AS price, ['yes', 'no'][1 + i % 2] AS guided, ['late', 'in time'][1 + i % 2] AS returned,
    'the raft came back with number ' || i || ' wet' AS remark FROM range(60) t(i)"""
BUILD = {"tool": "train_model", "dataset": "rentals", "target": "returned"}
PREDICT = {"tool": "predict_dataset", "dataset": "july"}
Planned = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "july", "SELECT ['kayak', 'canoe'][1 + i % 2] AS craft, 1 + i % 9 AS hours FROM range(30) t(i)")
        add(workspace, "rentals", RENTALS)
        return look(workspace)


def planned(situation: Situation, request: str, *raw: dict[str, Any]) -> list[Planned]:
    plan = read_plan({"steps": list(raw)}, catalogue(), situation, request)
    return [(step.tool, step.arguments) for step in plan.steps]


def kept(dataset: str, condition: str) -> Planned:
    return ("filter_rows", {"dataset": dataset, "condition": condition, "action": "keep"})


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ("Build it again only on the rentals since 2025", "YEAR(rented_on) >= 2025"),
        ("Predict returned, train it on the rentals with more than 3 hours", "hours > 3"),
        ("train a model for returned on the rentals that were guided", "guided = 'yes'"),
        ("predict returned only for kayak rentals since March 2024", "rented_on >= CAST('2024-03-01' AS DATE) AND craft = 'kayak'"),
        ("a model of returned with only the rows before July 2024", "rented_on < CAST('2024-07-01' AS DATE)"),
        ("build a model of returned just for canoes", "craft = 'canoe'"),
        ("Train it again just on rentals rented_on since January 2025", "rented_on >= CAST('2025-01-01' AS DATE)"),
        ("predict returned only for guided rentals with more than 3 hours", "hours > 3 AND guided = 'yes'"),
    ],
)  # fmt: skip
def test_a_build_on_some_rows_keeps_these_for_itself_alone(request_: str, condition: str, situation: Situation) -> None:
    made = planned(situation, request_, BUILD)
    build = ("train_model", {"dataset": "rentals", "target": "returned"})
    assert made == [kept("rentals", condition), build, ("restore_version", {"version": "rentals@1"})]


@pytest.mark.parametrize(
    "request_",
    [
        "Predict returned using only craft and hours",
        "Build a model for returned, only 1 minute",
        "train only on the older rentals and test on the newest fifth",
        "predict which rentals come back late",
        "predict returned from craft and hours",
        "build a model for returned with 5 folds",
        "train only linear models for returned",
        "returned를 예측하는 모델 만들어줘",
    ],
)
def test_a_build_on_all_rows_keeps_them_all(request_: str, situation: Situation) -> None:
    assert [tool for tool, _ in planned(situation, request_, BUILD)] == ["train_model"]


BEFORE = BUILD | {"ignore": ["remark"], "metric": "recall", "folds": 4, "build": "quick"}


@pytest.mark.parametrize(
    ("request_", "settings"),
    [
        (
            "Build it again with a split by time",
            {"ignore": ["remark"], "metric": "recall", "folds": 4, "split": "time"},
        ),
        ("train the model again, leave out price too", {"ignore": ["remark", "price"], "metric": "recall", "folds": 4}),
        ("retrain it with 5 folds", {"ignore": ["remark"], "metric": "recall", "folds": 5}),
        ("build it again from scratch with 5 folds", {"folds": 5}),
        ("predict returned with 5 folds", {"folds": 5}),
    ],
)
def test_a_model_that_is_built_again_keeps_its_settings(
    request_: str, settings: dict[str, Any], situation: Situation
) -> None:
    talk = replace(situation, turns=(Turn("before", (BEFORE,)),))
    assert planned(talk, request_, BUILD) == [("train_model", {"dataset": "rentals", "target": "returned"} | settings)]


def test_rows_that_a_plan_keeps_of_itself_are_kept_for_the_build_alone(situation: Situation) -> None:
    keep = {"tool": "filter_rows", "dataset": "rentals", "condition": "hours > 3"}
    made = planned(situation, "Predict returned for rentals of over 3 hours", keep, BUILD)
    assert [tool for tool, _ in made] == ["filter_rows", "train_model", "restore_version"]


def test_rows_that_a_plan_keeps_are_kept_once(situation: Situation) -> None:
    keep = {"tool": "filter_rows", "dataset": "rentals", "condition": "hours > 3"}
    made = planned(situation, "Keep only rentals with more than 3 hours, then predict returned", keep, BUILD)
    assert [tool for tool, _ in made] == ["filter_rows", "train_model"]


FORECAST = {"tool": "train_forecast", "dataset": "rentals", "target": "hours", "horizon": 7}
CHART = {"tool": "make_chart", "dataset": "rentals", "kind": "bar", "x": "craft"}


@pytest.mark.parametrize(
    ("request_", "raw", "tools"),
    [
        ("Forecast hours of the guided rentals", [FORECAST], ["train_forecast", "forecast", "restore_version"]),
        ("그 대여만 7일 예측해줘", [FORECAST], ["train_forecast", "forecast", "restore_version"]),
        ("어린이 대여 빼고 예측해줘", [PREDICT | {"dataset": "rentals"}], ["predict_dataset", "restore_version"]),
        ("how long are they, for the long rentals?", [{"tool": "describe_data", "dataset": "rentals"}], ["describe_data", "restore_version"]),
        ("returned of the long rentals, as good at recall", [BUILD, {"tool": "choose_threshold", "model": "m", "aim": "recall", "value": 0.9}], ["train_model", "choose_threshold", "restore_version"]),
        ("the long rentals by craft, and drop the remarks", [{"tool": "drop_columns", "dataset": "rentals", "columns": ["remark"]}, CHART], ["drop_columns", "make_chart"]),
        ("from now on the long rentals; draw them by craft", [CHART], ["make_chart"]),
        ("the long rentals, as a script", [{"tool": "write_script", "dataset": "rentals"}], ["write_script"]),
    ],
)  # fmt: skip
def test_rows_that_a_plan_keeps_for_its_own_steps_alone_are_given_back(
    request_: str, raw: list[dict[str, Any]], tools: list[str], situation: Situation
) -> None:
    keep = {"tool": "filter_rows", "dataset": "rentals", "condition": "hours > 3"}
    model = ModelFact("m", "returned", (), dataset="rentals")
    made = planned(replace(situation, models=(model,)), request_, keep, *raw)
    assert [tool for tool, _ in made] == ["filter_rows", *tools]


def test_a_chart_of_some_rows_draws_these_and_keeps_all(situation: Situation) -> None:
    keep = {"tool": "filter_rows", "dataset": "rentals", "condition": "hours > 3"}
    drawn = {name: value for name, value in CHART.items() if name != "tool"}
    request = "the crafts of what is long, with bars"
    assert planned(situation, request, keep, CHART) == [("make_chart", drawn | {"condition": "hours > 3"})]
    others = [tool for tool, _ in planned(situation, request, keep | {"action": "remove"}, CHART)]
    assert others == ["filter_rows", "make_chart", "restore_version"]


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ("Forecast hours for the next 7 days using only data since February 2024", "rented_on >= CAST('2024-02-01' AS DATE)"),
        ("forecast hours, trained on the rentals before March 2024, for the next 7 days", "rented_on < CAST('2024-03-01' AS DATE)"),
        ("forecast the hours of kayaks for the next week based on data since February 2024", "rented_on >= CAST('2024-02-01' AS DATE)"),
        ("forecast hours for the next 7 days only", ""),
        ("forecast hours for March 2026 using the price", ""),
        ("forecast hours of rentals from March 2026", ""),
        ("forecast hours for the next 7 days", ""),
    ],
)  # fmt: skip
def test_a_forecast_is_made_from_the_times_that_it_shall_learn_from(
    request_: str, condition: str, situation: Situation
) -> None:
    made = planned(situation, request_, FORECAST)
    built = [step for step in made if step[0] != "train_forecast"]
    rest = [("forecast", {})]
    assert built == ([kept("rentals", condition), *rest, ("restore_version", {"version": "rentals@1"})] if condition else rest)  # fmt: skip


def test_predictions_are_of_the_rows_that_are_asked_for(situation: Situation) -> None:
    features = (ColumnFact("craft", "text", ("kayak", "canoe")), ColumnFact("hours", "int"))
    talk = replace(situation, models=(ModelFact("rentals_returned", "returned", features),))
    made = planned(talk, "Predict only the july rentals with more than 4 hours", PREDICT | {"columns": ["craft"]})
    again = ("restore_version", {"version": "july@1"})
    assert made == [kept("july", "hours > 4"), ("predict_dataset", {"dataset": "july"}), again]
    assert planned(talk, "Predict july, only the kayaks", PREDICT) == [
        kept("july", "craft = 'kayak'"),
        ("predict_dataset", {"dataset": "july"}),
        again,
    ]
    assert planned(talk, "Predict july with it", PREDICT) == [("predict_dataset", {"dataset": "july"})]


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ("Predict the guided rentals by raft", "craft = 'raft' AND guided = 'yes'"),
        (
            "now predict the kayak rentals since March 2024",
            "rented_on >= CAST('2024-03-01' AS DATE) AND craft = 'kayak'",
        ),
    ],
)
def test_several_rows_that_are_described_are_each_predicted(
    request_: str, condition: str, situation: Situation
) -> None:
    features = (ColumnFact("craft", "text", ("kayak", "canoe", "raft")), ColumnFact("hours", "int"))
    talk = replace(situation, models=(ModelFact("rentals_returned", "returned", features, dataset="rentals"),))
    made = planned(talk, request_, {"tool": "predict_row", "values": [{"column": "craft", "value": "raft"}]})
    again = ("restore_version", {"version": "rentals@1"})
    assert made == [kept("rentals", condition), ("predict_dataset", {"dataset": "rentals"}), again]
    one = {"tool": "predict_row", "values": [{"column": "craft", "value": "raft"}]}
    assert planned(talk, "predict a raft rental", one) == [("predict_row", {"values": one["values"]})]


# --- the data as they came ---------------------------------------------------------------------------------------

DROP = {"tool": "drop_columns", "dataset": "rentals", "columns": ["returned"]}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("changed")) as workspace:
        add(workspace, "july", "SELECT 1 AS hours")
        add(workspace, "rentals", RENTALS)
        do(workspace, "drop_columns", dataset="rentals", columns=["remark"])
        return look(workspace)


@pytest.mark.parametrize(
    "request_",
    [
        "Start over",
        "let's start from scratch",
        "Can we start over with the original data please",
        "undo everything",
        "Reset rentals to the original",
        "go back to the original file",
        "Restore the data to how it came",
        "처음부터 다시 하자",
        "원본으로 되돌려줘",
    ],
)
def test_to_start_over_takes_nothing_away(request_: str, changed: Situation) -> None:
    assert planned(changed, request_, DROP) == [("restore_version", {"version": "rentals@1"})]


def test_to_start_over_is_never_missing_in_the_data(changed: Situation, situation: Situation) -> None:
    missing = {"tool": "say_missing", "what": "start"}
    assert planned(changed, "start over", missing) == [("restore_version", {"version": "rentals@1"})]
    assert [tool for tool, _ in planned(situation, "start over", DROP)] == ["list_steps"]


@pytest.mark.parametrize(
    "request_",
    [
        "undo that",
        "drop returned",
        "start with the column returned",
        "begin a new chart",
        "back to the hours",
        "restart",
    ],
)
def test_other_beginnings_start_nothing_over(request_: str, changed: Situation) -> None:
    assert "restore_version" not in [tool for tool, _ in planned(changed, request_, DROP)]


# --- no more than is said ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "target"),
    [
        ("What are these remarks about?", None),
        ("Is anything wrong with the file?", None),
        ("check the data, I want to predict hours", "hours"),
        ("are there problems with returned?", "returned"),
    ],
)
def test_problems_are_looked_for_without_a_target_nobody_named(
    request_: str, target: str | None, situation: Situation
) -> None:
    raw = {"tool": "check_quality", "dataset": "rentals", "target": target or "remark"}
    [(_, arguments)] = planned(situation, request_, raw)
    assert arguments.get("target") == target


def test_a_value_of_the_data_is_not_missing_in_them(situation: Situation) -> None:
    with pytest.raises(ToolError) as error:
        _truly_missing(Plan(missing="canoe"), situation, "share of late returns, canoe versus kayak")
    assert str(error.value) == "canoe is a value of the column craft: compare that column with it."
    assert _truly_missing(Plan(missing="gondola"), situation, "late returns of gondola") == Plan(missing="gondola")


def test_what_a_table_is_of_is_its_rows(tmp_path: Path) -> None:
    with Workspace(tmp_path / "remarks") as workspace:
        texts = "SELECT 'text ' || i % 40 AS remark, ['A', 'B'][1 + i % 2] AS pier FROM range(90) t(i)"
        add(workspace, "skipper_remarks", texts)
        found = look(workspace)
    by_pier = "SELECT pier, count(*) AS number_of_skipper_remarks FROM skipper_remarks GROUP BY pier"
    assert composed(found, "How many remarks per pier?") == by_pier
    different = composed(found, "How many different remarks per pier?")
    assert not different or "count(DISTINCT remark)" in different


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("Show me the rentals where it was wrong although it was sure", "show_mistakes"),
        ("list its worst mistakes", "show_mistakes"),
        ("show me the crafts where it is wrong most often", "error_by_segment"),
        ("show its errors by craft", "error_by_segment"),
    ],
)
def test_rows_that_a_model_gets_wrong_are_its_mistakes(request_: str, tool: str, situation: Situation) -> None:
    features = (ColumnFact("craft", "text", ("kayak", "canoe", "raft")), ColumnFact("hours", "int"))
    talk = replace(situation, models=(ModelFact("rentals_returned", "returned", features),))
    [(made, _)] = planned(talk, request_, {"tool": "error_by_segment", "column": "craft"})
    assert made == tool


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("Build a model that sorts the remarks by returned", "remark"),
        ("classify each remark as returned late or not", "remark"),
        ("classify returned, ignore the remark", ""),
        ("predict returned from craft and the remark", ""),
        ("classify rentals by returned", ""),
    ],
)
def test_a_model_that_sorts_texts_reads_them(request_: str, text: str, situation: Situation) -> None:
    arguments = planned(situation, request_, BUILD)[-1][1]
    assert arguments.get("text", "") == text


@pytest.mark.parametrize(
    ("request_", "tool", "only"),
    [
        ("When will canoes go out most in those days?", "forecast", ["canoe"]),
        ("how many hours will kayaks be out next week?", "forecast", ["kayak"]),
        ("when did canoes go out most?", "query_data", None),
        ("how many hours will kayaks be out if the price falls?", "query_data", None),
    ],
)
def test_what_will_be_is_told_by_the_forecast(request_: str, tool: str, only: list[str] | None, situation: Situation) -> None:  # fmt: skip
    turn = Turn("before", ({"tool": "train_forecast", "dataset": "rentals", "target": "hours", "item": ["craft"]},))
    talk = replace(situation, models=(ModelFact("rentals_hours", "hours", (), ahead=True),), turns=(turn,))
    [(made, arguments)] = planned(talk, request_, {"tool": "query_data", "sql": "SELECT sum(hours) FROM rentals"})
    assert (made, arguments.get("only")) == (tool, only)


def test_two_columns_that_are_known_ahead_are_both_known(situation: Situation) -> None:
    raw = {"tool": "train_forecast", "dataset": "rentals", "target": "hours"}
    request = "Forecast the hours for the next 14 days, guided and price are known in advance"
    assert planned(situation, request, raw)[0][1]["known_columns"] == ["price", "guided"]
