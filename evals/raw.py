"""The bare model, the baseline that the assistant is measured against: schema and question -> one SELECT, one shot.

The same weights, read greedily: no worked example, no values of the data, no schema to hold the reply to, no second
look and no repair. Questions in this form are how text-to-SQL benchmarks ask a model without an agent around it.

What is not covered: everything that one SELECT cannot do (models, charts, undo). A dataset is changed only where the
case's checks speak of one; its name is then given, which no model could guess.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence

from assistant.events import Answer, Event, Failed, PlannedStep, PlanShown, StepDone, StepFailed, StepStarted
from assistant.models import Opener, Planner, Spent, open_planner
from assistant.settings import Settings, SettingsError
from evals.case import Check, DatasetIs, Either, Turn
from tools import call
from tools.dataset import StepRecord
from tools.guard import read, run_select
from tools.tool import Job, Outcome, Stopped, ToolError
from tools.words import identifier
from tools.workspace import Workspace

SYSTEM = "You are an expert in DuckDB SQL. Reply with exactly one SELECT statement in a ```sql block and nothing else."
MAX_TOKENS = 300
_FENCE = re.compile(r"```(?:sql|duckdb)?\s*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_BARE = re.compile(r"\b(?:WITH\s+[\w\"]+\s+AS\s*\(|SELECT\b).*", re.DOTALL | re.IGNORECASE)


class Raw:
    """A talk with the bare model over one project."""

    def __init__(self, workspace: Workspace, settings: Settings, model: str, opener: Opener = open_planner) -> None:
        self._workspace, self._settings, self._model, self._opener = workspace, settings, model, opener
        self._planner: Planner | None = None
        self._talk: list[dict[str, str]] = []
        self.spent = Spent()

    def open(self) -> None:
        self._planner = self._opener(self._model, self._settings)
        self.spent = self._planner.spent

    def close(self) -> None:
        """Nothing runs between turns."""

    def say(self, turn: Turn, over: Callable[[], bool]) -> Iterator[Event]:
        """The events of a turn in the form that the assistant's have."""
        try:
            reply = self._reply(turn.say, over)
        except (SettingsError, Stopped, ValueError) as error:
            yield Failed(text=str(error))
            return
        sql = read_sql(reply)
        if not sql:
            yield Answer(text=" ".join(reply.split()))
            return
        wanted = dataset_wanted(turn.checks)
        tool = "query_data" if wanted is None else "transform_with_sql"
        effect = "read" if wanted is None else "derive"
        step = PlannedStep.model_validate({"id": 1, "tool": tool, "arguments": {"sql": sql}, "effect": effect})
        yield PlanShown(steps=[step])
        yield StepStarted(id=1)
        started = time.monotonic()
        try:
            outcome = self._outcome(sql, wanted)
        except ToolError as error:
            yield StepFailed(id=1, error=str(error))
            yield Failed(text=str(error))
            return
        yield StepDone(id=1, seconds=round(time.monotonic() - started, 3), **outcome.model_dump())
        yield Answer(text=outcome.text, table=outcome.table, values=outcome.values)

    def _reply(self, question: str, over: Callable[[], bool]) -> str:
        """The model's words; earlier questions and replies of the talk stand before this one."""
        if self._planner is None:
            raise RuntimeError("the model was not opened")
        system = f"{SYSTEM}\n\n{schema_text(self._workspace)}"
        asked = {"role": "user", "content": question}
        reply = self._planner.complete([{"role": "system", "content": system}, *self._talk, asked], MAX_TOKENS, over)
        sql = read_sql(reply)
        self._talk += [asked, {"role": "assistant", "content": f"```sql\n{sql}\n```" if sql else reply}]
        return reply

    def _outcome(self, sql: str, wanted: str | None) -> Outcome:
        """The result of the SELECT, which is the next state of the dataset too where one is wanted."""
        asked = call(Job(self._workspace), "query_data", {"sql": sql})
        if wanted is None:
            return asked
        made = self._changed(sql, wanted)
        return made.model_copy(update={"table": asked.table, "values": asked.values})

    def _changed(self, sql: str, wanted: str) -> Outcome:
        heads = {head.dataset: head for head in self._workspace.datasets()}
        if wanted and wanted not in heads:
            _, checked = run_select(self._workspace, sql, limit=1)
            step = StepRecord(tool="query_data", arguments={"sql": sql}, sql=checked)
            made = self._workspace.add_query(wanted, checked, step)
            return Outcome(text=f"Made {wanted}.", dataset=made.ref, sql=checked)
        named = read(sql).tables
        name = wanted or next((head for head in heads if head.casefold() in named), next(iter(heads), ""))
        return call(Job(self._workspace), "transform_with_sql", {"dataset": name, "sql": sql})


def schema_text(workspace: Workspace) -> str:
    """Every table as its CREATE TABLE statement: names and DuckDB types, no values."""
    tables = []
    for head in sorted(workspace.datasets(), key=lambda head: head.dataset):
        lines = ",\n".join(f"  {_quoted(column.name)} {column.type}" for column in head.columns)
        tables.append(f"CREATE TABLE {_quoted(head.dataset)} (\n{lines}\n);")
    return "\n\n".join(tables)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else identifier(name)


def read_sql(reply: str) -> str:
    """The SQL of a reply: in its first fence, or from SELECT on; empty where there is none."""
    fenced = _FENCE.search(reply)
    found = fenced[1] if fenced else next(iter(_BARE.findall(reply)), "")
    return str(found).strip().rstrip(";").strip()


def dataset_wanted(checks: Sequence[Check]) -> str | None:
    """The dataset that a turn is to change (empty: whichever is at hand), or None for a question."""
    for check in checks:
        if isinstance(check, DatasetIs):
            return check.name
        if isinstance(check, Either):
            for option in check.of:
                if (found := dataset_wanted(option)) is not None:
                    return found
    return None
