"""What the rules ask of the data: types, spellings, empty cells, numbers kept as text. Each look is one short query."""

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tools import engine
from tools.dataset import Version
from tools.words import identifier
from tools.workspace import Workspace

if TYPE_CHECKING:
    from tools.profile import ColumnHint

_AMOUNT = r"\s*[^\w\s.,(-]{0,3}\s*-?\s*[^\w\s.,(-]{0,3}\s*(\d{1,3}(,\d{3})+|\d+)(\.\d+)?"
PLAIN_NUMBER = rf"{_AMOUNT}\s*[^\W\d]{{0,3}}[^\w\s.,:/-]{{0,3}}\s*"
"""A number as people write it: $1,234.50, 12 %, -3 kg. Not 1.234,50, whose signs mean something else."""
NUMBER = rf"{PLAIN_NUMBER}|{_AMOUNT}\s*[^\W\d]*\s*([(\[][^)\]]*[)\]]?|\s/\s.*)?\s*"
"""The same with what is told beside it: 7 (of 12), 3.2 million, 40 / 80. No dates, times and ranges."""
SCALES = {"thousand": 3, "million": 6, "billion": 9}
"""Words that stand for powers of ten."""
SAMPLE = 500
YES = ("yes", "y", "true", "t", "1", "on", "예", "네", "있음", "유", "o", "ja", "si", "oui")
"""Texts that say yes, in small letters."""


