"""How far ahead a forecast goes, as requests say it; and what a threshold shall reach."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.amending.forecasts import forecasted, made_anew
from assistant.amending.judged import judged
from assistant.amending.predicted import batched, exported, imagined
from assistant.amending.thresholds import thresholded
from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.plan import Step, read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(
            workspace,
            "shop",
            "SELECT DATE '2022-01-01' + i::INT AS day, i % 30 AS sales, 'x' AS note FROM range(400) t(i)",
        )
        return look(workspace)


def steps(situation: Situation, request: str, tool: str, **arguments: Any) -> list[tuple[str, dict[str, Any]]]:
    raw = {"tool": tool, "dataset": "shop"} | arguments
    return [(step.tool, step.arguments) for step in read_plan({"steps": [raw]}, catalogue(), situation, request).steps]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("Forecast sales for the next 12 months", {"horizon": 12, "frequency": "month"}),
        ("forecast daily sales for the next two weeks", {"horizon": 14, "frequency": "day"}),
        ("weekly forecast of sales for the next quarter", {"horizon": 13, "frequency": "week"}),
        ("forecast sales next year", {"horizon": 12, "frequency": "month"}),
        ("forecast sales 14 days ahead with a 90% band", {"horizon": 14, "frequency": "day", "quantiles": [5.0, 95.0]}),
        ("다음 3개월 매출 예측해줘", {"horizon": 3, "frequency": "month"}),
        ("2주치 sales 예측해줘", {"horizon": 2, "frequency": "week"}),
        ("최근 3개월치 데이터로 sales 예측 모델", {}),
        ("앞으로 30일 sales 예측해줘 공휴일도 반영해서", {"horizon": 30, "frequency": "day", "holidays": "KR"}),
        ("다음 2주 sales 예측, 미국 공휴일 반영", {"horizon": 2, "frequency": "week", "holidays": "US"}),
        (
            "다음 2주 sales 예측해줘, note는 미리 아는 값이야",
            {"horizon": 2, "frequency": "week", "known_columns": ["note"]},
        ),
        (
            "forecast sales for the next 2 weeks, note is known in advance",
            {"horizon": 2, "frequency": "week", "known_columns": ["note"]},
        ),
        ("다음 2주 sales 예측해줘, note도 봐줘", {"horizon": 2, "frequency": "week"}),
        ("앞으로 30일 매출을 한국 공휴일을 고려해서 예측해줘", {"horizon": 30, "frequency": "day", "holidays": "KR"}),
        ("predict sales for half a year ahead", {"horizon": 6, "frequency": "month"}),
        ("sales six weeks ahead", {"horizon": 6, "frequency": "week"}),
        ("다음 석 달 매출 예측해줘", {"horizon": 3, "frequency": "month"}),
        ("forecast sales with the 5% and 95% bounds", {"quantiles": [5.0, 95.0]}),
        ("sales를 10%와 90% 분위로 예측해줘", {"quantiles": [10.0, 90.0]}),
        ("how many sales will each note get?", {"item": ["note"]}),
        ("forecast sales of every day", {}),
        ("forecast sales. The note is planned ahead.", {"known_columns": ["note"]}),
        ("note는 미리 정해져 있어. sales를 예측해줘", {"known_columns": ["note"]}),
        ("forecast sales", {}),
    ],
)
def test_a_forecast_goes_as_far_as_is_said_and_is_made(
    request_: str, said: dict[str, Any], situation: Situation
) -> None:
    assert steps(situation, request_, "train_forecast", target="sales") == [
        ("train_forecast", {"dataset": "shop", "target": "sales"} | said),
        ("forecast", {}),
    ]


@pytest.mark.parametrize(
    ("request_", "tool", "arguments", "made"),
    [
        ("How many sales will each note get over the next three weeks?", "train_model", {"target": "open"}, True),
        ("How many sales will we have next month?", "query_data", {"sql": "SELECT count(*) FROM shop"}, True),
        ("앞으로 3주 동안 sales가 얼마나 될까?", "train_model", {"target": "open"}, True),
        ("Will it be open next week?", "train_model", {"target": "open"}, False),
        ("How many sales were there last week?", "train_model", {"target": "open"}, False),
    ],
)
def test_how_many_there_will_be_is_a_forecast_of_the_number(
    request_: str, tool: str, arguments: dict[str, Any], made: bool, situation: Situation
) -> None:
    [shop] = situation.tables
    seen = replace(situation, tables=(replace(shop, columns=(*shop.columns, ColumnFact("open", "int", (0, 1)))),))
    given = arguments if tool == "query_data" else {"dataset": "shop"} | arguments
    first = forecasted([Step(tool=tool, arguments=given)], seen, request_)[0]
    assert (first.tool, first.arguments.get("target")) == (
        ("train_forecast", "sales") if made else (tool, given.get("target"))
    )


@pytest.mark.parametrize(
    ("request_", "tool", "more"),
    [
        ("Include US holidays", "add_holidays", {"holidays": "US"}),
        ("Give me the 5% and 95% bounds too", "evaluate_model", {"quantiles": [5.0, 95.0]}),
        ("한국 공휴일도 고려해줘", "query_data", {"holidays": "KR"}),
        ("with 10% and 90% bounds please", "predict_dataset", {"quantiles": [10.0, 90.0]}),
        ("Forecast the visitors with US holidays", "train_forecast", None),
        ("How good is it?", "evaluate_model", None),
        ("Mark the US holidays", "filter_rows", None),
    ],
)
def test_the_last_forecast_is_made_anew_with_what_is_said_besides(
    request_: str, tool: str, more: dict[str, Any] | None, situation: Situation
) -> None:
    built = {"dataset": "shop", "target": "sales", "horizon": 14, "frequency": "day", "item": ["note"]}
    turn = Turn("forecast it", ({"tool": "train_forecast"} | built, {"tool": "forecast"}))
    ahead = replace(situation, models=(ModelFact("shop_sales", "sales", (), ahead=True),), turns=(turn,))
    step = Step(tool=tool, arguments={"dataset": "shop_forecast"})
    made = [(one.tool, one.arguments) for one in made_anew([step], ahead, request_)]
    assert made == ([("train_forecast", built | more), ("forecast", {})] if more else [(tool, step.arguments)])
    assert made_anew([step], replace(ahead, turns=()), request_) == [step]


def test_only_a_model_is_built_where_only_that_is_asked_for(situation: Situation) -> None:
    made = steps(situation, "build a forecast model of sales", "train_forecast", target="sales")
    assert [tool for tool, _ in made] == ["train_forecast"]


@pytest.mark.parametrize(
    ("request_", "tools"),
    [
        ("predict sales for the next 3 months", ["train_forecast", "forecast"]),
        ("predict sales from the note", ["train_model"]),
    ],
)
def test_the_future_of_a_series_is_a_forecast(request_: str, tools: list[str], situation: Situation) -> None:
    assert [tool for tool, _ in steps(situation, request_, "train_model", target="sales")] == tools


@pytest.mark.parametrize(
    ("request_", "sql", "tools"),
    [
        ("How much will we sell in the next quarter?", "SELECT sum(sales) FROM shop", ["train_forecast", "forecast"]),
        ("다음 석 달 동안 얼마나 팔릴까?", "SELECT day, sales FROM shop", ["train_forecast", "forecast"]),
        ("다음달 손님 얼마나 올까?", "SELECT sum(sales) FROM shop", ["train_forecast", "forecast"]),
        ("다음달까지 온 손님은 몇 명이야?", "SELECT sum(sales) FROM shop", ["query_data"]),
        ("How much did we sell in the month following May?", "SELECT sum(sales) FROM shop", ["query_data"]),
        ("How many rows will there be next month?", "SELECT count(*) FROM shop", ["query_data"]),
    ],
)
def test_a_question_to_the_future_is_a_forecast_where_there_is_none_yet(
    request_: str, sql: str, tools: list[str], situation: Situation
) -> None:
    raw = {"steps": [{"tool": "query_data", "sql": sql}]}
    assert [step.tool for step in read_plan(raw, catalogue(), situation, request_).steps] == tools
    known = replace(situation, models=(ModelFact("ahead", "sales", (), ahead=True),))
    told = "forecast" if "will we sell" in request_ else "query_data"
    assert [step.tool for step in read_plan(raw, catalogue(), known, request_).steps] == [told]


@pytest.mark.parametrize(
    ("request_", "tool", "tools"),
    [
        ("앞으로 30일 sales 예측해줘 공휴일도 반영해서", "fix_issues", ["train_forecast", "forecast"]),
        ("forecast sales for the next 30 days", "fix_issues", ["train_forecast", "forecast"]),
        ("clean it up for the next 30 days of work", "fix_issues", ["fix_issues"]),
        ("sales 예측하기 전에 데이터 정리해줘", "fix_issues", ["fix_issues"]),
    ],
)
def test_the_days_to_come_are_forecast_whatever_else_was_planned(
    request_: str, tool: str, tools: list[str], situation: Situation
) -> None:
    assert [step for step, _ in steps(situation, request_, tool)] == tools


def test_a_type_made_ready_for_a_forecast_and_nothing_more_is_the_forecast(situation: Situation) -> None:
    ready = {"tool": "change_type", "columns": ["sales"], "type": "decimal"}
    assert steps(situation, "i need sales for the coming 3 months", **ready) == [
        ("train_forecast", {"dataset": "shop", "target": "sales", "horizon": 3, "frequency": "month"}),
        ("forecast", {}),
    ]
    asked = "make sales of the last 3 months a decimal"
    assert [tool for tool, _ in steps(situation, asked, **ready)] == ["change_type"]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("a miss costs 5 times as much as a false alarm", {"miss_cost": 5.0, "false_alarm_cost": 1.0}),
        ("false alarms cost us twice as much as misses", {"false_alarm_cost": 2.0, "miss_cost": 1.0}),
        ("missing a leaver costs 500 and a false alarm 20", {"miss_cost": 500.0, "false_alarm_cost": 20.0}),
        ("I want a recall of at least 80%, use that from now on", {"aim": "recall", "wanted": 0.8, "keep": True}),
        ("find at least 75 percent of the leavers", {"aim": "recall", "wanted": 0.75}),
        ("flag the top 10% riskiest", {"aim": "share", "wanted": 0.1}),
        ("set the threshold to 0.3", {"value": 0.3, "keep": True}),
        ("back to the default threshold", {"aim": "default"}),
        ("놓치는 비용이 오탐의 10배야", {"miss_cost": 10.0, "false_alarm_cost": 1.0}),
        (
            "Losing a customer costs me 500, a call costs 10. When should I call?",
            {"miss_cost": 500.0, "false_alarm_cost": 10.0},
        ),
        (
            "A retention call costs 5 and losing a member costs 120. Whom should we call?",
            {"miss_cost": 120.0, "false_alarm_cost": 5.0},
        ),
        ("Each repair is 200, missing a breakdown is 5,000", {"miss_cost": 5000.0, "false_alarm_cost": 200.0}),
        ("고객을 잃으면 300, 전화 한 통은 20 들어. 기준을 정해줘", {"miss_cost": 300.0, "false_alarm_cost": 20.0}),
        ("오탐 비용은 20, 놓치면 300이야. 임계값 정해줘", {"miss_cost": 300.0, "false_alarm_cost": 20.0}),
        ("재현율 90% 이상이 되게 임계값 맞춰줘", {"aim": "recall", "wanted": 0.9}),
        ("이탈 고객 놓치면 손해 20만원, 쿠폰은 1만원이야", {"miss_cost": 200000.0, "false_alarm_cost": 10000.0}),
        ("고객을 놓치면 3만원 손해고 상담 비용은 5천원이야", {"miss_cost": 30000.0, "false_alarm_cost": 5000.0}),
        ("취소 한 건 놓치면 10만원, 잘못 연락하면 5천원 손해야", {"miss_cost": 100000.0, "false_alarm_cost": 5000.0}),
        ("괜히 쿠폰을 보내면 5천원, 고객을 잃으면 20만원", {"miss_cost": 200000.0, "false_alarm_cost": 5000.0}),
        ("고장 놓치는거보다 헛경보가 나아 놓치지 않게 기준 잡아줘", {"aim": "recall", "wanted": 0.9}),
        ("choose it so that we don't miss any failures", {"aim": "recall", "wanted": 0.9}),
        ("헛경보 적게 나오는 임계값으로", {"aim": "precision", "wanted": 0.9}),
        ("I want fewer false alarms", {"aim": "precision", "wanted": 0.9}),
        ("what is the best threshold?", {}),
        ("임계값 골라줘", {}),
        ("is 0.5 good?", {"wanted": 0.5}),
    ],
)
def test_a_threshold_reaches_what_is_said(request_: str, said: dict[str, Any], situation: Situation) -> None:
    [made] = thresholded([Step(tool="choose_threshold", arguments={"wanted": 0.5})], situation, request_)
    assert made.arguments == said


def test_a_what_if_looks_at_the_same_days_to_come(situation: Situation) -> None:
    ahead = ModelFact("shop_sales_forecast", "sales", (ColumnFact("price", "decimal"),), ahead=True)
    shown = Turn("forecast", ({"tool": "train_forecast", "target": "sales"}, {"tool": "forecast", "future": "shop"}))
    talk = replace(situation, models=(ahead,), turns=(shown, Turn("how good?", ({"tool": "evaluate_model"},))))
    raw = {"tool": "what_if", "changes": [{"column": "price", "value": 5}], "row": 1}
    changes = {"changes": [{"column": "price", "value": "-5"}]}
    for turns, future in ((talk.turns, {"future": "shop"}), ((), {})):
        given = replace(talk, turns=turns)
        steps = read_plan({"steps": [raw]}, catalogue(), given, "what if it was 5 dollars cheaper?").steps
        assert [(step.tool, step.arguments) for step in steps] == [("forecast", changes | future)]


@pytest.mark.parametrize(
    ("request_", "tool", "given", "changes"),
    [
        ("What if the price rises by 10 %?", "forecast", {}, [{"column": "price", "value": "+10 %"}]),
        ("what if price drops 5 percent", "predict_row", {"values": [{"column": "price", "value": 5}]}, [{"column": "price", "value": "-5 %"}]),
        ("가격을 10% 인하하면 어떻게 될까?", "forecast", {}, [{"column": "price", "value": "-10 %"}]),
        ("what if price is 9 every day?", "what_if_all", {"changes": [{"column": "price", "value": 9}]}, [{"column": "price", "value": 9}]),
        ("what if price is 3 dollars lower?", "what_if_all", {"changes": [{"column": "price", "value": 3}]}, [{"column": "price", "value": "-3"}]),
        ("what if it costs 2 euros more?", "predict_row", {"values": [{"column": "price", "value": 2}], "dataset": "shop"}, [{"column": "price", "value": "+2"}]),
        ("what if the price is 3 dollars lower?", "what_if_all", {"changes": [{"column": "price", "value": 3}]}, [{"column": "price", "value": "-3"}]),
        ("if it was 2 euros higher, how many would we sell?", "predict_row", {"values": [{"column": "price", "value": 2}], "dataset": "shop"}, [{"column": "price", "value": "+2"}]),
        ("what if price is 9?", "forecast", {"changes": [{"column": "price", "value": 9}]}, [{"column": "price", "value": 9}]),
    ],
)  # fmt: skip
def test_what_if_of_a_forecast_is_the_change_that_is_said(
    request_: str, tool: str, given: dict[str, Any], changes: list[dict[str, Any]], situation: Situation
) -> None:
    price = ColumnFact("price", "decimal", (), ())
    ahead = replace(situation, models=(ModelFact("shop_sales_forecast", "sales", (price,), ahead=True),))
    raw = {"tool": tool} | given
    made = read_plan({"steps": [raw]}, catalogue(), ahead, request_).steps
    assert [(step.tool, step.arguments) for step in made] == [("forecast", {"changes": changes})]


def test_series_and_holidays_are_the_forecasts_own(situation: Situation) -> None:
    request = "다음 2주 매출을 note별로 한국 공휴일을 고려해서 예측해줘"
    raw = [
        {"tool": "add_holidays", "dataset": "shop", "column": "day", "country": "KR"},
        {"tool": "train_forecast", "dataset": "shop", "target": "sales", "known_columns": ["day", "note"]},
    ]
    made = read_plan({"steps": raw}, catalogue(), situation, request).steps
    said = {"horizon": 2, "frequency": "week", "holidays": "KR", "item": ["note"]}
    assert [(step.tool, step.arguments) for step in made] == [
        ("train_forecast", {"dataset": "shop", "target": "sales"} | said),
        ("forecast", {}),
    ]


@pytest.mark.parametrize(
    ("request_", "tool", "arguments", "made"),
    [
        ("is it fair? check the bias by note", "quality_report", {"dataset": "shop", "by": "note"}, ("measure_bias", {"column": "note"})),
        ("note에 따라 편향이 있는지 확인해줘", "measure_bias", {"column": "sales", "outcome": "sales"}, ("measure_bias", {"column": "note"})),
        ("how wrong is it by note?", "error_by_segment", {"column": "sales"}, ("error_by_segment", {"column": "note"})),
        ("Which rows does it get wrong?", "error_by_segment", {"column": "sales"}, ("show_mistakes", {})),
        ("Out of 100 shops you flag, how many really close?", "query_data", {"sql": "SELECT 1"}, ("evaluate_model", {})),
        ("위험하다고 예측한 곳 중에 실제로 맞는 건 얼마나 돼?", "query_data", {"sql": "SELECT 1"}, ("evaluate_model", {})),
        ("How far off is it usually?", "make_chart", {"kind": "histogram"}, ("evaluate_model", {})),
        ("얼마나 정확해?", "query_data", {"sql": "SELECT 1"}, ("evaluate_model", {})),
        ("닫는 매장을 얼마나 놓쳐?", "filter_rows", {"dataset": "shop", "condition": "sales > 3"}, ("evaluate_model", {})),
        ("몇 명이나 맞혀낼 수 있어?", "query_data", {"sql": "SELECT 1"}, ("evaluate_model", {})),
        ("몇 곳을 찾아줘?", "query_data", {"sql": "SELECT 1"}, ("query_data", {"sql": "SELECT 1"})),
        ("How many shops are really open?", "query_data", {"sql": "SELECT 1"}, ("query_data", {"sql": "SELECT 1"})),
        ("how accurate is the forecast compared to repeating last week?", "compare_periods", {"dataset": "shop", "date": "day", "value": "sales"}, ("evaluate_model", {})),
        ("Undo the last model", "undo", {}, ("delete_model", {"model": "shop_sales"})),
        ("마지막 모델 취소해줘", "undo", {}, ("delete_model", {"model": "shop_sales"})),
        ("undo the new threshold of the model", "undo", {}, ("undo", {})),
        ("undo", "undo", {}, ("undo", {})),
        ("어느 note에서 제일 많이 틀려?", "query_data", {"sql": "SELECT 1"}, ("error_by_segment", {"column": "note"})),
        ("for which note is it wrong most often?", "query_data", {"sql": "SELECT 1"}, ("error_by_segment", {"column": "note"})),
        ("note별 판매는?", "query_data", {"sql": "SELECT 1"}, ("query_data", {"sql": "SELECT 1"})),
        ("어느 매장에서 틀려?", "query_data", {"sql": "SELECT 1"}, ("query_data", {"sql": "SELECT 1"})),
        ("모델이 note 기준으로 불리하게 보는 곳이 있어?", "explain_model", {}, ("measure_bias", {"column": "note"})),
        ("is the model unfair to any note?", "explain_model", {}, ("measure_bias", {"column": "note"})),
        ("공정한 모델이야?", "measure_bias", {"column": "note", "outcome": "sales"}, ("measure_bias", {"column": "note"})),
        ("Which note does the model get wrong most often?", "explain_model", {"model": "m"}, ("error_by_segment", {"model": "m", "column": "note"})),
        ("For which note is the prediction least accurate?", "query_data", {"sql": "SELECT 1"}, ("error_by_segment", {"column": "note"})),
        ("note별로 예측이 가장 많이 틀리는 곳은?", "evaluate_model", {}, ("error_by_segment", {"column": "note"})),
        ("Does the model treat older people worse?", "explain_model", {}, ("measure_bias", {"column": "owner_age"})),
        ("Is it harder on women?", "query_data", {"sql": "SELECT 1"}, ("measure_bias", {"column": "gender"})),
        ("나이 많은 사람에게 모델이 불리해?", "evaluate_model", {}, ("measure_bias", {"column": "owner_age"})),
        ("Which note has the worst sales?", "query_data", {"sql": "SELECT 1"}, ("query_data", {"sql": "SELECT 1"})),
        ("How often is the model wrong?", "evaluate_model", {}, ("evaluate_model", {})),
        ("Why does note matter to the model?", "explain_model", {}, ("explain_model", {})),
        ("How many women are there?", "query_data", {"sql": "SELECT 1"}, ("query_data", {"sql": "SELECT 1"})),
        ("write a bias report of the data by note", "quality_report", {"dataset": "shop", "by": "note"}, ("quality_report", {"dataset": "shop", "by": "note"})),
    ],
)  # fmt: skip
def test_a_model_is_judged_by_the_groups_that_are_named(
    request_: str, tool: str, arguments: dict[str, Any], made: tuple[str, dict[str, Any]], situation: Situation
) -> None:
    read = (ColumnFact("note", "text"), ColumnFact("owner_age", "int"), ColumnFact("gender", "text", ("f", "m")))
    with_model = replace(situation, models=(ModelFact("shop_sales", "sales", read),))
    [step] = judged([Step(tool=tool, arguments=arguments)], with_model, request_)
    assert (step.tool, step.arguments) == made
    [same] = judged([Step(tool=tool, arguments=arguments)], situation, request_)
    assert (same.tool, same.arguments) == (tool, arguments)


@pytest.mark.parametrize(
    ("request_", "tool", "made"),
    [
        ("모델이 여자한테 불리해?", "explain_model", ("measure_bias", {"column": "gender"})),
        ("남녀 차별없이 공정한 모델이야?", "evaluate_model", ("measure_bias", {"column": "gender"})),
        ("does it discriminate against women?", "query_data", ("measure_bias", {"column": "gender"})),
        ("여자 고객은 몇 명이야?", "query_data", ("query_data", {})),
        ("is it unfair to young people?", "explain_model", ("explain_model", {})),
    ],
)
def test_fairness_to_women_and_men_is_asked_of_the_column_that_tells_them(
    request_: str, tool: str, made: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    with Workspace(tmp_path / "people") as workspace:
        add(workspace, "loans", "SELECT 'F' AS gender, 700 AS score, 'yes' AS approved")
        with_model = replace(look(workspace), models=(ModelFact("loans_approved", "approved", ()),))
    [step] = judged([Step(tool=tool, arguments={})], with_model, request_)
    assert (step.tool, step.arguments) == made


@pytest.mark.parametrize(
    ("request_", "tool", "given", "model"),
    [
        ("해지에 가장 큰 영향을 주는 것은?", "explain_model", {"model": "q3_left"}, "members"),
        ("what drives the price?", "explain_model", {}, "homes_price"),
        ("how good is the model of left?", "evaluate_model", {"model": "members"}, "q3_left"),
        ("how good is homes_price?", "evaluate_model", {}, "homes_price"),
        ("how good is it?", "evaluate_model", {"model": "q3_left"}, "q3_left"),
        ("해지 예측이 얼마나 맞아?", "evaluate_model", {}, None),
        ("what is the average price?", "query_data", {"sql": "SELECT avg(sales) FROM shop"}, None),
    ],
)
def test_the_model_whose_target_is_spoken_of_is_the_one_that_is_asked(
    request_: str, tool: str, given: dict[str, Any], model: str | None, situation: Situation
) -> None:
    models = (
        ModelFact("members", "해지여부", ()),
        ModelFact("homes_price", "price", ()),
        ModelFact("q3_left", "left", ()),
    )
    [step] = judged([Step(tool=tool, arguments=given)], replace(situation, models=models), request_)
    assert (step.tool, step.arguments.get("model")) == (tool, model)


HOME = (
    ColumnFact("area_m2", "int", (), ()), ColumnFact("bedrooms", "int", (), ()), ColumnFact("나이", "int", (), ()),
    ColumnFact("월요금", "int", (), ()), ColumnFact("층", "int", (), ()),
    ColumnFact("parking_fee", "int", (), ()), ColumnFact("건축년도", "int", (), ()), ColumnFact("district", "text", ("Riverside", "Old Town"), ()),
)  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "values"),
    [
        (
            "what would a home with area_m2 120 and 3 bedrooms in Riverside cost?",
            {"area_m2": 120, "bedrooms": 3, "district": "Riverside"},
        ),
        (
            "what would a 3 bedrooms home of 85 m2 with a fee of 40 cost?",
            {"area_m2": 85, "bedrooms": 3, "parking_fee": 40},
        ),
        ("나이 35, 월요금 90000인 회원은 해지할까?", {"나이": 35, "월요금": 90000}),
        ("84.9㎡ 10층 2015년식이면 얼마쯤 할까?", {"area_m2": 84.9, "층": 10, "건축년도": 2015}),
        ("how much would a home of 12 층, built in 1998 cost?", {"층": 12, "건축년도": 1998}),
        ("3층짜리는 몇 채야?", None),
        ("how many homes have 3 bedrooms?", None),
        ("what is the mean area_m2?", None),
    ],
)
def test_one_case_that_is_described_is_predicted(
    request_: str, values: dict[str, Any] | None, situation: Situation
) -> None:
    with_model = replace(situation, models=(ModelFact("homes_price", "price", HOME),))
    step = Step(tool="query_data", arguments={"sql": "SELECT 1"})
    [made] = imagined([step], with_model, request_)
    if values is None:
        assert made == step
    else:
        assert made.tool == "predict_row"
        assert {pair["column"]: pair["value"] for pair in made.arguments["values"]} == values
    assert imagined([step], situation, request_) == [step]


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("calls가 3번에 5주 쉬었으면 떠날까?", "predict_row"),
        ("calls 3번, 5주 쉰 고객으로 다시 학습할까?", "train_model"),
        ("calls가 3번이면 떠날까?", "train_model"),
    ],
)
def test_a_case_is_no_new_build_of_the_same_model(request_: str, tool: str, situation: Situation) -> None:
    features = (ColumnFact("calls", "int"), ColumnFact("skipped_weeks", "int"))
    with_model = replace(situation, models=(ModelFact("m", "left", features),))
    [made] = imagined([Step(tool="train_model", arguments={"dataset": "shop", "target": "left"})], with_model, request_)
    assert made.tool == tool
    if tool == "predict_row":
        assert made.arguments == {"values": [{"column": "calls", "value": 3}, {"column": "skipped_weeks", "value": 5}]}


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        ("what would a home with area_m2 120 and 3 bedrooms cost?", []),
        ("what would a home with area_m2 120 and 3 bedrooms by the river (Riverside) cost?", ["Riverside"]),
        ("강변에 있는 area_m2 120, bedrooms 3인 집은 얼마일까?", ["Riverside"]),
    ],
)
def test_a_case_gets_no_value_that_nobody_gave(request_: str, kept: list[str], situation: Situation) -> None:
    with_model = replace(situation, models=(ModelFact("homes_price", "price", HOME),))
    given = [{"column": "district", "value": "Riverside"}, {"column": "bedrooms", "value": 3}]
    [made] = imagined([Step(tool="predict_row", arguments={"values": given})], with_model, request_)
    assert [pair["value"] for pair in made.arguments["values"] if isinstance(pair["value"], str)] == kept


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("predict every row of shop and write it as an Excel file", {"format": "xlsx"}),
        ("shop의 모든 행을 예측해서 엑셀 파일로 저장해줘", {"format": "xlsx"}),
        ("predict shop and keep the result as a dataset called priced", {"save_as": "priced"}),
        ("shop을 예측해서 결과를 scored라는 데이터셋으로 저장해줘", {"save_as": "scored"}),
        ("predict shop with the probability of each class", {"every_class": True}),
        ("predict shop", {}),
    ],
)
def test_predictions_are_written_as_is_said(request_: str, said: dict[str, Any], situation: Situation) -> None:
    step = Step(tool="predict_dataset", arguments={"dataset": "shop", "format": "csv"})
    [made] = batched([step], situation, request_)
    assert made.arguments == {"dataset": "shop"} | said


@pytest.mark.parametrize(
    ("request_", "format"),
    [
        ("from now on predict shop on weekdays at 08:30, as an Excel file", "xlsx"),
        ("매주 월요일 9시마다 shop을 예측해서 엑셀로 남겨줘", "xlsx"),
        ("predict shop every day at 07:00", "csv"),
    ],
)
def test_predictions_again_and_again_are_written_as_is_said(request_: str, format: str, situation: Situation) -> None:
    given = {"when": "every day at 07:00", "dataset": "shop", "format": "csv", "name": "daily"}
    said = {name: value for name, value in given.items() if name != "name" or name in request_}  # nobody named it
    [made] = batched([Step(tool="schedule_predictions", arguments=given)], situation, request_)
    assert made.arguments == said | {"format": format}


def test_costs_are_a_threshold_even_where_the_model_of_language_sees_nothing(situation: Situation) -> None:
    with_model = replace(situation, models=(ModelFact("shop_sales", "sales", ()),))
    request = "losing a customer we missed costs 10 times as much as a false alarm. which threshold should we take?"
    plan = read_plan({"steps": [{"tool": "say_missing", "what": "false alarm"}]}, catalogue(), with_model, request)
    assert [(step.tool, step.arguments) for step in plan.steps] == [
        ("choose_threshold", {"miss_cost": 10.0, "false_alarm_cost": 1.0})
    ]


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("정밀도 70% 이상으로 맞추려면 임계값 얼마로 해야돼?", "choose_threshold"),
        ("which cutoff gives a recall of 70%?", "choose_threshold"),
        ("정밀도가 70% 이상이야?", "what_if_all"),
        ("what if everybody paid monthly?", "what_if_all"),
    ],
)
def test_a_threshold_that_is_asked_for_is_no_what_if(request_: str, tool: str, situation: Situation) -> None:
    with_model = replace(situation, models=(ModelFact("shop_sales", "sales", ()),))
    [step] = thresholded([Step(tool="what_if_all", arguments={"changes": []})], with_model, request_)
    assert step.tool == tool


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        ("A call costs 5 and losing a shop costs 120. Whom should we call?", True),
        ("전화 한 통은 20, 고객을 잃으면 300이야. 누구에게 전화할까?", True),
        ("A call costs 5 and losing a shop costs 120. What is the best threshold?", False),
    ],
)
def test_whom_to_call_is_a_threshold_and_the_rows_that_it_flags(
    request_: str, kept: bool, situation: Situation
) -> None:
    with_model = replace(situation, models=(ModelFact("shop_sales", "sales", ()),))
    raw = [{"tool": "predict_dataset", "dataset": "shop"}]
    plan = read_plan({"steps": raw}, catalogue(), with_model, request_)
    [chosen, *more] = [(step.tool, step.arguments) for step in plan.steps]
    assert chosen[0] == "choose_threshold"
    assert chosen[1].get("keep", False) is kept
    assert more == ([("predict_dataset", {"dataset": "shop", "top": 10})] if kept else [])


@pytest.mark.parametrize(
    ("request_", "before", "made"),
    [
        ("Export that as a spreadsheet", "predict_dataset", ("predict_dataset", {"dataset": "shop", "top": 5, "format": "xlsx"})),
        ("이거 엑셀로 저장해줘", "predict_dataset", ("predict_dataset", {"dataset": "shop", "top": 5, "format": "xlsx"})),
        ("Export the table shop as a spreadsheet", "predict_dataset", ("export_data", {"dataset": "shop", "format": "xlsx"})),
        ("Export that as a spreadsheet", "query_data", ("export_data", {"dataset": "shop", "format": "xlsx"})),
        ("Download it", "query_data", ("export_data", {"dataset": "shop", "format": "csv"})),
    ],
)  # fmt: skip
def test_that_after_predictions_is_the_predictions(
    request_: str, before: str, made: tuple[str, dict[str, Any]], situation: Situation
) -> None:
    turn = Turn("show me", ({"tool": before, "dataset": "shop", "top": 5},))
    step = Step(tool="export_data", arguments={"dataset": "shop", "format": "csv"})
    [written] = exported([step], replace(situation, turns=(turn,)), request_)
    assert (written.tool, written.arguments) == made


def test_the_only_model_is_meant_where_a_tool_needs_one(situation: Situation) -> None:
    with_model = replace(situation, models=(ModelFact("shop_sales", "sales", ()),))
    for raw in ({"tool": "rename_model", "name": "tills"}, {"tool": "delete_model"}):
        [step] = read_plan({"steps": [raw]}, catalogue(), with_model, "rename or delete that model").steps
        assert step.arguments["model"] == "shop_sales"


SHOP = "SELECT DATE '2022-01-01' + i::INT AS day, i % 30 AS sales, i % 2 AS promo, 20 + i % 9 AS 기온, 'x' AS note FROM range(400) t(i)"
AHEAD = ModelFact("shop_sales_forecast", "sales", (), ahead=True, dataset="shop")
BUILT = {"tool": "train_forecast", "dataset": "shop", "target": "sales", "horizon": 14}


@pytest.fixture(scope="module")
def foretold(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    """A shop of which a forecast was made that knows nothing ahead."""
    with Workspace(tmp_path_factory.mktemp("foretold")) as workspace:
        add(workspace, "shop", SHOP)
        add(workspace, "shop_forecast", "SELECT DATE '2023-02-05' AS day, 3.5 AS forecast, 1.0 AS p10, 6.0 AS p90")
        seen = look(workspace)
    tables = tuple(sorted(seen.tables, key=lambda table: table.name))
    return replace(seen, tables=tables, models=(AHEAD,), turns=(Turn("forecast", (BUILT, {"tool": "forecast"})),))


@pytest.mark.parametrize(
    ("request_", "raw", "change"),
    [
        ("기온이 5도 떨어지면?", {"tool": "say_missing", "what": "5도"}, {"column": "기온", "value": "-5"}),
        ("기온이 3도 더 오르면?", {"tool": "describe_data"}, {"column": "기온", "value": "+3"}),
        ("promo를 매일 하면 어떻게 돼?", {"tool": "query_data", "sql": "SELECT 1"}, {"column": "promo", "value": 1}),
        ("promo를 아예 안 하면 얼마나 줄어?", {"tool": "describe_data"}, {"column": "promo", "value": 0}),
        ("what if we had a promo every day?", {"tool": "forecast"}, {"column": "promo", "value": 1}),
        ("what would happen if 기온 rose by 10 %?", {"tool": "query_data", "sql": "SELECT 1"}, {"column": "기온", "value": "+10 %"}),
    ],
)  # fmt: skip
def test_a_column_that_is_supposed_is_known_ahead_first(
    request_: str, raw: dict[str, Any], change: dict[str, Any], foretold: Situation
) -> None:
    made = read_plan({"steps": [raw]}, catalogue(), foretold, request_).steps
    before = {name: value for name, value in BUILT.items() if name != "tool"}
    assert [(step.tool, step.arguments) for step in made] == [
        ("train_forecast", before | {"known_columns": [change["column"]]}),
        ("forecast", {"changes": [change]}),
    ]


def test_another_number_is_forecast_where_it_is_asked_for(foretold: Situation) -> None:
    request = "promo를 매일 하면 기온이 어떻게 될까?"
    [build, shown] = read_plan({"steps": [{"tool": "forecast"}]}, catalogue(), foretold, request).steps
    assert (build.arguments["target"], build.arguments["known_columns"]) == ("기온", ["promo"])
    assert shown.arguments == {"changes": [{"column": "promo", "value": 1}]}


@pytest.mark.parametrize(
    "request_",
    [
        "promo를 하면 얼마나 늘었어?",
        "promo가 있으면 평균 sales가 더 많아?",
        "did we sell more if there was a promo?",
        "기온이 몇 도일 때 제일 많이 팔려?",
        "sales가 10 % 오르면?",
        "how many days had a promo?",
    ],
)
def test_what_is_asked_of_the_past_needs_no_forecast(request_: str, foretold: Situation) -> None:
    raw = {"tool": "query_data", "sql": "SELECT count(*) FROM shop"}
    [step] = read_plan({"steps": [raw]}, catalogue(), foretold, request_).steps
    assert step.tool != "train_forecast"


@pytest.mark.parametrize(
    ("request_", "raw", "made"),
    [
        ("예측 결과 엑셀로 저장해줘", {"tool": "predict_dataset", "dataset": "shop"}, ("export_data", {"dataset": "shop_forecast", "format": "xlsx"})),
        ("그 예측을 파일로 내려받고 싶어", {"tool": "forecast"}, ("export_data", {"dataset": "shop_forecast"})),
        ("save the forecast as excel, that is all", {"tool": "export_data", "dataset": "shop"}, ("export_data", {"dataset": "shop_forecast", "format": "xlsx"})),
        ("export the table shop as excel", {"tool": "export_data", "dataset": "shop"}, ("export_data", {"dataset": "shop", "format": "xlsx"})),
        ("다시 예측해줘", {"tool": "predict_dataset", "dataset": "shop"}, ("forecast", {})),
    ],
)  # fmt: skip
def test_a_forecast_is_what_is_handed_over(
    request_: str, raw: dict[str, Any], made: tuple[str, dict[str, Any]], foretold: Situation
) -> None:
    [step] = read_plan({"steps": [raw]}, catalogue(), foretold, request_).steps
    assert (step.tool, {name: value for name, value in step.arguments.items() if value != "csv"}) == made
