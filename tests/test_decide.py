import numpy as np
import pandas as pd
import pytest

from automl.curves import calibration, misses, precision_recall, roc, thresholds, wilson
from automl.decide import Curve, Decision, calibrated, choose, decide, learn_curves, sweep
from automl.problem import Problem

TRUE = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0], float)
SHARE = np.array([0.9, 0.8, 0.7, 0.6, 0.6, 0.4, 0.35, 0.3, 0.2, 0.1])
PROBLEM = Problem(target="y", kind="binary", reason="", classes=["no", "yes"], positive="yes")


def test_a_sweep_has_one_threshold_between_each_two_probabilities() -> None:
    found = sweep(TRUE, SHARE)
    assert found["threshold"][:3] == pytest.approx([0.85, 0.75, 0.65])
    assert found["hits"].tolist() == [1, 2, 2, 3, 3, 4, 4, 4, 4]
    assert found["alarms"].tolist() == [0, 0, 1, 2, 3, 3, 4, 5, 6]
    assert found["misses"].tolist() == [3, 2, 2, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("aim", "wanted", "costs", "threshold"),
    [
        ("cost", 0.0, (1, 10), 0.325),
        ("cost", 0.0, (10, 1), 0.75),
        ("share", 0.3, (1, 1), 0.65),
        ("precision", 1.0, (1, 1), 0.75),
        ("recall", 1.0, (1, 1), 0.325),
        ("accuracy", 0.0, (1, 1), 0.75),
    ],
)
def test_the_threshold_that_serves_an_aim_is_found(
    aim: str, wanted: float, costs: tuple[float, float], threshold: float
) -> None:
    found = choose(TRUE, SHARE, aim, wanted=wanted, false_alarm=costs[0], miss=costs[1])  # type: ignore[arg-type]
    assert found.threshold == pytest.approx(threshold)


def test_no_other_threshold_costs_less_than_the_cheapest() -> None:
    random = np.random.default_rng(1)
    share = random.random(400)
    true = (random.random(400) < share).astype(float)
    best = choose(true, share, "cost", false_alarm=2, miss=7)
    every = [
        2 * ((share >= at) & (true == 0)).sum() + 7 * ((share < at) & (true == 1)).sum()
        for at in np.linspace(0, 1.01, 500)
    ]
    assert best.cost <= min(every)
    assert best.threshold == pytest.approx(2 / 9, abs=0.1)


def test_flagging_nothing_is_chosen_where_alarms_cost_more_than_all_misses() -> None:
    assert choose(np.array([0.0, 1.0, 0.0]), np.array([0.9, 0.5, 0.1]), "cost", false_alarm=100, miss=1).flagged == 0


def test_a_precision_that_no_threshold_reaches_is_refused() -> None:
    with pytest.raises(ValueError, match="no threshold reaches a precision of 90%; the most is 50%"):
        choose(np.array([0.0, 1.0]), np.array([0.9, 0.2]), "precision", wanted=0.9)


def test_a_kept_threshold_decides_on_the_candidates_own_probability() -> None:
    table = pd.DataFrame({"no": 1 - SHARE, "yes": SHARE})
    said, shown = decide(Decision(candidate="a", threshold=0.35), PROBLEM, table)
    assert said.tolist() == ["yes"] * 7 + ["no"] * 3
    assert shown.equals(table)
    curves = {"yes": Curve(method="isotonic", points=[(0.0, 0.0), (1.0, 0.5)])}
    said, shown = decide(Decision(candidate="a", threshold=0.35, curves=curves), PROBLEM, table)
    assert said.tolist() == ["yes"] * 7 + ["no"] * 3
    assert shown["yes"].tolist() == pytest.approx(SHARE / 2)
    assert shown.sum(axis=1).tolist() == pytest.approx([1.0] * 10)
    assert decide(None, PROBLEM, table)[0].tolist() == ["yes"] * 5 + ["no"] * 5


