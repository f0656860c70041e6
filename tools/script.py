"""Recipes and histories as what a person reads and runs without Easel: SQL for DuckDB, a Python script, a notebook.

Whatever was learned from the data stands in the statements. The tables that were imported lie beside the script as Parquet
files, so that it gives the same table on any machine with DuckDB (and pandas for Python).

What is not covered: functions of the moment such as now(); a script works them out anew where Easel kept the table.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tools.dataset import Version
from tools.recipe import Recipe
from tools.transform import Column
from tools.words import identifier, literal
from tools.workspace import Workspace

Format = Literal["sql", "python", "notebook"]
SUFFIXES: Mapping[Format, str] = {"sql": "sql", "python": "py", "notebook": "ipynb"}
_FILE = "?"
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
    lines[1:1] = [_comment(_NEEDS)] if calls_encoder([step.sql for step in recipe.steps]) else []
    return "\n".join([*lines, f"SELECT * FROM step{len(recipe.steps)};", ""])


_NEEDS = "Calls sentence_embedding(text, encoder), which Easel adds to DuckDB: pip install 'easel-assistant[full]'."


def calls_encoder(sqls: Iterable[str]) -> bool:
    """Whether a statement calls a function that DuckDB alone does not have."""
    return any("sentence_embedding(" in sql for sql in sqls)


GLANCE = 6_000
"""Letters of a statement that are shown at once."""


def at_a_glance(sql: str) -> str:
    """A statement as it is shown beside its step: of a very long one, such as one that holds learned rows, both ends."""
    if len(sql) <= GLANCE:
        return sql
    lines, head, tail = sql.splitlines(), GLANCE // 2, GLANCE // 2
    first = next((n for n in range(len(lines)) if sum(map(len, lines[: n + 1])) > head), len(lines))
    last = next((n for n in range(len(lines)) if sum(map(len, lines[len(lines) - n - 1 :])) > tail), len(lines))
    left_out = len(lines) - first - last
    if left_out < 2:
        return sql
    note = _comment(f"{left_out:,} lines are left out here; write_script writes them all.")
    return "\n".join([*lines[:first], note, *lines[len(lines) - last :]])


# --- histories ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A table that was imported, in a Parquet file beside the script."""

    file: str
    casts: Mapping[str, str]
    """The type of each column that Parquet keeps as text only."""


def history_script(versions: Sequence[Version], kept: Mapping[str, Kept], format: Format = "sql") -> str:
    """One statement per version, in the order given; an import is read from its file in `kept`, by its reference."""
    return _FORMATS[format](versions[-1], _statements(versions, kept))


@dataclass(frozen=True)
class _Statement:
    """One statement with what it does, in words."""

    words: str
    sql: str
    file: str = ""
    """The file it reads; a `?` in the statement stands for it."""


def _statements(versions: Sequence[Version], kept: Mapping[str, Kept]) -> list[_Statement]:
    made = []
    for version in versions:
        step, table = version.step, identifier(version.ref)
        if version.ref in kept:
            source = f" from {step.source['file']}" if "file" in step.source else ""
            words = f"The table {table}{source}, with the columns {_columns(version.columns)}."
            made.append(
                _Statement(
                    words, f"CREATE OR REPLACE TABLE {table} AS {_read(kept[version.ref])}", kept[version.ref].file
                )
            )
        else:
            kind = "VIEW" if version.depth else "TABLE"
            words = f"{step.tool} (switched off)" if step.off else f"{step.tool}: {step.text}"
            made.append(_Statement(words, f"CREATE OR REPLACE {kind} {table} AS {step.sql}"))
    return made


def _read(kept: Kept) -> str:
    casts = [f"CAST({identifier(name)} AS {type_}) AS {identifier(name)}" for name, type_ in kept.casts.items()]
    replaced = f" REPLACE ({', '.join(casts)})" if casts else ""
    return f"SELECT *{replaced} FROM read_parquet({_FILE})"


def _sql(last: Version, statements: Sequence[_Statement]) -> str:
    lines = [_comment(f"{last.ref}, step by step. Runs in DuckDB, in the folder of the Parquet files it reads.")]
    lines += [_comment(_NEEDS)] if calls_encoder(one.sql for one in statements) else []
    for one in statements:
        sql = one.sql.replace(f"read_parquet({_FILE})", f"read_parquet({literal(one.file)})") if one.file else one.sql
        lines += ["", _comment(one.words), f"{sql};"]
    return "\n".join([*lines, "", f"SELECT * FROM {identifier(last.ref)};", ""])


_INTRODUCED = "Needs DuckDB and pandas (pip install duckdb pandas), and the Parquet files beside it."


