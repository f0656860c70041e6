"""The steps of a dataset, changed: one is switched off or on, moved, or gets other arguments, and those after it run again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from tools.dataset import Version
from tools.number_words import ORDINALS, either
from tools.rerun import Step, rerun, steps_of, transform_named
from tools.tool import DatasetName, Job, Outcome, Scalar, Tool, ToolError, tool
from tools.words import nearest

_STEP = rf"(?:\bsteps? ?#?\d|\b(?:{either(ORDINALS)}|last|\w+ing) step\b|\d ?(?:번(?:째)?)? ?(?:단계|스텝)|(?:단계|스텝) ?\d|(?:첫|두|세|네|마지막) ?(?:번째 )?(?:단계|스텝))"


def _planned(job: Job, dataset: str) -> tuple[Version, Version, list[Step]]:
    """The version of a dataset, the one its steps start from, and the steps. Raises ToolError where there is none."""
    version = job.workspace.version(dataset)
    base, made = steps_of(job.workspace, version)
    if not made:
        raise ToolError(f"{version.ref} has no steps yet: nothing was done to it since it was loaded.")
    return version, base, [Step(one.step.tool, one.step.arguments, one.step.off, one) for one in made]


def _number(steps: Sequence[Step], step: int) -> int:
    """The place of a step that a person counts from 1; -1 is the last. Raises ToolError where there is none."""
    place = len(steps) if step == -1 else step
    if 1 <= place <= len(steps):
        return place - 1
    known = "; ".join(f"{n}. {one.tool}" for n, one in enumerate(steps, 1))
    raise ToolError(f"There is no step {step}. Steps: {known}.")


# --- the tools ---------------------------------------------------------------------------------------------------


@tool(
    effect="derive",
    group="recipe",
    title="Turn step {step} of {dataset} {state}",
    asked_by=_STEP
    + r"[\s\S]*(?:\boff\b|\bon\b|disabl|enabl|skip|without|remov|delet|leave out|undo|꺼|끄|끔|켜|켠|빼|건너|제외|제거|삭제|비활성|활성|취소)"
    r"|(?:\boff\b|\bon\b|disabl|enabl|skip|without|remov|delet|leave out|undo)[\s\S]*" + _STEP,
)
def switch_step(job: Job, dataset: DatasetName, step: int, state: Literal["off", "on"] = "off") -> Outcome:
    """Switch one step of a dataset off, or on again; the steps after it run again. Nothing is lost: undo goes back.

    Args:
        dataset: the dataset whose step it is.
        step: the step's number as list_steps shows it; -1 is the last.
        state: off, or on to have it again.
    """
    version, base, steps = _planned(job, dataset)
    place = _number(steps, step)
    if steps[place].off == (state == "off"):
        return Outcome(text=f"Step {place + 1} ({steps[place].tool}) is {state} already.", dataset=version.ref)
    steps[place] = replace(steps[place], off=state == "off")
    return rerun(job, version, base, steps, f"Switched {state} step {place + 1} ({steps[place].tool}).")


@tool(
    effect="derive",
    group="recipe",
    title="Move step {step} of {dataset}",
    asked_by=_STEP
    + r"[\s\S]*(?:before|after|first|last|earlier|later|\bup\b|\bdown\b|swap|앞|뒤|먼저|나중|위로|아래로|옮|이동|순서|바꿔)"
    r"|(?:move|swap|reorder|put|run)[\s\S]*" + _STEP,
)
def move_step(
    job: Job, dataset: DatasetName, step: int, before: int | None = None, after: int | None = None
) -> Outcome:
    """Move one step of a dataset before or after another one; the steps from there on run again.

    Args:
        dataset: the dataset whose step it is.
        step: the number of the step to move, as list_steps shows it; -1 is the last.
        before: the number of the step that comes right after it then.
        after: the number of the step that comes right before it then, instead of before.
    """
    version, base, steps = _planned(job, dataset)
    if (before is None) == (after is None):
        raise ToolError("Say where the step goes: before one step, or after one.")
    place, beside = _number(steps, step), _number(steps, before if before is not None else after or 0)
    rest = steps[:place] + steps[place + 1 :]
    target = beside - (beside > place) + (after is not None)
    moved = [*rest[:target], steps[place], *rest[target:]]
    if moved == steps or beside == place:
        return Outcome(text=f"Step {place + 1} ({steps[place].tool}) stands there already.", dataset=version.ref)
    return rerun(job, version, base, moved, f"Step {place + 1} ({steps[place].tool}) is step {target + 1} now.")


@tool(
    effect="derive",
    group="recipe",
    title="Change step {step} of {dataset}",
    more={"arguments": r"(?!)"},
    asked_by=r"(?:chang|edit|adjust|use|set|instead|replac|make|\bto\b)[\s\S]*"
    + _STEP
    + r"|"
    + _STEP
    + r"[\s\S]*(?:\bto\b|use|instead|should|바꿔|바꾸|변경|수정|고쳐|대신|로 해)",
)
def change_step(
    job: Job,
    dataset: DatasetName,
    step: int,
    to: Scalar | list[Scalar] | None = None,
    argument: str | None = None,
    arguments: dict[str, Any] | None = None,
) -> Outcome:
    """Change one argument of a step of a dataset, such as its method to median; it and the steps after it run again.

    Args:
        dataset: the dataset whose step it is.
        step: the step's number as list_steps shows it; -1 is the last.
        to: the new value.
        argument: which argument gets it; left out, the one that such a value fits.
        arguments: all arguments of the step at once, as a form gives them, instead of one.
    """
    version, base, steps = _planned(job, dataset)
    place = _number(steps, step)
    old = steps[place]
    new = _changed(transform_named(old.tool), old, to, argument) if arguments is None else _checked(old.tool, arguments)
    if new == dict(old.arguments) and not old.off:
        return Outcome(text=f"Step {place + 1} ({old.tool}) is so already.", dataset=version.ref)
    steps[place] = replace(old, arguments=new, off=False)
    said = [f"{name} {_shown(new[name])}" for name in new if new[name] != old.arguments.get(name)]
    return rerun(job, version, base, steps, f"Changed step {place + 1} ({old.tool}): {', '.join(said) or 'on again'}.")


@tool(
    effect="derive",
    group="recipe",
    title="Run the steps of {dataset} again",
    asked_by=r"\b(?:re-?run|run|redo|repeat|replay)\b[\s\S]*\b(?:steps?|recipe)\b|(?:단계|스텝|레시피)\S*[\s\S]*(?:다시|재)\s?실행",
)
def rerun_steps(job: Job, dataset: DatasetName, first: int = 1) -> Outcome:
    """Run the steps of a dataset again from one of them on, with joined datasets as they are now and all values learned anew.

    Args:
        dataset: the dataset whose steps run again.
        first: the number of the first step that runs again.
    """
    version, base, steps = _planned(job, dataset)
    place = _number(steps, first)
    return rerun(
        job, version, base, steps, f"Ran the steps from step {place + 1} on again.", first=place, as_made=False
    )


# --- arguments ---------------------------------------------------------------------------------------------------


def _checked(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a step as they are stored, with their defaults. Raises ToolError where they do not fit."""
    from pydantic_core import to_jsonable_python

    from tools import check_arguments

    checked = check_arguments(transform_named(name), {"dataset": "", **arguments})
    return {key: value for key, value in to_jsonable_python(checked).items() if key != "dataset"}


