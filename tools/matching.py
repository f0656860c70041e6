"""New data beside a recipe: which of their columns are those it reads, and which it can't do without."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tools.dataset import ROW
from tools.recipe import On, Purpose, Recipe, bodies_of, step_name
from tools.sources.kinds import moment_of
from tools.tool import ToolError
from tools.transform import Column, Relation
from tools.transforms import parse, yes_no
from tools.words import identifier, listed, literal, nearest, type_words

MOST_NOTES = 3
"""So many columns that are spelt otherwise, or have another type, are told one by one; more are counted."""


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
    parts = [_matched(column, found.get(column.name), recipe.day_first) for column in recipe.columns]
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


def _matched(wanted: Column, given: Column | None, day_first: bool | None) -> str:
    name = identifier(wanted.name)
    if given is None:
        return f"CAST(NULL AS {wanted.type}) AS {name}"
    source = read_as(given, wanted.type, day_first)
    return name if source == name else f"{source} AS {name}"


def read_as(given: Column, type_: str, day_first: bool | None = None) -> str:
    """SQL of a given column as another type, empty where a cell can't be read: amounts, dates, yes and no as people
    write them; 03/04/2024 only where the order of day and month is told."""
    source = identifier(given.name)
    if given.type == type_:
        return source
    cast = f"TRY_CAST({source} AS {type_})"
    if given.is_text and Column("", type_).is_number:
        return f"coalesce({cast}, {parse.amount(source, type_)})"
    if given.is_text and type_ == "BOOLEAN":
        yes, no = (", ".join(map(literal, words)) for words in (yes_no.TRUE, yes_no.FALSE))
        word = f"lower(trim({source}))"
        return f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END"
    if given.is_text and type_.startswith(("DATE", "TIMESTAMP")):
        return moment_of(source, type_, day_first)
    return cast


def _lacking(names: list[str], given: list[str], by: str) -> str:
    near = [match for name in names for match in nearest(name, given, cutoff=0.5)[:2]]
    hint = f" Nearest: {', '.join(dict.fromkeys(near))}." if near else ""
    what = "column" if len(names) == 1 else "columns"
    quoted = listed([f"'{name}'" for name in names])
    return f"The new data has no {what} {quoted}, which {by} needs.{hint} Its columns: {', '.join(given[:30])}."


def _notes(
    recipe: Recipe, given: dict[str, Column], found: dict[str, Column], missing: list[str], by: str
) -> Iterator[str]:
    wanted = {column.name: column for column in recipe.columns}
    names = [(column.name, name) for name, column in found.items() if column.name != name]
    kinds = [(name, type_words(column.type), type_words(wanted[name].type)) for name, column in found.items()]
    made = {name: type_words(type_) for name, type_ in recipe.output_schema}
    kinds = [(name, there, here) for name, there, here in kinds if there not in (here, made.get(name))]
    if len(names) > MOST_NOTES:
        yield f"{len(names)} columns are spelt otherwise in the new data, such as '{names[0][0]}' for '{names[0][1]}'."
    else:
        yield from (f"Column '{given}' was read as '{name}'." for given, name in names)
    if len(kinds) > MOST_NOTES:
        told = listed([f"{name} ({there} read as {here})" for name, there, here in kinds], MOST_NOTES)
        yield f"{len(kinds)} columns have another type in the new data: {told}."
    else:
        yield from (f"{name} is {there} in the new data and was read as {here}." for name, there, here in kinds)
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
    bodies = [body.replace(" AS MATERIALIZED (", " AS NOT MATERIALIZED (") for body in bodies_of(recipe, purpose)]
    with trusted() as connection:
        for table, schema in {step_name(0): recipe.input_schema, **(tables or {})}.items():
            columns = ", ".join(f"{identifier(name)} {type_}" for name, type_ in schema)
            connection.execute(f"CREATE TABLE {identifier(table)} ({columns})")
        for number, body in enumerate(bodies, 1):
            connection.execute(f"CREATE TABLE {step_name(number)} AS SELECT * FROM ({body}) LIMIT 0")
        # With its statistics DuckDB would fold away what an empty table can't hold.
        connection.execute("SET disabled_optimizers = 'statistics_propagation,common_subplan'")
        for number in reversed(range(len(bodies))):
            if wanted:
                wanted = _read(
                    On(connection),
                    f"SELECT {', '.join(map(identifier, wanted))} FROM ({bodies[number]})",
                    step_name(number),
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
