"""Figures of the harness: intervals, repeats, and who is better."""

import itertools
import math

import numpy as np
import pytest

from evals.stats import Interval, Paired, clustered, paired, pass_hat_k, smallest_difference, wilson


def _rounded(interval: Interval) -> tuple[float, float]:
    return round(interval.low, 4), round(interval.high, 4)


@pytest.mark.parametrize(
    ("passed", "total", "confidence", "expected"),
    [
        (0, 0, 0.95, (0.0, 1.0)),
        (0, 10, 0.95, (0.0, 0.2775)),
        (10, 10, 0.95, (0.7225, 1.0)),
        (5, 10, 0.95, (0.2366, 0.7634)),
        (81, 263, 0.95, (0.2553, 0.3662)),  # Newcombe (1998), Statistics in Medicine 17, table I
        (15, 148, 0.95, (0.0624, 0.1605)),
        (1, 29, 0.95, (0.0061, 0.1718)),
        (5, 10, 0.5, (0.3957, 0.6043)),
    ],
)
def test_the_interval_of_a_pass_rate(passed: int, total: int, confidence: float, expected: tuple[float, float]) -> None:
    assert _rounded(wilson(passed, total, confidence)) == expected


@pytest.mark.parametrize(("passed", "total"), [(3, 2), (-1, 4)])
def test_more_passed_than_tried_is_refused(passed: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"{passed} of {total} passed: the first must lie between"):
        wilson(passed, total)


@pytest.mark.parametrize(
    ("repeats", "k", "expected"),
    [
        ([[True, True, True, True]], 3, 1.0),
        ([[True, True, False, False]], 1, 0.5),
        ([[True, True, False, False]], 2, 1 / 6),
        ([[True, False, False, False]], 2, 0.0),
        ([[True, True, True], [True, False, True]], 2, (1 + 1 / 3) / 2),
        ([[True, True], [True], []], 2, 1.0),
    ],
)
def test_all_of_k_attempts_pass(repeats: list[list[bool]], k: int, expected: float) -> None:
    assert pass_hat_k(repeats, k) == pytest.approx(expected)


def test_all_of_k_attempts_is_the_mean_over_every_choice_of_k() -> None:
    outcomes = [True, False, True, True, True, False, True]
    choices = [all(chosen) for chosen in itertools.combinations(outcomes, 3)]
    assert pass_hat_k([outcomes], 3) == pytest.approx(sum(choices) / len(choices))


