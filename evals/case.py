"""A case: data, what a person says turn by turn, and what must be true afterwards. Read strictly from YAML or JSON lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseError(Exception):
    """A suite that can't be read: one line with the file, the case and what is wrong."""


class Data(_Strict):
    """A file to load before the first turn."""

    path: str
    """Relative to the suite's file, or absolute (adapters)."""
    name: str = ""
    """The dataset's name; empty for the file's stem."""


# --- what must be true after a turn --------------------------------------------------------------------------------


class TableIs(_Strict):
    """The result equals one of the accepted tables: names of columns do not matter, nor the order of columns."""

    kind: Literal["table"] = "table"
    accepted: list[list[list[Any]]]
    """Each one a list of rows; a cell is null, a boolean, a number, a text, or a date as ISO text."""
    ordered: bool = False
    """Whether the order of rows counts."""
    extra_columns: bool = False
    """Whether further columns beside the expected ones are fine."""
    tolerance: float = 1e-4
    """Relative and absolute, for numbers."""


class ValueIs(_Strict):
    """The answer holds this one value: the only cell of its table, a cell of its only row, or one of its values."""

    kind: Literal["value"] = "value"
    equals: bool | int | float | str | None
    tolerance: float = 1e-4


class DatasetIs(_Strict):
    """The end state of a dataset (of the newest one where no name is given)."""

    kind: Literal["dataset"] = "dataset"
    name: str = ""
    row_count: int | None = None
    has_columns: list[str] = []
    lacks_columns: list[str] = []
    columns: list[str] | None = None
    """Exactly these, in this order."""
    rows: list[list[Any]] | None = None
    """Exactly these rows; names of columns do not matter."""
    ordered: bool = False
    no_missing: list[str] = []
    """Columns that may hold no NULL any more."""
    where: dict[str, int] = {}
    """SQL condition -> number of rows that meet it."""
    tolerance: float = 1e-4


class MetricIs(_Strict):
    """A metric of the model built in this turn, on rows it never saw."""

    kind: Literal["metric"] = "metric"
    name: str
    """As in the event's metrics: auc, accuracy, balanced_accuracy, macro_f1, f1, precision, recall, log_loss, rmse, mae, r2."""
    at_least: float | None = None
    at_most: float | None = None


class ToolsAre(_Strict):
    """Which tools ran."""

    kind: Literal["tools"] = "tools"
    called: list[str] = []
    """Each of these, whatever else."""
    any_of: list[str] = []
    """At least one of these."""
    not_called: list[str] = []
    arguments: dict[str, dict[str, Any]] = {}
    """tool -> arguments that one of its calls must have (text without regard to case, lists as sets)."""


class ChangesNothing(_Strict):
    """No dataset and no model was made or changed in this turn: questions and refusals."""

    kind: Literal["unchanged"] = "unchanged"


class SaysMissing(_Strict):
    """The answer says that the data does not hold what was asked for."""

    kind: Literal["missing"] = "missing"


class Asks(_Strict):
    """The person was asked a question."""

    kind: Literal["asks"] = "asks"


class Answers(_Strict):
    """The turn was answered, not failed and not refused; with words in it where given (without regard to case)."""

    kind: Literal["answers"] = "answers"
    contains: list[str] = []
    any_of: list[str] = []
    lacks: list[str] = []


class Fails(_Strict):
    """The turn ended with an error in one line that contains these words: impossible requests."""

    kind: Literal["fails"] = "fails"
    contains: list[str] = []


class Either(_Strict):
    """One of several outcomes is right: an ambiguous request may be asked about or read in the usual way."""

    kind: Literal["either"] = "either"
    of: list[list["Check"]]
    """Each entry is a list of checks that must hold together."""


Check = Annotated[
    TableIs
    | ValueIs
    | DatasetIs
    | MetricIs
    | ToolsAre
    | ChangesNothing
    | SaysMissing
    | Asks
    | Answers
    | Fails
    | Either,
    Field(discriminator="kind"),
]


class Turn(_Strict):
    """One thing a person says, and what must be true after it."""

    say: str
    reply: str = ""
    """What she replies where she is asked; empty: a question ends the turn."""
    checks: list[Check] = Field(min_length=1)


class Hints(_Strict):
    """What a good run costs: logged and compared, never failing."""

    steps: int | None = None
    seconds: float | None = None
    tokens: int | None = None


class Case(_Strict):
    """One case of a suite."""

    id: str
    language: Literal["en", "ko", "de"] = "en"
    data: list[Data] = []
    turns: list[Turn] = Field(min_length=1)
    tags: list[str] = []
    hints: Hints = Hints()
    cluster: str = ""
    """What its figures depend on together with others: the data set; empty for the first file's stem."""
    suite: str = ""
    """The suite it was read from, for tables by suite; `run.load` fills it, suites leave it out."""
    gold: str = ""
    """A right answer for people to read in the report (SQL, code); never used for scoring."""

    @property
    def group(self) -> str:
        """The cluster, or what stands for it."""
        return self.cluster or (Path(self.data[0].path).stem if self.data else self.id)


Either.model_rebuild()


def read_suite(path: Path) -> list[Case]:
    """The cases of a YAML or JSON-lines file, paths of data made absolute. Raises CaseError with the line to mend."""
    cases, seen = [], set()
    for number, entry in enumerate(_entries(path), 1):
        name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
        try:
            case = Case.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise CaseError(f"{path.name}, case {name}: {where}: {first['msg']}.") from error
        if case.id in seen:
            raise CaseError(f"{path.name}: two cases are called {case.id}.")
        seen.add(case.id)
        data = [item.model_copy(update={"path": str((path.parent / item.path).resolve())}) for item in case.data]
        cases.append(case.model_copy(update={"data": data}))
    return cases


def _entries(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
        return
    import yaml

    loaded = yaml.safe_load(text)
    if not isinstance(loaded, list):
        raise CaseError(f"{path.name}: a suite is a list of cases, not {type(loaded).__name__}.")
    yield from loaded
