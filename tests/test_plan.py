import json
from typing import Any

import jsonschema
import pyarrow as pa
import pytest

from assistant.context import ColumnFact, ModelFact, Situation, Table
from assistant.plan import Step, expand, planned, read_plan
from assistant.plan_schema import schema
from assistant.said import most_steps
from tools import catalogue, core_tools
from tools.dataset import StepRecord
from tools.title import title_of
from tools.tool import ToolError
from tools.workspace import Workspace

FEATURES = (ColumnFact("country", "text", ("Norway", "Chile")), ColumnFact("age", "decimal"))
MODEL = ModelFact("customers_left", "left", FEATURES)


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    """One table and one model."""
    rows = pa.table({"customer_id": [1, 2], "country": ["Norway", "Chile"], "age": [30, 40], "left": [0, 1]})
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        version = workspace.add_dataset("customers", rows.to_reader(), StepRecord(tool="load_file", arguments={}))
    facts = (ColumnFact("customer_id", "int"), *FEATURES, ColumnFact("left", "int", (0, 1)))
    return Situation((Table(version, facts),), (MODEL,))


def _read(steps: Any, situation: Situation, request: str = "") -> Any:
    return read_plan({"steps": steps}, catalogue(), situation, request)


def _accepts(situation: Situation, request: str, steps: list[dict[str, Any]]) -> bool:
    form = schema(core_tools(), situation, request)
    return jsonschema.Draft202012Validator(form).is_valid({"steps": steps})


@pytest.mark.parametrize(
    ("request_", "steps", "allowed"),
    [
        ("What is in it?", [{"tool": "describe_data"}], True),
        ("Drop age", [{"tool": "drop_columns", "columns": ["age"]}], True),
        ("Drop age", [{"tool": "drop_columns", "columns": ["Age"]}], False),
        ("Drop age", [{"tool": "drop_columns"}], False),
        ("Drop age", [{"tool": "drop_everything"}], False),
        ("Drop age", [{"tool": "drop_columns", "columns": ["age"]}, {"tool": "describe_data"}], False),
        ("Drop age, then describe", [{"tool": "drop_columns", "columns": ["age"]}, {"tool": "describe_data"}], True),
        ("Predict left", [{"tool": "train_model", "target": "left"}], True),
        ("Predict left", [{"tool": "train_model", "target": "left", "ignore": ["age"]}], False),
        ("Predict left without age", [{"tool": "train_model", "target": "left", "ignore": ["age"]}], True),
        ("Predict left", [{"tool": "train_model", "target": "gone"}], False),
        ("What if Chile?", [{"tool": "predict_row", "values": [{"column": "country", "value": "Chile"}]}], True),
        ("What if Peru?", [{"tool": "predict_row", "values": [{"column": "country", "value": "Peru"}]}], False),
        ("What if 30?", [{"tool": "predict_row", "values": [{"column": "age", "value": "thirty"}]}], False),
        ("Load it", [{"tool": "load_file", "path": "/etc/passwd"}], False),
        ("Rows?", [], False),
        ("Churn score?", [{"tool": "say_missing", "what": "churn score"}], True),
        ("Take the last 2 rows", [{"tool": "take_rows", "count": 2, "from_end": True}], True),
        ("Take 2 rows", [{"tool": "take_rows", "count": 2, "from_end": True}], False),
        ("Add the half-year", [{"tool": "extract_date_part", "column": "age", "parts": ["half"]}], True),
        ("Add the year", [{"tool": "extract_date_part", "column": "age", "parts": ["half"]}], False),
        (
            "Aggregate the standard deviation",
            [{"tool": "aggregate", "group_by": ["age"], "measures": [{"function": "sd"}]}],
            True,
        ),
        ("Aggregate the mean", [{"tool": "aggregate", "group_by": ["age"], "measures": [{"function": "sd"}]}], False),
    ],
)
def test_the_schema_cannot_say_what_does_not_exist_or_was_not_asked(
    request_: str, steps: list[dict[str, Any]], allowed: bool, situation: Situation
) -> None:
    assert _accepts(situation, request_, steps) is allowed


