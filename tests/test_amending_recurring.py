"""Forecasts that a request wants again and again, and those that are wanted once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ModelFact, Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

AHEAD = ModelFact("shop_sales_forecast", "sales", (), ahead=True)
OTHER = ModelFact("shop_visits_forecast", "visits", (), ahead=True)
ROWS = ModelFact("shop_sales", "sales", ())


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        days = "SELECT DATE '2022-01-01' + i::INT AS day, i % 30 AS sales, i % 7 AS visits FROM range(400) t(i)"
        add(workspace, "shop", days)
        return look(workspace)


Planned = list[tuple[str, dict[str, Any]]]


def steps(situation: Situation, request: str, *raw: dict[str, Any]) -> Planned:
    plan = read_plan({"steps": list(raw)}, catalogue(), situation, request)
    return [(step.tool, step.arguments) for step in plan.steps]


RECUR = [
    ("forecast next month's sales every Monday", "every Monday at 07:00"),
    ("forecast the sales of the next 3 months every week", "every Monday at 07:00"),
    ("every month, forecast the next quarter's sales", "on day 1 of every month at 07:00"),
    ("refresh the forecast of sales every day at 6", "every day at 06:00"),
    ("predict next week's sales each morning", "every day at 07:00"),
    ("on Mondays forecast the sales of the next 4 weeks", "every Monday at 07:00"),
    ("update the forecast of sales whenever the data changes", "whenever it changes"),
    ("forecast next week's sales when new data comes in", "whenever it changes"),
    ("schedule a weekly forecast of sales", "every Monday at 07:00"),
    ("매주 월요일마다 다음 달 sales를 예측해줘", "every Monday at 07:00"),
    ("매달 1일에 다음 달 sales를 예측해줘", "on day 1 of every month at 07:00"),
    ("매일 아침 8시에 앞으로 2주 sales를 예측해줘", "every day at 08:00"),
    ("데이터가 업데이트되면 sales를 다시 예측해줘", "whenever it changes"),
]


@pytest.mark.parametrize(("request_", "when"), RECUR)
def test_a_forecast_that_shall_recur_is_scheduled(request_: str, when: str, situation: Situation) -> None:
    with_models = replace(situation, models=(ROWS, OTHER, AHEAD))
    [(tool, arguments)] = steps(with_models, request_, {"tool": "forecast"})
    arguments.pop("dataset", None)  # the only one there is
    assert (tool, arguments) == ("schedule_predictions", {"when": when, "model": "shop_sales_forecast"})


@pytest.mark.parametrize(
    "request_",
    [
        "forecast daily sales for the next 2 weeks",
        "forecast the sales of each week of the next quarter",
        "forecast sales every month for the next year",
        "forecast sales for every day of next week",
        "forecast sales for each Monday of next month",
        "forecast next month's sales for every visit",
        "forecast weekly sales",
        "forecast next month's sales",
        "forecast sales if the price changes",
        "how much will we sell on Monday?",
        "매일 sales를 다음 2주 동안 예측해줘",
        "주별 sales를 예측해줘",
        "다음 달 sales를 예측해줘",
    ],
)
def test_the_step_of_a_series_is_no_schedule(request_: str, situation: Situation) -> None:
    with_model = replace(situation, models=(AHEAD,))
    assert [tool for tool, _ in steps(with_model, request_, {"tool": "forecast"})] == ["forecast"]


def test_what_if_is_no_schedule(situation: Situation) -> None:
    changes = {"tool": "forecast", "changes": [{"column": "visits", "value": "+10 %"}]}
    made = steps(replace(situation, models=(AHEAD,)), "every Monday forecast sales with 10 % more visits", changes)
    assert [tool for tool, _ in made] == ["forecast"]


@pytest.mark.parametrize(
    "planned",
    [
        [{"tool": "schedule_predictions", "dataset": "shop", "when": "every Monday"}],
        [{"tool": "train_forecast", "dataset": "shop", "target": "sales"}],
        [
            {"tool": "train_forecast", "dataset": "shop", "target": "sales"},
            {"tool": "schedule_predictions", "dataset": "shop", "when": "every Monday"},
        ],
        [{"tool": "query_data", "sql": "SELECT sum(sales) FROM shop"}],
    ],
)
def test_a_forecast_without_a_model_has_it_built_first(planned: list[dict[str, Any]], situation: Situation) -> None:
    build, schedule = steps(situation, "forecast next month's sales every Monday", *planned)
    assert build == ("train_forecast", {"dataset": "shop", "target": "sales", "horizon": 1, "frequency": "month"})
    assert schedule == ("schedule_predictions", {"when": "every Monday at 07:00", "dataset": "shop"})


@pytest.mark.parametrize(
    ("request_", "when"),
    [
        ("Do that forecast again every Monday at 7", "every Monday at 07:00"),
        ("repeat this forecast every night at 2", "every day at 02:00"),
        ("매주 월요일 7시에 방금 예측 다시 해줘", "every Monday at 07:00"),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_the_forecast_that_was_made_recurs_without_a_new_model(
    request_: str, when: str, alone: bool, situation: Situation
) -> None:
    build = {"tool": "train_forecast", "dataset": "shop", "target": "sales"}
    made = steps(replace(situation, models=(AHEAD,)), request_, build, *([] if alone else [{"tool": "forecast"}]))
    assert made == [("schedule_predictions", {"when": when, "model": "shop_sales_forecast"})]


def test_predictions_of_rows_that_recur_stay_what_they_are(situation: Situation) -> None:
    with_models = replace(situation, models=(ROWS, AHEAD))
    raw = {"tool": "schedule_predictions", "dataset": "shop", "when": "every Monday"}
    made = steps(with_models, "predict the rows of shop every Monday", raw)
    assert made == [("schedule_predictions", {"dataset": "shop", "when": "every Monday at 07:00"})]


ORDERS = "SELECT 'O' || (1000 + i) AS order_id, DATE '2022-01-01' + i::INT AS day, i % 50 AS freight, ['yes', 'no'][1 + i % 2] AS returned FROM range(400) t(i)"
WHEN = {"when": "every day at 06:00", "dataset": "orders"}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("orders")) as workspace:
        add(workspace, "orders", ORDERS)
        return look(workspace)


ASKED = {"tool": "ask_user", "question": "Which model?", "options": ["returned", "freight"]}
MISSING = {"tool": "say_missing", "what": "risk"}
LOOK = {"tool": "query_data", "sql": "SELECT * FROM orders"}


@pytest.mark.parametrize("raw", [ASKED, MISSING, LOOK, {"tool": "schedule_predictions", "when": "6"}])
@pytest.mark.parametrize(
    ("request_", "target"),
    [
        ("every morning at 6 score the newest orders for the risk of being returned", "returned"),
        ("predict which orders are returned, again every day at 6", "returned"),
        ("each morning at 6 estimate the freight of new orders", "freight"),
        ("매일 아침 6시에 returned 여부를 예측해줘", "returned"),
        ("every morning at 6 score the newest orders", ""),
    ],
)
def test_predictions_that_recur_have_their_model_built_first(
    raw: dict[str, Any], request_: str, target: str, orders: Situation
) -> None:
    build = [("train_model", {"dataset": "orders", "target": target})] if target else []
    assert steps(orders, request_, raw) == [*build, ("schedule_predictions", WHEN)]


@pytest.mark.parametrize(
    "request_",
    [
        "every morning at 6 count the orders",
        "how many orders are returned every day?",
        "score the newest orders for the risk of being returned",
        "what was the freight each day?",
        "매일 returned가 몇 건이야?",
    ],
)
def test_what_does_not_recur_or_predicts_nothing_is_no_schedule(request_: str, orders: Situation) -> None:
    assert "schedule_predictions" not in [tool for tool, _ in steps(orders, request_, LOOK)]
    known = replace(orders, models=(ModelFact("orders_returned", "returned", ()),))
    assert "train_model" not in [tool for tool, _ in steps(known, f"{request_} every morning at 6", LOOK)]


@pytest.mark.parametrize("request_", ["매일 아침 7시에 다시 예측해줘", "predict that again every day at 7"])
def test_the_rows_of_a_forecast_are_not_what_it_is_made_from(request_: str, tmp_path: Path) -> None:
    """The newest dataset holds what was forecast: the schedule reads the series instead."""
    with Workspace(tmp_path / "project") as workspace:
        days = "SELECT DATE '2022-01-01' + i::INT AS day, i % 30 AS sales FROM range(400) t(i)"
        add(workspace, "shop", days)
        add(workspace, "shop_forecast", "SELECT DATE '2023-02-05' AS day, 12.5 AS forecast, 10.0 AS p10")
        there = replace(look(workspace), models=(AHEAD,))
        for raw in (
            {"tool": "forecast"},
            {"tool": "schedule_predictions", "when": "daily", "dataset": "shop_forecast"},
        ):
            [(tool, arguments)] = steps(there, request_, raw)
            assert (tool, arguments.get("dataset", "shop")) == ("schedule_predictions", "shop")
