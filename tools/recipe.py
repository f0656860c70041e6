"""A recipe: the derive-steps that lead to a version, with everything learned from the data frozen in.

It replays on any relation a DuckDB cursor knows (a version, an Arrow table, a Parquet view), needs no tool and no
model for that, and travels with every trained model, so that new rows are prepared as the training rows were.

How to train without leaking: number the base's rows (`__row`), keep those that `select(…, "holdout")` returns for all
of them, split these, `relearn` on the training part, then `select` each part for its purpose.

What is not covered: steps before a join, concatenation or aggregate; a recipe starts after the last of these.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tools.dataset import StepRecord, Version
from tools.tool import REGISTRY, Rows, Tool, ToolError
from tools.transform import Column, Derived, Input, Relation
from tools.words import identifier, listed
from tools.workspace import ROW as ROW
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
        here = Input(_step(number), parent.columns, workspace, child.step.learned, frozen=True, others=others)
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
    )


def _step(number: int) -> str:
    return f"step{number}"


def _passed_on(number: int) -> str:
    """What a step does that does nothing."""
    return f"SELECT * FROM {_step(number)}"


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
    return _chain(name, _bodies(recipe, purpose))


def without(recipe: Recipe, tool: str) -> Recipe:
    """The recipe with every step of one tool passing its rows on as they are."""
    steps = [passing(step, number) if step.tool == tool else step for number, step in enumerate(recipe.steps)]
    return recipe.model_copy(update={"steps": tuple(steps)})


def passing(step: StepRecord, number: int) -> StepRecord:
    """A recipe's step that passes on as they are the rows of the step before it."""
    return step.model_copy(update={"sql": _passed_on(number), "elsewhere": ""})


def _applied(step: StepRecord, purpose: Purpose) -> bool:
    return step.rows in APPLIED[purpose]


def _bodies(recipe: Recipe, purpose: Purpose) -> list[str]:
    """What each step does for that purpose: one that is not applied passes its rows on as they are."""
    return [
        ((purpose != "train" and step.elsewhere) or step.sql) if _applied(step, purpose) else _passed_on(number)
        for number, step in enumerate(recipe.steps)
    ]


def _chain(name: str, bodies: Sequence[str]) -> str:
    return f"{_with(name, bodies)}\nSELECT * FROM {_step(len(bodies))}"


def _with(name: str, bodies: Sequence[str]) -> str:
    parts = [f"step0 AS (SELECT * FROM {name})"]
    parts += [f"{_step(number)} AS ({body})" for number, body in enumerate(bodies, 1)]
    return "WITH " + ",\n".join(parts)


def relearn(recipe: Recipe, relation: Relation, name: str, target: str = "") -> Recipe:
    """The same steps with every learned value computed anew from the training rows, and nothing else.

    `name` is what stands after FROM on that relation: a workspace, or `On(cursor)` for one cursor's own tables. The
    `target`, as the last step calls it, is hidden from steps that guess a column from the others.
    """
    steps: list[StepRecord] = []
    targets = _called_before(recipe.steps, target)
    for step in recipe.steps:
        if step.off:
            steps.append(step)
            continue
        sqls = [done.sql for done in steps]
        here = _Chained(_with(name, sqls), relation)
        columns = here.columns(_step(len(steps)))
        learned: dict[str, Any] = {}
        hidden = tuple(column for column in columns if column.name == targets[len(steps)])
        derived = _derived(step, Input(_step(len(steps)), columns, here, learned, hidden=hidden))
        done = {"sql": derived.sql, "elsewhere": derived.elsewhere, "learned": learned, "text": derived.text}
        steps.append(step.model_copy(update=done))
    return recipe.model_copy(update={"steps": tuple(steps)})


def _called_before(steps: Sequence[StepRecord], name: str) -> list[str]:
    """What a column of the last step is called before each step."""
    called = [name]
    for step in reversed(steps):
        renamed = step.tool == "rename_column" and step.arguments["name"] == called[0]
        called.insert(0, step.arguments["column"] if renamed else called[0])
    return called[:-1]


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


# --- new data ----------------------------------------------------------------------------------------------------


