"""The rows of a chart: a dataset's own, and columns of others that a key joins to it, each row drawn once; nothing is kept.

What is not covered: tables that only a third one joins, and names that several of the tables have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.dataset import Version
from tools.relations import Relation, relations
from tools.tool import ToolError
from tools.transform import Column, column_of
from tools.words import identifier, listed
from tools.workspace import Workspace


@dataclass(frozen=True)
class Rows:
    """What a chart reads: columns, the SQL of what they are read from, and a sentence on each table that is joined."""

    columns: tuple[Column, ...]
    sql: str
    told: tuple[str, ...] = ()

    def of(self, *names: str | None) -> list[Column | None]:
        """The columns of some names, nothing for a name that was not given. Raises ToolError where one is not there."""
        return [column_of(self.columns, name) if name else None for name in names]

    def where(self, condition: str) -> "Rows":
        """The rows that meet a condition; all where there is none. Raises ToolError where it is no condition over them."""
        from tools.guard import check_formula

        if not condition:
            return self
        checked = check_formula(condition, [column.name for column in self.columns])
        return Rows(self.columns, f"(SELECT * FROM {self.sql} WHERE ({checked}) IS TRUE)", self.told)


def rows_of(workspace: Workspace, version: Version, names: Sequence[str | None], condition: str = "") -> Rows:
    """The rows of a dataset with columns of those names, and those that a condition speaks of.

    A name that the dataset lacks is looked for in the datasets whose keys it refers to, else in the one that refers to it:
    then its rows are drawn. Raises ToolError where several have the name.
    """
    own = Rows(version.columns, identifier(version.ref))
    wanted = list(dict.fromkeys([*(name for name in names if name), *_spoken_of(condition)]))
    if all(_held(version, name) for name in wanted):
        return own
    heads = {head.dataset: head for head in workspace.datasets()}
    joins = relations(workspace)
    if (made := _joined(version, wanted, [one for one in joins if one.table == version.dataset], heads)) is not None:
        return made
    refers = [one for one in joins if one.other == version.dataset]
    drawn = [
        rows
        for one in refers
        if not any(_held(version, name) and _held(heads[one.table], name) and name != one.key for name in wanted)
        and (rows := _joined(heads[one.table], wanted, [one], heads)) is not None
    ]
    return drawn[0] if len(drawn) == 1 else own


def _joined(
    version: Version, wanted: Sequence[str], joins: Sequence[Relation], heads: dict[str, Version]
) -> Rows | None:
    """A dataset's rows with the columns that it lacks; None where a name is nowhere.

    Raises ToolError where a name is in several, or where two keys lead to its table.
    """
    columns, source, told = list(version.columns), f"{identifier(version.ref)} AS t0", list[str]()
    shown = ["t0.*"]
    found: dict[Relation, list[str]] = {}
    for name in (one for one in wanted if not _held(version, one)):
        holders = [one for one in joins if _held(heads[one.other], name)]
        if not holders:
            return None
        if len(holders) > 1:
            ways = listed([str(one) for one in holders])
            raise ToolError(
                f"{name} can be joined to {version.dataset} in several ways: {ways}. Use join_datasets first."
            )
        found.setdefault(holders[0], []).append(name)
    for number, (join, lacked) in enumerate(found.items(), 1):
        other = heads[join.other]
        new = [column_of(other.columns, name) for name in lacked]
        columns += new
        shown += [f"t{number}.{identifier(column.name)}" for column in new]
        on = f"t0.{identifier(join.column)} = t{number}.{identifier(join.key)}"
        source += f" LEFT JOIN {identifier(other.ref)} AS t{number} ON {on}"
        told.append(f"{other.dataset} is joined by {join.column} for {listed([column.name for column in new])}.")
    return Rows(tuple(columns), f"(SELECT {', '.join(shown)} FROM {source})", tuple(told))


def _held(version: Version, name: str) -> bool:
    return name.strip().casefold() in {one.casefold() for one in version.names}


def _spoken_of(condition: str) -> list[str]:
    """The names of columns in a condition; none where it can't be read, which is told when it is checked."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(condition, read="duckdb") if condition else None
    except (SqlglotError, RecursionError):
        return []
    return [column.name for column in tree.find_all(exp.Column)] if tree is not None else []