def test_prediction_is_offered_only_where_a_model_exists(situation: Situation) -> None:
    step = {"tool": "evaluate_model"}
    assert _accepts(situation, "How good is it?", [step])
    assert not _accepts(Situation(situation.tables), "How good is it?", [step])


def test_with_several_datasets_every_step_names_one(situation: Situation) -> None:
    two = Situation((situation.tables[0], situation.tables[0]), (MODEL,))
    assert not _accepts(two, "Describe", [{"tool": "describe_data"}])
    assert _accepts(two, "Describe", [{"tool": "describe_data", "dataset": "customers"}])


@pytest.mark.parametrize(
    ("request_", "most"),
    [
        ("How many rows?", 1),
        ("Clean it up and predict left", 2),
        ("Drop age, fill country; sort by left. Then train", 5),
        ("정리하고 이탈을 예측해줘", 2),
        (", ".join(["drop age"] * 20), 8),
    ],
)
def test_a_plan_is_no_longer_than_its_request(request_: str, most: int) -> None:
    assert most_steps(request_) == most


def test_names_are_resolved_and_the_dataset_may_be_left_out(situation: Situation) -> None:
    plan = _read([{"tool": "drop_columns", "columns": ["AGE"]}], situation)
    assert plan.steps == (Step(tool="drop_columns", arguments={"dataset": "customers", "columns": ["age"]}),)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (None, 'A plan is {"steps": [{"tool": …, …arguments}]} with at least one step.'),
        ([], 'A plan is {"steps": [{"tool": …, …arguments}]} with at least one step.'),
        ([{"tool": "drop_colums"}], "No tool 'drop_colums'. Nearest: drop_columns,"),
        ([{"tool": "drop_columns", "dataset": "sales", "columns": ["a"]}], "No dataset 'sales'. Datasets: customers."),
        ([{"tool": "drop_columns", "columns": 3}], "drop_columns: 'columns': input should be a valid list (got 3)."),
        ([{"tool": "reply", "text": "There are 4711 customers."}], "A reply may not state figures:"),
        ([{"tool": "reply", "text": " "}], "The reply is empty."),
    ],
)
def test_a_bad_plan_says_in_one_line_what_is_wrong(steps: Any, message: str, situation: Situation) -> None:
    with pytest.raises(ToolError) as caught:
        _read(steps, situation)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        (
            "What if a 40-year-old from Chile?",
            [{"column": "country", "value": "Chile"}, {"column": "age", "value": 40}],
        ),
        ("What if somebody from Chile?", [{"column": "country", "value": "Chile"}]),
        ("What if someone is forty?", [{"column": "country", "value": "Chile"}]),
    ],
)
def test_a_what_if_holds_only_numbers_that_were_said(
    request_: str, kept: list[dict[str, Any]], situation: Situation
) -> None:
    values = [{"column": "country", "value": "Chile"}, {"column": "age", "value": 40}]
    plan = _read([{"tool": "predict_row", "values": values}], situation, request_)
    assert plan.steps[0].arguments["values"] == kept


def test_a_what_if_holds_the_category_that_was_named_and_forgotten(situation: Situation) -> None:
    plan = _read(
        [{"tool": "predict_row", "values": [{"column": "age", "value": 40}]}], situation, "And a 40-year-old Chilean?"
    )
    assert plan.steps[0].arguments["values"] == [
        {"column": "age", "value": 40},
        {"column": "country", "value": "Chile"},
    ]


def test_a_target_is_never_ignored_nor_a_column_nobody_named(situation: Situation) -> None:
    step = {"tool": "train_model", "target": "left", "ignore": ["left", "age", "country"]}
    assert _read([step], situation, "Predict left without age").steps[0].arguments["ignore"] == ["age"]
    assert "ignore" not in _read([step], situation, "Predict left").steps[0].arguments


