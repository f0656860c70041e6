"""Recipes and histories as SQL that a person reads and plain DuckDB runs."""

import re
from collections.abc import Sequence

from tools.recipe import Recipe
from tools.tool import Column, identifier
from tools.workspace import Version, Workspace

_REFERENCE = re.compile(r'"((?:[^"]|"")+@\d+)"')


def recipe_script(recipe: Recipe) -> str:
    """One SELECT over a table called `input`, a comment line per step."""
    lines = [
        _comment(f"Recipe of {recipe.version}, from {recipe.base}."),
        _comment(f"Reads a table called input with the columns {_columns(recipe.columns)}."),
        "WITH step0 AS (SELECT * FROM input)",
    ]
    for number, step in enumerate(recipe.steps, start=1):
        lines[-1] += ","
        when = {"population": " (not when predicting)", "train_only": " (training rows only)"}.get(step.rows or "", "")
        lines += [_comment(f"{number}. {step.tool}{when}: {step.text}"), f"step{number} AS ({step.sql})"]
    return "\n".join([*lines, f"SELECT * FROM step{len(recipe.steps)};", ""])


def history_script(versions: Sequence[Version]) -> str:
    """One statement per version, in the order given; an import is a comment, for its table must be there already."""
    lines = [_comment(f"{versions[-1].ref}, step by step.")]
    for version in versions:
        step, table = version.step, identifier(version.ref)
        if not step.sql:
            source = f" from {step.source['file']}" if "file" in step.source else ""
            lines += ["", _comment(f"Needs the table {table}{source}, with the columns {_columns(version.columns)}.")]
        else:
            lines += ["", _comment(f"{step.tool}: {step.text}"), f"CREATE OR REPLACE TABLE {table} AS {step.sql};"]
    return "\n".join([*lines, "", f"SELECT * FROM {identifier(versions[-1].ref)};", ""])


def lineage(workspace: Workspace, version: Version) -> list[Version]:
    """Every version that one was made from, across joins, each after those it reads."""
    ordered: dict[str, Version] = {}

    def visit(one: Version) -> None:
        if one.ref in ordered:
            return
        reads = [ref.replace('""', '"') for ref in _REFERENCE.findall(one.step.sql)]
        for ref in dict.fromkeys([*([one.parent] if one.parent else []), *reads]):
            if ref != one.ref and (found := _known(workspace, ref)):
                visit(found)
        ordered[one.ref] = one

    visit(version)
    return list(ordered.values())


def _known(workspace: Workspace, ref: str) -> Version | None:
    """The version of a reference found in SQL; None where the text only looks like one."""
    name, _, number = ref.rpartition("@")
    return next((version for version in workspace.versions(name) if version.number == int(number)), None)


def _columns(columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(column.name)} {column.type}" for column in columns)


def _comment(text: str) -> str:
    """One comment line, whatever the text holds."""
    return "-- " + " ".join(text.split())
