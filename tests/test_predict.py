import json
import shutil
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from automl.predictor import load_model
from tests.trained import add, customers, project, step
from tools import call
from tools.batch import predict_dataset, predict_file
from tools.modelling.ahead import abreast, ahead
from tools.modelling.models import find_model
from tools.modelling.prediction_file import check_excel, predict_stream, unnamed
from tools.modelling.prepare import open_model, prepare
from tools.modelling.row import GivenValue
from tools.modelling.tally import Tally
from tools.predict import _value_words, predict_row
from tools.sources.read import open_file
from tools.tool import Job, Outcome, Stopped, ToolError
from tools.workspace import Workspace


def given(**values: str | float | bool) -> list[GivenValue]:
    return [GivenValue(column=name, value=value) for name, value in values.items()]


def written(outcome: Outcome) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = pyarrow.csv.read_csv(outcome.artefacts[0].path).to_pydict()
    return columns


def test_one_row_is_predicted_with_its_probability_and_what_was_taken_as_typical() -> None:
    outcome = predict_row(project(), given(Age=75, active=False, city="narvik"), "customers_left")
    share = outcome.metrics["probability"]
    assert share > 0.7
    assert outcome.values["prediction"] == "yes"
    assert outcome.values["given"] == {"Age": 75, "Active": False, "City": "Narvik"}
    assert list(outcome.values["typical"]) == ["Spend"]
    spend = outcome.values["typical"]["Spend"]
    assert outcome.text == (
        f"The model 'customers_left' predicts Left = yes with a probability of {100 * share:.1f} %"
        f" (no {100 * (1 - share):.1f} %). Not given, so taken as typical: Spend {spend:g}."
    ).replace(".0 %", " %")
    assert outcome.table is not None
    assert [row[0] for row in outcome.table.rows] == ["yes", "no"]
    assert sum(row[1] for row in outcome.table.rows) == pytest.approx(1)


def test_the_values_of_one_row_pass_through_the_recipe_as_those_of_a_dataset_do() -> None:
    job = project()
    table = customers(5, seed=9)
    add(job.workspace, "five", table)
    batch = written(predict_dataset(job, "five", "customers_left"))
    for row, probability in zip(table.to_pylist(), batch["probability"], strict=True):
        values = given(**{name: row[name] for name in ("Age", "Spend", "Active", "City") if row[name] is not None})
        if row["Spend"] is None:
            continue
        one = predict_row(job, values, "customers_left")
        assert one.metrics["probability"] == pytest.approx(probability, abs=1e-6)
        assert one.values["typical"] == {}


@pytest.mark.parametrize(
    ("model", "by", "what"),
    [
        ("customers_left", "probability", "probability of yes"),
        ("customers_plan", "probability", "probability"),
        ("customers_revenue", "prediction", "number"),
    ],
)
def test_the_highest_rows_are_shown_first_and_the_file_holds_all(
    monkeypatch: pytest.MonkeyPatch, model: str, by: str, what: str
) -> None:
    monkeypatch.setattr("tools.modelling.prediction_file.batch_size", lambda card, columns: 50)
    add(project().workspace, "to_rank", customers())
    outcome = predict_dataset(project(), "to_rank", model, top=7)
    rows = written(outcome)
    assert outcome.table is not None
    assert outcome.table.row_count == len(outcome.table.rows) == 7
    place = outcome.table.columns.index(by)
    assert [row[place] for row in outcome.table.rows] == pytest.approx(sorted(rows[by], reverse=True)[:7])
    assert f"Shown: 7 rows with the highest {what}, the highest first." in outcome.text
    known = sum(row[outcome.table.columns.index("Left")] == "yes" for row in outcome.table.rows)
    assert (f" In {known} of them Left is yes already, as the data say." in outcome.text) == (model == "customers_left")
    assert rows["RowNumber"] == list(range(1, 401))