def without_accents(text: str) -> str:
    """A text in small letters without accents."""
    decomposed = unicodedata.normalize("NFD", text.strip().casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


class Data:
    """The newest versions of a project's datasets, as far as the rules look at them."""

    def __init__(self, workspace: Workspace) -> None:
        """The heads are read once: a statement is mended against one state of the project."""
        self._workspace = workspace
        self._heads = workspace.datasets()

    @cached_property
    def tables(self) -> dict[str, list[str]]:
        """Each dataset's columns."""
        return {head.dataset: head.names for head in self._heads}

    @cached_property
    def _types(self) -> dict[tuple[str, str], str]:
        return {(head.dataset, column.name): column.type for head in self._heads for column in head.columns}

    @property
    def heads(self) -> list[Version]:
        """The newest version of each dataset."""
        return self._heads

    @cached_property
    def samples(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The texts that a model was told of columns with many values."""
        return {place: tuple(map(str, hint.samples)) for place, hint in self._hints.items() if hint.samples}

    @cached_property
    def told(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """All the values, as text, of columns with few: a model was told these too."""
        return {place: tuple(map(str, hint.values)) for place, hint in self._hints.items() if hint.values}

    @cached_property
    def _hints(self) -> "dict[tuple[str, str], ColumnHint]":
        from tools.profile import column_hints

        return {(head.dataset, hint.name): hint for head in self._heads for hint in column_hints(self._workspace, head)}

    def type_of(self, table: str, column: str) -> str:
        """DuckDB's type of a column; empty where it is not known."""
        return self._types.get((table, column), "")

    def is_text(self, table: str, column: str) -> bool:
        """Whether a column holds text."""
        return self.type_of(table, column).startswith(("VARCHAR", "ENUM"))

    def spelt(self, table: str, column: str, text: str) -> list[str] | None:
        """A text column's values that equal a text but for case and blanks, the most frequent first; None: no text."""
        if not self.is_text(table, column):
            return None
        name = identifier(column)
        rows = self._rows(
            f"SELECT {name}::VARCHAR FROM {identifier(table)} WHERE lower(trim({name}::VARCHAR)) = lower(trim(?))"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5",
            [text],
        )
        return [str(row[0]) for row in rows]

    def holding(self, table: str, column: str, text: str) -> list[str]:
        """At most ten values of a text column that hold a text as whole words, but for case and accents."""
        name, wanted = identifier(column), without_accents(text)
        if len(wanted) < 3:
            return []
        rows = self._rows(
            f"SELECT DISTINCT {name}::VARCHAR FROM {identifier(table)}"
            f" WHERE contains(strip_accents(lower({name}::VARCHAR)), ?) LIMIT 50",
            [wanted],
        )
        whole = re.compile(rf"(?<![^\W_]){re.escape(wanted)}(?![^\W_])")
        return sorted(str(row[0]) for row in rows if whole.search(without_accents(str(row[0]))))[:10]

    def has_empty(self, table: str, column: str) -> bool:
        """Whether a column has NULL in any row."""
        return bool(self._rows(f"SELECT 1 FROM {identifier(table)} WHERE {identifier(column)} IS NULL LIMIT 1"))

    def holds_numbers(self, table: str, column: str, like: str = NUMBER) -> bool:
        """Whether a text column's values are numbers with signs around them, as far as a sample tells."""
        name = identifier(column)
        filled = (
            f"SELECT {name}::VARCHAR AS v FROM {identifier(table)} WHERE trim({name}::VARCHAR) <> '' LIMIT {SAMPLE}"
        )
        row = self._rows(f"SELECT count(*), count(*) FILTER (WHERE regexp_full_match(v, ?)) FROM ({filled})", [like])
        return bool(row[0][0]) and row[0][1] >= (0.9 if like == PLAIN_NUMBER else 0.8) * row[0][0]

    def scaled(self, table: str, column: str) -> bool:
        """Whether any of a text column's values says million or the like."""
        name = identifier(column)
        pattern = "|".join(SCALES)
        found = f"SELECT 1 FROM {identifier(table)} WHERE regexp_matches(lower({name}::VARCHAR), ?) LIMIT 1"
        return bool(self._rows(found, [pattern]))

    def is_fraction(self, table: str, column: str) -> bool:
        """Whether a column's numbers all lie from 0 to 1, and some between."""
        name = identifier(column)
        row = self._rows(
            f"SELECT min({name}) >= 0 AND max({name}) <= 1 AND count(*) FILTER ({name} > 0 AND {name} < 1) > 0 FROM {identifier(table)}"
        )
        return bool(row[0][0])

    def falls(self, table: str, column: str) -> bool:
        """Whether a column's values fall from row to row, and not all alike."""
        name = identifier(column)
        steps = f"SELECT {name} AS v, lag({name}) OVER () AS before FROM {identifier(table)}"
        row = self._rows(
            f"SELECT count(*) FILTER (WHERE v < before), count(*) FILTER (WHERE v > before) FROM ({steps})"
        )
        return bool(row[0][0]) and not row[0][1]

    def years_of(self, table: str, column: str) -> list[int]:
        """The years that a column of dates has, at most fifty."""
        name = identifier(column)
        rows = self._rows(f"SELECT DISTINCT year({name}) FROM {identifier(table)} WHERE {name} IS NOT NULL LIMIT 50")
        return sorted(int(row[0]) for row in rows)

    def differs(self, table: str, column: str, within: list[str]) -> bool:
        """Whether rows that agree in some columns differ in another one; False where a name is not the table's."""
        if any(not self.type_of(table, name) for name in (column, *within)):
            return False
        keys = f" GROUP BY {', '.join(map(identifier, within))}" if within else ""
        counted = f"count(DISTINCT {identifier(column)})"
        return bool(self._rows(f"SELECT 1 FROM {identifier(table)}{keys} HAVING {counted} > 1 LIMIT 1"))

    def tells_rows_apart(self, table: str, columns: list[str]) -> bool:
        """Whether no two rows agree in these columns."""
        cells = ", ".join(map(identifier, columns))
        return bool(self._rows(f"SELECT count(*) = count(DISTINCT ({cells})) FROM {identifier(table)}")[0][0])

    def yes_of(self, table: str, column: str) -> str:
        """The value that says yes in a text column of two values, as it is written; empty for any other column."""
        name = identifier(column)
        rows = self._rows(
            f"SELECT DISTINCT {name}::VARCHAR FROM {identifier(table)} WHERE {name} IS NOT NULL LIMIT 3", None
        )
        values = [str(row[0]) for row in rows]
        said = [value for value in values if value.strip().casefold() in YES]
        return said[0] if len(values) == 2 and len(said) == 1 else ""

    def _rows(self, sql: str, parameters: list[str] | None = None) -> list[tuple[Any, ...]]:
        with self._workspace.cursor() as cursor:
            return engine.fetch(cursor, sql, parameters)