@pytest.mark.parametrize("method", ["platt", "isotonic", None])
def test_probabilities_that_are_too_sure_are_set_right(method: str | None) -> None:
    random = np.random.default_rng(2)
    odds = random.normal(0, 1, 6000)
    true = pd.Series(np.where(random.random(6000) < 1 / (1 + np.exp(-odds)), "yes", "no"))
    sure = 1 / (1 + np.exp(-3 * odds))
    table = pd.DataFrame({"no": 1 - sure, "yes": sure})
    curves = learn_curves(PROBLEM, true[:3000], table[:3000], method)  # type: ignore[arg-type]
    right = calibrated(curves, PROBLEM, table[3000:])
    positive = (true[3000:] == "yes").to_numpy(float)
    before, after = (calibration(positive, one["yes"].to_numpy()) for one in (table[3000:], right))
    assert before.error > 0.1
    assert after.error < 0.04
    assert after.brier < before.brier


def test_probabilities_that_are_right_are_left_alone() -> None:
    random = np.random.default_rng(3)
    share = random.random(3000)
    true = pd.Series(np.where(random.random(3000) < share, "yes", "no"))
    assert learn_curves(PROBLEM, true, pd.DataFrame({"no": 1 - share, "yes": share})) == {}


def test_probabilities_of_several_classes_still_add_up_to_one() -> None:
    random = np.random.default_rng(4)
    problem = Problem(target="y", kind="multiclass", reason="", classes=["a", "b", "c"])
    raw = random.random((500, 3)) + 0.1
    table = pd.DataFrame(raw / raw.sum(axis=1, keepdims=True), columns=["a", "b", "c"])
    true = pd.Series(random.choice(["a", "b", "c"], 500))
    right = calibrated(learn_curves(problem, true, table, "platt"), problem, table)
    assert right.sum(axis=1).tolist() == pytest.approx([1.0] * 500)


def test_curves_start_and_end_where_they_must_and_agree_with_scikit_learn() -> None:
    from sklearn.metrics import auc, average_precision_score, roc_auc_score

    random = np.random.default_rng(5)
    share = random.random(150).round(2)
    true = (random.random(150) < share).astype(float)
    points = roc(true, share)
    assert (points[0], points[-1]) == ((0.0, 0.0), (1.0, 1.0))
    assert auc([x for x, _ in points], [y for _, y in points]) == pytest.approx(roc_auc_score(true, share), abs=1e-4)
    curve = precision_recall(true, share)
    steps = np.diff([0.0, *[x for x, _ in curve]]) @ np.array([y for _, y in curve])
    assert steps == pytest.approx(average_precision_score(true, share), abs=1e-4)


def test_each_whole_percent_is_told_exactly_as_the_rows_from_there_on() -> None:
    random = np.random.default_rng(5)
    share = random.random(150)
    true = (random.random(150) < share).astype(float)
    found = thresholds(true, share, 20)
    assert len(found) <= 20 + 101
    assert [one["threshold"] for one in found] == sorted((one["threshold"] for one in found), reverse=True)
    for percent in (0.01, 0.29, 0.5, 0.97):
        hits, flagged = true[share >= percent].sum(), (share >= percent).sum()
        told = next(one for one in found if one["threshold"] == percent)
        assert [told[name] for name in ("hits", "alarms", "misses")] == [hits, flagged - hits, true.sum() - hits]


def test_the_interval_of_a_share_is_wilsons() -> None:
    from statsmodels.stats.proportion import proportion_confint

    for hits, rows in ((0, 30), (7, 20), (30, 30)):
        assert wilson(hits, rows) == pytest.approx(proportion_confint(hits, rows, method="wilson"), abs=1e-4)


def test_misses_are_told_by_their_quantiles() -> None:
    found = misses(pd.Series([0.0] * 5), pd.Series([-2.0, -1.0, 0.0, 1.0, 4.0]))
    assert found["error_q50"] == 0
    assert found["off_q50"] == 1
    assert found["off_q90"] == pytest.approx(3.2)
