"""Do to one dataset what was done to another: the same steps, with the values that were learned there."""

from collections.abc import Mapping, Sequence
from copy import deepcopy

import duckdb

from tools.dataset import StepRecord, Version
from tools.derive import input_of, make_version
from tools.engine import first_line
from tools.matching import match_columns, matches
from tools.recipe import Others, Recipe, recipe_of
from tools.rerun import catalogued, pinned, sizes, steps_of
from tools.tool import DatasetName, Job, Outcome, Stopped, ToolError, tool
from tools.transform import Column, Derived
from tools.words import counted, identifier, listed, type_words
from tools.workspace import Workspace


@tool(
    effect="derive",
    group="recipe",
    title="Do the same steps to {dataset}",
    asked_by=r"\bsame (?:\w+ )?(?:steps?|recipe|things?|cleaning|preparation)\b|\b(?:do|apply|repeat) (?:exactly )?the same (?:to|with|on)\b"
    r"|\bsame\b[^.]*\b(?:to|for|with|on) (?:the |this |my |that )?(?:\w+ )?(?:file|data|dataset|table|sheet|csv)\b|\b(?:apply|replay|repeat|run)\b[\s\S]*\b(?:steps?|recipe)\b[\s\S]*\b(?:to|on|for)\b"
    r"|(?:똑같이|동일하게|같은 (?:단계|방식|처리|작업|과정))|(?:레시피|단계)\S* [\s\S]*적용",
)
def apply_recipe(job: Job, dataset: DatasetName, source: DatasetName | None = None) -> Outcome:
    """Do to a dataset the same steps that were done to another one, with the values that were learned there.

    Columns are matched by name, whatever the case, spaces and punctuation; more columns stay as they are.

    Args:
        dataset: the dataset that the steps are done to.
        source: the dataset whose steps they are; left out, the one that was worked on last.
    """
    workspace = job.workspace
    target = workspace.version(dataset)
    base, made = _steps(workspace, target, source)
    with workspace.together():
        last, notes = _matched(job, _recipe(workspace, base, made), base, target)
        for number, step in enumerate((one for one in made if not one.step.off), 1):
            job.progress((number - 1) / len(made), f"Step {number}: {step.step.tool}")
            if job.cancelled():
                raise Stopped
            last = _done(job, number, step, last, target)
        workspace.set_head(last.ref, run=job.run)
    done = len([one for one in made if not one.step.off])
    counts = sizes(target, last)
    return Outcome(
        text=" ".join(
            [f"Did the {counted(done, 'step')} of {made[-1].ref} to {target.ref}: {last.ref}, {counts}.", *notes]
        ),
        dataset=last.ref,
        rows=(target.row_count, last.row_count),
        columns=(len(target.names), len(last.names)),
        values={"source": made[-1].ref, "steps": done},
    )


def steps_again(job: Job, base: Version, made: Sequence[Version], target: Version) -> list[Version]:
    """The versions that the steps make of a target, one for the base and for each step, with what was learned there.

    Joined datasets are those of now. The dataset stays at the version it has. Raises ToolError where a step does not fit.
    """
    chain = [_matched(job, _recipe(job.workspace, base, made), base, target)[0]]
    for number, step in enumerate(made, 1):
        if job.cancelled():
            raise Stopped
        chain.append(chain[-1] if step.step.off else _done(job, number, step, chain[-1], target, then=False))
    return chain


def _recipe(workspace: Workspace, base: Version, made: Sequence[Version]) -> Recipe:
    return recipe_of(workspace, [base, *made], _others(workspace, made))


def _steps(workspace: Workspace, target: Version, source: str | None) -> tuple[Version, list[Version]]:
    """The version that the source's steps start from, and the versions they made. Raises ToolError where there are none."""
    others = [head for head in workspace.datasets() if head.dataset != target.dataset]
    if source is not None:
        chosen = workspace.version(source)
        if chosen.dataset == target.dataset:
            raise ToolError(
                f"The steps of {target.dataset} are done to it already. Name the dataset they came from first."
            )
        others = [chosen]
    found = [(base, made) for base, made in (steps_of(workspace, head) for head in others) if made]
    if not found:
        named = listed([head.dataset for head in others]) or "any other dataset"
        raise ToolError(f"Nothing was done to {named} yet, so there are no steps to do to {target.dataset}.")
    return found[0]


