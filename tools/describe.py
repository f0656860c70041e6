"""A dataset described in words for a person, and its first rows as they are."""

from typing import Any

from tools.profile import profile, short_type
from tools.profiling.facts import ColumnProfile, Profile
from tools.tool import DatasetName, Job, Outcome, TableData, tool
from tools.words import counted, listed, share


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
        table=TableData(columns=columns, rows=rows, row_count=len(rows), words=["type"]),
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
