"""What new rows hold that a model can't read or does not know, counted batch by batch, and what is said of it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from automl.predictor import Predictions
from tools.matching import read_as
from tools.transform import Column
from tools.words import counted, identifier, listed

if TYPE_CHECKING:
    import pandas as pd

NAMED = 5
"""So many pictures that can't be read are named."""
INCOMING = "new_rows"
"""What the rows at hand are called in SQL."""


@dataclass
class Unseen:
    """Cells of one text column that hold what no training row held."""

    column: str
    known: pa.Array
    cells: int = 0
    example: str = ""

    def look(self, rows: pa.Table) -> None:
        """Count those among some rows."""
        import pyarrow.compute

        pc: Any = pyarrow.compute  # its functions are made at run time, so type checkers don't know them
        texts = rows.column(self.column).cast(pa.string())
        new = texts.filter(pc.invert(pc.is_in(texts, value_set=self.known)))
        if len(new):
            self.cells += len(new)
            self.example = self.example or str(new[0])


@dataclass
class Misfits:
    """Cells of one given column that could not be read as the type the model needs, or lost their decimals."""

    given: Column
    type: str
    day_first: bool | None
    unread: int = 0
    example: str = ""
    rounded: int = 0
    decimal: str = ""

    def look(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Count those among the rows at hand."""
        text = f"CAST({identifier(self.given.name)} AS VARCHAR)"
        read = read_as(self.given, self.type, self.day_first)
        rounded = f"{read_as(self.given, 'DOUBLE')} <> {read}" if "INT" in self.type else "false"
        unread, example, decimals, decimal = connection.execute(
            f"SELECT count(*) FILTER (unread), min(cell) FILTER (unread), count(*) FILTER (rounded),"
            f" min(cell) FILTER (rounded) FROM (SELECT {text} AS cell, trim({text}) <> '' AND {read} IS NULL AS unread,"
            f" {rounded} AS rounded FROM {INCOMING})"
        ).fetchall()[0]
        self.unread, self.rounded = self.unread + unread, self.rounded + decimals
        self.example, self.decimal = self.example or example or "", self.decimal or decimal or ""

    def said(self) -> list[str]:
        """A sentence for each of the two."""
        told, name = [], self.given.name
        if self.unread:
            cells = counted(self.unread, "cell")
            told.append(
                f"'{name}' holds {cells} that can't be read as {_words(self.type)}, such as '{self.example}': taken as empty."
            )
        if self.rounded:
            told.append(
                f"'{name}' held whole numbers only in training, so decimals were rounded, such as {self.decimal}."
            )
        return told


@dataclass
class Unreadable:
    """Rows whose picture can't be read, which get no prediction."""

    rows: int = 0
    named: list[str] = field(default_factory=list)

    def look(self, frame: "pd.DataFrame", predicted: Predictions, column: str) -> None:
        """Count those among some rows."""
        paths = frame[column][predicted.values.isna()]
        self.rows += len(paths)
        self.named.extend(str(path or "an empty path") for path in paths[: NAMED - len(self.named)])

    def said(self) -> list[str]:
        """A sentence that names a few."""
        more = f" and {self.rows - NAMED:,} more" if self.rows > NAMED else ""
        pictures, named = counted(self.rows, "picture"), ", ".join(self.named) if more else listed(self.named)
        return [f"{pictures} can't be read and got no prediction: {named}{more}."] if self.rows else []


def _words(type_: str) -> str:
    if Column("", type_).is_number:
        return "numbers"
    if type_ == "BOOLEAN":
        return "true or false"
    return "dates" if Column("", type_).is_time else type_.lower()
