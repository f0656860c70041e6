"""Measures every column of a version, in a handful of queries over all of its rows.

Exact up to EXACT_ROWS rows; above that counts of different values and quartiles are DuckDB's approximations, except
where a column could be a key, which is always counted exactly.
"""

import re
from collections.abc import Sequence
from typing import Any

import duckdb

from tools import engine
from tools.profiling.facts import ColumnProfile, Kind, Profile
from tools.profiling.written import text_facts
from tools.transform import Column
from tools.transforms.null_words import NULL_WORDS
from tools.words import identifier, literal, plain

EXACT_ROWS = 250_000
VALUES_KEPT = 10
"""Most frequent values kept of each column."""
RUNNING = 1.1
"""Whole numbers, all different, that leave so few gaps are a running number from which rows were removed."""
GROUPS = 2_000
"""Different values of a text column that are looked at one by one."""
FIRST_ROWS = 50
SCAN_ROWS = 50_000
"""Rows looked at in a text column that has more different values than that."""
ID_NAME = re.compile(r"(^|[\W_])(id|uuid|guid|key|nr|no|number|index|code|ref)$|[a-z](I[dD]|Nr|No|Key|Number)$", re.I)
ID_CASE = re.compile(
    r"(^|[\W_])(id|uuid|guid|key|nr|no|number|index|code|ref|serial)$|[a-z](I[dD]|UUID|Nr|No|Key|Number)$"
)


AT_ONCE = 600
"""So many numbers in one pass: each keeps memory of its own, whatever the rows, and a table may have 2,000 columns."""


def measure(cursor: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], rows: int) -> Profile:
    """The profile of a table, given as it stands after FROM."""
    exact = rows <= EXACT_ROWS
    basics = _basics(cursor, table, columns, exact)
    uniques = _exact_keys(cursor, table, columns, basics, rows) if not exact else {}
    profiles = [_profile(column, basics[column.name] | uniques.get(column.name, {}), rows) for column in columns]
    spread = _spread(cursor, table, profiles)
    first = engine.fetch(cursor, f"FROM {table} LIMIT {FIRST_ROWS}")
    finished = []
    for place, (profile, column) in enumerate(zip(profiles, columns, strict=True)):
        different = dict.fromkeys(_cut(plain(row[place])) for row in first if not isinstance(row[place], dict | list))
        facts = {"examples": [value for value in different if value is not None][:3]}
        facts |= spread.get(profile.name, {}) | _values(cursor, table, column, profile, rows)
        finished.append(profile.model_copy(update=facts))
    return Profile(rows=rows, columns=finished, duplicates=_duplicates(cursor, table, finished, rows))


def kind_of(column: Column) -> Kind:
    """The kind that the type alone gives."""
    if column.type.endswith("]") or column.type.startswith(("STRUCT", "MAP", "UNION", "BLOB")):
        return "nested"
    if column.type == "BOOLEAN":
        return "boolean"
    if column.is_number:
        return "number"
    if column.is_time:
        return "date"
    return "text" if column.is_text else "nested"


def is_whole(column: Column) -> bool:
    return kind_of(column) == "number" and "INT" in column.type


def _basics(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], exact: bool
) -> dict[str, dict[str, Any]]:
    """Counts, range and quartiles of every column, in one pass where they are not very many."""
    asked: list[tuple[str, str, str]] = []
    for column in columns:
        name, kind = identifier(column.name), kind_of(column)
        cell = name if kind != "nested" else f"{name}::VARCHAR"
        different = f"count(DISTINCT {cell})" if exact else f"approx_count_distinct({cell})"
        asked += [(column.name, "filled", f"count({name})"), (column.name, "distinct", different)]
        if kind in ("number", "date", "boolean"):
            asked += [(column.name, "min", f"min({name})"), (column.name, "max", f"max({name})")]
        if kind == "number":
            number = f"{name}::DOUBLE"
            number = f"CASE WHEN isfinite({number}) THEN {number} END" if column.type in ("DOUBLE", "FLOAT") else number
            quartiles = "quantile_cont" if exact else "approx_quantile"
            asked += [
                (column.name, "mean", f"avg({number})"),
                (column.name, "sd", f"stddev_samp({number})"),
                (column.name, "quartiles", f"{quartiles}({number}, [0.25, 0.5, 0.75])"),
                (column.name, "negative", f"count(*) FILTER ({name} < 0)"),
            ]
        if kind == "text":
            folded = f"lower(trim({name}))"
            asked += [
                (column.name, "min", f"min(length({name}))"),
                (column.name, "max", f"max(length({name}))"),
                (column.name, "spaced", f"count(*) FILTER ({name} <> trim({name}))"),
                (column.name, "nulls", f"count(*) FILTER ({folded} IN ({', '.join(map(literal, NULL_WORDS))}))"),
            ]
    found: dict[str, dict[str, Any]] = {column.name: {} for column in columns}
    for place in range(0, len(asked), AT_ONCE):
        part = asked[place : place + AT_ONCE]
        values = engine.fetch(cursor, f"SELECT {', '.join(sql for _, _, sql in part)} FROM {table}")[0]
        for (name, fact, _), value in zip(part, values, strict=True):
            found[name][fact] = value
    return found


def _exact_keys(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[Column],
    basics: dict[str, dict[str, Any]],
    rows: int,
) -> dict[str, dict[str, Any]]:
    """Exact counts of different values where an approximate one leaves open whether the column is a key."""
    near = [
        column.name
        for column in columns
        if (is_whole(column) or kind_of(column) == "text") and basics[column.name]["distinct"] > 0.85 * rows
    ]
    if not near:
        return {}
    counts = ", ".join(f"count(DISTINCT {identifier(name)})" for name in near)
    return {
        name: {"distinct": count}
        for name, count in zip(near, engine.fetch(cursor, f"SELECT {counts} FROM {table}")[0], strict=True)
    }