def _changed(own: Tool, step: Step, to: Any, argument: str | None) -> dict[str, Any]:
    """The step's arguments with one of them changed. Raises ToolError where none takes the value."""
    names = [name for name in own.arguments.model_fields if name != "dataset"]
    if argument is not None and argument not in names:
        raise ToolError(f"{own.name} has no argument '{argument}'. Its arguments: {', '.join(names)}.")
    if argument is None and isinstance(to, str) and (meant := _nearly(own, names, to)):
        raise ToolError(f"No argument of {own.name} takes '{to}'. Nearest: {meant}.")
    tried = [argument] if argument is not None else sorted(names, key=lambda name: _closeness(own, name))
    refused: ToolError | None = None
    for name in tried:
        values = [to] if argument is not None or not _is_list(own, name) or isinstance(to, list) else [[to]]
        for value in [*values, *([[to]] if argument is not None and not isinstance(to, list) else [])]:
            try:
                return _checked(own.name, {**step.arguments, name: value})
            except ToolError as error:
                refused = refused or error
    raise ToolError(f"No argument of {own.name} takes {_shown(to)}. Its arguments: {', '.join(names)}.") from refused


def _closeness(own: Tool, name: str) -> int:
    """Which arguments a bare value is tried on first: choices, then numbers and truths, then lists, then any text."""
    kinds = _kinds(own, name)
    if any("enum" in kind or "const" in kind for kind in kinds):
        return 0
    types = {str(kind.get("type")) for kind in kinds}
    return 1 if types <= {"integer", "number", "boolean", "null"} else 2 if "array" in types else 3


def _nearly(own: Tool, names: Sequence[str], to: str) -> str:
    """The choice of an argument that a word is a slip of; nothing where it is one, or like none."""
    choices = [str(one) for name in names for kind in _kinds(own, name) for one in kind.get("enum", [])]
    return "" if to in choices else ", ".join(nearest(to, choices, cutoff=0.8)[:1])


def _is_list(own: Tool, name: str) -> bool:
    return any(kind.get("type") == "array" for kind in _kinds(own, name))


def _kinds(own: Tool, name: str) -> list[dict[str, Any]]:
    entry: dict[str, Any] = own.arguments.model_json_schema()["properties"][name]
    kinds: list[dict[str, Any]] = entry.get("anyOf", [entry])
    return kinds


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
