"""What a tool is: a typed function that acts on a Workspace and returns an Outcome.

Two decorators make one: `@tool` for anything, `@transform` (tools/transform.py) for what one SELECT can express.
The signature is the single source of the argument schema, the form, the command line and the manual.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_type_hints

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


class NothingThere(ToolError):
    """What is to be changed does not exist, and no other call would make it: nothing is mended."""


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
    shares: list[str] = Field(default_factory=list)
    """The columns that hold shares of one, which people read in percent."""
    words: list[str] = Field(default_factory=list)
    """The columns whose texts are Easel's own words; where there are such, it named all columns."""


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
    tongue: str = "en"
    """The language of the files that it writes for people, `en` or `ko`."""
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


def arguments_model(name: str, function: Callable[..., Any]) -> type[BaseModel]:
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


def register(function: Callable[..., Any], **entry: Any) -> None:
    """Put a function into the catalogue. Raises ValueError where its name is taken."""
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
        arguments = arguments_model(function.__name__, function)
        entry: dict[str, Any] = {"arguments": arguments, "effect": effect, "group": group, "title": title}
        register(function, asked_by=asked_by, more=more or {}, **entry)
        return function

    return add