def _profile(column: Column, facts: dict[str, Any], rows: int) -> ColumnProfile:
    kind = kind_of(column)
    q1, median, q3 = facts.get("quartiles") or (None, None, None)
    profile = ColumnProfile(
        name=column.name,
        type=column.type,
        kind=kind,
        filled=facts["filled"],
        missing=rows - facts["filled"],
        distinct=min(facts["distinct"], facts["filled"]),
        min=plain(facts.get("min")),
        max=plain(facts.get("max")),
        mean=plain(facts.get("mean")),
        sd=plain(facts.get("sd")),
        q1=plain(q1),
        median=plain(median),
        q3=plain(q3),
        negative=facts.get("negative", 0),
        spaced=facts.get("spaced", 0),
        is_key=rows > 1 and facts["filled"] == facts["distinct"] == rows,
        null_words={"": facts["nulls"]} if facts.get("nulls") else {},
    )
    reason = _identifier(profile, is_whole(column))
    return profile.model_copy(update={"identifier": reason, "kind": "id" if reason else kind})


def _identifier(profile: ColumnProfile, whole: bool) -> str | None:
    """Why a column is an identifier: a running number, a code of its own in every row, or named as one."""
    if profile.filled < 20 or not (whole or profile.kind == "text") or profile.distinct < 0.9 * profile.filled:
        return None
    unique = profile.distinct == profile.filled
    named = ID_CASE.search(profile.name) is not None or ID_NAME.search(profile.name) is not None
    if whole and unique and profile.max - profile.min < RUNNING * profile.filled:
        return "a running number: different in every row"
    if whole and named:
        return f"an identifier: {'different in every row' if unique else f'{profile.distinct:,} different values'}"
    if profile.kind == "text" and profile.max <= 40 and (named or (unique and profile.max <= 24)):
        return f"an identifier: {'different in every row' if unique else f'{profile.distinct:,} different values'}"
    return None


def _spread(
    cursor: duckdb.DuckDBPyConnection, table: str, profiles: Sequence[ColumnProfile]
) -> dict[str, dict[str, int]]:
    """Counts of values far outside the middle half, of every measurement, in one pass."""
    measured = [
        profile
        for profile in profiles
        if profile.kind == "number"
        and profile.q1 is not None
        and profile.q3 is not None
        and profile.q3 > profile.q1
        and profile.distinct > 10
    ]
    if not measured:
        return {}
    parts = []
    for profile in measured:
        name = identifier(profile.name)
        for reach in (1.5, 3.0):
            width = reach * (_number(profile.q3) - _number(profile.q1))
            low, high = _number(profile.q1) - width, _number(profile.q3) + width
            parts.append(f"count(*) FILTER ({name} < {low!r} OR {name} > {high!r})")
    counts = iter(engine.fetch(cursor, f"SELECT {', '.join(parts)} FROM {table}")[0])
    return {profile.name: {"outliers": next(counts), "far": next(counts)} for profile in measured}


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


def _values(
    cursor: duckdb.DuckDBPyConnection, table: str, column: Column, profile: ColumnProfile, rows: int
) -> dict[str, Any]:
    """The most frequent values, and how the texts of a column read."""
    few = profile.distinct <= GROUPS
    if not profile.filled or (profile.kind in ("number", "date") and not few):
        return {}
    name = identifier(column.name)
    cell = f"{name}::VARCHAR" if profile.kind == "nested" else name
    source = table if few or rows <= SCAN_ROWS else f"(SELECT {name} FROM {table} LIMIT {SCAN_ROWS})"
    counted = engine.fetch(
        cursor,
        f"SELECT {cell}, count(*) FROM {source} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {GROUPS}",
    )
    top = [(_cut(plain(value)), count) for value, count in counted[:VALUES_KEPT]] if few or rows <= SCAN_ROWS else []
    if kind_of(column) != "text":
        return {"top": top}
    nulls = _null_words(cursor, table, name) if profile.null_words else {}
    return {"top": top, "null_words": nulls} | text_facts([(str(value), count) for value, count in counted], few)


def _null_words(cursor: duckdb.DuckDBPyConnection, table: str, name: str) -> dict[str, int]:
    """The null words of a column as they are written, the most frequent first."""
    words = ", ".join(map(literal, NULL_WORDS))
    found = engine.fetch(
        cursor,
        f"SELECT trim({name}), count(*) FROM {table} WHERE lower(trim({name})) IN ({words})"
        " GROUP BY 1 ORDER BY 2 DESC, 1",
    )
    return dict(found)


def _cut(value: Any) -> Any:
    return value if not isinstance(value, str) or len(value) <= 80 else value[:79] + "…"


def _duplicates(cursor: duckdb.DuckDBPyConnection, table: str, profiles: Sequence[ColumnProfile], rows: int) -> int:
    """Rows that repeat an earlier one. A key rules them out without counting."""
    if rows < 2 or any(profile.is_key for profile in profiles):
        return 0
    names = ", ".join(identifier(profile.name) for profile in profiles)
    # A 64-bit hash of the row stands for the row: among a million rows two differ and share one once in 37 million tables.
    different = engine.fetch(cursor, f"SELECT count(DISTINCT hash({names})) FROM {table}")[0][0]
    return int(rows - different)
