import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet
import pytest
from sklearn.metrics import roc_auc_score

from assistant.answer import compose
from assistant.events import StepDone
from automl.builds import plan_build
from automl.card import read_card
from automl.frames import as_frame
from automl.predictor import load_model
from automl.problem import Problem, detect
from automl.settings import Algorithm, Build, Settings, SplitBy
from automl.tabular import KEPT, FitSpec
from automl.worker import TrainingEnded, TrainingFailed, fit_in_child
from tests.trained import add, customers, project, step, watched
from tools import call
from tools.dataset import StepRecord
from tools.modelling.models import building, find_model, model_cards, publish
from tools.modelling.settings import undated
from tools.modelling.split import HELD, TRAIN, split_rows
from tools.modelling.suspects import Leaks, settled
from tools.modelling.words import notes
from tools.predict import GivenValue, predict_row
from tools.recipe import load, model_recipe
from tools.tool import Job, Stopped, ToolError, Undecided
from tools.train import list_models, train_model
from tools.workspace import Workspace


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
        f"Built the model 'customers_left' in {card.seconds:.0f} s and {card.built.peak_mb / 1000:.1f} GB of memory from"
        f" {card.trained_rows} rows of customers. It predicts"
        " whether Left is yes: a yes-or-no question, since it has two different values.\nOn "
    )
    assert f"On {card.holdout_rows} rows it never saw" in outcome.text
    assert f"(AUC {outcome.metrics['auc']:.2f}, " in outcome.text
    assert "Not used: RowNumber (a running number) and Plan and Revenue (you asked to leave them out)" in outcome.text
    assert outcome.metrics["auc"] > 0.8 > outcome.metrics["baseline_accuracy"]
    assert card.trained_rows + card.holdout_rows == 400
    assert card.holdout_rows == pytest.approx(80, abs=1)
    assert any("Trying LightGBM" in line for line in said)
    assert any("AUC 0." in line for line in said)
    assert sorted(path.name for path in (workspace.models / "customers_left").iterdir()) == [
        "background.parquet",
        "card.json",
        "evaluation.json",
        "final",
        "fit.json",
        "holdout.parquet",
        "predictor",
        "recipe.json",
        "rows.parquet",
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


@pytest.mark.parametrize(("split", "where"), [("time", "the latest rows"), ("group", "too few groups of Shop")])
def test_a_class_that_only_measuring_rows_hold_is_named_before_anything_is_fitted(
    workspace: Workspace, split: SplitBy, where: str
) -> None:
    table = customers(200).select(["Age", "Spend"])
    days = pa.array([date(2024, 1, 1) + timedelta(days=row) for row in range(200)])
    plans = ["gold" if row >= 165 else ("basic", "silver")[row % 2] for row in range(200)]
    for name, cells in {"Day": days, "Shop": [min(row // 8, 20) for row in range(200)], "Plan": plans}.items():
        table = table.append_column(name, pa.array(cells))
    add(workspace, "customers", table)
    column = "Day" if split == "time" else "Shop"
    with pytest.raises(ToolError) as error:
        train_model(
            Job(workspace), "customers", "Plan", "quick", leaks="leave_out", split=split, split_column=column, seed=3
        )
    assert str(error.value) == (
        f"'gold' is found in {where} only, so the rows that teach can't show it. Leave out such rows first, or split otherwise."
    )
    assert list(workspace.models.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metric": "rmse"}, "'rmse' does not measure the prediction of classes. Choose one of: accuracy, auc,"),
        ({"split": "time"}, "A split by time needs split_column, the column that tells when. It has no date column."),
        ({"split": "time", "split_column": "City"}, "'City' holds text, so its rows have no order in time."),
        ({"split": "group"}, "A split by group needs split_column: the column whose equal values must stay together"),
        ({"split": "group", "split_column": "Active"}, "'Active' has 2 different values, so the rows can't be split"),
        (
            {"split": "group", "split_column": "Left"},
            "'Left' is what the model predicts, so its rows can't be split by it.",
        ),
        (
            {"only": ["Left"]},
            "Every column besides 'Left' is left out, so there is none to learn from. Leave fewer out.",
        ),
        ({"holdout": 0.9}, "holdout is 0.9, but must be from 0.05 to 0.5."),
        ({"folds": 1}, "folds is 1, but one fold leaves no rows to choose by."),
        ({"seconds": 1}, "seconds is 1, but must be 5 or more."),
        ({"memory_gb": 0.1}, "memory_gb is 0.1, but must be 0.5 or more."),
        ({"only": ["Agee"]}, "No column 'Agee'. Nearest: Age"),
        ({"only": ["RowNumber"]}, "No column is left to predict 'Left' from (RowNumber: a running number"),
    ],
)
def test_settings_that_can_not_be_are_refused_with_what_can(
    workspace: Workspace, settings: dict[str, Any], message: str
) -> None:
    add(workspace, "customers", customers(100))
    with pytest.raises(ToolError) as error:
        train_model(Job(workspace), "customers", "Left", "quick", **settings)
    assert str(error.value).startswith(message)


def parts(workspace: Workspace, column: str, **settings: Any) -> dict[str, list[Any]]:
    """The values of a column by part, and the folds of each value among the training rows."""
    recipe = model_recipe(workspace, workspace.version("customers@1"))
    rule = Settings(**settings)
    with split_rows(workspace, recipe, "Left", classes=True, seed=0, settings=rule) as split:
        values = {
            part: [
                row[0] for row in split.cursor.execute(f'SELECT "{column}" FROM ({split.prepared(part)})').fetchall()
            ]
            for part in (TRAIN, HELD)
        }
        turns = (
            f'SELECT "{column}", count(DISTINCT __fold), any_value(__fold) FROM ({split.prepared(TRAIN)}) GROUP BY 1'
        )
        return values | {"folds": split.cursor.execute(turns).fetchall() if split.folded else []}


def test_a_split_by_time_measures_by_the_latest_rows_and_takes_turns_in_blocks(workspace: Workspace) -> None:
    days = pa.array([date(2024, 1, 1) + timedelta(days=row * 7 % 100) for row in range(400)])
    add(workspace, "customers", customers().append_column("Day", days))
    found = parts(workspace, "Day", split="time", split_column="Day", holdout=0.25)
    assert (len(found[TRAIN]), len(found[HELD])) == (300, 100)
    assert max(found[TRAIN]) < min(found[HELD])
    assert {count for _, count, _ in found["folds"]} == {1}
    in_order = [fold for _, _, fold in sorted(found["folds"])]
    assert (in_order, set(in_order)) == (sorted(in_order), {0, 1, 2, 3, 4})


@pytest.mark.parametrize(
    ("split", "empty", "told"),
    [
        ("time", [], []),
        ("time", [0], ["1 row has no Day: taken as the earliest, to teach and not to measure. Fill or remove what has none first if that is wrong."]),
        ("time", [1, 2, 3], ["2 rows have no Day: taken as the earliest, to teach and not to measure. Fill or remove what has none first if that is wrong."]),
        ("group", [1, 2], []),
    ],
)  # fmt: skip
def test_rows_without_a_date_are_told_where_time_splits_them(
    workspace: Workspace, split: SplitBy, empty: list[int], told: list[str]
) -> None:
    days = [None if row in empty else date(2024, 1, 1) + timedelta(days=row) for row in range(40)]
    target = [None if row == 3 else row for row in range(40)]  # a row without an answer is in neither part
    version = add(workspace, "sales", pa.table({"Day": pa.array(days, pa.date32()), "Sold": target}))
    assert undated(workspace, version, Settings(split=split, split_column="Day"), "Sold") == told


def test_a_split_by_group_keeps_equal_keys_together(workspace: Workspace) -> None:
    add(workspace, "customers", customers().append_column("Shop", pa.array([row % 23 for row in range(400)])))
    found = parts(workspace, "Shop", split="group", split_column="Shop", folds=3)
    assert set(found[TRAIN]).isdisjoint(found[HELD])
    assert 60 <= len(found[HELD]) <= 100
    assert {count for _, count, _ in found["folds"]} == {1}
    assert {fold for _, _, fold in found["folds"]} == {0, 1, 2}


def test_a_model_is_built_as_the_settings_say_and_its_card_tells_them(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    outcome = train_model(
        Job(workspace),
        "customers",
        "Left",
        "quick",
        metric="f1",
        only=["Age", "Spend", "City"],
        algorithms=["linear"],
        split="group",
        split_column="City",
        balance=True,
        seconds=20,
        seed=7,
    )
    card = read_card(workspace.models / "customers_left")
    assert (card.metric, list(card.model_columns)) == ("f1", ["Age", "Spend", "City"])
    assert [one.model for one in card.leaderboard] == [card.best] == ["LinearModel"]
    assert outcome.values["settings"] == {
        "build": "quick",
        "metric": "f1",
        "algorithms": ("linear",),
        "split": "group",
        "split_column": "City",
        "seconds": 20.0,
        "seed": 7,
        "balance": True,
    }
    assert card.built.seconds > 0
    assert 100 < card.built.peak_mb < 2_000
    assert (card.built.thought_seconds, card.built.thought_mb) == (9, 570)


@pytest.mark.parametrize(
    ("build", "algorithms", "candidates", "best"),
    [
        ("quick", ["lightgbm"], {"LightGBM"}, "LightGBM"),
        ("standard", ["lightgbm"], {"LightGBM_BAG_L1_FULL"}, "LightGBM_BAG_L1_FULL"),
        # The mix of these takes the linear model alone, which is all there is to the number.
        ("quick", ["linear", "nearest_neighbours"], {"LinearModel", "KNeighbors"}, "LinearModel"),
        ("standard", ["linear", "nearest_neighbours"], {"LinearModel_BAG_L1_FULL", "KNeighbors_BAG_L1_FULL"}, "LinearModel_BAG_L1_FULL"),
    ],
)  # fmt: skip
def test_of_one_candidate_no_mix_is_made(
    workspace: Workspace, build: Build, algorithms: list[Algorithm], candidates: set[str], best: str
) -> None:
    random = np.random.default_rng(2)
    a, b = random.normal(0, 1, 150), random.normal(0, 1, 150)
    add(workspace, "sums", pa.table({"a": a, "b": b, "y": 3 * a - b + random.normal(0, 0.01, 150)}))
    train_model(Job(workspace), "sums", "y", build, algorithms=algorithms)
    card = read_card(workspace.models / "sums_y")
    assert ({one.model for one in card.leaderboard}, card.best) == (candidates, best)
    assert call(Job(workspace), "compare_candidates", {}).text.startswith(
        f"'sums_y' has one candidate, {card.called()}: typical error (RMSE) "
        if len(candidates) == 1
        else "2 candidates of 'sums_y', on the same 30 rows that none of them saw: the linear model has the best"
    )
    final = load_model(workspace.models / "sums_y", final=True)
    assert final.predict(pd.DataFrame({"a": [1.0], "b": [1.0]})).values[0] == pytest.approx(2, abs=1.5)


def test_a_preview_tells_a_score_and_what_the_builds_cost_and_keeps_no_model(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    outcome = train_model(Job(workspace), "customers", "Left", "preview")
    assert outcome.text.startswith(
        "Preview of a model that predicts Left, from 320 rows: on 80 others a small model is right for"
    )
    assert "A quick build takes about 9 s and 0.6 GB of memory, a standard one about" in outcome.text
    assert outcome.metrics["auc"] > 0.8
    assert (outcome.artefacts, list(workspace.models.iterdir())) == ([], [])
    done = StepDone(id=1, seconds=0.1, text=outcome.text, values=outcome.values)
    assert compose([({"tool": "train_model"}, done)], workspace).suggestions == []


def leaky(workspace: Workspace) -> None:
    table = customers()
    part = pa.array([float(row * 37 % 200) for row in range(400)])
    rest = pa.compute.round(pa.compute.subtract(table["Revenue"], part), 2)
    add(workspace, "customers", table.append_column("Net", part).append_column("Tax", rest))


def test_columns_that_give_the_answer_away_are_asked_about_where_somebody_is_there(workspace: Workspace) -> None:
    leaky(workspace)
    with pytest.raises(Undecided) as question:
        train_model(Job(workspace, asks=True), "customers", "Revenue", "quick")
    assert str(question.value) == (
        "Net and Tax may give Revenue away (Net: Net + Tax = Revenue; Tax: Net + Tax = Revenue). A model that uses what is known only afterwards looks better than it is. RowNumber only"
        " seems to name rows (a running number), which teaches a model nothing. Leave them out or keep them?"
    )
    assert question.value.options == {
        "Leave them out": {"leaks": "leave_out"},
        "Keep them": {"leaks": "keep", "keep": ["Net", "Tax", "RowNumber"]},
    }


@pytest.mark.parametrize(
    ("leaks", "keep", "unused", "said"),
    [
        ("ask", (), ["RowNumber", "Sum"], ["Sum was left out because a model may not know it before Left is known."]),
        ("leave_out", (), ["RowNumber", "Sum"], ["Sum was left out because"]),
        ("leave_out", ("Sum", "RowNumber"), [], []),
        (
            "keep",
            (),
            ["RowNumber"],
            ["'Sum' is used, though it says so: if it becomes known only together with 'Left'"],
        ),
    ],
)
def test_what_is_left_out_or_kept_is_said(
    leaks: Leaks, keep: tuple[str, ...], unused: list[str], said: list[str]
) -> None:
    problem = Problem(
        target="Left",
        kind="binary",
        reason="",
        excluded={"RowNumber": "a running number"},
        identifiers=["RowNumber"],
        leaks={"Sum": "it says so"},
    )
    made = settled(Job(project().workspace), problem, leaks, keep)
    assert list(made.excluded) == unused
    assert len(made.warnings) == len(said)
    assert all(warning.startswith(start) for warning, start in zip(made.warnings, said, strict=True))


def test_a_training_that_is_stopped_before_anything_is_finished_leaves_nothing_behind(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    job, later = watched(workspace, "Trying")
    with pytest.raises(Stopped):
        train_model(job, "customers", "Left", "quick")
    assert (list(workspace.models.iterdir()), later) == ([], [])


@pytest.mark.parametrize(
    ("build", "algorithms", "until", "best"),
    [
        ("standard", None, "Tried", "RandomForest"),  # the first of small
        ("quick", None, "Measuring the model", ""),
        ("quick", None, "Fitting the best candidate once more", ""),
        ("standard", ["random_forest"], "Finding out which columns matter", "RandomForest"),
    ],
)
def test_what_is_finished_when_a_training_is_stopped_becomes_the_model(
    workspace: Workspace, build: Build, algorithms: list[Algorithm] | None, until: str, best: str
) -> None:
    add(workspace, "customers", customers())
    job, later = watched(workspace, until)
    outcome = train_model(job, "customers", "Left", build, seconds=60, algorithms=algorithms)
    assert "It ended early (you stopped it): it is the best of what was finished by then." in outcome.text
    assert later[0] == "Keeping what is finished"
    card = read_card(workspace.models / "customers_left")
    assert (card.built.stopped, card.best.startswith(best)) == ("you stopped it", True)
    assert not list((workspace.models / "customers_left").rglob(KEPT))
    assert outcome.metrics["auc"] > 0.8
    old, young = (
        predict_row(Job(workspace), [GivenValue(column="Age", value=age)]).metrics["probability"] for age in (79, 21)
    )
    assert old > young + 0.1


def test_a_second_stop_drops_what_was_finished(workspace: Workspace) -> None:
    add(workspace, "customers", customers())
    job, later = watched(workspace, "Tried")
    with pytest.raises(Stopped, match="nothing was kept"):
        train_model(replace(job, dropped=lambda: bool(later)), "customers", "Left", "quick")
    assert list(workspace.models.iterdir()) == []


def spec_in(folder: Path, settings: Settings) -> FitSpec:
    """A fit on a hundred customers, whose rows are in the folder."""
    table = customers(100)
    for name in ("train", "holdout"):
        pa.parquet.write_table(table, folder / f"{name}.parquet")
    return FitSpec(
        problem=detect(as_frame(table), "Left"),
        train=folder / "train.parquet",
        holdout=folder / "holdout.parquet",
        folder=folder / "predictor",
        plan=plan_build(settings, 100, 8),
    )


def test_a_fit_loads_no_library_that_only_other_fits_need(tmp_path: Path) -> None:
    spec = spec_in(tmp_path, Settings(build="quick", algorithms=["linear"]))
    code = (
        "import sys\nfrom automl.tabular import FitSpec, fit\n"
        "fit(FitSpec.model_validate_json(sys.argv[1]), lambda *_: None)\n"
        "print({'torch', 'mlflow', 'lightgbm', 'xgboost'} & set(sys.modules))"
    )
    child = [sys.executable, "-c", code, spec.model_dump_json()]
    assert subprocess.run(child, check=True, capture_output=True, text=True).stdout == "set()\n"


def test_a_training_past_its_deadline_or_its_memory_is_ended_with_a_clear_message(tmp_path: Path) -> None:
    spec = spec_in(tmp_path, Settings(build="quick"))
    with pytest.raises(TrainingEnded, match=r"stopped after 1 s\. Try the quick build or fewer rows\."):
        fit_in_child(spec, progress=lambda fraction, text: None, cancelled=lambda: False, deadline=1.0)
    small = spec_in(tmp_path, Settings(build="quick", memory_gb=0.05))
    with pytest.raises(TrainingEnded, match=r"stopped at 0\.\d GB of memory \(it may hold 0\.1\)"):
        fit_in_child(small, progress=lambda fraction, text: None, cancelled=lambda: False)


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


@pytest.mark.parametrize("build", ["quick", "standard"])
def test_what_predicts_has_learned_from_every_row_and_what_is_measured_has_not(
    workspace: Workspace, build: Build
) -> None:
    random = np.random.default_rng(8)
    noise = pa.table({name: random.normal(0, 1, 250) for name in ("a", "b")})
    add(workspace, "noise", noise.append_column("y", pa.array(random.choice(["no", "yes"], 250))))
    outcome = train_model(Job(workspace), "noise", "y", build, algorithms=["random_forest"])
    folder = workspace.models / "noise_y"
    held = as_frame(pa.parquet.read_table(folder / "holdout.parquet"))
    measured, final = (load_model(folder, final=final).predict(held).probabilities for final in (False, True))
    areas = [roc_auc_score(held["y"] == "yes", table["yes"]) for table in (measured, final)]
    assert areas[0] == pytest.approx(outcome.metrics["auc"], abs=1e-6)
    assert areas[0] < 0.75 < 0.95 < areas[1]
    assert outcome.text.endswith("Predictions come from the same candidate, fitted once more on all 250 rows.")


def test_numbers_written_as_text_are_read_as_numbers_by_steps_that_new_rows_take_too(workspace: Workspace) -> None:
    table = customers(300)
    spend = ["NA" if value is None else str(value) for value in table["Spend"].to_pylist()]
    add(workspace, "customers", table.set_column(2, "Spend", pa.array(spend)))
    outcome = train_model(Job(workspace), "customers", "Revenue", "quick", ["Plan"], algorithms=["linear"])
    assert outcome.text.endswith("Spend held numbers written as text; cells that say there is no value count as empty.")
    card = read_card(workspace.models / "customers_revenue")
    assert (card.model_columns["Spend"], card.dataset) == ("number", "customers@2")
    assert [one.tool for one in load(workspace.models / card.name).steps] == ["treat_as_missing"]
    known = [GivenValue(column="Spend", value="NA"), GivenValue(column="Age", value=40)]
    assert predict_row(Job(workspace), known).metrics["prediction"] > 0


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
        f"No fit '{name}'. Fits: automl.tabular:fit, automl.tabular:keep, automl.forecasting.fit:fit, automl.forecasting.predict:predict, automl.text:fit, automl.image:fit."
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


@pytest.mark.parametrize("predict_as", ["auto", "number"])
def test_a_target_of_amounts_written_as_text_is_read_as_numbers_too(workspace: Workspace, predict_as: str) -> None:
    table = customers(300)
    prices = [f"${value:,.2f}" for value in table["Revenue"].to_pylist()]
    prices[3] = "on request"
    add(workspace, "customers", table.set_column(table.column_names.index("Revenue"), "Revenue", pa.array(prices)))
    given = {"dataset": "customers", "target": "Revenue", "build": "quick", "algorithms": ["linear"]}
    outcome = call(Job(workspace), "train_model", given | {"predict_as": predict_as})
    assert "Revenue held numbers written as text; cells that say there is no value count as empty." in outcome.text
    assert "Revenue: 1 of 300 values could not be read and became empty, for example 'on request'." in outcome.text
    card = read_card(workspace.models / "customers_revenue")
    assert (card.problem.kind, card.dataset, card.empty_target_rows) == ("regression", "customers@2", 1)
    assert card.scores.metrics["r2"] > 0.5
    new = add(workspace, "new", customers(20).drop_columns(["Revenue"]))
    made = call(Job(workspace), "predict_dataset", {"model": card.name, "dataset": new.dataset})
    assert "Predicted Revenue for 20 rows" in made.text
