"""How a new version is stored: as a view while its steps since the last table are quick, else as a table."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from tools.dataset import Version
from tools.transform import FOUND, Found
from tools.trial import Trial, projection

VIEW_SECONDS = 0.5
CELLS_A_SECOND = 10_000_000
VIEW_DEPTH = 16
"""A version is a view until its steps since the last table take this long, or as long as writing its cells would take,
or it stands on this many views: then it is a table."""


@dataclass(frozen=True)
class Stored:
    """What came of it; a table unless told."""

    rows: int
    depth: int = 0
    """How many views it stands on."""
    cost: float = 0.0
    """Seconds that the steps since the last table took."""


def store(
    cursor: duckdb.DuckDBPyConnection,
    parent: Version,
    target: str,
    sql: str,
    *,
    materialise: bool = False,
    found: Found | None = None,
) -> Stored:
    """Make the view or the table of a version, which is a SELECT over its parent."""
    cost = parent.cost
    if not materialise and parent.depth < VIEW_DEPTH:
        cursor.execute(f"CREATE VIEW {target} AS {sql}")
        trial = Trial(cursor, target, parent, projection(cursor, sql, parent))
        limit = max(VIEW_SECONDS, parent.row_count * len(parent.schema_) / CELLS_A_SECOND)
        cost += (foreseen := trial.foreseen())
        if cost <= limit:
            rows, seconds = trial.run()
            cost += max(0.0, seconds - foreseen)
            if cost <= limit:
                return Stored(rows, parent.depth + 1, cost)
        cursor.execute(f"DROP VIEW {target}")
    return Stored(_create_found(cursor, target, found) if found else create(cursor, target, sql))


def create(cursor: duckdb.DuckDBPyConnection, target: str, sql: str) -> int:
    """Make a table of a SELECT and count its rows."""
    made = cursor.execute(f"CREATE TABLE {target} AS {sql}").fetchall()
    return int(made[0][0])


def _create_found(cursor: duckdb.DuckDBPyConnection, target: str, found: Found) -> int:
    """Make a table with the help of what was found already, and count its rows."""
    cursor.register(FOUND, pa.table(dict(found.columns)))
    try:
        return create(cursor, target, found.sql)
    finally:
        cursor.unregister(FOUND)
