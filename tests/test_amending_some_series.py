"""Forecasts of some of several series, as a request names them, and looks at one of those that were forecast."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

Planned = list[tuple[str, dict[str, Any]]]
BUILT = {"dataset": "visits", "target": "visitors", "horizon": 7, "frequency": "day"}


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        rows = (
            "SELECT DATE '2024-01-01' + i::INT AS day, branch, region, 100 + i % 7 AS visitors, i % 2 AS promo"
            " FROM range(60) t(i), (VALUES ('Mall', 'north'), ('Airport', 'south'), ('Downtown', 'north'), ('몰', 'south'), ('7', 'south')) b(branch, region)"
        )
        add(workspace, "visits", rows)
        return look(workspace)


def steps(situation: Situation, request: str, *raw: dict[str, Any]) -> Planned:
    plan = read_plan({"steps": list(raw)}, catalogue(), situation, request)
    return [(step.tool, step.arguments) for step in plan.steps]


@pytest.mark.parametrize(
    ("request_", "only"),
    [
        ("Forecast visitors at just the Mall for the next 7 days", ["Mall"]),
        ("forecast daily visitors for the next 7 days, only Airport and Downtown", ["Airport", "Downtown"]),
        ("predict the Airport's visitors for the next 7 days", ["Airport"]),
        ("forecast visitors for the next 7 days in the north", ["north"]),
        ("forecast visitors of branch 7 for the next 7 days", ["7"]),
        ("몰만 다음 7일 visitors 예측해줘", ["몰"]),
        ("다음 7일 visitors 예측해줘, 몰하고 Mall만", ["Mall", "몰"]),
        ("forecast visitors for the next 7 days for all but not the Mall", ["7", "Airport", "Downtown", "몰"]),
        ("Mall 제외하고 다음 7일 visitors 예측해줘", ["7", "Airport", "Downtown", "몰"]),
        ("forecast visitors for the next 7 days", None),
        ("forecast visitors for the next 7 days per branch", None),
        ("forecast visitors for the next 7 days, only weekly totals matter", None),
        ("forecast visitors for the next 7 days and just tell me the total", None),
        ("forecast visitors of the north and the south for the next 7 days", None),
        ("forecast visitors for the next 7 days with public holidays in Mall", None),
        ("몰라도 되니까 다음 7일 visitors 예측해줘", None),
    ],
)
def test_a_forecast_is_of_the_series_that_are_named(
    request_: str, only: list[str] | None, situation: Situation
) -> None:
    (tool, arguments), *after = steps(situation, request_, {"tool": "train_forecast"} | BUILT)
    assert (tool, sorted(arguments.get("only", [])) or None) == ("train_forecast", only)
    assert after == [("forecast", {})]


def test_a_column_is_no_series(situation: Situation) -> None:
    plan = {"tool": "train_forecast", "only": ["visitors"]} | BUILT
    [built, *_] = steps(situation, "Forecast visitors for the next 7 days with all data only", plan)
    assert built == ("train_forecast", BUILT)


def test_a_filter_before_such_a_build_is_left_out_unless_it_is_asked_for(situation: Situation) -> None:
    plan = [
        {"tool": "filter_rows", "dataset": "visits", "condition": "branch = 'Mall'"},
        {"tool": "train_forecast"} | BUILT,
    ]
    made = steps(situation, "Forecast only the Mall for the next 7 days", *plan)
    assert [tool for tool, _ in made] == ["train_forecast", "forecast"]
    kept = steps(situation, "Keep only the rows of the Mall, then forecast visitors for the next 7 days", *plan)
    assert [tool for tool, _ in kept] == ["filter_rows", "train_forecast", "forecast"]


@pytest.mark.parametrize(
    ("request_", "before", "expected"),
    [
        ("just show me the Mall", {}, [("forecast", {"only": ["Mall"]})]),
        ("now only the Mall and the Airport please", {}, [("forecast", {"only": ["Mall", "Airport"]})]),
        ("what about just the north region?", {}, [("forecast", {"only": ["north"]})]),
        ("몰만 보여줘", {}, [("forecast", {"only": ["몰"]})]),
        (
            "and what about the Airport?",
            {"only": ["Mall"]},
            [("train_forecast", BUILT | {"only": ["Airport"]}), ("forecast", {})],
        ),
        ("just show me the rows of the Mall where promo is 1", {}, [("query_data", {"sql": "SELECT 1"})]),
        ("How many visitors did the Mall have?", {}, [("query_data", {"sql": "SELECT 1"})]),
        ("just show me the total", {}, [("query_data", {"sql": "SELECT 1"})]),
    ],
)
def test_after_a_forecast_one_of_its_series_is_looked_at(
    request_: str, before: dict[str, Any], expected: Planned, situation: Situation
) -> None:
    turn = Turn("forecast the visitors", ({"tool": "train_forecast"} | BUILT | before, {"tool": "forecast"}))
    model = ModelFact("visits_visitors_forecast", "visitors", (), ahead=True)
    talk = replace(situation, models=(model,), turns=(turn,))
    made = steps(talk, request_, {"tool": "query_data", "sql": "SELECT 1"})
    assert [(tool, one) for tool, one in made] == expected


def test_a_schedule_of_some_series_has_a_model_of_those_built_first(situation: Situation) -> None:
    model = ModelFact("visits_visitors_forecast", "visitors", (), ahead=True)
    request = "forecast only the Mall's visitors of the next 7 days every Monday"
    made = steps(replace(situation, models=(model,)), request, {"tool": "forecast"})
    assert made == [
        ("train_forecast", BUILT | {"only": ["Mall"]}),
        ("schedule_predictions", {"when": "every Monday at 07:00", "dataset": "visits"}),
    ]


STALLS = {"dataset": "stalls", "target": "boxes", "horizon": 14, "item": ["fruit"], "known_columns": ["price"]}


@pytest.fixture(scope="module")
def stalls(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("stalls")) as workspace:
        rows = (
            "SELECT DATE '2024-01-01' + i::INT AS day, fruit, 40 + i % 7 AS boxes, 2.5 + i % 3 AS price, ['yes', 'no'][1 + i % 2] AS promo"
            " FROM range(60) t(i), (VALUES ('plum'), ('cherry'), ('apricot')) b(fruit)"
        )
        add(workspace, "stalls", rows)
        price = ColumnFact("price", "decimal")
        model = ModelFact("stalls_boxes", "boxes", (price,), ahead=True, dataset="stalls")
        turn = Turn("before", ({"tool": "train_forecast"} | STALLS, {"tool": "forecast"}))
        return replace(look(workspace), models=(model,), turns=(turn,))


def changed(column: str, value: object) -> dict[str, Any]:
    return {"changes": [{"column": column, "value": value}]}


@pytest.mark.parametrize(
    ("request_", "given", "made"),
    [
        ("What if plums cost 2.00 instead?", changed("price", 2.0), changed("price", 2.0) | {"only": ["plum"]}),
        ("what if the price of cherries falls by 10 %?", changed("price", "-10 %"), changed("price", "-10 %") | {"only": ["cherry"]}),
        ("What if everything costs 2.00?", changed("price", 2.0), changed("price", 2.0)),
        ("what if the price rises by 10 %?", changed("price", "+10 %"), changed("price", "+10 %")),
    ],
)  # fmt: skip
def test_what_is_supposed_of_one_series_is_told_of_that(
    request_: str, given: dict[str, Any], made: dict[str, Any], stalls: Situation
) -> None:
    assert steps(stalls, request_, {"tool": "forecast"} | given) == [("forecast", made)]


def test_a_column_called_by_another_word_is_known_ahead_first(stalls: Situation) -> None:
    before = STALLS | {"known_columns": []}
    unknown = replace(
        stalls,
        models=(ModelFact("stalls_boxes", "boxes", (), ahead=True, dataset="stalls"),),
        turns=(Turn("before", ({"tool": "train_forecast"} | before, {"tool": "forecast"})),),
    )
    made = steps(unknown, "What if plums cost 2.00 instead?", {"tool": "forecast"} | changed("price", 2.0))
    assert made == [("train_forecast", STALLS), ("forecast", changed("price", 2.0) | {"only": ["plum"]})]
    assert steps(unknown, "What if plums cost less?", {"tool": "forecast"} | changed("price", 2.0))[0][0] == "forecast"
