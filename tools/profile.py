"""What a dataset holds: counts for every column, told in words for a person and in facts for the language model.

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
from tools.profiling.measure import ColumnProfile, Profile, is_whole, kind_of, measure
from tools.tool import DatasetName, Job, Outcome, TableData, tool
from tools.words import counted, identifier, listed, plain
from tools.workspace import Workspace

__all__ = ["ColumnHint", "ColumnProfile", "Profile", "column_hints", "describe_data", "preview_data", "profile"]

HINT_VALUES, HINT_WHOLE, HINT_LENGTH = 10, 3, 30
SAMPLES, SAMPLED_ROWS = 2, 50
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


_kept: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
_lock = Lock()


# --- computing ---------------------------------------------------------------------------------------------------


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
    samples = _samples(workspace, version, [column.name for column in asked if column.name not in values])
    hints = [
        ColumnHint(column.name, short_type(column.type), values.get(column.name, []), samples.get(column.name, ()))
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


# --- telling -----------------------------------------------------------------------------------------------------


@tool(effect="read", group="data", title="Describe {dataset}")
def describe_data(job: Job, dataset: DatasetName) -> Outcome:
    """Describe a dataset: rows, columns, types, empty cells, duplicates, outliers and typical values. Use it for "summarize" or "describe my data".

    Args:
        dataset: the dataset to describe.
    """
    version = job.workspace.version(dataset)
    found = profile(job.workspace, version)
    columns = ["column", "type", "missing", "distinct", "min", "max", "mean", "examples"]
    rows = [_row(column) for column in found.columns]
    return Outcome(
        text=describe(version.dataset, found),
        dataset=version.ref,
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        values={
            "rows": found.rows,
            "columns": len(found.columns),
            "missing": sum(column.missing for column in found.columns),
            "duplicates": found.duplicates,
        },
    )


def _row(column: ColumnProfile) -> list[Any]:
    ranged = kind_is_ranged(column)
    return [
        column.name,
        short_type(column.type),
        column.missing,
        column.distinct,
        _rounded(column.min) if ranged else None,
        _rounded(column.max) if ranged else None,
        _rounded(column.mean),
        ", ".join(str(_rounded(value)) for value in _examples(column)),
    ]


def _examples(column: ColumnProfile) -> list[Any]:
    """The most frequent values of a column that repeats few, else those of the first rows."""
    return [value for value, _ in column.top[:3]] if column.distinct <= 20 else column.examples


def kind_is_ranged(column: ColumnProfile) -> bool:
    """Whether smallest and largest are values of the column; for texts they are lengths."""
    return not column.type.startswith(("VARCHAR", "ENUM")) and column.kind != "nested"


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return (
        int(value)
        if value.is_integer() and abs(value) < 1e15
        else float(f"{value:.4g}")
        if abs(value) < 1
        else round(value, 2)
    )


def describe(name: str, found: Profile) -> str:
    """The dataset in a few sentences for a business person."""
    if not found.rows:
        return f"{name} has no rows and {len(found.columns)} columns: {listed([c.name for c in found.columns])}."
    return " ".join(
        filter(
            None,
            [
                f"{name} has {found.rows:,} rows and {len(found.columns)} columns: {_kinds(found)}.",
                _identity(found),
                _missing(found),
                _duplicate_words(found),
                _outlier_words(found),
                _null_word_words(found),
            ],
        )
    )


def _kinds(found: Profile) -> str:
    words = {
        "number": "number",
        "text": "text",
        "date": "date",
        "boolean": "yes/no",
        "id": "identifier",
        "nested": "nested",
    }
    counts = {kind: sum(column.kind == kind for column in found.columns) for kind in words}
    return listed(
        [f"{count} {words[kind]}{'s' if kind == 'id' and count > 1 else ''}" for kind, count in counts.items() if count]
    )


def _identity(found: Profile) -> str:
    keys = [column.name for column in found.columns if column.is_key and column.identifier]
    if not keys:
        return ""
    best = next((name for name in keys if "running" not in (found.column(name).identifier or "")), keys[0])
    return (
        f"Each row has its own {best}."
        if len(keys) == 1
        else f"Each row has its own {best} (so has {listed([k for k in keys if k != best])})."
    )


def _missing(found: Profile) -> str:
    gaps = sorted((column for column in found.columns if column.missing), key=lambda column: -column.missing)
    if not gaps:
        return "No cell is empty."
    total = sum(column.missing for column in gaps)
    named = listed([f"{column.name} ({column.missing:,}, {share(column.missing, found.rows)})" for column in gaps], 6)
    cells = "1 cell is" if total == 1 else f"{total:,} cells are"
    return f"{cells} empty: {named}."


def _duplicate_words(found: Profile) -> str:
    if not found.duplicates:
        return "No row is a duplicate."
    return f"{found.duplicates:,} {'row repeats' if found.duplicates == 1 else 'rows repeat'} another row exactly."


def _outlier_words(found: Profile) -> str:
    odd = sorted((column for column in found.columns if column.outliers), key=lambda column: -column.outliers)
    if not odd:
        return ""
    named = listed([f"{column.name} ({column.outliers:,})" for column in odd], 5)
    return f"Unusually large or small values (outliers by the quartile rule): {named}."


def _null_word_words(found: Profile) -> str:
    said = [
        f"{column.name} ({', '.join(_quoted(word, count) for word, count in list(column.null_words.items())[:3])})"
        for column in found.columns
        if column.null_words
    ]
    return f"Some texts seem to mean empty: {listed(said, 5)}." if said else ""


def _quoted(word: str, count: int) -> str:
    """`'?' 12 times`."""
    return (f"'{word}'" if word else "blank text") + f" {counted(count, 'time')}"


def share(part: int, whole: int) -> str:
    """`0.2 %`, `12 %`, `under 0.1 %`."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.1f} %" if percent < 10 and round(percent, 1) != round(percent) else f"{percent:.0f} %"


@tool(effect="read", group="data", title="Show the first rows of {dataset}")
def preview_data(job: Job, dataset: DatasetName, count: int = 10) -> Outcome:
    """Show the first rows of a dataset as they are.

    Args:
        dataset: the dataset to show.
        count: how many rows, at most 100.
    """
    version = job.workspace.version(dataset)
    table = job.workspace.page(version.ref, limit=max(1, min(count, 100)))
    shown = len(table.rows)
    return Outcome(
        text=f"The first {shown:,} of {version.row_count:,} rows of {version.dataset}."
        if shown < version.row_count
        else f"All {shown:,} rows of {version.dataset}.",
        dataset=version.ref,
        table=table,
    )
