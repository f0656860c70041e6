"""What no row of the past can tell: who will leave, what drives it, whether it has a season."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

TABLES = {
    "machines": "SELECT 'M' || lpad(i::VARCHAR, 4, '0') AS machine_no, 1200 + i AS rpm, i % 250 AS tool_wear,"
    " (i % 9 = 0)::INT AS failed FROM range(1, 90) t(i)",
    "loans": "SELECT i AS loan_id, 1000 * i AS amount, ['yes', 'no'][1 + (i % 7 > 0)::INT] AS defaulted FROM range(1, 90) t(i)",
    "sales": "SELECT DATE '2023-01-01' + INTERVAL (i) MONTH AS date, 100 + i AS sales FROM range(0, 48) t(i)",
    "members": "SELECT i AS code, DATE '2026-01-01' + i::INT AS expiry_date, i % 60 AS age, [true, false][1 + i % 2] AS paid"
    " FROM range(1, 90) t(i)",
    "homes": "SELECT 1000.5 * i AS price, 30 + i AS area, ['North', 'South'][1 + i % 2] AS region FROM range(1, 90) t(i)",
    "complaints": "SELECT i AS code, ['late', 'broken', 'rude'][1 + i % 3] AS reason, [true, false][1 + i % 2] AS cancelled"
    " FROM range(1, 90) t(i)",
    "flats": "SELECT 1000.5 * i AS price, 30 + i AS area_m2, 1 + i % 5 AS bedrooms, ['North', 'South'][1 + i % 2] AS region FROM range(1, 90) t(i)",
    "bakery": "SELECT DATE '2023-01-01' + INTERVAL (i) MONTH AS month, 2.5 + (i % 7) / 10 AS price, 400 + i AS loaves,"
    " ['Harbour', 'Station'][1 + i % 2] AS shop FROM range(0, 60) t(i)",
    "clients": "SELECT i AS code, 20 + i % 50 AS age, i % 4 = 0 AS churned, i % 3 = 0 AS garage, 900.5 + i AS rent FROM range(1, 90) t(i)",
    "scored": "SELECT i AS code, i / 90 AS churn_risk, [true, false][1 + i % 2] AS churned FROM range(1, 90) t(i)",
}


def situation(folder: Path, name: str) -> Situation:
    with Workspace(folder / "project") as workspace:
        add(workspace, name, TABLES[name])
        return look(workspace)


def planned(
    seen: Situation, request: str, tool: str = "query_data", **arguments: Any
) -> list[tuple[str, dict[str, Any]]]:
    name = seen.tables[0].name
    given = arguments or ({"sql": f"SELECT count(*) FROM {name}"} if tool == "query_data" else {"dataset": name})
    steps = read_plan({"steps": [{"tool": tool} | given]}, catalogue(), seen, request).steps
    return [(step.tool, step.arguments) for step in steps]


def train(name: str, target: str) -> tuple[str, dict[str, Any]]:
    return "train_model", {"dataset": name, "target": target}


def first(name: str, top: int = 10) -> tuple[str, dict[str, Any]]:
    return "predict_dataset", {"dataset": name, "top": top}


@pytest.mark.parametrize(
    ("name", "request_", "steps"),
    [
        ("machines", "Which machines will fail soon?", [train("machines", "failed"), first("machines")]),
        ("machines", "곧 고장날 것 같은 기계를 알려줘", [train("machines", "failed"), first("machines")]),
        ("machines", "I want to know before a machine breaks", [train("machines", "failed")]),
        ("machines", "기계가 고장날지 미리 알고 싶어", [train("machines", "failed")]),
        ("loans", "Show me loans that will probably default", [train("loans", "defaulted"), first("loans")]),
        ("loans", "부도날 가능성이 높은 대출 5건만 뽑아줘", [train("loans", "defaulted"), first("loans", 5)]),
        ("loans", "Which loans might go bad?", [train("loans", "defaulted"), first("loans")]),
        ("loans", "어떤 대출이 부도날까?", [train("loans", "defaulted"), first("loans")]),
        ("clients", "Which clients will churn soon?", [train("clients", "churned"), first("clients")]),
        ("clients", "이탈할 것 같은 고객 5명 뽑아줘", [train("clients", "churned"), first("clients", 5)]),
        ("loans", "List the 3 loans most likely to default", [train("loans", "defaulted"), first("loans", 3)]),
    ],
)
@pytest.mark.parametrize("tool", ["query_data", "check_quality"])
def test_what_is_to_come_is_foretold_by_a_model(
    tmp_path: Path, name: str, request_: str, steps: list[Any], tool: str
) -> None:
    assert planned(situation(tmp_path, name), request_, tool) == steps


def test_a_foreseen_model_is_built_with_the_settings_that_are_said(tmp_path: Path) -> None:
    request = "I want to know ahead of time which loans are about to default. Spend no more than 30 seconds on it."
    [(tool, arguments), *_] = planned(situation(tmp_path, "loans"), request)
    assert (tool, arguments) == ("train_model", {"dataset": "loans", "target": "defaulted", "seconds": 30.0})


@pytest.mark.parametrize(
    ("request_", "more"),
    [
        ("Which loans are likely to default?", [first("loans")]),
        ("부도날 것 같은 대출 5건 알려줘", [first("loans", 5)]),
        ("Build a model that tells who is likely to default", []),
        ("Can we predict which loans default?", []),
    ],
)
def test_a_model_that_is_built_for_a_list_is_used_at_once(tmp_path: Path, request_: str, more: list[Any]) -> None:
    seen = situation(tmp_path, "loans")
    assert planned(seen, request_, "train_model", dataset="loans", target="defaulted") == [
        train("loans", "defaulted"),
        *more,
    ]


@pytest.mark.parametrize(
    ("name", "request_", "target"),
    [
        ("machines", "What drives failures?", "failed"),
        ("machines", "고장의 원인이 뭐야?", "failed"),
        ("machines", "Why do machines break?", "failed"),
        ("loans", "Which factors lead to a default?", "defaulted"),
        ("homes", "What influences the price most?", "price"),
        ("homes", "어떤 요인이 price에 영향을 줘?", "price"),
    ],
)
def test_what_drives_a_column_is_told_by_a_model_of_it(tmp_path: Path, name: str, request_: str, target: str) -> None:
    assert planned(situation(tmp_path, name), request_) == [train(name, target), ("explain_model", {})]


@pytest.mark.parametrize("tool", ["query_data", "add_formula"])
@pytest.mark.parametrize(
    ("request_", "values"),
    [
        ("Estimate the price of a flat with 3 bedrooms in North", {"bedrooms": 3, "region": "North"}),
        ("What price can I ask for a 3 bedroom flat of 84 m2 in North?", {"area_m2": 84, "bedrooms": 3, "region": "North"}),
        ("bedrooms 3, North에 있는 84㎡짜리 집의 price는 얼마일까?", {"area_m2": 84, "bedrooms": 3, "region": "North"}),
    ],
)  # fmt: skip
def test_a_case_is_valued_by_a_model(tmp_path: Path, request_: str, values: dict[str, Any], tool: str) -> None:
    given = {"add_formula": {"dataset": "flats", "name": "estimate", "formula": "area_m2 * 10"}}
    [built, (predicted, arguments)] = planned(situation(tmp_path, "flats"), request_, tool, **given.get(tool, {}))
    assert (built, predicted) == (train("flats", "price"), "predict_row")
    assert {pair["column"]: pair["value"] for pair in arguments["values"]} == values


@pytest.mark.parametrize(
    ("request_", "tool", "made"),
    [
        ("Is the region important?", "explain_model", ("explain_model", {"column": "region"})),
        ("Does the area matter?", "query_data", ("explain_model", {"column": "area"})),
        ("region은 영향이 있어?", "explain_model", ("explain_model", {"column": "region"})),
        ("area가 예측에 얼마나 중요해?", "describe_data", ("explain_model", {"column": "area"})),
        ("What matters most?", "explain_model", ("explain_model", {})),
        ("How important are area and region?", "explain_model", ("explain_model", {})),
        ("What is the average area?", "query_data", ("query_data", {"sql": "SELECT count(*) FROM homes"})),
    ],
)
def test_what_one_column_adds_is_told_where_a_model_reads_it(
    tmp_path: Path, request_: str, tool: str, made: tuple[str, dict[str, Any]]
) -> None:
    model = ModelFact("homes_price", "price", (ColumnFact("area", "int"), ColumnFact("region", "text")))
    seen = replace(situation(tmp_path, "homes"), models=(model,))
    given = {"sql": "SELECT count(*) FROM homes"} if tool == "query_data" else {}
    given = {"dataset": "homes"} if tool == "describe_data" else given
    given = {"column": "area"} if made == ("explain_model", {}) else given  # which nobody asked about
    raw = {"steps": [{"tool": tool} | given]}
    assert [(step.tool, step.arguments) for step in read_plan(raw, catalogue(), seen, request_).steps] == [made]


@pytest.mark.parametrize(
    ("request_", "tool", "arguments"),
    [
        ("Does the price influence how many loaves we sell?", "correlate", {"columns": ["price", "loaves"]}),
        ("price가 loaves에 영향을 줘?", "correlate", {"columns": ["price", "loaves"]}),
        ("Do the loaves depend on the shop?", "compare_groups", {"column": "loaves", "by": "shop"}),
        ("How much does the shop add to the price?", "compare_groups", {"column": "price", "by": "shop"}),
    ],
)
def test_whether_one_column_moves_with_another_is_measured(
    tmp_path: Path, request_: str, tool: str, arguments: dict[str, Any]
) -> None:
    assert planned(situation(tmp_path, "bakery"), request_) == [(tool, {"dataset": "bakery"} | arguments)]


@pytest.mark.parametrize(
    ("request_", "sql"),
    [
        (
            "Did clients who churned have a higher rent?",
            "SELECT churned, count(*) AS rows, avg(rent) AS average_rent FROM clients WHERE churned IS NOT NULL GROUP BY churned ORDER BY average_rent DESC",
        ),
        (
            "Do clients with a garage churn more?",
            "SELECT garage, count(*) AS rows, avg(CASE WHEN churned THEN 1 ELSE 0 END) AS share_churned FROM clients WHERE garage IS NOT NULL GROUP BY garage ORDER BY share_churned DESC",
        ),
    ],
)
def test_groups_of_true_and_false_are_compared(tmp_path: Path, request_: str, sql: str) -> None:
    assert planned(situation(tmp_path, "clients"), request_) == [("query_data", {"sql": sql})]


def test_what_a_yes_or_no_adds_is_measured(tmp_path: Path) -> None:
    compared = ("compare_groups", {"dataset": "clients", "column": "rent", "by": "garage"})
    assert planned(situation(tmp_path, "clients"), "How much does a garage add to the rent?") == [compared]


@pytest.mark.parametrize(
    "request_",
    ["Is there a season in our sales?", "매출에 계절성이 있어?", "Do we have a yearly pattern?", "성수기가 언제야?"],
)
def test_a_season_is_measured_along_the_dates(tmp_path: Path, request_: str) -> None:
    assert planned(situation(tmp_path, "sales"), request_) == [("quality_report", {"dataset": "sales", "time": "date"})]


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("machines", "Which machines failed?"),
        ("machines", "How many machines failed with a tool wear over 200?"),
        ("machines", "고장난 기계를 알려줘"),
        ("loans", "How many loans defaulted?"),
        ("loans", "What is the average amount of defaulted loans?"),
        ("members", "Which memberships will expire next month?"),
        ("members", "Show me members who are about to expire"),
        ("members", "Which members probably have a typo in their code?"),
        ("sales", "Why do sales drop in March?"),
        ("sales", "What will be the best month?"),
        ("complaints", "What are the main reasons for complaints?"),
        ("complaints", "왜 고객들이 취소했는지 이유별로 세어줘"),
        ("loans", "Which loans are likely fraud?"),
        ("loans", "What is the probability of default for loans over 5000?"),
        ("loans", "연체한 대출을 건별로 보여줘"),
        ("scored", "Which customers are at risk?"),
        ("machines", "Which machines are likely to be sold?"),
        ("scored", "Which customers are likely to churn?"),
        ("homes", "Which homes are in the region North?"),
        ("flats", "What is the average price of a flat with 3 bedrooms?"),
        ("flats", "What is the price of the flat with 84 m2?"),
        ("flats", "How many flats have a price over 50000?"),
        ("clients", "How many clients churned?"),
        ("clients", "Which clients churned with a rent over 950?"),
        ("bakery", "Which shop sold the most loaves?"),
        ("bakery", "How do price and loaves look in 2023?"),
    ],
)
def test_questions_of_the_data_are_answered_from_them(tmp_path: Path, name: str, request_: str) -> None:
    assert [step for step, _ in planned(situation(tmp_path, name), request_)] == ["query_data"]


def test_a_model_that_exists_answers(tmp_path: Path) -> None:
    model = ModelFact("machines_failed", "failed", (ColumnFact("rpm", "int"), ColumnFact("tool_wear", "int")))
    seen = replace(situation(tmp_path, "machines"), models=(model,))
    assert "train_model" not in [step for step, _ in planned(seen, "Which machines will fail soon?")]


@pytest.mark.parametrize(
    ("name", "request_", "raw", "target"),
    [
        ("clients", "고객이 이탈하지 않게 하려면 뭘 해야 해?", {"tool": "say_missing", "what": "고객 이탈"}, "churned"),
        ("clients", "해지를 줄이려면 어떻게 해야 할까?", {"tool": "query_data", "sql": "SELECT 1"}, "churned"),
        ("machines", "고장을 막으려면 뭐부터 봐야 해?", {"tool": "describe_data"}, "failed"),
        ("machines", "고장 예방 대책이 뭐야?", {"tool": "query_data", "sql": "SELECT 1"}, "failed"),
        ("clients", "how can we keep customers from leaving?", {"tool": "query_data", "sql": "SELECT 1"}, "churned"),
        ("clients", "rent를 높이려면 뭐가 필요해?", {"tool": "query_data", "sql": "SELECT 1"}, "rent"),
    ],
)
def test_what_can_be_done_is_told_by_what_drives_it(
    tmp_path: Path, name: str, request_: str, raw: dict[str, Any], target: str
) -> None:
    seen = situation(tmp_path, name)
    steps = read_plan({"steps": [raw]}, catalogue(), seen, request_).steps
    assert [(step.tool, step.arguments) for step in steps] == [train(name, target), ("explain_model", {})]
    built = replace(seen, models=(ModelFact("m", target, ()),))
    steps = read_plan({"steps": [raw]}, catalogue(), built, request_).steps
    assert [(step.tool, step.arguments) for step in steps] == [("explain_model", {})]


@pytest.mark.parametrize(
    ("name", "request_", "raw"),
    [
        ("clients", "이탈하지 않은 고객은 몇 명이야?", {"tool": "query_data", "sql": "SELECT 1"}),
        ("clients", "이탈 원인별 고객 수", {"tool": "say_missing", "what": "이탈 원인"}),
        ("machines", "결측치를 줄이려면 어떻게 해?", {"tool": "query_data", "sql": "SELECT 1"}),
        ("clients", "how many customers did we keep?", {"tool": "query_data", "sql": "SELECT 1"}),
    ],
)
def test_other_questions_build_nothing(tmp_path: Path, name: str, request_: str, raw: dict[str, Any]) -> None:
    plan = read_plan({"steps": [raw]}, catalogue(), situation(tmp_path, name), request_)
    assert [step.tool for step in plan.steps if step.tool == "train_model"] == []
