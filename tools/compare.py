"""Two versions of a dataset beside each other: rows, columns and cells that changed, counted in DuckDB.

Rows belong together by their keys where these are named; else by where they come from, which each step that keeps the
identity of rows carries along; else, after joins and aggregates, only whole rows are compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.dataset import ROW, Version
from tools.recipe import model_recipe, select
from tools.tool import ColumnName, DatasetName, Job, Outcome, TableData, ToolError, tool
from tools.transform import Column, column_of
from tools.transforms.sql import names
from tools.words import counted, identifier, listed, plain
from tools.workspace import Workspace

EXAMPLES = 10
"""Columns with an example of a changed cell: each costs a look at the data."""


@dataclass(frozen=True)
class Pair:
    """A column in the first version and what it is in the second one."""

    first: Column
    second: Column

    @property
    def told(self) -> str:
        return self.second.name if self.first.name == self.second.name else f"{self.first.name} -> {self.second.name}"


@dataclass(frozen=True)
class Matched:
    """Rows of two versions beside each other, as `a` and `b`, and how they were matched."""

    how: str
    sql: str
    """What stands after FROM."""
    row: str
    """What a row is called by."""


@tool(
    effect="read",
    group="recipe",
    title="Compare versions of {dataset}",
    asked_by=r"\b(?:compar|differ|diff\b)[\s\S]*\b(?:versions?|before and after|steps?|original|import)|\bversions?\b[\s\S]*\b(?:compar|differ)|@\d+[\s\S]*@\d+"
    r"|\b(?:which|what|how many) (?:cells|rows|values)\b[\s\S]*\bchanged|버전[\s\S]*(?:비교|차이|다른)|(?:비교|차이)[\s\S]*버전|(?:바뀐|달라진|변경된) (?:셀|칸|행|값)"
    r"|\bwhat (?:has |have you )?changed\b[^.]*\b(?:since|from|compared)\b|(?:처음|원본|원래|변경 ?전|정리 ?전)\S*[^.]*(?:달라|바뀌|바뀐|변했|차이|비교)|(?:뭐가|무엇이|어디가) ?(?:달라졌|바뀌었|바꼈|변했)",
)
def compare_versions(
    job: Job,
    dataset: DatasetName,
    first: int | None = None,
    second: int | None = None,
    keys: list[ColumnName] | None = None,
) -> Outcome:
    """Compare two versions of a dataset: rows, columns and cells that changed, per column, with an example of each.

    Args:
        dataset: the dataset.
        first: the number of one version; the one as it was loaded if left out.
        second: the number of the other one; the current one if left out.
        keys: columns that tell which rows belong together, where rows were joined or grouped.
    """
    workspace = job.workspace
    current = workspace.version(dataset)
    b = workspace.version(f"{current.dataset}@{second}") if second else current
    a = workspace.version(f"{current.dataset}@{first}") if first else workspace.history(b)[0]
    if a.ref == b.ref:
        raise ToolError(f"{a.ref} can't be compared with itself. {_known(workspace, a.dataset)}")
    pairs = _pairs(workspace, a, b)
    columns = _columns_changed(a, b, pairs)
    matched = _matched(workspace, a, b, keys)
    if matched is None:
        return _whole_rows(workspace, a, b, pairs, columns)
    return _cells(workspace, a, b, pairs, columns, matched, keys or [])


def _known(workspace: Workspace, dataset: str) -> str:
    return f"Versions: {listed([version.ref for version in workspace.versions(dataset)], 20)}."


# --- columns -----------------------------------------------------------------------------------------------------


def _pairs(workspace: Workspace, a: Version, b: Version) -> list[Pair]:
    """The columns that both versions have, through every renaming since the version both come from."""
    start = _common(workspace, a, b)
    now = _names_since(workspace, start, b)
    then = {a_name: origin for origin, a_name in _names_since(workspace, start, a).items()}
    of_b = {column.name: column for column in b.columns}
    called = {column.name: now.get(origin := then.get(column.name, column.name), origin) for column in a.columns}
    return [Pair(column, of_b[called[column.name]]) for column in a.columns if called[column.name] in of_b]


def _common(workspace: Workspace, a: Version, b: Version) -> Version | None:
    """The last version that both come from."""
    of_a = {version.ref for version in workspace.history(a)}
    return next((version for version in reversed(workspace.history(b)) if version.ref in of_a), None)


def _names_since(workspace: Workspace, start: Version | None, version: Version) -> dict[str, str]:
    """What the columns of an earlier version are called now, by the name they had."""
    if start is None:
        return {}
    called = {name: name for name in start.names}
    for one in workspace.history(version):
        if one.number > start.number and one.step.tool == "rename_column" and not one.step.off:
            old, new = str(one.step.arguments["column"]).casefold(), str(one.step.arguments["name"]).strip()
            called = {origin: new if name.casefold() == old else name for origin, name in called.items()}
    return called


def _columns_changed(a: Version, b: Version, pairs: Sequence[Pair]) -> str:
    """One sentence on the columns; empty where they are the same."""
    kept_a, kept_b = {pair.first.name for pair in pairs}, {pair.second.name for pair in pairs}
    gone = [name for name in a.names if name not in kept_a]
    new = [name for name in b.names if name not in kept_b]
    named = [pair.told for pair in pairs if pair.first.name != pair.second.name]
    typed = [f"{p.second.name} ({p.first.type} -> {p.second.type})" for p in pairs if p.first.type != p.second.type]
    parts = [("new", new), ("gone", gone), ("renamed", named), ("of another type", typed)]
    return "; ".join(f"{what} {listed(those)}" for what, those in parts if those)


# --- rows --------------------------------------------------------------------------------------------------------


def _matched(workspace: Workspace, a: Version, b: Version, keys: Sequence[str] | None) -> Matched | None:
    """How the rows of both versions are put beside each other; None where nothing tells which belong together."""
    if keys:
        return _by_keys(workspace, a, b, keys)
    start = _common(workspace, a, b)
    if start is None:
        return None
    paths = [[one for one in workspace.history(version) if one.number > start.number] for version in (a, b)]
    parents = [[start, *path] for path in paths]
    steps = [(parent, child) for path in parents for parent, child in pairwise(path) if not child.step.off]
    if any(child.step.rows in (None, "reshape") or child.row_count > parent.row_count for parent, child in steps):
        return None
    base = f"(SELECT *, row_number() OVER () AS {ROW} FROM {identifier(start.ref)})"
    sides = [f"({select(model_recipe(workspace, version, since=start), base, 'train')})" for version in (a, b)]
    sql = f"{sides[0]} AS a FULL JOIN {sides[1]} AS b ON a.{ROW} = b.{ROW}"
    return Matched(f"by the row of {start.ref} that they come from", sql, f"'row ' || coalesce(a.{ROW}, b.{ROW})")


def _by_keys(workspace: Workspace, a: Version, b: Version, keys: Sequence[str]) -> Matched:
    """Rows with equal keys. Raises ToolError where a key is no column of both, or does not tell rows apart."""
    sides = [[column_of(version.columns, key) for key in keys] for version in (a, b)]
    for version, columns in zip((a, b), sides, strict=True):
        grouped = f"SELECT count(*) AS n FROM {identifier(version.ref)} GROUP BY {names(columns)}"
        twice = workspace.rows(f"SELECT coalesce(sum(n) FILTER (n > 1), 0)::BIGINT FROM ({grouped})")[0][0]
        if twice:
            raise ToolError(
                f"{listed([column.name for column in columns])} does not tell the rows of {version.ref} apart:"
                f" {counted(twice, 'row')} share a value. Name more key columns."
            )
    equal = " AND ".join(
        f"a.{identifier(one.name)} IS NOT DISTINCT FROM b.{identifier(other.name)}"
        for one, other in zip(*sides, strict=True)
    )
    marked = [f"(SELECT *, 0 AS {ROW} FROM {identifier(version.ref)})" for version in (a, b)]
    called = ", ', ', ".join(
        f"coalesce(a.{identifier(one.name)}, b.{identifier(other.name)})" for one, other in zip(*sides, strict=True)
    )
    sql = f"{marked[0]} AS a FULL JOIN {marked[1]} AS b ON {equal}"
    return Matched(f"by {listed([column.name for column in sides[0]])}", sql, f"concat({called})")


def _whole_rows(workspace: Workspace, a: Version, b: Version, pairs: Sequence[Pair], columns: str) -> Outcome:
    """The rows that are in one version only, compared by all columns that both have."""
    if not pairs:
        raise ToolError(f"{a.ref} and {b.ref} have no column in common, so there is nothing to compare.")
    one = f"SELECT {names([pair.first for pair in pairs])} FROM {identifier(a.ref)}"
    other = f"SELECT {names([pair.second for pair in pairs])} FROM {identifier(b.ref)}"
    gone = workspace.rows(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})")[0][0]
    new = b.row_count - (a.row_count - gone)
    text = (
        f"{a.ref} and {b.ref}: {_rows_told(a, b, a.row_count - gone, gone, new)} Whole rows were compared, for rows were"
        " joined, grouped or repeated between the two; name key columns to compare them cell by cell."
    )
    return Outcome(
        text=text + (f" Columns: {columns}." if columns else ""),
        dataset=b.ref,
        rows=(a.row_count, b.row_count),
        columns=(len(a.names), len(b.names)),
        values={"rows_in_both": a.row_count - gone, "rows_gone": gone, "rows_new": new},
    )


def _rows_told(a: Version, b: Version, both: int, gone: int, new: int) -> str:
    if not gone and not new:
        return f"the same {counted(both, 'row')}."
    return f"{counted(both, 'row')} in both, {gone:,} only in {a.ref}, {new:,} only in {b.ref}."


# --- cells -------------------------------------------------------------------------------------------------------

KINDS = ("filled", "emptied", "changed")


def _tests(pair: Pair) -> dict[str, str]:
    """The condition for each kind of change. Cells of two types, if not of numbers, are the same where their text is."""
    a, b = f"a.{identifier(pair.first.name)}", f"b.{identifier(pair.second.name)}"
    alike = pair.first.type == pair.second.type or (pair.first.is_number and pair.second.is_number)
    same = (a, b) if alike else (f"CAST({a} AS VARCHAR)", f"CAST({b} AS VARCHAR)")
    return {
        "filled": f"{a} IS NULL AND {b} IS NOT NULL",
        "emptied": f"{a} IS NOT NULL AND {b} IS NULL",
        "changed": f"{same[0]} <> {same[1]}",
    }


def _cells(
    workspace: Workspace,
    a: Version,
    b: Version,
    pairs: Sequence[Pair],
    columns: str,
    matched: Matched,
    keys: Sequence[str],
) -> Outcome:
    """What changed, counted in one query, with an example for the columns that changed most."""
    folded = {key.casefold() for key in keys}
    compared = [pair for pair in pairs if pair.first.name.casefold() not in folded]
    there = f"a.{ROW} IS NOT NULL AND b.{ROW} IS NOT NULL AND "
    parts = ["count(*)", f"count(*) FILTER (b.{ROW} IS NULL)", f"count(*) FILTER (a.{ROW} IS NULL)"]
    for pair in compared:
        parts += [f"count(*) FILTER ({there}{test})" for test in _tests(pair).values()]
    total, gone, new, *row = workspace.rows(f"SELECT {', '.join(parts)} FROM {matched.sql}")[0]
    counts = {pair: dict(zip(KINDS, row[3 * n : 3 * n + 3], strict=True)) for n, pair in enumerate(compared)}
    touched = sorted((p for p in compared if sum(counts[p].values())), key=lambda p: -sum(counts[p].values()))
    examples = {pair: _example(workspace, matched, pair, there) for pair in touched[:EXAMPLES]}
    return _told(a, b, columns, matched, counts, touched, examples, (total - gone - new, gone, new))


def _example(workspace: Workspace, matched: Matched, pair: Pair, there: str) -> str:
    """`row 3: Oslo -> oslo`."""
    differ = " OR ".join(f"({test})" for test in _tests(pair).values())
    sql = (
        f"SELECT {matched.row}, a.{identifier(pair.first.name)}, b.{identifier(pair.second.name)} FROM {matched.sql}"
        f" WHERE {there}({differ}) LIMIT 1"
    )
    called, before, after = workspace.rows(sql)[0]
    words = [("empty" if value is None else f"{plain(value)}"[:40]) for value in (before, after)]
    return f"{called}: {' -> '.join(words)}"


def _told(
    a: Version,
    b: Version,
    columns: str,
    matched: Matched,
    counts: Mapping[Pair, Mapping[str, int]],
    touched: Sequence[Pair],
    examples: Mapping[Pair, str],
    rows: tuple[int, int, int],
) -> Outcome:
    both, gone, new = rows
    sums = {kind: sum(counts[pair][kind] for pair in touched) for kind in KINDS}
    total = sum(sums.values())
    said = ", ".join(f"{number:,} {kind}" for kind, number in sums.items() if number)
    most = listed([f"{pair.told} ({sum(counts[pair].values()):,})" for pair in touched], 5)
    cells = (
        f"{counted(total, 'cell')} changed ({said}): {most}." if total else "No cell changed in the columns both have."
    )
    text = f"{a.ref} and {b.ref}: {_rows_told(a, b, both, gone, new)}" + (f" Columns: {columns}." if columns else "")
    table = TableData(
        columns=["column", *KINDS, "for example"],
        rows=[[pair.told, *counts[pair].values(), examples.get(pair, "")] for pair in touched],
        row_count=len(touched),
    )
    return Outcome(
        text=f"{text} {cells} Rows were matched {matched.how}.",
        dataset=b.ref,
        rows=(a.row_count, b.row_count),
        columns=(len(a.names), len(b.names)),
        table=table if touched else None,
        values={"rows_in_both": both, "rows_gone": gone, "rows_new": new, "cells_changed": total, **sums},
    )
