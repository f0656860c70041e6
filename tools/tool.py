"""What a tool is: a typed function that acts on a Workspace and returns an Outcome.

Two decorators make one: `@tool` for anything, `@transform` for what one SELECT over a dataset can express.
The signature is the single source of the argument schema, the form, the command line and the manual.
"""

import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

if TYPE_CHECKING:
    from tools.workspace import Workspace

Effect = Literal["read", "derive", "train", "external"]
Rows = Literal["same", "population", "train_only", "reshape"]
"""How a transform treats rows, which decides how a recipe replays it.

same: one row out per row in, so it replays on new rows as it is.
population: keeps some rows by a rule the person gave (filter, de-duplicate): applied to training and holdout rows,
  skipped when predicting, where every given row gets its prediction.
train_only: removes rows for being awkward (outliers, missing): applied to training rows only.
reshape: output rows are not input rows (aggregate, join, concatenate): a model's recipe starts after it.
"""


class ToolError(Exception):
    """Something the person or the model can mend: the message says what was got, what was expected, what to do."""


class Stopped(Exception):
    """The person stopped the work; nothing half-made is left behind."""


class Undecided(Exception):
    """A tool needs the person's choice before it goes on: the question, and what each answer adds to the arguments."""

    def __init__(self, text: str, options: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(text)
        self.options = options


def _reference(kind: str) -> Any:
    return Field(json_schema_extra={"ref": kind})


DatasetName = Annotated[str, _reference("dataset")]
ColumnName = Annotated[str, _reference("column")]
TimeColumn = Annotated[str, Field(json_schema_extra={"ref": "column", "holds": "time"})]
"""A column of dates, moments or years."""
ModelName = Annotated[str, _reference("model")]
FilePath = Annotated[str, _reference("file")]
Sql = Annotated[str, _reference("sql")]
"""One SELECT; the guard reads it before it runs."""
Formula = Annotated[str, _reference("formula")]
"""One scalar SQL expression over the dataset's columns; the guard reads it before it runs."""
Scalar = str | int | float | bool
ReturnsOutcome = TypeVar("ReturnsOutcome", bound=Callable[..., "Outcome"])
ReturnsDerived = TypeVar("ReturnsDerived", bound=Callable[..., "Derived"])


class Artefact(BaseModel):
    """Something a step made: a model, a file, a chart or a dataset."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["model", "file", "chart", "dataset"]
    name: str
    path: str = ""


class TableData(BaseModel):
    """A small result table, rows as JSON values in the order of the columns."""

    model_config = ConfigDict(frozen=True)
    columns: list[str]
    rows: list[list[Any]]
    row_count: int | None = None
    """All rows of the result, of which `rows` may show the first part only."""


class Outcome(BaseModel):
    """What a tool call did: one short text with its numbers, counts before and after, the SQL that ran, what it made."""

    model_config = ConfigDict(frozen=True)
    text: str
    dataset: str | None = None
    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None
    sql: str | None = None
    table: TableData | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    artefacts: list[Artefact] = Field(default_factory=list)


def _no_progress(fraction: float, text: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Job:
    """What a tool call is given besides its arguments."""

    workspace: "Workspace"
    progress: Callable[[float, str], None] = _no_progress
    """Called with the fraction done (0-1) and a few words."""
    cancelled: Callable[[], bool] = lambda: False
    run: str = ""
    """The request this call belongs to; undo can take a whole request back."""
    seed: int = 0
    asks: bool = False
    """Whether somebody is there to be asked; a tool may then raise Undecided."""
    dropped: Callable[[], bool] = lambda: False
    """Whether the person stopped a second time: what was finished by the first stop is not kept either."""
    after_stop: Callable[[float, str], None] = _no_progress
    """Progress while what was finished before a stop is kept."""


@dataclass(frozen=True)
class Tool:
    """One entry of the catalogue."""

    name: str
    effect: Effect
    group: str
    arguments: type[BaseModel]
    doc: str
    """First paragraph of the docstring: the manual for the model and the help text of the form."""
    function: Callable[..., Any]
    title: str
    """What a plan card says, with `{argument}` places, for example `Fill the missing values of {columns}`."""
    rows: Rows | None = None
    """Set for transforms only."""
    asked_by: str = ""
    """A pattern of the requests, English and Korean, for which the planner is told of it; empty where it always is."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Patterns of the requests for which the planner is told of an `argument`, or of one value, `argument=value`."""

    @property
    def is_transform(self) -> bool:
        return self.rows is not None

    def tells(self, what: str, request: str) -> bool:
        """Whether the planner is told of an argument, or of an `argument=value`, for a request."""
        return what not in self.more or re.search(self.more[what], request, re.IGNORECASE) is not None

    def is_asked_for(self, request: str) -> bool:
        """Whether the planner is told of the tool, or of more of it, for this request alone."""
        patterns = [self.asked_by] if self.asked_by else list(self.more.values())
        return any(re.search(pattern, request, re.IGNORECASE) for pattern in patterns)


REGISTRY: dict[str, Tool] = {}
_DOC_ARGUMENT = re.compile(r"^\s*(\w+): (.*)$")


def _arguments_model(name: str, function: Callable[..., Any]) -> type[BaseModel]:
    """The pydantic model of a tool's arguments: every parameter after the first, described by the docstring's Args."""
    hints = get_type_hints(function, include_extras=True)
    described: dict[str, str] = {}
    doc = inspect.getdoc(function) or ""
    if "Args:" in doc:
        current = ""
        for line in doc.split("Args:", 1)[1].splitlines():
            if match := _DOC_ARGUMENT.match(line):
                current, described[match[1]] = match[1], match[2]
            elif current and line.strip():
                described[current] += " " + line.strip()
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (
            Annotated[hints[parameter.name], Field(description=described.get(parameter.name, ""))],
            default,
        )
    return create_model(f"{name}_arguments", __config__=ConfigDict(extra="forbid"), **fields)


def _register(function: Callable[..., Any], **entry: Any) -> None:
    name = function.__name__
    if name in REGISTRY:
        raise ValueError(f"two tools are named {name}")
    doc = (inspect.getdoc(function) or "").split("Args:", 1)[0].strip()
    REGISTRY[name] = Tool(name=name, arguments=entry.pop("arguments"), doc=doc, function=function, **entry)


def tool(
    *, effect: Effect, group: str, title: str, asked_by: str = "", more: Mapping[str, str] | None = None
) -> Callable[[ReturnsOutcome], ReturnsOutcome]:
    """Put a function `(job: Job, …arguments) -> Outcome` into the catalogue."""

    def add(function: ReturnsOutcome) -> ReturnsOutcome:
        arguments = _arguments_model(function.__name__, function)
        entry: dict[str, Any] = {"arguments": arguments, "effect": effect, "group": group, "title": title}
        _register(function, asked_by=asked_by, more=more or {}, **entry)
        return function

    return add


# --- transforms --------------------------------------------------------------------------------------------------


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
        return self.type.startswith(("VARCHAR", "ENUM"))

    @property
    def is_time(self) -> bool:
        return self.type.startswith(("DATE", "TIME"))


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
        own = _arguments_model(function.__name__, function)
        arguments = create_model(
            own.__name__,
            __config__=ConfigDict(extra="forbid"),
            dataset=(Annotated[DatasetName, Field(description="The dataset to work on.")], ...),
            **{name: (info.annotation, info) for name, info in own.model_fields.items()},  # type: ignore[call-overload]
        )
        _register(
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


# --- words and values --------------------------------------------------------------------------------------------


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as a SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return f"CAST('{value!r}' AS DOUBLE)"  # bare, they are names of columns
    if isinstance(value, int | float):
        return repr(value)
    text = "'" + str(value).replace("'", "''") + "'"
    return "(" + text.replace("\0", "' || chr(0) || '") + ")" if "\0" in text else text


def plain(value: Any) -> Any:
    """A DuckDB cell as a JSON value: dates as ISO text, decimals as numbers, NaN and infinities as null."""
    import datetime
    import decimal

    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, datetime.date | datetime.time | datetime.datetime):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def nearest(got: str, known: Sequence[str], *, cutoff: float) -> list[str]:
    """At most three of the known names that are spelt like what was given, the nearest first, whatever their case."""
    import difflib

    folded = {name.casefold(): name for name in known}
    return [folded[name] for name in difflib.get_close_matches(got.casefold(), list(folded), n=3, cutoff=cutoff)]


def sentence(words: str) -> str:
    """The words with a capital at their start."""
    return words[:1].upper() + words[1:]


def meant(kind: str, name: str, known: Sequence[str]) -> str:
    """The known name that is meant, whatever its case. Raises ToolError with the nearest names where there is none."""
    wanted = name.strip()
    found = wanted if wanted in known else next((one for one in known if one.casefold() == wanted.casefold()), None)
    if found is None:
        raise ToolError(unknown(kind, name, known))
    return found


def unknown(kind: str, got: str, known: Sequence[str]) -> str:
    """`No column 'Exitd'. Nearest: Exited. Columns: …`: one line with the nearest names first."""
    near = nearest(got, known, cutoff=0.5)
    listed = ", ".join(known[:30]) + (f" and {len(known) - 30} more" if len(known) > 30 else "")
    hint = f" Nearest: {', '.join(near)}." if near else ""
    return f"No {kind} '{got}'.{hint} {kind.capitalize()}{'es' if kind.endswith('s') else 's'}: {listed or 'none yet'}."


def listed(names: Sequence[str], limit: int = 8) -> str:
    """`a, b and c`, cut short after `limit` names."""
    shown = list(names[:limit])
    if len(names) > limit:
        return ", ".join(shown) + f" and {len(names) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


LEFT_OUT = {
    "model": "the newest model",
    "new": "an empty cell",
    "name": "a new column",
    "lower": "any",
    "upper": "any",
    "dataset": "files",
    "schedule": "",
}
"""What a title says of an argument that was left out; of others, that everything that needs it is meant."""


def title_of(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """What a plan card says: the tool's title with its `{argument}` places filled."""

    class Filled(dict[str, str]):
        def __missing__(self, key: str) -> str:
            default = tool.arguments.model_fields[key].default if key in tool.arguments.model_fields else None
            return _shown(default) or LEFT_OUT.get(key, f"every {key.rstrip('s')} that needs it")

    title = tool.title.format_map(
        Filled({name: _shown(value) for name, value in arguments.items() if value is not None})
    ).strip()
    return sentence(title)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return listed([_shown(item) for item in value], 4)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return str(value) if isinstance(value, str | int | float) else ""
