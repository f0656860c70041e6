"""What one run of a case left: every event, every result as a table, times and tokens. Scored again without a re-run."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnRecord(_Kept):
    """One turn: its events in order, and files that hold what the events only show the head of."""

    events: list[dict[str, Any]]
    """As the command line prints them, `answer`, `failed` or `question` last."""
    result: str = ""
    """Parquet file (beside the record) with all rows of the last table of the turn; empty where there was none."""
    heads: dict[str, str] = {}
    """dataset -> version (`orders@2`) after the turn; the newest work first."""
    before: dict[str, str] = {}
    """The same before the turn."""
    tables: dict[str, str] = {}
    """version -> Parquet file with all its rows, for each head that this turn made."""
    seconds: float = 0.0
    plan_seconds: float | None = None
    """Until the first plan, answer or question was shown."""
    tokens_read: int = 0
    tokens_written: int = 0
    model_calls: int = 0


class Record(_Kept):
    """One attempt at one case."""

    case: str
    repeat: int
    model: str
    prompt: str
    """The name of the prompt version."""
    subject: Literal["assistant", "raw"] = "assistant"
    """The whole assistant, or the bare model: schema and question -> one SQL, one shot."""
    key: str
    """The hash of everything that can change the answer."""
    turns: list[TurnRecord] = []
    infrastructure: str = ""
    """What broke outside the model (server gone, timeout of the harness); such attempts are no wrong answers."""
    versions: dict[str, str] = {}
    """What is hashed into the key, readable: weights, prompt, schema, tools, data."""
    folder: Path = Path()
    """Where the files of its turns lie."""


class Verdict(_Kept):
    """What the checks of a case say about a record."""

    case: str
    repeat: int
    passed: bool
    infrastructure: bool = False
    reasons: list[str] = []
    """One line for each check that failed: what was got, what was expected."""
    turns: list[bool] = []
    """Passed, turn by turn."""


class Column(_Kept):
    """One column of a matrix: who answers, with which words."""

    model: str
    prompt: str
    subject: Literal["assistant", "raw"] = "assistant"


class RunFile(_Kept):
    """`run.json` of a run's folder; beside it lie `cases.jsonl` (the cases, data paths absolute) and the records."""

    name: str
    created: str
    suites: list[str]
    sample: int | None = None
    seed: int = 0
    repeats: int = 1
    columns: list[Column]
    records: list[str] = []
    """Keys of the records this run is made of, newest last; a record lies in the cache as `records/<key>/record.json`."""
