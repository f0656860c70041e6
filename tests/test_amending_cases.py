"""Cases that requests name by their key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.amending.cases import key_of
from assistant.amending.predicted import case_values
from assistant.amending.shifts import shift_said
from assistant.context import ColumnFact, ModelFact, Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

FIRST = {"dataset": "members", "row": 1}
MADE_UP = {"values": [{"column": "plan", "value": "yearly"}, {"column": "age", "value": 40}]}
MODEL = ModelFact("left", "left", (ColumnFact("plan", "text", ("monthly", "yearly")), ColumnFact("age", "int")))


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(
            workspace,
            "members",
            "SELECT 'C' || lpad(i::VARCHAR, 4, '0') AS code, 1000 + i AS order_id, 5000 + i AS 주문번호, 20 + i AS age,"
            " ['monthly', 'yearly'][1 + i % 2] AS plan, ['yes', 'no'][1 + i % 2] AS left FROM range(1, 60) t(i)",
        )
        return replace(look(workspace), models=(MODEL,))


def planned(situation: Situation, request: str, tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    [step] = read_plan({"steps": [{"tool": tool} | arguments]}, catalogue(), situation, request).steps
    return step.tool, step.arguments


def code(value: str) -> dict[str, Any]:
    return {"column": "code", "value": value}


CHANGE = {"changes": [{"column": "plan", "value": "yearly"}]}
MEMBERS = {"dataset": "members"}


@pytest.mark.parametrize(
    ("request_", "tool", "given", "meant", "arguments"),
    [
        (
            "Explain the prediction for customer C0005",
            "explain_row",
            FIRST,
            "explain_row",
            {"values": [code("C0005")]} | MEMBERS,
        ),
        (
            "Why do you think c0005 will leave?",
            "predict_row",
            MADE_UP,
            "explain_row",
            {"values": [code("c0005")]} | MEMBERS,
        ),
        ("C0005는 왜 떠날 것 같아?", "predict_row", MADE_UP, "explain_row", {"values": [code("C0005")]} | MEMBERS),
        ("How likely is C0007 to leave?", "predict_row", MADE_UP, "predict_row", {"values": [code("C0007")]} | MEMBERS),
        (
            "What if C0002 moved to a yearly plan?",
            "what_if",
            CHANGE | FIRST,
            "what_if",
            CHANGE | {"values": [code("C0002")]} | MEMBERS,
        ),
        (
            "What would keep C0002 with us?",
            "predict_dataset",
            MEMBERS,
            "find_change",
            {"wanted": "no", "values": [code("C0002")]} | MEMBERS,
        ),
        (
            "how likely is it for C0007 at age 40",
            "predict_row",
            MADE_UP,
            "predict_row",
            {"values": [code("C0007"), {"column": "age", "value": 40}]} | MEMBERS,
        ),
        (
            "why will order 1042 leave?",
            "explain_row",
            FIRST,
            "explain_row",
            {"values": [{"column": "order_id", "value": 1042}]} | MEMBERS,
        ),
        (
            "주문 5007의 예측 이유를 알려줘",
            "explain_row",
            FIRST,
            "explain_row",
            {"values": [{"column": "주문번호", "value": 5007}]} | MEMBERS,
        ),
    ],
)
def test_a_case_named_by_its_key_is_the_one_that_is_meant(
    request_: str, tool: str, given: dict[str, Any], meant: str, arguments: dict[str, Any], situation: Situation
) -> None:
    assert planned(situation, request_, tool, given) == (meant, arguments)


@pytest.mark.parametrize(
    ("request_", "tool", "given"),
    [
        ("What if row 3 were yearly?", "what_if", CHANGE | {"dataset": "members", "row": 3}),
        ("Predict a member aged 40 with a yearly plan", "predict_row", MADE_UP),
        ("Describe the rows after C0005", "describe_data", MEMBERS),
        ("Explain the prediction of the first row", "explain_row", FIRST),
    ],
)
def test_a_request_without_a_key_stays(request_: str, tool: str, given: dict[str, Any], situation: Situation) -> None:
    assert planned(situation, request_, tool, given) == (tool, given)


def test_without_a_model_that_predicts_rows_one_is_built_for_the_case(situation: Situation) -> None:
    plan = {"steps": [{"tool": "describe_data"} | MEMBERS]}
    for models in ((), (replace(MODEL, ahead=True),)):
        seen = replace(situation, models=models)
        steps = read_plan(plan, catalogue(), seen, "why will C0005 leave?").steps
        assert [(step.tool, step.arguments) for step in steps] == [
            ("train_model", MEMBERS | {"target": "left"}),
            ("explain_row", {"values": [code("C0005")]}),
        ]


@pytest.mark.parametrize(
    ("request_", "tool", "top"),
    [
        ("Which members are most likely to leave?", "query_data", 10),
        ("show me the 5 members at the highest risk", "query_data", 5),
        ("list the three members most at risk", "query_data", 3),
        ("which 15 of the members are most likely to leave?", "query_data", 15),
        ("떠날 것 같은 회원 5명만 보여줘", "predict_row", 5),
        ("who should I call first?", "predict_dataset", 10),
        ("떠날 위험이 가장 높은 회원 20명 뽑아줘", "query_data", 20),
        ("members 중에 누가 떠날 것 같아?", "predict_row", 10),
        ("which members will leave?", "predict_row", 10),
        ("위험한 회원 5명 보여줘", "query_data", 5),
        ("어떤 회원에게 먼저 연락해야 해?", "explain_model", 10),
    ],
)
def test_the_likeliest_rows_come_from_the_model(request_: str, tool: str, top: int, situation: Situation) -> None:
    given = {"sql": "SELECT * FROM members"} if tool == "query_data" else MEMBERS if tool == "predict_dataset" else {}
    given = MADE_UP if tool == "predict_row" else given
    assert planned(situation, request_, tool, given) == ("predict_dataset", MEMBERS | {"top": top})


@pytest.mark.parametrize(
    "request_", ["Which plan is at the highest risk?", "어느 plan의 위험이 가장 높아?", "how many members are there?"]
)
def test_groups_and_other_questions_are_asked_of_the_data(request_: str, situation: Situation) -> None:
    given = {"sql": "SELECT plan FROM members"}
    assert planned(situation, request_, "query_data", given) == ("query_data", given)


def test_every_row_is_shown_as_it_comes_unless_the_likeliest_are_asked_for(situation: Situation) -> None:
    asked = "predict all members and write a parquet file"
    assert planned(situation, asked, "predict_dataset", MEMBERS | {"top": 5}) == (
        "predict_dataset",
        MEMBERS | {"format": "parquet"},
    )


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("방금 만든 모델을 파이썬 코드로 줘", "export_model"),
        ("give me the model as a python script", "export_model"),
        ("모델 만들기 전 전처리 과정을 코드로 보여줘", "write_script"),
        ("show me the steps before the model as SQL", "write_script"),
    ],
)
def test_the_code_of_a_model_is_in_its_export(situation: Situation, request_: str, tool: str) -> None:
    plan = {"steps": [{"tool": "write_script"} | MEMBERS]}
    assert [step.tool for step in read_plan(plan, catalogue(), situation, request_).steps] == [tool]


@pytest.mark.parametrize(
    ("request_", "sql", "made"),
    [
        ("거래번호 1007은 왜 떠난다고 봤어?", "SELECT * FROM members WHERE order_id = 1007", "explain_row"),
        ("why is booking 1007 lost?", "SELECT * FROM members WHERE order_id = 1007", "explain_row"),
        ("거래번호 1007 보여줘", "SELECT * FROM members WHERE order_id = 1007", "query_data"),
        ("왜 떠났어?", "SELECT * FROM members WHERE order_id = 1007", "query_data"),
        ("30살은 왜 떠났어?", "SELECT * FROM members WHERE age = 30", "query_data"),
    ],
)
def test_a_key_that_the_query_compares_names_the_case(situation: Situation, request_: str, sql: str, made: str) -> None:
    tool, arguments = planned(situation, request_, "query_data", {"sql": sql})
    assert tool == made
    if made != "query_data":
        assert arguments == {"values": [{"column": "order_id", "value": 1007}]} | MEMBERS


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("Put the model in a folder that I can give to our data scientist", "export_model"),
        ("Hand the model to our developers", "export_model"),
        ("개발자에게 모델을 넘겨줘야 해", "export_model"),
        ("Give our developers the data behind the members", "export_data"),
        ("export members to a folder", "export_data"),
    ],
)
def test_a_model_that_is_handed_over_is_exported(situation: Situation, request_: str, tool: str) -> None:
    plan = {"steps": [{"tool": "export_data"} | MEMBERS]}
    assert [step.tool for step in read_plan(plan, catalogue(), situation, request_).steps] == [tool]


ACADEMY = (
    ColumnFact("학년", "text", ("고1", "중1")),
    ColumnFact("출석률", "decimal"),
    ColumnFact("상담횟수", "int"),
    ColumnFact("수강과목수", "int"),
)


@pytest.mark.parametrize(
    ("request_", "values"),
    [
        ("출석률이 60%이고 상담을 3번 한 고1 학생이면 퇴원할까?", {"학년": "고1", "출석률": 60, "상담횟수": 3}),
        ("상담 2회, 출석률 85%인 중1은?", {"학년": "중1", "출석률": 85, "상담횟수": 2}),
        ("수강과목이 4개인 고1", {"학년": "고1", "수강과목수": 4}),
    ],
)
def test_a_korean_case_gives_values_by_what_is_counted(request_: str, values: dict[str, object]) -> None:
    assert {pair["column"]: pair["value"] for pair in case_values(ACADEMY, request_)} == values
    assert shift_said(request_, "출석률") == ""


@pytest.mark.parametrize(("request_", "key"), [("학생 10명 보여줘", None), ("학생 10은 왜?", 10), ("학생 10번", 10)])
def test_a_number_of_things_is_no_key(tmp_path: Path, request_: str, key: int | None) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "academy", "SELECT i AS 학생ID, i AS 출석률 FROM range(40) t(i)")
        found = key_of(look(workspace).tables[0], {"출석률"}, request_)
    assert (found or {}).get("value") == key
