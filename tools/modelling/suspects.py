"""Columns that may give the answer away, and columns that only name rows: whether a model uses them is asked."""

from collections.abc import Collection, Mapping
from typing import Literal

from automl.problem import Problem
from tools.tool import Job, ToolError, Undecided
from tools.words import listed

Leaks = Literal["ask", "leave_out", "keep"]
LEAVE, KEEP = "Leave them out", "Keep them"


def settled(job: Job, problem: Problem, leaks: Leaks, keep: Collection[str]) -> Problem:
    """The problem with its suspects left out or kept. Raises Undecided where the person is there to be asked.

    Columns in `keep` are used whatever they look like. Where nobody can be asked, suspects are left out and said to be.
    """
    problem = _kept(problem, keep)
    if leaks == "ask" and job.asks and (problem.leaks or problem.identifiers):
        raise Undecided(
            _question(problem), {LEAVE: {"leaks": "leave_out"}, KEEP: {"leaks": "keep", "keep": _suspects(problem)}}
        )
    if leaks == "keep":
        warnings = [
            f"'{name}' is used, though {reason}: if it becomes known only together with '{problem.target}', the model"
            " looks better than it is."
            for name, reason in problem.leaks.items()
        ]
        return problem.model_copy(update={"leaks": {}, "warnings": [*problem.warnings, *warnings]})
    gone = {name: f"it may give the answer away: {reason}" for name, reason in problem.leaks.items()}
    it = "it" if len(gone) == 1 else "them"
    warning = [
        f"{listed(list(gone))} {'was' if len(gone) == 1 else 'were'} left out because a model may not know"
        f" {it} before {problem.target} is known. To use {it}, build again and keep {it}."
    ]
    return problem.model_copy(
        update={"excluded": problem.excluded | gone, "warnings": problem.warnings + (warning if gone else [])}
    )


def _kept(problem: Problem, keep: Collection[str]) -> Problem:
    """The problem with the columns that shall be used whatever they look like; empty and constant ones can't be."""
    excluded = {
        name: reason for name, reason in problem.excluded.items() if name not in keep or name not in problem.identifiers
    }
    return problem.model_copy(
        update={
            "excluded": excluded,
            "identifiers": [name for name in problem.identifiers if name not in keep],
            "leaks": {name: reason for name, reason in problem.leaks.items() if name not in keep},
        }
    )


def _suspects(problem: Problem) -> list[str]:
    return [*problem.leaks, *problem.identifiers]


def _question(problem: Problem) -> str:
    said = []
    if problem.leaks:
        said.append(
            f"{listed(list(problem.leaks))} may give {problem.target} away ({_reasons(problem.leaks)}). A model that uses what is known"
            " only afterwards looks better than it is."
        )
    if problem.identifiers:
        reasons = _reasons({name: problem.excluded[name] for name in problem.identifiers})
        said.append(
            f"{listed(problem.identifiers)} only {'seems' if len(problem.identifiers) == 1 else 'seem'} to name rows"
            f" ({reasons}), which teaches a model nothing."
        )
    return " ".join([*said, "Leave them out or keep them?"])


def _reasons(found: Mapping[str, str]) -> str:
    """`Net: Net + Tax = Revenue; Tax: Net + Tax = Revenue`; the reason alone where there is one column."""
    return "; ".join(reason if len(found) == 1 else f"{name}: {reason}" for name, reason in found.items())


def still_learnable(problem: Problem, columns: Collection[str]) -> None:
    """Raises ToolError where leaving out the suspects leaves nothing to learn from."""
    left = [name for name in columns if name != problem.target and name not in problem.excluded]
    if not left:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(problem.excluded.items())[:5])
        raise ToolError(f"No column is left to predict '{problem.target}' from ({reasons}).")
