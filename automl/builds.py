"""The settings of a quick and a standard build, and what they cost.

The families are gradient boosting twice (LightGBM, CatBoost) and a linear model: on tables of this size they do as
well as longer lists, in seconds. Forests are left out: they ignore the time limit above about ten thousand rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Progress = Callable[[float, str], None]
"""Called with the fraction done (0-1) and a few words."""
Build = Literal["auto", "quick", "standard"]

STANDARD_ROWS = 3_000
"""Up to here a single validation split is a coin toss, and five folds cost seconds: auto takes the standard build."""
RARE_ROWS, RARE_LIMIT = 200, 20_000
"""So does a class with fewer rows than this, of which one split would hold out a handful, up to so many rows in all."""


@dataclass(frozen=True)
class BuildPlan:
    """What one build asks of AutoGluon."""

    name: Literal["quick", "standard"]
    seconds: float
    """The time limit AutoGluon is given; it is a wish, not a limit."""
    deadline: float
    """When the child process is killed."""
    settings: dict[str, Any]


FAMILIES: dict[str, dict[str, Any]] = {"GBM": {}, "CAT": {}, "LR": {}}
FOLDS: dict[str, Any] = {
    "num_bag_folds": 5,
    "num_bag_sets": 1,
    "num_stack_levels": 0,
    "dynamic_stacking": False,
    "refit_full": True,
    "set_best_to_refit_full": True,
    "save_bag_folds": False,
    "ag_args_ensemble": {"fold_fitting_strategy": "sequential_local"},
}


def plan_build(
    build: Build, rows: int, columns: int, *, rarest: int | None = None, seconds: float | None = None
) -> BuildPlan:
    """The settings for so many training rows, `rarest` of them in the smallest class.

    `seconds` replaces the build's own time limit.
    """
    name: Literal["quick", "standard"] = "quick" if build == "auto" else build
    if build == "auto" and (
        rows <= STANDARD_ROWS or (rarest is not None and rarest < RARE_ROWS and rows <= RARE_LIMIT)
    ):
        name = "standard"
    limit = seconds or (15.0 if name == "quick" else 45.0)
    deadline = 60 + 4 * limit + rows * columns / 100_000
    return BuildPlan(name, limit, deadline, {"hyperparameters": FAMILIES, **(FOLDS if name == "standard" else {})})


def estimate_seconds(rows: int, columns: int, build: Build) -> int:
    """About how long a build takes on two cores, start of the child process and evaluation included."""
    plan = plan_build(build, rows, columns)
    cells = rows * max(columns, 1)
    if plan.name == "quick":
        return round(6 + min(1.2 * plan.seconds, 3 + 12 * cells / 1e6) + cells / 1e6)
    return round(8 + min(1.3 * plan.seconds, 4 + 16 * min(rows / 8_000, 1) + 60 * cells / 1e6) + cells / 1e6)
