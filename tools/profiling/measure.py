"""Facts about every column of a version, in a handful of queries over all of its rows.

Exact up to EXACT_ROWS rows; above that counts of different values and quartiles are DuckDB's approximations, except
where a column could be a key, which is always counted exactly.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal

import duckdb
from pydantic import BaseModel, ConfigDict

from automl.amounts import CURRENCIES, SIGNS
from tools import engine
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
NUMBER_TEXT = re.compile(
    rf"\s*\(?[+-]?\s*([{SIGNS}]|{CURRENCIES})?\s*[+-]?(\d{{1,3}}([,.' ]\d{{3}})+|\d+|(?=[.,]\d))([.,]\d+)?([eE][+-]?\d+)?"
    rf"\s*([{SIGNS}%]|{CURRENCIES})?\)?\s*",
    re.IGNORECASE,
)
PLAIN_NUMBER = re.compile(r"\s*[+-]?((0|[1-9]\d{0,17})|(0|[1-9]\d*)?\.\d+([eE][+-]?\d+)?)\s*")
CODE = re.compile(r"\s*0\d+\s*")
DATE_TEXT = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{4}년 \d{1,2}월 \d{1,2}일)([ T]\d{1,2}:\d{2}.*)?\s*"
)
Kind = Literal["number", "text", "date", "boolean", "id", "nested"]


class ColumnProfile(BaseModel):
    """What one column holds."""

    model_config = ConfigDict(frozen=True)
    name: str
    type: str
    kind: Kind
    filled: int
    missing: int
    distinct: int
    """Different values; empty cells are none."""
    min: Any = None
    max: Any = None
    mean: float | None = None
    median: float | None = None
    sd: float | None = None
    q1: float | None = None
    q3: float | None = None
    outliers: int = 0
    """Values beyond 1.5 times the middle half's width (Tukey's IQR rule); measurements only."""
    far: int = 0
    """Values beyond 3 times that width."""
    negative: int = 0
    examples: list[Any] = []
    """Three different values of the first rows."""
    top: list[tuple[Any, int]] = []
    """The most frequent values with their counts, the most frequent first."""
    is_key: bool = False
    """Filled in every row and never the same twice."""
    identifier: str | None = None
    """Why the column tells rows apart instead of describing them, in words; None where it does not."""
    null_words: dict[str, int] = {}
    spaced: int = 0
    """Texts with blanks at either end."""
    words: float = 0
    """Average number of words in a text."""
    numeric_text: float = 0
    """Share of texts (without null words) that read as numbers; 0 where some have leading zeros."""
    whole_text: bool = False
    """Whether the texts that read as numbers are whole ones, without marks."""
    plain_numbers: bool = False
    """Whether all texts but null words are numbers without signs for money, percent or thousands."""
    date_text: float = 0
    date_order: Literal["", "clear", "ambiguous"] = ""
    """Whether day and month can be told apart in texts that read as dates."""
    variants: dict[str, list[str]] = {}
    """Spellings that differ in case or blanks only: the most frequent one -> the others."""

    @property
    def is_free_text(self) -> bool:
        """Sentences rather than names or categories."""
        return self.kind == "text" and self.words >= 4 and self.distinct > 20


class Profile(BaseModel):
    """What a version holds: counts, and every column's profile in its order."""

    model_config = ConfigDict(frozen=True)
    rows: int
    columns: list[ColumnProfile]
    duplicates: int
    """Rows that repeat an earlier row in every column."""

    def column(self, name: str) -> ColumnProfile:
        return next(column for column in self.columns if column.name == name)


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
    return {"top": top, "null_words": nulls} | _text_facts([(str(value), count) for value, count in counted], few)


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


def _text_facts(counted: Sequence[tuple[str, int]], complete: bool) -> dict[str, Any]:
    """Words per cell, what the texts read as, and spellings of one value."""
    told = [(value, count) for value, count in counted if value.strip().casefold() not in NULL_WORDS]
    cells = sum(count for _, count in told)
    facts: dict[str, Any] = {}
    if not cells:
        return facts
    facts["words"] = sum(len(value.split()) * count for value, count in told) / cells
    numbers = [(value, count) for value, count in told if len(value) <= 20 and NUMBER_TEXT.fullmatch(value)]
    # 00123 is a code: as a number it would lose its zeros.
    if numbers and not any(CODE.fullmatch(value) for value, _ in told):
        facts["numeric_text"] = sum(count for _, count in numbers) / cells
        facts["plain_numbers"] = complete and all(PLAIN_NUMBER.fullmatch(value) for value, _ in told)
        facts["whole_text"] = all(re.fullmatch(r"\s*[+-]?\d+\s*", value) for value, _ in numbers)
    dates = [(value, count) for value, count in told if DATE_TEXT.fullmatch(value)]
    if dates:
        facts["date_text"] = sum(count for _, count in dates) / cells
        facts["date_order"] = _date_order([value for value, _ in dates])
    facts["variants"] = _variants(told) if complete else {}
    return facts


def _date_order(values: Sequence[str]) -> Literal["clear", "ambiguous"]:
    """Ambiguous where some dates are like 03/04/2024 and none of those has a number above 12 in them."""
    pairs = [match for value in values if (match := re.match(r"\s*(\d{1,2})[-/](\d{1,2})[-/]\d", value))]
    return "ambiguous" if pairs and all(int(m[1]) <= 12 and int(m[2]) <= 12 for m in pairs) else "clear"


def _variants(told: Sequence[tuple[str, int]]) -> dict[str, list[str]]:
    """Values that are one when case and blanks don't count; `told` has the most frequent first."""
    groups: dict[str, list[str]] = {}
    for value, _ in told:
        groups.setdefault(" ".join(value.split()).casefold(), []).append(value)
    return {spellings[0]: spellings[1:] for spellings in groups.values() if len(spellings) > 1}


def _duplicates(cursor: duckdb.DuckDBPyConnection, table: str, profiles: Sequence[ColumnProfile], rows: int) -> int:
    """Rows that repeat an earlier one. A key rules them out without counting."""
    if rows < 2 or any(profile.is_key for profile in profiles):
        return 0
    names = ", ".join(identifier(profile.name) for profile in profiles)
    # A 64-bit hash of the row stands for the row: among a million rows two differ and share one once in 37 million tables.
    different = engine.fetch(cursor, f"SELECT count(DISTINCT hash({names})) FROM {table}")[0][0]
    return int(rows - different)
