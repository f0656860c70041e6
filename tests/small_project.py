"""Small real projects for tests: datasets from SELECTs, tools called as the catalogue calls them, recipes replayed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import check_arguments
from tools.dataset import StepRecord, Version
from tools.derive import run_transform
from tools.engine import scratch, trusted
from tools.guard import run_select
from tools.matching import match_columns
from tools.recipe import On, Purpose, Recipe, model_recipe, select
from tools.script import lineage
from tools.tool import REGISTRY, Job, Outcome
from tools.transform import Column
from tools.words import identifier
from tools.workspace import Workspace

if TYPE_CHECKING:
    from assistant.context import Situation
    from assistant.runs import Runs

Row = tuple[Any, ...]


def scripted(
    workspace: Workspace, folder: Path, *replies: Any, settings: dict[str, str] | None = None, **options: Any
) -> "Runs":
    """Runs over a project whose language model gives these replies."""
    from assistant.runs import Runs
    from assistant.settings import read_settings

    script = folder / "replies.jsonl"
    script.write_text("".join(json.dumps(reply) + "\n" for reply in replies), encoding="utf-8")
    known = read_settings({"EASEL_CACHE": str(folder), "EASEL_HOME": str(folder)} | (settings or {}))
    return Runs(workspace, known, model=f"script:{script}", **options)


def add(workspace: Workspace, name: str, sql: str, *, run: str = "") -> Version:
    """A dataset from a SELECT that runs in another DuckDB, so it arrives as Arrow batches as an import does."""
    with scratch() as connection:
        reader = connection.execute(sql).to_arrow_reader(1000)
        step = StepRecord(tool="load_file", arguments={}, run=run, source={"file": f"{name}.csv"})
        return workspace.add_dataset(name, reader, step)


def do(workspace: Workspace, tool_name: str, *, run: str = "", **arguments: Any) -> Outcome:
    """Call one tool by name, arguments checked."""
    tool = REGISTRY[tool_name]
    checked = check_arguments(tool, arguments)
    job = Job(workspace=workspace, run=run)
    if tool.is_transform:
        return run_transform(job, tool, checked)
    outcome: Outcome = tool.function(job, **checked)
    return outcome


def rows_of(workspace: Workspace, ref: str) -> list[Row]:
    return workspace.rows(f'FROM "{ref}"')


def recipe_of(workspace: Workspace, ref: str) -> Recipe:
    return model_recipe(workspace, workspace.version(ref))


def replay(recipe: Recipe, sql: str, purpose: Purpose = "predict") -> list[Row]:
    """The recipe's steps on the rows of a SELECT, in a database that never saw the project."""
    with trusted() as connection:
        connection.execute(f"CREATE TABLE incoming AS {sql}")
        given = [Column(row[0], row[1]) for row in On(connection).rows("DESCRIBE incoming")]
        columns, _ = match_columns(recipe, given)
        return On(connection).rows(select(recipe, f"(SELECT {columns} FROM incoming)", purpose))


def replay_history(workspace: Workspace, ref: str, imports: dict[str, str]) -> list[Row]:
    """Every step that led to a version, also across datasets, on other rows: import -> the SELECT of its rows."""
    with trusted() as connection:
        for version in lineage(workspace, workspace.version(ref)):
            sql = version.step.sql or imports[version.ref]
            connection.execute(f"CREATE TABLE {identifier(version.ref)} AS {sql}")
        return On(connection).rows(f"FROM {identifier(workspace.version(ref).ref)}")


Project = tuple[Workspace, "Situation"]
"""A workspace with what is known of its tables."""


def project_of(folder: Path, **tables: str) -> Iterator[Project]:
    """A workspace with a dataset from each SELECT, for a fixture to hand out."""
    from assistant.context import look

    with Workspace(folder / "project") as workspace:
        for name, sql in tables.items():
            add(workspace, name, sql)
        yield workspace, look(workspace)


def read_by_rule(project: Project, request: str) -> list[list[object]] | None:
    """The rows of the query that a request is put as, in order of their text unless it has one; None where there is none."""
    from assistant.composing import composed
    from assistant.composing.sure import runnable
    from assistant.glossary import spoken
    from assistant.stand_ins import stood_in

    workspace, situation = project
    if not (sql := composed(situation, stood_in(spoken(request, situation), situation)[0])):
        return None
    found, _ = run_select(workspace, runnable(workspace, sql, request), limit=50)
    rows = [[round(cell, 3) if isinstance(cell, float) else cell for cell in row] for row in found.rows]
    return rows if "ORDER BY" in sql else sorted(rows, key=str)
