"""What a dataset holds: counts for every column, and the few facts of them that the language model is told.

Versions never change, so a profile is computed once: it is kept in memory and as a file beside the project.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from tools import engine
from tools.dataset import Version
from tools.profiling.facts import Profile
from tools.profiling.measure import is_whole, kind_of, measure
from tools.words import identifier, plain
from tools.workspace import Workspace

HINT_VALUES, HINT_WHOLE, HINT_LENGTH = 10, 3, 30
SAMPLES, SAMPLED_ROWS = 2, 50
ROUGHLY_APART = 0.7
"""From this share of different values on, counted roughly, those of the first column are counted exactly."""
KEPT = 64
_TYPES = (("TIMESTAMP", "timestamp"), ("DATE", "date"), ("TIME", "time"), ("BOOLEAN", "boolean"))


@dataclass(frozen=True)
class ColumnHint:
    """What the language model is told of a column: a short type, and all of its values where they are few."""

    name: str
    type: str
    values: list[Any]
    samples: tuple[Any, ...] = ()
    """A few of the first values of a text column that has many."""
    apart: float = 0.0
    """Of the first column, the share of the rows that it tells apart: 1 where each row has its own value."""


_kept: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
_lock = Lock()


def profile(workspace: Workspace, version: Version) -> Profile:
    """The profile of a version over all of its rows; computed once."""
    key = (str(workspace.path), version.ref, version.created)
    if (known := _recall(key)) is not None:
        found: Profile = known
        return found
    file = workspace.path / "profiles" / f"{version.ref}.json"
    made = _read(file, version) or _measured(workspace, version)
    _remember(key, made)
    if not file.exists():
        _write(file, version, made)
    return made


def _measured(workspace: Workspace, version: Version) -> Profile:
    with workspace.cursor() as cursor:
        table = identifier(version.ref)
        if version.depth:
            # Several queries follow: a view that stands on views would be computed anew by each.
            cursor.execute(f"CREATE TEMP TABLE profiled AS FROM {table}")
            table = "temp.profiled"
        return measure(cursor, table, version.columns, version.row_count)


def column_hints(workspace: Workspace, version: Version) -> list[ColumnHint]:
    """Names, short types and the values of columns that have few, the most frequent first; computed once."""
    key = (str(workspace.path), version.ref + " hints", version.created)
    if (known := _recall(key)) is not None:
        hints: list[ColumnHint] = known
        return hints
    asked = [column for column in version.columns if kind_of(column) == "text" or is_whole(column)]
    values: dict[str, list[Any]] = {}
    apart = dict[str, float]()
    if asked and version.row_count:
        with workspace.cursor() as cursor:
            table = identifier(version.ref)
            counts = ", ".join(f"approx_count_distinct({identifier(column.name)})" for column in asked)
            roughly = engine.fetch(cursor, f"SELECT {counts} FROM {table}")[0]
            # The rough count may be off by one or two among so few values; the exact one decides.
            few = [column for column, count in zip(asked, roughly, strict=True) if count <= HINT_VALUES + 3]
            for column in few:
                name, limit = identifier(column.name), HINT_WHOLE if is_whole(column) else HINT_VALUES
                found = engine.fetch(
                    cursor,
                    f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL"
                    f" GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {limit + 1}",
                )
                if len(found) <= limit:
                    values[column.name] = [_short(plain(value)) for (value,) in found]
            first = version.columns[0]
            if asked[0] == first and roughly[0] >= ROUGHLY_APART * version.row_count:
                told = engine.fetch(cursor, f"SELECT count(DISTINCT {identifier(first.name)}) FROM {table}")[0][0]
                apart[first.name] = told / version.row_count
    samples = _samples(workspace, version, [column.name for column in asked if column.name not in values])
    hints = [
        ColumnHint(
            column.name,
            short_type(column.type),
            values.get(column.name, []),
            samples.get(column.name, ()),
            apart.get(column.name, 0.0),
        )
        for column in version.columns
    ]
    _remember(key, hints)
    return hints


def _samples(workspace: Workspace, version: Version, columns: list[str]) -> dict[str, tuple[Any, ...]]:
    """The first different texts of columns, as the first rows have them."""
    if not columns or not version.row_count:
        return {}
    with workspace.cursor() as cursor:
        names = ", ".join(map(identifier, columns))
        rows = engine.fetch(cursor, f"SELECT {names} FROM {identifier(version.ref)} LIMIT {SAMPLED_ROWS}")
    found: dict[str, tuple[Any, ...]] = {}
    for place, name in enumerate(columns):
        seen = dict.fromkeys(row[place] for row in rows if isinstance(row[place], str) and row[place].strip())
        if seen:
            found[name] = tuple(_short(value) for value in list(seen)[:SAMPLES])
    return found


def short_type(type_: str) -> str:
    """DuckDB's type in one word: int, decimal, text, date, timestamp, time, boolean, list or struct."""
    for start, word in _TYPES:
        if type_.startswith(start):
            return word
    if type_.endswith("]"):
        return "list"
    if type_.startswith(("STRUCT", "MAP", "UNION")):
        return "struct"
    if type_.startswith(("VARCHAR", "ENUM", "BLOB")):
        return "text"
    return "int" if "INT" in type_ else "decimal"


def _short(value: Any) -> Any:
    return value[:HINT_LENGTH] if isinstance(value, str) else value


def _recall(key: tuple[str, str, str]) -> Any:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _remember(key: tuple[str, str, str], value: Any) -> None:
    with _lock:
        _kept[key] = value
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _read(file: Path, version: Version) -> Profile | None:
    """A profile that an earlier process wrote, unless it is of another version or of an older Easel."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return Profile.model_validate(held["profile"]) if held["created"] == version.created else None
    except (OSError, ValueError, KeyError):
        return None


def _write(file: Path, version: Version, made: Profile) -> None:
    file.parent.mkdir(exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps({"created": version.created, "profile": made.model_dump()}), encoding="utf-8")
    unfinished.replace(file)
