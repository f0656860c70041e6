"""Formulas that read another table, columns under other names, and a model of texts asked again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, Turn, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue, mend
from tools.guard import run_select
from tools.workspace import Workspace

HIVES = "SELECT 'H' || i AS hive_id, 2000 + i AS built_year, ['lime', 'oak'][1 + i % 2] AS wood FROM range(20) t(i)"
VISITS = """SELECT 500 + i AS visit_no, 'H' || (i % 20) AS hive_id, DATE '2024-03-01' + i::INT AS visited_on, i % 7 AS frames,
    ['yes', 'no'][1 + i % 2] AS swarmed FROM range(90) t(i)"""
JUNE = "SELECT 'H' || i AS Hive, DATE '2025-06-01' + i::INT AS Seen, i % 5 AS Combs FROM range(20) t(i)"
Planned = tuple[str, dict[str, Any]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    opened = Workspace(tmp_path / "project")
    for name, sql in (("june", JUNE), ("hives", HIVES), ("visits", VISITS)):
        add(opened, name, sql)
    return opened


@pytest.fixture
def situation(workspace: Workspace) -> Situation:
    return look(workspace)


def planned(situation: Situation, request: str, *raw: dict[str, Any]) -> list[Planned]:
    plan = read_plan({"steps": list(raw)}, catalogue(), situation, request)
    return [(step.tool, step.arguments) for step in plan.steps]


def formula(text: str) -> dict[str, Any]:
    return {"tool": "add_formula", "dataset": "visits", "name": "hive_age", "formula": text}


JOIN = ("join_datasets", {"dataset": "visits", "other": "hives", "on": ["hive_id"], "other_on": ["hive_id"]})


@pytest.mark.parametrize(
    ("text", "joins", "made"),
    [
        ("visited_on - built_year", [JOIN], "year(visited_on) - built_year"),
        ("year(visited_on) - built_year", [JOIN], "year(visited_on) - built_year"),
        ("frames * 2", [], "frames * 2"),
        ("frames - visit_no", [], "frames - visit_no"),
    ],
)
def test_a_formula_has_the_table_that_it_reads(
    text: str, joins: list[Planned], made: str, situation: Situation
) -> None:
    steps = planned(situation, "Add a column hive_age: the year visited minus built_year", formula(text))
    assert steps[:-1] == joins
    assert steps[-1][1]["formula"] == made


@pytest.mark.parametrize(
    ("request_", "text", "made"),
    [
        ("Add a column age: the year visited_on minus built_year", "built_year - CAST(visited_on AS TEXT) LIKE '2024%'", "year(visited_on) - built_year"),
        ("add load as frames times visit_no", "frames", "frames * visit_no"),
        ("add load as frames divided by visit_no", "visit_no / frames", "frames / visit_no"),
        ("add the visits minus the swarms", "frames - 1", "frames - 1"),
        ("add x as frames minus visit_no minus frames", "frames - visit_no - frames", "frames - visit_no - frames"),
    ],
)  # fmt: skip
def test_a_formula_is_the_one_that_is_spelt(request_: str, text: str, made: str, situation: Situation) -> None:
    assert planned(situation, request_, formula(text))[-1][1]["formula"] == made


def test_a_column_that_comes_with_a_join_is_no_formula(situation: Situation) -> None:
    step = {"tool": "add_formula", "dataset": "visits", "name": "wood", "formula": "wood"}
    assert planned(situation, "Add the wood of the hive to the visits", step) == [JOIN]


RENAME = {"tool": "rename_column", "dataset": "visits", "column": "hive_id", "name": "hive"}
PAIRS = [{"column": "Hive", "name": "hive_id"}, {"column": "Seen", "name": "visited_on"}, {"column": "Combs", "name": "frames"}]  # fmt: skip


@pytest.mark.parametrize(
    "request_",
    [
        "In june Hive is hive_id, Seen is visited_on and Combs is frames: rename them",
        "june: Hive means hive_id, Seen means visited_on, Combs means frames",
        "rename the columns of june: Hive to hive_id, Seen to visited_on, Combs to frames",
        "Hive -> hive_id, Seen -> visited_on, Combs -> frames in june",
    ],
)
def test_columns_get_the_names_that_they_have_elsewhere(request_: str, situation: Situation) -> None:
    assert planned(situation, request_, RENAME) == [("rename_columns", {"dataset": "june", "renames": PAIRS})]


def test_a_file_is_predicted_after_its_columns_are_named(situation: Situation) -> None:
    features = (ColumnFact("hive_id", "text"), ColumnFact("visited_on", "date"), ColumnFact("frames", "int"))
    talk = replace(situation, models=(ModelFact("visits_swarmed", "swarmed", features, dataset="visits"),))
    request = "Predict june, there Hive is hive_id, Seen is visited_on and Combs is frames"
    assert planned(talk, request, {"tool": "predict_dataset", "dataset": "june"}) == [
        ("rename_columns", {"dataset": "june", "renames": PAIRS}),
        ("predict_dataset", {"dataset": "june"}),
    ]


@pytest.mark.parametrize(
    ("columns", "joins"),
    [(("hive_id", "Seen", "wood", "built_year"), True), (("hive_id", "Seen"), False), (("hive_id", "wood", "frames"), False)],
)  # fmt: skip
def test_a_file_has_the_table_joined_that_the_model_reads(
    columns: tuple[str, ...], joins: bool, workspace: Workspace
) -> None:
    add(workspace, "july", "SELECT 'H' || (i % 20) AS hive_id, DATE '2025-07-01' + i::INT AS Seen FROM range(40) t(i)")
    seen = look(workspace)
    model = ModelFact("visits_swarmed", "swarmed", tuple(ColumnFact(name, "text") for name in columns))
    made = planned(replace(seen, models=(model,)), "Predict july", {"tool": "predict_dataset", "dataset": "july"})
    join = {"dataset": "july", "other": "hives", "on": ["hive_id"], "other_on": ["hive_id"]}
    assert made == [*([("join_datasets", join)] if joins else []), ("predict_dataset", {"dataset": "july"})]


@pytest.mark.parametrize(
    ("request_", "step"),
    [
        ("rename frames to combs", {"tool": "rename_column", "dataset": "visits", "column": "frames", "name": "combs"}),
        ("change frames to text", {"tool": "change_type", "dataset": "visits", "columns": ["frames"], "type": "text"}),
        ("Predict june", {"tool": "predict_dataset", "dataset": "june"}),
    ],
)  # fmt: skip
def test_other_requests_keep_their_names(request_: str, step: dict[str, Any], situation: Situation) -> None:
    assert [tool for tool, _ in planned(situation, request_, step)] == [step["tool"]]


# --- a model of texts --------------------------------------------------------------------------------------------

TEXT = ModelFact("notes_desk", "desk", (ColumnFact("note", "text", samples=("the tap drips all night", "a bed")),))


def given(text: str) -> dict[str, Any]:
    return {"column": "note", "value": text}


@pytest.mark.parametrize(
    ("request_", "tool", "arguments", "made"),
    [
        ("And this one: we were billed twice", "what_if", {"changes": [given("we were billed twice")], "values": [given("the tap drips")]}, ("predict_row", {"values": [given("we were billed twice")]})),
        ("and this: the bins on Elm are overflowing", "describe_data", {"dataset": "hives"}, ("predict_row", {"values": [given("the bins on Elm are overflowing")]})),
        ("what about this one - no water since noon", "explain_model", {}, ("predict_row", {"values": [given("no water since noon")]})),
        ("and these: how many?", "describe_data", {"dataset": "hives"}, ("describe_data", {"dataset": "visits"})),
        ("Why?", "explain_model", {}, ("highlight_words", {"text": "the tap drips"})),
        ("Which desk does it confuse most?", "explain_model", {}, ("evaluate_model", {})),
        ("Which words matter most?", "explain_model", {}, ("explain_model", {})),
    ],
)  # fmt: skip
def test_another_text_is_another_case(
    request_: str, tool: str, arguments: dict[str, Any], made: Planned, situation: Situation
) -> None:
    last = {"tool": "predict_row", "values": [given("the tap drips")]}
    talk = replace(situation, models=(TEXT,), turns=(Turn("before", (last,)),))
    assert planned(talk, request_, {"tool": tool} | arguments) == [made]


# --- one against the other ---------------------------------------------------------------------------------------

SWARMS = "SELECT avg((swarmed = 'yes')::int) AS share FROM visits JOIN hives ON visits.hive_id = hives.hive_id WHERE wood = '{}'{}"


def test_totals_of_one_and_of_another_stand_side_by_side(workspace: Workspace) -> None:
    request = "share of visits that swarmed, lime versus oak"
    sql = f"{SWARMS.format('lime', '')} INTERSECT {SWARMS.format('oak', '')}"
    mended = mend.mend_question(workspace, sql, request)
    assert "Each wood has a row of its own." in mended.changes
    found, _ = run_select(workspace, mended.sql, limit=10, seconds=10)
    assert sorted(map(list, found.rows)) == [["lime", 1.0], ["oak", 0.0]]


BOTH = "SELECT avg((swarmed = 'yes')::int) AS share FROM visits JOIN hives ON visits.hive_id = hives.hive_id WHERE wood IN ('lime', 'oak')"


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("share of visits that swarmed, lime versus oak", [["lime", 1.0], ["oak", 0.0]]),
        ("compare the share that swarmed between lime and oak", [["lime", 1.0], ["oak", 0.0]]),
        ("share of visits that swarmed in lime or oak hives", [[0.5]]),
        ("share of visits that swarmed, lime versus the rest", [[0.5]]),
    ],
)
def test_values_that_are_compared_have_a_row_each(request_: str, rows: list[list[Any]], workspace: Workspace) -> None:
    found, _ = run_select(workspace, mend.mend_question(workspace, BOTH, request_).sql, limit=10, seconds=10)
    assert sorted([one if isinstance(one, str) else round(one, 3) for one in row] for row in found.rows) == rows


@pytest.mark.parametrize(
    "sql",
    [
        f"{SWARMS.format('lime', '')} EXCEPT {SWARMS.format('oak', '')}",
        f"{SWARMS.format('lime', '')} UNION {SWARMS.format('oak', ' AND frames > 3')}",
        "SELECT hive_id FROM hives WHERE wood = 'lime' INTERSECT SELECT hive_id FROM hives WHERE wood = 'oak'",
    ],
)
def test_other_sets_stay_sets(sql: str, workspace: Workspace) -> None:
    assert "has a row of its own" not in " ".join(mend.mend_question(workspace, sql, "compare them").changes)
