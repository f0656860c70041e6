"""What is known of a version and of each of its columns."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["number", "text", "date", "boolean", "id", "nested"]


class ColumnProfile(BaseModel):
    """What one column holds."""

    model_config = ConfigDict(frozen=True)
    name: str
    type: str
    kind: Kind
    filled: int
    missing: int
    distinct: int
    """Different values; empty cells are none."""
    min: Any = None
    max: Any = None
    mean: float | None = None
    median: float | None = None
    sd: float | None = None
    q1: float | None = None
    q3: float | None = None
    outliers: int = 0
    """Values beyond 1.5 times the middle half's width (Tukey's IQR rule); measurements only."""
    far: int = 0
    """Values beyond 3 times that width."""
    negative: int = 0
    examples: list[Any] = []
    """Three different values of the first rows."""
    top: list[tuple[Any, int]] = []
    """The most frequent values with their counts, the most frequent first."""
    is_key: bool = False
    """Filled in every row and never the same twice."""
    identifier: str | None = None
    """Why the column tells rows apart instead of describing them, in words; None where it does not."""
    null_words: dict[str, int] = {}
    spaced: int = 0
    """Texts with blanks at either end."""
    words: float = 0
    """Average number of words in a text."""
    numeric_text: float = 0
    """Share of texts (without null words) that read as numbers; 0 where some have leading zeros."""
    whole_text: bool = False
    """Whether the texts that read as numbers are whole ones, without marks."""
    plain_numbers: bool = False
    """Whether all texts but null words are numbers without signs for money, percent or thousands."""
    date_text: float = 0
    date_order: Literal["", "clear", "ambiguous"] = ""
    """Whether day and month can be told apart in texts that read as dates."""
    variants: dict[str, list[str]] = {}
    """Spellings that differ in case or blanks only: the most frequent one -> the others."""

    @property
    def is_free_text(self) -> bool:
        """Sentences rather than names or categories."""
        return self.kind == "text" and self.words >= 4 and self.distinct > 20


class Profile(BaseModel):
    """What a version holds: counts, and every column's profile in its order."""

    model_config = ConfigDict(frozen=True)
    rows: int
    columns: list[ColumnProfile]
    duplicates: int
    """Rows that repeat an earlier row in every column."""

    def column(self, name: str) -> ColumnProfile:
        return next(column for column in self.columns if column.name == name)
