"""DuckDB-NSQL's benchmark (https://github.com/NumbersStation/DuckDB-NSQL): questions for DuckDB's own SQL and types.

Used are the questions whose gold is one SELECT that our own guard would run over the tables at hand: nothing that reads
files, changes tables, sets options or describes the schema. The gold runs here for all its rows.

What is not covered: `GOLD_WRONG`, whose gold does not answer its question; samples and other draws at random.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from evals.case import Case, Data, TableIs, Turn
from evals.sets.files import made, read_lines, tables_in
from evals.sets.order import opened

GOLD_WRONG = {
    "nsql-02": "asks for negative balances, takes those of zero",
    "nsql-38": "asks for counts by region, counts nothing",
    "nsql-52": "asks for the first name, takes the last",
}


def duckdb_nsql(folder: Path, home: Path) -> list[Case]:
    """The cases; `folder` is the set's, tables are kept under `home`, types and all."""
    rows = [row for row in read_lines(folder / "questions_with_gold.jsonl") if row["id"] not in GOLD_WRONG]
    cases: list[Case] = []
    for database, group in groupby(sorted(rows, key=_database), key=_database):
        data = _exported(folder / "databases" / database / f"{database}.duckdb", home)
        with opened(data) as tables:
            for row in group:
                if is_question(row["gold_sql"], data) and (found := tables.rows(row["gold_sql"])) is not None:
                    cases.append(_case(row, data, found, tables.one_order(row["gold_sql"])))
    return sorted(cases, key=lambda case: case.id)


def is_question(sql: str, data: Sequence[Data]) -> bool:
    """Whether the gold is one SELECT that reads these tables, and gives the same rows each time."""
    from tools import guard

    if not sql.lstrip().upper().startswith(("SELECT", "WITH")):  # DuckDB counts SUMMARIZE as one too
        return False
    try:
        checked = guard.check_select(sql, tables=[item.name for item in data])
    except guard.GuardError:
        return False
    reading = guard.read(checked)
    return bool(reading.tables) and not reading.varies


def _database(row: dict[str, Any]) -> str:
    return str(row["db_id"])


def _case(row: dict[str, Any], data: list[Data], rows: list[list[Any]], one_order: bool) -> Case:
    ordered = one_order and len(rows) > 1
    tags = ["query", row["category"]] + ["ordered"] * ordered + ["empty"] * (not rows)
    turns = [Turn(say=row["question"], checks=[TableIs(accepted=[rows], ordered=ordered)])]
    return Case(id=row["id"], data=data, turns=turns, tags=tags, cluster=row["db_id"], gold=row["gold_sql"].strip())


def _exported(database: Path, home: Path) -> list[Data]:
    """Each table of a DuckDB file as Parquet; none where the database is empty."""
    from tools import engine
    from tools.words import identifier, literal

    def make(fresh: Path) -> None:
        with engine.trusted() as connection:
            connection.execute(f"ATTACH {literal(str(database))} AS source (READ_ONLY)")
            listed = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source' AND estimated_size > 0"
            for schema, table in connection.execute(listed).fetchall():
                source = f"source.{identifier(schema)}.{identifier(table)}"
                connection.execute(f"COPY {source} TO {literal(str(fresh / f'{table}.parquet'))} (FORMAT parquet)")

    stamp = database.stat()
    tables = made(home, f"nsql-{database.stem}", f"{stamp.st_size} {stamp.st_mtime_ns}", make)
    return tables_in(tables, "parquet") if any(tables.iterdir()) else []
