"""Models of tables whose columns hold what people's files and databases hold: lengths of time, lists, Korean amounts."""

import importlib.util
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from automl.card import read_card
from tests.trained import add
from tools import call
from tools.engine import trusted
from tools.modelling.prepare import open_model, prepare
from tools.tool import Job, Outcome, ToolError
from tools.workspace import Workspace

ROWS = 240
QUICK = {"build": "quick", "algorithms": ["linear"]}
ODD = """
SELECT x, sin(i)::DECIMAL(10, 3) AS exact, TIME '00:00:00' + to_seconds(i * 997 % 86400) AS at, to_days((i % 40)::INTEGER) AS took,
    ['a' || i % 3, 'it''s'] AS tags, {'n': i % 3, 'w': 'q'} AS record, CASE WHEN i % 50 = 0 THEN 'inf'::DOUBLE ELSE x END AS wild,
    DATE '2024-01-01' + (i % 100)::INTEGER AS day, CASE WHEN x > 0.1 * (i % 9 - 4) THEN 'yes' ELSE 'no' END AS left
FROM numbers ORDER BY i
"""


@cache
def odd() -> Job:
    """A project with one model of a table of odd types."""
    job = Job(Workspace(Path(tempfile.mkdtemp(prefix="easel-tests-"))))
    numbers = pa.table({"i": range(ROWS), "x": np.random.default_rng(3).normal(size=ROWS).round(3)})
    with trusted() as connection:
        connection.register("numbers", numbers)
        add(job.workspace, "odd", connection.execute(ODD).to_arrow_table())
    call(job, "train_model", {"dataset": "odd", "target": "left", "keep": ["tags"], "leaks": "keep", **QUICK})
    return job


def told(tool: str, **arguments: Any) -> Outcome:
    return call(odd(), tool, arguments)


def test_lengths_of_time_and_times_of_day_teach_a_model_as_numbers() -> None:
    card = read_card(odd().workspace.models / "odd_left")
    assert {name: card.model_columns[name] for name in ("at", "took", "tags", "exact", "day")} == {
        "at": "number",
        "took": "number",
        "tags": "text",
        "exact": "number",
        "day": "date",
    }
    assert card.problem.identifiers == []
    held = pyarrow.parquet.read_table(odd().workspace.models / "odd_left" / "holdout.parquet")  # type: ignore[no-untyped-call]
    assert [str(held.schema.field(name).type) for name in ("exact", "took", "tags")] == ["double", "double", "string"]


@pytest.mark.parametrize(
    ("column", "value", "before", "after"),
    [
        ("took", "3 days", "1 day", "3 days"),
        ("at", "13:45", "00:16:37", "13:45"),
        ("day", "2024-03-05", "2024-01-02", "2024-03-05"),
        ("tags", "[a2]", """['a1', "it's"]""", "[a2]"),
    ],
)
def test_what_if_changes_a_length_a_time_a_date_or_a_list_of_a_row(
    column: str, value: str, before: str, after: str
) -> None:
    changed = told("what_if", dataset="odd", row=2, changes=[{"column": column, "value": value}])
    assert changed.text.startswith(f"If {column} {before} becomes {after}, the probability of yes goes from ")


def test_a_row_of_a_dataset_is_explained_with_its_lists_and_lengths() -> None:
    found = told("explain_row", dataset="odd", row=2)
    assert found.table is not None
    cells = {row[0]: row[1] for row in found.table.rows}
    assert (cells["tags"], cells["took"]) == (["a1", "it's"], "1 day")
    assert found.metrics["explained"] == pytest.approx(found.values["probabilities"]["yes"], abs=1e-3)


def test_what_would_have_to_change_is_sought_among_times_and_dates_too() -> None:
    found = told("find_change", dataset="odd", row=2, only=["at", "day", "took", "tags"])
    assert found.text.startswith("The model 'odd_left' predicts left = ")


def test_a_cell_that_is_no_length_of_time_is_refused_in_one_line() -> None:
    with pytest.raises(ToolError, match="A given value does not fit its column"):
        told("what_if", changes=[{"column": "took", "value": "lots"}])


def test_the_effect_of_a_column_leaves_out_what_is_no_number_and_of_lists_there_is_none() -> None:
    drawn = told("draw_effect", column="wild")
    assert drawn.table is not None
    assert all(np.isfinite(row[0]) for row in drawn.table.rows)
    with pytest.raises(ToolError, match="tags holds lists or records, whose effect can't be drawn"):
        told("draw_effect", column="tags")


@pytest.mark.parametrize("format", ["csv", "parquet", "xlsx"])
def test_every_row_is_predicted_into_each_kind_of_file(format: str) -> None:
    outcome = told("predict_dataset", dataset="odd", format=format)
    assert outcome.table is not None
    first = dict(zip(outcome.table.columns, outcome.table.rows[1], strict=True))
    assert (first["took"], first["tags"]) == ("1 day", ["a1", "it's"])


def test_an_export_reads_odd_columns_as_the_model_does() -> None:
    outcome, folder = told("export_model", model="odd_left"), odd().workspace.path / "opened"
    with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
        archive.extractall(folder)
    inside = folder / "odd_left_export"
    spec = importlib.util.spec_from_file_location("odd_prepare", inside / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    exported = module.prepare(inside / "data" / "holdout_rows.parquet")
    model, recipe = open_model(odd().workspace, "odd_left")
    schema, batches = odd().workspace.batches('SELECT * FROM "odd@1"')
    with prepare(model, recipe, schema) as preparer:
        own = preparer.frame(pa.Table.from_batches(list(batches), schema)).loc[exported.index]
    assert own.drop(columns="day").equals(exported[list(own.columns)].drop(columns="day"))
    assert own["day"].tolist() == exported["day"].tolist()


@pytest.mark.parametrize("held", ["TIME '10:00:00'", "INTERVAL '3 days'"])
def test_a_time_of_day_and_a_length_of_time_are_not_predicted(tmp_path: Path, held: str) -> None:
    with Workspace(tmp_path) as workspace, trusted() as connection:
        add(
            workspace,
            "t",
            connection.execute(f"SELECT i AS a, {held} AS answer FROM range(60) AS r(i)").to_arrow_table(),
        )
        with pytest.raises(ToolError, match=r"'answer' holds .* make it a number first"):
            call(Job(workspace), "train_model", {"dataset": "t", "target": "answer"})


def test_classes_spelt_in_several_ways_and_korean_amounts_are_read_by_steps_before_a_build(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    paid, stays = random.integers(1_000, 90_000, ROWS), random.random(ROWS)
    says = [
        ("Yes", "yes ")[row % 2] if stays[row] + paid[row] / 45_000 < 1.5 else ("No", "NO")[row % 2]
        for row in range(ROWS)
    ]
    table = pa.table({"금액": [f"{one:,}원" for one in paid], "x": stays, "이탈": says})
    with Workspace(tmp_path) as workspace:
        add(workspace, "손님", table)
        job = Job(workspace)
        built = call(job, "train_model", {"dataset": "손님", "target": "이탈", **QUICK})
        assert sorted(built.values["classes"]) == ["NO", "Yes"]
        assert built.values["trained_rows"] + built.values["holdout_rows"] == ROWS
        assert "Unified spellings. 이탈: 'yes ' became 'Yes'; 'No' became 'NO'. 금액 held numbers written" in built.text
        given = [{"column": "금액", "value": "20,000원"}, {"column": "x", "value": 0.2}]
        assert call(job, "predict_row", {"values": given}).values["prediction"] == "Yes"
