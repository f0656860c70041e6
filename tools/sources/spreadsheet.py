"""Excel and OpenDocument workbooks: the first sheet that holds a table, read with the types its cells have.

What is not covered: several tables in one sheet, header rows of several lines, formulas without a stored result.
"""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tools.sources.dialect import table_start
from tools.sources.opened import Found, clean_names, refused
from tools.sources.types import not_all
from tools.tool import plain

NEARLY = 0.9
OLE = b"\xd0\xcf\x11\xe0"


def read_spreadsheet(connection: duckdb.DuckDBPyConnection, path: Path) -> Found:
    """The first sheet with a table as a SELECT. Raises ToolError for locked, broken and empty workbooks."""
    sheet, others, rows = _first_sheet(path)
    start = table_start(rows)
    header = _is_header(rows[start], rows[start + 1 :])
    body = [row for row in rows[start + header :] if any(cell not in (None, "") for cell in row)]
    if not body:
        raise refused(path, f"sheet '{sheet}' holds no rows, only column names.")
    width = max((place for row in rows[start:] for place, cell in enumerate(row, 1) if cell not in (None, "")))
    titles = [_text(cell) or "" for cell in rows[start][:width]] if header else [""] * width
    names, renamed = clean_names(titles)
    assumed: dict[str, Any] = {"sheet": sheet, "header": header}
    if others:
        assumed["other_sheets"] = others
    if start:
        assumed["lines_above_the_table"] = start
    if renamed:
        assumed["renamed"] = renamed
    columns = [[row[place] if row[place] != "" else None for row in body] for place in range(width)]
    kept = {name: note for name, cells in zip(names, columns, strict=True) if (note := _mixed(cells))}
    if kept:
        assumed["kept_as_text"] = kept
    connection.register("sheet_rows", pa.table([_array(cells) for cells in columns], names=names))
    return Found(sql="SELECT * FROM sheet_rows", format="excel", reader="calamine", assumed=assumed)


def _first_sheet(path: Path) -> tuple[str, list[str], list[list[Any]]]:
    """The name of the first sheet with data, the names of the others with data, and its rows."""
    from python_calamine import CalamineError, CalamineWorkbook

    head = path.read_bytes()[: 1 << 20]
    if head.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise refused(path, "it is locked with a password. Save it without one and load it again.")
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            filled: dict[str, list[list[Any]]] = {}
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
                if any(cell not in (None, "") for row in rows for cell in row):
                    filled[name] = rows if not filled else []
    except CalamineError as error:
        if "password" in str(error).lower():
            raise refused(path, "it is locked with a password. Save it without one and load it again.") from error
        raise refused(path, f"it is no workbook that can be read ({error}).") from error
    if not filled:
        raise refused(path, "it is empty: no sheet holds a cell.")
    first = next(iter(filled))
    return first, [name for name in filled if name != first], filled[first]


def _is_header(first: Sequence[Any], body: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row names the columns: texts (or years) that no cell of the same column repeats."""
    cells = [cell for cell in first if cell not in (None, "")]
    years = all(isinstance(cell, float | int) and 1900 <= cell <= 2100 for cell in cells if not isinstance(cell, str))
    if not any(isinstance(cell, str) for cell in cells) or not years:
        return False
    if any(not isinstance(row[place], str) for place in range(len(first)) for row in body[:200] if row[place] != ""):
        return True
    return not any(row[place] == cell for place, cell in enumerate(first) if cell != "" for row in body)


def _kinds(cells: Sequence[Any]) -> set[type]:
    return {type(cell) for cell in cells if cell is not None}


def _array(cells: Sequence[Any]) -> pa.Array:
    """One column, typed where all of its cells agree, else text."""
    kinds = _kinds(cells)
    if kinds and kinds <= {int, float}:
        whole = all(cell is None or (float(cell).is_integer() and abs(cell) < 2**53) for cell in cells)
        return pa.array([None if cell is None else int(cell) if whole else float(cell) for cell in cells])
    if kinds == {bool} or kinds == {datetime.time}:
        return pa.array(cells)
    if kinds == {datetime.date}:
        return pa.array(cells, pa.date32())
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        return pa.array([_moment(cell) for cell in cells], pa.timestamp("us"))
    if kinds == {datetime.timedelta}:
        return pa.array([None if cell is None else cell.total_seconds() for cell in cells], pa.float64())
    return pa.array([_text(cell) for cell in cells], pa.string())


def _moment(cell: Any) -> datetime.datetime | None:
    if cell is None or isinstance(cell, datetime.datetime):
        return cell
    return datetime.datetime.combine(cell, datetime.time())


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(plain(cell))


def _mixed(cells: Sequence[Any]) -> str | None:
    """What to say about a column of numbers with a few words in it."""
    filled = [cell for cell in cells if cell is not None]
    words = [cell for cell in filled if isinstance(cell, str)]
    numbers = sum(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in filled)
    if not words or numbers < NEARLY * len(filled):
        return None
    return not_all(len(words), len(filled), "numbers", words[0])
