"""Candidates by the names that people read, and AutoGluon's own accepted beside them."""

import pytest

from automl.card import Card
from automl.names import plain_name, title
from tests.trained import project
from tools import call
from tools.modelling.models import find_model
from tools.modelling.seen import find_candidate
from tools.tool import ToolError

BOARD = (
    "WeightedEnsemble_L2_FULL",
    "LightGBM_BAG_L1_FULL",
    "LightGBMSmall_BAG_L1_FULL",
    "CatBoost_BAG_L1_FULL",
    "CatBoost_r177_BAG_L1_FULL",
    "RandomForest_BAG_L1_FULL",
    "LinearModel_BAG_L1_FULL",
)


@pytest.mark.parametrize(
    ("model", "words", "alone"),
    [
        ("WeightedEnsemble_L2", "the mix of the best", "Mix of the best"),
        ("LightGBM_BAG_L1", "LightGBM", "LightGBM"),
        ("LightGBMSmall_BAG_L1_FULL", "LightGBM (small steps)", "LightGBM (small steps)"),
        ("LightGBMXT", "LightGBM (random splits)", "LightGBM (random splits)"),
        ("ExtraTreesWide_BAG_L1_FULL", "the extra trees (60 % of the columns a split)", "Extra trees (60 % of the columns a split)"),
        ("LightGBMLines_BAG_L1", "LightGBM (lines in its leaves)", "LightGBM (lines in its leaves)"),
        ("LightGBMLarge_BAG_L1_FULL", "LightGBM (large trees)", "LightGBM (large trees)"),
        ("CatBoostDeep_BAG_L1", "CatBoost (deep trees)", "CatBoost (deep trees)"),
        ("CatBoost_r177_BAG_L1_FULL", "CatBoost (variant 177)", "CatBoost (variant 177)"),
        ("RandomForestGini", "the random forest", "Random forest"),
        ("ExtraTreesMSE_BAG_L1", "the extra trees", "Extra trees"),
        ("KNeighborsUnif", "the nearest neighbours", "Nearest neighbours"),
        ("NeuralNetTorch_r22_BAG_L1", "the neural network (variant 22)", "Neural network (variant 22)"),
        ("LinearModel", "the linear model", "Linear model"),
        ("TabM_BAG_L1", "TabM", "TabM"),
        ("AutoETS_2_FULL", "exponential smoothing (ETS) with the known columns", "Exponential smoothing (ETS) with the known columns"),
        ("DeepAR", "a recurrent neural network (DeepAR)", "Recurrent neural network (DeepAR)"),
        ("words and meaning", "words and meaning", "Words and meaning"),
        ("texture, a linear model", "texture, a linear model", "Texture, a linear model"),
    ],
)  # fmt: skip
def test_a_candidate_is_called_as_people_read_it(model: str, words: str, alone: str) -> None:
    assert (plain_name(model), title(plain_name(model))) == (words, alone)


def test_candidates_of_one_leaderboard_are_told_apart() -> None:
    names = ["WeightedEnsemble_L2", "WeightedEnsemble_L3", "LightGBM_BAG_L1", "LightGBM_BAG_L1_FULL", "RandomForestGini",
             "RandomForestEntr", "LinearModel", "TabM_BAG_L1", "TabM_BAG_L1/T2", "XGBoost_BAG_L1", "XGBoost_L1_BAG"]  # fmt: skip
    assert [plain_name(name, names) for name in names] == [
        "the mix of the best (level 2)",
        "the mix of the best (level 3)",
        "LightGBM (in folds)",
        "LightGBM",
        "the random forest (Gini)",
        "the random forest (entropy)",
        "the linear model",
        "TabM (in folds)",
        "TabM (in folds, trial 2)",
        "XGBoost (in folds) (XGBoost_BAG_L1)",
        "XGBoost (in folds) (XGBoost_L1_BAG)",
    ]


def card() -> Card:
    """A model's card with the leaderboard of a standard build."""
    found = find_model(project().workspace, "customers_left")
    one = found.leaderboard[0]
    return found.model_copy(
        update={"best": BOARD[0], "leaderboard": [one.model_copy(update={"model": name}) for name in BOARD]}
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("WeightedEnsemble_L2_FULL", BOARD[0]),
        ("weightedensemble_l2", BOARD[0]),
        ("Mix of the best", BOARD[0]),
        ("the best mix", BOARD[0]),
        ("ensemble", BOARD[0]),
        ("default", BOARD[0]),
        ("LightGBM", BOARD[1]),
        ("LightGBM_BAG_L1", BOARD[1]),
        ("LightGBM (small steps)", BOARD[2]),
        ("lightgbm small steps", BOARD[2]),
        ("LightGBMSmall", BOARD[2]),
        ("catboost", BOARD[3]),
        ("CatBoost (variant 177)", BOARD[4]),
        ("CatBoost_r177_BAG_L1_FULL", BOARD[4]),
        ("random forest", BOARD[5]),
        ("the Random Forest", BOARD[5]),
        ("linear", BOARD[6]),
    ],
)
def test_a_candidate_is_found_by_either_name_or_a_part_of_it(said: str, meant: str) -> None:
    assert find_candidate(card(), said) == meant


@pytest.mark.parametrize("said", ["neural network", "boost", " ", "gbm trees"])
def test_a_candidate_that_is_not_there_or_could_be_several_is_asked_for_by_plain_names(said: str) -> None:
    with pytest.raises(ToolError) as error:
        find_candidate(card(), said)
    assert str(error.value).startswith(f"No candidate '{said}'.")
    assert str(error.value).endswith(
        "Candidates: Mix of the best, LightGBM, LightGBM (small steps), CatBoost, CatBoost (variant 177), Random forest,"
        " Linear model."
    )


def test_every_candidate_of_a_model_is_found_by_each_of_its_names() -> None:
    made = find_model(project().workspace, "customers_left")
    for one in made.leaderboard:
        assert find_candidate(made, one.model) == find_candidate(made, made.called(one.model)) == one.model


def test_no_name_of_autogluon_stands_in_what_people_read_but_one_column_of_the_leaderboard() -> None:
    board = call(project(), "compare_candidates", {"model": "customers_left"})
    one = {"model": "customers_left", "candidate": board.values["candidates"][-1]}
    read = [board.text, call(project(), "evaluate_model", one).text]
    facts = call(project(), "model_card", {"model": "customers_left"}).table
    assert board.table is not None
    assert facts is not None
    assert board.table.columns[0] == "candidate"
    assert board.table.columns[-1] == "name in files"
    assert [row[-1] for row in board.table.rows] == board.values["candidates"]
    read += [str(row[:-1]) for row in board.table.rows] + [str(row) for row in facts.rows]
    assert [text for text in read if "LinearModel" in text or "WeightedEnsemble" in text or "_L2" in text] == []
    assert {"Linear model", "Mix of the best", "LightGBM", "CatBoost"} >= {row[0] for row in board.table.rows}
