"""Files beside a script: the tables that were imported, as Parquet, and the script itself; nothing is ever overwritten."""

import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa

from tools import engine
from tools.dataset import Version
from tools.script import Kept
from tools.sources.write import put, write_rows
from tools.words import identifier, literal
from tools.workspace import Workspace


def keep_table(workspace: Workspace, version: Version) -> Kept:
    """The version's rows in a Parquet file of the project, written once: versions never change."""
    casts = _lost_types(workspace, version)
    texts = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}" for name in casts)
    sql = f"SELECT *{f' REPLACE ({texts})' if texts else ''} FROM {identifier(version.ref)}"
    target = workspace.files / f"{version.ref}.parquet"
    if not _holds(target, version):
        schema, batches = workspace.batches(sql)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=workspace.files) as folder:
            made = Path(folder) / "made.parquet"
            write_rows(schema, batches, made, "parquet", version.row_count)
            made.replace(target)
    return Kept(target.name, casts)


def _holds(file: Path, version: Version) -> bool:
    """Whether a file of that name is this version's; another one may have been put there."""
    if not file.exists():
        return False
    with engine.trusted() as connection:
        try:
            names = [column.name for column in engine.columns_of(connection, literal(str(file)))]
            rows = engine.fetch(connection, f"SELECT count(*) FROM {literal(str(file))}")[0][0]
        except duckdb.Error:
            return False
    return names == version.names and bool(rows == version.row_count)


def _lost_types(workspace: Workspace, version: Version) -> dict[str, str]:
    """The columns whose type is another one after it was in a Parquet file, with their type."""
    schema, _ = workspace.batches(f"FROM {identifier(version.ref)} LIMIT 0")
    with tempfile.TemporaryDirectory(prefix=".export-", dir=workspace.files) as folder, engine.trusted() as connection:
        probe = Path(folder) / "probe.parquet"
        connection.register("outgoing", pa.Table.from_batches([], schema))
        connection.execute(f"COPY (FROM outgoing) TO {literal(str(probe))} (FORMAT parquet)")
        back = {column.name: column.type for column in engine.columns_of(connection, literal(str(probe)))}
    return {name: type_ for name, type_ in version.schema_ if back.get(name) != type_}


def write_new(folder: Path, stem: str, suffix: str, text: str) -> Path:
    """Write to `<stem>.sql`, or to the first free `<stem>_2.sql`: no script is overwritten, and none is half-written."""
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as inside:
        made = Path(inside) / "made"
        made.write_text(text, encoding="utf-8")
        return put(made, folder, stem, suffix)
