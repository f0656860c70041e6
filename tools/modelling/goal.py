"""An answer of a model that is wanted in place of the one it gives, and the columns that may change for it."""

from typing import Any

from automl.amounts import amount
from tools.modelling.around import Around
from tools.modelling.words import number
from tools.tool import ToolError
from tools.words import listed, meant


class Goal:
    """An answer that is wanted: a class, or a number at least or at most."""

    def __init__(self, target: str, outcome: str | None, bound: float = 0.0, *, up: bool = True) -> None:
        self.outcome, self.bound, self.up = outcome, bound, up
        side = "at least" if up else "at most"
        self.words = f"{target} = {outcome}" if outcome else f"{target} of {side} {number(bound)}"

    def reached(self, one: Around, said: Any) -> list[bool]:
        if self.outcome:
            return [bool(value == self.outcome) for value in said.values]
        scores = one.scores(said, None)
        return [bool(score >= self.bound if self.up else score <= self.bound) for score in scores]

    def nearness(self, one: Around, said: Any) -> list[float]:
        scores = one.scores(said, self.outcome)
        return [float(score if self.outcome or self.up else -score) for score in scores]


def goal(one: Around, said: Any, wanted: str | None) -> Goal:
    """The goal that a person names: a class, or a number to reach. Raises ToolError where it is none of the model's answers."""
    problem, target = one.card.problem, one.card.target
    if problem.kind == "regression":
        bound = amount(wanted or "")
        if bound is None:
            raise ToolError(f"Which {target} is to be reached? Give wanted a number, got '{wanted}'.")
        return Goal(target, None, bound, up=bound >= float(one.scores(said, None)[0]))
    if wanted is None:
        others = [name for name in problem.classes if name != str(said.values.iloc[0])]
        if len(others) > 1:
            raise ToolError(f"Which class is wanted? Give wanted one of {listed(others)}.")
        return Goal(target, others[0])
    return Goal(target, meant("class", wanted, problem.classes))


def movable(one: Around, keep: list[str], only: list[str] | None) -> list[str]:
    """The columns that may change, those with the most impact first."""
    fixed, allowed = ([one.named(name) for name in names] for names in (keep, only or []))
    if unused := [name for name in allowed if name not in one.names]:
        raise ToolError(f"The model does not use {listed(unused)}, so no change there moves its answer.")
    names = [name for name in one.names if name not in fixed and (not allowed or name in allowed)]
    if not names:
        raise ToolError("No column is left that may change. Keep fewer of them.")
    return names
