import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from sklearn.metrics import roc_auc_score

from automl.builds import plan_build
from automl.card import read_card
from automl.frames import as_frame
from automl.problem import detect
from automl.tabular import FitSpec
from automl.worker import TrainingFailed, fit_in_child
from tests.trained import add, customers, project, step
from tools.modelling.models import building, find_model, model_cards, publish
from tools.modelling.split import HELD, TRAIN, split_rows
from tools.modelling.words import notes
from tools.recipe import load, model_recipe
from tools.tool import Job, Stopped, ToolError
from tools.train import list_models, train_model
from tools.workspace import StepRecord, Workspace


@pytest.fixture
def workspace(tmp_path: Path):
    with Workspace(tmp_path) as made:
        yield made


def test_a_model_is_told_with_its_score_on_unseen_rows_and_the_simplest_guess(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    said: list[str] = []
    job = Job(workspace, progress=lambda fraction, text: said.append(f"{fraction:.1f} {text}"))
    outcome = train_model(job, "customers", "left", "quick", ["Plan", "revenue"])
    card = read_card(workspace.models / "customers_left")
    assert outcome.artefacts[0].model_dump() == {
        "kind": "model",
        "name": "customers_left",
        "path": str(workspace.models / "customers_left"),
    }
    assert outcome.values["excluded"] == {
        "RowNumber": "a running number",
        "Plan": "you asked to leave it out",
        "Revenue": "you asked to leave it out",
    }
    assert outcome.text.startswith(
        f"Built the model 'customers_left' in {card.seconds:.0f} s from {card.trained_rows} rows of customers. It predicts"
        " whether Left is yes: a yes-or-no question, since it has two different values. On "
    )
    assert f"On {card.holdout_rows} rows it never saw" in outcome.text
    assert f"(AUC {outcome.metrics['auc']:.2f}, " in outcome.text
    assert "Not used: RowNumber (a running number), Plan (you asked to leave it out)" in outcome.text
    assert outcome.metrics["auc"] > 0.8 > outcome.metrics["baseline_accuracy"]
    assert card.trained_rows + card.holdout_rows == 400
    assert card.holdout_rows == pytest.approx(80, abs=1)
    assert any("Trying gradient boosting (LightGBM)" in line for line in said)
    assert any("AUC 0." in line for line in said)
    assert sorted(path.name for path in (workspace.models / "customers_left").iterdir()) == [
        "background.parquet",
        "card.json",
        "evaluation.json",
        "holdout.parquet",
        "predictor",
        "recipe.json",
        "validation.parquet",
    ]
    assert [path.name for path in workspace.models.iterdir()] == ["customers_left"]


def test_a_second_model_of_the_same_name_gets_a_number_and_its_card_says_so(workspace: Workspace) -> None:
    card = find_model(project().workspace, "customers_left").model_copy(update={"name": "Customers_Left"})
    names = []
    for _ in range(3):
        with building(workspace) as work:
            (work / "model").mkdir()
            names.append(publish(workspace, work / "model", card).name)
    assert names == ["customers_left", "customers_left_2", "customers_left_3"]
    assert [one.name for one in model_cards(workspace)] == ["customers_left_3", "customers_left_2", "customers_left"]


def test_what_a_killed_process_left_is_swept_and_builds_of_this_process_are_not(workspace: Workspace) -> None:
    (workspace.models / ".building-0123456789ab-01234567" / "model").mkdir(parents=True)
    with building(workspace) as first, building(workspace) as second:
        assert sorted(workspace.models.iterdir()) == sorted([first, second])
    assert list(workspace.models.iterdir()) == []


def test_the_split_keeps_classes_alike_shares_no_row_and_learns_from_training_rows_only(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    job = Job(workspace)
    prepared = step(job, "fill_missing", dataset="customers", columns=["Spend"], method="median")
    recipe = model_recipe(workspace, prepared)
    with split_rows(workspace, recipe, "Left", classes=True, seed=0) as split:
        train_ids = {row for (row,) in split.cursor.execute(f"SELECT RowNumber FROM {TRAIN}").fetchall()}
        held_ids = {row for (row,) in split.cursor.execute(f"SELECT RowNumber FROM {HELD}").fetchall()}
        median = split.cursor.execute(f"SELECT median(Spend) FROM {TRAIN}").fetchall()[0][0]
        shares = [
            split.cursor.execute(f"SELECT avg((\"Left\" = 'yes')::INTEGER) FROM {part}").fetchall()[0][0]
            for part in (TRAIN, HELD)
        ]
        assert train_ids.isdisjoint(held_ids)
        assert len(train_ids | held_ids) == 400
        assert abs(shares[0] - shares[1]) < 0.01
        assert str(median) in json.dumps(split.recipe.steps[0].learned)
        assert str(median) not in json.dumps(recipe.steps[0].learned)
        assert "__row" not in [column.name for column in split.columns(TRAIN)]
    with split_rows(workspace, recipe, "Left", classes=True, seed=0) as again:
        assert held_ids == {row for (row,) in again.cursor.execute(f"SELECT RowNumber FROM {HELD}").fetchall()}


def test_an_answer_that_a_step_filled_in_is_neither_learned_nor_measured_by(workspace: Workspace) -> None:
    table = customers(300)
    left = [None if row % 5 == 0 else name for row, name in enumerate(table["Left"].to_pylist())]
    add(workspace, "customers", table.set_column(5, "Left", pa.array(left)))
    filled = step(Job(workspace), "fill_missing", dataset="customers")
    assert workspace.rows(f'SELECT count("Left") FROM "{filled.ref}"') == [(300,)]
    with split_rows(workspace, model_recipe(workspace, filled), "Left", classes=True, seed=0) as split:
        used = f"(SELECT RowNumber FROM {TRAIN} UNION ALL SELECT RowNumber FROM {HELD})"
        rows = split.cursor.execute(f"SELECT count(*), count_if(RowNumber % 5 = 1) FROM {used}").fetchall()
    assert (split.empty_target, rows) == (60, [(240, 0)])


@pytest.mark.parametrize("name", ["rowid", "RowID"])
def test_a_column_called_rowid_is_not_taken_for_the_number_of_the_row(workspace: Workspace, name: str) -> None:
    table = customers()
    repeated = pa.array([row % 7 for row in range(400)])
    version = add(workspace, "customers", table.append_column(name, repeated))
    with split_rows(workspace, model_recipe(workspace, version), "Left", classes=True, seed=0) as split:
        numbers = [
            {row for (row,) in split.cursor.execute(f"SELECT RowNumber FROM ({split.prepared(part)})").fetchall()}
            for part in (TRAIN, HELD)
        ]
        again = split.cursor.execute(f"SELECT count(*), any_value({name}) < 7 FROM {TRAIN}").fetchall()
    assert [len(rows) for rows in numbers] == [320, 80]
    assert numbers[0].isdisjoint(numbers[1])
    assert again == [(320, True)]


def test_the_rows_of_a_view_are_numbered_once_so_that_no_row_is_in_both_parts(workspace: Workspace) -> None:
    parent = add(workspace, "customers", customers())
    sql = 'SELECT "City", "Age", count(*) AS n FROM "customers@1" GROUP BY ALL'
    grouped = workspace.derive(parent, sql, StepRecord(tool="query", arguments={}, rows="reshape"))
    assert grouped.depth == 1
    with split_rows(workspace, model_recipe(workspace, grouped), "City", classes=True, seed=1) as split:
        parts = [set(split.cursor.execute(split.prepared(part)).fetchall()) for part in (TRAIN, HELD)]
    assert parts[0].isdisjoint(parts[1])
    assert len(parts[0] | parts[1]) == grouped.row_count


def test_the_rows_that_measure_are_kept_beside_the_model_and_were_not_learned_from() -> None:
    job = project()
    folder = job.workspace.models / "customers_left"
    held = pa.parquet.read_table(folder / "holdout.parquet")
    assert held.num_rows == read_card(folder).holdout_rows
    assert held.column_names == ["RowNumber", "Years", "Spend", "Active", "City", "Left"]
    assert [one.tool for one in load(folder).steps] == ["drop_columns", "fill_missing", "rename_column"]


def test_rows_without_a_target_are_left_out_counted_and_told(workspace: Workspace) -> None:
    table = customers(300)
    left = [
        None if row % 10 == 0 else " " if row % 10 == 1 else name for row, name in enumerate(table["Left"].to_pylist())
    ]
    version = add(workspace, "customers", table.set_column(5, "Left", pa.array(left)))
    with split_rows(workspace, model_recipe(workspace, version), "Left", classes=True, seed=0) as split:
        kept = split.cursor.execute(f"SELECT (SELECT count(*) FROM {TRAIN}), (SELECT count(*) FROM {HELD})").fetchall()[
            0
        ]
        assert split.empty_target == 60
        assert sum(kept) == 240
    card = find_model(project().workspace, "customers_left").model_copy(update={"empty_target_rows": 60})
    assert notes(card) == "60 rows without a Left were left out."


@pytest.mark.parametrize(
    ("dataset", "target", "ignore", "message"),
    [
        ("customer", "Left", None, "No dataset 'customer'. Nearest: customers. Datasets: customers."),
        ("customers", "Leftt", None, "No column 'Leftt'. Nearest: Left."),
        ("customers", "Left", ["Aeg"], "No column 'Aeg'. Nearest: Age, Same. Columns: RowNumber, Age,"),
        ("customers", "Same", None, "'Same' has one value only (x), so there is nothing to tell apart."),
    ],
)
def test_what_can_not_be_trained_is_refused_before_anything_is_fitted(
    workspace: Workspace, dataset: str, target: str, ignore: list[str] | None, message: str
) -> None:
    add(workspace, "customers", customers(60).append_column("Same", pa.array(["x"] * 60)))
    with pytest.raises(ToolError) as error:
        train_model(Job(workspace), dataset, target, "quick", ignore)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
    assert list(workspace.models.iterdir()) == []


def test_a_stopped_training_leaves_nothing_behind(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    said: list[str] = []
    job = Job(
        workspace,
        progress=lambda fraction, text: said.append(text),
        cancelled=lambda: any(text.startswith("Trying") for text in said),
    )
    with pytest.raises(Stopped):
        train_model(job, "customers", "Left", "quick")
    assert list(workspace.models.iterdir()) == []


def test_a_training_past_its_deadline_is_ended_with_a_clear_message(tmp_path: Path) -> None:
    table = customers(100)
    for name in ("train", "holdout"):
        pa.parquet.write_table(table, tmp_path / f"{name}.parquet")
    spec = FitSpec(
        problem=detect(as_frame(table), "Left"),
        train=tmp_path / "train.parquet",
        holdout=tmp_path / "holdout.parquet",
        folder=tmp_path / "predictor",
        plan=plan_build("quick", 100, 8),
    )
    with pytest.raises(TrainingFailed, match=r"stopped after 1 s\. Try the quick build or fewer rows\."):
        fit_in_child(spec, progress=lambda fraction, text: None, cancelled=lambda: False, deadline=1.0)


def test_a_child_that_can_not_fit_says_why_in_one_line(tmp_path: Path) -> None:
    spec = FitSpec(
        problem=detect(as_frame(customers(100)), "Left"),
        train=tmp_path / "missing.parquet",
        holdout=tmp_path / "missing.parquet",
        folder=tmp_path / "predictor",
        plan=plan_build("quick", 100, 8),
    )
    with pytest.raises(TrainingFailed, match=r"^The training ended without a model \(code 1\): FileNotFoundError"):
        fit_in_child(spec, progress=lambda fraction, text: None, cancelled=lambda: False)


def test_every_candidate_of_a_model_is_kept_in_little_space_and_can_predict() -> None:
    from autogluon.tabular import TabularPredictor

    folder = project().workspace.models / "customers_left"
    card = read_card(folder)
    predictor = TabularPredictor.load(str(folder / "predictor"), verbosity=0)
    assert set(predictor.model_names(can_infer=True)) == {one.model for one in card.leaderboard} > {card.best}
    held = as_frame(pa.parquet.read_table(folder / "holdout.parquet"))
    probabilities = {name: predictor.predict_proba(held, model=name)["yes"] for name in predictor.model_names()}
    assert all(roc_auc_score(held["Left"] == "yes", column) > 0.8 for column in probabilities.values())
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize("name", ["os:system", "automl.tabular:score"])
def test_the_child_runs_fits_only(tmp_path: Path, name: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "automl.worker", name, str(tmp_path)],
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        f"No fit '{name}'. Fits: automl.tabular:fit, automl.forecast:fit, automl.text:fit, automl.image:fit."
    )


def test_the_models_are_listed_the_newest_first_each_with_its_score() -> None:
    outcome = list_models(project())
    assert outcome.text == "3 models: customers_left, customers_plan and customers_revenue."
    assert outcome.table is not None
    assert [row[:5] for row in outcome.table.rows] == [
        ["customers_left", "Left", "binary", "customers@4", "auc"],
        ["customers_plan", "Plan", "multiclass", "customers@1", "accuracy"],
        ["customers_revenue", "Revenue", "regression", "customers@1", "rmse"],
    ]


def test_a_project_without_models_says_so(workspace: Workspace) -> None:
    assert list_models(Job(workspace)).text == "No model has been built yet."