@pytest.mark.parametrize(("repeats", "k", "told"), [([[True]], 2, "No case has 2 attempts"), ([[True]], 0, "k is 0")])
def test_repeats_that_say_nothing_are_refused(repeats: list[list[bool]], k: int, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        pass_hat_k(repeats, k)


def test_cases_that_pass_and_fail_together_say_less_than_independent_ones() -> None:
    outcomes = [True] * 40 + [False] * 40
    alone = clustered(outcomes, [str(number) for number in range(80)])
    together = clustered(outcomes, [str(number // 10) for number in range(80)])
    assert _rounded(wilson(40, 80)) == (0.393, 0.607)
    assert alone.high - alone.low < 0.24
    assert together.high - together.low > 0.55
    assert together.low < 0.5 < together.high


@pytest.mark.parametrize(
    ("outcomes", "clusters", "expected"),
    [
        ([], [], (0.0, 1.0)),
        ([True] * 10, list("aabbccddee"), (0.7225, 1.0)),
        ([False] * 10, ["one"] * 10, (0.0, 0.2775)),
    ],
)
def test_outcomes_that_are_all_alike_are_no_certainty(
    outcomes: list[bool], clusters: list[str], expected: tuple[float, float]
) -> None:
    assert _rounded(clustered(outcomes, clusters)) == expected


def test_the_interval_of_clusters_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    hits = 0
    for trial in range(200):
        rates = random.beta(2, 2, size=30)  # each data set has its own pass rate; 0.5 on average
        outcomes = (random.random((30, 8)) < rates[:, None]).ravel()
        interval = clustered(outcomes.tolist(), [str(number // 8) for number in range(240)], seed=trial)
        hits += interval.low <= 0.5 <= interval.high
    assert 178 <= hits <= 199


def test_the_same_seed_gives_the_same_interval_and_shares_of_attempts_count() -> None:
    shares, clusters = [0.0, 1 / 3, 2 / 3, 1.0, 1.0, 0.5], list("aabbcc")
    assert clustered(shares, clusters, seed=3) == clustered(shares, clusters, seed=3)
    interval = clustered(shares, clusters)
    assert interval.low < sum(shares) / 6 < interval.high


@pytest.mark.parametrize(
    ("outcomes", "clusters", "told"),
    [([True], ["a", "b"], "1 outcomes, 2 clusters"), ([2.0], ["a"], "outside 0 to 1")],
)
def test_outcomes_that_do_not_fit_are_refused(outcomes: list[float], clusters: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        clustered(outcomes, clusters)


def _pairs(better: int, worse: int, same: int, cases_a_cluster: int = 1) -> Paired:
    before = [False] * better + [True] * worse + [True] * same
    after = [True] * better + [False] * worse + [True] * same
    return paired(before, after, [str(number // cases_a_cluster) for number in range(len(before))])


@pytest.mark.parametrize(
    ("better", "worse", "same", "p", "conclusion"),
    [
        (0, 0, 0, 1.0, "inconclusive"),
        (0, 0, 50, 1.0, "inconclusive"),
        (5, 0, 45, 0.0625, "inconclusive"),
        (6, 0, 44, 0.03125, "better"),
        (0, 6, 44, 0.03125, "worse"),
        (8, 5, 87, 0.5811, "inconclusive"),
        (20, 5, 75, 0.0041, "better"),
        (5, 20, 75, 0.0041, "worse"),
    ],
)
def test_better_and_worse_need_enough_pairs_that_differ(
    better: int, worse: int, same: int, p: float, conclusion: str
) -> None:
    got = _pairs(better, worse, same)
    n = better + worse + same
    expected = (n, better, worse, (better - worse) / n if n else 0.0)
    assert (got.n, got.better, got.worse, got.difference) == expected
    assert (round(got.p, 4), got.conclusion) == (round(p, 4), conclusion)
    assert got.interval.low <= got.difference <= got.interval.high
    assert (got.conclusion == "inconclusive") == (got.interval.low <= 0 <= got.interval.high) or p >= 0.05


def test_gains_on_one_data_set_only_are_no_proof() -> None:
    """Twelve cases of one data set became right and nothing else changed: another data set may show nothing."""
    assert _pairs(12, 0, 24).conclusion == "better"
    assert _pairs(12, 0, 24, cases_a_cluster=12).conclusion == "inconclusive"


def test_no_difference_is_no_certainty_either() -> None:
    interval = _pairs(0, 0, 50).interval
    assert -0.06 < interval.low < 0 < interval.high < 0.06


def test_pairs_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 before, 1 after, 2 clusters"):
        paired([True, False], [True], ["a", "b"])


@pytest.mark.parametrize(
    ("n", "expected"), [(0, math.inf), (5, math.inf), (6, 1.0), (50, 0.173), (200, 0.0881), (2000, 0.028)]
)
def test_the_smallest_difference_that_pairs_can_show(n: int, expected: float) -> None:
    assert smallest_difference(n) == pytest.approx(expected, abs=0.001)


def test_a_difference_of_that_size_is_found_about_as_often_as_it_says() -> None:
    n, random = 200, np.random.default_rng(2)
    gain = smallest_difference(n, discordant=0.2)
    shares = [(0.2 + gain) / 2, (0.2 - gain) / 2, 0.8]
    drawn = [random.multinomial(n, shares) for _ in range(150)]
    found = [_pairs(*map(int, counts)).conclusion == "better" for counts in drawn]
    assert 0.65 <= np.mean(found) <= 0.9
