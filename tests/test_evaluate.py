import re

import pytest

from automl.metrics import Scores
from tests.trained import project
from tools.evaluate import _classes_table, evaluate_model, explain_model, model_card
from tools.modelling.models import find_model
from tools.modelling.weights import weight
from tools.modelling.words import flags, headline, number, percent
from tools.recipe import load
from tools.tool import Job, ToolError
from tools.workspace import Workspace


def test_two_classes_are_told_with_ranking_accuracy_and_the_commonest_mistake() -> None:
    outcome = evaluate_model(project(), "customers_left")
    card = find_model(project().workspace, "customers_left")
    got, base = outcome.metrics, card.baseline.metrics
    sure = card.scores.intervals
    found, right = (f"{100 * sure[name][0]:.0f} to {100 * sure[name][1]:.0f}" for name in ("recall", "precision"))
    assert outcome.text.startswith(
        f"The model 'customers_left' predicts whether Left is yes. On {card.holdout_rows} rows it never saw: of 100 rows it"
        f" calls yes, {100 * got['precision']:.0f} are ({right}); it finds {percent(got['recall'])} of those that are"
        f" ({found} %). It ranks a row with Left = yes above one with no in {percent(got['auc'])} of pairs (AUC"
        f" {got['auc']:.2f}, {sure['auc'][0]:.2f} to {sure['auc'][1]:.2f} with 95 % certainty; guessing gets 0.50) and is right"
        f" for {percent(got['accuracy'])} of them, {percent(sure['accuracy'][0])} to {percent(sure['accuracy'][1])} with 95 %"
        f" certainty; always answering '{card.problem.classes[0]}' would be right for {percent(base['accuracy'])}."
    )
    assert "Its commonest mistake: " in outcome.text
    assert outcome.table is not None
    assert outcome.table.columns == ["actual", *[f"predicted {name}" for name in card.problem.classes], "found"]
    confusion = outcome.values["confusion"]
    assert sum(map(sum, confusion)) == card.holdout_rows
    right = sum(confusion[place][place] for place in range(2))
    assert got["accuracy"] == pytest.approx(right / card.holdout_rows, abs=1e-6)
    assert got["baseline_auc"] == 0.5


def test_many_classes_are_told_one_a_line_the_hardest_first() -> None:
    classes = [f"c{n:02}" for n in range(13)]
    confusion = [[4 if at == place else 0 for at in range(13)] for place in range(13)]
    confusion[5][5], confusion[5][2], confusion[5][9] = 1, 2, 1
    confusion[7] = [0] * 13  # none of it among these rows
    table = _classes_table(Scores(metrics={}, classes=classes, confusion=confusion))
    assert table.columns == ["actual", "rows", "found", "right where predicted", "mostly taken for", "times"]
    assert table.rows[:3] == [
        ["c05", 4, "25%", "100%", "c02", 2],
        ["c00", 4, "100%", "100%", None, None],
        ["c01", 4, "100%", "100%", None, None],
    ]
    assert table.rows[3] == ["c02", 4, "100%", "67%", None, None]
    assert table.rows[-1] == ["c07", 0, None, None, None, None]
    assert table.row_count == 13


def test_several_classes_are_told_by_accuracy() -> None:
    outcome = evaluate_model(project(), "customers_plan")
    assert "it names the right one of 3 classes for" in outcome.text
    assert set(outcome.metrics) >= {"accuracy", "macro_f1", "balanced_accuracy", "log_loss", "baseline_accuracy"}
    assert outcome.metrics["accuracy"] > outcome.metrics["baseline_accuracy"]


def test_a_number_is_told_by_its_mean_error_beside_that_of_the_average() -> None:
    outcome = evaluate_model(project(), "customers_revenue")
    got = outcome.metrics
    assert f"it is off by {number(got['mae'])} on average (RMSE {number(got['rmse'])}, " in outcome.text
    assert f"always answering the average would be off by {number(got['baseline_mae'])}." in outcome.text
    assert outcome.table is not None
    assert [row[0] for row in outcome.table.rows] == ["rmse", "mae", "r2", "mse", "mape"]
    assert got["rmse"] < got["baseline_rmse"]
    assert got["baseline_r2"] == pytest.approx(0, abs=0.1)
    assert all(round(got[name], 6) == got[name] for name in ("r2", "baseline_r2"))


