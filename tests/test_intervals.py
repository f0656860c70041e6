import numpy as np
import pandas as pd
import pytest

from automl.curves import wilson
from automl.frames import as_frame
from automl.intervals import bootstrap, intervals, rounded, weighted_metrics
from automl.metrics import score
from automl.predictor import load_model
from automl.problem import Problem
from automl.validation import load_validation
from tests.trained import project
from tools.modelling.words import main_score


def answers(kind: str, rows: int, seed: int = 3) -> tuple[Problem, pd.Series, pd.Series, pd.DataFrame | None]:  # type: ignore[type-arg]
    """Made-up answers and predictions of a problem, with ties among the probabilities."""
    random = np.random.default_rng(seed)
    if kind == "regression":
        actual = pd.Series(random.normal(50, 10, rows))
        return Problem(target="y", kind="regression", reason=""), actual, actual + random.normal(0, 3, rows), None
    names = ["no", "yes"] if kind == "binary" else ["a", "b", "c", "d"]
    actual = pd.Series(random.choice(names, rows, p=[0.7, 0.3] if kind == "binary" else [0.4, 0.3, 0.2, 0.1]))
    raw = random.random((rows, len(names))).round(1) + 0.1
    raw[np.arange(rows), actual.map(names.index)] += 0.6
    table = pd.DataFrame(raw / raw.sum(axis=1, keepdims=True), columns=names)
    problem = Problem(
        target="y",
        kind="binary" if kind == "binary" else "multiclass",
        reason="",
        classes=names,
        positive="yes" if kind == "binary" else None,
    )
    return problem, actual, table.idxmax(axis=1), table


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_a_draw_in_which_every_row_counts_once_has_the_scores_themselves(kind: str) -> None:
    given = answers(kind, 300)
    assert weighted_metrics(*given)(np.ones(300)) == pytest.approx(score(*given).metrics, abs=1e-6)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_every_score_lies_inside_its_interval_which_narrows_with_more_rows(kind: str) -> None:
    widths = []
    for rows in (200, 3200):
        given = answers(kind, rows)
        metrics, sure = score(*given).metrics, intervals(*given)
        assert set(sure) == set(metrics)
        assert all(low <= metrics[name] <= high for name, (low, high) in sure.items())
        widths.append(np.array([high - low for low, high in sure.values()]))
    assert (widths[1] < 0.5 * widths[0]).all()


def test_a_score_without_a_mistake_is_as_sure_as_its_rows_are_many() -> None:
    problem, _, _, _ = answers("binary", 2)
    actual = pd.Series(["yes"] * 10 + ["no"] * 30)
    table = pd.DataFrame({"no": (actual == "no") * 0.8 + 0.1, "yes": (actual == "yes") * 0.8 + 0.1})
    sure = intervals(problem, actual, actual, table)
    assert {name: sure[name] for name in ("accuracy", "precision", "recall", "auc", "f1")} == {
        "accuracy": wilson(40, 40),
        "precision": wilson(10, 10),
        "recall": wilson(10, 10),
        "auc": wilson(10, 10),
        "f1": wilson(10, 10),
    }
    assert wilson(10, 10) == (0.72246, 1.0)


@pytest.mark.parametrize(
    ("value", "kept"), [(0.81234567, 0.812346), (541.23456789, 541.234568), (8.93e-10, 8.93e-10), (0.0, 0.0)]
)
def test_small_scores_keep_their_digits(value: float, kept: float) -> None:
    assert rounded(value) == kept


def test_intervals_hold_the_truth_about_as_often_as_they_promise() -> None:
    random = np.random.default_rng(0)
    held = 0
    for seed in range(200):
        right = random.random(150) < 0.8
        low, high = bootstrap(lambda w, r=right: {"accuracy": r @ w / w.sum()}, 150, resamples=200, seed=seed)[  # type: ignore[misc]
            "accuracy"
        ]
        held += low <= 0.8 <= high
    assert 180 <= held <= 198


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    given = answers("binary", 200)
    assert intervals(*given, resamples=50, seed=1) == intervals(*given, resamples=50, seed=1)
    assert intervals(*given, resamples=50, seed=1) != intervals(*given, resamples=50, seed=2)


@pytest.mark.parametrize("name", ["customers_left", "customers_plan", "customers_revenue"])
def test_a_built_model_has_intervals_and_predictions_of_rows_it_was_not_fitted_on(name: str) -> None:
    folder = project().workspace.models / name
    card = load_model(folder).card
    metric, value = main_score(card)
    low, high = card.scores.intervals[metric]
    assert low <= value <= high
    assert set(card.impact_intervals) <= set(card.impact)
    assert all(
        low <= card.impact[one] + 1e-4 and card.impact[one] <= high + 1e-4
        for one, (low, high) in card.impact_intervals.items()
    )
    found = load_validation(folder, card.problem, card.best)
    assert found is not None
    actual, said = found
    assert 0 < len(actual) == len(said) <= card.trained_rows
    if card.problem.kind == "regression":
        assert np.corrcoef(actual, said)[0, 1] > 0.7
    else:
        assert list(said.columns) == card.problem.classes
        assert (said.idxmax(axis=1) == actual).mean() > 0.7
    assert load_validation(folder, card.problem, "Nothing") is None


def test_rows_that_are_kept_for_explanations_are_raw_training_rows() -> None:
    import pyarrow.parquet

    folder = project().workspace.models / "customers_left"
    table = pyarrow.parquet.read_table(folder / "background.parquet")
    assert table.column_names == ["RowNumber", "Age", "Spend", "Active", "City", "Plan", "Revenue"]
    held = as_frame(pyarrow.parquet.read_table(folder / "holdout.parquet"))
    assert table.num_rows == 200
    assert set(table.column("RowNumber").to_pylist()).isdisjoint(held["RowNumber"])