def _python(last: Version, statements: Sequence[_Statement]) -> str:
    name = f"{last.dataset}.py"
    head = [
        f'"""{_plain(last.ref)}, step by step, as Easel made it. {_INTRODUCED}',
        "",
        f"    python {_plain(name)} [FILE]     prints the table; with a FILE (.csv or .parquet) writes it there",
        '"""',
        "",
        "import sys",
        "from pathlib import Path",
        "",
        "import duckdb",
        "import pandas as pd",
        "",
        "HERE = Path(__file__).resolve().parent",
        "connection = duckdb.connect()",
    ]
    head += _functions(statements)
    body = [line for one in statements for line in ("", _comment(one.words, "#"), _execute(one, "HERE / "))]
    tail = [
        "",
        _result(last),
        "",
        'if __name__ == "__main__":',
        "    if len(sys.argv) < 2:",
        "        print(result)",
        '    elif sys.argv[1].endswith(".parquet"):',
        "        rows.write_parquet(sys.argv[1])",
        "    else:",
        "        rows.write_csv(sys.argv[1], header=True)",
    ]
    return "\n".join([*head, *body, *tail, ""])


def _functions(statements: Sequence[_Statement]) -> list[str]:
    """The lines that give the connection what Easel's SQL calls beyond DuckDB, where it does."""
    if not calls_encoder(one.sql for one in statements):
        return []
    return ["", _comment(_NEEDS, "#"), "from tools.engine import add_functions", "", "add_functions(connection)"]


def _result(last: Version) -> str:
    """The lines that read the last version."""
    select = python_text(f"SELECT * FROM {identifier(last.ref)}")
    return f"rows = connection.sql({select})\nresult: pd.DataFrame = rows.df()"


def _notebook(last: Version, statements: Sequence[_Statement]) -> str:
    cells = [
        ("markdown", f"# {last.ref}, step by step\n\nAs Easel made it. {_INTRODUCED}"),
        ("code", "import duckdb\nimport pandas as pd\n\nconnection = duckdb.connect()"),
    ]
    if added := _functions(statements):
        cells.append(("code", "\n".join(added[1:])))
    for one in statements:
        cells += [("markdown", _markdown(one.words)), ("code", _execute(one, ""))]
    return notebook([*cells, ("code", f"{_result(last)}\nresult")])


def notebook(parts: Sequence[tuple[str, str]]) -> str:
    """A Jupyter notebook of cells, each its kind (markdown or code) and its text."""
    cells = [_cell(kind, source) for kind, source in parts]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


_FORMATS: Mapping[Format, Callable[[Version, Sequence[_Statement]], str]] = {
    "sql": _sql,
    "python": _python,
    "notebook": _notebook,
}


def _cell(kind: str, source: str) -> dict[str, object]:
    """A cell as nbformat 4.5 has it."""
    cell: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []}


def _execute(statement: _Statement, folder: str) -> str:
    """The Python line that runs a statement; `folder` is what stands before the name of the file it reads."""
    if not statement.file:
        return f"connection.execute({python_text(statement.sql)})"
    file = f"str({folder}{statement.file!r})" if folder else repr(statement.file)
    return f"connection.execute({python_text(statement.sql)}, [{file}])"


def python_text(sql: str) -> str:
    """SQL as a Python text that a person can read: between triple quotes, as it is, wherever that works."""
    if '"""' in sql or "\0" in sql or "\r" in sql:
        return repr(sql)
    return f'r"""\n{sql}\n"""'


def _plain(text: str) -> str:
    """Text within a docstring."""
    return text.replace("\\", "/").replace('"""', "'''")


def _markdown(words: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|$])", r"\\\1", " ".join(words.split()))


# --- what a version was made from --------------------------------------------------------------------------------


def lineage(workspace: Workspace, version: Version) -> list[Version]:
    """Every version that one was made from, across joins, each after those it reads."""
    ordered: dict[str, Version] = {}

    def visit(one: Version) -> None:
        if one.ref in ordered:
            return
        for ref in dict.fromkeys([*([one.parent] if one.parent else []), *references(one.step.sql)]):
            if ref != one.ref and (found := _known(workspace, ref)):
                visit(found)
        ordered[one.ref] = one

    visit(version)
    return list(ordered.values())


def references(sql: str) -> list[str]:
    """What in a step's SQL looks like a version, such as `orders@2`, each once."""
    return list(dict.fromkeys(ref.replace('""', '"') for ref in _REFERENCE.findall(sql)))


def _known(workspace: Workspace, ref: str) -> Version | None:
    """The version of a reference found in SQL; None where the text only looks like one."""
    name, _, number = ref.rpartition("@")
    return next((version for version in workspace.versions(name) if version.number == int(number)), None)


def _columns(columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(column.name)} {column.type}" for column in columns)


def _comment(text: str, mark: str = "--") -> str:
    """One comment line, whatever the text holds."""
    return f"{mark} " + " ".join(text.split())