def test_a_case_named_by_its_key_is_the_row_that_has_it() -> None:
    job = project()
    batch = written(predict_dataset(job, "customers", "customers_left"))
    one = predict_row(job, given(rownumber="7"), "customers_left")
    assert one.metrics["probability"] == pytest.approx(batch["probability"][6], abs=1e-6)
    assert "It is row 7 of customers, RowNumber 7." in one.text
    changed = predict_row(job, given(RowNumber=7, Age=79, City="Oslo"), "customers_left")
    assert changed.values["given"] == one.values["given"] | {"Age": 79, "City": "Oslo"}
    asked = {"values": [{"column": "RowNumber", "value": 7}], "model": "customers_left"}
    by_row = call(job, "explain_row", {"dataset": "customers", "row": 7, "model": "customers_left"})
    for misled in ({}, {"dataset": "customers", "row": 1}):
        assert call(job, "explain_row", asked | misled).values == by_row.values


def test_a_key_that_no_row_has_is_said_unless_the_case_is_a_new_one() -> None:
    with pytest.raises(ToolError, match=r"^No row of customers has RowNumber 900[.,] .*Name one that "):
        predict_row(project(), given(RowNumber=900), "customers_left")
    assert (
        "The model does not use RowNumber."
        in predict_row(project(), given(RowNumber=900, Age=30), "customers_left").text
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["", ""], "2 rows of new.csv without any value got no prediction."),
        ([",,,"], "1 row of new.csv without any value got no prediction."),
        (["  ", ",,,", ""], "3 rows of new.csv without any value got no prediction."),
    ],
)
def test_lines_without_any_value_are_told_of_where_a_file_is_predicted(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    all_lines = ["Age,Spend,Active,City", "30,10,true,Oslo", *lines, "60,20,false,Narvik", "", ""]
    (tmp_path / "new.csv").write_text("\n".join(all_lines))
    outcome = predict_file(project().workspace, "customers_left", tmp_path / "new.csv", tmp_path / "out.csv")
    assert (outcome.values["rows"], outcome.text.endswith(said)) == (2, True)
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 3


def test_a_number_is_predicted_with_its_usual_error() -> None:
    outcome = predict_row(project(), given(Age=40, Spend="100,0 €"), "customers_revenue")
    mae = find_model(project().workspace, "customers_revenue").scores.metrics["mae"]
    assert outcome.metrics == {"prediction": outcome.values["prediction"]}
    assert outcome.values["prediction"] == pytest.approx(380, abs=1.5 * mae)
    assert f"it is off by {mae:.3g} on average" in outcome.text
    assert outcome.table is None


@pytest.mark.parametrize("name", ["Age", " age_"])
def test_decimals_are_rounded_where_training_held_whole_numbers_and_that_is_said(tmp_path: Path, name: str) -> None:
    rounded = predict_row(project(), given(Age=40.4), "customers_left")
    assert "'Age' held whole numbers only in training, so decimals were rounded, such as 40.4." in rounded.text
    assert rounded.metrics == predict_row(project(), given(Age=40), "customers_left").metrics
    data, out = tmp_path / "new.csv", tmp_path / "out.csv"
    data.write_text(f'"{name}",Spend,Active,City\n40.4,20,true,Oslo\n50,20,true,Oslo\n')
    outcome = predict_file(project().workspace, "customers_left", data, out)
    column = name.strip()
    assert f"'{column}' held whole numbers only in training, so decimals were rounded, such as 40.4." in outcome.text


def test_a_missing_city_is_said_with_those_that_are_known() -> None:
    outcome = predict_row(project(), given(City="Paris", Age=200, Left="yes", RowNumber=900), "customers_left")
    assert "City 'Paris' did not occur in the training rows; known: " in outcome.text
    assert "Age 200 lies outside what the model has seen (18 to 79)." in outcome.text
    assert "The given Left was ignored: it is what the model predicts." in outcome.text
    assert "The model does not use RowNumber." in outcome.text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Agee": 4}, "No column 'Agee'. Nearest: Age."),
        ({"Age": "old"}, "Age is a number (18 to 79 in the training rows), but got 'old'. Give a number."),
        ({"Age": "12 %"}, "Age is a number (18 to 79 in the training rows), but got '12 %'. Give a number."),
        ({"Age": "1e999"}, "Age is a number (18 to 79), but got '1e999'. Give a finite number."),
        ({"Age": 1e308}, "A given value does not fit its column. Conversion Error: "),
        ({"Active": "perhaps"}, "Active is true or false, but got 'perhaps'."),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_line(values: dict[str, str | float], message: str) -> None:
    with pytest.raises(ToolError) as error:
        predict_row(project(), given(**values), "customers_left")
    assert str(error.value).startswith(message)


def test_every_row_of_a_dataset_gets_its_prediction_beside_its_columns() -> None:
    job = project()
    outcome = predict_dataset(job, "customers", "customers_left")
    columns = written(outcome)
    assert list(columns) == ["RowNumber", "Years", "Spend", "Active", "City", "Left", "prediction", "probability"]
    assert columns["RowNumber"] == list(range(1, 401))
    assert [name == "yes" for name in columns["prediction"]] == [share >= 0.5 for share in columns["probability"]]
    counts = outcome.values["counts"]
    assert counts == {name: columns["prediction"].count(name) for name in ("yes", "no")}
    assert f"yes for {counts['yes']}" in outcome.text
    assert outcome.table is not None
    assert (len(outcome.table.rows), outcome.table.row_count) == (20, 400)
    again = predict_dataset(job, "customers", "customers_left")
    names = [outcome.artefacts[0].name, again.artefacts[0].name]
    assert names[0] != names[1]
    assert not list(job.workspace.files.glob(".*"))


def test_classes_get_a_probability_each_and_numbers_none() -> None:
    job = project()
    plan = written(predict_dataset(job, "customers@1", "customers_plan"))
    classes = find_model(job.workspace, "customers_plan").problem.classes
    assert list(plan)[8:] == ["prediction", "probability", *[f"probability_{name}" for name in classes]]
    first = {name: plan[f"probability_{name}"][0] for name in classes}
    assert plan["probability"][0] == max(first.values()) == first[plan["prediction"][0]]
    outcome = predict_dataset(job, "customers@1", "customers_revenue")
    revenue = written(outcome)
    assert list(revenue)[8:] == ["prediction"]
    assert outcome.values["mean"] == pytest.approx(sum(revenue["prediction"]) / 400)


def test_shuffled_renamed_and_extra_columns_change_no_prediction() -> None:
    job = project()
    table = customers(300, seed=8)
    add(job.workspace, "straight", table)
    odd = table.select(["City", "Left", "Spend", "Age", "Active", "RowNumber"]).rename_columns(
        ["CITY", "left", "spend", "aGe", "active", "row_number"]
    )
    add(job.workspace, "odd", odd.append_column("Extra", pa.array(["x"] * 300)))
    straight, other = (written(predict_dataset(job, name, "customers_left")) for name in ("straight", "odd"))
    assert straight["probability"] == other["probability"]
    assert straight["prediction"] == other["prediction"]
    assert other["Extra"] == ["x"] * 300


def test_new_data_needs_neither_the_target_nor_a_column_the_model_does_not_use() -> None:
    job = project()
    table = customers(50, seed=7)
    add(job.workspace, "whole", table)
    add(job.workspace, "bare", table.select(["Age", "Spend", "Active", "City"]))
    whole, bare = (written(predict_dataset(job, name, "customers_left")) for name in ("whole", "bare"))
    assert whole["probability"] == bare["probability"]


def test_a_version_goes_through_those_steps_only_that_it_has_not_been_through() -> None:
    job = project()
    raw = written(predict_dataset(job, "customers@1", "customers_left"))
    half = written(predict_dataset(job, "customers@2", "customers_left"))
    done = written(predict_dataset(job, "customers@4", "customers_left"))
    assert raw["probability"] == half["probability"]
    known = [place for place, spend in enumerate(raw["Spend"]) if spend is not None]
    assert [raw["probability"][place] for place in known] == [done["probability"][place] for place in known]


def test_filters_of_the_training_data_drop_no_row_when_predicting(tmp_path: Path) -> None:
    from tools.recipe import save
    from tools.workspace import Workspace

    source = project().workspace.models / "customers_left"
    with Workspace(tmp_path) as workspace:
        job = Job(workspace)
        add(workspace, "customers", customers())
        step(job, "drop_columns", dataset="customers", columns=["Plan", "Revenue"])
        step(job, "filter_rows", dataset="customers", condition="Age < 40")
        step(job, "fill_missing", dataset="customers", columns=["Spend"], method="median")
        filtered = step(job, "rename_column", dataset="customers", column="Age", name="Years")
        shutil.copytree(source, workspace.models / "customers_left")
        from tools.recipe import model_recipe

        save(model_recipe(workspace, filtered), workspace.models / "customers_left")
        fresh = add(workspace, "fresh", customers(80, seed=3))
        assert predict_dataset(job, fresh.ref).values["rows"] == 80
        assert predict_dataset(job, filtered.ref).values["rows"] == filtered.row_count < 400


def test_small_batches_and_one_large_one_predict_the_same_rows_in_the_same_order() -> None:
    saved, recipe = open_model(project().workspace, "customers_left")
    table = customers(200, seed=4)
    results = []
    for size in (37, 200):
        with prepare(saved, recipe, table.schema) as preparer:
            tally = Tally(saved.card)
            batches = table.to_batches(max_chunksize=size)
            schema, tables = predict_stream(preparer, table.schema, batches, tally)
            results.append(pa.concat_tables(list(tables)))
            assert results[-1].schema == schema
    assert results[0].equals(results[1])
    assert results[0]["RowNumber"].to_pylist() == list(range(1, 201))


def test_a_column_named_prediction_is_kept() -> None:
    job = project()
    add(job.workspace, "named", customers(10).append_column("prediction", pa.array(["mine"] * 10)))
    columns = written(predict_dataset(job, "named", "customers_left"))
    assert columns["prediction"] == ["mine"] * 10
    assert set(columns["prediction_2"]) <= {"yes", "no"}


def test_stopped_predictions_leave_no_file() -> None:
    job = project()
    before = sorted(job.workspace.files.iterdir())
    with pytest.raises(Stopped):
        predict_dataset(Job(job.workspace, cancelled=lambda: True), "customers", "customers_left")
    assert sorted(job.workspace.files.iterdir()) == before


def test_predictions_come_as_excel_with_the_wished_columns_and_every_class() -> None:
    job = project()
    arguments = {"format": "xlsx", "columns": ["spend", "RowNumber"], "every_class": True}
    outcome = predict_dataset(job, "customers", "customers_left", **arguments)  # type: ignore[arg-type]
    file = Path(outcome.artefacts[0].path)
    assert file.suffix == ".xlsx"
    assert outcome.values["columns"] == [
        "Spend", "RowNumber", "prediction", "probability", "probability_no", "probability_yes",
    ]  # fmt: skip
    assert "with Spend and RowNumber and prediction, probability, probability_no and probability_yes." in outcome.text
    with open_file(file) as opened:
        rows = pa.Table.from_batches(list(opened.batches))
    assert rows.num_rows == 400
    pairs = zip(rows["probability_no"].to_pylist(), rows["probability_yes"].to_pylist(), strict=True)
    assert all(no + yes == pytest.approx(1) for no, yes in pairs)
    with pytest.raises(ToolError, match=r"^No column 'Spendd'\. Nearest: Spend\."):
        predict_dataset(job, "customers", "customers_left", columns=["Spendd"])


def test_predictions_become_a_dataset_too_which_undo_takes_back() -> None:
    job = project()
    outcome = predict_dataset(job, "customers", "customers_left", save_as="Who leaves")
    assert outcome.dataset == "who_leaves@1"
    assert outcome.text.endswith("The rows are also the dataset who_leaves.")
    made = job.workspace.version("who_leaves")
    assert made.schema_[-3:] == [("Left", "VARCHAR"), ("prediction", "VARCHAR"), ("probability", "DOUBLE")]
    found = job.workspace.rows("SELECT prediction, count(*) FROM who_leaves GROUP BY 1")
    assert dict(found) == outcome.values["counts"]
    assert len(written(Outcome(text="", artefacts=outcome.artefacts[1:]))["prediction"]) == 400
    job.workspace.take_back("step")
    assert "who_leaves" not in [head.dataset for head in job.workspace.datasets()]
    assert not list(job.workspace.files.glob(".*"))


def test_more_rows_than_excel_holds_are_refused_in_one_line(tmp_path: Path) -> None:
    check_excel(1_048_575)
    with pytest.raises(ToolError) as error:
        check_excel(1_048_576)
    message = "An Excel sheet holds 1,048,575 rows, and there are more. Write csv or parquet instead."
    assert str(error.value) == message
    many = pa.table({"a": pa.nulls(700_000, pa.int8())})
    tables = (many for _ in range(2))
    with pytest.raises(ToolError, match=message), unnamed(tmp_path, (many.schema, tables), "xlsx"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_values_that_no_training_row_held_are_counted_with_an_example() -> None:
    job = project()
    table = customers(50, seed=2)
    cities = pa.array(["Paris", "Rome", *table["City"].to_pylist()[2:-1], None])
    add(job.workspace, "abroad", table.set_column(table.column_names.index("City"), "City", cities))
    outcome = predict_dataset(job, "abroad", "customers_left")
    said = "'City' holds 2 cells that did not occur in the training rows, such as 'Paris'."
    assert said in outcome.text
    assert "did not occur" not in predict_dataset(job, "customers", "customers_left").text


@pytest.mark.parametrize("model", ["customers_left", "customers_plan", "customers_revenue"])
def test_many_batches_predicted_side_by_side_answer_as_one_batch_does(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    job = project()
    add(job.workspace, "many", customers(400, seed=11))
    whole = predict_dataset(job, "many", model)
    monkeypatch.setattr("tools.modelling.prediction_file.batch_size", lambda card, columns: 16)
    parts = predict_dataset(job, "many", model)
    assert written(parts) == written(whole)
    assert (parts.values | {"file": ""}, parts.table) == (whole.values | {"file": ""}, whole.table)


def test_work_ahead_keeps_the_order_hands_errors_on_and_leaves_no_thread() -> None:
    def numbers() -> Generator[int, None, None]:
        try:
            yield from range(5)
            raise ValueError("five")
        finally:
            closed.append(True)

    closed: list[bool] = []
    threads = threading.active_count()
    got: list[int] = []
    with pytest.raises(ValueError, match="five"):
        got.extend(ahead(ahead(numbers())))
    assert (got, closed, threading.active_count()) == ([0, 1, 2, 3, 4], [True], threads)
    stopped = ahead(numbers())
    assert next(stopped) == 0
    stopped.close()
    assert (closed, threading.active_count()) == ([True, True], threads)


def test_work_abreast_keeps_the_order_runs_two_at_once_hands_errors_on_and_leaves_no_thread() -> None:
    def numbers() -> Generator[int, None, None]:
        try:
            yield from range(6)
        finally:
            closed.append(True)

    def tenfold(number: int) -> int:
        if number < 4:
            together.wait(timeout=10)  # breaks unless two are worked on at once
        if number == 5:
            raise ValueError("five")
        return 10 * number

    closed: list[bool] = []
    together = threading.Barrier(2)
    threads = threading.active_count()
    got: list[int] = []
    with pytest.raises(ValueError, match="five"):
        got.extend(abreast(tenfold, numbers(), 2))
    assert (got, closed, threading.active_count()) == ([0, 10, 20, 30, 40], [True], threads)
    stopped = ahead(abreast(str, numbers(), 2))
    assert next(stopped) == "0"
    stopped.close()
    assert (closed, threading.active_count()) == ([True, True], threads)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_is_predicted_into_a_file_without_a_dataset(tmp_path: Path, suffix: str) -> None:
    table = customers(120, seed=6).drop_columns(["Left", "Plan", "Revenue"])
    data, out = tmp_path / "new.csv", tmp_path / f"out{suffix}"
    pyarrow.csv.write_csv(table, data)
    outcome = predict_file(project().workspace, "customers_left", data, out)
    result = pyarrow.csv.read_csv(out) if suffix == ".csv" else pyarrow.parquet.read_table(out)
    assert result.column_names == [*table.column_names, "prediction", "probability"]
    assert result["RowNumber"].to_pylist() == table["RowNumber"].to_pylist()
    assert outcome.text.startswith("Predicted Left for 120 rows of new.csv with the model 'customers_left': ")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["new.csv", f"out{suffix}"])


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("there.csv", "there.csv exists already. Give another --out, or remove it first."),
        ("out.xls", "Predictions are written as .csv, .parquet or .xlsx, not '.xls'. Rename out.xls."),
        ("no/out.csv", "to write out.csv into. Make it first."),
        pytest.param(
            "/proc/self/out.csv",
            "can't be written to: No such file or directory. Choose another place.",
            marks=pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that takes no files"),
        ),
    ],
)
def test_a_file_is_never_overwritten_nor_guessed(tmp_path: Path, out: str, message: str) -> None:
    (tmp_path / "there.csv").write_text("mine")
    pyarrow.csv.write_csv(customers(10), tmp_path / "new.csv")
    with pytest.raises(ToolError) as error:
        predict_file(project().workspace, "customers_left", tmp_path / "new.csv", tmp_path / out)
    assert str(error.value).endswith(message)
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_a_file_without_a_needed_column_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    pyarrow.csv.write_csv(customers(10).drop_columns(["Age"]), tmp_path / "new.csv")
    with pytest.raises(ToolError, match=r"The new data has no column 'Age', which the model needs\."):
        predict_file(project().workspace, "customers_left", tmp_path / "new.csv", tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]


