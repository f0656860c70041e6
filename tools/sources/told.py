"""What a person told about a file; whatever is left out is found."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from tools.tool import ToolError

Decimal = Literal[".", ","]
DELIMITERS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "bar": "|",
    "pipe": "|",
    "space": " ",
    "colon": ":",
}
QUOTES = {"none": "", "double": '"', "single": "'"}


@dataclass(frozen=True)
class Told:
    """Corrections to what the import would find by itself."""

    delimiter: str | None = None
    quote: str | None = None
    """One character, or empty where quotation marks are plain text."""
    encoding: str | None = None
    """As Python names it: `cp949`, `latin-1`."""
    header_rows: int | None = None
    """How many rows name the columns; 0 where none does."""
    skip_rows: int | None = None
    """Lines above the names, or above the first row where there are none."""
    skip_end: int | None = None
    """Rows of notes below the table."""
    sheet: str | None = None
    """The sheet of a workbook, or the file in an archive."""
    decimal: Decimal | None = None
    day_first: bool | None = None
    all_text: bool = False
    """No column gets a type; every cell stays as it stands."""

    def said(self) -> dict[str, Any]:
        """Only what was told, by name."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != f.default}


NOTHING = Told()


def check_told(told: Told) -> None:
    """Raise where something told can't be."""
    for name in ("delimiter", "quote"):
        if len(getattr(told, name) or "") > 1:
            raise ToolError(f"{name} is one character, not '{getattr(told, name)}'.")
    for name in ("header_rows", "skip_rows", "skip_end"):
        if (getattr(told, name) or 0) < 0:
            raise ToolError(f"{name} is 0 or more, not {getattr(told, name)}.")
