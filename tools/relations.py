"""Finds which columns of which tables belong together (a key and what refers to it), from names and from values.

A pair counts where its names say so and its values agree: every value (nearly) of one column is found in the other, which
holds each value once. The planner is told these joins; the mender of SQL uses them. Method: unary inclusion dependencies
with name similarity, as in Rostin et al., "A Machine Learning Approach to Foreign Key Discovery" (WebDB 2009), by rule.

What is not covered: keys of several columns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import duckdb

from tools import engine
from tools.dataset import Version
from tools.words import identifier
from tools.workspace import Workspace

MAX_TABLES = 40
SAMPLE = 2000
"""Distinct values of a column that are looked up in another one."""
MISSING_SHARE = 0.1
"""This share of them may be missing there: real files have holes."""
PLAIN_NAMES = {
    "id",
    "name",
    "title",
    "year",
    "date",
    "index",
    "number",
    "type",
    "status",
    "code",
    "rank",
    "description",
}
"""Names that many tables have without meaning the same."""
_KINDS = {"VARCHAR": "text", "UUID": "text"}


@dataclass(frozen=True)
class Relation:
    """`table.column` refers to `other.key`, which holds each value once."""

    table: str
    column: str
    other: str
    key: str

    def __str__(self) -> str:
        ends = (self.table, self.column, self.other, self.key)
        table, column, other, key = (identifier_if_needed(name) for name in ends)
        return f"{table}.{column} = {other}.{key}"


@dataclass(frozen=True)
class _Column:
    table: str
    name: str
    kind: str
    place: int
    distinct: int
    filled: int
    rows: int

    @property
    def is_key(self) -> bool:
        return self.distinct > 0 and self.distinct == self.filled == self.rows

    @property
    def word(self) -> str:
        return plain_name(self.name)


def identifier_if_needed(name: str) -> str:
    """A name as SQL wants it: quoted where it is no plain word."""
    return name if re.fullmatch(r"[^\W\d]\w*", name) else identifier(name)


def plain_name(name: str) -> str:
    """A name without case and separators: `Pet_Type` and `PetType` are alike."""
    return re.sub(r"[\W_]+", "", name.casefold())


def singular(name: str) -> str:
    """A table's name without the plural's end: `flights` -> `flight`, `cities` -> `city`."""
    word = plain_name(name)
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


_kept: dict[tuple[str, ...], tuple[Relation, ...]] = {}
_lock = Lock()


def relations(workspace: Workspace) -> tuple[Relation, ...]:
    """The relations between the newest versions of a project's datasets; found once for each set of versions."""
    heads = workspace.datasets()[:MAX_TABLES]
    if len(heads) < 2:
        return ()
    key = (str(workspace.path), *sorted(f"{head.ref} {head.created}" for head in heads))
    with _lock:
        if key in _kept:
            return _kept[key]
    with workspace.cursor() as cursor:
        found = tuple(_found(cursor, sorted(heads, key=lambda head: head.dataset)))
    with _lock:
        if len(_kept) > 64:
            _kept.clear()
        _kept[key] = found
    return found


def _found(cursor: duckdb.DuckDBPyConnection, heads: Sequence[Version]) -> list[Relation]:
    columns = [column for head in heads for column in _columns(cursor, head)]
    keys = [column for column in columns if column.is_key]
    tables = [head.dataset for head in heads]
    found = []
    for column in columns:
        key = next((key for key in _alike(column, keys, tables) if _contained(cursor, column, key)), None)
        if key is not None:
            found.append(Relation(column.table, column.name, key.table, key.name))
    return _one_way(found)


def _alike(column: _Column, keys: Sequence[_Column], tables: Sequence[str]) -> list[_Column]:
    """The keys that a column may refer to by its name, the most likely first."""
    others = [key for key in keys if key.table != column.table and key.kind == column.kind and column.distinct]
    scored = [(score, key) for key in others if (score := _likeness(column, key, tables)) is not None]
    return [key for _, key in sorted(scored, key=lambda pair: pair[0], reverse=True)]


