"""The builds: what each asks of AutoGluon, and what it costs in time and memory.

The families of a quick build are gradient boosting twice (LightGBM, CatBoost) and a linear model: on tables of this
size they do nearly as well as longer lists, in seconds. A standard build adds a third gradient boosting (XGBoost) and,
up to about ten thousand rows, smaller steps, random splits, lines in the leaves, deeper trees and forests, which often
tell small tables better; above, forests are left out, because they ignore the time limit. A thorough build takes the
person's time for more families and more folds.
The best candidate of the folds is fitted once on all their rows: on seven tables that predicted as well as the mean of
the folds does (each was better on three), in a fifth of the time.
A second level of candidates that learns from the answers of the first (stacking) is not used: given all the time it
wants it was better on tables of a few thousand rows (AUC by .001 to .002), but worse on those of less than a thousand,
where it trusts answers that the folds flatter (AUC by .002 to .02), and within a minute it made no difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from automl.settings import Algorithm, Build, Settings

Progress = Callable[[float, str], None]
"""Called with the fraction done (0-1) and a few words."""
Made = Literal["quick", "standard", "thorough"]
"""The builds that make a model; a preview only measures."""

STANDARD_ROWS = 3_000
"""Up to here a single validation split is a coin toss, and five folds cost seconds: auto takes the standard build."""
RARE_ROWS, RARE_LIMIT = 200, 20_000
"""So does a class with fewer rows than this, of which one split would hold out a handful, up to so many rows in all."""
SECONDS: dict[Made, float] = {"quick": 9.5, "standard": 75.0, "thorough": 300.0}
FITTING, GRACE = 0.8, 30.0
"""Of a person's own time, the share that fitting gets, and the seconds beyond it in which measuring must end."""
AGAIN = 8.0
"""Seconds in which the best candidate of the folds is fitted once more."""
FOREST_ROWS = 10_000
"""Up to here a standard build tries more families, and a thorough one forests."""
LINES_ROWS = 2_000
"""From here on a leaf has rows enough for a line of its own."""


@dataclass(frozen=True)
class BuildPlan:
    """What one build asks of AutoGluon."""

    name: Made
    seconds: float
    """The time limit AutoGluon is given; it is a wish, not a limit."""
    deadline: float
    """When the child process is killed."""
    settings: dict[str, Any]
    memory_mb: float | None = None
    """The most memory that the child may hold."""


KEYS: dict[Algorithm, str] = {
    "lightgbm": "GBM",
    "catboost": "CAT",
    "xgboost": "XGB",
    "linear": "LR",
    "random_forest": "RF",
    "extra_trees": "XT",
    "nearest_neighbours": "KNN",
    "neural_network": "NN_TORCH",
}
FAMILIES: dict[str, Any] = {"GBM": {}, "CAT": {}, "LR": {}}
FIRST: dict[str, Any] = {
    "XGB": {"ag_args": {"priority": 100}},
    "LR": {"ag_args": {"priority": 95}},
    "GBM": {},
}
"""What is fitted before CatBoost, which takes whatever time is left and would leave none for them."""
STANDARD: dict[str, Any] = {**FIRST, "CAT": {"learning_rate": 0.15}}
"""With larger steps CatBoost ends in time on tens of thousands of rows, and predicts as well (AUC .9270 and .9271)."""
SMALL: dict[str, Any] = {
    **FIRST,
    "GBM": [
        {},
        {
            "learning_rate": 0.03,
            "num_leaves": 64,
            "feature_fraction": 0.8,
            "min_data_in_leaf": 5,
            "ag_args": {"name_suffix": "Small", "priority": 60},
        },
        {"extra_trees": True, "ag_args": {"name_suffix": "XT", "priority": 85}},
    ],
    "CAT": [
        {"ag_args": {"priority": 50}},
        {"depth": 8, "learning_rate": 0.08, "ag_args": {"name_suffix": "Deep", "priority": 40}},
    ],
    "RF": {"n_estimators": 150, "ag_args": {"priority": 110}},
    "XT": [
        {"n_estimators": 150, "ag_args": {"priority": 110}},
        {"n_estimators": 150, "max_features": 0.6, "ag_args": {"name_suffix": "Wide", "priority": 110}},
    ],
}
"""What is fast is fitted first. Random splits, deeper trees and extra trees that look at more columns came last: with two
more of their kind, weighed on some of the rows out of folds and measured on the others, the mix lost 3 % less AUC on
phoneme, spambase and sick and .2 % more on bank-churn.
"""
LINES: dict[str, Any] = {
    "linear_tree": True,
    "linear_lambda": 1.0,
    "num_leaves": 8,
    "min_data_in_leaf": 50,
    "ag_args": {"name_suffix": "Lines", "priority": 80},
}
"""Trees with a line in each leaf, for classes: where products and ratios of numbers decide they need few leaves. Out of
folds the mix told machine failures better (log loss .0222 to .0198) and churn (AUC .8683 to .8687), and four other
tables as well as without. Of numbers they are left out: beyond the rows they have seen their lines run on.
"""
THOROUGH: dict[str, Any] = {
    **FIRST,
    "GBM": [
        {},
        {"extra_trees": True, "ag_args": {"name_suffix": "XT"}},
        {"learning_rate": 0.03, "num_leaves": 128, "min_data_in_leaf": 5, "ag_args": {"name_suffix": "Large"}},
    ],
    "CAT": [{}, {"depth": 8, "ag_args": {"name_suffix": "Deep"}}],
}
CATBOOST: dict[str, Any] = {"max_ctr_complexity": 4}
CATBOOST_TWO: dict[str, Any] = {**CATBOOST, "leaf_estimation_iterations": 10}
"""CatBoost's own values, of a number or many classes and of two, said aloud: told of fewer than 200 rounds it takes
lesser ones, so that the candidate fitted again on all rows, which is told its rounds, was another than the measured."""
FORESTS: dict[str, Any] = {"RF": {"n_estimators": 200}, "XT": {"n_estimators": 200}}