def test_macro_f1_is_told_beside_accuracy_where_one_class_fills_the_table() -> None:
    card = find_model(project().workspace, "customers_plan")
    assert "macro F1" not in headline(card)
    lopsided = card.model_copy(
        update={"baseline": card.baseline.model_copy(update={"metrics": card.baseline.metrics | {"accuracy": 0.97}})}
    )
    assert (
        f"Because 97 % of the rows are '{card.problem.classes[0]}', accuracy alone flatters: the macro F1, which counts every"
        f" class alike, is {card.scores.metrics['macro_f1']:.2f}" in headline(lopsided)
    )


def test_a_model_that_learned_nothing_says_so() -> None:
    card = find_model(project().workspace, "customers_revenue")
    useless = card.model_copy(update={"scores": card.baseline})
    assert headline(useless).endswith("That is no better than guessing: the columns hardly tell Revenue.")


def test_columns_are_explained_by_their_share_the_largest_first() -> None:
    outcome = explain_model(project(), "customers_left")
    shares = outcome.values["impact"]
    assert set(shares) <= {"Years", "Spend", "Active", "City"}
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)
    assert next(iter(shares)) == "Years"
    assert outcome.text.startswith("The model 'customers_left' predicts whether Left is yes. What drives it: Years ")
    assert outcome.text.endswith(
        "Not used: RowNumber (a running number), and Plan and Revenue (removed before the model was built)."
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("Age", r"Years has .*, the most of 4 columns\."),  # as it was called before the model's recipe renamed it
        ("years", r"Years has \d+ % of the impact( \(\d+ % to \d+ %\))?, the most of 4 columns\."),
        ("RowNumber", r"RowNumber plays no part: it is not used \(a running number\)\."),
    ],
)
def test_one_column_that_is_asked_about_is_told_first(column: str, said: str) -> None:
    assert re.match(
        rf"{said} The model 'customers_left' predicts", explain_model(project(), "customers_left", column).text
    )


def test_a_column_without_impact_and_one_that_is_not_there() -> None:
    card = find_model(project().workspace, "customers_left")
    recipe = load(project().workspace.models / card.name)
    idle = card.model_copy(update={"impact": {"Years": 1.0}})
    assert (
        weight(idle, recipe, "City")
        == "City makes no measurable difference to the predictions, beside the other columns."
    )
    with pytest.raises(ToolError, match=r"The model 'customers_left' has no column 'Height'\. It looks at .*Years.*\."):
        weight(card, recipe, "Height")


def test_the_newest_model_is_meant_where_none_is_named() -> None:
    assert model_card(project()).values["model"] == "customers_left"
    assert model_card(project(), "CUSTOMERS_PLAN").values["model"] == "customers_plan"


def test_the_card_names_data_rows_build_and_versions() -> None:
    outcome = model_card(project(), "customers_left")
    assert outcome.table is not None
    facts = dict(outcome.table.rows)
    assert facts["revision"] == "1, as it was built"
    assert facts["trained on"] == "customers@4"
    assert facts["predicts"] == "whether Left is yes"
    assert "autogluon.tabular 1.6" in facts["made with"]


def test_an_unknown_model_names_the_nearest(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ToolError) as error:
        evaluate_model(project(), "customer_left")
    assert str(error.value).startswith("No model 'customer_left'. Nearest: customers_left")
    with Workspace(tmp_path) as empty, pytest.raises(ToolError, match="This project has no model yet"):
        evaluate_model(Job(empty))


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ((0.0, 0.0, 0), "it calls no row yes."),
        ((0.0, 0.0, 9), "none of the rows it calls yes is, and it finds none of those that are."),
        ((0.64, 0.71, 9), "of 100 rows it calls yes, 64 are; it finds 71 % of those that are."),
    ],
)
def test_a_model_that_calls_only_wrong_rows_yes_is_not_said_to_call_none(
    scores: tuple[float, float, int], words: str
) -> None:
    assert flags("yes", scores[0], scores[1], called=scores[2]) == words