def _columns(cursor: duckdb.DuckDBPyConnection, head: Version) -> list[_Column]:
    """Its columns of text and whole numbers; values are counted exactly only where each row may have its own."""
    asked = [(place, column) for place, column in enumerate(head.columns) if _kind(column.type)]
    if not asked or not head.row_count:
        return []
    source = identifier(head.ref)
    counts = ", ".join(f"approx_count_distinct({identifier(c.name)}), count({identifier(c.name)})" for _, c in asked)
    row = list(engine.fetch(cursor, f"SELECT {counts} FROM {source}")[0])
    least = 0.8 * head.row_count - 2  # the rough count is off by one or two among few values
    near = [i for i in range(len(asked)) if row[2 * i + 1] == head.row_count and row[2 * i] > least]
    if near:
        exact = ", ".join(f"count(DISTINCT {identifier(asked[i][1].name)})" for i in near)
        for i, count in zip(near, engine.fetch(cursor, f"SELECT {exact} FROM {source}")[0], strict=True):
            row[2 * i] = count
    return [
        _Column(head.dataset, c.name, _kind(c.type), place, row[2 * i], row[2 * i + 1], head.row_count)
        for i, (place, c) in enumerate(asked)
    ]


def _kind(type_: str) -> str:
    if type_ in _KINDS or type_.startswith("ENUM"):
        return "text"
    return "int" if type_.endswith(("INT", "INTEGER")) else ""


def _likeness(column: _Column, key: _Column, tables: Sequence[str]) -> tuple[int, ...] | None:
    """How well the names say that a column refers to a key, the best first, or None where they do not."""
    owner = singular(key.table)
    same = column.word == key.word and key.word not in PLAIN_NAMES
    tells = (
        key.place == 0 and len(owner) > 2 and column.word.endswith((owner + "id", owner + key.word))
    )  # caused_by_ship_id
    names_owner = tells or column.word in (
        owner,
        owner + "id",
        owner + key.word,
        owner + "code",
        owner + "no",
        owner + "name",
    )
    ends = len(key.word) > 3 and key.word not in PLAIN_NAMES and column.word.endswith(key.word)
    others = {singular(table) + "id" for table in tables if table != key.table}
    refers = len(owner) > 3 and column.word.endswith(owner) and key.place == 0  # lost_in_battle -> battle
    any_id = key.word == "id" and column.word != "id" and column.word.endswith("id") and column.word not in others
    text = column.kind == "text" and column.distinct >= 3 and column.word not in PLAIN_NAMES and key.place == 0
    if not (same or names_owner or ends or refers or any_id or text):
        return None
    if column.place == 0 and column.is_key and not names_owner and owner not in column.word:
        return None  # a table's own key, which only happens to look like another's
    return (int(names_owner), int(same), int(key.place == 0), int(ends or refers), -len(key.table))


def _contained(cursor: duckdb.DuckDBPyConnection, column: _Column, key: _Column) -> bool:
    """Whether a sample of the column's values is found among the keys, but for a few."""
    name, one = identifier(column.name), identifier(key.name)
    first = f"SELECT {name} AS v FROM {identifier(column.table)} WHERE {name} IS NOT NULL LIMIT {10 * SAMPLE}"
    sample = f"SELECT DISTINCT v FROM ({first}) LIMIT {SAMPLE}"
    found = f"SELECT count(*) FROM {identifier(key.table)} WHERE {one} IN (FROM sample)"
    asked = f"WITH sample AS MATERIALIZED ({sample}) SELECT (SELECT count(*) FROM sample), ({found})"
    row = engine.fetch(cursor, asked)[0]
    return bool(row[0] - row[1] <= MISSING_SHARE * row[0])


def _one_way(found: Sequence[Relation]) -> list[Relation]:
    """Of two keys that refer to each other, the first only."""
    kept: list[Relation] = []
    for relation in found:
        if Relation(relation.other, relation.key, relation.table, relation.column) not in kept:
            kept.append(relation)
    return kept