@pytest.mark.parametrize(
    ("cells", "read", "said"),
    [
        (["$1,200.50", "(5)", "3,5", "-0.5", "1.200,5"], [1200.5, -5.0, 3.5, -0.5, 1200.5], ""),
        (["20원", "₩7", "1e2", "30 USD", "8"], [20.0, 7.0, 100.0, 30.0, 8.0], ""),
        (
            ["12 %", "n/a", " ", "7", "8"],
            [None, None, None, 7.0, 8.0],
            "'Spend' holds 2 cells that can't be read as numbers, such as '12 %': taken as empty.",
        ),
    ],
)
def test_amounts_written_as_people_do_are_read_where_training_held_numbers(
    cells: list[str], read: list[float | None], said: str
) -> None:
    model, recipe = open_model(project().workspace, "customers_revenue")
    table = customers(5).drop_columns(["Spend"]).append_column("Spend", pa.array(cells))
    with prepare(model, recipe, table.schema) as preparer:
        spend = preparer.frame(table)["Spend"]
        assert [None if one != one else one for one in spend.tolist()] == read
        assert " ".join(preparer.misfits()) == said


def test_cells_that_can_not_be_read_are_counted_over_all_batches() -> None:
    model, recipe = open_model(project().workspace, "customers_revenue")
    table = customers(4).drop_columns(["Active"]).append_column("Active", pa.array(["예", "N", "maybe", "off"]))
    with prepare(model, recipe, table.schema) as preparer:
        for _ in range(3):
            assert preparer.frame(table)["Active"].tolist() == ["true", "false", None, "false"]
        assert preparer.misfits() == [
            "'Active' holds 3 cells that can't be read as true or false, such as 'maybe': taken as empty."
        ]


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({"Spend": "$1,200"}, {"Spend": 1200}),
        ({"Spend": "99,5 €"}, {"Spend": 99.5}),
        ({"Spend": "50원"}, {"Spend": 50}),
        ({"Active": "예"}, {"Active": True}),
        ({"Active": "N"}, {"Active": False}),
    ],
)
def test_values_are_given_as_people_write_them(values: dict[str, Any], same: dict[str, Any]) -> None:
    said, meant = (predict_row(project(), given(**one), "customers_left").metrics for one in (values, same))
    assert said == meant


