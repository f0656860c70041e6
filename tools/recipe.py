"""A recipe: the derive-steps that lead to a version, with everything learned from the data frozen in.

It replays on any relation a DuckDB cursor knows (a version, an Arrow table, a Parquet view), needs no tool and no
model for that, and travels with every trained model, so that new rows are prepared as the training rows were.

How to train without leaking: number the base's rows (`__row`), keep those that `select(…, "holdout")` returns for all
of them, split these, `relearn` on the training part, then `select` each part for its purpose.

What is not covered: steps before a join, concatenation or aggregate; a recipe starts after the last of these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tools.dataset import ROW, StepRecord, Version
from tools.sources.kinds import DAY_OR_MONTH
from tools.tool import REGISTRY, Rows, Tool, ToolError
from tools.transform import Column, Derived, Input, Relation
from tools.words import identifier
from tools.workspace import Workspace

Purpose = Literal["train", "holdout", "predict"]

APPLIED: dict[Purpose, tuple[Rows, ...]] = {
    "train": ("same", "population", "train_only", "reshape"),
    "holdout": ("same", "population"),
    "predict": ("same",),
}
FILE = "recipe.json"
Others = Mapping[str, tuple[str, tuple[Column, ...]]]
"""Datasets that a step may join: name -> (quoted SQL name, columns)."""


class Recipe(BaseModel):
    """Steps that replay. The SQL of step n reads `step0` to `step<n-1>`, where `step0` is the input."""

    model_config = ConfigDict(frozen=True)
    base: str
    """The version where the identity of rows begins: the import, or the last step that reshaped the rows."""
    version: str
    """The version the steps lead to."""
    steps: tuple[StepRecord, ...]
    input_schema: list[tuple[str, str]]
    output_schema: list[tuple[str, str]]
    day_first: bool | None = None
    """Whether 03/04/2024 was the third of April in the file that the rows came from; None where it did not tell."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns the first step reads."""
        return tuple(Column(name, type_) for name, type_ in self.input_schema)


def model_recipe(workspace: Workspace, version: Version, since: Version | None = None) -> Recipe:
    """The recipe of a version, as its history tells it: from the last step that reshaped rows, or since that version."""
    history = workspace.history(version)
    start = max(number for number, one in enumerate(history) if one.step.rows in (None, "reshape"))
    if since is not None:
        start = next(number for number, one in enumerate(history) if one.ref == since.ref)
    return recipe_of(workspace, history[start:], {})


def recipe_of(workspace: Workspace, history: Sequence[Version], others: Others) -> Recipe:
    """The steps from the first of these versions to the last; `others` are the tables that joins among them read."""
    steps = []
    for number, (parent, child) in enumerate(pairwise(history)):
        here = Input(step_name(number), parent.columns, workspace, child.step.learned, frozen=True, others=others)
        if child.step.off:
            steps.append(passing(child.step, number))
            continue
        derived = _derived(child.step, here)
        steps.append(child.step.model_copy(update={"sql": derived.sql, "elsewhere": derived.elsewhere}))
    return Recipe(
        base=history[0].ref,
        version=history[-1].ref,
        steps=tuple(steps),
        input_schema=history[0].schema_,
        output_schema=history[-1].schema_,
        day_first=_day_first(workspace.history(history[0])[0]),
    )


def _day_first(loaded: Version) -> bool | None:
    read = set(loaded.step.source.get("assumed", {}).get("read_as", {}).values()) & DAY_OR_MONTH
    return read == {"dates (day first)"} if len(read) == 1 else None


def keeping(recipe: Recipe, workspace: Workspace, version: Version, condition: str) -> Recipe:
    """The recipe of a version with one more step, the model's own: it keeps the rows of a condition."""
    learned: dict[str, Any] = {}
    step = StepRecord(tool="filter_rows", arguments={"condition": condition}, learned=learned, rows="population")
    text = _derived(step, Input(identifier(version.ref), version.columns, workspace, learned)).text
    sql = _derived(step, Input(step_name(len(recipe.steps)), version.columns, workspace, learned, frozen=True)).sql
    return recipe.model_copy(update={"steps": (*recipe.steps, step.model_copy(update={"sql": sql, "text": text}))})


def step_name(number: int) -> str:
    """What the SQL of later steps calls a step's rows; 0 is the input."""
    return f"step{number}"


def _passed_on(number: int) -> str:
    """What a step does that does nothing."""
    return f"SELECT * FROM {step_name(number)}"


def _derived(step: StepRecord, table: Input) -> Derived:
    """What a step's transform makes of another input."""
    tool = _transform(step.tool)
    arguments = tool.arguments.model_validate({"dataset": "", **step.arguments})
    own = {name: getattr(arguments, name) for name in tool.arguments.model_fields if name != "dataset"}
    derived: Derived = tool.function(table, **own)
    return derived


def _transform(name: str) -> Tool:
    from tools import catalogue

    found = REGISTRY.get(name) or catalogue().get(name)
    if found is None or not found.is_transform:
        raise ToolError(f"The recipe has a step '{name}' that this version of Easel doesn't know. Update Easel.")
    return found


# --- replay ------------------------------------------------------------------------------------------------------