def _others(workspace: Workspace, made: Sequence[Version]) -> Others:
    """The datasets that the steps join, as they were then."""
    return {name: other for one in made for name, other in pinned(workspace, one).items()}


def _matched(job: Job, recipe: Recipe, base: Version, target: Version) -> tuple[Version, list[str]]:
    """The target with the columns that the steps read, and what had to be matched. Raises ToolError where one is missing."""
    tables: Mapping[str, Sequence[tuple[str, str]]] = {
        name: job.workspace.version(name).schema_ for name in _read_versions(job.workspace, recipe)
    }
    by = f"the recipe of {recipe.version}"
    columns, notes = match_columns(recipe, target.columns, by=by, purpose="train", tables=tables)
    found = matches(recipe, target.columns)
    taken = {column.name for column in found.values()}
    more = [name for name in target.names if name not in taken]
    notes = [note for note in notes if not note.startswith("Ignored ")]
    notes += [f"Kept {listed(more)}, which {base.ref} does not have."] if more else []
    notes += _unread(job.workspace, recipe, found, target)
    if target.schema_[: len(base.schema_)] == base.schema_:
        return target, notes
    sql = f"SELECT {', '.join([columns, *map(identifier, more)])} FROM {identifier(target.ref)}"
    text = f"Columns as in {base.ref}."
    step = StepRecord(tool="apply_recipe", arguments={"source": base.dataset}, sql=sql, text=text, run=job.run)
    return job.workspace.derive(target, sql, step, point=False), notes


def _unread(workspace: Workspace, recipe: Recipe, found: Mapping[str, Column], target: Version) -> list[str]:
    """One sentence for each column with cells that can't be read as the type that the steps need: they are empty then."""
    casts = {
        want: found[want.name] for want in recipe.columns if want.name in found and want.type != found[want.name].type
    }
    if not casts:
        return []
    lost = ", ".join(
        f"count({identifier(given.name)}) - count(TRY_CAST({identifier(given.name)} AS {want.type}))"
        for want, given in casts.items()
    )
    counts = workspace.rows(f"SELECT {lost} FROM {identifier(target.ref)}")[0]
    return [
        f"{counted(count, 'cell')} of {given.name} can't be read as {type_words(want.type)} and became empty."
        for (want, given), count in zip(casts.items(), counts, strict=True)
        if count
    ]


def _read_versions(workspace: Workspace, recipe: Recipe) -> list[str]:
    """The versions of other datasets that the steps read."""
    from tools.script import references

    known = {version.ref for head in workspace.datasets() for version in workspace.versions(head.dataset)}
    return [ref for step in recipe.steps for ref in references(step.sql) if ref in known]


def _done(job: Job, number: int, made: Version, parent: Version, target: Version, *, then: bool = True) -> Version:
    """One step on the rows so far, with its learned values and the datasets it joined `then`, or those of now.

    Raises ToolError that names it where it does not fit.
    """
    own, given = catalogued(made.step)
    learned = deepcopy(made.step.learned)
    others = pinned(job.workspace, made) if then else None
    try:
        table = input_of(job.workspace, parent, learned, frozen=True, others=others)
        derived: Derived = own.function(table, **given)
        told = Derived(
            derived.elsewhere or derived.sql, f"As in {made.ref}, with what was learned there.", derived.materialise
        )
        return make_version(job, own, made.step.arguments, parent, told, learned, point=False)
    except (ToolError, duckdb.Error) as error:
        why = first_line(error) if isinstance(error, duckdb.Error) else str(error)
        raise ToolError(f"Step {number} ({own.name}) does not fit {target.ref}: {why} It stays as it was.") from error
