"""How much a figure of the harness can say: intervals, repeats, and the difference between two runs of the same cases.

Cases over the same data set pass and fail together, so figures are resampled by data set (cluster), not by case.

What is not covered: multiple comparisons. Who compares twenty columns will see one "better" by chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

RESAMPLES = 4000
LEAST_DISCORDANT = 6
"""With fewer pairs that differ, the exact test can't reach 0.05 even where all of them point one way: 2 / 2**5."""


@dataclass(frozen=True)
class Interval:
    """Where a figure lies with the given confidence, both ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Paired:
    """What the same cases say about two who answered them."""

    n: int
    """Pairs."""
    better: int
    """Failed before, passed after."""
    worse: int
    """Passed before, failed after."""
    difference: float
    """Pass rate after minus before, -1 to 1."""
    interval: Interval
    """Of the difference, 95 %."""
    p: float
    """Exact, two-sided."""
    conclusion: Literal["better", "worse", "inconclusive"]


def wilson(passed: int, total: int, confidence: float = 0.95) -> Interval:
    """The score interval of a pass rate, honest for few cases and at 0 and 1. Nothing tried: 0 to 1.

    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    Raises ValueError where more passed than were tried.
    """
    from scipy.stats import binomtest

    if not 0 <= passed <= total:
        raise ValueError(f"{passed} of {total} passed: the first must lie between 0 and the second.")
    if not total:
        return Interval(0.0, 1.0)
    found = binomtest(passed, total).proportion_ci(confidence, method="wilson")
    return Interval(float(found.low), float(found.high))


def pass_hat_k(repeats: Sequence[Sequence[bool]], k: int) -> float:
    """How likely all of k attempts at a case pass, averaged over the cases; one sequence of outcomes for each case.

    The unbiased estimate C(passed, k) / C(attempts, k) of S. Yao et al. (2024), tau-bench, arXiv:2406.12045, section 3.
    Cases with fewer than k attempts say nothing about k and are left out. Raises ValueError where none is left.
    """
    if k < 1:
        raise ValueError(f"k is {k}; it is a number of attempts, 1 or more.")
    told = [outcomes for outcomes in repeats if len(outcomes) >= k]
    if not told:
        raise ValueError(f"No case has {k} attempts. Run with more repeats, or ask for a smaller k.")
    shares = [math.comb(sum(map(bool, outcomes)), k) / math.comb(len(outcomes), k) for outcomes in told]
    return math.fsum(shares) / len(shares)


def clustered(outcomes: Sequence[bool | float], clusters: Sequence[str], seed: int = 0) -> Interval:
    """The 95 % interval of the mean outcome (0 to 1 each) where outcomes of one cluster depend on each other.

    Whole clusters are drawn with replacement (percentiles of the bootstrap of clusters: C. A. Field and A. H. Welsh
    (2007), Bootstrapping clustered data, JRSS B 69). With few clusters, or where all outcomes are alike, that is too
    narrow (A. C. Cameron, J. B. Gelbach and D. L. Miller (2008), Bootstrap-based improvements for inference with
    clustered errors, REStat 90), so it is never narrower than the score interval of as many independent outcomes.
    With one cluster it speaks for that cluster only. Raises ValueError where lengths differ or an outcome is no share.
    """
    _same_length(outcomes=outcomes, clusters=clusters)
    if any(not 0 <= outcome <= 1 for outcome in outcomes):
        raise ValueError("An outcome lies outside 0 to 1. Give pass or fail, or a share of attempts.")
    floor = wilson(round(math.fsum(outcomes)), len(outcomes))
    return _wider(floor, _resampled(outcomes, clusters, seed)) if outcomes else floor


def paired(before: Sequence[bool], after: Sequence[bool], clusters: Sequence[str], seed: int = 0) -> Paired:
    """Who is better on the same cases, in the same order; `clusters` names what each case depends on.

    "better" or "worse" only where the exact test of the pairs that differ (Q. McNemar (1947), Psychometrika 12) falls
    below 0.05, the interval of the difference leaves 0 out, and enough pairs differ. The interval is the bootstrap of
    clusters, never narrower than that of independent pairs by A. Agresti and Y. Min (2005), Simple improved confidence
    intervals for comparing matched proportions, Statistics in Medicine 24. Raises ValueError where lengths differ.
    """
    from scipy.stats import binomtest

    _same_length(before=before, after=after, clusters=clusters)
    changes = [int(bool(new)) - int(bool(old)) for old, new in zip(before, after, strict=True)]
    better, worse = changes.count(1), changes.count(-1)
    interval = Interval(-1.0, 1.0)
    if changes:
        interval = _wider(_agresti_min(better, worse, len(changes)), _resampled(changes, clusters, seed))
    p = float(binomtest(better, better + worse).pvalue) if better + worse else 1.0
    told = better + worse >= LEAST_DISCORDANT and p < 0.05 and not interval.low <= 0 <= interval.high
    return Paired(
        n=len(changes),
        better=better,
        worse=worse,
        difference=(better - worse) / len(changes) if changes else 0.0,
        interval=interval,
        p=p,
        conclusion="inconclusive" if not told else "better" if better > worse else "worse",
    )


def smallest_difference(n: int, discordant: float = 0.2, power: float = 0.8) -> float:
    """The smallest difference in pass rate that n pairs show at 0.05 with that power; infinite where none can be shown.

    `discordant` is the share of cases on which the two differ. R. J. Connor (1987), Sample size for testing differences
    in proportions for the paired-sample design, Biometrics 43, solved for the difference; and no less than the exact
    test needs. It knows nothing of clusters: with few data sets the true one is larger.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    if n < LEAST_DISCORDANT:
        return math.inf
    sure, found = norm.isf(0.025), norm.isf(1 - power)

    def pairs_lacking(difference: float) -> float:
        differ = max(discordant, difference)
        root = sure * math.sqrt(differ) + found * math.sqrt(differ - difference**2)
        return float((root / difference) ** 2 - n)

    return max(LEAST_DISCORDANT / n, float(brentq(pairs_lacking, 1e-9, 1.0)))


def _same_length(**given: Sequence[object]) -> None:
    if len({len(values) for values in given.values()}) > 1:
        told = ", ".join(f"{len(values)} {name}" for name, values in given.items())
        raise ValueError(f"Different lengths: {told}. Give one of each for every case.")


def _wider(one: Interval, other: Interval) -> Interval:
    return Interval(min(one.low, other.low), max(one.high, other.high))


def _resampled(values: Sequence[float], clusters: Sequence[str], seed: int) -> Interval:
    """Percentiles of the mean over draws of whole clusters."""
    import numpy as np

    names, place = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    sums = np.bincount(place, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(place)
    random, drawn = np.random.default_rng(seed), []
    for start in range(0, RESAMPLES, block := max(1, 1_000_000 // len(names))):
        chosen = random.integers(len(names), size=(min(block, RESAMPLES - start), len(names)))
        drawn.append(sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1))
    low, high = np.quantile(np.concatenate(drawn), [0.025, 0.975])
    return Interval(float(low), float(high))


def _agresti_min(better: int, worse: int, n: int) -> Interval:
    """The Wald interval after half a pair is added to each of the four cells, cut at -1 and 1."""
    gains, losses, total = better + 0.5, worse + 0.5, n + 2
    middle = (gains - losses) / total
    half = 1.959964 * math.sqrt(gains + losses - (gains - losses) ** 2 / total) / total
    return Interval(max(-1.0, middle - half), min(1.0, middle + half))