def match_columns(
    recipe: Recipe,
    columns: Sequence[Column],
    needed: Iterable[str] | None = None,
    *,
    by: str = "the model",
    purpose: Purpose = "predict",
    tables: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> tuple[str, list[str]]:
    """The SELECT list that gives new data the recipe's input columns, and notes on what was not as expected.

    Columns are matched by name, whatever the case, spaces and punctuation; types are cast, extra columns ignored.
    `needed` are the output columns that will be used (the features, without the target); None means all of them.
    Columns that none of these depends on may be missing and are empty then. `by` is who needs them, for the messages;
    `purpose` is what the rows are for; `tables` are the columns of versions that joins among the steps read.
    Raises ToolError where a column is missing that is needed, naming the nearest.
    """
    given = {column.name: column for column in columns if column.name != ROW}
    found = matches(recipe, columns)
    missing = [column.name for column in recipe.columns if column.name not in found]
    if missing:
        used = used_columns(recipe, needed, purpose=purpose, tables=tables)
        if lacking := [name for name in missing if name in used]:
            raise ToolError(_lacking(lacking, list(given), by))
    parts = [_matched(column, found.get(column.name)) for column in recipe.columns]
    if any(column.name == ROW for column in columns):
        parts.append(identifier(ROW))
    return ", ".join(parts), list(_notes(recipe, given, found, missing, by))


def matches(recipe: Recipe, columns: Sequence[Column]) -> dict[str, Column]:
    """The given column for each input column: of exactly its name, else whatever the case, else whatever spaces and
    punctuation. No column stands for two."""
    found: dict[str, Column] = {}
    used = {ROW}
    for fold in (str, str.casefold, _bare):
        folded: dict[str, list[Column]] = {}
        for column in columns:
            if column.name not in used:
                folded.setdefault(fold(column.name), []).append(column)
        for wanted in recipe.columns:
            if wanted.name not in found and (near := folded.get(fold(wanted.name))):
                found[wanted.name] = near.pop(0)
                used.add(found[wanted.name].name)
    return {column.name: found[column.name] for column in recipe.columns if column.name in found}


def _bare(name: str) -> str:
    """A name's letters and digits only; the name itself where it has none."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold()) or name


def _matched(wanted: Column, given: Column | None) -> str:
    name = identifier(wanted.name)
    if given is None:
        return f"CAST(NULL AS {wanted.type}) AS {name}"
    source = identifier(given.name)
    if given.type != wanted.type:
        return f"TRY_CAST({source} AS {wanted.type}) AS {name}"
    return name if source == name else f"{source} AS {name}"


def _lacking(names: list[str], given: list[str], by: str) -> str:
    import difflib

    folded = {name.casefold(): name for name in given}
    near = [
        folded[match] for name in names for match in difflib.get_close_matches(name.casefold(), folded, n=2, cutoff=0.5)
    ]
    nearest = f" Nearest: {', '.join(dict.fromkeys(near))}." if near else ""
    what = "column" if len(names) == 1 else "columns"
    quoted = listed([f"'{name}'" for name in names])
    return f"The new data has no {what} {quoted}, which {by} needs.{nearest} Its columns: {', '.join(given[:30])}."


def _notes(
    recipe: Recipe, given: dict[str, Column], found: dict[str, Column], missing: list[str], by: str
) -> Iterator[str]:
    wanted = {column.name: column for column in recipe.columns}
    for name, column in found.items():
        if column.name != name:
            yield f"Column '{column.name}' was read as '{name}'."
        if column.type != wanted[name].type:
            yield f"{name} is {column.type} in the new data and was read as {wanted[name].type}."
    if missing:
        yield f"Not in the new data and not needed: {listed(missing)}."
    used = {column.name for column in found.values()}
    if extra := [name for name in given if name not in used]:
        yield f"Ignored {listed(extra)}, which {by} does not know."


def used_columns(
    recipe: Recipe,
    needed: Iterable[str] | None = None,
    *,
    purpose: Purpose = "predict",
    tables: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> list[str]:
    """The input columns that the needed output columns depend on when predicting.

    DuckDB's own plans answer, a step at a time from the last to the first: each reads only the columns that matter.
    What a plan keeps to read it twice it reads with all columns: here nothing is kept.
    """
    from tools.engine import trusted

    wanted = list(needed) if needed is not None else [name for name, _ in recipe.output_schema]
    bodies = [body.replace(" AS MATERIALIZED (", " AS NOT MATERIALIZED (") for body in _bodies(recipe, purpose)]
    with trusted() as connection:
        for table, schema in {_step(0): recipe.input_schema, **(tables or {})}.items():
            columns = ", ".join(f"{identifier(name)} {type_}" for name, type_ in schema)
            connection.execute(f"CREATE TABLE {identifier(table)} ({columns})")
        for number, body in enumerate(bodies, 1):
            connection.execute(f"CREATE TABLE {_step(number)} AS SELECT * FROM ({body}) LIMIT 0")
        # With its statistics DuckDB would fold away what an empty table can't hold.
        connection.execute("SET disabled_optimizers = 'statistics_propagation,common_subplan'")
        for number in reversed(range(len(bodies))):
            if wanted:
                wanted = _read(
                    On(connection),
                    f"SELECT {', '.join(map(identifier, wanted))} FROM ({bodies[number]})",
                    _step(number),
                )
    return [column.name for column in recipe.columns if column.name in wanted]


def _read(relation: Relation, sql: str, table: str) -> list[str]:
    """The columns of one table that a SELECT reads."""
    import json

    plan = json.loads(relation.rows(f"EXPLAIN (FORMAT json) {sql}")[0][1])
    return list(dict.fromkeys(_projections(plan, table)))


def _projections(plan: list[dict[str, Any]], table: str) -> Iterator[str]:
    for node in plan:
        if node["name"].strip() == "SEQ_SCAN" and node["extra_info"]["Table"].rpartition(".")[2] == table:
            read = node["extra_info"].get("Projections", [])
            yield from [read] if isinstance(read, str) else read
        yield from _projections(node["children"], table)


# --- files -------------------------------------------------------------------------------------------------------


def save(recipe: Recipe, folder: Path) -> Path:
    """Write the recipe beside a model."""
    path = folder / FILE
    path.write_text(recipe.model_dump_json(indent=1), encoding="utf-8")
    return path


def load(folder: Path) -> Recipe:
    """The recipe beside a model."""
    return Recipe.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