def select(recipe: Recipe, name: str, purpose: Purpose) -> str:
    """One SELECT that runs the recipe's steps on a relation, given as it stands after FROM.

    Filters and other choices of rows are applied to training and holdout rows, removals of awkward rows to training
    rows only, and no row is lost when predicting. A `__row` column of the relation rides along.
    """
    return _chain(name, bodies_of(recipe, purpose))


def without(recipe: Recipe, tool: str) -> Recipe:
    """The recipe with every step of one tool passing its rows on as they are."""
    steps = [passing(step, number) if step.tool == tool else step for number, step in enumerate(recipe.steps)]
    return recipe.model_copy(update={"steps": tuple(steps)})


def passing(step: StepRecord, number: int) -> StepRecord:
    """A recipe's step that passes on as they are the rows of the step before it."""
    return step.model_copy(update={"sql": _passed_on(number), "elsewhere": ""})


def _applied(step: StepRecord, purpose: Purpose) -> bool:
    return step.rows in APPLIED[purpose]


def bodies_of(recipe: Recipe, purpose: Purpose) -> list[str]:
    """What each step does for that purpose: one that is not applied passes its rows on as they are."""
    return [
        ((purpose != "train" and step.elsewhere) or step.sql) if _applied(step, purpose) else _passed_on(number)
        for number, step in enumerate(recipe.steps)
    ]


def _chain(name: str, bodies: Sequence[str]) -> str:
    return f"{_with(name, bodies)}\nSELECT * FROM {step_name(len(bodies))}"


def _with(name: str, bodies: Sequence[str]) -> str:
    parts = [f"step0 AS (SELECT * FROM {name})"]
    parts += [f"{step_name(number)} AS ({body})" for number, body in enumerate(bodies, 1)]
    return "WITH " + ",\n".join(parts)


def relearn(recipe: Recipe, relation: Relation, name: str, target: str = "") -> Recipe:
    """The same steps with every learned value computed anew from the training rows, and nothing else.

    `name` is what stands after FROM on that relation: a workspace, or `On(cursor)` for one cursor's own tables. The
    `target`, as the last step calls it, is hidden from steps that guess a column from the others; how its classes are
    written stays as it is.
    """
    steps: list[StepRecord] = []
    targets = _called_before(recipe.steps, target)
    for step in recipe.steps:
        if step.off:
            steps.append(step)
            continue
        sqls = [done.sql for done in steps]
        here = _Chained(_with(name, sqls), relation)
        columns = here.columns(step_name(len(steps)))
        hidden = tuple(column for column in columns if column.name == targets[len(steps)])
        learned = _of_classes(step, hidden)
        derived = _derived(step, Input(step_name(len(steps)), columns, here, learned, hidden=hidden))
        done = {"sql": derived.sql, "elsewhere": derived.elsewhere, "learned": learned, "text": derived.text}
        steps.append(step.model_copy(update=done))
    return recipe.model_copy(update={"steps": tuple(steps)})


def _of_classes(step: StepRecord, hidden: Sequence[Column]) -> dict[str, Any]:
    """What a step learned of how classes are written: the model is told of them as they stand in all rows."""
    names = [column.name for column in hidden if column.is_text]
    return {key: value for key, value in step.learned.items() if any(key.endswith(f":{name}") for name in names)}


def _called_before(steps: Sequence[StepRecord], name: str) -> list[str]:
    """What a column of the last step is called before each step."""
    called = [name]
    for step in reversed(steps):
        renamed = step.tool == "rename_column" and step.arguments["name"] == called[0]
        called.insert(0, step.arguments["column"] if renamed else called[0])
    return called[:-1]


def is_begun(recipe: Recipe) -> bool:
    """Whether rows have been through the first of its steps already, as `passing` leaves it."""
    return bool(recipe.steps) and not recipe.steps[0].off and recipe.steps[0].sql == _passed_on(0)


def called_at_first(recipe: Recipe, name: str) -> str:
    """What the recipe's input calls a column that its steps gave another name, whatever the name's case."""
    for step in reversed(recipe.steps):
        pairs = step.arguments.get("renames") or [step.arguments] if step.tool.startswith("rename_column") else []
        renamed = {
            str(one["name"]).casefold(): str(one["column"]) for one in pairs if "name" in one and "column" in one
        }
        name = renamed.get(name.casefold(), name)
    return name


@dataclass(frozen=True)
class On:
    """A relation on one cursor, for tables only that cursor knows (registered Arrow tables, temporary views)."""

    cursor: Any

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.cursor.execute(sql).fetchall()
        return found


@dataclass(frozen=True)
class _Chained:
    """A relation that knows the steps done so far."""

    clause: str
    relation: Relation

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.relation.rows(f"{self.clause}\nSELECT * FROM ({sql})")

    def columns(self, step: str) -> tuple[Column, ...]:
        """The columns of a step, without those that ride along unseen."""
        found = self.relation.rows(f"DESCRIBE {self.clause}\nSELECT * FROM {step}")
        return tuple(Column(str(row[0]), str(row[1])) for row in found if row[0] != ROW)


# --- files -------------------------------------------------------------------------------------------------------


def save(recipe: Recipe, folder: Path) -> Path:
    """Write the recipe beside a model."""
    path = folder / FILE
    path.write_text(recipe.model_dump_json(indent=1), encoding="utf-8")
    return path


def load(folder: Path) -> Recipe:
    """The recipe beside a model."""
    return Recipe.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