def folds_of(number: int) -> dict[str, Any]:
    """What makes AutoGluon fit in so many folds, one after the other, and refit the best on all of them."""
    return {
        "num_bag_folds": number,
        "num_bag_sets": 1,
        "num_stack_levels": 0,
        "dynamic_stacking": False,
        "refit_full": True,
        "set_best_to_refit_full": True,
        "save_bag_folds": False,
        # Forests take turns like all others, not out of bag: of those AutoGluon copies one instead of fitting it again.
        "ag_args_ensemble": {"fold_fitting_strategy": "sequential_local", "use_child_oof": False},
    }


FOLDS: dict[Made, int] = {"quick": 0, "standard": 5, "thorough": 8}


def plan_build(
    settings: Settings | Build, rows: int, columns: int, *, rarest: int | None = None, classes: int = 0
) -> BuildPlan:
    """What the settings mean for so many training rows, `rarest` of them in the smallest of the classes."""
    asked = settings if isinstance(settings, Settings) else Settings(build=settings)
    name = build_name(asked.build, rows, rarest)
    folds = FOLDS[name] if asked.folds is None else asked.folds
    # AutoGluon has no way to fit in one fold, and leaves classes out where one has fewer rows than folds.
    folds = 0 if folds < 2 else min(folds, rarest or folds)
    families = _said(_families(asked, name, rows, classes), classes)
    size = rows * columns / 100_000
    limit = SECONDS[name]
    deadline = 60 + 4 * limit + size
    if asked.seconds is not None:
        limit, deadline = FITTING * asked.seconds, asked.seconds + GRACE + size
    return BuildPlan(
        name=name,
        seconds=limit,
        deadline=deadline,
        settings={
            "hyperparameters": families,
            **({} if candidates(families) > 1 else {"fit_weighted_ensemble": False}),
            **(folds_of(folds) if folds else {}),
        },
        memory_mb=asked.memory_gb and asked.memory_gb * 1000,
    )


def candidates(families: dict[str, Any]) -> int:
    """How many candidates the families come to, of which a mix is made where there are several."""
    return sum(len(one) if isinstance(one, list) else 1 for one in families.values())


def build_name(build: Build, rows: int, rarest: int | None = None) -> Made:
    """Which build `auto` is for so many rows."""
    if build == "auto":
        small = rows <= STANDARD_ROWS or (rarest is not None and rarest < RARE_ROWS and rows <= RARE_LIMIT)
        return "standard" if small else "quick"
    return "quick" if build == "preview" else build


def _families(asked: Settings, name: Made, rows: int, classes: int) -> dict[str, Any]:
    if asked.algorithms:
        own = THOROUGH if name == "thorough" else FAMILIES
        return {KEYS[one]: own.get(KEYS[one], {}) for one in asked.algorithms}
    if name == "quick":
        return FAMILIES
    if rows > FOREST_ROWS:
        return STANDARD if name == "standard" else THOROUGH
    families = SMALL if name == "standard" else THOROUGH | FORESTS
    return families | {"GBM": [*families["GBM"], LINES]} if classes and rows >= LINES_ROWS else families


def _said(families: dict[str, Any], classes: int) -> dict[str, Any]:
    """The families with what CatBoost would else choose by its number of rounds."""
    if "CAT" not in families:
        return families
    settled = CATBOOST_TWO if classes == 2 else CATBOOST
    own = families["CAT"]
    return families | {"CAT": [settled | one for one in own] if isinstance(own, list) else settled | own}


@dataclass(frozen=True)
class Estimate:
    """What a build will about cost on two cores, start of the child process and evaluation included."""

    seconds: int
    memory_mb: int

    def __str__(self) -> str:
        time = f"{self.seconds} s" if self.seconds < 100 else f"{self.seconds / 60:.0f} minutes"
        return f"about {time} and {self.memory_mb / 1000:.1f} GB of memory"


def estimate(settings: Settings | Build, rows: int, columns: int, classes: int = 0) -> Estimate:
    """The cost of a build, from the size of the data; of more than two classes, trees are grown for each."""
    asked = settings if isinstance(settings, Settings) else Settings(build=settings)
    cells = rows * max(columns, 1)
    if asked.build == "preview":
        return Estimate(round(2 + min(cells, 1e6) / 2e5), round(300 + cells * 24 / 1e6))
    plan = plan_build(asked, rows, columns)
    trees = classes if classes > 2 else 1
    if plan.name == "thorough":
        fit = 0.5 * plan.seconds + 0.6 * plan.seconds * min(cells / 1e6, 1)
    elif "num_bag_folds" in plan.settings:
        own, each = (16, 260) if rows <= FOREST_ROWS else (12, 120)
        fit = min(plan.seconds, (own + each * cells / 1e6) * trees) + AGAIN
    else:
        # The best is fitted once more, which takes as long as at first.
        fit = 2 * min(plan.seconds, (1.5 + 40 * cells / 1e6) * trees)
    start = 6
    memory = (570 if plan.name == "quick" else 600) + cells * 60 / 1e6 * (1.5 if plan.name == "thorough" else 1)
    return Estimate(round(start + fit + cells / 1e6), round(memory))
