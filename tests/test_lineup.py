"""Three or more models side by side on the same rows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.amending.judged import judged
from assistant.context import ModelFact, Situation
from assistant.plan import Step
from automl.paired import rank
from automl.predictor import Predictions
from automl.problem import Problem
from tests.trained import add, customers
from tools import call, tools_asked_for
from tools.tool import Job, ToolError
from tools.workspace import Workspace

QUICK = {"build": "quick", "algorithms": ["linear"], "leaks": "keep"}


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A project with three models of Left, of which the second reads next to nothing, and one of Plan."""
    with Workspace(tmp_path_factory.mktemp("several") / "project") as workspace:
        made = Job(workspace)
        add(workspace, "people", customers(400).drop_columns(["Revenue"]))
        for only in (["Age", "Spend", "Active", "City"], ["City"], ["Age", "Spend", "Active"]):
            call(made, "train_model", {"dataset": "people", "target": "Left", "only": only, **QUICK})
        call(made, "train_model", {"dataset": "people", "target": "Plan", "ignore": ["Left"], **QUICK})
        yield made


def test_all_models_of_the_same_thing_are_compared_on_rows_that_none_was_built_on(job: Job) -> None:
    outcome = call(job, "compare_models", {})
    assert outcome.values["models"] == ["people_left", "people_left_2", "people_left_3"]
    assert outcome.text.startswith("On 76 rows that none of the 3 models was built on: 'people_left")
    assert "It is better than 'people_left_2' by more than chance." in outcome.text
    assert outcome.text.endswith(
        " may be as good: the difference may be chance. Left out, as they predict something else: people_plan."
    )
    assert outcome.table is not None
    assert outcome.table.columns == [
        "model", "auc", "auc from", "auc to", "accuracy", "balanced_accuracy", "precision", "recall",
        "behind the best from", "to", "verdict",
    ]  # fmt: skip
    scores = [row[1] for row in outcome.table.rows]
    assert scores == sorted(scores, reverse=True)
    assert all(row[2] <= row[1] <= row[3] for row in outcome.table.rows)
    assert [row[-1] for row in outcome.table.rows] == ["best", "may be chance", "worse"]
    assert [row[0] for row in outcome.table.rows][2] == "people_left_2"
    assert outcome.table.rows[2][8] > 0
    assert (outcome.values["conclusive"], outcome.values["better"], outcome.values["rows"]) == (False, None, 76)
    assert outcome.metrics["people_left_auc"] == pytest.approx(
        dict(zip([row[0] for row in outcome.table.rows], scores, strict=True))["people_left"], abs=1e-4
    )


def test_several_are_compared_on_a_dataset_of_ones_choice(job: Job) -> None:
    add(job.workspace, "later", customers(150, seed=12))
    names = ["people_left_3", "PEOPLE_LEFT", "people_left_2", "people_left"]
    outcome = call(job, "compare_models", {"models": names, "dataset": "later"})
    assert outcome.values["models"] == ["people_left_3", "people_left", "people_left_2"]
    assert outcome.text.startswith("On 150 rows of later@1: ")
    flattered = call(job, "compare_models", {"dataset": "people"})
    assert " rows of people@1 (some of them taught all, so all look better than on new rows;" in flattered.text


def test_models_that_share_too_few_unseen_rows_are_told_each_on_its_own(job: Job) -> None:
    for seed in (1, 2, 3):
        call(
            job, "train_model", {"dataset": "people", "target": "Left", "only": ["Age", "City"], "seed": seed, **QUICK}
        )
    try:
        outcome = call(job, "compare_models", {})
    finally:
        for number in (4, 5, 6):
            call(job, "delete_model", {"model": f"people_left_{number}"})
    assert outcome.text.startswith("Only ")
    assert ", too few for a fair comparison. So each is told on its own unseen rows," in outcome.text
    assert outcome.table is not None
    assert len(outcome.table.rows) == 6
    assert {row[5] for row in outcome.table.rows} == {80}
    assert (outcome.values["conclusive"], outcome.metrics) == (False, {})


def test_models_of_different_things_are_not_compared(job: Job) -> None:
    with pytest.raises(
        ToolError, match=r"^'people_left' predicts Left \(binary\) and 'people_plan' Plan \(multiclass\): only"
    ):
        call(job, "compare_models", {"models": ["people_left", "people_left_2", "people_plan"]})


def test_one_model_of_its_kind_has_none_beside_it(tmp_path: Path) -> None:
    with (
        Workspace(tmp_path) as workspace,
        pytest.raises(
            ToolError, match=r"^No two models of rows predict the same thing, so none can be compared: there is"
        ),
    ):
        call(Job(workspace), "compare_models", {})


def test_the_best_of_several_is_told_from_chance() -> None:
    random = np.random.default_rng(4)
    actual = pd.Series(random.normal(0, 1, 300))
    said = [Predictions(actual + random.normal(0, spread, 300), None) for spread in (1.0, 0.5, 0.51, 0.9)]
    problem = Problem(target="y", kind="regression", reason="")
    ranked = rank(problem, actual, said, "rmse", lower=True)
    assert (ranked.best, ranked.rows) in ((1, 300), (2, 300))
    assert [ranked.sure(place) for place in range(4)] == [True, False, False, True]
    assert ranked.behind[ranked.best] is None
    # The intervals of all comparisons with the best hold at once, so each is wider than that of one pair.
    alone = rank(problem, actual, [said[0], said[ranked.best]], "rmse", lower=True).behind[0]
    wide = ranked.behind[0]
    assert alone is not None
    assert wide is not None
    assert wide[0] < alone[0] < alone[1] < wide[1]


MODELS = tuple(ModelFact(name, "Left", ()) for name in ("churn_b", "churn_a", "spring"))


@pytest.mark.parametrize("tool", ["list_models", "compare_candidates", "compare_models"])
@pytest.mark.parametrize(
    ("request_", "arguments"),
    [
        ("compare all my models", {}),
        ("모든 모델을 비교해줘", {}),
        ("which of my models is best?", {}),
        ("put all models side by side", {}),
        ("compare the models churn_a and spring", {"models": ["churn_a", "spring"]}),
        ("is spring better than churn_a?", {"models": ["churn_a", "spring"]}),
        ("churn_a와 churn_b를 비교해줘", {"models": ["churn_b", "churn_a"]}),
    ],
)
def test_a_comparison_of_models_is_one_on_the_same_rows(request_: str, arguments: dict[str, Any], tool: str) -> None:
    [made] = judged([Step(tool=tool, arguments={})], replace(Situation(()), models=MODELS), request_)
    assert (made.tool, made.arguments) == ("compare_models", arguments)


@pytest.mark.parametrize(
    "request_",
    [
        "compare the candidates of the models",
        "compare the algorithms of my models",
        "list all my models",
        "how good is the model?",
        "모델의 후보를 비교해줘",
        "모든 모델을 보여줘",
    ],
)
def test_other_questions_about_models_stay_what_they_are(request_: str) -> None:
    step = Step(tool="list_models", arguments={})
    assert judged([step], replace(Situation(()), models=MODELS), request_) == [step]


@pytest.mark.parametrize(
    "request_", ["compare all my models", "모든 모델을 비교해줘", "compare my three models side by side"]
)
def test_the_planner_is_told_of_it(request_: str) -> None:
    assert "compare_models" in [one.name for one in tools_asked_for(request_)]