def test_a_blank_value_is_an_empty_one() -> None:
    outcome = predict_row(project(), given(Spend=" ", City=""), "customers_left")
    assert (outcome.values["given"], "did not occur" in outcome.text) == ({"Spend": None, "City": None}, False)


def test_words_in_a_column_of_numbers_are_taken_as_empty_and_said() -> None:
    job = project()
    table = customers(30, seed=2)
    words = pa.array(["a lot" if row == 3 else str(value) for row, value in enumerate(table["Age"].to_pylist())])
    add(job.workspace, "words", table.set_column(1, "Age", words))
    outcome = predict_dataset(job, "words", "customers_left")
    assert "'Age' holds 1 cell that can't be read as numbers, such as 'a lot': taken as empty." in outcome.text
    assert outcome.values["rows"] == 30


def test_a_model_of_another_version_of_the_libraries_is_refused_clearly(tmp_path: Path) -> None:
    from tools.workspace import Workspace

    with Workspace(tmp_path) as workspace:
        folder = workspace.models / "customers_left"
        shutil.copytree(project().workspace.models / "customers_left", folder)
        card = json.loads((folder / "card.json").read_text())
        card["versions"]["autogluon.tabular"] = "1.0.0"
        (folder / "card.json").write_text(json.dumps(card))
        with pytest.raises(
            ToolError, match=r"was made with autogluon\.tabular 1\.0\.0, but this is python .* Build it again\."
        ):
            predict_row(Job(workspace), given(Age=40))


