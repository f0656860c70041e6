import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from automl.change import Lever, smallest_changes
from tests.trained import add, customers, project
from tools import call
from tools.modelling.models import find_model
from tools.tool import Job, ToolError
from tools.workspace import Workspace

CASE = [{"column": "Age", "value": 70}, {"column": "Active", "value": False}, {"column": "Spend", "value": 40}]


def adds(changes: list[dict[str, float]]) -> tuple[list[bool], list[float]]:
    """A made-up model that says yes from 10 on, of a sum of two numbers and 4 for the shape round."""
    sums = [
        change.get("a", 1) + change.get("b", 2) + (4 if change.get("shape", "square") == "round" else 0)
        for change in changes
    ]
    return [one >= 10 for one in sums], [float(one) for one in sums]


def test_one_column_that_suffices_is_drawn_back_to_the_smallest_change() -> None:
    levers = [Lever("a", 1, tuple(range(21)), 10.0, whole=True), Lever("shape", "square", ("square", "round"))]
    (way,) = smallest_changes(levers, adds)  # type: ignore[arg-type]
    assert way.change == {"a": 8}
    assert way.effort == pytest.approx(0.7)


def test_two_columns_change_together_where_none_suffices_and_no_value_lies_outside_what_was_seen() -> None:
    levers = [
        Lever("a", 1, (0, 1, 2, 3, 4), 2.0, whole=True),
        Lever("b", 2, (1, 2, 3), 1.0, whole=True),
        Lever("shape", "square", ("square", "round")),
    ]
    ways = smallest_changes(levers, adds)  # type: ignore[arg-type]
    assert [way.change for way in ways] == [{"a": 4, "shape": "round"}]
    assert smallest_changes(levers[:2], adds) == []  # type: ignore[arg-type]
    assert smallest_changes([], adds) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["customers_left", "customers_plan", "customers_revenue"])
def test_reasons_add_up_to_the_prediction_less_the_average_one(model: str) -> None:
    outcome = call(project(), "explain_row", {"model": model, "values": CASE})
    parts, values = outcome.values["reasons"], outcome.values
    assert set(parts) == {one.name for one in find_model(project().workspace, model).features if one.used}
    now = values["probabilities"][values["outcome"]] if values["outcome"] else values["prediction"]
    assert values["average"] + sum(parts.values()) == pytest.approx(now, abs=1e-3 * max(1, abs(now)))
    assert list(map(abs, parts.values())) == sorted(map(abs, parts.values()), reverse=True)


def test_old_inactive_customers_are_said_to_leave_for_those_reasons() -> None:
    outcome = call(project(), "explain_row", {"model": "customers_left", "values": CASE})
    assert outcome.values["prediction"] == "yes"
    assert outcome.values["reasons"]["Age"] > 0.15
    assert "Raising it: Age 70 (+" in outcome.text
    assert "Not given, so taken as typical: City " in outcome.text


def test_an_existing_row_is_explained_with_its_own_values_also_where_a_step_renamed_a_column() -> None:
    job = project()
    raw = job.workspace.rows('SELECT "Age", "Spend", "City" FROM "customers@1" LIMIT 1 OFFSET 6')[0]
    outcome = call(job, "explain_row", {"model": "customers_left", "dataset": "customers", "row": 7})
    assert outcome.values["given"]["Age"] == raw[0]
    assert outcome.values["given"]["Spend"] == raw[1]
    assert outcome.values["given"]["City"] == raw[2]
    assert outcome.values["typical"] == {}
    with pytest.raises(ToolError, match="customers has 400 rows, numbered from 1; there is no row 401"):
        call(job, "explain_row", {"model": "customers_left", "dataset": "customers", "row": 401})


def test_what_if_shows_before_and_after_beside_each_other_as_single_predictions_say() -> None:
    job = project()
    outcome = call(
        job, "what_if", {"model": "customers_left", "values": CASE, "changes": [{"column": "age", "value": 30}]}
    )
    single = [
        call(job, "predict_row", {"model": "customers_left", "values": [*CASE[1:], {"column": "Age", "value": age}]})
        for age in (70, 30)
    ]
    shares = [one.values["probabilities"]["yes"] for one in single]
    assert [outcome.metrics["before"], outcome.metrics["after"]] == pytest.approx(shares, abs=1e-5)
    assert outcome.table is not None
    assert outcome.table.rows[:2] == [["Age", 70, 30], ["predicted Left", "yes", "no"]]
    assert outcome.text.startswith("If Age 70 becomes 30, the probability of yes goes from ")
    with pytest.raises(ToolError, match="What shall change"):
        call(job, "what_if", {"model": "customers_left", "changes": []})


