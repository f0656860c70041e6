"""Excel and OpenDocument workbooks: the first sheet that holds a table, read with the types its cells have.

What is not covered: several tables in one sheet, formulas without a stored result.
"""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tools.sources.aside import NOTE, Aside
from tools.sources.opened import Found, clean_names, refused
from tools.sources.place import find_place, foot
from tools.sources.told import NOTHING, Told
from tools.sources.types import not_all
from tools.tool import ToolError
from tools.words import plain, unknown

SAMPLE_ROWS, LAST_ROWS = 500, 100
NEARLY = 0.9
OLE = b"\xd0\xcf\x11\xe0"


def read_spreadsheet(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path, told: Told = NOTHING) -> Found:
    """A sheet with a table as a SELECT, the first one unless told. Raises ToolError for locked, broken and empty workbooks."""
    sheet, others, cells = _sheet(path, told.sheet)
    aside = Aside(folder)
    rows = cells[told.skip_rows or 0 :]
    shown = [[_text(cell) or "" for cell in row] for row in rows[:SAMPLE_ROWS]]
    place = find_place(shown, header_rows=told.header_rows, from_first=told.skip_rows is not None)
    below = _notes_below(rows[place.body :], told)
    body = rows[place.body : len(rows) - below]
    filled = [row for row in body if _filled(row)]
    after = next((number for number, row in enumerate(reversed(body)) if _filled(row)), 0)
    if not filled and place.names is None:
        raise refused(path, f"sheet '{sheet}' holds no rows.")
    for row in filter(_filled, rows[len(rows) - below :] if below else []):
        aside.add(0, NOTE, " ".join(_text(cell) or "" for cell in row).strip(), kind=NOTE)
    width = max(
        (
            at
            for row in [*shown[place.above : place.body], *filled]
            for at, cell in enumerate(row, 1)
            if cell not in (None, "")
        )
    )
    names, renamed = clean_names((list(place.names or ()) + [""] * width)[:width])
    columns = [[row[at] if row[at] != "" else None for row in filled] for at in range(width)]
    kept = {name: note for name, column in zip(names, columns, strict=True) if (note := _mixed(column))}
    notes = {
        "other_sheets": others,
        "lines_above_the_table": (told.skip_rows or 0) + place.above,
        "header_rows": place.header_rows if place.header_rows > 1 else 0,
        "lines_below_the_table": aside.counts[NOTE],
        "renamed": renamed if place.names is not None else {},
        "kept_as_text": {} if told.all_text else kept,
        "empty_rows": len(body) - len(filled) - after if filled else 0,
        "no_rows": not filled,
    }
    assumed: dict[str, Any] = {"sheet": sheet, "header": place.names is not None}
    assumed.update({key: value for key, value in notes.items() if value})
    arrays = [pa.array(map(_text, column), pa.string()) if told.all_text else _array(column) for column in columns]
    connection.register("sheet_rows", pa.table(arrays, names=names))
    return Found(sql="SELECT * FROM sheet_rows", format="excel", reader="calamine", assumed=assumed, aside=aside)


def _filled(row: Sequence[Any]) -> bool:
    return any(cell not in (None, "") for cell in row)


def _notes_below(rows: Sequence[Sequence[Any]], told: Told) -> int:
    """How many of the last rows are notes."""
    if told.skip_end is not None:
        return min(told.skip_end, len(rows))
    last = [[_text(cell) or "" for cell in row] for row in rows[-LAST_ROWS:]]
    return foot(last, max(map(len, last), default=0))


def _sheet(path: Path, wanted: str | None) -> tuple[str, list[str], list[list[Any]]]:
    """The name of the wanted sheet or the first with data, the names of the others with data, and its rows.

    A sheet that has no two cells side by side is notes: one with a table goes before it.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    head = path.read_bytes()[: 1 << 20]
    if head.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise refused(path, "it is locked with a password. Save it without one and load it again.")
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            filled: list[str] = []
            chosen, cells = "", list[list[Any]]()
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
                if not any(map(_filled, rows)):
                    continue
                filled.append(name)
                better = not chosen or (not _is_table(cells) and _is_table(rows))
                if wanted.strip().casefold() == name.strip().casefold() if wanted else better:
                    chosen, cells = name, rows
    except CalamineError as error:
        if "password" in str(error).lower():
            raise refused(path, "it is locked with a password. Save it without one and load it again.") from error
        raise refused(path, f"it is no workbook that can be read ({error}).") from error
    if not filled:
        raise refused(path, "it is empty: no sheet holds a cell.")
    if not chosen:
        raise ToolError(unknown("sheet", wanted or "", filled))
    return chosen, [name for name in filled if name != chosen], cells


def _is_table(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether any two filled cells stand side by side."""
    return any(sum(cell not in (None, "") for cell in row) > 1 for row in rows)


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