def test_a_model_is_loaded_once_per_process() -> None:
    folder = project().workspace.models / "customers_left"
    assert load_model(folder) is load_model(folder)


def test_a_file_of_names_only_has_nothing_to_predict(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("RowNumber,Age\n")
    with pytest.raises(ToolError) as error:
        predict_file(project().workspace, "customers_left", tmp_path / "new.csv", tmp_path / "out.csv")
    assert str(error.value) == "new.csv holds no rows to predict, only column names."
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]


def test_prepared_cells_are_not_held_against_the_raw_ones_of_training(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        job = Job(workspace)
        table = customers(120).select(["Age", "Spend", "Left"])
        cities = pa.array([("Oslo ", " Bergen")[row % 2] for row in range(120)])
        add(workspace, "few", table.append_column("City", cities))
        call(job, "clean_text", {"dataset": "few", "columns": ["City"]})
        call(job, "train_model", {"dataset": "few", "target": "Left", "build": "quick", "algorithms": ["linear"]})
        assert "did not occur" not in predict_dataset(job, "few").text
        assert "did not occur" not in predict_dataset(job, "few@1").text
        add(workspace, "new", customers(9).select(["Age", "Spend"]).append_column("City", pa.array(["Paris"] * 9)))
        assert "'City' holds 9 cells that did not occur" in predict_dataset(job, "new").text


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "empty"), (2.0, "2"), (1200300.0, "1200300"), ("Oslo", "Oslo"), ("word " * 40, ("word " * 12)[:59] + "…")],
)
def test_a_value_that_was_assumed_is_told_short(value: object, told: str) -> None:
    assert _value_words(value) == told
