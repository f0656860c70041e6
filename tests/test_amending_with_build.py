"""What is asked besides a build, texts that are to be read, costs, and the days to come of a forecast."""

from pathlib import Path
from typing import Any

import pytest

from assistant.context import look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

ORDERS = (
    "SELECT i AS order_no, 'the box came ' || i || ' days late and broken' AS review, 20 + i % 50 AS age, 1000 + i % 70 AS income, 5 + i % 9 AS amount,"
    " CASE WHEN i % 2 = 0 THEN 'yes' ELSE 'no' END AS returned, 'M' || i % 4 AS machine FROM range(200) t(i)"
)
BIKES = "SELECT DATE '2024-01-01' + i::INT AS day, s AS station, i % 30 AS hires, i % 9 AS rain, i % 2 AS event FROM range(90) t(i), (VALUES ('Zoo'), ('Campus')) b(s)"  # fmt: skip
AHEAD = BIKES.replace("i % 30 AS hires, ", "").replace("2024-01-01", "2024-03-31").replace("range(90)", "range(14)")


def planned(tmp_path: Path, request: str, *raw: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    with Workspace(tmp_path / "project") as workspace:
        for name, sql in (("orders", ORDERS), ("weather_ahead", AHEAD), ("bikes", BIKES)):
            add(workspace, name, sql)
        plan = read_plan({"steps": list(raw)}, catalogue(), look(workspace), request)
    return [(one.tool, one.arguments) for one in plan.steps]


TRAIN = {"tool": "train_model", "dataset": "orders", "target": "returned"}
BUILT = ("train_model", {"dataset": "orders", "target": "returned"})
TEXT = ("train_text_model", {"dataset": "orders", "text": "review", "target": "returned"})


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("predict returned and show me the leaderboard", [BUILT, ("compare_candidates", {})]),
        ("predict returned and tell me which columns are most important", [BUILT, ("explain_model", {})]),
        ("returned 예측 모델 만들고 변수 중요도 알려줘", [BUILT, ("explain_model", {})]),
        ("build a model of returned", [BUILT]),
        ("predict returned, what matters is that it is quick", [("train_model", BUILT[1] | {"build": "quick"}), ("explain_model", {})]),
        ("Can you tell from the review text whether it is returned?", [TEXT]),
        ("predict returned from what customers write", [TEXT]),
        ("리뷰 글을 읽고 returned 예측해줘", [TEXT]),
        ("predict returned from age and income", [BUILT]),
        (
            "A missed return costs us 90, a wrongly flagged order 4. Build the model of returned and say where to draw the line",
            [BUILT, ("choose_threshold", {"miss_cost": 90, "false_alarm_cost": 4})],
        ),
    ],
)  # fmt: skip
def test_what_is_asked_with_a_build_is_done(
    request_: str, expected: list[tuple[str, dict[str, Any]]], tmp_path: Path
) -> None:
    assert planned(tmp_path, request_, TRAIN) == expected


def test_rows_that_stay_together_are_a_split_and_no_columns(tmp_path: Path) -> None:
    [(_, arguments)] = planned(
        tmp_path, "build a model of returned but keep all orders of a machine together when testing", TRAIN
    )
    assert {"split": "group", "split_column": "machine"}.items() <= arguments.items()
    assert "keep" not in arguments


FORECAST = {"tool": "train_forecast", "dataset": "bikes", "target": "hires"}


@pytest.mark.parametrize(
    ("request_", "known", "future"),
    [
        ("forecast hires for the next 14 days using weather_ahead", ["rain", "event"], {"future": "weather_ahead"}),
        ("다음 14일 hires 예측해줘, 미래 값은 weather_ahead에 있어", ["rain", "event"], {"future": "weather_ahead"}),
        ("forecast hires for the next 14 days", None, {}),
        ("forecast hires for the next 14 days of the orders", None, {}),
    ],
)
def test_a_dataset_of_days_to_come_is_what_the_forecast_knows_ahead(
    request_: str, known: list[str] | None, future: dict[str, str], tmp_path: Path
) -> None:
    (tool, built), ahead = planned(tmp_path, request_, FORECAST)
    assert (tool, built.get("known_columns"), ahead) == ("train_forecast", known, ("forecast", future))


def test_how_many_will_be_hired_is_a_forecast_of_hires(tmp_path: Path) -> None:
    train = {"tool": "train_model", "dataset": "bikes", "target": "event"}
    made = planned(tmp_path, "How many bikes will be hired at the Zoo next week?", train)
    assert made == [
        ("train_forecast", {"dataset": "bikes", "target": "hires", "horizon": 1, "frequency": "week", "only": ["Zoo"]}),
        ("forecast", {}),
    ]


@pytest.mark.parametrize(
    ("request_", "values"),
    [
        ("What's the chance that a 30 year old with income 1040 returns it?", {"age": 30, "income": 1040}),
        ("What is the chance that someone 41 years old asking for 7 with income 1003 returns it?", {"age": 41, "income": 1003, "amount": 7}),
        ("나이 35살 income 2천만인 사람의 returned 확률은?", {"age": 35, "income": 20_000_000}),
        ("what is the chance that orders are returned?", None),
    ],
)  # fmt: skip
def test_a_case_that_is_described_is_predicted(request_: str, values: dict[str, int] | None, tmp_path: Path) -> None:
    made = planned(tmp_path, request_, {"tool": "query_data", "sql": "SELECT * FROM orders"})
    found = next((one["values"] for tool, one in made if tool == "predict_row"), None)
    assert (values is None and found is None) or {one["column"]: one["value"] for one in found or []} == values