def test_the_same_step_twice_is_one(situation: Situation) -> None:
    assert len(_read([{"tool": "describe_data"}, {"tool": "describe_data"}], situation).steps) == 1


def test_repairs_are_shown_as_the_steps_they_are() -> None:
    asked: list[tuple[str, str | None, bool]] = []
    repair = Step(tool="fill_missing", arguments={"dataset": "customers"}, why="3 cells of age are empty")

    def fixes(dataset: str, target: str | None, for_training: bool) -> list[Step]:
        asked.append((dataset, target, for_training))
        return [repair]

    fix = Step(tool="fix_issues", arguments={"dataset": "customers"})
    train = Step(tool="train_model", arguments={"dataset": "customers", "target": "left"})
    assert expand([fix, train], fixes) == [repair, train]
    assert expand([fix], lambda *_: []) == [fix]
    assert expand([fix, train], lambda *_: []) == [train]
    drop = Step(tool="drop_columns", arguments={"dataset": "customers", "columns": ["age"]})
    assert expand([drop, fix], fixes) == [drop, fix]
    assert asked == [("customers", "left", True)]


@pytest.mark.parametrize(
    ("tool", "arguments", "title"),
    [
        ("drop_columns", {"columns": ["a", "b"]}, "a and b"),
        ("train_model", {"target": "left"}, "Build a model that predicts left"),
        ("load_file", {"path": "new.csv"}, "Load new.csv"),
        ("change_schedule", {"action": "run", "schedule": "a"}, "Run the schedule a"),
        ("forecast", {}, "Forecast with the newest model"),
        ("limit_values", {"columns": ["a"], "upper": 5}, "Limit a to any … 5"),
        ("replace_values", {"column": "a", "old": "x"}, "Replace x with an empty cell in a"),
        ("fill_missing", {"method": "mean"}, "Fill the empty cells of every column that needs it (mean)"),
    ],
)
def test_a_card_says_what_a_step_does(tool: str, arguments: dict[str, Any], title: str) -> None:
    assert title in title_of(catalogue()[tool], arguments)


def test_every_tool_has_a_title_for_any_of_its_arguments() -> None:
    for tool in catalogue().values():
        assert "{" not in title_of(tool, {})


def test_steps_are_numbered_on_and_get_the_tools_own_reason() -> None:
    (card,) = planned([Step(tool="describe_data", arguments={"dataset": "customers"})], catalogue(), first=4)
    assert (card.id, card.tool, card.effect) == (4, "describe_data", "read")
    assert card.why.endswith(".")
    assert json.loads(card.model_dump_json())["arguments"] == {"dataset": "customers"}


@pytest.mark.parametrize(
    ("request_", "question", "understood"),
    [
        ("손님 관리 어떻게 해?", "손님 관리 어떻게 해?", False),
        ("그거 다시 해줘", "age, country", False),
        ("age 열 지워줘", "What columns are there in the dataset?", False),
        ("is this odd?", "Is this odd?", False),
        ("drop the old ones", "From which age on is a customer old?", True),
        ("나이 많은 사람 빼줘", "몇 살부터 뺄까요?", True),
        ("나이로 해줘", "어떤 열을 말하나요?", True),
    ],
)
def test_a_question_that_gives_the_request_back_is_none(
    request_: str, question: str, understood: bool, situation: Situation
) -> None:
    plan = _read([{"tool": "ask_user", "question": question}], situation, request_)
    assert plan.question == (
        question
        if understood
        else "That was not understood. Say it in other words. For example: 'what is in this data', 'average age by country',"
        " 'check the quality' and 'predict left'."
    )


@pytest.mark.parametrize(
    ("request_", "question", "allowed"),
    [
        ("나이로 해줘", "어떤 열을 말하나요?", True),
        ("나이로 해줘", "Which column?", False),
        ("use the age", "Which column?", True),
    ],
)
def test_a_person_is_asked_in_her_language(request_: str, question: str, allowed: bool, situation: Situation) -> None:
    assert _accepts(situation, request_, [{"tool": "ask_user", "question": question}]) is allowed
