import json
import shutil
from pathlib import Path

import pytest

from automl.card import read_card
from automl.evaluation import read_evaluation
from tests.trained import project
from tools import call
from tools.tool import Job, ToolError
from tools.workspace import Workspace


@pytest.fixture
def job(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A project with copies of the trained models, free to be changed."""
    with Workspace(tmp_path) as workspace:
        for name in ("customers_left", "customers_plan", "customers_revenue"):
            shutil.copytree(project().workspace.models / name, workspace.models / name)
        yield Job(workspace)


def folder(job: Job, name: str = "customers_left") -> Path:
    return job.workspace.models / name


def test_a_threshold_by_costs_is_learned_on_other_rows_than_those_that_measure_it() -> None:
    before = read_card(folder(project()))
    outcome = call(project(), "choose_threshold", {"model": "customers_left", "false_alarm_cost": 1, "miss_cost": 20})
    assert "the cheapest where a false alarm costs 1 and a miss 20; learned on the validation part" in outcome.text or (
        "learned on out-of-fold predictions" in outcome.text
    )
    assert outcome.text.endswith("Nothing is changed yet: say keep to use it for predictions.")
    assert outcome.table is not None
    facts = {row[0]: row[1:] for row in outcome.table.rows}
    assert facts["recall"][1] >= facts["recall"][0]
    assert facts["cost"][1] == facts["alarms"][1] + 20 * facts["misses"][1]
    assert read_card(folder(project())) == before


def test_a_kept_threshold_answers_from_then_on_and_can_be_taken_back(job: Job) -> None:
    before = read_card(folder(job))
    kept = call(job, "choose_threshold", {"model": "customers_left", "value": 0.05, "keep": True})
    card = read_card(folder(job))
    assert (card.revision, card.changed) == (2, "threshold 0.05: you set it to 0.05")
    assert card.scores.metrics["recall"] == pytest.approx(kept.metrics["recall"], abs=1e-6)
    assert card.scores.metrics["recall"] >= before.scores.metrics["recall"]
    assert card.scores.metrics["auc"] == before.scores.metrics["auc"]
    assert json.loads((folder(job) / "card@1.json").read_text()) == json.loads(before.model_dump_json())
    row = {"model": "customers_left", "values": [{"column": "Age", "value": 45}, {"column": "Active", "value": False}]}
    said = call(job, "predict_row", row)
    assert said.values["prediction"] == ("yes" if said.values["probabilities"]["yes"] >= 0.05 else "no")
    assert "The answer follows the threshold that was kept: you set it to 0.05." in said.text
    back = call(job, "choose_threshold", {"model": "customers_left", "aim": "default"})
    assert back.text.startswith("'customers_left' answers with the likelier class again: of 100 rows it calls yes, ")
    after = read_card(folder(job))
    assert (after.revision, after.decision, after.scores.metrics) == (3, None, before.scores.metrics)


def test_a_model_without_predictions_of_other_rows_learns_on_half_of_the_holdout_and_says_so(job: Job) -> None:
    (folder(job) / "validation.parquet").unlink()
    outcome = call(job, "choose_threshold", {"model": "customers_left", "aim": "f1"})
    assert (
        "learned on every second row of the holdout, as no others were kept, and measured on the rest" in outcome.text
    )
    assert outcome.table is not None
    facts = {row[0]: row[2] for row in outcome.table.rows}
    assert facts["flagged"] * 40 == pytest.approx(round(facts["flagged"] * 40), abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "customers_plan"}, "A threshold needs a model of two classes; 'customers_plan' predicts several classes."),
        ({"model": "customers_left", "aim": "recall"}, "The aim recall needs wanted, a share between 0 and 1 such as 0.8; got nothing."),
        ({"model": "customers_left", "aim": "recall", "wanted": 80}, "The aim recall needs wanted, a share between 0 and 1 such as 0.8; got 80."),
        ({"model": "customers_left", "value": 1.5}, "A threshold lies between 0 and 1, but got 1.5."),
        ({"model": "customers_left", "miss_cost": -1}, "Costs are amounts above 0, but got 1 for a false alarm and -1 for a miss."),
    ],
)  # fmt: skip
def test_what_can_not_be_chosen_is_refused_in_one_line(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ToolError) as error:
        call(project(), "choose_threshold", arguments)
    assert str(error.value) == message


@pytest.mark.parametrize("name", ["customers_left", "customers_plan"])
def test_a_calibration_is_measured_before_and_after_and_kept(job: Job, name: str) -> None:
    outcome = call(job, "calibrate_model", {"model": name, "method": "platt"})
    assert outcome.values["kept"] is True
    card = read_card(folder(job, name))
    assert card.decision is not None
    assert set(card.decision.curves) == ({"yes"} if name == "customers_left" else set(card.problem.classes))
    assert card.scores.metrics["log_loss"] == pytest.approx(outcome.values["after"]["log loss"], abs=1e-5)
    found = read_evaluation(folder(job, name), card.revision)
    assert found is not None
    assert found.calibration is not None
    assert found.calibration.error == outcome.values["after"]["calibration error"]
    call(job, "calibrate_model", {"model": name, "method": "none"})
    assert read_card(folder(job, name)).decision is None


def test_numbers_have_no_probabilities_to_calibrate() -> None:
    with pytest.raises(
        ToolError, match="'customers_revenue' predicts a number, so it has no probabilities to set right"
    ):
        call(project(), "calibrate_model", {"model": "customers_revenue"})


def test_every_candidate_is_measured_and_any_can_be_made_the_default(job: Job) -> None:
    board = call(job, "compare_candidates", {"model": "customers_left"})
    before = read_card(folder(job))
    assert board.table is not None
    assert {row[-1] for row in board.table.rows} == {one.model for one in before.leaderboard}
    assert [row[1] for row in board.table.rows].count("yes") == 1
    other = next(one.model for one in before.leaderboard if one.model != before.best and "Weighted" not in one.model)
    looked = call(job, "evaluate_model", {"model": "customers_left", "candidate": other})
    assert read_card(folder(job)) == before
    call(job, "choose_threshold", {"model": "customers_left", "value": 0.3, "keep": True})
    made = call(job, "set_default_candidate", {"model": "customers_left", "candidate": other.lower()})
    card = read_card(folder(job))
    assert (card.best, card.decision) == (other, None)
    assert {name: looked.metrics[name] for name in card.scores.metrics} == card.scores.metrics
    assert "The threshold and calibration of the one before do not fit it and are gone." in made.text
    call(job, "set_default_candidate", {"model": "customers_left", "candidate": before.best})
    assert read_card(folder(job)).scores.metrics == before.scores.metrics
    with pytest.raises(ToolError, match="No candidate 'forest'"):
        call(job, "set_default_candidate", {"model": "customers_left", "candidate": "forest"})


@pytest.mark.parametrize("value", [0.02, 0.2, 0.5, 0.8, 0.95])
def test_false_alarms_and_misses_are_counted_in_words_that_fit_their_number(value: float) -> None:
    outcome = call(project(), "choose_threshold", {"model": "customers_left", "value": value})
    assert outcome.table is not None
    facts = {row[0]: int(row[2]) for row in outcome.table.rows if row[0] in ("alarms", "misses")}
    alarms = f"{facts['alarms']} false alarm{'' if facts['alarms'] == 1 else 's'}"
    assert f"of the rows: {alarms}, {facts['misses']} miss{'' if facts['misses'] == 1 else 'es'}." in outcome.text