@pytest.mark.parametrize(
    ("change", "age"), [("+5", 75), ("-40", 30), ("-50 %", 35), ("x0.5", 35), ("71", 71), (-1, -1)]
)
def test_what_if_moves_a_number_from_where_it_is(change: str | int, age: int) -> None:
    moved = {"model": "customers_left", "values": CASE, "changes": [{"column": "age", "value": change}]}
    assert call(project(), "what_if", moved).values["changes"] == {"Age": age}


def test_what_would_have_to_change_flips_the_answer_within_what_training_saw() -> None:
    job = project()
    outcome = call(job, "find_change", {"model": "customers_left", "values": CASE})
    assert outcome.values["ways"]
    features = {one.name: one for one in find_model(job.workspace, "customers_left").features}
    for change in outcome.values["ways"]:
        given = [one for one in CASE if one["column"] not in change]
        given += [{"column": name, "value": value} for name, value in change.items()]
        assert call(job, "predict_row", {"model": "customers_left", "values": given}).values["prediction"] == "no"
        for name, value in change.items():
            feature = features[name]
            if feature.kind == "number":
                assert float(feature.low or 0) <= value <= float(feature.high or 0)
            elif feature.categories:
                assert value in feature.categories
    fixed = call(job, "find_change", {"model": "customers_left", "values": CASE, "keep": ["AGE"]})
    assert all("Age" not in change for change in fixed.values["ways"])


def test_a_number_is_reached_from_below_and_from_above() -> None:
    job = project()
    for wanted, holds in (("₩500", lambda value: value >= 500), ("250,0", lambda value: value <= 250)):
        outcome = call(job, "find_change", {"model": "customers_revenue", "wanted": wanted, "only": ["Spend", "Age"]})
        change = outcome.values["ways"][0]
        given = [{"column": name, "value": value} for name, value in change.items()]
        assert holds(call(job, "predict_row", {"model": "customers_revenue", "values": given}).values["prediction"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "customers_left", "keep": ["Age", "Spend", "Active", "City"]}, "No column is left that may change."),
        ({"model": "customers_left", "wanted": "maybe"}, "No class 'maybe'."),
        ({"model": "customers_plan"}, "Which class is wanted? Give wanted one of "),
        ({"model": "customers_revenue"}, "Which Revenue is to be reached? Give wanted a number, got 'None'."),
        (
            {"model": "customers_revenue", "wanted": "nan"},
            "Which Revenue is to be reached? Give wanted a number, got 'nan'.",
        ),
        ({"model": "customers_left", "keep": ["Agee"]}, "No column 'Agee'. Nearest: Age."),
    ],
)
def test_wishes_that_can_not_be_met_are_refused_in_one_line(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ToolError) as error:
        call(project(), "find_change", arguments)
    assert str(error.value).startswith(message)


def test_the_effect_of_a_column_is_drawn_over_the_values_that_training_saw() -> None:
    outcome = call(project(), "draw_effect", {"model": "customers_left", "column": "age"})
    assert outcome.table is not None
    means = [row[1] for row in outcome.table.rows]
    assert means[-1] > means[0] + 0.3
    assert all(low <= mean + 0.3 and low <= high for _, mean, low, high in outcome.table.rows)
    assert outcome.artefacts[0].kind == "chart"
    names = call(project(), "draw_effect", {"model": "customers_left", "column": "City"})
    assert names.table is not None
    assert {row[0] for row in names.table.rows} == {"Oslo", "Bergen", "Narvik"}


