"""The names that a project has, and those that each SELECT of a statement reads."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.relations import Relation, plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

CLOSE = 88
"""Two names this alike (of 100) are one with a slip of the pen."""


@dataclass(frozen=True)
class Source:
    """Something a SELECT reads: its alias, the table it is (empty for a subquery), its columns (None: not known)."""

    alias: str
    table: str
    columns: Sequence[str] | None

    def column(self, name: str) -> str | None:
        """The column of that name, whatever its case."""
        return next((column for column in self.columns or () if column.casefold() == name.casefold()), None)


class Names:
    """The project's tables, their columns, and how they belong together."""

    def __init__(
        self,
        tables: Mapping[str, Sequence[str]],
        joins: Sequence[Relation],
        said: Collection[str] = (),
        request: str = "",
    ) -> None:
        """Names as they are written in the project; `said` are the words of the request."""
        self.tables = tables
        self.joins = joins
        self.said = said
        self._request = plain_name(request)

    def table(self, name: str) -> str | None:
        """The table of that name, whatever its case."""
        return next((table for table in self.tables if table.casefold() == name.casefold()), None)

    def like_table(self, name: str) -> str | None:
        """The one table that this name may mean: without separators, in singular or plural."""
        found = [table for table in self.tables if singular(table) == singular(name)]
        return found[0] if len(found) == 1 else None

    def like_column(self, source: Source, name: str) -> str | None:
        """The column of a source that another name may mean, or nothing."""
        word, owner = plain_name(name), singular(source.table) if source.table else ""
        columns = {plain_name(column): column for column in source.columns or ()}
        for form in (word, singular(name), word + "s", owner + word, word.removeprefix(owner)):
            if form and form in columns:
                return columns[form]
        for join in self.joins:
            if join.other == source.table and plain_name(join.column) == word:
                return join.key
            if join.table == source.table and plain_name(join.key) == word and word != "id":
                return join.column
        return None

    def close_column(self, source: Source, name: str) -> str | None:
        """The column that differs by a slip of the pen only."""
        from rapidfuzz import fuzz, process

        found = process.extractOne(
            plain_name(name), [plain_name(column) for column in source.columns or ()], scorer=fuzz.ratio
        )
        return (source.columns or ())[found[2]] if found and found[1] >= CLOSE and len(plain_name(name)) > 3 else None

    def wider_column(self, source: Source, name: str) -> str | None:
        """The column that has all words of a name and more: the only one, or the one whose whole name the request says."""
        words = set(_words(name))
        wider = [column for column in source.columns or () if words < set(_words(column))]
        said = [column for column in wider if plain_name(column) in self._request]
        found = wider if len(wider) == 1 and len(words) > 1 else said
        return found[0] if len(found) == 1 else None

    def same_thing(self, one: tuple[str, str], other: tuple[str, str]) -> bool:
        """Whether two columns, each (table, name without case), refer to one key, over however many relations."""
        seen, new = {one}, {one}
        while new:
            ends = [{(j.table, j.column.casefold()), (j.other, j.key.casefold())} for j in self.joins]
            new = {end for pair in ends if pair & new for end in pair} - seen
            seen |= new
        return other in seen

    def path(self, tables: Sequence[str], target: str) -> list[Relation] | None:
        """The relations that lead from one of the tables to another one: one step, or two over a table between."""
        direct = [join for join in self.joins if target in (join.table, join.other)]
        for join in direct:
            if (join.other if join.table == target else join.table) in tables:
                return [join]
        for last in direct:
            between = last.other if last.table == target else last.table
            for first in self.joins:
                if between in (first.table, first.other) and first != last:
                    start = first.other if first.table == between else first.table
                    if start in tables:
                        return [first, last]
        return None


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.casefold())


def scopes(tree: "exp.Expr") -> list["Scope"]:
    """The statement's scopes, innermost first."""
    from sqlglot.optimizer.scope import traverse_scope

    return list(traverse_scope(tree))


def sources(scope: "Scope", names: Names) -> list[Source]:
    """What a scope reads, in the order of FROM and JOIN."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope as AnyScope

    found = []
    for alias, source in scope.sources.items():
        if isinstance(source, AnyScope):
            found.append(Source(alias, "", _projected(source.expression)))
        elif isinstance(source, exp.Table):
            table = names.table(source.name)
            found.append(Source(alias, table or "", names.tables[table] if table else None))
    return [source for source in found if source.alias in _own(scope)]


def _own(scope: "Scope") -> set[str]:
    """Aliases of this scope's own FROM and JOIN; a scope also knows CTEs it does not read."""
    return set(scope.selected_sources)


def _projected(query: Any) -> list[str] | None:
    """The names of a subquery's columns, or None where it has a star."""
    names = [projection.alias_or_name for projection in query.selects]
    return None if not names or "*" in names or "" in names else names


def around(scope: "Scope", names: Names) -> list[Source]:
    """What the scopes around this one read: a correlated subquery may use it."""
    found: list[Source] = []
    outer = scope.parent
    while outer is not None:
        found += sources(outer, names)
        outer = outer.parent
    return found
