"""A model judged on some rows, a case of before changed by a few words, and a build taken back: as requests say them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

FEATURES = (
    ColumnFact("channel", "text", ("email", "phone", "chat")),
    ColumnFact("tier", "text", ("free", "pro", "enterprise")),
    ColumnFact("message_words", "int"),
    ColumnFact("experience_months", "int"),
    ColumnFact("times_reopened", "int"),
    ColumnFact("age", "int"),
    ColumnFact("altitude_m", "int"),
    ColumnFact("newsletter", "text", ("yes", "no")),
    ColumnFact("보증", "text", ("있음", "없음")),
)
MODEL = ModelFact("tickets_escalated", "escalated", FEATURES)
AHEAD = ModelFact("tickets_forecast", "age", (), ahead=True)


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(
            workspace,
            "tickets",
            "SELECT 'T' || (1000 + i) AS ticket_id, ['email', 'phone', 'chat'][1 + i % 3] AS channel, ['free', 'pro', 'enterprise'][1 + i % 3] AS tier,"
            " 10 * i AS message_words, i AS experience_months, i % 9 AS times_reopened, 20 + i AS age, 900 + i AS altitude_m, ['yes', 'no'][1 + i % 2] AS newsletter,"
            " ['있음', '없음'][1 + i % 2] AS 보증, ['no', 'yes'][1 + i % 2] AS escalated FROM range(1, 60) t(i)",
        )
        return replace(look(workspace), models=(MODEL,))


Planned = tuple[str, dict[str, Any]]


def planned(situation: Situation, request: str, tool: str, *turns: dict[str, Any], **arguments: Any) -> list[Planned]:
    """The plan after the rules, in a talk of these steps, one a turn."""
    talk = replace(situation, turns=tuple(Turn("before", (step,)) for step in turns))
    steps = read_plan({"steps": [{"tool": tool} | arguments]}, catalogue(), talk, request).steps
    return [(step.tool, step.arguments) for step in steps]


def limit(column: str, comparison: str, value: float) -> dict[str, Any]:
    return {"column": column, "comparison": comparison, "value": value}


def value(column: str, value: object) -> dict[str, Any]:
    return {"column": column, "value": value}


# --- some rows alone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "only"),
    [
        ("how good is it for enterprise customers?", [value("tier", "enterprise")]),
        ("how accurate is it for phone tickets of pro customers?", [value("channel", "phone"), value("tier", "pro")]),
        ("how good is it on tickets with more than 200 words?", [limit("message_words", ">", 200)]),
        ("how reliable is it for agents with less than 6 months of experience?", [limit("experience_months", "<", 6)]),
        ("does it hold up for agents who are new, say under 12 months?", [limit("experience_months", "<", 12)]),
        ("is it any good with chat tickets?", [value("channel", "chat")]),
        ("how good is it for people over 60?", [limit("age", ">", 60)]),
        ("how good is it for tickets that were reopened at least twice?", [limit("times_reopened", ">=", 2)]),
        ("how far off is it above 1800 m?", [limit("altitude_m", ">", 1800)]),
        ("how well does it work for newsletter readers?", [value("newsletter", "yes")]),
        ("how good is it without a newsletter?", [value("newsletter", "no")]),
        ("60세 이상만 놓고 보면 얼마나 맞아?", [limit("age", ">=", 60)]),
        ("보증 있는 것만 보면 정확도가 어때?", [value("보증", "있음")]),
        ("보증 없는 phone 티켓은 얼마나 정확해?", [value("channel", "phone"), value("보증", "없음")]),
        ("나이가 30 미만이면 정확도가 얼마야? age가 30 미만인 경우만", [limit("age", "<", 30)]),
    ],
)
def test_a_model_is_judged_on_the_rows_that_are_asked_for(
    request_: str, only: list[dict[str, Any]], situation: Situation
) -> None:
    assert planned(situation, request_, "evaluate_model") == [("evaluate_model", {"only": only})]


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("how good is it?", "evaluate_model"),
        ("how good is it by channel?", "evaluate_model"),
        ("how good is it for pro and free customers?", "evaluate_model"),
        ("which tier does it get wrong most often?", "evaluate_model"),
        ("how good is it for ticket 60?", "evaluate_model"),
        ("정확도가 얼마나 돼?", "evaluate_model"),
    ],
)
def test_all_rows_judge_a_model_where_no_group_stands_alone(request_: str, tool: str, situation: Situation) -> None:
    [(_, arguments)] = planned(situation, request_, tool)
    assert "only" not in arguments


def test_conditions_that_nobody_gave_are_left_out(situation: Situation) -> None:
    steps = planned(situation, "how good is it for us?", "evaluate_model", only=[value("tier", "pro")])
    assert steps == [("evaluate_model", {})]


def test_a_question_to_the_data_is_none_to_the_model(situation: Situation) -> None:
    sql = "SELECT count(*) FROM tickets WHERE tier = 'pro'"
    assert planned(situation, "how many pro tickets are there?", "query_data", sql=sql) == [("query_data", {"sql": sql})]  # fmt: skip


def test_words_of_the_target_name_no_group_of_rows(situation: Situation) -> None:
    model = replace(
        MODEL, target="repeat_escalation", features=(ColumnFact("channel", "text", ("email", "Chat", "chat")),)
    )
    talk = replace(situation, models=(model,))
    made = planned(
        talk, "is it worse for chat escalations?", "evaluate_model", only=[value("repeat_escalation", "yes")]
    )
    assert made == [("evaluate_model", {"only": [value("channel", "chat")]})]


def test_a_forecast_is_judged_on_no_rows_alone(situation: Situation) -> None:
    talk, only = replace(situation, models=(AHEAD,)), [value("tier", "pro")]
    request = "how good is that forecast compared with just repeating last week?"
    assert planned(talk, request, "evaluate_model", only=only) == [("evaluate_model", {})]


@pytest.mark.parametrize("request_", ["and for enterprise customers only?", "and for enterprise?"])
def test_a_short_request_goes_on_with_judging(request_: str, situation: Situation) -> None:
    steps = planned(situation, request_, "predict_dataset", {"tool": "evaluate_model"}, dataset="tickets")
    assert steps == [("evaluate_model", {"only": [value("tier", "enterprise")]})]
    left = planned(situation, request_, "predict_dataset", {"tool": "query_data"}, dataset="tickets")
    assert left[0][0] == "predict_dataset"


# --- one case ----------------------------------------------------------------------------------------------------

CASE = {"tool": "predict_row", "values": [value("tier", "pro"), value("times_reopened", 2)]}
BUILD = {"tool": "train_model", "dataset": "tickets", "target": "escalated"}
BASE = {"values": CASE["values"]}


@pytest.mark.parametrize(
    ("request_", "changes"),
    [
        ("what if it was phone instead?", [value("channel", "phone")]),
        ("and if it had been reopened only once?", [value("times_reopened", 1)]),
        ("and if she was 30?", [value("age", 30)]),
        ("age가 45로 오르면?", [value("age", 45)]),
        ("what if age rises to 45?", [value("age", 45)]),
        ("age가 45이면?", [value("age", 45)]),
        ("message_words가 300이면 결과가 달라져?", [value("message_words", 300)]),
        ("phone이면?", [value("channel", "phone")]),
        ("newsletter를 안 받으면?", [value("newsletter", "no")]),
        ("보증이 없으면?", [value("보증", "없음")]),
    ],
)
def test_a_few_words_change_the_case_of_before(
    request_: str, changes: list[dict[str, Any]], situation: Situation
) -> None:
    wanted = {"changes": changes} | BASE
    assert planned(situation, request_, "query_data", CASE, sql="SELECT 1 FROM tickets") == [("what_if", wanted)]
    assert planned(situation, request_, "check_quality", CASE, dataset="tickets") == [("what_if", wanted)]
    assert planned(situation, request_, "forecast", CASE, horizon=1, changes=changes) == [("what_if", wanted)]


def test_without_a_case_the_other_columns_are_typical(situation: Situation) -> None:
    steps = planned(situation, "age가 45이면?", "check_quality", BUILD, dataset="tickets")
    assert steps == [("predict_row", {"values": [value("age", 45)]})]


@pytest.mark.parametrize(
    "request_",
    [
        "show the tickets if they are phone",
        "how many tickets are there if we count only phone?",
        "age가 45 이상이면 평균이 얼마야?",
        "측면 정보가 있으면 보여줘",
        "what is the mean age?",
    ],
)
def test_other_requests_are_no_what_if(request_: str, situation: Situation) -> None:
    sql = "SELECT avg(age) FROM tickets"
    assert planned(situation, request_, "query_data", CASE, sql=sql) == [("query_data", {"sql": sql})]


def test_a_question_after_a_question_is_of_the_data(situation: Situation) -> None:
    sql = "SELECT count(*) FROM tickets WHERE age = 45"
    assert planned(situation, "age가 45이면?", "query_data", {"tool": "query_data"}, sql=sql) == [("query_data", {"sql": sql})]  # fmt: skip


def test_what_must_change_to_reach_a_number_is_sought(situation: Situation) -> None:
    for request in ("how old would it have to be to reach 86?", "86점이 되려면?"):
        steps = planned(situation, request, "predict_row", CASE, values=[value("age", 86)])
        assert steps == [("find_change", {"wanted": "86"} | BASE)]


def test_a_number_that_koreans_call_a_case_by_is_its_key(tmp_path: Path) -> None:
    with Workspace(tmp_path / "donors") as workspace:
        add(
            workspace,
            "donors",
            "SELECT 5000 + i AS donor_id, i % 9 AS gifts, ['yes', 'no'][1 + i % 2] AS gave FROM range(200) t(i)",
        )
        model = ModelFact("donors_gave", "gave", (ColumnFact("gifts", "int"),))
        donors = replace(look(workspace), models=(model,))
    key = {"values": [value("donor_id", 5100)], "dataset": "donors"}
    for request in ("기부자 5100번은 gave일까?", "5100번 기부자는 gave일 것 같아?"):
        assert planned(donors, request, "predict_row", values=[value("gifts", 5100)]) == [("predict_row", key)]
    times = planned(donors, "gifts가 300번 이상이면 gave일까?", "predict_row", values=[value("gifts", 300)])
    assert times == [("predict_row", {"values": [value("gifts", 300)]})]


def test_a_case_that_nothing_foretells_is_predicted(situation: Situation) -> None:
    request = "what would happen with a pro ticket of 300 words?"
    given = [value("tier", "pro"), value("message_words", 300)]
    assert planned(situation, request, "forecast", changes=given) == [("predict_row", {"values": given})]
    ahead = replace(situation, models=(AHEAD, MODEL))
    assert planned(ahead, request, "forecast", changes=given)[0][0] == "forecast"


@pytest.mark.parametrize(
    ("request_", "tool"),
    [("and with 300 words too?", "predict_row"), ("and if it was reopened 3 times?", "what_if"), ("same but reopened 3 times", "predict_row")],
)  # fmt: skip
def test_a_second_what_if_goes_on_from_the_first(request_: str, tool: str, situation: Situation) -> None:
    first = {"tool": "what_if", "changes": [value("channel", "phone")], "values": [value("tier", "pro")]}
    new = value("message_words", 300) if "300" in request_ else value("times_reopened", 3)
    planned_as = {"values": [new]} if tool == "predict_row" else {"changes": [new]}
    case = [value("tier", "pro"), value("channel", "phone")]
    assert planned(situation, request_, tool, first, **planned_as) == [("what_if", {"changes": [new], "values": case})]


@pytest.mark.parametrize(
    ("request_", "changes"),
    [
        ("and with only 5 message words?", [value("message_words", 5)]),
        ("and with phone?", [value("channel", "phone")]),
        ("and with many words?", None),
        ("and how many with phone are there?", None),
        ("with phone alone, how good is it really over all the years that we have?", None),
    ],
)
def test_a_few_words_go_on_whatever_is_planned(
    request_: str, changes: list[dict[str, Any]] | None, situation: Situation
) -> None:
    for tool, given in (("predict_dataset", {"dataset": "tickets"}), ("query_data", {"sql": "SELECT 1 FROM tickets"})):
        [(made, arguments)] = planned(situation, request_, tool, CASE, **given)
        assert (made == "what_if") is (changes is not None)
        assert changes is None or arguments == {"changes": changes} | BASE


def test_a_value_that_is_supposed_twice_is_the_later_one(situation: Situation) -> None:
    first = {"tool": "what_if", "changes": [value("tier", "free")], "values": [value("tier", "pro")]}
    second = planned(situation, "and with phone instead?", "predict_row", first, values=[value("channel", "phone")])
    assert second == [("what_if", {"changes": [value("channel", "phone")], "values": [value("tier", "free")]})]


@pytest.mark.parametrize("request_", ["Why?", "and why is that?", "why so?"])
def test_why_is_asked_of_the_case_of_before(request_: str, situation: Situation) -> None:
    for tool, given in (("explain_model", {}), ("explain_row", {"values": [value("age", 30)]})):
        assert planned(situation, request_, tool, CASE, **given) == [("explain_row", BASE)]
    assert planned(situation, request_, "explain_model", BUILD) == [("explain_model", {})]


@pytest.mark.parametrize(
    ("request_", "tool", "given", "wanted"),
    [
        (
            "What if a phone ticket of an enterprise customer is answered by somebody with 3 months of experience, and she is 44 years of age?",
            "what_if",
            {"changes": [value("channel", "phone"), value("tier", "enterprise"), value("experience_months", 3), value("age", 44)], "values": [value("message_words", 120), value("newsletter", "no")], "dataset": "tickets", "row": 1},
            ("predict_row", {"values": [value("channel", "phone"), value("tier", "enterprise"), value("experience_months", 3), value("age", 44)]}),
        ),
        (
            "Will a chat ticket of 300 words be escalated?",
            "predict_row",
            {"values": [value("channel", "chat"), value("message_words", 300), value("newsletter", "no"), value("tier", "pro")]},
            ("predict_row", {"values": [value("channel", "chat"), value("message_words", 300)]}),
        ),
        ("Why does it think so, what drives it?", "explain_row", {"values": [value("channel", "phone"), value("age", 33)]}, ("explain_model", {})),
        (
            "what would row 7 be if it was a phone ticket?",
            "what_if",
            {"changes": [value("channel", "phone")], "dataset": "tickets", "row": 7},
            ("what_if", {"changes": [value("channel", "phone")], "dataset": "tickets", "row": 7}),
        ),
        (
            "Will a ticket without a newsletter be escalated?",
            "predict_row",
            {"values": [value("newsletter", "no")]},
            ("predict_row", {"values": [value("newsletter", "no")]}),
        ),
        (
            "채팅으로 온 무료 고객 티켓은 escalated일까?",
            "predict_row",
            {"values": [value("channel", "chat"), value("tier", "free")]},
            ("predict_row", {"values": [value("channel", "chat"), value("tier", "free")]}),
        ),
    ],
)  # fmt: skip
def test_values_that_nobody_gave_are_no_part_of_a_case(
    request_: str, tool: str, given: dict[str, Any], wanted: Planned, situation: Situation
) -> None:
    assert planned(situation, request_, tool, BUILD, **given) == [wanted]


def test_a_value_that_the_model_reads_is_no_key_of_another_table(tmp_path: Path) -> None:
    with Workspace(tmp_path / "pumps") as workspace:
        add(workspace, "later", "SELECT 'P' || (100 + i) AS Pump, i AS load FROM range(40) t(i)")
        add(
            workspace,
            "faults",
            "SELECT 'P' || (100 + i) AS pump_id, i % 7 AS load, ['yes', 'no'][1 + i % 2] AS failed FROM range(40) t(i)",
        )
        model = ModelFact(
            "faults_failed", "failed", (ColumnFact("pump_id", "text"), ColumnFact("load", "int")), dataset="faults"
        )
        pumps = replace(look(workspace), models=(model,))
    given = [value("pump_id", "P103"), value("load", 4)]
    assert planned(pumps, "Will pump P103 fail if it has load 4?", "predict_row", values=given) == [
        ("predict_row", {"values": [value("load", 4), value("pump_id", "P103")]})
    ]


def test_one_case_is_of_the_rows_that_the_model_learned_from(situation: Situation) -> None:
    other = replace(situation.tables[0], version=situation.tables[0].version.model_copy(update={"dataset": "newer"}))
    talk = replace(situation, tables=(other, *situation.tables), models=(replace(MODEL, dataset="tickets"),))
    given = {"changes": [value("channel", "phone")], "dataset": "tickets", "row": 7}
    assert planned(talk, "what would row 7 be if it was a phone ticket?", "what_if", BUILD, **given) == [("what_if", given)]  # fmt: skip


# --- taken back --------------------------------------------------------------------------------------------------

GONE = ("delete_model", {"model": "tickets_escalated"})


@pytest.mark.parametrize(
    ("turns", "steps"),
    [
        ([BUILD], [GONE]),
        ([BUILD, {"tool": "evaluate_model"}, {"tool": "query_data", "sql": "SELECT 1"}], [GONE]),
        ([BUILD, {"tool": "drop_columns", "dataset": "tickets", "columns": ["age"]}], [("undo", {})]),
        ([BUILD, {"tool": "undo"}], [("undo", {})]),
        ([{"tool": "evaluate_model"}], [("undo", {})]),
        ([BUILD | {"target": "age"}], [("undo", {})]),
        ([], [("undo", {})]),
    ],
)
def test_undo_takes_back_the_last_thing_made(
    turns: list[dict[str, Any]], steps: list[Planned], situation: Situation
) -> None:
    assert planned(situation, "undo that", "undo", *turns) == steps
    assert planned(situation, "방금 한 거 취소해줘", "undo", *turns) == steps


@pytest.mark.parametrize(
    "request_", ["scrap that model", "please delete the last model", "방금 만든 모델 지워줘", "그 모델은 삭제해줘"]
)
def test_a_model_that_is_to_go_takes_no_column_with_it(request_: str, situation: Situation) -> None:
    assert planned(situation, request_, "drop_columns", dataset="tickets", columns=["escalated"]) == [GONE]


@pytest.mark.parametrize(
    "request_", ["drop the column age", "remove age, the model does not need it", "age 열을 삭제해줘"]
)
def test_a_column_that_is_to_go_leaves_the_model(request_: str, situation: Situation) -> None:
    steps = planned(situation, request_, "drop_columns", dataset="tickets", columns=["age"])
    assert steps == [("drop_columns", {"dataset": "tickets", "columns": ["age"]})]


def test_undo_of_a_named_dataset_leaves_the_model(situation: Situation) -> None:
    assert planned(situation, "undo the change of tickets", "undo", BUILD) == [("undo", {})]


def test_a_request_that_cleaned_and_built_is_taken_back_whole(situation: Situation) -> None:
    turn = Turn("clean and predict", ({"tool": "drop_duplicates", "dataset": "tickets"}, BUILD))
    talk = replace(situation, turns=(turn,))
    steps = read_plan({"steps": [{"tool": "undo"}]}, catalogue(), talk, "undo that").steps
    assert [(step.tool, step.arguments) for step in steps] == [("undo", {}), GONE]


EXPLAINED = {"tool": "explain_row", "dataset": "tickets", "row": 3}
KEY = {"column": "ticket_id", "value": "T1004"}


@pytest.mark.parametrize(
    ("request_", "planned_", "changes"),
    [
        ("What if T1004 had 5 more message words?", [value("message_words", 5)], [value("message_words", "+5")]),
        ("What if T1004 was reopened 2 times less?", [value("times_reopened", 2)], [value("times_reopened", "-2")]),
        ("What if T1004 came 3 years more?", [value("age", 3)], [value("age", "+3")]),
        (
            "What if T1004 had 2 fewer reopened times and 10 more message words?",
            [value("times_reopened", 2), value("message_words", 10)],
            [value("times_reopened", "-2"), value("message_words", "+10")],
        ),
        (
            "What if T1004 had 5 more message words and came by phone?",
            [value("message_words", 5), value("channel", "phone")],
            [value("message_words", "+5"), value("channel", "phone")],
        ),
        ("What if T1004 had 5 message words?", [value("message_words", 5)], [value("message_words", 5)]),
    ],
)
def test_what_a_case_has_more_of_is_added_to_what_it_has(
    request_: str, planned_: list[dict[str, Any]], changes: list[dict[str, Any]], situation: Situation
) -> None:
    [(tool, arguments)] = planned(situation, request_, "what_if", changes=planned_, dataset="tickets", row=1)
    assert (tool, arguments) == ("what_if", {"changes": changes, "values": [KEY], "dataset": "tickets"})


def test_the_same_of_the_case_of_before(situation: Situation) -> None:
    made = planned(
        situation, "and with 20 more message words?", "predict_row", EXPLAINED, values=[value("message_words", 20)]
    )
    changed = {"changes": [value("message_words", "+20")], "dataset": "tickets", "row": 3}
    assert made == [("what_if", changed)]
    everyone = planned(
        situation, "what if all had 20 more message words?", "what_if", EXPLAINED, changes=[value("message_words", 20)]
    )
    assert everyone == [("what_if_all", {"changes": [value("message_words", "+20")]})]