def test_a_row_of_a_dataset_with_other_names_and_types_is_read_as_a_batch_reads_it() -> None:
    job = project()
    rows = customers(8, seed=9)
    written = pa.array([f"${one:,.2f}" if one is not None else None for one in rows["Spend"].to_pylist()])
    answers = pa.array(["예" if one else "아니오" for one in rows["Active"].to_pylist()])
    other = pa.table({"CITY": rows["City"], "active?": answers, "spend": written, " age": rows["Age"]})
    add(job.workspace, "others", other)
    batch = call(job, "predict_dataset", {"dataset": "others", "model": "customers_left"})
    assert batch.table is not None
    at = batch.table.columns.index("probability")
    for row in (1, 2, 3):
        one = call(job, "explain_row", {"dataset": "others", "row": row, "model": "customers_left"})
        assert one.values["typical"] == {}
        assert one.values["probabilities"]["yes"] == pytest.approx(batch.table.rows[row - 1][at], abs=1e-5)


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("what_if", {"changes": [{"column": "Left", "value": "yes"}]}, "What shall change? Left is what the model predicts"),
        ("find_change", {"only": ["RowNumber"]}, "The model does not use RowNumber, so no change there moves its answer."),
        ("draw_effect", {"column": "RowNumber"}, "'customers_left' does not use RowNumber, so it has no effect. It uses: "),
        ("draw_effect", {"column": "left"}, "Left is what the model predicts: choose another column, such as "),
        ("draw_effect", {"column": "Agee"}, "No column 'Agee'. Nearest: Age"),
    ],
)  # fmt: skip
def test_a_column_that_can_not_move_the_answer_is_told(tool: str, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ToolError) as error:
        call(project(), tool, {**arguments, "model": "customers_left"})
    assert str(error.value).startswith(message)


def test_a_column_that_the_model_does_not_use_may_be_kept() -> None:
    outcome = call(project(), "find_change", {"values": CASE, "keep": ["RowNumber"], "model": "customers_left"})
    assert "Kept as they are: RowNumber." in outcome.text


def test_a_row_of_very_many_columns_is_explained_while_a_person_waits(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    table = pa.table({f"c{place}": random.normal(size=60).round(2) for place in range(300)})
    with Workspace(tmp_path) as workspace:
        add(workspace, "wide", table.append_column("y", pa.array(np.where(table["c0"].to_numpy() > 0, "p", "q"))))
        job = Job(workspace)
        asked = {"dataset": "wide", "target": "y", "build": "quick", "algorithms": ["linear"], "leaks": "leave_out"}
        call(job, "train_model", asked)
        call(job, "predict_row", {"values": []})
        started = time.process_time()
        told = call(job, "explain_row", {"values": [{"column": f"c{place}", "value": 99} for place in range(1, 21)]})
    assert time.process_time() - started < 15
    assert told.text.count("lies outside what the model has seen") == 6
    assert "14 more values lie outside what the model has seen, or are not used." in told.text


def test_columns_go_by_the_names_that_steps_gave_them_too() -> None:
    asked = {"model": "customers_left", "changes": [{"column": "Years", "value": 70}]}
    assert call(project(), "what_if", asked).values["changes"] == {"Age": 70}
    drawn = call(project(), "draw_effect", {"model": "customers_left", "column": "years"})
    assert drawn.values["column"] == "Age"


def test_a_row_of_a_sorted_dataset_is_the_one_that_a_batch_predicts_there_and_refused_where_cells_changed_too(
    tmp_path: Path,
) -> None:
    with Workspace(tmp_path) as workspace:
        job = Job(workspace)
        add(workspace, "few", customers(120).select(["Age", "Spend", "City", "Left"]))
        call(job, "rename_column", {"dataset": "few", "column": "Age", "name": "Years"})
        call(job, "sort_rows", {"dataset": "few", "columns": ["Years"]})
        call(job, "train_model", {"dataset": "few", "target": "Left", "build": "quick", "algorithms": ["linear"]})
        batch = call(job, "predict_dataset", {"dataset": "few"})
        told = call(job, "explain_row", {"dataset": "few", "row": 3})
        assert batch.table is not None
        assert told.values["typical"] == {}
        third = dict(zip(batch.table.columns, batch.table.rows[2], strict=True))
        assert told.values["given"]["Age"] == third["Years"]
        assert told.values["probabilities"]["yes"] == pytest.approx(third["probability"], abs=1e-5)
        call(job, "fill_missing", {"dataset": "few", "columns": ["Spend"], "method": "median"})
        with pytest.raises(ToolError) as error:
            call(job, "explain_row", {"dataset": "few", "row": 3})
        assert str(error.value) == (
            "The rows of few were filtered or sorted and their cells changed, so row numbers no longer tell which row"
            " 'few_left' shall read. Name a row as it was before: dataset='few@1'."
        )
        assert call(job, "explain_row", {"dataset": "few@1", "row": 3}).values["typical"] == {}
