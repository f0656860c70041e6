"""What a transform is: a function that makes one SELECT over a dataset, with the values that it learned from the rows.

`@transform` puts it into the catalogue as a tool; a recipe replays it with what it learned.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import ConfigDict, Field, create_model

from tools.tool import DatasetName, Rows, ToolError, arguments_model, register
from tools.words import meant, plain

ReturnsDerived = TypeVar("ReturnsDerived", bound=Callable[..., "Derived"])


@dataclass(frozen=True)
class Column:
    """A column as DuckDB sees it."""

    name: str
    type: str

    @property
    def is_number(self) -> bool:
        return bool(re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL(\(.*\))?|FLOAT|DOUBLE|REAL", self.type))

    @property
    def is_text(self) -> bool:
        return self.type.startswith(("VARCHAR", "ENUM")) and not self.is_list

    @property
    def is_time(self) -> bool:
        return self.type.startswith(("DATE", "TIME")) and not self.is_list

    @property
    def is_list(self) -> bool:
        """Whether each cell holds several values, as `VARCHAR[]` tells."""
        return self.type.endswith("]")


class Relation(Protocol):
    """Where a transform's questions are answered: a DuckDB connection that knows the table names below."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Input:
    """What a transform reads: a table's SQL name and columns, and a way to learn values from its rows.

    A learned value is computed once, on training rows, and written into `learned`; a replay finds it there.
    """

    name: str
    """Quoted SQL name, ready for FROM."""
    columns: tuple[Column, ...]
    relation: Relation
    learned: dict[str, Any]
    frozen: bool = False
    """True in a replay: values that are not in `learned` are an error, never computed anew."""
    hidden: tuple[Column, ...] = ()
    """What a model that is being trained predicts: no other column may be guessed from it."""
    others: Mapping[str, tuple[str, tuple[Column, ...]]] = field(default_factory=dict)
    """Other datasets a transform may join with: dataset name -> (quoted SQL name, columns)."""

    def learn(self, key: str, sql: str) -> Any:
        """The single value of a one-cell SELECT over `self.name`, learned once under `key` and JSON-able."""
        return self.learn_rows(key, sql)[0][0]

    def learn_rows(self, key: str, sql: str) -> list[list[Any]]:
        """The rows of a SELECT over `self.name`, learned once under `key`."""
        rows: list[list[Any]] = self.learn_value(key, lambda: self.relation.rows(sql))
        return rows

    def column(self, name: str) -> Column:
        """The column of that name, whatever its case; the nearest names where there is none."""
        return column_of(self.columns, name)

    def learn_value(self, key: str, compute: Callable[[], Any]) -> Any:
        """What a function makes of the rows, as a JSON value, learned once under `key`: for what SQL can't compute."""
        if key not in self.learned:
            if self.frozen:
                raise ToolError(f"The recipe holds no value for {key}. Build the model again to learn it.")
            self.learned[key] = plain(compute())
        return self.learned[key]

    def pick(self, names: Sequence[str]) -> list[Column]:
        """The columns of those names, each once, in the order given."""
        return list(dict.fromkeys(self.column(name) for name in names))


FOUND = "easel_found"


@dataclass(frozen=True)
class Found:
    """What a transform found while it learned, so that making the version need not look for it again."""

    sql: str
    """The transform's SELECT, which reads what was found as a table of the name FOUND."""
    columns: Mapping[str, Sequence[Any]]
    """The table's columns, cell by cell."""


@dataclass(frozen=True)
class Derived:
    """A transform's result: one SELECT, and what to say about it."""

    sql: str
    text: str
    """One sentence with the numbers that were learned; counts of rows are added by the caller."""
    materialise: bool = False
    """True where the SELECT must be run once and kept: it sorts, samples or costs a lot."""
    values: dict[str, Any] = field(default_factory=dict)
    elsewhere: str = ""
    """The SELECT for rows that it did not learn from, where it is another: holdout rows, and rows to predict."""
    found: Found | None = None
    """The quicker way to the same rows, run once in place of `sql` where the version is a table."""
    changes: bool = True
    """False where the data already is as asked: `text` says so and no version is made."""


def transform(
    *, group: str, title: str, rows: Rows, asked_by: str = "", more: Mapping[str, str] | None = None
) -> Callable[[ReturnsDerived], ReturnsDerived]:
    """Put a function `(table: Input, …arguments) -> Derived` into the catalogue as a derive-tool.

    Callers see one more argument, `dataset`, first; `tools.derive.run_transform` resolves it.
    """

    def add(function: ReturnsDerived) -> ReturnsDerived:
        own = arguments_model(function.__name__, function)
        arguments = create_model(
            own.__name__,
            __config__=ConfigDict(extra="forbid"),
            dataset=(Annotated[DatasetName, Field(description="The dataset to work on.")], ...),
            **{name: (info.annotation, info) for name, info in own.model_fields.items()},  # type: ignore[call-overload]
        )
        register(
            function,
            arguments=arguments,
            effect="derive",
            group=group,
            title=title,
            asked_by=asked_by,
            more=more or {},
            rows=rows,
        )
        return function

    return add


def column_of(columns: Sequence[Column], name: str) -> Column:
    """The column of that name, whatever its case. Raises ToolError with the nearest names where there is none."""
    named = {column.name: column for column in columns}
    return named[meant("column", name, list(named))]
