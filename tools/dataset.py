"""A dataset's version, which never changes, and the step that made it."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from tools.tool import Rows
from tools.transform import Column

ROW = "__row"
"""A column of this name numbers rows while a recipe runs; no dataset may have one."""


class StepRecord(BaseModel):
    """The step that made a version: enough to print it, replay it and undo it."""

    model_config = ConfigDict(frozen=True)
    tool: str
    arguments: dict[str, Any]
    learned: dict[str, Any] = {}
    sql: str = ""
    elsewhere: str = ""
    """The SELECT for rows that it did not learn from, where it is another."""
    text: str = ""
    rows: Rows | None = None
    run: str = ""
    source: dict[str, Any] = {}
    """For an import: the file, its options and what was assumed."""
    off: bool = False
    """Whether the person switched it off: the version is its parent's rows, and the step can be switched on again."""


class Version(BaseModel):
    """One immutable state of a dataset."""

    model_config = ConfigDict(frozen=True)
    dataset: str
    number: int
    parent: str | None
    step: StepRecord
    row_count: int
    schema_: list[tuple[str, str]]
    created: str
    depth: int = 0
    """How many views it stands on; 0 for a table."""
    cost: float = 0.0
    """Seconds that the steps since the last table took; 0 for a table."""

    @property
    def ref(self) -> str:
        """`orders@2`, which is also the name of its table or view in DuckDB."""
        return f"{self.dataset}@{self.number}"

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(Column(name, type_) for name, type_ in self.schema_)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.schema_]
